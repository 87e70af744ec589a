//! The types and categories of MITRE's changelog, and the rules that sort objects into them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::attack::{Release, stix};

/// The types that the changelog lists. Tactics, matrices and relationships are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names speak for themselves")]
pub enum Type {
    Techniques,
    Software,
    Groups,
    Campaigns,
    Assets,
    Mitigations,
    DataSources,
    DataComponents,
    DetectionStrategies,
    Analytics,
}

impl Type {
    /// Every type, in the order of the changelog.
    pub const ALL: [Type; 10] = [
        Type::Techniques,
        Type::Software,
        Type::Groups,
        Type::Campaigns,
        Type::Assets,
        Type::Mitigations,
        Type::DataSources,
        Type::DataComponents,
        Type::DetectionStrategies,
        Type::Analytics,
    ];

    /// The type of a STIX object.
    pub(super) fn of_stix(stix_type: &str) -> Option<Type> {
        Some(match stix_type {
            "attack-pattern" => Type::Techniques,
            "malware" | "tool" => Type::Software,
            "intrusion-set" => Type::Groups,
            "campaign" => Type::Campaigns,
            "x-mitre-asset" => Type::Assets,
            "course-of-action" => Type::Mitigations,
            "x-mitre-data-source" => Type::DataSources,
            "x-mitre-data-component" => Type::DataComponents,
            "x-mitre-detection-strategy" => Type::DetectionStrategies,
            "x-mitre-analytic" => Type::Analytics,
            _ => return None,
        })
    }

    /// Its name in MITRE's changelog.
    pub fn name(self) -> &'static str {
        match self {
            Type::Techniques => "techniques",
            Type::Software => "software",
            Type::Groups => "groups",
            Type::Campaigns => "campaigns",
            Type::Assets => "assets",
            Type::Mitigations => "mitigations",
            Type::DataSources => "datasources",
            Type::DataComponents => "datacomponents",
            Type::DetectionStrategies => "detectionstrategies",
            Type::Analytics => "analytics",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Type::Techniques => "Techniques",
            Type::Software => "Software",
            Type::Groups => "Groups",
            Type::Campaigns => "Campaigns",
            Type::Assets => "Assets",
            Type::Mitigations => "Mitigations",
            Type::DataSources => "Data sources",
            Type::DataComponents => "Data components",
            Type::DetectionStrategies => "Detection strategies",
            Type::Analytics => "Analytics",
        }
    }
}

impl Serialize for Type {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How an object changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// It is new.
    Additions,
    /// Its version is the next whole number.
    Major,
    /// Its version is the next after the dot.
    Minor,
    /// Its version is any other.
    Other,
    /// Its version is the same, but not its date or description.
    Patches,
    /// It is newly revoked, and its successor is there.
    Revocations,
    /// It is newly deprecated.
    Deprecations,
    /// It is gone.
    Deletions,
}

impl Category {
    /// Every category, in the order of the changelog.
    pub const ALL: [Category; 8] = [
        Category::Additions,
        Category::Major,
        Category::Minor,
        Category::Other,
        Category::Patches,
        Category::Revocations,
        Category::Deprecations,
        Category::Deletions,
    ];

    /// Its name in MITRE's changelog.
    pub fn name(self) -> &'static str {
        match self {
            Category::Additions => "additions",
            Category::Major => "major_version_changes",
            Category::Minor => "minor_version_changes",
            Category::Other => "other_version_changes",
            Category::Patches => "patches",
            Category::Revocations => "revocations",
            Category::Deprecations => "deprecations",
            Category::Deletions => "deletions",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Category::Additions => "Additions",
            Category::Major => "Major version changes",
            Category::Minor => "Minor version changes",
            Category::Other => "Other version changes",
            Category::Patches => "Patches",
            Category::Revocations => "Revocations",
            Category::Deprecations => "Deprecations",
            Category::Deletions => "Deletions",
        }
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The objects of a release that are revoked by an object of their own type which is there too.
/// MITRE's tool also takes revocations that are withdrawn themselves.
pub(super) fn successors<'r>(release: &'r Release) -> HashSet<&'r str> {
    let objects = release.objects.iter();
    let types: HashMap<&str, Type> = objects
        .filter_map(|o| Some((&*o.stix.id.0, Type::of_stix(&o.stix.r#type)?)))
        .collect();
    let relationships = release.objects.iter().map(|o| &*o.stix);
    relationships
        .filter(|o| o.relationship_type.0 == "revoked-by")
        .filter(|o| {
            let ends = types.get(&*o.source_ref.0).zip(types.get(&*o.target_ref.0));
            ends.is_some_and(|(source, target)| source == target)
        })
        .map(|o| &*o.source_ref.0)
        .collect()
}

/// The category of an object that is in both releases.
pub(super) fn of_both(
    old: &stix::Object,
    new: &stix::Object,
    successors: &HashSet<&str>,
) -> Option<Category> {
    if new.revoked {
        let is_new = !old.revoked && successors.contains(&*new.id.0);
        return is_new.then_some(Category::Revocations);
    }
    if new.x_mitre_deprecated {
        return (!old.x_mitre_deprecated).then_some(Category::Deprecations);
    }
    let (before, after) = (version(old), version(new));
    if after == (before.0.saturating_add(1), 0) {
        Some(Category::Major)
    } else if after == (before.0, before.1.saturating_add(1)) {
        Some(Category::Minor)
    } else if after != before {
        Some(Category::Other)
    } else {
        is_patched(old, new).then_some(Category::Patches)
    }
}

/// Objects had no version before there were any: they count as 0.0.
fn version(object: &stix::Object) -> (u32, u32) {
    let text = object.x_mitre_version.trim();
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    let number = |text: &str| text.parse().unwrap_or_default();
    (number(major), number(minor))
}

fn is_patched(old: &stix::Object, new: &stix::Object) -> bool {
    // Editions of STIX write the same instant in several ways.
    let instant = |text: &str| text.parse::<Timestamp>().map_err(|_| text.to_owned());
    if old.modified != new.modified && instant(&old.modified) != instant(&new.modified) {
        return true;
    }
    // A release without texts says nothing about them.
    let both_say = !old.description.is_empty() && !new.description.is_empty();
    both_say && old.description != new.description && lines(old) != lines(new)
}

/// The lines of a description as MITRE's tool cuts them: at every line end but `\n`, which it
/// takes for a blank.
fn lines(object: &stix::Object) -> HashSet<String> {
    let text = object.description.replace('\n', " ");
    let ends = [
        '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
    ];
    text.split(ends).map(str::to_owned).collect()
}
