//! From the objects of a release to objects and edges.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt};

use super::{Knowledge, Object, Status, edge_ix, object_ix};
use crate::attack::graph::{Edge, EdgeKind, ObjectIx, RefIx, Reference};
use crate::attack::kind::Kind;
use crate::attack::release::Release;
use crate::attack::stix;
use crate::diagnostics::{Diagnostic, Diagnostics};

pub(super) struct Builder<'a> {
    release: &'a Release<'a>,
    objects: Vec<Object<'a>>,
    edges: Vec<Edge<'a>>,
    references: Vec<Reference<'a>>,
    known_references: HashMap<Reference<'a>, RefIx>,
    by_stix_id: HashMap<&'a str, ObjectIx>,
    diagnostics: Diagnostics,
}

impl<'a> Builder<'a> {
    pub(super) fn new(release: &'a Release<'a>) -> Self {
        Builder {
            release,
            objects: Vec::new(),
            edges: Vec::new(),
            references: Vec::new(),
            known_references: HashMap::new(),
            by_stix_id: HashMap::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    pub(super) fn add_objects(&mut self) {
        let release = self.release;
        let mut owners: HashMap<&str, u32> = HashMap::new();
        let mut unknown_types: BTreeMap<&str, usize> = BTreeMap::new();
        for merged in &release.objects {
            let stix = &merged.stix;
            let Some(kind) = Kind::of_stix(&stix.r#type) else {
                continue;
            };
            if kind == Kind::Other {
                *unknown_types.entry(&stix.r#type).or_default() += 1;
            }
            if let (true, Some(id)) = (stix.is_live(), stix.attack_id()) {
                *owners.entry(id).or_default() += 1;
            }
            let status = if stix.revoked {
                Status::Revoked { by: None }
            } else if stix.x_mitre_deprecated {
                Status::Deprecated
            } else {
                Status::Live
            };
            let sources = self.intern(&stix.external_references);
            let domains = &merged.domains;
            let id = stix.attack_id().unwrap_or(&stix.id);
            let name = stix.name.trim();
            self.objects.push(Object {
                stix,
                kind,
                domains,
                status,
                key: &stix.id,
                sources,
                id,
                name: if name.is_empty() { id } else { name },
            });
        }
        for object in &mut self.objects {
            if let Some(id) = object.stix.attack_id() {
                let live_owners = owners.get(id).copied().unwrap_or_default();
                if live_owners <= 1 || !object.is_live() {
                    object.key = id;
                }
            }
        }
        self.objects.sort_by(|a, b| {
            (a.kind, a.id(), !a.is_live(), &*a.stix.id).cmp(&(
                b.kind,
                b.id(),
                !b.is_live(),
                &*b.stix.id,
            ))
        });
        for (i, object) in self.objects.iter().enumerate() {
            self.by_stix_id.insert(&object.stix.id, object_ix(i));
        }
        for (name, count) in unknown_types {
            self.diagnostics.push(
                Diagnostic::note(
                    "unknown-type",
                    format!("{count} objects have the type `{name}`, unknown to this version"),
                )
                .help("each with a name has a plain page under objects/"),
            );
        }
        for (id, count) in owners
            .into_iter()
            .filter(|&(_, n)| n > 1)
            .collect::<BTreeMap<_, _>>()
        {
            self.diagnostics.push(
                Diagnostic::warning(
                    "id-collision",
                    format!("{count} live objects share the ATT&CK ID `{id}`"),
                )
                .help("each keeps its page; relations and APIs name them by STIX ID"),
            );
        }
    }

    /// The references that texts can cite: those with a description that is not itself a note
    /// on an alias.
    fn intern(&mut self, references: &'a [stix::ExternalReference<'a>]) -> Vec<(&'a str, RefIx)> {
        let mut sources = Vec::with_capacity(references.len());
        for reference in references {
            let name = reference.source_name.trim();
            let is_note = reference.description.contains("(Citation:");
            let says_nothing = reference.description.is_empty() && reference.url.is_empty();
            if name.is_empty() || is_note || says_nothing || !reference.external_id.is_empty() {
                continue;
            }
            let url = reference.url.trim();
            let key = Reference {
                name,
                description: reference.description.trim(),
                url,
            };
            let next = self.references.len();
            #[expect(clippy::cast_possible_truncation, reason = "thousands of references")]
            let ix = *self.known_references.entry(key).or_insert_with_key(|key| {
                self.references.push(key.clone());
                RefIx(next as u32)
            });
            sources.push((name, ix));
        }
        sources
    }

    pub(super) fn add_relationships(&mut self) {
        let release = self.release;
        let mut revoked_by: BTreeMap<ObjectIx, BTreeSet<ObjectIx>> = BTreeMap::new();
        let mut dangling = Vec::new();
        let mut dead_ends = 0;
        for merged in &release.objects {
            let stix = &merged.stix;
            if stix.r#type.0 != "relationship" || !stix.is_live() {
                continue;
            }
            let ends = (
                self.by_stix_id.get(&*stix.source_ref),
                self.by_stix_id.get(&*stix.target_ref),
            );
            let (Some(&source), Some(&target)) = ends else {
                dangling.push(&*stix.id);
                continue;
            };
            if stix.relationship_type.0 == "revoked-by" {
                revoked_by.entry(source).or_default().insert(target);
                continue;
            }
            let is_live = |ix: ObjectIx| self.objects[ix.0 as usize].is_live();
            if !is_live(source) || !is_live(target) {
                dead_ends += 1;
                continue;
            }
            let sources = self.intern(&stix.external_references);
            self.edges.push(Edge {
                kind: EdgeKind::of_stix(&stix.relationship_type),
                source,
                target,
                description: Cow::Borrowed(&*stix.description),
                sources,
            });
        }
        if let Some(first) = dangling.first() {
            self.diagnostics.push(
                Diagnostic::warning(
                    "dangling-relationship",
                    format!("{} relationships name objects that are not in the data; the first is `{first}`", dangling.len()),
                )
                .help("build all domains together, or ignore this where you mean to leave some out"),
            );
        }
        if dead_ends > 0 {
            self.diagnostics.push(
                Diagnostic::note(
                    "dead-relationship",
                    format!("{dead_ends} relationships have a revoked or deprecated end"),
                )
                .help("they are shown nowhere, as on attack.mitre.org"),
            );
        }
        self.resolve_revocations(&revoked_by);
    }

    /// Follows `revoked-by` to its end: chains of any length and loops occur.
    fn resolve_revocations(&mut self, revoked_by: &BTreeMap<ObjectIx, BTreeSet<ObjectIx>>) {
        let ends: Vec<(ObjectIx, ObjectIx)> = revoked_by
            .keys()
            .filter_map(|&start| {
                let mut seen = BTreeSet::from([start]);
                let mut at = start;
                while self.objects[at.0 as usize].stix.revoked {
                    let next = revoked_by.get(&at)?.iter().find(|n| !seen.contains(n))?;
                    seen.insert(*next);
                    at = *next;
                }
                (at != start).then_some((start, at))
            })
            .collect();
        for (start, end) in ends {
            if let Status::Revoked { by } = &mut self.objects[start.0 as usize].status {
                *by = Some(end);
            }
        }
    }

    pub(super) fn add_embedded(&mut self) {
        let mut edges = Vec::new();
        let mut unknown_tactics: BTreeMap<&str, usize> = BTreeMap::new();
        let tactics = self.tactics_by_shortname();
        for (i, object) in self.objects.iter().enumerate().filter(|(_, o)| o.is_live()) {
            let source = object_ix(i);
            let mut link = |kind, id: &str| {
                if let Some(&target) = self.by_stix_id.get(id)
                    && self.objects[target.0 as usize].is_live()
                {
                    edges.push((kind, source, target));
                }
            };
            let stix = object.stix;
            stix.tactic_refs
                .iter()
                .for_each(|id| link(EdgeKind::HasTactic, id));
            stix.x_mitre_analytic_refs
                .iter()
                .for_each(|id| link(EdgeKind::HasAnalytic, id));
            for log in &stix.x_mitre_log_source_references {
                link(EdgeKind::Reads, &log.x_mitre_data_component_ref);
            }
            link(EdgeKind::PartOf, &stix.x_mitre_data_source_ref);
            for phase in &stix.kill_chain_phases {
                let named = tactics
                    .get(&*phase.phase_name)
                    .map_or(&[][..], Vec::as_slice);
                let own = named.iter().filter(|(_, domains)| {
                    domains.is_empty() || domains.iter().any(|d| object.domains.contains(d))
                });
                let before = edges.len();
                edges.extend(own.map(|&(tactic, _)| (EdgeKind::InTactic, source, tactic)));
                if edges.len() == before && !tactics.is_empty() {
                    *unknown_tactics.entry(&phase.phase_name).or_default() += 1;
                }
            }
        }
        edges.sort_unstable();
        edges.dedup();
        self.edges
            .extend(edges.into_iter().map(|(kind, source, target)| Edge {
                kind,
                source,
                target,
                description: Cow::Borrowed(""),
                sources: Vec::new(),
            }));
        for (name, count) in unknown_tactics {
            self.diagnostics.push(
                Diagnostic::warning(
                    "unknown-tactic",
                    format!("{count} techniques are in the tactic `{name}`, which the data does not have"),
                )
                .help("their pages show the name without a link"),
            );
        }
    }

    /// Live tactics by shortname. Several domains share shortnames.
    fn tactics_by_shortname(&self) -> HashMap<&'a str, Vec<(ObjectIx, &'a [usize])>> {
        let mut tactics: HashMap<&str, Vec<_>> = HashMap::new();
        for (i, object) in self.objects.iter().enumerate() {
            if object.kind == Kind::Tactic && object.is_live() {
                let entry = (object_ix(i), object.domains);
                tactics
                    .entry(&object.stix.x_mitre_shortname)
                    .or_default()
                    .push(entry);
            }
        }
        tactics
    }

    pub(super) fn finish(mut self) -> (Knowledge<'a>, Diagnostics) {
        // Sorted edges make every list below come out sorted, and the same for any input order.
        self.edges.sort_by(|a, b| {
            (a.kind, a.source, a.target, &a.description).cmp(&(
                b.kind,
                b.source,
                b.target,
                &b.description,
            ))
        });
        let mut outgoing = vec![Vec::new(); self.objects.len()];
        let mut incoming = vec![Vec::new(); self.objects.len()];
        for (i, edge) in self.edges.iter().enumerate() {
            outgoing[edge.source.0 as usize].push(edge_ix(i));
            incoming[edge.target.0 as usize].push(edge_ix(i));
        }
        let mut by_attack_id: HashMap<&str, Vec<ObjectIx>> = HashMap::new();
        let (live, dead): (Vec<_>, Vec<_>) = self
            .objects
            .iter()
            .enumerate()
            .partition(|(_, o)| o.is_live());
        for (i, object) in live.into_iter().chain(dead) {
            if let Some(id) = object.stix.attack_id() {
                by_attack_id.entry(id).or_default().push(object_ix(i));
            }
        }
        let knowledge = Knowledge {
            label: &self.release.label,
            newest: &self.release.newest,
            is_named: self.release.is_named,
            domains: &self.release.domains,
            objects: self.objects,
            edges: self.edges,
            outgoing,
            incoming,
            references: self.references,
            by_stix_id: self.by_stix_id,
            by_attack_id,
        };
        (knowledge, self.diagnostics)
    }
}
