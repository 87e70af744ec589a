//! The words of the interface, in the language of the wiki. `themes/default/strings/` has one file
//! for each language; a theme may add languages and set single words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::LazyLock;

use crate::attack::Kind;
pub(super) use crate::gaps::{fill, write_filled};
use crate::json::to_json;
use crate::markdown::escape;
use crate::playbook::sections::Standard;

/// Every word of a language, by key: what templates see.
pub(super) type Words = BTreeMap<String, String>;

/// The language that every other one falls back to.
pub(super) const FALLBACK: &str = "en";

/// Keys of words that go to the scripts.
const IN_SCRIPTS: &str = "js_";

/// Which word: for columns and lists that are constants.
pub type Label = fn(&Strings) -> &str;

macro_rules! strings {
    ($($key:ident)+) => {
        /// The words that pages are made with in Rust; templates and scripts have more of their own.
        #[derive(Debug)]
        pub struct Strings {
            $(
                #[doc = concat!("The key `", stringify!($key), "` of a language's file.")]
                pub $key: String,
            )+
        }

        impl From<Words> for Strings {
            // Serde's derive does the same, but takes the compiler minutes for so many fields.
            fn from(mut words: Words) -> Strings {
                Strings {
                    $($key: take(&mut words, stringify!($key)),)+
                }
            }
        }
    };
}

strings! {
    // Kinds of objects: one, many, what they are.
    matrix matrices matrix_about tactic tactics tactic_about technique techniques technique_about
    subtechnique subtechniques group groups group_about software software_about malware tool
    campaign campaigns campaign_about mitigation mitigations mitigation_about asset assets
    asset_about data_source data_sources data_source_about data_component data_components
    data_component_about detection_strategy detection_strategies detection_strategy_about analytic
    analytics analytic_about object other_objects object_about playbook playbooks
    // The frame of every page.
    home back_to_citation page_summary
    // The front page.
    on_shift on_shift_about building_detections building_detections_about leading_response
    leading_response_about data all
    // Lists.
    list_of_domain list_intro list_intro_techniques withdrawn withdrawn_intro
    // Heads of columns.
    id name description usage via other_names object_type seen detects platforms status successor
    sectors strategy log_source log_sources channel why and_more
    // The state of an object.
    deprecated revoked deprecated_notice revoked_notice revoked_for_deprecated_notice
    revoked_without_successor_notice shared_id_notice
    // The card of an object.
    domain tactic_type not_written_yet first_seen last_seen collection_layers system_requirements
    permissions_required effective_permissions defences_bypassed impact_type supports_remote
    needs_network yes controls earlier_id contributors version created modified stix_id
    navigator_layer technique_version
    at_mitre last_change
    history history_version_since history_version_new history_version_before history_new
    history_changed history_revoked history_deprecated field_id field_name field_platforms
    field_tactics field_parent field_aliases field_sectors field_description field_detection
    field_log_sources field_contributors field_data_source field_data_sources field_data_components
    field_subtechniques field_techniques field_groups field_software field_campaigns
    field_mitigations field_assets field_detection_strategies field_analytics
    // Sections of objects.
    techniques_used techniques_addressed techniques_detected techniques_that_target procedures
    groups_that_use uses_by_whom related_assets targeted_assets
    // Detection.
    detection detects_technique
    // Related techniques.
    related_techniques same_family linked_in_text seen_together similar why_same_family why_linked
    why_seen_together why_similar often_seen_together chart_about sources_one sources_other
    groups_one groups_other campaigns_one campaigns_other software_other
    // Rules, tests and analytics of others.
    sigma_rules car_analytics atomic_tests all_of_list list_for_technique author rule_id test_id
    source references
    licence drl_licence false_positives needs_elevation input needs
    check_prerequisite get_prerequisite command cleanup
    // Matrices.
    all_platforms matrix_intro subtechniques_of
    // Playbooks.
    playbook_title playbooks_intro playbooks_newest all_playbooks coverage_and_gaps severity severity_low severity_medium
    severity_high severity_critical status_draft status_review status_approved status_retired owner
    contacts reviewed review_every years_one years_other months_one months_other weeks_one weeks_other
    days_one days_other expires attack_release tags table done
    // Standard sections of playbooks that nobody has written.
    section_executive_summary section_why_attackers_use_it section_mitre_description
    section_attack_flow section_prerequisites section_common_tools section_commands
    section_network_traffic section_windows_events section_sysmon_events
    section_detection_opportunities section_sigma_rules section_splunk_queries
    section_investigation_workflow section_containment section_mitigation section_related_techniques
    // Blocks made from data.
    prerequisite as_published remote_support network_needed is_needed run_by commands_quoted commands_say
    event_id log event events_read log_sources_read network_logs_read usually_in no_analytic_covers
    used_by software_that_uses is_tool is_malware first_of_all more_on_page
    // Coverage.
    coverage coverage_of coverage_intro coverage_map coverage_map_intro figures_and_gaps
    state_approved state_authored state_stale state_none playbooks_by_tactic each_once share_current
    techniques_by_platform platform techniques_by_tactic covered approved not_approved stale
    without_playbook with_log_sources with_rules with_tests
    first_on_paper what_to_write all_techniques groups_and_software rule rules test tests
    // Navigator layers.
    layer_techniques layer_by_campaign layer_by_both layer_coverage layer_playbooks
    // No such page.
    not_found not_found_about
    // Updates.
    updates updates_intro updates_told what_it_touches how_much_changed all_types_together atom_feed
    touches_nothing touched what_to_do finding_error finding_warning finding_note additions major
    minor other patches revocations deprecations deletions major_changes minor_changes
    other_changes relations_only tactic_new tactic_renamed tactic_gone platform_renamed
    platforms_new platforms_gone moved was_before now was was_called live
    impact_revoked impact_abandoned impact_moved impact_deprecated impact_deleted
    impact_tactic_renamed impact_tactic_gone impact_short_name impact_names_old_tactic
    impact_names_gone_tactic impact_renamed impact_left_tactic impact_unseen impact_new_version
    do_write_successor do_write_id do_say_what_is_meant do_check_meaning do_name_tactics
    do_check_tactic do_check_title do_now_in_tactic do_check_queries do_read_changes
    // Search.
    search
}

/// Words always begin as the binary's own in English, which has every key: a test compares.
#[inline(never)]
fn take(words: &mut Words, key: &str) -> String {
    words.remove(key).unwrap_or_default()
}

impl Strings {
    /// The words in English: for CSV files and the command line, which do not change with the
    /// wiki's language.
    pub fn english() -> &'static Strings {
        static ENGLISH: LazyLock<Strings> = LazyLock::new(|| {
            let text = include_str!("../../themes/default/strings/en.toml");
            let words: Words = toml::from_str(text).expect("the binary's own file is TOML");
            words.into()
        });
        &ENGLISH
    }

    /// What a kind is called: one, many, and what it is.
    pub fn kind(&self, kind: Kind) -> [&str; 3] {
        match kind {
            Kind::Matrix => [&self.matrix, &self.matrices, &self.matrix_about],
            Kind::Tactic => [&self.tactic, &self.tactics, &self.tactic_about],
            Kind::Technique => [&self.technique, &self.techniques, &self.technique_about],
            Kind::Group => [&self.group, &self.groups, &self.group_about],
            Kind::Software => [&self.software, &self.software, &self.software_about],
            Kind::Campaign => [&self.campaign, &self.campaigns, &self.campaign_about],
            Kind::Mitigation => [&self.mitigation, &self.mitigations, &self.mitigation_about],
            Kind::Asset => [&self.asset, &self.assets, &self.asset_about],
            Kind::DataSource => [
                &self.data_source,
                &self.data_sources,
                &self.data_source_about,
            ],
            Kind::DataComponent => [
                &self.data_component,
                &self.data_components,
                &self.data_component_about,
            ],
            Kind::DetectionStrategy => [
                &self.detection_strategy,
                &self.detection_strategies,
                &self.detection_strategy_about,
            ],
            Kind::Analytic => [&self.analytic, &self.analytics, &self.analytic_about],
            Kind::Other => [&self.object, &self.other_objects, &self.object_about],
        }
    }

    /// The heading of a standard section; its anchor stays English.
    pub fn heading(&self, section: Standard) -> &str {
        match section.title {
            "Executive Summary" => &self.section_executive_summary,
            "Why Attackers Use It" => &self.section_why_attackers_use_it,
            "MITRE Description" => &self.section_mitre_description,
            "Attack Flow" => &self.section_attack_flow,
            "Prerequisites" => &self.section_prerequisites,
            "Common Tools" => &self.section_common_tools,
            "Commands" => &self.section_commands,
            "Network Traffic" => &self.section_network_traffic,
            "Windows Events" => &self.section_windows_events,
            "Sysmon Events" => &self.section_sysmon_events,
            "Detection Opportunities" => &self.section_detection_opportunities,
            "Sigma Rules" => &self.section_sigma_rules,
            "Splunk Queries" => &self.section_splunk_queries,
            "Investigation Workflow" => &self.section_investigation_workflow,
            "Containment" => &self.section_containment,
            "Mitigation" => &self.section_mitigation,
            "Related Techniques" => &self.section_related_techniques,
            other => other,
        }
    }
}

/// The language that has words for the one that a wiki names: itself, else the one that it is a
/// variant of, as `de-AT` is of `de`.
pub(super) fn choose<'a>(wanted: &str, available: &BTreeSet<&'a str>) -> Option<&'a str> {
    let main = wanted.split('-').next().unwrap_or_default();
    let find = |name: &str| {
        let mut known = available.iter().copied();
        known.find(|known| known.eq_ignore_ascii_case(name))
    };
    find(wanted).or_else(|| find(main))
}

/// Fills in the gaps of a text, as HTML: the text is escaped, the values are HTML already.
pub(super) fn fill_html(text: &str, values: &[(&str, &dyn Display)]) -> String {
    fill(&html(text), values)
}

/// A text as HTML.
pub(super) fn html(text: &str) -> String {
    let mut html = String::new();
    escape(text, &mut html);
    html
}

/// `1 source`, `2 sources`.
pub(super) fn counted(n: usize, one: &str, other: &str) -> String {
    fill(if n == 1 { one } else { other }, &[("n", &n)])
}

/// Words that both pages and scripts say.
const IN_BOTH: [&str; 7] = [
    "clear", "home", "menu", "pinned", "recently", "search", "sections",
];

/// The script that gives all others their words.
pub(super) fn script(words: &Words) -> Vec<u8> {
    let own: BTreeMap<&str, &String> = words
        .iter()
        .filter_map(|(key, text)| {
            let in_both = || IN_BOTH.contains(&key.as_str()).then_some(key.as_str());
            Some((key.strip_prefix(IN_SCRIPTS).or_else(in_both)?, text))
        })
        .collect();
    [b"self.ttpressStrings=", &to_json(&own)[..], b";\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::sections::STANDARD;

    #[test]
    fn texts_are_filled_once_and_escaped_around_their_values() {
        let text = "{n} of {kind:lower} & {n}; {unknown}{open";
        let values: [(&str, &dyn Display); 2] = [("n", &"{kind}"), ("kind", &"Größe")];
        let filled = "{kind} of größe & {kind}; {unknown}{open";
        assert_eq!(fill(text, &values), filled);
        let link: [(&str, &dyn Display); 1] = [("link", &"<a>&amp;</a>")];
        assert_eq!(fill_html("a & {link}", &link), "a &amp; <a>&amp;</a>");
        assert_eq!(counted(1, "{n} Quelle", "{n} Quellen"), "1 Quelle");
        assert_eq!(counted(0, "{n} Quelle", "{n} Quellen"), "0 Quellen");
    }

    #[test]
    fn variants_of_a_language_share_its_words() {
        let available = BTreeSet::from(["de", "en", "pt-BR"]);
        assert_eq!(choose("DE-at", &available), Some("de"));
        assert_eq!(choose("pt-br", &available), Some("pt-BR"));
        assert_eq!(choose("pt", &available), None);
    }

    #[test]
    fn standard_sections_are_headed_as_authors_write_them() {
        for section in STANDARD {
            let field = Strings::english().heading(section);
            assert_eq!(field, section.title);
            let literal = !std::ptr::eq(field, section.title);
            assert!(literal, "{field} has no word of its own");
        }
    }
}
