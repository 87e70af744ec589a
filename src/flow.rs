//! Attack flows: what an intruder did, in which order, as the Attack Flow project of the Center for
//! Threat-Informed Defense describes it, <https://center-for-threat-informed-defense.github.io/attack-flow/>.
//!
//! Two kinds of files hold a flow: its STIX bundle, and what Attack Flow Builder saves (`.afb`). Both
//! become one [`Flow`]. The order of the steps is the one that the file says, never one guessed
//! from tactics.

mod builder;
mod bundle;
pub mod layout;

use serde_json::Value;

/// The most steps a flow may have; the largest public one has some 150.
pub const MAX_STEPS: usize = 500;
/// The most arrows a flow may have.
pub const MAX_ARROWS: usize = 2000;

/// Steps and the arrows between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// In the order of the file.
    pub steps: Vec<Step>,
    /// In the order of the file, each once.
    pub arrows: Vec<Arrow>,
}

/// One box of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub kind: Kind,
    /// The name; what a condition asks; `AND` or `OR`.
    pub title: String,
    /// What it says besides.
    pub description: String,
    /// The ATT&CK ID of an action, as it was written.
    pub technique: Option<String>,
}

/// What a step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something the intruder does.
    Action,
    /// Something that holds or does not.
    Condition,
    /// `AND`, `OR`.
    Operator,
    /// What is acted on.
    Asset,
    /// Any other STIX object, by its type: `tool`, `malware`, `process` …
    Object(String),
}

/// From one step to another, as indices into [`Flow::steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// Where it starts.
    pub from: usize,
    /// Where it leads.
    pub to: usize,
    /// When it is taken.
    pub when: When,
}

/// When an arrow is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Always.
    Always,
    /// When the condition holds.
    True,
    /// When it does not.
    False,
}

impl Flow {
    /// Reads a flow from either kind of file, or says why it cannot.
    pub fn parse(text: &str) -> Result<Flow, String> {
        let file: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let flow = if file["type"] == "bundle" {
            bundle::read(&file)?
        } else if file["objects"].is_array() {
            builder::read(&file)
        } else {
            return Err(
                "this is neither a STIX bundle nor a file of Attack Flow Builder".to_owned(),
            );
        };
        match (flow.steps.len(), flow.arrows.len()) {
            (0, _) => Err("the flow has no steps".to_owned()),
            (steps, _) if steps > MAX_STEPS => {
                Err(format!("{steps} steps; at most {MAX_STEPS} are drawn"))
            }
            (_, arrows) if arrows > MAX_ARROWS => {
                Err(format!("{arrows} arrows; at most {MAX_ARROWS} are drawn"))
            }
            _ => Ok(flow),
        }
    }

    /// The ATT&CK IDs that it names.
    pub fn techniques(&self) -> impl Iterator<Item = &str> {
        self.steps
            .iter()
            .filter_map(|step| step.technique.as_deref())
    }

    /// Adds an arrow that is not there yet and leads somewhere else.
    fn lead(&mut self, from: usize, to: usize, when: When) {
        let arrow = Arrow { from, to, when };
        // One too many is enough to know that there are too many.
        if from != to && self.arrows.len() <= MAX_ARROWS && !self.arrows.contains(&arrow) {
            self.arrows.push(arrow);
        }
    }
}

/// A text of a JSON object, without blanks around it; empty where there is none.
fn text(object: &Value, key: &str) -> String {
    object[key].as_str().unwrap_or_default().trim().to_owned()
}

/// An ATT&CK ID among what is written in its place: `T1059.001`, `t1059.001`, `1059.001`.
fn technique_id(written: &str) -> Option<String> {
    let written = written.trim().to_ascii_uppercase();
    let digits = written.strip_prefix('T').unwrap_or(&written);
    let (main, sub) = digits.split_once('.').unwrap_or((digits, "000"));
    let are_digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    (are_digits(main, 4) && are_digits(sub, 3)).then(|| format!("T{digits}"))
}

#[cfg(test)]
mod tests;
