//! Names from outside as parts of paths and addresses.

use std::borrow::Cow;

use deunicode::deunicode;

/// A name as one safe part of a path: `Office Suite` → `office-suite`, `Überprüfung` → `uberprufung`.
pub fn slug(name: &str) -> String {
    let lower: String = deunicode(name)
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let parts: Vec<&str> = lower.split('-').filter(|part| !part.is_empty()).collect();
    safe_segment(&parts.join("-"))
}

/// The anchor of a heading as a link writes it, `#überprüfung` as Git hosts have it, as it is on a page.
pub fn anchor(written: &str) -> Cow<'_, str> {
    if written.is_ascii() {
        Cow::Borrowed(written)
    } else {
        Cow::Owned(slug(written))
    }
}

/// Longest part of a path; file systems stop at 255 bytes.
const LONGEST_SEGMENT: usize = 80;

/// An ID as one part of a path. IDs come from outside: anything but letters, digits, `-`, `_`
/// and inner dots is replaced, so that no ID can climb out of its folder or name a device.
pub fn safe_segment(id: &str) -> String {
    let safe: String = id
        .chars()
        .take(LONGEST_SEGMENT)
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    let trimmed = safe.trim_matches(['.', '-']);
    if trimmed.is_empty() {
        "unnamed".to_owned()
    } else {
        trimmed.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_folder() {
        assert_eq!(safe_segment("../../etc/passwd"), "etc-passwd");
        assert_eq!(safe_segment("..\\..\\x"), "x");
        assert_eq!(safe_segment(".."), "unnamed");
        assert_eq!(safe_segment("T1059"), "T1059");
        assert_eq!(safe_segment("AML.T0000"), "AML.T0000");
    }

    #[test]
    fn platforms_become_plain_addresses() {
        assert_eq!(slug("Office Suite"), "office-suite");
        assert_eq!(slug("macOS"), "macos");
    }

    #[test]
    fn names_in_other_letters_are_told_apart() {
        assert_eq!(slug("Überprüfung"), "uberprufung");
        assert_ne!(slug("検知"), slug("対応"));
        assert_eq!(anchor("überprüfung"), "uberprufung");
        assert_eq!(anchor("mitigations-M1017"), "mitigations-M1017");
    }
}
