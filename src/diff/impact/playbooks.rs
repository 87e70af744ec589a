//! What a release touches of a playbook.

use std::ops::Range;

use super::changed::{Changed, Gone};
use super::{Edit, Subject, Touch, scan};
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
    fn push(
        &mut self,
        code: &'static str,
        id: &str,
        range: Range<usize>,
        why: String,
    ) -> &mut Touch {
        let front = &self.playbook.front;
        self.touches.push(Touch {
            code,
            subject: Subject::Playbook,
            name: front.title.clone(),
            slug: Some(self.playbook.slug.clone()),
            id: id.to_owned(),
            why,
            proposal: None,
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
            let gone = (change.name.is_none() && change.shortname.is_none())
                .then(|| (change.tactic.name.clone(), "gone".to_owned()));
            let renamed = [&change.name, &change.shortname].into_iter().flatten();
            let renamed = renamed.map(|c| (c.from.clone(), format!("called {}", c.to)));
            for (old, now) in renamed.chain(gone) {
                for range in scan::phrase(source, &old).collect::<Vec<_>>() {
                    let why = format!("the tactic `{old}` is {now} in {}", changed.release);
                    let touch = self.push("impact-tactic", &change.tactic.id, range, why);
                    touch.proposal =
                        Some("see which tactic the technique belongs to now".to_owned());
                }
            }
        }
    }

    /// What is new about a technique that still holds.
    fn news(&mut self, entry: &Entry, id: &str, key: &Range<usize>, release: &str) {
        if let Some(name) = &entry.details.name {
            let why = format!("`{id}`, {}, is called {} in {release}", name.from, name.to);
            let touch = self.push("impact-renamed", id, key.clone(), why);
            touch.severity = Severity::Note;
            touch.proposal = Some(format!("see that the title still fits {}", name.to));
        }
        if let Some(tactics) = entry.details.relations.get("tactics") {
            let names = |list: &[crate::diff::Named]| {
                let names: Vec<&str> = list.iter().map(|tactic| &*tactic.name).collect();
                names.join(", ")
            };
            if !tactics.dropped.is_empty() {
                let dropped = names(&tactics.dropped);
                let why = format!("`{id}` is not in the tactic {dropped} any more in {release}");
                let touch = self.push("impact-tactic", id, key.clone(), why);
                touch.proposal = match names(&tactics.added) {
                    added if added.is_empty() => None,
                    added => Some(format!("it is in {added} now")),
                };
            }
        }
        if let Some(logs) = entry.details.lists.get("log_sources")
            && !logs.dropped.is_empty()
        {
            let why = format!(
                "`{id}` is not seen in {} any more in {release}",
                logs.dropped.join(", ")
            );
            let touch = self.push("impact-log-source", id, key.clone(), why);
            touch.proposal = Some("see that events and queries still hold".to_owned());
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
        let why = format!(
            "`{id}` is at version {} in {release}, reviewed was {was}",
            entry.to_version
        );
        let changes = match summary(entry) {
            text if text.is_empty() => String::new(),
            text => format!(" ({text})"),
        };
        let touch = self.push("impact-version", id, key.clone(), why);
        touch.severity = severity;
        touch.proposal = Some(format!(
            "read what changed{changes}, then set `technique_version: \"{}\"`",
            entry.to_version
        ));
    }
}
