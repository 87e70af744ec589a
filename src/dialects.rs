//! Query languages: what they are called, and how to tell them in code blocks.

/// A query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dialect {
    /// Its key, under which a reader's choice is remembered.
    pub key: &'static str,
    /// What it is called.
    pub label: &'static str,
}

/// Sigma's own YAML.
pub const SIGMA: Dialect = dialect("sigma", "Sigma");

const fn dialect(key: &'static str, label: &'static str) -> Dialect {
    Dialect { key, label }
}

/// Words for languages, as in code blocks, in headings and in the names of Sigma's backends.
const KNOWN: [(&str, Dialect); 20] = [
    ("sigma", SIGMA),
    ("spl", dialect("splunk", "Splunk")),
    ("splunk", dialect("splunk", "Splunk")),
    ("kql", dialect("kusto", "KQL")),
    ("kusto", dialect("kusto", "KQL")),
    ("lucene", dialect("lucene", "Lucene")),
    ("opensearch_lucene", dialect("lucene", "Lucene")),
    ("eql", dialect("eql", "EQL")),
    ("esql", dialect("esql", "ES|QL")),
    ("elastic", dialect("elastic", "Elastic")),
    ("sql", dialect("sql", "SQL")),
    ("osquery", dialect("osquery", "osquery")),
    ("aql", dialect("aql", "AQL")),
    ("logql", dialect("logql", "LogQL")),
    ("loki", dialect("logql", "LogQL")),
    ("logscale", dialect("logscale", "LogScale")),
    ("log_scale", dialect("logscale", "LogScale")),
    ("yara-l", dialect("yara-l", "YARA-L")),
    ("udm", dialect("udm", "UDM")),
    ("suricata", dialect("suricata", "Suricata")),
];

/// The language that a word stands for.
pub fn named(word: &str) -> Option<Dialect> {
    let known = |(name, _): &&(&str, Dialect)| name.eq_ignore_ascii_case(word);
    KNOWN.iter().find(known).map(|(_, dialect)| *dialect)
}

/// The language of a code block. YAML is Sigma where it has a `detection:` or a `logsource:`.
pub fn of_code(language: &str, text: &str) -> Option<Dialect> {
    match language {
        "yaml" | "yml" => {
            let marks = ["detection:", "logsource:"];
            let is_mark = |line: &str| marks.iter().any(|mark| line.starts_with(mark));
            let is_rule = text.lines().any(is_mark);
            is_rule.then_some(SIGMA)
        }
        word => named(word),
    }
}

/// The language of a section such as `KQL Queries`.
pub fn of_section(title: &str) -> Option<Dialect> {
    let (word, rest) = title.trim().split_once(' ')?;
    rest.eq_ignore_ascii_case("queries").then(|| named(word))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(dialect: Option<Dialect>) -> &'static str {
        dialect.map_or("", |dialect| dialect.label)
    }

    #[test]
    fn languages_are_told_by_word_content_and_heading() {
        assert_eq!(label(of_code("SPL", "index=x")), "Splunk");
        assert_eq!(
            label(of_code("yaml", "title: x\ndetection:\n  a: 1\n")),
            "Sigma"
        );
        assert_eq!(label(of_code("yaml", "a: 1\n")), "");
        assert_eq!(label(of_code("bash", "ls")), "");
        assert_eq!(label(of_section("KQL Queries")), "KQL");
        assert_eq!(label(of_section("Sigma Rules")), "");
        assert_eq!(label(of_section("Other Queries")), "");
    }
}
