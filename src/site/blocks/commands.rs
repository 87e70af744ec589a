//! The commands that procedure texts quote: what was run, by whom, and who says so.

use std::collections::BTreeMap;

use crate::attack::commands::{has_arguments, is_command};
use crate::attack::{EdgeKind, ObjectIx, RefIx};
use crate::markdown::Doc;
use crate::markdown::doc::Event;
use crate::site::blocks::of_table;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::lists::{Files, column};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::Section;

/// Who ran a command, each with the sources that say so.
type Users = BTreeMap<ObjectIx, Vec<RefIx>>;

/// Whole commands first, then programs that are only named.
type Commands<'k> = BTreeMap<(bool, &'k str), Users>;

pub(super) fn commands(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let columns = [column(|s| &s.command), column(|s| &s.run_by)];
    let caption = &context.sources.strings.commands_quoted;
    let mut table = TableBuilder::new(context, "commands", caption, "cmd", &columns);
    for ((_, command), users) in of_technique(context.sources, ix) {
        let users = users.into_iter().collect();
        let cells = [Cell::Code(command.to_owned()), Cell::Cited(users)];
        table.row(context, &cells);
    }
    of_table(String::new(), table.finish(&mut Files::new()))
}

fn of_technique(sources: Sources<'_>, technique: ObjectIx) -> Commands<'_> {
    let mut found = Commands::new();
    let edges = sources.knowledge.incoming(technique, EdgeKind::Uses);
    for edge in edges {
        let user = sources.knowledge.edge(edge).source;
        for (command, cited) in of_text(sources.texts.edge(edge)) {
            let users = found.entry((!has_arguments(command), command)).or_default();
            let known = users.entry(user).or_default();
            for source in cited {
                if !known.contains(&source) {
                    known.push(source);
                }
            }
        }
    }
    found
}

/// The commands of a text, as written, each with the citations that follow it first.
fn of_text(doc: &Doc) -> impl Iterator<Item = (&str, Vec<RefIx>)> {
    doc.events().iter().enumerate().filter_map(|(at, event)| {
        let Event::Code(span) = event else {
            return None;
        };
        let text = doc.text(*span).trim();
        is_command(text).then(|| (text, next_citations(&doc.events()[at..])))
    })
}

fn next_citations(events: &[Event]) -> Vec<RefIx> {
    let source = |event: &Event| match event {
        Event::Cite(source) => Some(*source),
        _ => None,
    };
    let after = events.iter().skip_while(|event| source(event).is_none());
    after.map_while(source).collect()
}
