//! Blocks made from data: what `<!-- attack: mitigations -->` stands for in a playbook, and what
//! fills the standard sections that nobody has written. One file per family of blocks.

mod about;
mod block;
mod commands;
mod detection;
pub mod html;
mod users;

pub use block::{Block, Part};

use crate::attack::{EdgeKind, Kind, ObjectIx};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::lists::{Files, by_other_end, relation_rows};
use crate::site::pages::{related, third_party};
use crate::site::view::Section;

/// Describes a block for one object; `None` where the data has nothing for it.
type Describe = for<'k> fn(Sources<'k>, ObjectIx) -> Option<Block<'k>>;

/// Every kind of block, by the name that playbooks use.
const KINDS: &[(&str, Describe)] = &[
    ("description", about::description),
    ("prerequisites", about::prerequisites),
    ("software", users::software),
    ("groups", users::groups),
    ("procedures", users::procedures),
    ("commands", commands::commands),
    ("network-traffic", detection::network_traffic),
    ("windows-events", detection::windows_events),
    ("sysmon-events", detection::sysmon_events),
    ("detections", detection::detections),
    ("log-sources", detection::log_sources),
    ("mitigations", mitigations),
    ("related", related::of_technique),
    ("rules", third_party::rules_of),
    ("tests", third_party::tests_of),
];

/// The kinds of block that this version makes.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// The blocks of a kind, each with the object that has something for it; `None` where this version
/// does not know the kind.
pub fn describe<'k>(
    sources: Sources<'k>,
    kind: &str,
    objects: &[ObjectIx],
) -> Option<Vec<(ObjectIx, Block<'k>)>> {
    let &(_, describe) = KINDS.iter().find(|(name, _)| *name == kind)?;
    let found = objects.iter().copied();
    Some(
        found
            .filter_map(|ix| Some((ix, describe(sources, ix)?)))
            .collect(),
    )
}

/// The same as parts of a page.
pub fn make(context: &mut PageContext, kind: &str, objects: &[ObjectIx]) -> Option<Vec<Section>> {
    let mut found = Vec::new();
    for (ix, block) in describe(context.sources, kind, objects)? {
        // The technique's own page has the CSV files.
        let mut section = html::section(context, block, &mut Files::new());
        // A page can hold the same block for several objects, and twice for one.
        for table in &mut section.tables {
            table.id = context.fresh_id(&table.id);
        }
        if objects.len() > 1 {
            let whose = format!("<p class=\"say\">{}</p>\n", context.named_link(ix));
            section.html.insert_str(0, &whose);
        }
        found.push(section);
    }
    Some(found)
}

fn mitigations(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let edges = sources.knowledge.incoming(ix, EdgeKind::Mitigates);
    let grouped = by_other_end(sources.knowledge, edges, ix);
    let title = &*sources.strings.mitigations;
    let table = relation_rows(sources, ("mitigations", title), &grouped, Kind::Mitigation);
    let count = Some(table.rows.len());
    let block = Block::of_table(None, table)?;
    Some(Block {
        id: "mitigations",
        title,
        count,
        ..block
    })
}
