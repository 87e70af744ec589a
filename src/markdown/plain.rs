//! Texts as letters only: for search, for descriptions of pages, for tables.

use super::doc::{Doc, Event, Tag};

/// The whole text without marks and citations, a line for each block.
pub fn plain(doc: &Doc) -> String {
    let mut out = String::new();
    write(doc, doc.events(), &mut out);
    out
}

/// The first paragraph without marks and citations.
pub fn first_paragraph_plain(doc: &Doc) -> String {
    let mut out = String::new();
    write(doc, first_paragraph(doc), &mut out);
    out
}

/// What is within the first paragraph; a text without one gives its first block of another kind.
pub fn first_paragraph(doc: &Doc) -> &[Event] {
    let events = doc.events();
    within(events, |tag| tag == Tag::Paragraph)
        .or_else(|| within(events, |tag| matches!(tag, Tag::Item | Tag::Heading(_))))
        .or_else(|| within(events, |tag| tag == Tag::CodeBlock))
        .unwrap_or_default()
}

/// What is within the first block of a kind, up to the end of anything that is a block.
fn within(events: &[Event], is: fn(Tag) -> bool) -> Option<&[Event]> {
    let start = events
        .iter()
        .position(|event| matches!(event, Event::Start(tag) if is(*tag)))?;
    let inner = &events[start + 1..];
    let end = inner
        .iter()
        .position(|event| matches!(event, Event::Start(tag) | Event::End(tag) if !tag.is_inline()));
    Some(&inner[..end.unwrap_or(inner.len())])
}

fn write(doc: &Doc, events: &[Event], out: &mut String) {
    let mut after_cite = false;
    for event in events {
        match event {
            Event::Text(span) | Event::Code(span) => {
                let text = doc.text(*span);
                if std::mem::take(&mut after_cite) {
                    close_gap(out, 0, text);
                }
                out.push_str(text);
            }
            Event::Cite(_) | Event::UnknownCite(_) => after_cite = true,
            Event::SoftBreak => out.push(' '),
            Event::Start(tag) | Event::End(tag) if tag.is_inline() => {}
            Event::HardBreak | Event::Rule | Event::Start(_) | Event::End(_) => {
                after_cite = false;
                new_line(out);
            }
        }
    }
    out.truncate(out.trim_end().len());
}

fn new_line(out: &mut String) {
    out.truncate(out.trim_end_matches([' ', '\n']).len());
    if !out.is_empty() {
        out.push('\n');
    }
}

/// Where a citation stood between `out` and `next`, only one of the blanks around it remains, and
/// none before a full stop.
pub(super) fn close_gap(out: &mut String, start: usize, next: &str) {
    if next.starts_with([' ', '.', ',', ';', ':', ')']) && out[start..].ends_with(' ') {
        out.pop();
    }
}
