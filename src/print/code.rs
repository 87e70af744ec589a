//! Typst code. All text from outside is written as string literals in code mode, where nothing in
//! it can be markup, and no letter of it is ever run.

use std::fmt::Write as _;

/// The longest stretch that a line must hold: longer words may break.
const LONGEST: usize = 22;

/// Code in the making, and how much text it shows.
#[derive(Default)]
pub(super) struct Code {
    text: String,
    seen: Seen,
}

/// How much text a stretch of code shows, for the widths of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Letters.
    pub(super) letters: usize,
    /// Letters that cannot be torn apart.
    pub(super) widest: usize,
}

impl Code {
    /// The code.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Writes code of our own.
    pub(super) fn raw(&mut self, code: &str) {
        self.text.push_str(code);
    }

    /// Writes a number.
    pub(super) fn number(&mut self, number: impl std::fmt::Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{number}");
    }

    /// Writes a string literal.
    pub(super) fn literal(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => {
                    self.text.push('\\');
                    self.text.push(c);
                }
                '\n' | '\t' => self.text.push(' '),
                c if c.is_control() => {}
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    /// Writes running text as statements of a block; long words get places to break.
    pub(super) fn words(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = piece_end(rest);
            let (piece, after) = rest.split_at(end);
            self.literal(piece);
            self.text.push(';');
            if !after.is_empty() {
                self.text.push_str("z;");
            }
            self.count(piece);
            rest = after;
        }
    }

    /// What was shown since the last call.
    pub(super) fn take_seen(&mut self) -> Seen {
        std::mem::take(&mut self.seen)
    }

    fn count(&mut self, piece: &str) {
        self.seen.letters += piece.chars().count();
        let widest = piece.split(' ').map(|word| word.chars().count()).max();
        self.seen.widest = self.seen.widest.max(widest.unwrap_or_default());
    }
}

/// The end of the text up to the first place where a word longer than a line must be able to
/// break: behind a sign that parts addresses and paths, else where it gets too long.
fn piece_end(text: &str) -> usize {
    let mut word = 0;
    let mut sign = None;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            word = 0;
            sign = None;
            continue;
        }
        word += 1;
        if word > LONGEST {
            return sign.unwrap_or(at);
        }
        if "\\/.,;:&=?_|@)-%+*".contains(c) && word > 3 {
            sign = Some(at + c.len_utf8());
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let mut code = Code::default();
        code.words(text);
        code.finish()
    }

    #[test]
    fn text_is_a_literal_whatever_it_says() {
        assert_eq!(
            words("#import \"x\" $a$ @b \\"),
            r##""#import \"x\" $a$ @b \\";"##
        );
        assert_eq!(words("a\u{0}b\nc"), "\"ab c\";");
    }

    #[test]
    fn long_words_may_break_behind_signs() {
        assert_eq!(
            words("see C:\\Windows\\System32\\drivers\\etc"),
            r#""see C:\\Windows\\System32\\";z;"drivers\\etc";"#
        );
        assert_eq!(words(&"x".repeat(50)).matches("z;").count(), 2);
    }
}
