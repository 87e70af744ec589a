//! The front matter of a playbook: its keys and words, and where each value stands.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_saphyr::{Location, Spanned};

use crate::diagnostics::Diagnostic;
use crate::spelling;

/// How far a playbook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Being written.
    Draft,
    /// Written, not yet approved.
    Review,
    /// In force.
    Approved,
    /// Kept for the record.
    Retired,
}

/// How bad what it answers is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words speak for themselves")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// Who may read it: the labels of the Traffic Light Protocol 2.0, <https://www.first.org/tlp/>,
/// the strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are FIRST's")]
pub enum Tlp {
    #[serde(rename = "RED", alias = "TLP:RED")]
    Red,
    #[serde(rename = "AMBER+STRICT", alias = "TLP:AMBER+STRICT")]
    AmberStrict,
    #[serde(rename = "AMBER", alias = "TLP:AMBER")]
    Amber,
    #[serde(rename = "GREEN", alias = "TLP:GREEN")]
    Green,
    #[serde(rename = "CLEAR", alias = "TLP:CLEAR")]
    Clear,
}

impl Tlp {
    /// The label of a name as FIRST writes it, with `TLP:` or without.
    pub fn of_name(name: &str) -> Option<Tlp> {
        let name = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name);
        Tlp::deserialize(name).ok()
    }

    /// Of two labels the one that lets fewer people read.
    #[must_use]
    pub fn stricter(self, other: Tlp) -> Tlp {
        self.min(other)
    }
}

/// The front matter of a playbook. A key that is not listed here is an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The technique it answers.
    #[serde(default)]
    pub technique: Option<String>,
    /// The techniques it answers, where it is more than one.
    #[serde(default)]
    pub techniques: Vec<String>,
    /// What it is called.
    pub title: String,
    /// How far it is.
    pub status: Status,
    /// How bad what it answers is.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Who keeps it.
    #[serde(default)]
    pub owner: Option<String>,
    /// Whom to call.
    #[serde(default)]
    pub contacts: Vec<String>,
    /// When it was last read through, `2026-11-24`.
    #[serde(default)]
    pub reviewed: Option<String>,
    /// How long a review holds, as an ISO 8601 duration such as `P6M`.
    #[serde(default)]
    pub review_every: Option<String>,
    /// When it ends to hold, in place of `review_every`.
    #[serde(default)]
    pub expires: Option<String>,
    /// The release that it was reviewed against.
    #[serde(default)]
    pub attack_release: Option<String>,
    /// The technique's version that it was reviewed against.
    #[serde(default)]
    pub technique_version: Option<String>,
    /// Who may read it.
    #[serde(default)]
    pub tlp: Option<Tlp>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The file of its attack flow, from the folder of the playbook.
    #[serde(default)]
    pub attack_flow: Option<String>,
}

/// Where the values stand that checks look at, as ranges of the YAML.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    ids: Vec<(String, Range<usize>)>,
    keys: BTreeMap<&'static str, Range<usize>>,
}

/// The same keys as [`FrontMatter`], read only for their places.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Marked {
    technique: Option<Spanned<String>>,
    techniques: Vec<Spanned<String>>,
    status: Option<Spanned<String>>,
    reviewed: Option<Spanned<String>>,
    review_every: Option<Spanned<String>>,
    expires: Option<Spanned<String>>,
    attack_release: Option<Spanned<String>>,
    technique_version: Option<Spanned<String>>,
    attack_flow: Option<Spanned<String>>,
}

impl Marks {
    /// The IDs under `technique` and `techniques`, each with its place.
    pub(super) fn ids(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.ids.iter().map(|(id, at)| (&**id, at.clone()))
    }

    /// Where a key's value stands; the start of the front matter where the key is absent.
    pub(super) fn of(&self, key: &str) -> Range<usize> {
        self.keys.get(key).cloned().unwrap_or_default()
    }
}

/// What is wrong with front matter, and where in it.
pub(super) type Fault = Box<(Diagnostic, Range<usize>)>;

/// Reads front matter: what it says and where, or what is wrong with it and where.
pub(super) fn read(yaml: &str) -> Result<(FrontMatter, Marks), Fault> {
    let front =
        serde_saphyr::from_str::<FrontMatter>(yaml).map_err(|error| explain(&error, yaml))?;
    // What the strict reader took, the lenient one takes.
    let marked = serde_saphyr::from_str::<Marked>(yaml).unwrap_or_default();
    let ids = marked.technique.iter().chain(&marked.techniques);
    let keys = [
        ("status", &marked.status),
        ("reviewed", &marked.reviewed),
        ("review_every", &marked.review_every),
        ("expires", &marked.expires),
        ("attack_release", &marked.attack_release),
        ("technique_version", &marked.technique_version),
        ("attack_flow", &marked.attack_flow),
    ];
    let marks = Marks {
        ids: ids
            .map(|id| (id.value.clone(), range(&id.referenced, yaml)))
            .collect(),
        keys: keys
            .into_iter()
            .filter_map(|(key, value)| Some((key, range(&value.as_ref()?.referenced, yaml))))
            .collect(),
    };
    Ok((front, marks))
}

/// The bytes that a location means; a whole line where the reader does not know the end.
fn range(location: &Location, yaml: &str) -> Range<usize> {
    let span = location.span();
    let byte = |at: Option<u64>| at.and_then(|at| usize::try_from(at).ok());
    let start = byte(span.byte_offset()).unwrap_or_else(|| {
        let lines = usize::try_from(location.line())
            .unwrap_or(1)
            .saturating_sub(1);
        yaml.split_inclusive('\n').take(lines).map(str::len).sum()
    });
    let start = start.min(yaml.len());
    let line = yaml.get(start..).and_then(|rest| rest.lines().next());
    let length = byte(span.byte_len()).filter(|&length| length > 0);
    let length = length.or(line.map(|line| line.trim_end().len()));
    start..start.saturating_add(length.unwrap_or(1)).min(yaml.len())
}

fn explain(error: &serde_saphyr::Error, yaml: &str) -> Fault {
    let error = error.without_snippet();
    let at = error
        .location()
        .map(|at| range(&at, yaml))
        .unwrap_or_default();
    let whole = error.to_string();
    // The place is told by the finding, not by its message.
    let message = whole.split(" at line ").next().unwrap_or_default();
    let message = message.rsplit_once(": unknown ").map_or(message, |(_, _)| {
        message
            .find("unknown ")
            .map_or(message, |at| &message[at..])
    });
    let left_out = "the playbook is left out until this is mended";
    let known = spelling::offered(message);
    let typed = message.split('`').nth(1).unwrap_or_default();
    let help = match &known {
        Some(known) => {
            let hint = meant(typed, known).map(|word| format!("did you mean `{word}`? "));
            let hint = hint.unwrap_or_default();
            format!("{hint}known here: `{}`; {left_out}", known.join("`, `"))
        }
        None => left_out.to_owned(),
    };
    let (code, message) = match &known {
        Some(known) if is_tlp(known) => ("tlp-label", format!("`{typed}` is no label of TLP 2.0")),
        Some(_) if message.starts_with("unknown field") => {
            ("front-matter", format!("unknown key `{typed}`"))
        }
        Some(_) => ("front-matter", format!("unknown word `{typed}`")),
        None => ("front-matter", message.to_owned()),
    };
    Box::new((Diagnostic::error(code, message).help(help), at))
}

fn is_tlp(known: &[String]) -> bool {
    known.iter().any(|word| word == "AMBER+STRICT")
}

/// The known word that was meant. `WHITE` was the name of `CLEAR` in TLP 1.0.
fn meant<'k>(typed: &str, known: &'k [String]) -> Option<&'k str> {
    let typed = if is_tlp(known) {
        let upper = typed.to_uppercase();
        let label = upper
            .strip_prefix("TLP:")
            .unwrap_or(&upper)
            .trim()
            .to_owned();
        if label == "WHITE" {
            "CLEAR".to_owned()
        } else {
            label
        }
    } else {
        typed.to_owned()
    };
    spelling::nearest(&typed, known)
}
