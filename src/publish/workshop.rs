//! The hidden folder beside a site folder where the next site is put together.
//!
//! For `site` it is `.site.ttpress`. It holds a lock, so that two builds of one site never mix; a
//! `.gitignore`, so that it never shows up in a repository; and the spare, once there is one.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, Failure};
use crate::source::shown;

use super::folder::device;

/// A locked workshop; unlocked when dropped.
pub(super) struct Workshop {
    folder: PathBuf,
    /// Locked for as long as it is open.
    _lock: File,
}

/// What came of opening a workshop.
pub(super) enum Opened {
    /// It is there, and ours alone.
    Ready(Workshop),
    /// There cannot be one here.
    Unavailable(io::Error),
}

impl Workshop {
    pub(super) fn open(site: &Path, out: &Path) -> Result<Opened, Failure> {
        let mut name = OsString::from(".");
        name.push(site.file_name().unwrap_or_default());
        name.push(".ttpress");
        let folder = site.with_file_name(name);
        loop {
            let lock = match prepare(&folder) {
                Ok(lock) => lock,
                Err(error) => return Ok(Opened::Unavailable(error)),
            };
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(busy(out)),
                Err(TryLockError::Error(error)) => return Ok(Opened::Unavailable(error)),
            }
            // Between opening and locking, another run may have ended and cleared the workshop.
            if is_at(&lock, &lock_path(&folder)) {
                return Ok(Opened::Ready(Self {
                    folder,
                    _lock: lock,
                }));
            }
        }
    }

    /// Where the next site is put together.
    pub(super) fn spare(&self) -> PathBuf {
        self.folder.join("spare")
    }

    /// Where the old site waits if folders can only be exchanged in two steps.
    fn aside(&self) -> PathBuf {
        self.folder.join("aside")
    }

    /// Finishes what a run that was killed between the two steps left undone.
    pub(super) fn recover(&self, site: &Path) -> io::Result<()> {
        let aside = self.aside();
        if fs::symlink_metadata(&aside).is_err() {
            return Ok(());
        }
        if fs::symlink_metadata(site).is_err() {
            return fs::rename(&aside, site);
        }
        let spare = self.spare();
        match fs::symlink_metadata(&spare) {
            Ok(_) => fs::remove_dir_all(&aside),
            Err(_) => fs::rename(&aside, &spare),
        }
    }

    /// Fails if the site folder is on another file system than the workshop: a mount point.
    pub(super) fn check_device(&self, site: &Path) -> io::Result<()> {
        let Ok(info) = fs::metadata(site) else {
            return Ok(());
        };
        if device(&info) == device(&fs::metadata(&self.folder)?) {
            Ok(())
        } else {
            Err(io::ErrorKind::CrossesDevices.into())
        }
    }

    /// Exchanges the site folder and the spare.
    pub(super) fn exchange(&self, site: &Path) -> io::Result<()> {
        let spare = self.spare();
        if fs::symlink_metadata(site).is_err() {
            return fs::rename(&spare, site);
        }
        // The folder is the same to everybody else, whatever folder is now behind its name.
        fs::set_permissions(&spare, fs::metadata(site)?.permissions())?;
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{CWD, RenameFlags, renameat_with};
            use rustix::io::Errno;
            match renameat_with(CWD, &spare, CWD, site, RenameFlags::EXCHANGE) {
                // Some file systems do not know how; two steps still work there.
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
                done => return done.map_err(io::Error::from),
            }
        }
        self.exchange_in_two_steps(site)
    }

    /// The portable way. Between the steps there is no site; [`Self::recover`] mends that.
    pub(super) fn exchange_in_two_steps(&self, site: &Path) -> io::Result<()> {
        let (spare, aside) = (self.spare(), self.aside());
        fs::rename(site, &aside)?;
        if let Err(error) = fs::rename(&spare, site) {
            fs::rename(&aside, site)?;
            return Err(error);
        }
        fs::rename(&aside, &spare)
    }
}

impl Drop for Workshop {
    /// A workshop without a spare is of no further use.
    fn drop(&mut self) {
        if cfg!(unix) && fs::symlink_metadata(self.spare()).is_err() {
            let _ = fs::remove_file(self.folder.join(".gitignore"));
            let _ = fs::remove_file(lock_path(&self.folder));
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

fn prepare(folder: &Path) -> io::Result<File> {
    // Another run may clear the workshop in between; then it is simply made again.
    for _ in 0..100 {
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(lock_path(folder))
            .and_then(|lock| fs::write(folder.join(".gitignore"), "*\n").map(|()| lock));
        match lock {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            lock => return lock,
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

fn lock_path(folder: &Path) -> PathBuf {
    folder.join("lock")
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Elsewhere the workshop is never cleared, so the file is always there.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

fn busy(out: &Path) -> Failure {
    Diagnostic::error("busy", "another ttpress is writing to this folder")
        .in_file(shown(out))
        .help("wait until it is done, or choose another folder with `--out`")
        .into()
}
