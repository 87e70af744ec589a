//! Rules, tests and analytics of others, beside the technique that they are about.

use std::collections::BTreeMap;

use crate::attack::ObjectIx;
use crate::detections::atomic::AtomicTest;
use crate::detections::car::CarAnalytic;
use crate::detections::sigma::SigmaRule;
use crate::detections::{Entry, Set};
use crate::dialects;
use crate::markdown::authored::plain;
use crate::markdown::{escape, safe_url};
use crate::names::slug;
use crate::site::blocks::{Block, Part};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::index::index_page;
use crate::site::pages::lists::Files;
use crate::site::pages::tabs;
use crate::site::strings::{Label, fill, fill_html};
use crate::site::view::{EntryView, Fact, IndexPage, Section, TabView};

/// A longer list has a page of its own, so that the technique's page stays light.
const MOST_ON_PAGE: usize = 25;

/// A list of entries.
struct List {
    /// Its anchor, and its folder below the technique's.
    name: &'static str,
    title: Label,
    count: fn(Sources, ObjectIx) -> usize,
    entries: fn(&PageContext, ObjectIx) -> Vec<EntryView>,
    heads: fn(Sources, ObjectIx) -> Vec<Head>,
}

const RULES: List = List {
    name: "rules",
    title: |s| &s.sigma_rules,
    count: |sources, ix| sources.detections.rules.of(ix).count(),
    entries: rules,
    heads: |sources, ix| heads(&sources.detections.rules, ix, rule_head),
};
const ANALYTICS: List = List {
    name: "car",
    title: |s| &s.car_analytics,
    count: |sources, ix| sources.detections.analytics.of(ix).count(),
    entries: analytics,
    heads: |sources, ix| heads(&sources.detections.analytics, ix, analytic_head),
};
const TESTS: List = List {
    name: "tests",
    title: |s| &s.atomic_tests,
    count: |sources, ix| sources.detections.tests.of(ix).count(),
    entries: tests,
    heads: |sources, ix| heads(&sources.detections.tests, ix, test_head),
};

/// What others wrote about a technique: a list as part of a block.
pub struct Entries {
    of: ObjectIx,
    list: &'static List,
}

/// What to know of an entry at a glance.
pub struct Head {
    /// What it is called.
    pub title: String,
    /// Level, status, platform …
    pub words: String,
    /// Its author's identifier.
    pub id: String,
}

impl Entries {
    /// The entries at a glance.
    pub fn heads(&self, sources: Sources) -> Vec<Head> {
        (self.list.heads)(sources, self.of)
    }
}

fn heads<T>(set: &Set<T>, ix: ObjectIx, head: fn(&T) -> Head) -> Vec<Head> {
    set.of(ix).map(|entry| head(&entry.item)).collect()
}

fn rule_head(rule: &SigmaRule) -> Head {
    Head {
        title: rule.title.clone(),
        words: words(&[&rule.level, &rule.status, &rule.log_source]).join(" · "),
        id: rule.id.clone(),
    }
}

fn test_head(test: &AtomicTest) -> Head {
    Head {
        title: test.name.clone(),
        words: words(&[&test.platforms.join(", "), &test.executor]).join(" · "),
        id: test.guid.clone(),
    }
}

fn analytic_head(analytic: &CarAnalytic) -> Head {
    Head {
        title: analytic.title.clone(),
        words: analytic.platforms.join(", "),
        id: analytic.id.clone(),
    }
}

/// The Sigma rules for a technique.
pub fn rules_of(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    block(sources, ix, &RULES)
}

/// The CAR analytics for a technique.
pub fn analytics_of(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    block(sources, ix, &ANALYTICS)
}

/// The Atomic Red Team tests for a technique.
pub fn tests_of(sources: Sources<'_>, ix: ObjectIx) -> Option<Block<'_>> {
    block(sources, ix, &TESTS)
}

fn block<'k>(sources: Sources<'k>, ix: ObjectIx, list: &'static List) -> Option<Block<'k>> {
    let count = (list.count)(sources, ix);
    (count > 0).then(|| Block {
        id: list.name,
        title: (list.title)(sources.strings),
        count: Some(count),
        by_others: true,
        parts: vec![Part::Entries(Entries { of: ix, list })],
    })
}

/// A list on a page: its entries, or where they are.
pub(in crate::site) fn write(context: &mut PageContext, part: &Entries, section: &mut Section) {
    let Entries { of, list } = *part;
    let strings = context.sources.strings;
    let count = (list.count)(context.sources, of);
    if count > MOST_ON_PAGE {
        let href = format!("{}{}", context.root, own_page(context.sources, of, list));
        let title = (list.title)(strings);
        let all = fill_html(&strings.all_of_list, &[("n", &count), ("list", &title)]);
        section.html = format!("<p><a href=\"{href}\">{all}</a></p>");
    } else {
        section.entries = (list.entries)(context, of);
        // A page can show an entry for several techniques.
        for entry in &mut section.entries {
            entry.id = context.fresh_id(&entry.id);
        }
    }
}

/// The page of a list that is too long for the technique's own.
fn own_page(sources: Sources, ix: ObjectIx, list: &List) -> String {
    format!("{}{}/index.html", sources.routes.folder(ix), list.name)
}

/// The pages of lists that are too long for the technique's own.
pub fn pages(sources: Sources, ix: ObjectIx) -> Vec<(IndexPage, Files)> {
    let object = sources.knowledge.object(ix);
    let mut pages = Vec::new();
    for list in [RULES, ANALYTICS, TESTS] {
        let count = (list.count)(sources, ix);
        if count <= MOST_ON_PAGE {
            continue;
        }
        let folder = format!("{}{}/", sources.routes.folder(ix), list.name);
        let context = PageContext::new(sources, &folder);
        let technique = format!("{} {}", object.id(), object.name());
        let title = (list.title)(sources.strings);
        let heading = fill(
            &sources.strings.list_for_technique,
            &[("list", &title), ("technique", &technique)],
        );
        let page = IndexPage {
            page: index_page(&context, &folder, "index", heading),
            intro_html: context.named_link(ix),
            filters: Vec::new(),
            sections: vec![Section {
                id: list.name.to_owned(),
                title: title.to_owned(),
                count: Some(count),
                entries: (list.entries)(&context, ix),
                ..Section::default()
            }],
        };
        pages.push((page, Files::new()));
    }
    pages
}

/// An entry, its anchor and its address from the root of the site.
pub struct Place<'s, T> {
    /// The entry.
    pub entry: &'s Entry<T>,
    /// Its anchor on the page that lists it.
    pub anchor: String,
    /// The address of both.
    pub href: String,
}

/// The rules for a technique, each with its anchor and its address from the root of the site.
pub fn rule_places(sources: Sources<'_>, ix: ObjectIx) -> Vec<Place<'_, SigmaRule>> {
    places(sources, ix, &sources.detections.rules, rule_anchor, &RULES)
}

/// The tests for a technique, each with its anchor and its address from the root of the site.
pub fn test_places(sources: Sources<'_>, ix: ObjectIx) -> Vec<Place<'_, AtomicTest>> {
    places(sources, ix, &sources.detections.tests, test_anchor, &TESTS)
}

fn places<'s, T>(
    sources: Sources,
    ix: ObjectIx,
    set: &'s Set<T>,
    anchor: fn(&T) -> String,
    list: &List,
) -> Vec<Place<'s, T>> {
    let page = if (list.count)(sources, ix) > MOST_ON_PAGE {
        own_page(sources, ix, list)
    } else {
        format!("{}index.html", sources.routes.folder(ix))
    };
    with_anchors(set, ix, anchor)
        .map(|(entry, anchor)| Place {
            entry,
            href: format!("{page}#{anchor}"),
            anchor,
        })
        .collect()
}

/// The entries for a technique; where two have the same anchor, the second gets a number.
fn with_anchors<T>(
    set: &Set<T>,
    ix: ObjectIx,
    anchor: fn(&T) -> String,
) -> impl Iterator<Item = (&Entry<T>, String)> {
    let mut seen = BTreeMap::<String, usize>::new();
    set.of(ix).map(move |entry| {
        let anchor = anchor(&entry.item);
        let uses = seen.entry(anchor.clone()).or_default();
        *uses += 1;
        let own = if *uses == 1 {
            anchor
        } else {
            format!("{anchor}-{uses}")
        };
        (entry, own)
    })
}

fn rule_anchor(rule: &SigmaRule) -> String {
    anchor("rule", &rule.id, &rule.title)
}

fn test_anchor(test: &AtomicTest) -> String {
    anchor("test", &test.guid, &test.name)
}

fn analytic_anchor(analytic: &CarAnalytic) -> String {
    anchor("analytic", &analytic.id, &analytic.title)
}

fn anchor(kind: &str, id: &str, title: &str) -> String {
    format!("{kind}-{}", slug(if id.is_empty() { title } else { id }))
}

fn rules(context: &PageContext, ix: ObjectIx) -> Vec<EntryView> {
    let strings = context.sources.strings;
    let set = &context.sources.detections.rules;
    with_anchors(set, ix, rule_anchor)
        .map(|(entry, anchor)| {
            let rule = &entry.item;
            let mut facts = Facts::new();
            facts.text(&strings.description, [plain(&rule.description)]);
            facts.text(&strings.false_positives, &rule.false_positives);
            facts.html(&strings.techniques, techniques(context, entry));
            facts.text(&strings.author, [&rule.author]);
            match rule.license.as_str() {
                "" => facts.link(&strings.licence, &strings.drl_licence, Some(DRL)),
                named => facts.text(&strings.licence, [named]),
            }
            facts.text(&strings.rule_id, [&rule.id]);
            facts.link(
                &strings.source,
                &rule.file_name,
                set.source(&rule.file_name).as_deref(),
            );
            facts.text(&strings.references, &rule.references);
            EntryView {
                id: anchor,
                title: rule.title.clone(),
                words: words(&[&rule.level, &rule.status, &rule.log_source]),
                facts: facts.0,
                tabs: tabs::of_rule(context.sources.conversions, &rule.yaml),
                listings: Vec::new(),
            }
        })
        .collect()
}

fn tests(context: &PageContext, ix: ObjectIx) -> Vec<EntryView> {
    let strings = context.sources.strings;
    let set = &context.sources.detections.tests;
    with_anchors(set, ix, test_anchor)
        .map(|(entry, anchor)| {
            let test = &entry.item;
            let mut facts = Facts::new();
            facts.text(&strings.description, [plain(&test.description)]);
            let inputs = test.inputs.iter();
            facts.text(
                &strings.input,
                inputs.map(|input| format!("{} = {}", input.name, input.default)),
            );
            facts.text(
                &strings.needs,
                test.dependencies.iter().map(|needed| &needed.description),
            );
            facts.text(&strings.test_id, [&test.guid]);
            facts.link(
                &strings.licence,
                "MIT (Atomic Red Team)",
                Some(ATOMIC_LICENCE),
            );
            facts.link(
                &strings.source,
                &test.file_name,
                set.source(&test.file_name).as_deref(),
            );
            let mut listings = Vec::new();
            for needed in &test.dependencies {
                listings.push((&strings.check_prerequisite, &needed.check));
                listings.push((&strings.get_prerequisite, &needed.get));
            }
            listings.push((&strings.command, &test.command));
            listings.push((&strings.cleanup, &test.cleanup));
            let elevation = if test.needs_elevation {
                &strings.needs_elevation
            } else {
                ""
            };
            EntryView {
                id: anchor,
                title: test.name.clone(),
                words: words(&[&test.platforms.join(", "), &test.executor, elevation]),
                facts: facts.0,
                tabs: Vec::new(),
                listings: listings
                    .into_iter()
                    .filter(|(_, code)| !code.trim().is_empty())
                    .map(|(label, code)| listing(label, code))
                    .collect(),
            }
        })
        .collect()
}

fn analytics(context: &PageContext, ix: ObjectIx) -> Vec<EntryView> {
    let strings = context.sources.strings;
    let set = &context.sources.detections.analytics;
    with_anchors(set, ix, analytic_anchor)
        .map(|(entry, anchor)| {
            let analytic = &entry.item;
            let mut facts = Facts::new();
            facts.text(&strings.description, [plain(&analytic.description)]);
            facts.html(&strings.techniques, techniques(context, entry));
            facts.text(&strings.contributors, &analytic.contributors);
            facts.link(
                &strings.licence,
                "Apache-2.0 (MITRE CAR)",
                Some(CAR_LICENCE),
            );
            facts.link(
                &strings.source,
                &analytic.file_name,
                set.source(&analytic.file_name).as_deref(),
            );
            let forms = analytic.implementations.iter();
            let forms = forms.filter(|form| !form.code.trim().is_empty());
            EntryView {
                id: anchor,
                title: analytic.title.clone(),
                words: words(&[&analytic.id, &analytic.platforms.join(", ")]),
                facts: facts.0,
                tabs: forms.map(|form| listing(&form.kind, &form.code)).collect(),
                listings: Vec::new(),
            }
        })
        .collect()
}

const DRL: &str = "https://github.com/SigmaHQ/Detection-Rule-License";
const ATOMIC_LICENCE: &str =
    "https://github.com/redcanaryco/atomic-red-team/blob/master/LICENSE.txt";
const CAR_LICENCE: &str = "https://www.apache.org/licenses/LICENSE-2.0";

fn listing(label: &str, code: &str) -> TabView {
    let key = dialects::named(label).map(|dialect| dialect.key.to_owned());
    TabView {
        key: key.unwrap_or_else(|| slug(label)),
        label: label.to_owned(),
        code: code.to_owned(),
        reason: String::new(),
    }
}

fn techniques<T>(context: &PageContext, entry: &Entry<T>) -> Vec<String> {
    entry
        .techniques
        .iter()
        .map(|&ix| context.named_link(ix))
        .collect()
}

fn words(all: &[&str]) -> Vec<String> {
    let said = all.iter().filter(|word| !word.is_empty());
    said.map(|word| (*word).to_owned()).collect()
}

/// The facts of an entry in the making; those that say nothing are left out.
struct Facts(Vec<Fact>);

impl Facts {
    fn new() -> Facts {
        Facts(Vec::new())
    }

    fn html(&mut self, label: &str, html: Vec<String>) {
        if !html.is_empty() {
            self.0.push(Fact {
                label: label.to_owned(),
                html,
                separator: "<br>",
            });
        }
    }

    fn text(&mut self, label: &str, texts: impl IntoIterator<Item = impl AsRef<str>>) {
        let texts = texts.into_iter();
        let html = texts.filter(|text| !text.as_ref().trim().is_empty());
        self.html(
            label,
            html.map(|text| linked(text.as_ref(), Some(text.as_ref())))
                .collect(),
        );
    }

    fn link(&mut self, label: &str, text: &str, url: Option<&str>) {
        self.html(label, vec![linked(text, url)]);
    }
}

/// A text as HTML, linked where the address is one of the web.
fn linked(text: &str, url: Option<&str>) -> String {
    let mut html = String::new();
    match url.filter(|url| url.starts_with("http")).and_then(safe_url) {
        Some(url) => {
            html.push_str("<a rel=\"noopener noreferrer external\" href=\"");
            escape(&url, &mut html);
            html.push_str("\">");
            escape(text, &mut html);
            html.push_str("</a>");
        }
        None => escape(text, &mut html),
    }
    html
}
