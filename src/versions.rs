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

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(is_older("1.9", "1.10"));
        assert!(!is_older("2.0", "1.10"));
        assert!(!is_older("18.1", "18.1"));
        assert!(!is_older("next", "18.1"));
    }
}
