//! Indented lines: they continue a list, or mean nothing. They never are code.

use super::{NOTHING, Scanner};

/// What a line may hold and still count as empty.
pub(super) const BLANK: [char; 3] = [' ', '\t', '\u{A0}'];
/// More than this makes code of a line.
const MOST: usize = 3;
/// Deeper lists and quotations are text: Markdown would look at each of them on every line.
const DEEPEST: usize = 32;
/// No item's text starts further in than this.
const INNERMOST: usize = 8 * DEEPEST;

/// How far the lists go in at the current line.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Where the text of the innermost item starts.
    inner: Option<usize>,
    after_blank: bool,
}

impl Scanner<'_> {
    /// Looks at the line that starts at `at`; returns where its text starts.
    pub(super) fn line_start(&mut self, at: usize) -> usize {
        self.line = at;
        let (text, columns) = indentation(self.text, at);
        let rest = &self.text[text..];
        let letters = rest.trim_start_matches(BLANK);
        if letters.is_empty() || letters.starts_with('\n') {
            self.indent.after_blank = true;
            let end = self.text.len() - letters.len();
            if end > text {
                self.skip(text, end);
            }
            return end;
        }
        let marker = marker_width(rest);
        let lists = &mut self.indent;
        if marker.is_none() && lists.after_blank && columns < 2 {
            lists.inner = None;
        }
        lists.after_blank = false;
        let most = lists.inner.map_or(MOST, |inner| inner + MOST);
        if let Some(width) = marker {
            lists.inner = Some((columns.min(most) + width).min(INNERMOST));
        }
        if columns > most {
            self.skip(at, text);
            self.out.extend(std::iter::repeat_n(' ', most));
        }
        if marker.is_some() || rest.starts_with('>') {
            self.limit_depth(text);
        } else if is_aside(rest) {
            self.skip(text, text);
            self.out.push(NOTHING);
        }
        text
    }

    /// Makes text of whatever opens too many lists and quotations on one line.
    fn limit_depth(&mut self, text: usize) {
        let mut at = text;
        for _ in 0..DEEPEST {
            let rest = &self.text[at..];
            let width = match marker_width(rest) {
                Some(width) => width,
                None if rest.starts_with('>') => 1,
                None => return,
            };
            at += width;
            at += self.text[at..]
                .bytes()
                .take_while(|byte| *byte == b' ')
                .count();
        }
        self.skip(at, at);
        self.out.push(NOTHING);
    }
}

/// `1)` opens no list in python-markdown, and ATT&CK counts within sentences with it.
fn is_aside(line: &str) -> bool {
    let digits = line.bytes().take(10).take_while(u8::is_ascii_digit).count();
    digits > 0 && line[digits..].starts_with(')')
}

/// Where the text of a line starts, and at which column.
fn indentation(text: &str, at: usize) -> (usize, usize) {
    let mut columns = 0;
    let mut end = at;
    for byte in &text.as_bytes()[at..] {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns = (columns / 4 + 1) * 4,
            _ => break,
        }
        end += 1;
    }
    (end, columns)
}

/// The width of a list marker and the blanks after it.
fn marker_width(line: &str) -> Option<usize> {
    let digits = line.bytes().take(10).take_while(u8::is_ascii_digit).count();
    let marker = match line.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => 1,
        b'.' if (1..10).contains(&digits) => digits + 1,
        _ => return None,
    };
    let blanks = line[marker..].bytes().take(6);
    match blanks.take_while(|byte| *byte == b' ').count() {
        0 if line[marker..].starts_with('\t') => Some(marker + 1),
        0 => None,
        blanks @ 1..=4 => Some(marker + blanks),
        _ => Some(marker + 1),
    }
}

/// Is this the marker of a list item, without its text?
pub(super) fn is_marker(text: &str) -> bool {
    let digits = text.trim_end_matches('.');
    matches!(text, "-" | "*" | "+")
        || digits.len() + 1 == text.len()
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
}
