//! From files to a site, in the two stages that `build` does once and `serve` does at different
//! times: what the release and the sets of others say, then what the team wrote and how it looks.

use std::mem::ManuallyDrop;

use crate::attack::release::version_key;
use crate::attack::{Knowledge, log_sources};
use crate::cli::build::Clock;
use crate::cli::diff::{edition, own_files};
use crate::cli::settings::{Settings, release_name};
use crate::cli::{attack, environment};
use crate::coverage::Coverage;
use crate::detections::Detections;
use crate::detections::convert::Conversions;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::diff::impact::{self, Own};
use crate::diff::{Diff, Edition, History};
use crate::playbook::check::{self, Against};
use crate::playbook::{self, Playbook};
use crate::releases::{Group, read_groups};
use crate::repository::Repository;
use crate::site::texts::Texts;
use crate::site::theme::Theme;
use crate::site::versions::{Older, Versions};
use crate::site::{self, Content, Groundwork, Site, Updates, blocks};
use crate::source::Input;
use crate::tree::Shelf;

/// All that stays the same while playbooks and theme are written.
#[derive(Clone, Copy)]
pub(super) struct Base<'k> {
    pub(super) knowledge: &'k Knowledge<'k>,
    texts: &'k Texts<'k>,
    pub(super) detections: &'k Detections,
    groundwork: &'k Groundwork,
    /// What changed from release to release, the newest change first.
    pub(super) diffs: &'k [Diff],
    history: &'k History<'k>,
    older: &'k [Older<'k>],
    versions: &'k Versions,
}

impl<'k> Base<'k> {
    /// The same without older releases; `none` are the versions of a site that has only one.
    pub(super) fn alone(self, none: &'k Versions) -> Base<'k> {
        Base {
            older: &[],
            versions: none,
            ..self
        }
    }
}

/// Reads the release and what others say of it, and hands both on. Everything of a release
/// borrows from the bundles, so it lives as long as `then` runs.
pub(super) fn with_base<T>(
    settings: &Settings,
    clock: &mut Clock,
    then: impl FnOnce(Base, Diagnostics, &mut Clock) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (inputs, mut diagnostics) = settings.bundles()?;
    // Of the largest values none is dropped: when this returns, the process ends, and the system
    // takes some 100 MB back faster than we free them piece by piece.
    let inputs = ManuallyDrop::new(inputs);
    clock.lap("read");
    let (groups, found) = read_groups(&inputs, settings.release.as_deref())?;
    diagnostics.extend(found);
    let (earlier, _) = earlier_bundles(settings)?;
    let named = release_name(&settings.previous);
    let mut editions = Vec::new();
    if groups.len() > 1 || !earlier.is_empty() {
        editions.extend(groups.iter().map(Group::edition));
    }
    if !earlier.is_empty() {
        add(edition(&earlier, named.as_deref())?, &mut editions);
    }
    let mut releases = ManuallyDrop::new(Vec::with_capacity(groups.len()));
    for group in groups {
        let (release, found) = group.release();
        diagnostics.extend(found);
        releases.push(release);
    }
    clock.lap("parse");
    let mut linked: Vec<_> = releases.iter().map(Knowledge::new).collect();
    // What is odd about an older release was reported when it was new.
    let (knowledge, found) = linked.remove(0);
    let knowledge = ManuallyDrop::new(knowledge);
    let older: Vec<Knowledge> = linked.into_iter().map(|(knowledge, _)| knowledge).collect();
    diagnostics.extend(found);
    clock.lap("link");
    if older
        .iter()
        .chain([&*knowledge])
        .any(|k| live_objects(k) == 0)
    {
        // An empty site would take the place of a good one.
        return Err(
            Diagnostic::error("no-objects", "the data holds no live ATT&CK object")
                .help("give the STIX bundles of a release; `{\"objects\": []}` is none")
                .into(),
        );
    }
    diagnostics.extend(log_sources::check(&knowledge));
    let (texts, found) = Texts::new(&knowledge);
    let texts = ManuallyDrop::new(texts);
    diagnostics.extend(found);
    let older_texts: Vec<Texts> = older.iter().map(|release| Texts::new(release).0).collect();
    clock.lap("text");
    let groundwork = Groundwork::new(&knowledge, &texts);
    let older: Vec<Older> = older
        .iter()
        .zip(&older_texts)
        .map(|(knowledge, texts)| Older {
            groundwork: Groundwork::new(knowledge, texts),
            knowledge,
            texts,
        })
        .collect();
    let versions = Versions::new(&knowledge, &texts, &groundwork, &older);
    clock.lap("relate");
    let (detections, found) = Detections::load(&settings.config.detections, &knowledge)?;
    diagnostics.extend(found);
    clock.lap("sets");
    for pair in editions.windows(2) {
        diagnostics.extend(uncompared(&pair[0], &pair[1]));
    }
    let diffs: Vec<Diff> = editions
        .windows(2)
        .map(|pair| Diff::new(&pair[1], &pair[0]))
        .collect();
    let history = History::new(diffs.iter().zip(editions.iter().skip(1)));
    clock.lap("compare");
    let base = Base {
        knowledge: &knowledge,
        texts: &texts,
        detections: &detections,
        groundwork: &groundwork,
        diffs: &diffs,
        history: &history,
        older: &older,
        versions: &versions,
    };
    then(base, diagnostics, clock)
}

/// The bundles of the earlier release that the settings name, of which there is no site.
fn earlier_bundles(settings: &Settings) -> Result<(Vec<Input>, Diagnostics), Failure> {
    if settings.previous.is_empty() {
        return Ok(Default::default());
    }
    attack::bundles(&settings.previous, &settings.lock)
}

/// What looks new only because nobody gave its earlier bundle.
fn uncompared<'e>(
    later: &'e Edition,
    earlier: &'e Edition,
) -> impl Iterator<Item = Diagnostic> + 'e {
    later.domains_beyond(earlier).map(|domain| {
        let (from, to) = (&earlier.label.name, &later.label.name);
        let message =
            format!("all of `{domain}` counts as new in {to}: there is no bundle of it for {from}");
        Diagnostic::warning("domain-not-compared", message)
            .help("give the earlier release with all its domains")
    })
}

/// Puts an earlier release in its place behind the site's own, if it is not there.
fn add<'a>(earlier: Edition<'a>, editions: &mut Vec<Edition<'a>>) {
    let name = &earlier.label.name;
    let older = editions.get(1..).unwrap_or_default();
    if older.iter().any(|edition| edition.label.name == *name) {
        return;
    }
    let key = version_key(name);
    let newer = older
        .iter()
        .take_while(|edition| version_key(&edition.label.name) > key);
    editions.insert(1 + newer.count(), earlier);
}

/// How many objects are neither revoked nor deprecated.
pub(super) fn live_objects(knowledge: &Knowledge) -> usize {
    knowledge.objects().filter(|(_, o)| o.is_live()).count()
}

/// What the team wrote, before it is held against a release.
pub(super) struct Written {
    playbooks: Vec<Playbook>,
    repository: Repository,
    theme: Theme,
    diagnostics: Diagnostics,
}

impl Written {
    /// Reads the playbooks and the theme.
    pub(super) fn read(settings: &Settings) -> Result<Written, Failure> {
        let (theme, mut diagnostics) = settings.load_theme()?;
        let content = settings.config.build.content.join("playbooks");
        let (playbooks, found) = playbook::load(&content, &settings.config.variables)?;
        diagnostics.extend(found);
        let (repository, found) = Repository::load(&settings.config.site, &settings.home, &content);
        diagnostics.extend(found);
        Ok(Written {
            playbooks,
            repository,
            theme,
            diagnostics,
        })
    }

    /// Checks the playbooks against a release.
    pub(super) fn on(self, base: Base, settings: &Settings) -> (Authored, Diagnostics) {
        let Written {
            playbooks,
            repository,
            theme,
            mut diagnostics,
        } = self;
        let against = Against {
            knowledge: base.knowledge,
            blocks: &blocks::kinds().collect::<Vec<_>>(),
            today: settings.today,
        };
        diagnostics.extend(check::check(&playbooks, &against));
        let sigma = &settings.config.detections.sigma;
        let (conversions, found) =
            base.detections
                .convert(sigma, &playbooks, &environment::tools());
        diagnostics.extend(found);
        let authored = Authored {
            playbooks,
            repository,
            conversions,
            theme,
        };
        (authored, diagnostics)
    }
}

/// What the team wrote on a release.
pub(super) struct Authored {
    pub(super) playbooks: Vec<Playbook>,
    repository: Repository,
    conversions: Conversions,
    theme: Theme,
}

impl Authored {
    /// Reads the playbooks and the theme, and checks the playbooks against the release.
    pub(super) fn read(
        settings: &Settings,
        base: Base,
    ) -> Result<(Authored, Diagnostics), Failure> {
        Ok(Written::read(settings)?.on(base, settings))
    }

    /// What the playbooks answer, and whether that is enough.
    pub(super) fn coverage(&self, settings: &Settings, base: Base) -> (Coverage, Diagnostics) {
        // The site must not change with the clock: only a day that was named counts.
        let coverage = Coverage::new(
            base.knowledge,
            &self.playbooks,
            base.detections,
            settings.built,
        );
        let found = coverage.below(settings.config.coverage.minimum);
        (coverage, found.into_iter().collect())
    }

    /// What each release changed since the one before it, and what of the team's it touches.
    pub(super) fn updates<'k>(
        &self,
        settings: &Settings,
        base: Base<'k>,
    ) -> Result<Vec<Updates<'k>>, Failure> {
        if base.diffs.is_empty() {
            return Ok(Vec::new());
        }
        let files = own_files(&settings.config.build.content, &settings.file)?;
        let own = Own {
            playbooks: &self.playbooks,
            detections: base.detections,
            files: &files,
        };
        let updates = base.diffs.iter().map(|diff| Updates {
            diff,
            touches: impact::touches(diff, &own),
        });
        Ok(updates.collect())
    }

    /// Renders the older releases, each in its folder.
    pub(super) fn put_older_on(
        &mut self,
        place: &mut impl Shelf,
        base: Base,
        settings: &site::Settings,
    ) -> Result<Diagnostics, Failure> {
        let mut found = Diagnostics::new();
        for (older, version) in base.older.iter().zip(1..) {
            let theme = &mut self.theme;
            found.extend(older.put_on(place, theme, settings, base.versions, version)?);
        }
        Ok(found)
    }

    /// The site of all of it.
    pub(super) fn site<'s>(
        &'s mut self,
        base: Base<'s>,
        coverage: &'s Coverage,
        updates: &'s [Updates<'s>],
        settings: &'s site::Settings,
    ) -> Site<'s> {
        let content = Content {
            knowledge: base.knowledge,
            texts: base.texts,
            playbooks: &self.playbooks,
            detections: base.detections,
            conversions: &self.conversions,
            coverage,
            repository: &self.repository,
            updates,
            history: base.history,
            versions: base.versions,
            version: 0,
        };
        Site::new(content, base.groundwork, &mut self.theme, settings)
    }
}
