//! ATT&CK Navigator layers, format 4.5: what a group, campaign or software uses, a mitigation
//! addresses, an asset attracts, a data component shows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx};
use crate::coverage::{Coverage, State};
use crate::markdown::plain;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::coverage::label;
use crate::site::pages::lists::Files;
use crate::site::routes::domain_slug;
use crate::site::strings::fill;
use crate::site::twin::to_json;

/// What is said of one technique, and whether the object itself says it, a campaign, or both.
#[derive(Default)]
struct Entry {
    own: bool,
    inherited: bool,
    comments: Vec<String>,
}

/// One layer for each domain in which the object has techniques:
/// `G0016-enterprise-layer.json`, named as on attack.mitre.org.
pub fn of(context: &PageContext, ix: ObjectIx) -> Files {
    let sources = context.sources;
    let knowledge = sources.knowledge;
    let entries = entries(sources, ix);
    let mut files = Files::new();
    for (domain, name) in knowledge.domains.iter().enumerate() {
        let members: Vec<_> = entries
            .iter()
            .filter(|(technique, _)| knowledge.object(**technique).domains.contains(&domain))
            .collect();
        if !members.is_empty() {
            let id = knowledge.object(ix).id();
            let stem = crate::names::slug(id).to_ascii_uppercase();
            let file = format!("{stem}-{}-layer.json", domain_slug(name));
            files.push((file, to_json(&layer(sources, ix, name, &members))));
        }
    }
    files
}

fn entries(sources: Sources, ix: ObjectIx) -> BTreeMap<ObjectIx, Entry> {
    let knowledge = sources.knowledge;
    let mut entries: BTreeMap<ObjectIx, Entry> = BTreeMap::new();
    let mut add = |technique: ObjectIx, comment: String, inherited: bool| {
        if knowledge.object(technique).kind == Kind::Technique {
            let entry = entries.entry(technique).or_default();
            entry.own |= !inherited;
            entry.inherited |= inherited;
            entry
                .comments
                .extend(Some(comment).filter(|c| !c.is_empty()));
        }
    };
    let comment = |edge| plain(sources.texts.edge(edge));
    match knowledge.object(ix).kind {
        Kind::Group => {
            for edge in knowledge.outgoing(ix, EdgeKind::Uses) {
                add(knowledge.edge(edge).target, comment(edge), false);
            }
            for campaign in knowledge.origins(ix, EdgeKind::AttributedTo) {
                let name = knowledge.object(campaign).name();
                for edge in knowledge.outgoing(campaign, EdgeKind::Uses) {
                    let text = format!("{name}: {}", comment(edge));
                    add(knowledge.edge(edge).target, text, true);
                }
            }
        }
        Kind::Software | Kind::Campaign => {
            for edge in knowledge.outgoing(ix, EdgeKind::Uses) {
                add(knowledge.edge(edge).target, comment(edge), false);
            }
        }
        Kind::Mitigation => {
            for edge in knowledge.outgoing(ix, EdgeKind::Mitigates) {
                add(knowledge.edge(edge).target, comment(edge), false);
            }
        }
        Kind::Asset => {
            for edge in knowledge.incoming(ix, EdgeKind::Targets) {
                add(knowledge.edge(edge).source, comment(edge), false);
            }
        }
        Kind::DataComponent => {
            for edge in knowledge.outgoing(ix, EdgeKind::Detects) {
                add(knowledge.edge(edge).target, comment(edge), false);
            }
            for analytic in knowledge.origins(ix, EdgeKind::Reads) {
                let id = knowledge.object(analytic).id();
                for strategy in knowledge.origins(analytic, EdgeKind::HasAnalytic) {
                    for technique in knowledge.targets(strategy, EdgeKind::Detects) {
                        add(technique, id.to_owned(), false);
                    }
                }
            }
        }
        _ => {}
    }
    entries
}

const OWN: &str = "#66b1ff";
const INHERITED: &str = "#ff6666";
const BOTH: &str = "#ff66f4";

/// A layer file, in the field names of its format.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layer<'l> {
    name: String,
    description: String,
    domain: &'l str,
    versions: Versions<'l>,
    techniques: Vec<Technique<'l>>,
    gradient: Gradient,
    legend_items: Vec<LegendItem>,
    sorting: u8,
    layout: Arrangement,
}

/// Navigator opens a layer with the ATT&CK version that it names: the major number.
#[derive(Serialize)]
struct Versions<'l> {
    #[serde(skip_serializing_if = "Option::is_none")]
    attack: Option<&'l str>,
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Technique<'l> {
    #[serde(rename = "techniqueID")]
    id: &'l str,
    score: u8,
    color: &'static str,
    comment: String,
    enabled: bool,
    show_subtechniques: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gradient {
    colors: [&'static str; 2],
    min_value: u8,
    max_value: u8,
}

#[derive(Serialize)]
struct LegendItem {
    label: String,
    color: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Arrangement {
    #[serde(rename = "layout")]
    kind: &'static str,
    #[serde(rename = "showID")]
    show_id: bool,
    show_name: bool,
    expanded_subtechniques: &'static str,
}

fn layer<'l>(
    sources: Sources<'l>,
    ix: ObjectIx,
    domain: &'l str,
    members: &[(&ObjectIx, &Entry)],
) -> Layer<'l> {
    let Sources {
        knowledge, strings, ..
    } = sources;
    let object = knowledge.object(ix);
    let techniques = members.iter().map(|(technique, entry)| Technique {
        id: knowledge.object(**technique).id(),
        score: 1,
        color: match (entry.own, entry.inherited) {
            (true, true) => BOTH,
            (false, true) => INHERITED,
            _ => OWN,
        },
        comment: entry.comments.join("\n"),
        enabled: true,
        show_subtechniques: true,
    });
    let mut legend = vec![item(&format!("{} {}", object.id(), object.name()), OWN)];
    if members.iter().any(|(_, entry)| entry.inherited) {
        legend.push(item(&strings.layer_by_campaign, INHERITED));
        legend.push(item(&strings.layer_by_both, BOTH));
    }
    Layer {
        name: format!("{} ({})", object.name(), object.id()),
        description: fill(
            &strings.layer_techniques,
            &[("release", &knowledge.label), ("name", &object.name())],
        ),
        ..empty(knowledge, domain, techniques.collect(), legend)
    }
}

fn item(label: &str, color: &'static str) -> LegendItem {
    LegendItem {
        label: label.to_owned(),
        color,
    }
}

/// The release as layers name it: the major number, where someone named the release.
pub fn attack_version<'l>(knowledge: &Knowledge<'l>) -> Option<&'l str> {
    let label = Some(knowledge.label).filter(|_| knowledge.is_named);
    label.and_then(|label| label.split('.').next())
}

/// A layer without a name.
fn empty<'l>(
    knowledge: &Knowledge<'l>,
    domain: &'l str,
    techniques: Vec<Technique<'l>>,
    legend_items: Vec<LegendItem>,
) -> Layer<'l> {
    Layer {
        name: String::new(),
        description: String::new(),
        domain,
        versions: Versions {
            attack: attack_version(knowledge),
            navigator: "5.1.0",
            layer: "4.5",
        },
        techniques,
        gradient: Gradient {
            colors: ["#ffffff", OWN],
            min_value: 0,
            max_value: 1,
        },
        legend_items,
        sorting: 0,
        layout: Arrangement {
            kind: "side",
            show_id: true,
            show_name: true,
            expanded_subtechniques: "annotated",
        },
    }
}

/// What the playbooks answer: `coverage-enterprise-layer.json` for each domain.
pub fn of_coverage(sources: Sources, coverage: &Coverage) -> Files {
    const COLORS: [(State, &str); 4] = [
        (State::Approved, "#31a354"),
        (State::Authored, "#a1d99b"),
        (State::Stale, "#fec44f"),
        (State::None, ""),
    ];
    let color = |state| {
        let found = COLORS.iter().find(|(own, _)| *own == state);
        found.map_or("", |(_, color)| color)
    };
    let Sources {
        knowledge, strings, ..
    } = sources;
    let domains = knowledge.domains.iter().enumerate();
    let layers = domains.map(|(domain, name)| {
        let rows = coverage.rows().iter();
        let own = rows.filter(|row| knowledge.object(row.technique).domains.contains(&domain));
        let techniques = own.map(|row| Technique {
            id: knowledge.object(row.technique).id(),
            score: u8::from(matches!(row.state, State::Approved | State::Authored)),
            color: color(row.state),
            comment: label(strings, row.state).to_owned(),
            enabled: true,
            show_subtechniques: true,
        });
        let legend = COLORS
            .iter()
            .filter(|(_, color)| !color.is_empty())
            .map(|&(state, color)| item(label(strings, state), color));
        let layer = Layer {
            name: strings.layer_coverage.clone(),
            description: fill(&strings.layer_playbooks, &[("release", &knowledge.label)]),
            ..empty(knowledge, name, techniques.collect(), legend.collect())
        };
        let file = format!("coverage-{}-layer.json", domain_slug(name));
        (file, to_json(&layer))
    });
    layers.collect()
}
