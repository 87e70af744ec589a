//! Blocks made from data: what `<!-- attack: mitigations -->` stands for in a playbook, and what
//! fills the standard sections that nobody has written. One file per family of blocks.

mod about;
mod commands;
mod detection;
mod users;

use crate::attack::{EdgeKind, Kind, ObjectIx};
use crate::site::context::PageContext;
use crate::site::pages::lists::{Files, relation_section};
use crate::site::pages::{related, third_party};
use crate::site::view::{Section, Table};

/// A block for one object; `None` where the data has nothing for it.
type Block = fn(&mut PageContext, ObjectIx) -> Option<Section>;

/// Every kind of block, by the name that playbooks use.
const KINDS: &[(&str, Block)] = &[
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
    ("rules", third_party::rules_section),
    ("tests", third_party::tests_section),
];

/// The kinds of block that this version makes.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// The blocks of a kind, one for each object that has something for it; `None` where this version
/// does not know the kind.
pub fn make(context: &mut PageContext, kind: &str, objects: &[ObjectIx]) -> Option<Vec<Section>> {
    let &(_, block) = KINDS.iter().find(|(name, _)| *name == kind)?;
    let mut found = Vec::new();
    for &ix in objects {
        let Some(mut section) = block(context, ix) else {
            continue;
        };
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

fn mitigations(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let strings = context.sources.strings;
    let edges: Vec<_> = context
        .sources
        .knowledge
        .incoming(ix, EdgeKind::Mitigates)
        .collect();
    // The technique's own page has the CSV file.
    relation_section(
        context,
        &mut Files::new(),
        ("mitigations", &strings.mitigations),
        edges.into_iter(),
        (ix, Kind::Mitigation),
    )
}

fn of_table(html: String, table: Option<Table>) -> Option<Section> {
    table.map(|table| Section {
        html,
        tables: vec![table],
        ..Section::default()
    })
}
