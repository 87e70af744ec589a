//! What reading files promises.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        for (path, bytes) in files {
            let path = folder.path(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        folder
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// What was read below this folder, as `path=content`.
    fn bundles(&self, paths: &[&str]) -> Result<Vec<String>, Failure> {
        let paths: Vec<_> = paths.iter().map(|path| self.path(path)).collect();
        let (inputs, _) = read_bundles_within(&paths, 64, 128)?;
        let root = shown(self.0.path());
        Ok(inputs
            .iter()
            .map(|input| {
                let path = input.path.strip_prefix(&root).unwrap_or(&input.path);
                format!("{path}={}", String::from_utf8_lossy(&input.bytes))
            })
            .collect())
    }

    fn refusal(&self, path: &str) -> Diagnostic {
        let failure = self.bundles(&[path]).expect_err("a refusal");
        let diagnostic = failure.diagnostic().clone();
        let file = diagnostic.place.as_ref().map(|place| place.file.as_str());
        assert_eq!(file, Some(shown(&self.path(path)).as_str()));
        diagnostic
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).expect("memory");
    packer.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory")
}

#[test]
fn bundles_are_read_plain_and_compressed_whatever_they_are_called() {
    let folder = Folder::new(&[
        ("a.json", b"{1}"),
        ("b.json.gz", &gzip(b"{2}")),
        ("c.json.zst", &zstd(b"{3}")),
        ("d.json", &gzip(b"{4}")),
        ("e.json.gz", b"{5}"),
        ("f.json", b"\xef\xbb\xbf{6}"),
        ("g.json.gz", &gzip(b"\xef\xbb\xbf{7}")),
    ]);
    let read = folder.bundles(&[""]).expect("bundles");
    let contents: Vec<_> = read.iter().map(|s| &s[s.len() - 3..]).collect();
    assert_eq!(contents, ["{1}", "{2}", "{3}", "{4}", "{5}", "{6}", "{7}"]);
}

#[test]
fn folders_are_walked_in_order_without_hidden_ones_and_other_files() {
    let folder = Folder::new(&[
        ("b/2.json", b"2"),
        ("b/10.JSON", b"10"),
        ("a/x.json", b"x"),
        ("a/readme.md", b""),
        ("a/json", b""),
        (".git/y.json", b"y"),
        ("c.json", b"c"),
    ]);
    let read = folder.bundles(&["b", "", "c.json"]).expect("bundles");
    assert_eq!(
        read,
        ["/b/10.JSON=10", "/b/2.json=2", "/a/x.json=x", "/c.json=c"],
        "in the order asked for, and each file once"
    );
}

#[cfg(unix)]
#[test]
fn loops_of_links_end_and_dead_links_are_reported() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new(&[("a/x.json", b"x")]);
    symlink(folder.path("a"), folder.path("a/again")).expect("a link");
    symlink(folder.path(""), folder.path("a/up")).expect("a link");
    symlink("nowhere", folder.path("a/dead.json")).expect("a link");
    let (inputs, findings) = read_bundles(&[folder.path("")]).expect("bundles");
    assert_eq!(inputs.len(), 1);
    let messages: Vec<_> = findings.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(messages, ["left out: this link leads nowhere"]);
}

#[test]
fn what_is_missing_or_empty_is_refused_with_advice() {
    let folder = Folder::new(&[("empty/readme.md", b"")]);
    let missing = folder.refusal("nope.json");
    assert_eq!(missing.message, "there is no such file or folder");
    assert!(missing.help.is_some());
    let empty = folder.refusal("empty");
    assert_eq!((empty.code, empty.help.is_some()), ("no-bundles", true));
}

#[test]
fn damaged_archives_are_refused_with_advice() {
    let random: Vec<u8> = (0..60u8).map(|n| n.wrapping_mul(97)).collect();
    let (gzip, zstd) = (gzip(&random), zstd(&random));
    let mut flipped = gzip.clone();
    let at = flipped.len() - 6;
    flipped[at] ^= 1;
    let folder = Folder::new(&[
        ("cut.gz", &gzip[..gzip.len() - 9]),
        ("cut.zst", &zstd[..zstd.len() - 9]),
        ("flipped.gz", &flipped),
        ("junk.zst", b"\x28\xb5\x2f\xfdthis is not a frame"),
    ]);
    let says = |path| folder.refusal(path).message;
    assert_eq!(says("cut.gz"), "this gzip file ends too early");
    assert_eq!(says("cut.zst"), "this zstd file ends too early");
    assert!(says("flipped.gz").starts_with("this gzip file is damaged: "));
    assert!(says("junk.zst").starts_with("this zstd file is damaged: "));
    assert!(folder.refusal("cut.gz").help.is_some());
}

#[test]
fn bombs_and_sheer_mass_are_refused() {
    let folder = Folder::new(&[
        ("fits.json", &[b' '; 64]),
        ("plain.json", &[b' '; 65]),
        ("gzip.json", &gzip(&vec![0; 100_000])),
        ("zstd.json", &zstd(&vec![0; 100_000])),
        ("many/1.json", &[b' '; 50]),
        ("many/2.json", &[b' '; 50]),
        ("many/3.json", &[b' '; 50]),
    ]);
    assert!(folder.bundles(&["fits.json"]).is_ok());
    for path in ["plain.json", "gzip.json", "zstd.json"] {
        let refusal = folder.refusal(path);
        assert_eq!(
            refusal.message,
            "this file would take more than 64 bytes of memory"
        );
    }
    let failure = folder.bundles(&["many"]).expect_err("a refusal");
    assert_eq!(
        failure.diagnostic().message,
        "all bundles together would take more than 128 bytes of memory"
    );
}

#[test]
fn a_zstd_frame_cannot_ask_for_an_enormous_window() {
    let mut packer = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("memory");
    packer.window_log(28).expect("a window");
    packer.write_all(b"{}").expect("memory");
    // No content size is known while streaming, so the frame states its window.
    let frame = packer.finish().expect("memory");
    let folder = Folder::new(&[("wide.json.zst", &frame)]);
    assert_eq!(folder.refusal("wide.json.zst").code, "damaged-archive");
}

#[test]
fn text_that_is_not_utf8_is_refused_at_its_place() {
    let folder = Folder::new(&[
        ("good.md", "\u{feff}grüße".as_bytes()),
        ("bad.md", b"one\ntw\xff\n"),
    ]);
    assert_eq!(
        read_text(&folder.path("good.md")).as_deref(),
        Ok("grüße"),
        "without the byte order mark"
    );
    let failure = read_text(&folder.path("bad.md")).expect_err("a refusal");
    let place = failure.diagnostic().place.as_ref().expect("a place");
    assert_eq!((place.line, place.column), (Some(2), Some(3)));
    assert_eq!(place.text.as_deref(), Some("tw\u{fffd}"));
}

#[test]
fn optional_text_may_be_absent_but_not_unreadable() {
    let folder = Folder::new(&[("dir/x", b"x"), ("file", b"y")]);
    let optional = |path: &str| read_optional(&folder.path(path));
    assert_eq!(optional("nope"), Ok(None));
    assert_eq!(optional("file/below"), Ok(None));
    assert_eq!(optional("file"), Ok(Some("y".to_owned())));
    assert!(optional("dir").is_err());
}

#[test]
fn files_are_listed_by_ending_in_order() {
    let folder = Folder::new(&[
        ("b.md", b""),
        ("a/z.md", b""),
        ("a/y.html", b""),
        ("c.txt", b""),
    ]);
    let listed = list_files(&folder.path(""), &["md", "html"]).expect("a list");
    let relative: Vec<_> = listed
        .iter()
        .filter_map(|path| path.strip_prefix(folder.0.path()).ok())
        .collect();
    assert_eq!(
        relative,
        [
            Path::new("a/y.html"),
            Path::new("a/z.md"),
            Path::new("b.md")
        ]
    );
    assert!(list_files(&folder.path("nope"), &["md"]).is_err());
}
