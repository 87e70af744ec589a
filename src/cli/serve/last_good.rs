//! Playbooks as they were before a slip of the pen.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostics, Severity};
use crate::playbook::Playbook;

/// The last version without an error of every playbook, by file.
#[derive(Default)]
pub(super) struct LastGood(BTreeMap<String, Playbook>);

impl LastGood {
    /// Lets the last good version stand in for each playbook that has an error now. One that was
    /// never good is shown as it is, if it can be read at all.
    pub(super) fn stand_in(&mut self, playbooks: &mut Vec<Playbook>, found: &Diagnostics) {
        let errors = found.iter().filter(|d| d.severity == Severity::Error);
        let broken: BTreeSet<&str> = errors
            .filter_map(|d| d.place.as_ref())
            .map(|place| place.file.as_str())
            .collect();
        for playbook in playbooks.iter() {
            if !broken.contains(&*playbook.file) {
                self.0.insert(playbook.file.clone(), playbook.clone());
            }
        }
        for good in broken.iter().filter_map(|file| self.0.get(*file)) {
            if let Some(bad) = playbooks.iter_mut().find(|p| p.file == good.file) {
                *bad = good.clone();
            } else if playbooks.iter().all(|p| p.slug != good.slug) {
                playbooks.push(good.clone());
            }
        }
    }
}
