//! Techniques and sub-techniques.

use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx};
use crate::site::blocks::{Block, html};
use crate::site::context::PageContext;
use crate::site::pages::lists::{
    DESCRIPTION, Files, ID, NAME, USE, USES, by_other_end, relation_section, section,
};
use crate::site::pages::{detection, related, third_party};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::{Neighbour, Neighbours, Section};

/// What an analyst needs first comes first: how to see it, how to stop it, who did it.
pub(super) fn sections(context: &mut PageContext, ix: ObjectIx, files: &mut Files) -> Vec<Section> {
    let sources = context.sources;
    let strings = sources.strings;
    let knowledge = sources.knowledge;
    let mitigations = knowledge.incoming(ix, EdgeKind::Mitigates);
    let assets = knowledge.outgoing(ix, EdgeKind::Targets);
    [
        subtechniques(context, ix, files),
        of_block(context, detection::of_technique(sources, ix), files),
        of_block(context, third_party::rules_of(sources, ix), files),
        of_block(context, third_party::analytics_of(sources, ix), files),
        of_block(context, third_party::tests_of(sources, ix), files),
        relation_section(
            context,
            files,
            ("mitigations", &strings.mitigations),
            mitigations,
            (ix, Kind::Mitigation),
        ),
        procedures(context, ix, files),
        of_block(context, related::of_technique(sources, ix), files),
        relation_section(
            context,
            files,
            ("assets", &strings.targeted_assets),
            assets,
            (ix, Kind::Asset),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_block(context: &mut PageContext, block: Option<Block>, files: &mut Files) -> Option<Section> {
    block.map(|block| html::section(context, block, files))
}

fn subtechniques(context: &mut PageContext, ix: ObjectIx, files: &mut Files) -> Option<Section> {
    let sources = context.sources;
    let subs: Vec<ObjectIx> = sources
        .knowledge
        .origins(ix, EdgeKind::SubtechniqueOf)
        .collect();
    let title = &sources.strings.subtechniques;
    let columns = [ID, NAME, DESCRIPTION];
    let mut table = TableBuilder::new(context, "subtechniques", title, USES, &columns);
    for sub in subs {
        let summary = Cell::Summary(sources.texts.object(sub));
        table.row(context, &[Cell::Id(sub), Cell::Name(sub), summary]);
    }
    section("subtechniques", title, table.finish(files))
}

/// Who used the technique, and how: groups, campaigns and software in one table.
pub fn procedures(context: &mut PageContext, ix: ObjectIx, files: &mut Files) -> Option<Section> {
    let sources = context.sources;
    let users = by_other_end(
        sources.knowledge,
        sources.knowledge.incoming(ix, EdgeKind::Uses),
        ix,
    );
    let title = &sources.strings.procedures;
    let columns = [ID, NAME, USE];
    let mut table = TableBuilder::new(context, "procedures", title, USES, &columns);
    for (user, edges) in users {
        let texts = edges.iter().map(|&edge| sources.texts.edge(edge)).collect();
        table.row(
            context,
            &[Cell::Id(user), Cell::Name(user), Cell::Texts(texts)],
        );
    }
    section("procedures", title, table.finish(files))
}

/// The technique's family: its parent and the sub-techniques beside it.
pub(super) fn neighbours(context: &PageContext, ix: ObjectIx) -> Option<Neighbours> {
    let knowledge = context.sources.knowledge;
    let parent = parent(knowledge, ix);
    let head = parent.unwrap_or(ix);
    let head_id = knowledge.object(head).id();
    let neighbour = |other: ObjectIx| {
        let object = knowledge.object(other);
        // Beside its parent, a sub-technique is known by its last three digits.
        let suffix = object
            .id()
            .strip_prefix(head_id)
            .filter(|suffix| !suffix.is_empty());
        Neighbour {
            id: suffix.unwrap_or(object.id()).to_owned(),
            name: object.name().to_owned(),
            href: context.href(other),
            current: other == ix,
        }
    };
    let items: Vec<Neighbour> = knowledge
        .origins(head, EdgeKind::SubtechniqueOf)
        .map(neighbour)
        .collect();
    let parent = Some(neighbour(head));
    (!items.is_empty()).then_some(Neighbours {
        label: context.sources.strings.subtechniques.clone(),
        parent,
        items,
    })
}

/// The technique that a sub-technique belongs to.
pub(super) fn parent(knowledge: &Knowledge, ix: ObjectIx) -> Option<ObjectIx> {
    knowledge.targets(ix, EdgeKind::SubtechniqueOf).next()
}
