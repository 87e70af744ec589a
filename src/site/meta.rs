//! What machines read: the list of pages, its schemas, sitemap, robots.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::json::to_json;
use crate::markdown::escape;
use crate::playbook::schema;
use crate::site::strings::Strings;
use crate::site::view::Page;
use crate::tree::Files;

const OBJECT_SCHEMA: &str = include_str!("schemas/object.schema.json");
const OBJECTS_SCHEMA: &str = include_str!("schemas/objects.schema.json");
const DIFF_SCHEMA: &str = include_str!("schemas/diff.schema.json");
const PAGES_SCHEMA: &str = include_str!("schemas/pages.schema.json");

/// A page in `api/pages.json`.
#[derive(Serialize)]
struct PageEntry {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<String>,
}

/// What [`Pages::about`] makes.
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

/// The pages of a release, collected while they are made.
pub(super) struct Pages<'s> {
    /// The site's own address, where it is known.
    base_url: Option<&'s str>,
    by_folder: BTreeMap<String, Seen>,
}

/// What a folder was seen to hold.
#[derive(Default)]
struct Seen {
    page: bool,
    json: bool,
    /// The page does not want to be found by search engines.
    noindex: bool,
}

impl<'s> Pages<'s> {
    /// None yet.
    pub(super) fn new(base_url: Option<&'s str>) -> Self {
        Pages {
            base_url,
            by_folder: BTreeMap::new(),
        }
    }

    /// Looks which of these files are pages.
    pub(super) fn note<'f>(&mut self, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) {
        for (path, bytes) in files {
            if let Some(folder) = path.strip_suffix("index.html") {
                let seen = self.by_folder.entry(folder.to_owned()).or_default();
                seen.page = true;
                // Only a sitemap asks.
                seen.noindex = self.base_url.is_some() && is_noindex(bytes);
            } else if let Some(folder) = path.strip_suffix("index.json") {
                let seen = self.by_folder.entry(folder.to_owned()).or_default();
                seen.json = true;
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &Seen)> {
        let folders = self.by_folder.iter().filter(|(_, seen)| seen.page);
        folders.map(|(folder, seen)| (folder.as_str(), seen))
    }

    /// The list of them for programs.
    pub(super) fn list(&self) -> (String, Vec<u8>) {
        let entry = |(folder, seen): (&str, &Seen)| PageEntry {
            path: format!("{folder}index.html"),
            json: seen.json.then(|| format!("{folder}index.json")),
        };
        let entries: Vec<PageEntry> = self.iter().map(entry).collect();
        ("api/pages.json".to_owned(), to_json(&entries))
    }

    /// The files about the site itself, [`PATHS`].
    pub(super) fn about(&self) -> Files {
        let mut files = vec![
            self.list(),
            ("api/object.schema.json".to_owned(), OBJECT_SCHEMA.into()),
            ("api/objects.schema.json".to_owned(), OBJECTS_SCHEMA.into()),
            ("api/diff.schema.json".to_owned(), DIFF_SCHEMA.into()),
            ("api/pages.schema.json".to_owned(), PAGES_SCHEMA.into()),
            (schema::FILE.to_owned(), to_json(&schema::schema())),
            ("robots.txt".to_owned(), robots(self.base_url).into_bytes()),
        ];
        if let Some(base) = self.base_url {
            let listed = self.iter().filter(|(_, seen)| !seen.noindex);
            let sitemap = sitemap(base, listed.map(|(folder, _)| folder));
            files.push(("sitemap.xml".to_owned(), sitemap.into_bytes()));
        }
        files
    }
}

fn is_noindex(page: &[u8]) -> bool {
    let mark = b"<meta name=\"robots\" content=\"noindex\">";
    // It stands in the head, which is short.
    let head = &page[..page.len().min(2048)];
    head.windows(mark.len()).any(|window| window == mark)
}

fn robots(base_url: Option<&str>) -> String {
    let mut text = String::from("User-agent: *\nAllow: /\n");
    if let Some(base) = base_url {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "Sitemap: {base}sitemap.xml");
    }
    text
}

fn sitemap<'f>(base: &str, folders: impl Iterator<Item = &'f str>) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for folder in folders {
        xml.push_str("<url><loc>");
        escape(base, &mut xml);
        escape(folder, &mut xml);
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
