//! Playbooks: authored text with blocks made from data, and the list of all of them.

use crate::attack::ObjectIx;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::markdown::authored::{self, Piece};
use crate::markdown::escape;
use crate::names::slug;
use crate::playbook::{Playbook, Severity, Status, Tlp};
use crate::site::blocks;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::index::index_page;
use crate::site::pages::lists::Files;
use crate::site::texts::Lookup;
use crate::site::view::{
    Fact, IndexPage, Link, Page, PlaybookPage, PlaybookPiece, PlaybookSection, Section, Table,
};

/// The page of a playbook, and what its blocks asked for in vain.
pub fn build(sources: Sources, playbook: &Playbook) -> (PlaybookPage, Diagnostics) {
    let folder = format!("playbooks/{}/", playbook.slug);
    let mut context = PageContext::new(sources, &folder);
    let techniques: Vec<ObjectIx> = playbook
        .techniques()
        .filter_map(|id| sources.knowledge.by_attack_id(id))
        .collect();
    let mut diagnostics = Diagnostics::default();
    let names = Lookup(sources.knowledge);
    let root = context.root.clone();
    let mut sections = Vec::new();
    for section in authored::sections(&playbook.body) {
        let title = section.title.clone();
        let mut pieces = Vec::new();
        for piece in section.render(&names, &mut context, &root) {
            match piece {
                Piece::Html(html) => pieces.push(PlaybookPiece { html, block: None }),
                Piece::Generated(kind) => {
                    let found = blocks::make(&mut context, &kind, &techniques);
                    if found.is_none() {
                        diagnostics.push(
                            Diagnostic::note(
                                "unknown-block",
                                format!("this version makes no block `{kind}`"),
                            )
                            .in_file(&playbook.file)
                            .help("it is left out"),
                        );
                    }
                    let found = found.unwrap_or_default().into_iter();
                    pieces.extend(found.map(|block| PlaybookPiece {
                        html: String::new(),
                        block: Some(block),
                    }));
                }
            }
        }
        sections.push(PlaybookSection {
            id: slug(&title),
            title,
            pieces,
        });
    }
    let view = PlaybookPage {
        page: Page {
            kind: "playbook",
            section: "playbooks",
            noindex: playbook.front.status == Status::Retired,
            breadcrumbs: breadcrumbs(&context, &playbook.front.title),
            ..index_page(
                &context,
                &folder,
                "playbook",
                format!("Playbook: {}", playbook.front.title),
            )
        },
        name: playbook.front.title.clone(),
        techniques_html: techniques
            .iter()
            .map(|&ix| context.named_link(ix))
            .collect(),
        facts: facts(playbook),
        tlp: playbook.front.tlp.map(tlp_label),
        status: status_word(playbook.front.status),
        sections,
        references: context.references(),
    };
    (view, diagnostics)
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
    if sources.playbooks.is_empty() {
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
        intro_html: format!("What to do. {count} playbooks."),
        filters: Vec::new(),
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
