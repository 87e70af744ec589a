//! Techniques whose descriptions read alike: the cosine of TF-IDF vectors.
//!
//! Weights are rounded to whole numbers, so that sums are exact and the last bit of a logarithm
//! cannot change a rank.

use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use crate::attack::related::{DEPTH, Place, Prose, Techniques};

/// A word that is in more than one text out of this many tells nothing apart.
const COMMON: usize = 4;
/// Nor does one in more texts than this, however many there are: the work would grow with their
/// square.
const MOST: usize = 250;
/// What a weight of one is as a whole number.
const UNIT: f64 = 256.0;

type Weight = u64;

pub(super) struct Texts<'t, 'k, 'a> {
    techniques: &'t Techniques<'k, 'a>,
    /// For each technique, its words and what each weighs.
    words: Vec<Vec<(usize, Weight)>>,
    /// For each word, the techniques whose texts have it.
    postings: Vec<Vec<(Place, Weight)>>,
    /// The length of each technique's vector.
    norms: Vec<f64>,
}

impl<'t, 'k, 'a> Texts<'t, 'k, 'a> {
    pub(super) fn new(techniques: &'t Techniques<'k, 'a>, prose: &impl Prose) -> Self {
        let texts: Vec<String> = techniques
            .places()
            .into_par_iter()
            .map(|place| prose.plain(techniques.ix(place)).to_lowercase())
            .collect();
        let counted: Vec<Vec<(&str, usize)>> =
            texts.par_iter().map(|text| count_words(text)).collect();
        let with_text = counted.iter().filter(|counts| !counts.is_empty()).count();
        let postings: Vec<Vec<(Place, Weight)>> = texts_by_word(&counted)
            .into_iter()
            .filter(|texts| texts.len() <= MOST.min(with_text / COMMON))
            // A word of one text makes nothing alike, but it makes that text longer.
            .map(|texts| {
                let rarity = (number(with_text) / number(texts.len())).ln();
                let weigh = |count| (UNIT * (1.0 + number(count).ln()) * rarity).round();
                let texts = texts.into_iter();
                texts
                    .map(|(place, count)| (place, whole(weigh(count))))
                    .collect()
            })
            .collect();
        let mut words = vec![Vec::new(); counted.len()];
        for (word, texts) in postings.iter().enumerate() {
            for &(place, weight) in texts {
                words[place].push((word, weight));
            }
        }
        let norms = words
            .iter()
            .map(|words| norm(words.iter().map(|&(_, weight)| weight)))
            .collect();
        Texts {
            techniques,
            words,
            postings,
            norms,
        }
    }

    /// The most alike first, then by ID.
    pub(super) fn like(&self, place: Place) -> Vec<Place> {
        let mut products = vec![0; self.techniques.all.len()];
        for &(word, own) in &self.words[place] {
            for &(other, weight) in &self.postings[word] {
                products[other] += own * weight;
            }
        }
        // The own length is the same for all and changes no rank.
        let mut ranked: Vec<(f64, Place)> = self
            .techniques
            .places()
            .filter(|&other| products[other] > 0 && self.techniques.may_relate(place, other))
            .map(|other| (real(products[other]) / self.norms[other], other))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(DEPTH);
        ranked.into_iter().map(|(_, other)| other).collect()
    }
}

fn norm(weights: impl Iterator<Item = Weight>) -> f64 {
    real(weights.map(|weight| weight * weight).sum()).sqrt()
}

/// Each word of a text in lower case, and how often it is there.
fn count_words(text: &str) -> Vec<(&str, usize)> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let mut words: Vec<&str> = words.filter(|word| word.len() > 2).map(stem).collect();
    words.sort_unstable();
    let runs = words.chunk_by(|a, b| a == b);
    runs.map(|run| (run[0], run.len())).collect()
}

/// For each word, in the order in which the texts bring them, which texts have it how often.
fn texts_by_word(counted: &[Vec<(&str, usize)>]) -> Vec<Vec<(Place, usize)>> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut by_word: Vec<Vec<(Place, usize)>> = Vec::new();
    for (place, counts) in counted.iter().enumerate() {
        for &(word, count) in counts {
            let number = *numbers.entry(word).or_insert(by_word.len());
            if number == by_word.len() {
                by_word.push(Vec::new());
            }
            by_word[number].push((place, count));
        }
    }
    by_word
}

/// One form for singular and plural.
fn stem(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(singular) if singular.len() > 2 && !singular.ends_with('s') => singular,
        _ => word,
    }
}

#[expect(clippy::cast_precision_loss, reason = "texts have thousands of words")]
fn number(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "weights are small and positive"
)]
fn whole(weight: f64) -> Weight {
    weight as Weight
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sums of some thousand products stay exact"
)]
fn real(sum: Weight) -> f64 {
    sum as f64
}
