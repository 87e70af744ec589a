use super::layout::{Layout, Point, layout};
use super::*;

const BUNDLE: &str = r#"{"type": "bundle", "objects": [
    {"type": "identity", "id": "identity--1", "name": "An author"},
    {"type": "attack-flow", "id": "attack-flow--1", "name": " Tea ", "description": "How it is made.",
     "start_refs": ["attack-action--1"]},
    {"type": "attack-action", "id": "attack-action--1", "name": "Boil", "technique_id": "1059.001",
     "effect_refs": ["attack-condition--1", "attack-action--9"], "asset_refs": ["attack-asset--1"]},
    {"type": "attack-condition", "id": "attack-condition--1", "description": "Is it hot?",
     "on_true_refs": ["attack-operator--1"], "on_false_refs": ["attack-action--1"]},
    {"type": "attack-operator", "id": "attack-operator--1", "operator": "AND",
     "effect_refs": ["attack-action--2"]},
    {"type": "attack-action", "id": "attack-action--2", "name": "Pour", "technique_id": "AML.T0065",
     "effect_refs": ["attack-action--2"]},
    {"type": "attack-asset", "id": "attack-asset--1", "name": "Kettle"},
    {"type": "tool", "id": "tool--1", "name": "Spoon"},
    {"type": "tool", "id": "tool--2", "name": "Fork"},
    {"type": "relationship", "source_ref": "attack-action--2", "target_ref": "tool--1"}]}"#;

const V2: &str = r#"{"version": "0.1.0", "id": "p", "schema": {"templates": []}, "objects": [
    {"id": "p", "template": "attack_flow_page", "properties": [["name", "Tea"]], "children": ["a", "c"]},
    {"id": "a", "template": "action", "children": ["a0"],
     "properties": [["name", "Boil"], ["tactic_id", "T1059"], ["technique_id", null]]},
    {"id": "c", "template": "condition", "children": ["c0", "c1", "c2"],
     "properties": [["description", "Is it hot?"]]},
    {"id": "o", "template": "or", "children": ["o0"], "properties": [["text", "AND"]]},
    {"id": "a0", "template": "@__builtin__anchor", "children": ["s1", "t3"]},
    {"id": "c0", "template": "@__builtin__anchor", "children": ["t1"]},
    {"id": "c1", "template": "true_anchor", "children": ["s2"]},
    {"id": "c2", "template": "false_anchor", "children": ["s3"]},
    {"id": "o0", "template": "@__builtin__anchor", "children": ["t2"]},
    {"id": "l1", "template": "@__builtin__line_vertical_elbow", "children": ["s1", "h1", "t1"]},
    {"id": "l2", "template": "@__builtin__line_vertical_elbow", "children": ["s2", "t2"]},
    {"id": "l3", "template": "@__builtin__line_horizontal_elbow", "children": ["s3", "t3"]},
    {"id": "s1", "template": "@__builtin__line_source"}, {"id": "t1", "template": "@__builtin__line_target"},
    {"id": "s2", "template": "@__builtin__line_source"}, {"id": "t2", "template": "@__builtin__line_target"},
    {"id": "s3", "template": "@__builtin__line_source"}, {"id": "t3", "template": "@__builtin__line_target"},
    {"id": "h1", "template": "@__builtin__line_handle"}]}"#;

const V3: &str = r#"{"schema": "attack_flow_v2", "theme": "dark_theme", "objects": [
    {"id": "flow", "instance": "p", "properties": [["name", "Tea"]], "objects": ["a", "c", "l1"]},
    {"id": "dynamic_line", "instance": "l1", "source": "s1", "target": "t1", "handles": ["h1"]},
    {"id": "dynamic_line", "instance": "l2", "source": "s2", "target": "t2", "handles": []},
    {"id": "dynamic_line", "instance": "l3", "source": "s9", "target": "t9", "handles": []},
    {"id": "generic_latch", "instance": "s1"}, {"id": "generic_latch", "instance": "t1"},
    {"id": "generic_handle", "instance": "h1"},
    {"id": "action", "instance": "a", "anchors": {"0": "a0"}, "properties":
     [["name", "Boil"], ["ttp", [["tactic", "TA0002"], ["technique", "T1059.001"]]], ["description", "Hot."]]},
    {"id": "condition", "instance": "c", "anchors": {"90": "c0", "branch.False": "c1"},
     "properties": [["description", "Is it hot?"]]},
    {"id": "AND_operator", "instance": "o", "anchors": {"0": "o0"}, "properties": [["operator", "AND"]]},
    {"id": "threat_actor", "instance": "g", "anchors": {}, "properties": [["name", "Cook"]]},
    {"id": "vertical_anchor", "instance": "a0", "latches": ["s1"]},
    {"id": "vertical_anchor", "instance": "c0", "latches": ["t1"]},
    {"id": "vertical_anchor", "instance": "c1", "latches": ["s2"]},
    {"id": "horizontal_anchor", "instance": "o0", "latches": ["t2"]}]}"#;

fn read(text: &str) -> Flow {
    Flow::parse(text).expect("a flow")
}

/// The arrows as `Boil > Is it hot?`.
fn arrows(flow: &Flow) -> Vec<String> {
    let title = |i: usize| flow.steps[i].title.as_str();
    let arrow = |a: &Arrow| format!("{} {:?} {}", title(a.from), a.when, title(a.to));
    flow.arrows.iter().map(arrow).collect()
}

#[test]
fn a_bundle_is_read_with_its_branches_assets_and_tools() {
    let flow = read(BUNDLE);
    assert_eq!(
        (flow.name.as_str(), flow.description.as_str()),
        ("Tea", "How it is made.")
    );
    let titles: Vec<&str> = flow.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(
        titles,
        ["Boil", "Is it hot?", "AND", "Pour", "Kettle", "Spoon"]
    );
    assert_eq!(flow.steps[5].kind, Kind::Object("tool".to_owned()));
    // A missing T is put there; an ID of another framework is none.
    assert_eq!(flow.techniques().collect::<Vec<_>>(), ["T1059.001"]);
    // What leads nowhere, or to itself, is no arrow.
    assert_eq!(
        arrows(&flow),
        [
            "Boil Always Is it hot?",
            "Boil Always Kettle",
            "Is it hot? True AND",
            "Is it hot? False Boil",
            "AND Always Pour",
            "Pour Always Spoon",
        ]
    );
}

#[test]
fn both_shapes_of_builder_files_are_read() {
    let flow = read(V2);
    assert_eq!(flow.name, "Tea");
    assert_eq!(flow.steps[0].technique.as_deref(), Some("T1059"));
    let expected = [
        "Boil Always Is it hot?",
        "Is it hot? True OR",
        "Is it hot? False Boil",
    ];
    assert_eq!(arrows(&flow), expected);

    let flow = read(V3);
    assert_eq!(flow.name, "Tea");
    assert_eq!(flow.steps[0].technique.as_deref(), Some("T1059.001"));
    assert_eq!(flow.steps[0].description, "Hot.");
    assert_eq!(flow.steps[3].kind, Kind::Object("threat-actor".to_owned()));
    assert_eq!(
        arrows(&flow),
        ["Boil Always Is it hot?", "Is it hot? False AND"]
    );
}

#[test]
fn what_is_no_flow_or_too_large_is_refused() {
    let refused = |text: &str| Flow::parse(text).expect_err("a refusal");
    assert!(refused("{").contains("EOF"));
    assert!(refused("[]").contains("neither"));
    assert!(refused(r#"{"type": "bundle", "objects": []}"#).contains("no `attack-flow`"));
    assert!(refused(r#"{"objects": [1, {"id": 3}]}"#).contains("no steps"));
    let action = |i: usize| format!(r#"{{"id": "action", "instance": "{i}", "properties": []}}"#);
    let many: Vec<String> = (0..600).map(action).collect();
    assert!(refused(&format!(r#"{{"objects": [{}]}}"#, many.join(","))).contains("at most 500"));
}

/// A flow of boxes of one size.
fn laid_out(steps: usize, arrows: &[(usize, usize)]) -> Option<Layout> {
    let step = Step {
        kind: Kind::Action,
        title: String::new(),
        description: String::new(),
        technique: None,
    };
    let mut flow = Flow {
        steps: vec![step; steps],
        ..Flow::default()
    };
    for &(from, to) in arrows {
        flow.lead(from, to, When::Always);
    }
    layout(&flow, &vec![Point { x: 100.0, y: 40.0 }; steps])
}

#[test]
fn steps_lie_below_what_leads_to_them_and_apart_from_each_other() {
    let arrows = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3), (3, 4)];
    let drawing = laid_out(5, &arrows).expect("a drawing");
    for (from, to) in arrows {
        assert!(
            drawing.boxes[from].y + 40.0 < drawing.boxes[to].y,
            "{from} {to}"
        );
    }
    assert!((drawing.boxes[1].x - drawing.boxes[2].x).abs() >= 100.0);
    let inside =
        |p: &Point| (0.0..=drawing.size.x).contains(&p.x) && (0.0..=drawing.size.y).contains(&p.y);
    assert!(
        drawing
            .boxes
            .iter()
            .chain(drawing.arrows.iter().flatten())
            .all(inside)
    );
    // The long arrow passes the layer between.
    assert_eq!(drawing.arrows[4].len(), 3);
    assert_eq!(drawing.order, [0, 1, 2, 3, 4]);
}

#[test]
fn circles_are_survived_and_lead_back_up() {
    let drawing = laid_out(3, &[(0, 1), (1, 2), (2, 0)]).expect("a drawing");
    assert_eq!(drawing.order, [0, 1, 2]);
    let back = &drawing.arrows[2];
    assert!(back.first().map(|p| p.y) > back.last().map(|p| p.y));
    assert!(laid_out(1, &[]).is_some());
}

#[test]
fn arrows_do_not_cross_where_they_need_not() {
    let drawing = laid_out(6, &[(0, 4), (1, 3), (2, 5), (0, 3)]).expect("a drawing");
    let crossing = |a: &[Point], b: &[Point]| (a[0].x - b[0].x) * (a[1].x - b[1].x) < 0.0;
    let arrows = &drawing.arrows;
    for (i, a) in arrows.iter().enumerate() {
        assert!(!arrows[..i].iter().any(|b| crossing(a, b)), "{arrows:?}");
    }
}

#[test]
fn a_tangle_is_not_drawn() {
    let mut arrows: Vec<(usize, usize)> = (1..400).map(|i| (i - 1, i)).collect();
    arrows.extend((0..200).map(|i| (i, 399 - i)));
    assert!(laid_out(400, &arrows).is_none());
}
