//! Citations: `(Citation: NAME)`, and the ways in which people get that wrong.

use super::attack_text::Sources;
use super::scan::floor;
use crate::attack::RefIx;

/// How many closing parentheses may be tried as the end of a name.
const MOST_ENDS: usize = 16;

/// A citation that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cited {
    /// Of a known source, and how many bytes it takes.
    Known(RefIx, usize),
    /// Of an unknown one.
    Unknown(usize),
}

/// Reads the citation that `text` starts with, if it does.
pub(super) fn read(text: &str, sources: &Sources) -> Option<Cited> {
    let opening = opening(text)?;
    let room = opening + sources.longest().max(200) + 16;
    let line = floor(text, room);
    let line = line.split('\n').next().unwrap_or(line);
    let name = &line[opening..];
    if let Some((source, used)) = known(name, sources).or_else(|| nested(name, sources)) {
        return Some(Cited::Known(source, opening + used));
    }
    if let Some(used) = balanced(name) {
        return Some(Cited::Unknown(opening + used));
    }
    unclosed(name, opening, sources)
}

/// The length of `(Citation:` and the blanks after it.
fn opening(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('(')?.trim_start_matches(' ');
    let (word, rest) = rest.split_at_checked("citation".len())?;
    if !word.eq_ignore_ascii_case("citation") {
        return None;
    }
    let rest = rest.trim_start_matches(' ').strip_prefix(':')?;
    Some(text.len() - rest.trim_start_matches([' ', '\u{A0}']).len())
}

/// The longest known name that ends at a parenthesis; names may hold parentheses themselves.
fn known(name: &str, sources: &Sources) -> Option<(RefIx, usize)> {
    let first = name.find(')')?;
    if !name[..first].contains('(')
        && let Some(source) = sources.get(&name[..first])
    {
        return Some((source, first + 1));
    }
    let mut ends = [0; MOST_ENDS];
    let mut count = 0;
    for (slot, (end, _)) in ends.iter_mut().zip(name.match_indices(')')) {
        *slot = end;
        count += 1;
    }
    ends[..count].iter().rev().find_map(|end| {
        let source = sources.get(&name[..*end])?;
        Some((source, end + 1))
    })
}

/// `(Citation: (Citation: NAME)`, with or without the second parenthesis.
fn nested(name: &str, sources: &Sources) -> Option<(RefIx, usize)> {
    let opening = opening(name)?;
    let (source, used) = known(&name[opening..], sources)?;
    let used = opening + used;
    let extra = usize::from(name[used..].starts_with(')'));
    Some((source, used + extra))
}

/// The length up to the parenthesis that closes this citation.
fn balanced(name: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'(' if opening(&name[at..]).is_some() => return None,
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at + 1),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Nobody closed it: the name ends with the line, or where the next parenthesis opens.
fn unclosed(name: &str, opening: usize, sources: &Sources) -> Option<Cited> {
    let until_next = name.split('(').next().unwrap_or(name);
    for candidate in [name, until_next] {
        let bare = candidate.trim_end();
        for candidate in [bare, bare.trim_end_matches(['.', ',', ';', ']', '}'])] {
            if let Some(source) = sources.get(candidate) {
                return Some(Cited::Known(source, opening + candidate.len()));
            }
        }
    }
    let used = until_next.trim_end().len();
    (used > 0).then_some(Cited::Unknown(opening + used))
}
