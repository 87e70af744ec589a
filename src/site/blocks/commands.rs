//! The commands that procedure texts quote: what was run, by whom, and who says so.

use std::collections::BTreeMap;

use crate::attack::commands::{has_arguments, is_command};
use crate::attack::{EdgeKind, ObjectIx, RefIx};
use crate::markdown::Doc;
use crate::markdown::doc::Event;
use crate::site::blocks::users::used;
use crate::site::blocks::{Block, Part};
use crate::site::context::Sources;
use crate::site::pages::lists::column;
use crate::site::table::{Cell, Rows};

/// Who ran a command, each with the sources that say so.
type Users = BTreeMap<ObjectIx, Vec<RefIx>>;

/// Whole commands first, then programs that are only named.
type Commands<'k> = BTreeMap<(bool, &'k str), Users>;

pub(super) fn commands(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let columns = [column(|s| &s.command), column(|s| &s.run_by)];
    let caption = &sources.strings.commands_quoted;
    let mut table = Rows::new("commands", caption, "cmd", &columns);
    for ((_, command), users) in quoted(sources, ix) {
        let users = users.into_iter().collect();
        table.push([Cell::Code(command.to_owned()), Cell::Cited(users)]);
    }
    let says = Part::Say(sources.strings.commands_say.clone());
    Block::of_table(Some(says), table)
}

fn quoted(sources: Sources<'_>, ix: ObjectIx) -> Commands<'_> {
    let mut found = Commands::new();
    let as_user = used(sources, ix).into_values().flatten();
    for edge in sources
        .knowledge
        .incoming(ix, EdgeKind::Uses)
        .chain(as_user)
    {
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
