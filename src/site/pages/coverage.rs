//! Coverage: what the playbooks answer, by tactic and on the matrix, and what to write next.

use std::fmt::Write as _;

use crate::attack::matrix::Matrix;
use crate::attack::{Kind, ObjectIx};
use crate::coverage::{Coverage, State, Totals};
use crate::markdown::escape;
use crate::names::slug;
use crate::site::context::{PageContext, Sources};
use crate::site::layers;
use crate::site::pages::charts::{self, Bar};
use crate::site::pages::index::index_page;
use crate::site::pages::lists::{Files, ID, column, name_cell, section};
use crate::site::pages::matrix;
use crate::site::strings::{Label, Strings, fill, fill_html, html};
use crate::site::table::{Cell, TableBuilder};
use crate::site::view::{IndexPage, LegendView, Link, MatrixPage, Page, Section, Table};

const FOLDER: &str = "coverage/";

/// The states in the order of the legend.
const STATES: [State; 4] = [State::Approved, State::Authored, State::Stale, State::None];

fn class(state: State) -> &'static str {
    match state {
        State::Approved => "cv-approved",
        State::Authored => "cv-authored",
        State::Stale => "cv-stale",
        State::None => "cv-none",
    }
}

/// What a state is called, for tables and layers.
pub fn label(strings: &Strings, state: State) -> &str {
    match state {
        State::Approved => &strings.state_approved,
        State::Authored => &strings.state_authored,
        State::Stale => &strings.state_stale,
        State::None => &strings.state_none,
    }
}

/// The way to the overview, where there is one.
pub fn link(context: &PageContext) -> Option<Link> {
    let Sources {
        knowledge,
        strings,
        is_older,
        ..
    } = context.sources;
    knowledge.live(Kind::Technique).next()?;
    (!is_older).then(|| Link {
        label: strings.coverage_and_gaps.clone(),
        href: Some(format!("{}{FOLDER}index.html", context.root)),
    })
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
    let strings = sources.strings;
    let mut context = PageContext::new(sources, FOLDER);
    let mut files = layers::of_coverage(sources, coverage);
    let total = coverage.total();
    let mut sections: Vec<Section> = matrices
        .iter()
        .map(|matrix| by_tactic(&context, matrix, coverage))
        .collect();
    let gaps: Vec<_> = coverage.gaps();
    let next = ("gaps", &*strings.what_to_write);
    let gaps = technique_table(&mut context, &mut files, next, &gaps);
    sections.extend(long_section(strings, next, gaps));
    let all = ("techniques", &*strings.all_techniques);
    let rows = technique_table(&mut context, &mut files, all, coverage.rows());
    sections.extend(long_section(strings, all, rows));
    let page = IndexPage {
        page: Page {
            section: "playbooks",
            ..index_page(&context, FOLDER, "index", strings.coverage.clone())
        },
        intro_html: fill_html(
            &strings.coverage_intro,
            &[
                ("current", &(total.approved + total.authored)),
                ("techniques", &total.techniques),
                ("percent", &nearest_percent(&total)),
                ("approved", &total.approved),
                ("authored", &total.authored),
                ("stale", &total.stale),
                ("log_sources", &total.log_sources),
            ],
        ),
        filters: downloads(sources, matrices, &files),
        sections,
    };
    Some((page, files))
}

/// How many rows of a list of techniques the theme lets out on paper: all of them are a book.
const ON_PAPER: usize = 50;

/// A section with a list of techniques that says what paper leaves out.
fn long_section(
    strings: &Strings,
    (id, title): (&str, &str),
    table: Option<Table>,
) -> Option<Section> {
    let section = section(id, title, table)?;
    let all = section.count.unwrap_or_default();
    let says = fill_html(
        &strings.first_on_paper,
        &[("shown", &ON_PAPER), ("all", &all)],
    );
    Some(Section {
        html: if all > ON_PAPER {
            format!("<p class=\"say on-paper\">{says}</p>")
        } else {
            String::new()
        },
        ..section
    })
}

/// The heat maps, then the layers.
fn downloads(sources: Sources, matrices: &[Matrix], files: &Files) -> Vec<Link> {
    let maps = matrices.iter().map(|matrix| Link {
        label: fill(
            &sources.strings.coverage_map,
            &[("matrix", &matrix::name(sources.knowledge, matrix))],
        ),
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
    let Sources {
        knowledge, strings, ..
    } = context.sources;
    let mut rows_html = String::new();
    for (column, totals) in matrix.columns.iter().zip(coverage.by_tactic(matrix)) {
        let mut name = String::new();
        match column.tactic {
            Some(ix) => context.write_name(ix, &mut name),
            None => escape(&matrix::column_name(knowledge, column), &mut name),
        }
        write_totals("<tr>", strings, &name, &totals, &mut rows_html);
    }
    let total = coverage.of_domain(knowledge, matrix.domain);
    let all = format!("<b>{}</b>", html(&strings.each_once));
    // Sorting leaves it where it is.
    write_totals("<tr class=\"all\">", strings, &all, &total, &mut rows_html);
    // Releases up to 8 have two matrices for Mobile.
    let slug = slug(&map_folder(context.sources, matrix));
    let title = matrix::name(knowledge, matrix);
    let heads: [Label; 10] = [
        |s| &s.tactic,
        |s| &s.covered,
        |s| &s.techniques,
        |s| &s.approved,
        |s| &s.not_approved,
        |s| &s.stale,
        |s| &s.without_playbook,
        |s| &s.with_log_sources,
        |s| &s.with_rules,
        |s| &s.with_tests,
    ];
    let table = Table {
        id: format!("by-tactic-{slug}"),
        caption: fill(&strings.playbooks_by_tactic, &[("matrix", &title)]),
        class: "totals",
        columns: heads.map(|label| column(label).view(strings)).into(),
        rows_html,
        count: matrix.columns.len() + 1,
        csv: None,
    };
    Section {
        id: slug,
        html: chart(context, matrix, coverage),
        title,
        tables: vec![table],
        ..Section::default()
    }
}

/// A bar for each tactic: its techniques, by state.
fn chart(context: &PageContext, matrix: &Matrix, coverage: &Coverage) -> String {
    let Sources {
        knowledge, strings, ..
    } = context.sources;
    let totals = coverage.by_tactic(matrix);
    let most = totals
        .iter()
        .map(|t| t.techniques)
        .max()
        .unwrap_or_default();
    let bars: Vec<Bar> = matrix
        .columns
        .iter()
        .zip(&totals)
        .map(|(column, totals)| Bar {
            label: matrix::column_name(knowledge, column),
            href: column.tactic.map(|ix| context.href(ix)),
            parts: STATES
                .into_iter()
                .map(class)
                .zip([totals.approved, totals.authored, totals.stale, totals.none])
                .collect(),
            number: format!(
                "{} / {}",
                totals.approved + totals.authored,
                totals.techniques
            ),
        })
        .collect();
    let mut keys = String::new();
    for state in STATES {
        // Writing to a string cannot fail.
        let _ = write!(
            keys,
            " <b class=\"{}\">{}</b>",
            class(state),
            html(label(strings, state))
        );
    }
    format!(
        "<figure class=\"co bars\"><figcaption>{}:{keys}</figcaption>{}</figure>",
        html(&strings.techniques_by_tactic),
        charts::svg(&bars, most)
    )
}

/// Rounded, not cut: a threshold is for `ttpress check`.
fn nearest_percent(total: &Totals) -> usize {
    let all = total.techniques.max(1);
    ((total.approved + total.authored) * 100 + all / 2) / all
}

fn write_totals(row: &str, strings: &Strings, name_html: &str, totals: &Totals, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{row}<td>{name_html}<td>");
    // The second lies over the first.
    for (label, value) in [
        (&strings.share_current, totals.approved + totals.authored),
        (&strings.approved, totals.approved),
    ] {
        let _ = write!(
            out,
            "<progress aria-label=\"{}\" max=\"{}\" value=\"{value}\"></progress>",
            html(label),
            totals.techniques.max(1),
        );
    }
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
        ID,
        column(|s| &s.technique),
        column(|s| &s.playbook),
        column(|s| &s.groups_and_software),
        column(|s| &s.log_sources),
        column(|s| &s.rules),
        column(|s| &s.tests),
    ];
    let mut table = TableBuilder::new(context, id, caption, "ids cov", &columns);
    let Sources {
        knowledge, strings, ..
    } = context.sources;
    for row in rows {
        let cells = [
            Cell::Id(row.technique),
            name_cell(knowledge, row.technique),
            Cell::Plain(label(strings, row.state).to_owned()),
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
    let strings = sources.strings;
    let title = fill(&strings.coverage_of, &[("matrix", &name)]);
    let intro = fill_html(
        &strings.coverage_map_intro,
        &[
            ("current", &(total.approved + total.authored)),
            ("techniques", &total.techniques),
        ],
    );
    MatrixPage {
        page: Page {
            section: "playbooks",
            ..index_page(&context, &folder, "coverage", title)
        },
        intro_html: format!(
            "{intro} <a href=\"{}{FOLDER}index.html\">{}</a>",
            context.root,
            html(&strings.figures_and_gaps),
        ),
        filters: Vec::new(),
        explorer: None,
        legend: STATES
            .iter()
            .map(|&state| LegendView {
                class: class(state),
                label: label(strings, state).to_owned(),
            })
            .collect(),
        columns: columns.0,
    }
}
