//! Rules, tests and analytics of others, keyed by the techniques that they name.
//!
//! Sets follow ATT&CK at their own pace, so an ID that this release lacks is reported and the rest
//! is used.

pub mod atomic;
pub mod car;
mod resolve;
pub mod sigma;
mod text;

use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

use crate::attack::{Knowledge, ObjectIx};
use crate::config;
use crate::detections::atomic::AtomicTest;
use crate::detections::car::CarAnalytic;
use crate::detections::resolve::Resolver;
use crate::detections::sigma::SigmaRule;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Place};
use crate::source::{self, SetFile};

/// All that was read, by technique.
#[derive(Debug, Default)]
pub struct Detections {
    /// Sigma rules, by file.
    pub rules: Vec<SigmaRule>,
    /// Atomic Red Team tests, by file.
    pub tests: Vec<AtomicTest>,
    /// CAR analytics, by file.
    pub analytics: Vec<CarAnalytic>,
    /// What became of each set that was named.
    pub counts: Vec<Counts>,
    by_technique: BTreeMap<ObjectIx, Found>,
}

/// What there is for one technique: indices into the lists of [`Detections`].
#[derive(Debug, Default)]
struct Found {
    rules: Vec<usize>,
    tests: Vec<usize>,
    analytics: Vec<usize>,
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

impl Detections {
    /// Reads the sets that the settings name, whatever release they are for.
    pub fn read(settings: &config::Detections) -> Result<Detections, Failure> {
        let mut diagnostics = Diagnostics::default();
        Ok(Detections {
            rules: read(&settings.sigma, sigma::parse, &mut diagnostics)?.0,
            tests: read(&settings.atomic, atomic::parse, &mut diagnostics)?.0,
            analytics: read(&settings.car, car::parse, &mut diagnostics)?.0,
            ..Detections::default()
        })
    }

    /// Reads the sets that the settings name and looks up what they refer to.
    pub fn load(
        settings: &config::Detections,
        knowledge: &Knowledge,
    ) -> Result<(Detections, Diagnostics), Failure> {
        let mut diagnostics = Diagnostics::default();
        let mut all = Detections::default();
        let mut resolver = Resolver::new(knowledge, &settings.aliases);

        let (rules, malformed) = read(&settings.sigma, sigma::parse, &mut diagnostics)?;
        for (index, rule) in rules.iter().enumerate() {
            for ix in resolver.all(&rule.names(), &rule.file) {
                all.by_technique.entry(ix).or_default().rules.push(index);
            }
        }
        all.close(
            &settings.sigma,
            "Sigma",
            (rules.len(), malformed),
            &mut resolver,
            &mut diagnostics,
        );

        let (tests, malformed) = read(&settings.atomic, atomic::parse, &mut diagnostics)?;
        for (index, test) in tests.iter().enumerate() {
            for ix in resolver.all(std::slice::from_ref(&test.technique), &test.file) {
                all.by_technique.entry(ix).or_default().tests.push(index);
            }
        }
        all.close(
            &settings.atomic,
            "Atomic Red Team",
            (tests.len(), malformed),
            &mut resolver,
            &mut diagnostics,
        );

        let (analytics, malformed) = read(&settings.car, car::parse, &mut diagnostics)?;
        for (index, analytic) in analytics.iter().enumerate() {
            for ix in resolver.all(&analytic.names, &analytic.file) {
                all.by_technique
                    .entry(ix)
                    .or_default()
                    .analytics
                    .push(index);
            }
        }
        all.close(
            &settings.car,
            "CAR",
            (analytics.len(), malformed),
            &mut resolver,
            &mut diagnostics,
        );

        all.rules = rules;
        all.tests = tests;
        all.analytics = analytics;
        Ok((all, diagnostics))
    }

    fn close(
        &mut self,
        settings: &config::DetectionSet,
        set: &'static str,
        (read, malformed): (usize, usize),
        resolver: &mut Resolver,
        diagnostics: &mut Diagnostics,
    ) {
        let (known, unknown) = resolver.report(set, diagnostics);
        if !settings.paths.is_empty() {
            self.counts.push(Counts {
                set,
                read,
                resolved: known,
                unknown,
                malformed,
            });
        }
    }

    /// The Sigma rules for a technique.
    pub fn rules_for(&self, ix: ObjectIx) -> impl Iterator<Item = &SigmaRule> {
        let found = self.by_technique.get(&ix);
        found
            .into_iter()
            .flat_map(|f| &f.rules)
            .map(|&i| &self.rules[i])
    }

    /// The Atomic Red Team tests for a technique.
    pub fn tests_for(&self, ix: ObjectIx) -> impl Iterator<Item = &AtomicTest> {
        let found = self.by_technique.get(&ix);
        found
            .into_iter()
            .flat_map(|f| &f.tests)
            .map(|&i| &self.tests[i])
    }

    /// Everything that was read, with the names of ATT&CK's objects in it as they were written.
    pub fn named(&self) -> impl Iterator<Item = NamedRule<'_>> {
        let rules = self.rules.iter().map(|rule| NamedRule {
            title: &rule.title,
            file: &rule.file,
            ids: rule.names(),
        });
        let tests = self.tests.iter().map(|test| NamedRule {
            title: &test.name,
            file: &test.file,
            ids: vec![test.technique.clone()],
        });
        let analytics = self.analytics.iter().map(|analytic| NamedRule {
            title: &analytic.title,
            file: &analytic.file,
            ids: analytic.names.clone(),
        });
        rules.chain(tests).chain(analytics)
    }

    /// The CAR analytics for a technique.
    pub fn analytics_for(&self, ix: ObjectIx) -> impl Iterator<Item = &CarAnalytic> {
        let found = self.by_technique.get(&ix);
        found
            .into_iter()
            .flat_map(|f| &f.analytics)
            .map(|&i| &self.analytics[i])
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

/// What one file holds, and what is wrong with it.
type Parsed<T> = (Vec<T>, Diagnostics);

fn read<T: Send>(
    settings: &config::DetectionSet,
    parse: fn(&str, &SetFile) -> Parsed<T>,
    diagnostics: &mut Diagnostics,
) -> Result<(Vec<T>, usize), Failure> {
    let (files, found) = source::read_set(&settings.paths)?;
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
