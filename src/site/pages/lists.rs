//! Tables that several page kinds share.

use std::collections::BTreeMap;

use crate::attack::{EdgeIx, EdgeKind, Kind, Knowledge, ObjectIx};
use crate::markdown::Doc;
use crate::site::context::{PageContext, Sources};
use crate::site::strings::Label;
use crate::site::table::{Cell, Column, Rows};
use crate::site::view::{Section, Table};

pub use crate::tree::Files;

/// An object's ID.
pub const ID: Column = column(|s| &s.id);
/// An object's name.
pub const NAME: Column = column(|s| &s.name);
/// What a relation says.
pub const USE: Column = prose(|s| &s.usage);
/// What an object is.
pub const DESCRIPTION: Column = prose(|s| &s.description);

/// How tables of objects with a text are set.
pub const USES: &str = "ids uses";

/// A column with a name of its own.
pub const fn column(label: Label) -> Column {
    Column {
        label,
        class: "",
        is_prose: false,
    }
}

/// A column of MITRE's texts; always the last of its table.
pub const fn prose(label: Label) -> Column {
    Column {
        label,
        class: "",
        is_prose: true,
    }
}

/// A section with one table, if the table has rows.
pub fn section(id: &str, title: &str, table: Option<Table>) -> Option<Section> {
    let table = table?;
    Some(Section {
        id: id.to_owned(),
        title: title.to_owned(),
        count: Some(table.count),
        tables: vec![table],
        ..Section::default()
    })
}

/// Edges by the object at their other end. One object can have several: duplicate relations
/// occur, and each has its own text.
pub fn by_other_end(
    knowledge: &Knowledge,
    edges: impl Iterator<Item = EdgeIx>,
    ix: ObjectIx,
) -> BTreeMap<ObjectIx, Vec<EdgeIx>> {
    let mut grouped: BTreeMap<ObjectIx, Vec<EdgeIx>> = BTreeMap::new();
    for edge in edges {
        let ends = knowledge.edge(edge);
        let other = if ends.source == ix {
            ends.target
        } else {
            ends.source
        };
        grouped.entry(other).or_default().push(edge);
    }
    grouped
}

/// A name cell; a sub-technique's says its parent's name first.
pub fn name_cell(knowledge: &Knowledge, ix: ObjectIx) -> Cell<'static> {
    match knowledge.targets(ix, EdgeKind::SubtechniqueOf).next() {
        Some(parent) => Cell::NameUnder(parent, ix),
        None => Cell::Name(ix),
    }
}

/// A table of ID, name and what the relation says, for the edges to objects of one kind.
pub fn relation_table(
    context: &mut PageContext,
    files: &mut Files,
    names: (&'static str, &str),
    grouped: &BTreeMap<ObjectIx, Vec<EdgeIx>>,
    kind: Kind,
) -> Option<Table> {
    relation_rows(context.sources, names, grouped, kind).write(context, files)
}

/// A [`relation_table`] before it is written.
pub fn relation_rows<'k>(
    sources: Sources<'k>,
    (id, caption): (&'static str, &'k str),
    grouped: &BTreeMap<ObjectIx, Vec<EdgeIx>>,
    kind: Kind,
) -> Rows<'k> {
    let mut table = Rows::new(id, caption, USES, &[ID, NAME, USE]);
    let mut says_more = false;
    for (&other, edges) in grouped {
        if sources.knowledge.object(other).kind == kind {
            let texts: Vec<&Doc> = edges.iter().map(|&e| sources.texts.edge(e)).collect();
            says_more |= texts.iter().any(|doc| !doc.is_empty());
            let name = name_cell(sources.knowledge, other);
            table.push([Cell::Id(other), name, Cell::Texts(texts)]);
        }
    }
    if !says_more {
        // As of assets: rows leave out the cells beyond the last column.
        table.columns.pop();
    }
    table
}

/// A section around a [`relation_table`].
pub fn relation_section(
    context: &mut PageContext,
    files: &mut Files,
    (id, title): (&'static str, &str),
    edges: impl Iterator<Item = EdgeIx>,
    (ix, kind): (ObjectIx, Kind),
) -> Option<Section> {
    let grouped = by_other_end(context.sources.knowledge, edges, ix);
    let table = relation_table(context, files, (id, title), &grouped, kind);
    section(id, title, table)
}
