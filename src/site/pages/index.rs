//! Lists: every kind of object, cut by domain where MITRE cuts them, and what was withdrawn.

use std::fmt::Display;

use crate::attack::{EdgeKind, Kind, ObjectIx, Status};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::charts;
use crate::site::pages::facts::{domain_name, type_label};
use crate::site::pages::lists::{DESCRIPTION, Files, ID, NAME, USES, column, name_cell, section};
use crate::site::routes::{BY_DOMAIN, domain_slug};
use crate::site::strings::{fill, fill_html, html};
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
    let mut members: Vec<ObjectIx> = knowledge
        .live(kind)
        .filter(|(_, o)| domain.is_none_or(|d| o.domains.contains(&d)))
        .map(|(ix, _)| ix)
        .collect();
    if kind == Kind::Tactic {
        let order = charts::order(knowledge);
        let place = |ix: &ObjectIx| order.get(ix).copied().unwrap_or(usize::MAX);
        members.sort_by_key(|ix| (&knowledge.object(*ix).domains, place(ix)));
    }
    if members.is_empty() {
        return None;
    }
    let mut folder = format!("{}/", kind.folder());
    if let Some(domain) = domain {
        folder = format!("{folder}{}/", domain_slug(&knowledge.domains[domain]));
    }
    let strings = sources.strings;
    let [one, many, about] = strings.kind(kind);
    let title = domain.map_or(many.to_owned(), |d| {
        let domain = domain_name(&knowledge.domains[d]);
        fill(
            &strings.list_of_domain,
            &[("domain", &domain), ("kinds", &many)],
        )
    });
    let mut context = PageContext::new(sources, &folder);
    let mut files = Files::new();
    let is_mixed = domain.is_none() && knowledge.domains.len() > 1;
    let table = table(&mut context, &mut files, (kind, is_mixed), &members);
    let subs = members.iter().filter(|&&ix| is_sub(sources, ix)).count();
    let heads = members.len() - subs;
    let kinds = if heads == 1 { one } else { many };
    let (intro, values): (_, [(&str, &dyn Display); 3]) = match kind {
        Kind::Technique => (
            &strings.list_intro_techniques,
            [
                ("about", &about),
                ("techniques", &heads),
                ("subtechniques", &subs),
            ],
        ),
        _ => (
            &strings.list_intro,
            [("about", &about), ("n", &heads), ("kinds", &kinds)],
        ),
    };
    let page = IndexPage {
        page: Page {
            section: kind.folder(),
            ..index_page(&context, &folder, "index", title)
        },
        intro_html: html(&fill(intro, &values)),
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
        label: context.sources.strings.all.clone(),
        href: domain.map(|_| format!("{base}index.html")),
    };
    let cuts = knowledge.domains.iter().enumerate().map(|(i, name)| Link {
        label: domain_name(name),
        href: (domain != Some(i)).then(|| format!("{base}{}/index.html", domain_slug(name))),
    });
    std::iter::once(all).chain(cuts).collect()
}

/// The table of a kind; `is_mixed` where it has objects of several domains.
fn table(
    context: &mut PageContext,
    files: &mut Files,
    (kind, is_mixed): (Kind, bool),
    members: &[ObjectIx],
) -> Option<Table> {
    let sources = context.sources;
    let extra = match kind {
        // Domains share names of tactics.
        Kind::Tactic if is_mixed => Some(column(|s| &s.domain)),
        Kind::Group => Some(column(|s| &s.other_names)),
        Kind::Software => Some(column(|s| &s.object_type)),
        Kind::Technique => Some(column(|s| &s.tactics)),
        Kind::Campaign => Some(column(|s| &s.seen)),
        Kind::DataComponent if has_sources(sources, members) => Some(column(|s| &s.data_source)),
        Kind::DetectionStrategy => Some(column(|s| &s.detects)),
        _ => None,
    };
    let last = match kind {
        Kind::DetectionStrategy => column(|s| &s.platforms),
        _ => DESCRIPTION,
    };
    let columns: Vec<_> = [Some(ID), Some(NAME), extra, Some(last)]
        .into_iter()
        .flatten()
        .collect();
    let [_, many, _] = sources.strings.kind(kind);
    let class = match kind {
        Kind::DetectionStrategy => USES,
        _ => "ids uses list",
    };
    let mut table = TableBuilder::new(context, kind.folder(), many, class, &columns);
    for &ix in members {
        let mut cells = vec![Cell::Id(ix), name_cell(sources.knowledge, ix)];
        cells.extend(extra.and_then(|_| extra_cell(sources, kind, ix)));
        cells.push(match kind {
            Kind::DetectionStrategy => Cell::Plain(strategy_platforms(sources, ix)),
            _ => Cell::Summary(sources.texts.object(ix)),
        });
        table.row(context, &cells);
    }
    table.finish(files)
}

/// Whether any of these data components belongs to a data source: from v18 on, none does.
fn has_sources(sources: Sources, members: &[ObjectIx]) -> bool {
    let mut members = members.iter();
    members.any(|&ix| {
        let mut found = sources.knowledge.targets(ix, EdgeKind::PartOf);
        found.next().is_some()
    })
}

fn extra_cell(sources: Sources, kind: Kind, ix: ObjectIx) -> Option<Cell<'static>> {
    let knowledge = sources.knowledge;
    let object = knowledge.object(ix);
    Some(match kind {
        Kind::Tactic => {
            let domains = object.domains.iter();
            let names = domains.map(|&domain| domain_name(&knowledge.domains[domain]));
            Cell::Plain(names.collect::<Vec<_>>().join(", "))
        }
        Kind::Group => Cell::Plain(object.aliases().collect::<Vec<_>>().join(", ")),
        Kind::Software => Cell::Plain(type_label(sources.strings, object, false).to_owned()),
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
    let strings = sources.strings;
    let folder = "withdrawn/";
    let mut context = PageContext::new(sources, folder);
    let mut files = Files::new();
    let mut sections: Vec<Section> = Vec::new();
    for kind in Kind::ALL {
        let columns = [ID, NAME, column(|s| &s.status), column(|s| &s.successor)];
        let [_, many, _] = strings.kind(kind);
        let mut table = TableBuilder::new(&context, kind.folder(), many, "ids uses gone", &columns);
        for (ix, object) in knowledge
            .objects()
            .filter(|(_, o)| o.kind == kind && !o.is_live())
        {
            let (word, successor) = match object.status {
                Status::Revoked { by } => (&strings.revoked, by.into_iter().collect()),
                _ => (&strings.deprecated, Vec::new()),
            };
            let successor = Cell::Names(successor);
            table.row(
                &mut context,
                &[
                    Cell::Id(ix),
                    Cell::Name(ix),
                    Cell::Plain(word.clone()),
                    successor,
                ],
            );
        }
        sections.extend(section(kind.folder(), many, table.finish(&mut files)));
    }
    let count: usize = sections.iter().filter_map(|s| s.count).sum();
    let page = IndexPage {
        page: index_page(&context, folder, "withdrawn", strings.withdrawn.clone()),
        intro_html: fill_html(&strings.withdrawn_intro, &[("n", &count)]),
        filters: Vec::new(),
        sections,
    };
    (count > 0).then_some((page, files))
}

/// The frame of a list page.
pub fn index_page(context: &PageContext, folder: &str, kind: &'static str, title: String) -> Page {
    let home = Link {
        label: context.sources.strings.home.clone(),
        href: Some(format!("{}index.html", context.root)),
    };
    Page {
        kind,
        summary: fill(
            &context.sources.strings.page_summary,
            &[
                ("title", &title),
                ("release", &context.sources.knowledge.label),
            ],
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
