//! What shows a technique: strategies, events, log sources, network traffic.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::log_sources::{self, Reading, analytics, is_sysmon, readings};
use crate::attack::{ObjectIx, event_names};
use crate::site::blocks::of_table;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::detection;
use crate::site::pages::lists::{Files, column};
use crate::site::strings::{Strings, fill, html};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::Section;

/// Strategies with their analytics, or what older releases have in their place.
pub(super) fn detections(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    detection::of_technique(context, ix, &mut Files::new())
}

/// Windows events but Sysmon's.
pub(super) fn windows_events(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    events(context, ix, "windows-events", |log| !is_sysmon(log))
}

/// Sysmon events.
pub(super) fn sysmon_events(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    events(context, ix, "sysmon-events", is_sysmon)
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

fn events(
    context: &mut PageContext,
    ix: ObjectIx,
    id: &str,
    is_log: fn(&str) -> bool,
) -> Option<Section> {
    let mut found: BTreeMap<(&str, u32), Readers> = BTreeMap::new();
    for reading in readings(context.sources.knowledge, ix) {
        let Some((log, ids)) = reading.events().filter(|(log, _)| is_log(log)) else {
            continue;
        };
        for id in ids {
            found.entry((log, id)).or_default().add(&reading);
        }
    }
    let strings = context.sources.strings;
    let columns = [
        column(|s| &s.event_id),
        column(|s| &s.log),
        column(|s| &s.event),
        column(|s| &s.data_component),
        column(|s| &s.analytics),
    ];
    let caption = &strings.events_read;
    let mut table = TableBuilder::new(context, id, caption, "ids events", &columns);
    for ((log, id), readers) in found {
        let [components, analytics] = readers.cells();
        let cells = [
            Cell::Plain(id.to_string()),
            Cell::Noted(log.to_owned(), usually(strings, &[(log, id)])),
            Cell::Plain(event_names::name(log, id).to_owned()),
            components,
            analytics,
        ];
        table.row(context, &cells);
    }
    of_table(String::new(), table.finish(&mut Files::new()))
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

/// All log sources, and the platforms that no analytic covers.
pub(super) fn log_sources(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let knowledge = context.sources.knowledge;
    let html = uncovered(context.sources, ix);
    let found: Vec<Reading> = readings(knowledge, ix).collect();
    let caption = &context.sources.strings.log_sources_read;
    readings_table(context, ("log-sources", caption), html, &found)
}

/// The log sources that show what goes over the network.
pub(super) fn network_traffic(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let knowledge = context.sources.knowledge;
    let all = readings(knowledge, ix);
    let found: Vec<Reading> = all.filter(|r| r.is_network(knowledge)).collect();
    let caption = &context.sources.strings.network_logs_read;
    readings_table(context, ("network-traffic", caption), String::new(), &found)
}

fn readings_table(
    context: &mut PageContext,
    (id, caption): (&str, &str),
    html: String,
    found: &[Reading],
) -> Option<Section> {
    let mut rows: BTreeMap<(Option<ObjectIx>, &str, &str), BTreeSet<ObjectIx>> = BTreeMap::new();
    for reading in found {
        let key = (reading.component, reading.name, reading.channel);
        rows.entry(key).or_default().insert(reading.analytic);
    }
    let strings = context.sources.strings;
    let columns = [
        column(|s| &s.data_component),
        column(|s| &s.log_source),
        column(|s| &s.channel),
        column(|s| &s.analytics),
        column(|s| &s.platforms),
    ];
    let mut table = TableBuilder::new(context, id, caption, "log reads", &columns);
    for ((component, name, channel), analytics) in rows {
        let knowledge = context.sources.knowledge;
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
                usually(strings, &events_of(name, channel)),
            ),
            Cell::Ids(analytics.into_iter().collect()),
            Cell::Plain(platforms.join(", ")),
        ];
        table.row(context, &cells);
    }
    of_table(html, table.finish(&mut Files::new()))
}

fn events_of<'k>(name: &'k str, channel: &'k str) -> Vec<(&'k str, u32)> {
    let events = log_sources::events(name, channel);
    let pairs = events.map(|(log, ids)| ids.into_iter().map(move |id| (log, id)));
    pairs.into_iter().flatten().collect()
}

/// The technique's platforms that none of its analytics is for.
fn uncovered(sources: Sources, technique: ObjectIx) -> String {
    let Sources {
        knowledge, strings, ..
    } = sources;
    let covered: BTreeSet<&str> = analytics(knowledge, technique)
        .flat_map(|analytic| knowledge.object(analytic).platforms())
        .collect();
    let platforms = knowledge.object(technique).platforms();
    let open: Vec<&str> = platforms.filter(|p| !covered.contains(p)).collect();
    if open.is_empty() {
        return String::new();
    }
    let says = fill(
        &strings.no_analytic_covers,
        &[("platforms", &open.join(", "))],
    );
    format!("<p class=\"say\">{}</p>\n", html(&says))
}
