//! `attack.lock`: which release a wiki is built from, to the byte.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostic, Failure, Place};
use crate::{publish, source};

/// Its name, beside `ttpress.toml`.
pub const FILE: &str = "attack.lock";

const HEAD: &str = "# The ATT&CK release of this wiki. Written by `ttpress fetch`; keep it under version control.\n";

/// The bundles of one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// `18.1`
    pub release: String,
    /// One for each domain, sorted by it.
    #[serde(rename = "bundle", default)]
    pub bundles: Vec<Pin>,
}

/// One bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// `enterprise-attack`
    pub domain: String,
    /// Where the collection index says it lies, whatever mirror it came from.
    pub url: String,
    /// Its SHA-256, in lower-case hex.
    pub sha256: String,
    /// How many bytes it has.
    pub size: u64,
}

impl Lock {
    /// Reads a lock, if there is one.
    pub fn read(path: &Path) -> Result<Option<Lock>, Failure> {
        let Some(text) = source::read_optional(path)? else {
            return Ok(None);
        };
        let file = source::shown(path);
        let lock: Lock = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            broken(error.message()).at(Place::of_offset(&file, &text, start, 1))
        })?;
        // The sum becomes a path of the cache.
        let is_sum = |sum: &str| {
            let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
            sum.len() == 64 && sum.bytes().all(is_hex)
        };
        match lock.bundles.iter().find(|pin| !is_sum(&pin.sha256)) {
            Some(pin) => {
                let message = format!("`{}` is no SHA-256", pin.sha256);
                Err(broken(&message).in_file(file).into())
            }
            None if lock.bundles.is_empty() => {
                Err(broken("it names no bundle").in_file(file).into())
            }
            None => Ok(Some(lock)),
        }
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = toml::to_string(self)
            .map_err(|error| Diagnostic::error("internal", error.to_string()))?;
        publish::replace_file(path, format!("{HEAD}{text}").as_bytes())
    }
}

fn broken(message: &str) -> Diagnostic {
    Diagnostic::error("bad-lock", message.replace('\n', ", "))
        .help("take the file from version control, or write it anew with `ttpress fetch`")
}
