//! Paper: one playbook on a cold and on a warm press, a binder of fifty, and every Enterprise
//! technique as a PDF of its own; the time of each, and the memory of all.
//!
//! Reads Enterprise 18.1 from the folder that `TTPRESS_SHARED` names, else `../shared`, else the
//! embedded release, and the playbooks in `content/`. `TTPRESS_PRINTED` names a folder for the
//! PDFs, to look at them.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a benchmark finds its data, takes the time and says so"
)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ttpress::attack::{Kind, Knowledge, embedded};
use ttpress::config::Config;
use ttpress::coverage::Coverage;
use ttpress::detections::Detections;
use ttpress::detections::convert::Conversions;
use ttpress::diff::History;
use ttpress::playbook;
use ttpress::print::{self, Edition, Paper, Press, Sheet, Subject};
use ttpress::repository::Repository;
use ttpress::site::texts::Texts;
use ttpress::site::theme::Theme;
use ttpress::site::versions::Versions;
use ttpress::site::{Content, Groundwork, Settings, Site};
use ttpress::source;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let shared = std::env::var_os("TTPRESS_SHARED")
        .map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let bundle = shared.join("attack/enterprise-attack-18.1.json.zst");
    let inputs = if bundle.exists() {
        source::read_bundles(&[bundle])?.0
    } else {
        embedded::bundles()?
    };
    let (release, _) = ttpress::read_release(&inputs, Some("18.1"))?;
    let (knowledge, _) = Knowledge::new(&release);
    let (texts, _) = Texts::new(&knowledge);
    let variables = Config::parse(include_str!("../ttpress.toml"), "ttpress.toml")?.variables;
    let (playbooks, _) = playbook::load(Path::new("content/playbooks"), &variables)?;
    let detections = Detections::default();
    let coverage = Coverage::new(&knowledge, &playbooks, &detections, None);
    let groundwork = Groundwork::new(&knowledge, &texts);
    let content = Content {
        knowledge: &knowledge,
        texts: &texts,
        playbooks: &playbooks,
        detections: &detections,
        conversions: Conversions::none(),
        coverage: &coverage,
        repository: &Repository::default(),
        updates: &[],
        history: History::none(),
        versions: &Versions::default(),
        version: 0,
    };
    let settings = Settings {
        title: "Bench".to_owned(),
        language: "en".to_owned(),
        base_url: None,
        pdf: true,
        built: None,
    };
    let mut theme = Theme::load(None, "en")?.0;
    let site = Site::new(content, &groundwork, &mut theme, &settings);
    let sources = site.sources();
    let edition = Edition {
        wiki: settings.title.clone(),
        language: settings.language.clone(),
        built: None,
        paper: Paper::A4,
        tlp: None,
    };
    let techniques = || knowledge.live(Kind::Technique).map(|(ix, _)| ix);
    let written: Vec<Subject> = sources.playbooks.iter().map(Subject::Written).collect();
    let one = |&subject: &Subject| print::playbook(sources, subject, &edition);

    let start = Instant::now();
    let mut press = Press::new(site.theme().print())?;
    let first: Vec<Sheet> = written.iter().take(1).map(one).collect();
    measure(&mut press, "first", &first, start)?;

    let start = Instant::now();
    let next: Vec<Sheet> = written.iter().skip(1).take(1).map(one).collect();
    measure(&mut press, "next", &next, start)?;

    let start = Instant::now();
    let fifty = print::subjects_of(sources, techniques().take(50));
    let binder = print::binder(sources, None, &fifty, &edition);
    measure(&mut press, "binder", &[binder], start)?;

    let start = Instant::now();
    let each: Vec<Sheet> = techniques()
        .map(|ix| one(&Subject::Unwritten(ix)))
        .collect();
    measure(&mut press, "each", &each, start)?;
    if let Some(peak) = peak_memory() {
        println!("{:>8} {peak:8.1} MB", "memory");
    }
    Ok(())
}

fn measure(
    press: &mut Press,
    what: &str,
    sheets: &[Sheet],
    start: Instant,
) -> Result<(), Box<dyn Error>> {
    press.prepare(sheets);
    let printed = press.pdfs(sheets)?;
    let took = start.elapsed();
    let bytes: usize = printed.iter().map(|(bytes, _)| bytes.len()).sum();
    println!(
        "{what:>8} {:8.1} ms, {} PDFs, {} KB",
        took.as_secs_f64() * 1e3,
        printed.len(),
        bytes / 1000
    );
    if let Some(folder) = std::env::var_os("TTPRESS_PRINTED") {
        for (i, (bytes, _)) in printed.iter().enumerate() {
            std::fs::write(Path::new(&folder).join(format!("{what}-{i}.pdf")), bytes)?;
        }
    }
    Ok(())
}

/// Linux tells the peak of a process.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(f64::from(kilobytes) / 1e3)
}
