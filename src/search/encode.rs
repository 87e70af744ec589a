//! The index as scripts: a page opened from a folder may load nothing else.
//!
//! `names.js` holds what things are called, `text.js` the postings, `texts/N.js` the descriptions of
//! 64 documents each. Numbers are characters of a string: small ones take one byte, and a
//! compressor sees each as one symbol. `engine.js` reads all of it.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::search::document::{Document, KindLabel};
use crate::search::index::Index;

/// Documents whose descriptions share a file.
const SHARD: usize = 64;

/// The first character for numbers: above the quotation mark.
const FIRST: u32 = 35;
/// The backslash, which a string would have to escape.
const SKIPPED: u32 = 92;
/// Numbers from here on take more than one character.
const LIMIT: u32 = 1 << 14;

#[derive(Serialize)]
struct NamesFile<'i> {
    kinds: Vec<KindView<'i>>,
    /// A line for each document: kind, ID, title, address unless it follows from the ID, aliases.
    documents: String,
    /// Old IDs, each with the number of the document they lead to.
    old: BTreeMap<&'i str, usize>,
    shard: usize,
}

#[derive(Serialize)]
struct KindView<'i> {
    key: &'i str,
    one: &'i str,
    many: &'i str,
    folder: &'i str,
}

impl<'i> KindView<'i> {
    fn new(kind: &'i KindLabel) -> KindView<'i> {
        KindView {
            key: kind.key,
            one: &kind.one,
            many: &kind.many,
            folder: kind.folder,
        }
    }
}

#[derive(Serialize)]
struct TextFile<'i> {
    terms: String,
    units: String,
    counts: String,
    gaps: String,
    impacts: String,
    platforms: Facet<'i>,
    tactics: Facet<'i>,
    groups: String,
}

/// The values of a facet, and for each document how many it has and which.
#[derive(Serialize)]
struct Facet<'i> {
    values: Vec<&'i str>,
    of: String,
}

impl Index {
    /// The files of the index: path from the root of the site, and bytes.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let (names, text) = rayon::join(
            || script("names", &self.names_file()),
            || script("text", &self.text_file()),
        );
        let mut files = vec![
            ("search/names.js".to_owned(), names),
            ("search/text.js".to_owned(), text),
        ];
        let shards: Vec<(usize, &[Document])> = self.documents.chunks(SHARD).enumerate().collect();
        files.par_extend(shards.into_par_iter().map(|(number, documents)| {
            let texts: Vec<&str> = documents.iter().map(|d| d.description.as_str()).collect();
            let bytes = script(&format!("texts[{number}]"), &texts);
            (format!("search/texts/{number}.js"), bytes)
        }));
        files
    }

    fn names_file(&self) -> NamesFile<'_> {
        let mut kinds: Vec<&KindLabel> = Vec::new();
        let mut documents = String::new();
        let mut old = BTreeMap::new();
        for (number, document) in self.documents.iter().enumerate() {
            let kind = &document.kind;
            let kind_number = kinds.iter().position(|k| *k == kind).unwrap_or_else(|| {
                kinds.push(kind);
                kinds.len() - 1
            });
            if number > 0 {
                documents.push('\n');
            }
            documents.push_str(&kind_number.to_string());
            let usual = format!(
                "{}/{}/index.html",
                kind.folder,
                document.id.replace('.', "/")
            );
            let href = if document.href == usual {
                ""
            } else {
                &document.href
            };
            let mut cells = vec![&document.id, &document.title, href];
            cells.extend(document.aliases.iter().map(String::as_str));
            while cells.last() == Some(&"") {
                cells.pop();
            }
            for cell in cells {
                documents.push('\t');
                // Only what stands between cells and lines may be a tab or line end.
                documents.extend(cell.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
            old.extend(document.old_ids.iter().map(|id| (id.as_str(), number)));
        }
        NamesFile {
            kinds: kinds.into_iter().map(KindView::new).collect(),
            documents,
            old,
            shard: SHARD,
        }
    }

    fn text_file(&self) -> TextFile<'_> {
        let mut file = TextFile {
            terms: String::new(),
            units: String::new(),
            counts: String::new(),
            gaps: String::new(),
            impacts: String::new(),
            platforms: facet(&self.documents, |d| &d.platforms),
            tactics: facet(&self.documents, |d| &d.tactics),
            groups: String::new(),
        };
        let mut before = "";
        for term in &self.terms {
            let word = term.word.as_str();
            let shared = word.char_indices().zip(before.chars());
            let shared: usize = shared
                .take_while(|((_, a), b)| a == b)
                .map(|((_, a), _)| a.len_utf8())
                .sum();
            number(word[..shared].chars().count(), &mut file.terms);
            file.terms.push_str(&word[shared..]);
            // Words are letters and digits, so the blank ends one.
            file.terms.push(' ');
            before = word;
            number(term.unit as usize, &mut file.units);
            number(term.postings.len(), &mut file.counts);
            gaps(term.postings.iter().map(|p| p.0), &mut file.gaps);
            for &(_, impact) in &term.postings {
                number(impact.into(), &mut file.impacts);
            }
        }
        for (own, members) in &self.groups {
            number(*own as usize, &mut file.groups);
            number(members.len(), &mut file.groups);
            gaps(members.iter().copied(), &mut file.groups);
        }
        file
    }
}

/// Sets a property of the search's one global.
fn script(property: &str, value: &impl Serialize) -> Vec<u8> {
    let head = if property.starts_with("texts") {
        "(self.ttpressSearch=self.ttpressSearch||{}).texts=ttpressSearch.texts||[];ttpressSearch."
    } else {
        "(self.ttpressSearch=self.ttpressSearch||{})."
    };
    let mut bytes = format!("{head}{property}=").into_bytes();
    // Strings and maps with string keys are always JSON, and writing to memory cannot fail.
    let _ = serde_json::to_writer(&mut bytes, value);
    bytes.extend_from_slice(b";\n");
    bytes
}

fn facet(documents: &[Document], of: fn(&Document) -> &Vec<String>) -> Facet<'_> {
    let mut values: Vec<&str> = documents.iter().flat_map(of).map(String::as_str).collect();
    values.sort_unstable();
    values.dedup();
    let mut encoded = String::new();
    for document in documents {
        number(of(document).len(), &mut encoded);
        for value in of(document) {
            number(
                values.partition_point(|v| v < &value.as_str()),
                &mut encoded,
            );
        }
    }
    Facet {
        values,
        of: encoded,
    }
}

/// Sorted numbers, each as its distance from the one before.
fn gaps(numbers: impl Iterator<Item = u32>, out: &mut String) {
    let mut before = 0;
    for next in numbers {
        number((next - before) as usize, out);
        before = next;
    }
}

/// A number as characters.
fn number(value: usize, out: &mut String) {
    let mut rest = u32::try_from(value).unwrap_or(u32::MAX);
    loop {
        let more = rest >= LIMIT;
        let digit = rest % LIMIT + if more { LIMIT } else { 0 };
        let code = digit + FIRST;
        let code = if code >= SKIPPED { code + 1 } else { code };
        out.extend(char::from_u32(code));
        if !more {
            return;
        }
        rest /= LIMIT;
    }
}
