//! Tags, backslashes, blanks, emphasis.

use super::line;

#[test]
fn tags_that_count() {
    assert_eq!(
        line("a<br>b<BR/>c <b>d</b> <strong>e</strong> <i>f</i> <em>g</em> <u>h</u>"),
        "a<br>b<br>c <strong>d</strong> <strong>e</strong> <em>f</em> <em>g</em> <u>h</u>"
    );
    assert_eq!(line("<span class=\"x\">a</span>"), "a");
}

#[test]
fn other_tags_are_text() {
    assert_eq!(
        line("<script>alert(1)</script> <host> < > <b onclick=x>"),
        "&lt;script&gt;alert(1)&lt;/script&gt; &lt;host&gt; &lt; &gt; &lt;b onclick=x&gt;"
    );
    assert_eq!(
        line("<!-- a --> <?b?> <![CDATA[c]]>"),
        "&lt;!-- a --&gt; &lt;?b?&gt; &lt;![CDATA[c]]&gt;"
    );
}

#[test]
fn crossing_tags_are_put_right() {
    assert_eq!(line("<b>a <u>b</b> c</u>"), "<strong>a <u>b</u></strong> c");
    assert_eq!(line("**a <u>b** c</u>"), "<strong>a <u>b</u></strong> c");
    assert_eq!(line("<u>a **b</u> c**"), "<u>a <strong>b</strong></u> c");
    assert_eq!(line("a</b> <i>b"), "a <em>b</em>");
}

#[test]
fn only_some_backslashes_escape() {
    assert_eq!(line(r"\*a\* \_b\_ \`c\` \[d\]"), "*a* _b_ `c` [d]");
    assert_eq!(line(r"a \' \$ \% \<b\\"), r"a \&#39; \$ \% \&lt;b\");
    assert_eq!(line("a\\\nb"), "a\\\nb");
}

#[test]
fn windows_paths() {
    assert_eq!(
        line(r"C:\Windows\System32 or C:\\Temp"),
        r"C:\Windows\System32 or C:\Temp"
    );
    assert_eq!(
        line(r"%HOME%\.ssh and D:\. E:\a\(b)\*"),
        r"%HOME%\.ssh and D:\. E:\a\(b)\*"
    );
    assert_eq!(
        line(r"\\server\share, \\\\server\\share"),
        r"\\server\share, \\server\share"
    );
    assert_eq!(line(r"C:\%TEMP%\~x"), r"C:\%TEMP%\~x");
}

#[test]
fn no_break_space_is_a_space() {
    assert_eq!(line("a\u{A0}b"), "a b");
}

#[test]
fn tildes_are_text() {
    assert_eq!(line("~/.profile ~~ ~/.rc"), "~/.profile ~~ ~/.rc");
}

#[test]
fn stars_in_patterns_are_text() {
    assert_eq!(line("(*.doc, *.xls) or * nix"), "(*.doc, *.xls) or * nix");
}

#[test]
fn entities_are_read() {
    assert_eq!(line("a &amp; b &lt;c> &x"), "a &amp; b &lt;c&gt; &amp;x");
}

#[test]
fn typographic_quotes_stay() {
    assert_eq!(line("“a” ‘b’"), "“a” ‘b’");
}
