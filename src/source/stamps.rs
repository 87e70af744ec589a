//! When files were last written: what tells that they changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files found and when they were last written.
pub type Stamps = BTreeMap<PathBuf, Stamp>;

/// A file's modification time and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

/// The stamps of files and of all files in folders, but hidden ones. What cannot be looked at is
/// left out: it will differ once it can.
pub fn stamps(paths: &[PathBuf]) -> Stamps {
    let mut found = Stamps::new();
    // Real paths of folders, so that loops of links end.
    let mut met = BTreeSet::new();
    for path in paths {
        look(path, &mut met, &mut found);
    }
    found
}

fn look(path: &Path, met: &mut BTreeSet<PathBuf>, found: &mut Stamps) {
    let Ok(info) = fs::metadata(path) else {
        return;
    };
    if !info.is_dir() {
        let stamp = Stamp {
            modified: info.modified().ok(),
            length: info.len(),
        };
        found.insert(path.to_owned(), stamp);
        return;
    }
    let is_new = fs::canonicalize(path).is_ok_and(|real| met.insert(real));
    let Some(entries) = is_new.then(|| fs::read_dir(path).ok()).flatten() else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            look(&entry.path(), met, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_adding_and_removing_show_but_hidden_files_do_not() {
        let home = tempfile::tempdir().unwrap();
        let paths = [home.path().join("a.toml"), home.path().join("content")];
        assert!(stamps(&paths).is_empty());

        fs::create_dir_all(home.path().join("content/playbooks")).unwrap();
        fs::write(&paths[0], "a").unwrap();
        let first = stamps(&paths);
        assert_eq!(first.len(), 1);

        let playbook = home.path().join("content/playbooks/a.md");
        fs::write(&playbook, "a").unwrap();
        let second = stamps(&paths);
        assert_ne!(first, second);
        fs::write(&playbook, "longer").unwrap();
        assert_ne!(second, stamps(&paths));
        fs::remove_file(&playbook).unwrap();
        fs::write(home.path().join("content/.a.md.swp"), "a").unwrap();
        assert_eq!(first, stamps(&paths));
    }

    #[cfg(unix)]
    #[test]
    fn loops_of_links_end() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a.md"), "a").unwrap();
        std::os::unix::fs::symlink(home.path(), home.path().join("self")).unwrap();
        assert_eq!(stamps(&[home.path().to_owned()]).len(), 1);
    }
}
