//! From documents to postings. What a document is worth for a word: how often it stands there (as in
//! BM25F: each field in its weight, evened out by its length; then logarithmic), times how rare the
//! word is, times the document's prior; on a scale of 15 steps of the word's best.
//!
//! Two neighbouring words of a name are a term too: they tell more together than apart.

// Every word of the site goes through these maps.
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use crate::search::document::{Document, Group};
use crate::search::names::Names;
use crate::search::tokenize::{PAIR, Pairs, lower_words, words};

/// Steps of an impact.
pub(super) const STEPS: f64 = 15.0;

/// How much the parts of a document count.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Of ID, title and parent's title.
    pub title: f64,
    /// Of other names.
    pub alias: f64,
    /// Of the description.
    pub description: f64,
    /// Of what others say.
    pub related: f64,
    /// Of detection.
    pub detection: f64,
    /// How late the count of a word saturates.
    pub saturation: f64,
    /// How much long texts pay for their length.
    pub length: f64,
    /// At most so many documents are kept for a word, the best ones: more only add weight.
    pub most: usize,
    /// Of two neighbouring words of a name.
    pub pair: f64,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            title: 5.0,
            alias: 4.0,
            description: 1.5,
            related: 1.2,
            detection: 1.3,
            saturation: 1.2,
            length: 0.15,
            most: 200,
            pair: 0.5,
        }
    }
}

const FIELDS: usize = 5;
/// Pairs are looked for in names and descriptions only: elsewhere they cost more than they tell.
const PAIRED: usize = 3;
/// Words that stand in more documents than this lose those where they tell next to nothing.
const COMMON: usize = 30;

/// Documents ready to be asked.
#[derive(Debug)]
pub struct Index {
    /// Sorted by ID: ties go by their order.
    pub(super) documents: Vec<Document>,
    pub(super) names: Names,
    pub(super) groups: Vec<(u32, Vec<u32>)>,
    /// Every word, sorted.
    pub(super) terms: Vec<Term>,
}

/// A word and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) word: String,
    /// What one step of an impact is worth.
    pub(super) unit: u32,
    /// Documents and impacts (1 to 15), by document.
    pub(super) postings: Vec<(u32, u8)>,
}

impl Index {
    /// Builds an index.
    pub fn new(documents: Vec<Document>, groups: &[Group]) -> Index {
        Index::weighted(documents, groups, &Weights::default())
    }

    /// Builds an index with other weights than the usual ones.
    pub fn weighted(mut documents: Vec<Document>, groups: &[Group], weights: &Weights) -> Index {
        documents.sort_by(|a, b| (&a.id, &a.href).cmp(&(&b.id, &b.href)));
        let names = Names::new(&documents);
        let terms = terms(&mut documents, &names, weights);
        Index {
            groups: group_members(&documents, groups),
            names,
            terms,
            documents,
        }
    }

    /// The postings of a word.
    pub(super) fn term(&self, word: &str) -> Option<&Term> {
        let at = self
            .terms
            .binary_search_by(|term| term.word.as_str().cmp(word));
        at.ok().map(|at| &self.terms[at])
    }
}

fn group_members(documents: &[Document], groups: &[Group]) -> Vec<(u32, Vec<u32>)> {
    let numbers: HashMap<&str, u32> = (0..)
        .zip(documents)
        .map(|(i, d)| (d.id.as_str(), i))
        .collect();
    let mut found: Vec<(u32, Vec<u32>)> = groups
        .iter()
        .filter_map(|group| {
            let own = *numbers.get(group.id.as_str())?;
            let members = group.members.iter();
            let mut members: Vec<u32> = members
                .filter_map(|id| numbers.get(id.as_str()).copied())
                .collect();
            members.push(own);
            members.sort_unstable();
            members.dedup();
            Some((own, members))
        })
        .collect();
    found.sort();
    found
}

/// How often a word stands in each field of a document.
type Frequencies = [u16; FIELDS];

/// How many words the fields of a document have.
type Lengths = [u32; FIELDS];

/// The texts that are searched and never shown.
struct Body {
    related: String,
    detection: String,
}

/// The words of a run of documents.
#[derive(Default)]
struct Words {
    /// For each word, the documents that have it.
    found: HashMap<Box<str>, Vec<(u32, Frequencies)>>,
    lengths: Vec<Lengths>,
}

impl Words {
    /// Adds the next document.
    fn add(&mut self, number: u32, texts: &[(usize, String)], known: &HashSet<String>) {
        let (counts, lengths) = count(texts, known);
        for (word, frequencies) in counts {
            if let Some(documents) = self.found.get_mut(word) {
                documents.push((number, frequencies));
            } else {
                self.found.insert(word.into(), vec![(number, frequencies)]);
            }
        }
        self.lengths.push(lengths);
    }

    /// The words of both runs, the documents of this one first.
    #[expect(
        clippy::iter_over_hash_type,
        reason = "each word has documents of its own"
    )]
    fn followed_by(mut self, next: Words) -> Words {
        if self.lengths.is_empty() {
            return next;
        }
        for (word, documents) in next.found {
            self.found.entry(word).or_default().extend(documents);
        }
        self.lengths.extend(next.lengths);
        self
    }
}

/// The texts of a document in lower case, each with its field.
fn folded(document: &Document, body: &Body, parent: Option<&str>) -> Vec<(usize, String)> {
    let aliases = document.aliases.iter().map(|alias| (1, alias.as_str()));
    [
        (0, document.own_id()),
        (0, &document.title),
        (0, parent.unwrap_or_default()),
    ]
    .into_iter()
    .chain(aliases)
    .chain([
        (2, document.description.as_str()),
        (3, &body.related),
        (4, &body.detection),
    ])
    .map(|(field, text)| (field, text.to_lowercase()))
    .collect()
}

fn count<'t>(
    texts: &'t [(usize, String)],
    known: &'t HashSet<String>,
) -> (Vec<(&'t str, Frequencies)>, Lengths) {
    let mut found: HashMap<&str, Frequencies> = HashMap::default();
    let mut lengths = [0; FIELDS];
    for (field, text) in texts {
        let mut add = |term| {
            let count = &mut found.entry(term).or_default()[*field];
            *count = count.saturating_add(1);
        };
        let mut pairs = Pairs::default();
        lower_words(text, |word| {
            lengths[*field] += 1;
            add(word);
            if *field < PAIRED
                && let Some(pair) = pairs.with(word).and_then(|pair| known.get(pair))
            {
                add(pair);
            }
        });
    }
    (found.into_iter().collect(), lengths)
}

/// Counts the words of all documents, whose bodies are let go one by one: all of them in lower case,
/// and all counts by document, would be the most memory that a build takes.
fn terms(documents: &mut [Document], names: &Names, weights: &Weights) -> Vec<Term> {
    let known = known_pairs(documents);
    let bodies: Vec<(u32, Body)> = (0..)
        .zip(&mut *documents)
        .map(|(number, document)| {
            let body = Body {
                related: std::mem::take(&mut document.related),
                detection: std::mem::take(&mut document.detection),
            };
            (number, body)
        })
        .collect();
    let documents = &*documents;
    let words = bodies
        .into_par_iter()
        .fold(Words::default, |mut words, (number, body)| {
            let i = number as usize;
            let parent = names.parent(i).map(|parent| &*documents[parent].title);
            words.add(number, &folded(&documents[i], &body, parent), &known);
            words
        })
        .reduce(Words::default, Words::followed_by);
    let Words { found, lengths } = words;
    let averages = averages(&lengths);
    let mut by_word: Vec<(Box<str>, _)> = found.into_iter().collect();
    by_word.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    by_word
        .into_par_iter()
        .map(|(word, counts)| {
            let weighted = counts.into_iter().map(|(i, frequencies)| {
                let lengths = &lengths[i as usize];
                (i, weighted_count(&frequencies, lengths, &averages, weights))
            });
            impacts(word.into(), weighted.collect(), documents, weights)
        })
        .collect()
}

/// The pairs of all names.
fn known_pairs(documents: &[Document]) -> HashSet<String> {
    let mut known = HashSet::default();
    for name in documents
        .iter()
        .flat_map(|d| d.aliases.iter().chain([&d.title]))
    {
        let mut pairs = Pairs::default();
        words(name, |word| {
            known.extend(pairs.with(word).map(str::to_owned));
        });
    }
    known
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn averages(lengths: &[Lengths]) -> [f64; FIELDS] {
    std::array::from_fn(|field| {
        let total: u64 = lengths.iter().map(|of| u64::from(of[field])).sum();
        (total as f64 / lengths.len().max(1) as f64).max(1.0)
    })
}

/// The count of a word over all fields, each in its weight and evened out by its length.
fn weighted_count(
    frequencies: &Frequencies,
    lengths: &Lengths,
    averages: &[f64; FIELDS],
    weights: &Weights,
) -> f64 {
    let field_weights = [
        weights.title,
        weights.alias,
        weights.description,
        weights.related,
        weights.detection,
    ];
    (0..FIELDS)
        .map(|f| {
            let length =
                1.0 - weights.length + weights.length * f64::from(lengths[f]) / averages[f];
            field_weights[f] * f64::from(frequencies[f]) / length
        })
        .sum()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "documents are counted in thousands"
)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "impacts are small"
)]
fn impacts(
    word: String,
    counts: Vec<(u32, f64)>,
    documents: &[Document],
    weights: &Weights,
) -> Term {
    let all = documents.len() as f64;
    let with = counts.len() as f64;
    let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
    let kind = if word.contains(PAIR) {
        weights.pair
    } else {
        1.0
    };
    let mut scores: Vec<(u32, f64)> = counts
        .into_iter()
        .map(|(i, count)| {
            let saturated = (1.0 + count / weights.saturation).ln();
            (i, rarity * saturated * kind * documents[i as usize].prior)
        })
        .collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scores.truncate(weights.most);
    let best = scores.first().map_or(1.0, |score| score.1);
    let mut postings: Vec<(u32, u8)> = scores
        .into_iter()
        .map(|(i, score)| (i, (score / best * STEPS).round().max(1.0) as u8))
        .collect();
    if postings.len() > COMMON {
        postings.retain(|&(_, impact)| impact > 1);
    }
    postings.sort_unstable();
    Term {
        word,
        unit: (best * 24.0).round().clamp(1.0, 2000.0) as u32,
        postings,
    }
}
