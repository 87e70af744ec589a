//! What a release touches of a playbook.

use std::ops::Range;

use super::changed::{Changed, Gone};
use super::{Edit, Said, Sentence, Subject, Touch, scan};
use crate::diagnostics::Severity;
use crate::diff::{Category, Entry, summary};
use crate::playbook::{Playbook, Status};
use crate::versions::is_older;

pub(super) fn touches(playbook: &Playbook, changed: &Changed) -> Vec<Touch> {
    let mut found = Found {
        playbook,
        touches: Vec::new(),
    };
    let keys = playbook.technique_ranges();
    for (range, id) in scan::ids(playbook.source()) {
        let Some(gone) = changed.gone(&id) else {
            continue;
        };
        let is_key = keys.iter().any(|key| key.contains(&range.start));
        found.gone(gone, &id, range, is_key);
    }
    found.tactic_names(changed);
    // A playbook out of force is not read through again.
    if playbook.front.status != Status::Retired {
        for key in keys {
            let id = playbook.source()[key.clone()].to_owned();
            if let Some(entry) = changed.entry(&id).filter(|_| changed.gone(&id).is_none()) {
                found.news(entry, &id, &key, changed.release);
            }
        }
    }
    found.touches
}

struct Found<'p> {
    playbook: &'p Playbook,
    touches: Vec<Touch>,
}

impl Found<'_> {
    fn push(&mut self, code: &'static str, id: &str, range: Range<usize>, why: Said) -> &mut Touch {
        let front = &self.playbook.front;
        self.touches.push(Touch {
            code,
            subject: Subject::Playbook,
            name: front.title.clone(),
            slug: Some(self.playbook.slug.clone()),
            id: id.to_owned(),
            why,
            proposal: None,
            changes: String::new(),
            severity: Severity::Warning,
            owner: front.owner.clone(),
            place: self.playbook.in_source(range),
            edit: None,
        });
        let last = self.touches.len() - 1;
        &mut self.touches[last]
    }

    /// An ID that does not hold any more: what the playbook is about, or what it leads to.
    fn gone(&mut self, gone: Gone, id: &str, range: Range<usize>, is_key: bool) {
        let written = &self.playbook.source()[range.clone()];
        let edit = gone.successor.map(|successor| Edit {
            text: scan::in_style_of(&successor, written),
            range: range.clone(),
        });
        let code = if is_key || gone.code == "impact-tactic" {
            gone.code
        } else {
            "impact-link"
        };
        let touch = self.push(code, id, range, gone.why);
        touch.proposal = gone.proposal;
        touch.edit = edit;
        if is_key {
            touch.severity = Severity::Error;
        }
    }

    /// Tactics that the text calls by a name that they do not have any more.
    fn tactic_names(&mut self, changed: &Changed) {
        let source = self.playbook.source();
        for change in changed.tactics() {
            let gone = (change.name.is_none() && change.shortname.is_none()).then_some((
                Sentence::NamesGoneTactic,
                &change.tactic.name,
                "",
            ));
            let renamed = [&change.name, &change.shortname].into_iter().flatten();
            let renamed = renamed.map(|c| (Sentence::NamesOldTactic, &c.from, &*c.to));
            for (sentence, old, now) in renamed.chain(gone) {
                let values = [("name", &**old), ("now", now), ("release", changed.release)];
                for range in scan::phrase(source, old).collect::<Vec<_>>() {
                    let why = Said::new(sentence, &values);
                    let touch = self.push("impact-tactic", &change.tactic.id, range, why);
                    touch.proposal = Some(Said::new(Sentence::CheckTactic, &[]));
                }
            }
        }
    }

    /// What is new about a technique that still holds.
    fn news(&mut self, entry: &Entry, id: &str, key: &Range<usize>, release: &str) {
        let (of_id, of_release) = (("id", id), ("release", release));
        if let Some(name) = &entry.details.name {
            let values = [("was", &*name.from), ("now", &name.to), of_id, of_release];
            let why = Said::new(Sentence::Renamed, &values);
            let touch = self.push("impact-renamed", id, key.clone(), why);
            touch.severity = Severity::Note;
            touch.proposal = Some(Said::new(Sentence::CheckTitle, &[("name", &name.to)]));
        }
        if let Some(tactics) = entry.details.relations.get("tactics") {
            let names = |list: &[crate::diff::Named]| {
                let names: Vec<&str> = list.iter().map(|tactic| &*tactic.name).collect();
                names.join(", ")
            };
            if !tactics.dropped.is_empty() {
                let dropped = names(&tactics.dropped);
                let why = Said::new(
                    Sentence::LeftTactic,
                    &[("list", &dropped), of_id, of_release],
                );
                let touch = self.push("impact-tactic", id, key.clone(), why);
                touch.proposal = match names(&tactics.added) {
                    added if added.is_empty() => None,
                    added => Some(Said::new(Sentence::NowInTactic, &[("list", &added)])),
                };
            }
        }
        if let Some(logs) = entry.details.lists.get("log_sources")
            && !logs.dropped.is_empty()
        {
            let list = logs.dropped.join(", ");
            let why = Said::new(Sentence::Unseen, &[("list", &list), of_id, of_release]);
            let touch = self.push("impact-log-source", id, key.clone(), why);
            touch.proposal = Some(Said::new(Sentence::CheckQueries, &[]));
        }
        self.version(entry, id, key, release);
    }

    fn version(&mut self, entry: &Entry, id: &str, key: &Range<usize>, release: &str) {
        let severity = match entry.category {
            Some(Category::Major) => Severity::Warning,
            Some(Category::Minor | Category::Other) => Severity::Note,
            _ => return,
        };
        let reviewed = self.playbook.front.technique_version.as_deref();
        let is_known = reviewed.is_some_and(|version| !is_older(version, &entry.to_version));
        // One version cannot speak for several techniques.
        if is_known && self.playbook.techniques().count() == 1 {
            return;
        }
        let was = reviewed.unwrap_or(&entry.from_version);
        let version = &*entry.to_version;
        let values = [
            ("id", id),
            ("now", version),
            ("release", release),
            ("was", was),
        ];
        let why = Said::new(Sentence::NewVersion, &values);
        let touch = self.push("impact-version", id, key.clone(), why);
        touch.severity = severity;
        touch.proposal = Some(Said::new(Sentence::ReadChanges, &[("version", version)]));
        touch.changes = summary(entry);
    }
}
