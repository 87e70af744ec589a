//! A comparison as HTML, in the language of the wiki: the part that a page of updates shows, and a
//! document of its own.

use std::fmt::{Display, Write as _};

use crate::attack::Kind;
use crate::diagnostics::Severity;
use crate::diff::impact::{Said, Sentence, Touch};
use crate::diff::words::{Fate, Stretch, excerpt};
use crate::diff::{Category, Diff, DomainDiff, Entry, Named, Part, TacticFate, Type, parts};
use crate::markdown::escape;
use crate::site::strings::{Strings, fill, html as html_of};

/// Where the page of an entry lies, where it has one.
pub type Address<'a> = &'a dyn Fn(&Entry) -> Option<String>;

/// A whole document in English, its links to attack.mitre.org.
pub fn document(diff: &Diff, touches: Option<&[Touch]>) -> String {
    let title = format!("ATT&CK {} → {}", diff.from.name, diff.to.name);
    let address = |entry: &Entry| {
        let folder = entry.folder()?;
        Some(format!("https://attack.mitre.org/{folder}"))
    };
    let strings = Strings::english();
    let mut body = String::new();
    if let Some(touches) = touches {
        let _ = writeln!(body, "<h2>{}</h2>", html_of(&strings.what_it_touches));
        body.push_str(&impact(strings, touches, &|_| None));
    }
    for domain in &diff.domains {
        body.push_str("<h2>");
        escape(&domain.name, &mut body);
        body.push_str("</h2>\n");
        body.push_str(&names(strings, domain));
        for r#type in Type::ALL {
            let lists = of_type(strings, domain, r#type, &address);
            if !lists.is_empty() {
                let title = html_of(type_name(strings, r#type));
                let _ = write!(body, "<h3>{title}</h3>\n{lists}");
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

/// What people call a type of objects.
pub(super) fn type_name(strings: &Strings, r#type: Type) -> &str {
    let kind = match r#type {
        Type::Techniques => Kind::Technique,
        Type::Software => Kind::Software,
        Type::Groups => Kind::Group,
        Type::Campaigns => Kind::Campaign,
        Type::Assets => Kind::Asset,
        Type::Mitigations => Kind::Mitigation,
        Type::DataSources => Kind::DataSource,
        Type::DataComponents => Kind::DataComponent,
        Type::DetectionStrategies => Kind::DetectionStrategy,
        Type::Analytics => Kind::Analytic,
    };
    strings.kind(kind)[1]
}

/// What people call a category: in full, and at the head of a narrow column.
pub(super) fn category_name(strings: &Strings, category: Category) -> [&str; 2] {
    match category {
        Category::Additions => [&strings.additions, &strings.additions],
        Category::Major => [&strings.major_changes, &strings.major],
        Category::Minor => [&strings.minor_changes, &strings.minor],
        Category::Other => [&strings.other_changes, &strings.other],
        Category::Patches => [&strings.patches, &strings.patches],
        Category::Revocations => [&strings.revocations, &strings.revocations],
        Category::Deprecations => [&strings.deprecations, &strings.deprecations],
        Category::Deletions => [&strings.deletions, &strings.deletions],
    }
}

/// What people call a field, or the objects of a relation.
pub(super) fn field_name<'s>(strings: &'s Strings, field: &'s str) -> &'s str {
    match field {
        "id" => &strings.field_id,
        "name" => &strings.field_name,
        "platforms" => &strings.field_platforms,
        "parent" => &strings.field_parent,
        "aliases" => &strings.field_aliases,
        "sectors" => &strings.field_sectors,
        "description" => &strings.field_description,
        "detection" => &strings.field_detection,
        "log_sources" => &strings.field_log_sources,
        "contributors" => &strings.field_contributors,
        "tactics" => &strings.field_tactics,
        "subtechniques" => &strings.field_subtechniques,
        "techniques" => &strings.field_techniques,
        "groups" => &strings.field_groups,
        "software" => &strings.field_software,
        "campaigns" => &strings.field_campaigns,
        "mitigations" => &strings.field_mitigations,
        "assets" => &strings.field_assets,
        "data_source" => &strings.field_data_source,
        "data_sources" => &strings.field_data_sources,
        "data_components" => &strings.field_data_components,
        "detection_strategies" => &strings.field_detection_strategies,
        "analytics" => &strings.field_analytics,
        other => other,
    }
}

fn severity_name(strings: &Strings, severity: Severity) -> &str {
    match severity {
        Severity::Error => &strings.finding_error,
        Severity::Warning => &strings.finding_warning,
        Severity::Note => &strings.finding_note,
    }
}

/// A sentence in the language of the wiki.
fn text_of(strings: &Strings, sentence: Sentence) -> &str {
    match sentence {
        Sentence::Revoked => &strings.impact_revoked,
        Sentence::Abandoned => &strings.impact_abandoned,
        Sentence::Moved => &strings.impact_moved,
        Sentence::Deprecated => &strings.impact_deprecated,
        Sentence::Deleted => &strings.impact_deleted,
        Sentence::TacticRenamed => &strings.impact_tactic_renamed,
        Sentence::TacticGone => &strings.impact_tactic_gone,
        Sentence::ShortNameChanged => &strings.impact_short_name,
        Sentence::NamesOldTactic => &strings.impact_names_old_tactic,
        Sentence::NamesGoneTactic => &strings.impact_names_gone_tactic,
        Sentence::Renamed => &strings.impact_renamed,
        Sentence::LeftTactic => &strings.impact_left_tactic,
        Sentence::Unseen => &strings.impact_unseen,
        Sentence::NewVersion => &strings.impact_new_version,
        Sentence::WriteSuccessor => &strings.do_write_successor,
        Sentence::WriteId => &strings.do_write_id,
        Sentence::SayWhatIsMeant => &strings.do_say_what_is_meant,
        Sentence::CheckMeaning => &strings.do_check_meaning,
        Sentence::NameTactics => &strings.do_name_tactics,
        Sentence::CheckTactic => &strings.do_check_tactic,
        Sentence::CheckTitle => &strings.do_check_title,
        Sentence::NowInTactic => &strings.do_now_in_tactic,
        Sentence::CheckQueries => &strings.do_check_queries,
        Sentence::ReadChanges => &strings.do_read_changes,
    }
}

/// What the release touches, the worst first; `page` knows where a playbook's page lies.
pub(super) fn impact(
    strings: &Strings,
    touches: &[Touch],
    page: &dyn Fn(&Touch) -> Option<String>,
) -> String {
    if touches.is_empty() {
        return format!("<p>{}</p>\n", html_of(&strings.touches_nothing));
    }
    let mut sorted: Vec<&Touch> = touches.iter().collect();
    // Stable: within a severity, by file and line.
    sorted.sort_by_key(|touch| touch.severity);
    let title = html_of(&strings.what_it_touches);
    let mut html = format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{title}\" tabindex=\"0\">\
         <table class=\"impact\"><thead><tr>"
    );
    for head in [
        &strings.severity,
        &strings.touched,
        &strings.why,
        &strings.what_to_do,
        &strings.owner,
    ] {
        let _ = write!(html, "<th scope=\"col\">{}", html_of(head));
    }
    html.push_str("</thead><tbody>\n");
    for touch in sorted {
        let class = touch.severity.name();
        let word = html_of(severity_name(strings, touch.severity));
        let _ = write!(html, "<tr><td class=\"{class}\">{word}<td>");
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
        say(strings, &touch.why, &mut html);
        html.push_str("<td>");
        if let Some(proposal) = &touch.proposal {
            say(strings, proposal, &mut html);
        }
        html.push_str("<td>");
        escape(touch.owner.as_deref().unwrap_or_default(), &mut html);
        html.push('\n');
    }
    html + "</tbody></table></div>\n"
}

/// A sentence; what stands in backticks is code.
fn say(strings: &Strings, said: &Said, html: &mut String) {
    let text = said.in_words(text_of(strings, said.sentence));
    for (i, part) in text.split('`').enumerate() {
        if i % 2 == 1 {
            mark("code", part, html);
        } else {
            escape(part, html);
        }
    }
}

/// Tactics, platforms and sub-techniques with another name or place; empty where there are none.
pub(super) fn names(strings: &Strings, domain: &DomainDiff) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut say = |text: &str, what: &dyn Display| lines.push(fill(text, &[("what", what)]));
    for change in &domain.tactics {
        let Named { id, name } = &change.tactic;
        let text = match change.fate {
            TacticFate::Added => &strings.tactic_new,
            TacticFate::Renamed => &strings.tactic_renamed,
            TacticFate::Gone => &strings.tactic_gone,
        };
        let tactic = format!("{id} {name}");
        match &change.name {
            Some(name) => say(text, &before(strings, &tactic, &name.from)),
            None => say(text, &tactic),
        }
    }
    for change in &domain.platforms.renamed {
        let what = format!("{} → {}", change.from, change.to);
        say(&strings.platform_renamed, &what);
    }
    for (text, list) in [
        (&strings.platforms_new, &domain.platforms.added),
        (&strings.platforms_gone, &domain.platforms.dropped),
    ] {
        if !list.is_empty() {
            say(text, &list.join(", "));
        }
    }
    for (entry, ids) in domain.moved() {
        let what = format!("{} → {} {}", ids.from, ids.to, entry.name);
        say(&strings.moved, &what);
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

/// What something is, and was.
fn before(strings: &Strings, now: &str, was: &str) -> String {
    fill(&strings.was_before, &[("now", &now), ("was", &was)])
}

/// A folded list for each category that has members.
pub(super) fn of_type(
    strings: &Strings,
    domain: &DomainDiff,
    r#type: Type,
    address: Address,
) -> String {
    let mut html = String::new();
    let all = Category::ALL.into_iter().map(Some).chain([None]);
    for category in all {
        let entries: Vec<&Entry> = domain.of(r#type, category).collect();
        if entries.is_empty() {
            continue;
        }
        let title = match category {
            Some(category) => category_name(strings, category)[0],
            None => &strings.relations_only,
        };
        // The few that break things are open at once.
        let is_open = !matches!(category, Some(Category::Minor | Category::Patches) | None);
        let open = if is_open { " open" } else { "" };
        let _ = write!(
            html,
            "<details class=\"changes\"{open}><summary>{} <small>{}</small></summary>\n<ul>\n",
            html_of(title),
            entries.len()
        );
        for entry in entries {
            item(strings, entry, address, &mut html);
        }
        html.push_str("</ul></details>\n");
    }
    html
}

fn item(strings: &Strings, entry: &Entry, address: Address, html: &mut String) {
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
    details(strings, entry, html);
    html.push('\n');
}

fn details(strings: &Strings, entry: &Entry, html: &mut String) {
    let details = &entry.details;
    let mut rows = String::new();
    for (label, change) in [("id", entry.renumbered()), ("name", details.name.as_ref())] {
        if let Some(change) = change {
            row(strings, label, &mut rows);
            mark("del", &change.from, &mut rows);
            rows.push(' ');
            mark("ins", &change.to, &mut rows);
        }
    }
    for (field, change) in &details.lists {
        row(strings, field, &mut rows);
        marks(&change.added, &change.dropped, Clone::clone, &mut rows);
    }
    for (kind, change) in &details.relations {
        row(strings, kind, &mut rows);
        marks(&change.added, &change.dropped, Named::label, &mut rows);
    }
    for (label, stretches) in [
        ("description", &details.description),
        ("detection", &details.detection),
    ] {
        if !stretches.is_empty() {
            row(strings, label, &mut rows);
            text(stretches, &mut rows);
        }
    }
    if !rows.is_empty() {
        html.push_str("<details><summary>");
        escape(&summary(strings, entry), html);
        html.push_str("</summary><dl>");
        html.push_str(&rows);
        html.push_str("</dl></details>");
    }
}

/// What changed inside an object, in a few words.
fn summary(strings: &Strings, entry: &Entry) -> String {
    let status = |status: &str| match status {
        "revoked" => strings.revoked.clone(),
        "deprecated" => strings.deprecated.clone(),
        _ => strings.live.clone(),
    };
    let parts = parts(entry);
    let words = parts.iter().map(|part| match part {
        Part::Now(label) => fill(&strings.now, &[("what", label)]),
        Part::Was(id) => fill(&strings.was, &[("what", id)]),
        Part::WasCalled(name) => fill(&strings.was_called, &[("what", name)]),
        Part::Status(change) => before(strings, &status(&change.to), &status(&change.from)),
        Part::Field(field, change) => field_name(strings, field).to_owned() + change,
    });
    words.collect::<Vec<_>>().join("; ")
}

fn row(strings: &Strings, field: &str, html: &mut String) {
    html.push_str("<dt>");
    escape(field_name(strings, field), html);
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
    for stretch in excerpt(stretches) {
        match stretch.fate {
            Fate::Kept => escape(&stretch.text, html),
            Fate::Added => mark("ins", &stretch.text, html),
            Fate::Dropped => mark("del", &stretch.text, html),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_findings_say_the_same_in_english() {
        for &sentence in Sentence::ALL {
            assert_eq!(text_of(Strings::english(), sentence), sentence.english());
        }
    }
}
