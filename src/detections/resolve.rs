//! What the IDs of other people's content mean in this release.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::{Kind, Knowledge, ObjectIx, Status};
use crate::diagnostics::{Diagnostic, Diagnostics};

/// Looks up IDs and tactics, and remembers what was not there.
pub(super) struct Resolver<'k> {
    knowledge: &'k Knowledge<'k>,
    aliases: BTreeMap<String, &'k str>,
    tactics: BTreeSet<&'k str>,
    resolved: usize,
    /// Name → how often, and the first file.
    unknown: BTreeMap<String, (usize, String)>,
    withdrawn: BTreeMap<String, (usize, ObjectIx)>,
}

impl<'k> Resolver<'k> {
    pub(super) fn new(
        knowledge: &'k Knowledge<'k>,
        aliases: &'k BTreeMap<String, String>,
    ) -> Resolver<'k> {
        let tactics = knowledge.live(Kind::Tactic);
        Resolver {
            knowledge,
            aliases: aliases
                .iter()
                .map(|(from, to)| (normal(from), to.as_str()))
                .collect(),
            tactics: tactics
                .map(|(_, tactic)| tactic.stix.x_mitre_shortname.trim())
                .collect(),
            resolved: 0,
            unknown: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
        }
    }

    /// The techniques among the names that a file gives, each once.
    pub(super) fn all(&mut self, names: &[String], file: &str) -> BTreeSet<ObjectIx> {
        let mut techniques = BTreeSet::new();
        for name in names {
            let name = normal(name);
            let found = self.one(&name);
            if found.is_none() && !self.tactics.contains(name.as_str()) {
                let entry = self.unknown.entry(name).or_insert((0, file.to_owned()));
                entry.0 += 1;
                continue;
            }
            self.resolved += 1;
            let kind = |ix: &ObjectIx| self.knowledge.object(*ix).kind == Kind::Technique;
            techniques.extend(found.filter(kind));
        }
        techniques
    }

    fn one(&mut self, name: &str) -> Option<ObjectIx> {
        let found = self.knowledge.by_attack_id(name).or_else(|| {
            let alias = self.aliases.get(name)?;
            self.knowledge.by_attack_id(&normal(alias))
        })?;
        let status = self.knowledge.object(found).status;
        if status == Status::Live {
            return Some(found);
        }
        self.withdrawn
            .entry(name.to_owned())
            .or_insert((0, found))
            .0 += 1;
        match status {
            Status::Revoked { by: Some(by) } => Some(by),
            _ => Some(found),
        }
    }

    /// Reports what a set named in vain or under an old ID, and starts anew. Returns how many
    /// references were resolved and how many not.
    pub(super) fn report(&mut self, set: &str, diagnostics: &mut Diagnostics) -> (usize, usize) {
        let unknown = std::mem::take(&mut self.unknown);
        let total = unknown.values().map(|(count, _)| count).sum();
        for (name, (count, file)) in unknown {
            let message =
                format!("{set} names `{name}`, which is not in this release; {count} times");
            diagnostics.push(
                Diagnostic::warning("unknown-reference", message)
                    .in_file(file)
                    .help("of a newer ATT&CK? `[detections.aliases]` can say what it stands for"),
            );
        }
        for (name, (count, ix)) in std::mem::take(&mut self.withdrawn) {
            let (state, successor) = match self.knowledge.object(ix).status {
                Status::Revoked { by } => ("revoked", by),
                _ => ("deprecated", None),
            };
            let message = format!("{set} names the {state} `{name}`; {count} times");
            let finding = Diagnostic::note("withdrawn-reference", message);
            diagnostics.push(match successor {
                Some(by) => finding.help(format!(
                    "shown at its successor {}",
                    self.knowledge.object(by).id()
                )),
                None => finding,
            });
        }
        (std::mem::take(&mut self.resolved), total)
    }
}

/// IDs in capitals; tactics in small letters with hyphens.
fn normal(name: &str) -> String {
    let name = name.trim();
    if name.bytes().any(|byte| byte.is_ascii_digit()) {
        name.to_ascii_uppercase()
    } else {
        name.to_ascii_lowercase().replace('_', "-")
    }
}
