//! `ttpress check`: what it finds, how it says it, and what it exits with.

use serde_json::Value;

use crate::harness::{Findings, Project};
use crate::stix::Bundle;

fn clean() -> Bundle {
    Bundle::new("enterprise-attack")
        .release("99.1")
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
        .technique("T9001", "Knock")
        .phase("opening")
}

/// A warning: a citation of nothing.
fn warned() -> Bundle {
    clean().text("Fact.(Citation: Nobody, 100% sure)")
}

/// An error: a list entry that is no object.
fn wrong() -> Bundle {
    warned().raw(Value::from("no object"))
}

#[test]
fn exit_status_is_0_clean_1_findings_2_could_not_run() {
    for (bundle, strict, code) in [
        (clean(), false, 0),
        (clean(), true, 0),
        (warned(), false, 0),
        (warned(), true, 1),
        (wrong(), false, 1),
        (wrong(), true, 1),
    ] {
        let project = Project::of(&[&bundle]);
        let more: &[&str] = if strict { &["--strict"] } else { &[] };
        project.on_data("check", more).exits(code);
        assert!(!project.path("site").exists(), "check writes nothing");
        project.on_data("build", more).exits(code);
        assert!(
            project.site().has("techniques/T9001/index.html"),
            "findings do not stop a build"
        );
    }
    let project = Project::empty();
    project.run(&["check", "--attack", "nowhere.json"]).exits(2);
    project.run(&["check", "--format", "xml"]).exits(2);
    project.run(&["check", "--no-such-flag"]).exits(2);
}

#[test]
fn notes_alone_are_clean_even_when_strict() {
    let bundle = clean().set("x_mitre_mood", "sombre");
    let project = Project::of(&[&bundle]);
    assert_eq!(project.findings().of("unknown-field").len(), 1);
    project.on_data("check", &["--strict"]).exits(0);
}

#[test]
fn text_names_code_message_and_help() {
    let run = Project::of(&[&warned()]).on_data("check", &[]).exits(0);
    assert!(
        run.stdout.contains("warning[unresolved-citation]"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("T9001 cites `Nobody, 100% sure`"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("help: "), "{}", run.stdout);
    assert!(run.stderr.contains("1 warning"), "{}", run.stderr);
}

#[test]
fn json_has_a_list_of_findings() {
    let run = Project::of(&[&wrong()])
        .on_data("check", &["--format", "json"])
        .exits(1);
    let Findings(findings) = Findings::parse(&run.stdout);
    let severities: Vec<_> = findings
        .iter()
        .map(|f| f["severity"].as_str().unwrap())
        .collect();
    assert!(
        severities.contains(&"error") && severities.contains(&"warning"),
        "{severities:?}"
    );
    let error = findings.iter().find(|f| f["severity"] == "error").unwrap();
    assert_eq!(error["file"], "1.json");
    assert!(
        error["line"].as_u64() == Some(1) && error["column"].as_u64() > Some(1),
        "{error}"
    );
    let none = Project::of(&[&clean()]).on_data("check", &["--format", "json"]);
    assert!(Findings::parse(&none.stdout).0.is_empty());
}

#[test]
fn github_annotates_a_finding_a_line() {
    let run = Project::of(&[&wrong()])
        .on_data("check", &["--format", "github"])
        .exits(1);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let is_annotation = |line: &&str| {
        ["::error ", "::warning ", "::notice "]
            .iter()
            .any(|word| line.starts_with(word))
    };
    assert!(
        lines.len() >= 2 && lines.iter().all(is_annotation),
        "{lines:#?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("::error file=1.json,line=1,col="))
    );
    let escaped = lines
        .iter()
        .find(|line| line.contains("unresolved-citation"))
        .unwrap();
    assert!(escaped.contains("100%25 sure"), "{escaped}");
}

#[test]
fn sarif_names_rules_levels_and_places() {
    let run = Project::of(&[&wrong()])
        .on_data("check", &["--format", "sarif"])
        .exits(1);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "ttpress");
    let rules: Vec<_> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["id"])
        .collect();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 2);
    for result in results {
        assert!(rules.contains(&&result["ruleId"]), "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
    }
    let error = results.iter().find(|r| r["level"] == "error").unwrap();
    let place = &error["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "1.json");
    assert_eq!(place["region"]["startLine"], 1);
}

#[test]
fn findings_come_in_one_order_whatever_the_threads() {
    let bundles = [
        wrong(),
        wrong()
            .technique("T9002", "Wait")
            .text("(Citation: A) (Citation: B)"),
    ];
    let project = Project::of(&[&bundles[0], &bundles[1]]);
    let arguments = [
        "check", "--attack", "1.json", "--attack", "2.json", "--format", "json",
    ];
    let run = |threads: &str| {
        project
            .run_in(&[("RAYON_NUM_THREADS", threads)], &arguments)
            .stdout
    };
    assert_eq!(run("1"), run("4"));
}

#[test]
fn dead_links_and_anchors_of_a_wikis_own_theme_are_found() {
    let project = Project::of(&[&clean()]);
    project.write("ttpress.toml", b"[build]\ntheme = 'own'\n");
    project.write(
        "themes/own/templates/home.html",
        b"<!doctype html><main id=\"main\"><a href=\"nowhere.html\">x</a>\n\
          <a href='techniques/T9001/index.html#no-such'>y</a>\n\
          <a href=\"techniques/\">folder</a> <a href=\"techniques/T9001/index.html#main\">ok</a></main>",
    );
    let findings = project.findings();
    assert_eq!(findings.of("dead-link").len(), 2, "{:#?}", findings.0);
    let dead = findings.of("dead-link");
    assert!(
        dead.iter()
            .any(|f| f["message"].as_str().unwrap().contains("nowhere.html"))
    );
    assert!(findings.one("dead-anchor").contains("no-such"));
    let place = findings.of("dead-anchor")[0];
    assert_eq!(
        (&place["file"], &place["line"]),
        (&"index.html".into(), &2.into())
    );
    project.on_data("check", &[]).exits(1);
}
