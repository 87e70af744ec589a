//! Where the boxes and arrows of a flow go: in layers from top to bottom, as in the method of Sugiyama.
//! Arrows that close a circle are turned round for the while; each step lies below all that
//! lead to it; long arrows bend once in each layer that they pass; the order in a layer follows the
//! neighbours above and below, and so do the places.

use super::Flow;

/// Room between boxes, beside and below each other.
const BESIDE: f64 = 24.0;
const BELOW: f64 = 46.0;
/// The width that an arrow takes where it passes a layer.
const BEND: f64 = 14.0;
/// The most room between two arrows at the edge of a box.
const PORT: f64 = 40.0;
/// How often order and places follow the neighbours.
const SWEEPS: usize = 12;
/// More bends than this nobody can follow; such a flow is told in words only.
const MAX_BENDS: usize = 5000;

/// A size or a place, in units of the drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Width and height of all of it.
    pub size: Point,
    /// The middle of each step's box.
    pub boxes: Vec<Point>,
    /// Where each arrow runs, from its start to its head.
    pub arrows: Vec<Vec<Point>>,
    /// The steps as one reads them: by layer, then from left to right.
    pub order: Vec<usize>,
}

/// A step or a bend of an arrow.
struct Node {
    layer: usize,
    size: Point,
    x: f64,
    above: Vec<usize>,
    below: Vec<usize>,
}

/// Lays a flow out, given the sizes of its boxes; `None` where its arrows are too long and too many.
pub fn layout(flow: &Flow, sizes: &[Point]) -> Option<Layout> {
    let count = flow.steps.len();
    let downward = downward(flow);
    let layers = layers(count, &downward);
    let mut nodes: Vec<Node> = (0..count)
        .map(|i| Node {
            layer: layers[i],
            size: sizes[i],
            x: 0.0,
            above: Vec::new(),
            below: Vec::new(),
        })
        .collect();
    let paths = bend(&downward, &mut nodes)?;
    let mut rows = rows(&nodes);
    for sweep in 0..SWEEPS {
        order(&nodes, &mut rows, sweep % 2 == 0);
    }
    place(&mut nodes, &rows);
    let tops = tops(&nodes, &rows);
    let left = nodes
        .iter()
        .map(|n| n.x - n.size.x / 2.0)
        .fold(f64::MAX, f64::min);
    let right = nodes
        .iter()
        .map(|n| n.x + n.size.x / 2.0)
        .fold(f64::MIN, f64::max);
    let middle = |i: usize| Point {
        x: nodes[i].x - left,
        y: tops[nodes[i].layer] + row_height(&nodes, &rows[nodes[i].layer]) / 2.0,
    };
    let arrows = flow.arrows.iter().zip(&paths).zip(&downward);
    let arrows = arrows.map(|((arrow, path), down)| {
        let points: Vec<Point> = path.iter().map(|&i| middle(i)).collect();
        run(points, arrow.from == down.0, &nodes, path)
    });
    Some(Layout {
        size: Point {
            x: right - left,
            y: tops.last().copied().unwrap_or_default() - BELOW,
        },
        arrows: arrows.collect(),
        boxes: (0..count).map(middle).collect(),
        order: rows
            .iter()
            .flatten()
            .copied()
            .filter(|&i| i < count)
            .collect(),
    })
}

/// The ends of each arrow, upper one first: those that close a circle are turned round.
fn downward(flow: &Flow) -> Vec<(usize, usize)> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); flow.steps.len()];
    let mut entered = vec![false; flow.steps.len()];
    for (i, arrow) in flow.arrows.iter().enumerate() {
        next[arrow.from].push(i);
        entered[arrow.to] = true;
    }
    let mut ends: Vec<(usize, usize)> = flow.arrows.iter().map(|a| (a.from, a.to)).collect();
    // 0: not met, 1: on the way, 2: done.
    let mut state = vec![0_u8; flow.steps.len()];
    // From the starts first, so that a circle is cut where it leads back and not where it begins.
    let starts = (0..flow.steps.len()).filter(|&i| !entered[i]);
    for start in starts.chain(0..flow.steps.len()) {
        let mut way = vec![(start, 0)];
        while let Some((step, at)) = way.pop() {
            if at == 0 {
                if state[step] == 2 {
                    continue;
                }
                state[step] = 1;
            }
            let Some(&arrow) = next[step].get(at) else {
                state[step] = 2;
                continue;
            };
            way.push((step, at + 1));
            let to = flow.arrows[arrow].to;
            match state[to] {
                0 => way.push((to, 0)),
                1 => ends[arrow] = (to, step),
                _ => {}
            }
        }
    }
    ends
}

/// The layer of each step: one below the lowest that leads to it.
fn layers(count: usize, downward: &[(usize, usize)]) -> Vec<usize> {
    let mut waits = vec![0; count];
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(upper, lower) in downward {
        waits[lower] += 1;
        next[upper].push(lower);
    }
    let mut layers = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|&i| waits[i] == 0).collect();
    while let Some(step) = ready.pop() {
        for &lower in &next[step] {
            layers[lower] = layers[lower].max(layers[step] + 1);
            waits[lower] -= 1;
            if waits[lower] == 0 {
                ready.push(lower);
            }
        }
    }
    layers
}

/// Gives each arrow a node in every layer that it passes. Returns the nodes of each, from the top.
fn bend(downward: &[(usize, usize)], nodes: &mut Vec<Node>) -> Option<Vec<Vec<usize>>> {
    let steps = nodes.len();
    let mut paths = Vec::with_capacity(downward.len());
    for &(upper, lower) in downward {
        let mut path = vec![upper];
        for layer in nodes[upper].layer + 1..nodes[lower].layer {
            if nodes.len() - steps >= MAX_BENDS {
                return None;
            }
            path.push(nodes.len());
            nodes.push(Node {
                layer,
                size: Point { x: BEND, y: 0.0 },
                x: 0.0,
                above: Vec::new(),
                below: Vec::new(),
            });
        }
        path.push(lower);
        for pair in path.windows(2) {
            nodes[pair[0]].below.push(pair[1]);
            nodes[pair[1]].above.push(pair[0]);
        }
        paths.push(path);
    }
    Some(paths)
}

fn rows(nodes: &[Node]) -> Vec<Vec<usize>> {
    let count = nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0);
    let mut rows = vec![Vec::new(); count];
    for (i, node) in nodes.iter().enumerate() {
        rows[node.layer].push(i);
    }
    rows
}

/// One sweep over the layers: each is sorted by the middle of its neighbours' positions.
fn order(nodes: &[Node], rows: &mut [Vec<usize>], is_down: bool) {
    let mut position = vec![0.0; nodes.len()];
    let number = |rows: &[Vec<usize>], row: usize, position: &mut Vec<f64>| {
        for (at, &i) in rows[row].iter().enumerate() {
            position[i] = float(at);
        }
    };
    for row in 0..rows.len() {
        number(rows, row, &mut position);
    }
    for step in 1..rows.len() {
        let row = if is_down { step } else { rows.len() - 1 - step };
        let mut keyed: Vec<(f64, usize)> = rows[row]
            .iter()
            .map(|&i| {
                let near = if is_down {
                    &nodes[i].above
                } else {
                    &nodes[i].below
                };
                (
                    mean(near.iter().map(|&n| position[n])).unwrap_or(position[i]),
                    i,
                )
            })
            .collect();
        // The sort is stable, so that equals keep their order.
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows[row] = keyed.into_iter().map(|(_, i)| i).collect();
        number(rows, row, &mut position);
    }
}

/// Moves the nodes of each layer below and above their neighbours, as far as order and room allow.
fn place(nodes: &mut [Node], rows: &[Vec<usize>]) {
    for row in rows {
        let mut x = 0.0;
        for &i in row {
            nodes[i].x = x + nodes[i].size.x / 2.0;
            x += nodes[i].size.x + BESIDE;
        }
    }
    for sweep in 0..SWEEPS {
        let is_down = sweep % 2 == 0;
        for step in 0..rows.len() {
            let row = &rows[if is_down { step } else { rows.len() - 1 - step }];
            let wanted: Vec<f64> = row
                .iter()
                .map(|&i| {
                    let near = if is_down {
                        &nodes[i].above
                    } else {
                        &nodes[i].below
                    };
                    mean(near.iter().map(|&n| nodes[n].x)).unwrap_or(nodes[i].x)
                })
                .collect();
            for (&i, x) in row.iter().zip(apart(nodes, row, &wanted)) {
                nodes[i].x = x;
            }
        }
    }
}

/// The places nearest to those wanted at which the nodes of a row keep their order and their
/// distance. Neighbours that would overlap become one block, which takes the mean of what its
/// members want.
fn apart(nodes: &[Node], row: &[usize], wanted: &[f64]) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(row.len());
    let mut offset = 0.0;
    for (at, &i) in row.iter().enumerate() {
        if at > 0 {
            offset += f64::midpoint(nodes[row[at - 1]].size.x, nodes[i].size.x) + BESIDE;
        }
        offsets.push(offset);
    }
    // Blocks as sum and count of what is wanted, less the offsets.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (x, offset) in wanted.iter().zip(&offsets) {
        let mut block = (x - offset, 1);
        while let Some(&(sum, count)) = blocks.last() {
            if sum / float(count) <= block.0 / float(block.1) {
                break;
            }
            block = (block.0 + sum, block.1 + count);
            blocks.pop();
        }
        blocks.push(block);
    }
    let bases = blocks
        .into_iter()
        .flat_map(|(sum, count)| std::iter::repeat_n(sum / float(count), count));
    bases
        .zip(offsets)
        .map(|(base, offset)| base + offset)
        .collect()
}

fn row_height(nodes: &[Node], row: &[usize]) -> f64 {
    row.iter().map(|&i| nodes[i].size.y).fold(0.0, f64::max)
}

/// Where each layer begins, and where the next one would.
fn tops(nodes: &[Node], rows: &[Vec<usize>]) -> Vec<f64> {
    let mut tops = vec![0.0];
    let mut top = 0.0;
    for row in rows {
        top += row_height(nodes, row) + BELOW;
        tops.push(top);
    }
    tops
}

/// An arrow through the middles of its nodes, from edge to edge of the boxes at its ends, in the
/// direction in which it points.
fn run(mut points: Vec<Point>, is_downward: bool, nodes: &[Node], path: &[usize]) -> Vec<Point> {
    if let ([upper, next, ..], [.., before, lower]) = (path, path)
        && let [first, .., last] = &mut points[..]
    {
        first.x += port(nodes, *upper, &nodes[*upper].below, *next);
        first.y += nodes[*upper].size.y / 2.0;
        last.x += port(nodes, *lower, &nodes[*lower].above, *before);
        last.y -= nodes[*lower].size.y / 2.0;
    }
    if !is_downward {
        points.reverse();
    }
    points
}

/// How far from the middle of a box the arrow to or from a neighbour meets its edge: in the order
/// of the neighbours, so that arrows do not meet in one point.
fn port(nodes: &[Node], of: usize, near: &[usize], neighbour: usize) -> f64 {
    let mut near = near.to_vec();
    near.sort_by(|&a, &b| nodes[a].x.total_cmp(&nodes[b].x));
    let at = near.iter().position(|&i| i == neighbour).unwrap_or(0);
    let room = (nodes[of].size.x * 0.8 / float(near.len().max(1))).min(PORT);
    (float(at) - (float(near.len()) - 1.0) / 2.0) * room
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), x| (sum + x, count + 1));
    (count > 0).then(|| sum / float(count))
}

#[expect(clippy::cast_precision_loss, reason = "nodes are counted in hundreds")]
fn float(count: usize) -> f64 {
    count as f64
}
