//! Nothing panics, nothing takes long, nothing but known tags comes out.

use super::{html, read};
use crate::markdown::doc::Event;

#[test]
fn marks_in_the_text_mean_nothing() {
    assert_eq!(
        html("a,\u{FDD0}\u{FDE0},b `c`"),
        "<p>a,\u{FFFD}\u{FFFD},b <code>c</code></p>\n"
    );
    let twice = html("&#xFDD0;&#xFDD2; <b>x</b> ,&#xFDD0;&#xFDE0;,");
    assert!(!twice.contains("<b"), "{twice}");
}

#[test]
fn control_characters_do_not_come_through() {
    assert_eq!(
        html("a\0\u{1B}\t`\u{7F}`"),
        "<p>a\u{FFFD}\u{FFFD}\t<code>\u{FFFD}</code></p>\n"
    );
}

#[test]
fn depth_is_bounded() {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for text in [
        ">".repeat(500) + "a",
        "- ".repeat(500) + "a",
        "*a **b ".repeat(99) + &"c** d*".repeat(99),
    ] {
        for event in read(&text).events() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        assert_eq!(depth, 0);
        assert!(deepest <= 33, "{deepest}");
    }
    assert!(
        html(&(">".repeat(500) + "a")).contains("&gt;&gt;a"),
        "the rest is text"
    );
}

#[test]
fn long_texts_of_trouble() {
    for trouble in [
        "(Citation: ",
        "(Citation: (",
        "<code>",
        "<code>x",
        "[",
        "[a](",
        ">",
        "> a\n",
        "`",
        "``` ` `` ",
        "*",
        "*a_ ",
        "<",
        "<b></i>",
        "<u>*a ",
        "\\",
        "- ",
        "1. ",
        "{{LinkById|",
        "T1566,",
        "\u{A0}",
    ] {
        let text = trouble.repeat(100_000 / trouble.len());
        read(&text);
    }
    read(&(">".repeat(3000) + &"a\n".repeat(30_000)));
}

/// Pieces of trouble in every order that a simple generator comes upon.
#[test]
fn no_mixture_panics_or_unbalances() {
    const PIECES: [&str; 40] = [
        "(Citation: ",
        "Acme 2021",
        ")",
        "(",
        "<code>",
        "</code>",
        "`",
        "``",
        "<b>",
        "</b>",
        "<u>",
        "</u>",
        "<br>",
        "<h4>",
        "</h4>",
        "*",
        "**",
        "_",
        "[",
        "](",
        "](https://host.test)",
        "!",
        "\n",
        "\n\n",
        "\n- ",
        "\n    ",
        "> ",
        "\\",
        "<",
        "&lt;",
        "T1566",
        ".002",
        "{{LinkById|",
        "}}",
        "é",
        "\u{A0}",
        "\u{FDD0}",
        "a",
        " ",
        "1) ",
    ];
    let mut state = 7_u64;
    let mut open = Vec::new();
    for _ in 0..4_000 {
        let mut text = String::new();
        for _ in 0..16 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let pick = usize::try_from(state >> 40).unwrap_or(0) % PIECES.len();
            text.push_str(PIECES[pick]);
        }
        for event in read(&text).events() {
            match event {
                Event::Start(tag) => open.push(*tag),
                Event::End(tag) => assert_eq!(open.pop(), Some(*tag), "{text:?}"),
                _ => {}
            }
        }
        assert!(open.is_empty(), "{text:?}");
        let out = html(&text);
        assert!(!out.contains(crate::markdown::scan::is_mark), "{text:?}");
    }
}
