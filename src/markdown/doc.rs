//! A parsed text, small enough to keep tens of thousands of.

use crate::attack::{ObjectIx, RefIx};

/// A stretch of the text that a [`Doc`] keeps; see [`Doc::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: u32,
    len: u32,
}

/// Which of a [`Doc`]'s link targets; see [`Doc::target`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetIx(u32);

/// One step through a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something opens; the matching [`Event::End`] always follows.
    Start(Tag),
    /// What the matching [`Event::Start`] opened closes.
    End(Tag),
    /// Running text.
    Text(Span),
    /// Code within a line.
    Code(Span),
    /// A source is cited here.
    Cite(RefIx),
    /// A citation of a source that nobody knows, as it was written.
    UnknownCite(Span),
    /// A line end that means no more than a blank.
    SoftBreak,
    /// A line end that shows.
    HardBreak,
    /// A line across the page.
    Rule,
}

/// What an [`Event::Start`] opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// A paragraph.
    Paragraph,
    /// A heading: 1 for the highest level that the text uses, then 2, and so on.
    Heading(u8),
    /// A list: its first number when it is an ordered one.
    List(Option<u32>),
    /// One item of a list; holds blocks or, in a tight list, text.
    Item,
    /// Code of several lines, its text kept as it is.
    CodeBlock,
    /// A quotation of blocks.
    Quote,
    /// Strong importance.
    Strong,
    /// Stress.
    Emphasis,
    /// Underlined text.
    Underline,
    /// A link.
    Link(TargetIx),
}

impl Tag {
    /// Does it live within a line?
    pub fn is_inline(self) -> bool {
        matches!(
            self,
            Self::Strong | Self::Emphasis | Self::Underline | Self::Link(_)
        )
    }
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To an object of the knowledge base, perhaps to a place on its page.
    Object {
        /// The object.
        ix: ObjectIx,
        /// The place, without `#`.
        fragment: Option<Box<str>>,
    },
    /// Out of the site: an `http`, `https` or `mailto` address, percent-encoded where needed.
    Url(Box<str>),
}

/// A parsed text: a flat run of events over one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    buf: Box<str>,
    events: Box<[Event]>,
    targets: Box<[Target]>,
}

impl Doc {
    /// The text, step by step.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The letters of a span; empty for a span of another text.
    pub fn text(&self, span: Span) -> &str {
        let start = span.start as usize;
        let text = self.buf.get(start..start.saturating_add(span.len as usize));
        text.unwrap_or_default()
    }

    /// Where a link leads; none for a link of another text.
    pub fn target(&self, ix: TargetIx) -> Option<&Target> {
        self.targets.get(ix.0 as usize)
    }

    /// Every link's target, in the order of the text.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The sources that the text cites, in its order, repetitions included.
    pub fn citations(&self) -> impl Iterator<Item = RefIx> + '_ {
        self.events.iter().filter_map(|event| match event {
            Event::Cite(source) => Some(*source),
            _ => None,
        })
    }

    /// The names of cited sources that nobody knows.
    pub fn unknown_citations(&self) -> impl Iterator<Item = &str> + '_ {
        self.events.iter().filter_map(|event| match event {
            Event::UnknownCite(span) => {
                let written = self.text(*span);
                let (_, name) = written.split_once(':').unwrap_or(("", written));
                Some(name.strip_suffix(')').unwrap_or(name).trim())
            }
            _ => None,
        })
    }

    /// Is there nothing to show?
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

/// A [`Doc`] in the making.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) buf: String,
    pub(super) events: Vec<Event>,
    targets: Vec<Target>,
}

impl Builder {
    pub(super) fn with_capacity(size: usize) -> Self {
        Self {
            buf: String::with_capacity(size),
            ..Self::default()
        }
    }

    /// The span from `start` to the end of the buffer.
    pub(super) fn span_from(&self, start: usize) -> Span {
        span(start, self.buf.len())
    }

    pub(super) fn add_target(&mut self, target: Target) -> TargetIx {
        let ix = TargetIx(narrow(self.targets.len()));
        self.targets.push(target);
        ix
    }

    pub(super) fn build(mut self) -> Doc {
        self.count_headings_from_one();
        Doc {
            buf: self.buf.into_boxed_str(),
            events: self.events.into_boxed_slice(),
            targets: self.targets.into_boxed_slice(),
        }
    }

    /// Most texts that have headings start at the third or fourth level.
    fn count_headings_from_one(&mut self) {
        let levels = self.events.iter().filter_map(|event| match event {
            Event::Start(Tag::Heading(level)) => Some(*level),
            _ => None,
        });
        let Some(highest) = levels.min() else { return };
        for event in &mut self.events {
            if let Event::Start(Tag::Heading(level)) | Event::End(Tag::Heading(level)) = event {
                *level = *level - highest + 1;
            }
        }
    }
}

/// A span between two places of the buffer.
pub(super) fn span(start: usize, end: usize) -> Span {
    Span {
        start: narrow(start),
        len: narrow(end.saturating_sub(start)),
    }
}

/// The parser takes texts that are far below 4 GB only.
fn narrow(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
