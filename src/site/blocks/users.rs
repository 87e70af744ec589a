//! Who uses a technique, and with what; what a group, a piece of software or a campaign uses.

use std::collections::BTreeMap;

use crate::attack::{EdgeIx, EdgeKind, Kind, ObjectIx};
use crate::markdown::Doc;
use crate::site::blocks::{Block, Part};
use crate::site::context::Sources;
use crate::site::pages::lists::{ID, NAME, USE, USES, by_other_end, column, name_cell};
use crate::site::table::{Cell, Rows};

/// Rows of a block; the object's own page has them all.
const ROWS: usize = 20;

/// Where a technique's page lists who uses it.
const PROCEDURES: &str = "procedures";

/// Names in a cell of users.
const NAMES: usize = 3;

type Grouped = BTreeMap<ObjectIx, Vec<EdgeIx>>;

/// Of a technique: tools, then malware, each with the groups and campaigns that use both it and the
/// technique. Of a group or campaign: the software that it uses.
pub(super) fn software(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    if !is_technique(sources, ix) {
        let grouped = used(sources, ix);
        let found = of_kind(sources, &grouped, Kind::Software);
        let names = ("software", &*sources.strings.software);
        return uses(sources, (ix, "software"), names, (&found, &grouped));
    }
    let grouped = users(sources, ix);
    let is_tool = |of: &ObjectIx| &*sources.knowledge.object(*of).stix.r#type == "tool";
    let mut found: Vec<ObjectIx> = of_kind(sources, &grouped, Kind::Software);
    found.sort_by_key(|of| !is_tool(of));
    let columns = [ID, NAME, column(|s| &s.used_by), USE];
    let strings = sources.strings;
    let caption = &strings.software_that_uses;
    let mut table = Rows::new("software", caption, "ids uses tools", &columns);
    for &of in found.iter().take(ROWS) {
        let both: Vec<ObjectIx> = sources
            .knowledge
            .origins(of, EdgeKind::Uses)
            .filter(|user| grouped.contains_key(user))
            .collect();
        let more = both.len().saturating_sub(NAMES);
        let both = both.into_iter().take(NAMES).collect();
        let kind = if is_tool(&of) {
            &strings.is_tool
        } else {
            &strings.is_malware
        };
        let texts = texts(sources, &grouped[&of]);
        let cells = [
            Cell::Id(of),
            Cell::NameNoted(of, kind),
            Cell::NamesOf(both, more),
            Cell::Texts(texts),
        ];
        table.push(cells);
    }
    titled(&strings.software, rest(ix, PROCEDURES, found.len()), table)
}

/// The groups that use the technique or software, or that the campaign is attributed to.
pub(super) fn groups(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let knowledge = sources.knowledge;
    let (grouped, place) = match knowledge.object(ix).kind {
        Kind::Technique => (users(sources, ix), PROCEDURES),
        Kind::Campaign => {
            let edges = knowledge.outgoing(ix, EdgeKind::AttributedTo);
            (by_other_end(knowledge, edges, ix), "groups")
        }
        _ => (users(sources, ix), "groups"),
    };
    let found = of_kind(sources, &grouped, Kind::Group);
    let names = ("groups", &*sources.strings.groups);
    uses(sources, (ix, place), names, (&found, &grouped))
}

/// Everyone who uses the technique, or every technique that the group, software or campaign uses.
pub(super) fn procedures(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let names = ("procedures", &*sources.strings.procedures);
    if !is_technique(sources, ix) {
        let grouped = used(sources, ix);
        let found = of_kind(sources, &grouped, Kind::Technique);
        return uses(sources, (ix, "techniques"), names, (&found, &grouped));
    }
    let grouped = users(sources, ix);
    let found: Vec<ObjectIx> = grouped.keys().copied().collect();
    uses(sources, (ix, PROCEDURES), names, (&found, &grouped))
}

/// A table of objects with what the relation says; `place` is where its page lists all of them.
fn uses<'k>(
    sources: Sources<'k>,
    (ix, place): (ObjectIx, &'static str),
    (id, caption): (&'static str, &'k str),
    (found, grouped): (&[ObjectIx], &Grouped),
) -> Option<Block<'k>> {
    let mut table = Rows::new(id, caption, USES, &[ID, NAME, USE]);
    for &of in found.iter().take(ROWS) {
        let texts = texts(sources, &grouped[&of]);
        table.push([
            Cell::Id(of),
            name_cell(sources.knowledge, of),
            Cell::Texts(texts),
        ]);
    }
    titled(caption, rest(ix, place, found.len()), table)
}

/// A block that can stand beside another of its section.
fn titled<'k>(title: &'k str, before: Option<Part<'k>>, table: Rows<'k>) -> Option<Block<'k>> {
    let block = Block::of_table(before, table)?;
    Some(Block { title, ..block })
}

fn is_technique(sources: Sources, ix: ObjectIx) -> bool {
    sources.knowledge.object(ix).kind == Kind::Technique
}

/// What a group, a piece of software or a campaign uses; a group, in its campaigns too.
pub(super) fn used(sources: Sources, ix: ObjectIx) -> Grouped {
    let knowledge = sources.knowledge;
    let mut grouped = Grouped::new();
    let campaigns = knowledge.origins(ix, EdgeKind::AttributedTo);
    for actor in std::iter::once(ix).chain(campaigns) {
        for edge in knowledge.outgoing(actor, EdgeKind::Uses) {
            let target = knowledge.edge(edge).target;
            grouped.entry(target).or_default().push(edge);
        }
    }
    grouped
}

fn users(sources: Sources, ix: ObjectIx) -> Grouped {
    let knowledge = sources.knowledge;
    by_other_end(knowledge, knowledge.incoming(ix, EdgeKind::Uses), ix)
}

fn of_kind(sources: Sources, grouped: &Grouped, kind: Kind) -> Vec<ObjectIx> {
    let knowledge = sources.knowledge;
    let all = grouped.keys().copied();
    all.filter(|&of| knowledge.object(of).kind == kind)
        .collect()
}

fn texts<'k>(sources: Sources<'k>, edges: &[EdgeIx]) -> Vec<&'k Doc> {
    let texts = edges.iter().map(|&edge| sources.texts.edge(edge));
    texts.collect()
}

/// Where the rows are that a block leaves out.
fn rest(of: ObjectIx, place: &'static str, all: usize) -> Option<Part<'static>> {
    let shown = ROWS;
    (all > shown).then_some(Part::Rest {
        of,
        place,
        shown,
        all,
    })
}
