//! Matrices: a domain's, and one for each of its platforms.

use std::collections::BTreeSet;

use crate::attack::matrix::{Column, Matrix};
use crate::attack::{Kind, Knowledge, ObjectIx};
use crate::markdown::escape;
use crate::names::slug;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::facts::domain_name;
use crate::site::pages::index::index_page;
use crate::site::routes::domain_slug;
use crate::site::strings::{fill, fill_html};
use crate::site::view::{Link, MatrixColumn, MatrixPage};

/// What the explorer knows, beside the whole matrix.
pub const EXPLORER_FILE: &str = "explorer.js";

/// All pages of one matrix: the whole, then each platform.
pub fn pages(sources: Sources, matrix: &Matrix) -> Vec<MatrixPage> {
    let platforms = platforms(sources.knowledge, matrix.domain);
    let cuts = std::iter::once(None).chain(platforms.iter().map(|p| Some(&**p)));
    cuts.map(|platform| page(sources, matrix, &platforms, platform))
        .collect()
}

/// The folder of a matrix: its own where the release has an object for it.
pub fn folder(sources: Sources, matrix: &Matrix) -> String {
    match matrix.object {
        Some(ix) => sources.routes.folder(ix).to_owned(),
        None => format!(
            "matrices/{}/",
            domain_slug(&sources.knowledge.domains[matrix.domain])
        ),
    }
}

/// The platforms of a domain's live techniques, by name.
pub fn platforms(knowledge: &Knowledge, domain: usize) -> Vec<String> {
    let techniques = knowledge
        .live(Kind::Technique)
        .filter(|(_, o)| o.domains.contains(&domain));
    let names: BTreeSet<&str> = techniques.flat_map(|(_, o)| o.platforms()).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// A matrix's name; releases before 2.0 have none.
pub fn name(knowledge: &Knowledge, matrix: &Matrix) -> String {
    match matrix.object {
        Some(ix) => knowledge.object(ix).name().to_owned(),
        None => domain_name(&knowledge.domains[matrix.domain]),
    }
}

/// A tactic's name, else what the techniques call it.
pub fn column_name(knowledge: &Knowledge, column: &Column) -> String {
    match column.tactic {
        Some(ix) => knowledge.object(ix).name().to_owned(),
        None => title_case(&column.shortname),
    }
}

fn page(
    sources: Sources,
    matrix: &Matrix,
    platforms: &[String],
    platform: Option<&str>,
) -> MatrixPage {
    let knowledge = sources.knowledge;
    let base = folder(sources, matrix);
    let folder = platform.map_or(base.clone(), |p| format!("{base}{}/", slug(p)));
    let context = PageContext::new(sources, &folder);
    let keep = |ix: ObjectIx| {
        platform.is_none_or(|wanted| knowledge.object(ix).platforms().any(|p| p == wanted))
    };
    let (columns, shown) = columns(&context, matrix, &keep, &|_| "");
    let name = name(knowledge, matrix);
    let title = platform.map_or(name.clone(), |p| format!("{name}: {p}"));
    let base_href = format!("{}{base}", context.root);
    let link = |label: &str, at: &str, current: bool| Link {
        label: label.to_owned(),
        href: (!current).then(|| format!("{base_href}{at}index.html")),
    };
    let mut page = index_page(&context, &folder, "matrix", title);
    let list = Link {
        label: sources.strings.matrices.clone(),
        href: Some(format!("{}matrices/index.html", context.root)),
    };
    let own = platform.map(|_| link(&name, "", false));
    page.breadcrumbs
        .splice(1..1, std::iter::once(list).chain(own));
    page.has_twin = matrix.object.is_some() && platform.is_none();
    let whole = link(&sources.strings.all_platforms, "", platform.is_none());
    let cuts = platforms
        .iter()
        .map(|p| link(p, &format!("{}/", slug(p)), platform == Some(p)));
    MatrixPage {
        page,
        intro_html: fill_html(
            &sources.strings.matrix_intro,
            &[
                ("tactics", &columns.len()),
                ("techniques", &shown.0.len()),
                ("subtechniques", &shown.1.len()),
            ],
        ),
        filters: std::iter::once(whole).chain(cuts).collect(),
        explorer: (!context.sources.is_older).then(|| format!("{base_href}{EXPLORER_FILE}")),
        legend: Vec::new(),
        columns,
    }
}

/// Techniques and sub-techniques that a matrix shows, each once.
type Shown = (BTreeSet<ObjectIx>, BTreeSet<ObjectIx>);

/// The columns with the cells that `keep` keeps, each with the class that `mark` gives it.
pub(super) fn columns(
    context: &PageContext,
    matrix: &Matrix,
    keep: &dyn Fn(ObjectIx) -> bool,
    mark: &dyn Fn(ObjectIx) -> &'static str,
) -> (Vec<MatrixColumn>, Shown) {
    let knowledge = context.sources.knowledge;
    let mut shown = Shown::default();
    let columns = matrix.columns.iter().map(|column| {
        let mut cells_html = String::new();
        let mut count = 0;
        for (technique, subs) in &column.techniques {
            let subs: Vec<ObjectIx> = subs.iter().copied().filter(|&s| keep(s)).collect();
            if !keep(*technique) && subs.is_empty() {
                continue;
            }
            count += 1;
            shown.0.insert(*technique);
            shown.1.extend(&subs);
            write_cell(context, *technique, &subs, mark, &mut cells_html);
        }
        let tactic = column.tactic.map(|ix| knowledge.object(ix));
        MatrixColumn {
            id: tactic.map(|t| t.id().to_owned()).unwrap_or_default(),
            name: column_name(knowledge, column),
            shortname: column.shortname.clone(),
            href: column.tactic.map(|ix| context.href(ix)),
            count,
            cells_html,
        }
    });
    let columns = columns.filter(|column| column.count > 0).collect();
    (columns, shown)
}

/// One technique: a link, and its sub-techniques folded under it.
fn write_cell(
    context: &PageContext,
    technique: ObjectIx,
    subs: &[ObjectIx],
    mark: &dyn Fn(ObjectIx) -> &'static str,
    out: &mut String,
) {
    let cell = |ix: ObjectIx, out: &mut String| {
        let object = context.sources.knowledge.object(ix);
        out.push_str("<a");
        let class = mark(ix);
        if !class.is_empty() {
            out.push_str(" class=\"");
            out.push_str(class);
            out.push('"');
        }
        out.push_str(" href=\"");
        context.sources.routes.write_href(&context.root, ix, out);
        out.push_str("\" title=\"");
        escape(object.id(), out);
        out.push_str("\">");
        write_breakable(object.name(), out);
        out.push_str("</a>");
    };
    out.push_str(if subs.is_empty() {
        "<li>"
    } else {
        "<li class=\"p\">"
    });
    cell(technique, out);
    if !subs.is_empty() {
        out.push_str("<details><summary aria-label=\"");
        let name = context.sources.knowledge.object(technique).name();
        let label = fill(
            &context.sources.strings.subtechniques_of,
            &[("n", &subs.len()), ("technique", &name)],
        );
        escape(&label, out);
        out.push_str("\">");
        out.push_str(&subs.len().to_string());
        out.push_str("</summary><ul>");
        for &sub in subs {
            out.push_str("<li>");
            cell(sub, out);
        }
        out.push_str("</ul></details>");
    }
    out.push('\n');
}

/// A name that may break after a slash: columns are narrow.
fn write_breakable(name: &str, out: &mut String) {
    for (i, part) in name.split_inclusive('/').enumerate() {
        if i > 0 {
            out.push_str("<wbr>");
        }
        escape(part, out);
    }
}

/// `initial-access` → `Initial access`.
fn title_case(shortname: &str) -> String {
    let words = shortname.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}
