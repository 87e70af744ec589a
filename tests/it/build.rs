//! What `ttpress build` reads and writes.

use std::io::Write;

use serde_json::Value;

use crate::harness::Project;
use crate::html;
use crate::stix::Bundle;

fn small() -> Bundle {
    Bundle::new("enterprise-attack")
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
        .technique("T9001", "Knock")
        .phase("opening")
        .text("Adversaries may knock. They may wait.")
        .platforms(&["Cottage"])
        .technique("T9001.001", "Twice")
        .phase("opening")
        .relation("subtechnique-of", "T9001.001", "T9001")
        .group("G9001", "Fictional Fox")
        .set("aliases", ["Fictional Fox", "Painted Fox"])
        .text("A fox.")
        .uses("G9001", "T9001")
        .text("=1+1 is what the fox, called \"Red\", says.")
}

#[test]
fn compressed_bundles_give_the_same_site() {
    let json = small().json().into_bytes();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&json).unwrap();
    let plain = Project::of_bytes(&[&json]).build().snapshot();
    for packed in [
        gzip.finish().unwrap(),
        zstd::encode_all(&json[..], 1).unwrap(),
    ] {
        assert_ne!(packed, json);
        let site = Project::of_bytes(&[&packed]).build();
        assert!(plain == site.snapshot(), "compression changes the site");
    }
}

#[test]
fn a_folder_of_bundles_is_all_of_them() {
    let ics = Bundle::new("ics-attack")
        .technique("T9201", "Turn Valve")
        .phase("valves");
    let two = Project::of(&[&small(), &ics]).build().snapshot();
    let mut project = Project::empty();
    project.write("data/a.json", small().json().as_bytes());
    project.write(
        "data/deeper/b.json.zst",
        &zstd::encode_all(ics.json().as_bytes(), 1).unwrap(),
    );
    project.write("data/notes.txt", b"no bundle");
    project.attack(&["data"]);
    assert!(
        two == project.build().snapshot(),
        "a folder is not its bundles"
    );
}

#[test]
fn a_tree_with_one_file_for_each_object_is_its_bundles() {
    let ics = Bundle::new("ics-attack")
        .tactic("TA9201", "Valves", "valves")
        .matrix("ICS")
        .technique("T9201", "Turn Valve")
        .phase("valves")
        .group("G9001", "Fictional Fox")
        .set("aliases", ["Fictional Fox", "Painted Fox"])
        .text("A fox.")
        .uses("G9001", "T9201");
    let whole = Project::of(&[&small(), &ics]).build().snapshot();
    let mut project = Project::empty();
    small().write_tree(&project.path("cti"));
    ics.write_tree(&project.path("cti"));
    project.attack(&["cti"]);
    assert!(
        whole == project.build().snapshot(),
        "the tree is not its bundles"
    );
}

#[test]
fn a_collection_names_the_release_else_the_user_does_else_the_newest_date() {
    let label = |bundle: &Bundle, more: &[&str]| {
        let project = Project::of(&[bundle]);
        let run = project.on_data("build", more).exits(0);
        let said = run.stderr.split("ATT&CK ").nth(1).unwrap();
        let label = said.split(':').next().unwrap().to_owned();
        let home = html::words(&project.site().page(""));
        assert!(home.contains(&label), "the home page names {label}: {home}");
        label
    };
    let named = small().release("99.1").set("spec_version", "2.1");
    assert_eq!(label(&named, &[]), "99.1");
    assert_eq!(label(&named, &["--attack-release", "98.0"]), "99.1");
    assert_eq!(label(&small(), &["--attack-release", "98.0"]), "98.0");
    assert_eq!(label(&small(), &[]), "2024-05-06");

    let project = Project::of(&[&small()]);
    project.write("ttpress.toml", b"[attack]\nrelease = '97.2'\n");
    let run = project.on_data("build", &[]).exits(0);
    assert!(run.stderr.contains("ATT&CK 97.2:"), "{}", run.stderr);
}

#[test]
fn addresses_are_those_of_mitre() {
    let site = Project::of(&[&small()]).build();
    for path in [
        "index.html",
        "404.html",
        "robots.txt",
        "matrices/enterprise/index.html",
        "matrices/enterprise/cottage/index.html",
        "tactics/TA9001/index.html",
        "techniques/index.html",
        "techniques/enterprise/index.html",
        "techniques/T9001/index.html",
        "techniques/T9001/index.json",
        "techniques/T9001/001/index.html",
        "groups/G9001/index.html",
        "groups/G9001/G9001-enterprise-layer.json",
        "groups/G9001/techniques.csv",
        "api/objects.json",
        "api/pages.json",
        "api/object.schema.json",
    ] {
        assert!(site.has(path), "{path}");
    }
}

#[test]
fn a_twin_is_the_record_in_the_list_of_all() {
    let site = Project::of(&[&small()]).build();
    let objects = site.objects();
    assert_eq!(objects.len(), 5);
    for object in &objects {
        let page = object["page"].as_str().unwrap();
        let folder = page.strip_suffix("/index.html").unwrap();
        assert_eq!(&site.twin(folder), object);
    }
    let twin = site.twin("techniques/T9001");
    assert_eq!(twin["type"], "technique");
    assert_eq!(twin["platforms"], serde_json::json!(["Cottage"]));
    assert_eq!(twin["modified"], "2024-05-06T00:00:00.000Z");
    let pages: Vec<Value> = serde_json::from_str(&site.file("api/pages.json")).unwrap();
    for page in &pages {
        assert!(site.has(page["path"].as_str().unwrap()));
    }
    assert!(pages.iter().any(|p| p["path"] == "groups/G9001/index.html"));
}

#[test]
fn twins_have_the_fields_that_their_schema_requires_and_no_others() {
    let site = Project::of(&[&small()]).build();
    let schema: Value = serde_json::from_str(&site.file("api/object.schema.json")).unwrap();
    let known = schema["properties"].as_object().unwrap();
    for object in site.objects() {
        for field in object.as_object().unwrap().keys() {
            assert!(
                known.contains_key(field),
                "the schema does not know `{field}`"
            );
        }
        for field in schema["required"].as_array().unwrap() {
            assert!(
                !object[field.as_str().unwrap()].is_null(),
                "{field} is missing"
            );
        }
    }
}

#[test]
fn columns_say_what_they_hold_and_those_that_hold_nothing_are_left_out() {
    let bundle = small()
        .source("Painted Fox", "(Citation: Book)", "")
        .source("Book", "A book.", "https://example.org/book")
        .group("G9002", "Heron")
        .set("aliases", ["Heron", "Wader"])
        .source("Wader", "Says who (Citation: Book).", "")
        .source("Book", "A book.", "https://example.org/book")
        .uses("G9002", "T9001.001")
        .object("x-mitre-asset", "A9001", "Gate")
        .relation("targets", "T9001", "A9001");
    let site = Project::of(&[&bundle]).build();
    let heads = |folder: &str| -> Vec<String> {
        let page = site.page(folder);
        let heads = page.split("<th scope=\"col\"").skip(1);
        let text = |head: &str| head.split(['>', '<']).nth(1).unwrap().trim().to_owned();
        heads.map(text).collect()
    };
    assert_eq!(heads("assets/A9001"), ["ID", "Name"]);
    assert_eq!(heads("groups/G9001")[..2], ["Name", "References"]);
    assert_eq!(heads("groups/G9002")[..2], ["Name", "Description"]);
    // Software and groups of the tools of a playbook are told apart.
    let bundle = bundle.malware("S9001", "Hammer").uses("S9001", "T9001");
    let playbook = Project::of(&[&bundle]).build().page("playbooks/t9001");
    assert!(playbook.contains("<h3>Software</h3>") && playbook.contains("<h3>Groups</h3>"));
}

#[test]
fn csv_says_what_the_table_says_and_runs_no_formula() {
    let site = Project::of(&[&small()]).build();
    assert_eq!(
        site.file("groups/G9001/techniques.csv"),
        "ID,Name,Via,Use\r\nT9001,Knock,G9001,\"'=1+1 is what the fox, called \"\"Red\"\", says.\"\r\n"
    );
}

#[test]
fn pages_link_relatively_and_name_files() {
    let site = Project::of(&[&small()]).build();
    let page = site.page("techniques/T9001/001");
    for tag in html::tags(&page) {
        if let Some(href) = tag.get("href").filter(|_| tag.name == "a") {
            let inner = !href.contains("://") && !href.starts_with('#');
            let path = href.split('#').next().unwrap_or_default();
            assert!(
                !inner || !path.starts_with('/') && path.contains('.') && !path.ends_with('/'),
                "{href}"
            );
        }
    }
}

#[test]
fn a_base_url_gives_canonical_links_and_a_sitemap_without_tombstones() {
    let bundle = small().technique("T9009", "Gone").deprecated();
    let project = Project::of(&[&bundle]);
    project
        .on_data("build", &["--base-url", "https://wiki.test/attack"])
        .exits(0);
    let site = project.site();
    let page = site.page("techniques/T9001");
    assert!(page.contains("https://wiki.test/attack/techniques/T9001/"));
    let sitemap = site.file("sitemap.xml");
    assert!(sitemap.contains("<loc>https://wiki.test/attack/techniques/T9001/</loc>"));
    assert!(!sitemap.contains("T9009"));
    assert!(
        site.file("robots.txt")
            .contains("https://wiki.test/attack/sitemap.xml")
    );
    project
        .on_data("build", &["--base-url", "javascript:alert(1)"])
        .exits(2);
}

#[test]
fn files_of_others_stay_and_only_own_stale_files_go() {
    let project = Project::of(&[
        &small(),
        &Bundle::new("ics-attack")
            .technique("T9201", "Valve")
            .phase("x"),
    ]);
    project.build();
    project.write("site/uploads/ours.txt", b"ours");
    project.write("site/techniques/note.txt", b"ours too");
    project.write("2.json", Bundle::new("ics-attack").json().as_bytes());
    let site = project.build();
    assert!(
        !site.has("techniques/T9201/index.html"),
        "what is no longer in the data is gone"
    );
    assert_eq!(site.file("uploads/ours.txt"), "ours");
    assert_eq!(site.file("techniques/note.txt"), "ours too");
}

#[test]
fn a_folder_that_is_not_a_site_is_not_overwritten() {
    let project = Project::of(&[&small()]);
    project.write("site/index.html", b"somebody's own");
    let run = project.on_data("build", &[]).exits(2);
    assert!(
        run.stderr.contains("ttpress did not make it"),
        "{}",
        run.stderr
    );
    assert_eq!(project.site().file("index.html"), "somebody's own");
}

#[test]
fn an_own_theme_overrides_templates_tokens_and_strings() {
    let project = Project::of(&[&small()]);
    project.write(
        "ttpress.toml",
        b"[site]\ntitle = 'Fox & Co'\n[build]\ntheme = 'own'\n",
    );
    project.write("themes/own/theme.toml", b"css = ['own.css']\n");
    project.write("themes/own/css/own.css", b":root { --ac: #123456; }\n");
    project.write(
        "themes/own/templates/404.html",
        b"{% extends \"default/404.html\" %}{% block title %}Lost{% endblock title %}",
    );
    let site = project.build();
    assert!(site.page("").contains("Fox &amp; Co"));
    let sheet = site.file("assets/css/site.css");
    assert!(
        sheet.contains("#123456") && sheet.len() > 1000,
        "own rules after the default ones"
    );

    project.write(
        "themes/own/templates/404.html",
        b"{% extends \"default/nowhere.html\" %}",
    );
    let run = project.on_data("build", &[]).exits(2);
    assert!(run.stderr.contains("404.html"), "{}", run.stderr);
}
