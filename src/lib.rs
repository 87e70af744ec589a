//! ttpress turns MITRE ATT&CK releases and a team's own playbooks into one wiki.
//!
//! The data runs one way. [`source`] reads files; [`attack`] makes bundles a release and the
//! release knowledge; [`markdown`] parses its texts; [`site`] renders pages into a [`tree::Tree`]
//! of paths and bytes; [`check`] looks at that tree, [`publish`] writes it, and [`serve`] shows it to
//! a browser. Every phase returns its value and its [`diagnostics`]; only [`cli`] talks to the user.

pub mod attack;
pub mod check;
pub mod cli;
pub mod compress;
pub mod config;
pub mod coverage;
pub mod detections;
pub mod diagnostics;
pub mod dialects;
pub mod diff;
pub mod fetch;
pub mod flow;
pub mod gaps;
mod json;
pub mod markdown;
pub mod names;
pub mod navigator;
pub mod playbook;
#[cfg(feature = "pdf")]
pub mod print;
pub mod publish;
pub mod releases;
pub mod repository;
pub mod search;
pub mod serve;
pub mod site;
pub mod source;
pub mod spelling;
pub mod tree;
pub mod versions;

pub use releases::{parse_bundles, read_groups, read_release};
