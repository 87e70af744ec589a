//! The front page: what is here, and the way in for each reader.

use std::collections::BTreeSet;

use crate::attack::matrix::{Column, Matrix};
use crate::attack::{Kind, Knowledge, ObjectIx};
use crate::names::slug;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::facts::domain_name;
use crate::site::pages::{coverage, index::index_page, matrix, playbook, technique};
use crate::site::strings::Strings;
use crate::site::view::{
    CountView, DomainView, HomePage, KindView, Link, Page, RoleView, TacticView,
};

/// The kinds with an index of their own, in the order of the navigation: matrices have their own
/// list, and analytics are listed by their strategies.
pub fn listed_kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::Matrix | Kind::Analytic))
}

/// Those that the release has.
pub fn kinds(knowledge: &Knowledge, strings: &Strings) -> Vec<KindView> {
    present_kinds(knowledge)
        .map(|kind| KindView {
            folder: kind.folder(),
            label: strings.kind(kind)[1].to_owned(),
            key: key(kind),
        })
        .collect()
}

/// The letter that leads to the list of a kind, after `g`. The theme has `h`, `m` and `p`.
fn key(kind: Kind) -> Option<char> {
    Some(match kind {
        Kind::Tactic => 'a',
        Kind::Technique => 't',
        Kind::Group => 'g',
        Kind::Software => 's',
        Kind::Campaign => 'c',
        Kind::Mitigation => 'i',
        Kind::DetectionStrategy => 'd',
        _ => return None,
    })
}

fn present_kinds(knowledge: &Knowledge) -> impl Iterator<Item = Kind> {
    listed_kinds().filter(|&kind| knowledge.live(kind).next().is_some())
}

/// The front page of the site.
pub fn build(sources: Sources, matrices: &[Matrix], site_title: &str) -> HomePage {
    let context = PageContext::new(sources, "");
    let page = index_page(&context, "", "home", site_title.to_owned());
    let knowledge = sources.knowledge;
    HomePage {
        page: Page {
            breadcrumbs: Vec::new(),
            ..page
        },
        domains: matrices
            .iter()
            .map(|m| domain(sources, &context, m))
            .collect(),
        roles: roles(&context),
        playbooks: playbook::newest(&context),
        kinds: counts(sources),
        domain_names: knowledge.domains.iter().map(|d| domain_name(d)).collect(),
    }
}

/// The list of matrices.
pub fn matrices(sources: Sources, matrices: &[Matrix]) -> HomePage {
    let folder = "matrices/";
    let context = PageContext::new(sources, folder);
    let domains = matrices
        .iter()
        .map(|m| domain(sources, &context, m))
        .collect();
    HomePage {
        page: index_page(&context, folder, "matrix", sources.strings.matrices.clone()),
        domains,
        ..HomePage::default()
    }
}

fn list_link(strings: &Strings, kind: Kind) -> Link {
    Link {
        label: strings.kind(kind)[1].to_owned(),
        href: Some(format!("{}/index.html", kind.folder())),
    }
}

/// Each reader's ways in, as far as the site has what they lead to.
fn roles(context: &PageContext) -> Vec<RoleView> {
    let sources = context.sources;
    let strings = sources.strings;
    let present: Vec<Kind> = present_kinds(sources.knowledge).collect();
    let lists = |kinds: &[Kind]| -> Vec<Link> {
        let kinds = kinds.iter().filter(|kind| present.contains(kind));
        kinds.map(|&kind| list_link(strings, kind)).collect()
    };
    let mut on_shift = lists(&[Kind::Technique, Kind::Software, Kind::Group]);
    let mut building = lists(&[
        Kind::DetectionStrategy,
        Kind::DataComponent,
        Kind::DataSource,
        Kind::Tactic,
    ]);
    let leading = lists(&[Kind::Campaign, Kind::Mitigation, Kind::Asset]);
    if sources.has_playbooks() {
        let label = strings.playbooks.clone();
        let href = Some(format!("{}index.html", playbook::FOLDER));
        on_shift.insert(0, Link { label, href });
    }
    building.extend(coverage::link(context));
    let role = |title: &str, about: &str, links: Vec<Link>| RoleView {
        title: title.to_owned(),
        about: about.to_owned(),
        links,
    };
    let roles = [
        role(&strings.on_shift, &strings.on_shift_about, on_shift),
        role(
            &strings.building_detections,
            &strings.building_detections_about,
            building,
        ),
        role(
            &strings.leading_response,
            &strings.leading_response_about,
            leading,
        ),
    ];
    roles
        .into_iter()
        .filter(|role| !role.links.is_empty())
        .collect()
}

/// How many of each kind; sub-techniques are counted apart.
fn counts(sources: Sources) -> Vec<CountView> {
    let Sources {
        knowledge, strings, ..
    } = sources;
    let mut views = Vec::new();
    for kind in present_kinds(knowledge) {
        let is_sub = |ix: ObjectIx| technique::parent(knowledge, ix).is_some();
        let members = |sub: bool| {
            knowledge
                .live(kind)
                .filter(move |&(ix, _)| is_sub(ix) == sub)
                .map(|(_, object)| object.domains)
        };
        views.push(count(knowledge, list_link(strings, kind), members(false)));
        if members(true).next().is_some() {
            let link = Link {
                label: strings.subtechniques.clone(),
                ..list_link(strings, kind)
            };
            views.push(count(knowledge, link, members(true)));
        }
    }
    views
}

fn count<'m>(
    knowledge: &Knowledge,
    link: Link,
    members: impl Iterator<Item = &'m [usize]>,
) -> CountView {
    let mut view = CountView {
        link,
        by_domain: vec![0; knowledge.domains.len()],
        all: 0,
    };
    for domains in members {
        view.all += 1;
        for &domain in domains {
            view.by_domain[domain] += 1;
        }
    }
    view
}

fn domain(sources: Sources, context: &PageContext, matrix: &Matrix) -> DomainView {
    let knowledge = sources.knowledge;
    let folder = format!("{}{}", context.root, matrix::folder(sources, matrix));
    let techniques: BTreeSet<ObjectIx> = matrix.columns.iter().flat_map(heads).collect();
    let nested: BTreeSet<ObjectIx> = matrix.columns.iter().flat_map(subs).collect();
    let tactics = matrix.columns.iter().map(|column| {
        let tactic = column.tactic.map(|ix| knowledge.object(ix));
        TacticView {
            id: tactic.map(|t| t.id().to_owned()).unwrap_or_default(),
            name: matrix::column_name(knowledge, column),
            href: column.tactic.map(|ix| context.href(ix)),
            techniques: column.techniques.len(),
            subtechniques: subs(column).count(),
        }
    });
    DomainView {
        name: matrix::name(knowledge, matrix),
        href: format!("{folder}index.html"),
        tactics: tactics.collect(),
        techniques: techniques.len(),
        subtechniques: nested.len(),
        platforms: matrix::platforms(knowledge, matrix.domain)
            .into_iter()
            .map(|p| Link {
                href: Some(format!("{folder}{}/index.html", slug(&p))),
                label: p,
            })
            .collect(),
    }
}

fn heads(column: &Column) -> impl Iterator<Item = ObjectIx> {
    column.techniques.iter().map(|(technique, _)| *technique)
}

fn subs(column: &Column) -> impl Iterator<Item = ObjectIx> {
    column.techniques.iter().flat_map(|(_, subs)| subs).copied()
}
