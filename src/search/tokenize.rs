//! Words of texts and queries. `engine.js` cuts in the same places.

/// Longer ones are hashes and keys, which nobody types.
const LONGEST: usize = 40;

/// Words that stand in every text and tell nothing.
const STOP: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "been", "by", "can", "for", "from", "has", "have",
    "in", "into", "is", "it", "its", "may", "not", "of", "on", "or", "such", "that", "the",
    "their", "these", "this", "to", "was", "with",
];
const LONGEST_STOP: usize = 5;

/// Calls `each` with every word, in lower case. A compound such as `lsass.exe` comes whole and in
/// its parts.
pub(super) fn words(text: &str, mut each: impl FnMut(&str)) {
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
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

/// Calls `each` with every two neighbouring words, joined.
pub(super) fn pairs(text: &str, mut each: impl FnMut(&str)) {
    let mut pair = String::new();
    words(text, |word| {
        let is_second = !pair.is_empty();
        pair.push(PAIR);
        pair.push_str(word);
        if is_second {
            each(&pair);
        }
        pair.clear();
        pair.push_str(word);
    });
}

fn give(word: &str, each: &mut impl FnMut(&str)) {
    let is_stop = word.len() <= LONGEST_STOP && STOP.binary_search(&word).is_ok();
    if !is_stop && (word.len() <= LONGEST || word.chars().count() <= LONGEST) {
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
