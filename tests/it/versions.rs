//! Several releases on one site, and what a build leaves for those who publish it.

use std::io::Read as _;
use std::path::Path;

use crate::harness::{Findings, Project};
use crate::real::shared;
use crate::stix::Bundle;

/// A release with a technique of its own, beside one that every release has.
fn release(own: &str) -> Bundle {
    Bundle::new("enterprise-attack")
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
        .technique("T9001", "Knock")
        .phase("opening")
        .platforms(&["Cottage"])
        .technique(own, "Only Here")
        .phase("opening")
        .group("G9001", "Fictional Fox")
        .uses("G9001", "T9001")
}

/// 31.0 by its collection, 30.0 by the user's word.
fn two() -> Project {
    let mut project = Project::empty();
    let new = release("T9031").release("31.0").json();
    project.write("new.json", new.as_bytes());
    project.write("old.json", release("T9030").json().as_bytes());
    project.write(
        "content/playbooks/knock.md",
        b"---\ntechnique: T9001\ntitle: Knocks\nstatus: draft\n---\n\n## Executive Summary\n\nSomebody knocks.\n",
    );
    project.attack(&["30.0=old.json", "new.json"]);
    project
}

#[test]
fn the_newest_release_is_the_site_and_older_ones_lie_under_versions() {
    let site = two().build();
    let new = site.page("techniques/T9001");
    assert!(new.contains("ATT&amp;CK 31.0") && !new.contains("noindex"));
    let old = site.page("versions/v30.0/techniques/T9001");
    assert!(old.contains("<meta name=\"robots\" content=\"noindex\">"));
    for path in [
        "index.html",
        "matrices/enterprise/index.html",
        "matrices/enterprise/cottage/index.html",
        "techniques/enterprise/index.html",
        "groups/G9001/index.html",
        "groups/G9001/index.json",
        "api/objects.json",
        "api/pages.json",
    ] {
        assert!(site.has(&format!("versions/v30.0/{path}")), "{path}");
    }
    for path in [
        "playbooks",
        "coverage",
        "search",
        "assets",
        "404.html",
        "versions",
    ] {
        assert!(
            !site.root.join("versions/v30.0").join(path).exists(),
            "{path}"
        );
    }
    assert!(old.contains("href=\"../../../../assets/css/site.css\""));
    assert!(!old.contains("role=\"search\""));
    assert!(!site.file("api/pages.json").contains("versions/"));
    site.assert_safe();
}

#[test]
fn an_old_page_leads_to_the_new_one_or_says_that_it_is_gone() {
    let site = two().build();
    let old = site.page("versions/v30.0/techniques/T9001");
    assert!(
        old.contains(
            "<a href=\"../../../../techniques/T9001/index.html\">This page in ATT&amp;CK 31.0</a>"
        ),
        "{old}"
    );
    let gone = site.page("versions/v30.0/techniques/T9030");
    assert!(
        gone.contains("This page is not in <a href=\"../../../../index.html\">ATT&amp;CK 31.0</a>"),
        "{gone}"
    );
    assert!(!site.page("techniques/T9001").contains("class=\"older\""));
}

#[test]
fn every_page_has_a_switch() {
    let site = two().build();
    let switch = |folder: &str| {
        let page = site.page(folder);
        let (_, rest) = page
            .split_once("<details class=\"versions\">")
            .expect(folder);
        rest.split("</details>").next().unwrap().to_owned()
    };
    assert!(
        switch("techniques/T9001").contains("\"../../versions/v30.0/techniques/T9001/index.html\"")
    );
    assert!(switch("techniques/T9031").contains("\"../../versions/v30.0/index.html\""));
    assert!(switch("playbooks/knock").contains("\"../../versions/v30.0/index.html\""));
    assert!(switch("").contains("\"versions/v30.0/index.html\""));
    assert!(
        switch("versions/v30.0/matrices/enterprise/cottage")
            .contains("\"../../../../../matrices/enterprise/cottage/index.html\"")
    );
    for path in site.files() {
        if path.extension().is_some_and(|ending| ending == "html") {
            let page = std::fs::read_to_string(&path).unwrap();
            assert_eq!(
                page.matches("class=\"versions\"").count(),
                1,
                "{}",
                path.display()
            );
        }
    }
    let one = Project::of(&[&release("T9031")]).build();
    assert!(!one.page("").contains("class=\"versions\""));
}

#[test]
fn links_between_releases_resolve_and_sitemaps_have_the_newest_only() {
    let project = two();
    let run = project.on_data("check", &["--format", "json"]);
    assert!(
        Findings::parse(&run.stdout).of("dead-link").is_empty(),
        "{}",
        run.stdout
    );
    project
        .on_data("build", &["--base-url", "https://x.org/w"])
        .exits(0);
    let site = project.site();
    assert!(!site.file("sitemap.xml").contains("versions/"));
    assert!(
        !site
            .page("versions/v30.0/groups")
            .contains("rel=\"canonical\"")
    );
}

#[test]
fn folders_named_like_releases_say_which_they_are() {
    let mut project = Project::empty();
    project.write("attack/31.0/e.json", release("T9031").json().as_bytes());
    project.write("attack/v30.0/e.json", release("T9030").json().as_bytes());
    project.attack(&["attack"]);
    let site = project.build();
    assert!(site.page("").contains("ATT&amp;CK 31.0"));
    assert!(site.has("versions/v30.0/techniques/T9030/index.html"));
}

#[test]
fn bundles_of_one_release_stay_one_release() {
    let mut project = Project::empty();
    project.write("e.json", release("T9031").release("31.0").json().as_bytes());
    let ics = Bundle::new("ics-attack")
        .technique("T9801", "Turn Valve")
        .phase("valves");
    project.write("ics.json", ics.json().as_bytes());
    let own = Bundle::new("enterprise-attack").technique("T9901", "Our Own");
    project.write("own.json", own.release("1.0").json().as_bytes());
    // A collection of one's own joins the release that the user says.
    project.attack(&["e.json", "ics.json", "31.0=own.json"]);
    let site = project.build();
    assert!(site.has("techniques/T9801/index.html") && site.has("techniques/T9901/index.html"));
    assert!(!site.root.join("versions").exists());
}

#[test]
fn a_bundle_that_says_nothing_among_several_releases_is_asked_for_its_own() {
    let mut project = two();
    project.write("mute.json", release("T9029").json().as_bytes());
    project.attack(&["30.0=old.json", "new.json", "mute.json"]);
    let run = project.on_data("build", &[]).exits(2);
    assert!(
        run.stderr.contains("`--attack 30.0=mute.json`"),
        "{}",
        run.stderr
    );
    project
        .on_data("build", &["--attack-release", "29.0"])
        .exits(0);
    assert!(
        project
            .site()
            .has("versions/v29.0/techniques/T9029/index.html")
    );
}

#[test]
fn commands_that_need_one_release_take_the_newest() {
    let run = two().on_data("search", &["--json", "only here"]).exits(0);
    assert!(
        run.stdout.contains("T9031") && !run.stdout.contains("T9030"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_build_lists_what_it_changed() {
    let mut project = two();
    project
        .on_data("build", &["--changed", "changed.txt"])
        .exits(0);
    let list = |project: &Project| std::fs::read_to_string(project.path("changed.txt")).unwrap();
    assert!(list(&project).contains("\nM techniques/T9001/index.html\n"));
    project
        .on_data("build", &["--changed", "changed.txt"])
        .exits(0);
    assert_eq!(list(&project), "");
    project.attack(&["new.json"]);
    project
        .on_data("build", &["--changed", "changed.txt"])
        .exits(0);
    let list = list(&project);
    assert!(list.contains("D versions/v30.0/index.html\n"));
    assert!(
        list.contains("M techniques/T9001/index.html\n"),
        "the switch is gone"
    );
    let lines: Vec<&str> = list.lines().map(|line| &line[2..]).collect();
    assert!(lines.is_sorted());
}

#[test]
fn packed_copies_lie_beside_text_and_hold_the_same() {
    let project = two();
    project
        .on_data("build", &["--compress", "gz,br,zst"])
        .exits(0);
    let site = project.site();
    let plain = site.file("techniques/T9001/index.html");
    let packed = |ending: &str| {
        std::fs::read(
            site.root
                .join("techniques/T9001/index.html".to_owned() + ending),
        )
        .unwrap()
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*packed(".gz"))
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, plain);
    let mut text = Vec::new();
    brotli::BrotliDecompress(&mut &*packed(".br"), &mut text).unwrap();
    assert_eq!(text, plain.as_bytes());
    assert_eq!(
        zstd::decode_all(&*packed(".zst")).unwrap(),
        plain.as_bytes()
    );
    let is_packed = |path: &Path| path.to_string_lossy().contains(".woff2.");
    assert!(!site.files().iter().any(|path| is_packed(path)));
    let before = site.snapshot();
    project
        .on_data("build", &["--compress", "gz,br,zst"])
        .exits(0);
    assert!(before == site.snapshot());
}

#[test]
fn two_real_releases_are_one_site_without_a_dead_link() {
    let Some(shared) = shared() else { return };
    let project = Project::empty();
    let file = |release: &str| shared.join(format!("attack/ics-attack-{release}.json.zst"));
    let [old, new] =
        ["17.1", "18.1"].map(|release| format!("{release}={}", file(release).display()));
    let arguments = ["--attack", &old, "--attack", &new];
    let run = project.run(&[&["check", "--format", "json"], &arguments[..]].concat());
    assert!(
        Findings::parse(&run.stdout).of("dead-link").is_empty(),
        "{}",
        run.stdout
    );
    project.run(&[&["build"], &arguments[..]].concat()).exits(0);
    let site = project.site();
    assert!(
        site.page("versions/v17.1/techniques/T0800")
            .contains("This page in ATT&amp;CK 18.1")
    );
    site.assert_safe();
}

/// A technique that is new in 30.0, and its neighbour, which changes with each release.
fn three() -> Project {
    let project = Project::empty();
    let at = |release: &str, version: &str, platform: &str| {
        let tactic = if release == "31.0" {
            "Way In"
        } else {
            "Opening"
        };
        Bundle::new("enterprise-attack")
            .release(release)
            .tactic("TA9001", tactic, "opening")
            .matrix("Enterprise")
            .technique("T9001", "Knock")
            .phase("opening")
            .set("x_mitre_version", version)
            .platforms(&[platform])
    };
    let later = |bundle: Bundle| bundle.technique("T9030", "Only Later").phase("opening");
    let [a, b, c] = [
        at("29.0", "1.0", "Cottage"),
        later(at("30.0", "1.1", "Castle")),
        later(at("31.0", "1.1", "Castle")),
    ];
    project.write("a.json", a.json().as_bytes());
    project.write("b.json", b.json().as_bytes());
    project.write("c.json", c.json().as_bytes());
    project
}

#[test]
fn a_card_tells_what_became_of_its_object_over_the_releases() {
    let mut project = three();
    project.attack(&["c.json", "a.json", "b.json"]);
    let site = project.build();
    let words = site.words("techniques/T9001");
    assert!(
        words.contains("History 1.1, since 30.0; platforms changed in 30.0"),
        "{words}"
    );
    assert!(
        site.page("techniques/T9001")
            .contains("<a href=\"../../updates/29.0-30.0/index.html\">30.0</a>")
    );
    let words = site.words("techniques/T9030");
    assert!(words.contains("1.0, new in 30.0"), "{words}");
    let words = site.words("tactics/TA9001");
    assert!(words.contains("History name changed in 31.0"), "{words}");
    let history = &site.twin("techniques/T9001")["history"];
    assert_eq!(
        *history,
        serde_json::json!([{"from": "29.0", "to": "30.0", "changed": ["version", "platforms"]}])
    );
    // Beside it, a release is told as it was.
    assert!(
        !site
            .words("versions/v30.0/techniques/T9001")
            .contains("since")
    );

    project.attack(&["c.json", "b.json"]);
    let site = project.build();
    let words = site.words("techniques/T9001");
    assert!(words.contains("1.1, since 30.0 or earlier"), "{words}");
    project.attack(&["c.json"]);
    let site = project.build();
    assert!(!site.words("techniques/T9001").contains("History"));
    assert!(site.twin("techniques/T9001").get("history").is_none());
}

#[test]
fn a_domain_without_an_earlier_bundle_is_told_and_has_no_history() {
    let mut project = three();
    let other = Bundle::new("ics-attack").release("31.0");
    let other = other.technique("T9801", "Elsewhere").phase("opening");
    project.write("ics.json", other.json().as_bytes());
    project.attack(&["c.json", "ics.json", "b.json"]);
    let said = project.on_data("build", &[]).exits(0).stderr;
    assert!(said.contains("domain-not-compared"), "{said}");
    assert!(
        said.contains("all of `ics-attack` counts as new in 31.0"),
        "{said}"
    );
    let site = project.site();
    assert!(!site.words("techniques/T9801").contains("History"));
    assert!(site.words("techniques/T9001").contains("History"));
}

#[test]
fn each_release_is_compared_with_the_one_before_it() {
    let mut project = three();
    project.attack(&["a.json", "b.json", "c.json"]);
    let base = ["--base-url", "https://x.org/w"];
    project.on_data("build", &base).exits(0);
    let site = project.site();
    let list = site.words("updates");
    let place = |title: &str| list.find(title).expect(title);
    assert!(place("ATT&CK 30.0 → 31.0") < place("ATT&CK 29.0 → 30.0"));
    assert!(site.words("updates/29.0-30.0").contains("T9030"));
    assert!(!site.words("updates/30.0-31.0").contains("T9030"));
    assert!(!site.root.join("updates/29.0-31.0").exists());
    assert!(site.page("").contains("updates/30.0-31.0/index.html"));
    let feed = site.file("updates/feed.xml");
    assert_eq!(feed.matches("<entry>").count(), 2, "{feed}");
    assert!(feed.contains("https://x.org/w/updates/29.0-30.0/"));
    for folder in ["updates", "updates/29.0-30.0", "updates/30.0-31.0"] {
        crate::html::assert_safe(folder, &site.page(folder));
    }

    // A release that is only compared stands where it belongs.
    project.attack(&["a.json", "c.json"]);
    let previous = [&base[..], &["--previous", "b.json"]].concat();
    project.on_data("build", &previous).exits(0);
    let site = project.site();
    assert!(site.has("updates/29.0-30.0/index.html") && site.has("updates/30.0-31.0/index.html"));
    assert!(!site.root.join("versions/v30.0").exists());
}
