//! The JSON twin of each object and the APIs made of the same records.

use serde::Serialize;

use crate::attack::log_sources::{self, Events};
use crate::attack::related::Fused;
use crate::attack::{Kind, Knowledge, Object, ObjectIx, Status, relations};
use crate::diff::{Category, History, Step};
use crate::json::to_json;
use crate::site::context::Sources;

/// One object as JSON; the schema is published as `api/object.schema.json`.
#[derive(Serialize)]
struct Record<'r> {
    id: &'r str,
    stix_id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attack_id: Option<&'r str>,
    r#type: &'static str,
    name: &'r str,
    domains: Vec<&'r str>,
    version: &'r str,
    created: &'r str,
    modified: &'r str,
    platforms: Vec<&'r str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_by: Option<&'r str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    aliases: Vec<&'r str>,
    page: String,
    relations: Relations<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Events>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<Vec<RelatedRecord<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<StepRecord<'r>>>,
}

/// What changed about an object from one release to the next.
#[derive(Serialize)]
struct StepRecord<'r> {
    from: &'r str,
    to: &'r str,
    changed: Vec<&'static str>,
}

impl<'r> StepRecord<'r> {
    fn new(step: &Step<'r>) -> Self {
        let withdrawn = step.withdrawn.map(Category::name);
        let new = step.is_new.then_some(Category::Additions.name());
        let version = step.is_other_version.then_some("version");
        let changed = [new, withdrawn, version].into_iter().flatten();
        StepRecord {
            from: &step.diff.from.name,
            to: &step.diff.to.name,
            changed: changed.chain(step.fields.iter().copied()).collect(),
        }
    }

    fn all(history: &'r History, object: &Object) -> Option<Vec<Self>> {
        let (_, steps) = history.of(object)?;
        Some(steps.iter().map(StepRecord::new).collect())
    }
}

/// A technique that belongs to another one.
#[derive(Serialize)]
struct RelatedRecord<'r> {
    id: &'r str,
    score: f64,
    reasons: Vec<&'static str>,
}

impl<'r> RelatedRecord<'r> {
    fn new(knowledge: &'r Knowledge, fused: &Fused) -> Self {
        let mut reasons: Vec<&str> = fused.reasons.iter().map(|reason| reason.word()).collect();
        reasons.sort_unstable();
        RelatedRecord {
            id: knowledge.object(fused.technique).key,
            score: (fused.score * 1e4).round() / 1e4,
            reasons,
        }
    }
}

/// Kinds in their fixed order, each with sorted IDs.
struct Relations<'r>(Vec<(&'static str, Vec<&'r str>)>);

impl Serialize for Relations<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(kind, ids)| (kind, ids)))
    }
}

/// The record of an object, as one line of JSON.
pub(super) fn record(sources: Sources, ix: ObjectIx) -> Vec<u8> {
    let Sources {
        knowledge,
        routes,
        related,
        history,
        ..
    } = sources;
    let object = knowledge.object(ix);
    let key = |ix: ObjectIx| knowledge.object(ix).key;
    let (status, revoked_by) = match object.status {
        Status::Live => ("live", None),
        Status::Deprecated => ("deprecated", None),
        Status::Revoked { by } => ("revoked", by.map(key)),
    };
    let relations = relations::of(knowledge, ix)
        .into_iter()
        .map(|(kind, objects)| {
            let mut ids: Vec<&str> = objects.into_iter().map(key).collect();
            ids.sort_unstable();
            (kind, ids)
        })
        .collect();
    let mut page = String::new();
    routes.write_href("", ix, &mut page);
    let record = Record {
        id: object.key,
        stix_id: &object.stix.id,
        attack_id: object.stix.attack_id(),
        r#type: object.kind.name(),
        name: object.name(),
        domains: object
            .domains
            .iter()
            .map(|&d| &*knowledge.domains[d])
            .collect(),
        version: &object.stix.x_mitre_version,
        created: &object.stix.created,
        modified: &object.stix.modified,
        platforms: object.platforms().collect(),
        status,
        revoked_by,
        aliases: object.aliases().collect(),
        page,
        relations: Relations(relations),
        events: (object.kind == Kind::Technique).then(|| log_sources::of_technique(knowledge, ix)),
        related: related.of(ix).map(|near| {
            let fused = near.fused.iter();
            fused.map(|f| RelatedRecord::new(knowledge, f)).collect()
        }),
        history: StepRecord::all(history, object),
    };
    to_json(&record)
}

/// `api/objects.json`: all records.
pub(super) fn all(records: &[Vec<u8>]) -> Vec<u8> {
    let mut json = Vec::with_capacity(records.iter().map(|r| r.len() + 2).sum::<usize>() + 4);
    json.extend_from_slice(b"[\n");
    for (i, record) in records.iter().enumerate() {
        if i > 0 {
            json.extend_from_slice(b",\n");
        }
        json.extend_from_slice(record);
    }
    json.extend_from_slice(b"\n]\n");
    json
}
