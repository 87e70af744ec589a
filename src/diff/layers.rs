//! A comparison as ATT&CK Navigator layers: one for each domain, a colour for each category.

use crate::navigator::Layer;

use super::{Category, Diff, DomainDiff, Type, summary};

/// Files by name: `17.1-18.1-enterprise-layer.json`.
pub fn render(diff: &Diff) -> Vec<(String, Vec<u8>)> {
    let domains = diff.domains.iter();
    domains
        .map(|domain| {
            let short = domain.name.trim_end_matches("-attack");
            let short = crate::names::slug(short);
            let mut json = layer(diff, domain).to_json();
            json.push(b'\n');
            (format!("{}-{short}-layer.json", diff.slug()), json)
        })
        .collect()
}

const fn color(category: Category) -> &'static str {
    match category {
        Category::Additions => "#a1d99b",
        Category::Major => "#fec44f",
        Category::Minor => "#9ecae1",
        Category::Other => "#bcbddc",
        Category::Patches => "#d9d9d9",
        Category::Revocations => "#fc9272",
        Category::Deprecations => "#fcbba1",
        Category::Deletions => "#de77ae",
    }
}

fn layer<'d>(diff: &'d Diff, domain: &'d DomainDiff) -> Layer<'d> {
    let (from, to) = (&diff.from.name, &diff.to.name);
    let mut layer = Layer::new(
        format!("ATT&CK {from} to {to}"),
        format!("What changed in {} from {from} to {to}", domain.name),
        &domain.name,
        to.split_once('.').map(|(major, _)| major),
    );
    let entries = domain.entries.iter();
    for entry in entries.filter(|entry| entry.r#type == Type::Techniques) {
        if let Some(category) = entry.category {
            let comment = [category.title(), &summary(entry)].join(": ");
            let comment = comment.trim_end_matches(": ").to_owned();
            layer.technique(&entry.id, true, color(category), comment);
        }
    }
    for category in Category::ALL {
        layer.legend(category.title(), color(category));
    }
    layer
}
