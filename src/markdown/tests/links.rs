//! Links and bare IDs.

use super::line;

#[test]
fn to_an_object() {
    assert_eq!(
        line(
            "[Link](https://attack.mitre.org/techniques/T1566/002#x) [n](https://attack.mitre.org/techniques/T9999)"
        ),
        "<a href=\"/T1566.002#x\">Link</a> \
         <a href=\"https://attack.mitre.org/techniques/T9999\" rel=\"noopener noreferrer external\">n</a>"
    );
}

#[test]
fn out_of_the_site() {
    assert_eq!(
        line("[a](https://host.test/?q=1&r='\u{A0})"),
        "<a href=\"https://host.test/?q=1&amp;r=%27\" rel=\"noopener noreferrer external\">a</a>"
    );
    assert_eq!(
        line("<https://host.test/a_b> https://host.test"),
        "<a href=\"https://host.test/a_b\" rel=\"noopener noreferrer external\">\
         https://host.test/a_b</a> https://host.test"
    );
}

#[test]
fn other_addresses_are_shown() {
    assert_eq!(line("[a](ftp://host.test/x) b"), "a (ftp://host.test/x) b");
    assert_eq!(line("[a](page.html)[b]()"), "a (page.html)b");
}

#[test]
fn scripts_are_not_even_shown() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt&#58;alert(1)",
        "java&#9;script:alert(1)",
        "\u{1}javascript:x",
        "data:text/html,x",
        "vbscript&colon;x",
    ] {
        assert_eq!(line(&format!("[a]({address}) b")), "a b", "{address}");
    }
}

#[test]
fn pictures_are_their_description() {
    assert_eq!(
        line("a ![b *c*](https://host.test/x.png) d"),
        "a b <em>c</em> d"
    );
}

#[test]
fn bare_ids() {
    assert_eq!(
        line("See T1566.002, (T1566). AN0110: TA0001 MOB-T1234’s"),
        "See <a href=\"/T1566.002\">T1566.002</a>, (<a href=\"/T1566\">T1566</a>). \
         <a href=\"/AN0110\">AN0110</a>: <a href=\"/TA0001\">TA0001</a> \
         <a href=\"/MOB-T1234\">MOB-T1234</a>’s"
    );
}

#[test]
fn what_only_looks_like_an_id() {
    for text in [
        "CVE-T1566 xT1566 T15660 T1566x T1566-a T1566_b",
        "a/T1566 T1566/a T1566.exe T1566.0021 T9999 UT1566",
        "https://host.test/?T1566,T1566 www.host.test:T1566",
        "S0002",
    ] {
        assert_eq!(line(text), text);
    }
    assert_eq!(
        line("`T1566` <code>T1566</code>"),
        "<code>T1566</code> <code>T1566</code>"
    );
    assert_eq!(
        line("[T1566](https://host.test)"),
        "<a href=\"https://host.test\" rel=\"noopener noreferrer external\">T1566</a>"
    );
}

#[test]
fn ids_are_found_across_marks() {
    assert_eq!(
        line("a & T1566\\!"),
        "a &amp; <a href=\"/T1566\">T1566</a>!"
    );
    assert_eq!(
        line("**T1566**"),
        "<strong><a href=\"/T1566\">T1566</a></strong>"
    );
}

#[test]
fn editors_notation() {
    let link = "<a href=\"/T1566\">T1566</a>";
    assert_eq!(line("{{LinkById|T1566}} x"), format!("{link} x"));
    assert_eq!(line("{{LinkById|T1566} x"), format!("{link} x"));
    assert_eq!(line("(LinkById\u{202F}: T1566) x"), format!("{link} x"));
    assert_eq!(line("{{LinkById|T9999}}"), "{{LinkById|T9999}}");
}
