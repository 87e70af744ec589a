//! Paper: playbooks set as PDF, from the same texts and blocks as the pages. Content in, bytes
//! out; Typst sets the pages with the theme's `print/` files and embedded fonts.

mod authored;
mod binder;
mod blocks;
mod card;
mod code;
mod doc;
mod fonts;
mod index;
mod playbook;
mod poster;
mod press;
mod references;
mod table;
mod writer;

pub use binder::binder;
pub use card::cards;
pub use playbook::Subject;
pub use poster::{Marks, PosterSize, poster};
pub use press::Press;

use std::collections::BTreeSet;

use crate::attack::ObjectIx;
use crate::playbook::Tlp;
use crate::site::context::Sources;
use code::Code;
use references::References;
use writer::Bound;

/// The size of the sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
    /// 420 × 297 mm, for battle cards.
    A3,
}

impl Paper {
    fn name(self) -> &'static str {
        match self {
            Paper::A4 => "a4",
            Paper::Letter => "us-letter",
            Paper::A3 => "a3",
        }
    }
}

/// What is the same on every page of a print.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The wiki's name: the title of a print that has none of its own.
    pub wiki: String,
    /// The language, as in `lang`.
    pub language: String,
    /// The day of the build, `2026-11-24`, where it is known.
    pub built: Option<String>,
    /// The size of the sheets.
    pub paper: Paper,
    /// The lowest label; a playbook's own can only be stricter.
    pub tlp: Option<Tlp>,
}

impl Edition {
    /// The label of pages that have one of their own.
    fn label(&self, own: Tlp) -> Tlp {
        self.tlp.map_or(own, |tlp| tlp.stricter(own))
    }
}

/// A print before it is set: Typst code.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What it is called.
    pub title: String,
    source: String,
}

/// A playbook as a print of its own.
pub fn playbook(sources: Sources, subject: Subject, edition: &Edition) -> Sheet {
    let mut bound = Bound {
        names_users: matches!(subject, Subject::Unwritten(_)),
        ..Bound::default()
    };
    let prefix = subject.prefix(sources);
    for ix in subject.techniques(sources) {
        bound.techniques.insert(ix, format!("{prefix}:top"));
    }
    let name = subject.title(sources);
    let ids = subject.ids(sources);
    let title = format!("{ids} {name}");
    let mut code = Code::default();
    open(
        &mut code,
        "playbook",
        sources,
        edition,
        &title,
        subject.tlp(),
    );
    let mut references = References::default();
    playbook::write(sources, subject, &bound, &mut references, &mut code);
    references.write(sources, &mut code);
    code.raw("records();}\n");
    Sheet {
        title: title.trim().to_owned(),
        source: code.finish(),
    }
}

/// A playbook for each technique, in order: what a team wrote, else what the data knows. A playbook
/// that answers several of them comes once.
pub fn subjects_of(
    sources: Sources<'_>,
    techniques: impl IntoIterator<Item = ObjectIx>,
) -> Vec<Subject<'_>> {
    let mut subjects = Vec::new();
    let mut slugs = BTreeSet::new();
    for ix in techniques {
        let mut written = sources.playbooks_for(ix).peekable();
        if written.peek().is_none() {
            subjects.push(Subject::Unwritten(ix));
        }
        let new = written.filter(|playbook| slugs.insert(playbook.slug.as_str()));
        subjects.extend(new.map(Subject::Written));
    }
    subjects
}

/// Writes the head of a print: the form's template, and what stands on every page.
fn open(code: &mut Code, form: &str, sources: Sources, edition: &Edition, title: &str, own: Tlp) {
    let knowledge = sources.knowledge;
    let tlp = edition.label(own);
    let title = if title.is_empty() {
        &edition.wiki
    } else {
        title
    };
    code.raw("#import \"/print/");
    code.raw(form);
    code.raw(".typ\": *\n#show: sheet.with(");
    for (name, value) in [
        ("title", title),
        ("tlp", playbook::tlp_word(tlp)),
        ("paper", edition.paper.name()),
        ("lang", &edition.language),
        ("release", knowledge.label),
        ("year", knowledge.newest.get(..4).unwrap_or_default()),
    ] {
        code.raw(name);
        code.raw(":");
        code.literal(value);
        code.raw(",");
    }
    if let Some(built) = &edition.built {
        code.raw("built:");
        code.literal(built);
        code.raw(",");
    }
    code.raw(")\n#{");
}
