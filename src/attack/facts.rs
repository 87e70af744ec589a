//! A bundle reduced to facts: IDs, names, relations, versions, dates, log sources. What is left
//! is STIX that the same reader reads; no sentence of MITRE's is in it.

use serde_json::{Map, Value, json};

use crate::attack::bundle::Bundle;
use crate::attack::stix::{LogSource, LogSourceReference, Object, S};
use crate::diagnostics::{Diagnostic, Failure};

/// Slow and small: the result is made once for each release.
const LEVEL: i32 = 21;

/// The file name and the compressed bundle.
pub fn distil(bundle: &Bundle, release: &str) -> Result<(String, Vec<u8>), Failure> {
    let domain = bundle
        .domain()
        .unwrap_or_else(|| "enterprise-attack".to_owned());
    let all = bundle.objects.iter().map(|object| &**object);
    let mut objects: Vec<&Object> = all.filter(|o| is_fact(o)).collect();
    // Neighbours that look alike compress well.
    objects.sort_by(|a, b| {
        (
            &a.r#type,
            &a.relationship_type,
            &a.source_ref,
            &a.target_ref,
            &a.id,
        )
            .cmp(&(
                &b.r#type,
                &b.relationship_type,
                &b.source_ref,
                &b.target_ref,
                &b.id,
            ))
    });
    let collection = json!({
        "type": "x-mitre-collection",
        "id": "x-mitre-collection--00000000-0000-4000-8000-000000000000",
        "x_mitre_version": release,
    });
    let all: Vec<Value> = std::iter::once(collection)
        .chain(objects.into_iter().map(fact))
        .collect();
    let bundle = json!({
        "type": "bundle",
        "id": "bundle--00000000-0000-4000-8000-000000000000",
        "objects": all,
    });
    let bytes = zstd::encode_all(bundle.to_string().as_bytes(), LEVEL)
        .map_err(|error| Diagnostic::error("embed", format!("cannot compress: {error}")))?;
    Ok((format!("{domain}.json.zst"), bytes))
}

fn is_fact(object: &Object) -> bool {
    !matches!(
        &*object.r#type,
        "identity" | "marking-definition" | "x-mitre-collection" | "note"
    )
}

/// An object without its texts. Empty fields are left out.
fn fact(object: &Object) -> Value {
    let mut fields = Fields(Map::new());
    fields.text("type", &object.r#type);
    fields.text("id", &object.id);
    if object.r#type.0 == "relationship" {
        fields.text("relationship_type", &object.relationship_type);
        fields.text("source_ref", &object.source_ref);
        fields.text("target_ref", &object.target_ref);
        fields.flag("revoked", object.revoked);
        fields.flag("x_mitre_deprecated", object.x_mitre_deprecated);
        return Value::Object(fields.0);
    }
    fields.text("name", &object.name);
    fields.text("created", &object.created);
    fields.text("modified", &object.modified);
    fields.flag("revoked", object.revoked);
    fields.flag("x_mitre_deprecated", object.x_mitre_deprecated);
    fields.flag("x_mitre_is_subtechnique", object.x_mitre_is_subtechnique);
    fields.flag("x_mitre_remote_support", object.x_mitre_remote_support);
    fields.list("external_references", identifiers(object));
    fields.texts("aliases", &object.aliases);
    fields.texts("x_mitre_aliases", &object.x_mitre_aliases);
    fields.text("first_seen", &object.first_seen);
    fields.text("last_seen", &object.last_seen);
    let phases = object.kill_chain_phases.iter().map(|phase| {
        json!({"kill_chain_name": &*phase.kill_chain_name, "phase_name": &*phase.phase_name})
    });
    fields.list("kill_chain_phases", phases.collect());
    fields.texts("tactic_refs", &object.tactic_refs);
    fields.texts("x_mitre_analytic_refs", &object.x_mitre_analytic_refs);
    fields.texts(
        "x_mitre_collection_layers",
        &object.x_mitre_collection_layers,
    );
    fields.texts("x_mitre_contributors", &object.x_mitre_contributors);
    fields.text("x_mitre_data_source_ref", &object.x_mitre_data_source_ref);
    fields.texts("x_mitre_impact_type", &object.x_mitre_impact_type);
    fields.texts("x_mitre_platforms", &object.x_mitre_platforms);
    fields.texts("x_mitre_sectors", &object.x_mitre_sectors);
    fields.text("x_mitre_shortname", &object.x_mitre_shortname);
    fields.texts("x_mitre_tactic_type", &object.x_mitre_tactic_type);
    fields.text("x_mitre_version", &object.x_mitre_version);
    fields.list(
        "x_mitre_log_source_references",
        log_references(&object.x_mitre_log_source_references),
    );
    fields.list(
        "x_mitre_log_sources",
        log_sources(&object.x_mitre_log_sources),
    );
    let knobs = object
        .x_mitre_mutable_elements
        .iter()
        .map(|e| json!({"field": &*e.field}));
    fields.list("x_mitre_mutable_elements", knobs.collect());
    let assets = object.x_mitre_related_assets.iter().map(|asset| {
        let sectors: Vec<&str> = asset.related_asset_sectors.iter().map(|s| &**s).collect();
        json!({"name": &*asset.name, "related_asset_sectors": sectors})
    });
    fields.list("x_mitre_related_assets", assets.collect());
    if object.r#type.0 == "course-of-action" {
        fields.texts("labels", &object.labels);
    }
    Value::Object(fields.0)
}

/// The references that are IDs: ATT&CK's own and those of CAPEC and NIST.
fn identifiers(object: &Object) -> Vec<Value> {
    let references = object
        .external_references
        .iter()
        .filter(|r| !r.external_id.is_empty());
    references
        .map(|r| {
            json!({"source_name": &*r.source_name, "external_id": &*r.external_id, "url": &*r.url})
        })
        .collect()
}

fn log_references(references: &[LogSourceReference]) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for reference in references {
        let entry = json!({
            "x_mitre_data_component_ref": &*reference.x_mitre_data_component_ref,
            "name": &*reference.name,
            "channel": code(&reference.channel),
        });
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    kept
}

fn log_sources(sources: &[LogSource]) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for source in sources {
        let entry = json!({"name": &*source.name, "channel": code(&source.channel)});
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    kept
}

/// A channel that is a code (`EventCode=4624, 4648`, `execve`, `conn.log`), not a description.
fn code<'c>(channel: &'c S<'_>) -> &'c str {
    let is_code = |part: &str| {
        let part = part.trim();
        !part.is_empty() && part.len() <= 48 && !part.contains(char::is_whitespace)
    };
    if channel.split(',').all(is_code) {
        channel
    } else {
        ""
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.insert(name.to_owned(), json!(value));
        }
    }

    fn texts(&mut self, name: &str, values: &[S]) {
        self.list(name, values.iter().map(|value| json!(&**value)).collect());
    }

    fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.0.insert(name.to_owned(), json!(true));
        }
    }

    fn list(&mut self, name: &str, values: Vec<Value>) {
        if !values.is_empty() {
            self.0.insert(name.to_owned(), Value::Array(values));
        }
    }
}
