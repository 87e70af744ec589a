//! Tables that lose cells, and lines that were meant as one.

use std::ops::Range;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::playbook::Playbook;

use super::outline::Outline;

pub(super) fn check(playbook: &Playbook, outline: &Outline, found: &mut Diagnostics) {
    for table in &outline.tables {
        for (line, range) in lines(&playbook.body, &table.range) {
            let cells = cells(line);
            if cells != table.columns {
                let help = if cells > table.columns {
                    "the last cells are lost; write `\\|` for a bar inside a cell"
                } else {
                    "the missing cells stay empty"
                };
                let message = format!(
                    "the row has {cells} cells, the head of its table {}",
                    table.columns
                );
                let finding = Diagnostic::warning("malformed-table", message);
                found.push(finding.at(playbook.in_body(range)).help(help));
            }
        }
    }
    for paragraph in &outline.paragraphs {
        let barred = lines(&playbook.body, paragraph).find(|(line, _)| is_row(line));
        if let Some((_, range)) = barred {
            found.push(
                Diagnostic::warning("malformed-table", "the line is no row of a table")
                    .at(playbook.in_body(range))
                    .help("a table begins after an empty line, and its second line has as many `---` as the first has cells"),
            );
        }
    }
}

/// A line that begins and ends with a bar was meant as a row.
fn is_row(line: &str) -> bool {
    line.len() > 1 && line.starts_with('|') && line.ends_with('|')
}

/// The lines of a part of the text without the marks of lists and quotes before them, and their
/// places.
fn lines<'b>(body: &'b str, range: &Range<usize>) -> impl Iterator<Item = (&'b str, Range<usize>)> {
    let mut start = range.start;
    body[range.clone()]
        .split_inclusive('\n')
        .map(move |line| {
            let from = start;
            start += line.len();
            let bare = line.trim_start_matches([' ', '\t', '>']);
            let from = from + (line.len() - bare.len());
            let bare = bare.trim_end();
            (bare, from..from + bare.len())
        })
        .filter(|(line, _)| !line.is_empty())
}

/// How many cells a row has; a bar after a backslash is part of a cell.
fn cells(row: &str) -> usize {
    let inner = row.strip_prefix('|').unwrap_or(row);
    let mut bars = 0;
    let mut ends_in_bar = false;
    let mut escaped = false;
    for byte in inner.bytes() {
        ends_in_bar = byte == b'|' && !escaped;
        bars += usize::from(ends_in_bar);
        escaped = byte == b'\\' && !escaped;
    }
    if ends_in_bar { bars } else { bars + 1 }
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn cells_are_counted_with_and_without_outer_bars() {
        assert_eq!(cells("| a | b |"), 2);
        assert_eq!(cells("a | b"), 2);
        assert_eq!(cells(r"| a \| b | c |"), 2);
        assert_eq!(cells("| a |  |"), 2);
    }
}
