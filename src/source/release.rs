//! Which release files are of, by the folders they lie in.

use std::path::{Path, PathBuf};

use super::Said;
use crate::versions::is_number;

/// What the folders around a file say: those below the path that the user named, and the last
/// one of that path itself. The nearest counts.
pub(super) fn of_folders(named: &[PathBuf], file: &Path) -> Said {
    let roots = named.iter().filter(|named| file.starts_with(named));
    let root = roots.max_by_key(|root| root.as_os_str().len());
    // A file named by itself lies in its folder.
    let top = match root {
        Some(root) if root == file => file.parent(),
        root => root.map(|root| &**root),
    };
    let outside = top.and_then(Path::parent);
    let around = file.ancestors().skip(1);
    let around = around.take_while(|folder| Some(*folder) != outside);
    let labels = around.filter_map(|folder| label(folder.file_name()?.to_str()?));
    labels
        .map(|label| Said::ByFolder(label.to_owned()))
        .next()
        .unwrap_or_default()
}

/// `17.1` and `v17.1` name a release. A mere number may be anything, such as a year.
fn label(name: &str) -> Option<&str> {
    let label = name.strip_prefix('v').unwrap_or(name);
    (is_number(label) && label.contains('.')).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_that_looks_like_a_release_names_it() {
        let said = |root: &str, file: &str| of_folders(&[root.into()], Path::new(file));
        let by = |label: &str| Said::ByFolder(label.to_owned());
        assert_eq!(said("a/17.1", "a/17.1/ics-attack/x.json"), by("17.1"));
        assert_eq!(said("a", "a/v18.0/x.json"), by("18.0"));
        assert_eq!(said("a/18.0/x.json", "a/18.0/x.json"), by("18.0"));
        assert_eq!(said("a", "a/x-17.1.json"), Said::Nothing);
        assert_eq!(said("a", "a/2024/x.json"), Said::Nothing);
        assert_eq!(said("/opt/2.0/data", "/opt/2.0/data/x.json"), Said::Nothing);
    }
}
