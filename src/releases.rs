//! From files to releases: bundles are parsed side by side, and those of one release merged.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::attack::release::version_key;
use crate::attack::{Bundle, Release};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::diff::Edition;
use crate::source::{Input, Said};
use crate::versions::is_number;

/// What `--attack` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttackName<'n> {
    /// `17.1`: a fetched release, or the embedded one.
    Number(&'n str),
    /// A bundle or a folder of bundles, and perhaps the release they are of: `17.1=PATH`.
    Files(Option<&'n str>, &'n Path),
}

impl AttackName<'_> {
    /// Reads a name. Where a file is called like a release, `./17.1` means the file.
    pub fn parse(name: &Path) -> AttackName<'_> {
        let Some(text) = name.to_str() else {
            return AttackName::Files(None, name);
        };
        let is_release = |text: &str| is_number(text.strip_suffix("-beta").unwrap_or(text));
        match text.split_once('=') {
            _ if is_release(text) => AttackName::Number(text),
            Some((release, path)) if is_release(release) => {
                AttackName::Files(Some(release), Path::new(path))
            }
            _ => AttackName::Files(None, name),
        }
    }

    /// The same name where relative paths start at a folder.
    pub fn within(self, folder: &Path) -> PathBuf {
        match self {
            AttackName::Number(number) => PathBuf::from(number),
            AttackName::Files(None, path) => folder.join(path),
            AttackName::Files(Some(release), path) => {
                let mut name = OsString::from(format!("{release}="));
                name.push(folder.join(path));
                PathBuf::from(name)
            }
        }
    }
}

/// The bundles of one release.
#[derive(Debug)]
pub struct Group<'a> {
    /// How the release is called, where something says it.
    label: Option<String>,
    bundles: Vec<Bundle<'a>>,
}

impl<'a> Group<'a> {
    /// The release as it is compared.
    pub fn edition(&self) -> Edition<'a> {
        let mut edition = Edition::new(self.bundles.clone(), self.label.as_deref());
        // The user's word counts more than that of a bundle.
        if let Some(label) = &self.label {
            edition.label.name.clone_from(label);
        }
        edition
    }

    /// The release as a site tells it.
    pub fn release(self) -> (Release<'a>, Diagnostics) {
        Release::merge(self.bundles, self.label.as_deref())
    }
}

/// Reads the bundles of one or several releases, the newest first.
///
/// The user's word on which release a file is of counts most, then the file's own collection, then
/// the name of its folder. Files of which nothing says it belong to the one release that there is;
/// among several they are of the release `named`. That also labels a release whose data does not.
pub fn read_groups<'a>(
    inputs: &'a [Input],
    named: Option<&str>,
) -> Result<(Vec<Group<'a>>, Diagnostics), Failure> {
    let (bundles, diagnostics) = parse_bundles(inputs)?;
    let bundles: Vec<_> = inputs
        .iter()
        .zip(bundles)
        // What is empty has no say in anything.
        .filter(|(_, bundle)| !bundle.objects.is_empty())
        .map(|(input, bundle)| (label(input, &bundle), bundle))
        .collect();
    let labels: BTreeSet<String> = bundles
        .iter()
        .filter_map(|(label, _)| label.clone())
        .collect();
    let mut groups = split(bundles, &labels, named)?;
    // Only one release alone can be without a label.
    groups.sort_by_cached_key(|group| group.label.as_deref().map(version_key).map(Reverse));
    Ok((groups, diagnostics))
}

/// Parses bundles, side by side.
pub fn parse_bundles(inputs: &[Input]) -> Result<(Vec<Bundle<'_>>, Diagnostics), Failure> {
    let parsed: Vec<_> = inputs.par_iter().map(Bundle::parse).collect();
    let mut diagnostics = Diagnostics::default();
    let mut bundles = Vec::with_capacity(inputs.len());
    for parsed in parsed {
        let (bundle, found) = parsed?;
        bundles.push(bundle);
        diagnostics.extend(found);
    }
    Ok((bundles, diagnostics))
}

/// Reads the newest release of those that the files hold.
pub fn read_release<'a>(
    inputs: &'a [Input],
    named: Option<&str>,
) -> Result<(Release<'a>, Diagnostics), Failure> {
    let (mut groups, mut diagnostics) = read_groups(inputs, named)?;
    // Even no file at all is a release, an empty one.
    let (release, found) = groups.swap_remove(0).release();
    diagnostics.extend(found);
    Ok((release, diagnostics))
}

fn label(input: &Input, bundle: &Bundle) -> Option<String> {
    match &input.release {
        Said::ByUser(label) => Some(label.clone()),
        said => match (bundle.collection_release(), said) {
            (Some(label), _) => Some(label.to_owned()),
            (None, Said::ByFolder(label)) => Some(label.clone()),
            _ => None,
        },
    }
}

/// Puts the bundles of each release together.
fn split<'a>(
    bundles: Vec<(Option<String>, Bundle<'a>)>,
    labels: &BTreeSet<String>,
    named: Option<&str>,
) -> Result<Vec<Group<'a>>, Failure> {
    if labels.len() < 2 {
        return Ok(vec![Group {
            label: labels.first().cloned().or(named.map(str::to_owned)),
            bundles: bundles.into_iter().map(|(_, bundle)| bundle).collect(),
        }]);
    }
    let mut releases: BTreeMap<String, Vec<Bundle>> = BTreeMap::new();
    for (label, bundle) in bundles {
        let Some(label) = label.or(named.map(str::to_owned)) else {
            let known: Vec<&str> = labels.iter().map(String::as_str).collect();
            let message = format!(
                "this bundle does not say which of the releases {} it is of",
                known.join(", ")
            );
            return Err(Diagnostic::error("release-unclear", message)
                .in_file(bundle.path)
                .help(format!("say it: `--attack {}={}`", known[0], bundle.path))
                .into());
        };
        releases.entry(label).or_default().push(bundle);
    }
    Ok(releases
        .into_iter()
        .map(|(label, bundles)| Group {
            label: Some(label),
            bundles,
        })
        .collect())
}
