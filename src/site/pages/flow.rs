//! An attack flow as a drawing, and the same in words.

use std::fmt::Write as _;

use crate::attack::ObjectIx;
use crate::flow::layout::{Point, layout};
use crate::flow::{Flow, Kind, Step, When};
use crate::site::context::PageContext;
use crate::site::view::{FlowBox, FlowLine, FlowNext, FlowStep, FlowText, FlowView};

/// The drawing's measures, in pixels at its natural size.
const WIDTH: f64 = 200.0;
const OPERATOR: Point = Point { x: 64.0, y: 30.0 };
const LINE: f64 = 17.0;
const PADDING: f64 = 10.0;
/// What fits on a line of a box, in letters.
const LETTERS: usize = 26;
/// More lines than this are cut; the words below the drawing have all of it.
const MOST_LINES: usize = 4;
/// Room around the drawing, for the strokes at its edge.
const EDGE: f64 = 4.0;
/// Half the width and the length of an arrow's head.
const HEAD: (f64, f64) = (4.0, 7.0);

/// The view of a flow.
pub(super) fn view(context: &PageContext, flow: &Flow) -> FlowView {
    let lines: Vec<Vec<String>> = flow.steps.iter().map(|s| wrap(&s.title)).collect();
    let sizes: Vec<Point> = flow
        .steps
        .iter()
        .zip(&lines)
        .map(|(step, lines)| size(step, lines.len()))
        .collect();
    let drawing = layout(flow, &sizes);
    let order = match &drawing {
        Some(drawing) => drawing.order.clone(),
        None => (0..flow.steps.len()).collect(),
    };
    let mut view = FlowView {
        name: flow.name.clone(),
        description: flow.description.clone(),
        steps: steps(context, flow, &order),
        ..FlowView::default()
    };
    if let Some(drawing) = drawing {
        view.width = pixels(drawing.size.x + 2.0 * EDGE);
        view.height = pixels(drawing.size.y + 2.0 * EDGE);
        view.boxes = (0..flow.steps.len())
            .map(|i| {
                drawn(
                    context,
                    &flow.steps[i],
                    &lines[i],
                    (drawing.boxes[i], sizes[i]),
                )
            })
            .collect();
        let arrows = flow.arrows.iter().zip(&drawing.arrows);
        view.lines = arrows
            .map(|(arrow, points)| line(points, arrow.when))
            .collect();
    }
    view
}

fn size(step: &Step, lines: usize) -> Point {
    if step.kind == Kind::Operator {
        return OPERATOR;
    }
    let labelled = lines + 1;
    #[expect(clippy::cast_precision_loss, reason = "a box has a few lines")]
    let text = labelled as f64 * LINE;
    Point {
        x: WIDTH,
        y: text + 2.0 * PADDING,
    }
}

/// A box; the text in an operator is in its middle, else below a label.
fn drawn(
    context: &PageContext,
    step: &Step,
    lines: &[String],
    (middle, size): (Point, Point),
) -> FlowBox {
    let (left, top) = (
        middle.x - size.x / 2.0 + EDGE,
        middle.y - size.y / 2.0 + EDGE,
    );
    let technique = technique(context, step);
    let is_operator = step.kind == Kind::Operator;
    let first = top + PADDING + if is_operator { 0.0 } else { LINE };
    let mut y = first - 4.0;
    let text = |content: &String| {
        y += LINE;
        FlowText {
            y: pixels(y),
            text: content.clone(),
        }
    };
    FlowBox {
        kind: kind(step),
        label: label(step),
        label_y: pixels(top + PADDING + LINE - 4.0),
        x: pixels(left),
        y: pixels(top),
        text_x: pixels(if is_operator {
            middle.x + EDGE
        } else {
            left + PADDING
        }),
        width: pixels(size.x),
        height: pixels(size.y),
        href: technique.map(|ix| context.href(ix)),
        tip: technique.map(|ix| context.sources.knowledge.object(ix).name().to_owned()),
        lines: lines.iter().map(text).collect(),
    }
}

/// The object of this release that an action's ID stands for.
fn technique(context: &PageContext, step: &Step) -> Option<ObjectIx> {
    let id = step.technique.as_deref()?;
    context.sources.knowledge.by_attack_id(id)
}

fn kind(step: &Step) -> &'static str {
    match step.kind {
        Kind::Action => "action",
        Kind::Condition => "condition",
        Kind::Operator => "operator",
        Kind::Asset => "asset",
        Kind::Object(_) => "object",
    }
}

/// The ID of an action, the type of an object; the theme has words for the other kinds.
fn label(step: &Step) -> String {
    match &step.kind {
        Kind::Object(kind) => kind.replace('-', " "),
        _ => step.technique.clone().unwrap_or_default(),
    }
}

/// A line with its head: straight down out of each box and bend, and into the next.
fn line(points: &[Point], when: When) -> FlowLine {
    let shifted = |p: &Point| (p.x + EDGE, p.y + EDGE);
    let mut path = String::new();
    for (i, pair) in points.windows(2).enumerate() {
        let ((ax, ay), (bx, by)) = (shifted(&pair[0]), shifted(&pair[1]));
        if i == 0 {
            path = format!("M{} {}", pixels(ax), pixels(ay));
        }
        let half = pixels(f64::midpoint(ay, by));
        let (from, to) = (pixels(ax), pixels(bx));
        // Writing to a string cannot fail.
        let _ = write!(path, "C{from} {half} {to} {half} {to} {}", pixels(by));
    }
    if let [.., before, last] = points {
        let (x, y) = shifted(last);
        let back = if before.y < last.y { -HEAD.1 } else { HEAD.1 };
        let _ = write!(
            path,
            "M{} {}L{} {}L{} {}",
            pixels(x - HEAD.0),
            pixels(y + back),
            pixels(x),
            pixels(y),
            pixels(x + HEAD.0),
            pixels(y + back),
        );
    }
    // Beside the start, where arrows are still apart.
    let start = points.first().map(shifted).unwrap_or_default();
    let is_down = points.get(1).is_none_or(|next| next.y + EDGE > start.1);
    FlowLine {
        path,
        when: branch(when),
        x: pixels(start.0 + 4.0),
        y: pixels(start.1 + if is_down { 13.0 } else { -5.0 }),
    }
}

fn branch(when: When) -> &'static str {
    match when {
        When::Always => "",
        When::True => "true",
        When::False => "false",
    }
}

/// The flow in words, in the order of the drawing.
fn steps(context: &PageContext, flow: &Flow, order: &[usize]) -> Vec<FlowStep> {
    let mut numbers = vec![0; flow.steps.len()];
    for (number, &i) in (1..).zip(order) {
        numbers[i] = number;
    }
    order
        .iter()
        .map(|&i| {
            let step = &flow.steps[i];
            let technique = technique(context, step);
            let leads = flow.arrows.iter().filter(|arrow| arrow.from == i);
            FlowStep {
                number: numbers[i],
                kind: kind(step),
                label: label(step),
                title: step.title.clone(),
                description: step.description.clone(),
                href: technique.map(|ix| context.href(ix)),
                tip: technique.map(|ix| context.sources.knowledge.object(ix).name().to_owned()),
                next: leads
                    .map(|arrow| FlowNext {
                        when: branch(arrow.when),
                        number: numbers[arrow.to],
                    })
                    .collect(),
            }
        })
        .collect()
}

/// Breaks a title into lines of a box.
fn wrap(title: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for word in title.split_whitespace() {
        let width: usize = word.chars().map(letters).sum();
        if used > 0 && used + 1 + width > LETTERS {
            lines.push(String::new());
            used = 0;
        }
        if used > 0 {
            push(&mut lines, " ");
            used += 1;
        }
        for c in word.chars() {
            // A word longer than a line is cut.
            if used + letters(c) > LETTERS {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, c.encode_utf8(&mut [0; 4]));
            used += letters(c);
        }
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        push(&mut lines, "…");
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

/// How many letters wide a character is: those of East Asia and pictures take two.
fn letters(c: char) -> usize {
    if c >= '\u{1100}' { 2 } else { 1 }
}

/// A length with one decimal at most, so that files stay small and the same everywhere.
fn pixels(length: f64) -> String {
    let tenths = format!("{length:.1}");
    tenths.strip_suffix(".0").unwrap_or(&tenths).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_broken_at_blanks_and_cut_where_there_are_none() {
        assert_eq!(
            wrap("Exploit Public-Facing Application"),
            ["Exploit Public-Facing", "Application"]
        );
        assert_eq!(wrap(&"x".repeat(30)), ["x".repeat(26), "xxxx".to_owned()]);
        assert_eq!(wrap(&"字".repeat(14)), ["字".repeat(13), "字".to_owned()]);
        let long = wrap(&"word ".repeat(100));
        assert_eq!(long.len(), MOST_LINES);
        assert!(long[3].ends_with('…'));
        assert_eq!(wrap(""), [""]);
    }

    #[test]
    fn an_arrow_ends_in_its_head() {
        let points = [Point { x: 0.0, y: 0.0 }, Point { x: 10.5, y: 40.0 }];
        let drawn = line(&points, When::False);
        assert_eq!(
            drawn.path,
            "M4 4C4 24 14.5 24 14.5 44M10.5 37L14.5 44L18.5 37"
        );
        assert_eq!(drawn.when, "false");
    }
}
