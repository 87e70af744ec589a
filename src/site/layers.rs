//! ATT&CK Navigator layers: what a group, campaign or software uses, a mitigation addresses, an
//! asset attracts, a data component shows; and what the playbooks answer.

use std::collections::BTreeMap;

use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx};
use crate::coverage::{Coverage, State};
use crate::markdown::plain;
use crate::navigator::{Layer, SCORED};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::coverage::label;
use crate::site::pages::lists::Files;
use crate::site::routes::domain_slug;
use crate::site::strings::fill;

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
            files.push((file, layer(sources, ix, name, &members).to_json()));
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

const OWN: &str = SCORED;
const INHERITED: &str = "#ff6666";
const BOTH: &str = "#ff66f4";

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
    let mut layer = Layer::new(
        format!("{} ({})", object.name(), object.id()),
        fill(
            &strings.layer_techniques,
            &[("release", &knowledge.label), ("name", &object.name())],
        ),
        domain,
        attack_version(knowledge),
    );
    for &(&technique, entry) in members {
        let color = match (entry.own, entry.inherited) {
            (true, true) => BOTH,
            (false, true) => INHERITED,
            _ => OWN,
        };
        let id = knowledge.object(technique).id();
        layer.technique(id, true, color, entry.comments.join("\n"));
    }
    layer.legend(&format!("{} {}", object.id(), object.name()), OWN);
    if members.iter().any(|(_, entry)| entry.inherited) {
        layer.legend(&strings.layer_by_campaign, INHERITED);
        layer.legend(&strings.layer_by_both, BOTH);
    }
    layer
}

/// The release as layers name it: the major number, where someone named the release.
pub fn attack_version<'l>(knowledge: &Knowledge<'l>) -> Option<&'l str> {
    let label = Some(knowledge.label).filter(|_| knowledge.is_named);
    label.and_then(|label| label.split('.').next())
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
        let mut layer = Layer::new(
            strings.layer_coverage.clone(),
            fill(&strings.layer_playbooks, &[("release", &knowledge.label)]),
            name,
            attack_version(knowledge),
        );
        for row in own {
            let id = knowledge.object(row.technique).id();
            let is_current = matches!(row.state, State::Approved | State::Authored);
            let comment = label(strings, row.state).to_owned();
            layer.technique(id, is_current, color(row.state), comment);
        }
        for (state, color) in COLORS.iter().filter(|(_, color)| !color.is_empty()) {
            layer.legend(label(strings, *state), color);
        }
        let file = format!("coverage-{}-layer.json", domain_slug(name));
        (file, layer.to_json())
    });
    layers.collect()
}
