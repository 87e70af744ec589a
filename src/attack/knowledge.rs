//! What every later phase asks: the objects of a release, how they relate, and what they cite.
//! Made once from a [`Release`]; never changed.

mod builder;

use foldhash::HashMap;

use crate::attack::graph::{Edge, EdgeIx, EdgeKind, ObjectIx, RefIx, Reference};
use crate::attack::kind::Kind;
use crate::attack::release::Release;
use crate::attack::stix;
use crate::diagnostics::Diagnostics;

/// Where an object is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Neither revoked nor deprecated.
    Live,
    /// Withdrawn without a successor.
    Deprecated,
    /// Withdrawn; `by` is the end of its chain of `revoked-by`, where there is one.
    Revoked {
        /// The final successor, itself not revoked.
        by: Option<ObjectIx>,
    },
}

/// One object of ATT&CK.
#[derive(Debug)]
pub struct Object<'a> {
    /// As published.
    pub stix: &'a stix::Object<'a>,
    /// What it is.
    pub kind: Kind,
    /// Its domains: indices into [`Knowledge::domains`], sorted.
    pub domains: &'a [usize],
    /// Where it is in its life.
    pub status: Status,
    /// Its name in relations and APIs: the ATT&CK ID; where that belongs to two live objects or
    /// to none, the STIX ID.
    pub key: &'a str,
    /// What its texts cite: trimmed source name → reference.
    pub sources: Vec<(&'a str, RefIx)>,
    /// Found once: every link asks.
    id: &'a str,
    name: &'a str,
}

impl<'a> Object<'a> {
    /// The ATT&CK ID, else the STIX ID.
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Its name; objects made with other tools may lack one, and are called by their ID.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Neither revoked nor deprecated.
    pub fn is_live(&self) -> bool {
        self.status == Status::Live
    }

    /// Other names, without its own.
    pub fn aliases(&self) -> impl Iterator<Item = &'a str> {
        let own = self.name();
        let lists = self.stix.aliases.iter().chain(&self.stix.x_mitre_aliases);
        lists
            .map(|alias| alias.trim())
            .filter(move |alias| !alias.is_empty() && *alias != own)
    }

    /// Platforms; ICS writes the absence of one as the platform `None`.
    pub fn platforms(&self) -> impl Iterator<Item = &'a str> {
        let all = self.stix.x_mitre_platforms.iter().map(|p| p.trim());
        all.filter(|p| !p.is_empty() && *p != "None")
    }
}

/// The objects of one release and how they relate.
#[derive(Debug)]
pub struct Knowledge<'a> {
    /// The release's label, such as `18.1`.
    pub label: &'a str,
    /// The newest date in the data.
    pub newest: &'a str,
    /// Whether the label is a release number that someone named.
    pub is_named: bool,
    /// The domains, such as `enterprise-attack`.
    pub domains: &'a [String],
    objects: Vec<Object<'a>>,
    edges: Vec<Edge<'a>>,
    outgoing: Vec<Vec<EdgeIx>>,
    incoming: Vec<Vec<EdgeIx>>,
    references: Vec<Reference<'a>>,
    by_stix_id: HashMap<&'a str, ObjectIx>,
    by_attack_id: HashMap<&'a str, Vec<ObjectIx>>,
}

impl<'a> Knowledge<'a> {
    /// Links the objects of a release.
    pub fn new(release: &'a Release<'a>) -> (Knowledge<'a>, Diagnostics) {
        let mut builder = builder::Builder::new(release);
        builder.add_objects();
        builder.add_relationships();
        builder.add_embedded();
        builder.finish()
    }

    /// All objects, sorted by kind, then ID; live before dead where they share one.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = (ObjectIx, &Object<'a>)> {
        self.objects
            .iter()
            .enumerate()
            .map(|(i, o)| (object_ix(i), o))
    }

    /// The live objects of a kind, sorted by ID.
    pub fn live(&self, kind: Kind) -> impl Iterator<Item = (ObjectIx, &Object<'a>)> {
        // Objects are sorted by kind, and every page asks: a walk over all would be quadratic.
        let start = self.objects.partition_point(|o| o.kind < kind);
        let length = self.objects[start..].partition_point(|o| o.kind == kind);
        self.objects[start..start + length]
            .iter()
            .enumerate()
            .map(move |(i, object)| (object_ix(start + i), object))
            .filter(|(_, object)| object.is_live())
    }

    /// One object.
    pub fn object(&self, ix: ObjectIx) -> &Object<'a> {
        &self.objects[ix.0 as usize]
    }

    /// One edge.
    pub fn edge(&self, ix: EdgeIx) -> &Edge<'a> {
        &self.edges[ix.0 as usize]
    }

    /// All edges: live relations between live objects.
    pub fn edges(&self) -> &[Edge<'a>] {
        &self.edges
    }

    /// Everything that texts cite.
    pub fn reference(&self, ix: RefIx) -> &Reference<'a> {
        &self.references[ix.0 as usize]
    }

    /// Edges of a kind that start at an object, sorted by target.
    pub fn outgoing(&self, ix: ObjectIx, kind: EdgeKind) -> impl Iterator<Item = EdgeIx> {
        self.outgoing[ix.0 as usize]
            .iter()
            .copied()
            .filter(move |&e| self.edge(e).kind == kind)
    }

    /// Edges of a kind that end at an object, sorted by source.
    pub fn incoming(&self, ix: ObjectIx, kind: EdgeKind) -> impl Iterator<Item = EdgeIx> {
        self.incoming[ix.0 as usize]
            .iter()
            .copied()
            .filter(move |&e| self.edge(e).kind == kind)
    }

    /// What an object points at by edges of a kind.
    pub fn targets(&self, ix: ObjectIx, kind: EdgeKind) -> impl Iterator<Item = ObjectIx> {
        self.outgoing(ix, kind).map(|e| self.edge(e).target)
    }

    /// What points at an object by edges of a kind.
    pub fn origins(&self, ix: ObjectIx, kind: EdgeKind) -> impl Iterator<Item = ObjectIx> {
        self.incoming(ix, kind).map(|e| self.edge(e).source)
    }

    /// Whether the data has MITRE's texts; the embedded release holds facts only.
    pub fn has_prose(&self) -> bool {
        let says = |stix: &stix::Object| {
            let assets = stix.x_mitre_related_assets.iter();
            let knobs = stix.x_mitre_mutable_elements.iter();
            !stix.description.is_empty()
                || !stix.x_mitre_detection.is_empty()
                || assets.map(|a| &a.description).any(|text| !text.is_empty())
                || knobs.map(|k| &k.description).any(|text| !text.is_empty())
        };
        self.objects.iter().any(|o| says(o.stix))
            || self.edges.iter().any(|e| !e.description.is_empty())
    }

    /// The object with a STIX ID.
    pub fn by_stix_id(&self, id: &str) -> Option<ObjectIx> {
        self.by_stix_id.get(id).copied()
    }

    /// The object that an ATT&CK ID means where nothing says which kind is meant: the live one,
    /// and a technique before a mitigation that shares its number.
    pub fn by_attack_id(&self, id: &str) -> Option<ObjectIx> {
        self.by_attack_id.get(id)?.first().copied()
    }

    /// All objects with an ATT&CK ID, the likeliest first.
    pub fn all_by_attack_id(&self, id: &str) -> &[ObjectIx] {
        self.by_attack_id.get(id).map_or(&[], Vec::as_slice)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a release has thousands of objects"
)]
fn object_ix(index: usize) -> ObjectIx {
    ObjectIx(index as u32)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a release has thousands of edges"
)]
fn edge_ix(index: usize) -> EdgeIx {
    EdgeIx(index as u32)
}
