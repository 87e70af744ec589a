//! Playbooks: Markdown files with YAML front matter, written by the team.

pub mod sections;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::attack::Knowledge;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Place};
use crate::source;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words speak for themselves")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// Who may read it: the labels of the Traffic Light Protocol 2.0, <https://www.first.org/tlp/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are FIRST's")]
pub enum Tlp {
    #[serde(rename = "RED")]
    Red,
    #[serde(rename = "AMBER+STRICT")]
    AmberStrict,
    #[serde(rename = "AMBER")]
    Amber,
    #[serde(rename = "GREEN")]
    Green,
    #[serde(rename = "CLEAR")]
    Clear,
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
}

/// A playbook, its variables filled in.
#[derive(Clone, Debug)]
pub struct Playbook {
    /// Its name in addresses: `playbooks/<slug>/`.
    pub slug: String,
    /// The file it was read from.
    pub file: String,
    /// What it says of itself.
    pub front: FrontMatter,
    /// Its Markdown.
    pub body: String,
}

impl Playbook {
    /// The IDs of the techniques that it answers.
    pub fn techniques(&self) -> impl Iterator<Item = &str> {
        self.front
            .technique
            .iter()
            .chain(&self.front.techniques)
            .map(String::as_str)
    }
}

/// Reads all playbooks of a folder, by file name.
pub fn load(
    folder: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<(Vec<Playbook>, Diagnostics), Failure> {
    let mut playbooks = Vec::new();
    let mut diagnostics = Diagnostics::default();
    let mut slugs = BTreeSet::new();
    if !source::exists(folder) {
        return Ok((playbooks, diagnostics));
    }
    for path in source::list_files(folder, &["md"])? {
        let text = source::read_text(&path)?;
        let file = source::shown(&path);
        let slug = crate::names::slug(&path.file_stem().unwrap_or_default().to_string_lossy());
        if !slugs.insert(slug.clone()) {
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-slug",
                    format!("another playbook is called `{slug}`"),
                )
                .in_file(&file)
                .help("rename the file: its name is the address of the page"),
            );
            continue;
        }
        if let Some(playbook) = parse(slug, &file, &text, variables, &mut diagnostics) {
            playbooks.push(playbook);
        }
    }
    Ok((playbooks, diagnostics))
}

/// One playbook; `None` where its front matter cannot be read.
fn parse(
    slug: String,
    file: &str,
    text: &str,
    variables: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
) -> Option<Playbook> {
    let text = fill_in(text, file, variables, diagnostics);
    let Some((yaml, body)) = split(&text) else {
        diagnostics.push(
            Diagnostic::error("front-matter", "the playbook has no front matter")
                .at(Place::of_offset(file, &text, 0, 3))
                .help("begin the file with `---`, the keys `title`, `status` and `technique`, and `---`"),
        );
        return None;
    };
    match serde_saphyr::from_str::<FrontMatter>(yaml) {
        Ok(front) => Some(Playbook {
            slug,
            file: file.to_owned(),
            front,
            body: body.to_owned(),
        }),
        Err(error) => {
            let error = error.without_snippet();
            // The YAML starts on the second line of the file.
            let line = error
                .location()
                .map_or(1, |at| usize::try_from(at.line()).unwrap_or(1) + 1);
            let start: usize = text
                .split_inclusive('\n')
                .take(line - 1)
                .map(str::len)
                .sum();
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let width = text[start..].lines().next().map_or(1, str::len);
            diagnostics.push(
                Diagnostic::error("front-matter", message)
                    .at(Place::of_offset(file, &text, start, width))
                    .help("the playbook is left out until this is mended"),
            );
            None
        }
    }
}

/// The YAML between two lines of three dashes, and what follows.
fn split(text: &str) -> Option<(&str, &str)> {
    let rest = text
        .strip_prefix("---")?
        .trim_start_matches('\r')
        .strip_prefix('\n')?;
    let end = rest.find("\n---")?;
    let after = rest[end + 4..]
        .find('\n')
        .map_or("", |at| &rest[end + 4 + at + 1..]);
    Some((&rest[..=end], after))
}

/// Fills in `{{ name }}`. Names have letters, digits and `_`; other braces are text.
fn fill_in(
    text: &str,
    file: &str,
    variables: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(open) = text[rest..].find("{{").map(|at| rest + at) {
        let Some(close) = text[open..].find("}}").map(|at| open + at) else {
            break;
        };
        let name = text[open + 2..close].trim();
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        filled.push_str(&text[rest..open]);
        rest = close + 2;
        match variables.get(name) {
            Some(value) if is_name => filled.push_str(value),
            _ => {
                filled.push_str(&text[open..rest]);
                if is_name {
                    diagnostics.push(
                        Diagnostic::error(
                            "unknown-variable",
                            format!("there is no variable `{name}`"),
                        )
                        .at(Place::of_offset(file, text, open, rest - open))
                        .help(format!(
                            "set `{name} = \"…\"` under `[variables]` in ttpress.toml"
                        )),
                    );
                }
            }
        }
    }
    filled.push_str(&text[rest..]);
    filled
}

/// Playbooks for techniques that the release does not have, or no longer.
pub fn check(playbooks: &[Playbook], knowledge: &Knowledge) -> Diagnostics {
    use crate::attack::Status as Life;
    let mut found = Diagnostics::default();
    for playbook in playbooks {
        for id in playbook.techniques() {
            let finding = match knowledge
                .by_attack_id(id)
                .map(|ix| knowledge.object(ix).status)
            {
                Some(Life::Live) => continue,
                None => Diagnostic::warning(
                    "unknown-technique",
                    format!("`{id}` is not in this release"),
                )
                .help("mend the front matter, or build from a release that has it"),
                Some(Life::Deprecated) => {
                    Diagnostic::warning("withdrawn-technique", format!("`{id}` is deprecated"))
                }
                Some(Life::Revoked { by }) => {
                    let finding =
                        Diagnostic::warning("withdrawn-technique", format!("`{id}` is revoked"));
                    match by {
                        Some(by) => {
                            finding.help(format!("its successor is {}", knowledge.object(by).id()))
                        }
                        None => finding,
                    }
                }
            };
            found.push(finding.in_file(&playbook.file));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "---\ntitle: T\nstatus: draft\nowner: '{{ lead }}'\n---\n## A\n\n{{ lead }} {% x %}\n";

    fn read(text: &str) -> (Option<Playbook>, Vec<(&'static str, Option<u32>)>) {
        let variables = BTreeMap::from([("lead".to_owned(), "Kim".to_owned())]);
        let mut diagnostics = Diagnostics::default();
        let playbook = parse("t".to_owned(), "t.md", text, &variables, &mut diagnostics);
        let found = diagnostics
            .iter()
            .map(|d| (d.code, d.place.as_ref().and_then(|p| p.line)));
        (playbook, found.collect())
    }

    #[test]
    fn variables_are_filled_in_everywhere() {
        let (playbook, found) = read(TEXT);
        let playbook = playbook.expect("a playbook");
        assert_eq!(playbook.front.owner.as_deref(), Some("Kim"));
        assert_eq!(playbook.body, "## A\n\nKim {% x %}\n");
        assert!(found.is_empty());
    }

    #[test]
    fn an_unknown_variable_is_an_error_with_its_line() {
        let (_, found) = read(&TEXT.replace("{{ lead }} {%", "{{ leed }} {%"));
        assert_eq!(found, [("unknown-variable", Some(8))]);
    }

    #[test]
    fn a_wrong_key_or_value_is_an_error_with_its_line() {
        let (playbook, found) = read(&TEXT.replace("status: draft", "status: ready"));
        assert!(playbook.is_none());
        assert_eq!(found, [("front-matter", Some(3))]);
        let (_, found) = read(&TEXT.replace("owner:", "ownr:"));
        assert_eq!(found, [("front-matter", Some(4))]);
    }

    #[test]
    fn a_file_without_front_matter_is_an_error() {
        assert_eq!(read("## A\n").1, [("front-matter", Some(1))]);
    }
}
