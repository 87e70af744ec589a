//! What belongs to a technique: groups by reason, a chart of what its users use too, and the
//! best of all in one table.

use std::fmt::{Display, Write as _};

use crate::attack::ObjectIx;
use crate::attack::related::{CoUse, Fused, Neighbourhood, Reason, Users};
use crate::markdown::escape;
use crate::site::blocks::{Block, Part};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::lists::{ID, NAME, USES, column, name_cell};
use crate::site::strings::{Strings, counted, fill, fill_html, html};
use crate::site::table::{Cell, Rows};

/// Rows of the table.
const BEST: usize = 10;
/// Entries of a group, and rows of the chart.
const FEW: usize = 8;
/// A share of fewer sources says little, and a chart of it less.
const ENOUGH: usize = 5;
/// Longest label in the chart: as much as a phone has room for.
const LABEL: usize = 44;

/// The block of a technique; none where nothing is known to belong to it.
pub fn of_technique(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let near = sources.related.of(ix)?;
    let block = Block::of_table(Some(Part::Related(near)), table(sources, near))?;
    Some(Block {
        id: "related",
        title: &sources.strings.related_techniques,
        ..block
    })
}

fn table<'k>(sources: Sources<'k>, near: &Neighbourhood) -> Rows<'k> {
    let strings = sources.strings;
    let columns = [ID, NAME, column(|s| &s.why)];
    let mut table = Rows::new("related", &strings.related_techniques, USES, &columns);
    // The page's JSON has this list, and more of it.
    table.has_csv = false;
    for fused in near.fused.iter().take(BEST) {
        let technique = fused.technique;
        let name = name_cell(sources.knowledge, technique);
        let why = Cell::Plain(why(strings, fused, near.users));
        table.push([Cell::Id(technique), name, why]);
    }
    table
}

/// `same family · 62 of 83 sources (38 groups, …) · similar text`
fn why(strings: &Strings, fused: &Fused, users: Users) -> String {
    let words = fused.reasons.iter().map(|reason| match reason {
        Reason::Family => strings.why_same_family.clone(),
        Reason::Linked => strings.why_linked.clone(),
        Reason::SeenTogether => {
            let both = fused.both.unwrap_or_default();
            let values: [(&str, &dyn Display); 3] = [
                ("n", &both.total()),
                ("sources", &sources(strings, users.total())),
                ("users", &kinds(strings, both)),
            ];
            fill(&strings.why_seen_together, &values)
        }
        Reason::Similar => strings.why_similar.clone(),
    });
    words.collect::<Vec<_>>().join(" · ")
}

/// Members by reason, and a chart where there is enough to draw.
pub(crate) fn overview(context: &PageContext, near: &Neighbourhood) -> String {
    let has_chart = near.users.total() >= ENOUGH && !near.together.is_empty();
    // The chart takes the place of the list.
    let listed = if has_chart { &[] } else { &near.together[..] };
    let together: Vec<ObjectIx> = listed.iter().map(|co_use| co_use.technique).collect();
    let strings = context.sources.strings;
    let seen = fill(
        &strings.seen_together,
        &[("users", &kinds(strings, near.users))],
    );
    let similar = &near.similar[..near.similar.len().min(FEW)];
    let mut groups = String::new();
    for (label, members) in [
        (&strings.same_family, &near.family[..]),
        (&strings.linked_in_text, &near.linked),
        (&seen, &together[..together.len().min(FEW)]),
        (&strings.similar, similar),
    ] {
        write_group(context, label, members, &mut groups);
    }
    if !groups.is_empty() {
        groups = format!("<dl class=\"card\">{groups}</dl>");
    }
    if !has_chart {
        return groups;
    }
    let chart = chart(context, near.users, &near.together);
    format!("<div class=\"two\">{chart}{groups}</div>")
}

fn write_group(context: &PageContext, label: &str, members: &[ObjectIx], out: &mut String) {
    if members.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = write!(out, "<div><dt>{}<dd>", html(label));
    for (i, &member) in members.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        context.write_name(member, out);
    }
    out.push_str("</div>");
}

/// For each technique a bar, as long as the share of the sources that use it too, and a mark
/// where the bar would end by chance. Lengths are shares of the width and of the letters' size,
/// so the chart fits any page and its letters stay as large as those around it.
fn chart(context: &PageContext, users: Users, together: &[CoUse]) -> String {
    let rows = &together[..together.len().min(FEW)];
    let strings = context.sources.strings;
    let values: [(&str, &dyn Display); 2] = [
        ("users", &html(&kinds(strings, users))),
        ("sources", &html(&sources(strings, users.total()))),
    ];
    let mut html = format!(
        "<figure class=\"co\"><figcaption><b>{}</b> {}</figcaption>\
         <svg width=\"100%\" height=\"{}em\">",
        html(&strings.often_seen_together),
        fill_html(&strings.chart_about, &values),
        tenths(rows.len() * 24),
    );
    for (i, co_use) in rows.iter().enumerate() {
        let top = i * 24;
        let (label, bar, mark) = (tenths(top + 10), tenths(top + 15), tenths(top + 13));
        html.push_str("<a href=\"");
        escape(&context.href(co_use.technique), &mut html);
        let _ = write!(html, "\"><text y=\"{label}em\">");
        let name = context.sources.knowledge.object(co_use.technique).name();
        escape(&short(name), &mut html);
        let both = co_use.both.total();
        let _ = write!(
            html,
            "</text></a><text x=\"100%\" y=\"{label}em\">{both}</text>\
             <rect class=\"all\" y=\"{bar}em\" width=\"100%\" height=\".4em\"/>\
             <rect y=\"{bar}em\" width=\"{:.1}%\" height=\".4em\"/>\
             <rect class=\"mark\" x=\"{:.1}%\" y=\"{mark}em\" width=\"2\" height=\".8em\"/>",
            percent(number(both), users),
            percent(co_use.by_chance, users),
        );
    }
    html.push_str("</svg></figure>");
    html
}

fn short(name: &str) -> String {
    if name.chars().count() <= LABEL {
        return name.to_owned();
    }
    let start: String = name.chars().take(LABEL - 1).collect();
    format!("{}…", start.trim_end())
}

fn percent(part: f64, users: Users) -> f64 {
    100.0 * part / number(users.total())
}

fn tenths(length: usize) -> String {
    format!("{}.{}", length / 10, length % 10)
}

fn sources(strings: &Strings, count: usize) -> String {
    counted(count, &strings.sources_one, &strings.sources_other)
}

/// `47 groups, 8 campaigns, 28 software`, without what there is none of.
fn kinds(strings: &Strings, users: Users) -> String {
    let parts = [
        (users.groups, &strings.groups_one, &strings.groups_other),
        (
            users.campaigns,
            &strings.campaigns_one,
            &strings.campaigns_other,
        ),
        (
            users.software,
            &strings.software_other,
            &strings.software_other,
        ),
    ];
    let some = parts.into_iter().filter(|(count, ..)| *count > 0);
    let words = some.map(|(count, one, other)| counted(count, one, other));
    words.collect::<Vec<_>>().join(", ")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a release has about a thousand sources"
)]
fn number(count: usize) -> f64 {
    count as f64
}
