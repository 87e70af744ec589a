//! A seeded mutator over the readers of text from outside. No reader may panic, whatever the text.
//! Plain Rust instead of libFuzzer, which needs a nightly compiler.

mod mutate;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ttpress::detections::sigma;
use ttpress::diagnostics::Diagnostics;
use ttpress::flow::Flow;
use ttpress::flow::layout::{Point, layout};
use ttpress::markdown::authored;
use ttpress::playbook::{self, import, sections};
use ttpress::source::SetFile;

use mutate::Mutator;

/// A reader, by name.
const TARGETS: [(&str, fn(&str)); 5] = [
    ("front-matter", front_matter),
    ("sections", section_parser),
    ("import", importer),
    ("sigma", sigma_reader),
    ("flow", flow_reader),
];

fn front_matter(text: &str) {
    let variables = BTreeMap::from([("owner".to_owned(), "Kim".to_owned())]);
    let mut found = Diagnostics::default();
    playbook::parse("p".to_owned(), "p.md", text, &variables, &mut found);
}

fn section_parser(text: &str) {
    let found = authored::sections(text);
    assert!(found.len() <= text.len() + 1);
}

fn importer(text: &str) {
    let (markdown, _) = import::import(text, "p.txt", &|_| None);
    let mut found = Diagnostics::default();
    let read = playbook::parse(
        "p".to_owned(),
        "p.md",
        &markdown,
        &BTreeMap::new(),
        &mut found,
    );
    assert!(
        read.is_some(),
        "what was imported cannot be read: {markdown}"
    );
}

/// Whatever can be read can be laid out.
fn flow_reader(text: &str) {
    if let Ok(flow) = Flow::parse(text) {
        layout(&flow, &vec![Point { x: 9.0, y: 9.0 }; flow.steps.len()]);
    }
}

/// The rules in the code blocks of playbooks, as far as mutation has left them whole.
fn sigma_reader(text: &str) {
    let file = SetFile {
        path: "r.yml".to_owned(),
        name: "r.yml".to_owned(),
        bytes: Vec::new(),
    };
    for block in text.split("```yaml").skip(1) {
        let rule = block.split("```").next().unwrap_or_default();
        sigma::parse(rule, &file);
    }
    sigma::parse(text, &file);
}

fn main() -> ExitCode {
    let mut seconds = 10;
    let mut seed = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (&*argument, value) {
            ("--seconds", Some(value)) => seconds = value,
            ("--seed", Some(value)) => seed = Some(value),
            _ => {
                eprintln!("usage: fuzz/run [--seconds N] [--seed N]");
                return ExitCode::from(2);
            }
        }
    }
    let corpus = corpus();
    for (name, target) in TARGETS {
        let mut runs = 0_u64;
        let started = Instant::now();
        loop {
            let number = seed.unwrap_or(runs);
            let text = Mutator::new(number).mutate(&corpus);
            if std::panic::catch_unwind(|| target(&text)).is_err() {
                eprintln!("{name} panicked: fuzz/run --seed {number}\n{text:?}");
                return ExitCode::FAILURE;
            }
            runs += 1;
            if seed.is_some() || started.elapsed() > Duration::from_secs(seconds) {
                break;
            }
        }
        println!("{name}: {runs} texts");
    }
    ExitCode::SUCCESS
}

/// What mutations start from: our own playbooks and attack flows, and a plain page made of the section names.
fn corpus() -> Vec<String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/playbooks");
    let folders = [home.clone(), home.join("flows")].into_iter();
    let mut texts: Vec<(std::path::PathBuf, String)> = folders
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.path(), std::fs::read_to_string(entry.path()).ok()?)))
        .collect();
    texts.sort();
    let plain = sections::STANDARD
        .iter()
        .map(|s| {
            format!(
                "{}\n- Item (T1059.001)\n| a | b |\n|---|\n| c | d |\n",
                s.title
            )
        })
        .collect();
    texts
        .into_iter()
        .map(|(_, text)| text)
        .chain([plain])
        .collect()
}
