//! Blocks made from data, on paper.

use super::index::Entry;
use super::references::Source;
use super::table::Table;
use super::writer::Writer;
use crate::attack::{EdgeKind, ObjectIx, log_sources};
use crate::markdown::Doc;
use crate::site::blocks::{Block, Part};
use crate::site::pages::third_party::Entries;
use crate::site::table::{Cell, Rows};

impl Writer<'_, '_> {
    /// Writes a block.
    pub(super) fn block(&mut self, block: &Block) {
        if block.by_others {
            self.code.raw("say(words.from-others);");
        } else {
            self.code.raw("say(words.from-attack+\" \"+");
            self.code.literal(self.sources.knowledge.label);
            self.code.raw(");");
        }
        for part in &block.parts {
            match part {
                Part::Prose(doc) => self.doc(doc),
                Part::Lead(doc) => self.doc(doc),
                Part::Say(text) => self.call("say", text),
                Part::Rest { shown, all, .. } => {
                    self.code.raw("say(rest(");
                    self.code.number(shown);
                    self.code.raw(",");
                    self.code.number(all);
                    self.code.raw("));");
                }
                // The table after it names the best of them, with the reasons.
                Part::Related(_) => {}
                Part::Strategies(strategies) => {
                    for &strategy in strategies {
                        self.strategy(strategy);
                    }
                }
                Part::Entries(entries) => self.entries(entries),
                Part::Table(rows) => self.rows(rows),
            }
        }
    }

    fn rows(&mut self, rows: &Rows) {
        if self.bound.names_users && matches!(rows.id, "software" | "groups") {
            self.names_only(rows);
        } else {
            self.table(rows);
        }
    }

    fn names_only(&mut self, rows: &Rows) {
        self.code.raw("p({");
        self.code.words(rows.caption);
        self.code.raw("\": \";");
        for (i, row) in rows.rows.iter().enumerate() {
            if let [Cell::Id(ix), ..] = row[..] {
                self.comma(i);
                self.object(ix, self.sources.knowledge.object(ix).id());
                self.code.raw("sym.space.nobreak;");
                self.name(ix);
            }
        }
        self.code.raw("});");
    }

    fn table(&mut self, rows: &Rows) {
        let has_prose = self.sources.has_prose;
        let columns = rows.columns.iter().filter(|c| has_prose || !c.is_prose);
        let mut table = Table::default();
        let mut width = 0;
        for column in columns {
            let (code, seen) =
                self.apart(|writer| writer.code.words((column.label)(writer.sources.strings)));
            table.cell(code, seen);
            width += 1;
        }
        table.end_head(false);
        let is_events = matches!(rows.id, "windows-events" | "sysmon-events");
        for row in &rows.rows {
            for (i, cell) in row.iter().take(width).enumerate() {
                let (code, seen) = self.apart(|writer| {
                    if is_events && i == 0 {
                        writer.mark_events(row);
                    }
                    writer.cell(cell);
                });
                table.cell(code, seen);
            }
        }
        table.write(&mut self.code);
    }

    fn mark_events(&mut self, row: &[Cell]) {
        if let [Cell::Plain(id), Cell::Noted(log, _), ..] = row {
            for entry in Entry::events(id, log) {
                self.mark(entry);
            }
        }
    }

    fn cell(&mut self, cell: &Cell) {
        let knowledge = self.sources.knowledge;
        match cell {
            Cell::Id(ix) => self.object(*ix, knowledge.object(*ix).id()),
            Cell::Name(ix) => self.code.words(knowledge.object(*ix).name()),
            Cell::NameUnder(parent, ix) => {
                self.small(&format!("{}: ", knowledge.object(*parent).name()));
                self.code.words(knowledge.object(*ix).name());
            }
            Cell::Ids(list) => self.names(list, |writer, ix| {
                writer.code.words(knowledge.object(ix).id());
            }),
            Cell::Names(list) => self.names(list, Self::name),
            Cell::NamesOf(list, more) => {
                self.names(list, Self::name);
                if *more > 0 {
                    self.code.raw("and-more(");
                    self.code.number(more);
                    self.code.raw(");");
                }
            }
            Cell::Cited(list) => {
                for (i, (ix, sources)) in list.iter().enumerate() {
                    self.comma(i);
                    self.name(*ix);
                    for source in sources {
                        self.cite(Source::Reference(*source));
                    }
                }
            }
            Cell::Texts(docs) => self.texts(docs.iter().copied()),
            Cell::Fields(docs) => self.texts(docs.iter()),
            Cell::Summary(doc) => self.doc_in_cell(doc),
            Cell::Plain(text) => self.code.words(text),
            Cell::Code(text) => self.call("c", text),
            Cell::Noted(text, note) => {
                self.code.words(text);
                self.small(&format!(" {note}"));
            }
            Cell::NameNoted(ix, note) => {
                self.name(*ix);
                self.small(&format!(" {note}"));
            }
        }
    }

    fn name(&mut self, ix: ObjectIx) {
        self.code.words(self.sources.knowledge.object(ix).name());
    }

    fn names(&mut self, list: &[ObjectIx], mut write: impl FnMut(&mut Self, ObjectIx)) {
        for (i, &ix) in list.iter().enumerate() {
            self.comma(i);
            write(self, ix);
        }
    }

    fn comma(&mut self, i: usize) {
        if i > 0 {
            self.code.raw("\", \";");
        }
    }

    fn small(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.call("note-small", text);
        }
    }

    fn texts<'d>(&mut self, docs: impl Iterator<Item = &'d Doc>) {
        for (i, doc) in docs.filter(|doc| !doc.is_empty()).enumerate() {
            if i > 0 {
                self.code.raw("br;");
            }
            self.doc_in_cell(doc);
        }
    }

    /// A detection strategy: its analytics, what each reads, and what each site sets for itself.
    fn strategy(&mut self, ix: ObjectIx) {
        let knowledge = self.sources.knowledge;
        let object = knowledge.object(ix);
        self.code.raw("hd(3,{");
        self.object(ix, object.id());
        self.code.words(&format!(" {}", object.name()));
        self.code.raw("});");
        for analytic in knowledge.targets(ix, EdgeKind::HasAnalytic) {
            self.analytic(analytic);
        }
    }

    fn analytic(&mut self, ix: ObjectIx) {
        let sources = self.sources;
        let object = sources.knowledge.object(ix);
        let platforms: Vec<&str> = object.platforms().collect();
        self.code.raw("hd(4,{");
        self.code
            .words(&format!("{} · {}", object.id(), platforms.join(", ")));
        self.code.raw("});");
        self.doc(sources.texts.object(ix));
        let logs = &object.stix.x_mitre_log_source_references;
        if !logs.is_empty() {
            let mut table = Table::default();
            for head in ["words.data-component", "words.log-source", "words.channel"] {
                table.cell(format!("{head};"), super::code::Seen::default());
            }
            table.end_head(false);
            for log in logs {
                let component = sources
                    .knowledge
                    .by_stix_id(&log.x_mitre_data_component_ref);
                let component = component.map_or("", |ix| sources.knowledge.object(ix).name());
                let channel = log_sources::channel(&log.channel);
                for text in [component, log.name.trim(), channel] {
                    let (code, seen) = self.apart(|writer| writer.code.words(text));
                    table.cell(code, seen);
                }
            }
            table.write(&mut self.code);
        }
        let knobs = &object.stix.x_mitre_mutable_elements;
        if !knobs.is_empty() {
            self.code.raw("lead(b(words.tuning));ul(");
            for knob in knobs {
                self.code.raw("{");
                self.call("c", knob.field.trim());
                let doc = sources.texts.of_field(ix, &knob.description);
                if !doc.is_empty() {
                    self.code.raw("\" \";");
                    self.doc_in_cell(&doc);
                }
                self.code.raw("},");
            }
            self.code.raw(");");
        }
    }

    /// What others wrote: its name and where it is; the code is on the page.
    fn entries(&mut self, entries: &Entries) {
        let mut table = Table::default();
        for head in ["words.name", "words.about", "words.identifier"] {
            table.cell(format!("{head};"), super::code::Seen::default());
        }
        table.end_head(false);
        for head in entries.heads(self.sources) {
            for text in [head.title, head.words, head.id] {
                let (code, seen) = self.apart(|writer| writer.code.words(&text));
                table.cell(code, seen);
            }
        }
        table.write(&mut self.code);
    }
}
