//! What a technique is, and what it needs.

use std::borrow::Cow;

use crate::attack::ObjectIx;
use crate::markdown::Doc;
use crate::site::blocks::{Block, Part};
use crate::site::context::Sources;
use crate::site::pages::lists::column;
use crate::site::table::{Cell, Rows};

/// The technique's description, where the data has texts.
pub(super) fn description(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let doc = sources.texts.object(ix);
    if doc.is_empty() {
        return None;
    }
    Some(Block {
        parts: vec![Part::Prose(Cow::Borrowed(doc))],
        ..Block::default()
    })
}

/// Platforms, and what older releases say of permissions and systems.
pub(super) fn prerequisites(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    let object = sources.knowledge.object(ix);
    let stix = object.stix;
    let list = |values: &[crate::attack::stix::S]| {
        let values: Vec<&str> = values.iter().map(|value| value.trim()).collect();
        values.join(", ")
    };
    let strings = sources.strings;
    let yes = |flag: bool| if flag { &*strings.is_needed } else { "" }.to_owned();
    let platforms: Vec<&str> = object.platforms().collect();
    let rows = [
        (&strings.platforms, platforms.join(", ")),
        (
            &strings.permissions_required,
            list(&stix.x_mitre_permissions_required),
        ),
        (
            &strings.effective_permissions,
            list(&stix.x_mitre_effective_permissions),
        ),
        (&strings.remote_support, yes(stix.x_mitre_remote_support)),
        (
            &strings.network_needed,
            yes(stix.x_mitre_network_requirements),
        ),
    ];
    let columns = [column(|s| &s.prerequisite), column(|s| &s.as_published)];
    let caption = &strings.section_prerequisites;
    let mut table = Rows::new("prerequisites", caption, "kv", &columns);
    for (label, value) in rows {
        if !value.is_empty() {
            table.push([Cell::Plain(label.clone()), Cell::Plain(value)]);
        }
    }
    let needs: Vec<Doc> = stix
        .x_mitre_system_requirements
        .iter()
        .map(|text| sources.texts.of_field(ix, text))
        .filter(|doc| !doc.is_empty())
        .collect();
    if !needs.is_empty() {
        let label = Cell::Plain(strings.system_requirements.clone());
        table.push([label, Cell::Fields(needs)]);
    }
    Block::of_table(None, table)
}
