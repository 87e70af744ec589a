//! Bundles of STIX, made object by object: every call adds an object or changes the last one.

use std::path::Path;

use serde_json::{Map, Value, json};

/// A bundle of one domain in the making.
#[derive(Clone)]
pub(crate) struct Bundle {
    domain: &'static str,
    objects: Vec<Value>,
}

/// The STIX ID that the builder gives an object.
pub(crate) fn stix_id(stix_type: &str, id: &str) -> String {
    // FNV-1a: the same ID in two bundles is the same object.
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{stix_type}--00000000-0000-4000-8000-{:012x}", hash >> 16)
}

impl Bundle {
    /// An empty bundle of a domain, such as `enterprise-attack`.
    pub(crate) fn new(domain: &'static str) -> Bundle {
        Bundle {
            domain,
            objects: Vec::new(),
        }
    }

    /// Adds an object of any type, named by an ATT&CK ID.
    pub(crate) fn object(mut self, stix_type: &str, id: &str, name: &str) -> Bundle {
        self.objects.push(json!({
            "type": stix_type,
            "id": stix_id(stix_type, id),
            "created": "2020-01-01T00:00:00.000Z",
            "modified": "2024-05-06T00:00:00.000Z",
            "name": name,
            "external_references": [{
                "source_name": "mitre-attack",
                "external_id": id,
                "url": format!("https://attack.mitre.org/x/{id}"),
            }],
            "x_mitre_domains": [self.domain],
            "x_mitre_version": "1.0",
        }));
        self
    }

    pub(crate) fn technique(self, id: &str, name: &str) -> Bundle {
        self.object("attack-pattern", id, name)
    }

    pub(crate) fn group(self, id: &str, name: &str) -> Bundle {
        self.object("intrusion-set", id, name)
    }

    pub(crate) fn malware(self, id: &str, name: &str) -> Bundle {
        self.object("malware", id, name)
    }

    pub(crate) fn campaign(self, id: &str, name: &str) -> Bundle {
        self.object("campaign", id, name)
    }

    pub(crate) fn mitigation(self, id: &str, name: &str) -> Bundle {
        self.object("course-of-action", id, name)
    }

    pub(crate) fn tactic(self, id: &str, name: &str, shortname: &str) -> Bundle {
        self.object("x-mitre-tactic", id, name)
            .set("x_mitre_shortname", shortname)
    }

    /// Adds the domain's matrix, of all tactics so far.
    pub(crate) fn matrix(self, name: &str) -> Bundle {
        let tactics: Vec<Value> = self
            .objects
            .iter()
            .filter(|o| o["type"] == "x-mitre-tactic")
            .map(|o| o["id"].clone())
            .collect();
        let domain = self.domain;
        let mut bundle = self
            .object("x-mitre-matrix", domain, name)
            .set("tactic_refs", tactics);
        // Two matrices of a domain are two objects with one ID.
        let id = stix_id("x-mitre-matrix", &format!("{domain}/{name}"));
        bundle.last()["id"] = json!(id);
        bundle
    }

    /// Puts the last object into a tactic.
    pub(crate) fn phase(mut self, shortname: &str) -> Bundle {
        let chain = match self.domain {
            "enterprise-attack" => "mitre-attack".to_owned(),
            domain => format!("mitre-{domain}"),
        };
        let phase = json!({"kill_chain_name": chain, "phase_name": shortname});
        push(self.last(), "kill_chain_phases", phase);
        self
    }

    /// The last object's description.
    pub(crate) fn text(self, text: &str) -> Bundle {
        self.set("description", text)
    }

    pub(crate) fn platforms(self, platforms: &[&str]) -> Bundle {
        self.set("x_mitre_platforms", platforms)
    }

    /// A source that texts of the last object can cite.
    pub(crate) fn source(mut self, name: &str, description: &str, url: &str) -> Bundle {
        let source = json!({"source_name": name, "description": description, "url": url});
        push(self.last(), "external_references", source);
        self
    }

    pub(crate) fn revoked(self) -> Bundle {
        self.set("revoked", true)
    }

    pub(crate) fn deprecated(self) -> Bundle {
        self.set("x_mitre_deprecated", true)
    }

    /// Sets any field of the last object.
    pub(crate) fn set(mut self, field: &str, value: impl serde::Serialize) -> Bundle {
        self.last()[field] = json!(value);
        self
    }

    pub(crate) fn unset(mut self, field: &str) -> Bundle {
        self.last().as_object_mut().unwrap().remove(field).unwrap();
        self
    }

    /// Adds a relationship. Ends are ATT&CK IDs of objects before it, or STIX IDs.
    pub(crate) fn relation(mut self, kind: &str, source: &str, target: &str) -> Bundle {
        let (source_ref, target_ref) = (self.find(source), self.find(target));
        let number = self.objects.len();
        let id = stix_id("relationship", &format!("{}/{number}", self.domain));
        self.objects.push(json!({
            "type": "relationship",
            "id": id,
            "created": "2020-01-01T00:00:00.000Z",
            "modified": "2024-05-06T00:00:00.000Z",
            "relationship_type": kind,
            "source_ref": source_ref,
            "target_ref": target_ref,
        }));
        self
    }

    pub(crate) fn uses(self, source: &str, target: &str) -> Bundle {
        self.relation("uses", source, target)
    }

    /// Adds a collection that names the release, as STIX 2.1 bundles begin with.
    pub(crate) fn release(mut self, label: &str) -> Bundle {
        self.objects.insert(
            0,
            json!({
                "type": "x-mitre-collection",
                "id": "x-mitre-collection--00000000-0000-4000-8000-0000000000aa",
                "spec_version": "2.1",
                "name": "Invented ATT&CK",
                "x_mitre_version": label,
                "x_mitre_contents": [],
            }),
        );
        self
    }

    /// Adds an object exactly as given.
    pub(crate) fn raw(mut self, object: Value) -> Bundle {
        self.objects.push(object);
        self
    }

    pub(crate) fn json(&self) -> String {
        json!({
            "type": "bundle",
            "id": "bundle--00000000-0000-4000-8000-000000000001",
            "objects": self.objects,
        })
        .to_string()
    }

    /// Writes the objects as mitre/cti keeps them: a folder for each type, a bundle for each
    /// object.
    pub(crate) fn write_tree(&self, folder: &Path) {
        for object in &self.objects {
            let folder = folder
                .join(self.domain)
                .join(object["type"].as_str().unwrap());
            std::fs::create_dir_all(&folder).unwrap();
            let id = object["id"].as_str().unwrap();
            let one = json!({"type": "bundle", "id": "bundle--1", "objects": [object]});
            std::fs::write(folder.join(format!("{id}.json")), one.to_string()).unwrap();
        }
    }

    fn last(&mut self) -> &mut Value {
        self.objects.last_mut().unwrap()
    }

    fn find(&self, id: &str) -> String {
        if id.contains("--") {
            return id.to_owned();
        }
        let owner = self.objects.iter().rfind(|o| {
            let references = o["external_references"].as_array();
            references.is_some_and(|all| all.iter().any(|r| r["external_id"] == id))
        });
        let owner = owner.unwrap_or_else(|| panic!("no object {id} before its relation"));
        owner["id"].as_str().unwrap().to_owned()
    }
}

fn push(object: &mut Value, field: &str, value: Value) {
    let fields: &mut Map<String, Value> = object.as_object_mut().unwrap();
    let list = fields.entry(field).or_insert_with(|| json!([]));
    list.as_array_mut().unwrap().push(value);
}
