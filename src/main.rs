//! The `ttpress` command.
fn main() {}
