//! A comparison as ATT&CK Navigator layers, format 4.5: one for each domain, a colour for each
//! category.

use serde_json::{Value, json};

use super::{Category, Diff, DomainDiff, Type, summary};

/// Files by name: `17.1-18.1-enterprise-layer.json`.
pub fn render(diff: &Diff) -> Vec<(String, Vec<u8>)> {
    let domains = diff.domains.iter();
    domains
        .map(|domain| {
            let short = domain.name.trim_end_matches("-attack");
            let short = crate::names::slug(short);
            let mut json = layer(diff, domain).to_string();
            json.push('\n');
            (
                format!("{}-{short}-layer.json", diff.slug()),
                json.into_bytes(),
            )
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

fn layer(diff: &Diff, domain: &DomainDiff) -> Value {
    let entries = domain.entries.iter();
    let techniques = entries.filter(|entry| entry.r#type == Type::Techniques);
    let techniques: Vec<Value> = techniques
        .filter_map(|entry| {
            let category = entry.category?;
            let comment = [category.title(), &summary(entry)].join(": ");
            Some(json!({
                "techniqueID": entry.id,
                "color": color(category),
                "comment": comment.trim_end_matches(": "),
                "enabled": true,
            }))
        })
        .collect();
    let legend = Category::ALL.map(|c| json!({"label": c.title(), "color": color(c)}));
    let (from, to) = (&diff.from.name, &diff.to.name);
    // Navigator opens a layer with the ATT&CK version that it names: the major number.
    let attack = to.split_once('.').map(|(major, _)| major);
    let mut versions = json!({"navigator": "5.1.0", "layer": "4.5"});
    if let Some(attack) = attack {
        versions["attack"] = json!(attack);
    }
    json!({
        "name": format!("ATT&CK {from} to {to}"),
        "description": format!("What changed in {} from {from} to {to}", domain.name),
        "domain": domain.name,
        "versions": versions,
        "techniques": techniques,
        "legendItems": legend,
        "sorting": 0,
        "layout": {
            "layout": "side",
            "showID": true,
            "showName": true,
            "expandedSubtechniques": "annotated",
        },
    })
}
