//! The only writer of a site.
//!
//! A site appears whole or not at all. It is put together in a hidden *workshop* folder beside the
//! output folder and then exchanged with it in one step. What was exchanged out stays in the
//! workshop as the *spare*: the next build brings it up to date instead of starting afresh, since
//! on ext4 deleting a tree makes writing the next one 10 to 40 times slower, and overwriting files
//! nobody reads costs next to nothing. A spare left by a killed run is brought up to date like any
//! other. The workshop can be deleted at any time.
//!
//! Only what ttpress wrote is ever changed or removed: a manifest inside the site lists it.
//! Everything else in the folder is *foreign* and carried along, by hard link.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module that writes the site for all others"
)]

mod draft;
mod folder;
mod manifest;
mod single;
mod workshop;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::source::shown;

use draft::Drafted;
use folder::{Entry, Found};
use manifest::Manifest;
use workshop::Workshop;

pub use draft::Draft;
pub use manifest::FILE_NAME as MANIFEST;
pub use single::replace_file;

/// What publishing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many files are new or different.
    pub written: usize,
    /// How many files were already as they should be.
    pub unchanged: usize,
    /// How many files of the former site are gone.
    pub removed: usize,
    /// The sizes of all files together, by file name ending (`html`, `json`; `""` for none).
    pub sizes: BTreeMap<String, u64>,
    /// The paths of the new or different files, sorted.
    pub changed_paths: Vec<String>,
    /// The paths of the former site that are gone, sorted.
    pub removed_paths: Vec<String>,
    /// What the user should know, such as that the site could not be exchanged in one step.
    pub diagnostics: Diagnostics,
}

/// Why a site was not exchanged.
enum Stopped {
    /// Folders cannot be exchanged here; updating in place may still work.
    CannotExchange(io::Error),
    /// The new site could not be put together; the old one is untouched.
    Failed(Failure),
}

/// What there is to do, found out before anything is touched.
struct Plan<'a> {
    site: &'a Path,
    /// The folder as the user named it, for messages.
    out: &'a Path,
    /// The files of the new site, sorted by path.
    files: Vec<Drafted>,
    /// The manifest of the old site, if it is one of ours.
    old: Option<Manifest>,
    /// The manifest of the new site.
    new: Manifest,
    /// Paths of the old site that the new one does not have.
    stale: Vec<String>,
}

impl<'a> Plan<'a> {
    fn new(
        files: Vec<Drafted>,
        old: Option<Manifest>,
        site: &'a Path,
        out: &'a Path,
    ) -> Result<Self, Failure> {
        let new: Manifest = files.iter().map(|file| file.path.clone()).collect();
        let old_folders = old.as_ref().map(Manifest::folders).unwrap_or_default();
        for Drafted { path, found, .. } in &files {
            let ours = old.as_ref().is_some_and(|old| old.contains(path));
            // A folder of ours may become a file, unless something foreign turns out to be in it.
            if matches!(found, Found::Different) && !ours && !old_folders.contains(path.as_str()) {
                return Err(in_the_way(out, path));
            }
        }
        let stale = old.iter().flat_map(Manifest::iter);
        let stale = stale.filter(|path| !new.contains(path));
        Ok(Self {
            site,
            out,
            stale: stale.map(str::to_owned).collect(),
            files,
            old,
            new,
        })
    }

    fn is_done(&self) -> bool {
        self.old.as_ref() == Some(&self.new) && self.changed().next().is_none()
    }

    /// The files that are new or different.
    fn changed(&self) -> impl Iterator<Item = &Drafted> {
        self.files.iter().filter(|file| !file.found.is_same())
    }

    fn report(&self) -> Report {
        let changed_paths: Vec<_> = self.changed().map(|file| file.path.clone()).collect();
        Report {
            written: changed_paths.len(),
            unchanged: self.files.len() - changed_paths.len(),
            removed: self.stale.len(),
            changed_paths,
            removed_paths: self.stale.clone(),
            ..Report::default()
        }
    }

    /// Puts a first site, which is in the spare already, in its place.
    fn reveal(&self, workshop: &Workshop) -> Result<(), Stopped> {
        let revealed = self.new.write(&workshop.spare());
        revealed
            .and_then(|()| workshop.exchange(self.site))
            .map_err(|error| Stopped::Failed(failed(self.out, &error)))
    }

    /// Puts the new site together in the spare, then exchanges the two folders.
    fn exchange(&self, workshop: &Workshop) -> Result<(), Stopped> {
        workshop
            .check_device(self.site)
            .map_err(Stopped::CannotExchange)?;
        let foreign = self.foreign().map_err(|error| match error.kind() {
            io::ErrorKind::CrossesDevices => Stopped::CannotExchange(error),
            _ => Stopped::Failed(failed(self.out, &error)),
        })?;
        self.check_room(&foreign).map_err(Stopped::Failed)?;
        let spare = workshop.spare();
        if let Err(error) = self.put_together(&spare, &foreign) {
            // Half a spare is of no use, and the disk may be full.
            let _ = fs::remove_dir_all(&spare);
            return Err(Stopped::Failed(failed(self.out, &error)));
        }
        if let Err(error) = workshop.exchange(self.site) {
            let _ = fs::remove_dir_all(&spare);
            return Err(Stopped::CannotExchange(error));
        }
        if self.old.is_none() {
            // What came out was no site, only the foreign files that were linked into the new one.
            let _ = fs::remove_dir_all(&spare);
        }
        Ok(())
    }

    /// Everything in the old folder that ttpress did not write, and the folders it is in.
    fn foreign(&self) -> io::Result<Vec<Entry>> {
        let old_folders = self.old.as_ref().map(Manifest::folders).unwrap_or_default();
        let mut foreign = Vec::new();
        let mut needed = BTreeSet::new();
        // Backwards, so that a folder comes after what is in it.
        for entry in folder::walk(self.site)?.into_iter().rev() {
            let ours = match entry.path() {
                Some(path) if entry.is_folder => old_folders.contains(path),
                // With the same path and the same bytes as a new file of ours, it becomes ours.
                Some(path) => path == MANIFEST || self.wrote(path) || self.new.contains(path),
                None => false,
            };
            if !ours || needed.contains(&entry.relative) {
                needed.extend(entry.folder());
                foreign.push(entry);
            }
        }
        foreign.reverse();
        Ok(foreign)
    }

    /// Whether a file of the old site was written by ttpress.
    fn wrote(&self, path: &str) -> bool {
        self.old.as_ref().is_some_and(|old| old.contains(path))
    }

    /// Whether no foreign file is where the new site needs a folder, or the other way round.
    fn check_room(&self, foreign: &[Entry]) -> Result<(), Failure> {
        let new_folders = self.new.folders();
        for entry in foreign {
            let taken = |path: &&str| {
                if entry.is_folder {
                    self.new.contains(path)
                } else {
                    new_folders.contains(path)
                }
            };
            if let Some(path) = entry.path().filter(taken) {
                return Err(in_the_way(self.out, path));
            }
        }
        Ok(())
    }

    fn put_together(&self, spare: &Path, foreign: &[Entry]) -> io::Result<()> {
        let is_fresh = !spare.exists();
        fs::create_dir_all(spare)?;
        let foreign_paths: BTreeSet<_> = foreign.iter().map(|e| e.relative.as_os_str()).collect();
        let new_folders = self.new.folders();
        let kept = folder::clear(spare, |entry| {
            let ours = entry.path().is_some_and(|path| {
                if entry.is_folder {
                    new_folders.contains(path)
                } else {
                    self.new.contains(path)
                }
            });
            ours || foreign_paths.contains(entry.relative.as_os_str())
        })?;
        let missing = new_folders
            .into_iter()
            .filter(|folder| !kept.contains(OsStr::new(folder)));
        folder::make_folders(spare, missing)?;
        self.files
            .par_iter()
            .try_for_each_init(Vec::new, |buffer, file| {
                let place = spare.join(&file.path);
                let modified = file.found.modified();
                // What did not change is in the old folder.
                let bytes = if file.found.is_same() {
                    &fs::read(self.site.join(&file.path))?
                } else {
                    &file.bytes
                };
                if is_fresh {
                    folder::create(&place, bytes, modified)
                } else {
                    folder::place(&place, bytes, modified, buffer)
                }
            })?;
        self.new.write(spare)?;
        folder::link_all(foreign, self.site, spare)
    }

    /// Changes the old folder file by file: what is left where it cannot be exchanged.
    fn in_place(&self, mut report: Report, error: &io::Error) -> Result<Report, Failure> {
        self.update_in_place().map_err(|e| failed(self.out, &e))?;
        report.diagnostics.push(
            Diagnostic::warning(
                "updated-in-place",
                format!("the site was updated file by file, since its folder cannot be exchanged: {error}"),
            )
            .in_file(shown(self.out))
            .help("an interrupted build can leave a mixed site; run it again, or write to another folder"),
        );
        Ok(report)
    }

    fn update_in_place(&self) -> io::Result<()> {
        fs::create_dir_all(self.site)?;
        let lock = manifest::lock(self.site)?;
        let mut either = self.new.clone();
        either.extend(self.stale.iter().cloned());
        // First both lists, so that an interrupted run forgets none of its files.
        either.write(self.site)?;
        let (stale, new_folders) = (&self.stale, self.new.folders());
        let (first, last): (Vec<_>, Vec<_>) = stale.iter().partition(|path| {
            // A file that becomes a folder has to go before that can come, and vice versa.
            new_folders.contains(path.as_str()) || self.new.has_above(path)
        });
        self.remove(&first)?;
        folder::make_folders(self.site, new_folders)?;
        let changed: Vec<_> = self.changed().collect();
        changed
            .par_iter()
            .try_for_each_init(Vec::new, |buffer, file| {
                folder::place(&self.site.join(&file.path), &file.bytes, None, buffer)
            })?;
        self.remove(&last)?;
        self.new.write(self.site)?;
        drop(lock);
        Ok(())
    }

    /// Removes files of the old site, and folders that are empty without them.
    fn remove(&self, stale: &[&String]) -> io::Result<()> {
        for path in stale {
            folder::remove(&self.site.join(path))?;
            folder::prune(self.site, path);
        }
        Ok(())
    }
}

/// Whether every file of the site in `out` is there and was last written before `then`.
pub fn is_untouched(out: &Path, then: SystemTime) -> bool {
    let written_before = |path: &Path| {
        fs::symlink_metadata(path)
            .and_then(|info| Ok(info.is_file() && info.modified()? < then))
            .unwrap_or(false)
    };
    let Ok(site) = fs::canonicalize(out) else {
        return false;
    };
    let Ok(Some(manifest)) = Manifest::read(&site, out) else {
        return false;
    };
    let files: Vec<_> = manifest.iter().chain([manifest::FILE_NAME]).collect();
    files
        .into_par_iter()
        .all(|path| written_before(&site.join(path)))
}

/// The real path of the output folder, which need not exist; the folder around it will.
fn locate(out: &Path) -> Result<PathBuf, Failure> {
    let site = match fs::canonicalize(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = out.file_name().ok_or_else(|| failed(out, &error))?;
            if fs::symlink_metadata(out).is_ok() {
                return Err(unsuitable(out, "this is a link that leads nowhere"));
            }
            let around = match out.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            fs::create_dir_all(around)
                .and_then(|()| fs::canonicalize(around))
                .map_err(|error| failed(around, &error))?
                .join(name)
        }
        site => site.map_err(|error| failed(out, &error))?,
    };
    if fs::metadata(&site).is_ok_and(|info| !info.is_dir()) {
        return Err(unsuitable(out, "this is a file, not a folder"));
    }
    if site.parent().is_none() {
        return Err(unsuitable(out, "this is the root of the file system"));
    }
    let within = |folder: Option<PathBuf>| {
        let folder = folder.and_then(|folder| fs::canonicalize(folder).ok());
        folder.is_some_and(|folder| folder.starts_with(&site))
    };
    if within(std::env::current_dir().ok()) {
        return Err(unsuitable(
            out,
            "this folder holds the one the command runs in",
        ));
    }
    if within(std::env::home_dir()) {
        return Err(unsuitable(out, "this folder holds your home folder"));
    }
    Ok(site)
}

/// Refuses a folder that is not ours, unless it is as good as empty: a few dot files, or the
/// clone of a branch to publish from.
fn refuse_strange_folder(site: &Path, out: &Path) -> Result<(), Failure> {
    let entries = match fs::read_dir(site) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.and_then(Iterator::collect::<io::Result<Vec<_>>>),
    };
    for entry in entries.map_err(|error| failed(out, &error))? {
        let name = entry.file_name();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let harmless = name == ".git" || !is_folder && name.as_encoded_bytes().starts_with(b".");
        if !harmless {
            let what = format!(
                "this folder is not empty and ttpress did not make it: it holds `{}`",
                name.to_string_lossy()
            );
            return Err(unsuitable(out, &what));
        }
    }
    Ok(())
}

fn unsuitable(out: &Path, message: &str) -> Failure {
    Diagnostic::error("unsuitable-output", message)
        .in_file(shown(out))
        .help("choose a new or empty folder with `--out`")
        .into()
}

fn in_the_way(out: &Path, path: &str) -> Failure {
    let message = format!("the site needs `{path}`, but something ttpress did not write is there");
    Diagnostic::error("foreign-file", message)
        .in_file(shown(&out.join(path)))
        .help("move it away, or choose another folder with `--out`")
        .into()
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Diagnostic::error("cannot-write", format!("cannot write the site: {error}"))
        .in_file(shown(path))
        .into()
}

#[cfg(test)]
mod tests;

/// Writes one file outside any site, making its folders: what `init` and `embed` leave behind.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| {
            let message = format!("cannot write `{}`: {error}", path.display());
            Diagnostic::error("cannot-write", message).into()
        })
}

/// Writes one file that must not be there yet.
pub fn write_new_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(
            Diagnostic::error("file-exists", "this file is there already")
                .in_file(shown(path))
                .help("name another one with `-o FILE`")
                .into(),
        );
    }
    write_file(path, bytes)
}
