//! A playbook on paper.

use std::collections::BTreeSet;

use super::code::Code;
use super::index::Entry;
use super::references::References;
use super::writer::{Bound, Writer};
use crate::attack::ObjectIx;
use crate::markdown::authored;
use crate::names::slug;
use crate::playbook::sections::{Part, Standard, parts};
use crate::playbook::{Playbook, Tlp};
use crate::site::blocks;
use crate::site::context::Sources;
use crate::site::pages::facts::permalink;
use crate::site::pages::playbook::{generated_folder, status_word, tlp_label};
use crate::site::strings::Strings;

/// Something that has a playbook's pages: written by a team, or made from data alone.
#[derive(Clone, Copy)]
pub enum Subject<'k> {
    /// A team's playbook.
    Written(&'k Playbook),
    /// A technique that has none.
    Unwritten(ObjectIx),
}

impl<'k> Subject<'k> {
    /// What it is called.
    pub fn title(self, sources: Sources<'k>) -> &'k str {
        match self {
            Subject::Written(playbook) => &playbook.front.title,
            Subject::Unwritten(ix) => sources.knowledge.object(ix).name(),
        }
    }

    /// The techniques that it answers.
    pub fn techniques(self, sources: Sources<'k>) -> Vec<ObjectIx> {
        match self {
            Subject::Written(playbook) => playbook
                .techniques()
                .filter_map(|id| sources.knowledge.by_attack_id(id))
                .collect(),
            Subject::Unwritten(ix) => vec![ix],
        }
    }

    /// Its label: what it says itself, else clear where nobody but MITRE wrote it, else amber.
    pub fn tlp(self) -> Tlp {
        match self {
            Subject::Written(playbook) => playbook.front.tlp.unwrap_or(Tlp::Amber),
            Subject::Unwritten(_) => Tlp::Clear,
        }
    }

    /// The folder of its page, from the root of the wiki.
    pub fn folder(self, sources: Sources<'k>) -> String {
        match self {
            Subject::Written(playbook) => format!("playbooks/{}/", playbook.slug),
            Subject::Unwritten(ix) => generated_folder(sources, ix),
        }
    }

    /// What its labels start with.
    pub(super) fn prefix(self, sources: Sources<'k>) -> String {
        match self {
            Subject::Written(playbook) => playbook.slug.clone(),
            Subject::Unwritten(ix) => format!("-{}", &*sources.knowledge.object(ix).stix.id),
        }
    }

    /// The IDs of its techniques, in a row.
    pub(super) fn ids(self, sources: Sources<'k>) -> String {
        let techniques = self.techniques(sources);
        let ids = techniques
            .iter()
            .map(|&ix| sources.knowledge.object(ix).id());
        ids.collect::<Vec<_>>().join(", ")
    }
}

const NOT_WRITTEN: &str = "words.not-written";
const NO_DATA: &str = "words.no-data";

/// What became known of a playbook while it was written.
pub(super) struct Written {
    /// The titles of the sections that are missing.
    pub(super) missing: Vec<String>,
    /// What an index says of it.
    pub(super) entries: BTreeSet<Entry>,
}

/// A part of a playbook, set.
struct Chapter {
    /// Empty for what comes before the first heading.
    title: String,
    target: String,
    code: String,
    /// Why there is none: a word of the template.
    missing: Option<&'static str>,
}

/// Writes a playbook: cover block, contents, sections.
pub(super) fn write(
    sources: Sources,
    subject: Subject,
    bound: &Bound,
    references: &mut References,
    out: &mut Code,
) -> Written {
    let mut writer = Writer::new(sources, subject.prefix(sources), bound, references);
    let parts = match subject {
        Subject::Written(playbook) => parts(&playbook.body),
        Subject::Unwritten(_) => parts(""),
    };
    for (i, part) in parts.iter().enumerate() {
        let target = writer.label(&section_place(i));
        let anchor = slug(title_of(sources.strings, part));
        writer.anchors.entry(anchor).or_insert(target);
    }
    let objects = subject.techniques(sources);
    cover(&mut writer, subject, &objects);

    let chapters: Vec<Chapter> = parts
        .iter()
        .enumerate()
        .map(|(i, part)| chapter(&mut writer, i, part, &objects))
        .collect();
    let (mut missing, there): (Vec<_>, Vec<_>) = chapters
        .into_iter()
        .partition(|chapter| chapter.missing.is_some());
    if !sources.tells_gaps(&objects) {
        missing.clear();
    }
    let code = &mut writer.code;
    code.raw("contents((");
    for chapter in there.iter().filter(|chapter| !chapter.title.is_empty()) {
        entry(code, chapter);
    }
    code.raw("),");
    code.raw(if bound.is_binder { "false" } else { "true" });
    code.raw(");");
    write_missing(&missing, code);
    for chapter in &there {
        if chapter.title.is_empty() {
            code.raw(&chapter.code);
            continue;
        }
        code.raw("section(");
        code.literal(&chapter.target);
        code.raw(",");
        code.literal(&chapter.title);
        code.raw(",{");
        code.raw(&chapter.code);
        code.raw("});\n");
    }
    out.raw(&writer.code.finish());
    Written {
        missing: missing.into_iter().map(|chapter| chapter.title).collect(),
        entries: writer.indexed,
    }
}

/// Two sections may have the same heading; their labels must differ.
fn section_place(i: usize) -> String {
    format!("s{i}")
}

fn entry(code: &mut Code, chapter: &Chapter) {
    code.raw("(");
    code.literal(&chapter.target);
    code.raw(",");
    code.literal(&chapter.title);
    code.raw("),");
}

/// Paper is dear: what is missing is named in a line, not by empty sections.
fn write_missing(chapters: &[Chapter], code: &mut Code) {
    for why in [NOT_WRITTEN, NO_DATA] {
        let of_it = chapters.iter().filter(|of| of.missing == Some(why));
        let of_it: Vec<&Chapter> = of_it.collect();
        if !of_it.is_empty() {
            code.raw("missing(");
            code.raw(why);
            code.raw(",");
            for chapter in of_it {
                entry(code, chapter);
            }
            code.raw(");");
        }
    }
}

/// What a part of a page is called.
fn title_of<'p>(strings: &'p Strings, part: &'p Part) -> &'p str {
    match part {
        Part::Standard(_, Some(section)) | Part::Own(section) => &section.title,
        Part::Standard(standard, None) => strings.heading(*standard),
    }
}

fn chapter(writer: &mut Writer, i: usize, part: &Part, objects: &[ObjectIx]) -> Chapter {
    let mut missing = None;
    let (code, _) = writer.apart(|writer| match part {
        Part::Own(section) => write_section(writer, section, objects),
        Part::Standard(standard, section) => {
            let is_sysmon = standard.blocks.contains(&"sysmon-events");
            writer.log = if is_sysmon { "Sysmon" } else { "" };
            if let Some(section) = section {
                write_section(writer, section, objects);
            }
            // A bare heading is not a text.
            if writer.code.is_empty() {
                missing = write_standard(writer, *standard, objects);
            }
        }
    });
    Chapter {
        title: title_of(writer.sources.strings, part).to_owned(),
        target: writer.label(&section_place(i)),
        code,
        missing,
    }
}

/// Writes what somebody wrote, with the blocks that it asks for.
fn write_section(writer: &mut Writer, section: &authored::Section, objects: &[ObjectIx]) {
    let mut rest = section.events();
    while let Some(at) = rest.iter().position(|event| block_of(event).is_some()) {
        writer.authored(&rest[..at]);
        let kind = block_of(&rest[at]).unwrap_or_default();
        write_blocks(writer, kind, objects);
        rest = &rest[at + 1..];
    }
    writer.authored(rest);
}

/// Writes what the data has for a standard section; gives back why there is nothing.
fn write_standard(
    writer: &mut Writer,
    standard: Standard,
    objects: &[ObjectIx],
) -> Option<&'static str> {
    let mut found = false;
    for kind in standard.blocks {
        found |= write_blocks(writer, kind, objects);
    }
    match standard.blocks {
        _ if found => None,
        [] => Some(NOT_WRITTEN),
        _ => Some(NO_DATA),
    }
}

fn block_of<'e>(event: &'e pulldown_cmark::Event) -> Option<&'e str> {
    let pulldown_cmark::Event::Html(html) = event else {
        return None;
    };
    match authored::comment(html)? {
        authored::Comment::Block(kind) => Some(kind),
        authored::Comment::Private => None,
    }
}

fn write_blocks(writer: &mut Writer, kind: &str, objects: &[ObjectIx]) -> bool {
    // `ttpress check` reports a kind that nobody makes, with its line.
    let found = blocks::describe(writer.sources, kind, objects).unwrap_or_default();
    for (ix, block) in &found {
        if objects.len() > 1 {
            let object = writer.sources.knowledge.object(*ix);
            writer.call("say", &format!("{} {}", object.id(), object.name()));
        }
        writer.block(block);
    }
    !found.is_empty()
}

fn cover(writer: &mut Writer, subject: Subject, objects: &[ObjectIx]) {
    let sources = writer.sources;
    let target = writer.label("top");
    writer.code.raw("cover(");
    writer.code.literal(&target);
    writer.code.raw(",");
    writer.code.literal(subject.title(sources));
    writer.code.raw(",words.playbook,{");
    for (i, &ix) in objects.iter().enumerate() {
        let object = sources.knowledge.object(ix);
        writer.code.raw(if i > 0 { "br;" } else { "" });
        let (id, name) = (object.id().to_owned(), object.name().to_owned());
        writer.mark(Entry::Technique(id, name));
        if let Some(url) = permalink(object) {
            writer.code.raw("a(");
            writer.code.literal(&url);
            writer.code.raw(",{");
            writer.code.words(object.id());
            writer.code.raw("});");
        } else {
            writer.code.words(object.id());
        }
        writer.code.words(&format!(" {}", object.name()));
    }
    writer.code.raw("},(");
    for (word, value) in facts(sources, subject, objects) {
        writer.code.raw("(words.");
        writer.code.raw(word);
        writer.code.raw(",{");
        writer.code.words(&value);
        writer.code.raw("}),");
    }
    writer.code.raw(")");
    if matches!(subject, Subject::Unwritten(_)) {
        writer.code.raw(",note:words.nobody-yet");
    }
    writer.code.raw(");\n");
}

fn facts(sources: Sources, subject: Subject, objects: &[ObjectIx]) -> Vec<(&'static str, String)> {
    let tactics: BTreeSet<&str> = objects
        .iter()
        .flat_map(|&ix| {
            sources
                .knowledge
                .targets(ix, crate::attack::EdgeKind::InTactic)
        })
        .map(|tactic| sources.knowledge.object(tactic).name())
        .collect();
    let tactics = tactics.into_iter().collect::<Vec<_>>().join(", ");
    let platforms: BTreeSet<&str> = objects
        .iter()
        .flat_map(|&ix| sources.knowledge.object(ix).platforms())
        .collect();
    let platforms = platforms.into_iter().collect::<Vec<_>>().join(", ");
    let strings = sources.strings;
    let own = match subject {
        Subject::Unwritten(_) => Vec::new(),
        Subject::Written(playbook) => {
            let front = &playbook.front;
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            vec![
                ("status", status_word(strings, front.status).to_owned()),
                (
                    "severity",
                    front
                        .severity
                        .map_or("", |of| severity_word(strings, of))
                        .to_owned(),
                ),
                ("owner", text(&front.owner)),
                ("contacts", front.contacts.join(", ")),
                ("reviewed", text(&front.reviewed)),
                ("review-every", text(&front.review_every)),
                ("expires", text(&front.expires)),
                ("release", text(&front.attack_release)),
                ("technique-version", text(&front.technique_version)),
            ]
        }
    };
    let facts = own
        .into_iter()
        .chain([("tactics", tactics), ("platforms", platforms)]);
    facts.filter(|(_, value)| !value.is_empty()).collect()
}

pub(super) use crate::site::pages::playbook::severity_word;

/// The label as it is printed.
pub(super) fn tlp_word(tlp: Tlp) -> &'static str {
    tlp_label(tlp)
}
