//! A comparison for the terminal.

use std::fmt::Write as _;

use super::{Category, Diff, DomainDiff, Type, summary};

const HEADS: [&str; 8] = [
    "new", "major", "minor", "other", "patch", "revoked", "deprec.", "gone",
];

/// Counts by type and category, then every object but the patched ones, which are IDs only.
pub fn render(diff: &Diff) -> String {
    let mut out = format!("ATT&CK {} → {}\n", diff.from.name, diff.to.name);
    for domain in &diff.domains {
        let _ = write!(out, "\n{}\n", domain.name);
        if domain.entries.is_empty() && domain.tactics.is_empty() {
            out.push_str("  nothing changed\n");
            continue;
        }
        counts(domain, &mut out);
        renames(domain, &mut out);
        for r#type in Type::ALL {
            for category in Category::ALL {
                list(domain, r#type, category, &mut out);
            }
        }
    }
    out
}

// Writing to a string cannot fail.

fn counts(domain: &DomainDiff, out: &mut String) {
    let _ = write!(out, "  {:21}", "");
    for head in HEADS {
        let _ = write!(out, "{head:>8}");
    }
    out.push('\n');
    for r#type in Type::ALL {
        let numbers = Category::ALL.map(|c| domain.of(r#type, Some(c)).count());
        if numbers.iter().any(|&n| n > 0) {
            let _ = write!(out, "  {:21}", r#type.title());
            for number in numbers {
                let _ = write!(out, "{number:>8}");
            }
            out.push('\n');
        }
    }
}

fn renames(domain: &DomainDiff, out: &mut String) {
    for change in &domain.tactics {
        let was = change
            .name
            .as_ref()
            .map(|name| format!(", was {}", name.from));
        let _ = writeln!(
            out,
            "  tactic {}: {} {}{}",
            change.fate.name(),
            change.tactic.id,
            change.tactic.name,
            was.unwrap_or_default()
        );
    }
    let platforms = &domain.platforms;
    for change in &platforms.renamed {
        let _ = writeln!(out, "  platform renamed: {} → {}", change.from, change.to);
    }
    for (word, list) in [("new", &platforms.added), ("gone", &platforms.dropped)] {
        if !list.is_empty() {
            let _ = writeln!(out, "  platforms {word}: {}", list.join(", "));
        }
    }
    for (entry, ids) in domain.moved() {
        let _ = writeln!(out, "  moved: {} → {} {}", ids.from, ids.to, entry.name);
    }
}

fn list(domain: &DomainDiff, r#type: Type, category: Category, out: &mut String) {
    let entries: Vec<_> = domain.of(r#type, Some(category)).collect();
    if entries.is_empty() {
        return;
    }
    let title = category.title().to_lowercase();
    let _ = writeln!(out, "\n  {}: {title} ({})", r#type.title(), entries.len());
    if category == Category::Patches {
        let ids: Vec<&str> = entries.iter().map(|e| &*e.id).collect();
        let _ = writeln!(out, "    {}", ids.join(" "));
        return;
    }
    for entry in entries {
        let _ = write!(out, "    {:9}  {}", entry.id, entry.name);
        let versions = entry.versions();
        if !versions.is_empty() {
            let _ = write!(out, "  {versions}");
        }
        match summary(entry) {
            text if text.is_empty() => out.push('\n'),
            text => {
                let _ = writeln!(out, "  ({text})");
            }
        }
    }
}
