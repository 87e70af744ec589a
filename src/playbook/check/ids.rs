//! ATT&CK IDs that the release does not have, or no longer.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::attack::{Knowledge, Status};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::markdown::bare_ids;
use crate::playbook::Playbook;

use super::outline::Outline;

/// What ATT&CK's IDs begin with. Other words of capitals and four digits are no IDs.
const PREFIXES: [&str; 12] = [
    "T", "TA", "G", "S", "C", "M", "A", "DS", "DC", "DET", "AN", "MOB-T",
];

pub(super) fn check(
    playbook: &Playbook,
    outline: &Outline,
    knowledge: &Knowledge,
    found: &mut Diagnostics,
) {
    in_flow(playbook, knowledge, found);
    let marked: Vec<(&str, Range<usize>)> = playbook.origin.marks.ids().collect();
    for (id, at) in &marked {
        let finding = fault(knowledge, id);
        found.extend(finding.map(|finding| finding.at(playbook.in_yaml(at.clone()))));
    }
    let yaml = playbook.yaml();
    for at in ids_in(yaml).filter(|at| !marked.iter().any(|(_, m)| m.contains(&at.start))) {
        let finding = fault(knowledge, &yaml[at.clone()]);
        found.extend(finding.map(|finding| finding.at(playbook.in_yaml(at))));
    }
    for (text, range) in &outline.texts {
        for at in ids_in(text) {
            let Some(finding) = fault(knowledge, &text[at.clone()]) else {
                continue;
            };
            // With an entity in it, the source is longer than the text; then all of it is marked.
            let part = if text.len() == range.len() {
                range.start + at.start..range.start + at.end
            } else {
                range.clone()
            };
            found.push(finding.at(playbook.in_body(part)));
        }
    }
}

/// Where ATT&CK IDs stand in a text.
fn ids_in(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let range = bare_ids::next(text, from)?;
        from = range.end;
        Some(range)
    })
    .filter(|range| {
        let id = &text[range.clone()];
        let digits = id.find(|c: char| c.is_ascii_digit()).unwrap_or(id.len());
        PREFIXES.contains(&&id[..digits])
    })
}

/// The IDs that the playbook's attack flow names.
fn in_flow(playbook: &Playbook, knowledge: &Knowledge, found: &mut Diagnostics) {
    let Some(of) = &playbook.flow else {
        return;
    };
    let ids: BTreeSet<&str> = of.flow.techniques().collect();
    let findings = ids.into_iter().filter_map(|id| fault(knowledge, id));
    found.extend(findings.map(|finding| finding.in_file(&of.file)));
}

fn fault(knowledge: &Knowledge, id: &str) -> Option<Diagnostic> {
    let Some(ix) = knowledge.by_attack_id(id) else {
        let help = match id.split_once('.') {
            Some((parent, _)) if knowledge.by_attack_id(parent).is_some() => {
                format!("`{parent}` is; mend the ID, or build from a release that has it")
            }
            _ => "mend the ID, or build from a release that has it".to_owned(),
        };
        let message = format!("`{id}` is not in this release");
        return Some(Diagnostic::warning("unknown-id", message).help(help));
    };
    match knowledge.object(ix).status {
        Status::Live => None,
        Status::Deprecated => Some(
            Diagnostic::warning("deprecated-id", format!("`{id}` is deprecated"))
                .help("it has no successor; say what is meant today"),
        ),
        Status::Revoked { by } => {
            let finding = Diagnostic::warning("revoked-id", format!("`{id}` is revoked"));
            Some(match by.map(|by| knowledge.object(by)) {
                Some(by) => finding.help(format!("its successor is {}, {}", by.id(), by.name())),
                None => finding.help("the release names no successor"),
            })
        }
    }
}
