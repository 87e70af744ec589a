//! Rules, tests and analytics of others on the pages of techniques.

use crate::harness::Project;
use crate::stix::Bundle;

const CONFIG: &str = "[detections.sigma]\npaths = ['sigma']\n[detections.atomic]\npaths = ['atomic']\n\
    [detections.car]\npaths = ['car']\n[detections.aliases]\nT9100 = 'T9002'\n";
const RULE: &str = "title: Latch <script>alert(1)</script>\nid: r-1\nlevel: high\n\
    tags: [attack.t9001, attack.t9999, car.x]\nlogsource: {product: shed}\ndetection: {a: 1}\n";
const TWO: &str =
    "title: Early\ntags: [attack.t9100]\n---\ntitle: Late\nauthor: Kim\ntags: [attack.t9001]\n";
const TEST: &str = "attack_technique: T9001\natomic_tests:\n- name: Try the latch\n  input_arguments:\n    \
    door: {default: 7}\n  executor: {name: sh, command: 'open #{door} #{none}', elevation_required: true}\n";
const CAR: &str = "title: Watch\nid: CAR-9\ncoverage:\n- {technique: T9002}\nimplementations:\n- {type: psuedocode, code: look}\n";

fn project() -> Project {
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Knock")
        .technique("T9002", "Enter");
    let project = Project::of(&[&bundle]);
    project.write("ttpress.toml", CONFIG.as_bytes());
    project.write("sigma/latch.yml", RULE.as_bytes());
    project.write("sigma/two.yml", TWO.as_bytes());
    project.write("sigma/broken.yml", b"title: x\ntags: [\n");
    project.write("atomic/T9001.yaml", TEST.as_bytes());
    project.write("car/CAR-9.yaml", CAR.as_bytes());
    project
}

#[test]
fn a_technique_shows_what_others_have_for_it() {
    let site = project().build();
    let knock = site.words("techniques/T9001");
    for said in [
        "Latch",
        "Late",
        "Kim",
        "high",
        "shed",
        "open 7 #{none}",
        "needs elevation",
    ] {
        assert!(knock.contains(said), "`{said}` in: {knock}");
    }
    let enter = site.words("techniques/T9002");
    for said in ["Early", "Watch", "Pseudocode", "look"] {
        assert!(enter.contains(said), "`{said}` in: {enter}");
    }
    site.assert_safe();
}

#[test]
fn unknown_ids_and_broken_files_are_reported_and_fatal_only_when_strict() {
    let project = project();
    let findings = project.findings();
    assert!(findings.one("unknown-reference").contains("`T9999`"));
    let broken = findings.of("malformed-detection");
    assert_eq!(broken.len(), 1);
    assert!(broken[0]["file"].as_str().unwrap().ends_with("broken.yml"));
    assert!(broken[0]["line"].is_u64());
    let said = project.on_data("build", &[]).exits(0).stderr;
    assert!(
        said.contains("Sigma: 3 read; 3 references resolved, 1 unknown; 1 malformed"),
        "{said}"
    );
    project.on_data("build", &["--strict"]).exits(1);
}

#[test]
fn a_long_list_has_a_page_of_its_own() {
    let project = project();
    for number in 0..30 {
        let rule = format!("title: Rule {number}\ntags: [attack.t9001]\n");
        project.write(&format!("sigma/many/{number}.yml"), rule.as_bytes());
    }
    let site = project.build();
    assert!(
        site.page("techniques/T9001")
            .contains("href=\"../../techniques/T9001/rules/index.html\"")
    );
    assert!(site.words("techniques/T9001/rules").contains("Rule 29"));
    assert!(!site.words("techniques/T9001").contains("Rule 29"));
}
