//! The site: knowledge in, a tree of paths and bytes out. Nothing here reads or writes a file.

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
pub mod view;

mod meta;
mod previews;
mod twin;

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use crate::attack::matrix::{self, Matrix};
use crate::attack::related::Related;
use crate::attack::{Kind, Knowledge, ObjectIx};
use crate::coverage::Coverage;
use crate::detections::Detections;
use crate::diagnostics::{Diagnostics, Failure};
use crate::diff::Diff;
use crate::diff::impact::Touch;
use crate::playbook::Playbook;
use crate::repository::Repository;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::lists::Files;
use crate::site::routes::Routes;
use crate::site::strings::Strings;
use crate::site::texts::Texts;
use crate::site::theme::Theme;
use crate::site::view::{IndexPage, KindView, ObjectPage, Page};
use crate::tree::Tree;

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
    /// What the playbooks answer.
    pub coverage: &'k Coverage,
    /// Where the playbooks are edited and when they changed.
    pub repository: &'k Repository,
    /// What changed since an earlier release, where one is given.
    pub updates: Option<&'k Updates>,
}

/// What changed since an earlier release, and what it touches.
#[derive(Debug)]
pub struct Updates {
    /// The changes.
    pub diff: Diff,
    /// What of one's own they touch.
    pub touches: Vec<Touch>,
}

/// What templates know on every page, as `site`.
#[derive(Serialize)]
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
    /// The folder of what changed since an earlier release.
    updates: Option<String>,
    kinds: Vec<KindView>,
}

/// One unit of rendering.
enum Job<'j> {
    Object(ObjectIx),
    ThirdParty(ObjectIx),
    Indexes(Kind),
    Withdrawn,
    Matrix(&'j Matrix),
    Playbook(&'j Playbook),
    /// The playbook page of a technique that has none.
    Unwritten(ObjectIx),
    Playbooks,
    Coverage,
    CoverageMap(&'j Matrix),
    Updates(&'j Updates),
    Front,
}

/// Renders the whole site.
pub fn render(
    content: Content,
    theme: &mut Theme,
    settings: &Settings,
) -> Result<(Tree, Diagnostics), Failure> {
    let Content {
        knowledge,
        texts,
        playbooks,
        detections,
        coverage,
        repository,
        updates,
    } = content;
    let routes = Routes::new(knowledge);
    let related = Related::new(knowledge, texts);
    let matrices = matrix::all(knowledge);
    let has_prose = knowledge.has_prose();
    let has_withdrawn = knowledge.objects().any(|(_, o)| !o.is_live());
    let kinds = pages::home::kinds(knowledge, theme.strings());
    theme.set_site(&SiteView {
        title: &settings.title,
        language: &settings.language,
        release: knowledge.label,
        newest: knowledge.newest,
        built: settings.built.as_deref(),
        copyright_year: knowledge.newest.get(..4).unwrap_or_default(),
        has_prose,
        has_withdrawn,
        has_playbooks: !playbooks.is_empty() || knowledge.live(Kind::Technique).next().is_some(),
        updates: updates.map(|updates| pages::updates::folder(&updates.diff)),
        kinds,
    });
    let site = Site {
        sources: Sources {
            knowledge,
            texts,
            routes: &routes,
            related: &related,
            has_prose,
            detections,
            playbooks,
            strings: theme.strings(),
        },
        matrices: &matrices,
        coverage,
        repository,
        updates,
        theme,
        settings,
    };
    let (pages, index) = rayon::join(|| site.pages(), || documents::index(site.sources).files());
    let mut parts = pages?;
    parts.extend(site.records());
    parts.extend(index);
    parts.extend(previews::scripts(site.sources));
    parts.extend(theme.assets().iter().cloned());
    let page_list = meta::pages(&parts, settings.base_url.as_deref());
    parts.extend(page_list);
    Ok(Tree::from_parts(parts))
}

/// The kinds of blocks that have something to show for an object.
pub fn blocks_of(
    knowledge: &Knowledge,
    texts: &Texts,
    detections: &Detections,
    ix: ObjectIx,
) -> BTreeSet<&'static str> {
    let sources = Sources {
        knowledge,
        texts,
        routes: &Routes::new(knowledge),
        related: &Related::new(knowledge, texts),
        has_prose: knowledge.has_prose(),
        detections,
        playbooks: &[],
        strings: Strings::english(),
    };
    let mut context = PageContext::new(sources, "playbooks/");
    blocks::kinds()
        .filter(|kind| blocks::make(&mut context, kind, &[ix]).is_some_and(|all| !all.is_empty()))
        .collect()
}

struct Site<'s> {
    sources: Sources<'s>,
    matrices: &'s [Matrix],
    coverage: &'s Coverage,
    repository: &'s Repository,
    updates: Option<&'s Updates>,
    theme: &'s Theme,
    settings: &'s Settings,
}

impl Site<'_> {
    /// Every page and the files beside it.
    fn pages(&self) -> Result<Files, Failure> {
        let objects = self.sources.knowledge.objects().map(|(ix, _)| ix);
        let techniques = self.sources.knowledge.live(Kind::Technique);
        let own_pages = objects.filter(|&ix| pages::object::is_page(self.sources, ix));
        // Where no technique is live there is nothing to cover.
        let mapped: &[Matrix] = match self.coverage.rows() {
            [] => &[],
            _ => self.matrices,
        };
        // Long lists first: started last, they would keep one thread busy alone at the end.
        let playbooks = self.sources.playbooks.iter();
        let unwritten = self.sources.unwritten();
        let jobs: Vec<Job> = [Job::Front, Job::Withdrawn, Job::Playbooks, Job::Coverage]
            .into_iter()
            .chain(self.updates.map(Job::Updates))
            .chain(playbooks.map(Job::Playbook))
            .chain(pages::home::listed_kinds().map(Job::Indexes))
            .chain(self.matrices.iter().map(Job::Matrix))
            .chain(mapped.iter().map(Job::CoverageMap))
            .chain(techniques.map(|(ix, _)| Job::ThirdParty(ix)))
            .chain(own_pages.map(Job::Object))
            .chain(unwritten.map(Job::Unwritten))
            .collect();
        let rendered: Result<Vec<Files>, Failure> =
            jobs.par_iter().map(|job| self.run(job)).collect();
        Ok(rendered?.into_iter().flatten().collect())
    }

    fn run(&self, job: &Job) -> Result<Files, Failure> {
        let files = match job {
            Job::Object(ix) => {
                let (view, files) = pages::object::build(self.sources, *ix);
                // `matrix.html` is for live matrices; a withdrawn one is an object like others.
                let template = match view.page.kind {
                    "matrix" => "object.html".to_owned(),
                    kind => format!("{kind}.html"),
                };
                self.page(&template, view, files)?
            }
            Job::Indexes(kind) => self.lists(pages::index::of_kind(self.sources, *kind))?,
            Job::ThirdParty(ix) => self.lists(pages::third_party::pages(self.sources, *ix))?,
            Job::Withdrawn => self.lists(pages::index::withdrawn(self.sources))?,
            Job::Playbooks => self.lists(pages::playbook::index(self.sources))?,
            Job::Matrix(matrix) => {
                let views = pages::matrix::pages(self.sources, matrix).into_iter();
                let pages: Result<Vec<_>, _> = views
                    .map(|view| self.page("matrix.html", view, Files::new()))
                    .collect();
                let data = explorer::file(self.sources, self.coverage, matrix);
                pages?.into_iter().flatten().chain([data]).collect()
            }
            Job::Playbook(playbook) => {
                let view = pages::playbook::build(self.sources, playbook, self.repository);
                self.page("playbook.html", view, Files::new())?
            }
            Job::Unwritten(ix) => {
                let view = pages::playbook::generated(self.sources, *ix);
                self.page("playbook.html", view, Files::new())?
            }
            Job::Coverage => {
                let index = pages::coverage::index(self.sources, self.matrices, self.coverage);
                self.lists(index)?
            }
            Job::CoverageMap(matrix) => {
                let view = pages::coverage::map(self.sources, matrix, self.coverage);
                self.page("matrix.html", view, Files::new())?
            }
            Job::Updates(updates) => {
                let base_url = self.settings.base_url.as_deref();
                self.lists(pages::updates::pages(self.sources, updates, base_url))?
            }
            Job::Front => self.front()?,
        };
        Ok(files)
    }

    fn lists(&self, lists: impl IntoIterator<Item = (IndexPage, Files)>) -> Result<Files, Failure> {
        let pages: Result<Vec<_>, _> = lists
            .into_iter()
            .map(|(view, files)| self.page("index.html", view, files))
            .collect();
        Ok(pages?.into_iter().flatten().collect())
    }

    /// Home, the list of matrices, search, and the page for addresses that lead nowhere.
    fn front(&self) -> Result<Files, Failure> {
        let home = pages::home::build(self.sources, self.matrices, &self.settings.title);
        let matrices = pages::home::matrices(self.sources, self.matrices);
        let mut files = self.page("home.html", home, Files::new())?;
        files.extend(self.page("matrices.html", matrices, Files::new())?);
        let context = context::PageContext::new(self.sources, "search/");
        let search = meta::PlainPage {
            page: Page {
                section: "search",
                ..pages::index::index_page(
                    &context,
                    "search/",
                    "search",
                    self.sources.strings.search.clone(),
                )
            },
        };
        files.extend(self.page("search.html", search, Files::new())?);
        let not_found = meta::not_found(self.sources.strings, self.settings.base_url.as_deref());
        files.push((
            "404.html".to_owned(),
            self.theme.render("404.html", &not_found)?,
        ));
        Ok(files)
    }

    fn page<V: Serialize + HasPage>(
        &self,
        template: &str,
        mut view: V,
        files: Files,
    ) -> Result<Files, Failure> {
        let page = view.page_mut();
        let folder = page.folder.clone();
        page.canonical = self
            .settings
            .base_url
            .as_ref()
            .map(|base| format!("{base}{folder}"));
        let html = self.theme.render(template, &view)?;
        let beside = files
            .into_iter()
            .map(|(name, bytes)| (format!("{folder}{name}"), bytes));
        Ok(std::iter::once((format!("{folder}index.html"), html))
            .chain(beside)
            .collect())
    }

    /// The JSON twins and the list of all of them.
    fn records(&self) -> Files {
        let Sources {
            knowledge,
            routes,
            related,
            ..
        } = self.sources;
        let objects: Vec<ObjectIx> = knowledge.objects().map(|(ix, _)| ix).collect();
        let records: Vec<Vec<u8>> = objects
            .par_iter()
            .map(|&ix| twin::record(knowledge, routes, related, ix))
            .collect();
        let mut files = vec![("api/objects.json".to_owned(), twin::all(&records))];
        for (ix, record) in objects.into_iter().zip(records) {
            if routes.anchor(ix).is_none() {
                files.push((format!("{}index.json", routes.folder(ix)), record));
            }
        }
        files
    }
}

/// Views of whole pages.
trait HasPage {
    fn page_mut(&mut self) -> &mut Page;
}

macro_rules! has_page {
    ($($view:ty),+) => {
        $(impl HasPage for $view {
            fn page_mut(&mut self) -> &mut Page {
                &mut self.page
            }
        })+
    };
}

has_page!(
    ObjectPage,
    IndexPage,
    view::MatrixPage,
    view::HomePage,
    view::PlaybookPage,
    meta::PlainPage
);
