//! `ttpress build`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::attack::{Knowledge, log_sources};
use crate::cli::diff::{edition, own_files};
use crate::cli::output::Output;
use crate::cli::settings::{Settings, release_inputs, release_name};
use crate::cli::{DataArgs, Global, Outcome};
use crate::coverage::{Coverage, Totals};
use crate::detections::Detections;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::diff::Diff;
use crate::diff::impact::{self, Own};
use crate::playbook::Playbook;
use crate::playbook::check::Against;
use crate::publish::publish;
use crate::repository::Repository;
use crate::site::texts::Texts;
use crate::source::Input;
use crate::tree::Tree;
use crate::{playbook, read_release, site};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Where the site goes
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Say how long each step took, and where the bytes are
    #[arg(long)]
    timings: bool,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let settings = Settings::resolve(global, &args.data)?;
    let mut clock = Clock::new();
    let built = tree(&settings, &mut clock)?;
    let out = args.out.as_ref().unwrap_or(&settings.config.build.out);
    let report = publish(&built.tree, out)?;
    clock.lap("write");

    let mut diagnostics = built.diagnostics;
    diagnostics.extend(report.diagnostics);
    diagnostics.sort();
    // Notes are for those who ask: `ttpress check` shows them.
    output.findings(&diagnostics.without_notes());
    if args.timings {
        output.say(&clock.report());
        output.say(&sizes(&built.tree));
    }
    for counts in &built.detections.counts {
        output.say(&counts.to_string());
    }
    output.say(&format!(
        "ATT&CK {}: {} objects, {} files in {} ({} written, {} unchanged, {} removed) in {:.2} s; {}",
        built.release,
        built.objects,
        built.tree.len(),
        out.display(),
        report.written,
        report.unchanged,
        report.removed,
        clock.total().as_secs_f64(),
        diagnostics.counts(),
    ));
    // The process ends here; the system takes 100 MB back faster than we free them piece by piece.
    std::mem::forget(built.tree);
    Ok(super::output::outcome(&diagnostics, args.data.strict))
}

/// A site in memory and what was found on the way.
pub(super) struct Built {
    pub(super) tree: Tree,
    pub(super) diagnostics: Diagnostics,
    pub(super) coverage: Totals,
    detections: Detections,
    release: String,
    objects: usize,
}

/// From files to a tree: the whole pipeline but the writing.
pub(super) fn tree(settings: &Settings, clock: &mut Clock) -> Result<Built, Failure> {
    let (mut theme, mut diagnostics) = settings.load_theme()?;
    let (inputs, found) = settings.bundles()?;
    diagnostics.extend(found);
    clock.lap("read");
    let (release, found) = read_release(&inputs, settings.release.as_deref())?;
    diagnostics.extend(found);
    clock.lap("parse");
    let (knowledge, found) = Knowledge::new(&release);
    diagnostics.extend(found);
    clock.lap("link");
    let objects = knowledge.objects().filter(|(_, o)| o.is_live()).count();
    if objects == 0 {
        // An empty site would take the place of a good one.
        return Err(
            Diagnostic::error("no-objects", "the data holds no live ATT&CK object")
                .help("give the STIX bundles of a release; `{\"objects\": []}` is none")
                .into(),
        );
    }
    diagnostics.extend(log_sources::check(&knowledge));
    let (texts, found) = Texts::new(&knowledge);
    diagnostics.extend(found);
    clock.lap("text");
    let content = settings.config.build.content.join("playbooks");
    let (playbooks, found) = playbook::load(&content, &settings.config.variables)?;
    diagnostics.extend(found);
    let (repository, found) = Repository::load(&settings.config.site, &settings.home, &content);
    diagnostics.extend(found);
    let against = Against {
        knowledge: &knowledge,
        blocks: &site::blocks::kinds().collect::<Vec<_>>(),
        today: settings.today,
    };
    diagnostics.extend(playbook::check::check(&playbooks, &against));
    let (detections, found) = Detections::load(&settings.config.detections, &knowledge)?;
    diagnostics.extend(found);
    clock.lap("sets");
    let coverage = Coverage::new(&knowledge, &playbooks, &detections);
    diagnostics.extend(coverage.below(settings.config.coverage.minimum));
    let updates = updates(settings, &inputs, &playbooks, &detections, knowledge.label)?;
    let (tree, found) = site::render(
        site::Content {
            knowledge: &knowledge,
            texts: &texts,
            playbooks: &playbooks,
            detections: &detections,
            coverage: &coverage,
            repository: &repository,
            updates: updates.as_ref(),
        },
        &mut theme,
        &settings.site,
    )?;
    diagnostics.extend(found);
    clock.lap("render");
    Ok(Built {
        tree,
        diagnostics,
        detections,
        release: knowledge.label.to_owned(),
        objects,
        coverage: coverage.total(),
    })
}

/// What changed since the earlier release that the settings name, and what it touches.
fn updates(
    settings: &Settings,
    inputs: &[Input],
    playbooks: &[Playbook],
    detections: &Detections,
    label: &str,
) -> Result<Option<site::Updates>, Failure> {
    if settings.previous.is_empty() {
        return Ok(None);
    }
    let (earlier, _) = release_inputs(&settings.previous)?;
    let named = release_name(&settings.previous);
    // Parsed again: the site's own release is merged over its domains, and these are not.
    let (before, after) = rayon::join(
        || edition(&earlier, named.as_deref()),
        || edition(inputs, Some(label)),
    );
    let diff = Diff::new(&before?, &after?);
    let files = own_files(&settings.config.build.content, &settings.file)?;
    let own = Own {
        playbooks,
        detections,
        files: &files,
    };
    let touches = impact::touches(&diff, &own);
    Ok(Some(site::Updates { diff, touches }))
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

    fn lap(&mut self, step: &'static str) {
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
