//! `ttpress diff` on real releases: MITRE's own changelog, and a release that is yet to come.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Project, Site};
use crate::real::{bundles, shared};

/// The bundles of a release as one argument.
fn release(shared: &Path, name: &str) -> String {
    let paths = bundles(shared, name).into_iter();
    let paths: Vec<String> = paths.map(|path| path.display().to_string()).collect();
    paths.join(",")
}

fn diff(project: &Project, more: &[&str], code: i32) -> Value {
    let run = project
        .run(&[&["diff", "--format", "json"], more].concat())
        .exits(code);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn sets_from_16_1_to_17_1_equal_mitres_own_changelog() {
    let Some(shared) = shared() else { return };
    let truth = std::fs::read_to_string(shared.join("oracle/diff-16.1-17.1.json")).unwrap();
    let truth: Value = serde_json::from_str(&truth).unwrap();
    let (old, new) = (release(&shared, "16.1"), release(&shared, "17.1"));
    let found = diff(&Project::empty(), &[&old, &new], 0);
    assert_eq!(found["from"]["name"], "16.1");
    assert_eq!(found["to"]["name"], "17.1");
    assert_eq!(found["domains"], truth);
}

#[test]
fn a_release_has_not_changed_since_itself() {
    let Some(shared) = shared() else { return };
    let same = release(&shared, "6.3");
    let found = diff(&Project::empty(), &[&same, &same], 0);
    for domain in found["changes"].as_object().unwrap().values() {
        assert_eq!(domain["objects"], json!([]));
    }
}

// A release that splits a tactic and moves sub-techniques, as v19 is announced to

/// Old ID → new ID. The new parents differ from the old one; two old techniques become one.
const SPLIT: [(&str, &str); 13] = [
    ("T1562", "T1685"),
    ("T1562.001", "T1685.001"),
    ("T1562.002", "T1685.002"),
    ("T1562.003", "T1690"),
    ("T1562.004", "T1686"),
    ("T1562.006", "T1685"),
    ("T1562.007", "T1686.001"),
    ("T1562.008", "T1685.003"),
    ("T1562.009", "T1688"),
    ("T1562.010", "T1689"),
    ("T1562.011", "T1687"),
    ("T1562.012", "T1685.004"),
    ("T1562.013", "T1686.002"),
];

/// What the family is split into.
const PARTS: [(&str, &str); 12] = [
    ("T1685", "Impaired tools"),
    ("T1685.001", "Tools switched off"),
    ("T1685.002", "Logs switched off"),
    ("T1685.003", "Logs of clouds switched off"),
    ("T1685.004", "Audit switched off"),
    ("T1686", "Firewalls switched off"),
    ("T1686.001", "Firewalls of clouds switched off"),
    ("T1686.002", "Firewalls of networks switched off"),
    ("T1687", "False alarms"),
    ("T1688", "Started without guards"),
    ("T1689", "Older than it need be"),
    ("T1690", "History not kept"),
];

fn stix_id(id: &str) -> String {
    crate::stix::stix_id("attack-pattern", &format!("19.0/{id}"))
}

fn technique(id: &str, name: &str, domain: &str, phase: &str) -> Value {
    let chain = if domain == "enterprise-attack" {
        "mitre-attack"
    } else {
        "mitre-ics-attack"
    };
    json!({
        "type": "attack-pattern", "id": stix_id(id), "name": name,
        "created": "2026-04-28T00:00:00.000Z", "modified": "2026-04-28T00:00:00.000Z",
        "external_references": [{"source_name": "mitre-attack", "external_id": id}],
        "kill_chain_phases": [{"kill_chain_name": chain, "phase_name": phase}],
        "x_mitre_version": "1.0", "x_mitre_domains": [domain],
        "x_mitre_is_subtechnique": id.contains('.'),
    })
}

fn relationship(kind: &str, source: &str, target: &str) -> Value {
    json!({
        "type": "relationship", "relationship_type": kind,
        "id": format!("relationship--{kind}-{source}"),
        "created": "2026-04-28T00:00:00.000Z", "modified": "2026-04-28T00:00:00.000Z",
        "source_ref": source, "target_ref": target,
    })
}

fn attack_id(object: &Value) -> &str {
    object["external_references"][0]["external_id"]
        .as_str()
        .unwrap_or_default()
}

fn split_defense_evasion(objects: &mut Vec<Value>) {
    let mut old: BTreeMap<String, String> = BTreeMap::new();
    for object in objects.iter_mut() {
        let id = attack_id(object).to_owned();
        match object["type"].as_str().unwrap() {
            "x-mitre-tactic" if id == "TA0005" => {
                object["name"] = json!("Stealth");
                object["x_mitre_shortname"] = json!("stealth");
                object["modified"] = json!("2026-04-28T00:00:00.000Z");
            }
            "x-mitre-matrix" => {
                let tactics = object["tactic_refs"].as_array_mut().unwrap();
                tactics.push(json!(
                    "x-mitre-tactic--00000000-0000-4000-8000-000000000112"
                ));
            }
            "attack-pattern" => {
                let is_split = SPLIT.iter().any(|(from, _)| *from == id);
                if is_split {
                    object["revoked"] = json!(true);
                    old.insert(id.clone(), object["id"].as_str().unwrap().to_owned());
                }
                let phases = object["kill_chain_phases"].as_array_mut();
                for phase in phases.into_iter().flatten() {
                    if phase["phase_name"] == "defense-evasion" {
                        phase["phase_name"] = json!("stealth");
                    }
                }
            }
            _ => {}
        }
    }
    objects.push(json!({
        "type": "x-mitre-tactic", "id": "x-mitre-tactic--00000000-0000-4000-8000-000000000112",
        "name": "Defense Impairment", "x_mitre_shortname": "defense-impairment",
        "created": "2026-04-28T00:00:00.000Z", "modified": "2026-04-28T00:00:00.000Z",
        "external_references": [{"source_name": "mitre-attack", "external_id": "TA0112"}],
        "x_mitre_domains": ["enterprise-attack"], "x_mitre_version": "1.0",
    }));
    for (id, name) in PARTS {
        objects.push(technique(
            id,
            name,
            "enterprise-attack",
            "defense-impairment",
        ));
        if let Some((parent, _)) = id.split_once('.') {
            objects.push(relationship(
                "subtechnique-of",
                &stix_id(id),
                &stix_id(parent),
            ));
        }
    }
    for (from, to) in SPLIT {
        objects.push(relationship("revoked-by", &old[from], &stix_id(to)));
    }
}

fn add_ics_subtechniques(objects: &mut Vec<Value>) {
    let parent = objects.iter().find(|o| attack_id(o) == "T0843").unwrap()["id"].clone();
    let parent = parent.as_str().unwrap().to_owned();
    objects.push(technique(
        "T0843.001",
        "One way down",
        "ics-attack",
        "lateral-movement",
    ));
    objects.push(relationship(
        "subtechnique-of",
        &stix_id("T0843.001"),
        &parent,
    ));
    objects.push(technique(
        "T1691",
        "Another thing",
        "ics-attack",
        "impair-process-control",
    ));
    objects.push(technique(
        "T1691.001",
        "Part of it",
        "ics-attack",
        "impair-process-control",
    ));
    objects.push(relationship(
        "subtechnique-of",
        &stix_id("T1691.001"),
        &stix_id("T1691"),
    ));
}

/// Release 18.1 with what 19.0 is said to change, in a folder `19.0`.
fn play_19(project: &Project, shared: &Path) {
    for path in bundles(shared, "18.1") {
        let text = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
        let mut bundle: Value = serde_json::from_slice(&text).unwrap();
        let objects = bundle["objects"].as_array_mut().unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let domain = name.split("-18.1").next().unwrap();
        match domain {
            "enterprise-attack" => split_defense_evasion(objects),
            "ics-attack" => add_ics_subtechniques(objects),
            _ => {}
        }
        project.write(
            &format!("19.0/{domain}.json"),
            bundle.to_string().as_bytes(),
        );
    }
}

fn shipped_playbooks(project: &Project) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let settings = std::fs::read(folder.join("ttpress.toml")).unwrap();
    project.write("ttpress.toml", &settings);
    let mut folders = vec![folder.join("content/playbooks")];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            project.write(name, &std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn a_release_like_19_builds_and_tells_what_it_breaks() {
    let Some(shared) = shared() else { return };
    let project = Project::empty();
    play_19(&project, &shared);
    shipped_playbooks(&project);
    let old = release(&shared, "18.1");

    let found = diff(&project, &["--impact", &old, "19.0"], 1);
    let enterprise = &found["changes"]["enterprise-attack"];
    let revoked = &found["domains"]["enterprise-attack"]["techniques"]["revocations"];
    let expected: Vec<&str> = SPLIT.iter().map(|(from, _)| *from).collect();
    assert_eq!(*revoked, json!(expected));
    let added = &found["domains"]["enterprise-attack"]["techniques"]["additions"];
    assert_eq!(*added, json!(PARTS.map(|(id, _)| id)));
    let added = &found["domains"]["ics-attack"]["techniques"]["additions"];
    assert_eq!(*added, json!(["T0843.001", "T1691", "T1691.001"]));
    let tactics: Vec<_> = enterprise["tactics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (t["id"].as_str().unwrap(), t["fate"].as_str().unwrap()))
        .collect();
    assert_eq!(tactics, [("TA0005", "renamed"), ("TA0112", "added")]);
    // A sub-technique that became a technique, and one under another parent.
    let moved = enterprise["moved"].as_array().unwrap();
    let to = |id: &str| {
        moved
            .iter()
            .find(|m| m["from"] == id)
            .map(|m| m["to"].clone())
    };
    assert_eq!(to("T1562.004"), Some(json!("T1686")));
    assert_eq!(to("T1562.001"), Some(json!("T1685.001")));

    let touches = found["impact"].as_array().unwrap();
    let own = "content/playbooks/T1562.001-disable-or-modify-tools.md";
    let key = touches
        .iter()
        .find(|t| t["code"] == "impact-revoked")
        .unwrap();
    assert_eq!(key["place"], json!({"file": own, "line": 2, "column": 12}));
    assert_eq!(key["severity"], "error");
    assert!(key["proposal"].as_str().unwrap().contains("T1685.001"));
    // Nothing is said to be revoked but what is, and no mention of it is missed.
    let mut mentions = 0;
    for entry in std::fs::read_dir(project.path("content/playbooks")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap().to_lowercase();
        for (id, _) in SPLIT {
            let id = id.to_lowercase();
            for form in [id.clone(), id.replace('.', "/")] {
                let is_end = |at: usize| {
                    let rest = &text[at + form.len()..];
                    !rest.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                        && !rest.starts_with(".0")
                        && !rest.starts_with("/0")
                };
                let found = text
                    .match_indices(&form)
                    .filter(|(at, _)| is_end(*at))
                    .count();
                mentions += if form == id || id.contains('.') {
                    found
                } else {
                    0
                };
            }
        }
    }
    let told = touches.iter().filter(|t| {
        let id = t["id"].as_str().unwrap();
        SPLIT.iter().any(|(from, _)| *from == id) && t["subject"] == "playbook"
    });
    assert_eq!(told.count(), mentions);
    assert!(touches.iter().any(|t| t["code"] == "impact-tactic"));

    builds(&project, &old);
    fixes(&project, &old);
}

fn builds(project: &Project, old: &str) {
    let mut arguments = vec!["build", "--attack", "19.0", "--attack-release", "19.0"];
    for path in old.split(',') {
        arguments.extend(["--previous", path]);
    }
    project.run(&arguments).exits(0);
    let site: Site = project.site();
    let words = site.words("updates/18.1-19.0");
    assert!(words.contains("T1685.001") && words.contains("Disable or Modify Tools"));
    assert!(site.words("tactics/TA0112").contains("Defense Impairment"));
    assert!(site.has("techniques/T0843/001/index.html"));
}

fn fixes(project: &Project, old: &str) {
    project
        .run(&["diff", old, "19.0", "--fix", "--quiet"])
        .exits(1);
    let own = project.path("content/playbooks/T1562.001-disable-or-modify-tools.md");
    let text = std::fs::read_to_string(own).unwrap();
    assert!(text.starts_with("---\ntechnique: T1685.001\n"), "{text}");
    let found = diff(project, &["--impact", old, "19.0"], 1);
    let touches = found["impact"].as_array().unwrap().iter();
    // Flows are drawn elsewhere: what they name is told, and left to who draws them.
    let (flows, rest): (Vec<_>, Vec<_>) = touches.partition(|t| t["subject"] == "flow");
    assert!(flows.iter().all(|t| t["code"] == "impact-revoked"));
    assert!(!flows.is_empty());
    let codes: Vec<&str> = rest.iter().map(|t| t["code"].as_str().unwrap()).collect();
    assert!(
        codes.iter().all(|code| *code == "impact-tactic"),
        "{codes:?}"
    );
}
