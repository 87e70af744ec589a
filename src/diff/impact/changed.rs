//! What a release changed, by the IDs that others know.

use std::collections::HashMap;

use crate::diff::{Diff, Entry, TacticChange, TacticFate};

/// What changed, to be asked by ID.
pub(super) struct Changed<'d> {
    /// The name of the later release.
    pub(super) release: &'d str,
    entries: HashMap<&'d str, &'d Entry>,
    tactics: Vec<&'d TacticChange>,
}

/// Why an ID does not hold any more.
pub(super) struct Gone {
    pub(super) code: &'static str,
    pub(super) why: String,
    pub(super) proposal: Option<String>,
    /// The ID that stands in its place.
    pub(super) successor: Option<String>,
}

impl<'d> Changed<'d> {
    pub(super) fn new(diff: &'d Diff) -> Changed<'d> {
        let mut entries: HashMap<&str, &Entry> = HashMap::new();
        let mut tactics: Vec<&TacticChange> = Vec::new();
        for domain in &diff.domains {
            // Techniques come before mitigations that share their number.
            for entry in &domain.entries {
                let known = entries.entry(entry.old_id()).or_insert(entry);
                // An object can leave one domain and stay in another.
                if is_gone(known) && !is_gone(entry) && known.stix_id == entry.stix_id {
                    *known = entry;
                }
            }
            tactics.extend(&domain.tactics);
        }
        Changed {
            release: &diff.to.name,
            entries,
            tactics,
        }
    }

    /// What changed about the object that an ID meant.
    pub(super) fn entry(&self, id: &str) -> Option<&'d Entry> {
        self.entries.get(id).copied()
    }

    /// Tactics with another name, and those that are gone.
    pub(super) fn tactics(&self) -> impl Iterator<Item = &'d TacticChange> {
        let tactics = self.tactics.iter().copied();
        tactics.filter(|change| change.fate != TacticFate::Added)
    }

    /// Why an ID does not hold any more; `None` where it does.
    pub(super) fn gone(&self, id: &str) -> Option<Gone> {
        if let Some(entry) = self.entry(id) {
            return self.object_gone(id, entry);
        }
        let mut tactics = self.tactics();
        let change = tactics.find(|change| change.tactic.id == id)?;
        Some(self.tactic_gone(change))
    }

    fn object_gone(&self, id: &str, entry: &Entry) -> Option<Gone> {
        let status = entry
            .details
            .status
            .as_ref()
            .map_or("", |status| &status.to);
        let release = self.release;
        if let (Some(by), "revoked") = (&entry.successor, status) {
            return Some(Gone {
                code: "impact-revoked",
                why: format!(
                    "`{id}` is revoked in {release}; {} {} stands in its place",
                    by.id, by.name
                ),
                proposal: Some(format!("write `{}`, and read the text through", by.id)),
                successor: Some(by.id.clone()),
            });
        }
        if let Some(change) = entry.renumbered() {
            return Some(Gone {
                code: "impact-moved",
                why: format!("`{id}` is `{}` in {release}", change.to),
                proposal: Some(format!("write `{}`", change.to)),
                successor: Some(change.to.clone()),
            });
        }
        let (code, word) = match status {
            "revoked" => ("impact-revoked", "revoked, without a successor,"),
            "deprecated" => ("impact-deprecated", "deprecated"),
            _ if entry.to_version.is_empty() && is_gone(entry) => ("impact-deleted", "deleted"),
            _ => return None,
        };
        Some(Gone {
            code,
            why: format!("`{id}` {} is {word} in {release}", entry.name),
            proposal: Some("say what is meant today".to_owned()),
            successor: None,
        })
    }

    fn tactic_gone(&self, change: &TacticChange) -> Gone {
        let release = self.release;
        let id = &change.tactic.id;
        match &change.name {
            Some(name) => Gone {
                code: "impact-tactic",
                why: format!("tactic `{id}`, {}, is {} in {release}", name.from, name.to),
                proposal: Some(format!("see that {} is still what is meant", name.to)),
                successor: None,
            },
            None if change.fate == TacticFate::Gone => Gone {
                code: "impact-tactic",
                why: format!("tactic `{id}` {} is gone in {release}", change.tactic.name),
                proposal: Some("name the tactics that took its techniques".to_owned()),
                successor: None,
            },
            None => Gone {
                code: "impact-tactic",
                why: format!("tactic `{id}` has another short name in {release}"),
                proposal: None,
                successor: None,
            },
        }
    }
}

fn is_gone(entry: &Entry) -> bool {
    entry.category == Some(crate::diff::Category::Deletions)
}
