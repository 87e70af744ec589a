//! Tactics, mitigations and assets: pages that are a table of techniques.

use crate::attack::{EdgeKind, Kind, ObjectIx, matrix};
use crate::site::context::PageContext;
use crate::site::pages::lists::{
    DESCRIPTION, Files, ID, NAME, USES, column, name_cell, relation_section, section,
};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::Section;

/// A tactic: its techniques, each followed by its sub-techniques.
pub(super) fn tactic_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let sources = context.sources;
    let members = sources.knowledge.origins(ix, EdgeKind::InTactic).collect();
    let title = &sources.strings.techniques;
    let columns = [ID, NAME, DESCRIPTION];
    let mut table = TableBuilder::new(context, "techniques", title, USES, &columns);
    for (technique, subs) in matrix::nest(sources.knowledge, &members) {
        for member in std::iter::once(technique).chain(subs) {
            let name = name_cell(sources.knowledge, member);
            let summary = Cell::Summary(sources.texts.object(member));
            table.row(context, &[Cell::Id(member), name, summary]);
        }
    }
    section("techniques", title, table.finish(files))
        .into_iter()
        .collect()
}

/// A mitigation: what it addresses.
pub(super) fn mitigation_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let edges = context.sources.knowledge.outgoing(ix, EdgeKind::Mitigates);
    let strings = context.sources.strings;
    let names = ("techniques", &*strings.techniques_addressed);
    let found = relation_section(context, files, names, edges, (ix, Kind::Technique));
    found.into_iter().collect()
}

/// An asset: its names in other sectors, and what targets it.
pub(super) fn asset_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let sources = context.sources;
    let columns = [NAME, column(|s| &s.sectors), DESCRIPTION];
    let title = &sources.strings.related_assets;
    let mut related = TableBuilder::new(context, "related-assets", title, "alias kin", &columns);
    for asset in &sources.knowledge.object(ix).stix.x_mitre_related_assets {
        let sectors: Vec<&str> = asset.related_asset_sectors.iter().map(|s| &**s).collect();
        let doc = sources.texts.of_field(ix, &asset.description);
        let name = Cell::Plain(asset.name.trim().to_owned());
        let cells = [
            name,
            Cell::Plain(sectors.join(", ")),
            Cell::Texts(vec![&doc]),
        ];
        related.row(context, &cells);
    }
    let edges = sources.knowledge.incoming(ix, EdgeKind::Targets);
    let names = ("techniques", &*sources.strings.techniques_that_target);
    [
        section("related-assets", title, related.finish(files)),
        relation_section(context, files, names, edges, (ix, Kind::Technique)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
