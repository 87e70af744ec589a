//! The `ttpress` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ttpress::cli::run()
}
