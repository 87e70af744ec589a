//! Tables on paper, their columns as wide as their texts need.

use super::code::{Code, Seen};

/// The most that the text of a column counts for its width.
const WIDEST: usize = 64;

/// Letters of a head that is not broken.
const SHORT_HEAD: usize = 10;

/// A table in the making. Its first row is its head.
#[derive(Default)]
pub(super) struct Table {
    cells: Vec<String>,
    columns: Vec<Need>,
    at: usize,
    head_ended: bool,
    /// Whether the rows are steps, which somebody does and dates.
    steps: bool,
    rows: usize,
}

#[derive(Clone, Copy, Default)]
struct Need {
    letters: usize,
    widest: usize,
}

impl Table {
    /// Adds a cell to the row.
    pub(super) fn cell(&mut self, code: String, seen: Seen) {
        if self.head_ended && self.at == self.columns.len() {
            self.at = 0;
            self.rows += 1;
        }
        if !self.head_ended {
            self.columns.push(Need::default());
        }
        if let Some(need) = self.columns.get_mut(self.at) {
            need.letters += seen.letters;
            // Short heads such as `Event ID` stay on one line.
            let head = seen.letters.min(SHORT_HEAD);
            let widest = seen.widest.max(if self.head_ended { 0 } else { head });
            need.widest = need.widest.max(widest);
        }
        self.cells.push(code);
        self.at += 1;
    }

    /// All columns are there.
    pub(super) fn end_head(&mut self, steps: bool) {
        self.head_ended = true;
        self.steps = steps;
    }

    /// Writes the table.
    pub(super) fn write(self, code: &mut Code) {
        let width = self.columns.len();
        if width == 0 {
            return;
        }
        code.raw("tbl((");
        for need in &self.columns {
            // Short columns get what they need, long ones share the rest.
            let usual = need.letters / (self.rows + 1);
            code.number((need.widest + 2).max(usual.min(WIDEST)));
            code.raw("fr,");
        }
        code.raw(if self.steps { "22mm,16mm,),(" } else { "),(" });
        for (i, cell) in self.cells.iter().enumerate() {
            code.raw("{");
            code.raw(cell);
            code.raw("},");
            if (i + 1) % width != 0 {
                continue;
            }
            if self.steps {
                let head = i + 1 == width;
                code.raw(if head {
                    "words.done-by,words.time,"
                } else {
                    "[],[],"
                });
            }
            if i + 1 == width {
                code.raw("),");
            }
        }
        code.raw(");");
    }
}
