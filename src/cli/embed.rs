//! `ttpress embed`: the maintainers' command that makes `content/attack/`.

use std::path::PathBuf;

use crate::attack::{Bundle, facts};
use crate::cli::Outcome;
use crate::cli::output::Output;
use crate::diagnostics::Failure;
use crate::{publish, source};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The bundles of one release
    #[arg(long, value_name = "PATH", required = true)]
    attack: Vec<PathBuf>,
    /// The release's number
    #[arg(long, value_name = "LABEL")]
    attack_release: String,
    /// The folder for the result, one file for each domain
    #[arg(long, value_name = "DIR", default_value = "content/attack")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let (inputs, found) = source::read_bundles(&args.attack)?;
    output.findings(&found);
    for input in inputs {
        let (bundle, found) = Bundle::parse(&input)?;
        output.findings(&found);
        let (name, bytes) = facts::distil(&bundle, &args.attack_release)?;
        let path = args.out.join(name);
        publish::write_file(&path, &bytes)?;
        output.say(&format!("{}: {} bytes", path.display(), bytes.len()));
    }
    Ok(Outcome::Clean)
}
