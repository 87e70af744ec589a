//! The wire shapes of ATT&CK's STIX 2.0 and 2.1: one flat struct, every field optional but `type`
//! and `id`, strings borrowed from the file wherever JSON has no escape in them.

use std::borrow::Cow;
use std::ops::Deref;

use serde::Deserialize;

/// A string that borrows. Needed because serde gives `Option<Cow>` and `Vec<Cow>` owned strings
/// even under `#[serde(borrow)]`; inside a transparent struct they borrow.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(transparent)]
pub struct S<'a>(#[serde(borrow)] pub Cow<'a, str>);

impl Deref for S<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// One object of a bundle. Field names and meanings are those of ATT&CK's STIX (spec 3.3.0) and
/// of the fields that earlier releases had.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct Object<'a> {
    #[serde(borrow)]
    pub r#type: S<'a>,
    pub id: S<'a>,
    pub name: S<'a>,
    pub description: S<'a>,
    pub created: S<'a>,
    pub modified: S<'a>,
    pub revoked: bool,
    pub external_references: Vec<ExternalReference<'a>>,
    pub labels: Vec<S<'a>>,
    pub aliases: Vec<S<'a>>,
    pub first_seen: S<'a>,
    pub last_seen: S<'a>,
    pub kill_chain_phases: Vec<KillChainPhase<'a>>,
    pub relationship_type: S<'a>,
    pub source_ref: S<'a>,
    pub target_ref: S<'a>,
    pub tactic_refs: Vec<S<'a>>,
    pub x_mitre_aliases: Vec<S<'a>>,
    pub x_mitre_analytic_refs: Vec<S<'a>>,
    pub x_mitre_collection_layers: Vec<S<'a>>,
    pub x_mitre_contributors: Vec<S<'a>>,
    pub x_mitre_data_source_ref: S<'a>,
    pub x_mitre_data_sources: Vec<S<'a>>,
    pub x_mitre_defense_bypassed: Vec<S<'a>>,
    pub x_mitre_deprecated: bool,
    pub x_mitre_detection: S<'a>,
    pub x_mitre_domains: Vec<S<'a>>,
    pub x_mitre_effective_permissions: Vec<S<'a>>,
    pub x_mitre_first_seen_citation: S<'a>,
    pub x_mitre_impact_type: Vec<S<'a>>,
    pub x_mitre_is_subtechnique: bool,
    pub x_mitre_last_seen_citation: S<'a>,
    pub x_mitre_log_source_references: Vec<LogSourceReference<'a>>,
    pub x_mitre_log_sources: Vec<LogSource<'a>>,
    pub x_mitre_mutable_elements: Vec<MutableElement<'a>>,
    pub x_mitre_network_requirements: bool,
    pub x_mitre_old_attack_id: S<'a>,
    pub x_mitre_permissions_required: Vec<S<'a>>,
    pub x_mitre_platforms: Vec<S<'a>>,
    pub x_mitre_related_assets: Vec<RelatedAsset<'a>>,
    pub x_mitre_remote_support: bool,
    pub x_mitre_sectors: Vec<S<'a>>,
    pub x_mitre_shortname: S<'a>,
    pub x_mitre_system_requirements: Vec<S<'a>>,
    pub x_mitre_tactic_type: Vec<S<'a>>,
    pub x_mitre_version: S<'a>,
}

/// Fields that ATT&CK is known to publish and that no page shows.
pub const UNUSED_FIELDS: [&str; 13] = [
    "created_by_ref",
    "definition",
    "definition_type",
    "identity_class",
    "is_family",
    "object_marking_refs",
    "spec_version",
    "x_mitre_attack_spec_version",
    "x_mitre_contents",
    "x_mitre_modified_by_ref",
    "roles",
    "sectors",
    "x_mitre_contains",
];

/// Where an object's ID, or a cited source, comes from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub struct ExternalReference<'a> {
    #[serde(borrow)]
    pub source_name: S<'a>,
    pub external_id: S<'a>,
    pub url: S<'a>,
    pub description: S<'a>,
}

/// A technique's place in a kill chain.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub struct KillChainPhase<'a> {
    #[serde(borrow)]
    pub kill_chain_name: S<'a>,
    pub phase_name: S<'a>,
}

/// What an analytic reads: a log source and channel, filed under a data component.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub struct LogSourceReference<'a> {
    #[serde(borrow)]
    pub x_mitre_data_component_ref: S<'a>,
    pub name: S<'a>,
    pub channel: S<'a>,
}

/// A log source that carries a data component.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub struct LogSource<'a> {
    #[serde(borrow)]
    pub name: S<'a>,
    pub channel: S<'a>,
}

/// A knob of an analytic that each site sets for itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub struct MutableElement<'a> {
    #[serde(borrow)]
    pub field: S<'a>,
    pub description: S<'a>,
}

/// Another name for an asset in some sector.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub struct RelatedAsset<'a> {
    #[serde(borrow)]
    pub name: S<'a>,
    pub related_asset_sectors: Vec<S<'a>>,
    pub description: S<'a>,
}

impl Object<'_> {
    /// Neither revoked nor deprecated.
    pub fn is_live(&self) -> bool {
        !self.revoked && !self.x_mitre_deprecated
    }

    /// The ATT&CK ID: the `external_id` of the first reference whose source is one of MITRE's
    /// knowledge bases (`mitre-attack`, `mitre-mobile-attack`, `mitre-attack-mobile`, …). CAPEC
    /// and NIST references carry IDs too, and may come first.
    pub fn attack_id(&self) -> Option<&str> {
        self.external_references
            .iter()
            .find(|r| r.source_name.starts_with("mitre-") && !r.external_id.trim().is_empty())
            .map(|r| r.external_id.trim())
    }
}
