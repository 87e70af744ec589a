//! What is wrong with a site, without looking at how it was made.

pub mod links;
