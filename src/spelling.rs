//! What somebody may have meant: the nearest of the known words.

/// The known word with the fewest edits from a mistyped one, if those are few. Letter case is no
/// edit.
pub fn nearest<'a, S: AsRef<str>>(typed: &str, known: &'a [S]) -> Option<&'a str> {
    // Two swapped letters are two edits.
    let allowed = (typed.chars().count() / 3).max(2);
    known
        .iter()
        .map(AsRef::as_ref)
        .map(|name| (distance(&typed.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(edits, _)| *edits <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// The words that serde lists in its error about an unknown one: they come from the types, so no
/// list of them needs to be kept.
pub fn offered(message: &str) -> Option<Vec<String>> {
    let is_about_words =
        message.starts_with("unknown field ") || message.starts_with("unknown variant ");
    let (_, names) = message
        .rsplit_once(", expected ")
        .filter(|_| is_about_words)?;
    // TOML's reader quotes the words, YAML's does not.
    let names = names.strip_prefix("one of ").unwrap_or(names);
    let names = names.split(", ").flat_map(|name| name.split(" or "));
    Some(
        names
            .map(|name| name.trim_matches('`').to_owned())
            .collect(),
    )
}

/// How many letters to insert, remove or replace (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_near_when_few_letters_differ() {
        let known = ["mitigations", "groups"];
        assert_eq!(nearest("mitigation", &known), Some("mitigations"));
        assert_eq!(nearest("GROUPS", &known), Some("groups"));
        assert_eq!(nearest("weather", &known), None);
    }

    #[test]
    fn the_words_come_from_the_error_about_another() {
        let message = "unknown variant `a`, expected one of `b`, `c`";
        assert_eq!(offered(message), Some(vec!["b".to_owned(), "c".to_owned()]));
        let bare = "unknown variant `a`, expected one of b, c";
        assert_eq!(offered(bare), offered(message));
        assert_eq!(offered("invalid type, expected `b`"), None);
    }
}
