//! The sections of a playbook: the standard ones in page order, and what may stand beside them.

/// A standard section: its heading, and the blocks that fill it from data where nobody has
/// written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standard {
    /// The heading.
    pub title: &'static str,
    /// Kinds of blocks, as in `<!-- attack: mitigations -->`.
    pub blocks: &'static [&'static str],
}

const fn standard(title: &'static str, blocks: &'static [&'static str]) -> Standard {
    Standard { title, blocks }
}

/// The seventeen standard sections, in page order.
pub const STANDARD: [Standard; 17] = [
    standard("Executive Summary", &[]),
    standard("Why Attackers Use It", &[]),
    standard("MITRE Description", &["description"]),
    standard("Attack Flow", &[]),
    standard("Prerequisites", &["prerequisites"]),
    standard("Common Tools", &["software", "groups"]),
    standard("Commands", &["commands", "tests"]),
    standard("Network Traffic", &["network-traffic"]),
    standard("Windows Events", &["windows-events"]),
    standard("Sysmon Events", &["sysmon-events"]),
    standard("Detection Opportunities", &["detections", "log-sources"]),
    standard("Sigma Rules", &["rules"]),
    standard("Splunk Queries", &[]),
    standard("Investigation Workflow", &[]),
    standard("Containment", &[]),
    standard("Mitigation", &["mitigations"]),
    standard("Related Techniques", &["related"]),
];

/// Sections with a fixed name that a playbook may have besides.
pub const NAMED: [&str; 12] = [
    "Triage Questions",
    "False Positives",
    "Blind Spots",
    "Validation",
    "Evidence",
    "Eradication",
    "Recovery",
    "Communication",
    "Other Events",
    "KQL Queries",
    "Lucene Queries",
    "Elastic Queries",
];
