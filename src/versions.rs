//! Versions as ATT&CK writes them: numbers between dots.

/// Whether a version such as `1.10` comes before another; `false` where one is no version.
pub fn is_older(version: &str, than: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<u32>> {
        text.trim()
            .split('.')
            .map(|part| part.parse().ok())
            .collect()
    };
    numbers(version)
        .zip(numbers(than))
        .is_some_and(|(version, than)| version < than)
}

/// The release number in the name of a file or folder: `17.1` in `enterprise-attack-17.1.json`.
pub fn in_name(name: &str) -> Option<&str> {
    let parts = name.split(|c: char| !c.is_ascii_digit() && c != '.');
    parts
        .map(|part| part.trim_matches('.'))
        .find(|part| part.contains('.') && is_number(part))
}

/// Whether a text is the number of a release, such as `18.1`.
pub fn is_number(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split('.').all(is_digits)
}

#[cfg(test)]
mod tests {
    use super::{in_name, is_older};

    #[test]
    fn files_and_folders_tell_their_release() {
        assert_eq!(in_name("enterprise-attack-17.1.json.zst"), Some("17.1"));
        assert_eq!(in_name("v18.1"), Some("18.1"));
        assert_eq!(in_name("ics-attack-18.1-stix2.1.json"), Some("18.1"));
        assert_eq!(in_name("mobile-attack.json"), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(is_older("1.9", "1.10"));
        assert!(!is_older("2.0", "1.10"));
        assert!(!is_older("18.1", "18.1"));
        assert!(!is_older("next", "18.1"));
    }
}
