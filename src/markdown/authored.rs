//! Markdown that a team writes: `CommonMark` with tables, task lists, footnotes, alerts. Of raw HTML a
//! few tags without attributes are taken, such as a line break in a table, all else is text. Links lead
//! to the web or to pages of the site, and ATT&CK IDs become links.

use std::ops::Range;

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};

pub mod queries;

use self::queries::Part;
use super::html::Page;
use super::{Names, bare_ids, escape, safe_url};
use crate::attack::ObjectIx;
use crate::dialects::Dialect;
use crate::names;

/// A part of an authored text under one `##` heading.
#[derive(Debug)]
pub struct Section<'t> {
    /// The heading; empty for what comes before the first.
    pub title: String,
    events: Vec<Event<'t>>,
}

/// What a section is made of.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Finished HTML.
    Html(String),
    /// A place for a block made from data: `<!-- attack: mitigations -->`.
    Generated(String),
    /// One query in several languages, or a Sigma rule.
    Queries(Vec<Query>),
}

/// A query in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The language.
    pub dialect: Dialect,
    /// The query.
    pub code: String,
}

/// Parses a text. Raw HTML comes as one event for each block, not one for each line, so that a
/// comment is whole.
pub fn events(text: &str) -> Vec<(Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM;
    let mut events = Vec::new();
    let mut block: Option<String> = None;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match (event, &mut block) {
            (Event::Start(Tag::HtmlBlock), _) => block = Some(String::new()),
            (Event::Html(line), Some(html)) => html.push_str(&line),
            (Event::End(TagEnd::HtmlBlock), _) => {
                let html = block.take().unwrap_or_default();
                events.push((Event::Html(html.into()), range));
            }
            (event, _) => events.push((event, range)),
        }
    }
    events
}

/// What an HTML comment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comment<'h> {
    /// `<!-- attack: mitigations -->` stands for a block made from data.
    Block(&'h str),
    /// Anything else is between authors.
    Private,
}

/// Tags that may stand within a line, and change no more than how the text in them is set.
const INLINE: [&str; 9] = ["b", "em", "i", "kbd", "small", "strong", "sub", "sup", "u"];

/// A tag of raw HTML that may stand as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// `<br>`
    Break,
    /// `<kbd>`
    Opens(&'static str),
    /// `</kbd>`
    Closes(&'static str),
}

/// Reads raw HTML that is nothing but one tag which may stand.
pub fn allowed(html: &str) -> Option<Allowed> {
    let inner = html.strip_prefix('<')?.strip_suffix('>')?;
    let (inner, closes) = match inner.strip_prefix('/') {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let name = inner.trim_end_matches('/').trim_end();
    if name.eq_ignore_ascii_case("br") && !closes {
        return Some(Allowed::Break);
    }
    let known = INLINE
        .into_iter()
        .find(|tag| name.eq_ignore_ascii_case(tag))?;
    Some(if closes {
        Allowed::Closes(known)
    } else {
        Allowed::Opens(known)
    })
}

/// Reads raw HTML that is nothing but one comment.
pub fn comment(html: &str) -> Option<Comment<'_>> {
    let inner = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    Some(match inner.trim().strip_prefix("attack:") {
        Some(kind) => Comment::Block(kind.trim()),
        None => Comment::Private,
    })
}

/// The playbook file and the anchor that a link leads to, as in `[text](../other.md#containment)`.
pub fn playbook_link(url: &str) -> Option<(&str, Option<&str>)> {
    if url.contains("://") {
        return None;
    }
    let (path, anchor) = match url.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (url, None),
    };
    let stem = path.rsplit('/').next()?.strip_suffix(".md")?;
    Some((stem, anchor))
}

/// Where a link may lead.
#[derive(Debug, PartialEq, Eq)]
pub enum Destination<'u> {
    /// An ATT&CK object.
    Object(ObjectIx),
    /// Another playbook.
    Playbook {
        /// Its name in addresses.
        slug: String,
        /// A place in it.
        anchor: Option<&'u str>,
    },
    /// A place in the same text, with its `#`.
    Here(&'u str),
    /// Out of the wiki.
    Web(String),
    /// Not a place that a link may lead to.
    Nowhere,
}

/// Where the address of a link leads.
pub fn destination<'u>(url: &'u str, known: &dyn Names) -> Destination<'u> {
    if let Some((object, _)) = known.address(url) {
        return Destination::Object(object);
    }
    if let Some((stem, anchor)) = playbook_link(url) {
        let slug = names::slug(stem);
        return Destination::Playbook { slug, anchor };
    }
    if url.starts_with('#') {
        return Destination::Here(url);
    }
    safe_url(url).map_or(Destination::Nowhere, Destination::Web)
}

/// Running text cut into what is the ID of a known object, and what is not.
pub fn named<'t>(text: &'t str, names: &dyn Names) -> Vec<(&'t str, Option<ObjectIx>)> {
    let mut parts = Vec::new();
    let mut done = 0;
    let mut from = 0;
    while let Some(range) = bare_ids::next(text, from) {
        from = range.end;
        if let Some(object) = names.object(&text[range.clone()]) {
            parts.push((&text[done..range.start], None));
            done = range.end;
            parts.push((&text[range], Some(object)));
        }
    }
    parts.push((&text[done..], None));
    parts
}

/// Parses a text and cuts it at its second-level headings. Footnotes are where they are written.
pub fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section {
        title: String::new(),
        events: Vec::new(),
    }];
    let mut heading = false;
    for (event, _) in events(text) {
        match &event {
            Event::Start(Tag::Heading {
                level: HeadingLevel::H2,
                ..
            }) => {
                sections.push(Section {
                    title: String::new(),
                    events: Vec::new(),
                });
                heading = true;
            }
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => heading = false,
            Event::Text(text) | Event::Code(text) if heading => {
                if let Some(section) = sections.last_mut() {
                    section.title.push_str(text);
                }
            }
            _ if heading => {}
            _ => {
                if let Some(section) = sections.last_mut() {
                    section.events.push(event);
                }
            }
        }
    }
    sections.retain(|section| !section.title.is_empty() || !section.events.is_empty());
    sections
}

/// A text without its markup, for search.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for section in sections(text) {
        plain.push_str(&section.title);
        plain.push('\n');
        for event in section.events {
            match event {
                Event::Text(text) | Event::Code(text) => plain.push_str(&text),
                Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell) => {
                    plain.push(' ');
                }
                Event::End(
                    TagEnd::Paragraph
                    | TagEnd::Item
                    | TagEnd::Heading(_)
                    | TagEnd::TableRow
                    | TagEnd::CodeBlock,
                ) => plain.push('\n'),
                _ => {}
            }
        }
    }
    plain
}

/// What screen readers say of parts that have no text of their own.
#[derive(Clone, Copy)]
pub struct Labels<'l> {
    /// A table.
    pub table: &'l str,
    /// The box of a task.
    pub done: &'l str,
}

impl<'t> Section<'t> {
    /// What is written under the heading, step by step.
    pub fn events(&self) -> &[Event<'t>] {
        &self.events
    }

    /// The section as HTML and the blocks between.
    pub fn render(
        self,
        names: &dyn Names,
        page: &mut impl Page,
        root: &str,
        labels: Labels,
    ) -> Vec<Piece> {
        let mut writer = Writer {
            names,
            page,
            root,
            labels,
            events: Vec::new(),
            pieces: Vec::new(),
            verbatim: 0,
            open: Vec::new(),
            links: Vec::new(),
        };
        for part in queries::gather(self.events) {
            match part {
                Part::Event(event) => writer.event(event),
                Part::Queries(queries) => {
                    writer.flush();
                    writer.pieces.push(Piece::Queries(queries));
                }
            }
        }
        writer.flush();
        writer.pieces
    }
}

struct Writer<'w, 't, P> {
    names: &'w dyn Names,
    page: &'w mut P,
    root: &'w str,
    labels: Labels<'w>,
    events: Vec<Event<'t>>,
    pieces: Vec<Piece>,
    /// How deep in code or links, where IDs stay text.
    verbatim: u32,
    /// Raw tags that are open.
    open: Vec<&'static str>,
    /// Links that are open: whether each leads somewhere.
    links: Vec<bool>,
}

impl<'t, P: Page> Writer<'_, 't, P> {
    fn event(&mut self, event: Event<'t>) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::Text(text) if self.verbatim == 0 => self.text(&text),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.verbatim += 1;
                // Only the language is kept of the words after the fence.
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split_whitespace().next().unwrap_or_default()
                    }
                    CodeBlockKind::Indented => "",
                };
                let kind = CodeBlockKind::Fenced(CowStr::from(language.to_owned()));
                self.events.push(Event::Start(Tag::CodeBlock(kind)));
            }
            Event::Start(Tag::Link {
                dest_url,
                title,
                id,
                ..
            }) => {
                self.verbatim += 1;
                // What leads nowhere is text; a check says so.
                let address = self.address(&dest_url);
                self.links.push(address.is_some());
                if let Some(address) = address {
                    self.events.push(Event::Start(Tag::Link {
                        link_type: LinkType::Inline,
                        dest_url: CowStr::from(address),
                        title,
                        id,
                    }));
                }
            }
            Event::End(TagEnd::Link) => {
                self.verbatim -= 1;
                if self.links.pop().unwrap_or_default() {
                    self.events.push(event);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                self.verbatim -= 1;
                self.events.push(event);
            }
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell,
            ) => {
                while let Some(tag) = self.open.pop() {
                    self.raw(&format!("</{tag}>"));
                }
                self.events.push(event);
            }
            // Pictures from outside are never loaded: their description stands for them.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Start(Tag::Table(_)) => {
                let mut html = String::from("<div class=\"scroll\" role=\"region\" aria-label=\"");
                escape(self.labels.table, &mut html);
                html.push_str("\" tabindex=\"0\">");
                self.raw(&html);
                self.events.push(event);
            }
            Event::End(TagEnd::Table) => {
                self.events.push(event);
                self.raw("</div>");
            }
            Event::TaskListMarker(done) => {
                let checked = if done { " checked" } else { "" };
                // A script enables it: without one, no tick would stay.
                let mut html = String::from("<input type=\"checkbox\" disabled aria-label=\"");
                escape(self.labels.done, &mut html);
                html.push('"');
                html.push_str(checked);
                html.push_str("> ");
                self.raw(&html);
            }
            event => self.events.push(event),
        }
    }

    fn raw(&mut self, html: &str) {
        self.events
            .push(Event::InlineHtml(CowStr::from(html.to_owned())));
    }

    /// A comment that asks for a block ends a piece; other comments are for authors; the rest is
    /// text, but for the few tags that may stand.
    fn html(&mut self, html: &str) {
        match (comment(html), allowed(html)) {
            (Some(Comment::Block(kind)), _) => {
                self.flush();
                self.pieces.push(Piece::Generated(kind.to_owned()));
            }
            (Some(Comment::Private), _) => {}
            (None, Some(Allowed::Break)) => self.raw("<br>"),
            (None, Some(Allowed::Opens(tag))) => {
                self.open.push(tag);
                self.raw(&format!("<{tag}>"));
            }
            (None, Some(Allowed::Closes(tag))) if self.open.last() == Some(&tag) => {
                self.open.pop();
                self.raw(&format!("</{tag}>"));
            }
            (None, _) => self.events.push(Event::Text(CowStr::from(html.to_owned()))),
        }
    }

    fn text(&mut self, text: &str) {
        for (part, object) in named(text, self.names) {
            let Some(object) = object else {
                self.events.push(Event::Text(CowStr::from(part.to_owned())));
                continue;
            };
            let mut link = String::new();
            self.page.object_link(object, None, &mut link);
            escape(part, &mut link);
            link.push_str("</a>");
            self.raw(&link);
        }
    }

    fn address(&mut self, url: &str) -> Option<String> {
        Some(match destination(url, self.names) {
            Destination::Object(object) => self.page.href(object),
            Destination::Playbook { slug, anchor } => {
                let anchor = anchor
                    .map(|anchor| format!("#{}", names::anchor(anchor)))
                    .unwrap_or_default();
                format!("{}playbooks/{slug}/index.html{anchor}", self.root)
            }
            Destination::Here(anchor) => {
                format!("#{}", names::anchor(anchor.trim_start_matches('#')))
            }
            Destination::Web(url) => url,
            Destination::Nowhere => return None,
        })
    }

    fn flush(&mut self) {
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, std::mem::take(&mut self.events).into_iter());
        // Markup of one's own would be escaped: what these find is what the line above wrote. Pages
        // have no styles in them.
        let html = html
            .replace("<th>", "<th scope=\"col\">")
            .replace("<th style=\"text-align: ", "<th scope=\"col\" class=\"to-")
            .replace("<td style=\"text-align: ", "<td class=\"to-");
        if !html.trim().is_empty() {
            self.pieces.push(Piece::Html(html));
        }
    }
}
