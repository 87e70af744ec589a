//! The words of the interface: every language has all of them, and pages have no others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::harness::{Project, Site};
use crate::html;
use crate::stix::{Bundle, stix_id};

type Words = BTreeMap<String, String>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn words(language: &str) -> Words {
    let file = root().join(format!("themes/default/strings/{language}.toml"));
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// The texts of the files below a folder, by their ending.
fn sources(folder: &str, ending: &str) -> String {
    fn visit(folder: PathBuf, ending: &str, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(path, ending, text);
            } else if path.extension().is_some_and(|found| found == ending) {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    visit(root().join(folder), ending, &mut text);
    text
}

/// The names that follow a word and a dot: `strings.skip` → `skip`.
fn names_after<'t>(text: &'t str, before: &str) -> BTreeSet<&'t str> {
    let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let parts = text.split(before).skip(1);
    parts
        .map(|part| part.split(is_end).next().unwrap())
        .collect()
}

/// What stands between the placeholders of a text, and their names.
fn parts(text: &str) -> (Vec<&str>, BTreeSet<&str>) {
    let mut fixed = Vec::new();
    let mut names = BTreeSet::new();
    for part in text.split('{') {
        let (inside, after) = part.split_once('}').unwrap_or(("", part));
        fixed.push(after);
        names.extend(inside.split(':').next().filter(|name| !name.is_empty()));
    }
    (fixed, names)
}

#[test]
fn every_language_has_the_words_and_placeholders_of_english() {
    let english = words("en");
    let folder = root().join("themes/default/strings");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let language = path.file_stem().unwrap().to_str().unwrap();
        let own = words(language);
        assert!(own.keys().eq(english.keys()), "{language}: keys differ");
        for (key, text) in &own {
            let (_, wanted) = parts(&english[key]);
            assert_eq!(parts(text).1, wanted, "{language}: {key}");
            assert_eq!(text.trim(), text, "{language}: {key}");
        }
    }
}

#[test]
fn every_word_is_used_and_every_use_has_a_word() {
    let english = words("en");
    let templates = sources("themes/default/templates", "html");
    let scripts = sources("themes/default/js", "js");
    let in_scripts = names_after(&scripts, "strings.");
    // Some words are for pages and scripts alike.
    let in_scripts = in_scripts.iter().map(|name| match format!("js_{name}") {
        own if english.contains_key(&own) => own,
        _ => (*name).to_owned(),
    });
    let mut used: BTreeSet<String> = in_scripts.collect();
    let in_templates = names_after(&templates, " strings.");
    used.extend(in_templates.into_iter().map(str::to_owned));
    for key in &used {
        assert!(english.contains_key(key), "there is no string `{key}`");
    }
    // The compiler sees to it that what Rust uses is a key of its list.
    let rust = sources("src", "rs");
    let (_, listed) = rust.split_once("\nstrings! {").unwrap();
    for line in listed.split('}').next().unwrap().lines() {
        let keys = line.split("//").next().unwrap().split_whitespace();
        for key in keys {
            assert!(english.contains_key(key), "there is no string `{key}`");
        }
    }
    let in_rust = names_after(&rust, ".");
    let paper = sources("themes/default/print", "typ") + &sources("src/print", "rs");
    // Words on paper have hyphens; some names are put together, such as `"card-" + name`.
    let on_paper = |key: &str| {
        let Some(name) = key
            .strip_prefix("print_")
            .map(|name| name.replace('_', "-"))
        else {
            return false;
        };
        paper.contains(&format!("words.{name}"))
            || paper.contains(&format!("\"{name}\""))
            || ["card-", "alert-"]
                .iter()
                .any(|family| name.starts_with(family))
    };
    for key in english.keys() {
        let is_used = used.contains(key) || in_rust.contains(&**key) || on_paper(key);
        assert!(is_used, "nothing uses the string `{key}`");
    }
}

const CONFIG: &str = "[site]\ntitle = 'W'\nlanguage = 'LANGUAGE'\n[detections.sigma]\npaths = ['sigma']\n\
    [detections.atomic]\npaths = ['atomic']\n[detections.car]\npaths = ['car']\n";
const RULE: &str = "title: Latch\nid: r-1\nauthor: Kim\ntags: [attack.t9001]\n\
    logsource: {product: shed}\nfalsepositives: [Wind]\nreferences: [x]\ndescription: y\n";
const TEST: &str = "attack_technique: T9001\natomic_tests:\n- name: Knuckle\n  input_arguments:\n    \
    door: {default: 7}\n  dependencies:\n  - {description: q, prereq_command: q, get_prereq_command: q}\n  \
    executor: {name: sh, command: q, cleanup_command: q, elevation_required: true}\n";
const CAR: &str = "title: Watch\nid: CAR-9\ncoverage:\n- {technique: T9001}\ncontributors: [Kim]\n";
const PLAYBOOK: &str = "---\ntechnique: T9001\ntitle: Klopfen\nstatus: approved\nseverity: high\n\
    owner: q\ncontacts: [q]\nreviewed: 2024-05-06\nreview_every: P1Y\nexpires: 2099-01-01\n\
    attack_release: \"18.1\"\ntechnique_version: \"1.0\"\ntags: [q]\ntlp: CLEAR\n---\n\n## Ablauf\n\n\
    - [x] q\n\n| q |\n|---|\n| q |\n";

fn techniques() -> Bundle {
    Bundle::new("enterprise-attack")
        .release("18.1")
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
        .technique("T9001", "Knock")
        .phase("opening")
        .platforms(&["Cottage", "Shed"])
        .text("Knocks. See [Twice](https://attack.mitre.org/techniques/T9001/001).")
        .set("x_mitre_contributors", ["Kim"])
        .set("x_mitre_permissions_required", ["q"])
        .set("x_mitre_effective_permissions", ["q"])
        .set("x_mitre_system_requirements", ["q"])
        .set("x_mitre_defense_bypassed", ["q"])
        .set("x_mitre_impact_type", ["q"])
        .set("x_mitre_tactic_type", ["q"])
        .set("x_mitre_remote_support", true)
        .set("x_mitre_network_requirements", true)
        .set("x_mitre_old_attack_id", "q")
        .technique("T9001.001", "Twice")
        .phase("opening")
        .relation("subtechnique-of", "T9001.001", "T9001")
        .technique("T9002", "Enter")
        .phase("opening")
        .technique("T9003", "Gone")
        .revoked()
        .relation("revoked-by", "T9003", "T9002")
        .technique("T9004", "Old")
        .deprecated()
        .technique("T9005", "Lost")
        .revoked()
}

/// A wiki with something of every kind, in a language.
fn site(language: &str) -> Site {
    let mut bundle = techniques()
        .malware("S9001", "Hammer")
        .uses("S9001", "T9001")
        .text("Runs `hammer.exe /now` (Citation: Book).")
        .source("Book", "A book.", "https://example.org/book")
        .object("tool", "S9002", "Chisel")
        .uses("S9002", "T9001")
        .campaign("C9001", "Long Night")
        .set("first_seen", "2020-01-01T00:00:00Z")
        .set("last_seen", "2021-01-01T00:00:00Z")
        .uses("C9001", "T9002")
        .mitigation("M9001", "Lock")
        .set("labels", ["q"])
        .relation("mitigates", "M9001", "T9001")
        .object("x-mitre-asset", "A9001", "Gate")
        .set("x_mitre_sectors", ["q"])
        .set(
            "x_mitre_related_assets",
            serde_json::json!([{ "name": "Fence" }]),
        )
        .relation("targets", "T9001", "A9001")
        .object("x-mitre-data-source", "DS9001", "Ear")
        .set("x_mitre_collection_layers", ["q"])
        .object("x-mitre-data-component", "DC9001", "Noise")
        .set(
            "x_mitre_data_source_ref",
            stix_id("x-mitre-data-source", "DS9001"),
        )
        .set(
            "x_mitre_log_sources",
            serde_json::json!([{ "name": "WinEventLog:Security", "channel": "EventCode=4688" }]),
        )
        .relation("detects", "DC9001", "T9002")
        .object("x-mitre-analytic", "AN9001", "Analytic 9001")
        .platforms(&["Cottage"])
        .set(
            "x_mitre_log_source_references",
            serde_json::json!([{
                "x_mitre_data_component_ref": stix_id("x-mitre-data-component", "DC9001"),
                "name": "WinEventLog:Security",
                "channel": "EventCode=4688, 4104",
            }]),
        )
        .set(
            "x_mitre_mutable_elements",
            serde_json::json!([{ "field": "q", "description": "q" }]),
        )
        .object("x-mitre-detection-strategy", "DET9001", "Listen")
        .set(
            "x_mitre_analytic_refs",
            [stix_id("x-mitre-analytic", "AN9001")],
        )
        .relation("detects", "DET9001", "T9001")
        .object("x-mitre-novelty", "X9001", "Odd");
    for number in 1..=30 {
        let group = format!("G90{number:02}");
        bundle = bundle
            .group(&group, &format!("Fox {number}"))
            .set(
                "aliases",
                [format!("Fox {number}"), format!("Vulpes {number}")],
            )
            .uses(&group, "T9001")
            .uses(&group, "T9002")
            .uses(&group, "S9001");
    }
    let bundle = bundle.relation("attributed-to", "C9001", "G9001");
    let project = Project::of(&[&bundle]);
    let config = CONFIG.replace("LANGUAGE", language);
    project.write("ttpress.toml", config.as_bytes());
    project.write("sigma/latch.yml", RULE.as_bytes());
    project.write("atomic/T9001.yaml", TEST.as_bytes());
    project.write("car/CAR-9.yaml", CAR.as_bytes());
    project.write("content/playbooks/klopfen.md", PLAYBOOK.as_bytes());
    project.build()
}

/// The texts of all pages, each with the page that it stands on first.
fn texts(site: &Site) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for path in site.files() {
        let path = path.strip_prefix(&site.root).unwrap().to_str().unwrap();
        if Path::new(path)
            .extension()
            .is_some_and(|found| found == "html")
        {
            for text in html::texts(&site.file(path)) {
                texts.entry(text).or_insert_with(|| path.to_owned());
            }
        }
    }
    texts
}

/// Whether a text of a page is one of the interface, or holds the longest stretch of it without a
/// placeholder.
fn says(on_page: &str, text: &str) -> bool {
    let (fixed, _) = parts(text);
    let telling = fixed.iter().max_by_key(|part| part.len()).unwrap();
    // Short ones, such as ` of `, stand in any text.
    on_page == text || telling.len() >= 12 && on_page.contains(*telling)
}

#[test]
fn a_german_site_has_no_english_word() {
    let (english, german) = (words("en"), words("de"));
    let both = |language: &str| {
        let mut all = texts(&site(language));
        all.extend(texts(&site_with_updates(language)));
        all
    };
    let (in_english, in_german) = (both("en"), both("de"));
    let shown = |texts: &BTreeMap<String, String>, text: &str| {
        let found = texts.iter().find(|(on_page, _)| says(on_page, text));
        found.map(|(on_page, page)| format!("{page}: {on_page}"))
    };
    let mut seen = 0;
    let mut unseen = Vec::new();
    let mut left = Vec::new();
    // What scripts and paper say is on no page.
    let on_pages = |key: &str| !key.starts_with("js_") && !key.starts_with("print_");
    for (key, text) in english.iter().filter(|(key, _)| on_pages(key)) {
        // A word of both languages tells nothing.
        if german.values().any(|german| german == text) {
            continue;
        }
        match shown(&in_english, text) {
            Some(_) => seen += 1,
            None => unseen.push(key),
        }
        left.extend(shown(&in_german, text).map(|place| format!("{key} on {place}")));
    }
    assert!(left.is_empty(), "English words: {left:#?}");
    // The pages must show the words in English, else there is nothing to miss in German. These
    // sites have no older releases or flows, whose words stay unseen.
    assert!(seen > 2 * unseen.len(), "{seen} seen, not: {unseen:?}");
}

/// A wiki that tells what changed since an earlier release, everything that can.
fn site_with_updates(language: &str) -> Site {
    let base = || {
        Bundle::new("enterprise-attack")
            .tactic("TA9001", "Opening", "opening")
            .tactic("TA9002", "Waiting", "waiting")
            .matrix("Enterprise")
            .mitigation("M9001", "Lock")
    };
    let version = |bundle: Bundle, version: &str| bundle.set("x_mitre_version", version);
    let old = base()
        .release("98.1")
        .tactic("TA9003", "Leaving", "leaving");
    let old = version(old.technique("T9001", "Knock").text("Knocks once."), "1.0")
        .phase("opening")
        .platforms(&["Cottage"])
        .technique("T9002", "Enter")
        .technique("T9003", "Gone")
        .technique("T9004", "Old")
        .technique("T9005", "Lost")
        .technique("T9007", "Whistle")
        .technique("T9009", "Back")
        .deprecated();
    let new = base().release("99.1").tactic("TA9004", "Hiding", "hiding");
    let new = version(new.technique("T9001", "Ring").text("Rings once."), "2.0")
        .phase("waiting")
        .platforms(&["Shed"])
        .set("x_mitre_contributors", ["Kim"])
        .relation("mitigates", "M9001", "T9001");
    let new = version(new.technique("T9002", "Enter"), "0.1")
        .technique("T9003", "Gone")
        .revoked()
        .relation("revoked-by", "T9003", "T9002")
        .technique("T9004", "Old")
        .deprecated()
        .technique("T9006", "Fresh");
    let new = version(new.technique("T9007", "Whistle"), "7.7").technique("T9009", "Back");
    let mut project = Project::of(&[&old, &new]);
    let config = format!("[site]\ntitle = 'W'\nlanguage = '{language}'\n");
    project.write("ttpress.toml", config.as_bytes());
    for id in ["T9001", "T9003", "T9004", "T9005"] {
        let text = format!(
            "---\ntitle: Klopfen {id}\ntechnique: {id}\ntechnique_version: \"1.0\"\nowner: q\nstatus: draft\n---\nq\n"
        );
        project.write(&format!("content/playbooks/{id}.md"), text.as_bytes());
    }
    project.attack(&["2.json"]);
    project.on_data("build", &["--previous", "1.json"]).exits(0);
    project.site()
}

#[test]
fn what_changed_and_what_it_touches_is_told_in_the_language_of_the_wiki() {
    let texts = |language: &str| -> BTreeSet<String> {
        let page = site_with_updates(language).page("updates/98.1-99.1");
        html::texts(html::main(&page)).into_iter().collect()
    };
    let german = texts("de");
    let same: Vec<String> = texts("en").intersection(&german).cloned().collect();
    // Names of the data, of files and of keys.
    let data = "ATT CK Enterprise enterprise layer json diff content playbooks md technique_version Klopfen \
        Knock Knocks Ring Rings once Enter Gone Old Lost Fresh Whistle Back Lock Kim Cottage Shed \
        Opening Waiting q";
    let known: BTreeSet<&str> = data.split_whitespace().collect();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = same.iter().flat_map(|text| text.split(|c| !is_word(c)));
    let words = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    let strange: Vec<&str> = words
        .filter(|word| !word.is_empty() && !known.contains(word))
        .collect();
    assert!(strange.is_empty(), "{strange:?} in {same:#?}");
    for text in [
        "Warnung",
        "Umbenannte Plattform: Cottage → Shed",
        "schreiben und den Text durchlesen",
    ] {
        assert!(german.iter().any(|shown| shown.contains(text)), "{text}");
    }
}

#[test]
fn addresses_anchors_and_heads_of_csv_files_are_the_same_in_every_language() {
    let (english, german) = (site("en"), site("de"));
    let paths = |site: &Site| -> Vec<PathBuf> { site.snapshot().into_keys().collect() };
    assert_eq!(paths(&english), paths(&german));
    for path in paths(&english) {
        let path = path.to_str().unwrap();
        let (one, other) = (english.root.join(path), german.root.join(path));
        if path.ends_with("html") {
            let ids = |site: &Site| -> Vec<String> {
                let page = site.file(path);
                let tags = html::tags(&page).into_iter();
                tags.filter_map(|tag| tag.get("id").map(str::to_owned))
                    .collect()
            };
            assert_eq!(ids(&english), ids(&german), "{path}");
            assert!(german.file(path).contains("<html lang=\"de\">"), "{path}");
        } else if path.ends_with("csv") {
            let head = |file: &Path| {
                let text = std::fs::read_to_string(file).unwrap();
                text.lines().next().unwrap().to_owned()
            };
            assert_eq!(head(&one), head(&other), "{path}");
        } else if path.starts_with("api/") || path.ends_with("index.json") {
            let (one, other) = (std::fs::read(one), std::fs::read(other));
            assert!(
                one.unwrap() == other.unwrap(),
                "{path} depends on the language"
            );
        }
    }
    let script = german.file("assets/js/site.js");
    assert!(script.contains("\"copied\":\"Kopiert\""));
}

#[test]
fn a_language_without_words_is_reported_and_a_theme_can_bring_them() {
    let project = Project::of(&[&Bundle::new("enterprise-attack").technique("T9001", "Knock")]);
    project.write("ttpress.toml", b"[site]\nlanguage = 'eo'\n");
    let run = project.on_data("build", &[]).exits(0);
    assert!(run.stderr.contains("unknown-language"), "{}", run.stderr);
    assert!(run.stderr.contains("`de`, `en`"), "{}", run.stderr);
    let page = project.site().page("");
    assert!(page.contains("<html lang=\"eo\">") && page.contains("Skip to content"));

    project.write(
        "ttpress.toml",
        b"[site]\nlanguage = 'eo-XX'\n[build]\ntheme = 'own'\n",
    );
    project.write(
        "themes/own/strings/eo.toml",
        b"skip = 'Al la enhavo'\nhome = 'Hejmo'\n",
    );
    project.write("themes/own/theme.toml", b"[strings]\nhome = 'Komenco'\n");
    let run = project.on_data("build", &[]).exits(0);
    assert!(!run.stderr.contains("unknown-language"), "{}", run.stderr);
    let page = project.site().page("techniques");
    assert!(page.contains("<html lang=\"eo-XX\">") && page.contains("Al la enhavo"));
    assert!(page.contains(">Komenco<"), "theme.toml comes last");
    assert!(page.contains(">Playbooks<"), "the rest is in English");

    project.write("themes/own/strings/eo.toml", b"skipp = 'Al la enhavo'\n");
    let run = project.on_data("build", &[]).exits(2);
    assert!(run.stderr.contains("`skipp`"), "{}", run.stderr);
}
