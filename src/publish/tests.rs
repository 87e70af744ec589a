//! What publishing promises.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::workshop::Opened;
use super::*;
use crate::tree::Shelf;

/// A folder to publish into, and the folder around it.
struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        Self { root }
    }

    fn site(&self) -> PathBuf {
        self.root.path().join("site")
    }

    fn workshop(&self) -> PathBuf {
        self.root.path().join(".site.ttpress")
    }

    fn publish(&self, files: &[(&str, &str)]) -> Result<Report, Failure> {
        publish(files, &self.site())
    }

    /// Publishes and looks at the folder: it must hold the tree and the given foreign files.
    fn publish_beside(&self, files: &[(&str, &str)], foreign: &[(&str, &str)]) -> Report {
        let report = self.publish(files).expect("a site");
        let wanted: BTreeMap<String, String> = files
            .iter()
            .chain(foreign)
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let mut found = contents(&self.site());
        found.remove(MANIFEST);
        assert_eq!(found, wanted);
        report
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Makes the modification time of a file of the site one that no clock would show.
    fn age(&self, path: &str) -> SystemTime {
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let file = fs::File::options().write(true).open(self.site().join(path));
        file.and_then(|file| file.set_modified(old))
            .expect("a file");
        old
    }

    fn modified(&self, path: &str) -> SystemTime {
        let info = fs::metadata(self.site().join(path)).expect("a file");
        info.modified().expect("a time")
    }

    /// The names beside the site folder.
    fn around(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.root.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Makes exchanging impossible, as a read-only folder around the site would.
    fn forbid_exchange(&self) {
        self.put(".site.ttpress", "no folder can be here");
    }
}

/// File by file, as from a site that is made bit by bit.
fn publish(files: &[(&str, &str)], out: &Path) -> Result<Report, Failure> {
    let mut draft = Draft::open(out)?;
    for (path, text) in files {
        let file = ((*path).to_owned(), text.as_bytes().to_vec());
        assert!(draft.put(vec![file])?.is_empty());
    }
    draft.finish()
}

fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in folder::walk(folder).expect("a folder") {
        if !entry.is_folder {
            let text = fs::read_to_string(folder.join(&entry.relative)).expect("a text");
            files.insert(entry.relative.to_string_lossy().into_owned(), text);
        }
    }
    files
}

fn refusal(result: Result<Report, Failure>) -> &'static str {
    result.expect_err("a refusal").diagnostic().code
}

const ONE: &[(&str, &str)] = &[("a/b/x.html", "x"), ("a/y.html", "y"), ("z.html", "z")];

#[test]
fn a_first_site_is_whole_and_leaves_nothing_beside_it() {
    let bench = Bench::new();
    let report = bench.publish_beside(ONE, &[]);
    assert_eq!(
        (report.written, report.unchanged, report.removed),
        (3, 0, 0)
    );
    assert_eq!(report.sizes, BTreeMap::from([("html".to_owned(), 3)]));
    assert_eq!(report.changed_paths, ["a/b/x.html", "a/y.html", "z.html"]);
    assert!(report.diagnostics.is_empty());
    assert_eq!(bench.around(), ["site"]);
    assert_eq!(
        contents(&bench.site())[MANIFEST],
        "ttpress-manifest 1\na/b/x.html\na/y.html\nz.html\n"
    );
}

#[test]
fn a_draft_that_is_not_finished_leaves_everything_as_it_was() {
    let bench = Bench::new();
    let half = || {
        let site = bench.site();
        let mut draft = Draft::open(&site).expect("a folder that can be a site");
        let file = ("a/half.html".to_owned(), b"half".to_vec());
        draft.put(vec![file]).expect("room for a file");
    };
    half();
    assert_eq!(bench.around(), [""; 0]);
    bench.publish_beside(ONE, &[]);
    half();
    bench.publish_beside(ONE, &[]);
    assert_eq!(bench.around(), ["site"]);
}

#[test]
fn of_two_files_for_one_path_the_first_stays_and_the_other_is_reported() {
    let bench = Bench::new();
    for _ in 0..2 {
        let site = bench.site();
        let mut draft = Draft::open(&site).expect("a folder that can be a site");
        let mut put = |path: &str, text: &str| {
            let files = vec![(path.to_owned(), text.as_bytes().to_vec())];
            draft.put(files).expect("a draft").len()
        };
        let collisions = [
            put("a/x", "1"),
            put("A/x", "2"),
            put("a/x/y", "3"),
            put("a/y", "4"),
        ];
        assert_eq!(collisions, [0, 1, 1, 0]);
        draft.finish().expect("a site");
        let found = contents(&site);
        assert_eq!((found.len(), &*found["a/x"], &*found["a/y"]), (3, "1", "4"));
    }
}

#[test]
fn folders_around_the_site_are_made() {
    let bench = Bench::new();
    let out = bench.root.path().join("deep/down/site");
    publish(ONE, &out).expect("a site");
    assert_eq!(contents(&out).len(), 4);
}

#[test]
fn when_nothing_changed_nothing_is_written() {
    let bench = Bench::new();
    bench.publish_beside(ONE, &[]);
    let old = bench.age(MANIFEST);
    let report = bench.publish_beside(ONE, &[]);
    assert_eq!(
        (report.written, report.unchanged, report.removed),
        (0, 3, 0)
    );
    assert_eq!(bench.modified(MANIFEST), old);
    assert_eq!(bench.around(), ["site"]);
}

#[test]
fn unchanged_files_keep_their_time_and_changed_ones_get_a_new_one() {
    let bench = Bench::new();
    bench.publish_beside(ONE, &[]);
    let texts = ["1", "22", "1", "333", ""];
    let old = bench.age("a/y.html");
    for text in texts {
        let other = bench.age("z.html");
        let files = [("a/b/x.html", "x"), ("a/y.html", "y"), ("z.html", text)];
        let report = bench.publish_beside(&files, &[]);
        assert_eq!(report.changed_paths, ["z.html"]);
        assert_eq!(bench.modified("a/y.html"), old);
        assert!(bench.modified("z.html") > other);
    }
    assert_eq!(bench.around(), [".site.ttpress", "site"]);
    let ignore = fs::read_to_string(bench.workshop().join(".gitignore"));
    assert_eq!(ignore.ok().as_deref(), Some("*\n"));
}

#[test]
fn files_that_are_no_longer_in_the_site_go_with_their_folders() {
    let bench = Bench::new();
    for _ in 0..2 {
        bench.publish_beside(ONE, &[]);
        let report = bench.publish_beside(&[("z.html", "z")], &[]);
        assert_eq!(
            (report.written, report.unchanged, report.removed),
            (0, 1, 2)
        );
        assert!(!bench.site().join("a").exists());
    }
}

#[test]
fn files_and_folders_may_change_places() {
    for exchange in [true, false] {
        let bench = Bench::new();
        if !exchange {
            bench.forbid_exchange();
        }
        for _ in 0..3 {
            bench.publish_beside(&[("a/b/x", "1"), ("c", "2")], &[]);
            bench.publish_beside(&[("a", "1"), ("c/d", "2")], &[]);
        }
    }
}

#[test]
fn foreign_files_survive() {
    let bench = Bench::new();
    bench.put("site/.gitignore", "*\n");
    let mut foreign = vec![(".gitignore", "*\n")];
    bench.publish_beside(ONE, &foreign);
    assert_eq!(bench.around(), ["site"]);
    for (path, text) in [
        ("CNAME", "wiki.example"),
        ("a/b/note", "n"),
        ("own/deep/x", "o"),
    ] {
        bench.put(&format!("site/{path}"), text);
        foreign.push((path, text));
    }
    fs::create_dir(bench.site().join("hollow")).expect("a folder");
    for text in ["1", "2", "3"] {
        bench.publish_beside(&[("z.html", text)], &foreign);
        assert!(bench.site().join("hollow").is_dir());
    }
    // Edits and removals between builds count.
    bench.put("site/CNAME", "other.example");
    foreign[1].1 = "other.example";
    fs::remove_file(bench.site().join("own/deep/x")).expect("a file");
    foreign.pop();
    for text in ["4", "5"] {
        bench.publish_beside(&[("z.html", text)], &foreign);
    }
}

#[cfg(unix)]
#[test]
fn foreign_links_stay_links_and_are_not_followed() {
    let bench = Bench::new();
    bench.publish(ONE).expect("a site");
    bench.put("elsewhere/x", "untouched");
    let link = bench.site().join("link");
    std::os::unix::fs::symlink("../elsewhere", &link).expect("a link");
    for text in ["1", "2"] {
        bench.publish(&[("z.html", text)]).expect("a site");
        assert_eq!(fs::read_link(&link).ok(), Some("../elsewhere".into()));
    }
    assert_eq!(refusal(bench.publish(&[("link/x", "!")])), "foreign-file");
    assert_eq!(refusal(bench.publish(&[("link/new", "!")])), "foreign-file");
    assert_eq!(contents(&bench.root.path().join("elsewhere")).len(), 1);
    assert_eq!(
        contents(&bench.root.path().join("elsewhere"))["x"],
        "untouched"
    );
}

#[test]
fn a_foreign_file_is_never_overwritten() {
    let bench = Bench::new();
    bench.publish(ONE).expect("a site");
    bench.put("site/CNAME", "theirs");
    bench.put("site/own/x", "theirs");
    let before = contents(&bench.site());
    for path in ["CNAME", "CNAME/x", "own", "own/x"] {
        assert_eq!(refusal(bench.publish(&[(path, "ours")])), "foreign-file");
    }
    assert_eq!(contents(&bench.site()), before);
    // With the same bytes there is nothing to quarrel about, and from then on it is ours.
    bench.publish(&[("CNAME", "theirs")]).expect("a site");
    bench.publish(&[("CNAME", "ours")]).expect("a site");
    bench.publish(&[("CNAME", "again")]).expect("a site");
    assert_eq!(contents(&bench.site())["CNAME"], "again");
    assert_eq!(contents(&bench.site())["own/x"], "theirs");
}

#[test]
fn a_folder_that_is_not_ours_is_refused_untouched() {
    let bench = Bench::new();
    bench.put("site/thesis.doc", "years of work");
    assert_eq!(refusal(bench.publish(ONE)), "unsuitable-output");
    assert_eq!(contents(&bench.site())["thesis.doc"], "years of work");
    let bench = Bench::new();
    bench.put("site/.ssh/id", "secret");
    assert_eq!(refusal(bench.publish(ONE)), "unsuitable-output");
    let bench = Bench::new();
    bench.put("site/.git/HEAD", "ref");
    bench.publish_beside(ONE, &[(".git/HEAD", "ref")]);
}

#[test]
fn places_that_cannot_be_a_site_are_refused() {
    let bench = Bench::new();
    bench.put("site", "a file");
    assert_eq!(refusal(bench.publish(ONE)), "unsuitable-output");
    let here = std::env::current_dir().expect("a folder");
    let above = here.parent().expect("a parent");
    for out in [
        Path::new("/"),
        Path::new("."),
        Path::new(".."),
        &here,
        above,
    ] {
        assert_eq!(refusal(publish(ONE, out)), "unsuitable-output");
    }
}

#[test]
fn a_manifest_that_leads_elsewhere_is_refused() {
    for lines in [
        "ttpress-manifest 1\n../victim\n",
        "ttpress-manifest 2\nx\n",
        "hello\n",
    ] {
        let bench = Bench::new();
        bench.put("victim", "alive");
        bench.put(&format!("site/{MANIFEST}"), lines);
        assert_eq!(refusal(bench.publish(ONE)), "bad-manifest");
        assert!(bench.root.path().join("victim").exists());
    }
}

#[test]
fn a_run_killed_half_way_leaves_the_old_site_and_the_next_one_finishes() {
    let bench = Bench::new();
    bench.publish_beside(ONE, &[]);
    let old = bench.age("a/y.html");
    // As a killed run leaves it: unlocked, half written, partly from another tree.
    bench.put(".site.ttpress/lock", "");
    bench.put(".site.ttpress/spare/z.html", "ha");
    bench.put(".site.ttpress/spare/a", "a file where a folder will be");
    bench.put(".site.ttpress/spare/old/q.html", "q");
    assert_eq!(contents(&bench.site()).len(), 4);
    let files = [("a/b/x.html", "x"), ("a/y.html", "y"), ("z.html", "half")];
    bench.publish_beside(&files, &[]);
    assert_eq!(bench.modified("a/y.html"), old);
}

#[test]
fn a_run_killed_between_two_renames_is_mended() {
    let bench = Bench::new();
    bench.publish_beside(ONE, &[]);
    bench.put("site/CNAME", "wiki.example");
    bench.put(".site.ttpress/spare/z.html", "new");
    let aside = bench.workshop().join("aside");
    fs::rename(bench.site(), &aside).expect("a rename");
    let foreign = [("CNAME", "wiki.example")];
    let report = bench.publish_beside(&[("z.html", "new")], &foreign);
    assert_eq!(report.changed_paths, ["z.html"]);
    assert!(!aside.exists());
}

#[test]
fn folders_can_be_exchanged_in_two_steps() {
    let bench = Bench::new();
    bench.publish(ONE).expect("a site");
    bench.put(".site.ttpress/spare/new", "new");
    let Ok(Opened::Ready(workshop)) = Workshop::open(&bench.site(), &bench.site()) else {
        panic!("no workshop");
    };
    workshop
        .exchange_in_two_steps(&bench.site())
        .expect("an exchange");
    assert_eq!(contents(&bench.site()).len(), 1);
    assert_eq!(contents(&workshop.spare()).len(), 4);
    // The second step fails: nothing is where the spare should be.
    fs::remove_dir_all(workshop.spare()).expect("a folder");
    assert!(workshop.exchange_in_two_steps(&bench.site()).is_err());
    assert_eq!(contents(&bench.site())["new"], "new");
}

#[test]
fn a_site_that_cannot_be_written_leaves_the_old_one_and_no_rest() {
    let bench = Bench::new();
    bench.publish_beside(ONE, &[]);
    // Longer than any system allows as a whole, though each part is fine.
    let long = vec!["x".repeat(200); 30].join("/");
    assert_eq!(
        refusal(bench.publish(&[("z.html", "new"), (&long, "")])),
        "cannot-write"
    );
    bench.publish_beside(ONE, &[]);
    assert_eq!(bench.around(), ["site"]);
}

#[test]
fn two_builds_into_one_folder_do_not_mix() {
    let bench = Bench::new();
    let held = Workshop::open(&bench.site(), &bench.site());
    assert_eq!(refusal(bench.publish(ONE)), "busy");
    drop(held);
    bench.publish_beside(ONE, &[]);
}

#[test]
fn where_folders_cannot_be_exchanged_the_site_is_updated_in_place_with_a_warning() {
    let bench = Bench::new();
    bench.forbid_exchange();
    let warning = |report: &Report| report.diagnostics.iter().map(|d| d.code).next();
    let report = bench.publish_beside(ONE, &[]);
    assert_eq!(warning(&report), Some("updated-in-place"));
    bench.put("site/CNAME", "wiki.example");
    let foreign = [("CNAME", "wiki.example")];
    let old = bench.age("z.html");
    let report = bench.publish_beside(&[("a/y.html", "new"), ("z.html", "z")], &foreign);
    assert_eq!(
        (report.written, report.unchanged, report.removed),
        (1, 1, 1)
    );
    assert_eq!(bench.modified("z.html"), old);
    assert!(!bench.site().join("a/b").exists());
    let report = bench.publish_beside(&[("a/y.html", "new"), ("z.html", "z")], &foreign);
    assert_eq!(warning(&report), None, "nothing was updated at all");
    assert_eq!(refusal(bench.publish(&[("CNAME", "ours")])), "foreign-file");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_site_folder_stays_a_link() {
    let bench = Bench::new();
    bench.put("real/site/.keep", "");
    std::os::unix::fs::symlink("real/site", bench.site()).expect("a link");
    for text in ["1", "2"] {
        bench.publish(&[("z.html", text)]).expect("a site");
        assert!(bench.site().is_symlink());
        assert_eq!(
            contents(&bench.root.path().join("real/site"))["z.html"],
            text
        );
    }
    let dead = bench.root.path().join("dead");
    std::os::unix::fs::symlink("nowhere", &dead).expect("a link");
    assert_eq!(refusal(publish(ONE, &dead)), "unsuitable-output");
}

#[test]
fn the_manifest_cannot_be_a_page() {
    let bench = Bench::new();
    assert_eq!(refusal(bench.publish(&[(MANIFEST, "")])), "path-collision");
}
