//! Many playbooks as one binder: contents, tabs by tactic, playbooks, index, what is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::code::Code;
use super::playbook::{self, Subject};
use super::references::References;
use super::writer::Bound;
use super::{Edition, Sheet, index, open};
use crate::attack::{EdgeKind, ObjectIx, matrix};
use crate::playbook::Tlp;
use crate::site::context::Sources;

/// Playbooks under one tab; none for those of no tactic.
type Tab<'k> = (Option<ObjectIx>, Vec<Subject<'k>>);

/// Playbooks as a binder. `title` says what they have in common.
pub fn binder(sources: Sources, title: &str, subjects: &[Subject], edition: &Edition) -> Sheet {
    let mut bound = Bound {
        is_binder: true,
        names_users: true,
        ..Bound::default()
    };
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
    let mut entries = BTreeSet::new();
    let mut references = References::default();
    for (tactic, subjects) in &tabs {
        write_tab(sources, *tactic, subjects, &mut code);
        for &subject in subjects {
            code.raw("leaf({");
            let written = playbook::write(sources, subject, &bound, &mut references, &mut code);
            code.raw("});\n");
            missing.push((subject, written.missing));
            entries.extend(written.entries);
        }
    }
    code.raw("pagebreak(weak:true);");
    references.write(sources, &mut code);
    code.raw("records();");
    index::write(&entries, &mut code);
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
