//! `{{ name }}`: texts that are the same in many playbooks, set once per wiki.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// A text with its variables filled in, which still knows where each part was written.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    /// The text.
    pub(super) text: String,
    /// Start in the text, start in the source, and whether the part was filled in; in order.
    parts: Vec<(usize, usize, bool)>,
}

impl Filled {
    /// Where in the source a byte of the text comes from. All of a value comes from its braces.
    pub(super) fn source_offset(&self, at: usize) -> usize {
        let after = self.parts.partition_point(|&(start, ..)| start <= at);
        match after.checked_sub(1).and_then(|last| self.parts.get(last)) {
            Some(&(_, source, true)) => source,
            Some(&(start, source, false)) => source + (at - start),
            None => at,
        }
    }
}

/// Fills in `{{ name }}`. Names have letters, digits, `_` and `-`; other braces are text.
pub(super) fn fill_in(
    source: &str,
    file: &str,
    variables: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
) -> Filled {
    let mut filled = Filled::default();
    let mut rest = 0;
    while let Some(open) = source[rest..].find("{{").map(|at| rest + at) {
        let Some(close) = source[open..].find("}}").map(|at| open + at) else {
            break;
        };
        let name = source[open + 2..close].trim();
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        let end = if is_name { close + 2 } else { open + 2 };
        let value = variables.get(name).filter(|_| is_name);
        if is_name && value.is_none() {
            diagnostics.push(
                Diagnostic::error("unknown-variable", format!("there is no variable `{name}`"))
                    .at(Place::of_offset(file, source, open, end - open))
                    .help(format!(
                        "set `{name} = \"…\"` under `[variables]` in ttpress.toml"
                    )),
            );
        }
        filled.push(&source[rest..open], rest, false);
        match value {
            Some(value) => filled.push(value, open, true),
            None => filled.push(&source[open..end], open, false),
        }
        rest = end;
    }
    filled.push(&source[rest..], rest, false);
    filled
}

impl Filled {
    fn push(&mut self, text: &str, source: usize, is_value: bool) {
        self.parts.push((self.text.len(), source, is_value));
        self.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_of_the_text_knows_where_it_was_written() {
        let variables = BTreeMap::from([("a".to_owned(), "long value".to_owned())]);
        let source = "x {{ a }} {{ {{a}} y";
        let mut found = Diagnostics::default();
        let filled = fill_in(source, "f", &variables, &mut found);
        assert_eq!(filled.text, "x long value {{ long value y");
        assert!(found.is_empty());
        let y = filled.text.find('y').unwrap();
        assert_eq!(filled.source_offset(y), source.find('y').unwrap());
        assert_eq!(filled.source_offset(5), 2);
        assert_eq!(filled.source_offset(0), 0);
    }

    #[test]
    fn an_unclosed_brace_is_text() {
        let mut found = Diagnostics::default();
        let filled = fill_in("a {{ b", "f", &BTreeMap::new(), &mut found);
        assert_eq!((&*filled.text, found.len()), ("a {{ b", 0));
    }
}
