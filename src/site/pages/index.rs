//! Lists: every kind of object, cut by domain where MITRE cuts them, and what was withdrawn.

use crate::attack::{EdgeKind, Kind, ObjectIx, Status};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::facts::{domain_name, type_label};
use crate::site::pages::lists::{DESCRIPTION, Files, ID, NAME, USES, column, name_cell, section};
use crate::site::pages::words;
use crate::site::routes::{BY_DOMAIN, domain_slug};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::{IndexPage, Link, Page, Section, Table};

/// The list pages of a kind: one of all, and one for each domain where the kind is cut so.
pub fn of_kind(sources: Sources, kind: Kind) -> Vec<(IndexPage, Files)> {
    let domains = if BY_DOMAIN.contains(&kind) {
        sources.knowledge.domains.len()
    } else {
        0
    };
    let cuts = std::iter::once(None).chain((0..domains).map(Some));
    cuts.filter_map(|domain| list(sources, kind, domain))
        .collect()
}

fn list(sources: Sources, kind: Kind, domain: Option<usize>) -> Option<(IndexPage, Files)> {
    let knowledge = sources.knowledge;
    let members: Vec<ObjectIx> = knowledge
        .live(kind)
        .filter(|(_, o)| domain.is_none_or(|d| o.domains.contains(&d)))
        .map(|(ix, _)| ix)
        .collect();
    if members.is_empty() {
        return None;
    }
    let mut folder = format!("{}/", kind.folder());
    if let Some(domain) = domain {
        folder = format!("{folder}{}/", domain_slug(&knowledge.domains[domain]));
    }
    let (one, many, about) = words(kind);
    let domain_label = domain.map(|d| domain_name(&knowledge.domains[d]));
    let title = domain_label
        .as_ref()
        .map_or(many.to_owned(), |d| format!("{d} {}", many.to_lowercase()));
    let mut context = PageContext::new(sources, &folder);
    let mut files = Files::new();
    let table = table(&mut context, &mut files, kind, &members);
    let subs = members.iter().filter(|&&ix| is_sub(sources, ix)).count();
    let intro_html = match (kind, members.len() - subs) {
        (Kind::Technique, techniques) => {
            format!("{about}. {techniques} techniques, {subs} sub-techniques.")
        }
        (_, 1) => format!("{about}. 1 {}.", one.to_lowercase()),
        (_, n) => format!("{about}. {n} {}.", many.to_lowercase()),
    };
    let page = IndexPage {
        page: Page {
            section: kind.folder(),
            ..index_page(&context, &folder, "index", title)
        },
        intro_html,
        filters: filters(&context, kind, domain),
        sections: section(kind.folder(), many, table).into_iter().collect(),
    };
    Some((page, files))
}

fn is_sub(sources: Sources, ix: ObjectIx) -> bool {
    sources
        .knowledge
        .targets(ix, EdgeKind::SubtechniqueOf)
        .next()
        .is_some()
}

/// The other cuts of a list.
fn filters(context: &PageContext, kind: Kind, domain: Option<usize>) -> Vec<Link> {
    let knowledge = context.sources.knowledge;
    if !BY_DOMAIN.contains(&kind) || knowledge.domains.len() < 2 {
        return Vec::new();
    }
    let base = format!("{}{}/", context.root, kind.folder());
    let all = Link {
        label: "All".to_owned(),
        href: domain.map(|_| format!("{base}index.html")),
    };
    let cuts = knowledge.domains.iter().enumerate().map(|(i, name)| Link {
        label: domain_name(name),
        href: (domain != Some(i)).then(|| format!("{base}{}/index.html", domain_slug(name))),
    });
    std::iter::once(all).chain(cuts).collect()
}

fn table(
    context: &mut PageContext,
    files: &mut Files,
    kind: Kind,
    members: &[ObjectIx],
) -> Option<Table> {
    let sources = context.sources;
    let extra = match kind {
        Kind::Group => Some(column("Other names")),
        Kind::Software => Some(column("Type")),
        Kind::Technique => Some(column("Tactics")),
        Kind::Campaign => Some(column("Seen")),
        Kind::DataComponent => Some(column("Data source")),
        Kind::DetectionStrategy => Some(column("Detects")),
        _ => None,
    };
    let last = match kind {
        Kind::DetectionStrategy => column("Platforms"),
        _ => DESCRIPTION,
    };
    let columns: Vec<_> = [Some(ID), Some(NAME), extra, Some(last)]
        .into_iter()
        .flatten()
        .collect();
    let mut table = TableBuilder::new(context, kind.folder(), words(kind).1, USES, &columns);
    for &ix in members {
        let mut cells = vec![Cell::Id(ix), name_cell(sources.knowledge, ix)];
        cells.extend(extra_cell(sources, kind, ix));
        cells.push(match kind {
            Kind::DetectionStrategy => Cell::Plain(strategy_platforms(sources, ix)),
            _ => Cell::Summary(sources.texts.object(ix)),
        });
        table.row(context, &cells);
    }
    table.finish(files)
}

fn extra_cell(sources: Sources, kind: Kind, ix: ObjectIx) -> Option<Cell<'static>> {
    let knowledge = sources.knowledge;
    let object = knowledge.object(ix);
    Some(match kind {
        Kind::Group => Cell::Plain(object.aliases().collect::<Vec<_>>().join(", ")),
        Kind::Software => Cell::Plain(type_label(object, false)),
        Kind::Technique => Cell::Names(knowledge.targets(ix, EdgeKind::InTactic).collect()),
        Kind::Campaign => {
            let month = |date: &str| date.get(..7).unwrap_or("?").to_owned();
            Cell::Plain(format!(
                "{} – {}",
                month(&object.stix.first_seen),
                month(&object.stix.last_seen)
            ))
        }
        Kind::DataComponent => Cell::Names(knowledge.targets(ix, EdgeKind::PartOf).collect()),
        Kind::DetectionStrategy => Cell::Names(knowledge.targets(ix, EdgeKind::Detects).collect()),
        _ => return None,
    })
}

fn strategy_platforms(sources: Sources, ix: ObjectIx) -> String {
    let knowledge = sources.knowledge;
    let analytics = knowledge.targets(ix, EdgeKind::HasAnalytic);
    let mut platforms: Vec<&str> = analytics
        .flat_map(|analytic| knowledge.object(analytic).platforms())
        .collect();
    platforms.sort_unstable();
    platforms.dedup();
    platforms.join(", ")
}

/// Everything that MITRE withdrew, with successors.
pub fn withdrawn(sources: Sources) -> Option<(IndexPage, Files)> {
    let knowledge = sources.knowledge;
    let folder = "withdrawn/";
    let mut context = PageContext::new(sources, folder);
    let mut files = Files::new();
    let mut sections: Vec<Section> = Vec::new();
    for kind in Kind::ALL {
        let columns = [ID, NAME, column("Status"), column("Successor")];
        let (_, many, _) = words(kind);
        let mut table = TableBuilder::new(&context, kind.folder(), many, "ids", &columns);
        for (ix, object) in knowledge
            .objects()
            .filter(|(_, o)| o.kind == kind && !o.is_live())
        {
            let (word, successor) = match object.status {
                Status::Revoked { by } => ("revoked", by.into_iter().collect()),
                _ => ("deprecated", Vec::new()),
            };
            let successor = Cell::Names(successor);
            table.row(
                &mut context,
                &[
                    Cell::Id(ix),
                    Cell::Name(ix),
                    Cell::Plain(word.to_owned()),
                    successor,
                ],
            );
        }
        sections.extend(section(kind.folder(), many, table.finish(&mut files)));
    }
    let count: usize = sections.iter().filter_map(|s| s.count).sum();
    let page = IndexPage {
        page: index_page(&context, folder, "withdrawn", "Withdrawn".to_owned()),
        intro_html: format!(
            "{count} objects that MITRE revoked or deprecated. Each keeps its address, which says so."
        ),
        filters: Vec::new(),
        sections,
    };
    (count > 0).then_some((page, files))
}

/// The frame of a list page.
pub fn index_page(context: &PageContext, folder: &str, kind: &'static str, title: String) -> Page {
    let home = Link {
        label: "Home".to_owned(),
        href: Some(format!("{}index.html", context.root)),
    };
    Page {
        kind,
        summary: format!(
            "{title} of MITRE ATT&CK {}",
            context.sources.knowledge.label
        ),
        root: context.root.clone(),
        folder: folder.to_owned(),
        breadcrumbs: vec![
            home,
            Link {
                label: title.clone(),
                href: None,
            },
        ],
        title,
        ..Page::default()
    }
}
