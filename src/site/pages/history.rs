//! What became of an object from release to release, in a line of its card.

use crate::attack::{Kind, ObjectIx};
use crate::diff::{Category, Step};
use crate::site::context::PageContext;
use crate::site::pages::changes::field_name;
use crate::site::pages::updates;
use crate::site::strings::{fill_html, html};

/// Such as `1.2, since 18.0` and `platforms changed in 17.0`, the newest first.
pub(super) fn of(context: &PageContext, ix: ObjectIx) -> Vec<String> {
    let strings = context.sources.strings;
    let object = context.sources.knowledge.object(ix);
    let Some((earliest, steps)) = context.sources.history.of(object) else {
        return Vec::new();
    };
    // The versions of tactics are not compared.
    let version = match object.kind {
        Kind::Tactic => "",
        _ => object.stix.x_mitre_version.trim(),
    };
    let version = html(version);
    let newest = steps
        .iter()
        .find(|step| step.is_new || step.is_other_version);
    let since = match newest {
        Some(step) if step.is_new => (&strings.history_version_new, release(context, step)),
        Some(step) => (&strings.history_version_since, release(context, step)),
        None => (&strings.history_version_before, html(earliest)),
    };
    let since = (!version.is_empty())
        .then(|| fill_html(since.0, &[("version", &version), ("release", &since.1)]));
    // The version was told as new with the object.
    let is_told = newest.is_some_and(|step| step.is_new) && since.is_some();
    let changes = steps
        .iter()
        .flat_map(|step| changes(context, step, is_told));
    since.into_iter().chain(changes).collect()
}

fn changes(context: &PageContext, step: &Step, is_told: bool) -> Vec<String> {
    let strings = context.sources.strings;
    let release = release(context, step);
    let mut all = Vec::new();
    let fate = match step.withdrawn {
        Some(Category::Revocations) => Some(&strings.history_revoked),
        Some(_) => Some(&strings.history_deprecated),
        None if step.is_new && !is_told => Some(&strings.history_new),
        None => None,
    };
    all.extend(fate.map(|fate| fill_html(fate, &[("release", &release)])));
    let fields: Vec<&str> = step
        .fields
        .iter()
        .filter(|field| TOLD.contains(field))
        .map(|field| field_name(strings, field))
        .collect();
    if !fields.is_empty() {
        let fields = html(&fields.join(", "));
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("fields", &fields), ("release", &release)];
        all.push(fill_html(&strings.history_changed, &values));
    }
    all
}

/// A release, which leads to all that it changed.
fn release(context: &PageContext, step: &Step) -> String {
    format!(
        "<a href=\"{}{}index.html\">{}</a>",
        context.root,
        html(&updates::folder(step.diff)),
        html(&step.diff.to.name)
    )
}

/// What a card tells. Lists that grow with most releases, such as the groups that use a technique,
/// are for the page of the update.
const TOLD: [&str; 10] = [
    "id",
    "name",
    "platforms",
    "tactics",
    "parent",
    "aliases",
    "sectors",
    "description",
    "detection",
    "log_sources",
];
