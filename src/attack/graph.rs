use std::borrow::Cow;

/// Which object: an index into the objects of one knowledge base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectIx(pub u32);

/// Which source: an index into the references of one knowledge base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefIx(pub u32);

/// Which edge: an index into the edges of one knowledge base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeIx(pub u32);

/// What one object has to do with another. The first group are STIX relationships; the second
/// are references that ATT&CK embeds in objects, turned into edges so that one walk serves all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// `uses`: group, campaign, software → technique, software
    Uses,
    /// `mitigates`: mitigation → technique
    Mitigates,
    /// `detects`: detection strategy or data component → technique
    Detects,
    /// `subtechnique-of`: sub-technique → technique
    SubtechniqueOf,
    /// `attributed-to`: campaign → group
    AttributedTo,
    /// `targets`: technique → asset
    Targets,
    /// Any other relationship type.
    Related,
    /// `kill_chain_phases`: technique → tactic
    InTactic,
    /// `tactic_refs`: matrix → tactic
    HasTactic,
    /// `x_mitre_analytic_refs`: detection strategy → analytic
    HasAnalytic,
    /// `x_mitre_log_source_references`: analytic → data component
    Reads,
    /// `x_mitre_data_source_ref`: data component → data source
    PartOf,
}

impl EdgeKind {
    /// The kind of a STIX `relationship_type`.
    pub fn of_stix(relationship_type: &str) -> EdgeKind {
        match relationship_type {
            "uses" => EdgeKind::Uses,
            "mitigates" => EdgeKind::Mitigates,
            "detects" => EdgeKind::Detects,
            "subtechnique-of" => EdgeKind::SubtechniqueOf,
            "attributed-to" => EdgeKind::AttributedTo,
            "targets" => EdgeKind::Targets,
            _ => EdgeKind::Related,
        }
    }
}

/// A live relation between two live objects.
#[derive(Debug)]
pub struct Edge<'a> {
    /// What the relation says.
    pub kind: EdgeKind,
    /// Who says it of whom.
    pub source: ObjectIx,
    /// Of whom it is said.
    pub target: ObjectIx,
    /// ATT&CK's words on it, in ATT&CK Markdown; often empty.
    pub description: Cow<'a, str>,
    /// What the words cite: trimmed source name → reference.
    pub sources: Vec<(&'a str, RefIx)>,
}

/// A source that texts cite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference<'a> {
    /// Its name in citations.
    pub name: &'a str,
    /// Title, author and date as published; may be empty.
    pub description: &'a str,
    /// Address as published, blanks trimmed; may be empty.
    pub url: &'a str,
}
