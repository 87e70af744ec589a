//! Atomic Red Team tests, <https://github.com/redcanaryco/atomic-red-team>.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::text::Words;
use super::{Parsed, document};
use crate::diagnostics::Diagnostics;
use crate::source::SetFile;

/// An atomic test; its inputs are filled in with their defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the project's")]
pub struct AtomicTest {
    pub technique: String,
    pub name: String,
    pub guid: String,
    pub description: String,
    pub platforms: Vec<String>,
    pub executor: String,
    pub needs_elevation: bool,
    pub command: String,
    pub cleanup: String,
    pub inputs: Vec<Input>,
    pub dependencies: Vec<Dependency>,
    /// Its name within its folder or archive.
    pub file_name: String,
    /// Where it lies.
    pub file: String,
}

/// An input with its default.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names speak for themselves")]
pub struct Input {
    pub name: String,
    pub description: String,
    pub default: String,
}

/// What must be there before a test.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names speak for themselves")]
pub struct Dependency {
    pub description: String,
    pub check: String,
    pub get: String,
}

#[derive(Deserialize)]
struct Wire {
    attack_technique: Words,
    #[serde(default)]
    atomic_tests: Vec<WireTest>,
}

#[derive(Deserialize)]
struct WireTest {
    name: Words,
    #[serde(default)]
    auto_generated_guid: Words,
    #[serde(default)]
    description: Words,
    #[serde(default)]
    supported_platforms: Words,
    #[serde(default)]
    input_arguments: Option<BTreeMap<String, WireInput>>,
    #[serde(default)]
    dependencies: Option<Vec<WireDependency>>,
    #[serde(default)]
    executor: WireExecutor,
}

#[derive(Deserialize)]
struct WireInput {
    #[serde(default)]
    description: Words,
    #[serde(default)]
    default: Words,
}

#[derive(Deserialize)]
struct WireDependency {
    #[serde(default)]
    description: Words,
    #[serde(default)]
    prereq_command: Words,
    #[serde(default)]
    get_prereq_command: Words,
}

#[derive(Default, Deserialize)]
struct WireExecutor {
    #[serde(default)]
    name: Words,
    #[serde(default)]
    command: Words,
    #[serde(default)]
    steps: Words,
    #[serde(default)]
    cleanup_command: Words,
    #[serde(default)]
    elevation_required: bool,
}

/// Reads the tests of a file.
pub(super) fn parse(text: &str, file: &SetFile) -> Parsed<AtomicTest> {
    match document::<Wire>(text, 0, file) {
        Ok(wire) => {
            let technique = wire.attack_technique.one();
            let tests = wire.atomic_tests.into_iter();
            let tests = tests.map(|wire| test(wire, technique.clone(), file));
            (tests.collect(), Diagnostics::default())
        }
        Err(finding) => (Vec::new(), Diagnostics::from_iter([finding.into()])),
    }
}

fn test(wire: WireTest, technique: String, file: &SetFile) -> AtomicTest {
    let inputs = wire.input_arguments.unwrap_or_default().into_iter();
    let inputs: Vec<Input> = inputs
        .map(|(name, input)| Input {
            name,
            description: input.description.one(),
            default: input.default.one(),
        })
        .collect();
    let filled = |words: Words| fill_in(&words.0.join("\n"), &inputs);
    let WireExecutor {
        name,
        command,
        steps,
        cleanup_command,
        elevation_required,
    } = wire.executor;
    let command = if command.0.is_empty() { steps } else { command };
    AtomicTest {
        technique,
        name: wire.name.one(),
        guid: wire.auto_generated_guid.one(),
        description: wire.description.one(),
        platforms: wire.supported_platforms.0,
        executor: name.one(),
        needs_elevation: elevation_required,
        command: filled(command),
        cleanup: filled(cleanup_command),
        dependencies: wire
            .dependencies
            .unwrap_or_default()
            .into_iter()
            .map(|needed| Dependency {
                description: filled(needed.description),
                check: filled(needed.prereq_command),
                get: filled(needed.get_prereq_command),
            })
            .collect(),
        inputs,
        file_name: file.name.clone(),
        file: file.path.clone(),
    }
}

/// Fills in `#{name}`; what nobody defines stays as it was written. What is filled in is not
/// looked at again, so that no input can grow without end.
fn fill_in(text: &str, inputs: &[Input]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("#{") {
        filled.push_str(before);
        let named = after.split_once('}').and_then(|(name, tail)| {
            let input = inputs.iter().find(|input| input.name == name)?;
            Some((input, tail))
        });
        rest = if let Some((input, tail)) = named {
            filled.push_str(&input.default);
            tail
        } else {
            filled.push_str("#{");
            after
        };
    }
    filled + rest
}
