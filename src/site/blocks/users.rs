//! Who uses a technique, and with what.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::attack::{EdgeIx, EdgeKind, Kind, ObjectIx};
use crate::markdown::Doc;
use crate::site::blocks::of_table;
use crate::site::context::PageContext;
use crate::site::pages::lists::{Files, ID, NAME, USE, USES, by_other_end, column};
use crate::site::strings::fill_html;
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::Section;

/// Rows of a block; the technique's page has them all.
const ROWS: usize = 20;

/// Names in a cell of users.
const NAMES: usize = 3;

type Grouped = BTreeMap<ObjectIx, Vec<EdgeIx>>;

/// Tools, then malware, each with the groups and campaigns that use both it and the technique.
pub(super) fn software(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let sources = context.sources;
    let grouped = users(context, ix);
    let is_tool = |of: &ObjectIx| &*sources.knowledge.object(*of).stix.r#type == "tool";
    let mut found: Vec<ObjectIx> = of_kind(context, &grouped, Kind::Software);
    found.sort_by_key(|of| !is_tool(of));
    let columns = [ID, NAME, column(|s| &s.used_by), USE];
    let strings = sources.strings;
    let caption = &strings.software_that_uses;
    let mut table = TableBuilder::new(context, "software", caption, "ids uses tools", &columns);
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
        let texts = texts(context, &grouped[&of]);
        let cells = [
            Cell::Id(of),
            Cell::NameNoted(of, kind),
            Cell::NamesOf(both, more),
            Cell::Texts(texts),
        ];
        table.row(context, &cells);
    }
    let html = rest(context, ix, found.len());
    of_table(html, table.finish(&mut Files::new()))
}

/// The groups that use the technique.
pub(super) fn groups(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let grouped = users(context, ix);
    let found = of_kind(context, &grouped, Kind::Group);
    let names = ("groups", &*context.sources.strings.groups);
    uses(context, ix, names, (&found, &grouped))
}

/// Everyone who uses the technique.
pub(super) fn procedures(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let grouped = users(context, ix);
    let found: Vec<ObjectIx> = grouped.keys().copied().collect();
    let names = ("procedures", &*context.sources.strings.procedures);
    uses(context, ix, names, (&found, &grouped))
}

fn uses(
    context: &mut PageContext,
    ix: ObjectIx,
    (id, caption): (&str, &str),
    (found, grouped): (&[ObjectIx], &Grouped),
) -> Option<Section> {
    let mut table = TableBuilder::new(context, id, caption, USES, &[ID, NAME, USE]);
    for &of in found.iter().take(ROWS) {
        let texts = texts(context, &grouped[&of]);
        table.row(context, &[Cell::Id(of), Cell::Name(of), Cell::Texts(texts)]);
    }
    let html = rest(context, ix, found.len());
    of_table(html, table.finish(&mut Files::new()))
}

fn users(context: &PageContext, ix: ObjectIx) -> Grouped {
    let knowledge = context.sources.knowledge;
    by_other_end(knowledge, knowledge.incoming(ix, EdgeKind::Uses), ix)
}

fn of_kind(context: &PageContext, grouped: &Grouped, kind: Kind) -> Vec<ObjectIx> {
    let knowledge = context.sources.knowledge;
    let all = grouped.keys().copied();
    all.filter(|&of| knowledge.object(of).kind == kind)
        .collect()
}

fn texts<'k>(context: &PageContext<'k>, edges: &[EdgeIx]) -> Vec<&'k Doc> {
    let texts = context.sources.texts;
    edges.iter().map(|&edge| texts.edge(edge)).collect()
}

/// Where the rows are that a block leaves out.
fn rest(context: &PageContext, ix: ObjectIx, all: usize) -> String {
    let mut html = String::new();
    if let Some(more) = all.checked_sub(ROWS).filter(|&more| more > 0) {
        // Writing to a string cannot fail.
        let strings = context.sources.strings;
        let _ = writeln!(
            html,
            "<p class=\"say\">{} <a href=\"{}#procedures\">{}</a></p>",
            fill_html(&strings.first_of_all, &[("shown", &ROWS), ("all", &all)]),
            context.href(ix),
            fill_html(&strings.more_on_page, &[("n", &more)]),
        );
    }
    html
}
