//! One view per page kind: what the knowledge says, in the order in which readers need it.

pub mod coverage;
mod history;
pub mod home;
pub mod index;
pub mod lists;
pub mod matrix;
pub mod object;
pub mod playbook;
pub mod related;

mod actor;
pub mod changes;
mod charts;
mod defence;
pub mod detection;
pub(crate) mod facts;
mod flow;
mod tabs;
pub mod technique;
pub mod third_party;
pub mod updates;
