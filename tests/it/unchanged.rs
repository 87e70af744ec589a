//! A build that has nothing to do stops early; it must never stop where there is something.

use std::fs;

use crate::harness::Project;
use crate::stix::Bundle;

const PLAYBOOK: &str = "content/playbooks/T9001-knock.md";

fn wiki() -> Project {
    let bundle = |name: &str| {
        let bundle = Bundle::new("enterprise-attack").technique("T9001", name);
        bundle.phase("x").text("Known.(Citation: Nowhere)")
    };
    let mut project = Project::of(&[&bundle("Knock")]);
    project.attack(&["1.json"]);
    project.write("old.json", bundle("Tap").json().as_bytes());
    project.write(PLAYBOOK, playbook("Look twice.").as_bytes());
    project.write("ttpress.toml", settings("Wiki").as_bytes());
    project.write("themes/ours/strings/en.toml", b"home = 'Start'");
    project.write("rules/a.yml", b"title: A rule\n");
    project
}

fn playbook(step: &str) -> String {
    format!(
        "---\ntechnique: T9001\ntitle: Knock\nstatus: approved\nowner: Kim\n---\n\n## Containment\n\n{step}\n"
    )
}

fn settings(title: &str) -> String {
    format!(
        "[site]\ntitle = '{title}'\n[build]\ntheme = 'ours'\n\
         [attack]\nprevious = ['old.json']\nrelease = '2.0'\n\
         [detections.sigma]\npaths = ['rules']\n"
    )
}

#[test]
fn whatever_a_site_is_made_from_its_change_shows() {
    let project = wiki();
    let changes = |file: &str, bytes: &[u8]| {
        let before = project.build().snapshot();
        project.write(file, bytes);
        let after = project.build().snapshot();
        assert!(before != after, "{file} changed, the site did not");
        assert!(after == project.build().snapshot());
    };
    let knock = Bundle::new("enterprise-attack").technique("T9001", "Knock twice");
    changes("1.json", knock.phase("x").json().as_bytes());
    let tap = Bundle::new("enterprise-attack").technique("T9001", "Tap twice");
    changes("old.json", tap.phase("x").json().as_bytes());
    changes(PLAYBOOK, playbook("Look again.").as_bytes());
    changes("content/playbooks/more.md", playbook("More.").as_bytes());
    changes("ttpress.toml", settings("Other wiki").as_bytes());
    changes("themes/ours/strings/en.toml", b"home = 'Begin'");
    let rule = "title: A rule\nlogsource:\n  product: windows\ndetection:\n  a:\n    b: c\n  condition: a\ntags:\n  - attack.t9001\n";
    changes("rules/a.yml", rule.as_bytes());
}

#[test]
fn a_site_that_was_touched_is_mended() {
    let project = wiki();
    let site = project.build();
    let good = site.snapshot();
    fs::write(project.path("site/index.html"), "gone").unwrap();
    project.build();
    assert!(good == site.snapshot(), "an edited file is mended");
    fs::remove_file(project.path("site/techniques/T9001/index.html")).unwrap();
    project.build();
    assert!(good == site.snapshot(), "a lost file comes back");
    fs::remove_dir_all(project.path("site")).unwrap();
    project.build();
    assert!(good == site.snapshot(), "so does a lost folder");
}

#[test]
fn what_was_found_is_said_again_and_counts_again() {
    let project = wiki();
    let first = project.on_data("build", &[]).exits(0);
    assert!(
        first.stderr.contains("unresolved-citation"),
        "{}",
        first.stderr
    );
    let second = project.on_data("build", &[]).exits(0);
    assert!(
        second.stderr.contains("unresolved-citation"),
        "{}",
        second.stderr
    );
    assert!(second.stderr.contains("0 written"), "{}", second.stderr);
    project.on_data("build", &["--strict"]).exits(1);
    project.on_data("build", &["--strict"]).exits(1);
}

#[test]
fn a_day_on_which_a_review_is_due_is_another_day() {
    let project = wiki();
    let text = "---\ntechnique: T9001\ntitle: Knock\nstatus: approved\nowner: Kim\nreviewed: 2025-01-01\nexpires: 2026-01-01\n---\n\n## Containment\n\nLook.\n";
    project.write(PLAYBOOK, text.as_bytes());
    let on = |day: &str| {
        let env = [("SOURCE_DATE_EPOCH", day)];
        let run = project.run_in(&env, &["build", "--attack", "1.json"]);
        run.exits(0).stderr.contains("overdue-review")
    };
    // 2025-06-01 and 2027-06-01, at midnight.
    assert!(!on("1748736000"));
    assert!(on("1811808000"));
}
