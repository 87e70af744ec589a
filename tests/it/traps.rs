//! The data's traps: what real releases have contained and naive readers stumble over. One test
//! each, on invented data.

use serde_json::json;

use crate::harness::Project;
use crate::html;
use crate::stix::{Bundle, stix_id};

const ENTERPRISE: &str = "enterprise-attack";
const MOBILE: &str = "mobile-attack";
const ICS: &str = "ics-attack";

/// A bundle with a tactic, so that techniques have a place.
fn opening() -> Bundle {
    Bundle::new(ENTERPRISE)
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
}

/// The prose of a technique that cites two sources.
fn prose(text: &str) -> String {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .text(text)
        .source(
            "Acme Alert (AA17-1A)",
            "Acme. (2017). Alert.",
            "https://acme.test/alert",
        )
        .source(
            "Blank Blog ",
            "Blank. (2018). Blog.",
            " https://blank.test/ ",
        );
    Project::of(&[&bundle]).build().prose("techniques/T9001")
}

// Identity

#[test]
fn a_mitigation_may_have_the_number_of_a_technique() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .relation("mitigates", &stix_id("course-of-action", "T9001"), "T9001")
        .mitigation("T9001", "Knock Mitigation");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(site.twin("techniques/T9001")["name"], "Knock");
    assert_eq!(site.twin("mitigations/T9001")["name"], "Knock Mitigation");
    // Two live owners: the STIX ID stands in.
    let mitigation = stix_id("course-of-action", "T9001");
    assert_eq!(
        site.relation("techniques/T9001", "mitigations"),
        [mitigation]
    );
    assert!(
        site.words("techniques/T9001")
            .contains("This ID also belongs to T9001 Knock Mitigation")
    );
    assert!(project.findings().one("id-collision").contains("`T9001`"));
}

#[test]
fn a_deprecated_twin_leaves_the_id_to_the_live_object() {
    let bundle = opening()
        .mitigation("T9001", "Knock Mitigation")
        .deprecated()
        .technique("T9001", "Knock")
        .phase("opening")
        .group("G9001", "Fictional Fox")
        .text("Likes T9001 most.")
        .uses("G9001", "T9001");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(site.relation("groups/G9001", "techniques"), ["T9001"]);
    let link = r#"<a href="../../techniques/T9001/index.html" title="Knock">T9001</a>"#;
    assert!(site.prose("groups/G9001").contains(link));
    project.findings().are_clean();
}

#[test]
fn the_id_is_attacks_own_wherever_it_stands_in_the_references() {
    let capec = json!({"source_name": "capec", "external_id": "CAPEC-999", "url": "https://capec.mitre.org/data/definitions/999.html"});
    let nist = json!({"source_name": "NIST Mobile Threat Catalogue", "external_id": "APP-99", "url": "https://nist.test/APP-99"});
    let own = json!({"source_name": "mitre-attack-mobile", "external_id": "MOB-T9001", "url": "https://attack.mitre.org/x"});
    let bundle = Bundle::new(MOBILE)
        .technique("X", "Tap")
        .set("external_references", json!([capec, nist, own]));
    let site = Project::of(&[&bundle]).build();
    assert_eq!(site.twin("techniques/MOB-T9001")["id"], "MOB-T9001");
    assert_eq!(
        site.fact("techniques/MOB-T9001", "CAPEC").unwrap(),
        "CAPEC-999"
    );
    assert_eq!(
        site.fact("techniques/MOB-T9001", "NIST MTC").unwrap(),
        "APP-99"
    );
}

#[test]
fn all_names_of_mitres_knowledge_bases_carry_ids() {
    for (domain, source) in [
        (ENTERPRISE, "mitre-attack"),
        (MOBILE, "mitre-mobile-attack"),
        (MOBILE, "mitre-attack-mobile"),
        (ICS, "mitre-ics-attack"),
    ] {
        let own = json!([{"source_name": source, "external_id": "T9001", "url": ""}]);
        let bundle = Bundle::new(domain)
            .technique("X", "Tap")
            .set("external_references", own);
        let site = Project::of(&[&bundle]).build();
        assert_eq!(site.twin("techniques/T9001")["id"], "T9001", "{source}");
    }
}

#[test]
fn objects_without_an_id_are_named_by_their_stix_id() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .object("x-mitre-data-component", "X", "Door Metadata")
        .unset("external_references")
        .relation("detects", &stix_id("x-mitre-data-component", "X"), "T9001");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    let id = stix_id("x-mitre-data-component", "X");
    assert_eq!(site.relation("techniques/T9001", "data_components"), [&*id]);
    assert_eq!(
        site.twin(&format!("datacomponents/{id}"))["name"],
        "Door Metadata"
    );
    assert!(site.words("techniques/T9001").contains("Door Metadata"));
    project.findings().are_clean();
}

#[test]
fn one_object_in_two_domains_is_one_page_with_the_newest_text_whatever_the_order() {
    let old = opening()
        .group("G9001", "Old Fox")
        .set("modified", "2023-01-01T00:00:00.000Z")
        .text("An old text.")
        .technique("T9001", "Knock")
        .phase("opening")
        .uses("G9001", "T9001");
    let new = Bundle::new(ICS)
        .group("G9001", "New Fox")
        .set("modified", "2024-01-01T00:00:00.000Z")
        .text("A new text.")
        .technique("T9101", "Turn Valve")
        .phase("impair")
        .uses("G9001", "T9101");
    let mut project = Project::of(&[&old, &new]);
    let site = project.build();
    let twin = site.twin("groups/G9001");
    assert_eq!(twin["name"], "New Fox");
    assert_eq!(twin["domains"], json!([ENTERPRISE, ICS]));
    assert_eq!(twin["relations"]["techniques"], json!(["T9001", "T9101"]));
    assert_eq!(site.prose("groups/G9001"), "<p>A new text.</p>");
    assert_eq!(
        site.objects().iter().filter(|o| o["id"] == "G9001").count(),
        1
    );

    let first = site.snapshot();
    project.attack(&["2.json", "1.json"]);
    assert!(
        first == project.build().snapshot(),
        "the order of --attack changes the site"
    );
}

#[test]
fn two_live_objects_may_share_an_id_across_domains() {
    let one = opening().malware("S9001", "Bisque");
    let two = Bundle::new(ICS).object("tool", "S9001", "Ecru");
    let project = Project::of(&[&one, &two]);
    let site = project.build();
    let objects = site.objects();
    let owners: Vec<_> = objects
        .iter()
        .filter(|o| o["attack_id"] == "S9001")
        .collect();
    assert_eq!(owners.len(), 2);
    for owner in owners {
        assert_eq!(
            owner["id"], owner["stix_id"],
            "the STIX ID stands in for a shared ID"
        );
        let page = site.file(owner["page"].as_str().unwrap());
        assert!(page.contains(owner["name"].as_str().unwrap()));
    }
    assert!(
        project
            .findings()
            .one("id-collision")
            .contains("2 live objects share")
    );
}

#[test]
fn mobiles_two_matrices_are_two_pages() {
    let bundle = Bundle::new(MOBILE)
        .tactic("TA9101", "Pocket", "pocket")
        .matrix("Device Access")
        .tactic("TA9102", "Antenna", "antenna")
        .matrix("Network Effects")
        .set("tactic_refs", [stix_id("x-mitre-tactic", "TA9102")])
        .technique("T9101", "Tap")
        .phase("pocket")
        .technique("T9102", "Jam")
        .phase("antenna");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    let objects = site.objects();
    let matrices: Vec<_> = objects.iter().filter(|o| o["type"] == "matrix").collect();
    assert_eq!(matrices.len(), 2);
    let list = site.words("matrices");
    for (matrix, own, other) in [
        ("Device Access", "Tap", "Jam"),
        ("Network Effects", "Jam", "Tap"),
    ] {
        let record = matrices.iter().find(|o| o["name"] == matrix).unwrap();
        let page = site.file(record["page"].as_str().unwrap());
        let cells: Vec<String> = html::tags(html::main(&page))
            .iter()
            .filter(|tag| tag.name == "a")
            .filter_map(|tag| tag.get("title").map(str::to_owned))
            .collect();
        let id = |name: &str| if name == "Tap" { "T9101" } else { "T9102" };
        assert!(cells.iter().any(|c| c == id(own)), "{matrix}: {cells:?}");
        assert!(!cells.iter().any(|c| c == id(other)), "{matrix}: {cells:?}");
        assert!(list.contains(matrix), "{list}");
    }
}

#[test]
fn tactics_with_one_shortname_in_two_domains_stay_apart() {
    let mobile = Bundle::new(MOBILE)
        .tactic("TA9101", "Mobile Opening", "opening")
        .matrix("Mobile")
        .technique("T9101", "Tap")
        .phase("opening");
    let enterprise = opening().technique("T9001", "Knock").phase("opening");
    let site = Project::of(&[&mobile, &enterprise]).build();
    assert_eq!(site.relation("techniques/T9101", "tactics"), ["TA9101"]);
    assert_eq!(site.relation("techniques/T9001", "tactics"), ["TA9001"]);
    assert_eq!(site.relation("tactics/TA9001", "techniques"), ["T9001"]);
}

#[test]
fn equal_names_keep_their_own_pages_and_say_their_parents() {
    let bundle = opening()
        .technique("T9001", "Forge")
        .phase("opening")
        .technique("T9002", "Steal")
        .phase("opening")
        .technique("T9001.001", "Seals")
        .phase("opening")
        .relation("subtechnique-of", "T9001.001", "T9001")
        .technique("T9002.001", "Seals")
        .phase("opening")
        .relation("subtechnique-of", "T9002.001", "T9002")
        .group("G9001", "Fictional Fox")
        .uses("G9001", "T9001.001")
        .uses("G9001", "T9002.001");
    let site = Project::of(&[&bundle]).build();
    let rows: Vec<String> = site
        .rows("groups/G9001", "techniques")
        .iter()
        .map(|r| html::words(r))
        .collect();
    assert!(rows[0].starts_with("T9001.001 Forge: Seals"), "{rows:?}");
    assert!(rows[1].starts_with("T9002.001 Steal: Seals"), "{rows:?}");
    assert_eq!(
        site.twin("techniques/T9002/001")["relations"]["parent"],
        json!(["T9002"])
    );
}

#[test]
fn releases_without_matrix_and_tactics_get_them_from_the_techniques() {
    let bundle = Bundle::new(ENTERPRISE)
        .technique("T9001", "Knock")
        .phase("first-steps")
        .technique("T9002", "Enter")
        .phase("second-steps");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    let matrix = site.words("matrices/enterprise");
    assert!(
        matrix.contains("First steps") && matrix.contains("Knock"),
        "{matrix}"
    );
    assert!(
        matrix.contains("Second steps") && matrix.contains("Enter"),
        "{matrix}"
    );
    assert!(
        site.fact("techniques/T9001", "Tactics")
            .unwrap()
            .contains("first-steps")
    );
    project.findings().are_clean();
}

// Absent and empty fields

#[test]
fn objects_with_nothing_but_type_and_id_have_a_page() {
    let types = [
        ("attack-pattern", "techniques"),
        ("intrusion-set", "groups"),
        ("malware", "software"),
        ("tool", "software"),
        ("campaign", "campaigns"),
        ("course-of-action", "mitigations"),
        ("x-mitre-asset", "assets"),
        ("x-mitre-data-source", "datasources"),
        ("x-mitre-data-component", "datacomponents"),
        ("x-mitre-detection-strategy", "detectionstrategies"),
        ("x-mitre-analytic", "analytics"),
        ("x-mitre-tactic", "tactics"),
    ];
    let mut bundle = opening().technique("T9001", "Knock");
    for (stix_type, _) in types {
        bundle = bundle.raw(json!({"type": stix_type, "id": format!("{stix_type}--bare")}));
    }
    let project = Project::of(&[&bundle]);
    let site = project.build();
    for (stix_type, folder) in types {
        let id = format!("{stix_type}--bare");
        let twin = site.twin(&format!("{folder}/{id}"));
        assert_eq!((&twin["id"], &twin["status"]), (&json!(id), &json!("live")));
        assert!(site.words(&format!("{folder}/{id}")).contains(&id));
    }
    let dead = project.findings();
    assert!(dead.of("dead-link").is_empty(), "{:#?}", dead.0);
}

#[test]
fn empty_strings_mean_absent() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .set("x_mitre_detection", "")
        .set("x_mitre_version", "")
        .object("x-mitre-data-component", "DC9001", "Door Metadata")
        .set("x_mitre_data_source_ref", "")
        .group("G9001", "Fictional Fox")
        .uses("G9001", "T9001")
        .text("");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert!(!site.page("techniques/T9001").contains("id=\"detection\""));
    assert_eq!(site.fact("techniques/T9001", "Version"), None);
    assert_eq!(
        site.relation("datacomponents/DC9001", "data_source"),
        [""; 0]
    );
    assert_eq!(site.fact("datacomponents/DC9001", "Data source"), None);
    assert_eq!(site.relation("techniques/T9001", "groups"), ["G9001"]);
    project.findings().are_clean();
}

#[test]
fn platforms_may_be_none_empty_or_absent() {
    let bundle = Bundle::new(ICS)
        .tactic("TA9201", "Valves", "valves")
        .matrix("ICS")
        .technique("T9201", "None")
        .phase("valves")
        .platforms(&["None"])
        .technique("T9202", "Empty")
        .phase("valves")
        .platforms(&[])
        .technique("T9203", "Absent")
        .phase("valves")
        .technique("T9204", "Some")
        .phase("valves")
        .platforms(&["Abacus 3000"]);
    let site = Project::of(&[&bundle]).build();
    for id in ["T9201", "T9202", "T9203"] {
        assert_eq!(
            site.twin(&format!("techniques/{id}"))["platforms"],
            json!([]),
            "{id}"
        );
        assert_eq!(site.fact(&format!("techniques/{id}"), "Platforms"), None);
    }
    assert!(!site.has("matrices/ics/none/index.html"));
    let cut = site.words("matrices/ics/abacus-3000");
    assert!(cut.contains("Some") && !cut.contains("Absent"), "{cut}");
    assert!(site.words("matrices/ics").contains("Absent"));
}

// Lifecycle

#[test]
fn chains_of_revocations_end_at_the_final_successor() {
    let bundle = opening()
        .technique("T9001", "First")
        .revoked()
        .technique("T9002", "Second")
        .revoked()
        .technique("T9003", "Third")
        .revoked()
        .technique("T9004", "Final")
        .phase("opening")
        .relation("revoked-by", "T9001", "T9002")
        .relation("revoked-by", "T9002", "T9003")
        .relation("revoked-by", "T9003", "T9004");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    for id in ["T9001", "T9002", "T9003"] {
        let folder = format!("techniques/{id}");
        let twin = site.twin(&folder);
        assert_eq!(
            (&twin["status"], &twin["revoked_by"]),
            (&json!("revoked"), &json!("T9004"))
        );
        assert!(site.words(&folder).contains("Its successor is T9004 Final"));
        assert!(
            html::main(&site.page(&folder)).contains("href=\"../../techniques/T9004/index.html\"")
        );
    }
    assert!(
        !site.words("techniques").contains("Second"),
        "lists hold live objects"
    );
    assert!(site.words("withdrawn").contains("Second"));
    for old in ["T9002", "second"] {
        let found = project.on_data("search", &["--json", old]).exits(0).stdout;
        assert!(found.contains("\"results\":[\"T9004\"]"), "{found}");
    }
    project.findings().are_clean();
}

#[test]
fn loops_of_revocations_end() {
    let bundle = opening()
        .technique("T9001", "Chicken")
        .revoked()
        .technique("T9002", "Egg")
        .revoked()
        .technique("T9003", "Narcissus")
        .revoked()
        .relation("revoked-by", "T9001", "T9002")
        .relation("revoked-by", "T9002", "T9001")
        .relation("revoked-by", "T9003", "T9003");
    let site = Project::of(&[&bundle]).build();
    for id in ["T9001", "T9002", "T9003"] {
        let folder = format!("techniques/{id}");
        assert_eq!(site.twin(&folder)["status"], "revoked");
        assert!(
            site.twin(&folder)["revoked_by"].is_null(),
            "{id} is where its loop leads"
        );
        assert!(site.words(&folder).contains("names no successor"), "{id}");
    }
}

#[test]
fn a_revocation_may_lead_to_another_type_and_to_a_deprecated_object() {
    let bundle = opening()
        .malware("S9001", "Tunnel Worm")
        .revoked()
        .object("tool", "S9002", "Tunnel Tool")
        .relation("revoked-by", "S9001", "S9002")
        .technique("T9001", "Older")
        .revoked()
        .technique("T9002", "Old")
        .deprecated()
        .relation("revoked-by", "T9001", "T9002");
    let site = Project::of(&[&bundle]).build();
    assert_eq!(site.twin("software/S9001")["revoked_by"], "S9002");
    assert_eq!(site.twin("techniques/T9001")["revoked_by"], "T9002");
    let words = site.words("techniques/T9001");
    assert!(
        words.contains("T9002 Old, which is itself deprecated"),
        "{words}"
    );
    assert!(site.words("techniques/T9002").contains("deprecated"));
}

#[test]
fn a_revoked_object_without_successor_has_a_tombstone() {
    let bundle = opening()
        .technique("T9001", "Gone")
        .revoked()
        .unset("x_mitre_version");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(site.twin("techniques/T9001")["status"], "revoked");
    assert!(
        site.words("techniques/T9001")
            .contains("names no successor")
    );
    assert!(site.page("techniques/T9001").contains("noindex"));
    assert!(project.findings().of("dead-link").is_empty());
}

#[test]
fn relations_of_the_dead_are_shown_nowhere() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .group("G9001", "Living Fox")
        .uses("G9001", "T9001")
        .group("G9002", "Revoked Fox")
        .revoked()
        .uses("G9002", "T9001")
        .group("G9003", "Deprecated Fox")
        .deprecated()
        .uses("G9003", "T9001")
        .group("G9004", "Mistaken Fox")
        .uses("G9004", "T9001")
        .revoked();
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(site.relation("techniques/T9001", "groups"), ["G9001"]);
    assert_eq!(site.rows("techniques/T9001", "procedures").len(), 1);
    assert!(
        project
            .findings()
            .one("dead-relationship")
            .starts_with("2 relationships")
    );
}

#[test]
fn dangling_relations_are_reported_and_duplicates_are_one_row() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .group("G9001", "Fictional Fox")
        .uses("G9001", "T9001")
        .text("Knocks once.")
        .uses("G9001", "T9001")
        .text("Knocks twice.")
        .uses("G9001", "attack-pattern--nowhere")
        .uses("intrusion-set--nobody", "T9001");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(site.relation("techniques/T9001", "groups"), ["G9001"]);
    let rows = site.rows("techniques/T9001", "procedures");
    assert_eq!(rows.len(), 1);
    assert!(
        rows[0].contains("Knocks once.") && rows[0].contains("Knocks twice."),
        "{rows:?}"
    );
    assert!(
        project
            .findings()
            .one("dangling-relationship")
            .starts_with("2 relationships")
    );
}

// Text

#[test]
fn citations_find_their_source_however_they_are_written() {
    for citation in [
        "(Citation: Acme Alert (AA17-1A))",
        "(Citation: Blank Blog)",
        "(Citation: Blank Blog )",
        "(Citation:Blank Blog)",
        "(Citation :Blank Blog)",
        "(Citation: (Citation: Blank Blog)",
        "(Citation: (Citation: Acme Alert (AA17-1A))",
    ] {
        let html = prose(&format!("Before.{citation} After."));
        let mark = "<sup><a href=\"#r1\" id=\"c1-1\">1</a></sup>";
        assert_eq!(html, format!("<p>Before.{mark} After.</p>"), "{citation}");
    }
}

#[test]
fn references_are_numbered_and_linked_both_ways() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .text("One.(Citation: B) Two.(Citation: A) Again.(Citation: B)")
        .source("A", "A. Author. (2001). Alpha.", "https://a.test/")
        .source(
            "B",
            "B. Author. (2002). Beta.",
            "  https://b.test/?x=1&y=2 ",
        )
        .source("Unused", "Nobody. (2003). Unused.", "https://c.test/");
    let page = Project::of(&[&bundle]).build().page("techniques/T9001");
    let references = page.split("id=\"references\"").nth(1).unwrap();
    let first = references.find("Beta").unwrap();
    assert!(
        first < references.find("Alpha").unwrap(),
        "in order of citation"
    );
    assert!(references.contains("href=\"https://b.test/?x=1&amp;y=2\""));
    for link in ["#r1", "#r2", "#c1-1", "#c1-2", "#c2-1"] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
        assert!(page.contains(&format!("id=\"{}\"", &link[1..])), "{link}");
    }
    assert!(!references.contains("Unused"), "only what the page cites");
}

#[test]
fn unknown_citations_stay_as_written_and_are_reported() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .text("Fact.(Citation: Nobody 1999)");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(
        site.prose("techniques/T9001"),
        "<p>Fact.(Citation: Nobody 1999)</p>"
    );
    let findings = project.findings();
    assert!(
        findings
            .one("unresolved-citation")
            .contains("`Nobody 1999`")
    );
}

#[test]
fn code_comes_before_markdown() {
    assert_eq!(
        prose("Paths such as <code>C:\\odd\\</code> and <code>*.exe</code> or <code>*.dll</code>."),
        "<p>Paths such as <code>C:\\odd\\</code> and <code>*.exe</code> or <code>*.dll</code>.</p>"
    );
    assert_eq!(
        prose("Set <code>%TEMP%\\$x</code>, \\%HOME\\% and `a_b_c`."),
        "<p>Set <code>%TEMP%\\$x</code>, \\%HOME\\% and <code>a_b_c</code>.</p>"
    );
}

#[test]
fn placeholders_in_angle_brackets_are_seen() {
    assert_eq!(
        prose("Run <code>tool <target> -p</code> as <user>."),
        "<p>Run <code>tool &lt;target&gt; -p</code> as &lt;user&gt;.</p>"
    );
}

#[test]
fn quotes_and_blanks_stay_as_written() {
    assert_eq!(
        prose("“Smart” ‘quotes’ — and… don\u{2019}t; hxxp://evil[.]test"),
        "<p>“Smart” ‘quotes’ — and… don\u{2019}t; hxxp://evil[.]test</p>"
    );
}

#[test]
fn braces_of_template_engines_are_text() {
    let html = prose("Reads {{ site.title }} and {% raw %} and {{LinkById|T9001}} {# x #}.");
    for braces in ["{{ site.title }}", "{% raw %}", "{# x #}"] {
        assert!(html.contains(braces), "{html}");
    }
}

#[test]
fn lists_after_a_line_and_indented_lines_are_no_code() {
    let html = prose("These tools:\n* one\n* two");
    assert!(
        html.contains("<li>one") && html.contains("<li>two"),
        "{html}"
    );
    let html = prose("Before.\n\n    indented words\n\nAfter.");
    assert!(!html.contains("<pre") && !html.contains("<code"), "{html}");
    assert_eq!(html::words(&html), "Before. indented words After.");
}

#[test]
fn links_to_mitres_pages_and_bare_ids_lead_to_local_pages() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .technique("T9001.001", "Twice")
        .phase("opening")
        .relation("subtechnique-of", "T9001.001", "T9001")
        .malware("S9001", "Bisque")
        .campaign("C9001", "Night Market")
        .mitigation("M9001", "Lock")
        .object("x-mitre-detection-strategy", "DET9001", "Hear Knocks")
        .set(
            "x_mitre_analytic_refs",
            [stix_id("x-mitre-analytic", "AN9001")],
        )
        .object("x-mitre-analytic", "AN9001", "Analytic 9001")
        .group("G9001", "Fictional Fox")
        .text(
            "[Twice](https://attack.mitre.org/techniques/T9001/001), \
             [Bisque](https://attack.mitre.org/software/S9001/), \
             [market](https://attack.mitre.org/campaigns/C9001), \
             [analytic](https://attack.mitre.org/detectionstrategies/DET9001#AN9001); \
             also M9001, TA9001, T9001.001 and AN9001, but not T99999 or XT9001.",
        );
    let project = Project::of(&[&bundle]);
    let html = project.build().prose("groups/G9001");
    for (target, title, label) in [
        ("techniques/T9001/001/index.html", "Twice", "Twice"),
        ("software/S9001/index.html", "Bisque", "Bisque"),
        ("campaigns/C9001/index.html", "Night Market", "market"),
        (
            "detectionstrategies/DET9001/index.html#AN9001",
            "Analytic 9001",
            "analytic",
        ),
        ("mitigations/M9001/index.html", "Lock", "M9001"),
        ("tactics/TA9001/index.html", "Opening", "TA9001"),
        ("techniques/T9001/001/index.html", "Twice", "T9001.001"),
        (
            "detectionstrategies/DET9001/index.html#AN9001",
            "Analytic 9001",
            "AN9001",
        ),
    ] {
        let link = format!("<a href=\"../../{target}\" title=\"{title}\">{label}</a>");
        assert!(html.contains(&link), "{link}\n{html}");
    }
    assert!(html.contains("not T99999 or XT9001."), "{html}");
    project.findings().are_clean();
}

#[test]
fn links_that_leave_the_data_go_to_mitre() {
    let url = "https://attack.mitre.org/groups/G9999/";
    let html = prose(&format!("Ask [them]({url})."));
    assert!(html.contains(&format!("href=\"{url}\"")), "{html}");
}

// Detection in three eras

#[test]
fn the_first_era_of_detection_is_text_and_strings() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .set("x_mitre_detection", "Listen at the **door**.")
        .set(
            "x_mitre_data_sources",
            ["Door monitoring", "Porch: Porch Light"],
        );
    let site = Project::of(&[&bundle]).build();
    let page = site.page("techniques/T9001");
    assert!(page.contains("<p>Listen at the <strong>door</strong>.</p>"));
    let sources = site.fact("techniques/T9001", "Data sources").unwrap();
    assert_eq!(sources, "Door monitoring, Porch: Porch Light");
}

#[test]
fn the_second_era_of_detection_is_data_components() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .set("x_mitre_detection", "Superseded words.")
        .object("x-mitre-data-source", "DS9001", "Porch")
        .object("x-mitre-data-component", "X", "Porch Light")
        .unset("external_references")
        .set(
            "x_mitre_data_source_ref",
            stix_id("x-mitre-data-source", "DS9001"),
        )
        .relation("detects", &stix_id("x-mitre-data-component", "X"), "T9001")
        .text("Watch for sudden light.");
    let site = Project::of(&[&bundle]).build();
    let rows = site.rows("techniques/T9001", "data-components");
    assert_eq!(
        html::words(&rows[0]),
        "Porch Porch Light Watch for sudden light."
    );
    assert!(!site.words("techniques/T9001").contains("Superseded"));
    let component = stix_id("x-mitre-data-component", "X");
    assert_eq!(
        site.relation("datasources/DS9001", "data_components"),
        [&*component]
    );
    let techniques = site.relation(&format!("datacomponents/{component}"), "techniques");
    assert_eq!(techniques, ["T9001"]);
}

#[test]
fn the_third_era_of_detection_is_strategies_with_analytics() {
    let component = stix_id("x-mitre-data-component", "DC9001");
    let log = |name: &str, channel: &str| json!({"x_mitre_data_component_ref": component, "name": name, "channel": channel});
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .object("x-mitre-data-component", "DC9001", "Porch Light")
        .set(
            "x_mitre_log_sources",
            [json!({"name": "porch:lamp", "channel": "Lumen=99"})],
        )
        .object("x-mitre-analytic", "AN9001", "Analytic 9001")
        .text("Light follows a knock.")
        .platforms(&["Cottage"])
        .set(
            "x_mitre_log_source_references",
            [log("porch:lamp", "Lumen=99"), log("porch:bell", "None")],
        )
        .set(
            "x_mitre_mutable_elements",
            [json!({"field": "Brightness", "description": "How bright is too bright."})],
        )
        .object("x-mitre-analytic", "AN9002", "Analytic 9002")
        .object("x-mitre-detection-strategy", "DET9001", "Hear Knocks")
        .set(
            "x_mitre_analytic_refs",
            [
                stix_id("x-mitre-analytic", "AN9001"),
                stix_id("x-mitre-analytic", "AN9002"),
            ],
        )
        .relation("detects", "DET9001", "T9001")
        .object("x-mitre-detection-strategy", "DET9002", "Without Analytics")
        .set("x_mitre_analytic_refs", json!([]));
    let project = Project::of(&[&bundle]);
    let site = project.build();
    for folder in ["techniques/T9001", "detectionstrategies/DET9001"] {
        let words = site.words(folder);
        for part in [
            "Cottage",
            "AN9001",
            "AN9002",
            "Light follows a knock.",
            "Porch Light porch:lamp Lumen=99",
            "Brightness",
            "How bright is too bright.",
        ] {
            assert!(words.contains(part), "{folder} lacks {part}: {words}");
        }
        assert!(
            !words.contains("None"),
            "{folder}: `None` is no channel: {words}"
        );
    }
    let strategy = site.page("detectionstrategies/DET9001");
    assert!(strategy.contains("id=\"AN9001\""));
    assert_eq!(
        site.relation("techniques/T9001", "detection_strategies"),
        ["DET9001"]
    );
    assert_eq!(
        site.relation("detectionstrategies/DET9001", "data_components"),
        ["DC9001"]
    );
    assert_eq!(
        site.relation("datacomponents/DC9001", "techniques"),
        [""; 0]
    );
    assert!(
        site.words("datacomponents/DC9001")
            .contains("porch:lamp Lumen=99")
    );
    assert!(
        !site.has("analytics/AN9001/index.html"),
        "analytics live on their strategy's page"
    );
    let analytic = site
        .objects()
        .into_iter()
        .find(|o| o["id"] == "AN9001")
        .unwrap();
    assert_eq!(
        analytic["page"],
        "detectionstrategies/DET9001/index.html#AN9001"
    );
    assert_eq!(
        site.twin("detectionstrategies/DET9002")["relations"]["analytics"],
        json!([])
    );
    project.findings().are_clean();
}

// Kinds

#[test]
fn groups_inherit_what_their_campaigns_used_and_say_so() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .technique("T9002", "Wait")
        .phase("opening")
        .malware("S9001", "Bisque")
        .group("G9001", "Fictional Fox")
        .uses("G9001", "T9001")
        .text("The fox knocks.")
        .campaign("C9001", "Night Market")
        .relation("attributed-to", "C9001", "G9001")
        .uses("C9001", "T9001")
        .text("Knocked at night.")
        .uses("C9001", "T9002")
        .text("Waited at night.")
        .uses("C9001", "S9001");
    let site = Project::of(&[&bundle]).build();
    let group = "groups/G9001";
    assert_eq!(site.relation(group, "techniques"), ["T9001"]);
    assert_eq!(
        site.relation(group, "techniques_with_campaigns"),
        ["T9001", "T9002"]
    );
    assert_eq!(site.relation(group, "software"), [""; 0]);
    assert_eq!(site.relation(group, "software_with_campaigns"), ["S9001"]);
    assert_eq!(site.relation("techniques/T9002", "groups"), [""; 0]);
    assert_eq!(
        site.relation("techniques/T9002", "groups_with_campaigns"),
        ["G9001"]
    );
    assert_eq!(
        site.relation("software/S9001", "groups_with_campaigns"),
        ["G9001"]
    );
    let rows: Vec<String> = site
        .rows(group, "techniques")
        .iter()
        .map(|r| html::words(r))
        .collect();
    assert_eq!(
        rows,
        [
            "T9001 Knock G9001, C9001 The fox knocks. Knocked at night.",
            "T9002 Wait C9001 Waited at night.",
        ]
    );
    let layer: serde_json::Value =
        serde_json::from_str(&site.file("groups/G9001/G9001-enterprise-layer.json")).unwrap();
    let colors: Vec<_> = layer["techniques"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["color"])
        .collect();
    assert_eq!(layer["versions"]["layer"], "4.5");
    assert_ne!(
        colors[0], colors[1],
        "own and inherited techniques have their own colours"
    );
}

#[test]
fn software_techniques_are_not_those_of_its_groups_and_subtechniques_not_of_parents() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .technique("T9001.001", "Twice")
        .phase("opening")
        .relation("subtechnique-of", "T9001.001", "T9001")
        .malware("S9001", "Bisque")
        .uses("S9001", "T9001.001")
        .group("G9001", "Fictional Fox")
        .uses("G9001", "S9001");
    let site = Project::of(&[&bundle]).build();
    assert_eq!(site.relation("groups/G9001", "techniques"), [""; 0]);
    assert_eq!(site.relation("groups/G9001", "software"), ["S9001"]);
    assert_eq!(site.relation("techniques/T9001", "software"), [""; 0]);
    assert_eq!(site.relation("techniques/T9001/001", "software"), ["S9001"]);
}

#[test]
fn control_labels_of_ics_mitigations_are_shown() {
    let bundle = Bundle::new(ICS).mitigation("M9201", "Bolt Valves").set(
        "labels",
        [
            "IEC 62443-9-9:2099 - SR 9.9",
            "NIST SP 800-53 Rev. 9 - ZZ-9",
        ],
    );
    let site = Project::of(&[&bundle]).build();
    assert_eq!(
        site.fact("mitigations/M9201", "Controls").unwrap(),
        "IEC 62443-9-9:2099 - SR 9.9, NIST SP 800-53 Rev. 9 - ZZ-9"
    );
}

#[test]
fn campaign_dates_are_months_since_days_are_noise() {
    let bundle = opening()
        .campaign("C9001", "Night Market")
        .set("first_seen", "2021-03-01T05:00:00.000Z")
        .set("last_seen", "2021-04-01T04:00:00.000Z")
        .set("x_mitre_first_seen_citation", "(Citation: Fair)")
        .source("Fair", "Fair. (2021). Report.", "https://fair.test/");
    let site = Project::of(&[&bundle]).build();
    assert_eq!(
        site.fact("campaigns/C9001", "First seen").unwrap(),
        "2021-03 1"
    );
    assert_eq!(
        site.fact("campaigns/C9001", "Last seen").unwrap(),
        "2021-04"
    );
}

#[test]
fn assets_say_their_sectors_and_what_targets_them() {
    let bundle = Bundle::new(ICS)
        .technique("T9201", "Turn Valve")
        .object("x-mitre-asset", "A9201", "Water Mill")
        .set("x_mitre_sectors", ["Baking"])
        .set(
            "x_mitre_related_assets",
            json!([{"name": "Wind Mill", "related_asset_sectors": ["Milling"], "description": "Turns too."}, {"name": "Tread Mill", "related_asset_sectors": []}]),
        )
        .relation("targets", "T9201", "A9201");
    let site = Project::of(&[&bundle]).build();
    assert_eq!(site.relation("assets/A9201", "techniques"), ["T9201"]);
    assert_eq!(site.relation("techniques/T9201", "assets"), ["A9201"]);
    let rows: Vec<String> = site
        .rows("assets/A9201", "related-assets")
        .iter()
        .map(|r| html::words(r))
        .collect();
    assert_eq!(rows, ["Wind Mill Milling Turns too.", "Tread Mill"]);
    assert_eq!(site.fact("assets/A9201", "Sectors").unwrap(), "Baking");
}

// What no version knows yet

#[test]
fn unknown_types_fields_and_tactics_load_and_are_reported() {
    let bundle = opening()
        .technique("T9001", "Knock")
        .phase("opening")
        .phase("never-heard-of")
        .set("x_mitre_mood", "sombre")
        .platforms(&["Submarine Cable"])
        .object("x-mitre-omen", "OM9001", "Red Sky")
        .text("Seen at *night*.")
        .relation("foretells", "OM9001", "T9001");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert!(site.words("objects/OM9001").contains("Red Sky"));
    assert_eq!(
        site.prose("objects/OM9001"),
        "<p>Seen at <em>night</em>.</p>"
    );
    assert!(
        site.fact("techniques/T9001", "Tactics")
            .unwrap()
            .contains("never-heard-of")
    );
    assert!(
        site.words("matrices/enterprise/submarine-cable")
            .contains("Knock")
    );
    let findings = project.findings();
    assert!(findings.one("unknown-type").contains("`x-mitre-omen`"));
    assert!(findings.one("unknown-field").contains("`x_mitre_mood`"));
    assert!(findings.one("unknown-tactic").contains("`never-heard-of`"));
    assert_eq!(findings.of("unknown-field")[0]["file"], "1.json");
}

#[test]
fn nothing_is_known_of_numbers_and_names_of_tactics_and_techniques() {
    // As in v19: a tactic renamed under its ID, a new one, and sub-techniques in ICS.
    let bundle = Bundle::new(ICS)
        .tactic("TA0005", "Stealthier", "stealthier")
        .tactic("TA0999", "Brand New", "brand-new")
        .matrix("ICS")
        .technique("T16910", "Five Digits")
        .phase("brand-new")
        .technique("T16910.001", "Below Five Digits")
        .phase("stealthier")
        .relation("subtechnique-of", "T16910.001", "T16910");
    let project = Project::of(&[&bundle]);
    let site = project.build();
    assert_eq!(
        site.relation("techniques/T16910/001", "tactics"),
        ["TA0005"]
    );
    assert_eq!(
        site.relation("techniques/T16910", "subtechniques"),
        ["T16910.001"]
    );
    let matrix = site.words("matrices/ics");
    assert!(
        matrix.contains("Stealthier") && matrix.contains("Brand New"),
        "{matrix}"
    );
    project.findings().are_clean();
}
