//! Two versions of a text, word by word.

use serde::Serialize;
use similar::{Algorithm, ChangeTag, utils};

/// Longer texts are not compared: no text of ATT&CK is a tenth as long, and a hostile one would
/// take minutes.
const LONGEST: usize = 1 << 16;

/// What became of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It is as it was.
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Dropped,
}

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// What became of it.
    pub fate: Fate,
    /// The text.
    pub text: String,
}

/// The stretches of two versions in reading order; none where they are the same.
pub fn compare(old: &str, new: &str) -> Vec<Stretch> {
    if old == new {
        return Vec::new();
    }
    if old.len().max(new.len()) > LONGEST {
        return [(Fate::Dropped, old), (Fate::Added, new)]
            .map(|(fate, text)| stretch(fate, text))
            .into();
    }
    let changes = utils::diff_words(Algorithm::Patience, old, new);
    let fate = |tag| match tag {
        ChangeTag::Equal => Fate::Kept,
        ChangeTag::Insert => Fate::Added,
        ChangeTag::Delete => Fate::Dropped,
    };
    changes
        .into_iter()
        .map(|(tag, text)| stretch(fate(tag), text))
        .collect()
}

fn stretch(fate: Fate, text: &str) -> Stretch {
    Stretch {
        fate,
        text: text.to_owned(),
    }
}

/// How many words of what is kept are shown around a change.
const AROUND: usize = 8;

/// The stretches with what is kept cut down to the words next to a change.
pub fn excerpt(stretches: &[Stretch]) -> Vec<Stretch> {
    let last = stretches.len().saturating_sub(1);
    let cut = stretches.iter().enumerate().map(|(i, stretch)| {
        let mut stretch = stretch.clone();
        if stretch.fate == Fate::Kept {
            stretch.text = shorten(&stretch.text, i > 0, i < last);
        }
        stretch
    });
    cut.collect()
}

/// The first words of a text, the last, or both.
fn shorten(text: &str, keep_start: bool, keep_end: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let start = if keep_start { AROUND } else { 0 };
    let end = if keep_end { AROUND } else { 0 };
    if words.len() <= start + end {
        return text.to_owned();
    }
    let head = words[..start].concat();
    let tail = words[words.len() - end..].concat();
    format!("{head}… {tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stretches: &[Stretch]) -> String {
        let marked = stretches.iter().map(|s| match s.fate {
            Fate::Kept => s.text.clone(),
            Fate::Added => format!("[+{}]", s.text),
            Fate::Dropped => format!("[-{}]", s.text),
        });
        marked.collect()
    }

    #[test]
    fn words_that_changed_are_told_apart() {
        let stretches = compare("uses a shell to run code", "uses PowerShell to run code");
        assert_eq!(
            shown(&stretches),
            "uses [-a shell][+PowerShell] to run code"
        );
        assert!(compare("same", "same").is_empty());
    }

    #[test]
    fn an_excerpt_keeps_the_words_next_to_a_change() {
        let far = "far ".repeat(40);
        let cut = excerpt(&compare(
            &format!("{far}old {far}"),
            &format!("{far}new {far}"),
        ));
        let text = shown(&cut);
        assert!(text.starts_with("… far "), "{text}");
        assert!(text.contains("far [-old][+new] far"), "{text}");
        assert!(text.len() < 100, "{text}");
    }
}
