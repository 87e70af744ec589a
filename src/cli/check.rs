//! `ttpress check`

use crate::check::links;
use crate::cli::build::{Clock, tree};
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::cli::{DataArgs, FormatArg, Global, Outcome};
use crate::diagnostics::{Failure, Format, render};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "text")]
    format: FormatArg,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let settings = Settings::resolve(global, &args.data)?;
    let built = tree(&settings, &mut Clock::new())?;
    let mut diagnostics = built.diagnostics;
    let (found, seen) = links::check(&built.tree);
    diagnostics.extend(found);
    diagnostics.sort();
    let format: Format = args.format.into();
    output.data(render(&diagnostics, format, output.color_on_stdout()).as_bytes())?;
    output.say(&format!(
        "{}; {} links within the site checked, {} links out of it not",
        diagnostics.counts(),
        seen.inner,
        seen.outer
    ));
    Ok(super::output::outcome(&diagnostics, args.data.strict))
}
