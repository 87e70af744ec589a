//! One query in several languages: code blocks, sections, rules and what they were converted to.

use crate::detections::convert::Conversions;
use crate::dialects::{self, SIGMA};
use crate::markdown::authored::Query;
use crate::site::view::{DialectView, PlaybookSection, TabView};

/// The tabs for code blocks that stand side by side. A rule brings what it was converted to, but
/// for languages in which somebody wrote the query.
pub(super) fn of_queries(conversions: &Conversions, queries: Vec<Query>) -> Vec<TabView> {
    let rule = queries.iter().find(|query| query.dialect == SIGMA);
    let mut converted = rule
        .map(|rule| converted(conversions, &rule.code))
        .unwrap_or_default();
    converted.retain(|tab| !queries.iter().any(|query| query.dialect.key == tab.key));
    let written = queries.into_iter().map(|query| TabView {
        key: query.dialect.key.to_owned(),
        label: query.dialect.label.to_owned(),
        code: query.code,
        reason: String::new(),
    });
    written.chain(converted).collect()
}

/// The tabs for a rule of a set.
pub(super) fn of_rule(conversions: &Conversions, yaml: &str) -> Vec<TabView> {
    let own = TabView {
        key: SIGMA.key.to_owned(),
        label: SIGMA.label.to_owned(),
        code: yaml.to_owned(),
        reason: String::new(),
    };
    std::iter::once(own)
        .chain(converted(conversions, yaml))
        .collect()
}

fn converted(conversions: &Conversions, rule: &str) -> Vec<TabView> {
    let all = conversions.of(rule).iter();
    all.map(|converted| TabView {
        key: converted.key.clone(),
        label: converted.label.clone(),
        code: converted.query.clone().unwrap_or_default(),
        reason: converted.query.as_ref().err().cloned().unwrap_or_default(),
    })
    .collect()
}

/// Marks neighbouring sections such as `Splunk Queries` and `KQL Queries` as tabs.
pub(super) fn group(sections: &mut [PlaybookSection]) {
    let of = |section: &PlaybookSection| {
        let dialect = dialects::of_section(&section.title);
        dialect.filter(|_| section.missing.is_none())
    };
    let found: Vec<_> = sections.iter().map(of).collect();
    let is_there = |i: Option<usize>| i.and_then(|i| found.get(i)).is_some_and(Option::is_some);
    for (i, section) in sections.iter_mut().enumerate() {
        let (before, after) = (is_there(i.checked_sub(1)), is_there(Some(i + 1)));
        section.dialect = found[i]
            .filter(|_| before || after)
            .map(|dialect| DialectView {
                key: dialect.key,
                label: dialect.label,
                opens: !before,
                closes: !after,
            });
    }
}
