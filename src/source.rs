//! The only reader of files.
//!
//! What is read may be hostile: every size is bounded, compressed data is told by its first bytes
//! and never by its name, and walks go neither into symbolic links nor into hidden folders.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the one module that reads files"
)]

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Failure, Place};

/// The most bytes that one file may hold, compressed or not. All of ATT&CK is some 60 MiB.
const MAX_FILE: u64 = 1 << 30;
/// The most bytes that a file of text may hold.
const MAX_TEXT: u64 = 16 << 20;
/// The largest zstd window, as a power of two: zstd's own limit without `--long=31`.
const MAX_WINDOW: u32 = 27;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const BOM: &[u8] = "\u{feff}".as_bytes();

/// How the names of bundles end.
const BUNDLES: &[&str] = &["json", "json.gz", "json.zst"];

/// A file's bytes, decompressed.
#[derive(Debug)]
pub struct Input {
    /// The file, as the user named it; for a file found in a folder, the folder as the user named
    /// it and the way from there, with forward slashes.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Reads bundles: files, or folders walked for `.json`, `.json.gz` and `.json.zst` files.
///
/// The order is that of `paths`, and sorted by name within a folder.
pub fn read_bundles(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| bundle_unreadable(path, &error))?;
        if !metadata.is_dir() {
            files.push((path.clone(), name(path)));
            continue;
        }
        let found = walk(path, BUNDLES)?;
        if found.is_empty() {
            let message = format!("no bundles in folder `{}`", name(path));
            return Err(Diagnostic::error("no-bundles", message)
                .in_file(name(path))
                .help("a bundle is a file ending in `.json`, `.json.gz` or `.json.zst`; hidden files and linked folders are not looked at")
                .into());
        }
        files.extend(found.into_iter().map(|file| {
            let name = name_in(path, &file);
            (file, name)
        }));
    }
    let read: Vec<Result<Input, Failure>> = files
        .into_par_iter()
        .map(|(file, path)| {
            let bytes = decode(&path, read_bounded(&file, &path, MAX_FILE)?)?;
            Ok(Input { path, bytes })
        })
        .collect();
    // Only now the errors: which of several is told must not depend on the threads.
    read.into_iter().collect()
}

/// Decompresses gzip and zstd, and drops a byte order mark. Other bytes are returned as they are.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    decode_bounded(name, bytes, MAX_FILE)
}

fn decode_bounded(name: &str, bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = if bytes.starts_with(GZIP) {
        take(MultiGzDecoder::new(&bytes[..]), limit)
            .map_err(|error| undecodable(name, "gzip", &error))?
    } else if bytes.starts_with(ZSTD) {
        zstd::Decoder::with_buffer(&bytes[..])
            .and_then(|mut decoder| {
                decoder.window_log_max(MAX_WINDOW)?;
                take(decoder, limit)
            })
            .map_err(|error| undecodable(name, "zstd", &error))?
    } else {
        bytes
    };
    check_size(name, &bytes, limit)?;
    drop_bom(&mut bytes);
    Ok(bytes)
}

/// Reads a file of text in UTF-8, without its byte order mark.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let name = name(path);
    let mut bytes = read_bounded(path, &name, MAX_TEXT)?;
    drop_bom(&mut bytes);
    String::from_utf8(bytes).map_err(|error| {
        // Up to the bad byte the two texts are the same, so the offset holds in both.
        let shown = String::from_utf8_lossy(error.as_bytes());
        let place = Place::of_offset(&name, &shown, error.utf8_error().valid_up_to(), 1);
        Diagnostic::error("not-utf-8", format!("`{name}` is not UTF-8 text"))
            .at(place)
            .help("save the file in UTF-8")
            .into()
    })
}

/// Reads a file of text that need not be there.
pub fn read_optional(path: &Path) -> Result<Option<String>, Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        _ => read_text(path).map(Some),
    }
}

/// Reads a file's bytes as they are.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    read_bounded(path, &name(path), MAX_FILE)
}

/// The files in a folder, and in the folders in it, whose names end in a dot and one of the
/// extensions, in whatever case: sorted, without hidden ones. No folder, no files.
pub fn list_files(dir: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    match fs::metadata(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        _ => walk(dir, extensions),
    }
}

fn walk(dir: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |error: io::Error| unreadable(&name(&folder), &error);
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let file_name = entry.file_name();
            let file_name = file_name.to_string_lossy();
            if file_name.starts_with('.') {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if has_extension(&file_name, extensions)
                && (kind.is_file() || kind.is_symlink() && !leads_elsewhere(&entry.path()))
            {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a link leads to a folder, which might contain the link, or to a pipe or device, which
/// might never end. A link that leads nowhere does not: reading it tells the user.
fn leads_elsewhere(link: &Path) -> bool {
    fs::metadata(link).is_ok_and(|target| !target.is_file())
}

fn has_extension(file_name: &str, extensions: &[&str]) -> bool {
    let file_name = file_name.to_ascii_lowercase();
    extensions.iter().any(|extension| {
        file_name
            .strip_suffix(extension)
            .is_some_and(|stem| stem.ends_with('.'))
    })
}

fn read_bounded(path: &Path, name: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let bytes = File::open(path)
        .and_then(|file| take(file, limit))
        .map_err(|error| unreadable(name, &error))?;
    check_size(name, &bytes, limit)?;
    Ok(bytes)
}

/// Reads one byte more than allowed at most, whatever sizes the data declares.
fn take(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check_size(name: &str, bytes: &[u8], limit: u64) -> Result<(), Failure> {
    if bytes.len() as u64 <= limit {
        return Ok(());
    }
    let message = format!("`{name}` holds more than {} MiB", limit >> 20);
    Err(Diagnostic::error("too-large", message)
        .in_file(name)
        .help("no file of this kind is that large: check where it comes from")
        .into())
}

fn drop_bom(bytes: &mut Vec<u8>) {
    if bytes.starts_with(BOM) {
        bytes.drain(..BOM.len());
    }
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn name_in(folder: &Path, file: &Path) -> String {
    let mut name = name(folder);
    for part in file.strip_prefix(folder).unwrap_or(file) {
        if !name.ends_with('/') {
            name.push('/');
        }
        name.push_str(&part.to_string_lossy());
    }
    name
}

fn undecodable(name: &str, format: &str, error: &io::Error) -> Failure {
    let message = format!("cannot decompress `{name}`: broken or truncated {format} data: {error}");
    Diagnostic::error("broken-compression", message)
        .in_file(name)
        .help(format!(
            "fetch or compress the file anew; `{format} -t` tests one"
        ))
        .into()
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    let (code, message, help) = match error.kind() {
        ErrorKind::NotFound => (
            "missing-file",
            format!("`{name}` does not exist"),
            "check the path",
        ),
        ErrorKind::IsADirectory => (
            "unreadable-file",
            format!("`{name}` is a folder"),
            "give a file",
        ),
        ErrorKind::NotADirectory => (
            "unreadable-file",
            format!("`{name}` is not a folder, or lies in something that is not"),
            "check the path",
        ),
        _ => (
            "unreadable-file",
            format!("cannot read `{name}`: {error}"),
            "check that it may be read",
        ),
    };
    Diagnostic::error(code, message)
        .in_file(name)
        .help(help)
        .into()
}

fn bundle_unreadable(path: &Path, error: &io::Error) -> Failure {
    let failure = unreadable(&name(path), error);
    if error.kind() != ErrorKind::NotFound {
        return failure;
    }
    let help = if looks_like_release(&name(path)) {
        "a release is given as its files: a bundle (`.json`, `.json.gz`, `.json.zst`) or a folder of bundles"
    } else {
        "give a bundle (`.json`, `.json.gz`, `.json.zst`) or a folder of bundles"
    };
    Diagnostic::from(failure).help(help).into()
}

/// Whether a path could be meant as the number of a release, such as `18.1` or `v18.1`.
fn looks_like_release(name: &str) -> bool {
    let number = name.strip_prefix('v').unwrap_or(name);
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::bufread::GzEncoder::new(bytes, flate2::Compression::fast())
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> &'static str {
        let diagnostic = result.unwrap_err().0;
        assert!(diagnostic.place.is_some() && diagnostic.help.is_some());
        diagnostic.code
    }

    #[test]
    fn folders_are_walked_sorted_and_named_from_where_the_user_began() {
        let folder = folder(&[
            ("b.json", b"b"),
            ("a/z.json.gz", &gzip(b"z")),
            ("a/y.JSON.zst", &zstd(b"y")),
            ("a/notjson", b"no"),
            ("a/readme.md", b"no"),
            (".git/c.json", b"no"),
            (".c.json", b"no"),
        ]);
        let slashed = format!("{}/", folder.path().display());
        let inputs =
            read_bundles(&[folder.path().join("b.json"), PathBuf::from(&slashed)]).unwrap();
        let read: Vec<_> = inputs
            .iter()
            .map(|i| (i.path.strip_prefix(&slashed).unwrap(), &i.bytes[..]))
            .collect();
        let expected: [(&str, &[u8]); 4] = [
            ("b.json", b"b"),
            ("a/y.JSON.zst", b"y"),
            ("a/z.json.gz", b"z"),
            ("b.json", b"b"),
        ];
        assert_eq!(read, expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_read_and_loops_do_not_hang() {
        use std::os::unix::fs::symlink;
        let folder = folder(&[("sub/a.json", b"a")]);
        let root = folder.path();
        symlink(root, root.join("sub/loop.json")).unwrap();
        symlink("/dev/zero", root.join("endless.json")).unwrap();
        symlink(root.join("sub/a.json"), root.join("linked.json")).unwrap();
        let inputs = read_bundles(&[root.to_owned()]).unwrap();
        assert_eq!(inputs.len(), 2);

        symlink(root.join("nowhere"), root.join("sub/dangling.json")).unwrap();
        assert_eq!(code(read_bundles(&[root.to_owned()])), "missing-file");
        symlink(root.join("self.json"), root.join("self.json")).unwrap();
        let failure = read_bundles(&[root.to_owned()]).unwrap_err();
        assert!(failure.to_string().contains("self.json"));
    }

    #[test]
    fn missing_paths_and_empty_folders_are_explained() {
        let folder = folder(&[("notes.txt", b"")]);
        let read = |path: &Path| read_bundles(&[path.to_owned()]);
        assert_eq!(code(read(folder.path())), "no-bundles");
        let missing = read(&folder.path().join("none.json"));
        assert!(
            missing
                .unwrap_err()
                .0
                .help
                .unwrap()
                .starts_with("give a bundle")
        );
        let release = read(Path::new("18.1")).unwrap_err().0;
        assert_eq!(release.message, "`18.1` does not exist");
        assert!(release.help.unwrap().starts_with("a release is given as"));
        assert!(read_bundles(&[]).unwrap().is_empty());
    }

    #[test]
    fn compression_is_told_by_the_first_bytes() {
        for bytes in [
            b"{}".to_vec(),
            gzip(b"{}"),
            zstd(b"{}"),
            zstd(b"\xef\xbb\xbf{}"),
        ] {
            assert_eq!(decode("x.json", bytes).unwrap(), b"{}");
        }
        let members = [gzip(b"{"), gzip(b"}")].concat();
        assert_eq!(decode("x", members).unwrap(), b"{}");
        let frames = [zstd(b"{"), zstd(b"}")].concat();
        assert_eq!(decode("x", frames).unwrap(), b"{}");
        assert!(decode("x", Vec::new()).unwrap().is_empty());
    }

    #[test]
    fn truncated_and_corrupt_data_name_the_file() {
        let text = b"a text that is long enough to be cut anywhere, and then some".repeat(9);
        for whole in [gzip(&text), zstd(&text)] {
            for end in 4..whole.len() {
                let failure = decode("cut.json", whole[..end].to_vec()).unwrap_err();
                assert_eq!(failure.0.code, "broken-compression");
                assert!(failure.to_string().contains("`cut.json`"));
            }
            let corrupt = [&whole[..], b"junk"].concat();
            assert_eq!(code(decode("x", corrupt)), "broken-compression");
        }
    }

    #[test]
    fn bombs_stop_at_the_limit() {
        let zeros = vec![0; 256 << 10];
        for bomb in [gzip(&zeros), zstd(&zeros), zeros.clone()] {
            assert_eq!(code(decode_bounded("x", bomb, 64 << 10)), "too-large");
        }
        let exact = zstd(&zeros);
        assert!(decode_bounded("x", exact, 256 << 10).is_ok());
        // A frame that declares 2^62 bytes and holds none: no room is made for the claim.
        let mut liar = [ZSTD, &[0xe0], &(1_u64 << 62).to_le_bytes()[..]].concat();
        liar.extend([1, 0, 0]);
        assert_eq!(code(decode("x", liar)), "broken-compression");
    }

    #[test]
    fn large_files_are_refused() {
        let folder = folder(&[("big.md", &vec![b'x'; 17 << 20])]);
        assert_eq!(code(read_text(&folder.path().join("big.md"))), "too-large");
    }

    #[test]
    fn text_is_utf_8() {
        let folder = folder(&[
            ("good.md", b"\xef\xbb\xbfone"),
            ("bad.md", b"\xc3\xa9\nsay \xff!\n"),
        ]);
        let path = |name: &str| folder.path().join(name);
        assert_eq!(read_text(&path("good.md")).unwrap(), "one");
        let place = read_text(&path("bad.md")).unwrap_err().0.place.unwrap();
        assert_eq!((place.line, place.column), (Some(2), Some(5)));
        assert_eq!(place.text.as_deref(), Some("say \u{fffd}!"));
    }

    #[test]
    fn what_need_not_be_there_may_be_absent() {
        let folder = folder(&[("t.toml", b"x"), ("raw", b"\xef\xbb\xbf\xff")]);
        let path = |name: &str| folder.path().join(name);
        assert_eq!(read_optional(&path("none")).unwrap(), None);
        assert_eq!(
            read_optional(&path("t.toml")).unwrap().as_deref(),
            Some("x")
        );
        assert_eq!(code(read_optional(folder.path())), "unreadable-file");
        assert_eq!(read_file(&path("raw")).unwrap(), b"\xef\xbb\xbf\xff");
        assert_eq!(code(read_file(&path("none"))), "missing-file");
    }

    #[test]
    fn files_are_listed_sorted() {
        let folder = folder(&[
            ("b.md", b""),
            ("a/c.MD", b""),
            ("a/md", b""),
            ("a/.hidden.md", b""),
            ("d.txt", b""),
        ]);
        let list = list_files(folder.path(), &["md"]).unwrap();
        assert_eq!(
            list,
            [folder.path().join("a/c.MD"), folder.path().join("b.md")]
        );
        assert!(
            list_files(&folder.path().join("none"), &["md"])
                .unwrap()
                .is_empty()
        );
        let file = folder.path().join("b.md");
        assert_eq!(code(list_files(&file, &["md"])), "unreadable-file");
    }
}
