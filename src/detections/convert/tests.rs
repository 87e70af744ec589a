//! A shell script stands for the command: it counts its runs and converts a rule to its title.

use super::*;

const COMMAND: &str = r#"#!/bin/sh
echo run >> "$(dirname "$0")/runs"
while [ $# -gt 0 ]; do
    case $1 in
    --target) target=$2; shift ;;
    --output-dir) out=$2; shift ;;
    --output-filename-template | --pipeline) shift ;;
    --*) ;;
    *) in=$1 ;;
    esac
    shift
done
[ "$target" = splunk ] || { echo "Error: no such target"; exit 2; }
mkdir -p "$out"
for rule in "$in"/*.yml; do
    if grep -q broken "$rule"; then echo "Error: broken YAML"; exit 1; fi
done
for rule in "$in"/*.yml; do
    if grep -q fatal "$rule"; then
        echo "Warning: Failed to convert rules: too much (while reading rule $rule)"; exit 0; fi
    name=$(basename "$rule" .yml)
    if grep -q strange "$rule"; then echo "$rule: too strange in $rule"; else
        sed -n 's/^title: /query=/p' "$rule" > "$out/$name.txt"; fi
done
"#;

struct Bench {
    folder: tempfile::TempDir,
    tools: Tools,
}

fn bench() -> Bench {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let sigma = folder.path().join("sigma");
    fs::write(&sigma, COMMAND).expect("written");
    fs::set_permissions(&sigma, fs::Permissions::from_mode(0o755)).expect("executable");
    let cache = Some(folder.path().join("cache"));
    let tools = Tools {
        sigma: Some(sigma),
        cache,
    };
    Bench { folder, tools }
}

impl Bench {
    fn convert(&self, target: &str, rules: &[&str]) -> (Conversions, Diagnostics) {
        let wanted = Conversion {
            target: target.to_owned(),
            pipeline: None,
            name: "Splunk".to_owned(),
        };
        convert(&rules.iter().copied().collect(), &[wanted], &self.tools)
    }

    fn runs(&self) -> usize {
        let runs = fs::read_to_string(self.folder.path().join("runs"));
        runs.unwrap_or_default().lines().count()
    }
}

fn query<'c>(all: &'c Conversions, rule: &str) -> Result<&'c str, &'c str> {
    let converted = &all.of(rule)[0];
    converted.query.as_deref().map_err(String::as_str)
}

#[test]
fn rules_are_converted_once() {
    let bench = bench();
    let (all, found) = bench.convert("splunk", &["title: a", "title: strange"]);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(query(&all, "title: a"), Ok("query=a"));
    assert_eq!(query(&all, "title: strange"), Err("too strange"));
    assert_eq!(bench.runs(), 1);
    let (again, _) = bench.convert("splunk", &["title: a", "title: strange"]);
    assert_eq!(query(&again, "title: a"), Ok("query=a"));
    assert_eq!(query(&again, "title: strange"), Err("too strange"));
    assert_eq!(bench.runs(), 1);
    let (more, _) = bench.convert("splunk", &["title: a", "title: b"]);
    assert_eq!(query(&more, "title: b"), Ok("query=b"));
    assert_eq!(bench.runs(), 2);
}

#[test]
fn a_rule_that_ends_the_run_is_found_and_the_others_are_converted() {
    let bench = bench();
    let (all, _) = bench.convert(
        "splunk",
        &["title: a", "title: b", "title: broken", "title: c"],
    );
    for title in ["a", "b", "c"] {
        assert_eq!(
            query(&all, &format!("title: {title}")),
            Ok(&*format!("query={title}"))
        );
    }
    assert_eq!(query(&all, "title: broken"), Err("Error: broken YAML"));
    assert_eq!(bench.runs(), 5);
}

#[test]
fn what_comes_after_a_rule_that_ends_the_run_without_an_error_is_converted() {
    let bench = bench();
    let titles = ["a", "b", "fatal", "c", "d", "e", "f"].map(|title| format!("title: {title}"));
    let rules: Vec<&str> = titles.iter().map(String::as_str).collect();
    let (all, _) = bench.convert("splunk", &rules);
    for rule in &rules {
        let expected = rule.replace("title: ", "query=");
        match *rule {
            "title: fatal" => assert_eq!(query(&all, rule), Err("too much")),
            _ => assert_eq!(query(&all, rule), Ok(&*expected)),
        }
    }
    assert_eq!(bench.runs(), 2);
}

#[test]
fn a_wrong_target_or_no_command_is_a_finding() {
    let bench = bench();
    let (all, found) = bench.convert("nope", &["title: a"]);
    let finding = found.iter().next().unwrap();
    assert_eq!(finding.code, "sigma-conversion");
    assert!(
        finding.message.ends_with("no such target"),
        "{}",
        finding.message
    );
    assert!(all.of("title: a").is_empty());

    let absent = Bench {
        tools: Tools::default(),
        ..bench
    };
    let (_, found) = absent.convert("splunk", &["title: a"]);
    assert_eq!(found.iter().next().unwrap().code, "sigma-command");
}
