//! Values of our own as JSON.

use serde::Serialize;

/// Serialises what is made of strings, numbers, lists and maps by string: that cannot fail,
/// whatever the strings hold.
pub(crate) fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("strings, numbers and lists always serialise")
}
