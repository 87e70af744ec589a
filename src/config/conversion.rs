//! `[detections.sigma] convert`: a target's name, or a table with more.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::dialects;

/// A language that Sigma rules are converted to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    target: String,
    #[serde(default)]
    pipeline: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

/// A language that Sigma rules are converted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The backend, as `sigma list targets` names it.
    pub target: String,
    /// The processing pipeline: its name, or a file that ends in `.yml`.
    pub pipeline: Option<String>,
    /// What it is called on pages.
    pub name: String,
}

impl From<Written> for Conversion {
    fn from(written: Written) -> Conversion {
        let known = dialects::named(&written.target).map(|dialect| dialect.label.to_owned());
        // Without a table to look in, this backend converts nothing.
        let usual = (written.target == "kusto").then(|| "microsoft_xdr".to_owned());
        Conversion {
            pipeline: written.pipeline.or(usual),
            name: written
                .name
                .or(known)
                .unwrap_or_else(|| written.target.clone()),
            target: written.target,
        }
    }
}

impl Conversion {
    /// Under which a reader's choice of language is remembered.
    pub fn key(&self) -> &str {
        dialects::named(&self.target).map_or(&self.target, |dialect| dialect.key)
    }
}

impl<'de> Deserialize<'de> for Conversion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Conversion, D::Error> {
        deserializer.deserialize_any(ConversionVisitor)
    }
}

struct ConversionVisitor;

impl<'de> Visitor<'de> for ConversionVisitor {
    type Value = Conversion;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a target such as \"splunk\", or a table with `target`, `pipeline` and `name`")
    }

    fn visit_str<E>(self, target: &str) -> Result<Conversion, E> {
        let written = Written {
            target: target.to_owned(),
            pipeline: None,
            name: None,
        };
        Ok(written.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Conversion, A::Error> {
        Written::deserialize(MapAccessDeserializer::new(map)).map(Conversion::from)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn targets_are_names_or_tables() {
        let text = "[detections.sigma]\nconvert = ['splunk', 'kusto', \
                    { target = 'splunk', pipeline = 'sysmon', name = 'Splunk, Sysmon' }, 'own']\n";
        let config = Config::parse(text, "x").unwrap();
        let all: Vec<String> = config
            .detections
            .sigma
            .convert
            .iter()
            .map(|c| {
                format!(
                    "{} {:?} {} {}",
                    c.target,
                    c.pipeline.as_deref(),
                    c.name,
                    c.key()
                )
            })
            .collect();
        assert_eq!(
            all,
            [
                "splunk None Splunk splunk",
                "kusto Some(\"microsoft_xdr\") KQL kusto",
                "splunk Some(\"sysmon\") Splunk, Sysmon splunk",
                "own None own own",
            ]
        );
        assert!(Config::parse("[detections.sigma]\nconvert = [{ traget = 'x' }]\n", "x").is_err());
        assert!(Config::parse("[detections.sigma]\nconvert = [1]\n", "x").is_err());
    }
}
