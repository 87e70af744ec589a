//! Where in a file something was found.

use std::fmt;

/// How much of a line is kept, in characters.
const WINDOW: usize = 100;
/// How much of a long line is kept before the finding.
const BEFORE: usize = 40;
/// What stands for the cut parts of a long line.
const CUT: &str = "...";

/// A place in a file, with the source line it is on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as the user knows it.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1, in characters.
    pub column: Option<u32>,
    /// How many characters are meant.
    pub width: u32,
    /// The source line, kept here so that printing reads no file. A long line is cut to the part
    /// around the finding.
    pub text: Option<String>,
    /// The column of the first character of `text`.
    pub text_column: u32,
}

impl Place {
    /// A file as a whole.
    pub fn of_file(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text_column: 1,
            ..Self::default()
        }
    }

    /// A line of a file, from 1, where the source is not at hand.
    pub fn of_line(file: impl Into<String>, line: u32) -> Self {
        Self {
            line: Some(line),
            ..Self::of_file(file)
        }
    }

    /// The place of `width` bytes at a byte offset of `source`.
    ///
    /// An offset beyond the end means the end; one inside a character means that character. Only
    /// the first line of a longer stretch is marked.
    pub fn of_offset(file: impl Into<String>, source: &str, offset: usize, width: usize) -> Self {
        let offset = boundary(source, offset.min(source.len()), |at| at - 1);
        let start = source[..offset].rfind('\n').map_or(0, |at| at + 1);
        let line_number = 1 + source[..start].bytes().filter(|&b| b == b'\n').count();
        let line = source[start..].split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let at = (offset - start).min(line.len());
        let end = boundary(line, at.saturating_add(width).min(line.len()), |at| at + 1);
        let column = line[..at].chars().count();
        let (text, text_column) = window(line, at, column);
        Self {
            file: file.into(),
            line: Some(count(line_number)),
            column: Some(count(column + 1)),
            width: count(line[at..end].chars().count().max(1)),
            text: Some(text),
            text_column: count(text_column + 1),
        }
    }
}

impl fmt::Display for Place {
    /// Writes `path:line:column`, as far as they are known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

/// The part of a line around byte `at` (character `column`), and the character it starts with.
///
/// Cut marks take the place of as many characters, so that columns still line up.
fn window(line: &str, at: usize, column: usize) -> (String, usize) {
    let skipped = column.saturating_sub(BEFORE);
    let fits = line[at..]
        .chars()
        .nth(WINDOW - (column - skipped))
        .is_none();
    if fits && column <= WINDOW && line.chars().nth(WINDOW).is_none() {
        return (line.to_owned(), 0);
    }
    let start = line[..at]
        .char_indices()
        .rev()
        .nth((column - skipped).saturating_sub(1))
        .map_or(at, |(index, _)| index);
    let mut kept: Vec<char> = line[start..].chars().take(WINDOW).collect();
    if skipped > 0 {
        kept.splice(..CUT.len().min(kept.len()), CUT.chars());
    }
    if !fits {
        kept.splice(kept.len().saturating_sub(CUT.len()).., CUT.chars());
    }
    (kept.into_iter().collect(), skipped)
}

/// The character boundary reached from an offset by single steps; both ends of a text are ones.
fn boundary(text: &str, mut at: usize, step: impl Fn(usize) -> usize) -> usize {
    while !text.is_char_boundary(at) {
        at = step(at);
    }
    at
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_and_column(source: &str, offset: usize) -> (Option<u32>, Option<u32>) {
        let place = Place::of_offset("f", source, offset, 1);
        (place.line, place.column)
    }

    #[test]
    fn lines_and_columns_start_at_one_and_count_characters() {
        let source = "ab\r\nçd\n";
        assert_eq!(line_and_column(source, 0), (Some(1), Some(1)));
        assert_eq!(line_and_column(source, 4), (Some(2), Some(1)));
        assert_eq!(line_and_column(source, 5), (Some(2), Some(1)));
        assert_eq!(line_and_column(source, 6), (Some(2), Some(2)));
        assert_eq!(line_and_column(source, 999), (Some(3), Some(1)));
        assert_eq!(line_and_column("", 0), (Some(1), Some(1)));
    }

    #[test]
    fn a_stretch_ends_with_its_line() {
        let place = Place::of_offset("f", "ab\r\ncd", 1, 99);
        assert_eq!((place.width, place.text.as_deref()), (1, Some("ab")));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place_and_columns_still_fit() {
        let line = format!("{}!{}", "é".repeat(5000), "x".repeat(5000));
        let place = Place::of_offset("f", &line, 10_000, 1);
        let text = place.text.expect("a source line");
        assert_eq!(place.column, Some(5001));
        assert_eq!(text.chars().count(), WINDOW);
        assert!(text.starts_with("...é") && text.ends_with("x..."));
        let inside = place.column.expect("a column") - place.text_column;
        assert_eq!(text.chars().nth(inside as usize), Some('!'));
    }

    #[test]
    fn the_ends_of_a_long_line_are_cut_on_one_side_only() {
        let line = "x".repeat(300);
        let first = Place::of_offset("f", &line, 0, 1);
        assert_eq!(first.text_column, 1);
        let text = first.text.expect("a source line");
        assert!(text.starts_with("xxxx") && text.ends_with("x..."));
        let last = Place::of_offset("f", &line, 300, 1);
        let text = last.text.expect("a source line");
        assert!(text.starts_with("...x") && text.ends_with("xxx"));
        assert_eq!(last.column, Some(301));
    }
}
