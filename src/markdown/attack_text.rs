//! The text of ATT&CK: Markdown written for python-markdown, with citations, object links and some
//! HTML in it.
//!
//! It is read in three steps. What Markdown must not see (code, citations, tags, loose `<`) is
//! taken out by `scan`, pulldown-cmark reads the rest, and `convert` puts the two
//! together again and finds the bare ATT&CK IDs.

use std::borrow::Cow;

use foldhash::HashMap;
use pulldown_cmark::{Options, Parser};

use super::convert::Converter;
use super::doc::Doc;
use super::scan;
use crate::attack::{ObjectIx, RefIx};

/// What is longer is cut, so that a [`Doc`] can count in 32 bits.
const LONGEST_TEXT: usize = 1 << 30;

/// What the parser must know about the knowledge base.
pub trait Names {
    /// The object that an ATT&CK ID in running text means, e.g. `T1566.002` or `AN0110`.
    fn object(&self, id: &str) -> Option<ObjectIx>;

    /// The object that an ATT&CK web address means, and the place on its page (without `#`).
    fn address(&self, url: &str) -> Option<(ObjectIx, Option<String>)>;
}

/// The sources that a text may cite, by name. Blanks around a name do not count, and of two
/// sources with one name the first is meant.
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    by_name: HashMap<&'a str, RefIx>,
    longest: usize,
}

impl Sources<'_> {
    pub(super) fn get(&self, name: &str) -> Option<RefIx> {
        self.by_name.get(name.trim()).copied()
    }

    /// The length of the longest name in bytes.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}

impl<'a> FromIterator<(&'a str, RefIx)> for Sources<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, RefIx)>>(sources: I) -> Self {
        let mut all = Self::default();
        for (name, source) in sources {
            all.longest = all.longest.max(name.len());
            all.by_name.entry(name.trim()).or_insert(source);
        }
        all
    }
}

/// Reads a description. `own` is the object it belongs to, whose bare ID does not become a link.
pub fn parse(text: &str, sources: &Sources, names: &dyn Names, own: Option<ObjectIx>) -> Doc {
    let text = clean(scan::floor(text, LONGEST_TEXT));
    let mut converter = Converter::new(names, own, text.len());
    if is_plain(&text) {
        converter.plain_paragraph(&text);
    } else {
        let prepared = scan::prepare(&text, sources, names);
        for event in Parser::new_ext(&prepared.markdown, Options::empty()) {
            converter.event(event, &prepared.tokens);
        }
    }
    converter.finish()
}

/// One kind of line end, no control characters, and none of the noncharacters that the scanner uses as marks.
fn clean(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains('\r') {
        text = Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    if text.bytes().any(|byte| is_unfit(char::from(byte))) {
        text = Cow::Owned(text.replace(is_unfit, "\u{FFFD}"));
    }
    // All the marks start with the same byte, which plain English lacks.
    if text.as_bytes().contains(&0xEF) && text.contains(scan::is_mark) {
        text = Cow::Owned(text.replace(scan::is_mark, "\u{FFFD}"));
    }
    text
}

/// Control characters have no place in HTML.
fn is_unfit(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0B'..='\x1F' | '\x7F')
}

/// Can no Markdown, no tag and no citation be in this text, so that it is one paragraph?
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.bytes().any(|byte| {
            matches!(
                byte,
                b'\n' | b'*' | b'_' | b'[' | b'<' | b'`' | b'\\' | b'&' | b'(' | b'{'
            )
        })
}
