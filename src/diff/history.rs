//! What became of each object from release to release.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::category::Type;
use super::{Category, Diff, Edition, Entry};
use crate::attack::Object;

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

impl<'d> History<'d> {
    /// What the comparisons say, the newest first, each with the earlier of its releases.
    pub fn new<'e>(compared: impl IntoIterator<Item = (&'d Diff, &'e Edition<'e>)>) -> History<'d> {
        let mut history = History::default();
        for (diff, before) in compared {
            history.earliest = Some(&diff.from.name);
            for domain in &diff.domains {
                for entry in &domain.entries {
                    if before.has_domain(&domain.name) {
                        history.add(diff, entry, before);
                    } else if !before.has(&entry.stix_id) {
                        history.unknown.insert(&entry.stix_id);
                    }
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

    fn add(&mut self, diff: &'d Diff, entry: &'d Entry, before: &Edition) {
        let steps = self.steps.entry(&entry.stix_id).or_default();
        // An object of several domains has an entry in each.
        if steps.last().is_none_or(|step| step.diff.from != diff.from) {
            steps.push(Step {
                diff,
                is_new: !before.has(&entry.stix_id),
                is_other_version: false,
                withdrawn: None,
                fields: BTreeSet::new(),
            });
        }
        let Some(step) = steps.last_mut() else {
            return;
        };
        let details = &entry.details;
        let is_in_both = ![&entry.from_version, &entry.to_version]
            .iter()
            .any(|version| version.is_empty());
        step.is_other_version |= is_in_both && entry.from_version != entry.to_version;
        step.withdrawn = step.withdrawn.or(entry
            .category
            .filter(|category| matches!(category, Category::Revocations | Category::Deprecations)));
        step.fields.extend(details.lists.keys());
        step.fields.extend(details.relations.keys());
        let single = [
            ("id", details.id.is_some()),
            ("name", details.name.is_some()),
            ("status", details.status.is_some()),
            ("description", !details.description.is_empty()),
            ("detection", !details.detection.is_empty()),
        ];
        step.fields.extend(
            single
                .iter()
                .filter(|(_, is_other)| *is_other)
                .map(|(field, _)| field),
        );
    }

    /// The earliest release, and what changed about an object since, the newest change first.
    /// `None` where releases are not compared, or not in its domain or in objects of its type.
    pub fn of(&self, object: &Object) -> Option<(&'d str, &[Step<'d>])> {
        let earliest = self.earliest?;
        Type::of_stix(&object.stix.r#type)?;
        if self.unknown.contains(&*object.stix.id) {
            return None;
        }
        let steps = self.steps.get(&*object.stix.id);
        Some((earliest, steps.map_or(&[], Vec::as_slice)))
    }
}
