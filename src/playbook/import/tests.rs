use super::*;

const PAGE: &str = "\
Knock (T9001) is a way in.
Executive Summary
Somebody knocks at door_2 with a * and {{ hope }}. See T9001.
They may come back.
PREREQUISITES:
• A door
• A hand
Windows Events
| Event ID | Log | What |
|---|
| Environment-specific | Some | Look. |
Commands
| a | b |
| c |
Investigation Workflow
1. Look.
2) Ask.
Related Techniques
- T9002
";

fn run(text: &str) -> (String, Vec<(&'static str, Option<u32>)>) {
    let name = |id: &str| (id == "T9001").then(|| "Knock".to_owned());
    let (markdown, found) = import(text, "f.txt", &name);
    let found = found.iter();
    let found = found.map(|d| (d.code, d.place.as_ref().and_then(|p| p.line)));
    (markdown, found.collect())
}

#[test]
fn a_plain_page_becomes_a_playbook() {
    insta::assert_snapshot!(run(PAGE).0);
}

#[test]
fn what_was_not_placed_or_says_nothing_is_told_with_its_line() {
    let mut found = run(PAGE).1;
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("filler", Some(11)),
            ("malformed-table", Some(13)),
            ("table-repaired", Some(9)),
            ("unplaced", Some(1)),
        ]
    );
}

#[test]
fn no_word_is_lost_whatever_the_text() {
    let pieces = [
        "Executive Summary",
        "\n",
        "|",
        "---",
        "- ",
        "1. ",
        "`",
        "\\",
        "{{ x }}",
        "<!-- ",
        "T9001",
        "ümlaut",
        "## Own",
        "\r\n",
        "\t",
        "•",
        "&amp;",
        "|a|b|\n|-|\n|c|d|",
        "[x](y)",
        "*",
        "\u{0}",
        ":",
    ];
    let mut state: u32 = 7;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for _ in 0..2000 {
        let text: String = (0..next(40)).map(|_| pieces[next(pieces.len())]).collect();
        let (markdown, _) = run(&text);
        let words = |text: &str| -> std::collections::BTreeSet<String> {
            let words = text.split(|c: char| !c.is_alphanumeric());
            words.map(str::to_lowercase).collect()
        };
        let lost: Vec<String> = words(&text)
            .difference(&words(&markdown))
            .cloned()
            .collect();
        assert!(lost.is_empty(), "{lost:?} of {text:?} in {markdown}");
        let mut found = Diagnostics::default();
        let none = std::collections::BTreeMap::new();
        let playbook = crate::playbook::parse("p".into(), "p.md", &markdown, &none, &mut found);
        assert!(
            playbook.is_some() && found.is_empty(),
            "{found:?} in {markdown}"
        );
    }
}
