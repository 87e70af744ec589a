//! Citations, right and wrong.

use super::{line, read};

#[test]
fn known_source() {
    assert_eq!(line("Fact.(Citation: Acme 2021)"), "Fact.[0]");
}

#[test]
fn name_with_parentheses() {
    assert_eq!(line("A (Citation: Alert (AB17-163A)) b"), "A [1] b");
}

#[test]
fn blanks_around_the_name() {
    assert_eq!(
        line("(Citation: Blog March 2020 )(Citation:Blog March 2020)"),
        "[2][2]"
    );
}

#[test]
fn name_with_semicolon() {
    assert_eq!(line("x (Citation: Two; Three)"), "x [3]");
}

#[test]
fn other_spellings() {
    assert_eq!(line("a(Citation :Acme 2021)b"), "a[0]b");
    assert_eq!(line("a(citation: Acme 2021)b"), "a[0]b");
    assert_eq!(line("a(Citation: (Citation: Acme 2021)b"), "a[0]b");
    assert_eq!(line("a(Citation: (Citation: Acme 2021))b"), "a[0]b");
}

#[test]
fn unclosed() {
    assert_eq!(line("a (Citation: Acme 2021"), "a [0]");
    assert_eq!(line("a (Citation: Acme 2021.\nb"), "a [0].\nb");
    assert_eq!(
        line("a (Citation: Acme 2021 (Citation: Acme 2021)"),
        "a [0] [0]"
    );
}

#[test]
fn unknown_source_stays() {
    let text = "a (Citation: No & (one) ) *b*";
    assert_eq!(line(text), "a (Citation: No &amp; (one) ) <em>b</em>");
    let unknown: Vec<_> = read(text).unknown_citations().map(str::to_owned).collect();
    assert_eq!(unknown, ["No & (one)"]);
}

#[test]
fn emphasis_may_end_before_a_citation() {
    assert_eq!(
        line("**Note:**(Citation: Acme 2021)"),
        "<strong>Note:</strong>[0]"
    );
}

#[test]
fn brackets_before_a_citation_are_no_link() {
    assert_eq!(line("[sic](Citation: Acme 2021)"), "[sic][0]");
}

#[test]
fn within_a_link_it_comes_after() {
    assert_eq!(
        line("[a (Citation: Acme 2021)](https://attack.mitre.org/techniques/T1566) b"),
        "<a href=\"/T1566\">a </a>[0] b"
    );
}

#[test]
fn within_code_it_comes_after() {
    assert_eq!(
        line("<code>dir (Citation: Acme 2021)</code>"),
        "<code>dir</code>[0]"
    );
    assert_eq!(line("`dir(Citation: Acme 2021)`."), "<code>dir</code>[0].");
    assert_eq!(line("`(Citation: None)`"), "<code>(Citation: None)</code>");
}

#[test]
fn every_citation_is_counted() {
    let doc = read("(Citation: Acme 2021)(Citation: Alert (AB17-163A))(Citation: Acme 2021)");
    assert_eq!(
        doc.citations().map(|source| source.0).collect::<Vec<_>>(),
        [0, 1, 0]
    );
}
