//! Attack flows that playbooks name: drawn, told in words, and checked.

use crate::harness::{Project, Site};
use crate::html;
use crate::stix::Bundle;

const FLOW: &str = r#"{"type": "bundle", "objects": [
    {"type": "attack-flow", "id": "attack-flow--1", "name": "Tea <b>", "description": "How & why."},
    {"type": "attack-action", "id": "attack-action--1", "name": "Knock on the <script>alert(1)</script> door",
     "technique_id": "T9001", "description": "Twice.", "effect_refs": ["attack-condition--1"],
     "asset_refs": ["attack-asset--1"]},
    {"type": "attack-condition", "id": "attack-condition--1", "description": "Somebody opens",
     "on_true_refs": ["attack-operator--1"], "on_false_refs": ["attack-action--1"]},
    {"type": "attack-operator", "id": "attack-operator--1", "operator": "OR", "effect_refs": ["attack-action--2"]},
    {"type": "attack-action", "id": "attack-action--2", "name": "Enter", "technique_id": "T9999"},
    {"type": "attack-asset", "id": "attack-asset--1", "name": "Door"}]}"#;

fn project(flow: &str) -> Project {
    let bundle = Bundle::new("enterprise-attack").technique("T9001", "Knocking");
    let project = Project::of(&[&bundle]);
    let playbook = format!(
        "---\ntechnique: T9001\ntitle: Knock\nstatus: draft\nattack_flow: {flow}\n---\n\
         ## Executive Summary\n\nShort.\n"
    );
    project.write("content/playbooks/knock.md", playbook.as_bytes());
    project.write("content/playbooks/flows/tea.json", FLOW.as_bytes());
    project
}

fn drawing(site: &Site) -> String {
    let page = site.page("playbooks/knock");
    let start = page.find("<figure class=\"flow\">").expect("a drawing");
    let end = page[start..].find("</figure>").expect("its end");
    page[start..start + end].to_owned()
}

#[test]
fn a_playbook_shows_the_flow_that_it_names() {
    let site = project("flows/tea.json").build();
    let drawing = drawing(&site);
    let tags = html::tags(&drawing);
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    assert_eq!((count("rect"), count("path")), (5, 5));
    assert!(
        drawing.contains("<a href=\"../../techniques/T9001/index.html\"><title>Knocking</title>")
    );
    // Text from the file is text.
    assert!(drawing.contains("Tea &lt;b&gt;") && !drawing.contains("<script"));
    site.assert_safe();
    let words = html::words(&drawing);
    for said in [
        "Twice.",
        "leads to (yes) 4, (no) 1",
        "Asset Door",
        "How & why.",
    ] {
        assert!(words.contains(said), "`{said}` in: {words}");
    }
    // The section is there though nobody wrote it, and no longer counts as a gap.
    let page = site.page("playbooks/knock");
    assert!(page.contains("<div class=\"sec\"><h2 id=\"attack-flow\">"));
}

#[test]
fn a_technique_that_the_release_lacks_is_reported_at_the_flow() {
    let findings = project("flows/tea.json").findings();
    let unknown = findings.of("unknown-id");
    assert_eq!(unknown.len(), 1);
    assert!(unknown[0]["message"].as_str().unwrap().contains("`T9999`"));
    assert!(
        unknown[0]["file"]
            .as_str()
            .unwrap()
            .ends_with("flows/tea.json")
    );
}

#[test]
fn a_flow_that_is_absent_broken_or_elsewhere_is_an_error_at_its_key() {
    let project_of = |flow: &str| {
        let project = project(flow);
        project.write("content/playbooks/broken.afb", b"{\"objects\": []}");
        project.write("secret.json", FLOW.as_bytes());
        project
    };
    for (flow, why) in [
        ("gone.afb", "no such file"),
        ("broken.afb", "no steps"),
        ("../../secret.json", "no file of an attack flow"),
        ("/etc/passwd", "no file of an attack flow"),
        ("knock.md", "no file of an attack flow"),
    ] {
        let project = project_of(flow);
        let findings = project.findings();
        let message = findings.one("attack-flow");
        assert!(message.contains(why), "{flow}: {message}");
        let finding = findings.of("attack-flow")[0];
        assert_eq!(
            (&finding["line"], &finding["severity"]),
            (&5.into(), &"error".into())
        );
        let site = project.on_data("build", &[]).exits(1);
        assert!(site.stderr.contains("attack-flow"), "{}", site.stderr);
        assert!(!project.site().page("playbooks/knock").contains("<svg"));
    }
}
