//! The skeleton of a playbook: what the data knows is placed, the rest asks its author.

use std::fmt::Write as _;

use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx};

use super::sections::{STANDARD, Standard};

/// What only an author can write: heading and prompt.
const PROMPTS: [(&str, &str); 9] = [
    (
        "Executive Summary",
        "What happens, how bad it is, and what to do in the first ten minutes. Four sentences.",
    ),
    (
        "Why Attackers Use It",
        "What it gains them here, and why it is hard to see or to stop.",
    ),
    (
        "Attack Flow",
        "The steps before and after, in order, as they were seen in cases.",
    ),
    (
        "Network Traffic",
        "Protocols, ports, directions, and what is unusual about them.",
    ),
    (
        "Sigma Rules",
        "A rule in a yaml code block: title, author, logsource, detection, falsepositives.",
    ),
    (
        "Splunk Queries",
        "A query in an spl code block, and what to tune in it.",
    ),
    (
        "Investigation Workflow",
        "Steps as tick boxes: `- [ ] …`, each with the source that answers it.",
    ),
    (
        "Containment",
        "A table: step, who must approve it, how to undo it.",
    ),
    (
        "Prerequisites",
        "What the attacker needs, and which logging you need to see it.",
    ),
];

/// A skeleton's Markdown for a technique, group, software or campaign. `has` says whether a kind
/// of block has something to show for the object.
pub fn skeleton(knowledge: &Knowledge, ix: ObjectIx, has: impl Fn(&str) -> bool) -> String {
    let object = knowledge.object(ix);
    let mut text = String::from("---\n");
    let mut key = |name: &str, value: &str| {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push('\n');
    };
    key("technique", object.id());
    key("title", &quoted(object.name()));
    key("status", "draft");
    if knowledge.is_named {
        key("attack_release", &quoted(knowledge.label));
    }
    if !object.stix.x_mitre_version.is_empty() {
        key("technique_version", &quoted(&object.stix.x_mitre_version));
    }
    text.push_str("---\n");
    for section in &STANDARD {
        let content = content(knowledge, ix, section, &has);
        // The sections are made for techniques: of others, only what fits is offered.
        if !content.is_empty() || object.kind == Kind::Technique {
            let _ = write!(text, "\n## {}\n{content}", section.title);
        }
    }
    text
}

/// What a section of a skeleton starts with.
fn content(
    knowledge: &Knowledge,
    ix: ObjectIx,
    section: &Standard,
    has: impl Fn(&str) -> bool,
) -> String {
    let mut text = String::new();
    if let Some((_, prompt)) = PROMPTS.iter().find(|(title, _)| *title == section.title) {
        let _ = writeln!(text, "\n<!-- {prompt} -->");
    }
    if section.title == "Prerequisites" {
        let platforms: Vec<&str> = knowledge.object(ix).platforms().collect();
        if !platforms.is_empty() {
            let _ = writeln!(text, "\n- Platforms: {}", platforms.join(", "));
        }
    }
    if section.title == "Related Techniques" {
        text.push_str(&family(knowledge, ix));
    }
    for block in section.blocks.iter().filter(|block| has(block)) {
        let _ = writeln!(text, "\n<!-- attack: {block} -->");
    }
    text
}

/// A text as a double-quoted YAML scalar; JSON's strings are.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The technique above, and those below or beside.
fn family(knowledge: &Knowledge, ix: ObjectIx) -> String {
    let parents = knowledge.targets(ix, EdgeKind::SubtechniqueOf);
    let children = knowledge.origins(ix, EdgeKind::SubtechniqueOf);
    let uses = knowledge
        .targets(ix, EdgeKind::Uses)
        .filter(|&used| knowledge.object(used).kind == Kind::Technique);
    let mut lines = String::new();
    for ix in parents.chain(children).chain(uses) {
        let object = knowledge.object(ix);
        let _ = writeln!(lines, "- {} {}", object.id(), object.name());
    }
    if lines.is_empty() {
        lines
    } else {
        format!("\n{lines}")
    }
}
