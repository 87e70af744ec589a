//! Every text of the knowledge base, parsed once: pages, layers and CSV read the same trees.

use rayon::prelude::*;

use crate::attack::{EdgeIx, Knowledge, ObjectIx, RefIx, Status, address, related};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::markdown::doc::Target;
use crate::markdown::{Doc, Names, Sources, parse, plain};

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
        let diagnostics = texts.findings();
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

    /// What the texts of live objects and relations cite or link to in vain.
    fn findings(&self) -> Diagnostics {
        let mut found = Diagnostics::default();
        let knowledge = self.knowledge;
        for (doc, (_, object)) in self.objects.iter().zip(knowledge.objects()) {
            if object.is_live() {
                findings_of(knowledge, doc, || object.id().to_owned(), &mut found);
            }
        }
        for (doc, edge) in self.edges.iter().zip(knowledge.edges()) {
            let place = || {
                let id = |ix| knowledge.object(ix).id();
                format!("{} → {}", id(edge.source), id(edge.target))
            };
            findings_of(knowledge, doc, place, &mut found);
        }
        found
    }
}

fn findings_of(
    knowledge: &Knowledge,
    doc: &Doc,
    place: impl Fn() -> String,
    found: &mut Diagnostics,
) {
    for name in doc.unknown_citations() {
        let message = format!(
            "{} cites `{name}`, which its references do not list",
            place()
        );
        found.push(
            Diagnostic::warning("unresolved-citation", message)
                .help("the citation is shown as it was written"),
        );
    }
    for target in doc.targets() {
        let Target::Object { ix, .. } = target else {
            continue;
        };
        let object = knowledge.object(*ix);
        let (state, help) = match object.status {
            Status::Live => continue,
            Status::Deprecated => ("deprecated", "it has no successor".to_owned()),
            Status::Revoked { by: None } => ("revoked", "it has no successor".to_owned()),
            Status::Revoked { by: Some(by) } => {
                let successor = knowledge.object(by);
                let help = format!("its successor is {} {}", successor.id(), successor.name());
                ("revoked", help)
            }
        };
        let message = format!("{} links to the {state} `{}`", place(), object.id());
        found.push(Diagnostic::note("withdrawn-reference", message).help(help));
    }
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

/// Finds what IDs and addresses in texts mean.
pub(crate) struct Lookup<'k>(pub(crate) &'k Knowledge<'k>);

impl Names for Lookup<'_> {
    fn object(&self, id: &str) -> Option<ObjectIx> {
        self.0.by_attack_id(id)
    }

    fn address(&self, url: &str) -> Option<(ObjectIx, Option<String>)> {
        address::resolve(self.0, url).map(|ix| (ix, None))
    }
}

impl related::Prose for Texts<'_> {
    fn links(&self, ix: ObjectIx) -> Vec<ObjectIx> {
        let targets = self.object(ix).targets().iter();
        let objects = targets.filter_map(|target| match target {
            Target::Object { ix, .. } => Some(*ix),
            Target::Url(_) => None,
        });
        objects.collect()
    }

    fn plain(&self, ix: ObjectIx) -> String {
        plain(self.object(ix))
    }
}
