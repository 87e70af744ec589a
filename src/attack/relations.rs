//! The relations of an object, by the kinds that JSON twins publish.
//!
//! `groups`, `techniques` and `software` are what ATT&CK says directly; the `*_with_campaigns`
//! kinds add what the campaigns attributed to a group used. Nothing rolls up from
//! sub-techniques to techniques.

use std::collections::BTreeSet;

use crate::attack::graph::{EdgeKind, ObjectIx};
use crate::attack::kind::Kind;
use crate::attack::knowledge::Knowledge;

/// A set of objects, in list order.
pub type Objects = BTreeSet<ObjectIx>;

/// All relations of an object: every kind that its type can have, empty or not.
pub fn of(knowledge: &Knowledge, ix: ObjectIx) -> Vec<(&'static str, Objects)> {
    let ask = Ask { knowledge, ix };
    match knowledge.object(ix).kind {
        Kind::Technique => ask.technique(),
        Kind::Tactic => vec![
            ("techniques", ask.from(EdgeKind::InTactic, Kind::Technique)),
            ("matrices", ask.from(EdgeKind::HasTactic, Kind::Matrix)),
        ],
        Kind::Matrix => vec![("tactics", ask.to(EdgeKind::HasTactic, Kind::Tactic))],
        Kind::Group => vec![
            ("techniques", ask.to(EdgeKind::Uses, Kind::Technique)),
            (
                "techniques_with_campaigns",
                used_with_campaigns(knowledge, ix, Kind::Technique),
            ),
            ("software", ask.to(EdgeKind::Uses, Kind::Software)),
            (
                "software_with_campaigns",
                used_with_campaigns(knowledge, ix, Kind::Software),
            ),
            (
                "campaigns",
                ask.from(EdgeKind::AttributedTo, Kind::Campaign),
            ),
        ],
        Kind::Software => vec![
            ("techniques", ask.to(EdgeKind::Uses, Kind::Technique)),
            ("groups", ask.from(EdgeKind::Uses, Kind::Group)),
            ("groups_with_campaigns", users_with_campaigns(knowledge, ix)),
            ("campaigns", ask.from(EdgeKind::Uses, Kind::Campaign)),
        ],
        Kind::Campaign => vec![
            ("techniques", ask.to(EdgeKind::Uses, Kind::Technique)),
            ("software", ask.to(EdgeKind::Uses, Kind::Software)),
            ("groups", ask.to(EdgeKind::AttributedTo, Kind::Group)),
        ],
        Kind::Mitigation => {
            vec![("techniques", ask.to(EdgeKind::Mitigates, Kind::Technique))]
        }
        Kind::Asset => vec![("techniques", ask.from(EdgeKind::Targets, Kind::Technique))],
        Kind::DetectionStrategy => vec![
            ("techniques", ask.to(EdgeKind::Detects, Kind::Technique)),
            ("analytics", ask.to(EdgeKind::HasAnalytic, Kind::Analytic)),
            ("data_components", components_of_strategy(knowledge, ix)),
        ],
        Kind::Analytic => vec![
            (
                "detection_strategies",
                ask.from(EdgeKind::HasAnalytic, Kind::DetectionStrategy),
            ),
            (
                "data_components",
                ask.to(EdgeKind::Reads, Kind::DataComponent),
            ),
        ],
        Kind::DataComponent => vec![
            ("analytics", ask.from(EdgeKind::Reads, Kind::Analytic)),
            (
                "detection_strategies",
                strategies_of_component(knowledge, ix),
            ),
            ("techniques", ask.to(EdgeKind::Detects, Kind::Technique)),
            ("data_source", ask.to(EdgeKind::PartOf, Kind::DataSource)),
        ],
        Kind::DataSource => {
            vec![(
                "data_components",
                ask.from(EdgeKind::PartOf, Kind::DataComponent),
            )]
        }
        Kind::Other => vec![(
            "related",
            ask.to(EdgeKind::Related, Kind::Other)
                .into_iter()
                .chain(knowledge.origins(ix, EdgeKind::Related))
                .collect(),
        )],
    }
}

/// What a group used itself or in the campaigns attributed to it.
pub fn used_with_campaigns(knowledge: &Knowledge, group: ObjectIx, kind: Kind) -> Objects {
    let users = knowledge
        .origins(group, EdgeKind::AttributedTo)
        .chain([group]);
    users
        .flat_map(|user| knowledge.targets(user, EdgeKind::Uses))
        .filter(|&used| knowledge.object(used).kind == kind)
        .collect()
}

/// The groups that used something themselves or in a campaign attributed to them.
pub fn users_with_campaigns(knowledge: &Knowledge, ix: ObjectIx) -> Objects {
    let users = knowledge.origins(ix, EdgeKind::Uses);
    users
        .flat_map(|user| {
            let own = (knowledge.object(user).kind == Kind::Group).then_some(user);
            own.into_iter()
                .chain(knowledge.targets(user, EdgeKind::AttributedTo))
        })
        .collect()
}

fn components_of_strategy(knowledge: &Knowledge, strategy: ObjectIx) -> Objects {
    let analytics = knowledge.targets(strategy, EdgeKind::HasAnalytic);
    analytics
        .flat_map(|analytic| knowledge.targets(analytic, EdgeKind::Reads))
        .collect()
}

fn strategies_of_component(knowledge: &Knowledge, component: ObjectIx) -> Objects {
    let analytics = knowledge.origins(component, EdgeKind::Reads);
    analytics
        .flat_map(|analytic| knowledge.origins(analytic, EdgeKind::HasAnalytic))
        .collect()
}

struct Ask<'k, 'a> {
    knowledge: &'k Knowledge<'a>,
    ix: ObjectIx,
}

impl Ask<'_, '_> {
    fn to(&self, edge: EdgeKind, kind: Kind) -> Objects {
        self.only(self.knowledge.targets(self.ix, edge), kind)
    }

    fn from(&self, edge: EdgeKind, kind: Kind) -> Objects {
        self.only(self.knowledge.origins(self.ix, edge), kind)
    }

    fn only(&self, found: impl Iterator<Item = ObjectIx>, kind: Kind) -> Objects {
        found
            .filter(|&ix| self.knowledge.object(ix).kind == kind)
            .collect()
    }

    fn technique(&self) -> Vec<(&'static str, Objects)> {
        vec![
            ("tactics", self.to(EdgeKind::InTactic, Kind::Tactic)),
            ("parent", self.to(EdgeKind::SubtechniqueOf, Kind::Technique)),
            (
                "subtechniques",
                self.from(EdgeKind::SubtechniqueOf, Kind::Technique),
            ),
            ("groups", self.from(EdgeKind::Uses, Kind::Group)),
            (
                "groups_with_campaigns",
                users_with_campaigns(self.knowledge, self.ix),
            ),
            ("software", self.from(EdgeKind::Uses, Kind::Software)),
            ("campaigns", self.from(EdgeKind::Uses, Kind::Campaign)),
            (
                "mitigations",
                self.from(EdgeKind::Mitigates, Kind::Mitigation),
            ),
            (
                "detection_strategies",
                self.from(EdgeKind::Detects, Kind::DetectionStrategy),
            ),
            (
                "data_components",
                self.from(EdgeKind::Detects, Kind::DataComponent),
            ),
            ("assets", self.to(EdgeKind::Targets, Kind::Asset)),
        ]
    }
}
