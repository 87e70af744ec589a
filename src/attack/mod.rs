//! What ATT&CK says: bundles are read as [`stix`], merged into one [`release`], and become the
//! [`knowledge`] that every later phase asks.

pub mod address;
pub mod bundle;
pub mod commands;
pub mod embedded;
pub mod event_names;
pub mod facts;
pub mod knowledge;
pub mod log_sources;
pub mod matrix;
pub mod related;
pub mod relations;
pub mod release;
pub mod stix;

mod graph;
mod kind;

pub use bundle::Bundle;
pub use graph::{Edge, EdgeIx, EdgeKind, ObjectIx, RefIx, Reference};
pub use kind::Kind;
pub use knowledge::{Knowledge, Object, Status};
pub use release::Release;
