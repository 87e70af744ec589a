//! What is wrong with playbooks, each finding with its place in the file.

mod ids;
mod links;
mod outline;
mod review;
mod rules;
mod structure;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Playbook;
use crate::attack::Knowledge;
use crate::diagnostics::Diagnostics;
use crate::names::slug;

use outline::Outline;

/// What playbooks are held against.
pub struct Against<'a> {
    /// The release.
    pub knowledge: &'a Knowledge<'a>,
    /// The kinds of blocks that this version makes.
    pub blocks: &'a [&'a str],
    /// The day for which reviews are due or not.
    pub today: Date,
}

/// Checks all playbooks of a wiki.
pub fn check(playbooks: &[Playbook], against: &Against) -> Diagnostics {
    let outlines: Vec<Outline> = playbooks.iter().map(|p| Outline::of(&p.body)).collect();
    let anchors: BTreeMap<&str, BTreeSet<String>> = playbooks
        .iter()
        .zip(&outlines)
        .map(|(playbook, outline)| {
            let titles = outline.sections.iter().map(|s| slug(&s.title));
            (&*playbook.slug, titles.collect())
        })
        .collect();
    let mut found = Diagnostics::default();
    for (playbook, outline) in playbooks.iter().zip(&outlines) {
        ids::check(playbook, outline, against.knowledge, &mut found);
        review::check(playbook, against, &mut found);
        structure::check(playbook, outline, against.blocks, &mut found);
        links::check(playbook, outline, &anchors, &mut found);
        tables::check(playbook, outline, &mut found);
        rules::check(playbook, outline, &mut found);
    }
    found
}
