//! `ttpress print`

use std::path::PathBuf;

use crate::cli::DataArgs;
use crate::playbook::Tlp;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Playbooks, by the ID of what they are on or by their file's name: one is printed alone,
    /// several as a binder
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// The playbooks against a group: on the group itself, its campaigns and its software, and one
    /// for each technique that it uses
    #[arg(long, value_name = "ID", conflicts_with_all = ["ids", "tactic", "all", "layer", "poster"])]
    group: Option<String>,
    /// The playbooks of a tactic
    #[arg(long, value_name = "ID", conflicts_with_all = ["ids", "all", "layer", "poster"])]
    tactic: Option<String>,
    /// All playbooks that somebody has written
    #[arg(long, conflicts_with_all = ["ids", "layer", "poster"])]
    all: bool,
    /// The playbooks for the techniques of a Navigator layer; with `--poster`, its colours
    #[arg(long, value_name = "FILE", conflicts_with = "ids")]
    layer: Option<PathBuf>,
    /// Battle cards: each playbook on one sheet
    #[arg(long, conflicts_with = "poster")]
    card: bool,
    /// A domain's matrix on one large sheet
    #[arg(long, value_name = "DOMAIN", conflicts_with = "ids")]
    poster: Option<String>,
    /// The size of the sheets: a4, letter, a3 for cards; a0 to a3 for posters
    #[arg(long, value_enum)]
    paper: Option<PaperArg>,
    /// The label on every page; a playbook's own can only make it stricter
    #[arg(long, value_name = "LABEL", value_parser = tlp)]
    tlp: Option<Tlp>,
    /// The PDF to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum PaperArg {
    A4,
    Letter,
    A3,
    A2,
    A1,
    A0,
}

fn tlp(label: &str) -> Result<Tlp, String> {
    let label = label.to_ascii_uppercase();
    let name = label.strip_prefix("TLP:").unwrap_or(&label);
    Tlp::of_name(name)
        .ok_or_else(|| "the labels are RED, AMBER+STRICT, AMBER, GREEN and CLEAR".to_owned())
}

#[cfg(feature = "pdf")]
mod with_pdf;
#[cfg(not(feature = "pdf"))]
mod without_pdf;

#[cfg(feature = "pdf")]
pub(super) use with_pdf::{beside_pages, run};
#[cfg(not(feature = "pdf"))]
pub(super) use without_pdf::{beside_pages, run};
