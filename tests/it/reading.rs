//! What helps in reading: previews of links, anchors of rows, charts, where playbooks are edited.

use std::process::Command;

use serde_json::Value;

use crate::harness::Project;
use crate::stix::Bundle;

/// A group that uses six techniques of two tactics.
fn bundle() -> Bundle {
    let mut bundle = Bundle::new("enterprise-attack")
        .tactic("TA9001", "Arrival", "arrival")
        .tactic("TA9002", "Departure", "departure")
        .matrix("Enterprise");
    for number in 1..=6 {
        let tactic = if number < 5 { "departure" } else { "arrival" };
        bundle = bundle
            .technique(&format!("T900{number}"), &format!("Way {number}"))
            .phase(tactic)
            .text("Walks \"in\" </script>. Then leaves.");
    }
    bundle = bundle.group("G9001", "Walkers");
    for number in 1..=6 {
        bundle = bundle
            .relation("uses", "G9001", &format!("T900{number}"))
            .text("They walk.");
    }
    bundle
}

const PLAYBOOK: &str = "---\ntechnique: T9001\ntitle: Walk\nstatus: review\nseverity: high\n---\n\
                        ## Executive Summary\n\nShort.\n";

/// The lines of a script of previews, by place.
fn previews(script: &str, folder: &str) -> Value {
    let call = format!("ttpressPreviews(\"{folder}\",");
    let json = script.strip_prefix(&call).unwrap();
    serde_json::from_str(json.trim_end().strip_suffix(");").unwrap()).unwrap()
}

#[test]
fn each_kind_has_previews_of_its_pages() {
    let project = Project::of(&[&bundle()]);
    project.write("content/playbooks/walk.md", PLAYBOOK.as_bytes());
    let site = project.build();
    let techniques = previews(&site.file("previews/techniques.js"), "techniques");
    let says = ["T9001", "Technique", "Way 1", "Walks \"in\" </script>."];
    assert_eq!(techniques["T9001"], serde_json::json!(says));
    assert_eq!(techniques.as_object().unwrap().len(), 6);
    let playbooks = previews(&site.file("previews/playbooks.js"), "playbooks");
    let says = ["T9001", "Playbook", "Walk", "in review · high"];
    assert_eq!(playbooks["walk"], serde_json::json!(says));
}

#[test]
fn a_row_about_an_object_has_an_anchor() {
    let site = Project::of(&[&bundle()]).build();
    assert!(
        site.page("techniques/T9001")
            .contains("<tr id=\"procedures-G9001\">")
    );
    assert!(
        site.page("groups/G9001")
            .contains("<tr id=\"techniques-T9006\">")
    );
}

#[test]
fn the_tactics_of_a_group_are_drawn_in_the_order_of_the_matrix() {
    let site = Project::of(&[&bundle()]).build();
    let page = site.page("groups/G9001");
    let (_, chart) = page.split_once("<figure class=\"co bars\">").unwrap();
    let (chart, _) = chart.split_once("</figure>").unwrap();
    let (_, table) = chart.split_once("<tbody>").unwrap();
    assert!(
        table.starts_with("<tr><td>Arrival<td>2<tr><td>Departure<td>4</tbody>"),
        "{table}"
    );
    assert!(!site.page("techniques/T9001").contains("co bars"));
    site.assert_safe();
}

#[test]
fn the_platforms_of_software_are_drawn_by_the_techniques_that_work_on_them() {
    let software = |platforms: &[&str]| {
        let bundle = Bundle::new("enterprise-attack")
            .technique("T9001", "Knock")
            .platforms(&["Shed", "Barn"])
            .technique("T9002", "Enter")
            .platforms(&["Shed", "Attic"])
            .malware("S9001", "Crowbar")
            .platforms(platforms)
            .uses("S9001", "T9001")
            .uses("S9001", "T9002");
        Project::of(&[&bundle]).build().page("software/S9001")
    };
    let page = software(&["Barn", "Shed", "Cellar"]);
    assert!(page.contains("Techniques by platform"), "{page}");
    assert!(
        page.contains("<tbody><tr><td>Barn<td>1<tr><td>Shed<td>2</tbody>"),
        "{page}"
    );
    assert!(!software(&["Shed"]).contains("Techniques by platform"));
}

#[test]
fn few_techniques_are_not_drawn() {
    let bundle = Bundle::new("enterprise-attack")
        .tactic("TA9001", "Arrival", "arrival")
        .technique("T9001", "Way")
        .phase("arrival")
        .group("G9001", "Walkers")
        .relation("uses", "G9001", "T9001");
    let site = Project::of(&[&bundle]).build();
    assert!(!site.page("groups/G9001").contains("<figure"));
}

const SETTINGS: &str = "[site]\nedit_url = \"https://git.example.org/edit/{path}\"\ngit = true\n";

fn git(project: &Project, arguments: &[&str]) {
    let run = Command::new("git")
        .current_dir(project.path(""))
        .args(["-c", "user.name=K", "-c", "user.email=k@example.org"])
        .args(arguments)
        .env("GIT_COMMITTER_DATE", "2024-05-06T12:00:00+0000")
        .output();
    assert!(run.unwrap().status.success(), "git {arguments:?}");
}

#[test]
fn a_playbook_leads_to_its_source_and_says_when_that_changed() {
    let project = Project::of(&[&bundle()]);
    project.write("ttpress.toml", SETTINGS.as_bytes());
    project.write("content/playbooks/Wälk in.md", PLAYBOOK.as_bytes());
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-qm", "Walk"]);
    let site = project.build();
    let page = site.page("playbooks/walk-in");
    let edit = "href=\"https://git.example.org/edit/content/playbooks/W%C3%A4lk%20in.md\"";
    assert!(page.replace("&#x2F;", "/").contains(edit));
    let changed = site.fact("playbooks/walk-in", "Last change");
    assert_eq!(changed.as_deref(), Some("2024-05-06"));
    // A page that nobody has written has no source.
    assert!(!site.page("playbooks/t9002").contains("git.example.org"));
}

#[test]
fn without_a_repository_there_is_no_last_change_and_a_warning() {
    let project = Project::of(&[&bundle()]);
    project.write("ttpress.toml", SETTINGS.as_bytes());
    project.write("content/playbooks/walk.md", PLAYBOOK.as_bytes());
    let message = project.findings().one("no-history").to_owned();
    assert_eq!(message, "Git has no history of this folder");
    assert_eq!(project.build().fact("playbooks/walk", "Last change"), None);
}
