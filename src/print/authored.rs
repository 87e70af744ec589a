//! What a team writes, on paper.

use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

use super::index::Entry;
use super::references::Source;
use super::table::Table;
use super::writer::Writer;
use crate::markdown::authored::{self, Allowed, Destination};
use crate::names::slug;
use crate::site::texts::Lookup;

/// Lists and quotations that are nested deeper are set no further in.
const DEEPEST: usize = 6;

impl Writer<'_, '_> {
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
                let inner = &events[at + 1..];
                let closing = self.open_authored(tag, inner, state);
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
                match (authored::comment(html), authored::allowed(html)) {
                    (None, None) => self.code.words(html),
                    (None, Some(Allowed::Break)) => self.code.raw("br;"),
                    // What a tag does to words is left to screens.
                    _ => {}
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

    fn open_authored(&mut self, tag: &Tag, inner: &[Event], state: &mut Authored) -> String {
        let ticked = is_ticked(inner);
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
            // What ends in a colon stays with what it announces.
            Tag::Paragraph if announces(inner) => ("lead({", "});"),
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
        let mut heads: Vec<String> = Vec::new();
        let mut row: Vec<String> = Vec::new();
        let mut start = 0;
        for (at, event) in events.iter().enumerate() {
            match event {
                Event::Start(Tag::TableCell) => start = at + 1,
                Event::End(TagEnd::TableCell) => {
                    let cell = &events[start..at];
                    row.push(cell.iter().filter_map(text_of).collect());
                    let (code, seen) = self.apart(|writer| {
                        writer.mark_row(&heads, &row);
                        writer.authored(cell);
                    });
                    table.cell(code, seen);
                }
                Event::End(TagEnd::TableHead) => {
                    heads = std::mem::take(&mut row);
                    let first = heads.first().map_or("", |head| head.trim());
                    table.end_head(first.eq_ignore_ascii_case("step"));
                }
                Event::End(TagEnd::TableRow) => row.clear(),
                _ => {}
            }
        }
        table.write(&mut self.code);
    }

    /// Marks the events that a row names, once its second cell is there: that may name the log.
    fn mark_row(&mut self, heads: &[String], row: &[String]) {
        let is = |head: &str, wanted: &str| head.trim().eq_ignore_ascii_case(wanted);
        let strings = self.sources.strings;
        if let ([first, second, ..], [ids, cell]) = (heads, row)
            && (is(first, "event id") || is(first, &strings.event_id))
        {
            let names_log = is(second, "log") || is(second, &strings.log);
            let log = if names_log { cell } else { self.log };
            for entry in Entry::events(ids, log) {
                self.mark(entry);
            }
        }
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

/// Whether a paragraph ends in a colon.
fn announces(events: &[Event]) -> bool {
    let end = end_of(events, 0, |tag| matches!(tag, TagEnd::Paragraph));
    let last = events[..end].iter().rev().find_map(text_of);
    last.is_some_and(|text| text.trim_end().ends_with(':'))
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
