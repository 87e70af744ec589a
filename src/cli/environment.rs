//! What the environment says of folders and programs.

#![allow(
    clippy::disallowed_methods,
    reason = "this module asks the environment for all others"
)]

use std::path::PathBuf;
use std::time::SystemTime;

use crate::detections::convert::Tools;

/// The programs and folders that conversions of Sigma rules need.
pub(super) fn tools() -> Tools {
    Tools {
        sigma: program("sigma"),
        cache: cache_root(),
    }
}

/// The folder that all wikis of a user keep things in: `TTPRESS_CACHE`, else one in the system's
/// folder for caches.
pub(super) fn cache_root() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let own = named("TTPRESS_CACHE").filter(|path| !path.as_os_str().is_empty());
    let system = if cfg!(windows) {
        "LOCALAPPDATA"
    } else {
        "XDG_CACHE_HOME"
    };
    // The XDG specification says that relative paths do not count.
    let of_system = || {
        let set = named(system).filter(|path| path.is_absolute());
        let home = || {
            named("HOME")
                .filter(|path| path.is_absolute())
                .map(|home| home.join(".cache"))
        };
        set.or_else(home).map(|folder| folder.join("ttpress"))
    };
    own.or_else(of_system)
}

/// A program on the `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&paths)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// When this program was made and how long it is: another one may build another site.
pub(super) fn program_made() -> Option<(SystemTime, u64)> {
    let info = std::env::current_exe().ok()?.metadata().ok()?;
    Some((info.modified().ok()?, info.len()))
}
