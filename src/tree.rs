//! What rendering ends in: files, each a path and its bytes, put on a [`Shelf`].
//!
//! The [`Tree`] is the shelf in memory, for those that look at a whole site; the writer is another,
//! which lets go of a file once it is written. Both know the same [`Paths`], so they cannot disagree,
//! and every path is known to be safe on every file system we care about.

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostics::{Diagnostic, Diagnostics, Failure};

/// The longest file or folder name that still leaves room for endings such as `.gz` below the
/// 255 bytes most file systems allow.
const MAX_SEGMENT: usize = 200;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Files of a site: path from its root (`techniques/T1059/index.html`), and bytes.
pub type Files = Vec<(String, Vec<u8>)>;

/// Where the files of a site go as they are made.
pub trait Shelf {
    /// Takes files; those that collide with each other or with earlier ones are left out and
    /// reported. Which of two colliding files stays depends on the order in which they come.
    fn put(&mut self, files: Files) -> Result<Diagnostics, Failure>;
}

/// A built site in memory, sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, Vec<u8>>,
    paths: Paths,
}

/// The paths of a site, none of which is in the way of another.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// Lower-case path to path as given, since Windows and macOS would merge two such files.
    folded: BTreeMap<String, String>,
}

/// Why a file could not take its place in a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Collision {
    /// The path is not one that can be written everywhere.
    Unsafe {
        /// The path as it was asked for.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Another file is, or would be, in the way.
    Taken {
        /// The path as it was asked for.
        path: String,
        /// The path that was there first.
        by: String,
    },
}

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsafe { path, reason } => {
                write!(f, "`{path}` cannot be a path of the site: {reason}")
            }
            Self::Taken { path, by } if path == by => {
                write!(f, "two files of the site want the path `{path}`")
            }
            Self::Taken { path, by } => {
                write!(f, "`{path}` and `{by}` cannot both be paths of the site")
            }
        }
    }
}

impl std::error::Error for Collision {}

impl From<Collision> for Diagnostic {
    fn from(collision: Collision) -> Self {
        let message = collision.to_string();
        match collision {
            Collision::Unsafe { .. } => Self::error("unsafe-path", message),
            Collision::Taken { path, by } if path == by => Self::error("path-collision", message),
            Collision::Taken { .. } => Self::error("path-collision", message)
                .help("some file systems ignore case, and a file cannot also be a folder"),
        }
    }
}

impl Tree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of all these files; those that collide are left out and reported.
    ///
    /// Which of two colliding files stays depends on the order of `parts`, not on threads.
    pub fn from_parts(parts: Vec<(String, Vec<u8>)>) -> (Self, Diagnostics) {
        let mut tree = Self::new();
        let findings = tree.extend(parts);
        (tree, findings)
    }

    /// Adds a file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: Vec<u8>) -> Result<(), Collision> {
        let path = path.into();
        self.paths.claim(&path)?;
        self.files.insert(path, bytes);
        Ok(())
    }

    /// Adds many files; those that collide are left out and reported.
    pub fn extend(&mut self, parts: impl IntoIterator<Item = (String, Vec<u8>)>) -> Diagnostics {
        parts
            .into_iter()
            .filter_map(|(path, bytes)| self.insert(path, bytes).err())
            .map(Diagnostic::from)
            .collect()
    }

    /// The bytes at a path.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// Every file, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl Shelf for Tree {
    fn put(&mut self, files: Files) -> Result<Diagnostics, Failure> {
        Ok(self.extend(files))
    }
}

impl Paths {
    /// Takes a path, if it is one that can be written everywhere and nothing is in its way.
    pub fn claim(&mut self, path: &str) -> Result<(), Collision> {
        if let Err(reason) = check_path(path) {
            let path = path.to_owned();
            return Err(Collision::Unsafe { path, reason });
        }
        let folded = path.to_ascii_lowercase();
        if let Some(by) = self.in_the_way(&folded) {
            let (path, by) = (path.to_owned(), by.to_owned());
            return Err(Collision::Taken { path, by });
        }
        self.folded.insert(folded, path.to_owned());
        Ok(())
    }

    /// The path already here that a new file could not live beside.
    fn in_the_way(&self, folded: &str) -> Option<&str> {
        let above = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        if let Some(by) = above.chain([folded]).find_map(|path| self.folded.get(path)) {
            return Some(by);
        }
        let below = format!("{folded}/");
        let (path, by) = self.folded.range(below.clone()..).next()?;
        path.starts_with(&below).then_some(by.as_str())
    }
}

/// Whether a path may be used inside a site folder; otherwise, what is wrong with it.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("it is empty");
    }
    path.split('/').try_for_each(check_segment)
}

fn check_segment(segment: &str) -> Result<(), &'static str> {
    if segment.is_empty() {
        return Err("it has an empty part (a `/` at the start or end, or two in a row)");
    }
    if segment == "." || segment == ".." {
        return Err("it has a `.` or `..` part");
    }
    if segment.len() > MAX_SEGMENT {
        return Err("one of its parts is longer than 200 bytes");
    }
    if segment.ends_with(['.', ' ']) {
        return Err("one of its parts ends in a dot or a space");
    }
    if segment.chars().any(char::is_control) {
        return Err("it has a control character");
    }
    if segment.contains(['\\', ':', '<', '>', '"', '|', '?', '*']) {
        return Err("it has one of the characters \\ : < > \" | ? *");
    }
    let stem = segment.split('.').next().unwrap_or(segment);
    if is_device(stem) {
        return Err("one of its parts is the name of a device on Windows");
    }
    Ok(())
}

fn is_device(stem: &str) -> bool {
    if DEVICES.iter().any(|name| stem.eq_ignore_ascii_case(name)) {
        return true;
    }
    let Some((name, digit)) = stem.split_at_checked(3) else {
        return false;
    };
    (name.eq_ignore_ascii_case("com") || name.eq_ignore_ascii_case("lpt"))
        && matches!(digit.as_bytes(), [b'1'..=b'9'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Tree {
        let mut tree = Tree::new();
        for path in paths {
            tree.insert(*path, path.as_bytes().to_vec())
                .expect("a path that fits");
        }
        tree
    }

    #[test]
    fn files_come_out_sorted_whatever_the_order_they_went_in() {
        let tree = tree(&["b/index.html", "a.css", "a/index.json"]);
        let paths: Vec<_> = tree.iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["a.css", "a/index.json", "b/index.html"]);
        assert_eq!(tree.get("a.css"), Some(&b"a.css"[..]));
        assert_eq!(tree.len(), 3);
    }

    #[test]
    fn paths_that_could_leave_the_folder_or_fail_somewhere_are_refused() {
        let long = "x".repeat(201);
        for path in [
            "",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "a/../b",
            "./a",
            "a\\b",
            "c:/x",
            "a\nb",
            "a\0b",
            "a./b",
            "a /b",
            "a ",
            "aux.html",
            "LPT1",
            "a?b",
            &long,
        ] {
            assert!(
                matches!(
                    Tree::new().insert(path, Vec::new()),
                    Err(Collision::Unsafe { .. })
                ),
                "{path:?} was taken"
            );
        }
    }

    #[test]
    fn ordinary_paths_are_taken() {
        tree(&[
            ".nojekyll",
            "techniques/T1059/001/index.html",
            "com/lpt/console.css",
            "ü/日本.html",
            &"x".repeat(200),
        ]);
    }

    #[test]
    fn a_path_is_taken_once_even_in_other_letter_case() {
        let mut tree = tree(&["playbooks/Phish/index.html"]);
        let taken = tree.insert("Playbooks/phish/index.html", Vec::new());
        assert_eq!(
            taken.expect_err("a collision").to_string(),
            "`Playbooks/phish/index.html` and `playbooks/Phish/index.html` cannot both be paths of the site"
        );
    }

    #[test]
    fn a_file_cannot_also_be_a_folder() {
        assert!(tree(&["a/b"]).insert("a", Vec::new()).is_err());
        assert!(tree(&["a"]).insert("A/b", Vec::new()).is_err());
        assert!(tree(&["a-b", "a.b"]).insert("a/b", Vec::new()).is_ok());
    }

    #[test]
    fn many_parts_report_each_collision_and_keep_the_first() {
        let parts = ["a", "b", "a", "../c"].map(|path| (path.to_owned(), vec![1]));
        let (tree, findings) = Tree::from_parts(parts.to_vec());
        assert_eq!(tree.len(), 2);
        let messages: Vec<_> = findings.iter().map(|f| f.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "two files of the site want the path `a`",
                "`../c` cannot be a path of the site: it has a `.` or `..` part",
            ]
        );
    }
}
