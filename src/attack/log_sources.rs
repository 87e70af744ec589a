//! Windows and Sysmon event IDs in the log sources of analytics.
//!
//! ATT&CK writes a log source as a name such as `WinEventLog:Security` and a channel such as
//! `EventCode=4624, 4648`. IDs are taken from such lists only: numbers in prose mean anything.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::attack::graph::{EdgeKind, ObjectIx};
use crate::attack::kind::Kind;
use crate::attack::knowledge::Knowledge;

/// The events that show a technique.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Events {
    /// Windows event log and ID: an ID means nothing without its log.
    pub windows: BTreeSet<(String, u32)>,
    /// Sysmon IDs.
    pub sysmon: BTreeSet<u32>,
}

/// The events that the analytics of a technique read.
pub fn of_technique(knowledge: &Knowledge, technique: ObjectIx) -> Events {
    let mut events = Events::default();
    let strategies = knowledge
        .origins(technique, EdgeKind::Detects)
        .filter(|&ix| knowledge.object(ix).kind == Kind::DetectionStrategy);
    for analytic in strategies.flat_map(|s| knowledge.targets(s, EdgeKind::HasAnalytic)) {
        for log in &knowledge
            .object(analytic)
            .stix
            .x_mitre_log_source_references
        {
            let Some(name) = windows_log(&log.name) else {
                continue;
            };
            let ids = event_codes(&log.channel);
            if name.eq_ignore_ascii_case("sysmon") {
                events.sysmon.extend(ids);
            } else {
                events
                    .windows
                    .extend(ids.into_iter().map(|id| (name.to_owned(), id)));
            }
        }
    }
    events
}

/// `WinEventLog:Security` → `Security`. `linux:Sysmon` is another product.
fn windows_log(name: &str) -> Option<&str> {
    let (product, log) = name.trim().split_once(':')?;
    product
        .trim()
        .eq_ignore_ascii_case("wineventlog")
        .then(|| log.trim())
}

/// All IDs after each `EventCode=`: `EventCode=4103, 4104`, `EventCode=3, EventCode=22`.
fn event_codes(channel: &str) -> Vec<u32> {
    let lower = channel.to_ascii_lowercase();
    let mut ids = Vec::new();
    for list in lower.split("eventcode").skip(1) {
        let Some(list) = list.trim_start().strip_prefix('=') else {
            continue;
        };
        for part in list.split([',', '/']) {
            let part = part.trim_start();
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || digits > 5 {
                break;
            }
            ids.extend(part[..digits].parse::<u32>());
            // `EventCode=5005 (WLAN), …`: what follows the number ends the list.
            if !part[digits..].trim().is_empty() {
                break;
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_of_event_codes_is_read() {
        assert_eq!(
            event_codes("EventCode=4103, 4104, 4105"),
            [4103, 4104, 4105]
        );
        assert_eq!(event_codes("EventCode=4778, EventCode=4779"), [4778, 4779]);
        assert_eq!(
            event_codes("EventCode=5005 (WLAN), EventCode=302 (Bluetooth)"),
            [5005, 302]
        );
        assert_eq!(event_codes("eventcode = 7045"), [7045]);
    }

    #[test]
    fn numbers_in_prose_are_no_events() {
        assert_eq!(event_codes("Event ID 1001 or 410"), [0; 0]);
        assert_eq!(event_codes("EventCode=many"), [0; 0]);
    }

    #[test]
    fn only_windows_event_logs_count() {
        assert_eq!(windows_log("WinEventLog:Security"), Some("Security"));
        assert_eq!(windows_log("wineventlog:Sysmon"), Some("Sysmon"));
        assert_eq!(windows_log("linux:Sysmon"), None);
    }
}
