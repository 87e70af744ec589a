//! What documents are called: IDs in every form, names, other names.

use std::collections::HashMap;

use crate::search::document::Document;
use crate::search::tokenize::{compact, has_digit, within_one_edit};

/// How well a query names a document; the text counts only among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Not by its name.
    Text,
    /// One letter is wrong.
    Near,
    /// A name begins so.
    Prefix,
    /// A name, letter by letter.
    Exact,
    /// The ID.
    Id,
}

/// Shorter names are one edit from too many others.
const SHORTEST_NEAR: usize = 4;

/// The names of all documents, without blanks and signs.
#[derive(Debug)]
pub(super) struct Names {
    keys: Vec<(String, u32)>,
    /// Techniques with the name of their parent before their own.
    full: HashMap<String, u32>,
    ids: HashMap<String, u32>,
    parents: Vec<Option<usize>>,
    parts: Vec<bool>,
}

impl Names {
    pub(super) fn new(documents: &[Document]) -> Names {
        let mut ids = HashMap::new();
        // A document's own ID is stronger than an old one of another.
        for (i, document) in (0..).zip(documents) {
            if !document.own_id().is_empty() {
                ids.entry(compact(document.own_id())).or_insert(i);
            }
        }
        for (i, document) in (0..).zip(documents) {
            for old in &document.old_ids {
                ids.entry(compact(old)).or_insert(i);
            }
        }
        let mut keys = Vec::new();
        let mut full = HashMap::new();
        let mut parents = Vec::with_capacity(documents.len());
        for (i, document) in (0..).zip(documents) {
            keys.push((compact(document.own_id()), i));
            keys.push((compact(&document.title), i));
            keys.extend(document.aliases.iter().map(|alias| (compact(alias), i)));
            let parent = document
                .own_id()
                .split_once('.')
                .and_then(|(id, _)| ids.get(&compact(id)));
            if let Some(&parent) = parent {
                let title = &documents[parent as usize].title;
                full.entry(compact(title) + &compact(&document.title))
                    .or_insert(i);
            }
            parents.push(parent.map(|&parent| parent as usize));
        }
        keys.retain(|(key, _)| !key.is_empty());
        Names {
            keys,
            full,
            ids,
            parents,
            parts: documents.iter().map(Document::is_part).collect(),
        }
    }

    /// The technique that a sub-technique belongs to.
    pub(super) fn parent(&self, i: usize) -> Option<usize> {
        self.parents[i]
    }

    /// The documents that a query names.
    pub(super) fn find(&self, query: &str) -> HashMap<u32, Match> {
        let mut found = HashMap::new();
        let mut keep = |i: u32, how: Match| {
            let best = found.entry(i).or_insert(how);
            *best = how.max(*best);
        };
        let key = compact(query);
        if key.is_empty() {
            return found;
        }
        if let Some(&i) = id_key(query).and_then(|id| self.ids.get(&id)) {
            keep(i, Match::Id);
        }
        if let Some(&i) = self.full.get(&key) {
            keep(i, Match::Exact);
        }
        for (name, i) in &self.keys {
            if *name == key {
                keep(*i, Match::Exact);
            } else if name.starts_with(&key) && !self.parts[*i as usize] {
                keep(*i, Match::Prefix);
            }
        }
        if found.is_empty() && key.chars().count() >= SHORTEST_NEAR && !has_digit(&key) {
            self.near(&key, &mut found);
        }
        found
    }

    fn near(&self, key: &str, found: &mut HashMap<u32, Match>) {
        let letters: Vec<char> = key.chars().collect();
        let mut name_letters = Vec::new();
        for (name, i) in &self.keys {
            // A letter takes up to three bytes.
            if name.len().abs_diff(key.len()) > 3 || self.parts[*i as usize] {
                continue;
            }
            name_letters.clear();
            name_letters.extend(name.chars());
            if name_letters.len() >= SHORTEST_NEAR && within_one_edit(&letters, &name_letters) {
                found.insert(*i, Match::Near);
            }
        }
    }
}

/// `t1059 001`, `T1059/001`, `1059.001`, an address of attack.mitre.org → `t1059001`.
fn id_key(query: &str) -> Option<String> {
    let lower = query.trim().trim_end_matches('/').to_lowercase();
    let lower = match lower.split_once("attack.mitre.org/") {
        Some((_, path)) => path.split_once('/').map_or(path, |(_, id)| id),
        None => lower.as_str(),
    };
    let lower = lower.split('#').next_back().unwrap_or_default();
    let letters = lower.bytes().take_while(u8::is_ascii_lowercase).count();
    let rest = lower[letters..].trim_start_matches(['-', ' ']);
    let mut digits = rest.split(['.', '/', ' ', '-']);
    let (main, sub) = (digits.next()?, digits.next());
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = letters <= 3
        && main.len() == 4
        && are_digits(main)
        && sub.is_none_or(|sub| sub.len() == 3 && are_digits(sub))
        && digits.next().is_none();
    let prefix = if letters == 0 { "t" } else { &lower[..letters] };
    fits.then(|| format!("{prefix}{main}{}", sub.unwrap_or_default()))
}
