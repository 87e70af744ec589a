//! The list of files in a site folder that ttpress wrote, and so may change and remove.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use crate::diagnostics::{Diagnostic, Failure};
use crate::source::shown;
use crate::tree::check_path;

use super::{failed, folder};

/// The name of the manifest in a site folder.
pub const FILE_NAME: &str = ".ttpress-manifest";
/// The first line: what this is, and in which version of the format.
const HEADER: &str = "ttpress-manifest 1";

/// Site paths, sorted; in the file, one a line below the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest(BTreeSet<String>);

impl Manifest {
    /// The manifest of a site folder, if it has one.
    pub(super) fn read(site: &Path, out: &Path) -> Result<Option<Self>, Failure> {
        let path = site.join(FILE_NAME);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(|error| failed(&out.join(FILE_NAME), &error))?,
        };
        if bytes.is_empty() {
            // An update in place was stopped before it began.
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines();
        let known = lines.next() == Some(HEADER);
        let paths: BTreeSet<String> = lines.map(str::to_owned).collect();
        // The file decides what is deleted, so a path that leads elsewhere spoils all of it.
        if !known || paths.iter().any(|path| check_path(path).is_err()) {
            return Err(Diagnostic::error(
                "bad-manifest",
                "this is not a manifest this version of ttpress understands",
            )
            .in_file(shown(&out.join(FILE_NAME)))
            .help("remove the folder and build again, or choose another one with `--out`")
            .into());
        }
        Ok(Some(Self(paths)))
    }

    /// Writes the manifest into a site folder, unless it is already there.
    pub(super) fn write(&self, site: &Path) -> io::Result<()> {
        let room: usize = self.0.iter().map(|path| path.len() + 1).sum();
        let mut text = String::with_capacity(HEADER.len() + 1 + room);
        for line in [HEADER].into_iter().chain(self.iter()) {
            text.push_str(line);
            text.push('\n');
        }
        folder::place(
            &site.join(FILE_NAME),
            text.as_bytes(),
            None,
            &mut Vec::new(),
        )
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.contains(path)
    }

    /// Whether a file of the list is where this path has a folder.
    pub(super) fn has_above(&self, path: &str) -> bool {
        path.match_indices('/')
            .any(|(at, _)| self.contains(&path[..at]))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Every folder above a path of the list. Sorted, so a folder comes before those in it.
    pub(super) fn folders(&self) -> BTreeSet<&str> {
        let mut folders = BTreeSet::new();
        for path in &self.0 {
            let mut path = path.as_str();
            while let Some((above, _)) = path.rsplit_once('/') {
                if !folders.insert(above) {
                    break;
                }
                path = above;
            }
        }
        folders
    }
}

impl Extend<String> for Manifest {
    fn extend<I: IntoIterator<Item = String>>(&mut self, paths: I) {
        self.0.extend(paths);
    }
}

impl FromIterator<String> for Manifest {
    fn from_iter<I: IntoIterator<Item = String>>(paths: I) -> Self {
        Self(paths.into_iter().collect())
    }
}

/// Locks a site folder that is updated in place, for as long as the file stays open.
pub(super) fn lock(site: &Path) -> io::Result<fs::File> {
    let file = fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(site.join(FILE_NAME))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            "another ttpress is writing to this folder",
        )),
        // Where there are no locks, two builds at a time are the user's own risk.
        _ => Ok(file),
    }
}
