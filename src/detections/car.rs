//! Analytics of MITRE's Cyber Analytics Repository, <https://car.mitre.org/>.

use serde::Deserialize;

use super::text::Words;
use super::{Parsed, document};
use crate::diagnostics::Diagnostics;
use crate::source::SetFile;

/// A CAR analytic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the project's")]
pub struct CarAnalytic {
    pub id: String,
    pub title: String,
    pub description: String,
    pub contributors: Vec<String>,
    pub platforms: Vec<String>,
    pub implementations: Vec<Implementation>,
    /// The techniques and sub-techniques that it covers, and their tactics.
    pub names: Vec<String>,
    /// Its name within its folder or archive.
    pub file_name: String,
    /// Where it lies.
    pub file: String,
}

/// One form of an analytic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Implementation {
    /// `Pseudocode`, `Splunk` …
    pub kind: String,
    /// What it says of itself.
    pub description: String,
    /// The query.
    pub code: String,
}

#[derive(Deserialize)]
struct Wire {
    title: Words,
    id: Words,
    #[serde(default)]
    description: Words,
    #[serde(default)]
    contributors: Words,
    #[serde(default)]
    platforms: Words,
    #[serde(default)]
    coverage: Option<Vec<Coverage>>,
    #[serde(default)]
    implementations: Option<Vec<WireImplementation>>,
}

#[derive(Deserialize)]
struct Coverage {
    #[serde(default)]
    technique: Words,
    #[serde(default)]
    subtechniques: Words,
    #[serde(default)]
    tactics: Words,
}

#[derive(Deserialize)]
struct WireImplementation {
    #[serde(default, rename = "type")]
    kind: Words,
    #[serde(default)]
    description: Words,
    #[serde(default)]
    code: Words,
}

/// Reads the analytic of a file.
pub(super) fn parse(text: &str, file: &SetFile) -> Parsed<CarAnalytic> {
    match document::<Wire>(text, 0, file) {
        Ok(wire) => (vec![analytic(wire, file)], Diagnostics::default()),
        Err(finding) => (Vec::new(), Diagnostics::from_iter([finding.into()])),
    }
}

fn analytic(wire: Wire, file: &SetFile) -> CarAnalytic {
    let coverage = wire.coverage.unwrap_or_default().into_iter();
    let implementations = wire.implementations.unwrap_or_default().into_iter();
    CarAnalytic {
        id: wire.id.one(),
        title: wire.title.one(),
        description: wire.description.one(),
        contributors: wire.contributors.0,
        platforms: wire.platforms.0,
        implementations: implementations
            .map(|form| Implementation {
                kind: kind(form.kind.one()),
                description: form.description.one(),
                code: form.code.0.join("\n"),
            })
            .collect(),
        names: coverage
            .flat_map(|c| [c.technique.0, c.subtechniques.0, c.tactics.0].concat())
            .collect(),
        file_name: file.name.clone(),
        file: file.path.clone(),
    }
}

/// Pseudocode is spelled in three ways.
fn kind(written: String) -> String {
    match written.to_ascii_lowercase().as_str() {
        "pseudocode" | "psuedocode" => "Pseudocode".to_owned(),
        _ => written,
    }
}
