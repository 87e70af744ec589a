//! Bars by tactic: drawn when the site is built, with their numbers behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::attack::{EdgeKind, Kind, Knowledge, ObjectIx};
use crate::markdown::escape;
use crate::site::context::PageContext;
use crate::site::strings::{Strings, html};

/// A chart of fewer techniques says less than their list.
const ENOUGH: usize = 5;
/// Where bars start and how far they reach, in percent of the width.
const START: f64 = 40.0;
const REACH: f64 = 45.0;
/// Height of a row, in tenths of the letters' size.
const ROW: usize = 17;

/// A row of a chart.
pub(super) struct Bar {
    /// What is counted.
    pub(super) label: String,
    /// Its page.
    pub(super) href: Option<String>,
    /// How many of each class, from the left.
    pub(super) parts: Vec<(&'static str, usize)>,
    /// The number at the end.
    pub(super) number: String,
}

impl Bar {
    /// A bar of one part.
    fn plain(label: &str, href: Option<String>, count: usize) -> Bar {
        Bar {
            label: label.to_owned(),
            href,
            parts: vec![("", count)],
            number: count.to_string(),
        }
    }
}

/// How the techniques that a piece of software uses spread over the platforms that it runs on; each
/// counts under every platform that it works on. Empty where there is nothing to compare.
pub(super) fn by_platform(
    context: &PageContext,
    software: ObjectIx,
    techniques: &BTreeSet<ObjectIx>,
) -> String {
    let knowledge = context.sources.knowledge;
    let works_on = |technique: ObjectIx, platform: &str| {
        let mut platforms = knowledge.object(technique).platforms();
        platforms.any(|own| own == platform)
    };
    let counts = knowledge.object(software).platforms().map(|platform| {
        let working = techniques.iter().filter(|&&ix| works_on(ix, platform));
        (platform, working.count())
    });
    let bars: Vec<Bar> = counts
        .filter(|&(_, count)| count > 0)
        .map(|(platform, count)| Bar::plain(platform, None, count))
        .collect();
    if bars.len() < 2 {
        return String::new();
    }
    let strings = context.sources.strings;
    let heads = (&*strings.techniques_by_platform, &*strings.platform);
    figure(strings, heads, techniques.len(), &bars)
}

/// How the techniques spread over the tactics; each counts under every tactic that it serves.
/// Empty where there are too few.
pub(super) fn by_tactic(context: &PageContext, techniques: &BTreeSet<ObjectIx>) -> String {
    if techniques.len() < ENOUGH {
        return String::new();
    }
    let knowledge = context.sources.knowledge;
    let mut counts: BTreeMap<ObjectIx, usize> = BTreeMap::new();
    for &technique in techniques {
        for tactic in knowledge.targets(technique, EdgeKind::InTactic) {
            *counts.entry(tactic).or_default() += 1;
        }
    }
    let order = order(knowledge);
    let place = |ix: ObjectIx| order.get(&ix).copied().unwrap_or(usize::MAX);
    let mut counts: Vec<(ObjectIx, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(tactic, _)| place(tactic));
    let bars: Vec<Bar> = counts
        .iter()
        .map(|&(tactic, count)| {
            let name = knowledge.object(tactic).name();
            Bar::plain(name, Some(context.href(tactic)), count)
        })
        .collect();
    if bars.is_empty() {
        return String::new();
    }
    let strings = context.sources.strings;
    let heads = (&*strings.techniques_by_tactic, &*strings.tactic);
    figure(strings, heads, techniques.len(), &bars)
}

/// A chart of so many techniques with its numbers: its title, and what the bars are.
fn figure(strings: &Strings, (title, head): (&str, &str), of: usize, bars: &[Bar]) -> String {
    let counts = bars.iter().flat_map(|bar| &bar.parts);
    let most = counts.map(|&(_, count)| count).max().unwrap_or_default();
    format!(
        "<figure class=\"co bars\"><figcaption><b>{}</b> ({of})</figcaption>{}{}</figure>",
        html(title),
        svg(bars, most),
        table(strings, head, bars)
    )
}

/// Tactics in the order of the matrices.
pub(super) fn order(knowledge: &Knowledge) -> BTreeMap<ObjectIx, usize> {
    let matrices = knowledge.live(Kind::Matrix);
    let tactics = matrices.flat_map(|(_, matrix)| &matrix.stix.tactic_refs);
    let tactics = tactics.filter_map(|id| knowledge.by_stix_id(id));
    let mut order = BTreeMap::new();
    for (place, tactic) in tactics.enumerate() {
        order.entry(tactic).or_insert(place);
    }
    order
}

/// The bars, the longest of them `most` long. Lengths are shares of the width and of the
/// letters' size, so the chart fits any page.
pub(super) fn svg(bars: &[Bar], most: usize) -> String {
    let mut svg = format!(
        "<svg width=\"100%\" height=\"{}em\">",
        tenths(bars.len() * ROW)
    );
    for (i, bar) in bars.iter().enumerate() {
        let (text, top) = (tenths(i * ROW + 12), tenths(i * ROW + 5));
        if let Some(href) = &bar.href {
            svg.push_str("<a href=\"");
            escape(href, &mut svg);
            svg.push_str("\">");
        }
        // Writing to a string cannot fail.
        let _ = write!(svg, "<text y=\"{text}em\">");
        escape(&bar.label, &mut svg);
        svg.push_str("</text>");
        if bar.href.is_some() {
            svg.push_str("</a>");
        }
        let mut before = 0;
        for &(class, count) in bar.parts.iter().filter(|(_, count)| *count > 0) {
            let (x, width) = (length(before, most), length(count, most));
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{:.1}%\" y=\"{top}em\" width=\"{width:.1}%\" height=\".8em\"/>",
                START + x
            );
            before += count;
        }
        let _ = write!(svg, "<text class=\"n\" x=\"100%\" y=\"{text}em\">");
        escape(&bar.number, &mut svg);
        svg.push_str("</text>");
    }
    svg + "</svg>"
}

/// The numbers of a chart.
fn table(strings: &Strings, head: &str, bars: &[Bar]) -> String {
    let mut out = format!(
        "<details><summary>{}</summary><table class=\"num\"><thead><tr><th scope=\"col\">{}<th scope=\"col\">{}</thead><tbody>",
        html(&strings.table),
        html(head),
        html(&strings.techniques),
    );
    for bar in bars {
        out.push_str("<tr><td>");
        escape(&bar.label, &mut out);
        out.push_str("<td>");
        escape(&bar.number, &mut out);
    }
    out + "</tbody></table></details>"
}

/// A count as percent of the width.
#[expect(
    clippy::cast_precision_loss,
    reason = "techniques are counted in hundreds"
)]
fn length(count: usize, most: usize) -> f64 {
    REACH * count as f64 / most.max(1) as f64
}

fn tenths(length: usize) -> String {
    format!("{}.{}", length / 10, length % 10)
}
