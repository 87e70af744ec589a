//! ttpress turns MITRE ATT&CK releases and a team's own playbooks into one wiki.
//!
//! The data runs one way. [`source`] reads files; [`attack`] makes bundles a release and the
//! release knowledge; [`markdown`] parses its texts; [`site`] renders pages into a [`tree::Tree`]
//! of paths and bytes; [`check`] looks at that tree, [`publish`] writes it, and [`serve`] shows it to
//! a browser. Every phase returns its value and its [`diagnostics`]; only [`cli`] talks to the user.

pub mod attack;
pub mod check;
pub mod cli;
pub mod config;
pub mod coverage;
pub mod detections;
pub mod diagnostics;
pub mod diff;
pub mod markdown;
pub mod names;
pub mod playbook;
pub mod publish;
pub mod repository;
pub mod search;
pub mod serve;
pub mod site;
pub mod source;
pub mod spelling;
pub mod tree;
pub mod versions;

use rayon::prelude::*;

use crate::attack::{Bundle, Release};
use crate::diagnostics::{Diagnostics, Failure};
use crate::source::Input;

/// Parses bundles, side by side, and merges them into one release. `named` labels a release
/// whose data does not.
pub fn read_release<'a>(
    inputs: &'a [Input],
    named: Option<&str>,
) -> Result<(Release<'a>, Diagnostics), Failure> {
    let (bundles, mut diagnostics) = parse_bundles(inputs)?;
    let (release, found) = Release::merge(bundles, named);
    diagnostics.extend(found);
    Ok((release, diagnostics))
}

/// Parses bundles, side by side.
pub fn parse_bundles(inputs: &[Input]) -> Result<(Vec<Bundle<'_>>, Diagnostics), Failure> {
    let parsed: Result<Vec<(Bundle, Diagnostics)>, Failure> =
        inputs.par_iter().map(Bundle::parse).collect();
    let mut diagnostics = Diagnostics::default();
    let mut bundles = Vec::with_capacity(inputs.len());
    for (bundle, found) in parsed? {
        bundles.push(bundle);
        diagnostics.extend(found);
    }
    Ok((bundles, diagnostics))
}
