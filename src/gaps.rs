//! Texts with gaps: `{name}` stands for what is filled in.

use std::fmt::Display;

/// Fills in the `{name}` of a text; `{name:lower}` in small letters, for nouns in a sentence.
pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let found = after.split_once('}').and_then(|(inside, after)| {
            let (name, form) = inside.split_once(':').unwrap_or((inside, ""));
            let (_, value) = values.iter().find(|(own, _)| *own == name)?;
            Some((value.to_string(), form == "lower", after))
        });
        if let Some((value, is_lower, after)) = found {
            filled.push_str(&if is_lower {
                value.to_lowercase()
            } else {
                value
            });
            rest = after;
        } else {
            // What nothing fills stays as it was written.
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}
