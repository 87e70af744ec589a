//! What became of each object from release to release.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::category::Type;
use super::{Category, Diff, DomainDiff, Edition, Entry, TacticFate};
use crate::attack::{Kind, Object};

/// What changed about each object, over several releases.
#[derive(Debug, Default)]
pub struct History<'d> {
    /// The earliest release that is compared.
    earliest: Option<&'d str>,
    /// By STIX ID, the newest change first.
    steps: HashMap<&'d str, Vec<Step<'d>>>,
    /// By STIX ID: objects of domains for which there was no earlier bundle.
    unknown: HashSet<&'d str>,
}

/// What changed about an object from one release to the next.
#[derive(Clone, Debug)]
pub struct Step<'d> {
    /// The comparison that tells all of it.
    pub diff: &'d Diff,
    /// Whether the earlier release did not have it.
    pub is_new: bool,
    /// Whether its version is another.
    pub is_other_version: bool,
    /// Whether it is revoked or deprecated since.
    pub withdrawn: Option<Category>,
    /// What else is another, in the words of the JSON twins: `platforms`, `mitigations` …
    pub fields: BTreeSet<&'static str>,
}

impl Step<'_> {
    fn add(&mut self, entry: &Entry) {
        let details = &entry.details;
        let is_in_both = ![&entry.from_version, &entry.to_version]
            .iter()
            .any(|version| version.is_empty());
        self.is_other_version |= is_in_both && entry.from_version != entry.to_version;
        self.withdrawn = self.withdrawn.or(entry
            .category
            .filter(|category| matches!(category, Category::Revocations | Category::Deprecations)));
        self.fields.extend(details.lists.keys());
        self.fields.extend(details.relations.keys());
        let single = [
            ("id", details.id.is_some()),
            ("name", details.name.is_some()),
            ("status", details.status.is_some()),
            ("description", !details.description.is_empty()),
            ("detection", !details.detection.is_empty()),
        ];
        self.fields.extend(
            single
                .iter()
                .filter(|(_, is_other)| *is_other)
                .map(|(field, _)| field),
        );
    }
}

impl<'d> History<'d> {
    /// What the comparisons say, the newest first, each with the earlier of its releases.
    pub fn new<'e>(compared: impl IntoIterator<Item = (&'d Diff, &'e Edition<'e>)>) -> History<'d> {
        let mut history = History::default();
        for (diff, before) in compared {
            history.earliest = Some(&diff.from.name);
            for domain in &diff.domains {
                if before.has_domain(&domain.name) {
                    history.add(diff, domain, before);
                } else {
                    let entries = domain.entries.iter().map(|entry| &*entry.stix_id);
                    let tactics = domain.tactics.iter().map(|tactic| &*tactic.stix_id);
                    let new = entries.chain(tactics).filter(|id| !before.has(id));
                    history.unknown.extend(new);
                }
            }
        }
        history
    }

    /// The history of a site that has only one release.
    pub fn none() -> &'static History<'static> {
        static NONE: std::sync::LazyLock<History> = std::sync::LazyLock::new(History::default);
        &NONE
    }

    fn add(&mut self, diff: &'d Diff, domain: &'d DomainDiff, before: &Edition) {
        for entry in &domain.entries {
            self.step(diff, &entry.stix_id, before).add(entry);
        }
        for tactic in &domain.tactics {
            // What is gone has no page, and what is withdrawn says so at its head.
            if tactic.fate != TacticFate::Gone {
                let step = self.step(diff, &tactic.stix_id, before);
                step.fields.extend(tactic.name.as_ref().map(|_| "name"));
            }
        }
    }

    /// The step of an object in a comparison; one of several domains has an entry in each.
    fn step(&mut self, diff: &'d Diff, stix_id: &'d str, before: &Edition) -> &mut Step<'d> {
        let steps = self.steps.entry(stix_id).or_default();
        let known = steps.iter().position(|step| step.diff.from == diff.from);
        let at = known.unwrap_or_else(|| {
            steps.push(Step {
                diff,
                is_new: !before.has(stix_id),
                is_other_version: false,
                withdrawn: None,
                fields: BTreeSet::new(),
            });
            steps.len() - 1
        });
        &mut steps[at]
    }

    /// The earliest release, and what changed about an object since, the newest change first.
    /// `None` where releases are not compared, or not in its domain or in objects of its type. Of
    /// tactics only names are compared, as in the rest of a [`Diff`].
    pub fn of(&self, object: &Object) -> Option<(&'d str, &[Step<'d>])> {
        let earliest = self.earliest?;
        let is_compared =
            object.kind == Kind::Tactic || Type::of_stix(&object.stix.r#type).is_some();
        if !is_compared || self.unknown.contains(&*object.stix.id) {
            return None;
        }
        let steps = self.steps.get(&*object.stix.id);
        Some((earliest, steps.map_or(&[], Vec::as_slice)))
    }
}
