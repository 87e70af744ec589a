//! The collection index: which releases there are, and where.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::attack::release::version_key;
use crate::diagnostics::{Diagnostic, Failure};
use crate::spelling;
use crate::versions::is_number;

/// What an index says: domain → release → address of the bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index(BTreeMap<String, BTreeMap<String, String>>);

#[derive(Deserialize)]
struct Wire {
    collections: Vec<Collection>,
}

#[derive(Deserialize)]
struct Collection {
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    url: String,
}

/// Bundles to fetch: domain and address.
pub type Choice = BTreeMap<String, String>;

impl Index {
    /// Reads an index; `name` names it in errors.
    pub fn parse(bytes: &[u8], name: &str) -> Result<Index, Failure> {
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| {
            let start = bytes.trim_ascii_start();
            let help = if start.starts_with(b"<") {
                "this looks like HTML: perhaps the page of a proxy or a login"
            } else {
                "an index is `{\"collections\": [{\"versions\": [{\"version\", \"url\"}]}]}`"
            };
            let message = format!("cannot read the collection index: {error}");
            Diagnostic::error("bad-index", message)
                .in_file(name)
                .help(help)
        })?;
        let mut domains: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for Version { version, url } in wire.collections.into_iter().flat_map(|c| c.versions) {
            if let Some(domain) = domain_of(&url, &version) {
                let releases = domains.entry(domain.to_owned()).or_default();
                releases.insert(version, url);
            }
        }
        if domains.is_empty() {
            let message = "the collection index names no release";
            return Err(Diagnostic::error("bad-index", message).in_file(name).into());
        }
        Ok(Index(domains))
    }

    /// The newest release of these domains (all, if none is named).
    pub fn latest(&self, domains: &[String]) -> Result<&str, Failure> {
        let mut newest: Option<&str> = None;
        for domain in self.named(domains)? {
            let releases = self.0[domain].keys().map(String::as_str);
            // A beta is for those who ask for it.
            let releases = releases.filter(|release| is_number(release));
            newest = newest
                .into_iter()
                .chain(releases)
                .max_by_key(|release| version_key(release));
        }
        newest.ok_or_else(|| {
            Diagnostic::error("bad-index", "the collection index names no release").into()
        })
    }

    /// The bundles of a release in these domains (all, if none is named), and the domains that
    /// have no such release. Who names a domain cannot do without it.
    pub fn choose(
        &self,
        release: &str,
        domains: &[String],
    ) -> Result<(Choice, Vec<&str>), Failure> {
        let mut choice = Choice::new();
        let mut without = Vec::new();
        for domain in self.named(domains)? {
            match self.0[domain].get(release) {
                Some(url) => {
                    choice.insert(domain.to_owned(), url.clone());
                }
                None => without.push(domain),
            }
        }
        if choice.is_empty() || !domains.is_empty() && !without.is_empty() {
            return Err(self.unknown_release(release, without[0]));
        }
        Ok((choice, without))
    }

    fn unknown_release(&self, release: &str, domain: &str) -> Failure {
        let known: Vec<&str> = self.0[domain].keys().map(String::as_str).collect();
        let message = format!("the collection index has no `{domain}` {release}");
        let mut newest = known.clone();
        newest.sort_by_key(|release| std::cmp::Reverse(version_key(release)));
        newest.truncate(6);
        let help = match spelling::nearest(release, &known) {
            Some(near) => format!(
                "did you mean `{near}`? the newest are {}",
                newest.join(", ")
            ),
            None => format!("the newest are {}", newest.join(", ")),
        };
        Diagnostic::error("unknown-release", message)
            .help(help)
            .into()
    }

    /// The index's own names of domains: `enterprise` is `enterprise-attack`.
    fn named(&self, domains: &[String]) -> Result<Vec<&str>, Failure> {
        let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
        if domains.is_empty() {
            return Ok(known);
        }
        let find = |name: &String| {
            let is_meant =
                |domain: &&&str| **domain == name || domain.strip_suffix("-attack") == Some(name);
            known.iter().find(is_meant).copied().ok_or_else(|| {
                let message = format!("the collection index has no domain `{name}`");
                let help = format!("it has `{}`", known.join("`, `"));
                Diagnostic::error("unknown-domain", message)
                    .help(help)
                    .into()
            })
        };
        domains.iter().map(find).collect()
    }
}

/// `…/enterprise-attack-18.1.json` → `enterprise-attack`.
fn domain_of<'u>(url: &'u str, version: &str) -> Option<&'u str> {
    let stem = url.rsplit('/').next()?.strip_suffix(".json")?;
    let domain = stem.strip_suffix(version)?.strip_suffix('-')?;
    (!domain.is_empty()).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let version = |domain: &str, version: &str| {
            format!(
                r#"{{"version":"{version}","url":"https://x/{domain}/{domain}-{version}.json"}}"#
            )
        };
        let enterprise =
            ["9.0", "18.1", "17.1", "19.0-beta"].map(|v| version("enterprise-attack", v));
        let text = format!(
            r#"{{"name":"n","collections":[{{"name":"E","versions":[{}]}},{{"id":"i","versions":[{}]}}]}}"#,
            enterprise.join(","),
            version("ics-attack", "18.1"),
        );
        Index::parse(text.as_bytes(), "index.json").unwrap()
    }

    #[test]
    fn the_latest_release_is_the_highest_number() {
        assert_eq!(index().latest(&[]).unwrap(), "18.1");
        assert_eq!(index().latest(&["ics".to_owned()]).unwrap(), "18.1");
    }

    #[test]
    fn who_names_a_domain_cannot_do_without_it() {
        let index = index();
        let (choice, without) = index.choose("17.1", &[]).unwrap();
        assert_eq!(
            choice["enterprise-attack"],
            "https://x/enterprise-attack/enterprise-attack-17.1.json"
        );
        assert_eq!(without, ["ics-attack"]);
        assert!(index.choose("17.1", &["ics".to_owned()]).is_err());
        assert!(index.choose("18.1", &["ics-attack".to_owned()]).is_ok());
        let unknown: Diagnostic = index.choose("17.0", &[]).unwrap_err().into();
        assert!(unknown.help.unwrap().contains("did you mean `17.1`?"));
        assert!(index.choose("18.1", &["isc".to_owned()]).is_err());
    }

    #[test]
    fn a_page_of_html_is_no_index() {
        let error: Diagnostic = Index::parse(b" <html>", "i").unwrap_err().into();
        assert!(error.help.unwrap().contains("HTML"));
        assert!(Index::parse(b"{\"collections\":[]}", "i").is_err());
    }
}
