//! Tables: one description of the rows gives the HTML and the CSV beside it.

use std::borrow::Cow;

use crate::attack::{ObjectIx, RefIx};
use crate::markdown::doc::Event;
use crate::markdown::{Doc, escape, plain};
use crate::names::safe_segment;
use crate::site::context::PageContext;
use crate::site::pages::lists::Files;
use crate::site::strings::{Label, Strings, fill};
use crate::site::view::{ColumnView, Table};

/// A cell.
pub enum Cell<'c> {
    /// An object's ID; the name beside it carries the link.
    Id(ObjectIx),
    /// An object's name, linked.
    Name(ObjectIx),
    /// A sub-technique's name after its parent's, as lists of techniques show it.
    NameUnder(ObjectIx, ObjectIx),
    /// Objects by ID, linked.
    Ids(Vec<ObjectIx>),
    /// Objects by name, linked.
    Names(Vec<ObjectIx>),
    /// Texts one after another, with citations.
    Texts(Vec<&'c Doc>),
    /// The same, of texts that only this place shows.
    Fields(Vec<Doc>),
    /// First paragraph, without citations.
    Summary(&'c Doc),
    /// Plain text.
    Plain(String),
    /// Code as it was written.
    Code(String),
    /// Plain text and a remark on it.
    Noted(String, String),
    /// An object's name, linked, and a remark on it.
    NameNoted(ObjectIx, &'c str),
    /// The first of many objects by name, linked, and how many there are besides.
    NamesOf(Vec<ObjectIx>, usize),
    /// Objects by name, linked, each with the sources that say so.
    Cited(Vec<(ObjectIx, Vec<RefIx>)>),
}

/// A column.
#[derive(Clone, Copy)]
pub struct Column {
    /// Its head.
    pub label: Label,
    /// Class of the head: `via` for a source, else empty.
    pub class: &'static str,
    /// Whether its cells hold MITRE's texts, which the embedded release lacks.
    pub is_prose: bool,
}

impl Column {
    /// The column as a template draws it.
    pub fn view(self, strings: &Strings) -> ColumnView {
        ColumnView {
            label: (self.label)(strings).to_owned(),
            class: self.class,
        }
    }
}

/// A table before it is written for a page or for paper.
pub struct Rows<'k> {
    /// Anchor.
    pub id: &'static str,
    /// What it lists.
    pub caption: &'k str,
    /// How it is set.
    pub class: &'static str,
    /// Column heads.
    pub columns: Vec<Column>,
    /// Row by row.
    pub rows: Vec<Vec<Cell<'k>>>,
    /// Whether a CSV file lies beside the page.
    pub has_csv: bool,
}

impl<'k> Rows<'k> {
    /// A table without rows.
    pub fn new(
        id: &'static str,
        caption: &'k str,
        class: &'static str,
        columns: &[Column],
    ) -> Self {
        Rows {
            id,
            caption,
            class,
            columns: columns.to_vec(),
            rows: Vec::new(),
            has_csv: true,
        }
    }

    /// Adds a row.
    pub fn push<const N: usize>(&mut self, cells: [Cell<'k>; N]) {
        self.rows.push(cells.into());
    }

    /// The table for a page, if it has rows.
    pub fn write(&self, context: &mut PageContext, files: &mut Files) -> Option<Table> {
        let Rows {
            id, caption, class, ..
        } = *self;
        let mut table = TableBuilder::new(context, id, caption, class, &self.columns);
        for row in &self.rows {
            table.row(context, row);
        }
        if self.has_csv {
            return table.finish(files);
        }
        let table = table.finish(&mut Files::new())?;
        Some(Table { csv: None, ..table })
    }
}

/// A table in the making.
pub struct TableBuilder {
    table: Table,
    csv: String,
}

impl TableBuilder {
    /// An empty table.
    pub fn new(
        context: &PageContext,
        id: &str,
        caption: &str,
        class: &'static str,
        columns: &[Column],
    ) -> Self {
        let has_prose = context.sources.has_prose;
        let shown: Vec<Column> = columns
            .iter()
            .copied()
            .filter(|column| has_prose || !column.is_prose)
            .collect();
        let view = |column: &Column| column.view(context.sources.strings);
        let table = Table {
            id: id.to_owned(),
            caption: caption.to_owned(),
            class,
            columns: shown.iter().map(view).collect(),
            ..Table::default()
        };
        // Programs read CSV files: their heads are the same in every language.
        let english = Strings::english();
        let heads: Vec<&str> = shown.iter().map(|c| (c.label)(english)).collect();
        let mut csv = String::new();
        push_record(&heads, &mut csv);
        TableBuilder { table, csv }
    }

    /// Adds a row, with an anchor where it is about one object. Cells beyond the last column, the texts that the data lacks, are left out.
    pub fn row(&mut self, context: &mut PageContext, cells: &[Cell]) {
        let rows = &mut self.table.rows_html;
        rows.push_str("<tr");
        if let Some(Cell::Id(ix)) = cells.first() {
            let id = safe_segment(context.sources.knowledge.object(*ix).id());
            let anchor = context.fresh_id(&format!("{}-{id}", self.table.id));
            rows.push_str(" id=\"");
            rows.push_str(&anchor);
            rows.push('"');
        }
        rows.push('>');
        let mut record = Vec::with_capacity(cells.len());
        for cell in &cells[..cells.len().min(self.table.columns.len())] {
            rows.push_str("<td>");
            write_html(context, cell, rows);
            record.push(plain_text(context, cell));
        }
        rows.push('\n');
        push_record(&record, &mut self.csv);
        self.table.count += 1;
    }

    /// The table and its CSV file, if it has rows.
    pub fn finish(mut self, csv_files: &mut Vec<(String, Vec<u8>)>) -> Option<Table> {
        if self.table.count == 0 {
            return None;
        }
        let name = format!("{}.csv", self.table.id);
        self.table.csv = Some(name.clone());
        csv_files.push((name, self.csv.into_bytes()));
        Some(self.table)
    }
}

fn write_html(context: &mut PageContext, cell: &Cell, out: &mut String) {
    match cell {
        Cell::Id(ix) => escape(context.sources.knowledge.object(*ix).id(), out),
        Cell::Name(ix) => context.write_name(*ix, out),
        Cell::NameUnder(parent, ix) => {
            out.push_str("<small>");
            escape(context.sources.knowledge.object(*parent).name(), out);
            out.push_str(":</small> ");
            context.write_name(*ix, out);
        }
        Cell::Ids(list) => join(list, out, |ix, out| context.write_id(*ix, out)),
        Cell::Names(list) => join(list, out, |ix, out| context.write_name(*ix, out)),
        Cell::Texts(docs) => write_texts(context, docs.iter().copied(), out),
        Cell::Fields(docs) => write_texts(context, docs.iter(), out),
        // Lists show its first lines.
        Cell::Summary(doc) => {
            out.push_str("<div>");
            context.write_summary(doc, out);
            out.push_str("</div>");
        }
        Cell::Plain(text) => escape(text, out),
        Cell::Code(text) => {
            out.push_str("<code>");
            escape(text, out);
            out.push_str("</code>");
        }
        Cell::Noted(text, note) => {
            escape(text, out);
            write_note(note, out);
        }
        Cell::NameNoted(ix, note) => {
            context.write_name(*ix, out);
            write_note(note, out);
        }
        Cell::NamesOf(list, more) => {
            join(list, out, |ix, out| context.write_name(*ix, out));
            escape(&and_more(context, *more), out);
        }
        // Numbers of sources stand behind the comma.
        Cell::Cited(list) => {
            for (i, (ix, sources)) in list.iter().enumerate() {
                context.write_name(*ix, out);
                let is_last = i + 1 == list.len();
                if !is_last {
                    out.push(',');
                }
                for source in sources {
                    context.write_citation(*source, out);
                }
                if !is_last {
                    out.push(' ');
                }
            }
        }
    }
}

fn write_texts<'d>(
    context: &mut PageContext,
    docs: impl Iterator<Item = &'d Doc>,
    out: &mut String,
) {
    for (i, doc) in docs.filter(|doc| !doc.is_empty()).enumerate() {
        if i > 0 {
            out.push_str("<br>");
        }
        let is_bare = only_cites(doc);
        if is_bare {
            out.push_str("<span class=\"r\">");
        }
        context.write_cell(doc, out);
        if is_bare {
            out.push_str("</span>");
        }
    }
}

/// Whether a reader finds nothing but citations in a text: each wants room for a finger.
fn only_cites(doc: &Doc) -> bool {
    doc.events().iter().all(|event| match event {
        Event::Text(span) | Event::Code(span) | Event::UnknownCite(span) => {
            !doc.text(*span).contains(char::is_alphanumeric)
        }
        _ => true,
    })
}

fn write_note(note: &str, out: &mut String) {
    if !note.is_empty() {
        out.push_str(" <small>");
        escape(note, out);
        out.push_str("</small>");
    }
}

fn and_more(context: &PageContext, more: usize) -> String {
    if more == 0 {
        String::new()
    } else {
        format!(
            " {}",
            fill(&context.sources.strings.and_more, &[("n", &more)])
        )
    }
}

fn join<T>(list: &[T], out: &mut String, mut write: impl FnMut(&T, &mut String)) {
    for (i, item) in list.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
}

fn plain_text<'c>(context: &PageContext<'c>, cell: &'c Cell) -> Cow<'c, str> {
    let knowledge = context.sources.knowledge;
    let object = |ix: &ObjectIx| knowledge.object(*ix);
    let text = match cell {
        Cell::Id(ix) => return Cow::Borrowed(object(ix).id()),
        Cell::Name(ix) => return Cow::Borrowed(object(ix).name()),
        Cell::Plain(text) | Cell::Code(text) => return Cow::Borrowed(text),
        Cell::NameUnder(parent, ix) => format!("{}: {}", object(parent).name(), object(ix).name()),
        Cell::Ids(list) => list
            .iter()
            .map(|ix| object(ix).id())
            .collect::<Vec<_>>()
            .join(", "),
        Cell::Names(list) => list
            .iter()
            .map(|ix| object(ix).name())
            .collect::<Vec<_>>()
            .join(", "),
        Cell::Texts(docs) => plain_texts(docs.iter().copied()),
        Cell::Fields(docs) => plain_texts(docs.iter()),
        Cell::Summary(doc) => plain(doc).lines().next().unwrap_or_default().to_owned(),
        Cell::Noted(text, note) => format!("{text} {note}").trim_end().to_owned(),
        Cell::NameNoted(ix, note) => format!("{} {note}", object(ix).name()),
        Cell::NamesOf(list, more) => {
            let names: Vec<&str> = list.iter().map(|ix| object(ix).name()).collect();
            names.join(", ") + &and_more(context, *more)
        }
        Cell::Cited(list) => {
            let names: Vec<&str> = list.iter().map(|(ix, _)| object(ix).name()).collect();
            names.join(", ")
        }
    };
    Cow::Owned(text)
}

fn plain_texts<'d>(docs: impl Iterator<Item = &'d Doc>) -> String {
    let mut texts = docs.map(plain).filter(|text| !text.is_empty());
    let mut all = texts.next().unwrap_or_default();
    for text in texts {
        all.push('\n');
        all.push_str(&text);
    }
    all
}

/// One line of CSV after RFC 4180. A cell that a spreadsheet would run as a formula gets an
/// apostrophe before it: the texts come from outside.
fn push_record(cells: &[impl AsRef<str>], out: &mut String) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        let cell = cell.as_ref();
        let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            "'"
        } else {
            ""
        };
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(guard);
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(guard);
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_needs_it_and_defuses_formulas() {
        let mut out = String::new();
        push_record(&["T1", "a, \"b\"", "=HYPERLINK(1)"], &mut out);
        assert_eq!(out, "T1,\"a, \"\"b\"\"\",'=HYPERLINK(1)\r\n");
    }
}
