//! What else belongs to a technique: its family, what the texts link, what the same sources use,
//! what reads alike, and one list fused of the four.
//!
//! Every figure that decides a rank is a whole number or comes from one by a division or a root,
//! so ranks depend neither on the machine nor on the number of threads.

mod fuse;
mod near;
mod similar;
mod together;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::attack::{Kind, Knowledge, ObjectIx};

pub use fuse::{Fused, Reason};
pub use together::{CoUse, Users};

/// How much of each list counts.
const DEPTH: usize = 60;
/// How much of the lists of use and of text is kept: pages show no more.
const KEPT: usize = 10;

/// ATT&CK's words on objects, which a later room parses.
pub trait Prose: Sync {
    /// What an object's description links to.
    fn links(&self, ix: ObjectIx) -> Vec<ObjectIx>;
    /// An object's description as letters only; empty where the data has none.
    fn plain(&self, ix: ObjectIx) -> String;
}

/// What belongs to one technique, by reason. All of it is live and of the same domain.
#[derive(Debug)]
pub struct Neighbourhood {
    /// Parent, sub-techniques, siblings.
    pub family: Vec<ObjectIx>,
    /// What its text links to or what links to it.
    pub linked: Vec<ObjectIx>,
    /// Who uses the technique itself.
    pub users: Users,
    /// What the same sources use more often than chance would have it, the most first.
    pub together: Vec<CoUse>,
    /// What reads alike, the most alike first.
    pub similar: Vec<ObjectIx>,
    /// The four as one list, the best first.
    pub fused: Vec<Fused>,
}

/// The neighbourhoods of all live techniques.
#[derive(Debug, Default)]
pub struct Related(BTreeMap<ObjectIx, Neighbourhood>);

impl Related {
    /// Ranks every technique of a release against those of its domain.
    pub fn new(knowledge: &Knowledge, prose: &impl Prose) -> Related {
        let techniques = Techniques::new(knowledge);
        let near = near::Near::new(&techniques, prose);
        let uses = together::Uses::new(&techniques);
        let texts = similar::Texts::new(&techniques, prose);
        let neighbourhood = |place: Place| {
            let family = near.family(place);
            let linked = near.linked(place);
            let mut together = uses.of(place);
            let mut similar = texts.like(place);
            let fused = fuse::fuse(&techniques, &family, &linked, &together, &similar);
            together.truncate(KEPT);
            similar.truncate(KEPT);
            let named = |places: Vec<Place>| places.into_iter().map(|p| techniques.ix(p)).collect();
            Neighbourhood {
                family: named(family),
                linked: named(linked),
                users: uses.users(place),
                together: together.into_iter().map(|(_, co_use)| co_use).collect(),
                similar: named(similar),
                fused,
            }
        };
        let all = techniques.places().into_par_iter();
        Related(
            all.map(|place| (techniques.ix(place), neighbourhood(place)))
                .collect(),
        )
    }

    /// What belongs to a live technique; none for other objects.
    pub fn of(&self, ix: ObjectIx) -> Option<&Neighbourhood> {
        self.0.get(&ix)
    }
}

/// A live technique among all live techniques, in the order of their IDs.
type Place = usize;

/// All live techniques.
struct Techniques<'k, 'a> {
    knowledge: &'k Knowledge<'a>,
    all: Vec<ObjectIx>,
}

impl<'k, 'a> Techniques<'k, 'a> {
    fn new(knowledge: &'k Knowledge<'a>) -> Self {
        let all = knowledge.live(Kind::Technique).map(|(ix, _)| ix).collect();
        Techniques { knowledge, all }
    }

    fn places(&self) -> std::ops::Range<Place> {
        0..self.all.len()
    }

    fn ix(&self, place: Place) -> ObjectIx {
        self.all[place]
    }

    fn place(&self, ix: ObjectIx) -> Option<Place> {
        self.all.binary_search(&ix).ok()
    }

    fn domains(&self, place: Place) -> &'k [usize] {
        self.knowledge.object(self.ix(place)).domains
    }

    /// Two techniques of one domain; a technique is no candidate for itself.
    fn may_relate(&self, a: Place, b: Place) -> bool {
        a != b && share(self.domains(a), self.domains(b))
    }
}

fn share(a: &[usize], b: &[usize]) -> bool {
    a.iter().any(|domain| b.contains(domain))
}

#[cfg(test)]
mod tests;
