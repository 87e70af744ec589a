//! A site in memory: what a build makes and `publish` writes.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostics::{Diagnostic, Diagnostics};

/// Names at the top of a site folder that ttpress keeps for itself share this start.
pub(crate) const RESERVED: &str = ".ttpress-";

/// The longest segment: file systems allow 255 bytes, and servers and archivers add suffixes.
const LONGEST_SEGMENT: usize = 200;

/// A build: every file of the site by its path, such as `techniques/T1059/index.html`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// Puts files together. Those with a path that some file system would refuse, redirect or take
    /// for another's are left out, each with an error.
    pub fn from_parts(mut parts: Vec<(String, Vec<u8>)>) -> (Tree, Diagnostics) {
        // Sorted, so that the same file stays whichever thread made it first.
        parts.sort_by(|a, b| a.0.cmp(&b.0));
        let mut diagnostics = Diagnostics::default();
        let mut tree = Tree::default();
        let mut files = HashSet::new();
        let mut folders = HashSet::new();
        for (path, bytes) in parts {
            if let Err(why) = check(&path) {
                let message = format!("the path `{}` {why}", path.escape_debug());
                diagnostics.push(Diagnostic::error("bad-path", message));
                continue;
            }
            // Windows and macOS take paths that differ in case for the same file.
            let folded = path.to_ascii_lowercase();
            let taken = files.contains(&folded)
                || folders.contains(&folded)
                || ancestors(&folded).any(|folder| files.contains(folder));
            if taken {
                let message = format!("the path `{path}` is taken by another file");
                let help = "paths must differ in more than upper and lower case, and a file can't \
                            share its path with a folder";
                diagnostics.push(Diagnostic::error("path-collision", message).help(help));
                continue;
            }
            folders.extend(ancestors(&folded).map(str::to_owned));
            files.insert(folded);
            tree.files.insert(path, bytes);
        }
        (tree, diagnostics)
    }

    /// A file's bytes.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The size of all files.
    pub fn total_bytes(&self) -> u64 {
        self.files.values().map(|bytes| bytes.len() as u64).sum()
    }

    /// How many files and bytes there are of each extension; `""` for files without one.
    pub fn bytes_by_extension(&self) -> BTreeMap<String, (usize, u64)> {
        let mut sums = BTreeMap::<String, (usize, u64)>::new();
        for (path, bytes) in self.iter() {
            let name = path.rsplit('/').next().unwrap_or(path);
            let extension = match name.rsplit_once('.') {
                Some((stem, extension)) if !stem.is_empty() => extension,
                _ => "",
            };
            let sum = sums.entry(extension.to_owned()).or_default();
            sum.0 += 1;
            sum.1 += bytes.len() as u64;
        }
        sums
    }
}

/// The folders that a path lies in, the innermost first.
pub(crate) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..at])
}

/// Whether a path names one file below the site folder on every system; if not, why.
pub(crate) fn check(path: &str) -> Result<(), &'static str> {
    if path.starts_with('/') {
        return Err("is absolute");
    }
    if path.contains(|c: char| c.is_control() || c == '\\' || c == ':') {
        return Err("has a backslash, colon or control character");
    }
    for segment in path.split('/') {
        if matches!(segment, "" | "." | "..") {
            return Err("has an empty, `.` or `..` segment");
        }
        if segment.len() > LONGEST_SEGMENT {
            return Err("has a segment of more than 200 bytes");
        }
    }
    if path
        .get(..RESERVED.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
    {
        return Err("starts with `.ttpress-`, which is reserved");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> (Vec<String>, Vec<&'static str>) {
        let parts = paths
            .iter()
            .map(|path| ((*path).to_owned(), path.as_bytes().to_vec()));
        let (tree, diagnostics) = Tree::from_parts(parts.collect());
        let paths = tree.iter().map(|(path, _)| path.to_owned()).collect();
        (paths, diagnostics.iter().map(|d| d.code).collect())
    }

    #[test]
    fn keeps_good_paths_sorted() {
        let paths = [
            "b/index.html",
            "a.html",
            ".nojekyll",
            "b/ä b.json",
            "b.html",
        ];
        let (kept, codes) = tree(&paths);
        assert_eq!(
            kept,
            [
                ".nojekyll",
                "a.html",
                "b.html",
                "b/index.html",
                "b/ä b.json"
            ]
        );
        assert!(codes.is_empty());
    }

    #[test]
    fn leaves_bad_paths_out() {
        let long = "x".repeat(201);
        let bad = [
            "",
            "/a",
            "a//b",
            "a/",
            "./a",
            "a/../b",
            "..",
            "a\\b",
            "a\nb",
            "a\u{85}b",
            "C:a",
            &long,
            ".ttpress-manifest",
            ".TTpress-x/y",
        ];
        for path in bad {
            assert_eq!(
                tree(&[path, "ok"]),
                (vec!["ok".to_owned()], vec!["bad-path"]),
                "{path:?}"
            );
        }
        assert_eq!(tree(&[&long[..200]]).1.len(), 0);
    }

    #[test]
    fn leaves_collisions_out() {
        let cases: [(&[&str], &[&str]); 4] = [
            (&["a/b", "A/b"], &["A/b"]),
            (&["a", "a"], &["a"]),
            (&["a", "a/b", "a-b"], &["a", "a-b"]),
            (&["a", "A/b/c"], &["A/b/c"]),
        ];
        for (paths, kept) in cases {
            let kept = kept.iter().map(|&path| path.to_owned()).collect();
            assert_eq!(tree(paths), (kept, vec!["path-collision"]), "{paths:?}");
        }
        assert!(tree(&["a/b", "A/c"]).1.is_empty());
    }

    #[test]
    fn the_first_of_equal_paths_stays() {
        let parts = vec![
            ("a".to_owned(), b"1".to_vec()),
            ("a".to_owned(), b"2".to_vec()),
        ];
        assert_eq!(Tree::from_parts(parts).0.get("a"), Some(&b"1"[..]));
    }

    #[test]
    fn counts() {
        let parts = ["a.html", "b/c.html", "b/d.min.js", ".nojekyll", "b.c/e"];
        let parts = parts.map(|path| (path.to_owned(), vec![0; 3])).to_vec();
        let (tree, _) = Tree::from_parts(parts);
        assert_eq!(
            (tree.len(), tree.total_bytes(), tree.is_empty()),
            (5, 15, false)
        );
        let expected = [("", (2, 6)), ("html", (2, 6)), ("js", (1, 3))];
        let expected = expected.map(|(extension, sum)| (extension.to_owned(), sum));
        assert_eq!(tree.bytes_by_extension(), BTreeMap::from(expected));
    }
}
