//! Texts with gaps: `{name}` stands for what is filled in.

use std::fmt::{Display, Write as _};

/// Fills in the `{name}` of a text; `{name:lower}` in small letters, for nouns in a sentence.
pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len());
    write_filled(text, values, &mut filled);
    filled
}

/// [`fill`], behind what is there already.
pub fn write_filled(text: &str, values: &[(&str, &dyn Display)], out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = after.split_once('}').and_then(|(inside, after)| {
            let (name, form) = inside.split_once(':').unwrap_or((inside, ""));
            let (_, value) = values.iter().find(|(own, _)| *own == name)?;
            Some((value, form == "lower", after))
        });
        // Writing to a string cannot fail.
        let _ = match found {
            Some((value, true, _)) => out.write_str(&value.to_string().to_lowercase()),
            Some((value, false, _)) => write!(out, "{value}"),
            // What nothing fills stays as it was written.
            None => out.write_char('{'),
        };
        rest = found.map_or(after, |(.., after)| after);
    }
    out.push_str(rest);
}
