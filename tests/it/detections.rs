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

#[test]
fn the_most_severe_rule_comes_first_and_each_has_an_anchor() {
    let project = project();
    for (name, level) in [("b", "low"), ("a", "low"), ("z", "critical")] {
        let rule = format!("title: {name}\nid: id-{name}\nlevel: {level}\ntags: [attack.t9002]\n");
        project.write(&format!("sigma/{name}.yml"), rule.as_bytes());
    }
    let site = project.build();
    let page = site.page("techniques/T9002");
    let places: Vec<Option<usize>> = ["rule-id-z", "rule-id-a", "rule-id-b", "rule-early"]
        .iter()
        .map(|id| page.find(&format!("<details class=\"entry\" id=\"{id}\">")))
        .collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?}"
    );
}

#[test]
fn an_entry_says_where_it_is_from_and_what_it_is_about() {
    let project = project();
    let config = CONFIG.replace(
        "paths = ['sigma']",
        "paths = ['sigma']\nsource = 'https://git.example.org/rules/{path}'",
    );
    project.write("ttpress.toml", config.as_bytes());
    let rule = "title: Both\nauthor: Kim\nfalsepositives: [Visitors, The cat]\n\
                references: ['https://example.org/a', 'javascript:alert(1)']\n\
                tags: [attack.t9001, attack.t9002]\n";
    project.write("sigma/the door/both #1.yml", rule.as_bytes());
    let site = project.build();
    let page = site.page("techniques/T9001");
    for held in [
        "href=\"https://git.example.org/rules/the%20door/both%20%231.yml\"",
        "href=\"https://github.com/SigmaHQ/Detection-Rule-License\"",
        "href=\"https://example.org/a\"",
        "Visitors<br>The cat",
        ">T9002 Enter</a>",
    ] {
        assert!(page.contains(held), "`{held}` in: {page}");
    }
    assert!(!page.contains("href=\"javascript"));
    site.assert_safe();
}

#[test]
fn old_ids_are_shown_at_their_successor_and_deprecated_ones_at_their_own_page() {
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Knock")
        .technique("T9005", "Knock of old")
        .revoked()
        .relation("revoked-by", "T9005", "T9001")
        .technique("T9006", "Whistle")
        .deprecated();
    let project = Project::of(&[&bundle]);
    project.write("ttpress.toml", CONFIG.as_bytes());
    let rule = "title: Old\ntags: [attack.t9005, attack.t9006]\n";
    project.write("sigma/old.yml", rule.as_bytes());
    project.write("atomic/.keep", b"");
    project.write("car/.keep", b"");
    let site = project.build();
    assert!(site.words("techniques/T9001").contains("Old"));
    let findings = project.findings();
    let withdrawn: Vec<&str> = findings
        .of("withdrawn-reference")
        .iter()
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        withdrawn,
        [
            "Sigma names the deprecated `T9006`; 1 times",
            "Sigma names the revoked `T9005`; 1 times",
        ]
    );
    let shown = findings.of("withdrawn-reference")[1]["help"].as_str();
    assert_eq!(shown, Some("shown at its successor T9001"));
}

/// What `ttpress search` finds, as JSON.
fn found(project: &Project, query: &str) -> Vec<String> {
    let run = project.on_data("search", &["--json", query]).exits(0);
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let results = answer["results"].as_array().unwrap();
    results
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn rules_and_tests_are_found_once_and_lead_to_their_anchor() {
    let project = project();
    let rule = "title: Squeaky Hinge\nid: h-1\nlogsource: {product: shed, category: doors}\n\
                tags: [attack.t9001, attack.t9002]\n";
    project.write("sigma/hinge.yml", rule.as_bytes());
    assert_eq!(found(&project, "squeaky"), ["T9001#rule-h-1"]);
    assert_eq!(found(&project, "doors type:rule"), ["T9001#rule-h-1"]);
    assert_eq!(
        found(&project, "latch type:test"),
        ["T9001#test-try-the-latch"]
    );
    assert_eq!(found(&project, "latch type:technique"), [""; 0]);
    // Who asks for a technique gets it first, whatever its rules are called.
    assert_eq!(found(&project, "T9001")[0], "T9001");
    assert_eq!(found(&project, "knock")[0], "T9001");
    let lines = project.on_data("search", &["squeaky"]).exits(0).stdout;
    assert_eq!(lines, "T9001  Rule  Squeaky Hinge\n");
    let site = project.build();
    let names = site.file("search/names.js");
    assert!(
        names.contains("techniques/T9001/index.html#rule-h-1"),
        "{names}"
    );
}

#[cfg(unix)]
#[test]
fn rules_are_shown_in_other_languages_where_the_sigma_command_is_installed() {
    use std::os::unix::fs::PermissionsExt;

    let project = project();
    let config = CONFIG.replace(
        "paths = ['sigma']",
        "paths = ['sigma']\nconvert = ['splunk']",
    );
    project.write("ttpress.toml", config.as_bytes());
    let playbook = "---\ntechnique: T9002\ntitle: Enter\nstatus: draft\n---\n## Sigma Rules\n\n\
                    ```yaml\ntitle: Own\nlogsource: {}\ndetection: {}\n```\n";
    project.write("content/playbooks/enter.md", playbook.as_bytes());
    // Converts each rule to `q:` and its title; refuses the rule that is called Late.
    let command = "#!/bin/sh\nfor a in \"$@\"; do case $p in --output-dir) out=$a ;; esac; p=$a; done\n\
        mkdir -p \"$out\"\nfor f in \"$p\"/*.yml; do\n\
        if grep -q Late \"$f\"; then echo \"$f: no such field\"; else\n\
        sed -n 's/^title: /q:/p' \"$f\" > \"$out/$(basename \"$f\" .yml).txt\"; fi; done\n";
    project.write("bin/sigma", command.as_bytes());
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(project.path("bin/sigma"), executable).unwrap();
    let cache = project.path("cache").display().to_string();
    let build = |path: &str| {
        let path = format!("{path}:/usr/bin:/bin");
        let env = [("PATH", path.as_str()), ("TTPRESS_CACHE", cache.as_str())];
        project
            .run_in(&env, &["build", "--attack", "1.json"])
            .exits(0);
        project.site()
    };

    let site = build(&project.path("bin").display().to_string());
    let knock = site.page("techniques/T9001");
    assert!(knock.contains("data-tab=\"splunk\" data-label=\"Splunk\""));
    let words = site.words("techniques/T9001");
    assert!(
        words.contains("q:Latch <script>alert(1)</script>"),
        "{words}"
    );
    assert!(
        words.contains("did not convert this rule: no such field"),
        "{words}"
    );
    assert!(site.words("playbooks/enter").contains("q:Own"));
    site.assert_safe();

    // Without the command there are the rules alone.
    let site = build("/nowhere");
    assert!(
        !site
            .page("techniques/T9001")
            .contains("data-tab=\"splunk\"")
    );
    assert!(site.words("techniques/T9001").contains("Latch"));
}
