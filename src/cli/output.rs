//! The only place that prints.

#![allow(
    clippy::disallowed_methods,
    reason = "colour depends on the environment"
)]

use std::io::{self, IsTerminal, Write};

use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Format, render};

/// Findings as people read them.
#[derive(Serialize, Deserialize)]
pub(super) struct Rendered {
    plain: String,
    colored: String,
}

impl Rendered {
    pub(super) fn new(diagnostics: &Diagnostics) -> Rendered {
        Rendered {
            plain: render(diagnostics, Format::Text, false),
            colored: render(diagnostics, Format::Text, true),
        }
    }
}

/// Where talk goes.
#[derive(Clone)]
pub(super) struct Output {
    quiet: bool,
    color: bool,
}

impl Output {
    pub(super) fn new(quiet: bool) -> Output {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Output {
            quiet,
            color: !no_color && io::stderr().is_terminal(),
        }
    }

    /// Progress and results: for people, on stderr.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            // Nobody is left to tell when stderr is gone.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// Whether there is somebody to watch a bar grow.
    pub(super) fn is_watched(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Findings, on stderr.
    pub(super) fn findings(&self, diagnostics: &Diagnostics) {
        self.rendered(&Rendered::new(diagnostics));
    }

    /// The same, where they were put into words before.
    pub(super) fn rendered(&self, findings: &Rendered) {
        let text = if self.color {
            &findings.colored
        } else {
            &findings.plain
        };
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Why a command could not run.
    pub(super) fn failure(&self, failure: Failure) {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(failure);
        self.findings(&diagnostics);
    }

    /// Whether findings on stdout may be coloured.
    pub(super) fn color_on_stdout(&self) -> bool {
        self.color && io::stdout().is_terminal()
    }

    /// Data, on stdout. A reader that has seen enough (`| head`) is no error.
    #[expect(clippy::unused_self, reason = "callers print through one hand")]
    pub(super) fn data(&self, bytes: &[u8]) -> Result<(), Failure> {
        match io::stdout().write_all(bytes) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_print(&error)),
            _ => Ok(()),
        }
    }
}

pub(super) fn cannot_print(error: &io::Error) -> Failure {
    Diagnostic::error("output", format!("cannot write to stdout: {error}")).into()
}

/// Errors are findings; warnings are, where the user says so.
pub(super) fn outcome(diagnostics: &Diagnostics, strict: bool) -> super::Outcome {
    let counts = diagnostics.counts();
    if counts.errors > 0 || strict && counts.warnings > 0 {
        super::Outcome::Findings
    } else {
        super::Outcome::Clean
    }
}
