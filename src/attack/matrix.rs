//! A domain's matrix: tactics in order, techniques in each, sub-techniques in those.

use std::collections::BTreeSet;

use crate::attack::graph::{EdgeKind, ObjectIx};
use crate::attack::kind::Kind;
use crate::attack::knowledge::{Knowledge, Object};

/// A matrix as columns.
#[derive(Debug)]
pub struct Matrix {
    /// Its object; releases before 2.0 have none.
    pub object: Option<ObjectIx>,
    /// Index into the knowledge's domains.
    pub domain: usize,
    /// One per tactic, in the matrix's order.
    pub columns: Vec<Column>,
}

/// One tactic of a matrix.
#[derive(Debug)]
pub struct Column {
    /// The tactic; releases before 2.0 name it only in the techniques.
    pub tactic: Option<ObjectIx>,
    /// Its short name, as in `kill_chain_phases`.
    pub shortname: String,
    /// Techniques by name, each with its sub-techniques by ID.
    pub techniques: Vec<(ObjectIx, Vec<ObjectIx>)>,
}

/// The matrices of all domains, in the order of the domains. Mobile had two until release 8.
pub fn all(knowledge: &Knowledge) -> Vec<Matrix> {
    (0..knowledge.domains.len())
        .flat_map(|domain| of_domain(knowledge, domain))
        .collect()
}

fn of_domain(knowledge: &Knowledge, domain: usize) -> Vec<Matrix> {
    let found: Vec<Matrix> = knowledge
        .live(Kind::Matrix)
        .filter(|(_, o)| o.domains.contains(&domain))
        .map(|(ix, matrix)| {
            // The order of `tactic_refs` is the order of the columns; edges are sorted by ID.
            let ids = matrix.stix.tactic_refs.iter();
            let tactics = ids.filter_map(|id| knowledge.by_stix_id(id));
            let columns = tactics
                .filter(|&tactic| knowledge.object(tactic).is_live())
                .map(|tactic| column(knowledge, tactic))
                .collect();
            Matrix {
                object: Some(ix),
                domain,
                columns,
            }
        })
        .collect();
    if found.is_empty() {
        derived(knowledge, domain).into_iter().collect()
    } else {
        found
    }
}

fn column(knowledge: &Knowledge, tactic: ObjectIx) -> Column {
    let members: BTreeSet<ObjectIx> = knowledge.origins(tactic, EdgeKind::InTactic).collect();
    let shortname = knowledge.object(tactic).stix.x_mitre_shortname.to_string();
    Column {
        tactic: Some(tactic),
        shortname,
        techniques: nest(knowledge, &members),
    }
}

/// The matrix of a domain whose release has neither matrix nor tactics: one column for each
/// kill-chain phase, by name, since nothing tells their order.
fn derived(knowledge: &Knowledge, domain: usize) -> Option<Matrix> {
    let in_domain = |o: &Object| o.domains.contains(&domain);
    let phases = || {
        knowledge
            .live(Kind::Technique)
            .filter(move |(_, o)| in_domain(o))
            .flat_map(|(ix, o)| {
                o.stix
                    .kill_chain_phases
                    .iter()
                    .map(move |p| (p.phase_name.to_string(), ix))
            })
    };
    let names: BTreeSet<String> = phases().map(|(name, _)| name).collect();
    let columns: Vec<Column> = names
        .into_iter()
        .map(|shortname| {
            let members = phases()
                .filter(|(name, _)| *name == shortname)
                .map(|(_, ix)| ix);
            let techniques = nest(knowledge, &members.collect());
            Column {
                tactic: None,
                shortname,
                techniques,
            }
        })
        .collect();
    (!columns.is_empty()).then_some(Matrix {
        object: None,
        domain,
        columns,
    })
}

/// Techniques by name with their sub-techniques by ID. A sub-technique whose parent is not among
/// the members stands by itself, as do those that hang from each other or from a sub-technique:
/// no member is lost.
pub fn nest(knowledge: &Knowledge, members: &BTreeSet<ObjectIx>) -> Vec<(ObjectIx, Vec<ObjectIx>)> {
    let is_nested = |&ix: &ObjectIx| {
        let mut parents = knowledge.targets(ix, EdgeKind::SubtechniqueOf);
        parents.any(|parent| members.contains(&parent))
    };
    let (below, top): (Vec<ObjectIx>, Vec<ObjectIx>) = members.iter().partition(|ix| is_nested(ix));
    let mut placed: BTreeSet<ObjectIx> = top.iter().copied().collect();
    let mut nested = Vec::with_capacity(top.len());
    for ix in top.into_iter().chain(below) {
        if !placed.insert(ix) && is_nested(&ix) {
            continue;
        }
        let subs = knowledge.origins(ix, EdgeKind::SubtechniqueOf);
        let subs = subs.filter(|sub| members.contains(sub) && placed.insert(*sub));
        nested.push((ix, subs.collect()));
    }
    nested.sort_by_key(|&(ix, _)| (knowledge.object(ix).name(), ix));
    nested
}
