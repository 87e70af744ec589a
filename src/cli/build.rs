//! `ttpress build`

use std::fmt::Write as _;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cli::output::{Output, Rendered, outcome};
use crate::cli::seal::Seal;
use crate::cli::settings::Settings;
use crate::cli::stages::{Authored, Base, Written, live_objects, with_base};
use crate::cli::{DataArgs, Global, Outcome, print};
use crate::compress::{Packed, Packing};
use crate::coverage::Totals;
use crate::detections;
use crate::diagnostics::{Diagnostics, Failure};
use crate::publish::{Draft, Report, replace_file};
use crate::tree::Shelf;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Where the site goes
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Lay a PDF beside each playbook
    #[arg(long)]
    pdf: bool,
    /// Write what changed to this file, a path a line: `M` new or different, `D` gone
    #[arg(long, value_name = "FILE")]
    changed: Option<PathBuf>,
    /// Put packed copies of text files beside them, for web servers
    #[arg(long, value_name = "FORMAT", value_enum, value_delimiter = ',')]
    compress: Vec<Packing>,
    /// Say how long each step took, and where the bytes are
    #[arg(long)]
    timings: bool,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let mut settings = Settings::resolve(global, &args.data)?;
    settings.site.pdf = args.pdf;
    let mut clock = Clock::new();
    let out = args.out.as_ref().unwrap_or(&settings.config.build.out);
    // Who asks how long the steps take wants to see them taken.
    let seal = (!args.timings)
        .then(|| Seal::of(&settings, (args.data.strict, &args.compress), out))
        .flatten();
    if let Some(said) = seal.as_ref().and_then(|seal| seal.unbroken::<Said>(out)) {
        let report = Report {
            unchanged: said.files,
            ..Report::default()
        };
        if let Some(file) = &args.changed {
            replace_file(file, changes(&report).as_bytes())?;
        }
        clock.lap("compare");
        said.tell(&report, out, &clock, output);
        return Ok(Outcome::Clean);
    }

    let open = || Ok(Packed::new(Draft::open(out)?, &args.compress));
    let built = site(&settings, &mut clock, open)?;
    let draft = built.shelf.into_inner();
    let spent = draft.spent();
    let report = draft.finish()?;
    clock.lap("write");
    clock.shift("render", "write", spent);
    if let Some(file) = &args.changed {
        replace_file(file, changes(&report).as_bytes())?;
    }

    let mut diagnostics = built.diagnostics;
    diagnostics.extend(report.diagnostics.clone());
    diagnostics.sort();
    if args.timings {
        output.say(&clock.report());
        output.say(&sizes(&report));
    }
    let said = Said {
        // Notes are for those who ask: `ttpress check` shows them.
        findings: Rendered::new(&diagnostics.without_notes()),
        tally: diagnostics.counts().to_string(),
        counts: built.counts.iter().map(ToString::to_string).collect(),
        release: built.release,
        objects: built.objects,
        files: report.written + report.unchanged,
    };
    said.tell(&report, out, &clock, output);
    let outcome = outcome(&diagnostics, args.data.strict);
    // What has to be said of this very run, such as that folders cannot be exchanged here, is not
    // to be said again.
    let is_the_same_again = outcome == Outcome::Clean && report.diagnostics.is_empty();
    if let Some(seal) = seal.filter(|_| is_the_same_again) {
        seal.keep(said, out);
    }
    Ok(outcome)
}

/// What a build says of itself, but for how its site differs from the former one.
#[derive(Serialize, Deserialize)]
struct Said {
    findings: Rendered,
    /// How many findings of each kind.
    tally: String,
    /// What was read of the sets of others, a line each.
    counts: Vec<String>,
    release: String,
    objects: usize,
    files: usize,
}

impl Said {
    fn tell(&self, report: &Report, out: &Path, clock: &Clock, output: &Output) {
        output.rendered(&self.findings);
        for line in &self.counts {
            output.say(line);
        }
        output.say(&format!(
            "ATT&CK {}: {} objects, {} files in {} ({} written, {} unchanged, {} removed) in {:.2} s; {}",
            self.release,
            self.objects,
            self.files,
            out.display(),
            report.written,
            report.unchanged,
            report.removed,
            clock.total().as_secs_f64(),
            self.tally,
        ));
    }
}

/// What a mirror of the site has to fetch and to forget, by path.
fn changes(report: &Report) -> String {
    let changed = report.changed_paths.iter().map(|path| (path, 'M'));
    let removed = report.removed_paths.iter().map(|path| (path, 'D'));
    let mut all: Vec<_> = changed.chain(removed).collect();
    all.sort_unstable();
    let lines = all
        .into_iter()
        .map(|(path, what)| format!("{what} {path}\n"));
    lines.collect()
}

/// A site on its shelf and what was found on the way.
pub(super) struct Built<S> {
    pub(super) shelf: S,
    pub(super) diagnostics: Diagnostics,
    pub(super) coverage: Totals,
    counts: Vec<detections::Counts>,
    release: String,
    objects: usize,
}

/// From files to a site on a shelf, which is only opened when there is something to put on it.
pub(super) fn site<S: Shelf>(
    settings: &Settings,
    clock: &mut Clock,
    open: impl FnOnce() -> Result<S, Failure>,
) -> Result<Built<S>, Failure> {
    // What the team wrote is read while the release is.
    thread::scope(|scope| {
        let written = scope.spawn(|| Written::read(settings));
        let written = || written.join().unwrap_or_else(|panic| resume_unwind(panic));
        with_base(settings, clock, |base, diagnostics, clock| {
            let (authored, found) = written()?.on(base, settings);
            let diagnostics = diagnostics.into_iter().chain(found).collect();
            put_together(base, authored, settings, diagnostics, clock, open)
        })
    })
}

/// From all that was read to a site on a shelf.
fn put_together<S: Shelf>(
    base: Base,
    mut authored: Authored,
    settings: &Settings,
    mut diagnostics: Diagnostics,
    clock: &mut Clock,
    open: impl FnOnce() -> Result<S, Failure>,
) -> Result<Built<S>, Failure> {
    let (coverage, found) = authored.coverage(settings, base);
    diagnostics.extend(found);
    let updates = authored.updates(settings, base)?;
    clock.lap("written");
    let mut shelf = open()?;
    let site = authored.site(base, &coverage, &updates, &settings.site);
    // First come, first served: should two files want one path, the newest release has it.
    diagnostics.extend(site.put_on(&mut shelf)?);
    clock.lap("render");
    if settings.site.pdf {
        let (prints, found) = print::beside_pages(&site, &settings.site)?;
        diagnostics.extend(found);
        diagnostics.extend(shelf.put(prints)?);
        clock.lap("print");
    }
    diagnostics.extend(authored.put_older_on(&mut shelf, base, &settings.site)?);
    clock.lap("older");
    Ok(Built {
        shelf,
        diagnostics,
        coverage: coverage.total(),
        counts: base.detections.counts.clone(),
        release: base.knowledge.label.to_owned(),
        objects: live_objects(base.knowledge),
    })
}

/// How long each step took.
pub(super) struct Clock {
    start: Instant,
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Clock {
    pub(super) fn new() -> Clock {
        let now = Instant::now();
        Clock {
            start: now,
            last: now,
            laps: Vec::new(),
        }
    }

    pub(super) fn lap(&mut self, step: &'static str) {
        let now = Instant::now();
        self.laps.push((step, now - self.last));
        self.last = now;
    }

    /// Counts a part of one step to another.
    fn shift(&mut self, from: &str, to: &str, part: Duration) {
        for (step, took) in &mut self.laps {
            if *step == from {
                *took = took.saturating_sub(part);
            } else if *step == to {
                *took += part;
            }
        }
    }

    fn total(&self) -> Duration {
        self.last - self.start
    }

    fn report(&self) -> String {
        let mut text = String::new();
        for (step, took) in &self.laps {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{step:>8} {:7.1} ms", took.as_secs_f64() * 1e3);
        }
        let _ = write!(
            text,
            "{:>8} {:7.1} ms",
            "total",
            self.total().as_secs_f64() * 1e3
        );
        text
    }
}

fn sizes(report: &Report) -> String {
    let mut text = String::new();
    for (ending, &bytes) in &report.sizes {
        #[expect(clippy::cast_precision_loss, reason = "a size in megabytes for people")]
        let megabytes = bytes as f64 / 1e6;
        let _ = writeln!(text, "{ending:>8} {megabytes:7.2} MB");
    }
    text.trim_end().to_owned()
}
