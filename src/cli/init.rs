//! `ttpress init`

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::output::Output;
use crate::diagnostics::{Diagnostic, Failure};
use crate::{publish, source};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The folder of the new wiki
    dir: PathBuf,
}

const FILES: [(&str, &str); 4] = [
    ("ttpress.toml", include_str!("init/ttpress.toml")),
    (".gitignore", "/site/\n"),
    ("themes/own/theme.toml", include_str!("init/theme.toml")),
    ("themes/own/css/own.css", include_str!("init/own.css")),
];

pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome, Failure> {
    if let Some((taken, _)) = FILES
        .iter()
        .find(|(name, _)| source::exists(&args.dir.join(name)))
    {
        return Err(Diagnostic::error(
            "init",
            format!("`{}` has a `{taken}` already", args.dir.display()),
        )
        .help("name another folder, or build the wiki that is there")
        .into());
    }
    for (name, text) in FILES {
        publish::write_file(&args.dir.join(name), text.as_bytes())?;
    }
    let dir = args.dir.display();
    output.say(&format!(
        "a new wiki in {dir}: `cd {dir}`, then `ttpress build`"
    ));
    Ok(Outcome::Clean)
}
