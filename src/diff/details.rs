//! What changed inside one object.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use super::category::{self, Category, Type};
use super::words::{self, Stretch};
use super::{Change, Entry, Named};
use crate::attack::stix::S;
use crate::attack::{Kind, Knowledge, Object, ObjectIx, Status, log_sources, relations};

/// What changed inside an object; what is empty is as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// Its ATT&CK ID.
    #[serde(skip_serializing_if = "Option::is_none", rename = "id_change")]
    pub id: Option<Change>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", rename = "name_change")]
    pub name: Option<Change>,
    /// Whether it is `live`, `deprecated` or `revoked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Change>,
    /// Lists of words, by field: `platforms`, `log_sources`, `aliases` …
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<&'static str, ListChange<String>>,
    /// Relations, by the kinds of the JSON twins.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub relations: BTreeMap<&'static str, ListChange<Named>>,
    /// Its description, word by word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub description: Vec<Stretch>,
    /// Its notes on detection, as releases before 18 have them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub detection: Vec<Stretch>,
}

/// What a list gained and lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListChange<T> {
    /// What is new in it.
    pub added: Vec<T>,
    /// What is gone from it.
    pub dropped: Vec<T>,
}

impl<T: Ord + Clone> ListChange<T> {
    fn of(old: &BTreeSet<T>, new: &BTreeSet<T>) -> Option<ListChange<T>> {
        (old != new).then(|| ListChange {
            added: new.difference(old).cloned().collect(),
            dropped: old.difference(new).cloned().collect(),
        })
    }
}

/// Relations that follow from others.
const DERIVED: [&str; 3] = [
    "groups_with_campaigns",
    "techniques_with_campaigns",
    "software_with_campaigns",
];

/// An object in two releases, and all that they say.
pub(super) struct Pair<'p, 'a> {
    pub(super) old: (&'p Knowledge<'a>, Option<ObjectIx>),
    pub(super) new: (&'p Knowledge<'a>, Option<ObjectIx>),
}

/// What changed about an object; `None` where nothing did, or the changelog has no such type.
pub(super) fn entry(pair: &Pair, successors: &HashSet<&str>) -> Option<Entry> {
    let old = pair.old.1.map(|ix| pair.old.0.object(ix));
    let new = pair.new.1.map(|ix| pair.new.0.object(ix));
    let shown = new.or(old)?;
    let r#type = Type::of_stix(&shown.stix.r#type)?;
    let (category, details) = match (old, new) {
        (Some(before), Some(after)) => (
            category::of_both(before.stix, after.stix, successors),
            inside(pair, before, after),
        ),
        (None, _) => (Some(Category::Additions), Details::default()),
        (_, None) => (Some(Category::Deletions), Details::default()),
    };
    if category.is_none() && details == Details::default() {
        return None;
    }
    let version = |object: Option<&Object>| {
        object.map_or(String::new(), |o| o.stix.x_mitre_version.trim().to_owned())
    };
    let successor = match new.map(|object| object.status) {
        Some(Status::Revoked { by: Some(by) }) => Some(Named::new(pair.new.0, by)),
        _ => None,
    };
    Some(Entry {
        r#type,
        category,
        id: shown.id().to_owned(),
        stix_id: shown.stix.id.to_string(),
        name: shown.name().to_owned(),
        from_version: version(old),
        to_version: version(new),
        successor,
        details,
    })
}

fn inside(pair: &Pair, old: &Object, new: &Object) -> Details {
    let status = |object: &Object| match object.status {
        Status::Live => "live",
        Status::Deprecated => "deprecated",
        Status::Revoked { .. } => "revoked",
    };
    let mut details = Details {
        id: Change::of(old.id(), new.id()),
        name: Change::of(old.name(), new.name()),
        status: Change::of(status(old), status(new)),
        ..Details::default()
    };
    // A withdrawn object loses its texts and relations; that is no news beside its withdrawal.
    if new.is_live() {
        details.lists = lists(pair, old, new);
        details.relations = related(pair);
        details.description = texts(&old.stix.description, &new.stix.description);
        details.detection = texts(&old.stix.x_mitre_detection, &new.stix.x_mitre_detection);
    }
    details
}

/// A release without texts says nothing about them.
fn texts(old: &str, new: &str) -> Vec<Stretch> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    words::compare(old, new)
}

fn lists(pair: &Pair, old: &Object, new: &Object) -> BTreeMap<&'static str, ListChange<String>> {
    let words = |list: &[S]| list.iter().map(|word| word.trim().to_owned()).collect();
    let aliases = |object: &Object| object.aliases().map(str::to_owned).collect();
    let platforms = |object: &Object| object.platforms().map(str::to_owned).collect();
    let all: [(&str, BTreeSet<String>, BTreeSet<String>); 6] = [
        ("platforms", platforms(old), platforms(new)),
        ("aliases", aliases(old), aliases(new)),
        (
            "contributors",
            words(&old.stix.x_mitre_contributors),
            words(&new.stix.x_mitre_contributors),
        ),
        (
            "data_sources",
            words(&old.stix.x_mitre_data_sources),
            words(&new.stix.x_mitre_data_sources),
        ),
        (
            "sectors",
            words(&old.stix.x_mitre_sectors),
            words(&new.stix.x_mitre_sectors),
        ),
        ("log_sources", log_names(pair.old), log_names(pair.new)),
    ];
    all.into_iter()
        .filter_map(|(field, old, new)| Some((field, ListChange::of(&old, &new)?)))
        .collect()
}

/// The log sources of an analytic, of a data component, and of the analytics for a technique.
fn log_names((knowledge, ix): (&Knowledge, Option<ObjectIx>)) -> BTreeSet<String> {
    let Some(ix) = ix else {
        return BTreeSet::new();
    };
    let name = |name: &str, channel: &str| match log_sources::channel(channel) {
        "" => name.trim().to_owned(),
        channel => format!("{}: {channel}", name.trim()),
    };
    let object = knowledge.object(ix);
    if object.kind == Kind::Technique {
        return log_sources::readings(knowledge, ix)
            .map(|reading| name(reading.name, reading.channel))
            .collect();
    }
    let read = &object.stix.x_mitre_log_source_references;
    let carried = &object.stix.x_mitre_log_sources;
    let read = read.iter().map(|log| name(&log.name, &log.channel));
    let carried = carried.iter().map(|log| name(&log.name, &log.channel));
    read.chain(carried).collect()
}

fn related(pair: &Pair) -> BTreeMap<&'static str, ListChange<Named>> {
    let old = relations_of(pair.old);
    let new = relations_of(pair.new);
    let kinds: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    kinds
        .into_iter()
        .filter_map(|kind| Some((kind, related_by(pair, old.get(kind), new.get(kind))?)))
        .collect()
}

fn relations_of(
    (knowledge, ix): (&Knowledge, Option<ObjectIx>),
) -> BTreeMap<&'static str, relations::Objects> {
    let all = ix.map(|ix| relations::of(knowledge, ix));
    let all = all.into_iter().flatten();
    all.filter(|(kind, _)| !DERIVED.contains(kind)).collect()
}

/// Ends are the same where their STIX ID is: a renumbered object is no news of its neighbours.
fn related_by(
    pair: &Pair,
    old: Option<&relations::Objects>,
    new: Option<&relations::Objects>,
) -> Option<ListChange<Named>> {
    let missing = |here: Option<&relations::Objects>,
                   (from, _): (&Knowledge, Option<ObjectIx>),
                   there: Option<&relations::Objects>,
                   (to, _): (&Knowledge, Option<ObjectIx>)| {
        let is_there = |ix: ObjectIx| {
            let twin = to.by_stix_id(&from.object(ix).stix.id);
            twin.is_some_and(|twin| there.is_some_and(|there| there.contains(&twin)))
        };
        let ends = here.into_iter().flatten().copied();
        ends.filter(|&ix| !is_there(ix))
            .map(|ix| Named::new(from, ix))
            .collect::<Vec<_>>()
    };
    let change = ListChange {
        added: missing(new, pair.new, old, pair.old),
        dropped: missing(old, pair.old, new, pair.new),
    };
    (!change.added.is_empty() || !change.dropped.is_empty()).then_some(change)
}
