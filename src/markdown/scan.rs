//! Takes out of a text what Markdown must not see.
//!
//! ATT&CK is written for python-markdown, whose rules differ from `CommonMark`'s where it hurts: in
//! backslashes, in HTML and in indented lines. So code, citations and tags leave the text here, and
//! a numbered mark stands in for each; single characters that `CommonMark` would take for its own
//! become marks too. The marks are noncharacters of Unicode, which no text may contain.

use std::borrow::Cow;

use super::attack_text::{Names, Sources};
use super::cite::{self, Cited};
use super::code::Code;
use super::doc::Tag;
use crate::attack::{ObjectIx, RefIx};

mod indent;
mod slash;
mod tag;

use tag::Html;

/// Longer runs of backticks are text; the limit keeps the search for their ends short.
const LONGEST_FENCE: usize = 8;

/// Starts the mark of a token. A comma stands before and after the whole, so that Markdown sees
/// punctuation at both ends, as it would have seen in the text itself.
pub(super) const TOKEN: char = '\u{FDD0}';
/// Stands for nothing, in the place of something that would mean too much.
const NOTHING: char = '\u{FDD1}';
/// The sixteen digits of a token's number.
const DIGITS: u32 = 0xFDE0;

/// Is this one of the characters that the scanner uses itself?
pub(super) fn is_mark(c: char) -> bool {
    ('\u{FDD0}'..='\u{FDEF}').contains(&c)
}

/// The character that a mark stands for.
pub(super) fn marked(mark: char) -> Option<char> {
    MARKS
        .iter()
        .find_map(|(plain, own)| (*own == mark).then_some(*plain))
}

/// The number of a token, from what follows [`TOKEN`], and the length of that.
pub(super) fn token_number(after: &str) -> Option<(usize, usize)> {
    let mut number = 0_usize;
    for (at, c) in after.char_indices() {
        match u32::from(c).checked_sub(DIGITS) {
            Some(digit @ 0..16) => number = number.checked_mul(16)?.checked_add(digit as usize)?,
            _ if c == ',' => return Some((number, at + 1)),
            _ => return None,
        }
    }
    None
}

const MARKS: [(char, char); 5] = [
    ('<', '\u{FDD2}'),
    ('\\', '\u{FDD3}'),
    ('`', '\u{FDD4}'),
    ('~', '\u{FDD5}'),
    (':', '\u{FDD6}'),
];

fn mark(plain: char) -> char {
    MARKS
        .iter()
        .find_map(|(c, own)| (*c == plain).then_some(*own))
        .unwrap_or(plain)
}

/// What a numbered mark stands for.
#[derive(Debug)]
pub(super) enum Token<'t> {
    Code(Code<'t>),
    Cite(RefIx),
    UnknownCite(&'t str),
    /// `<b>` and the like.
    Open(Tag),
    /// `</b>` and the like.
    Close(Tag),
    /// `<br>`
    Break,
    /// An object, named by its ID.
    Object(&'t str, ObjectIx),
}

/// A text that Markdown may read, and what was taken out of it.
#[derive(Debug)]
pub(super) struct Prepared<'t> {
    pub(super) markdown: Cow<'t, str>,
    pub(super) tokens: Vec<Token<'t>>,
}

/// Prepares a text that has `\n` line ends and no marks.
pub(super) fn prepare<'t>(
    text: &'t str,
    sources: &'t Sources<'t>,
    names: &'t dyn Names,
) -> Prepared<'t> {
    let mut scanner = Scanner {
        text,
        sources,
        names,
        out: String::new(),
        copied: 0,
        tokens: Vec::new(),
        paragraph_end: 0,
        line: 0,
        indent: indent::Lists::default(),
        unclosed: [0; LONGEST_FENCE + 1],
    };
    scanner.run();
    let Scanner {
        mut out, tokens, ..
    } = scanner;
    let markdown = if scanner.copied == 0 && out.is_empty() {
        Cow::Borrowed(text)
    } else {
        out.push_str(&text[scanner.copied..]);
        Cow::Owned(out)
    };
    Prepared { markdown, tokens }
}

struct Scanner<'t> {
    text: &'t str,
    sources: &'t Sources<'t>,
    names: &'t dyn Names,
    out: String,
    /// How much of the text is in `out` already.
    copied: usize,
    tokens: Vec<Token<'t>>,
    /// Where the paragraph ends that was looked at last.
    paragraph_end: usize,
    /// Where the current line starts.
    line: usize,
    indent: indent::Lists,
    /// Up to where there is known to be no end for a run of so many backticks.
    unclosed: [usize; LONGEST_FENCE + 1],
}

impl<'t> Scanner<'t> {
    fn run(&mut self) {
        let mut at = self.line_start(0);
        while let Some(rest) = self.text.as_bytes().get(at..) {
            let Some(skip) = rest.iter().position(|byte| SPECIAL[usize::from(*byte)]) else {
                break;
            };
            at += skip;
            at = match rest[skip] {
                b'\n' => self.line_start(at + 1),
                b'(' => self.parenthesis(at),
                b'<' => self.less_than(at),
                b'`' => self.backticks(at),
                b'\\' => self.backslash(at),
                b'{' => self.brace(at),
                b']' => self.bracket(at),
                _ => self.tildes(at),
            };
        }
    }

    /// Copies up to `from`, and skips to `to`.
    fn skip(&mut self, from: usize, to: usize) {
        if self.out.is_empty() {
            self.out.reserve(self.text.len() + self.text.len() / 8);
        }
        self.out.push_str(&self.text[self.copied..from]);
        self.copied = to;
    }

    /// Puts a token in the place of `from..to`.
    fn take_out(&mut self, from: usize, to: usize, token: Token<'t>) -> usize {
        self.skip(from, to);
        self.out.push(',');
        self.out.push(TOKEN);
        let mut shift = usize::BITS - self.tokens.len().leading_zeros();
        shift = shift.saturating_sub(1) / 4 * 4;
        loop {
            let digit = u32::try_from(self.tokens.len() >> shift & 15).unwrap_or(0);
            self.out.extend(char::from_u32(DIGITS + digit));
            if shift == 0 {
                break;
            }
            shift -= 4;
        }
        self.out.push(',');
        self.tokens.push(token);
        to
    }

    /// Marks so many characters as no more than text.
    fn mark(&mut self, from: usize, c: char, count: usize) -> usize {
        self.skip(from, from + count);
        self.out.extend(std::iter::repeat_n(mark(c), count));
        from + count
    }

    fn parenthesis(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match cite::read(rest, self.sources) {
            Some(Cited::Known(source, used)) => self.take_out(at, at + used, Token::Cite(source)),
            Some(Cited::Unknown(used)) => {
                self.take_out(at, at + used, Token::UnknownCite(&rest[..used]))
            }
            None => self.link_by_id(at, "(", ':', ')'),
        }
    }

    fn brace(&mut self, at: usize) -> usize {
        self.link_by_id(at, "{{", '|', '}')
    }

    /// The notation of the editors of ATT&CK, which is not meant to leave their house, and does.
    fn link_by_id(&mut self, at: usize, open: &str, between: char, close: char) -> usize {
        let object = || {
            let rest = self.text[at..].strip_prefix(open)?.trim_start();
            let rest = rest.strip_prefix("LinkById")?.trim_start();
            let rest = rest.strip_prefix(between)?;
            let (id, _) = floor(rest, 40).split_once(close)?;
            let object = self.names.object(id.trim())?;
            let rest = &rest[id.len() + 1..];
            // The second brace gets lost.
            let rest = rest
                .strip_prefix('}')
                .filter(|_| close == '}')
                .unwrap_or(rest);
            Some((id.trim(), object, self.text.len() - at - rest.len()))
        };
        match object() {
            Some((id, object, used)) => self.take_out(at, at + used, Token::Object(id, object)),
            None => at + 1,
        }
    }

    fn less_than(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match tag::read(rest) {
            Some((Html::Code, used)) => self.code(at, at + used),
            Some((Html::Open(tag), used)) => self.take_out(at, at + used, Token::Open(tag)),
            Some((Html::Close(tag), used)) => self.take_out(at, at + used, Token::Close(tag)),
            Some((Html::Break, used)) => self.take_out(at, at + used, Token::Break),
            Some((Html::Heading(level), used)) => {
                self.skip(at, at + used);
                self.out.push_str("\n\n");
                self.out.push_str(&"######"[..level.min(6)]);
                self.out.push(' ');
                at + used
            }
            Some((Html::Block, used)) => {
                self.skip(at, at + used);
                self.out.push_str("\n\n");
                at + used
            }
            Some((Html::Nothing, used)) => {
                self.skip(at, at + used);
                at + used
            }
            Some((Html::Address, used)) => at + used,
            None => self.mark(at, '<', 1),
        }
    }

    /// `<code>` at `at`, whose inside starts at `start`.
    fn code(&mut self, at: usize, mut start: usize) -> usize {
        let limit = self.paragraph_end(at);
        let mut next = tag::next_code(self.text, start, limit);
        // Two in a row are one too many.
        while let Some(open) = next.filter(|next| !next.closes)
            && self.text[start..open.start].trim().is_empty()
        {
            start = open.end;
            next = tag::next_code(self.text, start, limit);
        }
        let (inside_end, end) = match next {
            None => {
                let inside = self.text[start..limit].trim_end();
                (start + inside.len(), start + inside.len())
            }
            Some(close) if close.closes => (close.start, close.end),
            // A forgotten slash, unless a proper end follows: then the second tag is just text.
            Some(open) => match tag::next_code(self.text, open.end, limit) {
                Some(close) if close.closes => (close.start, close.end),
                _ => (open.start, open.end),
            },
        };
        let inside = &self.text[start..inside_end];
        let mut code = Code::tagged(inside, self.sources, self.names);
        code.is_block = self.is_block(at, inside, end);
        self.take_out(at, end, Token::Code(code))
    }

    fn backticks(&mut self, at: usize) -> usize {
        let count = run_of(&self.text[at..], b'`');
        let start = at + count;
        let Some(end) = self.backticks_end(start, count) else {
            return self.mark(at, '`', count);
        };
        let mut inside = &self.text[start..end];
        if inside.starts_with([' ', '\n'])
            && inside.ends_with([' ', '\n'])
            && !inside.trim().is_empty()
        {
            inside = &inside[1..inside.len() - 1];
        }
        let mut code = Code::ticked(inside, self.sources, self.names);
        code.is_block = self.is_block(at, inside, end + count);
        self.take_out(at, end + count, Token::Code(code))
    }

    /// Where the next run of exactly `count` backticks starts, within the paragraph.
    fn backticks_end(&mut self, start: usize, count: usize) -> Option<usize> {
        let limit = self.paragraph_end(start);
        let known = self.unclosed.get_mut(count)?;
        if start < *known {
            return None;
        }
        let mut at = start;
        while let Some(found) = self.text[at..limit].find('`') {
            at += found;
            let run = run_of(&self.text[at..], b'`');
            if run == count {
                return Some(at);
            }
            at += run;
        }
        *known = limit;
        None
    }

    /// Does code of several lines share none of them with other text?
    fn is_block(&self, start: usize, inside: &str, end: usize) -> bool {
        if !inside.trim().contains('\n') || start - self.line > 16 {
            return false;
        }
        let before = self.text[self.line..start].trim();
        let after = self.text[end..].trim_start_matches([' ', '\t']);
        let alone_before = before.is_empty() || indent::is_marker(before);
        alone_before && (after.is_empty() || after.starts_with(['\n', '(']))
    }

    fn bracket(&mut self, at: usize) -> usize {
        // Markdown would take `[name]: text` for the definition of a link, and drop it.
        if self.text[at + 1..].starts_with(':') {
            self.mark(at + 1, ':', 1)
        } else {
            at + 1
        }
    }

    fn tildes(&mut self, at: usize) -> usize {
        let count = run_of(&self.text[at..], b'~');
        if count < 3 {
            return at + count;
        }
        self.mark(at, '~', count)
    }

    /// The end of the paragraph that `at` is in.
    fn paragraph_end(&mut self, at: usize) -> usize {
        if at >= self.paragraph_end {
            self.paragraph_end = find_blank_line(self.text, at);
        }
        self.paragraph_end
    }
}

/// Where the last line before the next blank line ends.
fn find_blank_line(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(found) = text[at..].find('\n') {
        let end = at + found;
        let rest = text[end + 1..].trim_start_matches(indent::BLANK);
        if rest.starts_with('\n') {
            return end;
        }
        at = text.len() - rest.len();
    }
    text.len()
}

fn run_of(text: &str, byte: u8) -> usize {
    text.bytes().take_while(|other| *other == byte).count()
}

/// The start of a text, at most so many bytes long.
pub(super) fn floor(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// The bytes that the scanner stops at.
static SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let stops = b"\n(<`\\{]~";
    let mut at = 0;
    while at < stops.len() {
        special[stops[at] as usize] = true;
        at += 1;
    }
    special
};
