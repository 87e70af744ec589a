//! One file outside any site, whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process;

use crate::diagnostics::{Diagnostic, Failure};
use crate::source::shown;

/// Makes a file hold these bytes, making its folders. Whoever reads it meanwhile, or after a crash,
/// finds the old bytes or the new ones. A link stays a link, and who may read the file stays so.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    // Two runs at once each write a file of their own; the last one to finish wins.
    name.push(format!(".{}.new", process::id()));
    let new = path.with_file_name(name);
    let replaced = write(&new, bytes).and_then(|()| {
        if let Ok(info) = fs::metadata(&path) {
            fs::set_permissions(&new, info.permissions())?;
        }
        fs::rename(&new, &path)
    });
    replaced.map_err(|error| {
        let _ = fs::remove_file(&new);
        Diagnostic::error("cannot-write", format!("cannot write the file: {error}"))
            .in_file(shown(&path))
            .into()
    })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    // Else a crash could leave the new name with none of the bytes.
    file.sync_all()
}
