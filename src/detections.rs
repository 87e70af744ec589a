//! Rules, tests and analytics of others, keyed by the techniques that they name.
//!
//! Sets follow ATT&CK at their own pace, so an ID that this release lacks is reported and the rest
//! is used.

pub mod atomic;
pub mod car;
pub mod convert;
mod resolve;
mod set;
pub mod sigma;
mod text;

use std::fmt;
use std::path::PathBuf;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use crate::attack::Knowledge;
use crate::config;
use crate::detections::atomic::AtomicTest;
use crate::detections::car::CarAnalytic;
use crate::detections::convert::{Conversions, Tools};
use crate::detections::resolve::Resolver;
use crate::detections::set::Item;
use crate::detections::sigma::SigmaRule;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Place};
use crate::markdown::authored;
use crate::playbook::Playbook;
use crate::source::{self, SetFile};

pub use set::{Entry, Set};

/// All that was read.
#[derive(Debug, Default)]
pub struct Detections {
    /// Sigma rules, the most severe first.
    pub rules: Set<SigmaRule>,
    /// Atomic Red Team tests, by file.
    pub tests: Set<AtomicTest>,
    /// CAR analytics, by file.
    pub analytics: Set<CarAnalytic>,
    /// What became of each set that was named.
    pub counts: Vec<Counts>,
}

/// What became of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `Sigma`, `Atomic Red Team` or `CAR`.
    pub set: &'static str,
    /// Rules, tests or analytics read.
    pub read: usize,
    /// References to objects of this release.
    pub resolved: usize,
    /// References to what this release does not have.
    pub unknown: usize,
    /// Files, or documents in them, that could not be read.
    pub malformed: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{}: {} read; {} references resolved, {} unknown; {} malformed",
            self.set, self.read, self.resolved, self.unknown, self.malformed
        )
    }
}

/// A rule, test or analytic and what it names of ATT&CK.
#[derive(Clone, Debug)]
pub struct NamedRule<'d> {
    /// What it is called.
    pub title: &'d str,
    /// Where it lies.
    pub file: &'d str,
    /// IDs and tactics.
    pub ids: Vec<String>,
}

impl Detections {
    /// Reads the sets that the settings name, whatever release they are for.
    pub fn read(settings: &config::Detections) -> Result<Detections, Failure> {
        let mut found = Diagnostics::default();
        Ok(Detections {
            rules: Set::unlinked(read(&settings.sigma.paths, sigma::parse, &mut found)?.0),
            tests: Set::unlinked(read(&settings.atomic.paths, atomic::parse, &mut found)?.0),
            analytics: Set::unlinked(read(&settings.car.paths, car::parse, &mut found)?.0),
            counts: Vec::new(),
        })
    }

    /// Everything that was read, with the names of ATT&CK's objects in it as they were written.
    pub fn named(&self) -> impl Iterator<Item = NamedRule<'_>> {
        let rules = self.rules.items().map(|rule| NamedRule {
            title: &rule.title,
            file: &rule.file,
            ids: rule.names(),
        });
        let tests = self.tests.items().map(|test| NamedRule {
            title: &test.name,
            file: &test.file,
            ids: vec![test.technique.clone()],
        });
        let analytics = self.analytics.items().map(|analytic| NamedRule {
            title: &analytic.title,
            file: &analytic.file,
            ids: analytic.names.clone(),
        });
        rules.chain(tests).chain(analytics)
    }

    /// Reads the sets that the settings name and looks up what they refer to.
    pub fn load(
        settings: &config::Detections,
        knowledge: &Knowledge,
    ) -> Result<(Detections, Diagnostics), Failure> {
        let config::Detections {
            sigma,
            atomic,
            car,
            aliases,
        } = settings;
        let mut reader = Reader {
            resolver: Resolver::new(knowledge, aliases),
            counts: Vec::new(),
            diagnostics: Diagnostics::default(),
        };
        let all = Detections {
            rules: reader.set("Sigma", &sigma.paths, sigma.source.as_ref(), sigma::parse)?,
            tests: reader.set(
                "Atomic Red Team",
                &atomic.paths,
                atomic.source.as_ref(),
                atomic::parse,
            )?,
            analytics: reader.set("CAR", &car.paths, car.source.as_ref(), car::parse)?,
            counts: reader.counts,
        };
        Ok((all, reader.diagnostics))
    }

    /// Converts the rules, and those of the playbooks, to the languages that the settings name.
    pub fn convert(
        &self,
        settings: &config::SigmaSet,
        playbooks: &[Playbook],
        tools: &Tools,
    ) -> (Conversions, Diagnostics) {
        if settings.convert.is_empty() {
            return (Conversions::default(), Diagnostics::default());
        }
        let authored: Vec<String> = playbooks
            .iter()
            .flat_map(|playbook| authored::queries::rules(&playbook.body))
            .collect();
        let rules = self.rules.items().map(|rule| rule.yaml.as_str());
        let rules = rules
            .chain(authored.iter().map(|rule| rule.trim()))
            .collect();
        convert::convert(&rules, &settings.convert, tools)
    }
}

/// Reads one set after another.
struct Reader<'k> {
    resolver: Resolver<'k>,
    counts: Vec<Counts>,
    diagnostics: Diagnostics,
}

impl Reader<'_> {
    fn set<T: Item>(
        &mut self,
        name: &'static str,
        paths: &[PathBuf],
        source: Option<&String>,
        parse: fn(&str, &SetFile) -> Parsed<T>,
    ) -> Result<Set<T>, Failure> {
        let (items, malformed) = read(paths, parse, &mut self.diagnostics)?;
        let read = items.len();
        let set = Set::new(items, source.cloned(), &mut self.resolver);
        let (resolved, unknown) = self.resolver.report(name, &mut self.diagnostics);
        if !paths.is_empty() {
            self.counts.push(Counts {
                set: name,
                read,
                resolved,
                unknown,
                malformed,
            });
        }
        Ok(set)
    }
}

/// What one file holds, and what is wrong with it.
type Parsed<T> = (Vec<T>, Diagnostics);

fn read<T: Send>(
    paths: &[PathBuf],
    parse: fn(&str, &SetFile) -> Parsed<T>,
    diagnostics: &mut Diagnostics,
) -> Result<(Vec<T>, usize), Failure> {
    let (files, found) = source::read_set(paths)?;
    diagnostics.extend(found);
    let parsed: Vec<Parsed<T>> = files
        .par_iter()
        .map(|file| {
            if let Ok(text) = std::str::from_utf8(&file.bytes) {
                parse(text, file)
            } else {
                let finding = malformed("this file is not UTF-8 text").in_file(&file.path);
                (Vec::new(), Diagnostics::from_iter([finding]))
            }
        })
        .collect();
    let (mut all, mut bad) = (Vec::new(), 0);
    for (items, found) in parsed {
        all.extend(items);
        bad += found.len();
        diagnostics.extend(found);
    }
    Ok((all, bad))
}

fn malformed(message: impl Into<String>) -> Diagnostic {
    Diagnostic::warning("malformed-detection", message).help("it is left out")
}

/// Reads one YAML document that starts after `before` lines of its file.
fn document<T: DeserializeOwned>(yaml: &str, before: usize, file: &SetFile) -> Result<T, Failure> {
    serde_saphyr::from_str(yaml).map_err(|error| {
        let error = error.without_snippet();
        let line = error.location().map_or(1, |at| at.line());
        let line = line.saturating_add(before as u64);
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        malformed(message)
            .at(Place::of_line(&file.path, line))
            .into()
    })
}
