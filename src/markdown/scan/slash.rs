//! Backslashes: python-markdown lets fewer of them escape, and Windows has paths.

use super::Scanner;

/// How far back a path is looked for.
const LONGEST_LOOK_BACK: usize = 128;

impl Scanner<'_> {
    pub(super) fn backslash(&mut self, at: usize) -> usize {
        match self.text.as_bytes().get(at + 1) {
            Some(b'\\') if self.starts_share(at) => {
                self.mark(at, '\\', 1);
                self.mark(at + 1, '\\', 1)
            }
            Some(b'\\') => {
                self.skip(at, at + 1);
                self.mark(at + 1, '\\', 1)
            }
            Some(b'.' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'-') if self.in_path(at) => {
                self.mark(at, '\\', 1)
            }
            Some(b'*') if self.in_path(at) => {
                self.mark(at, '\\', 1);
                self.out.push('\\');
                at + 2
            }
            Some(
                b'`' | b'*' | b'_' | b'{' | b'}' | b'[' | b']' | b'(' | b')' | b'>' | b'#' | b'+'
                | b'-' | b'.' | b'!',
            ) => at + 2,
            // CommonMark would escape punctuation, and break the line at its end.
            Some(b'\n') => self.mark(at, '\\', 1),
            Some(next) if next.is_ascii_punctuation() => self.mark(at, '\\', 1),
            _ => at + 1,
        }
    }

    /// Is this the start of `\\server\share`, written as it is meant? Somebody who doubles
    /// backslashes would have doubled the next one too.
    fn starts_share(&self, at: usize) -> bool {
        let before = self.text[..at].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !"\"'“‘(".contains(c)) {
            return false;
        }
        let name = self.text.as_bytes()[at + 2..].iter().take(64);
        let name = name.take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'\\');
        let end = at + 2 + name.count();
        let after = &self.text.as_bytes()[end..];
        end > at + 2 && after.starts_with(b"\\") && !after.starts_with(b"\\\\")
    }

    /// Does a backslash here belong to a path, such as the one before the dot of `%HOME%\.ssh`?
    /// There it separates, whatever follows.
    fn in_path(&self, at: usize) -> bool {
        let start = at.saturating_sub(LONGEST_LOOK_BACK);
        let bytes = &self.text.as_bytes()[start..at];
        if matches!(bytes.last(), Some(b'%' | b':' | b'>')) {
            return true;
        }
        let word = bytes.iter().rposition(u8::is_ascii_whitespace);
        let word = &bytes[word.map_or(0, |blank| blank + 1)..];
        word.windows(2)
            .any(|pair| pair[0] == b'\\' && (pair[1].is_ascii_alphanumeric() || pair[1] == b'%'))
    }
}
