//! The units of rendering: each makes some pages and the files beside them.

use rayon::prelude::*;
use serde::Serialize;

use crate::attack::matrix::Matrix;
use crate::attack::{Kind, ObjectIx};
use crate::diagnostics::Failure;
use crate::playbook::Playbook;
use crate::site::context::{PageContext, Sources};
use crate::site::pages::lists::Files;
use crate::site::view::{self, IndexPage, ObjectPage, Page};
use crate::site::{Site, documents, explorer, meta, pages, previews, twin};

/// One unit of rendering.
pub(super) enum Job<'s> {
    /// Home, the list of matrices, search, and the page for addresses that lead nowhere.
    Front,
    SearchIndex,
    /// The JSON twins and the list of all of them.
    Records,
    Withdrawn,
    Playbooks,
    Coverage,
    /// What shows when a reader rests on a link.
    Previews,
    Updates,
    Playbook(&'s Playbook),
    Indexes(Kind),
    Matrix(&'s Matrix),
    /// What the matrix explorer loads.
    Explorer(&'s Matrix),
    CoverageMap(&'s Matrix),
    ThirdParty(ObjectIx),
    Object(ObjectIx),
    /// The playbook page of a technique that has none.
    Unwritten(ObjectIx),
}

impl<'s> Site<'s> {
    /// All jobs, from those for the whole site to those for one page. What takes long comes first:
    /// started last, it would keep one thread busy alone at the end.
    pub(super) fn jobs(&self) -> Vec<Job<'s>> {
        let sources = self.sources;
        let techniques = sources.knowledge.live(Kind::Technique);
        // Where no technique is live there is nothing to cover.
        let mapped: &[Matrix] = match self.coverage.rows() {
            [] => &[],
            _ => self.matrices,
        };
        [
            Job::SearchIndex,
            Job::Playbooks,
            Job::Coverage,
            Job::Previews,
        ]
        .into_iter()
        .chain((!self.updates.is_empty()).then_some(Job::Updates))
        .chain(sources.playbooks.iter().map(Job::Playbook))
        .chain(mapped.iter().map(Job::CoverageMap))
        .chain(self.matrices.iter().map(Job::Explorer))
        .chain(self.attack_jobs())
        .chain(techniques.map(|(ix, _)| Job::ThirdParty(ix)))
        .chain(sources.unwritten().map(Job::Unwritten))
        .collect()
    }

    /// What every release has, older ones too.
    pub(super) fn attack_jobs(&self) -> Vec<Job<'s>> {
        let sources = self.sources;
        let objects = sources.knowledge.objects().map(|(ix, _)| ix);
        let own_pages = objects.filter(|&ix| pages::object::is_page(sources, ix));
        [Job::Records, Job::Front, Job::Withdrawn]
            .into_iter()
            .chain(pages::home::listed_kinds().map(Job::Indexes))
            .chain(self.matrices.iter().map(Job::Matrix))
            .chain(own_pages.map(Job::Object))
            .collect()
    }

    /// Whether a job may make the file at a path. Only the work tells for sure.
    pub(super) fn may_make(&self, job: &Job, path: &str) -> bool {
        let routes = self.sources.routes;
        match job {
            Job::Front => FRONT.contains(&path),
            Job::SearchIndex => path.starts_with("search/"),
            Job::Records => path.rsplit('.').next() == Some("json"),
            Job::Withdrawn => path.starts_with("withdrawn/"),
            Job::Playbooks => path.starts_with("playbooks/"),
            Job::Previews => path.starts_with(previews::FOLDER),
            Job::Updates => path.starts_with(pages::updates::FOLDER),
            Job::Coverage | Job::CoverageMap(_) => path.starts_with("coverage/"),
            Job::Playbook(playbook) => path.starts_with(&pages::playbook::folder(playbook)),
            Job::Indexes(kind) => path.starts_with(kind.folder()),
            Job::Matrix(matrix) | Job::Explorer(matrix) => {
                path.starts_with(&pages::matrix::folder(self.sources, matrix))
            }
            Job::ThirdParty(ix) | Job::Object(ix) => path.starts_with(routes.folder(*ix)),
            Job::Unwritten(ix) => {
                path.starts_with(&pages::playbook::generated_folder(self.sources, *ix))
            }
        }
    }

    /// Does a job: paths from the root of the site, and bytes.
    pub(super) fn run(&self, job: &Job) -> Result<Files, Failure> {
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
                pages?.into_iter().flatten().collect()
            }
            Job::Explorer(matrix) => vec![explorer::file(self.sources, self.coverage, matrix)],
            Job::Playbook(playbook) => {
                let view = pages::playbook::build(self.sources, playbook, self.repository);
                self.playbook(view)?
            }
            Job::Unwritten(ix) => {
                let view = pages::playbook::generated(self.sources, *ix);
                self.playbook(view)?
            }
            Job::Coverage => {
                let index = pages::coverage::index(self.sources, self.matrices, self.coverage);
                self.lists(index)?
            }
            Job::CoverageMap(matrix) => {
                let view = pages::coverage::map(self.sources, matrix, self.coverage);
                self.page("matrix.html", view, Files::new())?
            }
            Job::Previews => previews::scripts(self.sources),
            Job::Updates => {
                let base_url = self.settings.base_url.as_deref();
                self.lists(pages::updates::pages(self.sources, self.updates, base_url))?
            }
            Job::Front => self.front()?,
            Job::SearchIndex => documents::index(self.sources).files(),
            Job::Records => self.records(),
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

    fn playbook(&self, mut view: view::PlaybookPage) -> Result<Files, Failure> {
        view.pdf = self.settings.pdf;
        self.page("playbook.html", view, Files::new())
    }

    fn front(&self) -> Result<Files, Failure> {
        let home = pages::home::build(self.sources, self.matrices, &self.settings.title);
        let matrices = pages::home::matrices(self.sources, self.matrices);
        let mut files = self.page("home.html", home, Files::new())?;
        files.extend(self.page("matrices.html", matrices, Files::new())?);
        if self.sources.is_older {
            return Ok(files);
        }
        let context = PageContext::new(self.sources, "search/");
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
        let mut not_found =
            meta::not_found(self.sources.strings, self.settings.base_url.as_deref());
        not_found.page.versions = self.versions.switch(self.version, &not_found.page);
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
        page.versions = self.versions.switch(self.version, page);
        if self.sources.is_older {
            page.noindex = true;
        } else {
            let base_url = self.settings.base_url.as_ref();
            page.canonical = base_url.map(|base| format!("{base}{folder}"));
        }
        let html = self.theme.render(template, &view)?;
        let beside = files
            .into_iter()
            .map(|(name, bytes)| (format!("{folder}{name}"), bytes));
        Ok(std::iter::once((format!("{folder}index.html"), html))
            .chain(beside)
            .collect())
    }

    fn records(&self) -> Files {
        let Sources {
            knowledge, routes, ..
        } = self.sources;
        let objects: Vec<ObjectIx> = knowledge.objects().map(|(ix, _)| ix).collect();
        let records: Vec<Vec<u8>> = objects
            .par_iter()
            .map(|&ix| twin::record(self.sources, ix))
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

/// What [`Job::Front`] makes.
const FRONT: [&str; 4] = [
    "index.html",
    "matrices/index.html",
    "search/index.html",
    "404.html",
];

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
