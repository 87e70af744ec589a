//! What `--attack` and the like name, as bundles.

use std::path::{Path, PathBuf};

use crate::attack::embedded;
use crate::cli::settings::cache;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::fetch::lock::Lock;
use crate::releases::AttackName;
use crate::source::{self, Input, Said};

/// The bundles that names stand for; without a name those that the lock pins, and without a lock
/// those of the embedded release.
pub(super) fn bundles(
    names: &[PathBuf],
    lock: &Path,
) -> Result<(Vec<Input>, Diagnostics), Failure> {
    let mut plain = Vec::new();
    let (mut inputs, mut findings) = (Vec::new(), Diagnostics::new());
    for name in names {
        match AttackName::parse(name) {
            AttackName::Number(number) if !source::exists(name) => {
                inputs.extend(numbered(number, lock)?);
            }
            AttackName::Files(Some(release), path) if !source::exists(name) => {
                let (read, found) = source::read_bundles(&[path.to_owned()])?;
                inputs.extend(read.into_iter().map(|input| said(input, release)));
                findings.extend(found);
            }
            // Read together, so that a file which several names lead to is read once.
            _ => plain.push(name.clone()),
        }
    }
    if !plain.is_empty() {
        let (read, found) = source::read_bundles(&plain)?;
        inputs.extend(read);
        findings.extend(found);
    }
    if names.is_empty() {
        inputs = match Lock::read(lock)? {
            Some(lock) => pinned(&lock, "ttpress fetch --locked")?,
            None => embedded::bundles()?,
        };
    }
    Ok((inputs, findings))
}

/// The bundles of a release: as pinned, as fetched, or embedded.
fn numbered(number: &str, lock: &Path) -> Result<Vec<Input>, Failure> {
    if let Some(lock) = Lock::read(lock)?.filter(|lock| lock.release == number) {
        return pinned(&lock, "ttpress fetch --locked");
    }
    let get = format!("ttpress fetch {number}");
    // Who has no cache has fetched nothing.
    let fetched = cache()
        .ok()
        .map(|cache| cache.release(number))
        .transpose()?;
    if let Some(lock) = fetched.flatten() {
        return pinned(&lock, &get);
    }
    if number == embedded::RELEASE {
        return embedded::bundles();
    }
    let message = format!("ATT&CK {number} is not in the cache, and no file is called so");
    Err(Diagnostic::error("not-fetched", message)
        .help(format!("run `{get}`"))
        .into())
}

fn pinned(lock: &Lock, get: &str) -> Result<Vec<Input>, Failure> {
    let cache = cache()?;
    let bundle = |pin| {
        let Some(input) = cache.bundle(pin)? else {
            let message = format!(
                "`{}` of ATT&CK {} is not in the cache, or is damaged there",
                pin.domain, lock.release
            );
            return Err(Diagnostic::error("not-fetched", message)
                .help(format!("run `{get}`"))
                .into());
        };
        Ok(said(input, &lock.release))
    };
    lock.bundles.iter().map(bundle).collect()
}

fn said(input: Input, release: &str) -> Input {
    Input {
        release: Said::ByUser(release.to_owned()),
        ..input
    }
}
