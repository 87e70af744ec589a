//! The JSON Schema of the front matter, for editors. Keys, words and their meaning stand here once;
//! a test holds them against the types that read them.

use serde_json::{Value, json};

/// The schema's file beside the other ones of a site.
pub const FILE: &str = "api/playbook.schema.json";

/// The schema, in the 2020-12 draft of JSON Schema.
pub fn schema() -> Value {
    let id = json!({
        "type": "string",
        "pattern": "^[A-Z]{1,3}[0-9]{4}(\\.[0-9]{3})?$",
        "description": "An ATT&CK ID, such as T1059.001",
    });
    let day = |description: &str| {
        json!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": description,
        })
    };
    let text = |description: &str| json!({ "type": "string", "description": description });
    let texts = |description: &str| {
        json!({
            "type": "array",
            "items": { "type": "string" },
            "description": description,
        })
    };
    let word =
        |words: &[&str], description: &str| json!({ "enum": words, "description": description });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "playbook.schema.json",
        "title": "Front matter of a playbook",
        "type": "object",
        "additionalProperties": false,
        "required": ["title", "status"],
        "properties": {
            "technique": id,
            "techniques": {
                "type": "array",
                "items": id,
                "description": "The techniques that it answers, where it is more than one",
            },
            "title": text("What it is called"),
            "status": word(&["draft", "review", "approved", "retired"], "How far it is"),
            "severity": word(&["low", "medium", "high", "critical"], "How bad what it answers is"),
            "owner": text("Who keeps it"),
            "contacts": texts("Whom to call"),
            "reviewed": day("When it was last read through"),
            "review_every": {
                "type": "string",
                "pattern": "^P([0-9]+[YMWD])+$",
                "description": "How long a review holds, as an ISO 8601 duration such as P6M",
            },
            "expires": day("When it ends to hold, in place of review_every"),
            "attack_release": text("The ATT&CK release that it was reviewed against, in quotes: \"18.1\""),
            "technique_version": text("The technique's version that it was reviewed against, in quotes: \"1.4\""),
            "tlp": word(
                &[
                    "RED",
                    "AMBER+STRICT",
                    "AMBER",
                    "GREEN",
                    "CLEAR",
                    "TLP:RED",
                    "TLP:AMBER+STRICT",
                    "TLP:AMBER",
                    "TLP:GREEN",
                    "TLP:CLEAR",
                ],
                "Who may read it: a label of the Traffic Light Protocol 2.0",
            ),
            "tags": texts("Words to find it by"),
            "attack_flow": {
                "type": "string",
                "pattern": "\\.(afb|json)$",
                "description": "The file of its attack flow, beside the playbook: Attack Flow Builder's .afb, or STIX",
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::playbook::{FrontMatter, Severity, Status, Tlp};
    use crate::spelling::offered;

    /// The words that a type takes, learnt by giving it one that cannot be.
    fn words<T: serde::de::DeserializeOwned>(asked: Value) -> BTreeSet<String> {
        let error = serde_json::from_value::<T>(asked)
            .err()
            .expect("no such word");
        offered(&error.to_string())
            .expect("known words")
            .into_iter()
            .collect()
    }

    fn listed(words: &Value) -> BTreeSet<String> {
        let words = words["enum"].as_array().expect("words").iter();
        words
            .filter_map(|w| w.as_str().map(str::to_owned))
            .collect()
    }

    #[test]
    fn the_schema_has_the_keys_and_words_of_the_types() {
        let schema = schema();
        let properties = schema["properties"].as_object().expect("properties");
        let keys: BTreeSet<String> = properties.keys().cloned().collect();
        assert_eq!(keys, words::<FrontMatter>(json!({ "": 0 })));
        assert_eq!(listed(&properties["status"]), words::<Status>(json!("")));
        assert_eq!(
            listed(&properties["severity"]),
            words::<Severity>(json!(""))
        );
        assert_eq!(listed(&properties["tlp"]), words::<Tlp>(json!("")));
        assert!(properties.values().all(|p| p["description"].is_string()));
        for key in ["title", "status"] {
            let mut front = json!({ "title": "T", "status": "draft" });
            assert!(serde_json::from_value::<FrontMatter>(front.clone()).is_ok());
            front.as_object_mut().expect("an object").remove(key);
            assert!(serde_json::from_value::<FrontMatter>(front).is_err());
        }
    }
}
