//! A comparison as Markdown, for a pull request or a wiki.

use std::fmt::Write as _;

use super::impact::Touch;
use super::words::{Fate, Stretch, excerpt};
use super::{Category, Diff, DomainDiff, Entry, Named, Type};

/// What the release touches, where that was asked for; then headings by domain, type and category,
/// and a list item for each object.
pub fn render(diff: &Diff, touches: Option<&[Touch]>) -> String {
    let (from, to) = (text(&diff.from.name), text(&diff.to.name));
    let mut out = format!("# ATT&CK {from} → {to}\n");
    if let Some(touches) = touches {
        impact(touches, &mut out);
    }
    for domain in &diff.domains {
        let _ = write!(out, "\n## {}\n", text(&domain.name));
        names(domain, &mut out);
        for r#type in Type::ALL {
            of_type(domain, r#type, &mut out);
        }
    }
    out
}

// Writing to a string cannot fail.

fn impact(touches: &[Touch], out: &mut String) {
    let _ = write!(out, "\n## What it touches ({})\n\n", touches.len());
    for touch in touches {
        let (why, place) = (text(&touch.why.to_string()), text(&touch.place.to_string()));
        let _ = write!(out, "- **{}** {place}: {why}", touch.severity.name());
        if let Some(proposal) = &touch.proposal {
            let _ = write!(out, "; {}", text(&proposal.to_string()));
        }
        if let Some(owner) = &touch.owner {
            let _ = write!(out, " ({})", text(owner));
        }
        out.push('\n');
    }
}

fn names(domain: &DomainDiff, out: &mut String) {
    let mut lines = Vec::new();
    for change in &domain.tactics {
        let Named { id, name } = &change.tactic;
        let was = change
            .name
            .as_ref()
            .map(|name| format!(", was {}", text(&name.from)));
        let fate = change.fate.name();
        lines.push(format!(
            "Tactic {fate}: {id} {}{}",
            text(name),
            was.unwrap_or_default()
        ));
    }
    for change in &domain.platforms.renamed {
        let (from, to) = (text(&change.from), text(&change.to));
        lines.push(format!("Platform renamed: {from} → {to}"));
    }
    for (entry, ids) in domain.moved() {
        let name = text(&entry.name);
        lines.push(format!("Moved: {} → {} {name}", ids.from, ids.to));
    }
    if !lines.is_empty() {
        let _ = write!(out, "\n- {}\n", lines.join("\n- "));
    }
}

fn of_type(domain: &DomainDiff, r#type: Type, out: &mut String) {
    let mut has_heading = false;
    for category in Category::ALL {
        let entries: Vec<&Entry> = domain.of(r#type, Some(category)).collect();
        if entries.is_empty() {
            continue;
        }
        if !has_heading {
            let _ = write!(out, "\n### {}\n", r#type.title());
            has_heading = true;
        }
        let _ = write!(out, "\n#### {} ({})\n\n", category.title(), entries.len());
        for entry in entries {
            item(entry, out);
        }
    }
}

fn item(entry: &Entry, out: &mut String) {
    let name = text(&entry.name);
    let _ = match entry.folder() {
        Some(folder) => write!(
            out,
            "- [{} {name}](https://attack.mitre.org/{folder})",
            entry.id
        ),
        None => write!(out, "- {name}"),
    };
    let versions = entry.versions();
    if !versions.is_empty() {
        let _ = write!(out, " {}", text(&versions));
    }
    if let Some(by) = &entry.successor {
        let _ = write!(out, " → {}", text(&by.label()));
    }
    out.push('\n');
    let details = &entry.details;
    for change in entry.renumbered().into_iter().chain(&details.name) {
        let _ = writeln!(out, "  - was {}", text(&change.from));
    }
    for (field, change) in &details.lists {
        gained_and_lost(
            field,
            &change.added,
            &change.dropped,
            |word| text(word),
            out,
        );
    }
    for (kind, change) in &details.relations {
        let named = |named: &Named| text(&named.label());
        gained_and_lost(kind, &change.added, &change.dropped, named, out);
    }
    for (label, stretches) in [
        ("description", &details.description),
        ("detection", &details.detection),
    ] {
        if !stretches.is_empty() {
            let _ = writeln!(out, "  - {label}: {}", marked(stretches));
        }
    }
}

fn gained_and_lost<T>(
    field: &str,
    added: &[T],
    dropped: &[T],
    word: impl Fn(&T) -> String,
    out: &mut String,
) {
    let _ = write!(out, "  - {}:", field.replace('_', " "));
    for (mark, items) in [("added", added), ("dropped", dropped)] {
        if !items.is_empty() {
            let words: Vec<String> = items.iter().map(&word).collect();
            let _ = write!(out, " {mark} {};", words.join(", "));
        }
    }
    out.pop();
    out.push('\n');
}

/// What is new in bold, what is gone struck out.
fn marked(stretches: &[Stretch]) -> String {
    let mut out = String::new();
    for stretch in excerpt(stretches) {
        let words = stretch.text.split_whitespace().collect::<Vec<_>>();
        let words = text(&words.join(" "));
        let _ = match stretch.fate {
            _ if words.is_empty() => Ok(()),
            Fate::Kept => write!(out, "{words} "),
            Fate::Added => write!(out, "**{words}** "),
            Fate::Dropped => write!(out, "~~{words}~~ "),
        };
    }
    out.trim_end().to_owned()
}

/// Text from outside, without the power of a mark.
fn text(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}
