//! One page in the making: how it links to objects and what it has cited so far.

use std::fmt::{Display, Write as _};

// Every citation and every anchor of a page goes through these maps.
use foldhash::{HashMap, HashMapExt};

use crate::attack::related::Related;
use crate::attack::{Kind, Knowledge, ObjectIx, RefIx};
use crate::detections::Detections;
use crate::detections::convert::Conversions;
use crate::diff::History;
use crate::markdown::{self, Doc, decode_entities, escape, html};
use crate::playbook::Playbook;
use crate::site::routes::{Routes, root_of};
use crate::site::strings::{Strings, html as html_of, write_filled};
use crate::site::texts::Texts;
use crate::site::view::{Link, ReferencesView};

/// What all pages are made from.
#[derive(Clone, Copy)]
pub struct Sources<'k> {
    /// What ATT&CK says.
    pub knowledge: &'k Knowledge<'k>,
    /// Its texts.
    pub texts: &'k Texts<'k>,
    /// Where each object's page lies.
    pub routes: &'k Routes,
    /// What belongs to each technique.
    pub related: &'k Related,
    /// Whether the data has MITRE's texts.
    pub has_prose: bool,
    /// Rules, tests and analytics of others.
    pub detections: &'k Detections,
    /// Sigma rules in the languages of others.
    pub conversions: &'k Conversions,
    /// The team's playbooks.
    pub playbooks: &'k [Playbook],
    /// The words of the interface.
    pub strings: &'k Strings,
    /// What became of each object from release to release.
    pub history: &'k History<'k>,
    /// Whether it is an older release beside a newer one: its techniques have no playbooks.
    pub is_older: bool,
}

impl<'k> Sources<'k> {
    /// The playbooks that answer a technique.
    pub fn playbooks_for(self, ix: ObjectIx) -> impl Iterator<Item = &'k Playbook> {
        let id = self.knowledge.object(ix).id();
        let all = self.playbooks.iter();
        all.filter(move |playbook| playbook.techniques().any(|technique| technique == id))
    }

    /// Whether a playbook on these objects tells which standard sections it lacks: those sections are
    /// made for techniques.
    pub fn tells_gaps(self, objects: &[ObjectIx]) -> bool {
        let mut objects = objects.iter();
        objects.any(|&ix| self.knowledge.object(ix).kind == Kind::Technique)
    }

    /// Whether the site has playbooks, written or made from data alone.
    pub fn has_playbooks(self) -> bool {
        !self.is_older && (!self.playbooks.is_empty() || self.unwritten().next().is_some())
    }

    /// The live techniques that no playbook answers.
    pub fn unwritten(self) -> impl Iterator<Item = ObjectIx> + use<'k> {
        let techniques = self.knowledge.live(Kind::Technique).map(|(ix, _)| ix);
        techniques.filter(move |&ix| self.playbooks_for(ix).next().is_none())
    }
}

/// A page in the making.
pub struct PageContext<'k> {
    /// What it is made from.
    pub sources: Sources<'k>,
    /// The way to the root of the site.
    pub root: String,
    numbers: HashMap<RefIx, usize>,
    cited: Vec<(RefIx, usize)>,
    ids: HashMap<String, usize>,
}

impl<'k> PageContext<'k> {
    /// A page in `folder`, with nothing cited yet.
    pub fn new(sources: Sources<'k>, folder: &str) -> Self {
        PageContext {
            sources,
            root: root_of(folder),
            numbers: HashMap::new(),
            cited: Vec::new(),
            ids: HashMap::new(),
        }
    }

    /// An anchor that the page has not used: the wanted one, else with a number behind it.
    pub fn fresh_id(&mut self, wanted: &str) -> String {
        let uses = self.ids.entry(wanted.to_owned()).or_default();
        *uses += 1;
        match *uses {
            1 => wanted.to_owned(),
            // The numbered one may have been wanted by name.
            uses => self.fresh_id(&format!("{wanted}-{uses}")),
        }
    }

    /// Writes what stands for a citation.
    pub fn write_citation(&mut self, source: RefIx, out: &mut String) {
        html::Page::cite(self, source, out);
    }

    /// The address of an object's page from here.
    pub fn href(&self, ix: ObjectIx) -> String {
        let mut href = String::new();
        self.sources.routes.write_href(&self.root, ix, &mut href);
        href
    }

    /// A link for a template to draw.
    pub fn link(&self, ix: ObjectIx) -> Link {
        let object = self.sources.knowledge.object(ix);
        Link {
            label: object.name().to_owned(),
            href: Some(self.href(ix)),
        }
    }

    /// Writes a link to an object that says its name.
    pub fn write_name(&self, ix: ObjectIx, out: &mut String) {
        self.write_link(ix, self.sources.knowledge.object(ix).name(), out);
    }

    /// Writes a link to an object that says its ID.
    pub fn write_id(&self, ix: ObjectIx, out: &mut String) {
        self.write_link(ix, self.sources.knowledge.object(ix).id(), out);
    }

    fn write_link(&self, ix: ObjectIx, label: &str, out: &mut String) {
        out.push_str("<a href=\"");
        self.sources.routes.write_href(&self.root, ix, out);
        out.push_str("\">");
        escape(label, out);
        out.push_str("</a>");
    }

    /// A link that says ID and name, as HTML.
    pub fn named_link(&self, ix: ObjectIx) -> String {
        let mut html = String::new();
        let object = self.sources.knowledge.object(ix);
        self.write_link(ix, &format!("{} {}", object.id(), object.name()), &mut html);
        html
    }

    /// A text as blocks.
    pub fn blocks(&mut self, doc: &Doc) -> String {
        let mut html = String::new();
        html::render(doc, self, &mut html);
        html
    }

    /// A text for a table cell.
    pub fn write_cell(&mut self, doc: &Doc, out: &mut String) {
        html::render_inline(doc, self, out);
    }

    /// The first paragraph of a text, without citations.
    pub fn write_summary(&mut self, doc: &Doc, out: &mut String) {
        html::render_summary(doc, self, out);
    }

    /// All that the page has cited, in the order of first citation.
    pub fn references(&self) -> Option<ReferencesView> {
        let mut items_html = String::new();
        let words = html_of(&self.sources.strings.back_to_citation);
        for (number, &(ix, citations)) in (1..).zip(&self.cited) {
            let reference = self.sources.knowledge.reference(ix);
            let text = match reference.description {
                "" => reference.name,
                description => description,
            };
            // Writing to a string cannot fail.
            let _ = write!(items_html, "\n<li id=\"r{number}\">");
            write_reference(&decode_entities(text), reference.url, &mut items_html);
            // The way back stays with the last word.
            items_html.push('\u{a0}');
            write_back_links(&words, number, citations, &mut items_html);
        }
        (!self.cited.is_empty()).then_some(ReferencesView {
            count: self.cited.len(),
            items_html,
        })
    }
}

/// `↑` for a source cited once; `1 2 3` for one cited more often. `words` is HTML.
fn write_back_links(words: &str, number: usize, citations: usize, out: &mut String) {
    out.push_str("<b>");
    for use_ in 1..=citations {
        let values: [(&str, &dyn Display); 2] = [("use", &use_), ("number", &number)];
        let _ = write!(out, "<a href=\"#c{number}-{use_}\" aria-label=\"");
        write_filled(words, &values, out);
        out.push_str("\">");
        if citations == 1 {
            out.push('↑');
        } else {
            let _ = write!(out, "{use_}");
        }
        out.push_str("</a>");
    }
    out.push_str("</b>");
}

/// A reference's text, linked where its address is one that a page may link to.
fn write_reference(text: &str, url: &str, out: &mut String) {
    match markdown::safe_url(url) {
        Some(url) => {
            out.push_str("<a href=\"");
            escape(&url, out);
            out.push_str("\" rel=\"noopener noreferrer external\">");
            escape(text, out);
            out.push_str("</a>");
        }
        None => escape(text, out),
    }
}

impl html::Page for PageContext<'_> {
    fn object_link(&mut self, ix: ObjectIx, _fragment: Option<&str>, out: &mut String) {
        out.push_str("<a href=\"");
        self.sources.routes.write_href(&self.root, ix, out);
        out.push_str("\" title=\"");
        escape(self.sources.knowledge.object(ix).name(), out);
        out.push_str("\">");
    }

    fn href(&self, ix: ObjectIx) -> String {
        PageContext::href(self, ix)
    }

    fn cite(&mut self, source: RefIx, out: &mut String) {
        let number = *self.numbers.entry(source).or_insert_with(|| {
            self.cited.push((source, 0));
            self.cited.len()
        });
        let uses = &mut self.cited[number - 1].1;
        *uses += 1;
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<sup><a href=\"#r{number}\" id=\"c{number}-{uses}\">{number}</a></sup>"
        );
    }
}
