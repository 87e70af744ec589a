//! Every text of the knowledge base, parsed once: pages, layers and CSV read the same trees.

use rayon::prelude::*;

use crate::attack::{EdgeIx, Knowledge, ObjectIx, RefIx, address};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::markdown::{Doc, Names, Sources, parse};

/// The texts of one knowledge base.
pub struct Texts<'k> {
    knowledge: &'k Knowledge<'k>,
    objects: Vec<Doc>,
    edges: Vec<Doc>,
}

impl<'k> Texts<'k> {
    /// Parses descriptions of objects and relations.
    pub fn new(knowledge: &'k Knowledge<'k>) -> (Texts<'k>, Diagnostics) {
        let objects: Vec<Doc> = (0..knowledge.objects().len())
            .into_par_iter()
            .map(|i| {
                #[expect(clippy::cast_possible_truncation, reason = "indices are 32 bits")]
                let ix = ObjectIx(i as u32);
                let object = knowledge.object(ix);
                read(
                    knowledge,
                    &object.stix.description,
                    &object.sources,
                    Some(ix),
                )
            })
            .collect();
        let edges: Vec<Doc> = knowledge
            .edges()
            .par_iter()
            .map(|edge| read(knowledge, &edge.description, &edge.sources, None))
            .collect();
        let texts = Texts {
            knowledge,
            objects,
            edges,
        };
        let diagnostics = texts.unknown_citations();
        (texts, diagnostics)
    }

    /// An object's description.
    pub fn object(&self, ix: ObjectIx) -> &Doc {
        &self.objects[ix.0 as usize]
    }

    /// A relation's description.
    pub fn edge(&self, ix: EdgeIx) -> &Doc {
        &self.edges[ix.0 as usize]
    }

    /// Parses a text of an object that only its own page shows.
    pub fn of_field(&self, ix: ObjectIx, text: &str) -> Doc {
        read(
            self.knowledge,
            text,
            &self.knowledge.object(ix).sources,
            Some(ix),
        )
    }

    /// Citations of sources that the citing object does not list.
    fn unknown_citations(&self) -> Diagnostics {
        let mut found = Diagnostics::default();
        let objects = self.objects.iter().zip(self.knowledge.objects());
        for (doc, (_, object)) in objects.filter(|(_, (_, object))| object.is_live()) {
            for name in doc.unknown_citations() {
                found.push(unknown_citation(name, object.id()));
            }
        }
        for (doc, edge) in self.edges.iter().zip(self.knowledge.edges()) {
            for name in doc.unknown_citations() {
                let source = self.knowledge.object(edge.source).id();
                let target = self.knowledge.object(edge.target).id();
                found.push(unknown_citation(name, &format!("{source} → {target}")));
            }
        }
        found
    }
}

fn unknown_citation(name: &str, place: &str) -> Diagnostic {
    Diagnostic::warning(
        "unresolved-citation",
        format!("{place} cites `{name}`, which its references do not list"),
    )
    .help("the citation is shown as it was written")
}

fn read(
    knowledge: &Knowledge,
    text: &str,
    sources: &[(&str, RefIx)],
    own: Option<ObjectIx>,
) -> Doc {
    if text.is_empty() {
        return Doc::default();
    }
    let sources: Sources = sources.iter().copied().collect();
    parse(text, &sources, &Lookup(knowledge), own)
}

struct Lookup<'k>(&'k Knowledge<'k>);

impl Names for Lookup<'_> {
    fn object(&self, id: &str) -> Option<ObjectIx> {
        self.0.by_attack_id(id)
    }

    fn address(&self, url: &str) -> Option<(ObjectIx, Option<String>)> {
        address::resolve(self.0, url).map(|ix| (ix, None))
    }
}
