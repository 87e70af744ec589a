//! Rules and tests of others as documents: each once, with the first technique that it names.

use std::collections::BTreeSet;

use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx};
use crate::detections::atomic::AtomicTest;
use crate::detections::sigma::SigmaRule;
use crate::search::{Document, KindLabel};
use crate::site::context::Sources;
use crate::site::pages::third_party::{Place, rule_places, test_places};
use crate::site::strings::Strings;

/// Who looks for a technique must not find its rules first.
const PRIOR: f64 = 0.25;

fn rule_kind(strings: &Strings) -> KindLabel {
    KindLabel {
        key: "rule",
        one: strings.rule.clone(),
        many: strings.rules.clone(),
        folder: "techniques",
    }
}

fn test_kind(strings: &Strings) -> KindLabel {
    KindLabel {
        key: "test",
        one: strings.test.clone(),
        many: strings.tests.clone(),
        folder: "techniques",
    }
}

/// The documents of all sets.
pub(super) fn all(sources: Sources) -> Vec<Document> {
    let mut documents = Vec::new();
    // An entry that names several techniques is listed with each, and found with the first.
    let (mut rules, mut tests) = (BTreeSet::new(), BTreeSet::new());
    for (ix, _) in sources.knowledge.live(Kind::Technique) {
        for place in rule_places(sources, ix) {
            if rules.insert(std::ptr::from_ref(place.entry)) {
                documents.push(rule(sources, ix, place));
            }
        }
        for place in test_places(sources, ix) {
            if tests.insert(std::ptr::from_ref(place.entry)) {
                documents.push(test(sources, ix, place));
            }
        }
    }
    documents
}

fn rule(sources: Sources, ix: ObjectIx, place: Place<SigmaRule>) -> Document {
    let SigmaRule {
        title,
        description,
        log_source,
        tags,
        id,
        ..
    } = &place.entry.item;
    let product = log_source.split(" · ").next().unwrap_or_default();
    Document {
        title: title.clone(),
        description: description.clone(),
        detection: format!("{log_source}\n{id}\n{}", tags.join("\n")),
        platforms: platforms(sources.knowledge, &place.entry.techniques, &[product]),
        ..document(sources.knowledge, ix, rule_kind(sources.strings), place)
    }
}

fn test(sources: Sources, ix: ObjectIx, place: Place<AtomicTest>) -> Document {
    let AtomicTest {
        name,
        description,
        platforms: on,
        executor,
        guid,
        ..
    } = &place.entry.item;
    let on: Vec<&str> = on.iter().map(String::as_str).collect();
    Document {
        title: name.clone(),
        description: description.clone(),
        detection: format!("{executor}\n{guid}"),
        platforms: platforms(sources.knowledge, &place.entry.techniques, &on),
        ..document(sources.knowledge, ix, test_kind(sources.strings), place)
    }
}

/// What rules and tests have in common.
fn document<T>(knowledge: &Knowledge, ix: ObjectIx, kind: KindLabel, place: Place<T>) -> Document {
    let techniques = &place.entry.techniques;
    let tactics = techniques
        .iter()
        .flat_map(|&ix| knowledge.targets(ix, EdgeKind::InTactic));
    let named = techniques.iter().map(|&ix| knowledge.object(ix));
    let named: Vec<String> = named.map(|o| format!("{} {}", o.id(), o.name())).collect();
    Document {
        id: format!("{}#{}", knowledge.object(ix).id(), place.anchor),
        kind,
        title: String::new(),
        aliases: Vec::new(),
        old_ids: Vec::new(),
        href: place.href,
        platforms: Vec::new(),
        tactics: super::names(knowledge, tactics),
        description: String::new(),
        related: named.join("\n"),
        detection: String::new(),
        prior: PRIOR,
    }
}

/// The platforms of the techniques that the entry names itself; all of them where it names none.
fn platforms(knowledge: &Knowledge, techniques: &BTreeSet<ObjectIx>, own: &[&str]) -> Vec<String> {
    let all: BTreeSet<&str> = techniques
        .iter()
        .flat_map(|&ix| knowledge.object(ix).platforms())
        .collect();
    let is_own = |name: &&&str| own.iter().any(|own| own.eq_ignore_ascii_case(name));
    let found: Vec<String> = all
        .iter()
        .filter(is_own)
        .map(|name| (*name).to_owned())
        .collect();
    if found.is_empty() {
        all.into_iter().map(str::to_owned).collect()
    } else {
        found
    }
}
