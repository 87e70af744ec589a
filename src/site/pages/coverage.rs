//! Coverage: what the playbooks answer, by tactic and on the matrix, and what to write next.

use std::fmt::Write as _;

use crate::attack::ObjectIx;
use crate::attack::matrix::Matrix;
use crate::coverage::{Coverage, State, Totals};
use crate::markdown::escape;
use crate::names::slug;
use crate::site::context::{PageContext, Sources};
use crate::site::layers;
use crate::site::pages::index::index_page;
use crate::site::pages::lists::{Files, column, name_cell, section};
use crate::site::pages::matrix;
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::{IndexPage, LegendView, Link, MatrixPage, Page, Section, Table};

const FOLDER: &str = "coverage/";

/// The states in the order of the legend: class, what it means.
const STATES: [(State, &str, &str); 4] = [
    (State::Approved, "cv-approved", "Approved playbook"),
    (State::Authored, "cv-authored", "Written, not approved"),
    (State::Stale, "cv-stale", "Written for an earlier version"),
    (State::None, "cv-none", "Not written yet"),
];

fn class(state: State) -> &'static str {
    let found = STATES.iter().find(|(own, ..)| *own == state);
    found.map_or("", |(_, class, _)| class)
}

/// What a state is called, for tables and layers.
pub fn label(state: State) -> &'static str {
    let found = STATES.iter().find(|(own, ..)| *own == state);
    found.map_or("", |(.., label)| label)
}

/// The overview with its files; `None` where the release has no technique.
pub fn index(
    sources: Sources,
    matrices: &[Matrix],
    coverage: &Coverage,
) -> Option<(IndexPage, Files)> {
    if coverage.rows().is_empty() {
        return None;
    }
    let mut context = PageContext::new(sources, FOLDER);
    let mut files = layers::of_coverage(sources, coverage);
    let total = coverage.total();
    let mut sections: Vec<Section> = matrices
        .iter()
        .map(|matrix| by_tactic(&context, matrix, coverage))
        .collect();
    let gaps: Vec<_> = coverage.gaps();
    let gaps = technique_table(
        &mut context,
        &mut files,
        ("gaps", "What to write next"),
        &gaps,
    );
    sections.extend(section("gaps", "What to write next", gaps));
    let all = ("techniques", "All techniques");
    let rows = technique_table(&mut context, &mut files, all, coverage.rows());
    sections.extend(section(all.0, all.1, rows));
    let page = IndexPage {
        page: Page {
            section: "playbooks",
            ..index_page(&context, FOLDER, "index", "Coverage".to_owned())
        },
        intro_html: format!(
            "{} of {} techniques have a current playbook ({} %): {} approved, {} not yet; {} are \
             stale. {} have a log source in ATT&amp;CK.",
            total.approved + total.authored,
            total.techniques,
            total.percent(),
            total.approved,
            total.authored,
            total.stale,
            total.log_sources,
        ),
        filters: downloads(sources, matrices, &files),
        sections,
    };
    Some((page, files))
}

/// The heat maps, then the layers.
fn downloads(sources: Sources, matrices: &[Matrix], files: &Files) -> Vec<Link> {
    let maps = matrices.iter().map(|matrix| Link {
        label: format!("{} map", matrix::name(sources.knowledge, matrix)),
        href: Some(format!("{}index.html", map_folder(sources, matrix))),
    });
    let layers = files.iter().filter(|(name, _)| name.contains("-layer."));
    let layers = layers.map(|(name, _)| Link {
        label: name.clone(),
        href: Some(name.clone()),
    });
    maps.chain(layers).collect()
}

/// A matrix's heat map, from the overview.
fn map_folder(sources: Sources, matrix: &Matrix) -> String {
    let own = matrix::folder(sources, matrix);
    own.strip_prefix("matrices/").unwrap_or(&own).to_owned()
}

fn by_tactic(context: &PageContext, matrix: &Matrix, coverage: &Coverage) -> Section {
    let knowledge = context.sources.knowledge;
    let mut rows_html = String::new();
    for (column, totals) in matrix.columns.iter().zip(coverage.by_tactic(matrix)) {
        let mut name = String::new();
        match column.tactic {
            Some(ix) => context.write_name(ix, &mut name),
            None => escape(&matrix::column_name(knowledge, column), &mut name),
        }
        write_totals(&name, &totals, &mut rows_html);
    }
    let total = coverage.of_domain(knowledge, matrix.domain);
    write_totals("<b>All, each once</b>", &total, &mut rows_html);
    // Releases up to 8 have two matrices for Mobile.
    let slug = slug(&map_folder(context.sources, matrix));
    let title = matrix::name(knowledge, matrix);
    let heads = [
        "Tactic",
        "Covered",
        "Techniques",
        "Approved",
        "Not approved",
        "Stale",
        "Not written",
        "With log sources",
        "With rules",
        "With tests",
    ];
    let table = Table {
        id: format!("by-tactic-{slug}"),
        caption: format!("{title}: playbooks by tactic"),
        class: "totals",
        columns: heads.map(column).to_vec(),
        rows_html,
        count: matrix.columns.len() + 1,
        csv: None,
    };
    Section {
        id: slug,
        title,
        tables: vec![table],
        ..Section::default()
    }
}

fn write_totals(name_html: &str, totals: &Totals, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<tr><td>{name_html}<td><progress aria-label=\"Share with a current playbook\" max=\"{}\" value=\"{}\"></progress>",
        totals.techniques.max(1),
        totals.approved + totals.authored,
    );
    for number in [
        totals.techniques,
        totals.approved,
        totals.authored,
        totals.stale,
        totals.none,
        totals.log_sources,
        totals.rules,
        totals.tests,
    ] {
        let _ = write!(out, "<td>{number}");
    }
    out.push('\n');
}

fn technique_table(
    context: &mut PageContext,
    files: &mut Files,
    (id, caption): (&str, &str),
    rows: &[crate::coverage::Row],
) -> Option<Table> {
    let columns = [
        column("ID"),
        column("Technique"),
        column("Playbook"),
        column("Groups and software"),
        column("Log sources"),
        column("Rules"),
        column("Tests"),
    ];
    let mut table = TableBuilder::new(context, id, caption, "ids", &columns);
    let knowledge = context.sources.knowledge;
    for row in rows {
        let cells = [
            Cell::Id(row.technique),
            name_cell(knowledge, row.technique),
            Cell::Plain(label(row.state).to_owned()),
            Cell::Plain(row.users.to_string()),
            Cell::Plain(row.log_sources.to_string()),
            Cell::Plain(row.rules.to_string()),
            Cell::Plain(row.tests.to_string()),
        ];
        table.row(context, &cells);
    }
    table.finish(files)
}

/// A matrix coloured by what the playbooks answer.
pub fn map(sources: Sources, matrix: &Matrix, coverage: &Coverage) -> MatrixPage {
    let folder = format!("{FOLDER}{}", map_folder(sources, matrix));
    let context = PageContext::new(sources, &folder);
    let mark = |ix: ObjectIx| class(coverage.state(ix));
    let columns = matrix::columns(&context, matrix, &|_| true, &mark);
    let name = matrix::name(sources.knowledge, matrix);
    let total = coverage.of_domain(sources.knowledge, matrix.domain);
    MatrixPage {
        page: Page {
            section: "playbooks",
            ..index_page(&context, &folder, "coverage", format!("Coverage: {name}"))
        },
        intro_html: format!(
            "{} of {} techniques have a current playbook. <a href=\"{}{FOLDER}index.html\">Figures and gaps</a>",
            total.approved + total.authored,
            total.techniques,
            context.root,
        ),
        filters: Vec::new(),
        legend: STATES
            .iter()
            .map(|&(_, class, label)| LegendView { class, label })
            .collect(),
        columns: columns.0,
    }
}
