//! Windows and Sysmon event IDs in the log sources of analytics.
//!
//! ATT&CK writes a log source as a name such as `WinEventLog:Security` and a channel such as
//! `EventCode=4624, 4648`. IDs are taken from such lists only: numbers in prose mean anything.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::attack::event_names;
use crate::attack::graph::{EdgeKind, ObjectIx};
use crate::attack::kind::Kind;
use crate::attack::knowledge::Knowledge;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// The events that show a technique.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Events {
    /// Windows event log and ID: an ID means nothing without its log.
    pub windows: BTreeSet<(String, u32)>,
    /// Sysmon IDs.
    pub sysmon: BTreeSet<u32>,
}

/// One log source that an analytic reads.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'k> {
    /// The analytic.
    pub analytic: ObjectIx,
    /// The data component that it is filed under.
    pub component: Option<ObjectIx>,
    /// Such as `WinEventLog:Security`.
    pub name: &'k str,
    /// Such as `EventCode=4688`; empty where none is given.
    pub channel: &'k str,
}

impl<'k> Reading<'k> {
    /// The Windows event log and the IDs that are read from it.
    pub fn events(&self) -> Option<(&'k str, Vec<u32>)> {
        events(self.name, self.channel)
    }

    /// Does it show what goes over the network? Flows, contents and connections by their data
    /// component, sensors and network devices by their name, and Sysmon's connections and DNS
    /// queries.
    pub fn is_network(&self, knowledge: &Knowledge) -> bool {
        let component = self.component.map(|ix| knowledge.object(ix).name());
        let component = component.unwrap_or_default().to_ascii_lowercase();
        let name = self.name.to_ascii_lowercase();
        ["traffic", "connection"]
            .iter()
            .any(|w| component.contains(w))
            || name.starts_with("nsm")
            || NETWORK_LOGS.iter().any(|w| name.contains(w))
            || self.events().is_some_and(|(log, ids)| {
                is_sysmon(log) && ids.iter().any(|id| matches!(id, 3 | 22))
            })
    }
}

/// The Windows event log of a log source and the IDs in its channel.
pub fn events<'k>(name: &'k str, channel: &str) -> Option<(&'k str, Vec<u32>)> {
    Some((windows_log(name)?, event_codes(channel)))
}

/// Words in the names of logs that network devices and sensors write.
const NETWORK_LOGS: [&str; 5] = ["networkdevice", "firewall", "proxy", "dns", "flow"];

/// The analytics of the strategies that detect a technique.
pub fn analytics(knowledge: &Knowledge, technique: ObjectIx) -> impl Iterator<Item = ObjectIx> {
    let strategies = knowledge
        .origins(technique, EdgeKind::Detects)
        .filter(|&ix| knowledge.object(ix).kind == Kind::DetectionStrategy);
    strategies.flat_map(|s| knowledge.targets(s, EdgeKind::HasAnalytic))
}

/// Everything that the analytics of a technique read.
pub fn readings<'k>(
    knowledge: &'k Knowledge<'_>,
    technique: ObjectIx,
) -> impl Iterator<Item = Reading<'k>> {
    analytics(knowledge, technique).flat_map(move |analytic| {
        let logs = &knowledge
            .object(analytic)
            .stix
            .x_mitre_log_source_references;
        logs.iter().map(move |log| Reading {
            analytic,
            component: knowledge.by_stix_id(&log.x_mitre_data_component_ref),
            name: log.name.trim(),
            channel: channel(&log.channel),
        })
    })
}

/// The events that the analytics of a technique read.
pub fn of_technique(knowledge: &Knowledge, technique: ObjectIx) -> Events {
    let mut events = Events::default();
    for (log, ids) in readings(knowledge, technique).filter_map(|reading| reading.events()) {
        if is_sysmon(log) {
            events.sysmon.extend(ids);
        } else {
            let pairs = ids.into_iter().map(|id| (log.to_owned(), id));
            events.windows.extend(pairs);
        }
    }
    events
}

/// Events that analytics look for in a log where they are not usually found.
pub fn check(knowledge: &Knowledge) -> Diagnostics {
    let mut found = Diagnostics::default();
    for (_, analytic) in knowledge.live(Kind::Analytic) {
        for log in &analytic.stix.x_mitre_log_source_references {
            let Some((name, ids)) = events(&log.name, &log.channel) else {
                continue;
            };
            for id in ids {
                let Some(usual) = event_names::usual_log(name, id) else {
                    continue;
                };
                let message = format!("{} reads event {id} from the log {name}", analytic.id());
                found.push(
                    Diagnostic::note("unlikely-log", message)
                        .help(format!("it is usually in {usual}; shown as published")),
                );
            }
        }
    }
    found
}

/// ATT&CK writes the absence of a channel as `None`.
pub fn channel(channel: &str) -> &str {
    let channel = channel.trim();
    if channel.eq_ignore_ascii_case("none") {
        ""
    } else {
        channel
    }
}

/// Sysmon's log on Windows has a table of its own.
pub fn is_sysmon(log: &str) -> bool {
    log.eq_ignore_ascii_case("sysmon")
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
