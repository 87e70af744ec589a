//! The data beside each matrix, which the explorer in the browser reads.

use serde_json::{Value, json};

use crate::harness::{Project, Site};
use crate::stix::Bundle;

fn bundle() -> Bundle {
    Bundle::new("enterprise-attack")
        .tactic("TA9001", "Opening", "opening")
        .matrix("Enterprise")
        .technique("T9001", "Knock")
        .phase("opening")
        .platforms(&["Cottage", "Castle"])
        .technique("T9002", "Climb")
        .phase("opening")
        .platforms(&["Castle"])
        .technique("T9003", "Rap")
        .phase("opening")
        .revoked()
        .relation("revoked-by", "T9003", "T9001")
        .group("G9001", "Wolves")
        .set("aliases", ["Wolves", "Pack"])
        .uses("G9001", "T9002")
        .group("G9002", "Idle Foxes")
        .campaign("C9001", "Winter")
        .uses("C9001", "T9001")
        .relation("attributed-to", "C9001", "G9001")
}

fn data(site: &Site) -> Value {
    let script = site.file("matrices/enterprise/explorer.js");
    let (_, json) = script.split_once(".data=").expect("it sets the data");
    let json = json.trim_end().strip_suffix(';').expect("one statement");
    serde_json::from_str(json).expect("the data is JSON")
}

#[test]
fn the_explorer_knows_who_uses_what_where() {
    let data = data(&Project::of(&[&bundle()]).build());
    assert_eq!(data["domain"], "enterprise-attack");
    assert_eq!(
        data["techniques"][0],
        json!(["T9001", "Knock", 3, 0, 0, ""])
    );
    // What a group's campaigns used counts as its own; a group without techniques is no overlay.
    assert_eq!(
        data["sets"]["group"],
        json!([["G9001", "Wolves", ["Pack"], "0 1"]])
    );
    assert_eq!(
        data["sets"]["campaign"],
        json!([["C9001", "Winter", [], "0"]])
    );
    assert_eq!(
        data["sets"]["platform"],
        json!([["", "Castle", [], "0 1"], ["", "Cottage", [], "0"]])
    );
    assert_eq!(data["old"], json!({"T9003": 0}));
}

#[test]
fn every_matrix_page_names_the_data_of_its_matrix() {
    let site = Project::of(&[&bundle()]).build();
    let whole = site.page("matrices/enterprise");
    assert!(whole.contains("data-file=\"../../matrices/enterprise/explorer.js\""));
    let cut = site.page("matrices/enterprise/castle");
    assert!(cut.contains("data-file=\"../../../matrices/enterprise/explorer.js\""));
    // The coverage map has colours of its own.
    assert!(!site.page("coverage/enterprise").contains("explorer.js"));
}
