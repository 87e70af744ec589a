//! ATT&CK's texts on paper.

use super::references::Source;
use super::writer::Writer;
use crate::markdown::doc::{Doc, Event, Tag, Target};

impl Writer<'_, '_> {
    /// Writes a text of ATT&CK as blocks.
    pub(super) fn doc(&mut self, doc: &Doc) {
        self.doc_events(doc, doc.events());
    }

    /// Writes a text of ATT&CK for a cell: a single paragraph without its spacing.
    pub(super) fn doc_in_cell(&mut self, doc: &Doc) {
        match doc.events() {
            [
                Event::Start(Tag::Paragraph),
                inner @ ..,
                Event::End(Tag::Paragraph),
            ] if !inner.contains(&Event::End(Tag::Paragraph)) => self.doc_events(doc, inner),
            events => self.doc_events(doc, events),
        }
    }

    fn doc_events(&mut self, doc: &Doc, events: &[Event]) {
        let mut closings: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some(event) = events.get(at) {
            at += 1;
            match *event {
                Event::Start(Tag::CodeBlock) => {
                    let lines = events[at..].iter().map_while(|event| match event {
                        Event::Text(span) | Event::Code(span) => Some(doc.text(*span)),
                        Event::SoftBreak | Event::HardBreak => Some("\n"),
                        _ => None,
                    });
                    let text: String = lines.collect();
                    self.listing(&text);
                    at += events[at..]
                        .iter()
                        .take_while(|event| **event != Event::End(Tag::CodeBlock))
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

    fn open_doc(&mut self, doc: &Doc, tag: Tag) -> String {
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
}
