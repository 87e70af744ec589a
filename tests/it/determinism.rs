//! Same inputs, same bytes; unchanged files stay; a site is there whole or not at all.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::harness::{Project, Site, kept, ttpress, ttpress_std};
use crate::stix::Bundle;

/// The embedded release as a site, built once for all tests that only read it.
pub(crate) fn embedded() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let out = kept("embedded");
        build_embedded("2", &out);
        Site::at(out)
    })
}

fn build_embedded(threads: &str, out: &Path) {
    // A folder without ttpress.toml.
    let home = tempfile::tempdir().unwrap();
    let mut command = ttpress();
    command
        .env("RAYON_NUM_THREADS", threads)
        .current_dir(home.path());
    command.args(["build", "--out"]).arg(out).assert().success();
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let out = kept("embedded-one-thread");
    build_embedded("1", &out);
    let (one, two) = (Site::at(out).snapshot(), embedded().snapshot());
    assert!(one.len() > 10_000);
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        two.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &one {
        assert!(
            two[path] == *bytes,
            "{} depends on the threads",
            path.display()
        );
    }
}

#[test]
fn neither_clock_nor_place_nor_locale_leave_a_trace() {
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Knock")
        .phase("x");
    let build = |env: &[(&str, &str)]| {
        let project = Project::of(&[&bundle]);
        project
            .run_in(env, &["build", "--attack", "1.json"])
            .exits(0);
        let here = project.path("site").display().to_string();
        let snapshot = project.site().snapshot();
        for (path, bytes) in &snapshot {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(&here), "{} names the folder", path.display());
        }
        snapshot
    };
    let first = build(&[("TZ", "UTC"), ("LC_ALL", "C")]);
    std::thread::sleep(Duration::from_millis(1100));
    assert!(first == build(&[("TZ", "Pacific/Auckland"), ("LC_ALL", "tr_TR.UTF-8")]));
}

#[test]
fn a_second_build_touches_nothing_and_a_change_only_what_it_changes() {
    let bundle = |name: &str| {
        Bundle::new("enterprise-attack")
            .technique("T9001", name)
            .phase("x")
            .group("G9001", "Unrelated Fox")
    };
    let project = Project::of(&[&bundle("Knock")]);
    let site = project.build();
    let first = site.times();
    std::thread::sleep(Duration::from_millis(20));
    project.build();
    assert!(first == site.times(), "an unchanged file has a new time");

    project.write("1.json", bundle("Knock twice").json().as_bytes());
    project.build();
    let second = site.times();
    let time = |path: &str| {
        let path: PathBuf = site.root.join(path);
        (first[&path], second[&path])
    };
    let (before, after) = time("techniques/T9001/index.html");
    assert!(before < after, "what changed has a new time");
    let (before, after) = time("groups/G9001/index.html");
    assert_eq!(before, after, "what did not change keeps its time");
}

#[test]
fn two_builds_at_once_leave_one_site_whole() {
    let bundles =
        ["Knock", "Wait"].map(|name| Bundle::new("enterprise-attack").technique("T9001", name));
    let project = Project::of(&[&bundles[0], &bundles[1]]);
    let start = |input: &str| {
        let mut command = ttpress_std();
        command
            .args(["build", "--attack", input])
            .current_dir(project.path("."));
        command.stderr(Stdio::null()).spawn().unwrap()
    };
    for _ in 0..5 {
        let builds = ["1.json", "2.json"].map(start);
        let codes = builds.map(|mut build| build.wait().unwrap().code().unwrap());
        assert!(codes.contains(&0), "one of them wins: {codes:?}");
        assert!(codes.iter().all(|code| [0, 2].contains(code)), "{codes:?}");
        let twin = project.site().twin("techniques/T9001");
        let page = project.site().page("techniques/T9001");
        assert!(
            page.contains(twin["name"].as_str().unwrap()),
            "page and twin are of one build"
        );
    }
}

/// A build of the embedded release with the title of the wiki set.
fn start(project: &Project, title: &str) -> Child {
    project.write(
        "ttpress.toml",
        format!("[site]\ntitle = '{title}'\n").as_bytes(),
    );
    let mut command = ttpress_std();
    command.arg("build").current_dir(project.path("."));
    command.stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until the folder where the next site is put together holds so many techniques, or the
/// build has ended.
fn wait_for_files(project: &Project, child: &mut Child, techniques: usize) {
    let spare = project.path(".site.ttpress/spare/techniques");
    let deadline = Instant::now() + Duration::from_secs(120);
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "the build never ended");
        if std::fs::read_dir(&spare).map_or(0, Iterator::count) >= techniques {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_killed_build_leaves_the_old_site_or_the_new_one_whole() {
    let project = Project::empty();
    let site = project.site();
    let begin = Instant::now();
    assert!(start(&project, "Old wiki").wait().unwrap().success());
    let took = begin.elapsed();
    let old = site.snapshot();
    assert!(old.len() > 10_000);

    let mut killed_while_writing = false;
    for moment in ["thinks", "begins", "writes", "writes on", "ends"] {
        if moment != "writes on" {
            // Without a spare from before, the build begins with an empty folder.
            let _ = std::fs::remove_dir_all(project.path(".site.ttpress"));
        }
        let mut child = start(&project, "New wiki");
        match moment {
            "thinks" => std::thread::sleep(Duration::from_millis(150)),
            "begins" => wait_for_files(&project, &mut child, 1),
            "writes" => wait_for_files(&project, &mut child, 400),
            "writes on" => std::thread::sleep(took / 2),
            _ => std::thread::sleep(took * 9 / 10),
        }
        child.kill().unwrap();
        let was_killed = !child.wait().unwrap().success();
        killed_while_writing |= was_killed && project.path(".site.ttpress/spare").is_dir();
        let now = site.snapshot();
        if now == old {
            continue;
        }
        // It was quicker than the signal: then all of the new site is there.
        assert!(
            now.keys().eq(old.keys()),
            "killed as it {moment}: files are missing"
        );
        let pages = now.iter().filter(|(path, _)| path.ends_with("index.html"));
        for (path, bytes) in pages {
            let page = String::from_utf8_lossy(bytes);
            assert!(
                page.contains("New wiki"),
                "killed as it {moment}: {} is old",
                path.display()
            );
        }
        assert!(start(&project, "Old wiki").wait().unwrap().success());
        assert!(site.snapshot() == old);
    }
    assert!(killed_while_writing, "no build was killed in time");

    // The next build does not mind what they left.
    assert!(start(&project, "New wiki").wait().unwrap().success());
    assert!(site.page("").contains("New wiki"));
    assert_eq!(site.neighbours(), ["site", "ttpress.toml"]);
}
