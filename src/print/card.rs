//! A battle card: a playbook on one sheet. What has to give way, gives way by rule: the template
//! sets smaller type, then fewer items, then leaves out the query.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::authored::text_of;
use super::code::Code;
use super::playbook::{self, Subject};
use super::{Edition, Paper, Sheet, open};
use crate::attack::ObjectIx;
use crate::markdown::authored;
use crate::playbook::Playbook;
use crate::site::blocks::{self, Part};
use crate::site::context::Sources;
use crate::site::table::Cell;

/// Letters of an item: the playbook has the rest.
const LONGEST_ITEM: usize = 220;

/// Lines of the query, and letters of a line.
const QUERY: (usize, usize) = (16, 150);

/// One box of a card.
struct Phase {
    word: &'static str,
    /// Whether its items are ticked off.
    ticked: bool,
    items: Vec<String>,
}

/// Playbooks as battle cards, a sheet for each.
pub fn cards(sources: Sources, subjects: &[Subject], edition: &Edition) -> Sheet {
    let tlp = subjects.iter().map(|subject| subject.tlp()).min();
    let title = match subjects {
        [subject] => format!("{} {}", subject.ids(sources), subject.title(sources)),
        _ => edition.wiki.clone(),
    };
    let mut code = Code::default();
    let tlp = tlp.unwrap_or(crate::playbook::Tlp::Clear);
    open(&mut code, "card", sources, edition, &title, tlp);
    for &subject in subjects {
        write(sources, subject, edition, &mut code);
    }
    code.raw("}\n");
    Sheet {
        title,
        source: code.finish(),
    }
}

fn write(sources: Sources, subject: Subject, edition: &Edition, code: &mut Code) {
    let (phases, query) = match subject {
        Subject::Written(playbook) => of_playbook(playbook),
        Subject::Unwritten(ix) => (of_data(sources, ix), None),
    };
    code.raw("card(");
    code.literal(&subject.ids(sources));
    code.raw(",");
    code.literal(&cut(subject.title(sources), 90));
    code.raw(",(");
    if let Subject::Written(playbook) = subject {
        let front = &playbook.front;
        let severity = front
            .severity
            .map_or("", |of| playbook::severity_word(sources.strings, of));
        for (word, value) in [
            ("words.severity", severity),
            ("words.owner", front.owner.as_deref().unwrap_or_default()),
            ("words.contacts", &front.contacts.join(", ")),
            (
                "words.reviewed",
                front.reviewed.as_deref().unwrap_or_default(),
            ),
        ] {
            if !value.is_empty() {
                code.raw("(");
                code.raw(word);
                code.raw(",{");
                code.words(&cut(value, 120));
                code.raw("}),");
            }
        }
    }
    code.raw("),(");
    for phase in phases.iter().filter(|phase| !phase.items.is_empty()) {
        code.raw("(words.card-");
        code.raw(phase.word);
        code.raw(if phase.ticked { ",true,(" } else { ",false,(" });
        for item in &phase.items {
            code.raw("{");
            code.words(&cut(item, LONGEST_ITEM));
            code.raw("},");
        }
        code.raw(")),");
    }
    code.raw("),(");
    for line in query.iter().flat_map(|query| query.lines()).take(QUERY.0) {
        code.raw("{");
        code.words(&cut(line, QUERY.1));
        code.raw("},");
    }
    code.raw("),");
    code.raw(if edition.paper == Paper::A3 { "3" } else { "2" });
    code.raw(if matches!(subject, Subject::Written(_)) {
        ",full:"
    } else {
        ",note:words.nobody-yet,full:"
    });
    code.literal(&subject.folder(sources));
    code.raw(");\n");
}

fn cut(text: &str, longest: usize) -> String {
    let text = text.trim_end();
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let start: String = text.chars().take(longest - 1).collect();
    format!("{}…", start.trim_end())
}

fn of_playbook(playbook: &Playbook) -> (Vec<Phase>, Option<String>) {
    let sections = authored::sections(&playbook.body);
    let events = |title: &str| {
        let found = sections
            .iter()
            .find(|s| s.title.eq_ignore_ascii_case(title));
        found.map_or(&[][..], |section| section.events())
    };
    let phase = |word, ticked, titles: &[&str]| Phase {
        word,
        ticked,
        items: titles
            .iter()
            .flat_map(|title| items(events(title)))
            .collect(),
    };
    let phases = vec![
        phase("first", true, &["Triage Questions"]),
        phase("investigate", true, &["Investigation Workflow"]),
        phase(
            "events",
            false,
            &["Windows Events", "Sysmon Events", "Other Events"],
        ),
        phase("contain", true, &["Containment"]),
        phase("evidence", true, &["Evidence"]),
        phase("recover", true, &["Eradication", "Recovery"]),
        phase("tell", true, &["Communication"]),
    ];
    let query = [
        "Splunk Queries",
        "KQL Queries",
        "Elastic Queries",
        "Lucene Queries",
    ]
    .iter()
    .find_map(|title| first_listing(events(title)));
    (phases, query)
}

/// The items of the lists of a text, else the rows of its tables, without their heads.
fn items(events: &[Event]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut depth = 0;
    let mut in_head = false;
    let mut cells = 0;
    for event in events {
        match event {
            Event::Start(Tag::Item) => {
                depth += 1;
                if depth == 1 {
                    items.push(String::new());
                }
            }
            Event::End(TagEnd::Item | TagEnd::TableRow) => depth -= 1,
            Event::Start(Tag::TableHead) => in_head = true,
            Event::End(TagEnd::TableHead) => in_head = false,
            Event::Start(Tag::TableRow) => {
                items.push(String::new());
                cells = 0;
                depth += 1;
            }
            Event::Start(Tag::TableCell) if !in_head => {
                cells += 1;
                if cells > 1
                    && let Some(item) = items.last_mut()
                {
                    item.push_str(" · ");
                }
            }
            event if depth > 0 && !in_head => {
                if let (Some(text), Some(item)) = (text_of(event), items.last_mut()) {
                    item.push_str(text);
                }
            }
            _ => {}
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

fn first_listing(events: &[Event]) -> Option<String> {
    let start = events
        .iter()
        .position(|event| matches!(event, Event::Start(Tag::CodeBlock(_))))?;
    let lines = events[start + 1..].iter().map_while(text_of);
    Some(lines.collect())
}

/// What the data knows where nobody has written anything.
fn of_data(sources: Sources, ix: ObjectIx) -> Vec<Phase> {
    let phase = |word, kinds: &[&str]| Phase {
        word,
        ticked: false,
        items: kinds
            .iter()
            .flat_map(|kind| rows(sources, kind, ix))
            .collect(),
    };
    vec![
        phase("events", &["windows-events", "sysmon-events"]),
        phase("logs", &["log-sources"]),
        phase("mitigations", &["mitigations"]),
        phase("tools", &["software"]),
        phase("related", &["related"]),
    ]
}

/// The rows of a block's tables, their first columns only.
fn rows(sources: Sources, kind: &str, ix: ObjectIx) -> Vec<String> {
    let name = |ix: &ObjectIx| sources.knowledge.object(*ix).name().to_owned();
    let blocks = blocks::describe(sources, kind, &[ix]).unwrap_or_default();
    let parts = blocks.into_iter().flat_map(|(_, block)| block.parts);
    let rows = parts.filter_map(|part| match part {
        Part::Table(table) => Some(table.rows),
        _ => None,
    });
    rows.flatten()
        .map(|row| {
            let cells = row.iter().take(3).filter_map(|cell| match cell {
                Cell::Id(ix) => Some(sources.knowledge.object(*ix).id().to_owned()),
                Cell::Name(ix) | Cell::NameUnder(_, ix) | Cell::NameNoted(ix, _) => Some(name(ix)),
                Cell::Names(list) => Some(list.iter().map(name).collect::<Vec<_>>().join(", ")),
                Cell::Plain(text) | Cell::Noted(text, _) => Some(text.clone()),
                _ => None,
            });
            cells.collect::<Vec<_>>().join(" · ")
        })
        .collect()
}
