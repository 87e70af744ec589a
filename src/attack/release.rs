//! Bundles merged into one release: one object per STIX ID, the newest version of each, and the
//! domains of all bundles that hold it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use crate::attack::bundle::Bundle;
use crate::attack::stix::{Object, S};
use crate::diagnostics::{Diagnostic, Diagnostics};

/// One release of ATT&CK: what one or many bundles say together.
#[derive(Debug)]
pub struct Release<'a> {
    /// `18.1`, or a date where nothing names the release.
    pub label: String,
    /// The newest date in the data, `2025-11-12`.
    pub newest: String,
    /// Whether the label is a release number that someone named, not a date read from the data.
    pub is_named: bool,
    /// The domains present, such as `enterprise-attack`; the one with most techniques first.
    pub domains: Vec<String>,
    /// The newest version of each object, sorted by STIX ID.
    pub objects: Vec<Merged<'a>>,
}

/// An object and the domains (indices into [`Release::domains`]) whose bundles hold it.
#[derive(Debug)]
pub struct Merged<'a> {
    /// The newest version.
    pub stix: Arc<Object<'a>>,
    /// Sorted.
    pub domains: Vec<usize>,
}

impl<'a> Release<'a> {
    /// A release that has nothing.
    pub(crate) fn empty() -> Release<'a> {
        Release::merge(Vec::new(), None).0
    }

    /// Merges bundles, in whatever order they come. `named` is what to call the release; else its
    /// collections do.
    pub fn merge(bundles: Vec<Bundle<'a>>, named: Option<&str>) -> (Release<'a>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let collection = newest_collection(&bundles);
        let mut parts = by_domain(bundles);
        let domains = order_domains(&parts);
        // Equal `modified` in two bundles is settled by domain and file name, never by the order
        // of the command line.
        parts.sort_by(|a, b| (&a.0, a.1.path).cmp(&(&b.0, b.1.path)));

        let total = parts.iter().map(|(_, b)| b.objects.len()).sum();
        let mut index: HashMap<S, usize> = HashMap::with_capacity(total);
        let mut objects: Vec<Merged> = Vec::with_capacity(total);
        for (domain, bundle) in parts {
            let place = domains.iter().position(|d| *d == domain);
            for stix in bundle.objects {
                if let Some(&at) = index.get(&stix.id) {
                    let known = &mut objects[at];
                    known.domains.extend(place);
                    if stix.modified > known.stix.modified {
                        known.stix = stix;
                    }
                } else {
                    index.insert(stix.id.clone(), objects.len());
                    objects.push(Merged {
                        stix,
                        domains: place.into_iter().collect(),
                    });
                }
            }
        }
        objects.sort_unstable_by(|a, b| a.stix.id.cmp(&b.stix.id));
        for object in &mut objects {
            object.domains.sort_unstable();
            object.domains.dedup();
        }
        let named = named.map(str::to_owned).or(collection);
        let is_named = named.is_some();
        let newest = newest_date(&objects);
        let label = named.unwrap_or_else(|| newest.clone());
        if !is_named {
            diagnostics.push(
                Diagnostic::note("release-unnamed", format!("the data does not name its release; it is labelled `{label}`, its newest date"))
                    .help("set `release` under `[attack]` in ttpress.toml, or pass `--attack-release 18.1`"),
            );
        }
        (
            Release {
                label,
                newest,
                is_named,
                domains,
                objects,
            },
            diagnostics,
        )
    }
}

/// The release named by the collections. Where they differ, the newest.
fn newest_collection(bundles: &[Bundle]) -> Option<String> {
    let labels = bundles.iter().filter_map(Bundle::collection_release);
    labels
        .max_by_key(|label| version_key(label))
        .map(str::to_owned)
}

/// `18.1` → [18, 1], so that 9.0 is older than 18.1.
pub fn version_key(label: &str) -> Vec<u32> {
    label
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}

/// Puts each bundle under its domain. Files that hold one object each, as in mitre/cti's tree
/// (`enterprise-attack/attack-pattern/attack-pattern--….json`), take the domain of their folder,
/// which is that of most of the files in it.
pub(crate) fn by_domain(bundles: Vec<Bundle<'_>>) -> Vec<(String, Bundle<'_>)> {
    let mut votes: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let named: Vec<(Option<String>, Option<String>, Bundle)> = bundles
        .into_iter()
        .filter(|bundle| !bundle.objects.is_empty())
        .map(|bundle| {
            let folder = tree_folder(&bundle);
            let domain = bundle.domain();
            if let (Some(folder), Some(domain)) = (&folder, &domain) {
                *votes
                    .entry(folder.clone())
                    .or_default()
                    .entry(domain.clone())
                    .or_default() += 1;
            }
            (folder, domain, bundle)
        })
        .collect();
    let elected = |folder: &String| {
        let counts = votes.get(folder)?;
        counts
            .iter()
            .rev()
            .max_by_key(|&(_, n)| n)
            .map(|(domain, _)| domain.clone())
    };
    named
        .into_iter()
        .map(|(folder, domain, bundle)| {
            let domain = folder.as_ref().and_then(elected).or(domain);
            (
                domain.unwrap_or_else(|| "enterprise-attack".to_owned()),
                bundle,
            )
        })
        .collect()
}

/// The folder two levels up, where the level between is named like the type of the objects.
fn tree_folder(bundle: &Bundle) -> Option<String> {
    let parent = Path::new(bundle.path).parent()?;
    let type_name = parent.file_name()?.to_str()?;
    let first = bundle.objects.first()?;
    (*first.r#type == *type_name).then(|| parent.parent().map(|p| p.display().to_string()))?
}

/// The domain with most techniques first: the order in which MITRE lists them, without naming
/// any.
fn order_domains(parts: &[(String, Bundle)]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (domain, bundle) in parts {
        let techniques = bundle
            .objects
            .iter()
            .filter(|o| o.r#type.0 == "attack-pattern" && o.is_live());
        *counts.entry(domain).or_default() += techniques.count();
    }
    let mut domains: Vec<_> = counts.into_iter().collect();
    domains.sort_by_key(|&(domain, n)| (std::cmp::Reverse(n), domain));
    domains
        .into_iter()
        .map(|(domain, _)| domain.to_owned())
        .collect()
}

fn newest_date(objects: &[Merged]) -> String {
    let dates = objects.iter().filter_map(|o| o.stix.modified.get(..10));
    dates.max().unwrap_or("undated").to_owned()
}
