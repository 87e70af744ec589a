//! Findings as SARIF 2.1.0, for code-scanning dashboards.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Place};

pub(super) fn render(diagnostics: &Diagnostics) -> String {
    let codes: BTreeSet<&str> = diagnostics.iter().map(|d| d.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = diagnostics.iter().map(result).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ttpress",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn result(diagnostic: &Diagnostic) -> Value {
    let text = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": diagnostic.severity.name(),
        "message": { "text": text },
    });
    if let Some(place) = &diagnostic.place {
        result["locations"] = json!([{ "physicalLocation": location(place) }]);
    }
    result
}

fn location(place: &Place) -> Value {
    let mut location = json!({ "artifactLocation": { "uri": uri(&place.file) } });
    if let Some(line) = place.line {
        location["region"] = json!({ "startLine": line });
        if let Some(column) = place.column {
            location["region"]["startColumn"] = json!(column);
            // The end is exclusive.
            location["region"]["endColumn"] = json!(column.saturating_add(place.width.max(1)));
        }
    }
    location
}

/// A path as a URI reference: relative ones stay relative, absolute ones become `file:` URIs.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    let mut uri = String::from(match (path.starts_with('/'), has_drive) {
        (true, _) => "file://",
        (_, true) => "file:///",
        _ => "",
    });
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::{Diagnostic, Diagnostics, Format, Place, render};
    use super::uri;

    #[test]
    fn each_rule_is_listed_once_and_each_result_has_its_place() {
        let list: Diagnostics = [
            Diagnostic::error("bad-id", "`T1` is no ID")
                .at(Place::of_offset("my wiki/a.md", "x T1", 2, 2))
                .help("write `T1059`"),
            Diagnostic::warning("bad-id", "again").in_file("b.md"),
            Diagnostic::note("a-note", "that is all"),
        ]
        .into_iter()
        .collect();
        let text =
            render(&list, Format::Sarif, false).replace(env!("CARGO_PKG_VERSION"), "[version]");
        insta::assert_snapshot!(text, @r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "runs": [
            {
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "level": "error",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "my%20wiki/a.md"
                        },
                        "region": {
                          "endColumn": 5,
                          "startColumn": 3,
                          "startLine": 1
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "`T1` is no ID\nhelp: write `T1059`"
                  },
                  "ruleId": "bad-id"
                },
                {
                  "level": "warning",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "b.md"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "again"
                  },
                  "ruleId": "bad-id"
                },
                {
                  "level": "note",
                  "message": {
                    "text": "that is all"
                  },
                  "ruleId": "a-note"
                }
              ],
              "tool": {
                "driver": {
                  "name": "ttpress",
                  "rules": [
                    {
                      "id": "a-note"
                    },
                    {
                      "id": "bad-id"
                    }
                  ],
                  "version": "[version]"
                }
              }
            }
          ],
          "version": "2.1.0"
        }
        "#);
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/ü#1.md"), "a%20b/%C3%BC%231.md");
        assert_eq!(uri("..\\x"), "../x");
        assert_eq!(uri("/srv/x"), "file:///srv/x");
    }
}
