//! The release that is part of the binary: facts only, made by `ttpress embed`.

#![allow(
    clippy::disallowed_methods,
    reason = "debug builds of `RustEmbed` read the files from disk"
)]

use rust_embed::RustEmbed;

use crate::diagnostics::Failure;
use crate::source::{self, Input};

#[derive(RustEmbed)]
#[folder = "content/attack/"]
struct Files;

/// Its number.
pub const RELEASE: &str = "18.1";

/// Its bundles, one for each domain.
pub fn bundles() -> Result<Vec<Input>, Failure> {
    let files = Files::iter().filter_map(|name| Some((name.clone(), Files::get(&name)?.data)));
    files
        .map(|(name, data)| {
            let path = format!("the embedded {name}");
            let bytes = source::decode(&path, &data)?;
            Ok(Input {
                path,
                bytes,
                ..Input::default()
            })
        })
        .collect()
}
