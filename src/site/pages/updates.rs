//! What changed since an earlier release: what of ours it touches first, then how much changed,
//! then all of it.

use std::fmt::Write as _;

use crate::diff::impact::{Subject, Touch};
use crate::diff::{Category, Diff, DomainDiff, Entry, Type, json, layers};
use crate::markdown::escape;
use crate::names::slug;
use crate::site::Updates;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::changes::{self, category_name, type_name};
use crate::site::pages::facts::domain_name;
use crate::site::pages::index::index_page;
use crate::site::pages::lists::Files;
use crate::site::strings::{Strings, fill, html as html_of};
use crate::site::view::{IndexPage, Link, Page, Section};

/// Where comparisons lie.
pub const FOLDER: &str = "updates/";

/// The folder of a comparison's page.
pub fn folder(diff: &Diff) -> String {
    format!("{FOLDER}{}/", diff.slug())
}

/// The list of comparisons, and the page of each.
pub fn pages(
    sources: Sources,
    updates: &[Updates],
    base_url: Option<&str>,
) -> Vec<(IndexPage, Files)> {
    let each = updates.iter().map(|one| comparison(sources, one));
    std::iter::once(overview(sources, updates, base_url))
        .chain(each)
        .collect()
}

fn frame(context: &PageContext, folder: &str, title: String) -> Page {
    Page {
        section: "updates",
        ..index_page(context, folder, "index", title)
    }
}

fn title(diff: &Diff) -> String {
    format!("ATT&CK {} → {}", diff.from.name, diff.to.name)
}

fn overview(sources: Sources, updates: &[Updates], base_url: Option<&str>) -> (IndexPage, Files) {
    let strings = sources.strings;
    let context = PageContext::new(sources, FOLDER);
    let mut list = String::from("<ul class=\"prose\">");
    for one in updates {
        list.push_str("<li><a href=\"");
        escape(&format!("{}/index.html", one.diff.slug()), &mut list);
        list.push_str("\">");
        escape(&title(one.diff), &mut list);
        list.push_str("</a>, ");
        escape(&told(strings, one), &mut list);
    }
    list.push_str("</ul>");
    let feed = base_url.map(|base| {
        (
            "feed.xml".to_owned(),
            feed(strings, updates, base).into_bytes(),
        )
    });
    let link = feed.as_ref().map(|(name, _)| Link {
        label: strings.atom_feed.clone(),
        href: Some(name.clone()),
    });
    let page = IndexPage {
        page: frame(&context, FOLDER, strings.updates.clone()),
        intro_html: html_of(&strings.updates_intro),
        filters: link.into_iter().collect(),
        sections: vec![Section {
            id: "updates".to_owned(),
            title: strings.updates.clone(),
            html: list,
            ..Section::default()
        }],
    };
    (page, feed.into_iter().collect())
}

/// How much changed and is touched, in a sentence.
fn told(strings: &Strings, updates: &Updates) -> String {
    let domains = updates.diff.domains.iter();
    let changed = domains.flat_map(|d| &d.entries);
    let changed = changed.filter(|entry| entry.category.is_some()).count();
    let touched = updates.touches.len();
    fill(
        &strings.updates_told,
        &[("changed", &changed), ("touched", &touched)],
    )
}

fn comparison(sources: Sources, updates: &Updates) -> (IndexPage, Files) {
    let strings = sources.strings;
    let diff = &updates.diff;
    let folder = folder(diff);
    let context = PageContext::new(sources, &folder);
    let mut files = layers::render(diff);
    files.push((
        "diff.json".to_owned(),
        json::render(diff, Some(&updates.touches)),
    ));
    let downloads = files.iter().map(|(name, _)| Link {
        label: name.clone(),
        href: Some(name.clone()),
    });
    let page_of = |touch: &Touch| match (touch.subject, &touch.slug) {
        (Subject::Playbook, Some(slug)) => {
            Some(format!("{}playbooks/{slug}/index.html", context.root))
        }
        _ => None,
    };
    let impact = Section {
        id: "impact".to_owned(),
        title: strings.what_it_touches.clone(),
        count: Some(updates.touches.len()).filter(|&n| n > 0),
        html: changes::impact(strings, &updates.touches, &page_of),
        ..Section::default()
    };
    let counts = Section {
        id: "counts".to_owned(),
        title: strings.how_much_changed.clone(),
        html: format!(
            "<div class=\"two\">{}{}</div>",
            count_table(strings, diff),
            chart(strings, diff)
        ),
        ..Section::default()
    };
    let domains = diff
        .domains
        .iter()
        .map(|domain| of_domain(&context, domain));
    let page = IndexPage {
        filters: downloads.collect(),
        sections: [impact, counts].into_iter().chain(domains).collect(),
        intro_html: { html_of(&told(strings, updates)) },
        page: with_overview(frame(&context, &folder, title(diff)), &context),
    };
    (page, files)
}

/// The list of comparisons stands above each of them.
fn with_overview(mut page: Page, context: &PageContext) -> Page {
    let overview = Link {
        label: context.sources.strings.updates.clone(),
        href: Some(format!("{}{FOLDER}index.html", context.root)),
    };
    page.breadcrumbs.insert(1, overview);
    page
}

fn of_domain(context: &PageContext, domain: &DomainDiff) -> Section {
    let Sources {
        strings, knowledge, ..
    } = context.sources;
    let address = |entry: &Entry| {
        // A deleted object has no page here.
        let ix = knowledge.by_stix_id(&entry.stix_id)?;
        Some(context.href(ix))
    };
    let mut lists = changes::names(strings, domain);
    for r#type in Type::ALL {
        let list = changes::of_type(strings, domain, r#type, &address);
        if !list.is_empty() {
            let id = slug(&format!("{}-{}", domain.name, r#type.name()));
            let title = html_of(type_name(strings, r#type));
            let _ = write!(lists, "<h3 id=\"{id}\">{title}</h3>\n{list}");
        }
    }
    let changed = domain.entries.iter().filter(|e| e.category.is_some());
    Section {
        id: slug(&domain.name),
        title: domain_name(&domain.name),
        count: Some(changed.count()),
        html: lists,
        ..Section::default()
    }
}

/// Types down, the categories that have members across, all domains together.
fn count_table(strings: &Strings, diff: &Diff) -> String {
    let categories: Vec<Category> = Category::ALL
        .into_iter()
        .filter(|&category| count(diff, None, category) > 0)
        .collect();
    let title = html_of(&strings.how_much_changed);
    let mut html = format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{title}\" tabindex=\"0\">\
         <table class=\"num\"><caption class=\"vh\">{title}</caption><thead><tr>\
         <th scope=\"col\">{}",
        html_of(&strings.object_type),
    );
    for &category in &categories {
        let word = html_of(category_name(strings, category)[1]);
        let _ = write!(html, "<th scope=\"col\">{word}");
    }
    html.push_str("</thead><tbody>\n");
    for r#type in Type::ALL {
        let counts: Vec<usize> = categories
            .iter()
            .map(|&category| count(diff, Some(r#type), category))
            .collect();
        if counts.iter().all(|&n| n == 0) {
            continue;
        }
        let _ = write!(html, "<tr><td>{}", html_of(type_name(strings, r#type)));
        for count in counts {
            let _ = match count {
                0 => write!(html, "<td><span class=\"nil\">0</span>"),
                _ => write!(html, "<td>{count}"),
            };
        }
        html.push('\n');
    }
    html + "</tbody></table></div>"
}

fn count(diff: &Diff, r#type: Option<Type>, category: Category) -> usize {
    let entries = diff.domains.iter().flat_map(|domain| &domain.entries);
    entries
        .filter(|entry| entry.category == Some(category))
        .filter(|entry| r#type.is_none_or(|wanted| entry.r#type == wanted))
        .count()
}

/// For each category a bar, the most frequent as long as the chart is wide.
fn chart(strings: &Strings, diff: &Diff) -> String {
    let rows: Vec<(Category, usize)> = Category::ALL
        .into_iter()
        .map(|category| (category, count(diff, None, category)))
        .filter(|&(_, count)| count > 0)
        .collect();
    let most = rows.iter().map(|&(_, count)| count).max().unwrap_or(1);
    let mut html = format!(
        "<figure class=\"co\"><figcaption><b>{}</b></figcaption>\
         <svg width=\"100%\" height=\"{}.4em\">",
        html_of(&strings.all_types_together),
        rows.len() * 24 / 10,
    );
    for (i, (category, count)) in rows.iter().enumerate() {
        let top = i * 24;
        let em = |tenths: usize| format!("{}.{}", tenths / 10, tenths % 10);
        let _ = write!(
            html,
            "<text y=\"{label}em\">{title}</text><text x=\"100%\" y=\"{label}em\">{count}</text>\
             <rect class=\"all\" y=\"{bar}em\" width=\"100%\" height=\".4em\"/>\
             <rect y=\"{bar}em\" width=\"{share}%\" height=\".4em\"/>",
            label = em(top + 10),
            title = html_of(category_name(strings, *category)[0]),
            bar = em(top + 15),
            share = count * 100 / most,
        );
    }
    html + "</svg></figure>"
}

/// An Atom feed, <https://www.rfc-editor.org/rfc/rfc4287>.
fn feed(strings: &Strings, updates: &[Updates], base: &str) -> String {
    let base = text(base);
    // The day of the release, as the clock would make every build differ.
    let day = updates.first().map(|newest| text(&newest.diff.to.newest));
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>{}</title>\n\
         <id>{base}{FOLDER}</id>\n<link rel=\"self\" href=\"{base}{FOLDER}feed.xml\"/>\n\
         <link href=\"{base}{FOLDER}\"/>\n<updated>{}T00:00:00Z</updated>\n\
         <author><name>ttpress</name></author>\n",
        text(&format!("ATT&CK: {}", strings.updates)),
        day.unwrap_or_default(),
    );
    for one in updates {
        let page = format!("{base}{}", text(&folder(one.diff)));
        let _ = write!(
            feed,
            "<entry>\n<title>{}</title>\n<id>{page}</id>\n<link href=\"{page}\"/>\n\
             <updated>{}T00:00:00Z</updated>\n<summary>{}</summary>\n</entry>\n",
            text(&title(one.diff)),
            text(&one.diff.to.newest),
            text(&told(strings, one)),
        );
    }
    feed + "</feed>\n"
}

fn text(plain: &str) -> String {
    let mut escaped = String::new();
    escape(plain, &mut escaped);
    escaped
}
