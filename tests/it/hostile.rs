//! Input that means harm, or is broken: safe pages or clear errors, never a crash.

use serde_json::{Value, json};

use crate::harness::{Findings, Project};
use crate::html;
use crate::stix::{Bundle, stix_id};

/// Markup that must never come out as markup.
const MARKUP: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<b onmouseover=\"alert(1)\">b</b>",
    "<iframe src=\"https://evil.test\"></iframe>",
    "<style>*{display:none}</style>",
    "<a href=\"javascript:alert(1)\">a</a>",
    "[a](javascript:alert(1))",
    "[b](JaVaScRiPt:alert(1))",
    "[c](java\nscript:alert(1))",
    "[d](data:text/html,<script>alert(1)</script>)",
    "[e](vbscript:x)",
    "[f](&#106;avascript:alert(1))",
    "[g]( javascript:alert(1))",
    "![h](https://evil.test/pixel.png)",
    "<code><script>alert(1)</script></code>",
    "<https://evil.test/\" onclick=\"alert(1)>",
    "[i](https://evil.test/\"onclick=\"alert(1))",
    "`</code><script>alert(1)</script>`",
    "\"><script>alert(1)</script>",
    "</div></main><script>alert(1)</script>",
    "<!-- --><base href=\"https://evil.test/\">",
    "(Citation: <script>alert(1)</script>)",
];

#[test]
fn markup_in_any_field_is_text() {
    let all = MARKUP.join("\n\n");
    let name = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}";
    let dress = |bundle: Bundle| {
        bundle
            .text(&all)
            .set("name", name)
            .set("aliases", [name, "alias <script>alert(1)</script>"])
            .set("x_mitre_contributors", [name])
            .set("x_mitre_version", name)
            .set("created", name)
            .set("modified", name)
            .set("x_mitre_platforms", [name])
            .set("labels", [name])
            .source("src", name, "javascript:alert(1)")
    };
    let mut bundle = dress(Bundle::new("enterprise-attack").tactic("TA9001", "x", "opening"));
    bundle = dress(bundle.matrix(name));
    bundle = dress(bundle.technique("T9001", "x"))
        .phase("opening")
        .phase(name)
        .set("x_mitre_detection", &all)
        .set("x_mitre_data_sources", [name])
        .set("x_mitre_permissions_required", [name])
        .source(
            name,
            "(Citation: src) <script>alert(1)</script>",
            "https://x.test/\"onclick=\"alert(1)",
        );
    bundle = dress(bundle.group("G9001", "x"));
    bundle = dress(bundle.malware("S9001", "x"));
    bundle = dress(bundle.campaign("C9001", "x"))
        .set("first_seen", name)
        .set("x_mitre_first_seen_citation", name);
    bundle = dress(bundle.mitigation("M9001", "x"));
    bundle = dress(bundle.object("x-mitre-asset", "A9001", "x")).set(
        "x_mitre_related_assets",
        json!([{"name": name, "related_asset_sectors": [name], "description": all}]),
    );
    let component = stix_id("x-mitre-data-component", "DC9001");
    bundle = dress(bundle.object("x-mitre-data-component", "DC9001", "x")).set(
        "x_mitre_log_sources",
        json!([{"name": name, "channel": name}]),
    );
    bundle = dress(bundle.object("x-mitre-analytic", "AN9001", "x"))
        .set("x_mitre_log_source_references", json!([{"x_mitre_data_component_ref": component, "name": name, "channel": name}, {"x_mitre_data_component_ref": name}]))
        .set("x_mitre_mutable_elements", json!([{"field": name, "description": all}]));
    bundle = dress(bundle.object("x-mitre-detection-strategy", "DET9001", "x")).set(
        "x_mitre_analytic_refs",
        [stix_id("x-mitre-analytic", "AN9001")],
    );
    bundle = dress(bundle.object(name, "X9001", "x")).set("id", format!("x--{name}"));
    for (kind, source, target) in [
        ("uses", "G9001", "T9001"),
        ("uses", "C9001", "T9001"),
        ("uses", "G9001", "S9001"),
        ("attributed-to", "C9001", "G9001"),
        ("mitigates", "M9001", "T9001"),
        ("targets", "T9001", "A9001"),
        ("detects", "DET9001", "T9001"),
        ("detects", "DC9001", "T9001"),
    ] {
        bundle = bundle.relation(kind, source, target).text(&all);
    }
    let project = Project::of(&[&bundle]);
    project.write(
        "ttpress.toml",
        format!("[site]\ntitle = '''{name}'''\n").as_bytes(),
    );
    let site = project.build();
    site.assert_safe();
    // The words are all there, as words.
    let page = site.page("techniques/T9001");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("49"), "no template of the data runs");
    for folder in [
        "groups/G9001",
        "software/S9001",
        "mitigations/M9001",
        "detectionstrategies/DET9001",
        "matrices/enterprise",
    ] {
        assert!(
            html::words(&site.page(folder)).contains("<script>alert(1)"),
            "{folder}"
        );
    }
    let findings = project.findings();
    assert!(findings.of("dead-link").is_empty() && findings.of("dead-anchor").is_empty());
}

#[test]
fn ids_and_names_cannot_leave_the_site() {
    let ids = [
        "../../../escape",
        "..\\..\\escape",
        "/etc/escape",
        "..",
        ".",
        "T9001/../../../escape",
        "T9.../escape",
        "T9001.../../escape",
        "con\u{0}trol",
        "C:escape",
        "-rf",
        ".ttpress-manifest",
    ];
    let mut bundle = Bundle::new("enterprise-attack");
    for id in ids {
        bundle = bundle.technique(id, id).group(id, id).malware(id, id);
    }
    bundle = bundle
        .technique("T9001", "../../escape")
        .platforms(&["../../../escape", ".."])
        .phase("../../escape")
        .set("x_mitre_domains", ["../../escape"])
        .raw(json!({"type": "../../escape", "id": "../../../escape--1", "name": "x"}));
    let project = Project::of(&[&bundle]);
    let site = project.build();
    let objects = site.objects();
    assert_eq!(objects.len(), 3 * ids.len() + 2, "none is lost");
    for object in &objects {
        let page = object["page"].as_str().unwrap();
        assert!(
            !page.split('/').any(|part| matches!(part, ".." | "." | "")),
            "{page}"
        );
        assert!(site.has(page), "{page}");
    }
    let mut pages: Vec<_> = objects
        .iter()
        .map(|o| o["page"].as_str().unwrap())
        .collect();
    pages.sort_unstable();
    pages.dedup();
    assert_eq!(pages.len(), objects.len(), "each has a page of its own");
    // Nothing lies beside the site but what the test put there.
    assert_eq!(site.neighbours(), ["1.json", "site"]);
    assert!(project.findings().of("dead-link").is_empty());
}

#[test]
fn ids_that_differ_in_case_or_length_do_not_share_a_page() {
    let long = "T".repeat(500);
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001a", "Lower")
        .technique("T9001A", "Upper")
        .technique(&format!("{long}1"), "Long one")
        .technique(&format!("{long}2"), "Long two")
        .technique("enterprise", "Named like a list");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    let mut pages = Vec::new();
    for object in site.objects() {
        let page = object["page"].as_str().unwrap();
        let name = object["name"].as_str().unwrap();
        assert!(
            site.file(page).contains(&format!("<h1>{name}</h1>")),
            "{page} is not of {name}"
        );
        pages.push(page.to_ascii_lowercase());
    }
    pages.sort();
    pages.dedup();
    assert_eq!(pages.len(), 5);
    assert!(
        site.words("techniques/enterprise").contains("Upper"),
        "the list keeps its address"
    );
}

#[test]
fn a_description_of_ten_megabytes_is_a_page() {
    let words = "A **very** long story about T9001 (Citation: Nobody). ".repeat(200_000);
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Knock")
        .text(&words)
        .group("G9001", "Fox")
        .uses("G9001", "T9001")
        .text(&"<b>".repeat(400_000));
    let site = Project::of(&[&bundle]).build();
    assert!(site.prose("techniques/T9001").len() > words.len());
    assert_eq!(site.rows("groups/G9001", "techniques").len(), 1);
    let summary = site.page("techniques/T9001");
    let summary = summary.split("name=\"description\"").nth(1).unwrap();
    assert!(
        summary.find('>').unwrap() < 1000,
        "the head does not repeat it"
    );
}

#[test]
fn deep_nesting_is_an_error_or_a_finding() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    // As the value of a field that should be a text, and of one that nobody knows.
    for (field, code) in [
        ("description", "stix-field"),
        ("x_mitre_mood", "unknown-field"),
    ] {
        let object = format!(
            r#"{{"type": "attack-pattern", "id": "attack-pattern--1", "name": "Knock", "{field}": {}}}"#,
            deep(200_000)
        );
        let bundle = format!(r#"{{"type": "bundle", "objects": [{object}]}}"#);
        let project = Project::of_bytes(&[bundle.as_bytes()]);
        let run = project.on_data("build", &[]);
        if run.code == 2 {
            assert!(run.stderr.contains("1.json"), "{}", run.stderr);
        } else {
            run.exits(0);
            assert_eq!(
                project.site().twin("techniques/attack-pattern--1")["name"],
                "Knock"
            );
            assert_eq!(project.findings().of(code).len(), 1);
        }
    }
    let project = Project::of_bytes(&[deep(200_000).as_bytes()]);
    let run = project.on_data("build", &[]).exits(2);
    assert!(run.stderr.contains("1.json"), "{}", run.stderr);
}

#[test]
fn cyclic_relations_end_and_lose_nothing() {
    let bundle = Bundle::new("enterprise-attack")
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
        .technique("T9001", "Chicken")
        .phase("opening")
        .technique("T9002", "Egg")
        .phase("opening")
        .technique("T9003", "Narcissus")
        .phase("opening")
        .technique("T9004", "Grandparent")
        .phase("opening")
        .technique("T9005", "Parent")
        .phase("opening")
        .technique("T9006", "Child")
        .phase("opening")
        .relation("subtechnique-of", "T9001", "T9002")
        .relation("subtechnique-of", "T9002", "T9001")
        .relation("subtechnique-of", "T9003", "T9003")
        .relation("subtechnique-of", "T9005", "T9004")
        .relation("subtechnique-of", "T9006", "T9005")
        .group("G9001", "Fox")
        .uses("G9001", "G9001")
        .relation("attributed-to", "G9001", "G9001")
        .campaign("C9001", "Market")
        .relation("attributed-to", "C9001", "G9001")
        .relation("attributed-to", "G9001", "C9001")
        .uses("C9001", "T9001");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    for name in [
        "Chicken",
        "Egg",
        "Narcissus",
        "Grandparent",
        "Parent",
        "Child",
    ] {
        for folder in ["techniques", "tactics/TA9001", "matrices/enterprise"] {
            let found = html::words(html::main(&site.page(folder)));
            let is_there = found.split([' ', ':']).any(|word| word == name);
            assert!(is_there, "{name} is not on {folder}: {found}");
        }
    }
    assert_eq!(
        site.relation("groups/G9001", "techniques_with_campaigns"),
        ["T9001"]
    );
    assert!(project.findings().of("dead-link").is_empty());
}

#[test]
fn wrong_types_cost_the_field_and_are_found_with_their_place() {
    let text = r#"{
  "type": "bundle",
  "objects": [
    {"type": "attack-pattern", "id": "attack-pattern--1", "name": "Whole"},
    {"type": "attack-pattern",
     "id": "attack-pattern--2",
     "name": "Größer", "x_mitre_platforms": "Windows",
     "revoked": {"no": 1}},
    ["no object"],
    {"type": "attack-pattern", "id": 7, "name": "Lost"}
  ]
}"#;
    let project = Project::of_bytes(&[text.as_bytes()]);
    project.on_data("build", &[]).exits(1);
    let site = project.site();
    assert_eq!(site.twin("techniques/attack-pattern--1")["name"], "Whole");
    assert_eq!(site.twin("techniques/attack-pattern--2")["name"], "Größer");
    let findings = project.findings();
    let place = |f: &Value| {
        assert_eq!(f["file"], "1.json");
        (f["line"].as_u64().unwrap(), f["column"].as_u64().unwrap())
    };
    let fields = findings.of("stix-field");
    let mut places: Vec<_> = fields.iter().map(|f| place(f)).collect();
    places.sort_unstable();
    assert_eq!(places, [(7, 45), (8, 17), (10, 38)]);
    let objects = findings.of("stix-object");
    assert!(
        objects.iter().any(|f| f["line"] == 9 && f["column"] == 5),
        "{objects:#?}"
    );
}

#[test]
fn broken_files_are_errors_with_a_place_and_leave_the_old_site_alone() {
    let good = Bundle::new("enterprise-attack").technique("T9001", "Knock");
    let project = Project::of(&[&good]);
    let before = project.build();
    let times = before.times();
    let json = good.json();
    let gzip = [0x1f, 0x8b, 8, 0, 1, 2, 3];
    for (bytes, hint) in [
        (&json.as_bytes()[..json.len() / 2], "cut off"),
        (b"<!doctype html><title>Sign in</title>", "HTML"),
        (b"", "cut off"),
        (b"[1, 2]", "objects"),
        (b"[[]]", "objects"),
        (b"{\"type\": \"bundle\"}", "objects"),
        (b"{\"objects\": {}}", "objects"),
        (b"{\"objects\": []} trailing", "JSON"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (&gzip[..], "gzip"),
        (b"\x28\xb5\x2f\xfd\x00", "zstd"),
    ] {
        project.write("1.json", bytes);
        for command in ["build", "check"] {
            let run = project.on_data(command, &[]).exits(2);
            let said = &run.stderr;
            assert!(said.contains("1.json"), "the file is named: {said}");
            assert!(said.contains(hint), "`{hint}` in: {said}");
            assert!(run.stdout.is_empty(), "{}", run.stdout);
        }
    }
    assert!(times == before.times(), "the old site is untouched");
}

#[test]
fn data_without_a_live_object_does_not_replace_a_site() {
    let project = Project::of(&[&Bundle::new("enterprise-attack").technique("T9001", "Knock")]);
    let before = project.build();
    let times = before.times();
    project.write("1.json", b"{\"type\": \"bundle\", \"objects\": []}");
    let run = project.on_data("build", &[]).exits(2);
    assert!(run.stderr.contains("no-objects"), "{}", run.stderr);
    assert!(times == before.times(), "the old site is untouched");
}

#[test]
fn a_place_in_a_truncated_bundle_is_its_end() {
    let project = Project::of_bytes(&[b"{\n  \"objects\": [\n    {\"type\": \"tool\","]);
    let run = project.on_data("build", &[]).exits(2);
    assert!(run.stderr.contains("1.json:3:"), "{}", run.stderr);
}

#[test]
fn a_zstd_bomb_is_refused() {
    // Two gigabytes of blanks in some hundred kilobytes: frames of zeros, one after another.
    let frame = zstd::encode_all(&vec![b' '; 64 << 20][..], 1).unwrap();
    let bomb = frame.repeat(32);
    assert!(bomb.len() < 1 << 20);
    let project = Project::of_bytes(&[&bomb]);
    let run = project.on_data("build", &[]).exits(2);
    assert!(
        run.stderr.contains("too-large") && run.stderr.contains("1.json"),
        "{}",
        run.stderr
    );
    assert!(!project.path("site").exists());
}

#[test]
fn two_objects_of_one_id_in_a_bundle_are_one_page_the_newest() {
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Newest")
        .set("modified", "2024-09-09T00:00:00.000Z")
        .technique("T9001", "Oldest")
        .set("modified", "2023-01-01T00:00:00.000Z");
    let site = Project::of(&[&bundle]).build();
    let objects = site.objects();
    assert_eq!(objects.len(), 1);
    assert_eq!(site.twin("techniques/T9001")["name"], "Newest");
}

#[test]
fn references_to_wrong_kinds_do_no_harm() {
    let wrong = stix_id("attack-pattern", "T9001");
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Knock")
        .object("x-mitre-detection-strategy", "DET9001", "Strategy")
        .set("x_mitre_analytic_refs", [&wrong, "nowhere", ""])
        .object("x-mitre-data-component", "DC9001", "Component")
        .set("x_mitre_data_source_ref", &wrong)
        .object("x-mitre-matrix", "enterprise-attack", "Matrix")
        .set("tactic_refs", [&wrong])
        .group("G9001", "Fox")
        .relation("mitigates", "G9001", "T9001")
        .relation("detects", "G9001", "T9001")
        .uses("T9001", "G9001")
        .relation("subtechnique-of", "G9001", "T9001");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(site.relation("techniques/T9001", "mitigations"), [""; 0]);
    assert_eq!(site.relation("techniques/T9001", "subtechniques"), [""; 0]);
    assert_eq!(
        site.relation("detectionstrategies/DET9001", "analytics"),
        [""; 0]
    );
    site.assert_safe();
    let Findings(all) = project.findings();
    assert!(
        all.iter()
            .all(|f| f["code"] != "dead-link" && f["code"] != "dead-anchor"),
        "{all:#?}"
    );
}
