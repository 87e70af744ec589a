//! What machines read: the list of pages, its schemas, sitemap, robots.

use std::fmt::Write as _;

use serde::Serialize;

use crate::json::to_json;
use crate::markdown::escape;
use crate::playbook::schema;
use crate::site::strings::Strings;
use crate::site::view::Page;
use crate::tree::Tree;

const OBJECT_SCHEMA: &str = include_str!("schemas/object.schema.json");
const OBJECTS_SCHEMA: &str = include_str!("schemas/objects.schema.json");
const DIFF_SCHEMA: &str = include_str!("schemas/diff.schema.json");
const PAGES_SCHEMA: &str = include_str!("schemas/pages.schema.json");

/// A page in `api/pages.json`.
#[derive(Serialize)]
struct PageEntry<'p> {
    path: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<String>,
}

/// What [`pages`] makes.
pub(super) const PATHS: [&str; 8] = [
    "api/pages.json",
    "api/diff.schema.json",
    "api/object.schema.json",
    "api/objects.schema.json",
    "api/pages.schema.json",
    schema::FILE,
    "robots.txt",
    "sitemap.xml",
];

/// The list of a release's pages.
pub(super) fn page_list(tree: &Tree) -> (String, Vec<u8>) {
    let paths: Vec<&str> = tree
        .iter()
        .map(|(path, _)| path)
        .filter(|path| path.ends_with("index.html"))
        .collect();
    let entries: Vec<PageEntry> = paths
        .iter()
        .map(|path| {
            let json = path.replace("index.html", "index.json");
            PageEntry {
                path,
                json: Some(json).filter(|json| tree.get(json).is_some()),
            }
        })
        .collect();
    ("api/pages.json".to_owned(), to_json(&entries))
}

/// The files about the site itself, made from the list of all others.
pub(super) fn pages(tree: &Tree, base_url: Option<&str>) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        page_list(tree),
        ("api/object.schema.json".to_owned(), OBJECT_SCHEMA.into()),
        ("api/objects.schema.json".to_owned(), OBJECTS_SCHEMA.into()),
        ("api/diff.schema.json".to_owned(), DIFF_SCHEMA.into()),
        ("api/pages.schema.json".to_owned(), PAGES_SCHEMA.into()),
        (schema::FILE.to_owned(), to_json(&schema::schema())),
        ("robots.txt".to_owned(), robots(base_url).into_bytes()),
    ];
    if let Some(base) = base_url {
        let noindex = b"<meta name=\"robots\" content=\"noindex\">";
        let listed = tree.iter().filter(|(path, bytes)| {
            // The mark stands in the head, which is short.
            let head = &bytes[..bytes.len().min(2048)];
            path.ends_with("index.html") && !head.windows(noindex.len()).any(|w| w == noindex)
        });
        let listed: Vec<&str> = listed.map(|(path, _)| path).collect();
        files.push((
            "sitemap.xml".to_owned(),
            sitemap(base, &listed).into_bytes(),
        ));
    }
    files
}

fn robots(base_url: Option<&str>) -> String {
    let mut text = String::from("User-agent: *\nAllow: /\n");
    if let Some(base) = base_url {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "Sitemap: {base}sitemap.xml");
    }
    text
}

fn sitemap(base: &str, paths: &[&str]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for path in paths {
        xml.push_str("<url><loc>");
        escape(base, &mut xml);
        escape(path.trim_end_matches("index.html"), &mut xml);
        xml.push_str("</loc></url>\n");
    }
    xml + "</urlset>\n"
}

/// A view that is only a page.
#[derive(Serialize)]
pub(super) struct PlainPage {
    /// The page itself.
    pub(super) page: Page,
}

/// The page for addresses that lead nowhere. A server shows it at any depth, so its links are
/// whole where the site's address is known.
pub(super) fn not_found(strings: &Strings, base_url: Option<&str>) -> PlainPage {
    PlainPage {
        page: Page {
            kind: "not_found",
            title: strings.not_found.clone(),
            summary: strings.not_found_about.clone(),
            root: base_url.unwrap_or_default().to_owned(),
            noindex: true,
            ..Page::default()
        },
    }
}
