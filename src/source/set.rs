//! Sets of many small files: folders of rules, and tar archives of such folders.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;

use super::{Walk, fill, read_bounded, read_bundle, shown, too_large, unreadable, without_mark};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};

/// The most one file of a set may hold; rules are a few kilobytes.
const MAX_FILE: u64 = 1 << 20;
/// The most a whole set may hold, unpacked: 20 times the largest public one.
const MAX_SET: u64 = 512 << 20;
/// File name endings of archives.
const ARCHIVES: [&str; 4] = [".tar", ".tar.gz", ".tgz", ".tar.zst"];
/// File name endings of what is read.
const WANTED: [&str; 2] = ["yml", "yaml"];

/// A file of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFile {
    /// Where it lies, as the user knows it: `rules.tar.gz/windows/a.yml`.
    pub path: String,
    /// Where it lies within its folder or archive: `windows/a.yml`.
    pub name: String,
    /// What it holds, without a byte order mark.
    pub bytes: Vec<u8>,
}

/// Reads the YAML files of folders and archives, sorted by path.
///
/// Links are not followed, in folders or in archives. What is too large or has a name that leads
/// out of its archive is left out and reported.
pub fn read_set(paths: &[PathBuf]) -> Result<(Vec<SetFile>, Diagnostics), Failure> {
    let (mut files, mut found) = (Vec::new(), Diagnostics::new());
    for path in paths {
        if is_archive(path) {
            read_archive(path, &mut files, &mut found)?;
        } else {
            read_folder(path, &mut files, &mut found)?;
        }
        let size: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
        if size > MAX_SET {
            return Err(too_large("this set", MAX_SET).in_file(shown(path)).into());
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok((files, found))
}

fn is_archive(path: &Path) -> bool {
    let name = path.to_string_lossy().to_ascii_lowercase();
    !path.is_dir() && ARCHIVES.iter().any(|ending| name.ends_with(ending))
}

fn read_folder(
    folder: &Path,
    files: &mut Vec<SetFile>,
    found: &mut Diagnostics,
) -> Result<(), Failure> {
    let mut walk = Walk {
        follows_links: false,
        ..Walk::new(&WANTED)
    };
    walk.folder(folder)?;
    found.extend(walk.findings);
    let read: Vec<_> = walk.files.par_iter().map(|path| read_one(path)).collect();
    for (path, bytes) in walk.files.iter().zip(read) {
        match bytes {
            Ok(bytes) => files.push(SetFile {
                path: shown(path),
                name: shown(path.strip_prefix(folder).unwrap_or(path)),
                bytes,
            }),
            Err(failure) => found.push(left_out(&shown(path), &failure)),
        }
    }
    Ok(())
}

fn read_one(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    read_bounded(path, file, MAX_FILE)
}

fn read_archive(
    path: &Path,
    files: &mut Vec<SetFile>,
    found: &mut Diagnostics,
) -> Result<(), Failure> {
    let bytes = read_bundle(path, MAX_SET)?;
    let damaged = |error: std::io::Error| super::corrupt(path, "tar", &error);
    let mut archive = tar::Archive::new(bytes.as_slice());
    for entry in archive.entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let full = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_wanted = WANTED
            .iter()
            .any(|ending| full.to_ascii_lowercase().ends_with(&format!(".{ending}")));
        if !is_wanted {
            continue;
        }
        let shown_path = format!("{}/{full}", shown(path));
        let Some(name) = inner_name(&full) else {
            let why = "left out: the name leads out of the archive";
            found.push(Diagnostic::warning("left-out", why).in_file(shown_path));
            continue;
        };
        let mut held = Vec::new();
        let most = MAX_FILE.min(entry.size());
        match fill(
            Path::new(&shown_path),
            entry.take(MAX_FILE + 1),
            &mut held,
            MAX_FILE,
            |e| super::corrupt(path, "tar", e),
        ) {
            Ok(()) if (held.len() as u64) < most => {
                return Err(damaged(std::io::ErrorKind::UnexpectedEof.into()));
            }
            Ok(()) => files.push(SetFile {
                path: format!("{}/{name}", shown(path)),
                name,
                bytes: without_mark(held),
            }),
            Err(failure) => found.push(left_out(&shown_path, &failure)),
        }
    }
    Ok(())
}

/// The name of an archive's entry with `/` between its parts; none for one that climbs.
fn inner_name(full: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in Path::new(full).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    (!full.contains(char::is_control)).then(|| parts.join("/"))
}

fn left_out(path: &str, failure: &Failure) -> Diagnostic {
    let message = format!("left out: {}", failure.diagnostic().message);
    Diagnostic::warning("left-out", message).in_file(path)
}
