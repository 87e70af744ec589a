//! ATT&CK releases from MITRE or a mirror: index, download, check, cache, lock.
//!
//! Nothing that is torn, cut off or another release ever gets into the cache, and what is in the
//! cache is checked against its SHA-256 each time it is read.

mod client;

pub mod cache;
pub mod index;
pub mod lock;
pub mod mirror;

use std::time::Duration;

use crate::attack::Bundle;
use crate::attack::stix::Object;
use crate::diagnostics::{Diagnostic, Failure, Severity};
use crate::fetch::cache::Cache;
use crate::fetch::client::Client;
use crate::fetch::index::{Choice, Index};
use crate::fetch::lock::{Lock, Pin};
use crate::fetch::mirror::{Mirror, Place};
use crate::source::{self, Input, MAX_BUNDLE, MAX_TEXT};

pub use client::Progress;

/// How long a server may say nothing.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What fetching is done with.
pub struct Fetch<'f> {
    /// Where from.
    pub mirror: &'f Mirror,
    /// Where to.
    pub cache: &'f Cache,
    /// How long a server may say nothing.
    pub patience: Duration,
    /// Whom to tell how far it is.
    pub progress: Progress<'f>,
}

impl Fetch<'_> {
    /// Reads the collection index.
    pub fn index(&self) -> Result<Index, Failure> {
        let place = self.mirror.index();
        let bytes = match &place {
            Place::File(path) => source::read_text(path)?.into_bytes(),
            Place::Web(url) => self.download(url, MAX_TEXT)?,
        };
        Index::parse(&bytes, &shown(&place))
    }

    /// Brings a release into the cache.
    pub fn release(&self, release: &str, choice: &Choice) -> Result<Lock, Failure> {
        let known = self.cache.release(release).ok().flatten();
        let known = known.map(|lock| lock.bundles).unwrap_or_default();
        let mut bundles = Vec::new();
        for (domain, url) in choice {
            let had = known
                .iter()
                .find(|pin| pin.domain == *domain && pin.url == *url);
            let is_there = had.is_some_and(|pin| matches!(self.cache.bundle(pin), Ok(Some(_))));
            bundles.push(match had.filter(|_| is_there) {
                Some(pin) => pin.clone(),
                None => self.pin(release, domain, url)?,
            });
        }
        let lock = Lock {
            release: release.to_owned(),
            bundles,
        };
        self.cache.remember(&lock)?;
        Ok(lock)
    }

    /// Brings what a lock names into the cache, and nothing else.
    pub fn locked(&self, lock: &Lock) -> Result<(), Failure> {
        for pin in &lock.bundles {
            if matches!(self.cache.bundle(pin), Ok(Some(_))) {
                continue;
            }
            let bytes = self.bytes(&self.mirror.locate(&pin.url)?)?;
            let found = cache::sum(&bytes);
            if bytes.len() as u64 != pin.size || found != pin.sha256 {
                let message = format!(
                    "this is not the bundle that {} pins: {} bytes with SHA-256 {found}, not {} with {}",
                    lock::FILE,
                    bytes.len(),
                    pin.size,
                    pin.sha256
                );
                return Err(Diagnostic::error("lock-mismatch", message)
                    .in_file(&pin.url)
                    .help("it was changed where it lies or on its way; if you know why, `ttpress fetch` without `--locked` pins it anew")
                    .into());
            }
            self.cache.keep(&bytes)?;
        }
        self.cache.remember(lock)
    }

    fn pin(&self, release: &str, domain: &str, url: &str) -> Result<Pin, Failure> {
        let place = self.mirror.locate(url)?;
        let input = Input {
            path: shown(&place),
            bytes: self.bytes(&place)?,
            ..Input::default()
        };
        verify(&input, release, domain)?;
        Ok(Pin {
            domain: domain.to_owned(),
            url: url.to_owned(),
            sha256: self.cache.keep(&input.bytes)?,
            size: input.bytes.len() as u64,
        })
    }

    fn bytes(&self, place: &Place) -> Result<Vec<u8>, Failure> {
        match place {
            Place::Web(url) => self.download(url, MAX_BUNDLE),
            Place::File(path) => {
                let (inputs, _) = source::read_bundles(std::slice::from_ref(path))?;
                Ok(inputs
                    .into_iter()
                    .next()
                    .map(|input| input.bytes)
                    .unwrap_or_default())
            }
        }
    }

    fn download(&self, url: &str, most: u64) -> Result<Vec<u8>, Failure> {
        let mut partial = self.cache.partial(url)?;
        let client = Client::new(url, self.patience);
        client.download(url, &mut partial, most, self.progress)?;
        partial.finish().map_err(|error| {
            let message = format!("cannot read the download: {error}");
            Diagnostic::error("unreadable", message).in_file(url).into()
        })
    }
}

/// Whether a file is the bundle of this release and domain.
fn verify(input: &Input, release: &str, domain: &str) -> Result<(), Failure> {
    let (bundle, found) = Bundle::parse(input)?;
    if let Some(error) = found.iter().find(|f| f.severity == Severity::Error) {
        return Err(error.clone().into());
    }
    let wrong = |message: String| {
        Diagnostic::error("wrong-bundle", message)
            .in_file(&input.path)
            .help(
                "nothing was changed; the server or the mirror holds another file under this name",
            )
            .into()
    };
    match bundle.collection_release() {
        Some(named) if named == release => {}
        Some(named) => return Err(wrong(format!("this is release {named}, not {release}"))),
        None => {
            return Err(wrong(
                "this bundle has no `x-mitre-collection` that names its release".to_owned(),
            ));
        }
    }
    let is_of_attack = |object: &Object| object.is_live() && object.attack_id().is_some();
    if !bundle.objects.iter().any(|object| is_of_attack(object)) {
        return Err(wrong("this bundle holds no live ATT&CK object".to_owned()));
    }
    match bundle.domain() {
        Some(named) if named != domain => Err(wrong(format!("this is `{named}`, not `{domain}`"))),
        _ => Ok(()),
    }
}

fn shown(place: &Place) -> String {
    match place {
        Place::Web(url) => url.clone(),
        Place::File(path) => source::shown(path),
    }
}
