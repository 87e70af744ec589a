//! `ttpress import`

use std::path::PathBuf;

use crate::attack::Knowledge;
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::cli::{DataArgs, Global, Outcome};
use crate::diagnostics::Failure;
use crate::playbook::import::import;
use crate::{publish, read_release, source};

#[derive(clap::Args)]
pub(super) struct Args {
    /// A plain-text playbook: headings on bare lines, bullets, tables of bars
    file: PathBuf,
    /// The file to write [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let text = source::read_text(&args.file)?;
    let settings = Settings::resolve(global, &args.data)?;
    let (inputs, _) = settings.bundles()?;
    let (release, _) = read_release(&inputs, settings.release.as_deref())?;
    let (knowledge, _) = Knowledge::new(&release);
    let name_of = |id: &str| {
        let ix = knowledge.by_attack_id(id)?;
        Some(knowledge.object(ix).name().to_owned())
    };
    let (markdown, mut found) = import(&text, &source::shown(&args.file), &name_of);
    match &args.output {
        Some(path) => publish::write_new_file(path, markdown.as_bytes())?,
        None => output.data(markdown.as_bytes())?,
    }
    found.sort();
    output.findings(&found);
    Ok(super::output::outcome(&found, args.data.strict))
}
