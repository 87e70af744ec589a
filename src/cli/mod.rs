//! The command line: arguments in, findings and exit status out. Data goes to stdout, all talk
//! to stderr.

mod attack;
mod build;
mod check;
mod diff;
mod embed;
mod environment;
mod fetch;
mod import;
mod init;
mod layer;
mod new;
mod output;
mod print;
mod seal;
mod search;
mod serve;
mod settings;
mod stages;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_mangen::Man;

use crate::cli::output::Output;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Failure, Format};
use crate::source;

/// Turns MITRE ATT&CK releases into a wiki: fast, printable, offline
#[derive(Parser)]
#[command(name = "ttpress", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Clone, Args)]
struct Global {
    /// The wiki's settings [default: ttpress.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Say nothing but findings
    #[arg(short, long, global = true)]
    quiet: bool,
}

impl Global {
    /// The file of the settings, which need not be there unless it was named.
    fn file(&self) -> &Path {
        self.config.as_deref().unwrap_or(Path::new("ttpress.toml"))
    }

    /// The settings in it.
    fn settings(&self) -> Result<Config, Failure> {
        match &self.config {
            Some(named) if !source::exists(named) => {
                let message = format!("there are no settings in `{}`", named.display());
                Err(Diagnostic::error("no-settings", message)
                    .help("without `--config`, settings are those of ttpress.toml, if it is there")
                    .into())
            }
            _ => Config::load(self.file()),
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Build the site
    Build(build::Args),
    /// Show the site in a browser while it is written: for preview only
    Serve(serve::Args),
    /// Check ATT&CK data and every link of the site; write nothing
    Check(check::Args),
    /// Compare two releases, and say what of yours the later one touches
    Diff(diff::Args),
    /// Write Navigator layers: of coverage, of what a release changed, of groups and others
    Layer(layer::Args),
    /// Start a playbook: a skeleton whose generated parts are already true
    New(new::Args),
    /// Turn a plain-text playbook into Markdown
    Import(import::Args),
    /// Set playbooks as PDF: one, a binder, battle cards, a poster
    Print(print::Args),
    /// Search as the site does
    Search(search::Args),
    /// Fetch an ATT&CK release and pin it in attack.lock
    Fetch(fetch::Args),
    /// Start a new wiki that builds at once
    Init(init::Args),
    /// Make the embedded release: bundles without MITRE's prose
    #[command(hide = true)]
    Embed(embed::Args),
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Where the data comes from; the same for all commands that read it.
#[derive(Clone, Args)]
struct DataArgs {
    /// ATT&CK as STIX: a bundle (.json, .json.gz, .json.zst), a folder of bundles, or the number
    /// of a fetched release; 17.1=PATH says which release files are of. Several releases make one
    /// site [default: the release in attack.lock, else the embedded one]
    #[arg(long, value_name = "PATH|RELEASE")]
    attack: Vec<PathBuf>,
    /// An earlier release, as bundles or a folder of them: the site says what changed since
    #[arg(long, value_name = "PATH|RELEASE")]
    previous: Vec<PathBuf>,
    /// What to call the release where the data does not say
    #[arg(long, value_name = "LABEL")]
    attack_release: Option<String>,
    /// The folder with playbooks and layers [default: content]
    #[arg(long, value_name = "DIR")]
    content: Option<PathBuf>,
    /// The theme: `default`, or a folder in themes/
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// The site's own address, for canonical links, sitemap and the 404 page
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Exit with 1 on warnings too
    #[arg(long)]
    strict: bool,
}

/// How findings are printed.
#[derive(Clone, Copy, clap::ValueEnum)]
enum FormatArg {
    Text,
    Json,
    Github,
    Sarif,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Format {
        match format {
            FormatArg::Text => Format::Text,
            FormatArg::Json => Format::Json,
            FormatArg::Github => Format::Github,
            FormatArg::Sarif => Format::Sarif,
        }
    }
}

/// Whether there is something to look at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Clean,
    Findings,
}

/// Runs the command that the arguments name: 0 clean, 1 findings, 2 could not run.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.global.quiet);
    let result = match cli.command {
        Command::Build(args) => build::run(&cli.global, &args, &output),
        Command::Serve(args) => serve::run(&cli.global, &args, &output),
        Command::Check(args) => check::run(&cli.global, &args, &output),
        Command::Diff(args) => diff::run(&cli.global, &args, &output),
        Command::Layer(args) => layer::run(&cli.global, &args, &output),
        Command::New(args) => new::run(&cli.global, &args, &output),
        Command::Import(args) => import::run(&cli.global, &args, &output),
        Command::Print(args) => print::run(&cli.global, &args, &output),
        Command::Search(args) => search::run(&cli.global, &args, &output),
        Command::Fetch(args) => fetch::run(&cli.global, &args, &output),
        Command::Init(args) => init::run(&args, &output),
        Command::Embed(args) => embed::run(&args, &output),
        Command::Completions { shell } => completions(shell, &output),
        Command::Man => man(&output),
    };
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(failure) => {
            output.failure(failure);
            ExitCode::from(2)
        }
    }
}

fn completions(shell: clap_complete::Shell, output: &Output) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ttpress", &mut script);
    output.data(&script)?;
    Ok(Outcome::Clean)
}

fn man(output: &Output) -> Result<Outcome, Failure> {
    let page = manual().map_err(|error| output::cannot_print(&error))?;
    output.data(&page)?;
    Ok(Outcome::Clean)
}

/// One page for all: a section for each command, what `--help` tells of it in parts of that.
fn manual() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let whole = Man::new(command.clone());
    let mut page = Vec::new();
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    for command in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        writeln!(page, ".SH TTPRESS {}", command.get_name().to_uppercase())?;
        let own = Man::new(command.clone());
        let mut parts = Vec::new();
        own.render_description_section(&mut parts)?;
        own.render_synopsis_section(&mut parts)?;
        own.render_options_section(&mut parts)?;
        page.extend(
            String::from_utf8_lossy(&parts)
                .replace(".SH ", ".SS ")
                .bytes(),
        );
    }
    page.extend_from_slice(EXIT_STATUS);
    Ok(page)
}

const EXIT_STATUS: &[u8] = b".SH EXIT STATUS
.TP
0
clean
.TP
1
findings: errors; with \\-\\-strict also warnings; of diff \\-\\-impact, that anything is touched
.TP
2
could not run
";
