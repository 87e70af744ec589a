//! Groups, software and campaigns: who uses what.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use crate::attack::{EdgeIx, EdgeKind, Kind, ObjectIx};
use crate::markdown::{Doc, plain};
use crate::site::context::PageContext;
use crate::site::pages::charts;
use crate::site::pages::lists::{
    DESCRIPTION, Files, ID, NAME, USE, column, name_cell, prose, relation_section, section,
};
use crate::site::strings::fill_html;
use crate::site::table::{Cell, Column, TableBuilder};
use crate::site::view::Section;

/// What a group itself, or a campaign attributed to it, says of an object: the campaign where it
/// is one, and the relation.
type Inherited = BTreeMap<ObjectIx, Vec<(Option<ObjectIx>, EdgeIx)>>;

/// Who reported a use: the group itself or a campaign.
const VIA: Column = Column {
    class: "via",
    ..column(|s| &s.via)
};

/// A group: aliases, techniques and software with those of its campaigns, campaigns.
pub(super) fn group_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let strings = context.sources.strings;
    let campaigns = context
        .sources
        .knowledge
        .incoming(ix, EdgeKind::AttributedTo);
    [
        aliases(context, ix, files),
        inherited_section(
            context,
            files,
            ("techniques", &strings.techniques_used),
            (ix, Kind::Technique),
        ),
        inherited_section(
            context,
            files,
            ("software", &strings.software),
            (ix, Kind::Software),
        ),
        relation_section(
            context,
            files,
            ("campaigns", &strings.campaigns),
            campaigns,
            (ix, Kind::Campaign),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A piece of software: aliases, techniques, and who used it.
pub(super) fn software_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let strings = context.sources.strings;
    let knowledge = context.sources.knowledge;
    let campaigns = knowledge.incoming(ix, EdgeKind::Uses);
    [
        aliases(context, ix, files),
        techniques(context, ix, files),
        users(context, ix, files),
        relation_section(
            context,
            files,
            ("campaigns", &strings.campaigns),
            campaigns,
            (ix, Kind::Campaign),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A campaign: who is held responsible, techniques, software.
pub(super) fn campaign_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let strings = context.sources.strings;
    let knowledge = context.sources.knowledge;
    let groups = knowledge.outgoing(ix, EdgeKind::AttributedTo);
    let software = knowledge.outgoing(ix, EdgeKind::Uses);
    [
        relation_section(
            context,
            files,
            ("groups", &strings.groups),
            groups,
            (ix, Kind::Group),
        ),
        techniques(context, ix, files),
        relation_section(
            context,
            files,
            ("software", &strings.software),
            software,
            (ix, Kind::Software),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The techniques that a piece of software or a campaign uses, their tactics, and for software their
/// platforms.
fn techniques(context: &mut PageContext, ix: ObjectIx, files: &mut Files) -> Option<Section> {
    let knowledge = context.sources.knowledge;
    let used = knowledge
        .targets(ix, EdgeKind::Uses)
        .filter(|&of| knowledge.object(of).kind == Kind::Technique)
        .collect();
    let mut section = relation_section(
        context,
        files,
        ("techniques", &context.sources.strings.techniques_used),
        knowledge.outgoing(ix, EdgeKind::Uses),
        (ix, Kind::Technique),
    )?;
    section.html = charts::by_tactic(context, &used);
    if knowledge.object(ix).kind == Kind::Software {
        section.html += &charts::by_platform(context, ix, &used);
    }
    Some(section)
}

/// The notes on other names: who calls it so. ATT&CK files them as references named like the
/// alias, whose description cites the source.
fn aliases(context: &mut PageContext, ix: ObjectIx, files: &mut Files) -> Option<Section> {
    let sources = context.sources;
    if !sources.has_prose {
        // The card lists the names; the table would add nothing.
        return None;
    }
    let object = sources.knowledge.object(ix);
    let notes = object.aliases().map(|alias| {
        let mut notes = object.stix.external_references.iter();
        let note = notes.find(|r| r.source_name.trim() == alias && r.external_id.is_empty());
        let doc = note.map_or_else(Doc::default, |r| sources.texts.of_field(ix, &r.description));
        (alias, doc)
    });
    let notes: Vec<(&str, Doc)> = notes.collect();
    // Most notes say no more than who calls it so.
    let are_citations = notes.iter().all(|(_, doc)| plain(doc).trim().is_empty());
    let label = if are_citations {
        prose(|s| &s.references)
    } else {
        DESCRIPTION
    };
    let title = &sources.strings.other_names;
    let columns = [NAME, label];
    let mut table = TableBuilder::new(context, "aliases", title, "alias", &columns);
    for (alias, doc) in &notes {
        let name = Cell::Plain((*alias).to_owned());
        table.row(context, &[name, Cell::Texts(vec![doc])]);
    }
    section("aliases", title, table.finish(files))
}

/// What each object was used for by the group, campaigns included.
pub(super) fn inherited(context: &PageContext, group: ObjectIx, kind: Kind) -> Inherited {
    let knowledge = context.sources.knowledge;
    let mut used = Inherited::new();
    let campaigns = knowledge.origins(group, EdgeKind::AttributedTo).map(Some);
    for campaign in std::iter::once(None).chain(campaigns) {
        for edge in knowledge.outgoing(campaign.unwrap_or(group), EdgeKind::Uses) {
            let target = knowledge.edge(edge).target;
            if knowledge.object(target).kind == kind {
                used.entry(target).or_default().push((campaign, edge));
            }
        }
    }
    used
}

fn inherited_section(
    context: &mut PageContext,
    files: &mut Files,
    (id, title): (&str, &str),
    (group, kind): (ObjectIx, Kind),
) -> Option<Section> {
    let sources = context.sources;
    let mut table = TableBuilder::new(context, id, title, "ids uses via", &[ID, NAME, VIA, USE]);
    let mut direct = 0;
    let used = inherited(context, group, kind);
    for (&used, edges) in &used {
        direct += usize::from(edges.iter().any(|(campaign, _)| campaign.is_none()));
        let via = edges
            .iter()
            .map(|(campaign, _)| campaign.unwrap_or(group))
            .collect();
        let texts = edges.iter().map(|&(_, e)| sources.texts.edge(e)).collect();
        let name = name_cell(sources.knowledge, used);
        table.row(
            context,
            &[Cell::Id(used), name, Cell::Ids(via), Cell::Texts(texts)],
        );
    }
    let mut section = section(id, title, table.finish(files))?;
    if kind == Kind::Technique {
        section.html = charts::by_tactic(context, &used.keys().copied().collect());
    }
    let only_campaigns = used.len() - direct;
    if only_campaigns > 0 {
        let values: [(&str, &dyn Display); 2] =
            [("direct", &direct), ("inherited", &only_campaigns)];
        let says = fill_html(&sources.strings.uses_by_whom, &values);
        // Writing to a string cannot fail.
        let _ = write!(section.html, "<p class=\"say\">{says}</p>");
    }
    Some(section)
}

/// The groups that used a piece of software themselves or in a campaign attributed to them.
fn users(context: &mut PageContext, ix: ObjectIx, files: &mut Files) -> Option<Section> {
    let sources = context.sources;
    let knowledge = sources.knowledge;
    let mut used = Inherited::new();
    for edge in knowledge.incoming(ix, EdgeKind::Uses) {
        let source = knowledge.edge(edge).source;
        match knowledge.object(source).kind {
            Kind::Group => used.entry(source).or_default().push((None, edge)),
            Kind::Campaign => {
                for group in knowledge.targets(source, EdgeKind::AttributedTo) {
                    used.entry(group).or_default().push((Some(source), edge));
                }
            }
            _ => {}
        }
    }
    let columns = [ID, NAME, VIA, USE];
    let mut table = TableBuilder::new(
        context,
        "groups",
        &sources.strings.groups_that_use,
        "ids uses via",
        &columns,
    );
    for (group, mut edges) in used {
        edges.sort_by_key(|&(campaign, _)| campaign);
        let via = edges
            .iter()
            .map(|(campaign, _)| campaign.unwrap_or(group))
            .collect();
        let texts = edges.iter().map(|&(_, e)| sources.texts.edge(e)).collect();
        table.row(
            context,
            &[
                Cell::Id(group),
                Cell::Name(group),
                Cell::Ids(via),
                Cell::Texts(texts),
            ],
        );
    }
    section("groups", &sources.strings.groups, table.finish(files))
}
