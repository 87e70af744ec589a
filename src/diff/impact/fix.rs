//! The edits that are safe to make: an ID that another one stands for.

use std::collections::BTreeMap;

use super::{Edit, Touch};
use crate::playbook::Playbook;

/// A playbook with its edits made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// Its file.
    pub file: String,
    /// What the file holds now.
    pub text: String,
    /// What took the place of what, and on which line.
    pub edits: Vec<(u32, String, String)>,
}

/// Makes all edits in playbooks. Only whole IDs change; what else the new technique asks for is
/// for its owner to write.
pub fn fix(touches: &[Touch], playbooks: &[Playbook]) -> Vec<Fixed> {
    let mut edits: BTreeMap<&str, Vec<(u32, &Edit)>> = BTreeMap::new();
    for touch in touches {
        if let Some(edit) = &touch.edit {
            let line = touch.place.line.unwrap_or(1);
            edits
                .entry(&touch.place.file)
                .or_default()
                .push((line, edit));
        }
    }
    playbooks
        .iter()
        .filter_map(|playbook| {
            let edits = edits.get(&*playbook.file)?;
            Some(apply(playbook, edits))
        })
        .collect()
}

fn apply(playbook: &Playbook, edits: &[(u32, &Edit)]) -> Fixed {
    let source = playbook.source();
    let mut text = String::with_capacity(source.len());
    let mut told = Vec::with_capacity(edits.len());
    let mut from = 0;
    for (line, Edit { range, text: new }) in edits {
        text.push_str(&source[from..range.start]);
        text.push_str(new);
        from = range.end;
        told.push((*line, source[range.clone()].to_owned(), new.clone()));
    }
    text.push_str(&source[from..]);
    Fixed {
        file: playbook.file.clone(),
        text,
        edits: told,
    }
}
