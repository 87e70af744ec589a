//! The front page: what is here, and the way in for each reader.

use crate::attack::matrix::Matrix;
use crate::attack::{Kind, Knowledge};
use crate::site::context::{PageContext, Sources};
use crate::site::pages::{index::index_page, matrix, words};
use crate::site::routes::slug;
use crate::site::view::{DomainView, HomePage, KindView, Link};

/// The kinds with an index of their own, in the order of the navigation: matrices have their own
/// list, and analytics are listed by their strategies.
pub fn listed_kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::Matrix | Kind::Analytic))
}

/// Those that the release has, with their counts.
pub fn kinds(knowledge: &Knowledge) -> Vec<KindView> {
    listed_kinds()
        .map(|kind| {
            let (_, many, about) = words(kind);
            let count = knowledge.live(kind).count();
            KindView {
                folder: kind.folder(),
                label: many.to_owned(),
                count,
                about,
            }
        })
        .filter(|view| view.count > 0)
        .collect()
}

/// The front page of the site.
pub fn build(sources: Sources, matrices: &[Matrix], site_title: &str) -> HomePage {
    let context = PageContext::new(sources, "");
    let mut page = index_page(&context, "", "home", site_title.to_owned());
    page.breadcrumbs.clear();
    let domains = matrices.iter().map(|m| domain(sources, m)).collect();
    HomePage {
        page,
        domains,
        kinds: kinds(sources.knowledge),
    }
}

/// The list of matrices.
pub fn matrices(sources: Sources, matrices: &[Matrix]) -> HomePage {
    let folder = "matrices/";
    let context = PageContext::new(sources, folder);
    let page = index_page(&context, folder, "matrix", "Matrices".to_owned());
    let domains = matrices.iter().map(|m| domain(sources, m)).collect();
    HomePage {
        page,
        domains,
        kinds: Vec::new(),
    }
}

fn domain(sources: Sources, matrix: &Matrix) -> DomainView {
    let knowledge = sources.knowledge;
    let folder = matrix::folder(sources, matrix);
    let members: std::collections::BTreeSet<_> = matrix
        .columns
        .iter()
        .flat_map(|c| &c.techniques)
        .map(|(ix, _)| *ix)
        .collect();
    let subs: std::collections::BTreeSet<_> = matrix
        .columns
        .iter()
        .flat_map(|c| &c.techniques)
        .flat_map(|(_, subs)| subs)
        .collect();
    DomainView {
        name: matrix::name(knowledge, matrix),
        href: format!("{folder}index.html"),
        tactics: matrix.columns.len(),
        techniques: members.len(),
        subtechniques: subs.len(),
        platforms: matrix::platforms(knowledge, matrix.domain)
            .into_iter()
            .map(|p| Link {
                href: Some(format!("{folder}{}/index.html", slug(&p))),
                label: p,
            })
            .collect(),
    }
}
