//! What shows a technique: strategies, events, log sources, network traffic.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::log_sources::{self, Reading, analytics, is_sysmon, readings};
use crate::attack::{ObjectIx, event_names};
use crate::site::blocks::{Block, Part};
use crate::site::context::Sources;
use crate::site::pages::detection;
use crate::site::pages::lists::column;
use crate::site::strings::{Strings, fill};
use crate::site::table::{Cell, Rows};

/// The platforms that no analytic covers, and strategies with their analytics, or what older
/// releases have in their place.
pub(super) fn detections(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let mut block = detection::of_technique(sources, ix)?;
    block.parts.splice(..0, uncovered(sources, ix));
    Some(block)
}

/// Windows events but Sysmon's.
pub(super) fn windows_events(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    events(sources, ix, "windows-events", |log| !is_sysmon(log))
}

/// Sysmon events.
pub(super) fn sysmon_events(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    events(sources, ix, "sysmon-events", is_sysmon)
}

/// Which analytics read something, and under which data components.
#[derive(Default)]
struct Readers {
    analytics: BTreeSet<ObjectIx>,
    components: BTreeSet<ObjectIx>,
}

impl Readers {
    fn add(&mut self, reading: &Reading) {
        self.analytics.insert(reading.analytic);
        self.components.extend(reading.component);
    }

    fn cells(self) -> [Cell<'static>; 2] {
        [
            Cell::Names(self.components.into_iter().collect()),
            Cell::Ids(self.analytics.into_iter().collect()),
        ]
    }
}

fn events<'k>(
    sources: Sources<'k>,
    ix: ObjectIx,
    id: &'static str,
    is_log: fn(&str) -> bool,
) -> Option<Block<'k>> {
    let mut found: BTreeMap<(&str, u32), Readers> = BTreeMap::new();
    for reading in readings(sources.knowledge, ix) {
        let Some((log, ids)) = reading.events().filter(|(log, _)| is_log(log)) else {
            continue;
        };
        for id in ids {
            found.entry((log, id)).or_default().add(&reading);
        }
    }
    let strings = sources.strings;
    let columns = [
        column(|s| &s.event_id),
        column(|s| &s.log),
        column(|s| &s.event),
        column(|s| &s.data_component),
        column(|s| &s.analytics),
    ];
    let caption = &strings.events_read;
    let mut table = Rows::new(id, caption, "ids events", &columns);
    for ((log, id), readers) in found {
        let [components, analytics] = readers.cells();
        let cells = [
            Cell::Plain(id.to_string()),
            Cell::Noted(log.to_owned(), usually(strings, &[(log, id)])),
            Cell::Plain(event_names::name(log, id).to_owned()),
            components,
            analytics,
        ];
        table.push(cells);
    }
    Block::of_table(None, table)
}

/// `usually in PowerShell`, where ATT&CK names an unlikely log.
fn usually(strings: &Strings, events: &[(&str, u32)]) -> String {
    let logs = events
        .iter()
        .filter_map(|&(log, id)| event_names::usual_log(log, id));
    let logs: BTreeSet<&str> = logs.collect();
    if logs.is_empty() {
        return String::new();
    }
    let logs: Vec<&str> = logs.into_iter().collect();
    fill(&strings.usually_in, &[("logs", &logs.join(", "))])
}

/// All log sources.
pub(super) fn log_sources(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let found: Vec<Reading> = readings(sources.knowledge, ix).collect();
    let caption = &sources.strings.log_sources_read;
    readings_table(sources, ("log-sources", caption), &found)
}

/// The log sources that show what goes over the network.
pub(super) fn network_traffic(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let knowledge = sources.knowledge;
    let all = readings(knowledge, ix);
    let found: Vec<Reading> = all.filter(|r| r.is_network(knowledge)).collect();
    let caption = &sources.strings.network_logs_read;
    readings_table(sources, ("network-traffic", caption), &found)
}

fn readings_table<'k>(
    sources: Sources<'k>,
    (id, caption): (&'static str, &'k str),
    found: &[Reading<'k>],
) -> Option<Block<'k>> {
    let mut rows: BTreeMap<(Option<ObjectIx>, &str, &str), BTreeSet<ObjectIx>> = BTreeMap::new();
    for reading in found {
        let key = (reading.component, reading.name, reading.channel);
        rows.entry(key).or_default().insert(reading.analytic);
    }
    let columns = [
        column(|s| &s.data_component),
        column(|s| &s.log_source),
        column(|s| &s.channel),
        column(|s| &s.analytics),
        column(|s| &s.platforms),
    ];
    let mut table = Rows::new(id, caption, "log reads", &columns);
    for ((component, name, channel), analytics) in rows {
        let knowledge = sources.knowledge;
        let platforms: BTreeSet<&str> = analytics
            .iter()
            .flat_map(|&analytic| knowledge.object(analytic).platforms())
            .collect();
        let platforms: Vec<&str> = platforms.into_iter().collect();
        let cells = [
            Cell::Names(component.into_iter().collect()),
            Cell::Plain(name.to_owned()),
            Cell::Noted(
                channel.to_owned(),
                usually(sources.strings, &events_of(name, channel)),
            ),
            Cell::Ids(analytics.into_iter().collect()),
            Cell::Plain(platforms.join(", ")),
        ];
        table.push(cells);
    }
    Block::of_table(None, table)
}

fn events_of<'k>(name: &'k str, channel: &'k str) -> Vec<(&'k str, u32)> {
    let events = log_sources::events(name, channel);
    let pairs = events.map(|(log, ids)| ids.into_iter().map(move |id| (log, id)));
    pairs.into_iter().flatten().collect()
}

/// The technique's platforms that none of its analytics is for; none where it has no analytics, as
/// in releases before them.
fn uncovered(sources: Sources, technique: ObjectIx) -> Option<Part<'static>> {
    let knowledge = sources.knowledge;
    let covered: BTreeSet<&str> = analytics(knowledge, technique)
        .flat_map(|analytic| knowledge.object(analytic).platforms())
        .collect();
    if covered.is_empty() {
        return None;
    }
    let platforms = knowledge.object(technique).platforms();
    let open: Vec<&str> = platforms.filter(|p| !covered.contains(p)).collect();
    let says = || {
        let says = &sources.strings.no_analytic_covers;
        fill(says, &[("platforms", &open.join(", "))])
    };
    (!open.is_empty()).then(|| Part::Say(says()))
}
