//! `ttpress search`

use std::fmt::Write as _;

use serde::Serialize;

use crate::attack::Knowledge;
use crate::attack::related::Related;
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::cli::{DataArgs, Global, Outcome};
use crate::detections::Detections;
use crate::detections::convert::Conversions;
use crate::diagnostics::Failure;
use crate::diff::History;
use crate::search::{Hit, Index};
use crate::site::context::Sources;
use crate::site::documents;
use crate::site::routes::Routes;
use crate::site::strings::Strings;
use crate::site::texts::Texts;
use crate::{playbook, read_release, source};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// What to look for: words, "phrases", -words, type:, tactic:, platform:, group:; `-` reads a
    /// query a line from stdin
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// A line of JSON for each query: {"query", "results": [IDs, the best first]}
    #[arg(long)]
    json: bool,
    /// Show at most so many results
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let settings = Settings::resolve(global, &args.data)?;
    let index = index(&settings)?;
    let query = args.query.join(" ");
    if query != "-" {
        output.data(answer(&index, &query, args).as_bytes())?;
        return Ok(Outcome::Clean);
    }
    for line in source::read_stdin()?
        .lines()
        .filter(|line| !line.trim().is_empty())
    {
        output.data(answer(&index, line, args).as_bytes())?;
    }
    Ok(Outcome::Clean)
}

/// The same index as the site's.
fn index(settings: &Settings) -> Result<Index, Failure> {
    let (inputs, _) = settings.bundles()?;
    let (release, _) = read_release(&inputs, settings.release.as_deref())?;
    let (knowledge, _) = Knowledge::new(&release);
    let (texts, _) = Texts::new(&knowledge);
    let routes = Routes::new(&knowledge);
    let content = settings.config.build.content.join("playbooks");
    let (playbooks, _) = playbook::load(&content, &settings.config.variables)?;
    let (detections, _) = Detections::load(&settings.config.detections, &knowledge)?;
    Ok(documents::index(Sources {
        knowledge: &knowledge,
        texts: &texts,
        routes: &routes,
        // What documents are not made of.
        related: &Related::default(),
        detections: &detections,
        conversions: Conversions::none(),
        has_prose: knowledge.has_prose(),
        playbooks: &playbooks,
        strings: Strings::english(),
        history: History::none(),
        is_older: false,
    }))
}

fn answer(index: &Index, query: &str, args: &Args) -> String {
    let mut hits = index.search(query);
    hits.truncate(args.limit);
    if args.json {
        as_json(query, &hits)
    } else {
        as_lines(&hits)
    }
}

fn as_json(query: &str, hits: &[Hit]) -> String {
    #[derive(Serialize)]
    struct Answer<'a> {
        query: &'a str,
        results: Vec<&'a str>,
    }
    let results = hits.iter().map(|hit| hit.document.id.as_str()).collect();
    // A query and IDs are always JSON.
    let mut line = serde_json::to_string(&Answer { query, results }).unwrap_or_default();
    line.push('\n');
    line
}

fn as_lines(hits: &[Hit]) -> String {
    // A rule is shown with the technique that it belongs to.
    let id = |hit: &Hit| {
        hit.document
            .id
            .split('#')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let id_width = widest(hits.iter().map(id));
    let kind_width = widest(hits.iter().map(|hit| hit.document.kind.one.clone()));
    let mut lines = String::new();
    for hit in hits {
        let document = hit.document;
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            "{:id_width$}  {:kind_width$}  {}",
            id(hit),
            document.kind.one,
            document.title
        );
    }
    lines
}

fn widest(column: impl Iterator<Item = String>) -> usize {
    column.map(|text| text.chars().count()).max().unwrap_or(0)
}
