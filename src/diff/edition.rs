//! A release as it is compared: each domain on its own, since copies of one object in two domains
//! can differ.

use std::collections::BTreeMap;

use super::Label;
use crate::attack::release::by_domain;
use crate::attack::{Bundle, Release};

/// A release, domain by domain.
#[derive(Debug)]
pub struct Edition<'a> {
    /// How it is called.
    pub label: Label,
    domains: BTreeMap<String, Release<'a>>,
}

impl<'a> Edition<'a> {
    /// Sorts bundles into their domains. `named` is what to call the release where its data does
    /// not say; without it, that is its newest date.
    pub fn new(bundles: Vec<Bundle<'a>>, named: Option<&str>) -> Edition<'a> {
        let own = bundles.iter().find_map(Bundle::collection_release);
        let named = own.map(str::to_owned).or(named.map(str::to_owned));
        let mut groups: BTreeMap<String, Vec<Bundle>> = BTreeMap::new();
        for (domain, bundle) in by_domain(bundles) {
            groups.entry(domain).or_default().push(bundle);
        }
        let domains: BTreeMap<String, Release> = groups
            .into_iter()
            // What is odd about a release is told where it is checked on its own.
            .map(|(domain, bundles)| (domain, Release::merge(bundles, named.as_deref()).0))
            .collect();
        let newest = domains.values().map(|r| &r.newest).max();
        let newest = newest.cloned().unwrap_or_default();
        let name = domains.values().find(|r| r.is_named).map(|r| &r.label);
        let name = name.unwrap_or(&newest).clone();
        Edition {
            label: Label { name, newest },
            domains,
        }
    }

    pub(super) fn domains(&self) -> impl Iterator<Item = (&str, &Release<'a>)> {
        self.domains
            .iter()
            .map(|(name, release)| (&**name, release))
    }

    pub(super) fn domain(&self, name: &str) -> Option<&Release<'a>> {
        self.domains.get(name)
    }

    pub(super) fn has_domain(&self, name: &str) -> bool {
        self.domains.contains_key(name)
    }

    /// The domains that `earlier` lacks, all of whose objects count as new.
    pub fn domains_beyond<'e>(&'e self, earlier: &'e Edition) -> impl Iterator<Item = &'e str> {
        let names = self.domains.keys().map(String::as_str);
        names.filter(|name| !earlier.has_domain(name))
    }

    /// Whether any domain has an object.
    pub(super) fn has(&self, stix_id: &str) -> bool {
        let mut releases = self.domains.values();
        // A release's objects are sorted.
        releases.any(|release| {
            let found = release
                .objects
                .binary_search_by(|object| (*object.stix.id).cmp(stix_id));
            found.is_ok()
        })
    }
}
