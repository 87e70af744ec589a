//! ATT&CK Navigator layers, format 4.5:
//! <https://github.com/mitre-attack/attack-navigator/tree/master/layers>.

use serde::Serialize;

use crate::json;

/// A layer, in the field names of its format.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer<'l> {
    name: String,
    description: String,
    domain: &'l str,
    versions: Versions<'l>,
    techniques: Vec<Technique<'l>>,
    gradient: Gradient,
    legend_items: Vec<LegendItem>,
    sorting: u8,
    layout: Arrangement,
}

/// Navigator opens a layer with the ATT&CK version that it names.
#[derive(Debug, Serialize)]
struct Versions<'l> {
    #[serde(skip_serializing_if = "Option::is_none")]
    attack: Option<&'l str>,
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Technique<'l> {
    #[serde(rename = "techniqueID")]
    id: &'l str,
    score: u8,
    color: &'static str,
    comment: String,
    enabled: bool,
    show_subtechniques: bool,
}

/// The colours of scores: of those that have no colour of their own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Gradient {
    colors: [&'static str; 2],
    min_value: u8,
    max_value: u8,
}

#[derive(Debug, Serialize)]
struct LegendItem {
    label: String,
    color: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Arrangement {
    #[serde(rename = "layout")]
    kind: &'static str,
    #[serde(rename = "showID")]
    show_id: bool,
    show_name: bool,
    expanded_subtechniques: &'static str,
}

/// The colour of a technique that scores.
pub const SCORED: &str = "#66b1ff";

impl<'l> Layer<'l> {
    /// A layer without techniques, for a domain of a release: its major number, if it is known.
    pub fn new(
        name: String,
        description: String,
        domain: &'l str,
        attack: Option<&'l str>,
    ) -> Layer<'l> {
        Layer {
            name,
            description,
            domain,
            versions: Versions {
                attack,
                navigator: "5.1.0",
                layer: "4.5",
            },
            techniques: Vec::new(),
            gradient: Gradient {
                colors: ["#ffffff", SCORED],
                min_value: 0,
                max_value: 1,
            },
            legend_items: Vec::new(),
            sorting: 0,
            layout: Arrangement {
                kind: "side",
                show_id: true,
                show_name: true,
                expanded_subtechniques: "annotated",
            },
        }
    }

    /// Adds a technique; without a colour it has that of its score, 0 or 1.
    pub fn technique(&mut self, id: &'l str, score: bool, color: &'static str, comment: String) {
        self.techniques.push(Technique {
            id,
            score: u8::from(score),
            color,
            comment,
            enabled: true,
            show_subtechniques: true,
        });
    }

    /// Adds what a colour means.
    pub fn legend(&mut self, label: &str, color: &'static str) {
        self.legend_items.push(LegendItem {
            label: label.to_owned(),
            color,
        });
    }

    /// The layer as a file.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        json::to_json(self)
    }
}
