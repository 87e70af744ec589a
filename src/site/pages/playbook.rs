//! Playbooks: authored text with blocks made from data, and the lists of them.

use std::cmp::Reverse;

use jiff::Span;

use crate::attack::ObjectIx;
use crate::markdown::authored::{self, Labels, Piece};
use crate::markdown::escape;
use crate::names::slug;
use crate::playbook::sections::{Part, Standard, parts};
use crate::playbook::{Playbook, Severity, Status, Tlp};
use crate::repository::Repository;
use crate::site::blocks;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::index::index_page;
use crate::site::pages::lists::{Files, ID, column};
use crate::site::pages::{coverage, tabs};
use crate::site::strings::{Strings, fill, fill_html, html};
use crate::site::table::Column;
use crate::site::texts::Lookup;
use crate::site::view::{
    Fact, FlowView, GapView, IndexPage, Link, Missing, Page, PlaybookPage, PlaybookPiece,
    PlaybookSection, Section, Table,
};

/// Where the list of playbooks lies.
pub const FOLDER: &str = "playbooks/";

/// The folder of a playbook's page.
pub fn folder(playbook: &Playbook) -> String {
    format!("{FOLDER}{}/", playbook.slug)
}

/// The page of a playbook.
pub fn build(sources: Sources, playbook: &Playbook, repository: &Repository) -> PlaybookPage {
    let folder = folder(playbook);
    let mut context = PageContext::new(sources, &folder);
    let objects: Vec<ObjectIx> = playbook
        .techniques()
        .filter_map(|id| sources.knowledge.by_attack_id(id))
        .collect();
    let mut sections: Vec<PlaybookSection> = parts(&playbook.body)
        .into_iter()
        .map(|part| section(&mut context, part, &objects))
        .collect();
    if !sources.tells_gaps(&objects) {
        sections.retain(|section| section.missing.is_none());
    }
    tabs::group(&mut sections);
    if let Some(of) = &playbook.flow {
        let flow = super::flow::view(&context, &of.flow);
        add_flow(flow, &mut sections);
    }
    let sections = with_runs(sections);
    let title = &playbook.front.title;
    PlaybookPage {
        page: Page {
            noindex: playbook.front.status == Status::Retired,
            ..page(&context, &folder, title)
        },
        name: title.clone(),
        techniques_html: objects.iter().map(|&ix| context.named_link(ix)).collect(),
        facts: facts(
            sources.strings,
            playbook,
            repository.changed(&playbook.file),
        ),
        pdf: false,
        tlp: playbook.front.tlp.map(tlp_label),
        status: status_word(sources.strings, playbook.front.status).to_owned(),
        edit: repository.edit_link(&playbook.file),
        starts_with: None,
        sections,
        references: context.references(),
    }
}

/// Puts the drawing at the head of its section, which is there whether written or not.
fn add_flow(flow: FlowView, sections: &mut [PlaybookSection]) {
    let piece = PlaybookPiece {
        flow: Some(flow),
        ..PlaybookPiece::default()
    };
    if let Some(section) = sections.iter_mut().find(|s| s.id == ATTACK_FLOW) {
        section.pieces.insert(0, piece);
        section.missing = None;
    }
}

/// Makes one part of each run of sections that have nothing: a band for each of them would bury the
/// others.
fn with_runs(sections: Vec<PlaybookSection>) -> Vec<PlaybookSection> {
    let mut parts: Vec<PlaybookSection> = Vec::new();
    for section in sections {
        let Some(why) = section.missing else {
            parts.push(section);
            continue;
        };
        if parts.last().is_none_or(|part| part.gaps.is_empty()) {
            parts.push(PlaybookSection::default());
        }
        // Just pushed where there was none.
        let Some(run) = parts.last_mut() else {
            continue;
        };
        let own = (section.id, section.title);
        match run.gaps.last_mut() {
            Some(gap) if gap.why == why => gap.sections.push(own),
            _ => run.gaps.push(GapView {
                why,
                sections: vec![own],
            }),
        }
    }
    parts
}

/// The anchor of the section that holds the drawing.
const ATTACK_FLOW: &str = "attack-flow";

/// The page of a technique that has no playbook: what the data knows, and what nobody has written.
pub fn generated(sources: Sources, ix: ObjectIx) -> PlaybookPage {
    let object = sources.knowledge.object(ix);
    let folder = generated_folder(sources, ix);
    let mut context = PageContext::new(sources, &folder);
    let sections = parts("")
        .into_iter()
        .map(|part| section(&mut context, part, &[ix]))
        .collect();
    let sections = with_runs(sections);
    let mut command = String::from("ttpress new ");
    escape(object.id(), &mut command);
    PlaybookPage {
        page: page(&context, &folder, object.name()),
        name: object.name().to_owned(),
        techniques_html: vec![context.named_link(ix)],
        facts: super::facts::of_generated(&context, ix),
        pdf: false,
        tlp: None,
        status: sources.strings.not_written_yet.clone(),
        edit: None,
        starts_with: Some(command),
        sections,
        references: context.references(),
    }
}

/// Where the page lies for a technique without a playbook: named after the technique's own page,
/// whose address no other object has.
pub fn generated_folder(sources: Sources, ix: ObjectIx) -> String {
    let own = sources.routes.folder(ix).trim_end_matches('/');
    let (_, place) = own.split_once('/').unwrap_or(("", own));
    format!("{FOLDER}{}/", place.replace('/', "-").to_ascii_lowercase())
}

fn page(context: &PageContext, folder: &str, title: &str) -> Page {
    let whole = fill(
        &context.sources.strings.playbook_title,
        &[("title", &title)],
    );
    Page {
        kind: "playbook",
        section: "playbooks",
        breadcrumbs: breadcrumbs(context, title),
        ..index_page(context, folder, "playbook", whole)
    }
}

/// What somebody wrote, else what the data has for the standard section.
fn section(context: &mut PageContext, part: Part, objects: &[ObjectIx]) -> PlaybookSection {
    match part {
        Part::Own(own) => written(context, own, objects),
        Part::Standard(standard, authored) => authored
            .map(|authored| written(context, authored, objects))
            // A bare heading is not a text.
            .filter(|section| !section.pieces.is_empty())
            .unwrap_or_else(|| unwritten(context, standard, objects)),
    }
}

/// A section that somebody wrote, with the blocks that it asks for.
fn written(
    context: &mut PageContext,
    section: authored::Section,
    objects: &[ObjectIx],
) -> PlaybookSection {
    let title = section.title.clone();
    let root = context.root.clone();
    let names = Lookup(context.sources.knowledge);
    let mut pieces = Vec::new();
    let strings = context.sources.strings;
    let labels = Labels {
        table: &strings.table,
        done: &strings.done,
    };
    for piece in section.render(&names, context, &root, labels) {
        match piece {
            Piece::Queries(queries) => pieces.push(PlaybookPiece {
                tabs: tabs::of_queries(context.sources.conversions, queries),
                ..PlaybookPiece::default()
            }),
            Piece::Html(html) => pieces.push(PlaybookPiece {
                html,
                ..PlaybookPiece::default()
            }),
            // `ttpress check` reports a kind that nobody makes, with its line.
            Piece::Generated(kind) => {
                let found = blocks::make(context, &kind, objects).unwrap_or_default();
                pieces.extend(found.into_iter().map(of_block));
            }
        }
    }
    PlaybookSection {
        id: context.fresh_id(&slug(&title)),
        title,
        pieces,
        ..PlaybookSection::default()
    }
}

/// A standard section that nobody wrote, filled from data where the data has something.
fn unwritten(
    context: &mut PageContext,
    standard: Standard,
    objects: &[ObjectIx],
) -> PlaybookSection {
    let pieces: Vec<PlaybookPiece> = standard
        .blocks
        .iter()
        .filter_map(|kind| blocks::make(context, kind, objects))
        .flatten()
        .map(of_block)
        .collect();
    let missing = match (pieces.is_empty(), standard.blocks.is_empty()) {
        (false, _) => None,
        (true, true) => Some(Missing::Unwritten),
        (true, false) => Some(Missing::NoData),
    };
    PlaybookSection {
        id: slug(standard.title),
        title: context.sources.strings.heading(standard).to_owned(),
        pieces,
        missing,
        ..PlaybookSection::default()
    }
}

fn of_block(block: Section) -> PlaybookPiece {
    PlaybookPiece {
        block: Some(block),
        ..PlaybookPiece::default()
    }
}

fn breadcrumbs(context: &PageContext, title: &str) -> Vec<Link> {
    let to = |label: &str, path: &str| Link {
        label: label.to_owned(),
        href: Some(format!("{}{path}index.html", context.root)),
    };
    let own = Link {
        label: title.to_owned(),
        href: None,
    };
    let strings = context.sources.strings;
    vec![to(&strings.home, ""), to(&strings.playbooks, FOLDER), own]
}

fn facts(strings: &Strings, playbook: &Playbook, changed: Option<&str>) -> Vec<Fact> {
    let front = &playbook.front;
    let text = |value: &str| {
        let mut html = String::new();
        escape(value, &mut html);
        html
    };
    let one = |value: &Option<String>| value.iter().map(|v| text(v)).collect::<Vec<_>>();
    let every = front
        .every()
        .map(|span| text(&duration(strings, span)))
        .into_iter()
        .collect();
    let rows: [(&str, Vec<String>); 11] = [
        (
            &strings.severity,
            front
                .severity
                .map(|s| text(severity_word(strings, s)))
                .into_iter()
                .collect(),
        ),
        (
            &strings.status,
            vec![text(status_word(strings, front.status))],
        ),
        (&strings.owner, one(&front.owner)),
        (
            &strings.contacts,
            front.contacts.iter().map(|c| text(c)).collect(),
        ),
        (&strings.reviewed, one(&front.reviewed)),
        (
            &strings.last_change,
            changed.map(text).into_iter().collect(),
        ),
        (&strings.review_every, every),
        (&strings.expires, one(&front.expires)),
        (&strings.attack_release, one(&front.attack_release)),
        (&strings.technique_version, one(&front.technique_version)),
        (&strings.tags, front.tags.iter().map(|t| text(t)).collect()),
    ];
    rows.into_iter()
        .filter(|(_, html)| !html.is_empty())
        .map(|(label, html)| Fact {
            label: label.to_owned(),
            html,
            separator: ", ",
        })
        .collect()
}

/// `6 months`: `P6M` is for programs.
fn duration(strings: &Strings, span: Span) -> String {
    let parts = [
        (
            i32::from(span.get_years()),
            [&strings.years_one, &strings.years_other],
        ),
        (
            span.get_months(),
            [&strings.months_one, &strings.months_other],
        ),
        (span.get_weeks(), [&strings.weeks_one, &strings.weeks_other]),
        (span.get_days(), [&strings.days_one, &strings.days_other]),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, [one, other])| fill(if n == 1 { one } else { other }, &[("n", &n)]))
        .collect();
    parts.join(", ")
}

/// What a status is called.
pub(crate) fn status_word(strings: &Strings, status: Status) -> &str {
    match status {
        Status::Draft => &strings.status_draft,
        Status::Review => &strings.status_review,
        Status::Approved => &strings.status_approved,
        Status::Retired => &strings.status_retired,
    }
}

/// What a severity is called.
pub(crate) fn severity_word(strings: &Strings, severity: Severity) -> &str {
    match severity {
        Severity::Low => &strings.severity_low,
        Severity::Medium => &strings.severity_medium,
        Severity::High => &strings.severity_high,
        Severity::Critical => &strings.severity_critical,
    }
}

pub(crate) fn tlp_label(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Red => "TLP:RED",
        Tlp::AmberStrict => "TLP:AMBER+STRICT",
        Tlp::Amber => "TLP:AMBER",
        Tlp::Green => "TLP:GREEN",
        Tlp::Clear => "TLP:CLEAR",
    }
}

/// The list of all playbooks, if there are any.
pub fn index(sources: Sources) -> Option<(IndexPage, Files)> {
    if !sources.has_playbooks() {
        return None;
    }
    let strings = sources.strings;
    let context = PageContext::new(sources, FOLDER);
    let section = listed(&context, sources.playbooks);
    let page = IndexPage {
        page: Page {
            section: "playbooks",
            ..index_page(&context, FOLDER, "index", strings.playbooks.clone())
        },
        intro_html: fill_html(
            &strings.playbooks_intro,
            &[
                ("n", &sources.playbooks.len()),
                ("unwritten", &sources.unwritten().count()),
            ],
        ),
        filters: coverage::link(&context).into_iter().collect(),
        sections: vec![section],
    };
    Some((page, Files::new()))
}

/// How many playbooks the front page lists.
const NEWEST: usize = 12;

/// The playbooks in use that were reviewed last, for the front page.
pub fn newest(context: &PageContext) -> Option<Section> {
    let all = context.sources.playbooks.iter();
    let mut playbooks: Vec<&Playbook> = all
        .filter(|playbook| playbook.front.status != Status::Retired)
        .collect();
    if playbooks.is_empty() || context.sources.is_older {
        return None;
    }
    playbooks.sort_by_key(|playbook| Reverse((&playbook.front.reviewed, playbook.front.severity)));
    let count = Some(playbooks.len());
    playbooks.truncate(NEWEST);
    let strings = context.sources.strings;
    Some(Section {
        count,
        html: format!(
            "<p class=\"sub\">{} <a href=\"{}{FOLDER}index.html\">{}</a></p>",
            html(&strings.playbooks_newest),
            context.root,
            html(&strings.all_playbooks),
        ),
        ..listed(context, playbooks)
    })
}

/// A list of playbooks.
fn listed<'p>(context: &PageContext, playbooks: impl IntoIterator<Item = &'p Playbook>) -> Section {
    let strings = context.sources.strings;
    let columns: [Column; 5] = [
        ID,
        column(|s| &s.playbook),
        column(|s| &s.severity),
        column(|s| &s.status),
        column(|s| &s.reviewed),
    ];
    let mut count = 0;
    let mut rows_html = String::new();
    for playbook in playbooks {
        write_row(context, playbook, &mut rows_html);
        count += 1;
    }
    let table = Table {
        id: "playbooks".to_owned(),
        caption: strings.playbooks.clone(),
        class: "ids books",
        columns: columns.map(|column| column.view(strings)).into(),
        rows_html,
        count,
        csv: None,
    };
    Section {
        id: "playbooks".to_owned(),
        title: strings.playbooks.clone(),
        count: Some(count),
        tables: vec![table],
        ..Section::default()
    }
}

fn write_row(context: &PageContext, playbook: &Playbook, out: &mut String) {
    let strings = context.sources.strings;
    let front = &playbook.front;
    let techniques: Vec<&str> = playbook.techniques().collect();
    out.push_str("<tr id=\"playbooks-");
    escape(&playbook.slug, out);
    out.push_str("\"><td>");
    escape(&techniques.join(", "), out);
    out.push_str("<td><a href=\"");
    escape(&context.root, out);
    escape(&folder(playbook), out);
    out.push_str("index.html\">");
    escape(&front.title, out);
    out.push_str("</a>");
    for cell in [
        front
            .severity
            .map_or("", |severity| severity_word(strings, severity)),
        status_word(strings, front.status),
        front.reviewed.as_deref().unwrap_or_default(),
    ] {
        out.push_str("<td>");
        escape(cell, out);
    }
    out.push('\n');
}
