//! `ttpress build`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cli::output::{Output, Rendered, outcome};
use crate::cli::seal::Seal;
use crate::cli::settings::Settings;
use crate::cli::stages::{Authored, live_objects, with_base};
use crate::cli::{DataArgs, Global, Outcome, print};
use crate::compress::{Packing, compress};
use crate::coverage::Totals;
use crate::detections;
use crate::diagnostics::{Diagnostics, Failure};
use crate::publish::{Report, publish, replace_file};
use crate::tree::Tree;

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

    let mut built = tree(&settings, &mut clock)?;
    if !args.compress.is_empty() {
        built
            .diagnostics
            .extend(compress(&mut built.tree, &args.compress)?);
        clock.lap("compress");
    }
    let report = publish(&built.tree, out)?;
    clock.lap("write");
    if let Some(file) = &args.changed {
        replace_file(file, changes(&report).as_bytes())?;
    }

    let mut diagnostics = built.diagnostics;
    diagnostics.extend(report.diagnostics.clone());
    diagnostics.sort();
    if args.timings {
        output.say(&clock.report());
        output.say(&sizes(&built.tree));
    }
    let said = Said {
        // Notes are for those who ask: `ttpress check` shows them.
        findings: Rendered::new(&diagnostics.without_notes()),
        tally: diagnostics.counts().to_string(),
        counts: built.counts.iter().map(ToString::to_string).collect(),
        release: built.release,
        objects: built.objects,
        files: built.tree.len(),
    };
    said.tell(&report, out, &clock, output);
    // The process ends here; the system takes 100 MB back faster than we free them piece by piece.
    std::mem::forget(built.tree);
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

/// A site in memory and what was found on the way.
pub(super) struct Built {
    pub(super) tree: Tree,
    pub(super) diagnostics: Diagnostics,
    pub(super) coverage: Totals,
    counts: Vec<detections::Counts>,
    release: String,
    objects: usize,
}

/// From files to a tree: the whole pipeline but the writing.
pub(super) fn tree(settings: &Settings, clock: &mut Clock) -> Result<Built, Failure> {
    with_base(settings, clock, |base, mut diagnostics, clock| {
        let (mut authored, found) = Authored::read(settings, base)?;
        diagnostics.extend(found);
        let (coverage, found) = authored.coverage(settings, base);
        diagnostics.extend(found);
        let updates = authored.updates(settings, base)?;
        clock.lap("written");
        let older = authored.older(base, &settings.site)?;
        let site = authored.site(base, &coverage, &updates, &settings.site);
        let (mut tree, found) = site.tree()?;
        diagnostics.extend(found);
        // First come, first served: should two files want one path, the newest release has it.
        diagnostics.extend(tree.extend(older));
        clock.lap("render");
        if settings.site.pdf {
            let (prints, found) = print::beside_pages(&site, &settings.site)?;
            diagnostics.extend(found);
            diagnostics.extend(tree.extend(prints));
            clock.lap("print");
        }
        Ok(Built {
            tree,
            diagnostics,
            coverage: coverage.total(),
            counts: base.detections.counts.clone(),
            release: base.knowledge.label.to_owned(),
            objects: live_objects(base.knowledge),
        })
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

fn sizes(tree: &Tree) -> String {
    let mut text = String::new();
    for (extension, bytes) in tree.bytes_by_extension() {
        #[expect(clippy::cast_precision_loss, reason = "a size in megabytes for people")]
        let megabytes = bytes as f64 / 1e6;
        let _ = writeln!(text, "{extension:>8} {megabytes:7.2} MB");
    }
    text.trim_end().to_owned()
}
