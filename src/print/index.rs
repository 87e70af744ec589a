//! What the back of a binder lists, and how it gets there: where a text names an event or a tool,
//! it carries a mark, and the template looks up the pages of the marks.

use std::collections::BTreeSet;

use super::code::Code;

/// An entry of the index, in the order of its kind: techniques, event IDs by number, tools.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    /// ID and name.
    Technique(String, String),
    /// ID and log.
    Event(u32, String),
    /// Name and ID.
    Tool(String, String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Technique,
    Event,
    Tool,
}

impl Entry {
    fn kind(&self) -> Kind {
        match self {
            Entry::Technique(..) => Kind::Technique,
            Entry::Event(..) => Kind::Event,
            Entry::Tool(..) => Kind::Tool,
        }
    }

    /// An event of a log, as the index calls it: publishers write the same log in several ways.
    fn event(id: u32, log: &str) -> Entry {
        let log = log.split(" (").next().unwrap_or_default().trim();
        let log = log.strip_prefix("Microsoft-Windows-").unwrap_or(log);
        let log = log.strip_suffix("/Operational").unwrap_or(log);
        Entry::Event(id, log.to_owned())
    }

    /// The events that a row of a table names: `400 / 403` of one log, `7045, 4697` of `System,
    /// Security`.
    pub(super) fn events(ids: &str, logs: &str) -> Vec<Entry> {
        let ids: Vec<u32> = ids.split([',', '/', ';']).filter_map(leading).collect();
        let each: Vec<&str> = logs.split(',').collect();
        let log_of = |i: usize| match each.get(i) {
            Some(log) if each.len() == ids.len() => log,
            _ => logs,
        };
        let events = ids.iter().enumerate();
        events.map(|(i, &id)| Entry::event(id, log_of(i))).collect()
    }

    /// What is printed, the part to look for first.
    fn text(&self) -> (String, &str) {
        match self {
            Entry::Technique(id, name) => (id.clone(), name),
            Entry::Event(id, log) => (id.to_string(), log),
            Entry::Tool(name, id) => (name.clone(), id),
        }
    }

    fn key(&self) -> String {
        let (first, second) = self.text();
        format!("{first} {second}")
    }

    /// Writes the mark of a place that the entry leads to.
    pub(super) fn mark(&self, code: &mut Code) {
        code.raw("mark(");
        code.literal(&self.key());
        code.raw(");");
    }
}

fn leading(text: &str) -> Option<u32> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok()
}

/// Writes the index.
pub(super) fn write(entries: &BTreeSet<Entry>, code: &mut Code) {
    code.raw("index(");
    for (kind, heading) in [
        (Kind::Technique, "words.techniques"),
        (Kind::Event, "words.events"),
        (Kind::Tool, "words.tools"),
    ] {
        code.raw("(");
        code.raw(heading);
        code.raw(",(");
        let mut found: Vec<&Entry> = entries.iter().filter(|of| of.kind() == kind).collect();
        if kind == Kind::Tool {
            found.sort_by_cached_key(|entry| entry.key().to_lowercase());
        }
        for entry in found {
            let (first, second) = entry.text();
            code.raw("(");
            code.literal(&entry.key());
            code.raw(",{");
            code.words(&first);
            code.raw("},{");
            code.words(second);
            code.raw("}),");
        }
        code.raw(")),");
    }
    code.raw(");\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(ids: &str, logs: &str) -> Vec<(u32, String)> {
        let entries = Entry::events(ids, logs).into_iter();
        let events = entries.filter_map(|entry| match entry {
            Entry::Event(id, log) => Some((id, log)),
            _ => None,
        });
        events.collect()
    }

    #[test]
    fn a_row_names_one_event_or_several() {
        let security = || "Security".to_owned();
        assert_eq!(events("4688", "Security"), [(4688, security())]);
        assert_eq!(
            events("400 / 403", "Windows PowerShell"),
            [400, 403].map(|id| (id, "Windows PowerShell".to_owned()))
        );
        assert_eq!(
            events("7045, 4697", "System (SCM), Security"),
            [(7045, "System".to_owned()), (4697, security())]
        );
        assert_eq!(
            events("4624 type 10", "Security (DC)"),
            [(4624, security())]
        );
        assert_eq!(events("any", "Security"), []);
    }

    #[test]
    fn one_log_has_one_name() {
        let long = events("4104", "Microsoft-Windows-PowerShell/Operational");
        assert_eq!(long, events("4104", "PowerShell"));
    }
}
