//! Playbooks: Markdown files with YAML front matter, written by the team.

pub mod check;
mod due;
mod flow;
mod front;
pub mod import;
mod load;
pub mod scaffold;
pub mod schema;
pub mod sections;
mod variables;

use std::ops::Range;

use crate::diagnostics::Place;

pub use flow::AttackFlow;
pub use front::{FrontMatter, Severity, Status, Tlp};
pub use load::{load, parse};

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
    /// The attack flow that it names.
    pub flow: Option<AttackFlow>,
    origin: Origin,
}

/// How a playbook was written, for findings with a place.
#[derive(Clone, Debug)]
struct Origin {
    source: String,
    filled: variables::Filled,
    /// The front matter, in the filled text.
    yaml: Range<usize>,
    /// Where the body starts in the filled text.
    body_start: usize,
    marks: front::Marks,
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

    /// The file as it was written.
    pub(crate) fn source(&self) -> &str {
        &self.origin.source
    }

    /// The place of a part of the file.
    pub(crate) fn in_source(&self, part: Range<usize>) -> Place {
        Place::of_offset(&self.file, &self.origin.source, part.start, part.len())
    }

    /// Where in the file its front matter writes the IDs that it answers. One that comes from a
    /// variable is not written there.
    pub(crate) fn technique_ranges(&self) -> Vec<Range<usize>> {
        let Origin {
            source,
            filled,
            yaml,
            marks,
            ..
        } = &self.origin;
        let ranges = marks.ids().filter_map(|(id, at)| {
            let start = filled.source_offset(yaml.start + at.start);
            let end = filled.source_offset(yaml.start + at.end);
            // Quotes belong to the value's place.
            let inner = start + source.get(start..end)?.find(id)?;
            Some(inner..inner + id.len())
        });
        ranges.collect()
    }

    /// The front matter as YAML.
    fn yaml(&self) -> &str {
        &self.origin.filled.text[self.origin.yaml.clone()]
    }

    /// The place of a part of the body.
    fn in_body(&self, part: Range<usize>) -> Place {
        let start = self.origin.body_start;
        self.in_text(start + part.start..start + part.end)
    }

    /// The place of a part of the front matter.
    fn in_yaml(&self, part: Range<usize>) -> Place {
        let start = self.origin.yaml.start;
        self.in_text(start + part.start..start + part.end)
    }

    /// The place of the value of a key of the front matter.
    fn at_key(&self, key: &str) -> Place {
        self.in_yaml(self.origin.marks.of(key))
    }

    fn in_text(&self, part: Range<usize>) -> Place {
        let start = self.origin.filled.source_offset(part.start);
        let end = self.origin.filled.source_offset(part.end);
        let width = end.saturating_sub(start).max(1);
        Place::of_offset(&self.file, &self.origin.source, start, width)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::load::parse;
    use super::*;
    use crate::diagnostics::Diagnostics;

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
