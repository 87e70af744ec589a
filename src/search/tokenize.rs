//! Words of texts and queries. `engine.js` cuts in the same places.

/// Longer ones are hashes and keys, which nobody types.
const LONGEST: usize = 40;

/// Words that stand in every text and tell nothing.
#[rustfmt::skip]
fn is_stop(word: &str) -> bool {
    matches!(
        word,
        "a" | "an" | "and" | "are" | "as" | "at" | "be" | "been" | "by" | "can" | "for" | "from"
        | "has" | "have" | "in" | "into" | "is" | "it" | "its" | "may" | "not" | "of" | "on" | "or"
        | "such" | "that" | "the" | "their" | "these" | "this" | "to" | "was" | "with"
    )
}

/// Calls `each` with every word, in lower case. A compound such as `lsass.exe` comes whole and in
/// its parts.
pub(super) fn words(text: &str, each: impl FnMut(&str)) {
    lower_words(&text.to_lowercase(), each);
}

/// [`words`] of a text that is in lower case already.
pub(super) fn lower_words<'t>(lower: &'t str, mut each: impl FnMut(&'t str)) {
    let mut rest = lower;
    while let Some(start) = rest.find(is_letter) {
        rest = &rest[start..];
        let end = compound_end(rest);
        let compound = &rest[..end];
        rest = &rest[end..];
        let mut parts = compound.split(is_joint);
        if compound.contains(is_joint) {
            give(compound, &mut each);
            parts.for_each(|part| give(part, &mut each));
        } else if let Some(word) = parts.next() {
            give(word, &mut each);
        }
    }
}

/// Stands between the words of a pair; no word holds it.
pub(super) const PAIR: char = '+';

/// Joins every two neighbouring words of a text.
#[derive(Default)]
pub(super) struct Pairs {
    /// The last word, perhaps behind the one before it.
    text: String,
    last: usize,
}

impl Pairs {
    /// The pair that a word makes with the one before it.
    pub(super) fn with(&mut self, word: &str) -> Option<&str> {
        let is_first = self.text.is_empty();
        self.text.drain(..self.last);
        if is_first {
            self.text.push_str(word);
            return None;
        }
        self.text.push(PAIR);
        self.last = self.text.len();
        self.text.push_str(word);
        Some(&self.text)
    }
}

fn give<'t>(word: &'t str, each: &mut impl FnMut(&'t str)) {
    if !is_stop(word) && (word.len() <= LONGEST || word.chars().count() <= LONGEST) {
        each(word);
    }
}

/// Where a run of letters ends, single joints between letters included.
fn compound_end(text: &str) -> usize {
    let mut end = 0;
    let mut after_joint = false;
    for (at, c) in text.char_indices() {
        if is_letter(c) {
            end = at + c.len_utf8();
            after_joint = false;
        } else if is_joint(c) && !after_joint {
            after_joint = true;
        } else {
            break;
        }
    }
    end
}

/// Letters and digits of the basic plane: there, a character is one unit of a JavaScript string.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && c <= '\u{ffff}'
}

fn is_joint(c: char) -> bool {
    matches!(c, '.' | '_' | '-')
}

/// A name as its letters and digits only: `APT 29`, `apt29` and `APT-29` are the same.
pub(super) fn compact(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter(|&c| is_letter(c))
        .collect()
}

/// A text as its words with single blanks around each, for phrases.
pub(super) fn spaced(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut out = String::with_capacity(lower.len() + 2);
    out.push(' ');
    for word in lower.split(|c| !is_letter(c)).filter(|w| !w.is_empty()) {
        out.push_str(word);
        out.push(' ');
    }
    out
}

/// Another digit makes another ID or version: such words are never taken for one another.
pub(super) fn has_digit(word: &str) -> bool {
    word.chars().any(char::is_numeric)
}

/// Whether one letter added, dropped, changed, or swapped with the next makes `a` of `b`, or none.
pub(super) fn within_one_edit(a: &[char], b: &[char]) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    let (long, short) = (&long[same..], &short[same..]);
    if long.len() > short.len() {
        return &long[1..] == short;
    }
    match (long, short) {
        ([], []) => true,
        ([_, long_rest @ ..], [_, short_rest @ ..]) if long_rest == short_rest => true,
        ([a, b, long_rest @ ..], [c, d, short_rest @ ..]) => {
            a == d && b == c && long_rest == short_rest
        }
        _ => false,
    }
}
