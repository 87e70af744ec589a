//! A comparison as HTML: the part that a page of the site shows, and a document of its own.

use std::fmt::Write as _;

use super::impact::Touch;
use super::words::{Fate, Stretch};
use super::{Category, Diff, DomainDiff, Entry, Named, Type};
use crate::markdown::escape;

/// Where the page of an entry lies, where it has one.
pub type Address<'a> = &'a dyn Fn(&Entry) -> Option<String>;

/// A whole document, its links to attack.mitre.org.
pub fn document(diff: &Diff, touches: Option<&[Touch]>) -> String {
    let title = format!("ATT&CK {} → {}", diff.from.name, diff.to.name);
    let address = |entry: &Entry| {
        let folder = entry.folder()?;
        Some(format!("https://attack.mitre.org/{folder}"))
    };
    let mut body = String::new();
    if let Some(touches) = touches {
        body.push_str("<h2>What it touches</h2>\n");
        body.push_str(&impact(touches, &|_| None));
    }
    for domain in &diff.domains {
        body.push_str("<h2>");
        escape(&domain.name, &mut body);
        body.push_str("</h2>\n");
        body.push_str(&names(domain));
        for r#type in Type::ALL {
            let lists = of_type(domain, r#type, &address);
            if !lists.is_empty() {
                let _ = write!(body, "<h3>{}</h3>\n{lists}", r#type.title());
            }
        }
    }
    let mut heading = String::new();
    escape(&title, &mut heading);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{heading}</title>\n</head>\n\
         <body>\n<h1>{heading}</h1>\n{body}</body>\n</html>\n"
    )
}

// Writing to a string cannot fail.

/// What the release touches, the worst first; `page` knows where a playbook's page lies.
pub fn impact(touches: &[Touch], page: &dyn Fn(&Touch) -> Option<String>) -> String {
    if touches.is_empty() {
        return "<p>Nothing.</p>\n".to_owned();
    }
    let mut sorted: Vec<&Touch> = touches.iter().collect();
    // Stable: within a severity, by file and line.
    sorted.sort_by_key(|touch| touch.severity);
    let mut html = String::from(
        "<table class=\"impact\"><thead><tr><th scope=\"col\">Severity<th scope=\"col\">What\
         <th scope=\"col\">Why<th scope=\"col\">What to do<th scope=\"col\">Owner</thead><tbody>\n",
    );
    for touch in sorted {
        let severity = touch.severity.name();
        let _ = write!(html, "<tr><td class=\"{severity}\">{severity}<td>");
        let href = page(touch);
        if let Some(href) = &href {
            html.push_str("<a href=\"");
            escape(href, &mut html);
            html.push_str("\">");
        }
        escape(&touch.name, &mut html);
        html.push_str(if href.is_some() { "</a>" } else { "" });
        html.push_str("<br><small>");
        escape(&touch.place.to_string(), &mut html);
        html.push_str("</small><td>");
        code_marks(&touch.why, &mut html);
        html.push_str("<td>");
        code_marks(touch.proposal.as_deref().unwrap_or_default(), &mut html);
        html.push_str("<td>");
        escape(touch.owner.as_deref().unwrap_or_default(), &mut html);
        html.push('\n');
    }
    html + "</tbody></table>\n"
}

/// What stands in backticks, as code.
fn code_marks(text: &str, html: &mut String) {
    for (i, part) in text.split('`').enumerate() {
        if i % 2 == 1 {
            mark("code", part, html);
        } else {
            escape(part, html);
        }
    }
}

/// Tactics, platforms and sub-techniques with another name or place; empty where there are none.
pub fn names(domain: &DomainDiff) -> String {
    let mut lines: Vec<String> = Vec::new();
    for change in &domain.tactics {
        let Named { id, name } = &change.tactic;
        let was = change
            .name
            .as_ref()
            .map(|name| format!(", was {}", name.from));
        let was = was.unwrap_or_default();
        lines.push(format!("Tactic {}: {id} {name}{was}", change.fate.name()));
    }
    for change in &domain.platforms.renamed {
        lines.push(format!("Platform renamed: {} → {}", change.from, change.to));
    }
    for (word, list) in [
        ("new", &domain.platforms.added),
        ("gone", &domain.platforms.dropped),
    ] {
        if !list.is_empty() {
            lines.push(format!("Platforms {word}: {}", list.join(", ")));
        }
    }
    for (entry, ids) in domain.moved() {
        lines.push(format!("Moved: {} → {} {}", ids.from, ids.to, entry.name));
    }
    if lines.is_empty() {
        return String::new();
    }
    let mut html = String::from("<ul class=\"renames\">");
    for line in lines {
        html.push_str("<li>");
        escape(&line, &mut html);
    }
    html + "</ul>\n"
}

/// A folded list for each category that has members.
pub fn of_type(domain: &DomainDiff, r#type: Type, address: Address) -> String {
    let mut html = String::new();
    let all = Category::ALL.into_iter().map(Some).chain([None]);
    for category in all {
        let entries: Vec<&Entry> = domain.of(r#type, category).collect();
        let Some(first) = entries.first() else {
            continue;
        };
        // The few that break things are open at once.
        let is_open = !matches!(category, Some(Category::Minor | Category::Patches) | None);
        let open = if is_open { " open" } else { "" };
        let _ = write!(
            html,
            "<details class=\"changes\"{open}><summary>{} <small>{}</small></summary>\n<ul>\n",
            first.title(),
            entries.len()
        );
        for entry in entries {
            item(entry, address, &mut html);
        }
        html.push_str("</ul></details>\n");
    }
    html
}

fn item(entry: &Entry, address: Address, html: &mut String) {
    html.push_str("<li>");
    let href = address(entry);
    if let Some(href) = &href {
        html.push_str("<a href=\"");
        escape(href, html);
        html.push_str("\">");
    }
    if entry.id != entry.stix_id {
        html.push_str("<code>");
        escape(&entry.id, html);
        html.push_str("</code> ");
    }
    escape(&entry.name, html);
    if href.is_some() {
        html.push_str("</a>");
    }
    let versions = entry.versions();
    if !versions.is_empty() {
        html.push_str(" <small>");
        escape(&versions, html);
        html.push_str("</small>");
    }
    if let Some(by) = &entry.successor {
        html.push_str(" → ");
        escape(&by.label(), html);
    }
    details(entry, html);
    html.push('\n');
}

fn details(entry: &Entry, html: &mut String) {
    let details = &entry.details;
    let mut rows = String::new();
    for (label, change) in [("id", entry.renumbered()), ("name", details.name.as_ref())] {
        if let Some(change) = change {
            row(label, &mut rows);
            mark("del", &change.from, &mut rows);
            rows.push(' ');
            mark("ins", &change.to, &mut rows);
        }
    }
    for (field, change) in &details.lists {
        row(field, &mut rows);
        marks(&change.added, &change.dropped, Clone::clone, &mut rows);
    }
    for (kind, change) in &details.relations {
        row(kind, &mut rows);
        marks(&change.added, &change.dropped, Named::label, &mut rows);
    }
    for (label, stretches) in [
        ("description", &details.description),
        ("detection", &details.detection),
    ] {
        if !stretches.is_empty() {
            row(label, &mut rows);
            text(stretches, &mut rows);
        }
    }
    if !rows.is_empty() {
        html.push_str("<details><summary>");
        escape(&super::summary(entry), html);
        html.push_str("</summary><dl>");
        html.push_str(&rows);
        html.push_str("</dl></details>");
    }
}

fn row(label: &str, html: &mut String) {
    html.push_str("<dt>");
    escape(&label.replace('_', " "), html);
    html.push_str("<dd>");
}

fn marks<T>(added: &[T], dropped: &[T], word: impl Fn(&T) -> String, html: &mut String) {
    let added = added.iter().map(|item| ("ins", item));
    let all = added.chain(dropped.iter().map(|item| ("del", item)));
    for (i, (element, item)) in all.enumerate() {
        html.push_str(if i > 0 { ", " } else { "" });
        mark(element, &word(item), html);
    }
}

fn mark(element: &str, word: &str, html: &mut String) {
    let _ = write!(html, "<{element}>");
    escape(word, html);
    let _ = write!(html, "</{element}>");
}

fn text(stretches: &[Stretch], html: &mut String) {
    for stretch in super::words::excerpt(stretches) {
        match stretch.fate {
            Fate::Kept => escape(&stretch.text, html),
            Fate::Added => mark("ins", &stretch.text, html),
            Fate::Dropped => mark("del", &stretch.text, html),
        }
    }
}
