//! Search: documents become an index whose ranking is folded into one small number per posting.
//!
//! The page and the terminal must agree to the last tie. So all that needs logarithms happens when
//! the index is built; a query only adds whole numbers. `themes/default/js/engine.js` is the same
//! query engine for browsers, fed by the files that [`encode`] makes.

pub mod document;
pub mod encode;
pub mod index;

mod names;
mod parse;
mod query;
#[cfg(test)]
mod tests;
mod tokenize;

pub use document::{Document, Group, KindLabel};
pub use index::{Index, Weights};
pub use names::Match;
pub use query::Hit;
