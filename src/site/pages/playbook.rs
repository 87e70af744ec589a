//! Playbooks: authored text with blocks made from data, and the list of all of them.

use crate::attack::ObjectIx;
use crate::markdown::authored::{self, Piece};
use crate::markdown::escape;
use crate::names::slug;
use crate::playbook::sections::{STANDARD, Slot, Standard, arrange, standard_of};
use crate::playbook::{Playbook, Severity, Status, Tlp};
use crate::site::blocks;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::index::index_page;
use crate::site::pages::lists::Files;
use crate::site::texts::Lookup;
use crate::site::view::{
    Fact, IndexPage, Link, Missing, Page, PlaybookPage, PlaybookPiece, PlaybookSection, Section,
    Table,
};

/// The page of a playbook.
pub fn build(sources: Sources, playbook: &Playbook) -> PlaybookPage {
    let folder = format!("playbooks/{}/", playbook.slug);
    let mut context = PageContext::new(sources, &folder);
    let objects: Vec<ObjectIx> = playbook
        .techniques()
        .filter_map(|id| sources.knowledge.by_attack_id(id))
        .collect();
    let mut authored: Vec<Option<authored::Section>> = authored::sections(&playbook.body)
        .into_iter()
        .map(Some)
        .collect();
    let titles: Vec<String> = authored
        .iter()
        .flatten()
        .map(|section| section.title.clone())
        .collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let mut sections = Vec::new();
    for slot in arrange(&titles) {
        match slot {
            Slot::Unwritten(standard) => sections.push(unwritten(&mut context, standard, &objects)),
            Slot::Authored(i) => {
                let Some(section) = authored[i].take() else {
                    continue;
                };
                let standard = standard_of(&section.title);
                let section = written(&mut context, section, &objects);
                // A bare heading is not a text.
                sections.push(match standard {
                    Some(standard) if section.pieces.is_empty() => {
                        unwritten(&mut context, standard, &objects)
                    }
                    _ => section,
                });
            }
        }
    }
    let title = &playbook.front.title;
    PlaybookPage {
        page: Page {
            noindex: playbook.front.status == Status::Retired,
            ..page(&context, &folder, title)
        },
        name: title.clone(),
        techniques_html: objects.iter().map(|&ix| context.named_link(ix)).collect(),
        facts: facts(playbook),
        tlp: playbook.front.tlp.map(tlp_label),
        status: status_word(playbook.front.status),
        starts_with: None,
        sections,
        references: context.references(),
    }
}

/// The page of a technique that has no playbook: what the data knows, and what nobody has written.
pub fn generated(sources: Sources, ix: ObjectIx) -> PlaybookPage {
    let object = sources.knowledge.object(ix);
    let folder = generated_folder(sources, ix);
    let mut context = PageContext::new(sources, &folder);
    let sections = STANDARD
        .into_iter()
        .map(|standard| unwritten(&mut context, standard, &[ix]))
        .collect();
    let mut command = String::from("ttpress new ");
    escape(object.id(), &mut command);
    PlaybookPage {
        page: page(&context, &folder, object.name()),
        name: object.name().to_owned(),
        techniques_html: vec![context.named_link(ix)],
        facts: super::facts::of_generated(&context, ix),
        tlp: None,
        status: UNWRITTEN,
        starts_with: Some(command),
        sections,
        references: context.references(),
    }
}

/// How far a playbook is that nobody has begun.
const UNWRITTEN: &str = "not written yet";

/// Where the page lies for a technique without a playbook: named after the technique's own page,
/// whose address no other object has.
pub fn generated_folder(sources: Sources, ix: ObjectIx) -> String {
    let own = sources.routes.folder(ix).trim_end_matches('/');
    let (_, place) = own.split_once('/').unwrap_or(("", own));
    format!(
        "playbooks/{}/",
        place.replace('/', "-").to_ascii_lowercase()
    )
}

fn page(context: &PageContext, folder: &str, title: &str) -> Page {
    Page {
        kind: "playbook",
        section: "playbooks",
        breadcrumbs: breadcrumbs(context, title),
        ..index_page(context, folder, "playbook", format!("Playbook: {title}"))
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
    for piece in section.render(&names, context, &root) {
        match piece {
            Piece::Html(html) => pieces.push(PlaybookPiece { html, block: None }),
            // `ttpress check` reports a kind that nobody makes, with its line.
            Piece::Generated(kind) => {
                let found = blocks::make(context, &kind, objects).unwrap_or_default();
                pieces.extend(found.into_iter().map(of_block));
            }
        }
    }
    PlaybookSection {
        id: slug(&title),
        title,
        pieces,
        missing: None,
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
        title: standard.title.to_owned(),
        pieces,
        missing,
    }
}

fn of_block(block: Section) -> PlaybookPiece {
    PlaybookPiece {
        html: String::new(),
        block: Some(block),
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
    vec![to("Home", ""), to("Playbooks", "playbooks/"), own]
}

fn facts(playbook: &Playbook) -> Vec<Fact> {
    let front = &playbook.front;
    let text = |value: &str| {
        let mut html = String::new();
        escape(value, &mut html);
        html
    };
    let one = |value: &Option<String>| value.iter().map(|v| text(v)).collect::<Vec<_>>();
    let rows: [(&'static str, Vec<String>); 11] = [
        (
            "Severity",
            front
                .severity
                .map(|s| severity_word(s).to_owned())
                .into_iter()
                .collect(),
        ),
        ("Status", vec![status_word(front.status).to_owned()]),
        ("Owner", one(&front.owner)),
        ("Contacts", front.contacts.iter().map(|c| text(c)).collect()),
        ("Reviewed", one(&front.reviewed)),
        ("Review every", one(&front.review_every)),
        ("Expires", one(&front.expires)),
        ("ATT&CK release", one(&front.attack_release)),
        ("Technique version", one(&front.technique_version)),
        ("Tags", front.tags.iter().map(|t| text(t)).collect()),
        (
            "TLP",
            front
                .tlp
                .map(|tlp| tlp_label(tlp).to_owned())
                .into_iter()
                .collect(),
        ),
    ];
    rows.into_iter()
        .filter(|(_, html)| !html.is_empty())
        .map(|(label, html)| Fact {
            label,
            html,
            separator: ", ",
        })
        .collect()
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Review => "review",
        Status::Approved => "approved",
        Status::Retired => "retired",
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

fn tlp_label(tlp: Tlp) -> &'static str {
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
    let unwritten = sources.unwritten().count();
    if sources.playbooks.is_empty() && unwritten == 0 {
        return None;
    }
    let folder = "playbooks/";
    let context = PageContext::new(sources, folder);
    let mut rows_html = String::new();
    for playbook in sources.playbooks {
        let techniques: Vec<&str> = playbook.techniques().collect();
        rows_html.push_str("<tr><td>");
        escape(&techniques.join(", "), &mut rows_html);
        rows_html.push_str("<td><a href=\"");
        escape(&playbook.slug, &mut rows_html);
        rows_html.push_str("/index.html\">");
        escape(&playbook.front.title, &mut rows_html);
        rows_html.push_str("</a>");
        for cell in [
            playbook.front.severity.map_or("", severity_word),
            status_word(playbook.front.status),
            playbook.front.reviewed.as_deref().unwrap_or_default(),
        ] {
            rows_html.push_str("<td>");
            escape(cell, &mut rows_html);
        }
        rows_html.push('\n');
    }
    let columns = ["ID", "Playbook", "Severity", "Status", "Reviewed"];
    let count = sources.playbooks.len();
    let table = Table {
        id: "playbooks".to_owned(),
        caption: "Playbooks".to_owned(),
        class: "ids",
        columns: columns.map(super::lists::column).to_vec(),
        rows_html,
        count,
        csv: None,
    };
    let page = IndexPage {
        page: Page {
            section: "playbooks",
            ..index_page(&context, folder, "index", "Playbooks".to_owned())
        },
        intro_html: format!(
            "What to do. {count} playbooks. {unwritten} techniques have none yet: their pages \
             show what ATT&amp;CK knows."
        ),
        filters: vec![Link {
            label: "Coverage and gaps".to_owned(),
            href: Some(format!("{}coverage/index.html", context.root)),
        }],
        sections: vec![Section {
            id: "playbooks".to_owned(),
            title: "Playbooks".to_owned(),
            count: Some(count),
            tables: vec![table],
            ..Section::default()
        }],
    };
    Some((page, Files::new()))
}
