//! One view per page kind: what the knowledge says, in the order in which readers need it.

pub mod coverage;
pub mod home;
pub mod index;
pub mod lists;
pub mod matrix;
pub mod object;
pub mod playbook;
pub mod related;

mod actor;
mod defence;
pub mod detection;
mod facts;
pub mod technique;
pub mod third_party;

use crate::attack::Kind;

/// What a kind is called: one, many, and what it is, for the front page and the indexes.
pub fn words(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Matrix => ("Matrix", "Matrices", "Tactics and techniques side by side"),
        Kind::Tactic => ("Tactic", "Tactics", "Why: what the adversary is after"),
        Kind::Technique => ("Technique", "Techniques", "How: what the adversary does"),
        Kind::Group => ("Group", "Groups", "Who: named sets of activity"),
        Kind::Software => ("Software", "Software", "With what: malware and tools"),
        Kind::Campaign => ("Campaign", "Campaigns", "When: intrusions over a period"),
        Kind::Mitigation => ("Mitigation", "Mitigations", "What stops it"),
        Kind::Asset => ("Asset", "Assets", "What industrial systems it hits"),
        Kind::DataSource => ("Data source", "Data sources", "Where telemetry comes from"),
        Kind::DataComponent => ("Data component", "Data components", "What telemetry shows"),
        Kind::DetectionStrategy => (
            "Detection strategy",
            "Detection strategies",
            "What gives it away, by platform",
        ),
        Kind::Analytic => ("Analytic", "Analytics", "One check on one platform"),
        Kind::Other => (
            "Object",
            "Other objects",
            "Types that this version does not know",
        ),
    }
}
