use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::attack::{Bundle, Release};
use crate::source::Input;

/// What the texts of a small release say and link to, by ATT&CK ID.
#[derive(Default)]
struct Words<'w> {
    ids: BTreeMap<ObjectIx, String>,
    by_id: BTreeMap<String, ObjectIx>,
    texts: &'w [(&'w str, &'w str)],
    links: &'w [(&'w str, &'w str)],
}

impl Prose for Words<'_> {
    fn links(&self, ix: ObjectIx) -> Vec<ObjectIx> {
        let own = self.links.iter().filter(|(from, _)| *from == self.ids[&ix]);
        own.map(|(_, to)| self.by_id[*to]).collect()
    }

    fn plain(&self, ix: ObjectIx) -> String {
        let own = self.texts.iter().find(|(id, _)| *id == self.ids[&ix]);
        own.map_or(String::new(), |(_, text)| (*text).to_owned())
    }
}

fn stix_id(id: &str) -> String {
    let kind = match &id[..1] {
        "G" => "intrusion-set",
        "S" => "malware",
        _ => "attack-pattern",
    };
    format!("{kind}--{id}")
}

fn object(id: &str) -> Value {
    json!({
        "type": stix_id(id).split_once("--").unwrap().0, "id": stix_id(id), "name": id,
        "created": "2020-01-01T00:00:00.000Z", "modified": "2020-01-01T00:00:00.000Z",
        "external_references": [{"source_name": "mitre-attack", "external_id": id}],
    })
}

/// The fused list of a technique, each with its reasons.
fn ranked(
    relations: &[(&str, &str, &str)],
    texts: &[(&str, &str)],
    links: &[(&str, &str)],
    of: &str,
) -> Vec<(String, Vec<&'static str>)> {
    let linked = links.iter().flat_map(|(a, b)| [*a, *b]);
    let ends = relations.iter().flat_map(|(_, a, b)| [*a, *b]);
    let all = ends.chain(linked).chain(texts.iter().map(|(id, _)| *id));
    let ids: std::collections::BTreeSet<&str> = all.chain([of]).collect();
    let mut objects: Vec<Value> = ids.iter().map(|id| object(id)).collect();
    for (i, (kind, from, to)) in relations.iter().enumerate() {
        objects.push(json!({
            "type": "relationship", "id": format!("relationship--{i}"),
            "relationship_type": kind, "source_ref": stix_id(from), "target_ref": stix_id(to),
        }));
    }
    let input = Input {
        path: "enterprise-attack.json".to_owned(),
        bytes: json!({"type": "bundle", "objects": objects})
            .to_string()
            .into_bytes(),
        ..Input::default()
    };
    let (bundle, _) = Bundle::parse(&input).unwrap();
    let (release, _) = Release::merge(vec![bundle], None);
    let (knowledge, _) = Knowledge::new(&release);
    let named = || knowledge.objects().map(|(ix, o)| (ix, o.id().to_owned()));
    let words = Words {
        ids: named().collect(),
        by_id: named().map(|(ix, id)| (id, ix)).collect(),
        texts,
        links,
    };
    let related = Related::new(&knowledge, &words);
    let near = related.of(words.by_id[of]).unwrap();
    let entry = |fused: &Fused| {
        let reasons = fused.reasons.iter().map(|reason| reason.word()).collect();
        (words.ids[&fused.technique].clone(), reasons)
    };
    near.fused.iter().map(entry).collect()
}

#[test]
fn excess_beats_popularity() {
    // Everyone uses T3; only those who use T1 use T2.
    let uses = [
        ("uses", "G1", "T1"),
        ("uses", "G2", "T1"),
        ("uses", "G1", "T2"),
        ("uses", "G2", "T2"),
        ("uses", "G1", "T3"),
        ("uses", "G2", "T3"),
        ("uses", "S3", "T3"),
        ("uses", "S4", "T3"),
    ];
    // T3 is with T1 just as often as chance has it: never a reason.
    assert_eq!(
        ranked(&uses, &[], &[], "T1"),
        [("T2".to_owned(), vec!["seen-together"])]
    );
}

#[test]
fn families_and_links_count_both_ways_and_equals_go_by_id() {
    let family = [
        ("subtechnique-of", "T1.001", "T1"),
        ("subtechnique-of", "T1.002", "T1"),
    ];
    let found = ranked(
        &family,
        &[],
        &[("T8", "T1.001"), ("T1.001", "T9")],
        "T1.001",
    );
    assert_eq!(
        found,
        [
            ("T1".to_owned(), vec!["family"]),
            ("T8".to_owned(), vec!["linked"]),
            ("T1.002".to_owned(), vec!["family"]),
            ("T9".to_owned(), vec!["linked"]),
        ]
    );
}

#[test]
fn rare_words_make_texts_alike_and_common_ones_do_not() {
    let texts = [
        ("T1", "knock on gates of the shed"),
        ("T2", "gate and sheds again"),
        ("T3", "the lamp"),
        ("T4", "the door"),
        ("T5", "the window"),
        ("T6", "the chimney"),
        ("T7", "the roof"),
        ("T8", "the cellar"),
    ];
    assert_eq!(
        ranked(&[], &texts, &[], "T1"),
        [("T2".to_owned(), vec!["similar"])]
    );
    assert!(ranked(&[], &[], &[], "T1").is_empty());
}
