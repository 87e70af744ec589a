//! Blocks made from data: what `<!-- attack: mitigations -->` stands for in a playbook, and what
//! fills the standard sections that nobody has written. One file per family of blocks.

use crate::attack::{EdgeKind, Kind, ObjectIx};
use crate::site::context::PageContext;
use crate::site::pages::lists::{Files, relation_section};
use crate::site::pages::{detection, technique};
use crate::site::view::{Section, Table};

/// A block for one object; `None` where the data has nothing for it.
type Block = fn(&mut PageContext, ObjectIx) -> Option<Section>;

/// Every kind of block, by the name that playbooks use.
const KINDS: [(&str, Block); 7] = [
    ("mitigations", |context, ix| {
        related(context, ix, EdgeKind::Mitigates, Kind::Mitigation)
    }),
    ("software", |context, ix| {
        related(context, ix, EdgeKind::Uses, Kind::Software)
    }),
    ("groups", |context, ix| {
        related(context, ix, EdgeKind::Uses, Kind::Group)
    }),
    ("procedures", |context, ix| {
        technique::procedures(context, ix, &mut Files::new())
    }),
    ("detections", |context, ix| {
        detection::of_technique(context, ix, &mut Files::new())
    }),
    ("windows-events", |context, ix| {
        of_table(detection::events_table(context, ix, false))
    }),
    ("sysmon-events", |context, ix| {
        of_table(detection::events_table(context, ix, true))
    }),
];

/// The blocks of a kind, one for each object that has something for it; `None` where this version
/// does not know the kind.
pub fn make(context: &mut PageContext, kind: &str, objects: &[ObjectIx]) -> Option<Vec<Section>> {
    let &(_, block) = KINDS.iter().find(|(name, _)| *name == kind)?;
    let found = objects.iter().filter_map(|&ix| block(context, ix));
    Some(found.collect())
}

fn related(context: &mut PageContext, ix: ObjectIx, edge: EdgeKind, kind: Kind) -> Option<Section> {
    let edges: Vec<_> = context.sources.knowledge.incoming(ix, edge).collect();
    let names = (kind.folder(), crate::site::pages::words(kind).1);
    // The technique's own page has the CSV file.
    relation_section(
        context,
        &mut Files::new(),
        names,
        edges.into_iter(),
        (ix, kind),
    )
}

fn of_table(table: Option<Table>) -> Option<Section> {
    table.map(|table| Section {
        tables: vec![table],
        ..Section::default()
    })
}
