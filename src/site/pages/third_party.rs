//! Rules, tests and analytics of others, beside the technique that they are about.

use crate::attack::ObjectIx;
use crate::detections::atomic::AtomicTest;
use crate::detections::car::CarAnalytic;
use crate::detections::sigma::SigmaRule;
use crate::markdown::{escape, safe_url};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::index::index_page;
use crate::site::pages::lists::Files;
use crate::site::strings::{Label, Strings, fill, fill_html};
use crate::site::view::{IndexPage, Section};

/// A longer list has a page of its own, so that the technique's page stays light.
const MOST_ON_PAGE: usize = 25;

/// A list: its folder below the technique's, its heading, and its entries as HTML.
type List = (&'static str, Label, fn(Sources, ObjectIx) -> Vec<String>);

const RULES: List = ("rules", |s| &s.sigma_rules, rules);
const ANALYTICS: List = ("car", |s| &s.car_analytics, analytics);
const TESTS: List = ("tests", |s| &s.atomic_tests, tests);

/// The Sigma rules for a technique.
pub fn rules_section(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    section(context, ix, RULES)
}

/// The CAR analytics for a technique.
pub fn analytics_section(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    section(context, ix, ANALYTICS)
}

/// The Atomic Red Team tests for a technique.
pub fn tests_section(context: &mut PageContext, ix: ObjectIx) -> Option<Section> {
    section(context, ix, TESTS)
}

fn section(context: &mut PageContext, ix: ObjectIx, (name, title, list): List) -> Option<Section> {
    let strings = context.sources.strings;
    let title = title(strings);
    let entries = list(context.sources, ix);
    let count = entries.len();
    let html = if count > MOST_ON_PAGE {
        let folder = context.sources.routes.folder(ix);
        let root = &context.root;
        let all = fill_html(&strings.all_of_list, &[("n", &count), ("list", &title)]);
        format!("<p><a href=\"{root}{folder}{name}/index.html\">{all}</a></p>")
    } else {
        entries.concat()
    };
    (count > 0).then(|| Section {
        id: name.to_owned(),
        title: title.to_owned(),
        count: Some(count),
        by_others: true,
        html,
        ..Section::default()
    })
}

/// The pages of lists that are too long for the technique's own.
pub fn pages(sources: Sources, ix: ObjectIx) -> Vec<(IndexPage, Files)> {
    let object = sources.knowledge.object(ix);
    let mut pages = Vec::new();
    for (name, title, list) in [RULES, ANALYTICS, TESTS] {
        let title = title(sources.strings);
        let entries = list(sources, ix);
        if entries.len() <= MOST_ON_PAGE {
            continue;
        }
        let folder = format!("{}{name}/", sources.routes.folder(ix));
        let context = PageContext::new(sources, &folder);
        let technique = format!("{} {}", object.id(), object.name());
        let heading = fill(
            &sources.strings.list_for_technique,
            &[("list", &title), ("technique", &technique)],
        );
        let page = IndexPage {
            page: index_page(&context, &folder, "index", heading),
            intro_html: context.named_link(ix),
            filters: Vec::new(),
            sections: vec![Section {
                id: name.to_owned(),
                title: title.to_owned(),
                count: Some(entries.len()),
                html: entries.concat(),
                ..Section::default()
            }],
        };
        pages.push((page, Files::new()));
    }
    pages
}

/// An entry in the making: a folded part of the page.
struct Entry(String);

impl Entry {
    fn new(title: &str, words: &[&str]) -> Entry {
        let mut html = String::from("<details class=\"entry\"><summary>");
        escape(title, &mut html);
        html.push_str(" <small>");
        let words: Vec<&str> = words.iter().copied().filter(|w| !w.is_empty()).collect();
        escape(&words.join(" · "), &mut html);
        html.push_str("</small></summary><dl class=\"card\">");
        Entry(html)
    }

    fn fact(&mut self, label: &str, value: &str) {
        if value.trim().is_empty() {
            return;
        }
        self.0.push_str("<div><dt>");
        escape(label, &mut self.0);
        self.0.push_str("<dd>");
        match safe_url(value) {
            Some(url) if value.starts_with("http") => {
                self.0
                    .push_str("<a rel=\"noopener noreferrer external\" href=\"");
                escape(&url, &mut self.0);
                self.0.push_str("\">");
                escape(value, &mut self.0);
                self.0.push_str("</a>");
            }
            _ => escape(value, &mut self.0),
        }
        self.0.push_str("</div>");
    }

    fn finish(mut self, listings: &[(&str, &str)]) -> String {
        self.0.push_str("</dl>");
        for (label, code) in listings.iter().filter(|(_, code)| !code.trim().is_empty()) {
            self.0.push_str("<p class=\"say\">");
            escape(label, &mut self.0);
            self.0.push_str("</p><pre><code>");
            escape(code, &mut self.0);
            self.0.push_str("</code></pre>");
        }
        self.0 + "</details>\n"
    }
}

fn rules(sources: Sources, ix: ObjectIx) -> Vec<String> {
    let rules = sources.detections.rules_for(ix);
    rules.map(|found| rule(sources.strings, found)).collect()
}

fn rule(strings: &Strings, rule: &SigmaRule) -> String {
    let mut entry = Entry::new(&rule.title, &[&rule.level, &rule.status, &rule.log_source]);
    entry.fact(&strings.description, &rule.description);
    entry.fact(&strings.author, &rule.author);
    entry.fact(&strings.rule_id, &rule.id);
    entry.fact(&strings.file, &rule.file_name);
    let licence = match rule.license.as_str() {
        "" => &strings.drl_licence,
        named => named,
    };
    entry.fact(&strings.licence, licence);
    for text in &rule.false_positives {
        entry.fact(&strings.false_positives, text);
    }
    for text in &rule.references {
        entry.fact(&strings.reference, text);
    }
    entry.finish(&[("Sigma", &rule.yaml)])
}

fn tests(sources: Sources, ix: ObjectIx) -> Vec<String> {
    let tests = sources.detections.tests_for(ix);
    tests.map(|found| test(sources.strings, found)).collect()
}

fn test(strings: &Strings, test: &AtomicTest) -> String {
    let elevation = if test.needs_elevation {
        &*strings.needs_elevation
    } else {
        ""
    };
    let platforms = test.platforms.join(", ");
    let mut entry = Entry::new(&test.name, &[&platforms, &test.executor, elevation]);
    entry.fact(&strings.description, &test.description);
    entry.fact(&strings.test_id, &test.guid);
    entry.fact(&strings.licence, "MIT (Atomic Red Team)");
    for input in &test.inputs {
        entry.fact(
            &strings.input,
            &format!("{} = {}", input.name, input.default),
        );
    }
    let mut listings = Vec::new();
    for needed in &test.dependencies {
        entry.fact(&strings.needs, &needed.description);
        listings.push((&*strings.check_prerequisite, needed.check.as_str()));
        listings.push((&*strings.get_prerequisite, needed.get.as_str()));
    }
    listings.push((&*strings.command, &test.command));
    listings.push((&*strings.cleanup, &test.cleanup));
    entry.finish(&listings)
}

fn analytics(sources: Sources, ix: ObjectIx) -> Vec<String> {
    let analytics = sources.detections.analytics_for(ix);
    analytics
        .map(|found| analytic(sources.strings, found))
        .collect()
}

fn analytic(strings: &Strings, analytic: &CarAnalytic) -> String {
    let platforms = analytic.platforms.join(", ");
    let mut entry = Entry::new(&analytic.title, &[&analytic.id, &platforms]);
    entry.fact(&strings.description, &analytic.description);
    entry.fact(&strings.contributors, &analytic.contributors.join(", "));
    entry.fact(&strings.licence, "Apache-2.0 (MITRE CAR)");
    let forms = analytic.implementations.iter();
    let listings: Vec<(&str, &str)> = forms.map(|f| (f.kind.as_str(), f.code.as_str())).collect();
    entry.finish(&listings)
}
