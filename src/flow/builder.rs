//! A flow as Attack Flow Builder saves it. Versions 1 and 2 name each object's `template` and hang
//! the ends of a line on the anchors of blocks as `children`; version 3 names the template `id`,
//! the object `instance`, and has lines with a `source` and a `target` latch.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Flow, Kind, MAX_STEPS, Step, When, technique_id};

/// The parts of a drawing that are no steps.
const DRAWN: [&str; 6] = ["flow", "page", "anchor", "latch", "handle", "group"];

pub(super) fn read(file: &Value) -> Flow {
    let objects = file["objects"].as_array().map_or(&[][..], Vec::as_slice);
    let is_v3 = objects.iter().any(|object| object["instance"].is_string());
    let shape = if is_v3 {
        ("instance", "id")
    } else {
        ("id", "template")
    };
    let parts: BTreeMap<&str, Part> = objects
        .iter()
        .filter_map(|object| {
            let id = object[shape.0].as_str()?;
            let template = object[shape.1].as_str()?;
            Some((id, Part { template, object }))
        })
        .collect();
    let mut flow = Flow::default();
    if let Some(page) = objects.iter().find(|object| {
        ["flow", "attack_flow_page"].contains(&object[shape.1].as_str().unwrap_or_default())
    }) {
        flow.name = property(page, "name");
        flow.description = property(page, "description");
    }
    // Where each end of a line hangs: the step, and the branch of a condition.
    let mut held: BTreeMap<&str, (usize, When)> = BTreeMap::new();
    for object in objects {
        let Some(template) = object[shape.1].as_str().filter(|name| is_step(name)) else {
            continue;
        };
        if flow.steps.len() > MAX_STEPS {
            break;
        }
        let number = flow.steps.len();
        flow.steps.push(step(template, object));
        for (key, anchor) in anchors(object) {
            let Some(anchor) = parts.get(anchor) else {
                continue;
            };
            let when = branch(key, anchor.template);
            let ends = anchor.list("latches").chain(anchor.list("children"));
            held.extend(ends.map(|end| (end, (number, when))));
        }
    }
    for object in objects {
        let Some(template) = object[shape.1].as_str() else {
            continue;
        };
        if !is_line(template) {
            continue;
        }
        if let Some((source, target)) = ends(object, &parts)
            && let (Some(&(from, when)), Some(&(to, _))) = (held.get(source), held.get(target))
        {
            flow.lead(from, to, when);
        }
    }
    flow
}

/// An object of the drawing.
struct Part<'f> {
    template: &'f str,
    object: &'f Value,
}

impl<'f> Part<'f> {
    fn list(&self, key: &str) -> impl Iterator<Item = &'f str> {
        let list = self.object[key].as_array().into_iter().flatten();
        list.filter_map(Value::as_str)
    }
}

fn is_line(template: &str) -> bool {
    template.ends_with("_elbow") || template.ends_with("_line")
}

fn is_step(template: &str) -> bool {
    let is_part = |part: &&str| {
        let before = template.strip_suffix(*part);
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    };
    !(template.starts_with("@__builtin__") || is_line(template) || DRAWN.iter().any(is_part))
}

/// The anchors of a block, each with its key where it has one.
fn anchors(object: &Value) -> Vec<(&str, &str)> {
    let named = object["anchors"].as_object().into_iter().flatten();
    let named = named.filter_map(|(key, anchor)| Some((key.as_str(), anchor.as_str()?)));
    let children = object["children"].as_array().into_iter().flatten();
    named
        .chain(children.filter_map(|child| Some(("", child.as_str()?))))
        .collect()
}

/// The branch that an anchor stands for: version 3 says it in the key, version 2 in the template.
fn branch(key: &str, template: &str) -> When {
    let key = key.to_ascii_lowercase();
    if template == "true_anchor" || key.ends_with("true") {
        When::True
    } else if template == "false_anchor" || key.ends_with("false") {
        When::False
    } else {
        When::Always
    }
}

/// The two ends of a line.
fn ends<'f>(line: &'f Value, parts: &BTreeMap<&str, Part>) -> Option<(&'f str, &'f str)> {
    if let (Some(source), Some(target)) = (line["source"].as_str(), line["target"].as_str()) {
        return Some((source, target));
    }
    let children = line["children"].as_array()?;
    let end = |wanted: &str| {
        let mut all = children.iter().filter_map(Value::as_str);
        all.find(|id| parts.get(id).is_some_and(|p| p.template.ends_with(wanted)))
    };
    Some((end("line_source")?, end("line_target")?))
}

fn step(template: &str, object: &Value) -> Step {
    let name = property(object, "name");
    let description = property(object, "description");
    let lower = template.to_ascii_lowercase();
    let (kind, title, description) = match lower.as_str() {
        "action" => (Kind::Action, name, description),
        "asset" => (Kind::Asset, name, description),
        "condition" => (Kind::Condition, description, String::new()),
        "and" | "and_operator" => (Kind::Operator, "AND".to_owned(), String::new()),
        "or" | "or_operator" => (Kind::Operator, "OR".to_owned(), String::new()),
        other => (Kind::Object(other.replace('_', "-")), name, description),
    };
    let title = if title.is_empty() {
        let known = [
            "command_line",
            "value",
            "path",
            "key",
            "display_name",
            "abstract",
        ];
        let known = known.into_iter().map(|key| property(object, key));
        known
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_else(|| lower.replace('_', " "))
    } else {
        title
    };
    Step {
        kind,
        title,
        description,
        technique: technique(object),
    }
}

/// The technique of an action. Early files have the ID in the place of the tactic's.
fn technique(object: &Value) -> Option<String> {
    let ttp = pair(object, "ttp").and_then(|ttp| pair_in(ttp, "technique"));
    let ttp = ttp.and_then(Value::as_str).unwrap_or_default();
    [
        ttp,
        &property(object, "technique_id"),
        &property(object, "tactic_id"),
    ]
    .into_iter()
    .find_map(technique_id)
}

/// A text among an object's properties, which are pairs of name and value.
fn property(object: &Value, name: &str) -> String {
    let value = pair(object, name).and_then(Value::as_str);
    value.unwrap_or_default().trim().to_owned()
}

fn pair<'f>(object: &'f Value, name: &str) -> Option<&'f Value> {
    pair_in(&object["properties"], name)
}

fn pair_in<'f>(pairs: &'f Value, name: &str) -> Option<&'f Value> {
    let mut pairs = pairs.as_array()?.iter();
    pairs.find(|pair| pair[0] == name).map(|pair| &pair[1])
}
