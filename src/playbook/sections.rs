//! The sections of a playbook: the standard ones in page order, and what may stand beside them.

use crate::markdown::authored::{self, Section};

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
    standard("Detection Opportunities", &["detections"]),
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

/// A part of a playbook's page.
#[derive(Debug)]
pub enum Part<'t> {
    /// A standard section, and what somebody wrote in it.
    Standard(Standard, Option<Section<'t>>),
    /// A section of the playbook's own.
    Own(Section<'t>),
}

/// The parts of a page, in its order: standard sections where they belong, each other one after the
/// section that it follows in the text, and every standard section that is not there. Without a
/// text these are all the standard ones.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<(usize, Part)> = Vec::new();
    let mut written = [false; STANDARD.len()];
    // What comes before the first standard section stays before it.
    let mut place = 0;
    for section in authored::sections(text) {
        let part = match standard_place(&section.title) {
            Some(own) => {
                written[own] = true;
                place = own + 1;
                Part::Standard(STANDARD[own], Some(section))
            }
            None => Part::Own(section),
        };
        parts.push((place, part));
    }
    let unwritten = STANDARD.iter().enumerate().filter(|(i, _)| !written[*i]);
    parts.extend(unwritten.map(|(i, &standard)| (i + 1, Part::Standard(standard, None))));
    parts.sort_by_key(|(place, _)| *place);
    parts.into_iter().map(|(_, part)| part).collect()
}

fn standard_place(title: &str) -> Option<usize> {
    STANDARD
        .iter()
        .position(|standard| standard.title.eq_ignore_ascii_case(title.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_sections_stand_in_page_order_and_others_follow_their_neighbour() {
        let parts = parts(
            "Before all.\n## Containment\na\n## Approval\nb\n## executive summary\nc\n## Triage Questions\nd\n",
        );
        assert_eq!(parts.len(), 17 + 3);
        let authored: Vec<&str> = parts.iter().filter_map(authored_title).collect();
        let order = [
            "",
            "executive summary",
            "Triage Questions",
            "Containment",
            "Approval",
        ];
        assert_eq!(authored, order);
        assert!(matches!(parts[3], Part::Standard(standard, None) if standard == STANDARD[1]));
    }

    fn authored_title<'p>(part: &'p Part) -> Option<&'p str> {
        match part {
            Part::Standard(_, section) => section.as_ref().map(|section| &*section.title),
            Part::Own(section) => Some(&section.title),
        }
    }

    #[test]
    fn a_playbook_without_text_has_all_standard_sections() {
        let parts = parts("");
        assert_eq!(parts.len(), STANDARD.len());
        for (part, standard) in parts.iter().zip(STANDARD) {
            assert!(matches!(part, Part::Standard(own, None) if *own == standard));
        }
    }
}
