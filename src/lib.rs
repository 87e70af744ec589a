//! ttpress.
