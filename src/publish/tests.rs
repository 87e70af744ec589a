#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;
use crate::diagnostics::Severity;

fn tree(files: &[(&str, &str)]) -> Tree {
    let parts = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let (tree, diagnostics) = Tree::from_parts(parts.collect());
    assert_eq!(diagnostics.iter().len(), 0);
    tree
}

fn old() -> Tree {
    tree(&[
        ("a/index.html", "1"),
        ("b/c/d.html", "2"),
        ("same/e.html", "3"),
        ("e.css", "4"),
    ])
}

fn new() -> Tree {
    tree(&[
        ("a/index.html", "one"),
        ("same/e.html", "3"),
        ("e.css", "4"),
        ("f/g.html", "5"),
    ])
}

/// A folder with a published site in it.
fn published() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("site");
    publish(&old(), &out).unwrap();
    (dir, out)
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// All files below a folder with their text, without the manifest.
fn list(folder: &Path) -> Vec<(String, String)> {
    fn visit(root: &Path, folder: &Path, list: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if is_folder(&path) {
                visit(root, &path, list);
            } else if !path.ends_with(MANIFEST) {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                list.push((
                    name.to_owned(),
                    fs::read_to_string(&path).unwrap_or_default(),
                ));
            }
        }
    }
    let mut files = Vec::new();
    visit(folder, folder, &mut files);
    files.sort();
    files
}

fn files(tree: &Tree, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut files: Vec<_> = tree
        .iter()
        .map(|(path, bytes)| (path.to_owned(), text(bytes)))
        .collect();
    files.extend(
        more.iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
    );
    files.sort();
    files
}

/// What lies beside the site.
fn beside(dir: &TempDir) -> Vec<String> {
    let names = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    names
        .map(|name| name.into_string().unwrap())
        .filter(|name| name != "site")
        .collect()
}

fn refusal(result: Result<Report, Failure>) -> String {
    let diagnostic = result.unwrap_err().0;
    assert_eq!(
        (diagnostic.code, diagnostic.severity),
        ("output", Severity::Error)
    );
    assert!(diagnostic.help.is_some());
    diagnostic.message
}

fn age(path: &Path) -> SystemTime {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    OpenOptions::new()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(time)
        .unwrap();
    time
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn writes_a_new_site() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("x/y/site");
    let report = publish(&old(), &out).unwrap();
    assert_eq!(
        (
            report.written,
            report.unchanged,
            report.removed,
            report.bytes
        ),
        (4, 0, 0, 4)
    );
    assert_eq!(
        report.changed,
        ["a/index.html", "b/c/d.html", "e.css", "same/e.html"]
    );
    assert_eq!(list(&out), files(&old(), &[]));
    let manifest = fs::read_to_string(out.join(MANIFEST)).unwrap();
    assert_eq!(
        manifest,
        "ttpress-manifest 1\na/index.html\nb/c/d.html\ne.css\nsame/e.html\n"
    );
    assert_eq!(fs::read_dir(dir.path().join("x/y")).unwrap().count(), 1);
}

#[test]
fn updates_a_site() {
    let (dir, out) = published();
    let then = age(&out.join("same/e.html"));
    let report = publish(&new(), &out).unwrap();
    assert_eq!(
        (
            report.written,
            report.unchanged,
            report.removed,
            report.bytes
        ),
        (2, 2, 1, 4)
    );
    assert_eq!(report.changed, ["a/index.html", "f/g.html"]);
    assert_eq!(report.diagnostics.iter().len(), 0);
    assert_eq!(list(&out), files(&new(), &[]));
    assert_eq!(modified(&out.join("same/e.html")), then);
    assert!(!out.join("b").exists());
    assert_eq!(beside(&dir), Vec::<String>::new());
}

#[test]
fn writes_nothing_if_nothing_changed() {
    let (_dir, out) = published();
    let then = age(&out.join(MANIFEST));
    let folder = modified(&out);
    let report = publish(&old(), &out).unwrap();
    assert_eq!(
        (report.written, report.unchanged, report.removed),
        (0, 4, 0)
    );
    assert_eq!(
        (modified(&out.join(MANIFEST)), modified(&out)),
        (then, folder)
    );
}

#[test]
fn restores_damaged_files() {
    let (_dir, out) = published();
    put(&out.join("e.css"), "x");
    fs::remove_file(out.join("a/index.html")).unwrap();
    assert_eq!(
        publish(&old(), &out).unwrap().changed,
        ["a/index.html", "e.css"]
    );
    assert_eq!(list(&out), files(&old(), &[]));
}

#[test]
fn keeps_foreign_files() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("site");
    put(&out.join(".gitignore"), "*");
    put(&out.join(".git/objects/1"), "o");
    fs::create_dir_all(out.join(".git/refs/tags")).unwrap();
    let then = age(&out.join(".gitignore"));
    publish(&old(), &out).unwrap();
    put(&out.join("CNAME"), "example.org");
    put(&out.join("b/c/mine.txt"), "mine");
    put(&out.join("mine/x/y.txt"), "too");
    publish(&new(), &out).unwrap();
    let foreign = [
        (".git/objects/1", "o"),
        (".gitignore", "*"),
        ("CNAME", "example.org"),
        ("b/c/mine.txt", "mine"),
        ("mine/x/y.txt", "too"),
    ];
    assert_eq!(list(&out), files(&new(), &foreign));
    assert!(out.join(".git/refs/tags").is_dir());
    assert_eq!(modified(&out.join(".gitignore")), then);
}

#[test]
fn adopts_equal_files_and_refuses_others_in_the_way() {
    let (_dir, out) = published();
    put(&out.join("f/g.html"), "5");
    assert_eq!(publish(&new(), &out).unwrap().written, 1);
    put(&out.join("h"), "theirs");
    put(&out.join("i/j"), "theirs");
    let before = list(&out);
    for path in ["h", "h/k", "i"] {
        let message = refusal(publish(&tree(&[(path, "ours")]), &out));
        assert!(message.contains("is in the way"), "{message}");
        assert_eq!(list(&out), before);
    }
}

#[test]
fn refuses_folders_of_others() {
    let dir = TempDir::new().unwrap();
    put(&dir.path().join("docs/letter.txt"), "dear");
    put(
        &dir.path().join("other/.ttpress-manifest"),
        "ttpress-manifest 2\nletter.txt\n",
    );
    put(&dir.path().join("file"), "");
    let current = std::env::current_dir().unwrap();
    let cases = [
        (dir.path().join("docs"), "which ttpress did not write"),
        (
            dir.path().join("other"),
            "not one that this version can read",
        ),
        (dir.path().join("file"), "it is a file"),
        (PathBuf::from("/"), "root"),
        (current.parent().unwrap().to_owned(), "current folder"),
        (PathBuf::from("."), "current folder"),
    ];
    for (out, why) in cases {
        let message = refusal(publish(&old(), &out));
        assert!(message.contains(why), "{message}");
    }
    assert_eq!(
        fs::read_to_string(dir.path().join("docs/letter.txt")).unwrap(),
        "dear"
    );
    assert_eq!(beside(&dir).len(), 3);
}

#[test]
fn clears_up_after_killed_builds() {
    let (dir, out) = published();
    put(&dir.path().join(".site.ttpress-123/a/half.html"), "ha");
    put(
        &dir.path()
            .join(format!(".site.ttpress-{}/x", std::process::id())),
        "ha",
    );
    put(&dir.path().join(".site.ttpress-notes/x"), "mine");
    put(&dir.path().join(".site.ttpress-lock"), "");
    assert_eq!(publish(&old(), &out).unwrap().unchanged, 4);
    assert_eq!(beside(&dir), [".site.ttpress-notes"]);
    // Killed between the two renames.
    fs::rename(&out, dir.path().join(".site.ttpress-old")).unwrap();
    assert_eq!(publish(&old(), &out).unwrap().unchanged, 4);
    put(&dir.path().join(".site.ttpress-old/x"), "");
    publish(&old(), &out).unwrap();
    assert_eq!(beside(&dir), [".site.ttpress-notes"]);
}

#[test]
fn a_failed_build_leaves_the_old_site() {
    let (dir, out) = published();
    let site = Site::find(&out).unwrap();
    let new = new();
    let mut plan = site.plan(&new, &mut Diagnostics::default()).unwrap();
    // The last step before the exchange fails.
    plan.foreign.push(PathBuf::from("gone"));
    assert!(site.stage(&plan).is_err());
    assert_eq!(list(&out), files(&old(), &[]));
    assert_eq!(beside(&dir), Vec::<String>::new());
}

#[test]
fn swaps_by_renames() {
    let (dir, out) = published();
    let site = Site::find(&out).unwrap();
    assert!(site.swap_by_renames(&dir.path().join("none")).is_err());
    assert_eq!(list(&out), files(&old(), &[]));
    put(&dir.path().join("staged/x"), "new");
    let kept = site.swap_by_renames(&dir.path().join("staged")).unwrap();
    assert_eq!(list(&out), [("x".to_owned(), "new".to_owned())]);
    assert_eq!(list(&kept), files(&old(), &[]));
}

#[test]
fn one_build_at_a_time() {
    let (dir, out) = published();
    let lock = Site::find(&out).unwrap().lock().unwrap();
    assert_eq!(publish(&new(), &out).unwrap_err().0.code, "busy");
    assert_eq!(list(&out), files(&old(), &[]));
    drop(lock);
    assert_eq!(beside(&dir), Vec::<String>::new());
    publish(&new(), &out).unwrap();
}

#[test]
fn ignores_unsafe_manifest_entries() {
    let (dir, out) = published();
    let victim = dir.path().join("victim");
    put(&victim, "");
    let lines = format!("{FORMAT}\n../victim\n{}\n\nb/c/d.html\n", victim.display());
    put(&out.join(MANIFEST), &lines);
    let report = publish(&tree(&[]), &out).unwrap();
    assert_eq!(
        (report.removed, report.diagnostics.count(Severity::Warning)),
        (1, 3)
    );
    assert!(victim.exists());
    // What the manifest does not list is not ours.
    assert!(out.join("e.css").exists());
}

#[cfg(unix)]
#[test]
fn follows_no_links_in_the_site() {
    use std::os::unix::fs::symlink;
    let (dir, out) = published();
    let elsewhere = dir.path().join("elsewhere");
    put(&elsewhere.join("c/d.html"), "2");
    fs::remove_dir_all(out.join("b")).unwrap();
    symlink(&elsewhere, out.join("b")).unwrap();
    let report = publish(&new(), &out).unwrap();
    assert_eq!(report.removed, 0);
    assert!(elsewhere.join("c/d.html").exists());
    assert_eq!(fs::read_link(out.join("b")).unwrap(), elsewhere);
    let message = refusal(publish(&old(), &out));
    assert!(message.contains("`b` is in the way"), "{message}");
}

#[cfg(unix)]
#[test]
fn follows_a_link_to_the_site() {
    use std::os::unix::fs::symlink;
    let (dir, out) = published();
    let link = dir.path().join("link");
    symlink("site", &link).unwrap();
    publish(&new(), &link).unwrap();
    assert_eq!(list(&out), files(&new(), &[]));
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("site"));
    fs::remove_file(&link).unwrap();
    symlink("nowhere", &link).unwrap();
    assert!(publish(&new(), &link).is_err());
}

#[test]
fn updates_in_place() {
    let (_dir, out) = published();
    let site = Site::find(&out).unwrap();
    let then = age(&out.join("same/e.html"));
    put(&out.join("CNAME"), "example.org");
    // A file takes the place of a folder, and a folder that of a file.
    let new = tree(&[
        ("b", "!"),
        ("e.css/x", "!"),
        ("same/e.html", "3"),
        ("a/index.html", ""),
    ]);
    let plan = site.plan(&new, &mut Diagnostics::default()).unwrap();
    site.update_in_place(&plan).unwrap();
    assert_eq!(list(&out), files(&new, &[("CNAME", "example.org")]));
    assert_eq!(modified(&out.join("same/e.html")), then);
    assert_eq!(publish(&new, &out).unwrap().unchanged, 4);
}

#[test]
fn finishes_an_update_in_place_that_was_killed() {
    let (_dir, out) = published();
    let site = Site::find(&out).unwrap();
    let new = new();
    let plan = site.plan(&new, &mut Diagnostics::default()).unwrap();
    let both = plan.items.iter().map(|item| item.path);
    let both = plan::manifest(both.chain(plan.stale.iter().map(String::as_str)));
    site.write_manifest(&both).unwrap();
    put(&out.join("f/g.html"), "half");
    publish(&new, &out).unwrap();
    assert_eq!(list(&out), files(&new, &[]));
}
