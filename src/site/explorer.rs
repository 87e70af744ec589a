//! What the matrix explorer knows beyond the cells of the page: one script beside each matrix.
//! A page opened from a folder may load nothing but scripts.
//!
//! Everything that can be asked of the matrix is a set of its techniques: who uses them, what
//! mitigates them, where they run, what shows them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::attack::matrix::Matrix;
use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx, Status, log_sources, relations};
use crate::coverage::{Coverage, Row, State};
use crate::site::context::Sources;
use crate::site::layers;
use crate::site::pages::coverage::label;
use crate::site::pages::matrix::{EXPLORER_FILE, folder};

/// The states of a playbook; techniques name theirs by its place here.
const STATES: [State; 4] = [State::Approved, State::Authored, State::Stale, State::None];

#[derive(Serialize)]
struct Data<'k> {
    domain: &'k str,
    /// Major number of the release, as layers name it.
    attack: Option<&'k str>,
    states: [&'k str; 4],
    techniques: Vec<Technique<'k>>,
    sets: BTreeMap<&'static str, Vec<Set<'k>>>,
    /// Revoked IDs, each with the technique that took its place.
    old: BTreeMap<&'k str, usize>,
}

/// ID, name, state, rules, tests, folder of the playbook unless it follows from the ID.
#[derive(Serialize)]
struct Technique<'k>(&'k str, &'k str, usize, usize, usize, String);

/// ID, name, other names, techniques.
#[derive(Serialize)]
struct Set<'k>(&'k str, String, Vec<&'k str>, String);

/// The script of a matrix: its path and its bytes.
pub fn file(sources: Sources, coverage: &Coverage, matrix: &Matrix) -> (String, Vec<u8>) {
    let places = Places::of(matrix);
    let data = Data {
        domain: &sources.knowledge.domains[matrix.domain],
        attack: layers::attack_version(sources.knowledge),
        states: STATES.map(|state| label(sources.strings, state)),
        techniques: techniques(sources, coverage, &places),
        sets: sets(sources.knowledge, &places),
        old: old(sources.knowledge, &places),
    };
    let mut bytes = b"(self.ttpressMatrix=self.ttpressMatrix||{}).data=".to_vec();
    // Strings and maps with string keys are always JSON, and writing to memory cannot fail.
    let _ = serde_json::to_writer(&mut bytes, &data);
    bytes.extend_from_slice(b";\n");
    let path = format!("{}{EXPLORER_FILE}", folder(sources, matrix));
    (path, bytes)
}

/// The techniques of a matrix, each once, and the place of each in the list of all.
struct Places(BTreeMap<ObjectIx, usize>);

impl Places {
    fn of(matrix: &Matrix) -> Places {
        let cells = matrix.columns.iter().flat_map(|column| &column.techniques);
        let shown: BTreeSet<ObjectIx> = cells
            .flat_map(|(technique, subs)| subs.iter().chain([technique]).copied())
            .collect();
        Places(shown.into_iter().zip(0..).collect())
    }

    /// Those of some techniques that the matrix shows: places in order, each as its distance from
    /// the one before, to the base of 36.
    fn code(&self, members: impl IntoIterator<Item = ObjectIx>) -> String {
        let members = members.into_iter();
        let places: BTreeSet<usize> = members.filter_map(|ix| self.0.get(&ix).copied()).collect();
        let mut before = 0;
        let steps = places.into_iter().map(|place| {
            let step = place - before;
            before = place;
            base_36(step)
        });
        steps.collect::<Vec<_>>().join(" ")
    }
}

fn base_36(number: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    let mut rest = number;
    loop {
        digits.push(char::from(DIGITS[rest % 36]));
        rest /= 36;
        if rest == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

fn techniques<'k>(
    sources: Sources<'k>,
    coverage: &Coverage,
    places: &Places,
) -> Vec<Technique<'k>> {
    let rows: BTreeMap<ObjectIx, &Row> = coverage.rows().iter().map(|r| (r.technique, r)).collect();
    let all = places.0.keys().map(|&ix| {
        let object = sources.knowledge.object(ix);
        let row = rows.get(&ix);
        let state = row.map_or(State::None, |row| row.state);
        let place = STATES.iter().position(|known| *known == state);
        Technique(
            object.id(),
            object.name(),
            place.unwrap_or_default(),
            row.map_or(0, |row| row.rules),
            row.map_or(0, |row| row.tests),
            own_folder(sources, ix),
        )
    });
    all.collect()
}

/// The folder of a technique's playbook; empty where it is the ID's own.
fn own_folder(sources: Sources, ix: ObjectIx) -> String {
    let folder = match sources.playbooks_for(ix).next() {
        Some(playbook) => format!("playbooks/{}/", playbook.slug),
        None => crate::site::pages::playbook::generated_folder(sources, ix),
    };
    let id = sources.knowledge.object(ix).id();
    let usual = id.replace('.', "-").to_ascii_lowercase();
    if folder == format!("playbooks/{usual}/") {
        String::new()
    } else {
        folder
    }
}

fn sets<'k>(knowledge: &'k Knowledge<'_>, places: &Places) -> BTreeMap<&'static str, Vec<Set<'k>>> {
    let of_kind = |kind: Kind, members: &dyn Fn(ObjectIx) -> BTreeSet<ObjectIx>| {
        let objects = knowledge.live(kind);
        let sets = objects.map(|(ix, object)| {
            let name = object.name();
            let aliases = object.aliases().filter(|alias| *alias != name);
            Set(
                object.id(),
                name.to_owned(),
                aliases.collect(),
                places.code(members(ix)),
            )
        });
        kept(sets)
    };
    let uses = |ix| knowledge.targets(ix, EdgeKind::Uses).collect();
    let kinds = [
        (
            "group",
            of_kind(Kind::Group, &|ix| {
                relations::used_with_campaigns(knowledge, ix, Kind::Technique)
            }),
        ),
        ("software", of_kind(Kind::Software, &uses)),
        ("campaign", of_kind(Kind::Campaign, &uses)),
        (
            "mitigation",
            of_kind(Kind::Mitigation, &|ix| {
                knowledge.targets(ix, EdgeKind::Mitigates).collect()
            }),
        ),
        ("platform", platforms(knowledge, places)),
        ("component", components(knowledge, places)),
        ("log", logs(knowledge, places)),
    ];
    kinds.into_iter().filter(|(_, s)| !s.is_empty()).collect()
}

/// Sets without a technique of this matrix say nothing.
fn kept<'k>(sets: impl Iterator<Item = Set<'k>>) -> Vec<Set<'k>> {
    sets.filter(|set| !set.3.is_empty()).collect()
}

/// Techniques by what is known of each, as sets without an ID.
fn grouped<'k, N: Into<String> + Ord>(
    places: &Places,
    of: impl Fn(ObjectIx) -> BTreeSet<N>,
) -> Vec<Set<'k>> {
    let mut members: BTreeMap<N, Vec<ObjectIx>> = BTreeMap::new();
    for &ix in places.0.keys() {
        for name in of(ix) {
            members.entry(name).or_default().push(ix);
        }
    }
    let sets = members
        .into_iter()
        .map(|(name, techniques)| Set("", name.into(), Vec::new(), places.code(techniques)));
    kept(sets)
}

fn platforms<'k>(knowledge: &'k Knowledge<'_>, places: &Places) -> Vec<Set<'k>> {
    grouped(places, |ix| {
        knowledge.object(ix).platforms().collect::<BTreeSet<&str>>()
    })
}

/// The log sources that analytics read, known since release 18.
fn logs<'k>(knowledge: &'k Knowledge<'_>, places: &Places) -> Vec<Set<'k>> {
    grouped(places, |ix| {
        let names = log_sources::readings(knowledge, ix).map(|reading| reading.name);
        names
            .filter(|name| !name.is_empty())
            .collect::<BTreeSet<&str>>()
    })
}

/// What telemetry shows a technique: read by its analytics, or named directly before release 18.
fn components<'k>(knowledge: &'k Knowledge<'_>, places: &Places) -> Vec<Set<'k>> {
    let name = |ix: ObjectIx| {
        let name = knowledge.object(ix).name();
        match knowledge.targets(ix, EdgeKind::PartOf).next() {
            Some(source) => format!("{}: {name}", knowledge.object(source).name()),
            None => name.to_owned(),
        }
    };
    grouped(places, |ix| {
        let read = log_sources::readings(knowledge, ix).filter_map(|reading| reading.component);
        let direct = knowledge.origins(ix, EdgeKind::Detects);
        read.chain(direct)
            .filter(|&ix| knowledge.object(ix).kind == Kind::DataComponent)
            .filter(|&ix| knowledge.object(ix).is_live())
            .map(name)
            .collect()
    })
}

fn old<'k>(knowledge: &'k Knowledge<'_>, places: &Places) -> BTreeMap<&'k str, usize> {
    let objects = knowledge.objects();
    let revoked = objects.filter_map(|(_, object)| match object.status {
        Status::Revoked { by: Some(by) } => Some((object.id(), *places.0.get(&by)?)),
        _ => None,
    });
    revoked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_distances_to_the_base_of_36() {
        let places = Places((0..100).map(|n| (ObjectIx(n), n as usize)).collect());
        let members = [99, 3, 4, 40].map(ObjectIx);
        assert_eq!(places.code(members), "3 1 10 1n");
        assert_eq!(places.code([ObjectIx(500)]), "");
    }
}
