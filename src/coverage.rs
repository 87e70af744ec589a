//! Coverage: which techniques have a playbook, how far it is, and what else is known of seeing them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use crate::attack::matrix::Matrix;
use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx};
use crate::detections::Detections;
use crate::diagnostics::Diagnostic;
use crate::playbook::{Playbook, Status};
use crate::versions::is_older;

/// How well a technique's playbook serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In force, reviewed against this version of the technique, and not due for review.
    Approved,
    /// Written, not approved.
    Authored,
    /// Written for an earlier version of the technique, or past the day of its review.
    Stale,
    /// Nobody has written one.
    None,
}

/// One live technique.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The technique.
    pub technique: ObjectIx,
    /// Its playbook.
    pub state: State,
    /// How many groups and software use it.
    pub users: usize,
    /// How many log sources its analytics read.
    pub log_sources: usize,
    /// How many Sigma rules and CAR analytics look for it.
    pub rules: usize,
    /// How many tests play it.
    pub tests: usize,
}

/// Techniques counted by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All live ones, sub-techniques included.
    pub techniques: usize,
    /// With an approved playbook.
    pub approved: usize,
    /// With one that is not approved.
    pub authored: usize,
    /// With one that must be read through again.
    pub stale: usize,
    /// With none.
    pub none: usize,
    /// Whose analytics name a log source.
    pub log_sources: usize,
    /// With a rule or analytic of others.
    pub rules: usize,
    /// With a test.
    pub tests: usize,
}

impl Totals {
    fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Totals {
        rows.fold(Totals::default(), |mut totals, row| {
            totals.techniques += 1;
            *match row.state {
                State::Approved => &mut totals.approved,
                State::Authored => &mut totals.authored,
                State::Stale => &mut totals.stale,
                State::None => &mut totals.none,
            } += 1;
            totals.log_sources += usize::from(row.log_sources > 0);
            totals.rules += usize::from(row.rules > 0);
            totals.tests += usize::from(row.tests > 0);
            totals
        })
    }

    /// Whole percent of the techniques that have a playbook which is not stale.
    pub fn percent(&self) -> usize {
        (self.approved + self.authored) * 100 / self.techniques.max(1)
    }
}

/// The coverage of all live techniques.
#[derive(Debug, Default)]
pub struct Coverage {
    rows: Vec<Row>,
}

impl Coverage {
    /// Looks at every live technique. Without a day, no review is overdue.
    pub fn new(
        knowledge: &Knowledge,
        playbooks: &[Playbook],
        detections: &Detections,
        today: Option<Date>,
    ) -> Coverage {
        let rows = knowledge
            .live(Kind::Technique)
            .map(|(technique, _)| Row {
                technique,
                state: state(knowledge, technique, playbooks, today),
                users: users(knowledge, technique),
                log_sources: log_sources(knowledge, technique),
                rules: detections.rules.of(technique).count()
                    + detections.analytics.of(technique).count(),
                tests: detections.tests.of(technique).count(),
            })
            .collect();
        Coverage { rows }
    }

    /// By technique ID.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The state of one technique.
    pub fn state(&self, technique: ObjectIx) -> State {
        let row = self.rows.iter().find(|row| row.technique == technique);
        row.map_or(State::None, |row| row.state)
    }

    /// All techniques.
    pub fn total(&self) -> Totals {
        Totals::of(self.rows.iter())
    }

    /// The techniques of a domain.
    pub fn of_domain(&self, knowledge: &Knowledge, domain: usize) -> Totals {
        let own = self.rows.iter();
        Totals::of(own.filter(|row| knowledge.object(row.technique).domains.contains(&domain)))
    }

    /// The techniques under each tactic of a matrix, in its order.
    pub fn by_tactic(&self, matrix: &Matrix) -> Vec<Totals> {
        let columns = matrix.columns.iter().map(|column| {
            let members: BTreeSet<ObjectIx> = column
                .techniques
                .iter()
                .flat_map(|(technique, subs)| std::iter::once(technique).chain(subs))
                .copied()
                .collect();
            Totals::of(
                self.rows
                    .iter()
                    .filter(|row| members.contains(&row.technique)),
            )
        });
        columns.collect()
    }

    /// The techniques whose playbook is stale or missing, those most in use first.
    pub fn gaps(&self) -> Vec<Row> {
        let mut gaps: Vec<Row> = self
            .rows
            .iter()
            .filter(|row| row.state >= State::Stale)
            .copied()
            .collect();
        // Stable: techniques equally in use stay in the order of their IDs.
        gaps.sort_by_key(|row| std::cmp::Reverse(row.users));
        gaps
    }

    /// What to say where less is covered than `minimum` percent.
    pub fn below(&self, minimum: u8) -> Option<Diagnostic> {
        let total = self.total();
        let found = total.percent();
        (found < usize::from(minimum)).then(|| {
            Diagnostic::error(
                "coverage-below-minimum",
                format!(
                    "{found} % of {} techniques have a current playbook, {minimum} % must",
                    total.techniques
                ),
            )
            .help("write or renew playbooks, or lower `minimum` under `[coverage]`; `coverage/` ranks the gaps")
        })
    }
}

fn state(
    knowledge: &Knowledge,
    technique: ObjectIx,
    playbooks: &[Playbook],
    today: Option<Date>,
) -> State {
    let object = knowledge.object(technique);
    let own = playbooks.iter().filter(|playbook| {
        playbook.front.status != Status::Retired
            && playbook.techniques().any(|id| id == object.id())
    });
    let states = own.map(|playbook| {
        let reviewed = playbook.front.technique_version.as_deref();
        let is_outdated =
            reviewed.is_some_and(|version| is_older(version, &object.stix.x_mitre_version));
        let is_overdue = today.is_some_and(|today| playbook.front.overdue(today).next().is_some());
        if is_outdated || is_overdue {
            State::Stale
        } else if playbook.front.status == Status::Approved {
            State::Approved
        } else {
            State::Authored
        }
    });
    states.min().unwrap_or(State::None)
}

fn users(knowledge: &Knowledge, technique: ObjectIx) -> usize {
    let users: BTreeSet<ObjectIx> = knowledge
        .origins(technique, EdgeKind::Uses)
        .filter(|&ix| matches!(knowledge.object(ix).kind, Kind::Group | Kind::Software))
        .collect();
    users.len()
}

fn log_sources(knowledge: &Knowledge, technique: ObjectIx) -> usize {
    let analytics = knowledge
        .origins(technique, EdgeKind::Detects)
        .flat_map(|strategy| knowledge.targets(strategy, EdgeKind::HasAnalytic));
    let names: BTreeSet<&str> = analytics
        .flat_map(|ix| &knowledge.object(ix).stix.x_mitre_log_source_references)
        .map(|log| log.name.trim())
        .collect();
    names.len()
}
