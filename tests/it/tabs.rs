//! One query in several languages, in playbooks.

use crate::harness::{Project, Site};
use crate::html;
use crate::stix::Bundle;

fn site(body: &str) -> Site {
    let bundle = Bundle::new("enterprise-attack").technique("T9001", "Knock");
    let project = Project::of(&[&bundle]);
    let playbook = format!("---\ntechnique: T9001\ntitle: Knock\nstatus: draft\n---\n{body}");
    project.write("content/playbooks/knock.md", playbook.as_bytes());
    let site = project.build();
    site.assert_safe();
    site
}

/// The languages of each group of tabs.
fn groups(site: &Site) -> Vec<Vec<String>> {
    let page = site.page("playbooks/knock");
    let mut groups: Vec<Vec<String>> = Vec::new();
    for tag in html::tags(html::main(&page)) {
        if tag.get("class") == Some("tabs") {
            groups.push(Vec::new());
        }
        if let (Some(label), Some(group)) = (tag.get("data-label"), groups.last_mut()) {
            group.push(label.to_owned());
        }
    }
    groups
}

#[test]
fn code_blocks_side_by_side_in_different_languages_are_tabs() {
    let site = site(
        "## Evidence\n\nLook:\n\n```spl\nindex=x\n```\n```kql\nT | where a < 1\n```\n\nThen:\n\n```bash\nls\n```\n",
    );
    assert_eq!(groups(&site), [["Splunk", "KQL"]]);
    // Without a script they stand one below the other, each under its name.
    let words = site.words("playbooks/knock");
    assert!(
        words.contains("Look: Splunk index=x KQL T | where a < 1 Then: ls"),
        "{words}"
    );
}

#[test]
fn sections_side_by_side_in_different_languages_are_tabs_with_their_headings() {
    let site = site(
        "## Splunk Queries\n\n```spl\na\n```\n\nTune it.\n\n## KQL Queries\n\n```kusto\nb\n```\n\n## Evidence\n\nx\n",
    );
    assert_eq!(groups(&site), [["Splunk", "KQL"]]);
    let page = site.page("playbooks/knock");
    assert!(page.contains("<h2 id=\"kql-queries\">"));
    let evidence = page
        .find("<h2 id=\"evidence\">")
        .expect("the section after them");
    assert_eq!(
        page[..evidence].matches("<section class=\"tab\"").count(),
        2
    );
    assert_eq!(page[..evidence].matches("</section>").count(), 2);
}

#[test]
fn one_language_alone_is_no_tab() {
    let alone = site("## Splunk Queries\n\n```spl\na\n```\n\n```spl\nb\n```\n");
    assert!(groups(&alone).is_empty());
}
