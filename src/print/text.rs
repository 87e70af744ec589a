//! Texts on paper: ATT&CK's, and what a team writes.

use std::collections::BTreeMap;

use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

use super::code::{Code, Seen};
use super::table::Table;
use crate::attack::{ObjectIx, RefIx};
use crate::markdown::authored::{self, Destination};
use crate::markdown::doc::{self, Doc, Target};
use crate::names::slug;
use crate::site::context::Sources;
use crate::site::pages::facts::permalink;
use crate::site::texts::Lookup;

/// Lists and quotations that are nested deeper are set no further in.
const DEEPEST: usize = 6;

/// Which playbooks a print holds: by technique and by name, the labels of their first pages.
#[derive(Default)]
pub(super) struct Bound {
    pub(super) techniques: BTreeMap<ObjectIx, String>,
    pub(super) slugs: BTreeMap<String, String>,
}

/// One playbook in the making: its code, and what it has cited so far.
pub(super) struct Writer<'k, 'b> {
    pub(super) sources: Sources<'k>,
    pub(super) code: Code,
    /// What the labels of this playbook start with.
    pub(super) prefix: String,
    /// The labels of its sections, by the anchors that they have on the page.
    pub(super) anchors: BTreeMap<String, String>,
    bound: &'b Bound,
    cited: Vec<Source>,
}

/// What a number in the text stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A reference of ATT&CK.
    Reference(RefIx),
    /// An address in an authored text.
    Web(String),
}

impl<'k, 'b> Writer<'k, 'b> {
    pub(super) fn new(sources: Sources<'k>, prefix: String, bound: &'b Bound) -> Self {
        Writer {
            sources,
            code: Code::default(),
            prefix,
            anchors: BTreeMap::new(),
            bound,
            cited: Vec::new(),
        }
    }

    /// The label of a place in this playbook.
    pub(super) fn label(&self, place: &str) -> String {
        format!("{}:{place}", self.prefix)
    }

    /// What was cited, in order.
    pub(super) fn cited(&self) -> Vec<Source> {
        self.cited.clone()
    }

    /// Writes a call whose argument is running text.
    pub(super) fn call(&mut self, function: &str, text: &str) {
        self.code.raw(function);
        self.code.raw("({");
        self.code.words(text);
        self.code.raw("});");
    }

    /// Writes an object's name or ID, linked to where it is explained.
    pub(super) fn object(&mut self, ix: ObjectIx, text: &str) {
        let close = self.open_object(ix);
        self.code.words(text);
        self.code.raw(&close);
    }

    /// Opens a link to an object; what closes it is given back.
    fn open_object(&mut self, ix: ObjectIx) -> String {
        if let Some(target) = self.bound.techniques.get(&ix).cloned() {
            return self.open_see(&target);
        }
        match permalink(self.sources.knowledge.object(ix)) {
            Some(url) => self.open_web(&url),
            None => self.open_nothing(),
        }
    }

    fn open_see(&mut self, target: &str) -> String {
        // No page number leads from a playbook to itself.
        let own = self.label("top") == *target;
        self.code.raw(if own { "link(label(" } else { "see(" });
        self.code.literal(target);
        self.code.raw(if own { ")," } else { "," });
        self.code.raw("{");
        "});".to_owned()
    }

    fn open_web(&mut self, url: &str) -> String {
        self.code.raw("a(");
        self.code.literal(url);
        self.code.raw(",{");
        "});".to_owned()
    }

    fn open_nothing(&mut self) -> String {
        self.code.raw("{");
        "};".to_owned()
    }

    /// Writes the number that stands for a source.
    pub(super) fn cite(&mut self, source: Source) {
        let known = self.cited.iter().position(|cited| *cited == source);
        let number = known.unwrap_or_else(|| {
            self.cited.push(source);
            self.cited.len() - 1
        });
        let target = self.label(&format!("r{}", number + 1));
        self.code.raw("cite-mark(");
        self.code.literal(&target);
        self.code.raw(",");
        self.code.number(number + 1);
        self.code.raw(");");
    }

    /// Writes a text of ATT&CK as blocks.
    pub(super) fn doc(&mut self, doc: &Doc) {
        self.doc_events(doc, doc.events());
    }

    /// Writes a text of ATT&CK for a cell: a single paragraph without its spacing.
    pub(super) fn doc_in_cell(&mut self, doc: &Doc) {
        use doc::{Event, Tag};
        match doc.events() {
            [
                Event::Start(Tag::Paragraph),
                inner @ ..,
                Event::End(Tag::Paragraph),
            ] if !inner.contains(&Event::End(Tag::Paragraph)) => self.doc_events(doc, inner),
            events => self.doc_events(doc, events),
        }
    }

    fn doc_events(&mut self, doc: &Doc, events: &[doc::Event]) {
        use doc::Event;
        let mut closings: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some(event) = events.get(at) {
            at += 1;
            match *event {
                Event::Start(doc::Tag::CodeBlock) => {
                    let lines = events[at..].iter().map_while(|event| match event {
                        Event::Text(span) | Event::Code(span) => Some(doc.text(*span)),
                        Event::SoftBreak | Event::HardBreak => Some("\n"),
                        _ => None,
                    });
                    let text: String = lines.collect();
                    self.listing(&text);
                    at += events[at..]
                        .iter()
                        .take_while(|event| **event != Event::End(doc::Tag::CodeBlock))
                        .count()
                        + 1;
                }
                Event::Start(tag) => {
                    let closing = self.open_doc(doc, tag);
                    closings.push(closing);
                }
                Event::End(_) => {
                    let closing = closings.pop().unwrap_or_default();
                    self.code.raw(&closing);
                }
                Event::Text(span) | Event::UnknownCite(span) => self.code.words(doc.text(span)),
                Event::Code(span) => self.call("c", doc.text(span)),
                Event::Cite(source) => self.cite(Source::Reference(source)),
                Event::SoftBreak => self.code.raw("\" \";"),
                Event::HardBreak => self.code.raw("br;"),
                Event::Rule => self.code.raw("hr;"),
            }
        }
    }

    fn open_doc(&mut self, doc: &Doc, tag: doc::Tag) -> String {
        use doc::Tag;
        let (open, close) = match tag {
            Tag::Paragraph => ("p({", "});"),
            // The texts' own headings stand below those of the playbook.
            Tag::Heading(_) => ("hd(3,{", "});"),
            Tag::List(None) => ("ul(", ");"),
            Tag::List(Some(start)) => {
                self.code.raw("ol(");
                self.code.number(start);
                (",", ");")
            }
            Tag::Item => ("{", "},"),
            Tag::Quote => ("quoted({", "});"),
            Tag::CodeBlock => ("{", "};"),
            Tag::Strong => ("b({", "});"),
            Tag::Emphasis => ("e({", "});"),
            Tag::Underline => ("u({", "});"),
            Tag::Link(ix) => {
                return match doc.target(ix) {
                    Some(Target::Object { ix, .. }) => self.open_object(*ix),
                    Some(Target::Url(url)) => self.open_web(url),
                    None => self.open_nothing(),
                };
            }
        };
        self.code.raw(open);
        close.to_owned()
    }

    /// Writes code of several lines.
    pub(super) fn listing(&mut self, text: &str) {
        self.code.raw("pre(");
        for line in text.trim_end().lines() {
            if line.trim().is_empty() {
                self.code.raw("\"\",");
            } else {
                self.code.raw("{");
                self.code.words(&line.replace('\t', "    "));
                self.code.raw("},");
            }
        }
        self.code.raw(");");
    }

    /// Writes an authored text. Tables whose first column is `Step` get room for who did it.
    pub(super) fn authored(&mut self, events: &[Event]) {
        let mut state = Authored::default();
        let mut at = 0;
        while at < events.len() {
            at = self.authored_event(events, at, &mut state);
        }
        while let Some(closing) = state.closings.pop() {
            self.code.raw(&closing);
        }
    }

    fn authored_event(&mut self, events: &[Event], at: usize, state: &mut Authored) -> usize {
        match &events[at] {
            Event::Start(Tag::CodeBlock(_)) => {
                let end = end_of(events, at, |tag| matches!(tag, TagEnd::CodeBlock));
                let text: String = events[at + 1..end].iter().filter_map(text_of).collect();
                self.listing(&text);
                return end + 1;
            }
            Event::Start(Tag::Table(_)) => {
                let end = end_of(events, at, |tag| matches!(tag, TagEnd::Table));
                self.authored_table(&events[at + 1..end]);
                return end + 1;
            }
            Event::Start(tag) => {
                let is_ticked = is_ticked(&events[at + 1..]);
                let closing = self.open_authored(tag, is_ticked, state);
                state.closings.push(closing);
            }
            Event::End(end) => {
                if matches!(end, TagEnd::Link | TagEnd::Image) {
                    state.verbatim = state.verbatim.saturating_sub(1);
                }
                if matches!(end, TagEnd::List(_) | TagEnd::BlockQuote(_)) {
                    state.depth = state.depth.saturating_sub(1);
                    state.ticked.truncate(state.depth);
                }
                let closing = state.closings.pop().unwrap_or_default();
                self.code.raw(&closing);
            }
            Event::Text(text) if state.verbatim == 0 => self.named(text),
            Event::Text(text) => self.code.words(text),
            Event::Html(html) | Event::InlineHtml(html) => {
                if authored::comment(html).is_none() {
                    self.code.words(html);
                }
            }
            Event::Code(text) => self.call("c", text),
            Event::SoftBreak => self.code.raw("\" \";"),
            Event::HardBreak => self.code.raw("br;"),
            Event::Rule => self.code.raw("hr;"),
            Event::FootnoteReference(name) => self.call("super", name),
            // The mark is part of its item.
            Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
        at + 1
    }

    fn open_authored(&mut self, tag: &Tag, ticked: Option<bool>, state: &mut Authored) -> String {
        let (open, close) = match tag {
            Tag::List(start) => {
                state.depth += 1;
                let is_ticked = ticked.is_some() && state.depth <= DEEPEST;
                state.ticked.resize(state.depth, false);
                state.ticked[state.depth - 1] = is_ticked;
                if state.depth > DEEPEST {
                    ("", "")
                } else if is_ticked {
                    ("steps(", ");")
                } else if let Some(start) = start {
                    self.code.raw("ol(");
                    self.code.number(start);
                    (",", ");")
                } else {
                    ("ul(", ");")
                }
            }
            Tag::Item if state.depth > DEEPEST => ("br;\"• \";", ""),
            Tag::Item if state.ticked.last() == Some(&true) => {
                // An item without a mark among those that have one gets a box too.
                let done = ticked.unwrap_or_default();
                (if done { "(true,{" } else { "(false,{" }, "}),")
            }
            Tag::Item => ("{", "},"),
            Tag::Paragraph => ("p({", "});"),
            Tag::Heading { level, .. } => {
                // No level is skipped, whatever the text does: readers by ear rely on it.
                let level = (*level as usize).clamp(3, state.heading + 1).min(5);
                state.heading = level;
                self.code.raw("hd(");
                self.code.number(level);
                (",{", "});")
            }
            Tag::BlockQuote(kind) => {
                state.depth += 1;
                match kind {
                    _ if state.depth > DEEPEST => ("{", "};"),
                    None => ("quoted({", "});"),
                    Some(kind) => {
                        self.code.raw("alert(words.alert-");
                        self.code.raw(alert_name(*kind));
                        (",{", "});")
                    }
                }
            }
            Tag::FootnoteDefinition(name) => {
                self.code.raw("p({");
                self.call("super", name);
                ("});{", "};")
            }
            Tag::Strong => ("b({", "});"),
            Tag::Emphasis => ("e({", "});"),
            Tag::Strikethrough => ("s({", "});"),
            Tag::Link { dest_url, .. } => {
                state.verbatim += 1;
                return self.open_link(dest_url);
            }
            Tag::Image { .. } => {
                state.verbatim += 1;
                ("{", "};")
            }
            _ => ("{", "};"),
        };
        self.code.raw(open);
        close.to_owned()
    }

    fn open_link(&mut self, url: &str) -> String {
        let names = Lookup(self.sources.knowledge);
        match authored::destination(url, &names) {
            Destination::Object(ix) => self.open_object(ix),
            Destination::Playbook { slug, .. } => match self.bound.slugs.get(&slug).cloned() {
                Some(target) => self.open_see(&target),
                None => self.open_nothing(),
            },
            Destination::Here(anchor) => {
                let anchor = slug(anchor.trim_start_matches('#'));
                let Some(target) = self.anchors.get(&anchor).cloned() else {
                    return self.open_nothing();
                };
                self.code.raw("link(label(");
                self.code.literal(&target);
                self.code.raw("),{");
                "});".to_owned()
            }
            Destination::Web(url) => {
                let closing = self.open_web(&url);
                // The number comes after the words; paper needs the address spelt out.
                let before = std::mem::take(&mut self.code);
                self.cite(Source::Web(url));
                let mark = std::mem::replace(&mut self.code, before).finish();
                closing + &mark
            }
            Destination::Nowhere => self.open_nothing(),
        }
    }

    fn named(&mut self, text: &str) {
        let names = Lookup(self.sources.knowledge);
        for (part, object) in authored::named(text, &names) {
            match object {
                Some(ix) => self.object(ix, part),
                None => self.code.words(part),
            }
        }
    }

    fn authored_table(&mut self, events: &[Event]) {
        let mut table = Table::default();
        let mut start = 0;
        for (at, event) in events.iter().enumerate() {
            match event {
                Event::Start(Tag::TableCell) => start = at + 1,
                Event::End(TagEnd::TableCell) => {
                    let (code, seen) = self.apart(|writer| writer.authored(&events[start..at]));
                    table.cell(code, seen);
                }
                Event::End(TagEnd::TableHead) => {
                    let text: String = events[..at].iter().take(3).filter_map(text_of).collect();
                    table.end_head(text.trim().eq_ignore_ascii_case("step"));
                }
                _ => {}
            }
        }
        table.write(&mut self.code);
    }

    /// Writes to code of its own, for a cell.
    pub(super) fn apart(&mut self, write: impl FnOnce(&mut Self)) -> (String, Seen) {
        let outer = std::mem::take(&mut self.code);
        write(self);
        let mut code = std::mem::replace(&mut self.code, outer);
        let seen = code.take_seen();
        (code.finish(), seen)
    }
}

/// Where the writing of an authored text is.
struct Authored {
    closings: Vec<String>,
    /// How deep in lists and quotations, and which of the lists have boxes to tick.
    depth: usize,
    ticked: Vec<bool>,
    /// How deep in links, where IDs stay text.
    verbatim: u32,
    heading: usize,
}

impl Default for Authored {
    fn default() -> Self {
        Authored {
            closings: Vec::new(),
            depth: 0,
            ticked: Vec::new(),
            verbatim: 0,
            // Sections stand on the second level.
            heading: 2,
        }
    }
}

pub(super) fn text_of<'e>(event: &'e Event) -> Option<&'e str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    }
}

/// Whether a list or an item begins with a box, and whether that is ticked.
fn is_ticked(events: &[Event]) -> Option<bool> {
    let first = events
        .iter()
        .find(|event| !matches!(event, Event::Start(Tag::Item | Tag::Paragraph)))?;
    match first {
        Event::TaskListMarker(done) => Some(*done),
        _ => None,
    }
}

fn end_of(events: &[Event], from: usize, is: fn(&TagEnd) -> bool) -> usize {
    let end = events[from..]
        .iter()
        .position(|event| matches!(event, Event::End(tag) if is(tag)));
    end.map_or(events.len(), |end| from + end)
}

fn alert_name(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}
