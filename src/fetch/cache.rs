//! Bundles on this machine, filed by their SHA-256 and shared by all wikis.
//!
//! `sha256/` holds the bundles, `releases/` what each release consists of, `partial/` downloads
//! that have not ended. All of it can be deleted at any time.

#![allow(
    clippy::disallowed_methods,
    reason = "downloads that have not ended are kept in files"
)]

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::diagnostics::{Diagnostic, Failure};
use crate::fetch::lock::{Lock, Pin};
use crate::names::safe_segment;
use crate::publish;
use crate::source::{self, Input};

/// The longest mark of a version of a file that is kept; servers send some 70 bytes.
const MAX_VALIDATOR: u64 = 1024;

/// The folder of the cache.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// A cache in this folder, which need not exist.
    pub fn at(folder: PathBuf) -> Cache {
        Cache { folder }
    }

    /// The bundle that a lock names: only if it is there and is the one, to the byte.
    pub fn bundle(&self, pin: &Pin) -> Result<Option<Input>, Failure> {
        let path = self.place(&pin.sha256);
        if !source::exists(&path) {
            return Ok(None);
        }
        let (inputs, _) = source::read_bundles(&[path])?;
        let found = inputs.into_iter().next();
        Ok(found
            .filter(|input| input.bytes.len() as u64 == pin.size && sum(&input.bytes) == pin.sha256)
            .map(|input| Input {
                path: pin.url.clone(),
                ..input
            }))
    }

    /// Files a bundle under its sum.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, Failure> {
        let sum = sum(bytes);
        publish::replace_file(&self.place(&sum), bytes)?;
        Ok(sum)
    }

    /// What was fetched of a release.
    pub fn release(&self, release: &str) -> Result<Option<Lock>, Failure> {
        Lock::read(&self.record(release))
    }

    /// Adds to what was fetched of a release.
    pub fn remember(&self, lock: &Lock) -> Result<(), Failure> {
        let mut all = lock.clone();
        // A damaged record is written anew.
        if let Ok(Some(known)) = self.release(&lock.release) {
            let others = known.bundles.into_iter();
            let is_new = |pin: &Pin| lock.bundles.iter().all(|new| new.domain != pin.domain);
            all.bundles.extend(others.filter(is_new));
            all.bundles.sort_by(|a, b| a.domain.cmp(&b.domain));
        }
        all.write(&self.record(&lock.release))
    }

    /// The file that a download goes to; other runs wait until this one is done with it.
    pub(super) fn partial(&self, url: &str) -> Result<Partial, Failure> {
        let folder = self.folder.join("partial");
        let path = folder.join(sum(url.as_bytes()));
        Partial::open(&folder, path.clone()).map_err(|error| {
            let message = format!("cannot write to the cache: {error}");
            Diagnostic::error("cannot-write", message)
                .in_file(source::shown(&path))
                .help("`TTPRESS_CACHE` names another folder")
                .into()
        })
    }

    fn place(&self, sum: &str) -> PathBuf {
        self.folder.join("sha256").join(format!("{sum}.json"))
    }

    fn record(&self, release: &str) -> PathBuf {
        let name = format!("{}.lock", safe_segment(release));
        self.folder.join("releases").join(name)
    }
}

/// The SHA-256 in lower-case hex.
pub(crate) fn sum(bytes: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(bytes);
    let digits = digest.iter().flat_map(|b| [b >> 4, b & 15]);
    digits.map(|d| char::from(HEX[usize::from(d)])).collect()
}

/// A download that has not ended, and the mark of the version it belongs to.
pub(super) struct Partial {
    path: PathBuf,
    /// Locked for as long as it is open.
    file: File,
    /// What the server called this version; without it there is no going on.
    pub(super) validator: Option<String>,
}

impl Partial {
    fn open(folder: &Path, path: PathBuf) -> io::Result<Partial> {
        fs::create_dir_all(folder)?;
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true);
        let file = loop {
            let file = options.open(&path)?;
            file.lock()?;
            // Whoever had the lock may have removed the file since.
            if fs::metadata(&path).is_ok_and(|info| is_same(&file, &info)) {
                break file;
            }
        };
        let validator = File::open(mark(&path)).and_then(|file| {
            let mut text = String::new();
            file.take(MAX_VALIDATOR).read_to_string(&mut text)?;
            Ok(text)
        });
        Ok(Partial {
            path,
            file,
            validator: validator.ok(),
        })
    }

    /// How much is there already.
    pub(super) fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Forgets what is there; what comes is of this version.
    pub(super) fn restart(&mut self, validator: Option<&str>) -> io::Result<()> {
        self.file.set_len(0)?;
        self.validator = validator.map(str::to_owned);
        match validator {
            Some(validator) => fs::write(mark(&self.path), validator),
            None => match fs::remove_file(mark(&self.path)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        }
    }

    /// Adds to the end.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(bytes)
    }

    /// All that came, and the end of the file.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        let _ = fs::remove_file(mark(&self.path));
        let _ = fs::remove_file(&self.path);
        Ok(bytes)
    }
}

fn mark(path: &Path) -> PathBuf {
    path.with_extension("version")
}

#[cfg(unix)]
fn is_same(file: &File, info: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata()
        .is_ok_and(|own| (own.dev(), own.ino()) == (info.dev(), info.ino()))
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn is_same(_: &File, _: &fs::Metadata) -> bool {
    true
}
