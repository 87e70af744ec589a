//! Every link and anchor of a built tree. A link must name a file: folders have no index when a
//! site is opened from disk.

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::tree::Tree;

/// How many links were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Links within the site, all checked.
    pub inner: usize,
    /// Links out of the site, which are not followed.
    pub outer: usize,
}

/// What one page offers and asks for.
struct Page<'t> {
    path: &'t str,
    html: &'t str,
    anchors: HashSet<&'t str>,
    /// Address and byte offset.
    links: Vec<(&'t str, usize)>,
}

/// Checks all pages of a tree.
pub fn check(tree: &Tree) -> (Diagnostics, Seen) {
    let html: Vec<(&str, &str)> = tree
        .iter()
        .filter(|(path, _)| path.rsplit('.').next() == Some("html"))
        .filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)))
        .collect();
    let pages: BTreeMap<&str, Page> = html
        .into_par_iter()
        .map(|(path, html)| (path, scan(path, html)))
        .collect();
    let mut diagnostics = Diagnostics::default();
    let mut seen = Seen::default();
    for page in pages.values() {
        for &(link, offset) in &page.links {
            if link.contains("://") || link.starts_with("mailto:") {
                seen.outer += 1;
                continue;
            }
            seen.inner += 1;
            if let Some((code, message)) = fault(tree, &pages, page.path, link) {
                diagnostics.push(Diagnostic::error(code, message).at(Place::of_offset(
                    page.path,
                    page.html,
                    offset,
                    link.len(),
                )));
            }
        }
    }
    (diagnostics, seen)
}

fn fault(
    tree: &Tree,
    pages: &BTreeMap<&str, Page>,
    from: &str,
    link: &str,
) -> Option<(&'static str, String)> {
    let (address, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if address.is_empty() {
        from.to_owned()
    } else {
        resolve(from, address)
    };
    if tree.get(&target).is_none() {
        return Some((
            "dead-link",
            format!("the link `{link}` leads to no file of the site"),
        ));
    }
    let page = pages.get(&*target)?;
    let known = anchor.is_empty() || page.anchors.contains(anchor);
    (!known).then(|| {
        (
            "dead-anchor",
            format!("`{target}` has no anchor `{anchor}`"),
        )
    })
}

/// The path that a relative address means, as a browser resolves it.
fn resolve(from: &str, address: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Reads the attributes that link or are linked to. The pages are our own templates' output, but
/// a wiki's theme may write attributes with either quote.
fn scan<'t>(path: &'t str, html: &'t str) -> Page<'t> {
    let mut page = Page {
        path,
        html,
        anchors: HashSet::new(),
        links: Vec::new(),
    };
    let mut rest = 0;
    while let Some(open) = html[rest..].find('<').map(|at| rest + at) {
        let Some(close) = tag_end(html, open) else {
            break;
        };
        for (name, value, offset) in attributes(html, open, close) {
            match name {
                "href" | "src" | "action" => page.links.push((value, offset)),
                "id" => {
                    page.anchors.insert(value);
                }
                _ => {}
            }
        }
        rest = close;
    }
    page
}

/// The `>` that ends a tag; one inside quotes does not.
fn tag_end(html: &str, open: usize) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate().skip(open + 1) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The quoted attributes of a tag: name, value, offset of the value.
fn attributes(html: &str, open: usize, close: usize) -> impl Iterator<Item = (&str, &str, usize)> {
    let mut at = open;
    std::iter::from_fn(move || {
        let equals = at + html[at..close].find('=')?;
        let quote = html[equals + 1..close]
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))?;
        let start = equals + 2;
        let end = start + html[start..close].find(quote)?;
        let name = html[at..equals]
            .rsplit([' ', '\n', '\t', '<'])
            .next()
            .unwrap_or_default();
        at = end + 1;
        Some((name, &html[start..end], start))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[(&str, &str)]) -> Vec<&'static str> {
        let parts = files
            .iter()
            .map(|(p, h)| ((*p).to_owned(), h.as_bytes().to_vec()))
            .collect();
        let (tree, _) = Tree::from_parts(parts);
        let (found, _) = check(&tree);
        found.iter().map(|d| d.code).collect()
    }

    #[test]
    fn finds_dead_links_and_anchors_and_folder_links() {
        let page = r#"<a href="../b/index.html#x">ok</a><a href="../b/index.html#y">no</a>
            <a href="../b/">folder</a><a href='gone.html'>gone</a><a href="https://example.org/">out</a>"#;
        let files = [
            ("a/index.html", page),
            ("b/index.html", r#"<p id="x" title="a > b">"#),
        ];
        assert_eq!(findings(&files), ["dead-anchor", "dead-link", "dead-link"]);
    }

    #[test]
    fn an_address_above_the_root_stays_at_the_root() {
        assert_eq!(resolve("a/index.html", "../../../x.html"), "x.html");
    }
}
