//! Text: parsed once, then rendered as HTML, plain text or print.
//!
//! [`attack_text`] reads the descriptions of ATT&CK into a [`Doc`], [`html`] and [`mod@plain`] write it.

pub mod attack_text;
pub mod authored;
pub(crate) mod bare_ids;
mod cite;
mod code;
mod convert;
pub mod doc;
pub mod html;
pub mod plain;
mod scan;
#[cfg(test)]
mod tests;
mod url;

pub use attack_text::{Names, Sources, parse};
pub use code::decode_entities;
pub use doc::Doc;
pub use html::escape;
pub use plain::plain;
pub use url::safe_url;
