//! Puts together what Markdown found and what the scanner had taken out.

use std::borrow::Cow;

use pulldown_cmark as md;

use super::attack_text::Names;
use super::bare_ids;
use super::code::{Code, Piece};
use super::doc::{Builder, Doc, Event, Tag, Target, span};
use super::scan::{self, Token};
use super::url::{self, Judged};
use crate::attack::ObjectIx;

/// What lies deeper is flattened.
const DEEPEST: usize = 32;
/// How far a closing HTML tag looks for the one that it closes.
const FAR: usize = 64;

/// Something that Markdown or an HTML tag has opened.
struct Open {
    /// None when nothing of it is to be seen.
    tag: Option<Tag>,
    is_html: bool,
    is_block: bool,
    /// Text to add behind it.
    note: Option<String>,
}

pub(super) struct Converter<'a> {
    doc: Builder,
    names: &'a dyn Names,
    own: Option<ObjectIx>,
    open: Vec<Open>,
    /// How many of them are to be seen.
    depth: usize,
    /// The text from here to the end of the buffer has no events yet.
    pending: usize,
    in_link: bool,
    /// Citations wait for the end of the link that they are in: links do not nest.
    waiting: Vec<Event>,
    /// The last thing was a block of code, so that a line end means nothing.
    after_code: bool,
    /// A block of code has interrupted the paragraph.
    interrupted: bool,
}

impl<'a> Converter<'a> {
    pub(super) fn new(names: &'a dyn Names, own: Option<ObjectIx>, size: usize) -> Self {
        Self {
            doc: Builder::with_capacity(size),
            names,
            own,
            open: Vec::new(),
            depth: 0,
            pending: 0,
            in_link: false,
            waiting: Vec::new(),
            after_code: false,
            interrupted: false,
        }
    }

    /// Takes a text that is nothing but one paragraph.
    pub(super) fn plain_paragraph(&mut self, text: &str) {
        self.start(Some(Tag::Paragraph), true);
        self.text(text.trim_end(), &[]);
        self.end();
    }

    /// Takes the next thing that Markdown has found.
    pub(super) fn event(&mut self, event: md::Event, tokens: &[Token]) {
        match event {
            md::Event::Start(tag) => self.markdown_start(tag),
            md::Event::End(_) => self.end(),
            md::Event::SoftBreak => self.inline(Event::SoftBreak),
            md::Event::HardBreak => self.inline(Event::HardBreak),
            md::Event::Rule => {
                self.flush();
                self.doc.events.push(Event::Rule);
            }
            // Only texts and HTML remain without extensions, and the scanner lets no HTML through.
            md::Event::Text(text)
            | md::Event::Code(text)
            | md::Event::Html(text)
            | md::Event::InlineHtml(text)
            | md::Event::InlineMath(text)
            | md::Event::DisplayMath(text)
            | md::Event::FootnoteReference(text) => self.lines(&text, tokens),
            md::Event::TaskListMarker(_) => {}
        }
    }

    /// Closes whatever is open.
    pub(super) fn finish(mut self) -> Doc {
        while !self.open.is_empty() {
            self.end();
        }
        self.flush();
        self.doc.build()
    }

    fn markdown_start(&mut self, tag: md::Tag) {
        let (tag, is_block) = match tag {
            md::Tag::Paragraph | md::Tag::CodeBlock(_) | md::Tag::HtmlBlock => {
                (Some(Tag::Paragraph), true)
            }
            md::Tag::Heading { level, .. } => (Some(Tag::Heading(level as u8)), true),
            md::Tag::BlockQuote(_) => (Some(Tag::Quote), true),
            md::Tag::List(start) => {
                let start = start.map(|start| u32::try_from(start).unwrap_or(u32::MAX));
                (Some(Tag::List(start)), true)
            }
            md::Tag::Item => (Some(Tag::Item), true),
            md::Tag::Emphasis => (Some(Tag::Emphasis), false),
            md::Tag::Strong => (Some(Tag::Strong), false),
            md::Tag::Link { dest_url, .. } => return self.link(&dest_url),
            // No picture is loaded; its description remains.
            md::Tag::Image { .. } => (None, false),
            _ => (None, true),
        };
        self.start(tag, is_block);
    }

    fn link(&mut self, address: &str) {
        let address = unmarked(address);
        let address = url::trim(&address);
        let mut note = None;
        let target = if let Some((ix, place)) = self.names.address(address) {
            let fragment = place.map(String::into_boxed_str);
            Some(Target::Object { ix, fragment })
        } else {
            match url::judge(address) {
                Judged::Safe(url) => Some(Target::Url(url.into_boxed_str())),
                Judged::Shown(url) => {
                    note = Some(format!(" ({url})")).filter(|_| !url.is_empty());
                    None
                }
                Judged::Dangerous => None,
            }
        };
        let tag = target.map(|target| Tag::Link(self.doc.add_target(target)));
        self.start(tag, false);
        if let Some(link) = self.open.last_mut() {
            link.note = note;
        }
    }

    fn start(&mut self, tag: Option<Tag>, is_block: bool) {
        let tag = tag.filter(|_| self.depth < DEEPEST);
        self.open_tag(tag, is_block, false);
    }

    fn open_tag(&mut self, tag: Option<Tag>, is_block: bool, is_html: bool) {
        self.flush();
        if let Some(tag) = tag {
            if is_block {
                self.after_code = false;
                self.doc.events.push(Event::Start(tag));
            } else {
                self.inline(Event::Start(tag));
            }
            self.depth += 1;
            self.in_link |= matches!(tag, Tag::Link(_));
        }
        self.open.push(Open {
            tag,
            is_html,
            is_block,
            note: None,
        });
    }

    /// Ends what Markdown has opened last, and with it the HTML tags within.
    fn end(&mut self) {
        self.flush();
        while let Some(open) = self.open.pop() {
            match open.tag {
                Some(tag) => self.close(tag),
                // The words of blocks that were flattened must not join.
                None if open.is_block => self.inline(Event::SoftBreak),
                None => {}
            }
            if let Some(note) = open.note {
                self.text(&note, &[]);
            }
            if !open.is_html {
                break;
            }
        }
    }

    fn close(&mut self, tag: Tag) {
        self.depth = self.depth.saturating_sub(1);
        if !tag.is_inline() {
            self.after_code = false;
        }
        if tag == Tag::Paragraph && std::mem::take(&mut self.interrupted) {
            return;
        }
        self.doc.events.push(Event::End(tag));
        if matches!(tag, Tag::Link(_)) {
            self.in_link = false;
            self.doc.events.append(&mut self.waiting);
        }
    }

    fn html_start(&mut self, tag: Tag) {
        if self.depth < DEEPEST {
            self.open_tag(Some(tag), false, true);
        }
    }

    /// An HTML tag may end while something that Markdown has opened within it is still open; that
    /// ends too, and its own end will find it gone.
    fn html_end(&mut self, tag: Tag) {
        self.flush();
        let near = self.open.iter().rev().take(FAR);
        let mut near = near.take_while(|open| !open.is_block);
        let Some(above) = near.position(|open| open.is_html && open.tag == Some(tag)) else {
            return;
        };
        for at in (self.open.len() - above - 1..self.open.len()).rev() {
            if let Some(tag) = self.open[at].tag.take() {
                self.close(tag);
            }
        }
        while self
            .open
            .pop_if(|open| open.is_html && open.tag.is_none())
            .is_some()
        {}
    }

    /// Text in which line ends are still to be found.
    fn lines(&mut self, text: &str, tokens: &[Token]) {
        let mut lines = text.split('\n');
        if let Some(line) = lines.next() {
            self.text(line, tokens);
        }
        for line in lines {
            self.inline(Event::SoftBreak);
            self.text(line, tokens);
        }
    }

    /// Takes text, in which marks may stand.
    fn text(&mut self, mut text: &str, tokens: &[Token]) {
        if self.after_code && text.trim().is_empty() {
            return;
        }
        while let Some(at) = text.bytes().position(|byte| byte == 0xEF || byte == 0xC2) {
            self.doc.buf.push_str(&text[..at]);
            let mut rest = text[at..].chars();
            let c = rest.next();
            text = rest.as_str();
            match c {
                Some(scan::TOKEN) => {
                    let found = scan::token_number(text);
                    let found = found.and_then(|(nth, used)| Some((tokens.get(nth)?, used)));
                    if let Some((token, used)) = found {
                        // The comma before it belongs to the mark.
                        self.doc.buf.pop();
                        text = &text[used..];
                        self.token(token);
                    }
                }
                Some('\u{A0}') => self.doc.buf.push(' '),
                Some(c) if scan::is_mark(c) => self.doc.buf.extend(scan::marked(c)),
                Some(c) => self.doc.buf.push(c),
                None => {}
            }
        }
        self.doc.buf.push_str(text);
    }

    fn token(&mut self, token: &Token) {
        match token {
            Token::Code(code) => self.code(code),
            Token::Cite(source) => self.cite(Event::Cite(*source)),
            Token::UnknownCite(written) => {
                let written = self.store(written);
                self.inline(Event::UnknownCite(written));
            }
            Token::Open(tag) => self.html_start(*tag),
            Token::Close(tag) => self.html_end(*tag),
            Token::Break => self.inline(Event::HardBreak),
            Token::Object(id, object) => {
                let id = self.store(id);
                self.object(*object, None, Event::Text(id));
            }
        }
    }

    fn cite(&mut self, event: Event) {
        if self.in_link {
            self.waiting.push(event);
        } else {
            self.inline(event);
        }
    }

    fn code(&mut self, code: &Code) {
        self.flush();
        let within_line = self.open.last().is_some_and(|open| !open.is_block);
        let in_heading = matches!(
            self.open.last().and_then(|open| open.tag),
            Some(Tag::Heading(_))
        );
        if let [Piece::Plain(text)] = &code.pieces[..]
            && code.is_block
            && !within_line
            && !in_heading
            && self.depth < DEEPEST
        {
            self.code_block(text);
        } else {
            for piece in &code.pieces {
                self.code_piece(piece);
            }
        }
        for source in &code.cites {
            self.cite(Event::Cite(*source));
        }
    }

    fn code_piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Plain(text) => {
                let code = self.store(&text.replace('\n', " "));
                self.inline(Event::Code(code));
            }
            Piece::Linked(name, object, place) => {
                let name = self.store(name);
                self.object(*object, place.as_deref(), Event::Code(name));
            }
        }
    }

    fn code_block(&mut self, text: &str) {
        let events = &mut self.doc.events;
        while let Some(Event::SoftBreak | Event::HardBreak) = events.last() {
            events.pop();
        }
        let paragraph = self.open.last().and_then(|open| open.tag) == Some(Tag::Paragraph);
        if paragraph && !self.interrupted {
            if events.last() == Some(&Event::Start(Tag::Paragraph)) {
                events.pop();
            } else {
                events.push(Event::End(Tag::Paragraph));
            }
            self.interrupted = true;
        }
        let text = match text.trim_end().trim_start_matches(' ') {
            // What starts on a line of its own keeps its indentation.
            rest if rest.starts_with('\n') => rest.trim_start_matches('\n'),
            rest => rest,
        };
        let text = self.store(text);
        let block = [
            Event::Start(Tag::CodeBlock),
            Event::Text(text),
            Event::End(Tag::CodeBlock),
        ];
        self.doc.events.extend(block);
        self.after_code = true;
    }

    fn object(&mut self, ix: ObjectIx, place: Option<&str>, text: Event) {
        if self.in_link {
            return self.inline(text);
        }
        let fragment = place.map(Into::into);
        let link = self.doc.add_target(Target::Object { ix, fragment });
        let link = Tag::Link(link);
        self.inline(Event::Start(link));
        self.inline(text);
        self.inline(Event::End(link));
    }

    /// Puts text into the buffer for an event of its own.
    fn store(&mut self, text: &str) -> super::doc::Span {
        self.flush();
        let start = self.doc.buf.len();
        self.doc.buf.push_str(text);
        self.pending = self.doc.buf.len();
        self.doc.span_from(start)
    }

    /// Adds something within a line, after the text before it.
    fn inline(&mut self, event: Event) {
        self.flush();
        if self.after_code {
            if matches!(event, Event::SoftBreak | Event::HardBreak) {
                return;
            }
            self.after_code = false;
            if std::mem::take(&mut self.interrupted) {
                self.doc.events.push(Event::Start(Tag::Paragraph));
            }
        }
        self.doc.events.push(event);
    }

    /// Makes events of the text that waits.
    fn flush(&mut self) {
        let end = self.doc.buf.len();
        let mut start = std::mem::replace(&mut self.pending, end);
        if start == end {
            return;
        }
        let mut from = start;
        while !self.in_link
            && let Some(found) = bare_ids::next(&self.doc.buf[..end], from)
        {
            from = found.end;
            let Some(ix) = self.names.object(&self.doc.buf[found.clone()]) else {
                continue;
            };
            if Some(ix) == self.own {
                continue;
            }
            self.text_event(start, found.start);
            start = found.end;
            let id = Event::Text(span(found.start, found.end));
            self.object(ix, None, id);
        }
        self.text_event(start, end);
    }

    fn text_event(&mut self, start: usize, end: usize) {
        if start < end {
            self.inline(Event::Text(span(start, end)));
        }
    }
}

/// An address without the marks of the scanner; what it had taken out of it was not part of one.
fn unmarked(address: &str) -> Cow<'_, str> {
    if !address.contains(scan::is_mark) {
        return Cow::Borrowed(address);
    }
    let mut out = String::with_capacity(address.len());
    let mut rest = address.chars();
    while let Some(c) = rest.next() {
        if c == scan::TOKEN {
            out.pop();
            let used = scan::token_number(rest.as_str()).map_or(0, |(_, used)| used);
            rest = rest.as_str()[used..].chars();
        } else if scan::is_mark(c) {
            out.extend(scan::marked(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}
