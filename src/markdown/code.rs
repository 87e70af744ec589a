//! Code in ATT&CK text: what is verbatim in it, and the little that is not.

use std::borrow::Cow;

use super::attack_text::{Names, Sources};
use super::cite::{self, Cited};
use super::scan::floor;
use crate::attack::{ObjectIx, RefIx};

/// Longer ones are no links within code.
const LONGEST_LINK: usize = 300;

/// Code, as the scanner took it out of a text.
#[derive(Debug)]
pub(super) struct Code<'t> {
    /// In the order of the text.
    pub(super) pieces: Vec<Piece<'t>>,
    /// Citations that were within the code; they belong behind it.
    pub(super) cites: Vec<RefIx>,
    /// Code of several lines that shares none of them with other text.
    pub(super) is_block: bool,
}

/// A part of some code.
#[derive(Debug)]
pub(super) enum Piece<'t> {
    /// Verbatim.
    Plain(Cow<'t, str>),
    /// The name of a tool that has a page.
    Linked(&'t str, ObjectIx, Option<String>),
}

impl<'t> Code<'t> {
    /// The inside of a pair of `<code>` tags.
    pub(super) fn tagged(inside: &'t str, sources: &Sources, names: &dyn Names) -> Self {
        let mut code = Self::new();
        code.read(inside, sources, names, decode_entities);
        code
    }

    /// The inside of a pair of backticks.
    pub(super) fn ticked(inside: &'t str, sources: &Sources, names: &dyn Names) -> Self {
        let mut code = Self::new();
        code.read(inside, sources, names, Cow::Borrowed);
        code
    }

    fn new() -> Self {
        Self {
            pieces: Vec::with_capacity(1),
            cites: Vec::new(),
            is_block: false,
        }
    }

    fn read(
        &mut self,
        inside: &'t str,
        sources: &Sources,
        names: &dyn Names,
        plain: fn(&'t str) -> Cow<'t, str>,
    ) {
        let mut done = 0;
        let mut at = 0;
        while let Some(found) = inside[at..].find(['(', '[']) {
            at += found;
            let rest = &inside[at..];
            let before = &inside[done..at];
            if let Some(Cited::Known(source, used)) = cite::read(rest, sources) {
                self.push(plain(before.trim_end_matches(' ')));
                self.cites.push(source);
                at += used;
                done = at;
            } else if let Some((linked, used)) = link(rest, names) {
                self.push(plain(before));
                self.pieces.push(linked);
                at += used;
                done = at;
            } else {
                at += 1;
            }
        }
        self.push(plain(&inside[done..]));
    }

    fn push(&mut self, plain: Cow<'t, str>) {
        if !plain.is_empty() {
            self.pieces.push(Piece::Plain(plain));
        }
    }
}

/// `[name](address)` when the address is that of an object: nothing else is a link within code.
fn link<'t>(text: &'t str, names: &dyn Names) -> Option<(Piece<'t>, usize)> {
    let inside = floor(text.strip_prefix('[')?, LONGEST_LINK);
    let end = inside.find(['[', ']', '\n'])?;
    let (name, rest) = inside.split_at(end);
    let rest = rest
        .strip_prefix("](")
        .filter(|rest| rest.starts_with("http"))?;
    let (address, _) = rest.split_once(')')?;
    let (object, place) = names.address(address)?;
    let used = "[]()".len() + name.len() + address.len();
    Some((Piece::Linked(name, object, place), used))
}

/// Browsers read entities within `<code>` and in references, and authors relied on that.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let entity = part.split_once(';');
        if let Some((c, rest)) = entity.and_then(|(name, rest)| Some((entity_char(name)?, rest))) {
            out.push(c);
            out.push_str(rest);
        } else {
            out.push('&');
            out.push_str(part);
        }
    }
    Cow::Owned(out)
}

/// The entities that occur, and those like them.
fn entity_char(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        "bsol" => '\\',
        "sol" => '/',
        "percnt" => '%',
        "lsqb" | "lbrack" => '[',
        "rsqb" | "rbrack" => ']',
        "lcub" | "lbrace" => '{',
        "rcub" | "rbrace" => '}',
        "lpar" => '(',
        "rpar" => ')',
        "ast" => '*',
        "grave" => '`',
        "num" => '#',
        "dollar" => '$',
        "vert" | "verbar" => '|',
        "colon" => ':',
        "lowbar" => '_',
        "ndash" => '–',
        "mdash" => '—',
        _ => return numbered_char(name.strip_prefix('#')?),
    })
}

fn numbered_char(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?).filter(|c| !c.is_control() || c.is_whitespace())
}
