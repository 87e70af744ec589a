//! What a release touches of one's own: playbooks, rules, layers, flows and variables that name what it
//! revoked, moved, renamed or changed.

mod changed;
mod fix;
mod playbooks;
mod said;
mod scan;

use serde::Serialize;

use super::Diff;
use crate::detections::Detections;
use crate::diagnostics::{Diagnostic, Diagnostics, Place, Severity};
use crate::playbook::Playbook;

use changed::Changed;
pub use fix::{Fixed, fix};
pub use said::{Said, Sentence};

/// What is held against a release.
#[derive(Clone, Copy, Debug)]
pub struct Own<'o> {
    /// The team's playbooks.
    pub playbooks: &'o [Playbook],
    /// Rules, tests and analytics of others.
    pub detections: &'o Detections,
    /// Files that are read as text.
    pub files: &'o [OwnFile],
}

/// A file that names ATT&CK IDs.
#[derive(Clone, Debug)]
pub struct OwnFile {
    /// What it is.
    pub subject: Subject,
    /// Its path as the user knows it.
    pub path: String,
    /// What it holds.
    pub text: String,
    /// The bytes of the text that count.
    pub part: std::ops::Range<usize>,
}

/// What is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names speak for themselves")]
pub enum Subject {
    Playbook,
    Rule,
    Layer,
    Flow,
    Variable,
}

impl Subject {
    /// The word for it in output.
    pub const fn name(self) -> &'static str {
        match self {
            Subject::Playbook => "playbook",
            Subject::Rule => "rule",
            Subject::Layer => "layer",
            Subject::Flow => "flow",
            Subject::Variable => "variable",
        }
    }
}

/// Something of one's own that a release touches.
#[derive(Clone, Debug, Serialize)]
pub struct Touch {
    /// Why, as a stable name: `impact-revoked`, `impact-version` …
    pub code: &'static str,
    /// What is touched.
    pub subject: Subject,
    /// Its title, else its file.
    pub name: String,
    /// The name of the playbook's page, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// The object that changed.
    pub id: String,
    /// Why, in words.
    pub why: Said,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Said>,
    /// What changed, in a few words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub changes: String,
    /// How bad it is.
    #[serde(serialize_with = "severity_name")]
    pub severity: Severity,
    /// Who keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where.
    #[serde(serialize_with = "place_parts")]
    pub place: Place,
    /// The edit that `--fix` makes: bytes of the file, and what takes their place.
    #[serde(skip)]
    pub edit: Option<Edit>,
}

/// An ID that another takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes of the file that go.
    pub range: std::ops::Range<usize>,
    /// What takes their place.
    pub text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn severity_name<S: serde::Serializer>(severity: &Severity, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(severity.name())
}

fn place_parts<S: serde::Serializer>(place: &Place, out: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Parts<'p> {
        file: &'p str,
        line: Option<u32>,
        column: Option<u32>,
    }
    let parts = Parts {
        file: &place.file,
        line: place.line,
        column: place.column,
    };
    parts.serialize(out)
}

/// All that the release touches, by file and line.
pub fn touches(diff: &Diff, own: &Own) -> Vec<Touch> {
    let changed = Changed::new(diff);
    let playbooks = own.playbooks.iter();
    let mut all: Vec<Touch> = playbooks
        .flat_map(|p| playbooks::touches(p, &changed))
        .collect();
    all.extend(own.files.iter().flat_map(|file| {
        let owner = owner_of(file, own.playbooks);
        in_file(file, owner, &changed)
    }));
    all.extend(in_rules(own.detections, &changed));
    all.sort_by(|a, b| key(a).cmp(&key(b)));
    all
}

fn key(touch: &Touch) -> (&str, Option<u32>, Option<u32>, &str, &str) {
    let place = &touch.place;
    (&place.file, place.line, place.column, touch.code, &touch.id)
}

/// The same as findings.
pub fn findings(touches: &[Touch]) -> Diagnostics {
    let finding = |touch: &Touch| Diagnostic {
        code: touch.code,
        severity: touch.severity,
        message: match touch.subject {
            Subject::Rule => format!("{}: {}", touch.name, touch.why),
            _ => touch.why.to_string(),
        },
        place: Some(touch.place.clone()),
        help: help(touch),
    };
    touches.iter().map(finding).collect()
}

fn help(touch: &Touch) -> Option<String> {
    let proposal = touch.proposal.as_ref().map(Said::to_string);
    let changes = (!touch.changes.is_empty()).then(|| format!("changed: {}", touch.changes));
    let owner = touch.owner.as_ref().map(|owner| format!("owner: {owner}"));
    let parts: Vec<String> = [proposal, changes, owner].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// A flow is kept by who keeps the playbook that shows it.
fn owner_of<'p>(file: &OwnFile, playbooks: &'p [Playbook]) -> Option<&'p str> {
    let shows = |playbook: &&Playbook| {
        let flow = playbook.flow.as_ref();
        flow.is_some_and(|flow| flow.file == file.path)
    };
    playbooks.iter().find(shows)?.front.owner.as_deref()
}

fn in_file<'a>(
    file: &'a OwnFile,
    owner: Option<&'a str>,
    changed: &'a Changed,
) -> impl Iterator<Item = Touch> + 'a {
    let part = file.text.get(file.part.clone()).unwrap_or_default();
    scan::ids(part).filter_map(move |(range, id)| {
        let start = file.part.start + range.start;
        let gone = changed.gone(&id)?;
        Some(Touch {
            code: gone.code,
            subject: file.subject,
            name: file.path.clone(),
            slug: None,
            why: gone.why,
            proposal: gone.proposal,
            changes: String::new(),
            severity: Severity::Warning,
            owner: owner.map(str::to_owned),
            place: Place::of_offset(&file.path, &file.text, start, range.len()),
            edit: None,
            id,
        })
    })
}

fn in_rules<'a>(
    detections: &'a Detections,
    changed: &'a Changed,
) -> impl Iterator<Item = Touch> + 'a {
    detections.named().flat_map(move |rule| {
        let ids = rule.ids.into_iter().map(|id| id.to_ascii_uppercase());
        ids.filter_map(move |id| {
            let gone = changed.gone(&id)?;
            Some(Touch {
                code: gone.code,
                subject: Subject::Rule,
                name: rule.title.to_owned(),
                slug: None,
                why: gone.why,
                proposal: gone.proposal,
                changes: String::new(),
                severity: Severity::Warning,
                owner: None,
                place: Place::of_file(rule.file),
                edit: None,
                id,
            })
        })
    })
}
