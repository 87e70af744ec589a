//! `ttpress check`

use serde_json::value::RawValue;

use crate::check::links;
use crate::cli::build::{Clock, site};
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::cli::{DataArgs, FormatArg, Global, Outcome};
use crate::coverage::Totals;
use crate::diagnostics::{Diagnostic, Failure, Format, render};
use crate::tree::Tree;

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
    let built = site(&settings, &mut Clock::new(), || Ok(Tree::new()))?;
    let mut diagnostics = built.diagnostics;
    let (found, seen) = links::check(&built.shelf);
    diagnostics.extend(found);
    diagnostics.sort();
    let format: Format = args.format.into();
    let mut text = render(&diagnostics, format, output.color_on_stdout());
    if format == Format::Json {
        text = report(text, built.coverage)?;
    }
    output.data(text.as_bytes())?;
    output.say(&format!(
        "{}; {} links within the site checked, {} links out of it not",
        diagnostics.counts(),
        seen.inner,
        seen.outer
    ));
    Ok(super::output::outcome(&diagnostics, args.data.strict))
}

/// What `--format json` prints: the findings, and how much the playbooks answer.
#[derive(serde::Serialize)]
struct Report {
    coverage: Totals,
    findings: Box<RawValue>,
}

fn report(findings: String, coverage: Totals) -> Result<String, Failure> {
    let report = RawValue::from_string(findings)
        .and_then(|findings| serde_json::to_string_pretty(&Report { coverage, findings }));
    report
        .map(|text| text + "\n")
        .map_err(|error| Diagnostic::error("internal", error.to_string()).into())
}
