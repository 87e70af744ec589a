//! What changed inside an object, in a few words.

use super::{Entry, is_stix};

/// Such as `name; platforms +ESXi −Linux; mitigations +2; description`; empty where nothing but
/// the version or date is another.
pub fn summary(entry: &Entry) -> String {
    let details = &entry.details;
    let mut parts = Vec::new();
    if let Some(by) = &entry.successor {
        parts.push(format!("now {}", by.label()));
    }
    if let Some(id) = entry.renumbered() {
        parts.push(format!("was {}", id.from));
    }
    if let Some(name) = &details.name {
        parts.push(format!("was called {}", name.from));
    }
    if let Some(status) = details.status.as_ref().filter(|_| entry.category.is_none()) {
        parts.push(format!("{}, was {}", status.to, status.from));
    }
    for (field, change) in &details.lists {
        parts.push(counted(field, &change.added, &change.dropped, Clone::clone));
    }
    for (kind, change) in &details.relations {
        parts.push(counted(kind, &change.added, &change.dropped, |named| {
            let word = if is_stix(&named.id) {
                &named.name
            } else {
                &named.id
            };
            word.clone()
        }));
    }
    if !details.description.is_empty() {
        parts.push("description".to_owned());
    }
    if !details.detection.is_empty() {
        parts.push("detection".to_owned());
    }
    parts.join("; ")
}

/// The most that a list may gain or lose and still be told by name.
const FEW: usize = 3;

fn counted<T>(field: &str, added: &[T], dropped: &[T], word: impl Fn(&T) -> String) -> String {
    let mut text = field.replace('_', " ");
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
