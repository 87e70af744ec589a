//! Blocks as parts of pages.

use std::fmt::Write as _;

use crate::markdown::escape;
use crate::site::blocks::{Block, Part};
use crate::site::context::PageContext;
use crate::site::pages::lists::Files;
use crate::site::pages::{detection, related, third_party};
use crate::site::strings::fill_html;
use crate::site::view::Section;

/// Writes a block for a page. Its tables' CSV files are added to `files`.
pub fn section(context: &mut PageContext, block: Block, files: &mut Files) -> Section {
    let mut section = Section {
        id: block.id.to_owned(),
        title: block.title.to_owned(),
        count: block.count,
        by_others: block.by_others,
        ..Section::default()
    };
    for part in block.parts {
        let html = &mut section.html;
        match part {
            Part::Prose(doc) => {
                // Writing to a string cannot fail.
                let _ = writeln!(html, "<div class=\"prose\">{}</div>", context.blocks(&doc));
            }
            Part::Lead(doc) => html.push_str(&context.blocks(&doc)),
            Part::Say(text) => {
                html.push_str("<p class=\"say\">");
                escape(&text, html);
                html.push_str("</p>\n");
            }
            Part::Rest {
                of,
                place,
                shown,
                all,
            } => {
                let strings = context.sources.strings;
                let id = context.sources.knowledge.object(of).id();
                let _ = writeln!(
                    html,
                    "<p class=\"say\">{} <a href=\"{}#{place}\">{}</a></p>",
                    fill_html(&strings.first_of_all, &[("shown", &shown), ("all", &all)]),
                    context.href(of),
                    fill_html(&strings.more_on_page, &[("n", &(all - shown)), ("id", &id)]),
                );
            }
            Part::Related(near) => html.push_str(&related::overview(context, near)),
            Part::Entries(entries) => third_party::write(context, &entries, &mut section),
            Part::Strategies(strategies) => {
                let views = strategies
                    .into_iter()
                    .map(|ix| detection::of_strategy(context, ix, false));
                section.strategies = views.collect();
            }
            Part::Table(rows) => section.tables.extend(rows.write(context, files)),
        }
    }
    section
}
