//! Detection in its three eras: prose and data sources (to v9), data components (v10 to v17),
//! strategies with analytics, log sources and tuning (from v18).

use std::collections::BTreeSet;

use crate::attack::{EdgeKind, Kind, ObjectIx, log_sources};
use crate::markdown::escape;
use crate::site::blocks::{Block, Part};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::lists::{
    DESCRIPTION, Files, ID, NAME, USES, by_other_end, column, section,
};
use crate::site::strings::fill_html;
use crate::site::table::{Cell, Rows, TableBuilder};
use crate::site::view::{AnalyticView, LogSourceView, Section, StrategyView, TuningView};

/// Whatever the release says of detecting a technique.
pub fn of_technique(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let mut parts = Vec::new();
    let strategies: Vec<ObjectIx> = of_kind(sources, ix, Kind::DetectionStrategy);
    if !strategies.is_empty() {
        parts.push(Part::Strategies(strategies));
    }
    let (components, described) = components_table(sources, ix);
    let prose = &sources.knowledge.object(ix).stix.x_mitre_detection;
    // As on attack.mitre.org: the older prose gives way where components have words of their own.
    if !prose.trim().is_empty() && !described {
        let doc = sources.texts.of_field(ix, prose);
        if !doc.is_empty() {
            parts.push(Part::Lead(doc));
        }
    }
    if !components.rows.is_empty() {
        parts.push(Part::Table(components));
    }
    (!parts.is_empty()).then_some(Block {
        id: "detection",
        title: &sources.strings.detection,
        parts,
        ..Block::default()
    })
}

fn of_kind(sources: Sources, technique: ObjectIx, kind: Kind) -> Vec<ObjectIx> {
    let knowledge = sources.knowledge;
    let found = knowledge.origins(technique, EdgeKind::Detects);
    found
        .filter(|&ix| knowledge.object(ix).kind == kind)
        .collect()
}

/// The data components that show a technique, and whether any says how.
fn components_table(sources: Sources<'_>, technique: ObjectIx) -> (Rows<'_>, bool) {
    let knowledge = sources.knowledge;
    let edges = knowledge.incoming(technique, EdgeKind::Detects);
    let grouped = by_other_end(knowledge, edges, technique);
    let columns = [
        column(|s| &s.data_source),
        column(|s| &s.data_component),
        column(|s| &s.detects),
    ];
    let caption = &sources.strings.data_components;
    let mut table = Rows::new("data-components", caption, "head-fix", &columns);
    let mut described = false;
    for (component, edges) in grouped {
        if knowledge.object(component).kind != Kind::DataComponent {
            continue;
        }
        let texts: Vec<_> = edges.iter().map(|&e| sources.texts.edge(e)).collect();
        described |= texts.iter().any(|doc| !doc.is_empty());
        let source = knowledge.targets(component, EdgeKind::PartOf).collect();
        table.push([
            Cell::Names(source),
            Cell::Name(component),
            Cell::Texts(texts),
        ]);
    }
    (table, described)
}

/// A strategy with its analytics, on its own page or on that of the technique.
pub(crate) fn of_strategy(context: &mut PageContext, ix: ObjectIx, own_page: bool) -> StrategyView {
    let knowledge = context.sources.knowledge;
    let analytics: Vec<ObjectIx> = knowledge.targets(ix, EdgeKind::HasAnalytic).collect();
    let object = knowledge.object(ix);
    StrategyView {
        id: object.id().to_owned(),
        name: object.name().to_owned(),
        href: (!own_page).then(|| context.href(ix)),
        analytics: analytics
            .into_iter()
            .map(|analytic| of_analytic(context, analytic))
            .collect(),
    }
}

/// An analytic: what it looks for, reads, and leaves to each site.
pub(super) fn of_analytic(context: &mut PageContext, ix: ObjectIx) -> AnalyticView {
    let sources = context.sources;
    let object = sources.knowledge.object(ix);
    let html = context.blocks(sources.texts.object(ix));
    let log_sources: Vec<LogSourceView> = object
        .stix
        .x_mitre_log_source_references
        .iter()
        .map(|log| LogSourceView {
            component_html: component_link(context, &log.x_mitre_data_component_ref),
            name: log.name.trim().to_owned(),
            channel: log_sources::channel(&log.channel).to_owned(),
        })
        .collect();
    let tuning: Vec<TuningView> = object
        .stix
        .x_mitre_mutable_elements
        .iter()
        .map(|element| {
            let doc = sources.texts.of_field(ix, &element.description);
            let mut html = String::new();
            context.write_cell(&doc, &mut html);
            TuningView {
                field: element.field.trim().to_owned(),
                html,
            }
        })
        .collect();
    AnalyticView {
        id: object.id().to_owned(),
        anchor: context.fresh_id(object.id()),
        platforms: object.platforms().map(str::to_owned).collect(),
        href: context.href(ix),
        html,
        has_channels: log_sources.iter().any(|log| !log.channel.is_empty()),
        log_sources,
        tuning_says_how: tuning.iter().any(|knob| !knob.html.is_empty()),
        tuning,
    }
}

fn component_link(context: &PageContext, stix_id: &str) -> String {
    let knowledge = context.sources.knowledge;
    let mut html = String::new();
    match knowledge.by_stix_id(stix_id) {
        Some(ix) => context.write_name(ix, &mut html),
        None => escape(stix_id, &mut html),
    }
    html
}

/// What a strategy detects, in the words of the technique.
pub(super) fn strategy_lead(context: &mut PageContext, ix: ObjectIx) -> String {
    let sources = context.sources;
    let techniques: Vec<ObjectIx> = sources.knowledge.targets(ix, EdgeKind::Detects).collect();
    let mut html = context.blocks(sources.texts.object(ix));
    for technique in techniques {
        let link = context.named_link(technique);
        html.push_str("<p>");
        html.push_str(&fill_html(
            &sources.strings.detects_technique,
            &[("technique", &link)],
        ));
        html.push_str("</p>\n<p>");
        context.write_summary(sources.texts.object(technique), &mut html);
        html.push_str("</p>\n");
    }
    html
}

/// A strategy's own page.
pub(super) fn strategy_sections(context: &mut PageContext, ix: ObjectIx) -> Vec<Section> {
    let strategy = of_strategy(context, ix, true);
    let count = strategy.analytics.len();
    if count == 0 {
        return Vec::new();
    }
    vec![Section {
        id: "analytics".to_owned(),
        title: context.sources.strings.analytics.clone(),
        count: Some(count),
        strategies: vec![strategy],
        ..Section::default()
    }]
}

/// A data component's page: its log sources, who reads it, and what it shows.
pub(super) fn component_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let sources = context.sources;
    let knowledge = sources.knowledge;
    let strings = sources.strings;
    let columns = [column(|s| &s.log_source), column(|s| &s.channel)];
    let title = &strings.log_sources;
    let mut logs = TableBuilder::new(context, "log-sources", title, "mono", &columns);
    let published = knowledge.object(ix).stix.x_mitre_log_sources.iter();
    let distinct: BTreeSet<[&str; 2]> = published
        .map(|log| [log.name.trim(), log_sources::channel(&log.channel)])
        .collect();
    for log in distinct {
        logs.row(context, &log.map(|text| Cell::Plain(text.to_owned())));
    }
    let columns = [
        column(|s| &s.strategy),
        NAME,
        column(|s| &s.analytics),
        column(|s| &s.detects),
    ];
    let mut strategies = TableBuilder::new(
        context,
        "detection-strategies",
        &strings.detection_strategies,
        "ids",
        &columns,
    );
    for strategy in crate::attack::relations::of(knowledge, ix)
        .into_iter()
        .find(|(kind, _)| *kind == "detection_strategies")
        .map(|(_, found)| found)
        .unwrap_or_default()
    {
        let analytics = knowledge
            .targets(strategy, EdgeKind::HasAnalytic)
            .filter(|&a| knowledge.targets(a, EdgeKind::Reads).any(|c| c == ix));
        let analytics = Cell::Ids(analytics.collect());
        let detects = Cell::Names(knowledge.targets(strategy, EdgeKind::Detects).collect());
        strategies.row(
            context,
            &[Cell::Id(strategy), Cell::Name(strategy), analytics, detects],
        );
    }
    let edges = by_other_end(knowledge, knowledge.outgoing(ix, EdgeKind::Detects), ix);
    let techniques = super::lists::relation_table(
        context,
        files,
        ("techniques", &strings.techniques_detected),
        &edges,
        Kind::Technique,
    );
    [
        section("log-sources", &strings.log_sources, logs.finish(files)),
        section(
            "detection-strategies",
            &strings.detection_strategies,
            strategies.finish(files),
        ),
        section("techniques", &strings.techniques_detected, techniques),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A data source's page: its components.
pub(super) fn source_sections(
    context: &mut PageContext,
    ix: ObjectIx,
    files: &mut Files,
) -> Vec<Section> {
    let sources = context.sources;
    let title = &sources.strings.data_components;
    let columns = [ID, NAME, DESCRIPTION];
    let mut table = TableBuilder::new(context, "data-components", title, USES, &columns);
    let components: Vec<ObjectIx> = sources.knowledge.origins(ix, EdgeKind::PartOf).collect();
    for component in components {
        let summary = Cell::Summary(sources.texts.object(component));
        table.row(
            context,
            &[Cell::Id(component), Cell::Name(component), summary],
        );
    }
    section("data-components", title, table.finish(files))
        .into_iter()
        .collect()
}
