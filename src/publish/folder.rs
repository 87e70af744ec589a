//! Single steps on folders: compare, walk, write, link.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileTimes, Metadata};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;

/// How a file of the new site compares with what is in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing is there.
    Nothing,
    /// Something else is there.
    Different,
    /// The same bytes are there, last modified then.
    Same(SystemTime),
}

impl Found {
    pub(super) fn is_same(self) -> bool {
        matches!(self, Self::Same(_))
    }

    /// The modification time to keep.
    pub(super) fn modified(self) -> Option<SystemTime> {
        match self {
            Self::Same(modified) => Some(modified),
            Self::Nothing | Self::Different => None,
        }
    }
}

/// Compares a file with the bytes it should hold; `buffer` is only there to be used again.
pub(super) fn compare(path: &Path, bytes: &[u8], buffer: &mut Vec<u8>) -> io::Result<Found> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(Found::Nothing),
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => return Ok(Found::Different),
        Err(error) => return Err(error),
    };
    let info = file.metadata()?;
    if info.is_file() && holds(&mut file, &info, bytes, buffer)? {
        Ok(Found::Same(info.modified()?))
    } else {
        Ok(Found::Different)
    }
}

fn holds(file: &mut File, info: &Metadata, bytes: &[u8], buffer: &mut Vec<u8>) -> io::Result<bool> {
    if info.len() != bytes.len() as u64 {
        return Ok(false);
    }
    buffer.clear();
    file.take(info.len()).read_to_end(buffer)?;
    Ok(buffer == bytes)
}

/// Makes a file hold these bytes, with this modification time or else the present one.
///
/// An old file is overwritten without being emptied first: ext4 flushes a file that is emptied and
/// written again to disk, which is 30 times slower. What shares its bytes with another name (a
/// hard link) or is no ordinary file is replaced instead.
pub(super) fn place(
    path: &Path,
    bytes: &[u8],
    modified: Option<SystemTime>,
    buffer: &mut Vec<u8>,
) -> io::Result<()> {
    let old = match fs::symlink_metadata(path) {
        Ok(info) if info.is_file() && is_only_name(&info) => {
            File::options().read(true).write(true).open(path).ok()
        }
        Ok(_) => None,
        Err(error) if is_absent(&error) => return create(path, bytes, modified),
        Err(error) => return Err(error),
    };
    let Some(mut file) = old else {
        fs::remove_file(path)?;
        return create(path, bytes, modified);
    };
    let info = file.metadata()?;
    if !holds(&mut file, &info, bytes, buffer)? {
        file.rewind()?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
    } else if modified.is_some_and(|wanted| info.modified().is_ok_and(|is| is == wanted)) {
        return Ok(());
    }
    set_modified(&file, modified)
}

/// Writes a file that is not there yet.
pub(super) fn create(path: &Path, bytes: &[u8], modified: Option<SystemTime>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    match modified {
        None => Ok(()),
        modified => set_modified(&file, modified),
    }
}

fn set_modified(file: &File, modified: Option<SystemTime>) -> io::Result<()> {
    let modified = modified.unwrap_or_else(SystemTime::now);
    file.set_times(FileTimes::new().set_modified(modified))
}

/// Something in a folder.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its path inside the folder, with `/` between the parts.
    pub(super) relative: OsString,
    /// Whether it is a folder (and not a link to one).
    pub(super) is_folder: bool,
}

impl Entry {
    /// The path, if it can be that of a file of ours at all.
    pub(super) fn path(&self) -> Option<&str> {
        self.relative.to_str()
    }

    /// The path of the folder it is in, unless that is the outermost.
    pub(super) fn folder(&self) -> Option<OsString> {
        let folder = Path::new(&self.relative).parent()?.as_os_str();
        (!folder.is_empty()).then(|| folder.to_owned())
    }
}

/// Everything in a folder, sorted, so that a folder comes before what is in it.
///
/// Fails with [`io::ErrorKind::CrossesDevices`] if another file system is mounted below.
pub(super) fn walk(root: &Path) -> io::Result<Vec<Entry>> {
    let device = match fs::metadata(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        info => device(&info?),
    };
    let mut entries = walk_below(root, OsStr::new(""), device)?;
    entries.par_sort_unstable_by(|a, b| a.relative.cmp(&b.relative));
    Ok(entries)
}

fn walk_below(root: &Path, folder: &OsStr, on: u64) -> io::Result<Vec<Entry>> {
    let path = root.join(folder);
    if device(&fs::metadata(&path)?) != on {
        return Err(io::ErrorKind::CrossesDevices.into());
    }
    let here = fs::read_dir(&path)?.collect::<io::Result<Vec<_>>>()?;
    here.into_par_iter()
        .map(|entry| {
            let mut relative = folder.to_owned();
            if !relative.is_empty() {
                relative.push("/");
            }
            relative.push(entry.file_name());
            let is_folder = entry.file_type()?.is_dir();
            let mut entries = if is_folder {
                walk_below(root, &relative, on)?
            } else {
                Vec::new()
            };
            entries.push(Entry {
                relative,
                is_folder,
            });
            Ok(entries)
        })
        .try_reduce(Vec::new, |mut all, some| {
            all.extend(some);
            Ok(all)
        })
}

/// Removes everything from a folder of ours that is not wanted; returns the folders left.
pub(super) fn clear(
    root: &Path,
    is_wanted: impl Fn(&Entry) -> bool,
) -> io::Result<BTreeSet<OsString>> {
    let mut kept = BTreeSet::new();
    // Backwards, so that a folder is empty by the time it goes.
    for entry in walk(root)?.into_iter().rev() {
        if is_wanted(&entry) {
            if entry.is_folder {
                kept.insert(entry.relative);
            }
            continue;
        }
        let path = root.join(&entry.relative);
        if entry.is_folder {
            fs::remove_dir(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(kept)
}

/// Makes folders that may be there already, with those around them among them.
pub(super) fn make_folders<'a>(
    root: &Path,
    folders: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    let mut by_depth: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for folder in folders {
        let depth = folder.matches('/').count();
        by_depth.entry(depth).or_default().push(folder);
    }
    by_depth.values().try_for_each(|folders| {
        let folders = folders.par_iter();
        folders.try_for_each(|folder| make_folder(&root.join(folder)))
    })
}

fn make_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Not a link to a folder: that would lead out of the site.
            if fs::symlink_metadata(path)?.is_dir() {
                Ok(())
            } else {
                Err(error)
            }
        }
        done => done,
    }
}

/// Gives foreign files a second name in the new site, in folders like their own.
pub(super) fn link_all(entries: &[Entry], from: &Path, to: &Path) -> io::Result<()> {
    for entry in entries {
        let (old, new) = (from.join(&entry.relative), to.join(&entry.relative));
        if entry.is_folder {
            make_folder(&new)?;
            fs::set_permissions(&new, fs::metadata(&old)?.permissions())?;
        } else if !is_same_file(&old, &new) {
            match fs::remove_file(&new) {
                Err(error) if !is_absent(&error) => return Err(error),
                _ => {}
            }
            link(&old, &new)?;
        }
    }
    Ok(())
}

fn link(old: &Path, new: &Path) -> io::Result<()> {
    if fs::hard_link(old, new).is_ok() {
        return Ok(());
    }
    // Some file systems have no hard links, and some systems forbid them for others' files.
    let info = fs::symlink_metadata(old)?;
    if !info.is_file() {
        return copy_link(old, new);
    }
    fs::copy(old, new)?;
    let file = File::options().write(true).open(new)?;
    set_modified(&file, Some(info.modified()?))
}

#[cfg(unix)]
fn copy_link(old: &Path, new: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(old)?, new)
}

#[cfg(not(unix))]
fn copy_link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Removes the folders above a removed file, as far as they are empty.
pub(super) fn prune(root: &Path, path: &str) {
    let mut path = path;
    while let Some((above, _)) = path.rsplit_once('/') {
        if fs::remove_dir(root.join(above)).is_err() {
            break;
        }
        path = above;
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Which file system something is on.
#[cfg(unix)]
pub(super) fn device(info: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::dev(info)
}

#[cfg(not(unix))]
pub(super) fn device(_: &Metadata) -> u64 {
    0
}

#[cfg(unix)]
fn is_only_name(info: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(info) == 1
}

#[cfg(not(unix))]
fn is_only_name(_: &Metadata) -> bool {
    // Not known: replacing the file is always right.
    false
}

#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::symlink_metadata(a), fs::symlink_metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}
