//! Sigma rules, <https://sigmahq.io/sigma-specification/>.

use serde::Deserialize;

use super::text::Words;
use super::{Parsed, document, malformed};
use crate::diagnostics::{Diagnostics, Place};
use crate::source::SetFile;

/// A Sigma rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Sigma's")]
pub struct SigmaRule {
    pub title: String,
    pub id: String,
    pub status: String,
    pub level: String,
    pub description: String,
    pub author: String,
    pub license: String,
    pub references: Vec<String>,
    /// `windows · process_creation`
    pub log_source: String,
    pub false_positives: Vec<String>,
    pub tags: Vec<String>,
    /// As it was written.
    pub yaml: String,
    /// Its name within its folder or archive.
    pub file_name: String,
    /// Where it lies.
    pub file: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    title: Words,
    #[serde(default)]
    id: Words,
    #[serde(default)]
    status: Words,
    #[serde(default)]
    level: Words,
    #[serde(default)]
    description: Words,
    #[serde(default)]
    author: Words,
    #[serde(default)]
    license: Words,
    #[serde(default)]
    references: Words,
    #[serde(default)]
    logsource: LogSource,
    #[serde(default)]
    falsepositives: Words,
    #[serde(default)]
    tags: Words,
}

#[derive(Default, Deserialize)]
struct LogSource {
    #[serde(default)]
    product: Words,
    #[serde(default)]
    category: Words,
    #[serde(default)]
    service: Words,
}

impl SigmaRule {
    /// The ATT&CK objects and tactics that the tags name.
    pub(super) fn names(&self) -> Vec<String> {
        let tags = self.tags.iter().map(|tag| tag.trim().to_ascii_lowercase());
        tags.filter_map(|tag| tag.strip_prefix("attack.").map(str::to_owned))
            .collect()
    }
}

/// Reads the rules of a file. A document without a title belongs to the rule before it, as the
/// parts of a collection do.
pub fn parse(text: &str, file: &SetFile) -> Parsed<SigmaRule> {
    let (mut rules, mut found) = (Vec::<SigmaRule>::new(), Diagnostics::default());
    for (before, yaml) in documents(text) {
        match document::<Wire>(yaml, before, file) {
            Ok(wire) if !wire.title.0.is_empty() => rules.push(rule(wire, yaml, file)),
            Ok(_) => {
                if let Some(rule) = rules.last_mut() {
                    rule.yaml = format!("{}\n---\n{}", rule.yaml, yaml.trim());
                } else {
                    let line = u32::try_from(before + 1).unwrap_or(u32::MAX);
                    let place = Place::of_line(&file.path, line);
                    found.push(malformed("a rule without a title").at(place));
                }
            }
            Err(finding) => found.push(finding),
        }
    }
    (rules, found)
}

fn rule(wire: Wire, yaml: &str, file: &SetFile) -> SigmaRule {
    let LogSource {
        product,
        category,
        service,
    } = wire.logsource;
    SigmaRule {
        title: wire.title.one(),
        id: wire.id.one(),
        status: wire.status.one(),
        level: wire.level.one(),
        description: wire.description.one(),
        author: wire.author.one(),
        license: wire.license.one(),
        references: wire.references.0,
        log_source: [product, category, service]
            .map(|w| w.0)
            .concat()
            .join(" · "),
        false_positives: wire.falsepositives.0,
        tags: wire.tags.0,
        yaml: yaml.trim().to_owned(),
        file_name: file.name.clone(),
        file: file.path.clone(),
    }
}

/// The documents of a YAML stream, with the number of lines before each.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let (mut all, mut start, mut before, mut at, mut number) = (Vec::new(), 0, 0, 0, 0);
    for line in text.split_inclusive('\n') {
        number += 1;
        let end = at;
        at += line.len();
        if line.trim_end() == "---" {
            all.push((before, &text[start..end]));
            (start, before) = (at, number);
        }
    }
    all.push((before, &text[start..]));
    all.retain(|(_, yaml)| {
        yaml.lines()
            .any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
    });
    all
}
