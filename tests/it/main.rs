//! ttpress as its users meet it: the real binary, run on bundles made here, on the embedded
//! release, and on real releases where they are at hand (see `real.rs`).

#![allow(
    clippy::disallowed_methods,
    reason = "tests make the files that the product reads, and read what it writes"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a test may assume that what it set up itself is there"
)]

mod blocks;
mod build;
mod check;
mod cli;
mod detections;
mod determinism;
mod diff;
mod diff_real;
mod explorer;
mod fetch;
mod flows;
mod harness;
mod hostile;
mod html;
mod layer;
#[cfg(feature = "pdf")]
mod pdf;
mod playbooks;
mod print;
mod reading;
mod real;
mod serve;
mod server;
mod stix;
mod strings;
mod tabs;
mod traps;
mod unchanged;
mod versions;
