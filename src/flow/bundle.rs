//! A flow as a STIX 2.1 bundle with the Attack Flow extension.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Flow, Kind, MAX_STEPS, Step, When, technique_id, text};

/// Properties that lead on, and when.
const LEADS: [(&str, When); 5] = [
    ("effect_refs", When::Always),
    ("on_true_refs", When::True),
    ("on_false_refs", When::False),
    ("asset_refs", When::Always),
    ("command_ref", When::Always),
];

pub(super) fn read(file: &Value) -> Result<Flow, String> {
    let objects = file["objects"].as_array().map_or(&[][..], Vec::as_slice);
    let Some(about) = objects.iter().find(|o| o["type"] == "attack-flow") else {
        return Err("the bundle holds no `attack-flow`".to_owned());
    };
    let mut flow = Flow {
        name: text(about, "name"),
        description: text(about, "description"),
        ..Flow::default()
    };
    let arrows = arrows(objects);
    let ends: BTreeSet<&str> = arrows.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects {
        let (Some(id), Some(kind)) = (object["id"].as_str(), object["type"].as_str()) else {
            continue;
        };
        let is_own =
            kind.starts_with("attack-") && !["attack-flow", "attack-pattern"].contains(&kind);
        // Authors and extension definitions belong to no step.
        if !(is_own || ends.contains(id)) || kind == "attack-flow" || numbers.contains_key(id) {
            continue;
        }
        if flow.steps.len() > MAX_STEPS {
            break;
        }
        numbers.insert(id, flow.steps.len());
        flow.steps.push(step(kind, object));
    }
    for (from, to, when) in arrows {
        if let (Some(&from), Some(&to)) = (numbers.get(from), numbers.get(to)) {
            flow.lead(from, to, when);
        }
    }
    Ok(flow)
}

/// Every reference from one object to another that is an arrow.
fn arrows(objects: &[Value]) -> Vec<(&str, &str, When)> {
    let mut arrows = Vec::new();
    for object in objects {
        if object["type"] == "relationship" {
            let ends = (object["source_ref"].as_str(), object["target_ref"].as_str());
            if let (Some(from), Some(to)) = ends {
                arrows.push((from, to, When::Always));
            }
            continue;
        }
        let is_own = object["type"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("attack-"));
        let Some(from) = object["id"].as_str().filter(|_| is_own) else {
            continue;
        };
        for (key, when) in LEADS {
            let one = object[key].as_str().into_iter();
            let many = object[key].as_array().into_iter().flatten();
            let all = one.chain(many.filter_map(Value::as_str));
            arrows.extend(all.map(|to| (from, to, when)));
        }
    }
    arrows
}

fn step(kind: &str, object: &Value) -> Step {
    let (name, description) = (text(object, "name"), text(object, "description"));
    let (kind, title, description) = match kind {
        "attack-action" => (Kind::Action, name, description),
        "attack-asset" => (Kind::Asset, name, description),
        "attack-condition" => (Kind::Condition, description, String::new()),
        "attack-operator" => (Kind::Operator, text(object, "operator"), String::new()),
        other => (Kind::Object(other.to_owned()), name, description),
    };
    Step {
        title: if title.is_empty() {
            value(object)
        } else {
            title
        },
        description,
        technique: object["technique_id"].as_str().and_then(technique_id),
        kind,
    }
}

/// What an object without a name is known by: a command, an address, a path.
fn value(object: &Value) -> String {
    [
        "command_line",
        "value",
        "path",
        "key",
        "display_name",
        "account_login",
        "abstract",
        "type",
    ]
    .into_iter()
    .map(|key| text(object, key))
    .find(|text| !text.is_empty())
    .unwrap_or_default()
}
