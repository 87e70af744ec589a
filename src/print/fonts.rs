//! Fonts for letters that the embedded ones lack.

use std::collections::BTreeSet;
use std::path::Path;

use typst::foundations::Bytes;
use typst::text::Font;

use crate::source;

/// Where systems keep fonts.
const FOLDERS: [&str; 5] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:\\Windows\\Fonts",
];

/// The letters of texts that none of the fonts has.
pub(super) fn missing<'t>(texts: impl Iterator<Item = &'t str>, fonts: &[Font]) -> BTreeSet<char> {
    let letters: BTreeSet<char> = texts
        .flat_map(str::chars)
        .filter(|c| !c.is_ascii() && !is_unseen(*c))
        .collect();
    letters
        .into_iter()
        .filter(|&c| !fonts.iter().any(|font| has(font, c)))
        .collect()
}

/// Letters without a shape of their own.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

fn has(font: &Font, c: char) -> bool {
    font.info().coverage.contains(u32::from(c))
}

/// Fonts of the system that have missing letters, in the order of their paths, until none is
/// missing. What a font has is taken out of `missing`.
pub(super) fn covering(missing: &mut BTreeSet<char>) -> Vec<Font> {
    let mut found = Vec::new();
    for folder in FOLDERS.map(Path::new) {
        // A folder that is not there, or may not be read, has no fonts for us.
        let files = source::list_files(folder, &["ttf", "otf", "ttc"]).unwrap_or_default();
        for path in files {
            if missing.is_empty() {
                return found;
            }
            let Ok(bytes) = source::read_file(&path) else {
                continue;
            };
            for font in Font::iter(Bytes::new(bytes)) {
                let before = missing.len();
                missing.retain(|&c| !has(&font, c));
                if missing.len() < before {
                    found.push(font);
                }
            }
        }
    }
    found
}
