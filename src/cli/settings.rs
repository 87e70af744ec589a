//! Flags over ttpress.toml over defaults, resolved once.

#![allow(
    clippy::disallowed_methods,
    reason = "SOURCE_DATE_EPOCH and the cache's folder are environment variables"
)]

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::{DataArgs, Global, attack, environment};
use crate::config::{Build, Config};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::fetch::cache::Cache;
use crate::fetch::lock;
use crate::site;
use crate::site::theme::Theme;
use crate::source::{self, Input};
use crate::versions;

/// What a command that builds works with.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) site: site::Settings,
    /// The day of the build, where the environment names one.
    pub(super) built: Option<Date>,
    /// The day for which reviews are due or not: that of the build, else that of the clock.
    pub(super) today: Date,
    /// The wiki's folder: that of its settings.
    pub(super) home: PathBuf,
    attack: Vec<PathBuf>,
    /// The file of the settings.
    pub(super) file: PathBuf,
    /// The bundles of an earlier release.
    pub(super) previous: Vec<PathBuf>,
    /// The file that pins a fetched release.
    pub(super) lock: PathBuf,
    pub(super) release: Option<String>,
    theme: Option<PathBuf>,
}

impl Settings {
    pub(super) fn resolve(global: &Global, args: &DataArgs) -> Result<Settings, Failure> {
        let mut config = global.settings()?;
        if let Some(content) = &args.content {
            config.build.content.clone_from(content);
        }
        let attack = if args.attack.is_empty() {
            &config.attack.paths
        } else {
            &args.attack
        };
        let previous = if args.previous.is_empty() {
            &config.attack.previous
        } else {
            &args.previous
        };
        let base_url = match &args.base_url {
            Some(url) => Some(crate::config::parse_base_url(url)?),
            None => config.site.base_url.clone(),
        };
        let built = build_date()?;
        let site = site::Settings {
            title: config.site.title.clone(),
            language: config.site.language.clone(),
            base_url,
            pdf: false,
            built: built.map(|day| day.to_string()),
        };
        let name = args.theme.as_ref().unwrap_or(&config.build.theme);
        // Themes lie beside the settings, whatever folder the command runs in.
        let home = global.file().parent().unwrap_or(Path::new(""));
        // A wiki may have no content yet, but not where it says that it has.
        let is_default = config.build.content == home.join(Build::default().content);
        if !is_default && !source::exists(&config.build.content) {
            return Err(no_content(&config.build.content));
        }
        let theme = (name != "default").then(|| home.join("themes").join(name));
        let release = args
            .attack_release
            .clone()
            .or_else(|| config.attack.release.clone());
        Ok(Settings {
            built,
            today: built.unwrap_or_else(|| TimeZone::UTC.to_datetime(Timestamp::now()).date()),
            attack: attack.clone(),
            file: global.file().to_owned(),
            previous: previous.clone(),
            lock: lock_beside(global.file()),
            release,
            home: home.to_owned(),
            theme,
            site,
            config,
        })
    }

    /// The bundles to build from: those named, else those that `attack.lock` pins, else the
    /// embedded release.
    pub(super) fn bundles(&self) -> Result<(Vec<Input>, Diagnostics), Failure> {
        attack::bundles(&self.attack, &self.lock)
    }

    /// Whether these settings name the same release and the same sets of others.
    pub(super) fn has_same_data(&self, other: &Settings) -> bool {
        self.attack == other.attack
            && self.previous == other.previous
            && self.release == other.release
            && self.config.detections == other.config.detections
    }

    /// Where the release and the sets of others lie.
    pub(super) fn data(&self) -> Vec<PathBuf> {
        let sets = &self.config.detections;
        let sets = [&sets.sigma.paths, &sets.atomic.paths, &sets.car.paths].into_iter();
        let releases = self.attack.iter().chain(&self.previous);
        let paths = releases.chain(sets.flatten());
        paths.cloned().collect()
    }

    /// All files and folders that a site depends on, as far as these settings can tell: not where
    /// the cache, Git or a program of others has a say.
    pub(super) fn inputs(&self) -> Option<Vec<PathBuf>> {
        let data = self.data();
        let knows_all = !self.config.site.git
            && self.config.detections.sigma.convert.is_empty()
            && data.iter().all(|path| source::exists(path));
        let paths = data.into_iter().chain(self.written());
        knows_all.then(|| paths.chain([self.lock.clone()]).collect())
    }

    /// Where lies what the team writes: settings, content and theme.
    pub(super) fn written(&self) -> Vec<PathBuf> {
        let paths = [&self.file, &self.config.build.content].into_iter();
        paths.chain(&self.theme).cloned().collect()
    }

    pub(super) fn load_theme(&self) -> Result<(Theme, Diagnostics), Failure> {
        Theme::load(self.theme.as_deref(), &self.site.language)
    }
}

/// A wiki without playbooks must not take the place of one with them because of a wrong letter.
fn no_content(folder: &Path) -> Failure {
    let message = format!("there is no folder `{}`", folder.display());
    Diagnostic::error("no-content", message)
        .help(
            "`content` under `[build]`, or `--content`, names the folder with playbooks and layers",
        )
        .into()
}

/// The file that pins a fetched release: it lies beside the settings.
pub(super) fn lock_beside(config: &Path) -> PathBuf {
    config.parent().unwrap_or(Path::new("")).join(lock::FILE)
}

/// What to call the release in these files where its data does not say: the release number in
/// their names, as in `enterprise-attack-17.1.json` or `attack/17.1/`.
pub(super) fn release_name(paths: &[PathBuf]) -> Option<String> {
    let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
    let mut numbers: Vec<&str> = names.filter_map(versions::in_name).collect();
    numbers.dedup();
    match numbers[..] {
        [number] => Some(number.to_owned()),
        _ => None,
    }
}

/// The cache that all wikis of a user share: `TTPRESS_CACHE`, else the system's folder for caches.
pub(super) fn cache() -> Result<Cache, Failure> {
    environment::cache_root().map(Cache::at).ok_or_else(|| {
        Diagnostic::error("environment", "there is no folder for the cache")
            .help("set `TTPRESS_CACHE` to a folder")
            .into()
    })
}

/// The day that `SOURCE_DATE_EPOCH` (seconds since 1970) names; see
/// <https://reproducible-builds.org/specs/source-date-epoch/>.
fn build_date() -> Result<Option<Date>, Failure> {
    let Ok(epoch) = std::env::var("SOURCE_DATE_EPOCH") else {
        return Ok(None);
    };
    let timestamp = epoch
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    let Some(timestamp) = timestamp else {
        return Err(
            Diagnostic::error("environment", format!("SOURCE_DATE_EPOCH is `{epoch}`"))
                .help("it must be a number of seconds since 1970, or unset")
                .into(),
        );
    };
    Ok(Some(TimeZone::UTC.to_datetime(timestamp).date()))
}
