//! A plain-text playbook as Markdown: headings on bare lines, bullets, tables whose bars do not
//! add up. No word is lost; what could not be placed is said.

mod escape;
mod table;

use std::fmt::Write as _;

use super::sections::{NAMED, STANDARD};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::markdown::bare_ids;

use escape::escape;

/// How answers begin that answer nothing. They are kept: only the author knows what to put there.
const FILLER: [&str; 6] = [
    "n/a",
    "no universal",
    "not applicable",
    "environment-specific",
    "implementation-specific",
    "implementation-dependent",
];

/// Where lines go that stand before the first heading.
const UNPLACED: &str = "Unplaced";

/// A part of the plain text: its lines, numbered from 1.
struct Part<'t> {
    title: String,
    lines: Vec<(usize, &'t str)>,
}

/// Makes a plain text a playbook. `name_of` gives the name of an ATT&CK object.
pub fn import(
    text: &str,
    file: &str,
    name_of: &dyn Fn(&str) -> Option<String>,
) -> (String, Diagnostics) {
    let mut found = Diagnostics::default();
    let parts = parts(text);
    let mut markdown = front_matter(&parts, file, name_of, &mut found);
    for part in &parts {
        let at = |line: usize| place(file, text, line);
        if part.title == UNPLACED
            && let Some(&(line, _)) = part.lines.first()
        {
            found.push(
                Diagnostic::warning("unplaced", "text before the first known heading")
                    .at(at(line))
                    .help("it is kept under `Unplaced`; move it to where it belongs"),
            );
        }
        let _ = write!(markdown, "\n## {}\n", escape(&part.title));
        body(part, &at, &mut markdown, &mut found);
        blocks(part, &mut markdown);
    }
    (markdown, found)
}

/// Cuts a text at its headings. A heading that comes again continues its section.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut current = None;
    for (at, line) in text.lines().enumerate() {
        if let Some(title) = heading(line) {
            let known = parts.iter().position(|part| part.title == title);
            current = Some(known.unwrap_or_else(|| {
                parts.push(Part {
                    title,
                    lines: Vec::new(),
                });
                parts.len() - 1
            }));
            continue;
        }
        if current.is_none() && !line.trim().is_empty() {
            parts.push(Part {
                title: UNPLACED.to_owned(),
                lines: Vec::new(),
            });
            current = Some(parts.len() - 1);
        }
        if let Some(part) = current.and_then(|current| parts.get_mut(current)) {
            part.lines.push((at + 1, line));
        }
    }
    // What has no place comes last.
    parts.sort_by_key(|part| part.title == UNPLACED);
    parts
}

/// The section that a line names: a known heading alone on its line, or any that is marked as one.
fn heading(line: &str) -> Option<String> {
    let bare = line.trim().trim_start_matches('#').trim();
    let is_marked = line.trim_start().starts_with("## ");
    let bare = bare.strip_suffix(':').unwrap_or(bare);
    let standard = STANDARD.iter().map(|section| section.title);
    let known = standard
        .chain(NAMED)
        .find(|title| title.eq_ignore_ascii_case(bare));
    known
        .map(str::to_owned)
        .or_else(|| (is_marked && !bare.is_empty()).then(|| bare.to_owned()))
}

fn front_matter(
    parts: &[Part],
    file: &str,
    name_of: &dyn Fn(&str) -> Option<String>,
    found: &mut Diagnostics,
) -> String {
    let id = parts
        .iter()
        .filter(|part| part.title != "Related Techniques")
        .flat_map(|part| &part.lines)
        .find_map(|(_, line)| first_technique(line));
    let title = id.and_then(name_of);
    let mut text = String::from("---\n");
    if let Some(id) = id {
        let _ = writeln!(text, "technique: {id}");
    } else {
        found.push(
            Diagnostic::warning("no-technique", "the text names no technique")
                .in_file(file)
                .help("add `technique: T…` to the front matter"),
        );
    }
    let title = title.as_deref().or(id).unwrap_or("Imported playbook");
    let _ = writeln!(text, "title: {}", serde_json::Value::from(title));
    text.push_str("status: draft\n---\n");
    text
}

fn first_technique(line: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(range) = bare_ids::next(line, from) {
        from = range.end;
        let id = &line[range];
        if id
            .strip_prefix('T')
            .is_some_and(|rest| !rest.starts_with('A'))
        {
            return Some(id);
        }
    }
    None
}

/// What a line is in Markdown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Blank,
    Item,
    Row,
    Text,
}

fn shape(line: &str) -> (Shape, String) {
    let line = line.trim();
    if line.is_empty() {
        return (Shape::Blank, String::new());
    }
    if line.starts_with('|') {
        return (Shape::Row, line.to_owned());
    }
    for mark in ["- ", "* ", "• ", "– ", "•"] {
        if let Some(item) = line.strip_prefix(mark) {
            return (Shape::Item, format!("- {}", escape(item.trim())));
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=9).contains(&digits)
        && let Some(item) = line[digits..]
            .strip_prefix(". ")
            .or_else(|| line[digits..].strip_prefix(") "))
    {
        return (
            Shape::Item,
            format!("{}. {}", &line[..digits], escape(item.trim())),
        );
    }
    (Shape::Text, escape(line))
}

fn body(part: &Part, at: &dyn Fn(usize) -> Place, out: &mut String, found: &mut Diagnostics) {
    let mut before = Shape::Blank;
    let mut lines = part.lines.iter().peekable();
    while let Some(&(number, line)) = lines.next() {
        note_filler(line, number, at, found);
        let (shape_here, text) = shape(line);
        let next = lines.peek().map(|(_, line)| shape(line).0);
        match shape_here {
            Shape::Blank => {}
            Shape::Row => {
                let mut rows = vec![line.trim()];
                while let Some(&&(number, line)) = lines.peek()
                    && shape(line).0 == Shape::Row
                {
                    note_filler(line, number, at, found);
                    rows.push(line.trim());
                    lines.next();
                }
                let (markdown, finding) = table::repair(&rows);
                let _ = write!(out, "\n{markdown}");
                found.extend(finding.map(|finding| finding.at(at(number))));
            }
            Shape::Item | Shape::Text => {
                if before != shape_here {
                    out.push('\n');
                }
                out.push_str(&text);
                // Lines of plain text end where they end.
                if shape_here == Shape::Text && next == Some(Shape::Text) {
                    out.push('\\');
                }
                out.push('\n');
            }
        }
        before = shape_here;
    }
}

/// The blocks that fill a section from data. A description that was pasted needs no second one.
fn blocks(part: &Part, out: &mut String) {
    let has_text = part.lines.iter().any(|(_, line)| !line.trim().is_empty());
    let Some(section) = STANDARD.iter().find(|section| section.title == part.title) else {
        return;
    };
    for block in section.blocks {
        if *block != "description" || !has_text {
            let _ = write!(out, "\n<!-- attack: {block} -->\n");
        }
    }
}

fn note_filler(line: &str, number: usize, at: &dyn Fn(usize) -> Place, found: &mut Diagnostics) {
    let lower = line.to_lowercase();
    // Answers stand after a bullet, after a label, or in a cell.
    let answers = lower
        .split(['|', ':'])
        .map(|answer| answer.trim_start_matches(|c: char| c.is_whitespace() || "-•*–".contains(c)));
    let is_filler = |answer: &str| FILLER.iter().any(|filler| answer.starts_with(filler));
    if answers.into_iter().any(is_filler) {
        found.push(
            Diagnostic::note("filler", "this says nothing yet")
                .at(at(number))
                .help("it is kept; write what holds at your site, or take it out"),
        );
    }
}

fn place(file: &str, text: &str, number: usize) -> Place {
    let lines = text.split_inclusive('\n').take(number - 1);
    let start = lines.map(str::len).sum();
    let line = text[start..].lines().next().unwrap_or_default();
    Place::of_offset(file, text, start, line.len())
}

#[cfg(test)]
mod tests;
