//! What separates the old site from the new one.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use super::{FORMAT, INNER_LOCK, MANIFEST, NEW_MANIFEST, Report, Site, at};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::tree::{self, Tree};

/// A file of the new site.
pub(super) struct Item<'a> {
    pub(super) path: &'a str,
    pub(super) bytes: &'a [u8],
    /// When it was written, if the old site has it with the same bytes.
    pub(super) kept: Option<SystemTime>,
}

/// What is to be done.
pub(super) struct Plan<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// All folders of the new site, parents first.
    pub(super) folders: BTreeSet<&'a str>,
    /// Files of an earlier build that the new site lacks.
    pub(super) stale: Vec<String>,
    /// Files and whole folders that ttpress did not write.
    pub(super) foreign: Vec<PathBuf>,
    pub(super) manifest: String,
    same_manifest: bool,
}

impl Plan<'_> {
    pub(super) fn is_done(&self) -> bool {
        self.same_manifest && self.stale.is_empty() && self.items.iter().all(|i| i.kept.is_some())
    }

    pub(super) fn count(&self, report: &mut Report) {
        let changed = || self.items.iter().filter(|item| item.kept.is_none());
        report.changed = changed().map(|item| item.path.to_owned()).collect();
        report.bytes = changed().map(|item| item.bytes.len() as u64).sum();
        report.written = report.changed.len();
        report.unchanged = self.items.len() - report.written;
        report.removed = self.stale.len();
    }
}

/// What the old site's folder holds.
enum Found {
    /// A regular file where an earlier build wrote one or this build wants one.
    File(String, u64, SystemTime),
    /// Anything else; a folder stands for all in it.
    Foreign(PathBuf),
}

impl Site {
    /// The paths in the manifest, and its text; none for a folder that is new or has only dot files.
    fn read_manifest(&self, log: &mut Diagnostics) -> Result<(BTreeSet<String>, String), Failure> {
        let fail = |error| self.cannot_write(&error, "the old site is untouched");
        let path = self.out.join(MANIFEST);
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            let bytes = at(&path, fs::read(&path)).map_err(fail)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let mut lines = text.lines();
            if lines.next() != Some(FORMAT) {
                let why = format!("its `{MANIFEST}` is not one that this version can read");
                let help = "remove the folder if all in it came from ttpress, or choose another";
                return Err(self.refuse(&why, help));
            }
            let (safe, bad): (Vec<_>, Vec<_>) = lines.partition(|line| tree::check(line).is_ok());
            for line in bad {
                let message = format!("ignored the unsafe path `{}`", line.escape_debug());
                let warning = Diagnostic::warning("bad-path", message);
                log.push(warning.in_file(format!("{}/{MANIFEST}", self.shown)));
            }
            return Ok((safe.into_iter().map(str::to_owned).collect(), text));
        }
        if self.out.exists() {
            for entry in at(&self.out, fs::read_dir(&self.out)).map_err(fail)? {
                let name = entry.map_err(fail)?.file_name();
                if !name.as_encoded_bytes().starts_with(b".") {
                    let why = format!("it holds `{}`, which ttpress did not write", name.display());
                    let help = "choose a folder that is new, empty or the site of an earlier build";
                    return Err(self.refuse(&why, help));
                }
            }
        }
        Ok((BTreeSet::new(), String::new()))
    }

    /// Compares the old site with the new one. Refuses folders that are not ours to write to.
    pub(super) fn plan<'a>(
        &self,
        tree: &'a Tree,
        log: &mut Diagnostics,
    ) -> Result<Plan<'a>, Failure> {
        let fail = |error| self.cannot_write(&error, "the old site is untouched");
        let (listed, old_manifest) = self.read_manifest(log)?;
        let folders: BTreeSet<_> = tree
            .iter()
            .flat_map(|(path, _)| tree::ancestors(path))
            .collect();
        let ours = Ours {
            files: tree
                .iter()
                .map(|(path, _)| path)
                .chain(listed.iter().map(String::as_str))
                .collect(),
            folders: listed
                .iter()
                .flat_map(|path| tree::ancestors(path))
                .chain(folders.iter().copied())
                .collect(),
        };
        let found = if self.out.exists() {
            ours.walk(&self.out, "").map_err(fail)?
        } else {
            Vec::new()
        };

        let mut old = HashMap::new();
        let mut stale = Vec::new();
        let mut foreign = Vec::new();
        for found in found {
            match found {
                Found::File(path, ..) if tree.get(&path).is_none() => stale.push(path),
                Found::File(path, size, time) => {
                    old.insert(path, (size, time));
                }
                Found::Foreign(path) => foreign.push(path),
            }
        }
        let items: Vec<_> = tree.iter().collect();
        let compare = |&(path, bytes): &(&'a str, &'a [u8])| {
            let same = old
                .get(path)
                .filter(|(size, _)| *size == bytes.len() as u64);
            let same = same.filter(|_| fs::read(self.out.join(path)).is_ok_and(|old| old == bytes));
            Item {
                path,
                bytes,
                kept: same.map(|(_, time)| *time),
            }
        };
        let items: Vec<Item> = items.par_iter().map(compare).collect();

        // A file that we did not write may lie where the site wants one; only the same bytes will do.
        let taken = |item: &&Item| {
            item.kept.is_none() && old.contains_key(item.path) && !listed.contains(item.path)
        };
        let blocks = |path: &&PathBuf| {
            path.ancestors()
                .filter_map(Path::to_str)
                .any(|p| tree.get(p).is_some())
                || path.to_str().is_some_and(|path| folders.contains(path))
        };
        let conflict = items.iter().find(taken).map(|item| Path::new(item.path));
        if let Some(path) = conflict.or_else(|| foreign.iter().find(blocks).map(PathBuf::as_path)) {
            let why = format!(
                "`{}` is in the way and ttpress did not write it",
                path.display()
            );
            return Err(self.refuse(&why, "move it away, or choose another folder"));
        }

        let manifest = manifest(tree.iter().map(|(path, _)| path));
        let same_manifest = manifest == old_manifest;
        Ok(Plan {
            items,
            folders,
            stale,
            foreign,
            manifest,
            same_manifest,
        })
    }
}

/// The manifest of a site with these files, in any order.
pub(super) fn manifest<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let paths: BTreeSet<_> = paths.collect();
    std::iter::once(FORMAT)
        .chain(paths)
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// The paths of the old site and the new one.
struct Ours<'a> {
    files: HashSet<&'a str>,
    folders: HashSet<&'a str>,
}

impl Ours<'_> {
    /// Everything in a folder of the site, by paths relative to the site. Symbolic links count as
    /// foreign and are never followed, so that nothing outside of the site is read or written.
    fn walk(&self, folder: &Path, prefix: &str) -> io::Result<Vec<Found>> {
        let entries = at(folder, fs::read_dir(folder).and_then(Iterator::collect))?;
        let entries: Vec<fs::DirEntry> = entries;
        let found = entries.into_par_iter().map(|entry| {
            let name = entry.file_name();
            let foreign = || vec![Found::Foreign(Path::new(prefix).join(&name))];
            let Some(utf8) = name.to_str() else {
                return Ok(foreign());
            };
            if prefix.is_empty() && [MANIFEST, NEW_MANIFEST, INNER_LOCK].contains(&utf8) {
                return Ok(Vec::new());
            }
            let path = format!("{prefix}{utf8}");
            let kind = entry.file_type()?;
            if kind.is_dir() && self.folders.contains(path.as_str()) {
                return self.walk(&entry.path(), &(path + "/"));
            }
            if kind.is_file() && self.files.contains(path.as_str()) {
                let metadata = at(&entry.path(), entry.metadata())?;
                return Ok(vec![Found::File(
                    path,
                    metadata.len(),
                    metadata.modified()?,
                )]);
            }
            Ok(foreign())
        });
        let mut found = found
            .collect::<io::Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
        found.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(found)
    }
}

impl Found {
    fn path(&self) -> &Path {
        match self {
            Found::File(path, ..) => Path::new(path),
            Found::Foreign(path) => path,
        }
    }
}
