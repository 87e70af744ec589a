//! One list out of four, by reciprocal rank: what stands high in several lists comes first.

use std::collections::BTreeMap;

use crate::attack::ObjectIx;
use crate::attack::related::{CoUse, DEPTH, Place, Techniques, Users};

/// How many techniques the fused list holds.
const LENGTH: usize = 20;
/// Added to every rank: the first of a list does not outweigh all else.
const EASE: usize = 20;

/// Why a technique is related, in the order of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Parent, sub-technique or sibling.
    Family,
    /// A text links the two.
    Linked,
    /// The same sources use both.
    SeenTogether,
    /// The texts read alike.
    Similar,
}

impl Reason {
    /// Its name in APIs.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Family => "family",
            Reason::Linked => "linked",
            Reason::SeenTogether => "seen-together",
            Reason::Similar => "similar",
        }
    }

    fn weight(self) -> f64 {
        match self {
            // Reports say what adversaries do together; the rest is about how ATT&CK is written.
            Reason::SeenTogether => 2.0,
            Reason::Family | Reason::Linked | Reason::Similar => 1.0,
        }
    }
}

/// A technique of the fused list.
#[derive(Clone, Debug)]
pub struct Fused {
    /// Which.
    pub technique: ObjectIx,
    /// From all lists that it is in; at most 5/21.
    pub score: f64,
    /// The lists that it is in, in their order.
    pub reasons: Vec<Reason>,
    /// Who uses both, where that is a reason.
    pub both: Option<Users>,
}

pub(super) fn fuse(
    techniques: &Techniques,
    family: &[Place],
    linked: &[Place],
    together: &[(Place, CoUse)],
    similar: &[Place],
) -> Vec<Fused> {
    let used: Vec<Place> = together.iter().map(|&(place, _)| place).collect();
    let mut scores: BTreeMap<Place, (f64, Vec<Reason>)> = BTreeMap::new();
    for (reason, list) in [
        (Reason::Family, family),
        (Reason::Linked, linked),
        (Reason::SeenTogether, &used),
        (Reason::Similar, similar),
    ] {
        for (i, &place) in list.iter().take(DEPTH).enumerate() {
            let (score, reasons) = scores.entry(place).or_default();
            *score += reason.weight() / number(EASE + i + 1);
            reasons.push(reason);
        }
    }
    let mut ranked: Vec<(Place, (f64, Vec<Reason>))> = scores.into_iter().collect();
    // The sort is stable: equal scores stay in the order of their IDs.
    ranked.sort_by(|(_, a), (_, b)| b.0.total_cmp(&a.0));
    ranked.truncate(LENGTH);
    let fused = |(place, (score, reasons))| Fused {
        technique: techniques.ix(place),
        score,
        reasons,
        both: together
            .iter()
            .find(|(other, _)| *other == place)
            .map(|(_, co_use)| co_use.both),
    };
    ranked.into_iter().map(fused).collect()
}

#[expect(clippy::cast_precision_loss, reason = "ranks are below a hundred")]
fn number(rank: usize) -> f64 {
    rank as f64
}
