//! Techniques that the same groups, campaigns and software use.
//!
//! What counts is the excess over chance: how many sources use both, less how many would if the
//! two had nothing to do with each other. A plain count would put the most popular techniques
//! into every list, and a ratio would put the rarest there.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::related::{DEPTH, Place, Techniques, share};
use crate::attack::{EdgeKind, Kind, ObjectIx};

/// How many sources of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// Groups.
    pub groups: usize,
    /// Campaigns.
    pub campaigns: usize,
    /// Malware and tools.
    pub software: usize,
}

impl Users {
    /// All of them.
    pub fn total(self) -> usize {
        self.groups + self.campaigns + self.software
    }

    fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Group => self.groups += 1,
            Kind::Campaign => self.campaigns += 1,
            _ => self.software += 1,
        }
    }
}

/// A technique that sources of another one use too.
#[derive(Clone, Copy, Debug)]
pub struct CoUse {
    /// The other technique.
    pub technique: ObjectIx,
    /// Who uses both.
    pub both: Users,
    /// How many would use both if that were chance.
    pub by_chance: f64,
}

/// A group, a campaign or software, and the techniques that it uses.
struct Source {
    kind: Kind,
    uses: BTreeSet<Place>,
}

pub(super) struct Uses<'t, 'k, 'a> {
    techniques: &'t Techniques<'k, 'a>,
    sources: Vec<Source>,
    /// For each technique, the sources that use it.
    users: Vec<Vec<usize>>,
    /// How many sources use any technique of these domains.
    populations: BTreeMap<&'k [usize], usize>,
}

impl<'t, 'k, 'a> Uses<'t, 'k, 'a> {
    pub(super) fn new(techniques: &'t Techniques<'k, 'a>) -> Self {
        let knowledge = techniques.knowledge;
        let kinds = [Kind::Group, Kind::Campaign, Kind::Software];
        let all = kinds.into_iter().flat_map(|kind| knowledge.live(kind));
        let sources: Vec<Source> = all
            .map(|(ix, source)| Source {
                kind: source.kind,
                uses: knowledge
                    .targets(ix, EdgeKind::Uses)
                    .filter_map(|used| techniques.place(used))
                    .collect(),
            })
            .collect();
        let mut users = vec![Vec::new(); techniques.all.len()];
        for (i, source) in sources.iter().enumerate() {
            for &used in &source.uses {
                users[used].push(i);
            }
        }
        let cuts: BTreeSet<&[usize]> = techniques.places().map(|p| techniques.domains(p)).collect();
        let populations = cuts.into_iter().map(|domains| {
            let is_of = |used: &Place| share(domains, techniques.domains(*used));
            let of_cut = sources
                .iter()
                .filter(|source| source.uses.iter().any(is_of));
            (domains, of_cut.count())
        });
        Uses {
            populations: populations.collect(),
            techniques,
            sources,
            users,
        }
    }

    pub(super) fn users(&self, place: Place) -> Users {
        let mut users = Users::default();
        for &source in &self.users[place] {
            users.count(self.sources[source].kind);
        }
        users
    }

    /// The most excess first, then by ID; only what is above chance.
    pub(super) fn of(&self, place: Place) -> Vec<(Place, CoUse)> {
        let mut both = vec![Users::default(); self.techniques.all.len()];
        for &source in &self.users[place] {
            let source = &self.sources[source];
            for &used in &source.uses {
                both[used].count(source.kind);
            }
        }
        let own = self.users[place].len();
        let population = self.populations[self.techniques.domains(place)];
        let excess = |other: Place| {
            let observed = both[other].total() * population;
            observed.checked_sub(own * self.users[other].len())
        };
        let mut ranked: Vec<(usize, Place)> = self
            .techniques
            .places()
            .filter(|&other| both[other].total() > 0 && self.techniques.may_relate(place, other))
            .filter_map(|other| Some((excess(other)?, other)))
            .filter(|&(excess, _)| excess > 0)
            .collect();
        ranked.sort_by_key(|&(excess, other)| (std::cmp::Reverse(excess), other));
        ranked.truncate(DEPTH);
        let co_use = |(_, other): (usize, Place)| {
            let co_use = CoUse {
                technique: self.techniques.ix(other),
                both: both[other],
                by_chance: ratio(own * self.users[other].len(), population),
            };
            (other, co_use)
        };
        ranked.into_iter().map(co_use).collect()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a release has about a thousand sources"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
