//! Techniques that ATT&CK itself puts beside each other: families, and links in texts.

use std::collections::BTreeMap;

use crate::attack::related::{Place, Prose, Techniques};
use crate::attack::{EdgeKind, ObjectIx, Status};

pub(super) struct Near<'t, 'k, 'a> {
    techniques: &'t Techniques<'k, 'a>,
    /// For each technique, how many links join it to another, in both directions together.
    links: Vec<BTreeMap<Place, usize>>,
}

impl<'t, 'k, 'a> Near<'t, 'k, 'a> {
    pub(super) fn new(techniques: &'t Techniques<'k, 'a>, prose: &impl Prose) -> Self {
        let mut links = vec![BTreeMap::new(); techniques.all.len()];
        for from in techniques.places() {
            for ix in prose.links(techniques.ix(from)) {
                let target = successor(techniques, ix).and_then(|ix| techniques.place(ix));
                if let Some(to) = target.filter(|&to| techniques.may_relate(from, to)) {
                    *links[from].entry(to).or_default() += 1;
                    *links[to].entry(from).or_default() += 1;
                }
            }
        }
        Near { techniques, links }
    }

    /// The parent first, then by ID.
    pub(super) fn family(&self, place: Place) -> Vec<Place> {
        let knowledge = self.techniques.knowledge;
        let ix = self.techniques.ix(place);
        let parent = knowledge.targets(ix, EdgeKind::SubtechniqueOf).next();
        let members = knowledge.origins(parent.unwrap_or(ix), EdgeKind::SubtechniqueOf);
        let places = parent.into_iter().chain(members);
        let places = places.filter_map(|member| self.techniques.place(member));
        places
            .filter(|&member| self.techniques.may_relate(place, member))
            .collect()
    }

    /// The most links first, then by ID.
    pub(super) fn linked(&self, place: Place) -> Vec<Place> {
        let mut linked: Vec<(Place, usize)> =
            self.links[place].iter().map(|(&p, &n)| (p, n)).collect();
        linked.sort_by_key(|&(other, links)| (std::cmp::Reverse(links), other));
        linked.into_iter().map(|(other, _)| other).collect()
    }
}

/// Texts go on naming what was revoked.
fn successor(techniques: &Techniques, ix: ObjectIx) -> Option<ObjectIx> {
    match techniques.knowledge.object(ix).status {
        Status::Live => Some(ix),
        Status::Revoked { by } => by,
        Status::Deprecated => None,
    }
}
