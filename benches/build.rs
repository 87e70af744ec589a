//! The whole build of a release, step by step, beside its floor: reading and parsing the same
//! bundles and writing the same bytes, with nothing in between.
//!
//! Reads the three 18.1 bundles from the folder that `TTPRESS_SHARED` names, else `../shared`, else
//! the embedded release. Every run writes into a new folder and nothing is deleted until the end:
//! on ext4, deleting slows the writes that follow.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a benchmark reads, writes and prints"
)]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use ttpress::attack::{Knowledge, embedded};
use ttpress::coverage::Coverage;
use ttpress::detections::Detections;
use ttpress::detections::convert::Conversions;
use ttpress::diagnostics::{Diagnostic, Diagnostics, Failure};
use ttpress::diff::History;
use ttpress::publish::Draft;
use ttpress::repository::Repository;
use ttpress::site::texts::Texts;
use ttpress::site::theme::Theme;
use ttpress::site::versions::Versions;
use ttpress::site::{Content, Groundwork, Settings, Site};
use ttpress::source::{self, Input};
use ttpress::tree::{Shelf, Tree};

const RUNS: usize = 5;
const STEPS: [&str; 6] = ["read", "parse", "link", "text", "render", "write"];

fn main() -> Result<(), Box<dyn Error>> {
    let scratch = tempfile::tempdir()?;
    let bundles = unpacked_bundles(scratch.path())?;
    let folder = |run| scratch.path().join(format!("site-{run}"));
    let mut laps: [Vec<Duration>; 6] = Default::default();
    let mut totals = Vec::new();
    for run in 0..RUNS {
        let mut clock = Clock(Instant::now(), &mut laps, 0);
        let started = clock.0;
        let out = folder(run);
        let (draft, _) = build(&bundles, || Draft::open(&out), &mut clock)?;
        let spent = draft.spent();
        draft.finish()?;
        clock.lap();
        totals.push(started.elapsed());
        clock.shift_to_last(spent);
    }
    let peak = peak_memory();
    let (tree, _) = build(
        &bundles,
        || Ok(Tree::new()),
        &mut Clock(Instant::now(), &mut Default::default(), 0),
    )?;
    let unchanged = median(
        (0..RUNS)
            .map(|run| timed(|| publish(&tree, &folder(run))))
            .collect(),
    );
    let floor = median(
        (0..RUNS)
            .map(|run| {
                timed(|| {
                    floor(
                        &bundles,
                        &tree,
                        &scratch.path().join(format!("floor-{run}")),
                    )
                })
            })
            .collect(),
    );
    let total = median(totals);
    println!(
        "{} files, {:.1} MB",
        tree.len(),
        megabytes(tree.iter().map(|(_, bytes)| bytes.len() as u64).sum())
    );
    for (step, times) in STEPS.iter().zip(laps) {
        println!("{step:>10} {:8.1} ms", milliseconds(median(times)));
    }
    println!("{:>10} {:8.1} ms", "total", milliseconds(total));
    println!(
        "{:>10} {:8.1} ms (total is {:.1} times the floor)",
        "floor",
        milliseconds(floor),
        total.as_secs_f64() / floor.as_secs_f64()
    );
    println!(
        "{:>10} {:8.1} ms (writing when nothing changed)",
        "unchanged",
        milliseconds(unchanged)
    );
    if let Some(peak) = peak {
        println!("{:>10} {peak:8.1} MB (of all runs)", "memory");
    }
    Ok(())
}

/// Bundles as plain JSON in a scratch folder, so that no run pays for unpacking.
fn unpacked_bundles(scratch: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let shared = std::env::var_os("TTPRESS_SHARED")
        .map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let names = ["enterprise", "mobile", "ics"]
        .map(|d| shared.join(format!("attack/{d}-attack-18.1.json.zst")));
    let inputs = if names.iter().all(|name| name.exists()) {
        source::read_bundles(&names)?.0
    } else {
        embedded::bundles()?
    };
    inputs
        .iter()
        .enumerate()
        .map(|(i, input)| {
            let path = scratch.join(format!("bundle-{i}.json"));
            fs::write(&path, &input.bytes)?;
            Ok(path)
        })
        .collect()
}

struct Clock<'l>(Instant, &'l mut [Vec<Duration>; 6], usize);

impl Clock<'_> {
    fn lap(&mut self) {
        let now = Instant::now();
        self.1[self.2].push(now - self.0);
        self.0 = now;
        self.2 += 1;
    }

    /// Counts a part of the step before the last one to the last one.
    fn shift_to_last(&mut self, part: Duration) {
        let [.., from, to] = &mut *self.1;
        if let (Some(from), Some(to)) = (from.last_mut(), to.last_mut()) {
            *from = from.saturating_sub(part);
            *to += part;
        }
    }
}

fn build<S: Shelf>(
    bundles: &[PathBuf],
    open: impl FnOnce() -> Result<S, Failure>,
    clock: &mut Clock,
) -> Result<(S, Diagnostics), Failure> {
    let settings = Settings {
        title: "Bench".to_owned(),
        language: "en".to_owned(),
        base_url: None,
        pdf: false,
        built: None,
    };
    let mut theme = Theme::load(None, "en")?.0;
    let (inputs, _) = source::read_bundles(bundles)?;
    clock.lap();
    let (release, _) = ttpress::read_release(&inputs, Some("18.1"))?;
    clock.lap();
    let (knowledge, _) = Knowledge::new(&release);
    clock.lap();
    let (texts, _) = Texts::new(&knowledge);
    clock.lap();
    let detections = Detections::default();
    let coverage = Coverage::new(&knowledge, &[], &detections, None);
    let groundwork = Groundwork::new(&knowledge, &texts);
    let content = Content {
        knowledge: &knowledge,
        texts: &texts,
        playbooks: &[],
        detections: &detections,
        conversions: Conversions::none(),
        coverage: &coverage,
        repository: &Repository::default(),
        updates: &[],
        history: History::none(),
        versions: &Versions::default(),
        version: 0,
    };
    let site = Site::new(content, &groundwork, &mut theme, &settings);
    let mut shelf = open()?;
    let found = site.put_on(&mut shelf)?;
    clock.lap();
    Ok((shelf, found))
}

fn publish(tree: &Tree, out: &Path) -> Result<(), Failure> {
    let mut draft = Draft::open(out)?;
    let files = tree.iter();
    draft.put(
        files
            .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
            .collect(),
    )?;
    draft.finish().map(|_| ())
}

fn floor(bundles: &[PathBuf], tree: &Tree, out: &Path) -> Result<(), Failure> {
    let (inputs, _): (Vec<Input>, _) = source::read_bundles(bundles)?;
    let parsed = ttpress::read_release(&inputs, Some("18.1"))?;
    write(tree, out).map_err(|error| Diagnostic::error("bench", error.to_string()))?;
    drop(parsed);
    Ok(())
}

fn write(tree: &Tree, out: &Path) -> io::Result<()> {
    let files: Vec<_> = tree.iter().collect();
    let folders: BTreeSet<_> = files
        .iter()
        .filter_map(|(path, _)| path.rsplit_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    for folder in folders {
        fs::create_dir_all(out.join(folder))?;
    }
    files
        .par_iter()
        .try_for_each(|(path, bytes)| fs::write(out.join(path), bytes))
}

fn timed<T>(work: impl FnOnce() -> Result<T, Failure>) -> Duration {
    let start = Instant::now();
    work().expect("what ran once runs again");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "a size for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Linux tells the peak of a process.
fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(megabytes(kilobytes * 1024))
}
