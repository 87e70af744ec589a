//! Many playbooks as one binder: contents, tabs by tactic, playbooks, index, what is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::code::Code;
use super::playbook::{self, Subject};
use super::references::References;
use super::writer::Bound;
use super::{Edition, Sheet, index, open};
use crate::attack::{EdgeKind, Kind, ObjectIx, matrix};
use crate::playbook::Tlp;
use crate::site::context::Sources;

/// Playbooks under one tab.
type Tab<'k> = (Place, Vec<Subject<'k>>);

/// What a tab stands for, in the order of the binder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Groups, campaigns and software: who it is that one has to do with.
    Actors,
    /// A tactic, by its number in the order of the matrices.
    Tactic(usize, ObjectIx),
    /// Playbooks on nothing that is in a matrix.
    Other,
}

/// Playbooks as a binder. `about` is what they have in common: a tactic has them all, else each is
/// under the first tactic of its own.
pub fn binder(
    sources: Sources,
    about: Option<ObjectIx>,
    subjects: &[Subject],
    edition: &Edition,
) -> Sheet {
    let title = &about.map_or_else(String::new, |ix| {
        let object = sources.knowledge.object(ix);
        format!("{} {}", object.id(), object.name())
    });
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
    let tabs = tabs(sources, about, subjects);
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
    for (place, subjects) in &tabs {
        write_tab(sources, *place, subjects, &mut code);
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
        title: title.clone(),
        source: code.finish(),
    }
}

fn top(sources: Sources, subject: Subject) -> String {
    format!("{}:top", subject.prefix(sources))
}

/// Each playbook in its place, those of a place by their IDs.
fn tabs<'k>(
    sources: Sources<'k>,
    about: Option<ObjectIx>,
    subjects: &[Subject<'k>],
) -> Vec<Tab<'k>> {
    let kind_of = |ix| sources.knowledge.object(ix).kind;
    let order: Vec<ObjectIx> = match about.filter(|&ix| kind_of(ix) == Kind::Tactic) {
        Some(tactic) => vec![tactic],
        None => matrix::all(sources.knowledge)
            .iter()
            .flat_map(|matrix| &matrix.columns)
            .filter_map(|column| column.tactic)
            .collect(),
    };
    let mut tabs: BTreeMap<Place, Vec<Subject>> = BTreeMap::new();
    for &subject in subjects {
        let place = place(sources, &order, subject);
        tabs.entry(place).or_default().push(subject);
    }
    for subjects in tabs.values_mut() {
        subjects.sort_by_key(|subject| subject.ids(sources));
    }
    tabs.into_iter().collect()
}

fn place(sources: Sources, order: &[ObjectIx], subject: Subject) -> Place {
    let knowledge = sources.knowledge;
    let objects = subject.techniques(sources);
    let is_in = |tactic| {
        let mut tactics = objects
            .iter()
            .flat_map(|&ix| knowledge.targets(ix, EdgeKind::InTactic));
        tactics.any(|own| own == tactic)
    };
    let mut tactics = order.iter().copied().enumerate();
    match tactics.find(|&(_, tactic)| is_in(tactic)) {
        Some((at, tactic)) => Place::Tactic(at, tactic),
        None if objects.is_empty() || sources.tells_gaps(&objects) => Place::Other,
        None => Place::Actors,
    }
}

fn tab_title(sources: Sources, place: Place, code: &mut Code) {
    match place {
        Place::Actors => code.raw("words.actors"),
        Place::Tactic(_, ix) => code.literal(sources.knowledge.object(ix).name()),
        Place::Other => code.raw("words.other"),
    }
}

fn contents(sources: Sources, tabs: &[Tab], code: &mut Code) {
    code.raw("binder-contents(");
    for (place, subjects) in tabs {
        code.raw("(");
        tab_title(sources, *place, code);
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

fn write_tab(sources: Sources, place: Place, subjects: &[Subject], code: &mut Code) {
    code.raw("tab(");
    code.literal(match place {
        Place::Tactic(_, ix) => sources.knowledge.object(ix).id(),
        Place::Actors | Place::Other => "",
    });
    code.raw(",");
    tab_title(sources, place, code);
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
