//! The page of any ATT&CK object: what all kinds share, and the dispatch to what they do not.

use std::fmt::Display;

use crate::attack::{EdgeKind, Kind, ObjectIx, Status};
use crate::markdown::plain;
use crate::site::context::{PageContext, Sources};
use crate::site::layers;
use crate::site::pages::lists::Files;
use crate::site::pages::{actor, defence, detection, facts, technique};
use crate::site::strings::{Strings, fill, fill_html, html};
use crate::site::view::{Link, Notice, ObjectPage, Page};

/// A page and the files beside it.
pub fn build(sources: Sources, ix: ObjectIx) -> (ObjectPage, Files) {
    let folder = sources.routes.folder(ix);
    let mut context = PageContext::new(sources, folder);
    let object = sources.knowledge.object(ix);
    let mut files = Files::new();
    let parent = technique::parent(sources.knowledge, ix);
    let mut view = ObjectPage {
        page: page(&context, ix, parent),
        id: object.id().to_owned(),
        name: object.name().to_owned(),
        type_label: facts::type_label(sources.strings, object, parent.is_some()).to_owned(),
        status: status_key(object.status),
        status_label: status_word(sources.strings, object.status).cloned(),
        notices: notices(&context, ix),
        ..ObjectPage::default()
    };
    view.description_html = match object.kind {
        // Strategies have no description of their own in any release.
        Kind::DetectionStrategy => detection::strategy_lead(&mut context, ix),
        _ => context.blocks(sources.texts.object(ix)),
    };
    view.permalink = facts::permalink(object);
    view.downloads = vec![Link {
        label: "JSON".to_owned(),
        href: Some("index.json".to_owned()),
    }];
    let layer_files = if object.is_live() {
        layers::of(&context, ix)
    } else {
        Files::new()
    };
    view.downloads
        .extend(layer_links(sources.strings, &layer_files));
    view.facts = facts::of(&mut context, ix);
    view.playbooks = facts::playbooks(&context, ix);
    if object.is_live() {
        view.neighbours = technique::neighbours(&context, ix);
        view.sections = sections(&mut context, ix, &mut files);
    }
    files.extend(layer_files);
    view.references = context.references();
    (view, files)
}

fn sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<crate::site::view::Section> {
    match context.sources.knowledge.object(ix).kind {
        Kind::Tactic => defence::tactic_sections(context, ix, files),
        Kind::Technique => technique::sections(context, ix, files),
        Kind::Group => actor::group_sections(context, ix, files),
        Kind::Software => actor::software_sections(context, ix, files),
        Kind::Campaign => actor::campaign_sections(context, ix, files),
        Kind::Mitigation => defence::mitigation_sections(context, ix, files),
        Kind::Asset => defence::asset_sections(context, ix, files),
        Kind::DataSource => detection::source_sections(context, ix, files),
        Kind::DataComponent => detection::component_sections(context, ix, files),
        Kind::DetectionStrategy => detection::strategy_sections(context, ix),
        Kind::Matrix | Kind::Analytic | Kind::Other => Vec::new(),
    }
}

fn status_word(strings: &Strings, status: Status) -> Option<&String> {
    match status {
        Status::Live => None,
        Status::Deprecated => Some(&strings.deprecated),
        Status::Revoked { .. } => Some(&strings.revoked),
    }
}

fn status_key(status: Status) -> &'static str {
    match status {
        Status::Live => "live",
        Status::Deprecated => "deprecated",
        Status::Revoked { .. } => "revoked",
    }
}

fn page(context: &PageContext, ix: ObjectIx, parent: Option<ObjectIx>) -> Page {
    let sources = context.sources;
    let object = sources.knowledge.object(ix);
    let [_, many, _] = sources.strings.kind(object.kind);
    let home = Link {
        label: sources.strings.home.clone(),
        href: Some(format!("{}index.html", context.root)),
    };
    // Analytics are listed under their strategies; a kind of which nothing is left is not listed.
    let is_left = sources.knowledge.live(object.kind).next().is_some();
    let list = match object.kind {
        Kind::Analytic if is_left => None,
        _ if is_left => Some(object.kind.folder()),
        _ => Some("withdrawn"),
    };
    let index = list.map(|list| Link {
        label: many.to_owned(),
        href: Some(format!("{}{list}/index.html", context.root)),
    });
    let parent = parent.map(|ix| context.link(ix));
    let own = Link {
        label: object.name().to_owned(),
        href: None,
    };
    Page {
        kind: object.kind.name(),
        section: object.kind.folder(),
        title: format!("{} ({})", object.name(), object.id()),
        summary: first_sentence(&plain(sources.texts.object(ix))),
        root: context.root.clone(),
        folder: sources.routes.folder(ix).to_owned(),
        breadcrumbs: [Some(home), index, parent, Some(own)]
            .into_iter()
            .flatten()
            .collect(),
        noindex: !object.is_live(),
        canonical: None,
        has_twin: true,
        versions: Vec::new(),
    }
}

/// Longest summary in a page's head; search engines show about as much.
const SUMMARY: usize = 160;

/// The start of a text, for where there is room for one line.
pub(in crate::site) fn first_sentence(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let end = line.find(". ").map_or(line.len(), |at| at + 1);
    let mut summary: String = line[..end].chars().take(SUMMARY).collect();
    if summary.len() < end {
        summary.push('…');
    }
    summary
}

fn notices(context: &PageContext, ix: ObjectIx) -> Vec<Notice> {
    let knowledge = context.sources.knowledge;
    let object = knowledge.object(ix);
    let key = status_key(object.status);
    let strings = context.sources.strings;
    let kind = html(strings.kind(object.kind)[0]);
    let (text, successor) = match object.status {
        Status::Live => (None, None),
        Status::Deprecated => (Some(&strings.deprecated_notice), None),
        Status::Revoked { by: None } => (Some(&strings.revoked_without_successor_notice), None),
        Status::Revoked { by: Some(by) } => match knowledge.object(by).status {
            Status::Live => (Some(&strings.revoked_notice), Some(by)),
            _ => (Some(&strings.revoked_for_deprecated_notice), Some(by)),
        },
    };
    let successor = successor.map(|by| context.named_link(by));
    let successor = successor.unwrap_or_default();
    let values: [(&str, &dyn Display); 2] = [("kind", &kind), ("successor", &successor)];
    let mut notices: Vec<Notice> = text
        .map(|text| Notice {
            kind: key,
            html: fill_html(text, &values),
        })
        .into_iter()
        .collect();
    let id = object.id();
    let others: Vec<String> = knowledge
        .all_by_attack_id(id)
        .iter()
        .filter(|&&other| other != ix && knowledge.object(other).is_live() && object.is_live())
        .map(|&other| context.named_link(other))
        .collect();
    if !others.is_empty() {
        notices.push(Notice {
            kind: "shared-id",
            html: fill_html(&strings.shared_id_notice, &[("others", &others.join(", "))]),
        });
    }
    notices
}

fn layer_links(strings: &Strings, layer_files: &Files) -> impl Iterator<Item = Link> {
    layer_files.iter().map(|(name, _)| {
        let domain = name.rsplit('-').nth(1).unwrap_or_default();
        Link {
            label: fill(&strings.navigator_layer, &[("domain", &domain)]),
            href: Some(name.clone()),
        }
    })
}

/// An analytic without a strategy has a page of its own, which says what it looks for.
pub fn is_page(sources: Sources, ix: ObjectIx) -> bool {
    let knowledge = sources.knowledge;
    let object = knowledge.object(ix);
    match object.kind {
        // A live matrix is a page of its own kind; only a withdrawn one has a tombstone.
        Kind::Matrix => !object.is_live(),
        Kind::Analytic => knowledge
            .origins(ix, EdgeKind::HasAnalytic)
            .next()
            .is_none(),
        _ => true,
    }
}
