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

/// One place on a playbook's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The authored section of this number.
    Authored(usize),
    /// A standard section that nobody has written.
    Unwritten(Standard),
}

/// The order of a page: standard sections where they belong, each other one after the section that
/// it follows in the file, and every standard section that is not there.
pub fn arrange(titles: &[&str]) -> Vec<Slot> {
    let places: Vec<Option<usize>> = titles.iter().map(|title| standard_place(title)).collect();
    let mut slots: Vec<(usize, Slot)> = Vec::new();
    let mut place = 0;
    for (i, own) in places.iter().enumerate() {
        // What comes before the first standard section stays before it.
        place = own.map_or(place, |own| own + 1);
        slots.push((place, Slot::Authored(i)));
    }
    let unwritten = STANDARD.iter().enumerate();
    let unwritten = unwritten.filter(|(i, _)| !places.contains(&Some(*i)));
    slots.extend(unwritten.map(|(i, &standard)| (i + 1, Slot::Unwritten(standard))));
    slots.sort_by_key(|(place, _)| *place);
    slots.into_iter().map(|(_, slot)| slot).collect()
}

/// The standard section of a title.
pub fn standard_of(title: &str) -> Option<Standard> {
    standard_place(title).map(|place| STANDARD[place])
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
        let titles = [
            "",
            "Containment",
            "Approval",
            "executive summary",
            "Triage Questions",
        ];
        let slots = arrange(&titles);
        assert_eq!(slots.len(), 17 + 3);
        let authored: Vec<usize> = slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Authored(i) => Some(*i),
                Slot::Unwritten(_) => None,
            })
            .collect();
        assert_eq!(authored, [0, 3, 4, 1, 2]);
        assert_eq!(slots[3], Slot::Unwritten(STANDARD[1]));
    }

    #[test]
    fn a_playbook_without_text_has_all_standard_sections() {
        assert_eq!(arrange(&[]), STANDARD.map(Slot::Unwritten));
    }
}
