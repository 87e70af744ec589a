//! ttpress turns MITRE ATT&CK releases and a team's own playbooks into one wiki.
//!
//! The data runs one way: files are read by [`source`], become ATT&CK knowledge in [`attack`],
//! text trees in [`markdown`], pages in [`site`] and bytes on disk in [`publish`]. Every phase
//! returns its value and its [`diagnostics`]; only [`cli`] talks to the user.

pub mod attack;
pub mod markdown;
