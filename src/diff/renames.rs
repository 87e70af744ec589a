//! Tactics and platforms: what came, what went, and what has another name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Change, Entry, Named};
use crate::attack::{Kind, Knowledge, Object};

/// A tactic that is another than it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TacticChange {
    /// The tactic, by its name in the later release; where it is gone, in the earlier one.
    #[serde(flatten)]
    pub tactic: Named,
    /// Its STIX ID, the same in both.
    #[serde(skip)]
    pub stix_id: String,
    /// What became of it.
    pub fate: TacticFate,
    /// Its name, where it has another one.
    #[serde(skip_serializing_if = "Option::is_none", rename = "name_change")]
    pub name: Option<Change>,
    /// Its name in kill chains and layers, where it has another one.
    #[serde(skip_serializing_if = "Option::is_none", rename = "shortname_change")]
    pub shortname: Option<Change>,
}

/// What became of a tactic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TacticFate {
    /// It is new.
    Added,
    /// It has another name.
    Renamed,
    /// It is not there any more, or withdrawn.
    Gone,
}

impl TacticFate {
    /// The word for it in output.
    pub const fn name(self) -> &'static str {
        match self {
            TacticFate::Added => "added",
            TacticFate::Renamed => "renamed",
            TacticFate::Gone => "gone",
        }
    }
}

/// Platforms of a domain's objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlatformChanges {
    /// New ones.
    pub added: Vec<String>,
    /// Those that no object has any more.
    pub dropped: Vec<String>,
    /// Those among the dropped whose objects have, most of them, the same new one.
    pub renamed: Vec<Change>,
}

pub(super) fn tactics(old: &Knowledge, new: &Knowledge) -> Vec<TacticChange> {
    let live = |knowledge: &Knowledge, id: &str| {
        let ix = knowledge.by_stix_id(id);
        ix.filter(|&ix| knowledge.object(ix).is_live())
    };
    let now = new.live(Kind::Tactic).filter_map(|(_, tactic)| {
        let Some(before) = live(old, &tactic.stix.id) else {
            return Some(change(tactic, TacticFate::Added, None));
        };
        let change = change(tactic, TacticFate::Renamed, Some(old.object(before)));
        (change.name.is_some() || change.shortname.is_some()).then_some(change)
    });
    let gone = old.live(Kind::Tactic);
    let gone = gone.filter(|(_, tactic)| live(new, &tactic.stix.id).is_none());
    now.chain(gone.map(|(_, tactic)| change(tactic, TacticFate::Gone, None)))
        .collect()
}

fn change(tactic: &Object, fate: TacticFate, before: Option<&Object>) -> TacticChange {
    let shortname = |object: &Object| object.stix.x_mitre_shortname.trim().to_owned();
    TacticChange {
        tactic: Named {
            id: tactic.id().to_owned(),
            name: tactic.name().to_owned(),
        },
        stix_id: tactic.stix.id.to_string(),
        fate,
        name: before.and_then(|before| Change::of(before.name(), tactic.name())),
        shortname: before.and_then(|before| Change::of(&shortname(before), &shortname(tactic))),
    }
}

pub(super) fn platforms(old: &Knowledge, new: &Knowledge, entries: &[Entry]) -> PlatformChanges {
    let all = |knowledge: &Knowledge| -> BTreeSet<String> {
        let live = knowledge.objects().filter(|(_, o)| o.is_live());
        live.flat_map(|(_, o)| o.platforms().map(str::to_owned))
            .collect()
    };
    let (before, after) = (all(old), all(new));
    let added: Vec<String> = after.difference(&before).cloned().collect();
    let dropped: Vec<String> = before.difference(&after).cloned().collect();
    let renamed = dropped
        .iter()
        .filter_map(|platform| renamed(platform, &added, entries))
        .collect();
    PlatformChanges {
        added,
        dropped,
        renamed,
    }
}

/// The new platform that most objects got as they lost this one.
fn renamed(platform: &str, added: &[String], entries: &[Entry]) -> Option<Change> {
    let changes = entries
        .iter()
        .filter_map(|e| e.details.lists.get("platforms"));
    let mut lost = 0;
    let mut gained: BTreeMap<&String, usize> = BTreeMap::new();
    for change in changes.filter(|change| change.dropped.iter().any(|p| p == platform)) {
        lost += 1;
        for other in change.added.iter().filter(|p| added.contains(p)) {
            *gained.entry(other).or_default() += 1;
        }
    }
    // The smaller name wins a tie.
    let (name, count) = gained.into_iter().rev().max_by_key(|&(_, n)| n)?;
    (count * 2 > lost).then(|| Change {
        from: platform.to_owned(),
        to: name.clone(),
    })
}
