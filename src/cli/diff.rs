//! `ttpress diff`

use std::path::{Path, PathBuf};

use crate::cli::attack;
use crate::cli::output::Output;
use crate::cli::settings::{lock_beside, release_name};
use crate::cli::{Global, Outcome};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Format, render};
use crate::diff::impact::{self, Own, OwnFile, Subject, Touch};
use crate::diff::{Diff, Edition, json, layers, markdown, text};
use crate::flow::Flow;
use crate::playbook::Playbook;
use crate::site::pages::changes;
use crate::source::Input;
use crate::{parse_bundles, playbook, publish, source};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The earlier release: a folder of bundles, bundles with commas between them, or the number
    /// of the embedded release
    #[arg(value_name = "A")]
    from: PathBuf,
    /// The later release, likewise
    #[arg(value_name = "B")]
    to: PathBuf,
    /// How the comparison is printed; `github` and `sarif` print what it touches
    #[arg(long, value_enum, default_value = "text")]
    format: DiffFormat,
    /// What the later release touches: playbooks, rules, layers, flows and variables
    #[arg(long)]
    impact: bool,
    /// Put successors in the place of revoked IDs in playbooks
    #[arg(long)]
    fix: bool,
    /// The file to write [default: stdout]; with `layers`, the folder
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    Text,
    Md,
    Html,
    Json,
    Layers,
    Github,
    Sarif,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let (diff, mut findings) = compare(
        &paths(&args.from),
        &paths(&args.to),
        &lock_beside(global.file()),
    )?;
    output.findings(&findings.without_notes());
    let is_for_ci = matches!(args.format, DiffFormat::Github | DiffFormat::Sarif);
    if !(args.impact || args.fix || is_for_ci) {
        print(args, &diff, None, output)?;
        return Ok(Outcome::Clean);
    }
    findings = Diagnostics::default();
    let content = Content::load(global)?;
    let mut touches = impact::touches(&diff, &content.own());
    if args.fix {
        let fixed = impact::fix(&touches, &content.playbooks);
        for file in &fixed {
            publish::replace_file(Path::new(&file.file), file.text.as_bytes())?;
            for (line, old, new) in &file.edits {
                output.say(&format!("{}:{line}: {old} → {new}", file.file));
            }
        }
        touches.retain(|touch| touch.edit.is_none());
    }
    findings.extend(impact::findings(&touches));
    print(args, &diff, Some((&touches, &findings)), output)?;
    output.say(&format!(
        "{} → {}: {}",
        diff.from.name,
        diff.to.name,
        findings.counts()
    ));
    Ok(if touches.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// A path, or several with commas between them.
fn paths(argument: &Path) -> Vec<PathBuf> {
    let text = argument.to_string_lossy();
    if source::exists(argument) || !text.contains(',') {
        return vec![argument.to_owned()];
    }
    text.split(',').map(PathBuf::from).collect()
}

/// Reads two releases and compares them.
pub(super) fn compare(
    from: &[PathBuf],
    to: &[PathBuf],
    lock: &Path,
) -> Result<(Diff, Diagnostics), Failure> {
    let (old, mut findings) = attack::bundles(from, lock)?;
    let (new, found) = attack::bundles(to, lock)?;
    findings.extend(found);
    let (before, after) = rayon::join(
        || edition(&old, release_name(from).as_deref()),
        || edition(&new, release_name(to).as_deref()),
    );
    Ok((Diff::new(&before?, &after?), findings))
}

/// One release of two.
pub(super) fn edition<'a>(
    inputs: &'a [Input],
    named: Option<&str>,
) -> Result<Edition<'a>, Failure> {
    // What is odd about a release on its own is for `check` to say.
    let (bundles, _) = parse_bundles(inputs)?;
    Ok(Edition::new(bundles, named))
}

/// What the settings name: all that a release can touch.
struct Content {
    playbooks: Vec<Playbook>,
    detections: crate::detections::Detections,
    files: Vec<OwnFile>,
}

impl Content {
    fn load(global: &Global) -> Result<Content, Failure> {
        let config = global.settings()?;
        let (playbooks, _) =
            playbook::load(&config.build.content.join("playbooks"), &config.variables)?;
        let detections = crate::detections::Detections::read(&config.detections)?;
        Ok(Content {
            playbooks,
            detections,
            files: own_files(&config.build.content, global.file())?,
        })
    }

    fn own(&self) -> Own<'_> {
        Own {
            playbooks: &self.playbooks,
            detections: &self.detections,
            files: &self.files,
        }
    }
}

/// The wiki's Navigator layers and attack flows, and its settings for what their variables name.
pub(super) fn own_files(content: &Path, config: &Path) -> Result<Vec<OwnFile>, Failure> {
    let mut files = whole(&content.join("layers"), &["json"], Subject::Layer)?;
    let flows = whole(&content.join("playbooks"), &["json", "afb"], Subject::Flow)?;
    // Other files may lie beside playbooks.
    files.extend(
        flows
            .into_iter()
            .filter(|file| Flow::parse(&file.text).is_ok()),
    );
    if let Some(text) = source::read_optional(config)? {
        files.push(OwnFile {
            subject: Subject::Variable,
            path: source::shown(config),
            part: table(&text, "[variables]"),
            text,
        });
    }
    Ok(files)
}

/// The files below a folder, read from end to end.
fn whole(folder: &Path, endings: &[&str], subject: Subject) -> Result<Vec<OwnFile>, Failure> {
    if !source::exists(folder) {
        return Ok(Vec::new());
    }
    let read = |path: PathBuf| {
        let text = source::read_text(&path)?;
        Ok(OwnFile {
            subject,
            path: source::shown(&path),
            part: 0..text.len(),
            text,
        })
    };
    let paths = source::list_files(folder, endings)?;
    paths.into_iter().map(read).collect()
}

/// The lines of a table of a TOML file, without its heading. Other tables may name IDs of other
/// releases on purpose.
fn table(text: &str, heading: &str) -> std::ops::Range<usize> {
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        at += line.len();
        (at, line.trim())
    });
    let start = lines
        .find(|(_, line)| *line == heading)
        .map_or(text.len(), |(end, _)| end);
    let end = lines.find(|(_, line)| line.starts_with('['));
    start
        ..end
            .map_or(text.len(), |(end, line)| end - line.len())
            .max(start)
}

fn print(
    args: &Args,
    diff: &Diff,
    impact: Option<(&[Touch], &Diagnostics)>,
    output: &Output,
) -> Result<(), Failure> {
    let touches = impact.map(|(touches, _)| touches);
    let findings = |format| {
        let found = impact.map_or(String::new(), |(_, findings)| {
            render(findings, format, output.color_on_stdout())
        });
        found.into_bytes()
    };
    let bytes = match args.format {
        DiffFormat::Layers => return write_layers(args, diff),
        DiffFormat::Text if impact.is_some() => findings(Format::Text),
        DiffFormat::Text => text::render(diff).into_bytes(),
        DiffFormat::Md => markdown::render(diff, touches).into_bytes(),
        DiffFormat::Html => changes::document(diff, touches).into_bytes(),
        DiffFormat::Json => json::render(diff, touches),
        DiffFormat::Github => findings(Format::Github),
        DiffFormat::Sarif => findings(Format::Sarif),
    };
    match &args.output {
        Some(path) => publish::write_file(path, &bytes),
        None => output.data(&bytes),
    }
}

fn write_layers(args: &Args, diff: &Diff) -> Result<(), Failure> {
    let Some(folder) = &args.output else {
        return Err(
            Diagnostic::error("no-folder", "layers are one file for each domain")
                .help("name the folder to write them to with `-o DIR`")
                .into(),
        );
    };
    layers::render(diff)
        .into_iter()
        .try_for_each(|(name, bytes)| publish::write_file(&folder.join(name), &bytes))
}
