//! Findings as GitHub Actions annotations.

use std::fmt::Write;

use super::{Diagnostic, Diagnostics, Severity};

pub(super) fn render(diagnostics: &Diagnostics) -> String {
    diagnostics.iter().map(annotation).collect()
}

fn annotation(diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = String::new();
    if let Some(place) = &diagnostic.place {
        let _ = write!(properties, "file={},", property(&place.file));
        if let Some(line) = place.line {
            let _ = write!(properties, "line={line},");
        }
        if let Some(column) = place.column {
            let _ = write!(properties, "col={column},");
        }
    }
    let title = property(diagnostic.code);
    let mut text = data(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "%0Ahelp: {}", data(help));
    }
    format!("::{command} {properties}title={title}::{text}\n")
}

/// The percent sign first: it introduces the other escapes.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::{Diagnostic, Place};
    use super::annotation;

    #[test]
    fn an_annotation_names_the_place_and_escapes_what_it_must() {
        let finding = Diagnostic::warning("odd-name", "100% odd\nreally: yes, it is")
            .at(Place::of_offset("a,b:c%.md", "12345", 3, 1));
        assert_eq!(
            annotation(&finding),
            "::warning file=a%2Cb%3Ac%25.md,line=1,col=4,title=odd-name::100%25 odd%0Areally: yes, it is\n"
        );
    }

    #[test]
    fn an_annotation_without_a_place_still_stands() {
        assert_eq!(
            annotation(&Diagnostic::note("n", "m").help("h")),
            "::notice title=n::m%0Ahelp: h\n"
        );
    }
}
