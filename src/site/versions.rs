//! Several releases on one site: the newest at its root, older ones under `versions/`.

use std::collections::{BTreeSet, HashSet};

use crate::attack::Knowledge;
use crate::attack::matrix::Matrix;
use crate::coverage::Coverage;
use crate::detections::Detections;
use crate::detections::convert::Conversions;
use crate::diagnostics::{Diagnostics, Failure};
use crate::diff::History;
use crate::names::{safe_segment, slug};
use crate::repository::Repository;
use crate::site::context::Sources;
use crate::site::pages::{home, matrix, object};
use crate::site::routes::{BY_DOMAIN, domain_slug, root_of};
use crate::site::texts::Texts;
use crate::site::theme::Theme;
use crate::site::view::{Page, VersionLink};
use crate::site::{Content, Groundwork, Settings, Site};
use crate::tree::Shelf;

/// An older release: its objects and lists, but no playbooks, coverage or search.
pub struct Older<'k> {
    /// What it says.
    pub knowledge: &'k Knowledge<'k>,
    /// Its texts.
    pub texts: &'k Texts<'k>,
    /// What follows from both.
    pub groundwork: Groundwork,
}

impl Older<'_> {
    /// Renders it, in its folder; `version` tells which of the versions it is.
    pub fn put_on(
        &self,
        place: &mut impl Shelf,
        theme: &mut Theme,
        settings: &Settings,
        versions: &Versions,
        version: usize,
    ) -> Result<Diagnostics, Failure> {
        let content = Content {
            knowledge: self.knowledge,
            texts: self.texts,
            playbooks: &[],
            detections: &Detections::default(),
            conversions: Conversions::none(),
            coverage: &Coverage::default(),
            repository: &Repository::default(),
            updates: &[],
            history: History::none(),
            versions,
            version,
        };
        Site::new(content, &self.groundwork, theme, settings).put_older_on(place)
    }
}

/// All releases of a site, the newest first.
#[derive(Debug, Default)]
pub struct Versions(Vec<Version>);

#[derive(Debug)]
struct Version {
    label: String,
    folder: String,
    /// The folders of its pages, as seen from its own root.
    pages: HashSet<String>,
}

impl Versions {
    /// The newest release and those beside it.
    pub fn new(
        knowledge: &Knowledge,
        texts: &Texts,
        groundwork: &Groundwork,
        older: &[Older],
    ) -> Versions {
        let nothing = Detections::default();
        let version =
            |knowledge: &Knowledge, folder, sources: Sources, matrices: &[Matrix]| Version {
                label: knowledge.label.to_owned(),
                folder,
                pages: pages(sources, matrices),
            };
        let newest = groundwork.sources(knowledge, texts, &nothing);
        let newest = version(knowledge, String::new(), newest, &groundwork.matrices);
        let older = older.iter().map(|older| {
            let folder = format!("versions/v{}/", safe_segment(older.knowledge.label));
            let sources = older
                .groundwork
                .sources(older.knowledge, older.texts, &nothing);
            version(older.knowledge, folder, sources, &older.groundwork.matrices)
        });
        Versions(std::iter::once(newest).chain(older).collect())
    }

    /// Where a release lies on the site.
    pub(super) fn folder(&self, version: usize) -> &str {
        self.0.get(version).map_or("", |version| &version.folder)
    }

    /// The same page in each release, or else that release's front page. Where there is only one
    /// release there is nothing to switch.
    pub(super) fn switch(&self, own: usize, page: &Page) -> Vec<VersionLink> {
        if self.0.len() < 2 {
            return Vec::new();
        }
        let to_root = format!("{}{}", page.root, root_of(&self.0[own].folder));
        let all = self.0.iter().enumerate();
        all.map(|(number, version)| {
            let is_same = number == own || version.pages.contains(&page.folder);
            let folder = if is_same { &page.folder } else { "" };
            VersionLink {
                label: version.label.clone(),
                href: format!("{to_root}{}{folder}index.html", version.folder),
                is_same,
                is_own: number == own,
            }
        })
        .collect()
    }
}

/// The folders of the pages that a release has, old or new.
fn pages(sources: Sources, matrices: &[Matrix]) -> HashSet<String> {
    let knowledge = sources.knowledge;
    let objects = knowledge.objects().map(|(ix, _)| ix);
    let own_pages = objects.filter(|&ix| object::is_page(sources, ix));
    let mut pages: HashSet<String> = own_pages
        .map(|ix| sources.routes.folder(ix).to_owned())
        .collect();
    pages.extend(["", "matrices/", "withdrawn/"].map(str::to_owned));
    for matrix in matrices {
        let folder = matrix::folder(sources, matrix);
        let platforms = matrix::platforms(knowledge, matrix.domain).into_iter();
        pages.extend(platforms.map(|platform| format!("{folder}{}/", slug(&platform))));
        pages.insert(folder);
    }
    for kind in home::listed_kinds() {
        let domains: BTreeSet<usize> = knowledge
            .live(kind)
            .flat_map(|(_, o)| o.domains)
            .copied()
            .collect();
        if knowledge.live(kind).next().is_some() {
            pages.insert(format!("{}/", kind.folder()));
        }
        if BY_DOMAIN.contains(&kind) {
            let slugs = domains
                .into_iter()
                .map(|d| domain_slug(&knowledge.domains[d]));
            pages.extend(slugs.map(|slug| format!("{}/{slug}/", kind.folder())));
        }
    }
    pages
}
