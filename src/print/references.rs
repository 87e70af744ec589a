//! The list of references: what the numbers in the text stand for, with addresses spelt out.

use std::collections::BTreeMap;

use super::code::Code;
use crate::attack::RefIx;
use crate::markdown::safe_url;
use crate::site::context::Sources;

/// What a number in the text stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A reference of ATT&CK.
    Reference(RefIx),
    /// An address in an authored text.
    Web(String),
}

impl Source {
    /// The text and the address of its place in the list.
    fn describe<'s>(&'s self, sources: Sources<'s>) -> (&'s str, Option<String>) {
        match self {
            Source::Web(url) => ("", Some(url.clone())),
            Source::Reference(ix) => {
                let reference = sources.knowledge.reference(*ix);
                let text = match reference.description {
                    "" => reference.name,
                    description => description,
                };
                (text, safe_url(reference.url))
            }
        }
    }

    /// Where it can be read.
    pub(super) fn url(&self, sources: Sources) -> Option<String> {
        self.describe(sources).1
    }
}

/// What a print has cited so far. A binder has one list: many playbooks cite the same reports.
#[derive(Default)]
pub(super) struct References {
    numbers: BTreeMap<Source, usize>,
    cited: Vec<Source>,
}

impl References {
    /// The number of a source, a new one if it is the first to be cited there.
    pub(super) fn number(&mut self, source: Source) -> usize {
        if let Some(&number) = self.numbers.get(&source) {
            return number;
        }
        self.cited.push(source.clone());
        self.numbers.insert(source, self.cited.len());
        self.cited.len()
    }

    /// Writes the list, if there is anything in it.
    pub(super) fn write(&self, sources: Sources, code: &mut Code) {
        if self.cited.is_empty() {
            return;
        }
        code.raw("references(");
        for source in &self.cited {
            let (text, url) = source.describe(sources);
            code.raw("({");
            code.words(text);
            code.raw("},");
            match url {
                Some(url) => {
                    code.literal(&url);
                    code.raw(",{");
                    code.words(&url);
                    code.raw("}),");
                }
                None => code.raw("none,none),"),
            }
        }
        code.raw(");\n");
    }
}
