//! The only reader of files.
//!
//! Whatever comes in from outside comes in here, so sizes are bounded and errors name their file
//! in one place. Bundles may be compressed; the rest of the program never knows.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module that reads files for all others"
)]

mod release;
mod set;
mod stamps;
mod sum;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Place};

pub use set::{SetFile, read_set};
pub use stamps::{Stamps, stamps};
pub use sum::sum;

/// The most one bundle may hold once it is unpacked: 20 times the largest ATT&CK release.
pub const MAX_BUNDLE: u64 = 1 << 30;
/// The most all bundles of a run may hold together, once unpacked.
pub const MAX_BUNDLES: u64 = 8 << 30;
/// The most a text file (playbook, template, configuration) may hold.
pub const MAX_TEXT: u64 = 16 << 20;

/// File name endings of bundles.
const BUNDLE_ENDINGS: [&str; 3] = ["json", "json.gz", "json.zst"];
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// The window a zstd frame may ask for: 128 MiB, zstd's own default limit for `--long`.
const ZSTD_WINDOW_LOG: u32 = 27;

/// A file that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The path as the user knows it.
    pub path: String,
    /// What it holds, unpacked, without a byte order mark.
    pub bytes: Vec<u8>,
    /// Which release it is of, as far as that is known without looking inside.
    pub release: Said,
    /// Whether it was found in a folder that the user named, where other files may lie too.
    pub is_found: bool,
}

/// Who says which release a file is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// Nobody.
    #[default]
    Nothing,
    /// The name of a folder around it: `17.1`, `v17.1`. What the file itself says counts more.
    ByFolder(String),
    /// The user, or the cache. It counts more than what the file says.
    ByUser(String),
}

/// Reads STIX bundles: `.json`, `.json.gz` and `.json.zst` files, and folders of them.
///
/// Folders are walked in sorted order, without hidden files and folders; a file that is reached twice is
/// read once. Compression is recognised by content. The findings are about files inside folders
/// that had to be left out.
pub fn read_bundles(paths: &[PathBuf]) -> Result<(Vec<Input>, Diagnostics), Failure> {
    read_bundles_within(paths, MAX_BUNDLE, MAX_BUNDLES)
}

fn read_bundles_within(
    paths: &[PathBuf],
    most_each: u64,
    most_together: u64,
) -> Result<(Vec<Input>, Diagnostics), Failure> {
    let mut walk = Walk::new(&BUNDLE_ENDINGS);
    for path in paths {
        let info = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if !info.is_dir() {
            walk.file(path.clone());
            continue;
        }
        let before = walk.files.len();
        walk.folder(path)?;
        if walk.files.len() == before && !walk.met_again {
            return Err(
                Diagnostic::error("no-bundles", "there is no bundle in this folder")
                    .in_file(shown(path))
                    .help("bundles are files that end in `.json`, `.json.gz` or `.json.zst`")
                    .into(),
            );
        }
    }
    let together = AtomicU64::new(0);
    let read: Vec<Result<Input, Failure>> = walk
        .files
        .par_iter()
        .map(|path| {
            if together.load(Ordering::Relaxed) > most_together {
                return Err(too_large("all bundles together", most_together).into());
            }
            let bytes = read_bundle(path, most_each)?;
            together.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            Ok(Input {
                path: shown(path),
                bytes,
                release: release::of_folders(paths, path),
                is_found: !paths.contains(path),
            })
        })
        .collect();
    if together.into_inner() > most_together {
        return Err(too_large("all bundles together", most_together).into());
    }
    // Gathered only now, so that of several failures the first in order is reported.
    let inputs = read.into_iter().collect::<Result<_, _>>()?;
    Ok((inputs, walk.findings))
}

/// Reads a text file: UTF-8, at most [`MAX_TEXT`] bytes, a byte order mark dropped.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let bytes = read_bounded(path, file, MAX_TEXT)?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let source = String::from_utf8_lossy(error.as_bytes());
        let width = char::REPLACEMENT_CHARACTER.len_utf8();
        Diagnostic::error("not-utf8", "this file is not UTF-8 text")
            .at(Place::of_offset(shown(path), &source, offset, width))
            .help("save the file as UTF-8")
            .into()
    })
}

/// Reads a text file that need not exist.
pub fn read_optional(path: &Path) -> Result<Option<String>, Failure> {
    match fs::symlink_metadata(path) {
        Err(error) if is_absent(&error) => Ok(None),
        _ => read_text(path).map(Some),
    }
}

/// Reads any file, such as a font of a theme: at most [`MAX_TEXT`] bytes.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    read_bounded(path, file, MAX_TEXT)
}

/// Reads what is piped in, as text.
pub fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().take(MAX_TEXT).read_to_end(&mut bytes);
    let text = read.and_then(|_| {
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    });
    text.map_err(|error| Diagnostic::error("input", format!("cannot read stdin: {error}")).into())
}

/// Whether something is there.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// When a file was last written.
pub fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|info| info.modified()).ok()
}

/// The files below a folder whose names have one of these endings (`md`, `tar.gz`), sorted.
///
/// Hidden files and folders are left out and loops of links are survived.
pub fn list_files(dir: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut walk = Walk::new(extensions);
    walk.folder(dir)?;
    Ok(walk.files)
}

/// A path as it is shown: with `/` everywhere, so that output is the same on every system.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    }
}

/// A walk through folders, collecting files.
struct Walk<'a> {
    endings: &'a [&'a str],
    files: Vec<PathBuf>,
    findings: Diagnostics,
    follows_links: bool,
    /// Real paths of files and folders met so far: what ends loops of links.
    met: BTreeSet<PathBuf>,
    met_again: bool,
}

impl<'a> Walk<'a> {
    fn new(endings: &'a [&'a str]) -> Self {
        Self {
            endings,
            files: Vec::new(),
            findings: Diagnostics::new(),
            follows_links: true,
            met: BTreeSet::new(),
            met_again: false,
        }
    }

    fn file(&mut self, path: PathBuf) {
        if self.is_new(&path) {
            self.files.push(path);
        }
    }

    fn folder(&mut self, folder: &Path) -> Result<(), Failure> {
        if !self.is_new(folder) {
            return Ok(());
        }
        let mut entries = fs::read_dir(folder)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(|error| unreadable(folder, &error))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            // Whoever links a bundle into the folder wants it read; sets come from others.
            let info = if self.follows_links {
                fs::metadata(&path)
            } else {
                fs::symlink_metadata(&path)
            };
            match info {
                Ok(_) if name.as_encoded_bytes().starts_with(b".") => {}
                Ok(info) if info.is_dir() => self.folder(&path)?,
                // Not a pipe or a device, which could keep us waiting for ever.
                Ok(info) if info.is_file() && self.is_wanted(&name) => self.file(path),
                Err(error) if self.is_wanted(&name) => {
                    let why = unreadable(&path, &error);
                    let message = format!("left out: {}", why.diagnostic().message);
                    self.findings
                        .push(Diagnostic::warning("left-out", message).in_file(shown(&path)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn is_wanted(&self, name: &OsStr) -> bool {
        let name = name.to_string_lossy().to_ascii_lowercase();
        self.endings.iter().any(|ending| {
            name.strip_suffix(ending)
                .is_some_and(|stem| stem.ends_with('.'))
        })
    }

    fn is_new(&mut self, path: &Path) -> bool {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let is_new = self.met.insert(real);
        self.met_again |= !is_new;
        is_new
    }
}

fn read_bundle(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let mut file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut head = Vec::new();
    Read::by_ref(&mut file)
        .take(ZSTD_MAGIC.len() as u64)
        .read_to_end(&mut head)
        .map_err(|error| unreadable(path, &error))?;
    if head.starts_with(GZIP_MAGIC) {
        let packed = BufReader::new(io::Cursor::new(head).chain(file));
        let unpacked = flate2::bufread::MultiGzDecoder::new(packed);
        unpack(path, "gzip", unpacked, most)
    } else if head.starts_with(ZSTD_MAGIC) {
        let packed = BufReader::new(io::Cursor::new(head).chain(file));
        unpack_zstd(path, packed, most)
    } else {
        let size = file.metadata().map_or(0, |info| info.len());
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(most)).unwrap_or(0) + 1);
        bytes.append(&mut head);
        fill(path, file, &mut bytes, most, |error| {
            unreadable(path, error)
        })?;
        Ok(without_mark(bytes))
    }
}

/// Unpacks zstd data that is part of the program.
pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    unpack_zstd(Path::new(name), bytes, MAX_BUNDLE)
}

fn unpack_zstd(path: &Path, packed: impl io::BufRead, most: u64) -> Result<Vec<u8>, Failure> {
    let unpacked = zstd::stream::read::Decoder::with_buffer(packed).and_then(|mut decoder| {
        decoder.window_log_max(ZSTD_WINDOW_LOG)?;
        Ok(decoder)
    });
    let unpacked = unpacked.map_err(|error| corrupt(path, "zstd", &error))?;
    unpack(path, "zstd", unpacked, most)
}

fn unpack(path: &Path, kind: &str, reader: impl Read, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    fill(path, reader, &mut bytes, most, |error| {
        corrupt(path, kind, error)
    })?;
    Ok(without_mark(bytes))
}

fn read_bounded(path: &Path, file: fs::File, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    fill(path, file, &mut bytes, most, |error| {
        unreadable(path, error)
    })?;
    Ok(without_mark(bytes))
}

/// Reads to the end, but never more than `most` bytes (and one, to notice).
fn fill(
    path: &Path,
    reader: impl Read,
    bytes: &mut Vec<u8>,
    most: u64,
    explain: impl Fn(&io::Error) -> Failure,
) -> Result<(), Failure> {
    let room = (most + 1).saturating_sub(bytes.len() as u64);
    reader
        .take(room)
        .read_to_end(bytes)
        .map_err(|error| explain(&error))?;
    if bytes.len() as u64 > most {
        return Err(too_large("this file", most).in_file(shown(path)).into());
    }
    Ok(())
}

fn without_mark(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    bytes
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let diagnostic = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            if fs::symlink_metadata(path).is_ok() {
                Diagnostic::error("no-such-file", "this link leads nowhere")
            } else {
                Diagnostic::error("no-such-file", "there is no such file or folder")
                    .help("paths are relative to the folder the command runs in")
            }
        }
        io::ErrorKind::PermissionDenied => {
            Diagnostic::error("unreadable", "not allowed to read this")
        }
        io::ErrorKind::IsADirectory => {
            Diagnostic::error("unreadable", "this is a folder, not a file")
        }
        _ => Diagnostic::error("unreadable", format!("cannot read this: {error}")),
    };
    diagnostic.in_file(shown(path)).into()
}

fn corrupt(path: &Path, kind: &str, error: &io::Error) -> Failure {
    let message = match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("this {kind} file ends too early"),
        _ => format!("this {kind} file is damaged: {error}"),
    };
    Diagnostic::error("damaged-archive", message)
        .in_file(shown(path))
        .help("get the file again; the copy or download may have been cut off")
        .into()
}

fn too_large(what: &str, most: u64) -> Diagnostic {
    let most = match most {
        most if most >= 1 << 30 => format!("{} GiB", most >> 30),
        most if most >= 1 << 20 => format!("{} MiB", most >> 20),
        most => format!("{most} bytes"),
    };
    let message = format!("{what} would take more than {most} of memory");
    Diagnostic::error("too-large", message)
        .help("no ATT&CK release or playbook comes near this; check where the data is from")
}

#[cfg(test)]
mod tests;
