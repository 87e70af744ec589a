//! A site on its way into its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::tree::{Files, Paths, Shelf};

use super::folder::{self, Found};
use super::manifest::{self, Manifest};
use super::workshop::{Opened, Workshop};
use super::{Plan, Report, Stopped, failed, locate, refuse_strange_folder};

/// The shelf that is a folder: [`Draft::finish`] makes the folder `out` hold the site.
///
/// Unchanged files keep their modification time; if nothing changed, nothing is written. Files
/// that ttpress did not write survive. Where the folder cannot be exchanged as a whole (it is a
/// mount point, or the folder around it is read-only), it is updated in place, and the report
/// says so. A draft that is dropped leaves the folder as it was.
pub struct Draft<'o> {
    /// The folder as the user named it, for messages.
    out: &'o Path,
    /// Its real path.
    site: PathBuf,
    /// Where the site is put together, or why nowhere.
    workshop: Result<Workshop, io::Error>,
    /// The manifest of the old site, if it is one of ours.
    old: Option<Manifest>,
    /// Of a first site files are written as they come; there is nothing that they would change.
    is_first: bool,
    paths: Paths,
    /// The folders of a first site that are made.
    folders: BTreeSet<String>,
    files: Vec<Drafted>,
    sizes: BTreeMap<String, u64>,
    spent: Duration,
}

/// A file of the new site.
pub(super) struct Drafted {
    pub(super) path: String,
    /// How it compares with what is in the old folder.
    pub(super) found: Found,
    /// Kept only where they are in no folder yet.
    pub(super) bytes: Vec<u8>,
}

impl<'o> Draft<'o> {
    /// Looks at the folder and locks it.
    pub fn open(out: &'o Path) -> Result<Self, Failure> {
        let site = locate(out)?;
        let workshop = match Workshop::open(&site, out)? {
            Opened::Ready(workshop) => {
                workshop.recover(&site).map_err(|e| failed(out, &e))?;
                Ok(workshop)
            }
            Opened::Unavailable(error) => Err(error),
        };
        let old = Manifest::read(&site, out)?;
        if old.is_none() {
            refuse_strange_folder(&site, out)?;
        }
        // A spare that is there already holds what a former run left in it.
        let has_room = |workshop: &Workshop| !workshop.spare().exists();
        Ok(Self {
            is_first: !site.exists() && workshop.as_ref().is_ok_and(has_room),
            out,
            site,
            workshop,
            old,
            paths: Paths::default(),
            folders: BTreeSet::new(),
            files: Vec::new(),
            sizes: BTreeMap::new(),
            spent: Duration::ZERO,
        })
    }

    /// How long comparing and writing took so far.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// Puts the site in its place.
    pub fn finish(mut self) -> Result<Report, Failure> {
        self.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let files = std::mem::take(&mut self.files);
        let sizes = std::mem::take(&mut self.sizes);
        let plan = Plan::new(files, self.old.take(), &self.site, self.out)?;
        let report = Report {
            sizes,
            ..plan.report()
        };
        if plan.is_done() {
            return Ok(report);
        }
        let done = match &self.workshop {
            Ok(workshop) if self.is_first => plan.reveal(workshop),
            Ok(workshop) => plan.exchange(workshop),
            Err(error) => return plan.in_place(report, error),
        };
        match done {
            Ok(()) => Ok(report),
            Err(Stopped::CannotExchange(error)) => plan.in_place(report, &error),
            Err(Stopped::Failed(failure)) => Err(failure),
        }
    }

    /// Takes the paths of files, and leaves out those that have no room.
    fn claim(&mut self, files: &mut Files) -> Result<Diagnostics, Failure> {
        let mut collisions = Diagnostics::new();
        let mut is_manifest = false;
        files.retain(|(path, _)| {
            is_manifest |= path == manifest::FILE_NAME;
            let claimed = self.paths.claim(path);
            let has_room = claimed.is_ok();
            collisions.extend(claimed.err().map(Diagnostic::from));
            has_room
        });
        if is_manifest {
            let message = format!("a page cannot be called `{}`", manifest::FILE_NAME);
            return Err(Diagnostic::error("path-collision", message).into());
        }
        for (path, bytes) in files {
            let name = path.rsplit('/').next().unwrap_or(path);
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            *self.sizes.entry(ending.to_owned()).or_default() += bytes.len() as u64;
        }
        Ok(collisions)
    }

    /// Writes files of a first site.
    fn write(&mut self, spare: &Path, files: Files) -> Result<Vec<Drafted>, io::Error> {
        let mut missing = BTreeSet::new();
        for (path, _) in &files {
            let mut path = path.as_str();
            while let Some((above, _)) = path.rsplit_once('/') {
                if self.folders.contains(above) || !missing.insert(above) {
                    break;
                }
                path = above;
            }
        }
        fs::create_dir_all(spare)?;
        folder::make_folders(spare, missing.iter().copied())?;
        self.folders.extend(missing.into_iter().map(str::to_owned));
        files
            .into_par_iter()
            .map(|(path, bytes)| {
                folder::create(&spare.join(&path), &bytes, None)?;
                Ok(Drafted {
                    path,
                    found: Found::Nothing,
                    bytes: Vec::new(),
                })
            })
            .collect()
    }

    /// Compares files with those in the folder.
    fn compare(&self, files: Files) -> Result<Vec<Drafted>, Failure> {
        files
            .into_par_iter()
            .map_init(Vec::new, |buffer, (path, bytes)| {
                let found = folder::compare(&self.site.join(&path), &bytes, buffer)
                    .map_err(|error| failed(&self.out.join(&path), &error))?;
                let bytes = if found.is_same() { Vec::new() } else { bytes };
                Ok(Drafted { path, found, bytes })
            })
            .collect()
    }
}

impl Shelf for Draft<'_> {
    fn put(&mut self, mut files: Files) -> Result<Diagnostics, Failure> {
        let start = Instant::now();
        let collisions = self.claim(&mut files)?;
        let drafted = match &self.workshop {
            Ok(workshop) if self.is_first => {
                let spare = workshop.spare();
                self.write(&spare, files)
                    .map_err(|error| failed(self.out, &error))?
            }
            _ => self.compare(files)?,
        };
        self.files.extend(drafted);
        self.spent += start.elapsed();
        Ok(collisions)
    }
}

impl Drop for Draft<'_> {
    /// Half a first site is of no use. A finished one is no longer in the workshop.
    fn drop(&mut self) {
        if let (true, Ok(workshop)) = (self.is_first, &self.workshop) {
            let _ = fs::remove_dir_all(workshop.spare());
        }
    }
}
