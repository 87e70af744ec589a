//! Navigator layers, as far as print reads them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::attack::{Knowledge, ObjectIx};
use crate::diagnostics::{Diagnostic, Failure};
use crate::source;

#[derive(Deserialize)]
pub(super) struct Layer {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    techniques: Vec<Entry>,
    #[serde(default)]
    gradient: Gradient,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "techniqueID")]
    id: String,
    #[serde(default)]
    color: Option<String>,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Gradient {
    colors: Vec<String>,
    min_value: f64,
    max_value: f64,
}

impl Layer {
    pub(super) fn read(path: &Path) -> Result<Layer, Failure> {
        let text = source::read_text(path)?;
        serde_json::from_str(&text).map_err(|error| {
            Diagnostic::error("layer", format!("`{}`: {error}", path.display()))
                .help("a layer of the ATT&CK Navigator is needed")
                .into()
        })
    }

    /// The techniques that the layer names and the release has.
    pub(super) fn techniques(&self, knowledge: &Knowledge) -> Vec<ObjectIx> {
        let entries = self.techniques.iter().filter(|entry| entry.enabled);
        let found = entries.filter_map(|entry| knowledge.by_attack_id(&entry.id));
        found.filter(|&ix| knowledge.object(ix).is_live()).collect()
    }

    /// The colour of each technique: its own, else its score's place in the gradient.
    pub(super) fn colours(&self, knowledge: &Knowledge) -> BTreeMap<ObjectIx, String> {
        let entries = self.techniques.iter().filter(|entry| entry.enabled);
        entries
            .filter_map(|entry| {
                let own = entry.color.clone().filter(|colour| is_colour(colour));
                let colour = own.or_else(|| self.gradient.at(entry.score?))?;
                Some((knowledge.by_attack_id(&entry.id)?, colour))
            })
            .collect()
    }
}

/// `#31a354`, perhaps with a share of opacity at its end, which Navigator writes and paper ignores.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    matches!(digits.len(), 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Gradient {
    /// The nearest of the gradient's colours.
    fn at(&self, score: f64) -> Option<String> {
        let last = self.colors.len().checked_sub(1)?;
        let width = (self.max_value - self.min_value).max(f64::EPSILON);
        let share = ((score - self.min_value) / width).clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a share of a handful of colours"
        )]
        let nearest = (share * last as f64).round() as usize;
        let colour = self.colors.get(nearest)?;
        is_colour(colour).then(|| colour.get(..7).unwrap_or(colour).to_owned())
    }
}
