//! A domain's matrix on one large sheet, as large as its letters can be.

use std::collections::BTreeMap;

use super::code::Code;
use super::{Edition, Sheet, open};
use crate::attack::ObjectIx;
use crate::attack::matrix::Matrix;
use crate::coverage::{Coverage, State};
use crate::playbook::Tlp;
use crate::site::context::Sources;
use crate::site::pages::coverage::label;
use crate::site::strings::Strings;

/// The size of a poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names speak for themselves")]
pub enum PosterSize {
    A0,
    A1,
    A2,
    A3,
}

impl PosterSize {
    fn name(self) -> &'static str {
        match self {
            PosterSize::A0 => "a0",
            PosterSize::A1 => "a1",
            PosterSize::A2 => "a2",
            PosterSize::A3 => "a3",
        }
    }

    /// Width and height for the matrix in points, the sheet lying on its side.
    fn room(self) -> (f64, f64) {
        let (width, height) = match self {
            PosterSize::A0 => (3370.0, 2384.0),
            PosterSize::A1 => (2384.0, 1684.0),
            PosterSize::A2 => (1684.0, 1191.0),
            PosterSize::A3 => (1191.0, 842.0),
        };
        (width - 57.0, height - 130.0 - height * 0.055)
    }
}

/// What colours the cells.
pub enum Marks<'m> {
    /// How well the playbooks serve.
    Coverage(&'m Coverage),
    /// A layer: its name, and a colour such as `#31a354` for each technique.
    Layer(String, BTreeMap<ObjectIx, String>),
}

/// Sub-techniques are there when their letters are at least as high, in points.
const READABLE: f64 = 4.5;

/// The height of a line in heights of its letters, with the gap between cells.
const LINE: f64 = 1.42;

/// The width of a letter in heights.
const LETTER: f64 = 0.56;

/// How a matrix is laid out: the size of the letters and the columns of each tactic.
struct Plan {
    size: f64,
    tactics: Vec<Vec<Vec<(ObjectIx, usize)>>>,
    columns: usize,
}

/// A matrix as a poster.
pub fn poster(
    sources: Sources,
    matrix: &Matrix,
    marks: &Marks,
    size: PosterSize,
    edition: &Edition,
) -> Sheet {
    let domain = &sources.knowledge.domains[matrix.domain];
    let name = matrix
        .object
        .map_or(domain.as_str(), |ix| sources.knowledge.object(ix).name());
    let (room, with_subs) = (size.room(), plan(sources, matrix, size.room(), true));
    let plan = with_subs
        .filter(|plan| plan.size >= READABLE)
        .or_else(|| plan(sources, matrix, room, false));
    let mut code = Code::default();
    let title = format!("{name} matrix");
    // What a team can answer, and what it cannot, is as delicate as its playbooks.
    open(&mut code, "poster", sources, edition, &title, Tlp::Amber);
    code.raw("poster(");
    code.literal(name);
    code.raw(",paper:");
    code.literal(size.name());
    code.raw(",legend:(");
    write_legend(sources.strings, marks, &mut code);
    code.raw("),");
    if let Some(plan) = plan {
        write(sources, matrix, marks, &plan, &mut code);
    }
    code.raw(");}\n");
    Sheet {
        title,
        source: code.finish(),
    }
}

/// The largest letters with which a matrix has room.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sheets have hundreds of lines, not billions"
)]
fn plan(
    sources: Sources,
    matrix: &Matrix,
    (width, height): (f64, f64),
    subs: bool,
) -> Option<Plan> {
    let name = |ix: ObjectIx| sources.knowledge.object(ix).name().chars().count();
    for quarter in (10..72).rev() {
        let size = f64::from(quarter) / 4.0;
        let lines = (height / (size * LINE)) as usize;
        for columns in matrix.columns.len()..matrix.columns.len() * 3 {
            // A cell has an edge, and gaps on both sides.
            let letters = ((width / columns as f64 - size * 1.6) / (size * LETTER)) as usize;
            if letters < 16 {
                break;
            }
            let tactics: Vec<_> = matrix
                .columns
                .iter()
                .map(|tactic| {
                    let cells = tactic.techniques.iter().flat_map(|(technique, children)| {
                        let own = (*technique, name(*technique).div_ceil(letters));
                        let children = children
                            .iter()
                            .filter(|_| subs)
                            .map(|&child| (child, (name(child) + 3).div_ceil(letters)));
                        std::iter::once(own).chain(children)
                    });
                    pack(cells, lines)
                })
                .collect();
            if tactics.iter().map(Vec::len).sum::<usize>() <= columns {
                return Some(Plan {
                    size,
                    tactics,
                    columns,
                });
            }
        }
    }
    None
}

/// Cells in columns of so many lines.
fn pack(
    cells: impl Iterator<Item = (ObjectIx, usize)>,
    lines: usize,
) -> Vec<Vec<(ObjectIx, usize)>> {
    let mut columns = vec![Vec::new()];
    let mut used = 0;
    for (ix, height) in cells {
        if used + height > lines {
            columns.push(Vec::new());
            used = 0;
        }
        used += height;
        if let Some(column) = columns.last_mut() {
            column.push((ix, height));
        }
    }
    columns
}

fn write(sources: Sources, matrix: &Matrix, marks: &Marks, plan: &Plan, code: &mut Code) {
    code.raw("size:");
    code.number(plan.size);
    code.raw("pt,columns:");
    code.number(plan.columns.min(plan.tactics.iter().map(Vec::len).sum()));
    code.raw(",");
    for (column, parts) in matrix.columns.iter().zip(&plan.tactics) {
        let (id, name) = match column.tactic {
            Some(ix) => {
                let tactic = sources.knowledge.object(ix);
                (tactic.id(), tactic.name())
            }
            None => ("", column.shortname.as_str()),
        };
        code.raw("(");
        code.literal(id);
        code.raw(",");
        code.literal(name);
        code.raw(",");
        code.number(column.techniques.len());
        code.raw(",(");
        for part in parts {
            code.raw("(");
            for &(ix, height) in part {
                let object = sources.knowledge.object(ix);
                code.raw("(");
                code.literal(object.id());
                code.raw(",");
                code.literal(object.name());
                code.raw(",");
                code.number(height);
                code.raw(",");
                write_mark(marks, ix, code);
                code.raw("),");
            }
            code.raw("),");
        }
        code.raw(")),");
    }
}

fn write_mark(marks: &Marks, ix: ObjectIx, code: &mut Code) {
    match marks {
        Marks::Coverage(coverage) => code.raw(state_mark(coverage.state(ix))),
        Marks::Layer(_, colours) => match colours.get(&ix) {
            Some(colour) => {
                code.raw("coloured(rgb(");
                code.literal(colour);
                code.raw("))");
            }
            None => code.raw("plain"),
        },
    }
}

fn state_mark(state: State) -> &'static str {
    match state {
        State::Approved => "approved",
        State::Authored => "authored",
        State::Stale => "stale",
        State::None => "plain",
    }
}

fn write_legend(strings: &Strings, marks: &Marks, code: &mut Code) {
    match marks {
        Marks::Coverage(_) => {
            for state in [State::Approved, State::Authored, State::Stale, State::None] {
                code.raw("(");
                code.raw(state_mark(state));
                code.raw(",");
                code.literal(label(strings, state));
                code.raw("),");
            }
        }
        Marks::Layer(name, _) => {
            code.raw("(plain,");
            code.literal(name);
            code.raw("),");
        }
    }
}
