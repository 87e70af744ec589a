//! Texts as HTML.

use super::doc::{Doc, Event, Tag, Target};
use super::plain;
use crate::attack::{ObjectIx, RefIx};

/// The highest heading within a text stands below those of the page.
const HIGHEST_HEADING: u8 = 4;

/// How a page turns link targets and citations into HTML.
pub trait Page {
    /// Writes the opening `<a …>` tag of a link to an object, perhaps to a place on its page.
    fn object_link(&mut self, ix: ObjectIx, fragment: Option<&str>, out: &mut String);

    /// The address of an object's page.
    fn href(&self, ix: ObjectIx) -> String;

    /// Writes what stands for a citation.
    fn cite(&mut self, source: RefIx, out: &mut String);
}

/// Writes the text as blocks: paragraphs, lists, headings.
pub fn render(doc: &Doc, page: &mut impl Page, out: &mut String) {
    for event in doc.events() {
        write(doc, *event, page, out);
    }
}

/// Writes the text for a table cell: a single paragraph without its tag, anything else as blocks.
pub fn render_inline(doc: &Doc, page: &mut impl Page, out: &mut String) {
    if let [
        Event::Start(Tag::Paragraph),
        inner @ ..,
        Event::End(Tag::Paragraph),
    ] = doc.events()
        && !inner.contains(&Event::End(Tag::Paragraph))
    {
        for event in inner {
            write(doc, *event, page, out);
        }
    } else {
        render(doc, page, out);
    }
}

/// Writes the first paragraph for an index: within a line and without citations.
pub fn render_summary(doc: &Doc, page: &mut impl Page, out: &mut String) {
    let start = out.len();
    let mut after_cite = false;
    for event in plain::first_paragraph(doc) {
        match event {
            Event::Cite(_) | Event::UnknownCite(_) => after_cite = true,
            Event::Text(span) => {
                let text = doc.text(*span);
                if std::mem::take(&mut after_cite) {
                    plain::close_gap(out, start, text);
                }
                escape(text, out);
            }
            Event::HardBreak => out.push(' '),
            Event::Start(Tag::CodeBlock) => out.push_str("<code>"),
            Event::End(Tag::CodeBlock) => out.push_str("</code>"),
            Event::Start(tag) | Event::End(tag) if !tag.is_inline() => {}
            event => write(doc, *event, page, out),
        }
    }
    let end = out[start..].trim_end().len();
    out.truncate(start + end);
}

/// Writes text so that it is safe in element content and in quoted attributes.
pub fn escape(text: &str, out: &mut String) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(entity);
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

fn write(doc: &Doc, event: Event, page: &mut impl Page, out: &mut String) {
    match event {
        Event::Start(tag) => open(doc, tag, page, out),
        Event::End(tag) => close(tag, out),
        Event::Text(span) | Event::UnknownCite(span) => escape(doc.text(span), out),
        Event::Code(span) => {
            out.push_str("<code>");
            escape(doc.text(span), out);
            out.push_str("</code>");
        }
        Event::Cite(source) => page.cite(source, out),
        Event::SoftBreak => out.push('\n'),
        Event::HardBreak => out.push_str("<br>"),
        Event::Rule => out.push_str("<hr>\n"),
    }
}

fn open(doc: &Doc, tag: Tag, page: &mut impl Page, out: &mut String) {
    let opening = match tag {
        Tag::Paragraph => "<p>",
        Tag::Heading(level) => {
            out.push_str("<h");
            out.push(heading_digit(level));
            ">"
        }
        Tag::List(None) => "<ul>\n",
        Tag::List(Some(1)) => "<ol>\n",
        Tag::List(Some(start)) => {
            out.push_str("<ol start=\"");
            out.push_str(&start.to_string());
            "\">\n"
        }
        Tag::Item => "<li>",
        Tag::CodeBlock => "<pre><code>",
        Tag::Quote => "<blockquote>\n",
        Tag::Strong => "<strong>",
        Tag::Emphasis => "<em>",
        Tag::Underline => "<u>",
        Tag::Link(ix) => match doc.target(ix) {
            Some(Target::Object { ix, fragment }) => {
                return page.object_link(*ix, fragment.as_deref(), out);
            }
            Some(Target::Url(url)) => {
                out.push_str("<a href=\"");
                escape(url, out);
                "\" rel=\"noopener noreferrer external\">"
            }
            None => "<a>",
        },
    };
    out.push_str(opening);
}

fn close(tag: Tag, out: &mut String) {
    let closing = match tag {
        Tag::Paragraph => "</p>\n",
        Tag::Heading(level) => {
            out.push_str("</h");
            out.push(heading_digit(level));
            ">\n"
        }
        Tag::List(None) => "</ul>\n",
        Tag::List(Some(_)) => "</ol>\n",
        Tag::Item => "</li>\n",
        Tag::CodeBlock => "</code></pre>\n",
        Tag::Quote => "</blockquote>\n",
        Tag::Strong => "</strong>",
        Tag::Emphasis => "</em>",
        Tag::Underline => "</u>",
        Tag::Link(_) => "</a>",
    };
    out.push_str(closing);
}

fn heading_digit(level: u8) -> char {
    let level = level.saturating_add(HIGHEST_HEADING - 1).min(6);
    char::from(b'0' + level)
}
