//! The only writer of a site.
//!
//! A site is written whole into a fresh folder beside the old one, and the two change places in one
//! step. That is safe, and on ext4 ten times as fast as replacing file by file, which flushes each.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::tree::{self, Tree};

mod plan;
#[cfg(test)]
mod tests;

use plan::Plan;

/// Lists the files that ttpress wrote, so that it removes no others.
const MANIFEST: &str = ".ttpress-manifest";
/// The manifest while it is being written in place.
const NEW_MANIFEST: &str = ".ttpress-manifest-new";
/// The lock where the folder around the site's can't be written.
const INNER_LOCK: &str = ".ttpress-lock";
/// The manifest's first line.
const FORMAT: &str = "ttpress-manifest 1";

/// What publishing did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many files are new or have new bytes.
    pub written: usize,
    /// How many files stayed as they were, modification time included.
    pub unchanged: usize,
    /// How many files of an earlier build are gone.
    pub removed: usize,
    /// The size of the files that are new or have new bytes.
    pub bytes: u64,
    /// Their paths, sorted.
    pub changed: Vec<String>,
    /// What the user should know.
    pub diagnostics: Diagnostics,
}

/// Makes the folder `out` hold the tree, beside what others put there. The old site stays whole
/// until the new one is; where the system can't do that, a warning says so.
pub fn publish(tree: &Tree, out: &Path) -> Result<Report, Failure> {
    let site = Site::find(out)?;
    let lock = site.lock()?;
    if !lock.inside {
        site.sweep();
    }
    let mut report = Report::default();
    let plan = site.plan(tree, &mut report.diagnostics)?;
    plan.count(&mut report);
    if plan.is_done() {
        return Ok(report);
    }
    let staged = if lock.inside {
        Err(ErrorKind::PermissionDenied.into())
    } else {
        site.stage(&plan)
    };
    match staged {
        Ok(None) => {}
        Ok(Some(old)) => {
            if let Err(error) = remove_tree(&old) {
                let message = format!("the old site is left in `{}`: {error}", old.display());
                let help = "the next build tries again to remove it";
                report
                    .diagnostics
                    .push(Diagnostic::warning("leftover", message).help(help));
            }
        }
        Err(why) if is_barred(&why) => {
            let update = site.update_in_place(&plan);
            update.map_err(|error| {
                let help = "the site is half updated; build again once the cause is gone";
                site.cannot_write(&error, help)
            })?;
            let message = format!("`{}` was updated file by file: {why}", site.shown);
            let help = "readers may have met old and new pages together; for an update in one \
                        step, the folder around the site must be writable and on the same disk";
            report
                .diagnostics
                .push(Diagnostic::warning("not-atomic", message).help(help));
        }
        Err(error) => return Err(site.cannot_write(&error, "the old site is untouched")),
    }
    Ok(report)
}

/// Where the site lies.
struct Site {
    /// The folder, with symbolic links resolved.
    out: PathBuf,
    parent: PathBuf,
    name: OsString,
    /// The folder as the user named it.
    shown: String,
}

/// Held while a build writes.
struct Lock {
    path: PathBuf,
    inside: bool,
    /// Unlocks when dropped, which is after the file is removed.
    _file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Elsewhere `lock_file` can't tell a removed file from the one it has locked.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Site {
    fn find(out: &Path) -> Result<Site, Failure> {
        let shown = out.display().to_string();
        let real = match fs::symlink_metadata(out) {
            Ok(_) => fs::canonicalize(out),
            Err(error) if error.kind() == ErrorKind::NotFound => create_parent(out),
            Err(error) => Err(error),
        };
        let real = real.map_err(|error| {
            Diagnostic::error(
                "output",
                format!("cannot use `{shown}` for the site: {error}"),
            )
        })?;
        let other = "name a folder that is for the site alone";
        let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else {
            return Err(refuse(&shown, "it is the root of the file system", other));
        };
        if real.exists() && !real.is_dir() {
            return Err(refuse(&shown, "it is a file", other));
        }
        let current = std::env::current_dir().and_then(fs::canonicalize);
        if current.is_ok_and(|current| current.starts_with(&real)) {
            return Err(refuse(&shown, "the current folder is or lies in it", other));
        }
        Ok(Site {
            parent: parent.to_owned(),
            name: name.to_owned(),
            shown,
            out: real,
        })
    }

    /// A path of ours beside the site's folder.
    fn beside(&self, suffix: &str) -> PathBuf {
        self.parent.join(self.prefix() + suffix)
    }

    fn prefix(&self) -> String {
        format!(".{}.ttpress-", self.name.display())
    }

    fn lock(&self) -> Result<Lock, Failure> {
        let outer = self.beside("lock");
        let (path, inside, result) = match lock_file(&outer) {
            Err(TryLockError::Error(error)) if is_barred(&error) && self.out.is_dir() => {
                let inner = self.out.join(INNER_LOCK);
                let result = lock_file(&inner);
                (inner, true, result)
            }
            result => (outer, false, result),
        };
        match result {
            Ok(file) => Ok(Lock {
                path,
                inside,
                _file: file,
            }),
            Err(TryLockError::WouldBlock) => {
                let message = format!("another build is writing to `{}`", self.shown);
                let help = "wait for it to end, or choose another folder";
                Err(Diagnostic::error("busy", message).help(help).into())
            }
            Err(TryLockError::Error(error)) => {
                let help = "the folder must be writable; the old site is untouched";
                Err(self.cannot_write(&error, help))
            }
        }
    }

    /// Cleans up after builds that were killed; the lock says that none is running.
    fn sweep(&self) {
        let old = self.beside("old");
        if is_folder(&old) && !self.out.exists() {
            // Killed between the two renames.
            let _ = fs::rename(&old, &self.out);
        }
        // What can't be read or removed does no harm.
        let prefix = self.prefix();
        for entry in fs::read_dir(&self.parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let suffix = name.to_str().and_then(|name| name.strip_prefix(&prefix));
            let ours = suffix.is_some_and(|suffix| {
                suffix == "old" || !suffix.is_empty() && suffix.bytes().all(|b| b.is_ascii_digit())
            });
            // An old site that could not be moved back is the only one there is.
            let needed = suffix == Some("old") && !self.out.exists();
            if ours && !needed && is_folder(&entry.path()) {
                let _ = remove_tree(&entry.path());
            }
        }
    }

    /// Writes the site beside the old one and lets them change places. Returns the old one's new
    /// path, if there is one.
    fn stage(&self, plan: &Plan) -> io::Result<Option<PathBuf>> {
        if self.is_mount_point() {
            return Err(ErrorKind::CrossesDevices.into());
        }
        let staging = self.beside(&std::process::id().to_string());
        let staged = self.fill(&staging, plan).and_then(|()| self.swap(&staging));
        if staged.is_err() {
            // Else the next build does it.
            let _ = remove_tree(&staging);
        }
        staged
    }

    fn fill(&self, staging: &Path, plan: &Plan) -> io::Result<()> {
        at(staging, fs::create_dir(staging))?;
        for folder in &plan.folders {
            let folder = staging.join(folder);
            at(&folder, fs::create_dir(&folder))?;
        }
        plan.items.par_iter().try_for_each(|item| {
            let path = staging.join(item.path);
            let write = || {
                let mut file = File::create_new(&path)?;
                file.write_all(item.bytes)?;
                item.kept.map_or(Ok(()), |time| file.set_modified(time))
            };
            at(&path, write())
        })?;
        let manifest = staging.join(MANIFEST);
        at(&manifest, fs::write(&manifest, &plan.manifest))?;
        for path in &plan.foreign {
            let to = staging.join(path);
            if let Some(folder) = to.parent() {
                at(folder, fs::create_dir_all(folder))?;
            }
            at(&to, bring(&self.out.join(path), &to))?;
        }
        if self.out.exists() {
            fs::set_permissions(staging, fs::metadata(&self.out)?.permissions())?;
        }
        Ok(())
    }

    fn swap(&self, staging: &Path) -> io::Result<Option<PathBuf>> {
        if !self.out.exists() {
            return at(&self.out, fs::rename(staging, &self.out)).map(|()| None);
        }
        match exchange(staging, &self.out) {
            Ok(()) => Ok(Some(staging.to_owned())),
            // Not on this system, or not on this file system.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Unsupported | ErrorKind::InvalidInput
                ) =>
            {
                self.swap_by_renames(staging).map(Some)
            }
            Err(error) => at(&self.out, Err(error)),
        }
    }

    /// The next best thing: killed between the renames, the next build moves the old site back.
    fn swap_by_renames(&self, staging: &Path) -> io::Result<PathBuf> {
        let old = self.beside("old");
        at(&self.out, fs::rename(&self.out, &old))?;
        if let Err(error) = fs::rename(staging, &self.out) {
            at(&old, fs::rename(&old, &self.out))?;
            return at(&self.out, Err(error));
        }
        Ok(old)
    }

    #[cfg(unix)]
    fn is_mount_point(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
        self.out.exists() && device(&self.out) != device(&self.parent)
    }

    #[cfg(not(unix))]
    fn is_mount_point(&self) -> bool {
        false
    }

    /// Changes the old site file by file, where the system can't put a new folder in its place.
    fn update_in_place(&self, plan: &Plan) -> io::Result<()> {
        fs::create_dir_all(&self.out)?;
        // Until the end it lists old and new files, so that after a crash none counts as foreign.
        let paths = plan.items.iter().map(|item| item.path);
        let stale = plan.stale.iter().map(String::as_str);
        self.write_manifest(&plan::manifest(paths.chain(stale)))?;
        // First what goes: a new folder may have the name of an old file, and the other way round.
        for path in &plan.stale {
            let file = self.out.join(path);
            at(&file, fs::remove_file(&file))?;
            for folder in tree::ancestors(path) {
                if plan.folders.contains(folder) || fs::remove_dir(self.out.join(folder)).is_err() {
                    break;
                }
            }
        }
        for folder in &plan.folders {
            let folder = self.out.join(folder);
            at(&folder, fs::create_dir_all(&folder))?;
        }
        plan.items
            .par_iter()
            .filter(|item| item.kept.is_none())
            .try_for_each(|item| {
                let path = self.out.join(item.path);
                let write = || {
                    // Truncating first makes ext4 flush every file.
                    let mut file = OpenOptions::new()
                        .write(true)
                        .create(true)
                        .truncate(false)
                        .open(&path)?;
                    file.write_all(item.bytes)?;
                    file.set_len(item.bytes.len() as u64)
                };
                at(&path, write())
            })?;
        self.write_manifest(&plan.manifest)
    }

    fn write_manifest(&self, text: &str) -> io::Result<()> {
        let new = self.out.join(NEW_MANIFEST);
        at(&new, fs::write(&new, text))?;
        at(&new, fs::rename(&new, self.out.join(MANIFEST)))
    }

    fn cannot_write(&self, error: &io::Error, help: &str) -> Failure {
        let message = format!("cannot write the site to `{}`: {error}", self.shown);
        Diagnostic::error("output", message).help(help).into()
    }

    fn refuse(&self, why: &str, help: &str) -> Failure {
        refuse(&self.shown, why, help)
    }
}

fn refuse(shown: &str, why: &str, help: &str) -> Failure {
    let message = format!("refused to write the site to `{shown}`: {why}");
    Diagnostic::error("output", message).help(help).into()
}

/// Names the file in an error.
fn at<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("`{}`: {error}", path.display())))
}

/// Whether an error says that a folder can't be put in the place of another: mount points,
/// folders of other users, open files on Windows.
fn is_barred(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::CrossesDevices
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::ResourceBusy
    )
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Makes the folder around a new site's, and resolves its symbolic links.
fn create_parent(out: &Path) -> io::Result<PathBuf> {
    // A path that is there but leads nowhere is no place for a site.
    let name = out.file_name().ok_or(ErrorKind::InvalidInput)?;
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    Ok(fs::canonicalize(parent)?.join(name))
}

fn lock_file(path: &Path) -> Result<File, TryLockError> {
    loop {
        let open = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        let file = open.map_err(TryLockError::Error)?;
        match file.try_lock() {
            // Some network file systems have no locks; a build must be possible there too.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            result => result?,
        }
        // The build that held it may have removed it between our two calls.
        if is_at(&file, path) {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(id).ok() == fs::metadata(path).map(id).ok()
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Puts a file or folder that is not ours into the new site too. Links keep all of its properties.
fn bring(from: &Path, to: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(from)?;
    if metadata.is_dir() {
        fs::create_dir(to)?;
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            bring(&from.join(&name), &to.join(&name))?;
        }
        return fs::set_permissions(to, metadata.permissions());
    }
    match fs::hard_link(from, to) {
        // A disk mounted inside the site would be emptied with the old site.
        Err(error) if metadata.is_file() && error.kind() != ErrorKind::CrossesDevices => {
            fs::copy(from, to)?;
            OpenOptions::new()
                .write(true)
                .open(to)?
                .set_modified(metadata.modified()?)
        }
        result => result,
    }
}

/// Like `fs::remove_dir_all`, with all threads.
fn remove_tree(folder: &Path) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.par_iter().try_for_each(|entry| {
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())
        } else {
            fs::remove_file(entry.path())
        }
    })?;
    fs::remove_dir(folder)
}

/// Writes one file outside any site, making its folders: what `init` and `embed` leave behind.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, bytes));
    written.map_err(|error| {
        Diagnostic::error(
            "cannot-write",
            format!("cannot write `{}`: {error}", path.display()),
        )
        .into()
    })
}
