//! What the repository of the authored files knows: where each is edited, and when it last changed.
//!
//! The only module that asks Git, and only where the settings say so: dates come from the clone
//! at hand, so sites built from the same clone are the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use crate::config::Site;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source;

/// Where authored files are edited, and the days of their last changes.
#[derive(Debug, Default)]
pub struct Repository {
    edit_url: Option<String>,
    /// The wiki's folder, where the paths in `edit_url` start.
    home: PathBuf,
    /// Files as the user knows them, and days.
    changed: BTreeMap<String, String>,
}

impl Repository {
    /// Looks at the repository that `folder` lies in, as far as the settings ask for it.
    pub fn load(site: &Site, home: &Path, folder: &Path) -> (Repository, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let changed = if site.git && source::exists(folder) {
            read_history(folder, &mut diagnostics)
        } else {
            BTreeMap::new()
        };
        let repository = Repository {
            edit_url: site.edit_url.clone(),
            home: home.to_owned(),
            changed,
        };
        (repository, diagnostics)
    }

    /// The address where a file is edited; none for files outside the wiki's folder.
    pub fn edit_link(&self, file: &str) -> Option<String> {
        let url = self.edit_url.as_ref()?;
        let inner = Path::new(file).strip_prefix(&self.home).ok()?;
        let mut path = String::new();
        for part in inner.components() {
            match part {
                Component::CurDir => {}
                Component::Normal(name) => {
                    path.push_str(if path.is_empty() { "" } else { "/" });
                    push_encoded(&name.to_string_lossy(), &mut path);
                }
                _ => return None,
            }
        }
        Some(url.replace("{path}", &path))
    }

    /// The day of the last commit that changed a file.
    pub fn changed(&self, file: &str) -> Option<&str> {
        self.changed.get(file).map(String::as_str)
    }
}

fn read_history(folder: &Path, diagnostics: &mut Diagnostics) -> BTreeMap<String, String> {
    let log = [
        "log",
        "--format=format:%x01%cs",
        "--name-only",
        "--no-renames",
        "--no-show-signature",
        "--relative",
        "--",
        ".",
    ];
    let Some(log) = git(folder, &log) else {
        diagnostics.push(
            Diagnostic::warning("no-history", "Git has no history of this folder")
                .in_file(source::shown(folder))
                .help("`git = true` under `[site]` needs Git and a clone; without it, pages show no last change"),
        );
        return BTreeMap::new();
    };
    let shallow = git(folder, &["rev-parse", "--is-shallow-repository"]);
    if shallow.is_some_and(|answer| answer.trim() == "true") {
        diagnostics.push(
            Diagnostic::warning(
                "shallow-history",
                "the clone is shallow: last changes may be too late",
            )
            .in_file(source::shown(folder))
            .help("fetch the whole history: `git fetch --unshallow`, or `fetch-depth: 0` in CI"),
        );
    }
    last_changes(&log)
        .map(|(name, day)| (source::shown(&folder.join(name)), day.to_owned()))
        .collect()
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "core.quotePath=false"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Files and the days of their last commits, from a log whose days stand behind a control
/// character, the newest first.
fn last_changes(log: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut day = "";
    let mut last = BTreeMap::new();
    for line in log.lines() {
        match line.strip_prefix('\u{1}') {
            Some(next) => day = next,
            None if line.is_empty() => {}
            None => {
                last.entry(line).or_insert(day);
            }
        }
    }
    last.into_iter()
}

/// A part of a path as addresses write it.
fn push_encoded(part: &str, out: &mut String) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(home: &str, file: &str) -> Option<String> {
        let repository = Repository {
            edit_url: Some("https://git.example.org/edit/{path}?x".to_owned()),
            home: PathBuf::from(home),
            ..Repository::default()
        };
        repository.edit_link(file)
    }

    #[test]
    fn files_of_the_wiki_have_an_address_to_edit_them() {
        let all = "https://git.example.org/edit/content/a%20b%23.md?x";
        assert_eq!(edited("", "content/a b#.md").as_deref(), Some(all));
        assert_eq!(edited("", "./content/a b#.md").as_deref(), Some(all));
        assert_eq!(edited("w/x", "w/x/content/a b#.md").as_deref(), Some(all));
    }

    #[test]
    fn files_outside_the_wiki_have_none() {
        assert_eq!(edited("w", "content/a.md"), None);
        assert_eq!(edited("", "../content/a.md"), None);
        assert_eq!(edited("", "/content/a.md"), None);
        assert_eq!(Repository::default().edit_link("a.md"), None);
    }

    #[test]
    fn the_newest_commit_dates_a_file() {
        let log = "\u{1}2025-03-02\na.md\n\n\u{1}2025-03-01\na.md\nb.md\n";
        let found: Vec<_> = last_changes(log).collect();
        assert_eq!(found, [("a.md", "2025-03-02"), ("b.md", "2025-03-01")]);
    }
}
