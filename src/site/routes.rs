//! Where each object's page lies: attack.mitre.org's own addresses, made before any text is
//! rendered, so that every link can be written at once.

use std::collections::{BTreeSet, HashMap};

use crate::attack::{EdgeKind, Kind, Knowledge, Object, ObjectIx, Status};
use crate::names::safe_segment;

/// The kinds whose lists are cut by domain, as MITRE cuts them.
pub const BY_DOMAIN: [Kind; 3] = [Kind::Tactic, Kind::Technique, Kind::Mitigation];

/// The page of every object.
#[derive(Debug)]
pub struct Routes {
    /// Folder of the page, with a slash at its end: `techniques/T1059/001/`.
    folders: Vec<String>,
    /// Anchor on the page, for objects that have no page of their own.
    anchors: Vec<Option<String>>,
}

impl Routes {
    /// Gives every object its place.
    pub fn new(knowledge: &Knowledge) -> Routes {
        let mut folders = Vec::with_capacity(knowledge.objects().len());
        let mut taken = lists(knowledge);
        // Live objects come before dead ones of the same ID, so the live one gets the address.
        for (_, object) in knowledge.objects() {
            let mut folder = folder(knowledge, object);
            // Case-insensitive file systems would merge two folders that differ in case.
            if !taken.insert(folder.to_ascii_lowercase()) {
                let id = safe_segment(&object.stix.id);
                folder = format!("{}/{id}/", object.kind.folder());
                taken.insert(folder.to_ascii_lowercase());
            }
            folders.push(folder);
        }
        let mut routes = Routes {
            anchors: vec![None; folders.len()],
            folders,
        };
        routes.anchor_analytics(knowledge);
        routes
    }

    /// Analytics live on the page of their strategy; one without a strategy keeps a page.
    fn anchor_analytics(&mut self, knowledge: &Knowledge) {
        let analytics = knowledge
            .objects()
            .filter(|(_, o)| o.kind == Kind::Analytic);
        let homes: HashMap<ObjectIx, ObjectIx> = analytics
            .filter_map(|(ix, _)| Some((ix, knowledge.origins(ix, EdgeKind::HasAnalytic).next()?)))
            .collect();
        for (ix, object) in knowledge.objects() {
            if let Some(strategy) = homes.get(&ix) {
                let home = self.folders[strategy.0 as usize].clone();
                self.folders[ix.0 as usize] = home;
                self.anchors[ix.0 as usize] = Some(safe_segment(object.id()));
            }
        }
    }

    /// The folder of an object's page, with a slash at its end.
    pub fn folder(&self, ix: ObjectIx) -> &str {
        &self.folders[ix.0 as usize]
    }

    /// The object's anchor, where it has no page of its own.
    pub fn anchor(&self, ix: ObjectIx) -> Option<&str> {
        self.anchors[ix.0 as usize].as_deref()
    }

    /// Writes the address of an object as seen from a page whose way to the root is `root`.
    pub fn write_href(&self, root: &str, ix: ObjectIx, out: &mut String) {
        out.push_str(root);
        out.push_str(self.folder(ix));
        out.push_str("index.html");
        if let Some(anchor) = self.anchor(ix) {
            out.push('#');
            out.push_str(anchor);
        }
    }
}

/// The folders of the lists that are cut by domain: no object may take their place.
fn lists(knowledge: &Knowledge) -> BTreeSet<String> {
    let domains = knowledge.domains.iter();
    domains
        .flat_map(|domain| {
            let slug = domain_slug(domain);
            BY_DOMAIN.map(|kind| format!("{}/{slug}/", kind.folder()).to_ascii_lowercase())
        })
        .collect()
}

/// The way from a page in `folder` to the root of the site: `../` for each level.
pub fn root_of(folder: &str) -> String {
    "../".repeat(folder.matches('/').count())
}

/// `enterprise-attack` → `enterprise`, as in attack.mitre.org's addresses.
pub fn domain_slug(domain: &str) -> String {
    safe_segment(domain.strip_suffix("-attack").unwrap_or(domain))
}

fn folder(knowledge: &Knowledge, object: &Object) -> String {
    let section = object.kind.folder();
    if object.kind == Kind::Matrix
        && object.status == Status::Live
        && let Some(&domain) = object.domains.first()
    {
        return format!("{section}/{}/", domain_slug(&knowledge.domains[domain]));
    }
    match object.id().split_once('.') {
        Some((technique, sub)) if object.kind == Kind::Technique => {
            format!(
                "{section}/{}/{}/",
                safe_segment(technique),
                safe_segment(sub)
            )
        }
        _ => format!("{section}/{}/", safe_segment(object.id())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_its_way_to_the_root() {
        assert_eq!(root_of(""), "");
        assert_eq!(root_of("techniques/T1059/001/"), "../../../");
    }
}
