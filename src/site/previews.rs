//! What a link leads to, in a line: a script for each kind of page, loaded when a reader first
//! rests on a link to one.

use crate::attack::{EdgeKind, Kind, ObjectIx};
use crate::markdown::plain;
use crate::playbook::Playbook;
use crate::site::context::Sources;
use crate::site::pages::lists::Files;
use crate::site::pages::{facts, home, object, playbook};
use crate::site::strings::Strings;

/// Where they lie.
pub(super) const FOLDER: &str = "previews/";

/// A page: its address within the folder of its kind, then what the preview says.
type Preview = (String, [String; 4]);

/// The scripts, one for each folder that the navigation names.
pub(super) fn scripts(sources: Sources) -> Files {
    let kinds = home::listed_kinds().filter(|&kind| sources.knowledge.live(kind).next().is_some());
    let mut files: Files = kinds
        .map(|kind| {
            let live = sources.knowledge.live(kind);
            let previews = live.map(|(ix, _)| of_object(sources, ix)).collect();
            script(kind.folder(), previews)
        })
        .collect();
    let playbooks = sources.playbooks.iter();
    let playbooks = playbooks.map(|p| of_playbook(sources.strings, p)).collect();
    files.push(script("playbooks", playbooks));
    files
}

fn script(folder: &str, previews: Vec<Preview>) -> (String, Vec<u8>) {
    let entries: serde_json::Map<String, serde_json::Value> = previews
        .into_iter()
        .map(|(place, lines)| (place, lines.to_vec().into()))
        .collect();
    let text = format!(
        "ttpressPreviews(\"{folder}\",{});\n",
        serde_json::Value::Object(entries)
    );
    (format!("{FOLDER}{folder}.js"), text.into_bytes())
}

fn of_object(sources: Sources, ix: ObjectIx) -> Preview {
    let knowledge = sources.knowledge;
    let object = knowledge.object(ix);
    let own = sources.routes.folder(ix).trim_end_matches('/');
    let (_, place) = own.split_once('/').unwrap_or(("", own));
    let is_sub = knowledge
        .targets(ix, EdgeKind::SubtechniqueOf)
        .next()
        .is_some();
    let lines = [
        object.id().to_owned(),
        facts::type_label(sources.strings, object, is_sub).to_owned(),
        object.name().to_owned(),
        about(sources, ix),
    ];
    (place.to_owned(), lines)
}

/// The first sentence of the description; without one, where the object belongs.
fn about(sources: Sources, ix: ObjectIx) -> String {
    let knowledge = sources.knowledge;
    let object = knowledge.object(ix);
    let sentence = object::first_sentence(&plain(sources.texts.object(ix)));
    if !sentence.is_empty() {
        return sentence;
    }
    let edge = match object.kind {
        Kind::DetectionStrategy => EdgeKind::Detects,
        Kind::DataComponent => EdgeKind::PartOf,
        _ => EdgeKind::InTactic,
    };
    let near = knowledge.targets(ix, edge);
    let near: Vec<&str> = near.map(|ix| knowledge.object(ix).name()).collect();
    let platforms: Vec<&str> = object.platforms().collect();
    let parts = [near.join(", "), platforms.join(", ")];
    let known: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    known.join(" · ")
}

fn of_playbook(strings: &Strings, playbook: &Playbook) -> Preview {
    let front = &playbook.front;
    let known = [
        Some(playbook::status_word(strings, front.status).to_owned()),
        front
            .severity
            .map(|severity| playbook::severity_word(strings, severity).to_owned()),
        front.reviewed.clone(),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    let lines = [
        playbook.techniques().collect::<Vec<_>>().join(", "),
        strings.playbook.clone(),
        front.title.clone(),
        known.join(" · "),
    ];
    (playbook.slug.clone(), lines)
}
