//! What search can find: every live object with a page, playbooks, and the rules and tests of others,
//! as plain text.

mod third_party;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::attack::{EdgeIx, EdgeKind, Kind, Knowledge, ObjectIx, Status, relations};
use crate::markdown;
use crate::playbook::Playbook;
use crate::search::{Document, Group, Index, KindLabel};
use crate::site::context::Sources;
use crate::site::pages;
use crate::site::strings::Strings;

/// How much the team's own playbooks count, as a factor: about as much as techniques, so that the
/// number of an event leads to those that say what to do.
const PLAYBOOK: f64 = 0.9;

/// The index of the site.
pub fn index(sources: Sources) -> Index {
    Index::new(all(sources), &groups(sources))
}

/// Everything that can be found.
pub fn all(sources: Sources) -> Vec<Document> {
    let objects: Vec<ObjectIx> = sources
        .knowledge
        .objects()
        .filter(|(ix, object)| {
            object.is_live()
                && object.kind != Kind::Analytic
                && pages::object::is_page(sources, *ix)
        })
        .map(|(ix, _)| ix)
        .collect();
    let old = successors(sources.knowledge);
    let mut documents: Vec<Document> = objects
        .par_iter()
        .map(|&ix| Maker { sources, ix }.document(&old))
        .collect();
    documents.extend(sources.playbooks.iter().map(|p| of_playbook(sources, p)));
    documents.extend(third_party::all(sources));
    documents
}

/// Withdrawn IDs, with their names, and what took their place, by the latter.
fn successors<'k>(knowledge: &'k Knowledge) -> BTreeSet<(ObjectIx, &'k str, &'k str)> {
    let objects = knowledge.objects();
    objects
        .filter_map(|(_, object)| match object.status {
            Status::Revoked { by: Some(by) } => Some((by, object.id(), object.name())),
            _ => None,
        })
        .collect()
}

/// The groups of the filter `group:`, each with what it and its campaigns use.
pub fn groups(sources: Sources) -> Vec<Group> {
    let knowledge = sources.knowledge;
    let id = |ix: ObjectIx| knowledge.object(ix).id().to_owned();
    knowledge
        .live(Kind::Group)
        .map(|(ix, _)| {
            let campaigns = knowledge.origins(ix, EdgeKind::AttributedTo);
            let members = [Kind::Technique, Kind::Software]
                .into_iter()
                .flat_map(|kind| relations::used_with_campaigns(knowledge, ix, kind))
                .chain(campaigns);
            Group {
                id: id(ix),
                members: members.map(id).collect(),
            }
        })
        .collect()
}

fn label(strings: &Strings, kind: Kind) -> KindLabel {
    let [one, many, _] = strings.kind(kind);
    KindLabel {
        key: kind.name(),
        one: one.to_owned(),
        many: many.to_owned(),
        folder: kind.folder(),
    }
}

/// One object in the making.
struct Maker<'k> {
    sources: Sources<'k>,
    ix: ObjectIx,
}

impl Maker<'_> {
    fn document(&self, old: &BTreeSet<(ObjectIx, &str, &str)>) -> Document {
        let knowledge = self.sources.knowledge;
        let object = knowledge.object(self.ix);
        let old = old
            .range((self.ix, "", "")..)
            .take_while(|(ix, ..)| *ix == self.ix);
        let tactics = knowledge.targets(self.ix, EdgeKind::InTactic);
        let mut href = String::new();
        self.sources.routes.write_href("", self.ix, &mut href);
        Document {
            id: object.id().to_owned(),
            kind: label(self.sources.strings, object.kind),
            title: object.name().to_owned(),
            aliases: object.aliases().map(str::to_owned).collect(),
            old_ids: old
                .clone()
                .map(|(_, id, _)| (*id).to_owned())
                .chain(self.analytic_ids())
                .collect(),
            href,
            platforms: object.platforms().map(str::to_owned).collect(),
            tactics: names(knowledge, tactics),
            description: markdown::plain(self.sources.texts.object(self.ix)),
            related: self.related(old.map(|(_, _, name)| *name)),
            detection: self.detection(),
            prior: self.prior(),
        }
    }

    /// Procedures and mitigations; where the data has no words on one, the name at its other end.
    /// And what those were called in whose place this one is: people go on using old names.
    fn related<'k>(&self, old_names: impl Iterator<Item = &'k str>) -> String {
        let knowledge = self.sources.knowledge;
        let mut text = String::new();
        old_names.for_each(|name| line(&mut text, name));
        for kind in [EdgeKind::Uses, EdgeKind::Mitigates, EdgeKind::Targets] {
            let outgoing = knowledge.outgoing(self.ix, kind);
            for edge in outgoing.chain(knowledge.incoming(self.ix, kind)) {
                if !self.edge(edge, &mut text) {
                    let edge = knowledge.edge(edge);
                    let is_own = edge.source == self.ix;
                    let other = if is_own { edge.target } else { edge.source };
                    line(&mut text, knowledge.object(other).name());
                }
            }
        }
        text
    }

    /// Adds what a relation says, if it says anything.
    fn edge(&self, edge: EdgeIx, text: &mut String) -> bool {
        let doc = self.sources.texts.edge(edge);
        if !doc.is_empty() {
            line(text, &markdown::plain(doc));
        }
        !doc.is_empty()
    }

    /// Log sources; analytics on the technique that they detect, and the data components that these
    /// read; what data components say, and the prose of older releases.
    fn detection(&self) -> String {
        let knowledge = self.sources.knowledge;
        let object = knowledge.object(self.ix);
        let mut text = String::new();
        for log in &object.stix.x_mitre_log_sources {
            line(&mut text, &log.name);
            line(&mut text, &log.channel);
        }
        line(&mut text, &object.stix.x_mitre_detection);
        for edge in knowledge.incoming(self.ix, EdgeKind::Detects) {
            self.edge(edge, &mut text);
            let source = knowledge.edge(edge).source;
            line(&mut text, knowledge.object(source).name());
            self.analytics(source, &mut text);
        }
        for component in names(knowledge, self.components()) {
            line(&mut text, &component);
        }
        text
    }

    /// What the analytics on a technique read.
    fn components(&self) -> impl Iterator<Item = ObjectIx> {
        let knowledge = self.sources.knowledge;
        knowledge
            .origins(self.ix, EdgeKind::Detects)
            .flat_map(|strategy| knowledge.targets(strategy, EdgeKind::HasAnalytic))
            .flat_map(|analytic| knowledge.targets(analytic, EdgeKind::Reads))
    }

    /// Analytics are places on the page of their strategy.
    fn analytic_ids(&self) -> impl Iterator<Item = String> {
        let knowledge = self.sources.knowledge;
        let analytics = knowledge.targets(self.ix, EdgeKind::HasAnalytic);
        analytics.map(|analytic| knowledge.object(analytic).id().to_owned())
    }

    fn analytics(&self, strategy: ObjectIx, text: &mut String) {
        let knowledge = self.sources.knowledge;
        for analytic in knowledge.targets(strategy, EdgeKind::HasAnalytic) {
            line(text, knowledge.object(analytic).id());
            line(text, &markdown::plain(self.sources.texts.object(analytic)));
            let stix = knowledge.object(analytic).stix;
            for log in &stix.x_mitre_log_source_references {
                line(text, &log.name);
                line(text, &log.channel);
            }
        }
    }

    /// Techniques are what most people look for, and the common ones most.
    fn prior(&self) -> f64 {
        let knowledge = self.sources.knowledge;
        let kind = match knowledge.object(self.ix).kind {
            Kind::DetectionStrategy => 0.3,
            Kind::Mitigation | Kind::Group | Kind::Software => 0.4,
            Kind::Technique => 1.0,
            _ => 0.5,
        };
        let uses = knowledge.origins(self.ix, EdgeKind::Uses).count();
        #[expect(clippy::cast_precision_loss, reason = "uses are counted in hundreds")]
        let uses = uses as f64;
        kind * (1.0 + 0.085 * (1.0 + uses).ln())
    }
}

fn names(knowledge: &Knowledge, objects: impl Iterator<Item = ObjectIx>) -> Vec<String> {
    let names: BTreeSet<&str> = objects.map(|ix| knowledge.object(ix).name()).collect();
    names.into_iter().map(str::to_owned).collect()
}

fn line(text: &mut String, more: &str) {
    text.push_str(more);
    text.push('\n');
}

fn of_playbook(sources: Sources, playbook: &Playbook) -> Document {
    let knowledge = sources.knowledge;
    let techniques: Vec<ObjectIx> = playbook
        .techniques()
        .filter_map(|id| knowledge.by_attack_id(id))
        .collect();
    let tactics = techniques
        .iter()
        .flat_map(|&ix| knowledge.targets(ix, EdgeKind::InTactic));
    let platforms: BTreeSet<&str> = techniques
        .iter()
        .flat_map(|&ix| knowledge.object(ix).platforms())
        .collect();
    Document {
        id: format!("playbooks/{}", playbook.slug),
        kind: KindLabel {
            key: "playbook",
            one: sources.strings.playbook.clone(),
            many: sources.strings.playbooks.clone(),
            folder: "playbooks",
        },
        title: playbook.front.title.clone(),
        aliases: playbook.front.tags.clone(),
        old_ids: Vec::new(),
        href: format!("playbooks/{}/index.html", playbook.slug),
        platforms: platforms.into_iter().map(str::to_owned).collect(),
        tactics: names(knowledge, tactics),
        description: markdown::authored::plain(&playbook.body),
        related: playbook.techniques().collect::<Vec<_>>().join("\n"),
        detection: String::new(),
        prior: PLAYBOOK,
    }
}
