//! Code.

use super::{html, line};

#[test]
fn is_verbatim() {
    assert_eq!(
        line(r"<code>C:\*_a_*\[x]\%TEMP%\</code> and *b*"),
        r"<code>C:\*_a_*\[x]\%TEMP%\</code> and <em>b</em>"
    );
    assert_eq!(
        line(r"`D:\dir\` **x**"),
        r"<code>D:\dir\</code> <strong>x</strong>"
    );
    assert_eq!(line("<code>“a\u{A0}b”</code>"), "<code>“a\u{A0}b”</code>");
}

#[test]
fn keeps_placeholders() {
    assert_eq!(
        line("<code>net view <host></code> `at <time>`"),
        "<code>net view &lt;host&gt;</code> <code>at &lt;time&gt;</code>"
    );
}

#[test]
fn reads_entities_once_between_tags() {
    assert_eq!(
        line("<code>&lt;a&gt;&#92;&#x3e;&amp;lt;&nope;&</code>"),
        "<code>&lt;a&gt;\\&gt;&amp;lt;&amp;nope;&amp;</code>"
    );
    assert_eq!(line("`&lt;`"), "<code>&amp;lt;</code>");
}

#[test]
fn unclosed_ends_with_the_paragraph() {
    assert_eq!(
        html("a <code>b *c*\n\nd"),
        "<p>a <code>b *c*</code></p>\n<p>d</p>\n"
    );
}

#[test]
fn forgotten_slash() {
    assert_eq!(
        line("<code>a<code> b <code>c</code> d <code>e<code>"),
        "<code>a</code> b <code>c</code> d <code>e</code>"
    );
    assert_eq!(line("<code><code>a</code>"), "<code>a</code>");
    assert_eq!(
        line("<code>a <code>b</code>"),
        "<code>a &lt;code&gt;b</code>"
    );
    assert_eq!(
        line("<code>a</code > <CODE>b</CODE>"),
        "<code>a</code> <code>b</code>"
    );
    assert_eq!(line("<code>a</code "), "<code>a</code>");
}

#[test]
fn misspelt_tags_are_text() {
    assert_eq!(line("<sode>a</code> b"), "&lt;sode&gt;a b");
}

#[test]
fn unpaired_backticks_are_text() {
    assert_eq!(line("such as `dir that"), "such as `dir that");
    assert_eq!(html("a `b\n\nc` d"), "<p>a `b</p>\n<p>c` d</p>\n");
}

#[test]
fn runs_of_backticks() {
    assert_eq!(line("``` a ` b ```"), "<code>a ` b</code>");
    assert_eq!(line("`` ` ``"), "<code>`</code>");
}

#[test]
fn several_lines_of_their_own_are_a_block() {
    assert_eq!(
        html("Query\n<code> index=main\n  | stats</code>\nafter"),
        "<p>Query</p>\n<pre><code>index=main\n  | stats</code></pre>\n<p>after</p>\n"
    );
    assert_eq!(
        html("- `a:\n  - b`"),
        "<ul>\n<li><pre><code>a:\n  - b</code></pre>\n</li>\n</ul>\n"
    );
}

#[test]
fn a_block_before_its_citation() {
    assert_eq!(
        html("<code>a\nb</code>(Citation: Acme 2021)"),
        "<pre><code>a\nb</code></pre>\n<p>[0]</p>\n"
    );
}

#[test]
fn wrapped_within_a_sentence_stays_there() {
    assert_eq!(line("run `a\nb` now"), "run <code>a b</code> now");
}

#[test]
fn a_tool_within_code_is_a_link() {
    assert_eq!(
        line("<code>[at](https://attack.mitre.org/software/S0002) /x</code>"),
        "<a href=\"/S0002\"><code>at</code></a><code> /x</code>"
    );
    assert_eq!(
        line("<code>[at](https://host.test/)</code>"),
        "<code>[at](https://host.test/)</code>"
    );
}
