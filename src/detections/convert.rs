//! Sigma rules in the languages of others, by the Sigma project's own `sigma` command.
//!
//! What comes out depends on that program and its plugins, so their versions are part of the key
//! under which each query is kept: the same rules and the same programs give the same pages, and a
//! second build starts no program. This is the only module that runs one.

#![allow(
    clippy::disallowed_methods,
    reason = "the command reads rules from files and writes queries to files"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::config::Conversion;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source;

/// The most one run may take; 3,700 rules take half a minute.
const TIMEOUT: Duration = Duration::from_secs(300);
/// How often a run is looked after.
const PAUSE: Duration = Duration::from_millis(20);
/// The most rules of one run: where a rule ends a run, the others of that run are taken again.
const MOST_RULES: usize = 256;
/// The most runs for one conversion.
const MOST_RUNS: usize = 512;
/// What the command says, with status 0, where a rule ended a run before the rest was looked at.
const ENDED: &str = "Warning: Failed to convert rules: ";
/// The most a reason may hold.
const LONGEST_REASON: usize = 300;

/// The programs and folders that conversions need.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    /// The `sigma` command, where there is one.
    pub sigma: Option<PathBuf>,
    /// Where queries are kept.
    pub cache: Option<PathBuf>,
}

/// A rule in another language, or why it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// Under which a reader's choice of language is remembered.
    pub key: String,
    /// What the language is called.
    pub label: String,
    /// The query, or the reason.
    pub query: Result<String, String>,
}

/// Rules in other languages, by their text.
#[derive(Debug, Default)]
pub struct Conversions(BTreeMap<String, Vec<Converted>>);

impl Conversions {
    /// Those of a wiki that asks for none.
    pub fn none() -> &'static Conversions {
        static NONE: Conversions = Conversions(BTreeMap::new());
        &NONE
    }

    /// The queries for a rule, in the order of the settings.
    pub fn of(&self, rule: &str) -> &[Converted] {
        self.0.get(rule.trim()).map_or(&[], Vec::as_slice)
    }
}

/// Converts rules. What goes wrong is a finding, never a failure.
pub fn convert(
    rules: &BTreeSet<&str>,
    wanted: &[Conversion],
    tools: &Tools,
) -> (Conversions, Diagnostics) {
    let (mut all, mut found) = (Conversions::default(), Diagnostics::default());
    if wanted.is_empty() || rules.is_empty() {
        return (all, found);
    }
    let (Some(sigma), Some(cache)) = (&tools.sigma, &tools.cache) else {
        let message = "Sigma rules are shown as they are: there is no `sigma` command";
        found.push(
            Diagnostic::note("sigma-command", message)
                .help("`pipx install sigma-cli`, then `sigma plugin install` for each target"),
        );
        return (all, found);
    };
    let versions = versions(sigma);
    for conversion in wanted {
        let run = Run {
            sigma,
            cache: cache.join("sigma"),
            conversion,
            key: format!("{versions}\n{}", written(conversion)),
        };
        let (queries, findings) = run.all(rules);
        found.extend(findings);
        for (rule, query) in queries {
            all.0.entry(rule.to_owned()).or_default().push(Converted {
                key: conversion.key().to_owned(),
                label: conversion.name.clone(),
                query,
            });
        }
    }
    (all, found)
}

/// A conversion as part of a key; of a pipeline in a file, what it holds.
fn written(conversion: &Conversion) -> String {
    let pipeline = conversion.pipeline.as_deref().unwrap_or_default();
    let held = source::read_optional(Path::new(pipeline));
    let held = held.ok().flatten().unwrap_or_default();
    format!("{}\n{pipeline}\n{held}", conversion.target)
}

/// The versions of the command and its plugins, as the packages beside it are called. The command
/// itself would take a second to say less.
fn versions(sigma: &Path) -> String {
    let real = fs::canonicalize(sigma).unwrap_or_else(|_| sigma.to_owned());
    let mut found = BTreeSet::new();
    let home = real.parent().and_then(Path::parent);
    for lib in home
        .into_iter()
        .flat_map(|home| ["lib", "Lib"].map(|lib| home.join(lib)))
    {
        let pythons = folders(&lib).into_iter().chain([lib]);
        for python in pythons {
            for packages in ["site-packages", "dist-packages"] {
                let names = folders(&python.join(packages)).into_iter();
                let names =
                    names.filter_map(|path| Some(path.file_name()?.to_str()?.to_lowercase()));
                found.extend(names.filter(|name| {
                    name.ends_with(".dist-info")
                        && (name.starts_with("pysigma") || name.starts_with("sigma_cli"))
                }));
            }
        }
    }
    found.into_iter().collect::<Vec<_>>().join("\n")
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// One conversion of many rules.
struct Run<'r> {
    sigma: &'r Path,
    cache: PathBuf,
    conversion: &'r Conversion,
    key: String,
}

type Query = Result<String, String>;

/// What ends a conversion: it says nothing about any one rule.
enum Stop {
    /// The command does not know the target or the pipeline, or was stopped.
    Command(String),
    /// Some rule cannot be read.
    Rule(String),
}

impl Run<'_> {
    fn all<'t>(&self, rules: &BTreeSet<&'t str>) -> (BTreeMap<&'t str, Query>, Diagnostics) {
        let mut found = Diagnostics::default();
        let mut queries: BTreeMap<&str, Query> = BTreeMap::new();
        let mut new: BTreeMap<String, &str> = BTreeMap::new();
        for rule in rules {
            let name = self.name(rule);
            match self.kept(&name) {
                Some(query) => drop(queries.insert(rule, query)),
                None => drop(new.insert(name, rule)),
            }
        }
        if new.is_empty() {
            return (queries, found);
        }
        let mut left = MOST_RUNS;
        let names: Vec<(&String, &str)> = new.iter().map(|(name, rule)| (name, *rule)).collect();
        let work = self.cache.join(format!("work-{}", std::process::id()));
        let runs = names.chunks(MOST_RULES);
        let done = runs
            .map(|rules| self.some(rules, &work, &mut left))
            .collect::<Result<Vec<_>, _>>();
        let _ = fs::remove_dir_all(&work);
        match done {
            Ok(done) => {
                for (name, query) in done.into_iter().flatten() {
                    // A query that cannot be kept is made again next time.
                    let _ = self.keep(&name, &query);
                    if let Some(rule) = new.get(&name) {
                        queries.insert(rule, query);
                    }
                }
            }
            Err(why) => found.push(
                Diagnostic::warning(
                    "sigma-conversion",
                    format!("no rule was converted to {}: {why}", self.conversion.name),
                )
                .help("`sigma list targets` and `sigma list pipelines` say what is installed"),
            ),
        }
        (queries, found)
    }

    /// The name of a rule's query among those kept.
    fn name(&self, rule: &str) -> String {
        let mut sum = Sha256::new();
        for part in [self.key.as_str(), rule] {
            sum.update((part.len() as u64).to_le_bytes());
            sum.update(part);
        }
        let mut name = String::new();
        for byte in sum.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name
    }

    fn place(&self, name: &str) -> PathBuf {
        self.cache.join(&name[..2]).join(name)
    }

    /// A kept query: `query` or `reason` on the first line, then the text.
    fn kept(&self, name: &str) -> Option<Query> {
        let text = source::read_optional(&self.place(name)).ok()??;
        match text.split_once('\n')? {
            ("query", query) => Some(Ok(query.to_owned())),
            ("reason", why) => Some(Err(why.to_owned())),
            _ => None,
        }
    }

    fn keep(&self, name: &str, query: &Query) -> io::Result<()> {
        let text = match query {
            Ok(query) => format!("query\n{query}"),
            Err(why) => format!("reason\n{why}"),
        };
        let place = self.place(name);
        fs::create_dir_all(place.with_file_name(""))?;
        // Another build may write the same file: each moves a whole one to its place.
        let draft = place.with_extension(std::process::id().to_string());
        fs::write(&draft, text)?;
        fs::rename(draft, place)
    }

    /// Converts rules in one run. A rule that ends the run is left out of the next; where the
    /// command does not say which one it was, it is found by halving.
    fn some(
        &self,
        rules: &[(&String, &str)],
        work: &Path,
        left: &mut usize,
    ) -> Result<Vec<(String, Query)>, String> {
        if *left == 0 || rules.is_empty() {
            return Ok(Vec::new());
        }
        *left -= 1;
        let why = match self.run(rules, work) {
            Ok(mut done) if !done.is_empty() => {
                let seen: BTreeSet<&String> = done.iter().map(|(name, _)| name).collect();
                let rest = rules.iter().filter(|(name, _)| !seen.contains(name));
                let rest: Vec<(&String, &str)> = rest.copied().collect();
                done.extend(self.some(&rest, work, left)?);
                return Ok(done);
            }
            Ok(_) => "`sigma` gave no reason".to_owned(),
            Err(Stop::Command(why)) => return Err(why),
            Err(Stop::Rule(why)) => why,
        };
        if let [(name, _)] = rules {
            return Ok(vec![((*name).clone(), Err(why))]);
        }
        let (first, second) = rules.split_at(rules.len() / 2);
        let mut done = self.some(first, work, left)?;
        done.extend(self.some(second, work, left)?);
        Ok(done)
    }

    /// The rules that a run came to, each with its query or the reason why it has none.
    fn run(&self, rules: &[(&String, &str)], work: &Path) -> Result<Vec<(String, Query)>, Stop> {
        let (code, said) = self
            .command(rules, work)
            .map_err(|error| Stop::Command(error.to_string()))?;
        match code {
            Some(0) => {}
            // So the command says that its arguments are wrong.
            Some(2) | None => return Err(Stop::Command(last_line(&said))),
            _ => return Err(Stop::Rule(last_line(&said))),
        }
        let ended = said.lines().find_map(|line| line.strip_prefix(ENDED));
        let done = rules.iter().filter_map(|(name, _)| {
            let written = source::read_text(&work.join("out").join(format!("{name}.txt")));
            let query = match written {
                Ok(query) => Ok(query.trim().to_owned()),
                Err(_) => Err(reason(&said, name, ended)?),
            };
            Some(((*name).clone(), query))
        });
        let done: Vec<_> = done.collect();
        match ended {
            Some(why) if done.is_empty() => Err(Stop::Rule(short(why))),
            _ => Ok(done),
        }
    }

    /// Runs the command over a folder of rules. Returns its exit status, none where it was stopped,
    /// and what it said.
    fn command(&self, rules: &[(&String, &str)], work: &Path) -> io::Result<(Option<i32>, String)> {
        let (input, output, said) = (work.join("in"), work.join("out"), work.join("said"));
        let _ = fs::remove_dir_all(work);
        fs::create_dir_all(&input)?;
        for (name, rule) in rules {
            fs::write(input.join(format!("{name}.yml")), rule)?;
        }
        let log = File::create(&said)?;
        let mut command = Command::new(self.sigma);
        command.args(["convert", "--target", &self.conversion.target]);
        match &self.conversion.pipeline {
            Some(pipeline) => command.args(["--pipeline", pipeline]),
            None => command.arg("--without-pipeline"),
        };
        command
            .arg("--skip-unsupported")
            .arg("--output-dir")
            .arg(&output);
        command
            .args(["--output-filename-template", "{stem}.txt"])
            .arg(&input);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let mut child = command.spawn()?;
        let end = Instant::now() + TIMEOUT;
        let code = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status.code().unwrap_or(1));
            }
            if Instant::now() > end {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(PAUSE);
        };
        let text = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
        let text = match code {
            Some(_) => text,
            None => format!(
                "`sigma` was stopped after {} minutes",
                TIMEOUT.as_secs() / 60
            ),
        };
        Ok((code, text))
    }
}

/// The last line that says something.
fn last_line(said: &str) -> String {
    let line = said.lines().rfind(|line| !line.trim().is_empty());
    short(line.unwrap_or("`sigma` gave no reason"))
}

/// What the command said about the file of a rule, without its path; none where it `ended` before
/// it came to that rule.
fn reason(said: &str, name: &str, ended: Option<&str>) -> Option<String> {
    let file = format!("{name}.yml");
    let own = said.split_once(&format!("{file}: "));
    let own = own.and_then(|(_, after)| after.lines().next());
    let line = match (own, ended) {
        (Some(line), _) => line,
        (None, Some(line)) if line.contains(&file) => line,
        (None, Some(_)) => return None,
        (None, None) => "`sigma` gave no reason",
    };
    // What follows is help for whoever sets up a backend, or the path again.
    let line = line.split(" in /").next().unwrap_or(line);
    let line = line.split(" (while ").next().unwrap_or(line);
    let line = line.split(". ").next().unwrap_or(line);
    Some(short(line))
}

fn short(line: &str) -> String {
    line.trim().chars().take(LONGEST_REASON).collect()
}

#[cfg(all(test, unix))]
mod tests;
