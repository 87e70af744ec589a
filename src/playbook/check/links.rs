//! Links between playbooks, to sections and to nowhere, and pictures.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::markdown::authored::playbook_link;
use crate::markdown::safe_url;
use crate::names::{self, slug};
use crate::playbook::Playbook;
use crate::spelling;

use super::outline::Outline;

/// The anchors of each playbook, by slug.
type Anchors<'a> = BTreeMap<&'a str, BTreeSet<String>>;

pub(super) fn check(
    playbook: &Playbook,
    outline: &Outline,
    anchors: &Anchors,
    found: &mut Diagnostics,
) {
    for (url, range) in &outline.links {
        let finding = match (playbook_link(url), url.strip_prefix('#')) {
            (Some((stem, anchor)), _) => to_playbook(stem, anchor, anchors),
            (None, Some(anchor)) => to_section(&playbook.slug, anchor, anchors),
            (None, None) => safe_url(url).is_none().then(|| to_nowhere(url)),
        };
        found.extend(finding.map(|finding| finding.at(playbook.in_body(range.clone()))));
    }
    for range in &outline.images {
        found.push(
            Diagnostic::warning("image", "pictures are not shown")
                .at(playbook.in_body(range.clone()))
                .help("the words that describe it stand in its place"),
        );
    }
}

fn to_nowhere(url: &str) -> Diagnostic {
    Diagnostic::warning("dead-link", format!("the site cannot lead to `{url}`"))
        .help("a link leads to a web or mail address, to another playbook's `.md` file or to a `#section`; the words are shown without it")
}

fn to_playbook(stem: &str, anchor: Option<&str>, anchors: &Anchors) -> Option<Diagnostic> {
    let target = slug(stem);
    if anchors.contains_key(&*target) {
        return anchor.and_then(|anchor| to_section(&target, anchor, anchors));
    }
    let known: Vec<&str> = anchors.keys().copied().collect();
    let finding = Diagnostic::warning(
        "dead-playbook-link",
        format!("there is no playbook `{stem}`"),
    );
    Some(match spelling::nearest(&target, &known) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding,
    })
}

fn to_section(target: &str, anchor: &str, anchors: &Anchors) -> Option<Diagnostic> {
    let known: Vec<&String> = anchors.get(target)?.iter().collect();
    if known.iter().any(|known| **known == names::anchor(anchor)) {
        return None;
    }
    let finding = Diagnostic::warning(
        "dead-playbook-link",
        format!("the playbook `{target}` has no section `{anchor}`"),
    );
    Some(match spelling::nearest(anchor, &known) {
        Some(near) => finding.help(format!("did you mean `#{near}`?")),
        None => finding
            .help("an anchor is the heading in lower case with hyphens: `#investigation-workflow`"),
    })
}
