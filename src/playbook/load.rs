//! From files to playbooks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::variables::fill_in;
use super::{Origin, Playbook};
use super::{flow, front};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Place};
use crate::{names, source};

/// Reads all playbooks of a folder, by file name.
pub fn load(
    folder: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<(Vec<Playbook>, Diagnostics), Failure> {
    let mut playbooks = Vec::new();
    let mut diagnostics = Diagnostics::default();
    let mut slugs = BTreeSet::new();
    if !source::exists(folder) {
        return Ok((playbooks, diagnostics));
    }
    for path in source::list_files(folder, &["md"])? {
        let text = source::read_text(&path)?;
        let file = source::shown(&path);
        let slug = names::slug(&path.file_stem().unwrap_or_default().to_string_lossy());
        if !slugs.insert(slug.clone()) {
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-slug",
                    format!("another playbook is called `{slug}`"),
                )
                .at(Place::of_offset(&file, &text, 0, 3))
                .help("rename the file: its name is the address of the page"),
            );
            continue;
        }
        if let Some(mut playbook) = parse(slug, &file, &text, variables, &mut diagnostics) {
            flow::load(&mut playbook, &path, &mut diagnostics);
            playbooks.push(playbook);
        }
    }
    Ok((playbooks, diagnostics))
}

/// One playbook; `None` where its front matter cannot be read.
pub fn parse(
    slug: String,
    file: &str,
    source: &str,
    variables: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
) -> Option<Playbook> {
    let filled = fill_in(source, file, variables, diagnostics);
    let Some((yaml_start, yaml, body)) = split(&filled.text) else {
        diagnostics.push(
            Diagnostic::error("front-matter", "the playbook has no front matter")
                .at(Place::of_offset(file, source, 0, 3))
                .help("begin the file with `---`, the keys `title`, `status` and `technique`, and `---`"),
        );
        return None;
    };
    match front::read(yaml) {
        Ok((front, marks)) => {
            let body = body.to_owned();
            let body_start = filled.text.len() - body.len();
            Some(Playbook {
                slug,
                file: file.to_owned(),
                front,
                body,
                flow: None,
                origin: Origin {
                    source: source.to_owned(),
                    yaml: yaml_start..yaml_start + yaml.len(),
                    body_start,
                    filled,
                    marks,
                },
            })
        }
        Err(fault) => {
            let (finding, at) = *fault;
            let start = filled.source_offset(yaml_start + at.start);
            let width = at.len().max(1);
            diagnostics.push(finding.at(Place::of_offset(file, source, start, width)));
            None
        }
    }
}

/// The YAML between two lines of three dashes, where it starts, and what follows.
fn split(text: &str) -> Option<(usize, &str, &str)> {
    let rest = text
        .strip_prefix("---")?
        .trim_start_matches('\r')
        .strip_prefix('\n')?;
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            let start = text.len() - rest.len();
            return Some((start, &rest[..end], &rest[end + line.len()..]));
        }
        end += line.len();
    }
    None
}
