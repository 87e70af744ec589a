//! Stopping at once where nothing changed: the last build of a folder is remembered in the cache,
//! with a sum of all it was made from. If the sum is the same and nobody touched the site, another
//! build would make the same one and say the same of it.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cli::environment;
use crate::cli::settings::Settings;
use crate::fetch::cache::sum;
use crate::publish::{MANIFEST, is_untouched, write_file};
use crate::source;

const TICK: Duration = Duration::from_millis(4);
const TICKS: usize = 5;

/// What one build of one folder would be remembered by.
pub(super) struct Seal {
    /// The file in the cache.
    file: PathBuf,
    /// A sum of program, settings and files.
    inputs: String,
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    inputs: String,
    /// What the build had to say.
    said: T,
}

impl Seal {
    /// The seal of a build into `out`; none where files alone do not decide what comes out.
    /// `flags` are those that matter and are not in the settings.
    pub(super) fn of(settings: &Settings, flags: impl Debug, out: &Path) -> Option<Seal> {
        let files = source::sum(&settings.inputs()?)?;
        let program = environment::program_made()?;
        let folder = std::path::absolute(out).ok()?;
        let name = sum(folder.as_os_str().as_encoded_bytes());
        let file = environment::cache_root()?
            .join("builds")
            .join(name + ".json");
        let inputs = format!("{program:?} {settings:?} {flags:?} {files:?}");
        Some(Seal {
            file,
            inputs: sum(inputs.as_bytes()),
        })
    }

    /// What the last build said, if this one would do nothing.
    pub(super) fn unbroken<T: for<'de> Deserialize<'de>>(&self, out: &Path) -> Option<T> {
        let text = source::read_optional(&self.file).ok()??;
        let kept: Kept<T> = serde_json::from_str(&text).ok()?;
        // The file system's own clock, which is coarser than ours, says what came first.
        let sealed = source::modified(&self.file)?;
        (kept.inputs == self.inputs && is_untouched(out, sealed)).then_some(kept.said)
    }

    /// Remembers a build that is done. Where that cannot be, the next one just takes longer.
    pub(super) fn keep<T: Serialize>(self, said: T, out: &Path) {
        let kept = Kept {
            inputs: self.inputs,
            said,
        };
        let Ok(text) = serde_json::to_vec(&kept) else {
            return;
        };
        // The clock of the file system ticks every few milliseconds. A seal of the same tick as the
        // site's last file could not tell that file from one that is touched right after.
        for _ in 0..TICKS {
            let written = write_file(&self.file, &text);
            let last = source::modified(&out.join(MANIFEST));
            if written.is_err() || source::modified(&self.file) > last {
                return;
            }
            thread::sleep(TICK);
        }
    }
}
