//! Findings as JSON, for scripts.

use serde::Serialize;

use super::Diagnostics;

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    help: Option<&'a str>,
}

pub(super) fn render(diagnostics: &Diagnostics) -> String {
    let findings: Vec<Finding<'_>> = diagnostics
        .iter()
        .map(|d| Finding {
            code: d.code,
            severity: d.severity.name(),
            message: &d.message,
            file: d.place.as_ref().map(|p| p.file.as_str()),
            line: d.place.as_ref().and_then(|p| p.line),
            column: d.place.as_ref().and_then(|p| p.column),
            help: d.help.as_deref(),
        })
        .collect();
    // Strings and numbers always serialise, so the fallback is never taken.
    let mut json = serde_json::to_string_pretty(&findings).unwrap_or_default();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::super::{Diagnostic, Diagnostics, Format, Place, render as render_as};

    #[test]
    fn every_finding_is_an_object_with_the_same_keys() {
        let list: Diagnostics = [
            Diagnostic::error("bad-id", "`T1` is no ID")
                .at(Place::of_offset("a.md", "x T1", 2, 2))
                .help("write `T1059`"),
            Diagnostic::note("done", "nothing \"else\""),
        ]
        .into_iter()
        .collect();
        insta::assert_snapshot!(render_as(&list, Format::Json, true), @r#"
        [
          {
            "code": "bad-id",
            "severity": "error",
            "message": "`T1` is no ID",
            "file": "a.md",
            "line": 1,
            "column": 3,
            "help": "write `T1059`"
          },
          {
            "code": "done",
            "severity": "note",
            "message": "nothing \"else\"",
            "file": null,
            "line": null,
            "column": null,
            "help": null
          }
        ]
        "#);
        assert_eq!(render_as(&Diagnostics::new(), Format::Json, false), "[]\n");
    }
}
