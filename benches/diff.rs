//! Two releases of all domains compared: the time of each step, and the memory of all.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a benchmark finds its data, takes the time and says so"
)]

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ttpress::diff::{Diff, Edition, json};
use ttpress::parse_bundles;
use ttpress::source;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 5;
const STEPS: [&str; 4] = ["read", "parse", "compare", "print"];

fn main() -> Result<(), Box<dyn Error>> {
    let (Some(old), Some(new)) = (release("16.1"), release("17.1")) else {
        println!("no real releases: set TTPRESS_SHARED to the folder that holds attack/");
        return Ok(());
    };
    let mut laps: [Vec<Duration>; 4] = Default::default();
    let mut totals = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        let mut last = start;
        let mut lap = |step: usize| {
            let now = Instant::now();
            laps[step].push(now - last);
            last = now;
        };
        let (old, _) = source::read_bundles(&old)?;
        let (new, _) = source::read_bundles(&new)?;
        lap(0);
        let (before, after) = rayon::join(|| parse_bundles(&old), || parse_bundles(&new));
        let before = Edition::new(before?.0, Some("16.1"));
        let after = Edition::new(after?.0, Some("17.1"));
        lap(1);
        let diff = Diff::new(&before, &after);
        lap(2);
        let printed = json::render(&diff, None);
        lap(3);
        totals.push(start.elapsed());
        assert!(!printed.is_empty());
    }
    for (step, times) in STEPS.iter().zip(laps) {
        println!("{step:>10} {:8.1} ms", median(times));
    }
    println!("{:>10} {:8.1} ms", "total", median(totals));
    if let Some(peak) = peak_memory() {
        println!("{:>10} {peak:8.1} MB", "memory");
    }
    Ok(())
}

fn release(number: &str) -> Option<Vec<PathBuf>> {
    let shared = std::env::var_os("TTPRESS_SHARED")
        .map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let paths = ["enterprise", "mobile", "ics"]
        .map(|domain| shared.join(format!("attack/{domain}-attack-{number}.json.zst")));
    paths.iter().all(|path| path.exists()).then(|| paths.into())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1e3
}

/// Linux tells the peak of a process.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(f64::from(kilobytes) / 1e3)
}
