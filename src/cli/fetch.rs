//! `ttpress fetch`

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::attack::embedded;
use crate::attack::release::version_key;
use crate::cli::output::Output;
use crate::cli::settings::cache;
use crate::cli::{Global, Outcome};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::fetch::lock::{self, Lock};
use crate::fetch::mirror::Mirror;
use crate::fetch::{Fetch, PATIENCE};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The release, such as 18.1, or `latest`
    #[arg(default_value = "latest", hide_default_value = true)]
    release: String,
    /// Only this domain: enterprise, mobile, ics
    #[arg(long = "domain", value_name = "NAME")]
    domains: Vec<String>,
    /// A copy of MITRE's repository attack-stix-data: its address, or a folder
    #[arg(long, value_name = "URL|DIR")]
    mirror: Option<String>,
    /// Fetch what attack.lock pins, and refuse anything else
    #[arg(long, conflicts_with_all = ["domains", "check"])]
    locked: bool,
    /// Only say whether there is a newer release: exit with 1 if so, 0 if not, 2 if nobody knows
    #[arg(long, conflicts_with = "release")]
    check: bool,
    /// How long a server may say nothing, in milliseconds
    #[arg(long, value_name = "MS", hide = true)]
    patience: Option<u64>,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let config = global.settings()?;
    let place = global.file().with_file_name(lock::FILE);
    let mirror = match args.mirror.as_ref().or(config.attack.mirror.as_ref()) {
        Some(mirror) => Mirror::parse(mirror)?,
        None => Mirror::default(),
    };
    let cache = cache()?;
    let bar = Bar::new(output);
    let fetch = Fetch {
        mirror: &mirror,
        cache: &cache,
        patience: args.patience.map_or(PATIENCE, Duration::from_millis),
        progress: &|got, total| bar.show(got, total),
    };
    let domains = match args.domains.as_slice() {
        [] => &config.attack.domains,
        domains => domains,
    };
    if args.check {
        check(&fetch, domains, Lock::read(&place)?, output)
    } else if args.locked {
        let lock = Lock::read(&place)?.ok_or_else(no_lock)?;
        if args.release != "latest" && args.release != lock.release {
            let message = format!(
                "{} pins ATT&CK {}, not {}",
                lock::FILE,
                lock.release,
                args.release
            );
            return Err(Diagnostic::error("lock-mismatch", message).into());
        }
        fetch.locked(&lock)?;
        bar.end();
        output.say(&said(&lock, "as pinned"));
        Ok(Outcome::Clean)
    } else {
        let index = fetch.index()?;
        let release = match args.release.as_str() {
            "latest" => index.latest(domains)?,
            release => release,
        };
        let (choice, without) = index.choose(release, domains)?;
        let lock = fetch.release(release, &choice)?;
        lock.write(&place)?;
        bar.end();
        let mut findings = Diagnostics::new();
        for domain in without {
            let message = format!("there is no `{domain}` {release}");
            findings.push(Diagnostic::warning("no-such-domain", message));
        }
        output.findings(&findings);
        output.say(&said(&lock, &format!("pinned in {}", place.display())));
        Ok(Outcome::Clean)
    }
}

/// Whether there is a newer release than the wiki's. Its number is data.
fn check(
    fetch: &Fetch,
    domains: &[String],
    lock: Option<Lock>,
    output: &Output,
) -> Result<Outcome, Failure> {
    let own = lock.map_or(embedded::RELEASE.to_owned(), |lock| lock.release);
    let index = fetch.index()?;
    let newest = index.latest(domains)?;
    if version_key(newest) <= version_key(&own) {
        output.say(&format!("ATT&CK {own} is the newest release"));
        return Ok(Outcome::Clean);
    }
    output.data(format!("{newest}\n").as_bytes())?;
    output.say(&format!("ATT&CK {newest} is out; this wiki has {own}"));
    Ok(Outcome::Findings)
}

fn no_lock() -> Failure {
    Diagnostic::error("no-lock", format!("there is no {}", lock::FILE))
        .help("`ttpress fetch` without `--locked` makes it")
        .into()
}

fn said(lock: &Lock, how: &str) -> String {
    let size: u64 = lock.bundles.iter().map(|pin| pin.size).sum();
    #[expect(clippy::cast_precision_loss, reason = "a size in megabytes for people")]
    let megabytes = size as f64 / 1e6;
    let domains: Vec<&str> = lock.bundles.iter().map(|pin| &*pin.domain).collect();
    format!(
        "ATT&CK {}: {}, {megabytes:.1} MB, {how}",
        lock.release,
        domains.join(", ")
    )
}

/// A bar that grows, on a terminal only.
struct Bar(ProgressBar);

impl Bar {
    fn new(output: &Output) -> Bar {
        if !output.is_watched() {
            return Bar(ProgressBar::hidden());
        }
        let style =
            ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}");
        let bar = ProgressBar::no_length();
        Bar(match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    fn show(&self, got: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.0.set_length(total);
        }
        self.0.set_position(got);
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Bar {
    /// An error is told on a line of its own.
    fn drop(&mut self) {
        self.end();
    }
}
