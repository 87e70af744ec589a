//! `ttpress diff` on bundles made here: each category, what changed inside, what it touches.

use serde_json::{Value, json};

use crate::harness::{Project, Run};
use crate::html;
use crate::stix::{Bundle, stix_id};

const DOMAIN: &str = "enterprise-attack";

fn bundle(release: &str) -> Bundle {
    Bundle::new(DOMAIN)
        .release(release)
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
}

fn diff(old: &Bundle, new: &Bundle) -> Value {
    let project = Project::of(&[old, new]);
    let run = project
        .run(&["diff", "1.json", "2.json", "--format", "json"])
        .exits(0);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The categories that have members, with them.
fn categories(diff: &Value, r#type: &str) -> Vec<(String, Value)> {
    let all = diff["domains"][DOMAIN][r#type].as_object().unwrap().iter();
    all.filter(|(_, ids)| **ids != json!([]))
        .map(|(category, ids)| (category.clone(), ids.clone()))
        .collect()
}

fn one(category: &str, id: &str) -> Vec<(String, Value)> {
    vec![(category.to_owned(), json!([id]))]
}

fn object(diff: &Value, id: &str) -> Value {
    let objects = diff["changes"][DOMAIN]["objects"].as_array().unwrap();
    let found = objects.iter().find(|o| o["id"] == id);
    found
        .unwrap_or_else(|| panic!("{id} is not in {objects:#?}"))
        .clone()
}

fn at_version(version: &str) -> Bundle {
    bundle("99.1")
        .technique("T9001", "Knock")
        .set("x_mitre_version", version)
}

#[test]
fn versions_decide_between_major_minor_and_other() {
    for (old, new, category) in [
        ("1.3", "2.0", "major_version_changes"),
        ("1.9", "1.10", "minor_version_changes"),
        ("1.0", "1.2", "other_version_changes"),
        ("1.0", "2.1", "other_version_changes"),
        ("2.0", "1.0", "other_version_changes"),
    ] {
        let found = diff(&at_version(old), &at_version(new));
        let expected = one(category, "T9001");
        assert_eq!(categories(&found, "techniques"), expected, "{old} to {new}");
    }
    // Without a version, an object counts as 0.0.
    let found = diff(
        &at_version("1.0").unset("x_mitre_version"),
        &at_version("1.0"),
    );
    let expected = one("major_version_changes", "T9001");
    assert_eq!(categories(&found, "techniques"), expected);
}

#[test]
fn a_patch_is_another_date_or_description_under_the_same_version() {
    let old = at_version("1.0").text("One.");
    let patched = one("patches", "T9001");
    let date = old.clone().set("modified", "2025-01-01T00:00:00.000Z");
    assert_eq!(categories(&diff(&old, &date), "techniques"), patched);
    let text = at_version("1.0").text("Two.");
    assert_eq!(categories(&diff(&old, &text), "techniques"), patched);
    // The two editions of STIX write one instant in two ways.
    let same = old.clone().set("modified", "2024-05-06T00:00:00Z");
    assert!(categories(&diff(&old, &same), "techniques").is_empty());
    // A release without texts says nothing about them.
    let bare = at_version("1.0");
    assert!(categories(&diff(&old, &bare), "techniques").is_empty());
}

#[test]
fn objects_come_go_and_are_withdrawn() {
    let none = bundle("99.1");
    let knock = at_version("1.0");
    let found = diff(&none, &knock);
    assert_eq!(categories(&found, "techniques"), one("additions", "T9001"));
    // The dead count too.
    let found = diff(&none, &knock.clone().deprecated());
    assert_eq!(categories(&found, "techniques"), one("additions", "T9001"));
    let found = diff(&knock, &none);
    assert_eq!(categories(&found, "techniques"), one("deletions", "T9001"));
    let found = diff(&knock, &knock.clone().deprecated());
    assert_eq!(
        categories(&found, "techniques"),
        one("deprecations", "T9001")
    );
    let found = diff(&knock.clone().deprecated(), &knock.clone().deprecated());
    assert!(categories(&found, "techniques").is_empty());
}

#[test]
fn a_revocation_has_a_successor_of_its_own_type() {
    let old = at_version("1.0")
        .technique("T9002", "Ring")
        .malware("S9001", "Hammer");
    let revoked = |by: &str| {
        at_version("1.0")
            .revoked()
            .technique("T9002", "Ring")
            .malware("S9001", "Hammer")
            .relation("revoked-by", "T9001", by)
    };
    let found = diff(&old, &revoked("T9002"));
    assert_eq!(
        categories(&found, "techniques"),
        one("revocations", "T9001")
    );
    assert_eq!(
        object(&found, "T9001")["successor"],
        json!({"id": "T9002", "name": "Ring"})
    );
    for by in ["S9001", "attack-pattern--nowhere"] {
        let found = diff(&old, &revoked(by));
        assert!(categories(&found, "techniques").is_empty(), "by {by}");
        // It is told all the same.
        assert_eq!(object(&found, "T9001")["status"]["to"], "revoked");
    }
    // A tool may take the place of malware: both are software.
    let tool = |bundle: Bundle| bundle.object("tool", "S9002", "Drill");
    let old = tool(bundle("99.1").malware("S9001", "Hammer"));
    let new = tool(bundle("99.2").malware("S9001", "Hammer").revoked()).relation(
        "revoked-by",
        "S9001",
        "S9002",
    );
    assert_eq!(
        categories(&diff(&old, &new), "software"),
        one("revocations", "S9001")
    );
}

#[test]
fn every_type_and_category_is_there_empty_or_not() {
    let found = diff(&bundle("99.1"), &bundle("99.2"));
    let types = found["domains"][DOMAIN].as_object().unwrap();
    assert_eq!(types.len(), 10);
    assert!(
        types
            .values()
            .all(|categories| categories.as_object().unwrap().len() == 8)
    );
    assert_eq!(found["from"]["name"], "99.1");
    assert_eq!(found["to"]["name"], "99.2");
}

#[test]
fn domains_are_compared_on_their_own() {
    let here = |version: &str| at_version(version).json();
    let there = Bundle::new("mobile-attack")
        .release("99.1")
        .matrix("Mobile")
        .technique("T9001", "Knock")
        .json();
    let project = Project::empty();
    for (folder, version) in [("old", "1.0"), ("new", "1.1")] {
        project.write(&format!("{folder}/e.json"), here(version).as_bytes());
        project.write(&format!("{folder}/m.json"), there.as_bytes());
    }
    let run = project
        .run(&["diff", "old", "new", "--format", "json"])
        .exits(0);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        categories(&found, "techniques"),
        one("minor_version_changes", "T9001")
    );
    let mobile = &found["domains"]["mobile-attack"]["techniques"];
    assert!(
        mobile
            .as_object()
            .unwrap()
            .values()
            .all(|ids| *ids == json!([]))
    );
    // Bundles with commas between them are one release too.
    let listed = project
        .run(&[
            "diff",
            "old/e.json,old/m.json",
            "new/e.json,new/m.json",
            "--format",
            "json",
        ])
        .exits(0);
    assert_eq!(listed.stdout, run.stdout);
}

#[test]
fn what_changed_inside_is_told() {
    let old = at_version("1.0")
        .text("Knocks with a hammer on the door.")
        .platforms(&["Doors"])
        .phase("opening")
        .mitigation("M9001", "Lock")
        .relation("mitigates", "M9001", "T9001")
        .mitigation("M9002", "Dog");
    let new = bundle("99.2")
        .tactic("TA9002", "Closing", "closing")
        .technique("T9001", "Knock twice")
        .set("x_mitre_version", "1.1")
        .text("Knocks with a fist on the door.")
        .platforms(&["Gates"])
        .phase("closing")
        .mitigation("M9001", "Lock")
        .mitigation("M9002", "Dog")
        .relation("mitigates", "M9002", "T9001");
    let found = diff(&old, &new);
    let knock = object(&found, "T9001");
    assert_eq!(
        knock["name_change"],
        json!({"from": "Knock", "to": "Knock twice"})
    );
    assert_eq!(
        knock["lists"]["platforms"],
        json!({"added": ["Gates"], "dropped": ["Doors"]})
    );
    assert_eq!(
        knock["relations"]["mitigations"],
        json!({
            "added": [{"id": "M9002", "name": "Dog"}],
            "dropped": [{"id": "M9001", "name": "Lock"}],
        })
    );
    assert_eq!(knock["relations"]["tactics"]["added"][0]["id"], "TA9002");
    let words: Vec<&str> = knock["description"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|stretch| stretch["fate"] != "kept")
        .map(|stretch| stretch["text"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["hammer", "fist"]);
    // Its mitigation is in no category; that its relations changed is told all the same.
    assert_eq!(object(&found, "M9002")["category"], Value::Null);
    let changes = &found["changes"][DOMAIN];
    assert_eq!(
        changes["platforms"]["renamed"],
        json!([{"from": "Doors", "to": "Gates"}])
    );
    assert_eq!(changes["tactics"][0]["fate"], "added");
}

#[test]
fn sub_techniques_that_move_and_tactics_with_another_name_are_told() {
    let old = at_version("1.0")
        .technique("T9001.001", "Knock hard")
        .technique("T9002", "Ring");
    let ring = stix_id("attack-pattern", "T9001.001");
    let new = Bundle::new(DOMAIN)
        .release("99.2")
        .tactic("TA9001", "Beginning", "beginning")
        .matrix("Enterprise")
        .technique("T9001", "Knock")
        .technique("T9002", "Ring")
        .technique("T9002.003", "Knock hard")
        .set("id", &ring);
    let found = diff(&old, &new);
    let changes = &found["changes"][DOMAIN];
    assert_eq!(
        changes["moved"],
        json!([{"stix_id": ring, "from": "T9001.001", "to": "T9002.003"}])
    );
    let tactic = &changes["tactics"][0];
    assert_eq!(tactic["fate"], "renamed");
    assert_eq!(
        tactic["shortname_change"],
        json!({"from": "opening", "to": "beginning"})
    );
}

// What it touches

const PLAYBOOK: &str = "---\ntechnique: T9001\ntitle: Knocking\nstatus: draft\nowner: Kim\n\
    technique_version: \"1.0\"\n---\n## Executive Summary\nSee T9001 and \
    [T9001](https://attack.mitre.org/techniques/T9001/), not T9002.\n\n```yaml\ntags:\n  - \
    attack.t9001\n```\n";

fn before() -> Bundle {
    at_version("1.0").technique("T9002", "Ring")
}

fn revoked() -> Bundle {
    at_version("1.0")
        .revoked()
        .technique("T9002", "Ring")
        .relation("revoked-by", "T9001", "T9002")
}

fn with_playbook(new: &Bundle) -> Project {
    let project = Project::of(&[&before(), new]);
    project.write("content/playbooks/knock.md", PLAYBOOK.as_bytes());
    project
}

fn impact(project: &Project, more: &[&str]) -> Run {
    project.run(&[&["diff", "1.json", "2.json", "--impact"], more].concat())
}

#[test]
fn a_release_that_touches_nothing_is_clean() {
    let project = with_playbook(&before());
    impact(&project, &[]).exits(0);
    impact(&project, &["--format", "github"]).exits(0);
    project
        .run(&["diff", "1.json", "nowhere.json", "--impact"])
        .exits(2);
}

#[test]
fn a_revoked_technique_touches_the_playbook_wherever_it_is_named() {
    let project = with_playbook(&revoked());
    let run = impact(&project, &["--format", "json"]).exits(1);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let touches = found["impact"].as_array().unwrap();
    let told: Vec<_> = touches
        .iter()
        .map(|t| {
            (
                t["code"].as_str().unwrap(),
                t["place"]["line"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("impact-revoked", 2),
            ("impact-link", 9),
            ("impact-link", 9),
            ("impact-link", 9),
            ("impact-link", 13)
        ]
    );
    assert_eq!(touches[0]["severity"], "error");
    assert_eq!(touches[0]["owner"], "Kim");
    assert!(touches[0]["proposal"].as_str().unwrap().contains("T9002"));

    let text = impact(&project, &[]).exits(1).stdout;
    assert!(text.contains("error[impact-revoked]"), "{text}");
    assert!(text.contains("content/playbooks/knock.md:2:12"), "{text}");
    let github = impact(&project, &["--format", "github"]).exits(1).stdout;
    assert!(
        github.starts_with("::error file=content/playbooks/knock.md,line=2,col=12"),
        "{github}"
    );
    let sarif = impact(&project, &["--format", "sarif"]).exits(1).stdout;
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn fix_puts_the_successor_in_the_place_of_whole_ids() {
    let project = with_playbook(&revoked());
    let run = impact(&project, &["--fix"]).exits(0);
    assert!(
        run.stderr.contains("knock.md:2: T9001 → T9002"),
        "{}",
        run.stderr
    );
    let text = std::fs::read_to_string(project.path("content/playbooks/knock.md")).unwrap();
    let expected = PLAYBOOK.replace("T9001", "T9002").replace("t9001", "t9002");
    assert_eq!(text, expected);
    impact(&project, &[]).exits(0);
}

#[test]
fn a_new_version_touches_what_was_reviewed_against_an_earlier_one() {
    let new = at_version("2.0").technique("T9002", "Ring");
    let project = with_playbook(&new);
    let text = impact(&project, &[]).exits(1).stdout;
    assert!(text.contains("warning[impact-version]"), "{text}");
    let reviewed = PLAYBOOK.replace("\"1.0\"", "\"2.0\"");
    project.write("content/playbooks/knock.md", reviewed.as_bytes());
    impact(&project, &[]).exits(0);
}

#[test]
fn layers_and_variables_are_touched_too() {
    let project = Project::of(&[&before(), &revoked()]);
    let layer = br#"{"techniques": [{"techniqueID": "T9001"}, {"techniqueID": "T9002"}]}"#;
    project.write("content/layers/ours.json", layer);
    let settings =
        b"[variables]\nworst = \"T9001 at the door\"\n\n[detections.aliases]\nT9001 = \"T9002\"\n";
    project.write("ttpress.toml", settings);
    let run = impact(&project, &["--format", "json"]).exits(1);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let touches = found["impact"].as_array().unwrap();
    let told: Vec<_> = touches
        .iter()
        .map(|t| {
            (
                t["subject"].as_str().unwrap(),
                t["place"]["line"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("layer", 1), ("variable", 2)]);
}

#[test]
fn an_attack_flow_is_touched_where_it_names_what_is_gone() {
    let project = with_playbook(&revoked());
    let flow = b"{\"type\": \"bundle\", \"objects\": [{\"type\": \"attack-flow\", \"id\": \"attack-flow--1\", \"name\": \"Tea\", \"start_refs\": [\"attack-action--1\"]},\n{\"type\": \"attack-action\", \"id\": \"attack-action--1\",\n \"name\": \"Knock\", \"technique_id\": \"T9001\"}]}";
    project.write("content/playbooks/flows/tea.json", flow);
    project.write("content/playbooks/notes.json", b"[\"T9001\"]");
    let run = impact(&project, &["--format", "json"]).exits(1);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let touches = found["impact"].as_array().unwrap().iter();
    let flows: Vec<_> = touches
        .filter(|t| t["subject"] != "playbook")
        .map(|t| (&t["subject"], &t["code"], &t["place"]))
        .collect();
    let place = json!({"file": "content/playbooks/flows/tea.json", "line": 3, "column": 36});
    assert_eq!(flows, [(&json!("flow"), &json!("impact-revoked"), &place)]);
}

// Its forms

#[test]
fn every_form_tells_the_same() {
    let project = with_playbook(&revoked());
    for format in ["text", "md", "html", "json"] {
        let run = project
            .run(&["diff", "1.json", "2.json", "--format", format])
            .exits(0);
        assert!(
            run.stdout.contains("T9001") && run.stdout.contains("Ring"),
            "{}",
            run.stdout
        );
        let out = format!("out.{format}");
        let args = ["diff", "1.json", "2.json", "--format", format, "-o", &out];
        project.run(&args).exits(0);
        let written = std::fs::read_to_string(project.path(&out)).unwrap();
        assert_eq!(written, run.stdout, "{format}");
    }
    project
        .run(&["diff", "1.json", "2.json", "--format", "layers"])
        .exits(2);
    let args = [
        "diff", "1.json", "2.json", "--format", "layers", "-o", "layers",
    ];
    project.run(&args).exits(0);
    let layer = project.path("layers/99.1-99.1-enterprise-layer.json");
    let layer: Value = serde_json::from_str(&std::fs::read_to_string(layer).unwrap()).unwrap();
    assert_eq!(layer["versions"]["layer"], "4.5");
    assert_eq!(layer["techniques"][0]["techniqueID"], "T9001");
    assert_eq!(layer["techniques"][0]["score"], 1);
    assert!(layer["gradient"].is_object());
}

#[test]
fn hostile_names_stay_text() {
    let name = "<script>alert(1)</script> **x** [y](javascript:z)";
    let new = before().technique("T9003", name);
    let project = Project::of(&[&before(), &new]);
    let form = |format: &str| {
        project
            .run(&["diff", "1.json", "2.json", "--format", format])
            .stdout
    };
    assert!(!form("html").contains("<script>"));
    let markdown = form("md");
    assert!(
        !markdown.contains("<script>") || markdown.contains("\\<script"),
        "{markdown}"
    );
    assert!(markdown.contains("\\[y\\]"), "{markdown}");
}

#[test]
fn the_site_says_what_changed_and_what_it_touches() {
    let new = revoked().set("x_mitre_version", "1.0");
    let mut project = with_playbook(&new);
    project.attack(&["2.json"]);
    let base = [
        "--previous",
        "1.json",
        "--base-url",
        "https://wiki.example.org/a/",
    ];
    project.on_data("build", &base).exits(0);
    let site = project.site();
    let folder = "updates/99.1-99.1";
    let words = site.words(folder);
    assert!(words.contains("T9001"), "{words}");
    assert!(words.contains("Knocking"), "{words}");
    let page = site.page(folder);
    assert!(
        page.contains("../../playbooks/knock/index.html"),
        "the playbook is linked"
    );
    assert!(
        site.page("").contains("updates/99.1-99.1/index.html"),
        "home leads there"
    );
    let feed = site.file("updates/feed.xml");
    assert!(
        feed.contains("https://wiki.example.org/a/updates/99.1-99.1/"),
        "{feed}"
    );
    let json: Value = serde_json::from_str(&site.file(&format!("{folder}/diff.json"))).unwrap();
    assert_eq!(json["impact"].as_array().unwrap().len(), 5);
    assert!(site.has(&format!("{folder}/99.1-99.1-enterprise-layer.json")));
    for folder in ["updates", folder] {
        html::assert_safe(folder, &site.page(folder));
    }
    project.on_data("build", &[]).exits(0);
    assert!(
        !project.site().has("updates/index.html"),
        "only where it is asked for"
    );
}
