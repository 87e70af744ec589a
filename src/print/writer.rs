//! What writes a playbook's code: links, citations and code blocks, whoever wrote the text.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Code, Seen};
use super::index::Entry;
use super::references::{References, Source};
use crate::attack::{Kind, ObjectIx};
use crate::site::context::Sources;
use crate::site::pages::facts::permalink;

/// Which playbooks a print holds: by technique and by name, the labels of their first pages.
#[derive(Default)]
pub(super) struct Bound {
    pub(super) techniques: BTreeMap<ObjectIx, String>,
    pub(super) slugs: BTreeMap<String, String>,
    /// Whether many are bound as one, with references and an index at the back.
    pub(super) is_binder: bool,
    /// Whether those who use a technique are named only. A sentence on each, with its sources, is
    /// most of the paper where nobody asked for it.
    pub(super) names_users: bool,
}

/// One playbook in the making: its code, and what it has cited so far.
pub(super) struct Writer<'k, 'b> {
    pub(super) sources: Sources<'k>,
    pub(super) code: Code,
    /// What the labels of this playbook start with.
    pub(super) prefix: String,
    /// The labels of its sections, by the anchors that they have on the page.
    pub(super) anchors: BTreeMap<String, String>,
    /// The log of events in tables that name none.
    pub(super) log: &'static str,
    /// What the index says of it.
    pub(super) indexed: BTreeSet<Entry>,
    pub(super) bound: &'b Bound,
    references: &'b mut References,
}

impl<'k, 'b> Writer<'k, 'b> {
    pub(super) fn new(
        sources: Sources<'k>,
        prefix: String,
        bound: &'b Bound,
        references: &'b mut References,
    ) -> Self {
        Writer {
            sources,
            code: Code::default(),
            prefix,
            anchors: BTreeMap::new(),
            log: "",
            indexed: BTreeSet::new(),
            bound,
            references,
        }
    }

    /// The label of a place in this playbook.
    pub(super) fn label(&self, place: &str) -> String {
        format!("{}:{place}", self.prefix)
    }

    /// Writes a call whose argument is running text.
    pub(super) fn call(&mut self, function: &str, text: &str) {
        self.code.raw(function);
        self.code.raw("({");
        self.code.words(text);
        self.code.raw("});");
    }

    /// Writes an object's name or ID, linked to where it is explained.
    pub(super) fn object(&mut self, ix: ObjectIx, text: &str) {
        let close = self.open_object(ix);
        self.code.words(text);
        self.code.raw(&close);
    }

    /// Marks a place for the index.
    pub(super) fn mark(&mut self, entry: Entry) {
        if self.bound.is_binder {
            entry.mark(&mut self.code);
            self.indexed.insert(entry);
        }
    }

    /// Opens a link to an object; what closes it is given back.
    pub(super) fn open_object(&mut self, ix: ObjectIx) -> String {
        let object = self.sources.knowledge.object(ix);
        if object.kind == Kind::Software {
            self.mark(Entry::Tool(
                object.name().to_owned(),
                object.id().to_owned(),
            ));
        }
        if let Some(target) = self.bound.techniques.get(&ix).cloned() {
            return self.open_see(&target);
        }
        match permalink(object) {
            Some(url) => self.open_web(&url),
            None => self.open_nothing(),
        }
    }

    pub(super) fn open_see(&mut self, target: &str) -> String {
        // No page number leads from a playbook to itself.
        let own = self.label("top") == *target;
        self.code.raw(if own { "link(label(" } else { "see(" });
        self.code.literal(target);
        self.code.raw(if own { ")," } else { "," });
        self.code.raw("{");
        "});".to_owned()
    }

    pub(super) fn open_web(&mut self, url: &str) -> String {
        self.code.raw("a(");
        self.code.literal(url);
        self.code.raw(",{");
        "});".to_owned()
    }

    pub(super) fn open_nothing(&mut self) -> String {
        self.code.raw("{");
        "};".to_owned()
    }

    /// Writes the number that stands for a source. It leads to the source itself: the number alone
    /// finds it in the list, and a link into the list would set each text twice.
    pub(super) fn cite(&mut self, source: Source) {
        let url = source.url(self.sources);
        self.code.raw("cite-mark(");
        self.code.number(self.references.number(source));
        if let Some(url) = url {
            self.code.raw(",");
            self.code.literal(&url);
        }
        self.code.raw(");");
    }

    /// Writes code of several lines.
    pub(super) fn listing(&mut self, text: &str) {
        self.code.raw("pre(");
        for line in text.trim_end().lines() {
            if line.trim().is_empty() {
                self.code.raw("\"\",");
            } else {
                let line = line.replace('\t', "    ");
                let indent = line.len() - line.trim_start().len();
                self.code.raw("(");
                self.code.number(indent);
                self.code.raw(",{");
                self.code.words(&line);
                self.code.raw("}),");
            }
        }
        self.code.raw(");");
    }

    /// Writes to code of its own, for a cell.
    pub(super) fn apart(&mut self, write: impl FnOnce(&mut Self)) -> (String, Seen) {
        let outer = std::mem::take(&mut self.code);
        write(self);
        let mut code = std::mem::replace(&mut self.code, outer);
        let seen = code.take_seen();
        (code.finish(), seen)
    }
}
