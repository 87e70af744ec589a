//! What `ttpress print` says where the binary cannot.

use super::Args;
use crate::cli::output::Output;
use crate::cli::{Global, Outcome};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::site::pages::lists::Files;
use crate::site::{Settings, Site};

pub(in crate::cli) fn run(_: &Global, _: &Args, _: &Output) -> Result<Outcome, Failure> {
    Err(no_pdf())
}

pub(in crate::cli) fn beside_pages(
    _: &Site,
    _: &Settings,
) -> Result<(Files, Diagnostics), Failure> {
    Err(no_pdf())
}

fn no_pdf() -> Failure {
    Diagnostic::error("no-pdf", "this ttpress was built without PDF")
        .help("`cargo build --release --features pdf` builds one that prints")
        .into()
}
