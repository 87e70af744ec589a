//! A set of rules or tests, keyed by the techniques that they name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::atomic::AtomicTest;
use super::car::CarAnalytic;
use super::resolve::Resolver;
use super::sigma::SigmaRule;
use crate::attack::ObjectIx;

/// A set.
#[derive(Debug)]
pub struct Set<T> {
    /// All of it, in the order in which it is shown.
    pub entries: Vec<Entry<T>>,
    by_technique: BTreeMap<ObjectIx, Vec<usize>>,
    source: Option<String>,
}

/// A rule or a test and the techniques that it names.
#[derive(Debug)]
pub struct Entry<T> {
    /// The rule or the test.
    pub item: T,
    /// The techniques of this release.
    pub techniques: BTreeSet<ObjectIx>,
}

/// What a set is made of.
pub(super) trait Item: Send {
    /// The ATT&CK objects and tactics that it names.
    fn names(&self) -> Vec<String>;
    /// Where it lies.
    fn file(&self) -> &str;
    /// What comes first among the entries of a technique; equals keep the order of their files.
    fn rank(&self) -> (u8, &str) {
        (0, "")
    }
}

impl Item for SigmaRule {
    fn names(&self) -> Vec<String> {
        self.names()
    }

    fn file(&self) -> &str {
        &self.file
    }

    fn rank(&self) -> (u8, &str) {
        let levels = ["critical", "high", "medium", "low", "informational"];
        let level = (0..).zip(levels).find(|(_, level)| *level == self.level);
        (level.map_or(u8::MAX, |(rank, _)| rank), &self.title)
    }
}

impl Item for AtomicTest {
    fn names(&self) -> Vec<String> {
        vec![self.technique.clone()]
    }

    fn file(&self) -> &str {
        &self.file
    }
}

impl Item for CarAnalytic {
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn file(&self) -> &str {
        &self.file
    }
}

impl<T> Default for Set<T> {
    fn default() -> Set<T> {
        Set {
            entries: Vec::new(),
            by_technique: BTreeMap::new(),
            source: None,
        }
    }
}

impl<T> Set<T> {
    /// What was read, without a release in which to look up what it names.
    pub(super) fn unlinked(items: Vec<T>) -> Set<T> {
        let entries = items.into_iter().map(|item| Entry {
            item,
            techniques: BTreeSet::new(),
        });
        Set {
            entries: entries.collect(),
            ..Set::default()
        }
    }

    /// The rules or tests, in the order in which they are shown.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|entry| &entry.item)
    }

    pub(super) fn new(items: Vec<T>, source: Option<String>, resolver: &mut Resolver) -> Set<T>
    where
        T: Item,
    {
        let mut set = Set {
            entries: items
                .into_iter()
                .map(|item| Entry {
                    techniques: resolver.all(&item.names(), item.file()),
                    item,
                })
                .collect(),
            source,
            ..Set::default()
        };
        set.entries
            .sort_by(|a, b| a.item.rank().cmp(&b.item.rank()));
        for (i, entry) in set.entries.iter().enumerate() {
            for &ix in &entry.techniques {
                set.by_technique.entry(ix).or_default().push(i);
            }
        }
        set
    }

    /// What there is for a technique, in order.
    pub fn of(&self, ix: ObjectIx) -> impl Iterator<Item = &Entry<T>> {
        let found = self.by_technique.get(&ix).into_iter().flatten();
        found.map(|&i| &self.entries[i])
    }

    /// Where a file of the set can be read.
    pub fn source(&self, file_name: &str) -> Option<String> {
        let mut path = String::new();
        for byte in file_name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                path.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(path, "%{byte:02X}");
            }
        }
        Some(self.source.as_ref()?.replace("{path}", &path))
    }
}
