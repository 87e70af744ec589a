//! The `ttpress` command.

use std::process::ExitCode;

/// A build makes and drops millions of short strings on all threads; with the system's allocator
/// it takes a fifth more processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ttpress::cli::run()
}
