//! Many playbooks as one binder: contents, tabs by tactic, playbooks, index, what is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::code::Code;
use super::playbook::{self, Subject};
use super::text::Bound;
use super::{Edition, Sheet, open};
use crate::attack::{EdgeKind, ObjectIx, matrix};
use crate::playbook::Tlp;
use crate::site::blocks::{self, Part};
use crate::site::context::Sources;
use crate::site::table::Cell;

/// Playbooks under one tab; none for those of no tactic.
type Tab<'k> = (Option<ObjectIx>, Vec<Subject<'k>>);

/// Entries of an index, each with the labels of the playbooks that it stands in.
type Index = BTreeMap<String, BTreeSet<String>>;

/// Playbooks as a binder. `title` says what they have in common.
pub fn binder(sources: Sources, title: &str, subjects: &[Subject], edition: &Edition) -> Sheet {
    let mut bound = Bound::default();
    for subject in subjects {
        let top = top(sources, *subject);
        for ix in subject.techniques(sources) {
            bound.techniques.entry(ix).or_insert_with(|| top.clone());
        }
        if let Subject::Written(playbook) = subject {
            bound.slugs.insert(playbook.slug.clone(), top);
        }
    }
    let tlp = subjects.iter().map(|subject| subject.tlp()).min();
    let tlp = tlp.unwrap_or(Tlp::Clear);
    let tabs = tabs(sources, subjects);
    let mut code = Code::default();
    open(&mut code, "binder", sources, edition, title, tlp);
    code.raw("binder-cover(");
    code.literal(title);
    code.raw(",");
    code.number(subjects.len());
    code.raw(",");
    code.literal(playbook::tlp_word(edition.label(tlp)));
    code.raw(");\n");
    contents(sources, &tabs, &mut code);
    let mut missing = Vec::new();
    for (tactic, subjects) in &tabs {
        write_tab(sources, *tactic, subjects, &mut code);
        for &subject in subjects {
            code.raw("leaf({");
            let absent = playbook::write(sources, subject, &bound, &mut code);
            code.raw("});\n");
            missing.push((subject, absent));
        }
    }
    index(sources, subjects, &mut code);
    write_missing(sources, &missing, &mut code);
    code.raw("}\n");
    let title = if title.is_empty() {
        &edition.wiki
    } else {
        title
    };
    Sheet {
        title: title.to_owned(),
        source: code.finish(),
    }
}

fn top(sources: Sources, subject: Subject) -> String {
    format!("{}:top", subject.prefix(sources))
}

/// Each playbook under the first tactic that its technique belongs to, in the order of the
/// matrices.
fn tabs<'k>(sources: Sources<'k>, subjects: &[Subject<'k>]) -> Vec<Tab<'k>> {
    let matrices = matrix::all(sources.knowledge);
    let columns = matrices.iter().flat_map(|matrix| &matrix.columns);
    let order: Vec<ObjectIx> = columns.filter_map(|column| column.tactic).collect();
    let mut tabs: BTreeMap<usize, Vec<Subject>> = BTreeMap::new();
    for &subject in subjects {
        let place = order.iter().position(|&tactic| {
            let techniques = subject.techniques(sources);
            techniques.iter().any(|&ix| {
                let mut tactics = sources.knowledge.targets(ix, EdgeKind::InTactic);
                tactics.any(|own| own == tactic)
            })
        });
        tabs.entry(place.unwrap_or(order.len()))
            .or_default()
            .push(subject);
    }
    tabs.into_iter()
        .map(|(place, mut subjects)| {
            subjects.sort_by_key(|subject| subject.ids(sources));
            (order.get(place).copied(), subjects)
        })
        .collect()
}

fn tab_title(sources: Sources, tactic: Option<ObjectIx>, code: &mut Code) {
    match tactic {
        Some(ix) => code.literal(sources.knowledge.object(ix).name()),
        None => code.raw("words.other"),
    }
}

fn contents(sources: Sources, tabs: &[Tab], code: &mut Code) {
    code.raw("binder-contents(");
    for (tactic, subjects) in tabs {
        code.raw("(");
        tab_title(sources, *tactic, code);
        code.raw(",(");
        entries(sources, subjects, code);
        code.raw(")),");
    }
    code.raw(");\n");
}

/// Label, ID, title and whether somebody has written it, for each playbook.
fn entries(sources: Sources, subjects: &[Subject], code: &mut Code) {
    for &subject in subjects {
        code.raw("(");
        code.literal(&top(sources, subject));
        code.raw(",");
        code.literal(&subject.ids(sources));
        code.raw(",");
        code.literal(subject.title(sources));
        code.raw(match subject {
            Subject::Written(_) => ",true),",
            Subject::Unwritten(_) => ",false),",
        });
    }
}

fn write_tab(sources: Sources, tactic: Option<ObjectIx>, subjects: &[Subject], code: &mut Code) {
    code.raw("tab(");
    code.literal(tactic.map_or("", |ix| sources.knowledge.object(ix).id()));
    code.raw(",");
    tab_title(sources, tactic, code);
    code.raw(",(");
    entries(sources, subjects, code);
    code.raw("));\n");
}

/// The index at the back: techniques, events, tools.
fn index(sources: Sources, subjects: &[Subject], code: &mut Code) {
    let mut techniques = Index::new();
    let mut events = Index::new();
    let mut tools = Index::new();
    for &subject in subjects {
        let top = top(sources, subject);
        let objects = subject.techniques(sources);
        for &ix in &objects {
            let object = sources.knowledge.object(ix);
            let entry = format!("{} {}", object.id(), object.name());
            techniques.entry(entry).or_default().insert(top.clone());
        }
        for kind in ["windows-events", "sysmon-events"] {
            for row in rows(sources, kind, &objects) {
                if let [Cell::Plain(id), Cell::Noted(log, _), ..] = &row[..] {
                    // Numbers in the order of their value, not of their digits.
                    let entry = format!("{log} {id:>6}");
                    events.entry(entry).or_default().insert(top.clone());
                }
            }
        }
        for row in rows(sources, "software", &objects) {
            if let [Cell::Id(ix), ..] = row[..] {
                let object = sources.knowledge.object(ix);
                let entry = format!("{} {}", object.name(), object.id());
                tools.entry(entry).or_default().insert(top.clone());
            }
        }
    }
    code.raw("index(");
    for (word, index) in [
        ("words.techniques", techniques),
        ("words.events", events),
        ("words.tools", tools),
    ] {
        code.raw("(");
        code.raw(word);
        code.raw(",(");
        for (entry, places) in index {
            code.raw("({");
            code.words(&entry.split_whitespace().collect::<Vec<_>>().join(" "));
            code.raw("},(");
            for place in places {
                code.literal(&place);
                code.raw(",");
            }
            code.raw(")),");
        }
        code.raw(")),");
    }
    code.raw(");\n");
}

/// The rows of the tables of a kind of block.
fn rows<'k>(sources: Sources<'k>, kind: &str, objects: &[ObjectIx]) -> Vec<Vec<Cell<'k>>> {
    let blocks = blocks::describe(sources, kind, objects).unwrap_or_default();
    let parts = blocks.into_iter().flat_map(|(_, block)| block.parts);
    parts
        .filter_map(|part| match part {
            Part::Table(table) => Some(table.rows),
            _ => None,
        })
        .flatten()
        .collect()
}

/// The last page: playbooks that nobody has written, and sections that are missing.
fn write_missing(sources: Sources, missing: &[(Subject, Vec<String>)], code: &mut Code) {
    code.raw("missing-list((");
    let unwritten = missing.iter().map(|(subject, _)| *subject);
    let unwritten: Vec<Subject> = unwritten
        .filter(|subject| matches!(subject, Subject::Unwritten(_)))
        .collect();
    entries(sources, &unwritten, code);
    code.raw("),(");
    for (subject, absent) in missing {
        if matches!(subject, Subject::Written(_)) && !absent.is_empty() {
            code.raw("(");
            code.literal(&top(sources, *subject));
            code.raw(",");
            code.literal(&format!(
                "{} {}",
                subject.ids(sources),
                subject.title(sources)
            ));
            code.raw(",{");
            code.words(&absent.join(", "));
            code.raw("}),");
        }
    }
    code.raw("));\n");
}
