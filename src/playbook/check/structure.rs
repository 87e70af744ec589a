//! Sections that are missing, empty or twice there; blocks nobody makes; words left for later.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::names::slug;
use crate::playbook::{Playbook, Status};
use crate::spelling;

use super::outline::Outline;

/// What a playbook that is up for review must say: what it is about, what to look at, how to stop
/// it. The rest may be filled from data, or not apply.
const REQUIRED: [&str; 3] = ["Executive Summary", "Investigation Workflow", "Containment"];

/// Words that mean: not finished.
const LEFTOVERS: [&str; 3] = ["TODO", "FIXME", "TBD"];

pub(super) fn check(
    playbook: &Playbook,
    outline: &Outline,
    blocks: &[&str],
    found: &mut Diagnostics,
) {
    required(playbook, outline, found);
    sections(playbook, outline, found);
    for (kind, range) in &outline.blocks {
        if !blocks.contains(&&**kind) {
            let near = spelling::nearest(kind, blocks)
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            let help = format!("{near}known: `{}`", blocks.join("`, `"));
            found.push(
                Diagnostic::error("unknown-block", format!("there is no block `{kind}`"))
                    .at(playbook.in_body(range.clone()))
                    .help(help),
            );
        }
    }
    let help = "finish it, or take it out";
    for (word, range) in leftovers(&playbook.body) {
        let finding = Diagnostic::warning("leftover", format!("`{word}` is left over"));
        found.push(finding.at(playbook.in_body(range)).help(help));
    }
    for (word, range) in leftovers(playbook.yaml()) {
        let finding = Diagnostic::warning("leftover", format!("`{word}` is left over"));
        found.push(finding.at(playbook.in_yaml(range)).help(help));
    }
}

fn required(playbook: &Playbook, outline: &Outline, found: &mut Diagnostics) {
    if !matches!(playbook.front.status, Status::Review | Status::Approved) {
        return;
    }
    let titles: Vec<&str> = outline.sections.iter().map(|s| &*s.title).collect();
    for wanted in REQUIRED {
        if titles
            .iter()
            .any(|title| title.eq_ignore_ascii_case(wanted))
        {
            continue;
        }
        let help = match spelling::nearest(wanted, &titles) {
            Some(near) => format!("call the section `{near}` so"),
            None => format!("write it under `## {wanted}`, or set `status: draft`"),
        };
        found.push(
            Diagnostic::warning("missing-section", format!("there is no section `{wanted}`"))
                .at(playbook.at_key("status"))
                .help(help),
        );
    }
}

fn sections(playbook: &Playbook, outline: &Outline, found: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for section in &outline.sections {
        let title = &section.title;
        let place = || playbook.in_body(section.heading.clone());
        if !seen.insert(slug(title)) {
            found.push(
                Diagnostic::warning("duplicate-section", format!("a second section `{title}`"))
                    .at(place())
                    .help("put both under one heading: links can reach only the first"),
            );
        }
        if section.is_empty {
            let message = format!("the section `{title}` is empty");
            let finding = if playbook.front.status == Status::Draft {
                Diagnostic::note("empty-section", message)
            } else {
                Diagnostic::warning("empty-section", message)
            };
            found.push(
                finding
                    .at(place())
                    .help("write it, or take the heading out"),
            );
        }
    }
}

fn leftovers(text: &str) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    LEFTOVERS.into_iter().flat_map(move |word| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        text.match_indices(word).filter_map(move |(at, _)| {
            let end = at + word.len();
            let alone = !text[..at].ends_with(is_word) && !text[end..].starts_with(is_word);
            alone.then_some((word, at..end))
        })
    })
}
