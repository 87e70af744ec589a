//! Files packed beside themselves, for web servers that send them as they are (`gzip_static`).

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::tree::{Files, Shelf};

/// Endings of what packs well: text. Images and fonts are packed already.
const TEXT: [&str; 7] = ["html", "css", "js", "json", "svg", "xml", "csv"];
/// Half the time of the best level, for 2 percent more bytes.
const GZIP_LEVEL: u32 = 6;
const ZSTD_LEVEL: i32 = 9;
/// Two fifths of the time of the best level, for 3 percent more bytes; the levels below are hardly
/// smaller than zstd.
const BROTLI_QUALITY: i32 = 10;

/// How files are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Packing {
    /// gzip, read by every browser.
    Gz,
    /// Brotli, the smallest; browsers ask for it over HTTPS alone.
    Br,
    /// zstd, smaller and faster to read.
    Zst,
}

impl Packing {
    fn ending(self) -> &'static str {
        match self {
            Packing::Gz => "gz",
            Packing::Br => "br",
            Packing::Zst => "zst",
        }
    }

    /// The same bytes for the same bytes: no time and no name goes in.
    fn pack(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Packing::Gz => {
                let level = flate2::Compression::new(GZIP_LEVEL);
                let mut packer = flate2::write::GzEncoder::new(Vec::new(), level);
                packer.write_all(bytes)?;
                packer.finish()
            }
            Packing::Br => {
                let parameters = BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    size_hint: bytes.len(),
                    ..BrotliEncoderParams::default()
                };
                let mut packed = Vec::new();
                brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
                Ok(packed)
            }
            Packing::Zst => zstd::bulk::compress(bytes, ZSTD_LEVEL),
        }
    }
}

/// A shelf where `index.html.gz` and the like come beside the files, where they are smaller.
pub struct Packed<'p, S> {
    shelf: S,
    packings: &'p [Packing],
}

impl<'p, S: Shelf> Packed<'p, S> {
    /// Puts files on a shelf, and what these packings make of them.
    pub fn new(shelf: S, packings: &'p [Packing]) -> Self {
        Packed { shelf, packings }
    }

    /// The shelf with all that was put on it.
    pub fn into_inner(self) -> S {
        self.shelf
    }

    fn copies(&self, files: &Files) -> Result<Files, Failure> {
        let texts = files.iter().filter(|(path, _)| is_text(path));
        let jobs: Vec<_> = texts
            .flat_map(|file| self.packings.iter().map(move |packing| (file, *packing)))
            .collect();
        let packed: Result<Vec<_>, Failure> = jobs
            .into_par_iter()
            .map(|((path, bytes), packing)| {
                let packed = packing.pack(bytes).map_err(|error| {
                    Diagnostic::error("internal", format!("cannot compress: {error}")).in_file(path)
                })?;
                let is_smaller = packed.len() < bytes.len();
                Ok(is_smaller.then(|| (format!("{path}.{}", packing.ending()), packed)))
            })
            .collect();
        Ok(packed?.into_iter().flatten().collect())
    }
}

impl<S: Shelf> Shelf for Packed<'_, S> {
    fn put(&mut self, mut files: Files) -> Result<Diagnostics, Failure> {
        files.extend(self.copies(&files)?);
        self.shelf.put(files)
    }
}

fn is_text(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| TEXT.contains(&ending))
}
