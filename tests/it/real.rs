//! The embedded release, and real releases where `TTPRESS_SHARED` or `../shared` has them.
//!
//! Without them these tests say so and stop; with `TTPRESS_REQUIRE_REAL=1` they fail.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::io::Read as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use crate::determinism::embedded;
use crate::harness::{Findings, Site, kept, ttpress};
use crate::html;

const DOMAINS: [&str; 3] = ["enterprise", "mobile", "ics"];

/// Where real releases lie, if they do.
pub(crate) fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("TTPRESS_SHARED").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = named.unwrap_or_else(beside);
    if folder.join("attack").is_dir() {
        return Some(folder);
    }
    let required = std::env::var_os("TTPRESS_REQUIRE_REAL").is_some_and(|value| value == "1");
    assert!(!required, "no real releases in {}", folder.display());
    // Past the harness, which swallows what a passing test prints.
    let mut stderr = std::io::stderr();
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    writeln!(
        stderr,
        "SKIPPED {name}: no real releases in {}",
        folder.display()
    )
    .unwrap();
    None
}

/// The bundles of a release that are there: 6.3 has no ICS.
pub(crate) fn bundles(shared: &Path, release: &str) -> Vec<PathBuf> {
    let name = |domain: &str| format!("attack/{domain}-attack-{release}.json.zst");
    let paths = DOMAINS.iter().map(|domain| shared.join(name(domain)));
    let found: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    assert!(found.len() >= 2, "release {release} is incomplete");
    found
}

/// A release as a site and what `check` finds, made once.
struct Built {
    site: Site,
    findings: Findings,
}

fn built(release: &'static str) -> Option<&'static Built> {
    static BUILT: OnceLock<Mutex<HashMap<&str, &'static Built>>> = OnceLock::new();
    let shared = shared()?;
    let mut built = BUILT.get_or_init(Mutex::default).lock().unwrap();
    Some(*built.entry(release).or_insert_with(|| {
        let out = kept(release);
        let home = tempfile::tempdir().unwrap();
        let run = |command: &str| {
            let mut run = ttpress();
            run.current_dir(home.path()).arg(command);
            for path in bundles(&shared, release) {
                run.arg("--attack").arg(path);
            }
            run
        };
        run("build").arg("--out").arg(&out).assert().code(0);
        let output = run("check").args(["--format", "json"]).output().unwrap();
        let code = output.status.code();
        assert_eq!(
            code,
            Some(0),
            "check {release}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let findings = Findings::parse(&String::from_utf8_lossy(&output.stdout));
        Box::leak(Box::new(Built {
            site: Site::at(out),
            findings,
        }))
    }))
}

// The embedded release

/// Every string in a JSON value, with the name of its field.
fn strings<'v>(value: &'v Value, field: &'v str, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(text) => found.push((field, text)),
        Value::Array(list) => list.iter().for_each(|item| strings(item, field, found)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| strings(value, name, found)),
        _ => {}
    }
}

#[test]
fn the_embedded_release_holds_no_sentence_of_mitres() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/attack");
    let mut objects = 0;
    let mut size = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let packed = std::fs::read(entry.unwrap().path()).unwrap();
        size += packed.len();
        let bundle = zstd::decode_all(&packed[..]).unwrap();
        let bundle: Value = serde_json::from_slice(&bundle).unwrap();
        objects += bundle["objects"].as_array().unwrap().len();
        let mut all = Vec::new();
        strings(&bundle, "", &mut all);
        for (field, text) in all {
            assert!(
                !field.contains("description") && field != "x_mitre_detection",
                "{field}: {text}"
            );
            assert!(!text.contains("(Citation"), "{field}: {text}");
            // Names, people and codes are a few words; a sentence is more.
            let words = text.split_whitespace().count();
            let most = if field == "name" { 18 } else { 12 };
            assert!(words <= most && text.len() < 200, "{field}: {text}");
        }
    }
    assert!(objects > 20_000, "{objects} objects");
    assert!(size < 1_700_000, "{size} bytes");
}

#[test]
fn the_embedded_site_says_that_it_has_no_prose_and_whose_data_it_is() {
    let site = embedded();
    let home = html::words(&site.page(""));
    assert!(home.contains("18.1"), "{home}");
    let technique = html::words(&site.page("techniques/T1059/001"));
    assert!(technique.contains("PowerShell"));
    for folder in [
        "",
        "techniques/T1059/001",
        "groups/G0016",
        "matrices/enterprise",
        "techniques",
        "withdrawn",
    ] {
        let words = html::words(&site.page(folder));
        assert!(
            words.contains("The MITRE Corporation"),
            "{folder} lacks the copyright line"
        );
    }
    assert!(technique.contains("EventCode=4103"), "event IDs are facts");
}

#[test]
fn the_embedded_site_is_safe_and_whole() {
    embedded().assert_safe();
    assert_links_resolve(embedded());
}

#[test]
fn the_embedded_release_has_the_relations_of_the_real_one() {
    if let Some(shared) = shared() {
        assert_like_the_oracle(embedded(), &shared);
    }
}

// Real releases

#[test]
fn twins_of_18_1_equal_mitres_own_software() {
    if let (Some(shared), Some(built)) = (shared(), built("18.1")) {
        assert_like_the_oracle(&built.site, &shared);
    }
}

/// Compares all records with what MITRE's software makes of the same bundles.
fn assert_like_the_oracle(site: &Site, shared: &Path) {
    let packed = std::fs::File::open(shared.join("oracle/relations-18.1.json.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    let truth: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(truth.len(), 5255);

    let objects = site.objects();
    let live: BTreeMap<&str, &Value> = objects
        .iter()
        .filter(|o| o["status"] == "live")
        .map(|o| (o["id"].as_str().unwrap(), o))
        .collect();
    let ids =
        |o: &BTreeMap<&str, &Value>| o.keys().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(ids(&live), truth.keys().cloned().collect());
    let sorted = |list: &Value| {
        let list = list.as_array().unwrap().iter();
        list.map(|v| v.as_str().unwrap().to_owned())
            .collect::<BTreeSet<_>>()
    };
    let mut compared = 0;
    for (id, expected) in &truth {
        let record = live[&**id];
        for field in ["type", "name"] {
            assert_eq!(record[field], expected[field], "{field} of {id}");
        }
        assert_eq!(
            sorted(&record["domains"]),
            sorted(&expected["domains"]),
            "domains of {id}"
        );
        for (kind, related) in expected["relations"].as_object().unwrap() {
            assert_eq!(&record["relations"][kind], related, "{kind} of {id}");
            compared += related.as_array().unwrap().len();
        }
        let kinds = |value: &Value| {
            value["relations"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(record), kinds(expected), "kinds of {id}");
    }
    assert!(compared > 40_000, "{compared} related IDs compared");

    // The file beside each page is the record in the list.
    for record in &objects {
        let page = record["page"].as_str().unwrap();
        if let Some(folder) = page.strip_suffix("/index.html") {
            assert_eq!(&site.twin(folder), record);
        }
    }
}

#[test]
fn twins_of_17_1_follow_from_the_raw_bundles() {
    assert_follows_from_raw("17.1");
}

#[test]
fn twins_of_6_3_follow_from_the_raw_bundles() {
    assert_follows_from_raw("6.3");
}

type Relations = BTreeMap<String, BTreeMap<&'static str, BTreeSet<String>>>;

/// Compares direct relations of all live objects with a second, plain computation.
fn assert_follows_from_raw(release: &'static str) {
    let (Some(shared), Some(built)) = (shared(), built(release)) else {
        return;
    };
    let truth = raw_relations(&bundles(&shared, release));
    let objects = built.site.objects();
    let live = objects.iter().filter(|o| o["status"] == "live");
    let live: HashMap<&str, &Value> = live.map(|o| (o["stix_id"].as_str().unwrap(), o)).collect();
    let stix_id: HashMap<&str, &str> = live
        .iter()
        .map(|(stix_id, o)| (o["id"].as_str().unwrap(), *stix_id))
        .collect();
    assert_eq!(
        live.keys()
            .map(|id| (*id).to_owned())
            .collect::<BTreeSet<_>>(),
        truth.keys().cloned().collect()
    );
    let mut compared = 0;
    for (id, kinds) in &truth {
        for (kind, expected) in kinds {
            let found = live[&**id]["relations"][kind].as_array();
            let found = found.unwrap_or_else(|| panic!("{id} has no {kind}"));
            let found: BTreeSet<String> = found
                .iter()
                .map(|id| stix_id[id.as_str().unwrap()].to_owned())
                .collect();
            assert_eq!(&found, expected, "{kind} of {id} ({})", live[&**id]["id"]);
            compared += found.len();
        }
    }
    assert!(compared > 5_000, "{compared} related IDs compared");
}

/// STIX ID → kind → STIX IDs, for the relations that are relationships, straight from the files.
fn raw_relations(paths: &[PathBuf]) -> Relations {
    let mut newest: HashMap<String, Value> = HashMap::new();
    for path in paths {
        let bundle = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
        let mut bundle: Value = serde_json::from_slice(&bundle).unwrap();
        for object in bundle["objects"].as_array_mut().unwrap().drain(..) {
            let id = object["id"].as_str().unwrap().to_owned();
            let is_newer = newest
                .get(&id)
                .is_none_or(|known| known["modified"].as_str() < object["modified"].as_str());
            if is_newer {
                newest.insert(id, object);
            }
        }
    }
    let is_live = |o: &Value| o["revoked"] != json!(true) && o["x_mitre_deprecated"] != json!(true);
    let is_page = |o: &Value| {
        let no_page = [
            "relationship",
            "identity",
            "marking-definition",
            "x-mitre-collection",
        ];
        !no_page.contains(&o["type"].as_str().unwrap())
    };
    let mut relations: Relations = newest
        .iter()
        .filter(|(_, o)| is_live(o) && is_page(o))
        .map(|(id, _)| (id.clone(), BTreeMap::new()))
        .collect();
    for edge in newest
        .values()
        .filter(|o| o["type"] == "relationship" && is_live(o))
    {
        let (source, target) = (
            edge["source_ref"].as_str().unwrap(),
            edge["target_ref"].as_str().unwrap(),
        );
        if !relations.contains_key(source) || !relations.contains_key(target) {
            continue;
        }
        let kind = edge["relationship_type"].as_str().unwrap();
        let of = |id: &str| id.split_once("--").unwrap().0.to_owned();
        let (here, there) = match (kind, &*of(source), &*of(target)) {
            ("uses", "intrusion-set", "attack-pattern") => ("techniques", "groups"),
            ("uses", "intrusion-set", "malware" | "tool") => ("software", "groups"),
            ("uses", "malware" | "tool", "attack-pattern") => ("techniques", "software"),
            ("uses", "campaign", "attack-pattern") => ("techniques", "campaigns"),
            ("uses", "campaign", "malware" | "tool") => ("software", "campaigns"),
            ("attributed-to", "campaign", "intrusion-set") => ("groups", "campaigns"),
            ("mitigates", "course-of-action", "attack-pattern") => ("techniques", "mitigations"),
            ("subtechnique-of", "attack-pattern", "attack-pattern") => ("parent", "subtechniques"),
            ("detects", "x-mitre-data-component", "attack-pattern") => {
                ("techniques", "data_components")
            }
            ("targets", "attack-pattern", "x-mitre-asset") => ("assets", "techniques"),
            _ => continue,
        };
        for (end, name, other) in [(source, here, target), (target, there, source)] {
            let kinds = relations.get_mut(end).unwrap();
            kinds.entry(name).or_default().insert(other.to_owned());
        }
    }
    relations
}

#[test]
fn every_link_and_anchor_of_18_1_resolves() {
    if let Some(built) = built("18.1") {
        assert_links_resolve(&built.site);
        built.site.assert_safe();
    }
}

#[test]
fn every_link_and_anchor_of_17_1_resolves() {
    if let Some(built) = built("17.1") {
        assert_links_resolve(&built.site);
        built.site.assert_safe();
    }
}

#[test]
fn every_link_and_anchor_of_6_3_resolves() {
    if let Some(built) = built("6.3") {
        assert_links_resolve(&built.site);
        built.site.assert_safe();
    }
}

/// Asserts that each link within a site names a file, and each fragment an element of it, as a
/// browser needs that opens the site from a folder; and that no page uses an ID twice.
fn assert_links_resolve(site: &Site) {
    let files = site.files();
    let known: HashSet<&Path> = files.iter().map(PathBuf::as_path).collect();
    let is_page = |path: &&PathBuf| path.extension() == Some(OsStr::new("html"));
    let pages: Vec<&PathBuf> = files.iter().filter(is_page).collect();
    let mut anchors: HashMap<&Path, HashSet<String>> = HashMap::new();
    let mut wanted: BTreeMap<(PathBuf, String), &Path> = BTreeMap::new();
    let mut links = 0;
    for &page in &pages {
        let html = std::fs::read_to_string(page).unwrap();
        let mut ids = HashSet::new();
        for tag in html::tags(&html) {
            if let Some(id) = tag.get("id") {
                assert!(
                    ids.insert(id.to_owned()),
                    "{}: two elements `{id}`",
                    page.display()
                );
            }
            let Some(link) = tag.get("href").or(tag.get("src")) else {
                continue;
            };
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            links += 1;
            let (address, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if address.is_empty() {
                page.clone()
            } else {
                join(page, address)
            };
            assert!(
                known.contains(&*target),
                "{}: `{link}` is no file",
                page.display()
            );
            if !fragment.is_empty() {
                wanted.insert((target, fragment.to_owned()), page);
            }
        }
        anchors.insert(page, ids);
    }
    for ((target, fragment), page) in &wanted {
        let has = anchors
            .get(&**target)
            .is_some_and(|ids| ids.contains(fragment));
        assert!(
            has,
            "{}: no element `{fragment}` in {}",
            page.display(),
            target.display()
        );
    }
    assert!(
        pages.len() > 500 && links > 50_000 && wanted.len() > 500,
        "{} pages, {links} links, {} anchors",
        pages.len(),
        wanted.len()
    );
}

fn join(page: &Path, address: &str) -> PathBuf {
    let mut path = page.parent().unwrap().to_owned();
    for part in address.split('/') {
        match part {
            ".." => assert!(path.pop(), "{address} leaves the site"),
            "." => {}
            part => path.push(part),
        }
    }
    path
}

#[test]
fn one_citation_of_18_1_is_unresolved() {
    if let Some(built) = built("18.1") {
        built.findings.one("unresolved-citation");
        let codes: BTreeSet<_> = built
            .findings
            .0
            .iter()
            .filter(|f| f["severity"] != "note")
            .map(|f| f["code"].to_string())
            .collect();
        assert_eq!(codes.len(), 1, "{codes:?}");
    }
}

#[test]
fn known_pages_of_18_1_say_what_is_known() {
    let Some(Built { site, .. }) = built("18.1") else {
        return;
    };
    let rows = site.rows("techniques/T1105", "procedures");
    assert_eq!(rows.len(), 498);
    assert!(site.page("coverage/enterprise").contains("cv-none"));
    let csv = site.file("techniques/T1105/procedures.csv");
    assert!(csv.lines().count() >= 499);

    let kinds = |kind: &str| {
        let live = |o: &&Value| o["type"] == kind && o["status"] == "live";
        site.objects().iter().filter(live).count()
    };
    for (kind, count) in [
        ("technique", 898),
        ("software", 910),
        ("group", 176),
        ("campaign", 55),
        ("mitigation", 108),
        ("detection_strategy", 898),
        ("analytic", 2032),
        ("data_component", 119),
        ("asset", 18),
        ("tactic", 38),
        ("matrix", 3),
    ] {
        assert_eq!(kinds(kind), count, "{kind}");
    }
    // Revoked without a successor, and revoked across types.
    assert!(
        site.words("techniques/T1454")
            .contains("names no successor")
    );
    assert_eq!(site.twin("techniques/T1086")["revoked_by"], "T1059.001");
    assert!(site.words("mitigations/M0801").contains("IEC 62443"));
}

#[test]
fn events_of_18_1_are_those_that_its_analytics_name() {
    let Some(Built { site, .. }) = built("18.1") else {
        return;
    };
    let objects = site.objects();
    let counts = |wanted: fn(&Value) -> bool| {
        let enterprise = |o: &&Value| {
            let domains = o["domains"].as_array().unwrap();
            o["type"] == "technique"
                && o["status"] == "live"
                && domains.contains(&Value::from("enterprise-attack"))
        };
        let found = objects.iter().filter(enterprise);
        found.filter(|o| wanted(&o["events"])).count()
    };
    assert_eq!(counts(|e| e["windows"][0].is_array()), 321);
    assert_eq!(counts(|e| e["sysmon"][0].is_u64()), 420);
    assert_eq!(
        counts(|e| e["windows"][0].is_array() || e["sysmon"][0].is_u64()),
        467
    );
    let events = &site.twin("techniques/T1204/001")["events"];
    assert_eq!(events["windows"], serde_json::json!([["Security", 4688]]));
    assert_eq!(events["sysmon"], serde_json::json!([3, 11, 22]));
}

#[test]
fn the_two_editions_of_a_release_are_read_alike() {
    let Some(shared) = shared() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let records = |file: &str| {
        let out = home.path().join(file);
        let mut run = ttpress();
        run.current_dir(home.path())
            .arg("build")
            .arg("--out")
            .arg(&out);
        let run = run
            .arg("--attack")
            .arg(shared.join("attack").join(file))
            .assert()
            .code(0);
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        let objects: BTreeMap<String, Value> = Site::at(out)
            .objects()
            .into_iter()
            .filter(|o| o["status"] == "live")
            .map(|o| (o["id"].as_str().unwrap().to_owned(), o["name"].clone()))
            .collect();
        (said, objects)
    };
    let (_, old) = records("ics-attack-18.1.json.zst");
    let (said, new) = records("ics-attack-18.1-stix2.1.json.zst");
    assert!(
        said.contains("ATT&CK 18.1:"),
        "its collection names the release: {said}"
    );
    let known: Vec<_> = old
        .iter()
        .filter(|(id, name)| new.get(*id) != Some(name))
        .collect();
    assert!(known.is_empty(), "live in the 2.0 edition only: {known:?}");
}

/// The entries of a technique's `related`, each found to be a live technique of one of its
/// domains, best first.
fn related(site: &Site, folder: &str) -> Vec<Value> {
    let twin = site.twin(folder);
    let related = twin["related"].as_array().unwrap().clone();
    assert!(related.len() <= 20, "{folder}");
    let scores: Vec<f64> = related
        .iter()
        .map(|entry| entry["score"].as_f64().unwrap())
        .collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    for entry in &related {
        let id = entry["id"].as_str().unwrap();
        let other = site.twin(&format!("techniques/{}", id.replace('.', "/")));
        assert_eq!(other["status"], "live", "{id}");
        assert_eq!(other["domains"], twin["domains"], "{id}");
        let reasons = entry["reasons"].as_array().unwrap();
        assert!(!reasons.is_empty(), "{id}");
    }
    related
}

#[test]
fn the_embedded_release_relates_techniques_by_family_and_by_use() {
    let site = embedded();
    let related = related(site, "techniques/T1204/001");
    let reasons = |id: &str| {
        let entry = related.iter().find(|entry| entry["id"] == id).unwrap();
        entry["reasons"].clone()
    };
    assert_eq!(reasons("T1204.002"), json!(["family", "seen-together"]));
    assert_eq!(reasons("T1566.002"), json!(["seen-together"]));
    let words = html::words(&site.page("techniques/T1204/001"));
    for text in [
        "Related techniques",
        "Often seen together",
        "68 of 83 sources",
    ] {
        assert!(words.contains(text), "{text}");
    }
}

#[test]
fn texts_of_18_1_relate_techniques_that_nobody_is_seen_to_use() {
    let Some(built) = built("18.1") else { return };
    let related = related(&built.site, "techniques/T1127/002");
    let reasons = |reason: &str| {
        let found = related.iter();
        found
            .filter(|e| e["reasons"].as_array().unwrap().contains(&json!(reason)))
            .count()
    };
    assert_eq!(reasons("family"), 3, "{related:?}");
    assert!(reasons("similar") >= 5, "{related:?}");
    assert_eq!(reasons("seen-together"), 0, "{related:?}");
}
#[test]
fn the_plain_page_imports_whole() {
    let Some(shared) = shared() else {
        return;
    };
    let seed = shared.join("seed/000_193e86e73a507838.txt");
    let home = tempfile::tempdir().unwrap();
    let run = |command: &str, more: &[&OsStr]| {
        let mut run = ttpress();
        run.current_dir(home.path()).arg(command).args(more);
        let assert = run.assert().code(0);
        String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
    };
    let target = OsStr::new("content/playbooks/seed.md");
    let said = run("import", &[seed.as_os_str(), OsStr::new("-o"), target]);
    assert!(
        said.contains("note[filler]") && !said.contains("unplaced"),
        "{said}"
    );
    run("build", &[]);
    let site = Site::at(home.path().join("site"));
    let page = site.page("playbooks/seed");
    let titles: Vec<&str> = page
        .split("</h2>")
        .filter_map(|before| before.rsplit('>').next())
        .collect();
    let places: Vec<_> = ttpress::playbook::sections::STANDARD
        .iter()
        .map(|section| titles.iter().position(|title| *title == section.title))
        .collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{titles:?}"
    );
    let related = page.split(">Related Techniques</h2>").nth(1).unwrap();
    let related = related.split("</ul>").next().unwrap();
    assert_eq!(related.matches("href=\"../../techniques/T").count(), 21);
    let part = |title: &str| {
        let part = page.split(&format!(">{title}</h2>")).nth(1).unwrap();
        html::words(part.split("<h2").next().unwrap())
    };
    assert!(part("Windows Events").contains("4688"));
    let sysmon = part("Sysmon Events");
    for id in ["3", "11", "22"] {
        assert!(
            sysmon.split_whitespace().any(|word| word == id),
            "{id} in {sysmon}"
        );
    }
}
