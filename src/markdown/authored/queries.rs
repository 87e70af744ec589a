//! Code blocks that stand side by side in different query languages: one query, told several times.
//! A Sigma rule is such a group of its own, since it can be shown in other languages.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};

use super::Query;
use crate::dialects::{self, SIGMA};

/// An event as it was, or code blocks that belong together.
pub(super) enum Part<'t> {
    Event(Event<'t>),
    Queries(Vec<Query>),
}

/// A code block outside lists and quotes.
struct Block<'t> {
    info: CowStr<'t>,
    text: String,
}

impl Block<'_> {
    fn query(&self) -> Option<Query> {
        let language = self.info.split_whitespace().next().unwrap_or_default();
        let dialect = dialects::of_code(language, &self.text)?;
        Some(Query {
            dialect,
            code: self.text.clone(),
        })
    }
}

/// Finds the groups of queries among the events of a section.
pub(super) fn gather(events: Vec<Event<'_>>) -> Vec<Part<'_>> {
    let mut parts = Vec::with_capacity(events.len());
    let (mut waiting, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
    let mut depth = 0_usize;
    for event in events {
        match (event, &mut open) {
            (Event::Text(text), Some(block)) => block.text.push_str(&text),
            (Event::End(TagEnd::CodeBlock), Some(_)) => waiting.extend(open.take()),
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), None) if depth == 0 => {
                open = Some(Block {
                    info,
                    text: String::new(),
                });
            }
            (event, _) => {
                settle(&mut waiting, &mut parts);
                match &event {
                    Event::Start(_) => depth += 1,
                    Event::End(_) => depth = depth.saturating_sub(1),
                    _ => {}
                }
                parts.push(Part::Event(event));
            }
        }
    }
    settle(&mut waiting, &mut parts);
    parts
}

/// The Sigma rules in the code blocks of a text.
pub fn rules(text: &str) -> Vec<String> {
    let events = super::events(text).into_iter().map(|(event, _)| event);
    let groups = gather(events.collect()).into_iter();
    let queries = groups.flat_map(|part| match part {
        Part::Queries(queries) => queries,
        Part::Event(_) => Vec::new(),
    });
    queries
        .filter(|query| query.dialect == SIGMA)
        .map(|query| query.code)
        .collect()
}

/// Hands on code blocks that stood side by side. Those of different languages are one query; with
/// a language that is there already the next query begins.
fn settle<'t>(waiting: &mut Vec<Block<'t>>, parts: &mut Vec<Part<'t>>) {
    let mut group: Vec<Block> = Vec::new();
    for block in std::mem::take(waiting) {
        let Some(query) = block.query() else {
            close(&mut group, parts);
            parts.extend(as_it_was(block).map(Part::Event));
            continue;
        };
        let mut languages = group.iter().filter_map(Block::query);
        if languages.any(|other| other.dialect == query.dialect) {
            close(&mut group, parts);
        }
        group.push(block);
    }
    close(&mut group, parts);
}

/// Hands on a group: a query in one language only is a code block like others, but for rules.
fn close<'t>(group: &mut Vec<Block<'t>>, parts: &mut Vec<Part<'t>>) {
    let blocks = std::mem::take(group);
    let queries: Vec<Query> = blocks.iter().filter_map(Block::query).collect();
    if queries.len() > 1 || queries.iter().any(|query| query.dialect == SIGMA) {
        parts.push(Part::Queries(queries));
    } else {
        parts.extend(blocks.into_iter().flat_map(as_it_was).map(Part::Event));
    }
}

fn as_it_was(block: Block<'_>) -> [Event<'_>; 3] {
    [
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(block.info))),
        Event::Text(block.text.into()),
        Event::End(TagEnd::CodeBlock),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups as their languages, other code blocks as `-`.
    fn shape(text: &str) -> String {
        let events = super::super::events(text)
            .into_iter()
            .map(|(event, _)| event);
        let parts = gather(events.collect());
        let words = parts.iter().filter_map(|part| match part {
            Part::Queries(queries) => {
                let labels: Vec<&str> = queries.iter().map(|q| q.dialect.label).collect();
                Some(labels.join("+"))
            }
            Part::Event(Event::Start(Tag::CodeBlock(_))) => Some("-".to_owned()),
            Part::Event(_) => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn neighbours_in_different_languages_are_one_query() {
        assert_eq!(shape("```spl\na\n```\n```kusto\nb\n```\n"), "Splunk+KQL");
        assert_eq!(shape("```spl\na\n```\ntext\n```kusto\nb\n```\n"), "- -");
        assert_eq!(shape("```spl\na\n```\n```splunk\nb\n```\n"), "- -");
        let twice = "```spl\na\n```\n```kql\nb\n```\n".repeat(2);
        assert_eq!(shape(&twice), "Splunk+KQL Splunk+KQL");
        assert_eq!(shape("```spl\na\n```\n```bash\nb\n```\n"), "- -");
        assert_eq!(
            shape("- ```spl\n  a\n  ```\n  ```kusto\n  b\n  ```\n"),
            "- -"
        );
    }

    #[test]
    fn a_rule_is_a_group_of_its_own() {
        let rule = "```yaml\ntitle: x\ndetection: {}\n```\n";
        assert_eq!(shape(rule), "Sigma");
        assert_eq!(shape(&format!("{rule}{rule}")), "Sigma Sigma");
        assert_eq!(shape(&format!("{rule}```kql\nx\n```\n")), "Sigma+KQL");
        assert_eq!(rules(rule), ["title: x\ndetection: {}\n"]);
    }
}
