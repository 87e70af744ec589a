//! What a release changed, by the IDs that others know.

use std::collections::HashMap;

use super::said::{Said, Sentence};
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
    pub(super) why: Said,
    pub(super) proposal: Option<Said>,
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
        let of_release = ("release", self.release);
        if let (Some(by), "revoked") = (&entry.successor, status) {
            let successor = format!("{} {}", by.id, by.name);
            let values = [("id", id), ("successor", &successor), of_release];
            return Some(Gone {
                code: "impact-revoked",
                why: Said::new(Sentence::Revoked, &values),
                proposal: Some(Said::new(Sentence::WriteSuccessor, &[("id", &by.id)])),
                successor: Some(by.id.clone()),
            });
        }
        if let Some(change) = entry.renumbered() {
            let values = [("id", id), ("successor", &change.to), of_release];
            return Some(Gone {
                code: "impact-moved",
                why: Said::new(Sentence::Moved, &values),
                proposal: Some(Said::new(Sentence::WriteId, &[("id", &change.to)])),
                successor: Some(change.to.clone()),
            });
        }
        let (code, sentence) = match status {
            "revoked" => ("impact-revoked", Sentence::Abandoned),
            "deprecated" => ("impact-deprecated", Sentence::Deprecated),
            _ if entry.to_version.is_empty() && is_gone(entry) => {
                ("impact-deleted", Sentence::Deleted)
            }
            _ => return None,
        };
        let values = [("id", id), ("name", &entry.name), of_release];
        Some(Gone {
            code,
            why: Said::new(sentence, &values),
            proposal: Some(Said::new(Sentence::SayWhatIsMeant, &[])),
            successor: None,
        })
    }

    fn tactic_gone(&self, change: &TacticChange) -> Gone {
        let id = ("id", &*change.tactic.id);
        let of_release = ("release", self.release);
        let (why, proposal) = match &change.name {
            Some(name) => {
                let values = [id, ("was", &name.from), ("now", &name.to), of_release];
                (
                    Said::new(Sentence::TacticRenamed, &values),
                    Some(Said::new(Sentence::CheckMeaning, &[("name", &name.to)])),
                )
            }
            None if change.fate == TacticFate::Gone => {
                let values = [id, ("name", &change.tactic.name), of_release];
                (
                    Said::new(Sentence::TacticGone, &values),
                    Some(Said::new(Sentence::NameTactics, &[])),
                )
            }
            None => (
                Said::new(Sentence::ShortNameChanged, &[id, of_release]),
                None,
            ),
        };
        Gone {
            code: "impact-tactic",
            why,
            proposal,
            successor: None,
        }
    }
}

fn is_gone(entry: &Entry) -> bool {
    entry.category == Some(crate::diff::Category::Deletions)
}
