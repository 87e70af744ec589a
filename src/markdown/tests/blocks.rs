//! Paragraphs, lists, headings.

use super::html;

#[test]
fn plain_paragraph() {
    assert_eq!(html("Just words."), "<p>Just words.</p>\n");
    assert_eq!(html(""), "");
    assert_eq!(html(" \n\u{A0}\n"), "");
}

#[test]
fn single_line_ends_do_not_join_words() {
    assert_eq!(
        html("one\ntwo\r\nthree\rfour"),
        "<p>one\ntwo\nthree\nfour</p>\n"
    );
}

#[test]
fn line_of_no_break_spaces_parts_paragraphs() {
    assert_eq!(html("one\n\u{A0}\ntwo"), "<p>one</p>\n<p>two</p>\n");
}

#[test]
fn indented_line_is_no_code() {
    assert_eq!(
        html("one\n\n      *two*"),
        "<p>one</p>\n<p><em>two</em></p>\n"
    );
    assert_eq!(html("\t\tone"), "<p>one</p>\n");
}

#[test]
fn bullets_directly_after_text() {
    assert_eq!(
        html("Such as:\n* one\n* two"),
        "<p>Such as:</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    );
}

#[test]
fn nested_bullets() {
    assert_eq!(
        html("- one\n    - two\n        - three\n- four"),
        "<ul>\n<li>one<ul>\n<li>two<ul>\n<li>three</li>\n</ul>\n</li>\n</ul>\n</li>\n\
         <li>four</li>\n</ul>\n"
    );
}

#[test]
fn indented_text_in_a_list_is_no_code() {
    assert_eq!(
        html("- one\n\n          two"),
        "<ul>\n<li><p>one</p>\n<p>two</p>\n</li>\n</ul>\n"
    );
}

#[test]
fn ordered_list_keeps_its_start() {
    assert_eq!(
        html("3. c\n4. d"),
        "<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>\n"
    );
}

#[test]
fn number_with_parenthesis_is_text() {
    assert_eq!(html("1) one; 2) two"), "<p>1) one; 2) two</p>\n");
}

#[test]
fn headings_start_below_those_of_the_page() {
    assert_eq!(
        html("## Top\ntext\n### Sub"),
        "<h4>Top</h4>\n<p>text</p>\n<h5>Sub</h5>\n"
    );
    assert_eq!(
        html("before <h4>Top</h4> after"),
        "<p>before</p>\n<h4>Top</h4>\n<p>after</p>\n"
    );
}

#[test]
fn definition_of_a_link_does_not_vanish() {
    assert_eq!(html("[note]: kept"), "<p>[note]: kept</p>\n");
}

#[test]
fn fences_do_not_exist() {
    assert_eq!(html("~~~\nx"), "<p>~~~\nx</p>\n");
    assert_eq!(html("```\nx"), "<p>```\nx</p>\n");
}

#[test]
fn template_braces_are_text() {
    assert_eq!(html("{{ name }} {% x %}"), "<p>{{ name }} {% x %}</p>\n");
}
