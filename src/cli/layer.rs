//! `ttpress layer`

use std::path::PathBuf;

use crate::cli::build::Clock;
use crate::cli::output::{Output, outcome};
use crate::cli::settings::Settings;
use crate::cli::stages::{Authored, with_base};
use crate::cli::{DataArgs, Global, Outcome};
use crate::diagnostics::{Diagnostic, Failure};
use crate::diff::{self, Diff};
use crate::publish;
use crate::site::context::{PageContext, Sources};
use crate::site::layers;
use crate::site::pages::lists::Files;

#[derive(clap::Args)]
pub(super) struct Args {
    /// What the playbooks cover, what changed since `--previous`, or the ID of a group, campaign,
    /// software, mitigation, asset or data component
    #[arg(value_name = "coverage|updates|ID", required = true)]
    what: Vec<String>,
    /// The folder to write to; one layer alone needs none [default: stdout]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let settings = Settings::resolve(global, &args.data)?;
    with_base(&settings, &mut Clock::new(), |base, mut diagnostics, _| {
        let (mut authored, found) = Authored::read(&settings, base)?;
        diagnostics.extend(found);
        let (coverage, _) = authored.coverage(&settings, base);
        let site = authored.site(base, &coverage, &[], &settings.site);
        let mut files = Files::new();
        for what in &args.what {
            files.extend(match &**what {
                "coverage" => layers::of_coverage(site.sources(), &coverage),
                "updates" => of_updates(base.diffs)?,
                id => of_object(site.sources(), id)?,
            });
        }
        diagnostics.sort();
        output.findings(&diagnostics.without_notes());
        write(args, &files, output)?;
        Ok(outcome(&diagnostics, args.data.strict))
    })
}

fn of_updates(diffs: &[Diff]) -> Result<Files, Failure> {
    if diffs.is_empty() {
        return Err(no_layer("there is no earlier release to compare with")
            .help("name its bundles with `--previous`, or several releases with `--attack`")
            .into());
    }
    Ok(diffs.iter().flat_map(diff::layers::render).collect())
}

fn of_object(sources: Sources, id: &str) -> Result<Files, Failure> {
    let id = id.to_uppercase();
    let Some(ix) = sources.knowledge.by_attack_id(&id) else {
        return Err(
            Diagnostic::error("unknown-id", format!("the data has no `{id}`"))
                .help("name `coverage`, `updates` or an ATT&CK ID such as `G0016`")
                .into(),
        );
    };
    let files = layers::of(&PageContext::new(sources, ""), ix);
    if files.is_empty() {
        return Err(no_layer(&format!("`{id}` has no techniques to show"))
            .help("groups, campaigns, software, mitigations, assets and data components have")
            .into());
    }
    Ok(files)
}

fn no_layer(message: &str) -> Diagnostic {
    Diagnostic::error("no-layer", message)
}

fn write(args: &Args, files: &Files, output: &Output) -> Result<(), Failure> {
    match (&args.output, &files[..]) {
        (Some(folder), _) => files
            .iter()
            .try_for_each(|(name, bytes)| publish::write_file(&folder.join(name), bytes)),
        (None, [(_, bytes)]) => output.data(bytes),
        (None, _) => Err(Diagnostic::error(
            "no-folder",
            format!("these are {} layers, a file each", files.len()),
        )
        .help("name the folder to write them to with `-o DIR`")
        .into()),
    }
}
