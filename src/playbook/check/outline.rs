//! What checks need to know of a playbook's Markdown, gathered in one walk.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};

use crate::markdown::authored::{self, Comment};

/// A playbook's Markdown as checks see it. Ranges are bytes of the body.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) sections: Vec<Section>,
    /// Running text: what stands in code or links is left out.
    pub(super) texts: Vec<(String, Range<usize>)>,
    pub(super) links: Vec<(String, Range<usize>)>,
    pub(super) images: Vec<Range<usize>>,
    /// Kinds of blocks that comments ask for.
    pub(super) blocks: Vec<(String, Range<usize>)>,
    pub(super) tables: Vec<Table>,
    pub(super) paragraphs: Vec<Range<usize>>,
    pub(super) codes: Vec<Code>,
}

/// A part under a second-level heading.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) heading: Range<usize>,
    pub(super) is_empty: bool,
}

/// A table: where, and how many columns its head has.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) range: Range<usize>,
    pub(super) columns: usize,
}

/// A code block.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) language: String,
    pub(super) text: String,
    /// Where the text begins.
    pub(super) start: usize,
}

impl Outline {
    pub(super) fn of(body: &str) -> Outline {
        let mut outline = Outline::default();
        let mut state = State::default();
        for (event, range) in authored::events(body) {
            outline.event(event, range, &mut state);
        }
        outline
    }

    fn event(&mut self, event: Event, range: Range<usize>, state: &mut State) {
        match event {
            Event::Start(Tag::Heading {
                level: HeadingLevel::H2,
                ..
            }) => {
                state.in_heading = true;
                self.sections.push(Section {
                    title: String::new(),
                    heading: range,
                    is_empty: true,
                });
            }
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => state.in_heading = false,
            Event::Html(html) | Event::InlineHtml(html) => match authored::comment(&html) {
                Some(Comment::Block(kind)) => {
                    self.blocks.push((kind.to_owned(), range));
                    self.filled();
                }
                Some(Comment::Private) => {}
                None => self.filled(),
            },
            Event::Start(tag) => self.start(tag, range, state),
            Event::End(TagEnd::CodeBlock) => state.in_code = false,
            Event::End(TagEnd::Link) => state.links -= 1,
            Event::Text(text) if state.in_code => {
                if let Some(code) = self.codes.last_mut() {
                    if code.text.is_empty() {
                        code.start = range.start;
                    }
                    code.text.push_str(&text);
                }
                self.filled();
            }
            Event::Text(text) => {
                self.title_or_text(&text, state);
                if state.links == 0 {
                    self.texts.push((text.into_string(), range));
                }
            }
            Event::Code(text) => self.title_or_text(&text, state),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag, range: Range<usize>, state: &mut State) {
        match tag {
            Tag::CodeBlock(kind) => {
                state.in_code = true;
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next(),
                    CodeBlockKind::Indented => None,
                };
                self.codes.push(Code {
                    language: language.unwrap_or_default().to_ascii_lowercase(),
                    text: String::new(),
                    start: range.start,
                });
            }
            Tag::Link { dest_url, .. } => {
                state.links += 1;
                self.links.push((dest_url.into_string(), range));
            }
            Tag::Table(alignments) => self.tables.push(Table {
                range,
                columns: alignments.len(),
            }),
            Tag::Image { .. } => self.images.push(range),
            Tag::Paragraph => self.paragraphs.push(range),
            _ => {}
        }
    }

    fn title_or_text(&mut self, text: &str, state: &State) {
        match self.sections.last_mut() {
            Some(section) if state.in_heading => section.title.push_str(text),
            _ => self.filled(),
        }
    }

    fn filled(&mut self) {
        if let Some(section) = self.sections.last_mut() {
            section.is_empty = false;
        }
    }
}

#[derive(Default)]
struct State {
    in_heading: bool,
    in_code: bool,
    links: u32,
}
