//! Sigma rules in code blocks: whether they can be read, and whether they say what they must.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::dialects;
use crate::playbook::Playbook;

use super::outline::{Code, Outline};

/// Without these a rule cannot be run, or nobody knows whose it is.
const KEYS: [&str; 4] = ["title", "author", "logsource", "detection"];

pub(super) fn check(playbook: &Playbook, outline: &Outline, found: &mut Diagnostics) {
    for code in outline.codes.iter().filter(|code| is_rule(code)) {
        let first_line = code.text.lines().next().unwrap_or_default();
        let top = code.start..code.start + first_line.len();
        match serde_saphyr::from_str::<BTreeMap<String, Value>>(&code.text) {
            Err(error) => {
                let error = error.without_snippet();
                let line = error.location().map_or(1, |at| at.line());
                let at = line_of(code, usize::try_from(line).unwrap_or(1));
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                found.push(
                    Diagnostic::warning(
                        "sigma-syntax",
                        format!("the rule cannot be read: {message}"),
                    )
                    .at(playbook.in_body(at))
                    .help("a rule is one YAML document"),
                );
            }
            Ok(rule) => {
                for key in KEYS.into_iter().filter(|key| is_absent(rule.get(*key))) {
                    found.push(
                        Diagnostic::warning("sigma-incomplete", format!("the rule has no `{key}`"))
                            .at(playbook.in_body(top.clone()))
                            .help("a rule has `title`, `author`, `logsource` and `detection`"),
                    );
                }
            }
        }
    }
}

fn is_rule(code: &Code) -> bool {
    dialects::of_code(&code.language, &code.text) == Some(dialects::SIGMA)
}

/// `author:` with nothing after it says no more than no line at all.
fn is_absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    }
}

/// A line of a code block, from 1, as a part of the body.
fn line_of(code: &Code, line: usize) -> std::ops::Range<usize> {
    let before = code.text.split_inclusive('\n').take(line.saturating_sub(1));
    let start = code.start + before.map(str::len).sum::<usize>();
    let text = code.text.lines().nth(line.saturating_sub(1));
    start..start + text.unwrap_or_default().len()
}
