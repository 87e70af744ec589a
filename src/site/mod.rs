//! The site: knowledge in, paths and bytes out. Nothing here reads or writes a file.

pub mod blocks;
pub mod context;
pub mod documents;
pub mod explorer;
pub mod layers;
pub mod pages;
pub mod routes;
pub mod strings;
pub mod table;
pub mod texts;
pub mod theme;
pub mod versions;
pub mod view;

mod jobs;
mod meta;
mod on_demand;
mod previews;
mod twin;

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use crate::attack::matrix::{self, Matrix};
use crate::attack::related::Related;
use crate::attack::{Knowledge, ObjectIx};
use crate::coverage::Coverage;
use crate::detections::Detections;
use crate::detections::convert::Conversions;
use crate::diagnostics::{Diagnostics, Failure};
use crate::diff::impact::Touch;
use crate::diff::{Diff, History};
use crate::playbook::Playbook;
use crate::repository::Repository;
use crate::site::context::{PageContext, Sources};
use crate::site::routes::Routes;
use crate::site::strings::Strings;
use crate::site::texts::Texts;
use crate::site::theme::Theme;
use crate::site::versions::Versions;
use crate::site::view::KindView;
use crate::tree::{Files, Shelf};

use jobs::Job;
use meta::Pages;

pub use on_demand::OnDemand;

/// What the whole site is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The wiki's name.
    pub title: String,
    /// Language of the interface, as in `lang`.
    pub language: String,
    /// The site's own address, with a slash at its end, where it is known.
    pub base_url: Option<String>,
    /// The day of the build, from `SOURCE_DATE_EPOCH`; a clock would make every build differ.
    pub built: Option<String>,
    /// Whether a PDF lies beside each playbook.
    pub pdf: bool,
}

/// What a site is made from.
#[derive(Clone, Copy)]
pub struct Content<'k> {
    /// What ATT&CK says.
    pub knowledge: &'k Knowledge<'k>,
    /// Its texts.
    pub texts: &'k Texts<'k>,
    /// The team's playbooks.
    pub playbooks: &'k [Playbook],
    /// Rules, tests and analytics of others.
    pub detections: &'k Detections,
    /// Sigma rules in the languages of others.
    pub conversions: &'k Conversions,
    /// What the playbooks answer.
    pub coverage: &'k Coverage,
    /// Where the playbooks are edited and when they changed.
    pub repository: &'k Repository,
    /// What changed from release to release, the newest change first.
    pub updates: &'k [Updates<'k>],
    /// The same, object by object.
    pub history: &'k History<'k>,
    /// All releases of the site.
    pub versions: &'k Versions,
    /// Which of them this one is; 0 is the newest.
    pub version: usize,
}

/// What changed since an earlier release, and what it touches.
#[derive(Debug)]
pub struct Updates<'k> {
    /// The changes.
    pub diff: &'k Diff,
    /// What of one's own they touch.
    pub touches: Vec<Touch>,
}

/// What templates know on every page, as `site`.
#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "templates ask each on its own"
)]
struct SiteView<'s> {
    title: &'s str,
    language: &'s str,
    release: &'s str,
    newest: &'s str,
    built: Option<&'s str>,
    copyright_year: &'s str,
    has_prose: bool,
    has_withdrawn: bool,
    has_playbooks: bool,
    has_coverage: bool,
    /// The folder of the newest comparison with an earlier release.
    updates: Option<String>,
    /// Whether a newer release lies beside it.
    is_older: bool,
    /// The way from the release's root to the site's, where styles and scripts lie.
    to_assets: String,
    kinds: Vec<KindView>,
}

/// What follows from the release alone: it need not be made again while only playbooks or the theme
/// change.
pub struct Groundwork {
    routes: Routes,
    related: Related,
    matrices: Vec<Matrix>,
}

impl Groundwork {
    /// Lays out addresses, ranks what is related and lines up the matrices.
    pub fn new(knowledge: &Knowledge, texts: &Texts) -> Groundwork {
        Groundwork {
            routes: Routes::new(knowledge),
            related: Related::new(knowledge, texts),
            matrices: matrix::all(knowledge),
        }
    }

    /// What pages are made from before anybody wrote anything.
    fn sources<'k>(
        &'k self,
        knowledge: &'k Knowledge<'k>,
        texts: &'k Texts<'k>,
        detections: &'k Detections,
    ) -> Sources<'k> {
        Sources {
            knowledge,
            texts,
            routes: &self.routes,
            related: &self.related,
            has_prose: knowledge.has_prose(),
            detections,
            conversions: Conversions::none(),
            playbooks: &[],
            strings: Strings::english(),
            history: History::none(),
            is_older: false,
        }
    }
}

/// A site ready to be rendered.
pub struct Site<'s> {
    sources: Sources<'s>,
    matrices: &'s [Matrix],
    coverage: &'s Coverage,
    repository: &'s Repository,
    updates: &'s [Updates<'s>],
    versions: &'s Versions,
    /// Which of the versions this release is.
    version: usize,
    theme: &'s Theme,
    settings: &'s Settings,
}

impl<'s> Site<'s> {
    /// Brings together what a site is made from; the theme learns what is the same on every page.
    pub fn new(
        content: Content<'s>,
        groundwork: &'s Groundwork,
        theme: &'s mut Theme,
        settings: &'s Settings,
    ) -> Site<'s> {
        let Content {
            knowledge,
            texts,
            playbooks,
            detections,
            conversions,
            coverage,
            repository,
            updates,
            history,
            versions,
            version,
        } = content;
        let is_older = version > 0;
        let sources = Sources {
            conversions,
            playbooks,
            history,
            is_older,
            ..groundwork.sources(knowledge, texts, detections)
        };
        let kinds = pages::home::kinds(knowledge, theme.strings());
        theme.set_site(&SiteView {
            title: &settings.title,
            language: &settings.language,
            release: knowledge.label,
            newest: knowledge.newest,
            built: settings.built.as_deref(),
            copyright_year: knowledge.newest.get(..4).unwrap_or_default(),
            has_prose: knowledge.has_prose(),
            has_withdrawn: knowledge.objects().any(|(_, o)| !o.is_live()),
            has_playbooks: sources.has_playbooks(),
            has_coverage: !is_older && !coverage.rows().is_empty(),
            updates: updates
                .first()
                .map(|newest| pages::updates::folder(newest.diff)),
            is_older,
            to_assets: routes::root_of(versions.folder(version)),
            kinds,
        });
        Site {
            sources: Sources {
                strings: theme.strings(),
                ..sources
            },
            matrices: &groundwork.matrices,
            coverage,
            repository,
            updates,
            versions,
            version,
            theme,
            settings,
        }
    }

    /// What its pages are made from.
    pub fn sources(&self) -> Sources<'s> {
        self.sources
    }

    /// How they look.
    pub fn theme(&self) -> &'s Theme {
        self.theme
    }

    /// Renders all of it.
    pub fn put_on(&self, place: &mut impl Shelf) -> Result<Diagnostics, Failure> {
        let mut pages = Pages::new(self.settings.base_url.as_deref());
        let mut found = self.work(&self.jobs(), &mut pages, |files| place.put(files))?;
        found.extend(place.put(self.theme.assets().to_vec())?);
        found.extend(place.put(pages.about())?);
        Ok(found)
    }

    /// Renders an older release, in its folder.
    pub fn put_older_on(&self, place: &mut impl Shelf) -> Result<Diagnostics, Failure> {
        let folder = self.versions.folder(self.version);
        let mut put = |files: Files| {
            let moved = files
                .into_iter()
                .map(|(path, bytes)| (format!("{folder}{path}"), bytes));
            place.put(moved.collect())
        };
        let mut pages = Pages::new(None);
        let mut found = self.work(&self.attack_jobs(), &mut pages, &mut put)?;
        found.extend(put(vec![pages.list()])?);
        Ok(found)
    }

    /// Does jobs, and hands on what they made before it does the next ones: a site need not be in
    /// memory as a whole.
    fn work(
        &self,
        jobs: &[Job],
        pages: &mut Pages,
        mut put: impl FnMut(Files) -> Result<Diagnostics, Failure>,
    ) -> Result<Diagnostics, Failure> {
        let mut found = Diagnostics::new();
        for jobs in jobs.chunks(AT_ONCE) {
            let made: Result<Vec<Files>, Failure> =
                jobs.par_iter().map(|job| self.run(job)).collect();
            let files: Files = made?.into_iter().flatten().collect();
            pages.note(files.iter().map(|(path, bytes)| (&**path, &**bytes)));
            found.extend(put(files)?);
        }
        Ok(found)
    }
}

/// How many jobs are done side by side: enough that no thread waits long for the last of them.
const AT_ONCE: usize = 512;

/// The kinds of blocks that have something to show for an object.
pub fn blocks_of(
    knowledge: &Knowledge,
    texts: &Texts,
    detections: &Detections,
    ix: ObjectIx,
) -> BTreeSet<&'static str> {
    let groundwork = Groundwork::new(knowledge, texts);
    let sources = groundwork.sources(knowledge, texts, detections);
    let mut context = PageContext::new(sources, "playbooks/");
    blocks::kinds()
        .filter(|kind| blocks::make(&mut context, kind, &[ix]).is_some_and(|all| !all.is_empty()))
        .collect()
}
