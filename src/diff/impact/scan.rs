//! IDs in any text: prose, links, tags of Sigma rules, the JSON of a layer.

use std::ops::Range;

/// Every part of a text that can be an ATT&CK ID, and the ID as ATT&CK writes it:
/// `T1562.001`, `techniques/T1562/001`, `attack.t1562.001`. Whether there is such an object is not
/// asked here.
pub(super) fn ids(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        while from < bytes.len() {
            let digits = from + bytes[from..].iter().position(u8::is_ascii_digit)?;
            let end = digits + run(&bytes[digits..], u8::is_ascii_digit);
            from = end;
            if end - digits != 4 {
                continue;
            }
            let before = bytes[..digits].iter().rev().take(4);
            let letters = before.take_while(|b| b.is_ascii_alphabetic()).count();
            let start = digits - letters;
            let is_bounded = start == 0 || !is_word(bytes[start - 1]);
            if !(1..=3).contains(&letters) || !is_bounded {
                continue;
            }
            let end = end + sub_technique(&bytes[end..]);
            if bytes
                .get(end)
                .copied()
                .is_some_and(|b| is_word(b) || b == b'-')
            {
                continue;
            }
            from = end;
            let id = text[start..end].to_ascii_uppercase().replace('/', ".");
            return Some((start..end, id));
        }
        None
    })
}

/// The ID as it is written in another's place: `t1685.001` for `t1562.001`, `T1685/001` for
/// `T1562/001`.
pub(super) fn in_style_of(id: &str, written: &str) -> String {
    let id = if written.contains('/') {
        id.replace('.', "/")
    } else {
        id.to_owned()
    };
    if written.starts_with(|c: char| c.is_ascii_lowercase()) {
        id.to_ascii_lowercase()
    } else {
        id
    }
}

fn run(bytes: &[u8], is: fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(byte)).count()
}

/// The length of `.001` or `/001` at the start.
fn sub_technique(bytes: &[u8]) -> usize {
    let is_sub =
        matches!(bytes.first(), Some(b'.' | b'/')) && run(&bytes[1..], u8::is_ascii_digit) == 3;
    if is_sub { 4 } else { 0 }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where a phrase stands as words of its own.
pub(super) fn phrase<'t>(
    text: &'t str,
    phrase: &'t str,
) -> impl Iterator<Item = Range<usize>> + 't {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(phrase)
        .map(|(start, found)| start..start + found.len())
        .filter(move |range| {
            is_edge(text[..range.start].chars().next_back())
                && is_edge(text[range.end..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        ids(text).map(|(_, id)| id).collect()
    }

    #[test]
    fn ids_are_found_however_they_are_written() {
        let text = "T1562.001, (T1059) attack.t1003.001; \"techniqueID\": \"T1110\" TA0005.";
        assert_eq!(
            found(text),
            ["T1562.001", "T1059", "T1003.001", "T1110", "TA0005"]
        );
        assert_eq!(
            found("https://attack.mitre.org/techniques/T1562/001/"),
            ["T1562.001"]
        );
    }

    #[test]
    fn file_names_and_longer_words_are_no_ids() {
        assert!(
            found("T1562.001-disable.md WORDT1562 T15620 T1562a 1562 CVE-2021-1234").is_empty()
        );
    }

    #[test]
    fn another_id_is_written_in_the_same_way() {
        assert_eq!(in_style_of("T1685.001", "T1562/001"), "T1685/001");
        assert_eq!(in_style_of("T1685", "t1562.001"), "t1685");
    }
}
