//! The metadata card.

use crate::attack::{EdgeKind, Kind, Object, ObjectIx, stix};
use crate::markdown::escape;
use crate::site::context::PageContext;
use crate::site::pages::history;
use crate::site::strings::Strings;
use crate::site::view::{Fact, PlaybookLink};

/// The rows of an object's card.
pub(super) fn of(context: &mut PageContext, ix: ObjectIx) -> Vec<Fact> {
    let strings = context.sources.strings;
    let knowledge = context.sources.knowledge;
    let object = knowledge.object(ix);
    let stix = object.stix;
    let mut card = Card(Vec::new());
    card.add(
        &strings.domain,
        object
            .domains
            .iter()
            .map(|&d| text(&domain_name(&knowledge.domains[d]))),
    );
    if object.kind == Kind::Technique {
        card.add(
            &strings.technique,
            links(context, ix, EdgeKind::SubtechniqueOf),
        );
        card.add(&strings.tactics, tactics(context, ix));
        card.add(&strings.tactic_type, plain(&stix.x_mitre_tactic_type));
    }
    add_playbooks(&mut card, context, ix);
    card.add(&strings.platforms, object.platforms().map(text));
    card.add(&strings.other_names, object.aliases().map(text));
    card.add(&strings.sectors, plain(&stix.x_mitre_sectors));
    if object.kind == Kind::Campaign {
        card.add(
            &strings.first_seen,
            seen(
                context,
                ix,
                &stix.first_seen,
                &stix.x_mitre_first_seen_citation,
            ),
        );
        card.add(
            &strings.last_seen,
            seen(
                context,
                ix,
                &stix.last_seen,
                &stix.x_mitre_last_seen_citation,
            ),
        );
    }
    card.add(&strings.detects, detected(context, ix));
    card.add(&strings.data_source, links(context, ix, EdgeKind::PartOf));
    card.add(
        &strings.collection_layers,
        plain(&stix.x_mitre_collection_layers),
    );
    add_requirements(&mut card, strings, object);
    card.add("CAPEC", external_ids(object, "capec"));
    card.add(
        "NIST MTC",
        external_ids(object, "NIST Mobile Threat Catalogue"),
    );
    card.add(&strings.earlier_id, plain_one(&stix.x_mitre_old_attack_id));
    card.add_separated(
        &strings.contributors,
        plain(&stix.x_mitre_contributors),
        "; ",
    );
    card.add(&strings.version, plain_one(&stix.x_mitre_version));
    card.add_separated(&strings.history, history::of(context, ix), "; ");
    card.add(&strings.created, date(&stix.created));
    card.add(&strings.modified, date(&stix.modified));
    card.add(
        &strings.stix_id,
        [format!("<code>{}</code>", text(&stix.id))],
    );
    let elsewhere = permalink(object).map(|url| {
        format!(
            "<a href=\"{}\" rel=\"noopener noreferrer external\">attack.mitre.org</a>",
            text(&url)
        )
    });
    card.add(&strings.at_mitre, elsewhere);
    card.0
}

/// The playbooks of an object, or the page of a technique that still waits for one.
fn add_playbooks(card: &mut Card, context: &PageContext, ix: ObjectIx) {
    let strings = context.sources.strings;
    let links = playbooks(context, ix).into_iter().map(|playbook| {
        let label = if playbook.is_written {
            &playbook.title
        } else {
            &strings.not_written_yet
        };
        format!("<a href=\"{}\">{}</a>", text(&playbook.href), text(label))
    });
    card.add(&strings.playbook, links);
}

/// The playbooks of an object, else the page of a technique that still waits for one.
pub(super) fn playbooks(context: &PageContext, ix: ObjectIx) -> Vec<PlaybookLink> {
    let object = context.sources.knowledge.object(ix);
    let link = |folder: &str, title: &str, is_written| PlaybookLink {
        title: title.to_owned(),
        href: format!("{}{folder}index.html", context.root),
        is_written,
    };
    let written = context.sources.playbooks_for(ix);
    let mut links: Vec<PlaybookLink> = written
        .map(|of| link(&super::playbook::folder(of), &of.front.title, true))
        .collect();
    let may_have = object.kind == Kind::Technique && object.is_live() && !context.sources.is_older;
    if links.is_empty() && may_have {
        let folder = super::playbook::generated_folder(context.sources, ix);
        links.push(link(&folder, object.name(), false));
    }
    links
}

/// The card of a playbook that nobody has written: what is known of its technique.
pub(super) fn of_generated(context: &PageContext, ix: ObjectIx) -> Vec<Fact> {
    let strings = context.sources.strings;
    let object = context.sources.knowledge.object(ix);
    let mut card = Card(Vec::new());
    card.add(&strings.technique, [context.named_link(ix)]);
    card.add(&strings.tactics, tactics(context, ix));
    card.add(&strings.platforms, object.platforms().map(text));
    card.add(
        &strings.technique_version,
        plain_one(&object.stix.x_mitre_version),
    );
    card.0
}

/// What a technique needs and what it defeats, as releases before v18 say it, and the controls of
/// a mitigation.
fn add_requirements(card: &mut Card, strings: &Strings, object: &Object) {
    let stix = object.stix;
    card.add(
        &strings.system_requirements,
        plain(&stix.x_mitre_system_requirements),
    );
    card.add(
        &strings.permissions_required,
        plain(&stix.x_mitre_permissions_required),
    );
    card.add(
        &strings.effective_permissions,
        plain(&stix.x_mitre_effective_permissions),
    );
    card.add(
        &strings.defences_bypassed,
        plain(&stix.x_mitre_defense_bypassed),
    );
    card.add(&strings.impact_type, plain(&stix.x_mitre_impact_type));
    card.add(
        &strings.supports_remote,
        stix.x_mitre_remote_support.then(|| text(&strings.yes)),
    );
    card.add(
        &strings.needs_network,
        stix.x_mitre_network_requirements
            .then(|| text(&strings.yes)),
    );
    card.add(&strings.data_sources, plain(&stix.x_mitre_data_sources));
    if object.kind == Kind::Mitigation {
        card.add(&strings.controls, plain(&stix.labels));
    }
}

/// `enterprise-attack` → `Enterprise`; short names are abbreviations.
pub(super) fn domain_name(domain: &str) -> String {
    let short = domain.strip_suffix("-attack").unwrap_or(domain);
    if short.len() <= 3 {
        return short.to_ascii_uppercase();
    }
    let mut letters = short.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

struct Card(Vec<Fact>);

impl Card {
    fn add(&mut self, label: &str, values: impl IntoIterator<Item = String>) {
        self.add_separated(label, values, ", ");
    }

    /// People's names hold commas.
    fn add_separated(
        &mut self,
        label: &str,
        values: impl IntoIterator<Item = String>,
        separator: &'static str,
    ) {
        let html: Vec<String> = values.into_iter().collect();
        if !html.is_empty() {
            self.0.push(Fact {
                label: label.to_owned(),
                html,
                separator,
            });
        }
    }
}

fn text(value: &str) -> String {
    let mut html = String::new();
    escape(value.trim(), &mut html);
    html
}

fn plain<'v>(values: &'v [stix::S<'_>]) -> impl Iterator<Item = String> + use<'v> {
    values
        .iter()
        .filter(|v| !v.trim().is_empty())
        .map(|v| text(v))
}

fn plain_one(value: &str) -> Option<String> {
    (!value.trim().is_empty()).then(|| text(value))
}

/// Tactics that the data has are linked, also those of withdrawn techniques; others are named as the
/// technique names them.
fn tactics(context: &PageContext, ix: ObjectIx) -> Vec<String> {
    let knowledge = context.sources.knowledge;
    let object = knowledge.object(ix);
    let known: Vec<ObjectIx> = knowledge.targets(ix, EdgeKind::InTactic).collect();
    let shortname = |tactic: &ObjectIx| &*knowledge.object(*tactic).stix.x_mitre_shortname;
    let phases = &object.stix.kill_chain_phases;
    let others = phases
        .iter()
        .filter(|p| known.iter().all(|t| shortname(t) != &*p.phase_name));
    // Only live objects have edges.
    let of_domain = |phase: &str| {
        let mut tactics = knowledge.live(Kind::Tactic);
        let found = tactics.find(|(_, tactic)| {
            *tactic.stix.x_mitre_shortname == *phase
                && tactic.domains.iter().any(|d| object.domains.contains(d))
        });
        found.map(|(tactic, _)| context.named_link(tactic))
    };
    let linked = known.iter().map(|&tactic| context.named_link(tactic));
    linked
        .chain(others.map(|phase| {
            let name = &phase.phase_name;
            of_domain(name).unwrap_or_else(|| text(name))
        }))
        .collect()
}

fn links(context: &PageContext, ix: ObjectIx, kind: EdgeKind) -> Vec<String> {
    let targets = context.sources.knowledge.targets(ix, kind);
    targets.map(|other| context.named_link(other)).collect()
}

/// What a strategy detects; a component's techniques are a table, not a fact.
fn detected(context: &PageContext, ix: ObjectIx) -> Vec<String> {
    let knowledge = context.sources.knowledge;
    if knowledge.object(ix).kind != Kind::DetectionStrategy {
        return Vec::new();
    }
    links(context, ix, EdgeKind::Detects)
}

/// Month and year with its citation. ATT&CK writes local midnights as UTC, so the day is noise.
fn seen(context: &mut PageContext, ix: ObjectIx, date: &str, citation: &str) -> Option<String> {
    let mut html = text(date.get(..7)?);
    let doc = context.sources.texts.of_field(ix, citation);
    context.write_cell(&doc, &mut html);
    Some(html)
}

fn date(timestamp: &str) -> Option<String> {
    timestamp.get(..10).map(text)
}

fn external_ids(object: &Object, source: &str) -> Vec<String> {
    let references = object.stix.external_references.iter();
    let of_source = references.filter(|r| *r.source_name == *source && !r.external_id.is_empty());
    of_source
        .map(|r| match crate::markdown::safe_url(&r.url) {
            Some(url) => format!(
                "<a href=\"{}\" rel=\"noopener noreferrer external\">{}</a>",
                text(&url),
                text(&r.external_id)
            ),
            None => text(&r.external_id),
        })
        .collect()
}

/// The object's page at MITRE, as its first reference says.
pub(crate) fn permalink(object: &Object) -> Option<String> {
    let mut references = object.stix.external_references.iter();
    let own = references.find(|r| r.source_name.starts_with("mitre-"))?;
    crate::markdown::safe_url(&own.url)
}

/// What the page calls the object: `Sub-technique`, `Malware`, `Tool` are finer than kinds.
pub(in crate::site) fn type_label<'l>(
    strings: &'l Strings,
    object: &'l Object,
    is_sub: bool,
) -> &'l str {
    match (object.kind, &*object.stix.r#type) {
        (Kind::Technique, _) if is_sub => &strings.subtechnique,
        (Kind::Software, "malware") => &strings.malware,
        (Kind::Software, "tool") => &strings.tool,
        (Kind::Other, name) => name,
        (kind, _) => strings.kind(kind)[0],
    }
}
