//! Asking an index. `engine.js` does the same, step by step.

use std::collections::{BTreeSet, HashMap};

use crate::search::document::Document;
use crate::search::index::{Index, Term};
use crate::search::names::Match;
use crate::search::parse::{self, Query};
use crate::search::tokenize::{
    Pairs, compact, has_digit, is_letter, spaced, within_one_edit, words,
};

/// What a word of the query is worth, and what one that it may stand for, in tenths.
const EXACT: u32 = 10;
const FORM: u32 = 5;
const BEGINS: u32 = 2;
const NEAR: u32 = 6;

/// What the forms of a word end in (`dump`, `dumps`, `dumped`, `dumping`), and the shortest stem.
const ENDINGS: [&str; 5] = ["", "s", "es", "ed", "ing"];
const SHORTEST_STEM: usize = 4;

/// A technique is worth at least so much of its best sub-technique, in quarters: a query seldom says
/// which of the two it means.
const FAMILY: u64 = 3;

/// A word shorter than this stands for no longer ones in texts; in names it does.
const SHORTEST_BEGINNING: usize = 3;
/// The most words that one may stand for.
const MOST_BEGINNINGS: usize = 50;
const SHORTEST_NEAR: usize = 4;

/// A document that answers a query.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'i> {
    /// Which one.
    pub document: &'i Document,
    /// Whether the query names it.
    pub named: Match,
}

impl Index {
    /// The documents that answer a query, the best first.
    pub fn search(&self, query: &str) -> Vec<Hit<'_>> {
        let mut query = parse::parse(query);
        let mut hits = self.answers(&query, true);
        if hits.is_empty() && !(query.phrases.is_empty() && query.without.is_empty()) {
            // Nobody is helped by an empty page: the words stand for the phrase, and none is ruled out.
            let without = std::mem::take(&mut query.without);
            query.text = [query.text.as_str(), without.join(" ").as_str()].join(" ");
            hits = self.answers(&query, false);
        }
        let hits = hits.into_iter();
        hits.map(|(i, named)| Hit {
            document: &self.documents[i as usize],
            named,
        })
        .collect()
    }

    fn answers(&self, query: &Query, strict: bool) -> Vec<(u32, Match)> {
        let named = self.names.find(&query.text);
        let scores = self.scores(&query.text);
        let passes = self.filters(query);
        let everything =
            query.text.trim().is_empty() && query.filters.iter().any(|f| !f.is_empty());
        let mut hits: Vec<(Match, u64, u32)> = (0..)
            .zip(scores)
            .filter_map(|(i, score)| {
                let how = named.get(&i).copied();
                let found = how.is_some() || score > 0 || everything;
                (found && passes(i)).then(|| (how.unwrap_or(Match::Text), score, i))
            })
            .collect();
        if strict {
            for phrase in query.phrases.iter().filter_map(|p| self.holders(p)) {
                hits.retain(|&(_, _, i)| phrase[i as usize]);
            }
        }
        hits.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.cmp(&b.2)));
        hits.into_iter().map(|(how, _, i)| (i, how)).collect()
    }

    /// How well each document answers the words.
    fn scores(&self, text: &str) -> Vec<u64> {
        let mut scores = vec![0; self.documents.len()];
        let mut asked: Vec<String> = Vec::new();
        let mut pairs = Pairs::default();
        words(text, |word| {
            if !asked.iter().any(|a| a == word) {
                asked.push(word.to_owned());
            }
            if let Some(term) = pairs.with(word).and_then(|pair| self.term(pair)) {
                for &(i, impact) in &term.postings {
                    scores[i as usize] +=
                        u64::from(EXACT) * u64::from(term.unit) * u64::from(impact);
                }
            }
        });
        let is_open = text.ends_with(is_letter);
        for (n, word) in asked.iter().enumerate() {
            let is_last = is_open && n + 1 == asked.len();
            let mut best: HashMap<u32, u64> = HashMap::new();
            for (term, weight) in self.meanings(word, is_last) {
                for &(i, impact) in &term.postings {
                    let score = u64::from(weight) * u64::from(term.unit) * u64::from(impact);
                    let best = best.entry(i).or_default();
                    *best = score.max(*best);
                }
            }
            #[expect(
                clippy::iter_over_hash_type,
                reason = "sums do not depend on the order"
            )]
            for (i, score) in best {
                scores[i as usize] += score;
            }
        }
        self.lift_parents(&mut scores);
        scores
    }

    /// Gives a technique that has a word of the query its share of what its sub-techniques score.
    fn lift_parents(&self, scores: &mut [u64]) {
        for i in 0..scores.len() {
            if let Some(parent) = self.names.parent(i)
                && scores[parent] > 0
            {
                scores[parent] = scores[parent].max(scores[i] * FAMILY / 4);
            }
        }
    }

    /// The words of the index that a word of the query may stand for.
    fn meanings(&self, word: &str, is_last: bool) -> Vec<(&Term, u32)> {
        let own = self.term(word);
        let mut found: Vec<(&Term, u32)> = own.map(|term| (term, EXACT)).into_iter().collect();
        let forms = forms(word).into_iter();
        found.extend(forms.filter_map(|form| Some((self.term(&form)?, FORM))));
        let length = word.chars().count();
        if is_last && length >= SHORTEST_BEGINNING {
            let weight = if own.is_some() { BEGINS } else { EXACT };
            let from = self
                .terms
                .partition_point(|term| term.word.as_str() <= word);
            let longer = self.terms[from..]
                .iter()
                .take_while(|term| term.word.starts_with(word));
            let mut longer: Vec<&Term> = longer.collect();
            longer.sort_by_key(|term| std::cmp::Reverse(term.postings.len()));
            found.extend(
                longer
                    .into_iter()
                    .take(MOST_BEGINNINGS)
                    .map(|term| (term, weight)),
            );
        }
        if found.is_empty() && length >= SHORTEST_NEAR && !has_digit(word) {
            let letters: Vec<char> = word.chars().collect();
            let mut others = Vec::new();
            for term in &self.terms {
                others.clear();
                others.extend(term.word.chars());
                if within_one_edit(&letters, &others) {
                    found.push((term, NEAR));
                }
            }
        }
        if found.is_empty() {
            found = self.halves(word);
        }
        found
    }

    /// Two known words that an unknown one is made of: `CreateCronjob`.
    fn halves(&self, word: &str) -> Vec<(&Term, u32)> {
        let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
        let long_enough = SHORTEST_BEGINNING..(cuts.len() + 1).saturating_sub(SHORTEST_BEGINNING);
        let halves = long_enough.rev().find_map(|n| {
            let (first, second) = word.split_at(cuts[n]);
            Some([self.term(first)?, self.term(second)?])
        });
        let halves = halves.into_iter().flatten();
        halves.map(|term| (term, NEAR)).collect()
    }

    /// Whether a document passes the filters and has none of the words that are ruled out.
    fn filters(&self, query: &Query) -> impl Fn(u32) -> bool {
        let [kinds, tactics, platforms, groups] = &query.filters;
        let without = query
            .without
            .iter()
            .filter_map(|phrase| self.holders(phrase));
        let without: Vec<Vec<bool>> = without.collect();
        let of_groups = self.of_groups(groups);
        let passes: Vec<bool> = (0..)
            .zip(&self.documents)
            .map(|(i, document)| {
                let kind = &document.kind;
                !without.iter().any(|phrase| phrase[i as usize])
                    && is_any(kinds, &[&kind.one, &kind.many, kind.key])
                    && is_any(tactics, &document.tactics)
                    && is_any(platforms, &document.platforms)
                    && of_groups.as_ref().is_none_or(|of| of.contains(&i))
            })
            .collect();
        move |i| passes[i as usize]
    }

    /// The documents in which a phrase stands: one word anywhere, more of them side by side in
    /// names or description. None where the phrase has no word that is kept.
    fn holders(&self, phrase: &str) -> Option<Vec<bool>> {
        let mut kept = 0;
        let mut found = vec![0; self.documents.len()];
        words(phrase, |word| {
            kept += 1;
            for &(i, _) in self.term(word).map_or(&[][..], |term| &term.postings) {
                found[i as usize] += 1;
            }
        });
        let spaced = spaced(phrase);
        let is_one = spaced.trim().split(' ').count() == 1;
        let holds = |(i, found): (u32, usize)| found == kept && (is_one || self.says(i, &spaced));
        (kept > 0).then(|| (0..).zip(found).map(holds).collect())
    }

    /// The documents of the groups that are named, if any are.
    fn of_groups(&self, wanted: &[String]) -> Option<Vec<u32>> {
        if wanted.is_empty() {
            return None;
        }
        let wanted: Vec<String> = wanted.iter().map(|name| compact(name)).collect();
        let is_meant = |own: u32| {
            let document = &self.documents[own as usize];
            let names = document
                .aliases
                .iter()
                .chain([&document.id, &document.title]);
            names
                .map(|name| compact(name))
                .any(|name| wanted.contains(&name))
        };
        let groups = self.groups.iter().filter(|(own, _)| is_meant(*own));
        Some(
            groups
                .flat_map(|(_, members)| members.iter().copied())
                .collect(),
        )
    }

    /// Whether a phrase stands in the names or the description of a document.
    fn says(&self, i: u32, phrase: &str) -> bool {
        let document = &self.documents[i as usize];
        let names = document
            .aliases
            .iter()
            .chain([&document.title, &document.description]);
        names.into_iter().any(|text| spaced(text).contains(phrase))
    }
}

/// The other forms that a word may have. Most of them are no words; the index knows which are.
fn forms(word: &str) -> BTreeSet<String> {
    let stems = ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.chars().count() >= SHORTEST_STEM && !has_digit(stem));
    let mut forms: BTreeSet<String> = stems
        .flat_map(|stem| ENDINGS.map(|ending| format!("{stem}{ending}")))
        .collect();
    forms.remove(word);
    forms
}

/// Whether one of the names begins as one of those wanted; with none wanted, all pass.
fn is_any(wanted: &[String], names: &[impl AsRef<str>]) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|wanted| {
            let wanted = compact(wanted);
            names
                .iter()
                .any(|name| compact(name.as_ref()).starts_with(&wanted))
        })
}
