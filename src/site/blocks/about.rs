//! What a technique is, and what it needs.

use crate::attack::ObjectIx;
use crate::markdown::Doc;
use crate::site::blocks::of_table;
use crate::site::context::PageContext;
use crate::site::pages::lists::{Files, column};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::Section;

/// The technique's description, where the data has texts.
pub(super) fn description(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let doc = context.sources.texts.object(ix);
    if doc.is_empty() {
        return None;
    }
    let html = format!("<div class=\"prose\">{}</div>\n", context.blocks(doc));
    Some(Section {
        html,
        ..Section::default()
    })
}

/// Platforms, and what older releases say of permissions and systems.
pub(super) fn prerequisites(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    let sources = context.sources;
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
    let mut table = TableBuilder::new(context, "prerequisites", caption, "kv", &columns);
    for (label, value) in rows {
        if !value.is_empty() {
            let cells = [Cell::Plain(label.clone()), Cell::Plain(value)];
            table.row(context, &cells);
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
        table.row(context, &[label, Cell::Texts(needs.iter().collect())]);
    }
    of_table(String::new(), table.finish(&mut Files::new()))
}
