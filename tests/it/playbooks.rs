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
    assert!(
        site.words("techniques/T9001")
            .contains("Playbook: Knock knock"),
        "what can be done with the page begins with it"
    );
}

#[test]
fn how_long_a_review_holds_is_said_in_words() {
    let keys = "reviewed: 2026-01-02\nreview_every: P1Y6M\ntlp: GREEN";
    let site = project(&PLAYBOOK.replace("tlp: AMBER+STRICT", keys)).build();
    let words = site.words("playbooks/t9001-knock");
    assert!(words.contains("1 year, 6 months"), "{words}");
    assert_eq!(words.matches("TLP").count(), 1, "{words}");
}

#[test]
fn commands_of_attackers_are_set_apart_from_queries() {
    let playbook = PLAYBOOK.replace(
        "## Mitigation",
        "## Commands\n\n```\nknock -f\n```\n\n## Mitigation",
    );
    let page = project(&playbook).build().page("playbooks/t9001-knock");
    let (before, rest) = page.split_once("<div class=\"theirs\">").expect("a part");
    assert!(!before.contains("knock -f") && rest.contains("knock -f"));
    assert_eq!(page.matches("class=\"theirs\"").count(), 1);
}

#[test]
fn boxes_of_checklists_wait_for_a_script() {
    let page = project(PLAYBOOK).build().page("playbooks/t9001-knock");
    assert_eq!(page.matches("type=\"checkbox\" disabled ").count(), 2);
}

#[test]
fn the_front_page_lists_the_playbooks_reviewed_last() {
    let project = project(&PLAYBOOK.replace("severity: high", "reviewed: 2026-01-02"));
    let other = OTHER.replace("status: draft", "reviewed: 2026-02-03\nstatus: draft");
    project.write("content/playbooks/other.md", other.as_bytes());
    let site = project.build();
    let home = site.file("index.html");
    let newest = home.find("href=\"playbooks/other/index.html\"").unwrap();
    let older = home
        .find("href=\"playbooks/t9001-knock/index.html\"")
        .unwrap();
    assert!(newest < older, "{home}");
    assert!(home.contains("href=\"coverage/index.html\""), "{home}");
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
            "unknown-id",
            Some(2),
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
    let findings = project(&PLAYBOOK.replace("other.md", "othr.md")).findings();
    assert_eq!(findings.of("dead-link").len(), 1);
    let found = findings.of("dead-playbook-link");
    assert_eq!(
        (&found[0]["line"], &found[0]["column"]),
        (&12.into(), &15.into())
    );
    assert_eq!(found[0]["help"], "did you mean `other`?");
}

#[test]
fn a_link_may_lead_to_a_section_of_another_playbook() {
    let good = project(&PLAYBOOK.replace("other.md", "other.md#executive-summary"));
    assert!(
        good.build()
            .page("playbooks/t9001-knock")
            .contains("href=\"../../playbooks/other/index.html#executive-summary\"")
    );
    assert!(good.findings().of("dead-playbook-link").is_empty());
    let bad = project(&PLAYBOOK.replace("other.md", "other.md#summary"));
    assert_eq!(bad.findings().of("dead-playbook-link").len(), 1);
}

/// What must be said of a playbook that is one change away from a good one: code, severity, line,
/// column, and a part of the help.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_fault_of_a_playbook_has_its_place_and_help() {
    let good = PLAYBOOK.replace(
        "## Mitigation",
        "## Containment\n\nShut it.\n\n## Mitigation",
    );
    let project_of = |text: &str| {
        let bundle = bundle()
            .technique("T9003", "Old")
            .deprecated()
            .technique("T9004", "Older")
            .revoked()
            .relation("revoked-by", "T9004", "T9001");
        let project = Project::of(&[&bundle]);
        project.write("ttpress.toml", b"[variables]\nlead = \"Kim\"\n");
        project.write("content/playbooks/T9001-knock.md", text.as_bytes());
        project.write("content/playbooks/other.md", OTHER.as_bytes());
        project
    };
    let rule = "```yaml\ntitle: R\nlogsource: {}\ndetection:\n  a: b\n```\n\n## Evidence";
    let cases = [
        (
            "See T9002",
            "See T9003",
            "deprecated-id",
            "warning",
            12,
            5,
            "",
        ),
        (
            "See T9002",
            "See T9004",
            "revoked-id",
            "warning",
            12,
            5,
            "T9001",
        ),
        (
            "See T9002",
            "See T9002.007",
            "unknown-id",
            "warning",
            12,
            5,
            "T9002",
        ),
        ("Look.", "Look. TODO", "leftover", "warning", 17, 13, ""),
        (
            "tlp: AMBER+STRICT",
            "tlp: TLP:WHITE",
            "tlp-label",
            "error",
            7,
            6,
            "did you mean `CLEAR`",
        ),
        (
            "severity: high",
            "severity: hgh",
            "front-matter",
            "error",
            5,
            11,
            "`high`",
        ),
        (
            "## Containment",
            "## Contanment",
            "missing-section",
            "warning",
            4,
            9,
            "Contanment",
        ),
        ("Shut it.", "", "empty-section", "warning", 19, 1, ""),
        (
            "## Evidence",
            "## Mitigation",
            "duplicate-section",
            "warning",
            31,
            1,
            "",
        ),
        (
            "severity: high",
            "reviewed: 24.11.2026",
            "bad-date",
            "error",
            5,
            11,
            "2026-11-24",
        ),
        (
            "severity: high",
            "review_every: 6M",
            "bad-duration",
            "error",
            5,
            15,
            "P6M",
        ),
        (
            "severity: high",
            "expires: 2020-01-01",
            "overdue-review",
            "warning",
            5,
            10,
            "",
        ),
        (
            "severity: high",
            "technique_version: '0.9'",
            "technique-changed",
            "warning",
            5,
            20,
            "",
        ),
        (
            "severity: high",
            "attack_release: '98'",
            "older-release",
            "note",
            5,
            17,
            "",
        ),
        (
            "attack: mitigations",
            "attack: mitigation",
            "unknown-block",
            "error",
            27,
            1,
            "`mitigations`",
        ),
        (
            "| Log | T9001 |",
            "| Log | T9001 | x |",
            "malformed-table",
            "warning",
            35,
            1,
            "lost",
        ),
        (
            "|---|---|",
            "|---|",
            "malformed-table",
            "warning",
            33,
            1,
            "second line",
        ),
        (
            "## Evidence",
            rule,
            "sigma-incomplete",
            "warning",
            32,
            1,
            "`author`",
        ),
    ];
    assert!(
        project_of(&good)
            .findings()
            .0
            .iter()
            .all(|f| f["code"] != "leftover")
    );
    for (from, to, code, severity, line, column, help) in cases {
        let findings = project_of(&good.replacen(from, to, 1)).findings();
        let found = findings.of(code);
        let found = found
            .iter()
            .find(|f| f["line"] == line)
            .unwrap_or_else(|| panic!("no {code} in line {line}: {:#?}", findings.0));
        assert_eq!(found["severity"], severity, "{code}");
        assert_eq!(found["column"], column, "{code}");
        let said = found["help"].as_str().unwrap_or_default();
        assert!(said.contains(help), "{code}: {said}");
    }
}

#[test]
fn a_review_is_overdue_by_the_build_date() {
    let text = PLAYBOOK.replace("severity: high", "reviewed: 2026-01-31\nreview_every: P6M");
    let project = project(&text);
    let overdue = |epoch: &str| {
        let run = project.run_in(
            &[("SOURCE_DATE_EPOCH", epoch)],
            &["check", "--attack", "1.json", "--format", "json"],
        );
        run.stdout.contains("overdue-review")
    };
    assert!(!overdue("1785456000"), "on 31 July it is still in time");
    assert!(overdue("1785542400"), "on 1 August it is not");
}

#[test]
fn an_overdue_playbook_covers_nothing_by_the_build_date() {
    let text = PLAYBOOK.replace("severity: high", "expires: 2026-07-31");
    let project = project(&text);
    let state = |env: &[(&str, &str)]| {
        let arguments = ["build", "--attack", "1.json"];
        project.run_in(env, &arguments).exits(0);
        let table = project.site().file("coverage/techniques.csv");
        let row = table.lines().find(|line| line.starts_with("T9001,"));
        row.expect("a row for the technique").to_owned()
    };
    let due = "Due for review";
    assert!(!state(&[("SOURCE_DATE_EPOCH", "1785456000")]).contains(due));
    assert!(state(&[("SOURCE_DATE_EPOCH", "1785542400")]).contains(due));
    assert!(!state(&[]).contains(due), "the clock does not count");
}

#[test]
fn words_that_look_like_ids_are_none() {
    let text = PLAYBOOK.replace(
        "See T9002",
        "KB5005 and ISO9001, `T9999` and CVE-2021-44228, see T9002",
    );
    assert!(project(&text).findings().of("unknown-id").is_empty());
}

#[test]
fn comments_of_many_lines_are_not_shown() {
    let text = PLAYBOOK.replace("<!-- for the", "<!-- first line\nfor the");
    let words = project(&text).build().words("playbooks/t9001-knock");
    assert!(!words.contains("for the author only") && !words.contains("first line"));
}

#[test]
fn the_playbooks_that_ship_are_clean() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut run = crate::harness::ttpress();
    run.current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1795478400")
        .args(["check", "--format", "json"]);
    let output = run.output().unwrap();
    let findings = crate::harness::Findings::parse(&String::from_utf8_lossy(&output.stdout));
    let bad: Vec<_> = findings
        .0
        .iter()
        .filter(|f| f["severity"] != "note")
        .filter(|f| f["file"].as_str().is_some_and(|f| f.contains("playbooks")))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn a_new_playbook_says_what_is_known_and_asks_for_the_rest() {
    let project = Project::of(&[&bundle()]);
    project.on_data("new", &["T9001"]).exits(0);
    let text = std::fs::read_to_string(project.path("content/playbooks/T9001-knock.md")).unwrap();
    for said in [
        "technique: T9001\ntitle: \"Knock\"\nstatus: draft\nattack_release: \"99.1\"",
        "technique_version: \"1.0\"",
        "## Mitigation\n\n<!-- attack: mitigations -->",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    assert_eq!(text.matches("\n## ").count(), 17);
    assert!(!text.contains("attack: windows-events"), "there are none");
    let findings = project.findings();
    findings.are_clean();
    assert!(!findings.of("empty-section").is_empty());
    let page = project.build().words("playbooks/t9001-knock");
    assert!(page.contains("Lock the door of the shed."), "{page}");
    let again = project.on_data("new", &["T9001"]).exits(2);
    assert!(again.stderr.contains("there already"), "{}", again.stderr);
}

#[test]
fn a_new_playbook_on_a_group_has_only_what_fits_a_group() {
    let project = Project::of(&[&rich()]);
    let path = "content/playbooks/gang.md";
    project.on_data("new", &["G9001", "-o", path]).exits(0);
    let text = std::fs::read_to_string(project.path(path)).unwrap();
    assert!(
        text.contains("## Common Tools\n\n<!-- attack: software -->"),
        "{text}"
    );
    assert!(
        text.contains("## Related Techniques\n\n- T9001 Knock"),
        "{text}"
    );
    assert!(!text.contains("Windows Events"), "{text}");
}

#[test]
fn a_new_playbook_for_what_is_not_there_says_what_is() {
    let bundle =
        bundle()
            .technique("T9004", "Older")
            .revoked()
            .relation("revoked-by", "T9004", "T9001");
    let project = Project::of(&[&bundle]);
    for (id, said) in [
        ("T9003", "did you mean `T9001`"),
        ("T9004", "its successor is T9001"),
        ("M9001", "is a mitigation"),
    ] {
        let run = project.on_data("new", &[id]).exits(2);
        assert!(run.stderr.contains(said), "{id}: {}", run.stderr);
    }
}

#[test]
fn a_plain_text_is_imported_to_a_file_that_is_not_there_yet() {
    let project = Project::of(&[&bundle()]);
    let text = "Lost line\nExecutive Summary\nKnock (T9001) is bad.\nCommands\nN/A\n";
    project.write("page.txt", text.as_bytes());
    let run = project.on_data("import", &["page.txt"]).exits(0);
    assert!(
        run.stdout.contains("technique: T9001\ntitle: \"Knock\""),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("## Unplaced\n\nLost line\n"));
    assert!(run.stderr.contains("page.txt:1:1") && run.stderr.contains("page.txt:5:1"));
    let more = ["page.txt", "-o", "content/playbooks/knock.md"];
    project.on_data("import", &more).exits(0);
    project.on_data("import", &more).exits(2);
    let words = project.build().words("playbooks/knock");
    assert!(words.contains("Knock (T9001) is bad."), "{words}");
}

#[test]
fn the_schema_of_the_front_matter_lies_beside_the_others() {
    let site = project(PLAYBOOK).build();
    let schema: serde_json::Value =
        serde_json::from_str(&site.file("api/playbook.schema.json")).unwrap();
    assert_eq!(schema["$id"], "playbook.schema.json");
    assert!(schema["properties"]["technique"].is_object());
}

#[test]
fn every_technique_without_a_playbook_has_a_page_with_all_standard_sections() {
    let site = project(PLAYBOOK).build();
    // Both techniques have one; a third does not.
    assert!(!site.has("playbooks/t9001/index.html"));
    let project = Project::of(&[&bundle().technique("T9003", "Leave")]);
    let site = project.build();
    let page = site.page("playbooks/t9003");
    // Those without anything share a line in their place, and keep their anchors.
    let parts = [
        "executive-summary",
        "mitre-description",
        "containment",
        "related-techniques",
    ];
    let places = parts.map(|id| {
        let anchor = page.find(&format!(" id=\"{id}\">"));
        anchor.unwrap_or_else(|| panic!("there is no #{id}"))
    });
    assert!(places.is_sorted(), "{places:?}");
    let words = site.words("playbooks/t9003");
    for run in [
        "Not written yet: Executive Summary , Why Attackers Use It",
        "Not written yet: Splunk Queries , Investigation Workflow , Containment . \
         Not in ATT&CK, and not written yet: Mitigation",
    ] {
        assert!(words.contains(run), "`{run}` in: {words}");
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
    assert!(commands[0].contains(">Gang</a>,<sup>"), "{}", commands[0]);
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
fn a_playbook_on_a_group_says_what_the_group_uses_and_no_more() {
    let project = Project::of(&[&rich()]);
    project.write(
        "content/playbooks/gang.md",
        b"---\ntechnique: G9001\ntitle: Gang\nstatus: draft\n---\n## Executive Summary\n\nGo.\n\n\
          ## Common Tools\n\n<!-- attack: software -->\n\n## How\n\n<!-- attack: procedures -->\n",
    );
    let site = project.build();
    let folder = "playbooks/gang";
    let software = site.rows(folder, "software");
    assert!(
        software.len() == 1 && software[0].contains("Zebra"),
        "{software:?}"
    );
    let procedures = site.rows(folder, "procedures");
    assert!(procedures[0].contains(">Knock</a>"), "{procedures:?}");
    let commands = site.rows(folder, "commands");
    assert!(commands[0].contains("net view"), "{commands:?}");
    let words = site.words(folder);
    assert!(!words.contains("nobody has written"), "{words}");
    assert!(!words.contains("Not written yet"), "{words}");
    assert!(
        site.page("groups/G9001")
            .contains("playbooks/gang/index.html")
    );
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

/// The findings with a code about `T9001-knock.md`, as line and message.
fn lines_of(playbook: &str, code: &str) -> Vec<(u64, String)> {
    let findings = project(playbook).findings();
    let found = findings.of(code).into_iter();
    let line = |finding: &serde_json::Value| {
        let message = finding["message"].as_str().unwrap().to_owned();
        (finding["line"].as_u64().unwrap(), message)
    };
    found.map(line).collect()
}

#[test]
fn a_rule_that_is_no_yaml_is_found_at_the_line_where_it_breaks() {
    let rule = "## Sigma Rules\n\n```yaml\ntitle: Knock\ndetection: [\n  - a\n```\n";
    let found = lines_of(&format!("{PLAYBOOK}\n{rule}"), "sigma-syntax");
    assert_eq!(found.len(), 1, "{found:?}");
    let fence = PLAYBOOK.lines().count() as u64 + 4;
    assert!((fence..fence + 5).contains(&found[0].0), "{found:?}");
    assert!(
        found[0].1.starts_with("the rule cannot be read: "),
        "{found:?}"
    );
    // YAML that is no rule is left alone.
    let settings = "## Notes\n\n```yaml\na: [\n```\n";
    assert!(lines_of(&format!("{PLAYBOOK}\n{settings}"), "sigma-syntax").is_empty());
}

#[test]
fn an_approved_playbook_must_have_been_reviewed_at_some_time() {
    let found = lines_of(PLAYBOOK, "never-reviewed");
    let said = "an approved playbook that nobody has reviewed".to_owned();
    assert_eq!(found, [(4, said)]);
    let draft = PLAYBOOK.replace("status: approved", "status: draft");
    assert!(lines_of(&draft, "never-reviewed").is_empty());
    let reviewed = PLAYBOOK.replace("severity: high", "severity: high\nreviewed: 2020-01-02");
    assert!(lines_of(&reviewed, "never-reviewed").is_empty());
}

#[test]
fn two_files_with_one_address_are_an_error_and_the_first_is_shown() {
    let project = project(PLAYBOOK);
    let second = PLAYBOOK.replace("title: Knock knock", "title: Knock again");
    project.write("content/playbooks/zoo/t9001 KNOCK.md", second.as_bytes());
    let findings = project.findings();
    assert!(findings.one("duplicate-slug").contains("`t9001-knock`"));
    let file = findings.of("duplicate-slug")[0]["file"].as_str().unwrap();
    assert!(file.ends_with("zoo/t9001 KNOCK.md"), "{file}");
    project.on_data("build", &[]).exits(1);
    let words = project.site().words("playbooks/t9001-knock");
    assert!(words.contains("Knock knock") && !words.contains("Knock again"));
}

#[test]
fn a_few_tags_may_stand_and_tables_keep_their_sides_without_styles() {
    let text = OTHER.to_owned()
        + "\n| Left | Right |\n|:--|--:|\n| a<br>b | <kbd>Win<b onclick=x> |\n\nx</b> <sup>2</sup>\n";
    let project = project(PLAYBOOK);
    project.write("content/playbooks/other.md", text.as_bytes());
    let site = project.build();
    let page = site.page("playbooks/other");
    for part in [
        "<th scope=\"col\" class=\"to-right\">Right</th>",
        "<td class=\"to-left\">a<br>b</td>",
        "<kbd>Win&lt;b onclick=x&gt;</kbd></td>",
        "x&lt;/b&gt; <sup>2</sup>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    site.assert_safe();
}

#[test]
fn a_link_that_leads_nowhere_is_text_and_reported_and_so_are_pictures() {
    let text = OTHER.to_owned() + "\nSee [the plan](plan.pdf) and ![a map](map.png).\n";
    let project = project(PLAYBOOK);
    project.write("content/playbooks/other.md", text.as_bytes());
    let findings = project.findings();
    assert!(findings.one("dead-link").contains("plan.pdf"));
    findings.one("image");
    let page = project.build().page("playbooks/other");
    assert!(page.contains("See the plan and a map."), "{page}");
}

#[test]
fn headings_in_other_letters_have_anchors_of_their_own() {
    let text =
        OTHER.to_owned() + "\n## 検知\n\n[x](#対応)\n\n## 対応\n\ny\n\n## Überprüfung\n\nz\n";
    let project = project(PLAYBOOK);
    project.write("content/playbooks/other.md", text.as_bytes());
    let findings = project.findings();
    assert!(findings.of("duplicate-section").is_empty());
    assert!(findings.of("dead-playbook-link").is_empty());
    let page = project.build().page("playbooks/other");
    assert!(page.contains("id=\"uberprufung\""), "{page}");
    let (_, link) = page.split_once("<p><a href=\"#").expect("a link");
    let (anchor, _) = link.split_once('"').expect("an anchor");
    assert!(page.contains(&format!("id=\"{anchor}\"")), "{page}");
}
