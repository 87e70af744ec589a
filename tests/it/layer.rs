//! `ttpress layer`: the layers of the site, without the site.

use serde_json::Value;

use crate::harness::Project;
use crate::stix::Bundle;

const PLAYBOOK: &str = "---\ntechnique: T9001\ntitle: Knock\nstatus: approved\n---\n## A\n\nB.\n";

fn before() -> Bundle {
    Bundle::new("enterprise-attack")
        .release("98.1")
        .technique("T9001", "Knock")
        .technique("T9002", "Enter")
        .group("G9001", "Visitors")
        .relation("uses", "G9001", "T9002")
        .group("G9002", "Nobody")
}

/// A wiki of one domain with an earlier release beside it.
fn project() -> Project {
    let now = before().release("99.1").technique("T9003", "Leave");
    let mut project = Project::of(&[&now, &before()]);
    project.attack(&["1.json"]);
    project.write("content/playbooks/T9001-knock.md", PLAYBOOK.as_bytes());
    project
}

#[test]
fn one_layer_is_printed_as_the_site_has_it() {
    let project = project();
    let site = project.build();
    let coverage = project.on_data("layer", &["coverage"]).exits(0).stdout;
    assert_eq!(
        coverage,
        site.file("coverage/coverage-enterprise-layer.json")
    );
    let group = site.file("groups/G9001/G9001-enterprise-layer.json");
    for id in ["G9001", "g9001"] {
        assert_eq!(project.on_data("layer", &[id]).exits(0).stdout, group);
    }
}

#[test]
fn what_changed_is_a_layer_where_there_is_an_earlier_release() {
    let project = project();
    let more = ["updates", "--previous", "2.json"];
    let printed = project.on_data("layer", &more).exits(0).stdout;
    let layer: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(layer["name"], "ATT&CK 98.1 to 99.1");
    assert_eq!(layer["techniques"][0]["techniqueID"], "T9003");
    let run = project.on_data("layer", &["updates"]).exits(2);
    assert!(run.stderr.contains("--previous"), "{}", run.stderr);
}

#[test]
fn several_layers_need_a_folder() {
    let project = project();
    let run = project.on_data("layer", &["coverage", "G9001"]).exits(2);
    assert!(
        run.stdout.is_empty() && run.stderr.contains("-o DIR"),
        "{}",
        run.stderr
    );
    let more = ["coverage", "G9001", "-o", "out/layers"];
    assert!(project.on_data("layer", &more).exits(0).stdout.is_empty());
    for name in ["coverage-enterprise", "G9001-enterprise"] {
        let path = project.path(&format!("out/layers/{name}-layer.json"));
        assert!(path.is_file(), "{}", path.display());
    }
}

#[test]
fn what_has_no_layer_is_an_error_that_says_why() {
    let project = project();
    for (id, why) in [
        ("G9999", "the data has no `G9999`"),
        ("G9002", "`G9002` has no techniques to show"),
        ("T9001", "`T9001` has no techniques to show"),
    ] {
        let run = project.on_data("layer", &[id]).exits(2);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert!(run.stdout.is_empty());
    }
}
