//! Playbooks: authored text on a page of its own, filled from the data, linked both ways.

use crate::harness::Project;
use crate::stix::Bundle;

const PLAYBOOK: &str = "---
technique: T9001
title: Knock knock
status: approved
severity: high
owner: \"{{ lead }}\"
tlp: AMBER+STRICT
---

## Executive Summary

See T9002 and [the other one](other.md). <script>alert(1)</script>

## Investigation Workflow

- [ ] Ask {{ lead }}.
- [x] Look.

## Mitigation

Lock it.

<!-- attack: mitigations -->

<!-- for the author only -->

## Evidence

| What | Where |
|---|---|
| Log | T9001 |

```spl
index=x T9002 <b>
```
";

const OTHER: &str =
    "---\ntechnique: T9002\ntitle: Other\nstatus: draft\n---\n## Executive Summary\n\nShort.\n";

fn bundle() -> Bundle {
    Bundle::new("enterprise-attack")
        .release("99.1")
        .technique("T9001", "Knock")
        .technique("T9002", "Enter")
        .mitigation("M9001", "Lock")
        .relation("mitigates", "M9001", "T9001")
        .text("Lock the door of the shed.")
}

fn project(playbook: &str) -> Project {
    let project = Project::of(&[&bundle()]);
    project.write("ttpress.toml", b"[variables]\nlead = \"Kim\"\n");
    project.write("content/playbooks/T9001-knock.md", playbook.as_bytes());
    project.write("content/playbooks/other.md", OTHER.as_bytes());
    project
}

#[test]
fn a_playbook_is_a_page_with_its_sections_in_order() {
    let site = project(PLAYBOOK).build();
    let page = site.page("playbooks/t9001-knock");
    let places: Vec<_> = [
        "Executive Summary",
        "Investigation Workflow",
        "Mitigation",
        "Evidence",
    ]
    .iter()
    .map(|title| {
        page.find(&format!(">{title}</h2>"))
            .expect("the section is there")
    })
    .collect();
    assert!(places.is_sorted(), "{places:?}");
    let words = site.words("playbooks/t9001-knock");
    for said in [
        "Ask Kim.",
        "approved",
        "TLP:AMBER+STRICT",
        "Lock the door of the shed.",
    ] {
        assert!(words.contains(said), "`{said}` in: {words}");
    }
    assert!(!words.contains("for the author only"));
    site.assert_safe();
}

#[test]
fn ids_and_files_in_a_playbook_are_links_and_code_is_not() {
    let site = project(PLAYBOOK).build();
    let page = site.page("playbooks/t9001-knock");
    assert!(page.contains("href=\"../../techniques/T9002/index.html\""));
    assert!(page.contains("href=\"../../playbooks/other/index.html\""));
    assert!(
        page.contains("index=x T9002 &lt;b&gt;"),
        "code is as it was written"
    );
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "raw HTML is text"
    );
}

#[test]
fn a_technique_leads_to_its_playbook_and_the_list_to_all() {
    let site = project(PLAYBOOK).build();
    let technique = site.page("techniques/T9001");
    assert!(technique.contains("href=\"../../playbooks/t9001-knock/index.html\""));
    assert_eq!(site.rows("playbooks", "playbooks").len(), 2);
    let elsewhere = site.page("techniques/T9002");
    assert!(!elsewhere.contains("t9001-knock"));
}

#[test]
fn what_is_wrong_with_a_playbook_is_found_with_its_place() {
    for (broken, code, place) in [
        (
            PLAYBOOK.replace("Ask {{ lead }}", "Ask {{ nobody }}"),
            "unknown-variable",
            Some(16),
        ),
        (
            PLAYBOOK.replace("status: approved", "status: perfect"),
            "front-matter",
            Some(4),
        ),
        (
            PLAYBOOK.replace("severity", "seriousness"),
            "front-matter",
            None,
        ),
        (
            PLAYBOOK.replace("technique: T9001", "technique: T7777"),
            "unknown-technique",
            None,
        ),
    ] {
        let project = project(&broken);
        let findings = project.findings();
        let found = findings.of(code);
        assert_eq!(found.len(), 1, "{code}");
        assert!(
            found[0]["file"]
                .as_str()
                .unwrap()
                .ends_with("T9001-knock.md"),
            "{code}"
        );
        if let Some(line) = place {
            assert_eq!(found[0]["line"], line, "{code}");
        }
    }
}

#[test]
fn a_dead_link_between_playbooks_is_found() {
    let findings = project(&PLAYBOOK.replace("other.md", "gone.md")).findings();
    assert_eq!(findings.of("dead-link").len(), 1);
}

#[test]
fn every_technique_without_a_playbook_has_a_page_with_all_standard_sections() {
    let site = project(PLAYBOOK).build();
    // Both techniques have one; a third does not.
    assert!(!site.has("playbooks/t9001/index.html"));
    let project = Project::of(&[&bundle().technique("T9003", "Leave")]);
    let site = project.build();
    let page = site.page("playbooks/t9003");
    let headings = page.matches("<h2 id=").count();
    assert!(headings >= 17, "{headings} headings");
    for (title, says) in [
        ("Containment", "Not written yet."),
        ("Mitigation", "has nothing on this"),
    ] {
        let from = page
            .find(&format!(">{title}</h2>"))
            .expect("the section is there");
        let end = page[from + 1..]
            .find("<h2")
            .map_or(page.len(), |at| from + 1 + at);
        assert!(
            page[from..end].contains(says),
            "{title}: {}",
            &page[from..end]
        );
    }
    let with_data = site.page("playbooks/t9001");
    assert!(
        with_data.contains("Lock the door of the shed."),
        "mitigations are filled in"
    );
    assert!(
        site.page("techniques/T9003")
            .contains("playbooks/t9003/index.html")
    );
}

#[test]
fn coverage_counts_techniques_and_ranks_the_gaps_by_use() {
    let data = bundle()
        .technique("T9003", "Leave")
        .technique("T9004", "Stay")
        .group("G9001", "Visitors")
        .relation("uses", "G9001", "T9004");
    let project = Project::of(&[&data]);
    project.write(
        "ttpress.toml",
        b"[variables]\nlead = \"Kim\"\n[coverage]\nminimum = 50\n",
    );
    project.write("content/playbooks/T9001-knock.md", PLAYBOOK.as_bytes());
    // Less is covered than the minimum.
    let run = project.on_data("check", &["--format", "json"]).exits(1);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("a report");
    assert_eq!(report["coverage"]["techniques"], 4);
    assert_eq!(report["coverage"]["approved"], 1);
    assert_eq!(report["coverage"]["none"], 3);
    let findings = report["findings"].as_array().expect("findings");
    assert!(
        findings
            .iter()
            .any(|f| f["code"] == "coverage-below-minimum")
    );
    project.write("ttpress.toml", b"[variables]\nlead = \"Kim\"\n");
    let site = project.build();
    let gaps = site.file("coverage/gaps.csv");
    let ids: Vec<&str> = gaps
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').next())
        .collect();
    assert_eq!(ids, ["T9004", "T9002", "T9003"], "those in use first");
}

const EVERYTHING: &str = "---
techniques: [T9001, T9002]
title: Knock and enter
status: draft
---

## Commands

<!-- attack: commands -->

## Network Traffic

<!-- attack: network-traffic -->

## Windows Events

<!-- attack: windows-events -->

## Sysmon Events

<!-- attack: sysmon-events -->

## Common Tools

<!-- attack: software -->

## Detection Opportunities

<!-- attack: log-sources -->

<!-- attack: detections -->

<!-- attack: detections -->
";

fn log(component: &str, name: &str, channel: &str) -> serde_json::Value {
    serde_json::json!({
        "x_mitre_data_component_ref": crate::stix::stix_id("x-mitre-data-component", component),
        "name": name,
        "channel": channel,
    })
}

/// Two techniques with a strategy each, users, tools and commands.
fn rich() -> Bundle {
    let mut bundle = Bundle::new("enterprise-attack").release("99.1");
    for (technique, strategy, analytic) in [
        ("T9001", "DET9001", "AN9001"),
        ("T9002", "DET9002", "AN9002"),
    ] {
        bundle = bundle
            .technique(technique, "Knock")
            .platforms(&["Windows", "Plan 9"])
            .object("x-mitre-analytic", analytic, "Watch")
            .platforms(&["Windows"])
            .set(
                "x_mitre_log_source_references",
                [
                    log("DC9001", "WinEventLog:Security", "EventCode=4688, 4104"),
                    log("DC9001", "WinEventLog:Sysmon", "EventCode=3"),
                    log("DC9001", "macos:unifiedlog", "None"),
                ],
            )
            .object("x-mitre-detection-strategy", strategy, "Look")
            .set(
                "x_mitre_analytic_refs",
                [crate::stix::stix_id("x-mitre-analytic", analytic)],
            )
            .relation("detects", strategy, technique);
    }
    bundle
        .object("x-mitre-data-component", "DC9001", "Shed Watching")
        .malware("S9001", "Aardvark")
        .object("tool", "S9002", "Zebra")
        .group("G9001", "Gang")
        .uses("G9001", "S9002")
        .uses("S9001", "T9001")
        .text("It opens `HKLM\\net` and calls `CreateFileW`.")
        .uses("S9002", "T9001")
        .text("It runs `net view “all” <PID>` and `whoami`.")
        .uses("G9001", "T9001")
        .text("They run `net view “all” <PID>`.(Citation: Diary)")
        .source("Diary", "A diary.", "https://example.org/diary")
}

#[test]
fn blocks_say_what_the_data_says() {
    let project = Project::of(&[&rich()]);
    project.write("content/playbooks/all.md", EVERYTHING.as_bytes());
    let site = project.build();
    let folder = "playbooks/all";

    let commands = site.rows(folder, "commands");
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].contains("<code>net view “all” &lt;PID&gt;</code>"));
    assert!(commands[0].contains(">Gang</a><sup>"), "{}", commands[0]);
    assert!(commands[1].contains("<code>whoami</code>"));

    let software = site.rows(folder, "software");
    assert!(software[0].contains("Zebra") && software[0].contains("Gang"));
    assert!(software[1].contains("Aardvark") && !software[1].contains("Gang"));

    let windows = site.rows(folder, "windows-events");
    assert_eq!(windows.len(), 2);
    assert!(
        windows[0].contains("usually in PowerShell"),
        "{}",
        windows[0]
    );
    assert!(windows[0].contains("Script block text"));
    assert!(windows[1].contains("Process created") && windows[1].contains("#AN9001"));
    assert_eq!(site.rows(folder, "windows-events-2").len(), 2);
    assert_eq!(site.rows(folder, "network-traffic").len(), 1);
    assert_eq!(site.rows(folder, "log-sources").len(), 3);
    let words = site.words(folder);
    assert!(words.contains("No analytic covers Plan 9."), "{words}");
    site.assert_safe();
    assert_eq!(project.findings().of("unlikely-log").len(), 2);
}

#[test]
fn no_anchor_of_a_page_with_many_blocks_is_there_twice() {
    let project = Project::of(&[&rich()]);
    project.write("content/playbooks/all.md", EVERYTHING.as_bytes());
    let page = project.build().page("playbooks/all");
    let tags = crate::html::tags(&page);
    let mut seen = std::collections::BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(seen.insert(id.to_owned()), "two elements `{id}`");
    }
}
