//! A comparison as JSON; `api/diff.schema.json` describes it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::impact::Touch;
use super::{Change, Diff, DomainDiff, Entry, Label, PlatformChanges, Sets, TacticChange};

/// The comparison, and what it touches where that was asked for.
pub fn render(diff: &Diff, touches: Option<&[Touch]>) -> Vec<u8> {
    let document = Document {
        domains: diff.sets(),
        from: &diff.from,
        to: &diff.to,
        changes: diff
            .domains
            .iter()
            .map(|d| (&*d.name, Changes::of(d)))
            .collect(),
        impact: touches,
    };
    // Strings, numbers and lists are always JSON.
    let mut json = serde_json::to_vec(&document).unwrap_or_default();
    json.push(b'\n');
    json
}

#[derive(Serialize)]
struct Document<'d> {
    domains: Sets<'d>,
    from: &'d Label,
    to: &'d Label,
    changes: BTreeMap<&'d str, Changes<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<&'d [Touch]>,
}

#[derive(Serialize)]
struct Changes<'d> {
    objects: &'d [Entry],
    moved: Vec<Moved<'d>>,
    tactics: &'d [TacticChange],
    platforms: &'d PlatformChanges,
}

#[derive(Serialize)]
struct Moved<'d> {
    stix_id: &'d str,
    #[serde(flatten)]
    ids: Change,
}

impl Changes<'_> {
    fn of(domain: &DomainDiff) -> Changes<'_> {
        let moved = domain.moved().map(|(entry, ids)| Moved {
            stix_id: &entry.stix_id,
            ids,
        });
        Changes {
            objects: &domain.entries,
            moved: moved.collect(),
            tactics: &domain.tactics,
            platforms: &domain.platforms,
        }
    }
}
