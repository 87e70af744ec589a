//! Findings as data: what is wrong, where, and what to do about it.
//!
//! Every phase collects [`Diagnostics`] beside its value and carries on. Only what makes going on
//! impossible is a [`Failure`]. Nothing here prints: [`render`] makes the text, the caller shows it.

mod github;
mod json;
mod place;
mod sarif;
mod text;

use std::fmt;

pub use place::Place;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The result is wrong or incomplete.
    Error,
    /// The result stands, but somebody should look.
    Warning,
    /// Worth knowing, nothing to do.
    Note,
}

impl Severity {
    /// The word for it in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One finding.
///
/// Messages are lower case, without a full stop, with names in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name of the kind of finding, such as `unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where it is wrong.
    pub place: Option<Place>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning without a place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A note without a place yet.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            place: None,
            help: None,
        }
    }

    /// The same finding, at this place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same finding, about this file as a whole.
    #[must_use]
    pub fn in_file(self, path: impl Into<String>) -> Self {
        self.at(Place::of_file(path))
    }

    /// The same finding, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A list of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: impl Into<Diagnostic>) {
        self.list.push(diagnostic.into());
    }

    /// The findings in their present order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many findings there are of each severity.
    pub fn counts(&self) -> Counts {
        let count = |severity| self.list.iter().filter(|d| d.severity == severity).count();
        Counts {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Those that are more than notes.
    #[must_use]
    pub fn without_notes(&self) -> Self {
        let list = self.list.iter().filter(|d| d.severity != Severity::Note);
        Self {
            list: list.cloned().collect(),
        }
    }

    /// Orders the findings by file, line, column and code, so that output never depends on which
    /// thread found what first. Findings without a file come first.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    }
}

type SortKey<'a> = (
    Option<(&'a str, Option<u32>, Option<u32>)>,
    &'a str,
    &'a str,
);

fn sort_key(diagnostic: &Diagnostic) -> SortKey<'_> {
    let place = diagnostic.place.as_ref();
    (
        place.map(|p| (p.file.as_str(), p.line, p.column)),
        diagnostic.code,
        &diagnostic.message,
    )
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        self.list.extend(iter);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(iter: I) -> Self {
        Self {
            list: iter.into_iter().collect(),
        }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are notes.
    pub notes: usize,
}

impl fmt::Display for Counts {
    /// Writes `2 errors, 1 warning`, leaving out what there is none of.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (count, name) in [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.notes, "note"),
        ] {
            match count {
                0 => {}
                1 => parts.push(format!("1 {name}")),
                _ => parts.push(format!("{count} {name}s")),
            }
        }
        if parts.is_empty() {
            f.write_str("no findings")
        } else {
            f.write_str(&parts.join(", "))
        }
    }
}

/// Why a phase could not do its work at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<Diagnostic>);

impl Failure {
    /// What went wrong.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(Box::new(diagnostic))
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        *failure.0
    }
}

impl fmt::Display for Failure {
    /// Writes one line: `path:line:column: message`. Use [`render`] for the long form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.0.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Failure {}

/// The forms findings can be printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: the message, the source line, a caret and the advice.
    #[default]
    Text,
    /// An array of objects.
    Json,
    /// Annotations for a GitHub Actions log.
    Github,
    /// SARIF 2.1.0, for code-scanning dashboards.
    Sarif,
}

/// The findings as text in the given form, in their present order.
///
/// Only [`Format::Text`] knows colour.
pub fn render(diagnostics: &Diagnostics, format: Format, color: bool) -> String {
    match format {
        Format::Text => text::render(diagnostics, color),
        Format::Json => json::render(diagnostics),
        Format::Github => github::render(diagnostics),
        Format::Sarif => sarif::render(diagnostics),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_sort_by_place_then_code() {
        let at = |file: &str, line, column| Place {
            line: Some(line),
            column: Some(column),
            ..Place::of_file(file)
        };
        let mut list: Diagnostics = [
            Diagnostic::note("b", "5").at(at("b.md", 1, 1)),
            Diagnostic::note("b", "4").at(at("a.md", 10, 1)),
            Diagnostic::note("b", "3").at(at("a.md", 9, 2)),
            Diagnostic::note("a", "2").at(at("a.md", 9, 2)),
            Diagnostic::note("z", "1").in_file("a.md"),
            Diagnostic::note("z", "0"),
        ]
        .into_iter()
        .collect();
        list.sort();
        let order: String = list.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(order, "012345");
    }

    #[test]
    fn counts_read_as_a_sentence_would() {
        let mut list = Diagnostics::new();
        assert_eq!(list.counts().to_string(), "no findings");
        list.push(Diagnostic::warning("w", "w"));
        assert!(!list.has_errors());
        list.extend([Diagnostic::error("e", "e"), Diagnostic::error("e", "f")]);
        assert!(list.has_errors());
        assert_eq!(list.counts().to_string(), "2 errors, 1 warning");
    }

    #[test]
    fn a_failure_fits_on_one_line() {
        let place = Place::of_offset("a.toml", "x = 1\ny = ?\n", 10, 1);
        let failure = Failure::from(Diagnostic::error("syntax", "no value").at(place));
        assert_eq!(failure.to_string(), "a.toml:2:5: no value");
    }
}
