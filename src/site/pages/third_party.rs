//! Rules, tests and analytics of others, beside the technique that they are about.

use crate::attack::ObjectIx;
use crate::detections::atomic::AtomicTest;
use crate::detections::car::CarAnalytic;
use crate::detections::sigma::SigmaRule;
use crate::markdown::{escape, safe_url};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::index::index_page;
use crate::site::pages::lists::Files;
use crate::site::view::{IndexPage, Section};

/// A longer list has a page of its own, so that the technique's page stays light.
const MOST_ON_PAGE: usize = 25;

/// A list: its folder below the technique's, its heading, and its entries as HTML.
type List = (
    &'static str,
    &'static str,
    fn(Sources, ObjectIx) -> Vec<String>,
);

const RULES: List = ("rules", "Sigma rules", rules);
const ANALYTICS: List = ("car", "CAR analytics", analytics);
const TESTS: List = ("tests", "Atomic tests", tests);

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
    let entries = list(context.sources, ix);
    let count = entries.len();
    let html = if count > MOST_ON_PAGE {
        let folder = context.sources.routes.folder(ix);
        let root = &context.root;
        format!("<p><a href=\"{root}{folder}{name}/index.html\">All {count} {title}</a></p>")
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
        let entries = list(sources, ix);
        if entries.len() <= MOST_ON_PAGE {
            continue;
        }
        let folder = format!("{}{name}/", sources.routes.folder(ix));
        let context = PageContext::new(sources, &folder);
        let heading = format!("{title} for {} {}", object.id(), object.name());
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
    sources.detections.rules_for(ix).map(rule).collect()
}

fn rule(rule: &SigmaRule) -> String {
    let mut entry = Entry::new(&rule.title, &[&rule.level, &rule.status, &rule.log_source]);
    entry.fact("Description", &rule.description);
    entry.fact("Author", &rule.author);
    entry.fact("Rule ID", &rule.id);
    entry.fact("File", &rule.file_name);
    let licence = match rule.license.as_str() {
        "" => "Detection Rule License (DRL) 1.1, where the rule is SigmaHQ's",
        named => named,
    };
    entry.fact("Licence", licence);
    for text in &rule.false_positives {
        entry.fact("False positives", text);
    }
    for text in &rule.references {
        entry.fact("Reference", text);
    }
    entry.finish(&[("Sigma", &rule.yaml)])
}

fn tests(sources: Sources, ix: ObjectIx) -> Vec<String> {
    sources.detections.tests_for(ix).map(test).collect()
}

fn test(test: &AtomicTest) -> String {
    let elevation = if test.needs_elevation {
        "needs elevation"
    } else {
        ""
    };
    let platforms = test.platforms.join(", ");
    let mut entry = Entry::new(&test.name, &[&platforms, &test.executor, elevation]);
    entry.fact("Description", &test.description);
    entry.fact("Test ID", &test.guid);
    entry.fact("Licence", "MIT (Atomic Red Team)");
    for input in &test.inputs {
        entry.fact("Input", &format!("{} = {}", input.name, input.default));
    }
    let mut listings = Vec::new();
    for needed in &test.dependencies {
        entry.fact("Needs", &needed.description);
        listings.push(("Check of prerequisite", needed.check.as_str()));
        listings.push(("Get prerequisite", needed.get.as_str()));
    }
    listings.push(("Command", &test.command));
    listings.push(("Cleanup", &test.cleanup));
    entry.finish(&listings)
}

fn analytics(sources: Sources, ix: ObjectIx) -> Vec<String> {
    sources.detections.analytics_for(ix).map(analytic).collect()
}

fn analytic(analytic: &CarAnalytic) -> String {
    let platforms = analytic.platforms.join(", ");
    let mut entry = Entry::new(&analytic.title, &[&analytic.id, &platforms]);
    entry.fact("Description", &analytic.description);
    entry.fact("Contributors", &analytic.contributors.join(", "));
    entry.fact("Licence", "Apache-2.0 (MITRE CAR)");
    let forms = analytic.implementations.iter();
    let listings: Vec<(&str, &str)> = forms.map(|f| (f.kind.as_str(), f.code.as_str())).collect();
    entry.finish(&listings)
}
