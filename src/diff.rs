//! What changed between two releases, and what of one's own the change touches.
//!
//! Objects are compared for each domain by their STIX ID, the dead ones included, in the
//! categories of MITRE's own changelog. Releases go in, a [`Diff`] that owns all its words comes
//! out; every form it is shown in is made from that.

mod category;
mod details;
mod edition;
mod history;
pub mod impact;
pub mod json;
pub mod layers;
pub mod markdown;
mod renames;
mod summary;
pub mod text;
pub mod words;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::attack::{Knowledge, ObjectIx, Release};

pub use category::{Category, Type};
pub use details::{Details, ListChange};
pub use edition::Edition;
pub use history::{History, Step};
pub use renames::{PlatformChanges, TacticChange, TacticFate};
pub use summary::{Part, parts, summary};

/// What changed from one release to the next.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The earlier release.
    pub from: Label,
    /// The later release.
    pub to: Label,
    /// Each domain that either of them has, by name.
    pub domains: Vec<DomainDiff>,
}

/// IDs by domain, type and category.
pub type Sets<'d> = BTreeMap<&'d str, BTreeMap<&'static str, BTreeMap<&'static str, Vec<&'d str>>>>;

/// How a release is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// `18.1`, or a date where nothing names the release.
    pub name: String,
    /// The newest date in its data.
    pub newest: String,
}

/// What changed in a domain.
#[derive(Clone, Debug)]
pub struct DomainDiff {
    /// Such as `enterprise-attack`.
    pub name: String,
    /// Every object that changed, by type, category and ID.
    pub entries: Vec<Entry>,
    /// Tactics that came, went or have another name.
    pub tactics: Vec<TacticChange>,
    /// Platforms that came, went or have another name.
    pub platforms: PlatformChanges,
}

/// An object that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it is.
    pub r#type: Type,
    /// `None` where nothing changed but its relations, or MITRE's tool lists it nowhere.
    pub category: Option<Category>,
    /// Its ATT&CK ID in the later release, else its STIX ID.
    pub id: String,
    /// Its STIX ID, the same in both.
    pub stix_id: String,
    /// Its name in the later release.
    pub name: String,
    /// Its version in the earlier release; empty where it was not there.
    pub from_version: String,
    /// Its version in the later release; empty where it is gone.
    pub to_version: String,
    /// What stands in its place, where it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<Named>,
    /// What changed inside it.
    #[serde(flatten)]
    pub details: Details,
}

/// An object by ID and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// The ATT&CK ID, else the STIX ID.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Named {
    fn new(knowledge: &Knowledge, ix: ObjectIx) -> Named {
        let object = knowledge.object(ix);
        Named {
            id: object.id().to_owned(),
            name: object.name().to_owned(),
        }
    }

    /// ID and name; a STIX ID tells people nothing.
    pub fn label(&self) -> String {
        if is_stix(&self.id) {
            self.name.clone()
        } else {
            format!("{} {}", self.id, self.name)
        }
    }
}

fn is_stix(id: &str) -> bool {
    id.contains("--")
}

/// A value that is another one now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it was.
    pub from: String,
    /// What it is.
    pub to: String,
}

impl Change {
    fn of(from: &str, to: &str) -> Option<Change> {
        (from != to).then(|| Change {
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }
}

impl Diff {
    /// Compares two releases.
    pub fn new(from: &Edition, to: &Edition) -> Diff {
        let names = from.domains().chain(to.domains()).map(|(name, _)| name);
        let names: std::collections::BTreeSet<&str> = names.collect();
        let domains = names
            .into_par_iter()
            .map(|name| compare(name, from.domain(name), to.domain(name)))
            .collect();
        Diff {
            from: from.label.clone(),
            to: to.label.clone(),
            domains,
        }
    }

    /// IDs by domain, type and category: the shape of MITRE's own changelog. Every type and
    /// category is there, empty or not.
    pub fn sets(&self) -> Sets<'_> {
        let domains = self.domains.iter();
        domains.map(|d| (&*d.name, d.sets())).collect()
    }

    /// The same two names in an address: `17.1-18.1`.
    pub fn slug(&self) -> String {
        crate::names::safe_segment(&format!("{}-{}", self.from.name, self.to.name))
    }
}

impl DomainDiff {
    fn sets(&self) -> BTreeMap<&'static str, BTreeMap<&'static str, Vec<&str>>> {
        let types = Type::ALL.into_iter();
        types
            .map(|r#type| {
                let categories = Category::ALL.into_iter().map(|category| {
                    let ids = self.of(r#type, Some(category)).map(|e| &*e.id);
                    (category.name(), ids.collect())
                });
                (r#type.name(), categories.collect())
            })
            .collect()
    }

    /// The entries of a type and category.
    pub fn of(&self, r#type: Type, category: Option<Category>) -> impl Iterator<Item = &Entry> {
        let all = self.entries.iter();
        all.filter(move |e| e.r#type == r#type && e.category == category)
    }

    /// Sub-techniques that hang under another technique now, or have become one of their own.
    pub fn moved(&self) -> impl Iterator<Item = (&Entry, Change)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry, entry.moved()?)))
    }
}

impl Entry {
    /// Its ID in the earlier release.
    pub fn old_id(&self) -> &str {
        self.details.id.as_ref().map_or(&self.id, |id| &id.from)
    }

    /// The category in words.
    pub fn title(&self) -> &'static str {
        self.category.map_or("Relations only", Category::title)
    }

    /// Its page, as attack.mitre.org and a site of ours address it: `techniques/T1059/001/`. What
    /// has no page of its own has none.
    pub fn folder(&self) -> Option<String> {
        let has_id = self.id.starts_with(|c: char| c.is_ascii_uppercase());
        let has_page = has_id && self.r#type != Type::Analytics;
        let id = crate::names::safe_segment(&self.id).replace('.', "/");
        has_page.then(|| format!("{}/{id}/", self.r#type.name()))
    }

    /// `1.0 → 1.1`, or the one version there is.
    pub fn versions(&self) -> String {
        match (&*self.from_version, &*self.to_version) {
            ("", version) | (version, "") => version.to_owned(),
            (from, to) if from == to => to.to_owned(),
            (from, to) => format!("{from} → {to}"),
        }
    }

    /// Its ATT&CK ID in the earlier release, where it had another one.
    pub fn renumbered(&self) -> Option<&Change> {
        self.details.id.as_ref().filter(|id| !is_stix(&id.from))
    }

    /// The two IDs of a technique whose place among techniques and sub-techniques is another one.
    fn moved(&self) -> Option<Change> {
        if self.r#type != Type::Techniques {
            return None;
        }
        let now = self.successor.as_ref().map_or(&self.id, |s| &s.id);
        let parent = |id: &str| id.split_once('.').map(|(parent, _)| parent.to_owned());
        let change = Change::of(self.old_id(), now)?;
        (parent(&change.from) != parent(&change.to)).then_some(change)
    }
}

fn compare(name: &str, from: Option<&Release>, to: Option<&Release>) -> DomainDiff {
    let empty = Release::empty();
    let (from, to) = (from.unwrap_or(&empty), to.unwrap_or(&empty));
    // What is odd about each release is told where it is checked on its own.
    let (old, new) = rayon::join(|| Knowledge::new(from).0, || Knowledge::new(to).0);
    let successors = category::successors(to);
    let both = new
        .objects()
        .map(|(ix, o)| (old.by_stix_id(&o.stix.id), Some(ix)));
    let gone = old
        .objects()
        .filter(|(_, o)| new.by_stix_id(&o.stix.id).is_none());
    let pairs: Vec<_> = both.chain(gone.map(|(ix, _)| (Some(ix), None))).collect();
    let mut entries: Vec<Entry> = pairs
        .into_par_iter()
        .filter_map(|(before, after)| {
            let pair = details::Pair {
                old: (&old, before),
                new: (&new, after),
            };
            details::entry(&pair, &successors)
        })
        .collect();
    entries.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    DomainDiff {
        name: name.to_owned(),
        tactics: renames::tactics(&old, &new),
        platforms: renames::platforms(&old, &new, &entries),
        entries,
    }
}

fn sort_key(entry: &Entry) -> (Type, bool, Option<Category>, &str, &str) {
    // What is in no category comes last.
    let is_other = entry.category.is_none();
    (
        entry.r#type,
        is_other,
        entry.category,
        &entry.id,
        &entry.stix_id,
    )
}
