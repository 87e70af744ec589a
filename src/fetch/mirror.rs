//! Where releases come from: MITRE's repository, or a copy of it.
//!
//! A copy has `index.json` and the bundles under the same relative paths
//! (`enterprise-attack/enterprise-attack-18.1.json`). Its index may be MITRE's own, unchanged:
//! what MITRE's addresses name is looked for in the copy.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use crate::diagnostics::{Diagnostic, Failure};

/// MITRE's repository, attack-stix-data.
pub const OFFICIAL: &str =
    "https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master/";

/// The name of the collection index.
pub const INDEX: &str = "index.json";

/// A place with releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mirror {
    /// An address with a slash at its end.
    Web(String),
    /// A folder.
    Folder(PathBuf),
}

/// Where one file lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On a server.
    Web(String),
    /// In a folder.
    File(PathBuf),
}

impl Default for Mirror {
    fn default() -> Mirror {
        Mirror::Web(OFFICIAL.to_owned())
    }
}

impl Mirror {
    /// Reads `https://…`, `http://…`, `file://…` or the path of a folder; the address of the index
    /// itself will do.
    pub fn parse(text: &str) -> Result<Mirror, Failure> {
        let text = text.strip_suffix(INDEX).unwrap_or(text);
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Mirror::Folder(PathBuf::from(text)));
        };
        let is_plain =
            !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "?#".contains(c));
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" if is_plain && !rest.starts_with(['/', ':']) && !rest.is_empty() => {
                let rest = rest.trim_end_matches('/');
                Ok(Mirror::Web(format!(
                    "{}://{rest}/",
                    scheme.to_ascii_lowercase()
                )))
            }
            "file" => match rest.strip_prefix("localhost").unwrap_or(rest) {
                path if path.starts_with('/') => Ok(Mirror::Folder(local_path(path))),
                _ => Err(no_mirror(
                    text,
                    "a file address has three slashes: `file:///srv/attack`",
                )),
            },
            _ => Err(no_mirror(
                text,
                "give an https, http or file address, or a folder",
            )),
        }
    }

    /// The collection index.
    pub fn index(&self) -> Place {
        self.inside(INDEX)
    }

    /// Where a file lies that the index names.
    pub fn locate(&self, url: &str) -> Result<Place, Failure> {
        let relative = match url.strip_prefix(OFFICIAL) {
            None if !url.contains("://") => Some(url),
            relative => relative,
        };
        if let Some(relative) = relative {
            return if is_inside(relative) {
                Ok(self.inside(relative))
            } else {
                Err(leads_out(url))
            };
        }
        match self {
            // An index of one's own names files on the same server.
            Mirror::Web(base) if origin(base) == origin(url) => Ok(Place::Web(url.to_owned())),
            Mirror::Web(base) if base == OFFICIAL && url.starts_with("https://") => {
                Ok(Place::Web(url.to_owned()))
            }
            _ => Err(leads_out(url)),
        }
    }

    fn inside(&self, relative: &str) -> Place {
        match self {
            Mirror::Web(base) => Place::Web(format!("{base}{relative}")),
            Mirror::Folder(folder) => Place::File(folder.join(relative)),
        }
    }
}

/// Whether a relative path stays where it starts, on every system.
fn is_inside(relative: &str) -> bool {
    let is_name = |part: &str| !matches!(part, "" | "." | "..");
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\\?#%:".contains(c);
    relative.split('/').all(is_name) && relative.chars().all(is_plain)
}

/// Scheme, host and port.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

fn local_path(path: &str) -> PathBuf {
    let path = percent_decode_str(path).decode_utf8_lossy();
    // `file:///C:/attack`
    let path = if cfg!(windows) {
        path.trim_start_matches('/')
    } else {
        &path
    };
    PathBuf::from(path)
}

fn no_mirror(text: &str, help: &str) -> Failure {
    Diagnostic::error("bad-mirror", format!("`{text}` is no place to fetch from"))
        .help(help)
        .into()
}

fn leads_out(url: &str) -> Failure {
    Diagnostic::error("bad-index", format!("the index names a file elsewhere: `{url}`"))
        .help("a mirror's index names its files as MITRE's does, by paths within the mirror, or on the same server")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(mirror: &str, url: &str) -> Option<String> {
        let place = Mirror::parse(mirror).unwrap().locate(url).ok()?;
        Some(match place {
            Place::Web(url) => url,
            Place::File(path) => path.to_string_lossy().replace('\\', "/"),
        })
    }

    #[test]
    fn what_mitre_names_is_looked_for_in_the_mirror() {
        let url = format!("{OFFICIAL}ics-attack/ics-attack-18.1.json");
        let at = |mirror: &str| located(mirror, &url).unwrap();
        assert_eq!(
            at("https://x.org/a"),
            "https://x.org/a/ics-attack/ics-attack-18.1.json"
        );
        assert_eq!(
            at("HTTP://x:80/index.json"),
            "http://x:80/ics-attack/ics-attack-18.1.json"
        );
        assert_eq!(at("mirror"), "mirror/ics-attack/ics-attack-18.1.json");
        assert_eq!(at("file:///a%20b/"), "/a b/ics-attack/ics-attack-18.1.json");
    }

    #[test]
    fn an_index_may_name_files_on_its_own_server_only() {
        let own = "https://x.org/own/a-1.0.json";
        assert_eq!(located("https://x.org/m", own).as_deref(), Some(own));
        assert_eq!(
            located("https://x.org/m", "a/b.json").unwrap(),
            "https://x.org/m/a/b.json"
        );
        for (mirror, url) in [
            ("https://x.org/m", "https://x.org.evil/a.json"),
            ("https://x.org/m", "http://x.org/a.json"),
            ("https://x.org/m", "https://y.org/a.json"),
            (OFFICIAL, "http://y.org/a.json"),
            ("folder", "file:///etc/passwd"),
            ("folder", "../a.json"),
            ("folder", "/etc/passwd"),
            ("folder", "a/%2e%2e/b"),
            ("folder", "c:/a"),
        ] {
            assert_eq!(located(mirror, url), None, "{mirror} {url}");
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        for text in [
            "ftp://x/",
            "http://",
            "https:///a",
            "file://host/a",
            "https://x/?a",
        ] {
            assert!(Mirror::parse(text).is_err(), "{text}");
        }
    }
}
