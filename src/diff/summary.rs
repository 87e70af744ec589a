//! What changed inside an object, in a few words.

use super::{Change, Entry, is_stix};

/// Such as `name; platforms +ESXi −Linux; mitigations +2; description`; empty where nothing but
/// the version or date is another.
pub fn summary(entry: &Entry) -> String {
    let words: Vec<String> = parts(entry).iter().map(Part::english).collect();
    words.join("; ")
}

/// A part of a summary, for those who tell it in another language.
pub enum Part<'e> {
    /// What stands in its place.
    Now(String),
    /// Its ID was another.
    Was(&'e str),
    /// Its name was another.
    WasCalled(&'e str),
    /// It is `live`, `deprecated` or `revoked`, and was another of them.
    Status(&'e Change),
    /// What a list gained and lost, as ` +ESXi −Linux`, or that a text is another.
    Field(&'static str, String),
}

impl Part<'_> {
    fn english(&self) -> String {
        match self {
            Part::Now(label) => format!("now {label}"),
            Part::Was(id) => format!("was {id}"),
            Part::WasCalled(name) => format!("was called {name}"),
            Part::Status(status) => format!("{}, was {}", status.to, status.from),
            Part::Field(field, change) => field.replace('_', " ") + change,
        }
    }
}

/// The parts of a summary.
pub fn parts(entry: &Entry) -> Vec<Part<'_>> {
    let details = &entry.details;
    let mut parts = Vec::new();
    parts.extend(entry.successor.as_ref().map(|by| Part::Now(by.label())));
    parts.extend(entry.renumbered().map(|id| Part::Was(&id.from)));
    parts.extend(
        details
            .name
            .as_ref()
            .map(|name| Part::WasCalled(&name.from)),
    );
    let status = details.status.as_ref();
    parts.extend(
        status
            .filter(|_| entry.category.is_none())
            .map(Part::Status),
    );
    for (field, change) in &details.lists {
        let counts = counted(&change.added, &change.dropped, Clone::clone);
        parts.push(Part::Field(field, counts));
    }
    for (kind, change) in &details.relations {
        let counts = counted(&change.added, &change.dropped, |named| {
            let word = if is_stix(&named.id) {
                &named.name
            } else {
                &named.id
            };
            word.clone()
        });
        parts.push(Part::Field(kind, counts));
    }
    for (field, text) in [
        ("description", &details.description),
        ("detection", &details.detection),
    ] {
        if !text.is_empty() {
            parts.push(Part::Field(field, String::new()));
        }
    }
    parts
}

/// The most that a list may gain or lose and still be told by name.
const FEW: usize = 3;

fn counted<T>(added: &[T], dropped: &[T], word: impl Fn(&T) -> String) -> String {
    let mut text = String::new();
    for (sign, items) in [('+', added), ('−', dropped)] {
        match items {
            [] => {}
            few if few.len() <= FEW => {
                let words: Vec<String> = few.iter().map(|i| format!("{sign}{}", word(i))).collect();
                text.push(' ');
                text.push_str(&words.join(", "));
            }
            many => {
                text.push(' ');
                text.push(sign);
                text.push_str(&many.len().to_string());
            }
        }
    }
    text
}
