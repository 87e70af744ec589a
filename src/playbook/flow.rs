//! The attack flow that a playbook names in its front matter.

use std::path::{Component, Path};

use super::Playbook;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::flow::Flow;
use crate::source;

/// A flow and the file that it was read from.
#[derive(Clone, Debug)]
pub struct AttackFlow {
    /// The file.
    pub file: String,
    /// What it says.
    pub flow: Flow,
}

/// Reads the flow of a playbook that lies at `path`, if it names one.
pub(super) fn load(playbook: &mut Playbook, path: &Path, diagnostics: &mut Diagnostics) {
    let Some(name) = &playbook.front.attack_flow else {
        return;
    };
    match read(name, path) {
        Ok(found) => playbook.flow = Some(found),
        Err(failure) => {
            let finding = Diagnostic::from(failure);
            diagnostics.push(finding.at(playbook.at_key("attack_flow")));
        }
    }
}

fn read(name: &str, playbook: &Path) -> Result<AttackFlow, Failure> {
    let relative = Path::new(name);
    // A playbook may come from somebody else: it must not reach for other files of the machine.
    let stays = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let ending = relative
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    if !stays || !["afb", "json"].contains(&&*ending) {
        let message = format!("`{name}` is no file of an attack flow");
        return Err(Diagnostic::error("attack-flow", message)
            .help("name a `.afb` or `.json` file in the folder of the playbook or within it")
            .into());
    }
    let path = playbook.with_file_name("").join(relative);
    let text = source::read_text(&path).map_err(|failure| {
        let why = &failure.diagnostic().message;
        Diagnostic::error("attack-flow", format!("cannot read `{name}`: {why}"))
            .help("the playbook is shown without a diagram")
    })?;
    let flow = Flow::parse(&text).map_err(|why| {
        Diagnostic::error("attack-flow", format!("cannot draw `{name}`: {why}"))
            .help("save it in Attack Flow Builder, or publish it as STIX there")
    })?;
    let file = source::shown(&path);
    Ok(AttackFlow { file, flow })
}
