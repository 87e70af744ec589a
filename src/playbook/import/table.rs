//! Tables of plain text: the rule between head and rows often has one cell where the head has
//! three, and then Markdown sees no table at all.

use std::fmt::Write as _;

use crate::diagnostics::Diagnostic;

use super::escape::escape;

/// Rows as a Markdown table, or as code where their columns do not agree.
pub(super) fn repair(rows: &[&str]) -> (String, Option<Diagnostic>) {
    let all: Vec<Vec<String>> = rows.iter().map(|row| cells(row)).collect();
    let (rules, content): (Vec<_>, Vec<_>) = all.iter().partition(|cells| is_rule(cells));
    let columns = content.first().map_or(0, |head| head.len());
    if columns < 2 || content.iter().any(|row| row.len() != columns) {
        let finding = Diagnostic::warning(
            "malformed-table",
            "the columns of this table cannot be told",
        )
        .help("it is kept as code; give each row as many cells as the head");
        return (fenced(rows), Some(finding));
    }
    let mut markdown = String::new();
    for (at, row) in content.iter().enumerate() {
        let escaped: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
        let _ = writeln!(markdown, "| {} |", escaped.join(" | "));
        if at == 0 {
            let _ = writeln!(markdown, "|{}", "---|".repeat(columns));
        }
    }
    let was_whole = rules.len() == 1 && rules.iter().all(|rule| rule.len() == columns);
    let finding = (!was_whole).then(|| {
        Diagnostic::note(
            "table-repaired",
            "the table had no whole line under its head",
        )
    });
    (markdown, finding)
}

/// The cells of a row; a bar after a backslash is part of a cell.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut chars = row.strip_prefix('|').unwrap_or(row).chars().peekable();
    while let Some(c) = chars.next() {
        match (c, cells.last_mut()) {
            ('\\', Some(cell)) if chars.next_if_eq(&'|').is_some() => cell.push('|'),
            ('|', _) => cells.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
    }
    if cells.len() > 1 && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The line under a head: nothing but hyphens and colons.
fn is_rule(cells: &[String]) -> bool {
    let is_rule = |cell: &String| cell.contains('-') && cell.bytes().all(|b| b"-: ".contains(&b));
    cells.iter().all(is_rule)
}

/// Lines as a code block, between fences longer than any within.
fn fenced(rows: &[&str]) -> String {
    let longest = rows
        .iter()
        .flat_map(|row| row.split(|c| c != '`'))
        .map(str::len)
        .max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    // Braces would be read as variables even in code.
    let text = rows.join("\n").replace("{{", "{ {");
    format!("{fence}text\n{text}\n{fence}\n")
}
