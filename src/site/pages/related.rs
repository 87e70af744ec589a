//! What belongs to a technique: groups by reason, a chart of what its users use too, and the
//! best of all in one table.

use std::fmt::Write as _;

use crate::attack::ObjectIx;
use crate::attack::related::{CoUse, Fused, Neighbourhood, Reason, Users};
use crate::markdown::escape;
use crate::site::context::PageContext;
use crate::site::pages::lists::{Files, ID, NAME, USES, column, name_cell};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::{Section, Table};

/// Rows of the table.
const BEST: usize = 10;
/// Entries of a group, and rows of the chart.
const FEW: usize = 8;
/// A share of fewer sources says little, and a chart of it less.
const ENOUGH: usize = 5;
/// Longest label in the chart: as much as a phone has room for.
const LABEL: usize = 44;

/// The section of a technique; none where nothing is known to belong to it.
pub fn of_technique(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let near = context.sources.related.of(ix)?;
    let table = table(context, near)?;
    Some(Section {
        id: "related".to_owned(),
        title: "Related techniques".to_owned(),
        html: overview(context, near),
        tables: vec![table],
        ..Section::default()
    })
}

fn table(context: &mut PageContext, near: &Neighbourhood) -> Option<Table> {
    let columns = [ID, NAME, column("Why")];
    let mut table = TableBuilder::new(context, "related", "Related techniques", USES, &columns);
    for fused in near.fused.iter().take(BEST) {
        let technique = fused.technique;
        let name = name_cell(context.sources.knowledge, technique);
        let why = Cell::Plain(why(fused, near.users));
        table.row(context, &[Cell::Id(technique), name, why]);
    }
    let table = table.finish(&mut Files::new())?;
    // The page's JSON has this list, and more of it.
    Some(Table { csv: None, ..table })
}

/// `same family · 62 of 83 sources (38 groups, …) · similar text`
fn why(fused: &Fused, users: Users) -> String {
    let words = fused.reasons.iter().map(|reason| match reason {
        Reason::Family => "same family".to_owned(),
        Reason::Linked => "linked in text".to_owned(),
        Reason::SeenTogether => {
            let both = fused.both.unwrap_or_default();
            format!(
                "{} of {} ({})",
                both.total(),
                sources(users.total()),
                kinds(both)
            )
        }
        Reason::Similar => "similar text".to_owned(),
    });
    words.collect::<Vec<_>>().join(" · ")
}

fn overview(context: &PageContext, near: &Neighbourhood) -> String {
    let has_chart = near.users.total() >= ENOUGH && !near.together.is_empty();
    // The chart takes the place of the list.
    let listed = if has_chart { &[] } else { &near.together[..] };
    let together: Vec<ObjectIx> = listed.iter().map(|co_use| co_use.technique).collect();
    let seen = format!("Seen together ({})", kinds(near.users));
    let similar = &near.similar[..near.similar.len().min(FEW)];
    let mut groups = String::new();
    for (label, members) in [
        ("Same family", &near.family[..]),
        ("Linked in text", &near.linked),
        (&seen, &together[..together.len().min(FEW)]),
        ("Similar", similar),
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
    let _ = write!(out, "<div><dt>{label}<dd>");
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
    let mut html = format!(
        "<figure class=\"co\"><figcaption><b>Often seen together</b> ({}). Bars: how many of the \
         {} use this too. Marks: how many would by chance.</figcaption>\
         <svg width=\"100%\" height=\"{}em\">",
        kinds(users),
        sources(users.total()),
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

fn sources(count: usize) -> String {
    format!("{count} source{}", plural(count))
}

/// `47 groups, 8 campaigns, 28 software`, without what there is none of.
fn kinds(users: Users) -> String {
    let parts = [
        (users.groups, "group", plural(users.groups)),
        (users.campaigns, "campaign", plural(users.campaigns)),
        (users.software, "software", ""),
    ];
    let some = parts.iter().filter(|(count, ..)| *count > 0);
    let words = some.map(|(count, word, plural)| format!("{count} {word}{plural}"));
    words.collect::<Vec<_>>().join(", ")
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a release has about a thousand sources"
)]
fn number(count: usize) -> f64 {
    count as f64
}
