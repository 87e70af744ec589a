//! The other ways to write a text.

use super::{Doc, Event, Tag, cell, html, plain, read, summary};

#[test]
fn plain_text() {
    let text = "**A** `b`(Citation: Acme 2021) c (Citation: Acme 2021).\n\n* d\n* e\nf\n\n<code>g\nh</code>";
    assert_eq!(plain::plain(&read(text)), "A b c.\nd\ne f\ng\nh");
    assert_eq!(plain::first_paragraph_plain(&read(text)), "A b c.");
    assert_eq!(plain::plain(&Doc::default()), "");
}

#[test]
fn summaries_are_one_line_without_citations() {
    let link = "[x](https://attack.mitre.org/software/S0002)";
    assert_eq!(
        summary(&format!(
            "# Top\n\nA {link} (Citation: Acme 2021), b. (Citation: None)\n\nsecond"
        )),
        "A <a href=\"/S0002\">x</a>, b."
    );
    assert_eq!(summary("* one\n* two"), "one");
    assert_eq!(summary("<code>a\nb</code>"), "a\nb");
    assert_eq!(summary("a<br>b"), "a b");
}

#[test]
fn cells_have_no_paragraph_unless_there_are_more() {
    assert_eq!(cell("a *b*"), "a <em>b</em>");
    assert_eq!(cell("a\n\nb"), "<p>a</p>\n<p>b</p>\n");
    assert_eq!(cell("a\n* b"), html("a\n* b"));
}

#[test]
fn events_stay_small() {
    assert!(size_of::<Event>() <= 16);
    assert!(size_of::<Tag>() <= 12);
}
