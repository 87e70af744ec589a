//! Paper: what is printed, read back.

use crate::harness::Project;
use crate::stix::Bundle;

fn bundle() -> Bundle {
    Bundle::new("enterprise-attack")
        .release("99.1")
        .technique("T9001", "Knock")
        .technique("T9002", "Enter")
        .mitigation("M9001", "Lock")
        .relation("mitigates", "M9001", "T9001")
        .text("Lock the door of the shed.")
}

fn project(body: &str) -> Project {
    let project = Project::of(&[&bundle()]);
    let front = "---\ntechnique: T9001\ntitle: Knock knock\nstatus: approved\ntlp: AMBER\n---\n";
    project.write(
        "content/playbooks/knock.md",
        format!("{front}{body}").as_bytes(),
    );
    project
}

#[cfg(not(feature = "pdf"))]
#[test]
fn without_the_feature_one_line_says_how_to_get_it() {
    let run = project("## Evidence\n\nx\n").on_data("print", &["T9001", "-o", "out.pdf"]);
    let run = run.exits(2);
    assert!(run.stderr.contains("--features pdf"), "{}", run.stderr);
}

#[cfg(feature = "pdf")]
mod with_pdf {
    use super::project;
    use crate::harness::Project;
    use crate::pdf::{Pdf, squeezed};
    use crate::stix::Bundle;

    /// Prints, and gives back what was said.
    #[track_caller]
    fn print(project: &Project, arguments: &[&str]) -> String {
        let arguments = [arguments, &["-o", "out.pdf"]].concat();
        project.on_data("print", &arguments).exits(0).stderr
    }

    fn read(project: &Project) -> Option<Pdf> {
        Pdf::open(&project.path("out.pdf"))
    }

    /// Asserts that a text has these parts in this order, whatever is between them.
    #[track_caller]
    fn in_order(text: &str, parts: &[&str]) {
        let mut rest = text;
        for part in parts {
            let Some((_, after)) = rest.split_once(&squeezed(part)) else {
                panic!("`{part}` is not where it belongs in: {text}");
            };
            rest = after;
        }
    }

    const AUTHORED: &str = "## Executive Summary

Somebody knocks. See T9002 and [the shed](#containment), or <https://example.org/a?b=c>.

## Triage Questions

1. Who is there?

## Windows Events

| Event ID | Log | What |
|---|---|---|
| 4624, 4625 | Security (door) | Somebody came in |

## Investigation Workflow

- [ ] Ask.
- [x] Look.

## Containment

| Step | Approver |
|---|---|
| Close the door | Kim |

## Mitigation

<!-- attack: mitigations -->
";

    #[test]
    fn an_authored_playbook_reads_in_the_order_of_its_sections() {
        let project = project(AUTHORED);
        let said = print(&project, &["T9001"]);
        assert!(!said.contains("warning[print]"), "{said}");
        let Some(pdf) = read(&project) else {
            return;
        };
        pdf.is_sound("TLP:AMBER", true);
        in_order(
            &pdf.text(),
            &[
                "Knock knock",
                "Not written yet: Why Attackers Use It, Attack Flow",
                "Executive Summary",
                "Somebody knocks.",
                "Who is there?",
                "4624, 4625",
                "Done by",
                "Look.",
                "Close the door",
                "Lock the door of the shed.",
                "https://example.org/a?b=c",
                "Decision log",
                "Sign-off",
            ],
        );
        let sections = [
            "Executive Summary",
            "Triage Questions",
            "Windows Events",
            "Investigation Workflow",
            "Containment",
            "Mitigation",
            "References",
            "Records",
        ];
        assert_eq!(pdf.outline(0), ["Knock knock"]);
        assert_eq!(pdf.outline(1), sections);
        assert!(pdf.links().contains("https://example.org/a?b=c"));
        let info = pdf.info();
        assert!(
            info.contains("Title:           T9001 Knock knock"),
            "{info}"
        );
    }

    #[test]
    fn a_technique_without_a_playbook_prints_what_the_data_knows() {
        let project = project(AUTHORED);
        // Nothing says a word on this one: it is as sparse as can be.
        print(&project, &["T9002"]);
        if let Some(pdf) = read(&project) {
            pdf.is_sound("TLP:CLEAR", true);
            let parts = [
                "Nobody has written a playbook for this technique yet",
                "Not written yet: Executive Summary",
                "Records",
            ];
            in_order(&pdf.text(), &parts);
        }
    }

    fn hostile() -> String {
        let token = "x".repeat(400);
        let rows: Vec<String> = (0..2000).map(|i| format!("| row{i} | {i} |")).collect();
        let rows = rows.join("\n");
        let deep: Vec<String> = (0..12)
            .map(|i| format!("{}- depth{i}", "  ".repeat(i)))
            .collect();
        let deep = deep.join("\n");
        format!(
            "## Executive Summary

#import \"/etc/passwd\": x $a_b$ @label `#read(\"x\")` C:\\temp\\new <script> \"quoted\" *[x]*

{token}

[run](javascript:alert(1)) and [out](https://example.org/a?b=c) and שלום עולם.

## Attack Flow

{deep}

###### Deep heading

## Own Heading

```
{token} #panic()
```

## Own Heading

| Thing | {token} |
|---|---|
{rows}
"
        )
    }

    #[test]
    fn whatever_a_playbook_says_is_printed_as_itself_and_stays_on_the_sheet() {
        let project = project(&hostile());
        let said = print(&project, &["T9001"]);
        assert!(!said.contains("warning[print]"), "{said}");
        let first = std::fs::read(project.path("out.pdf")).unwrap();
        print(&project, &["T9001"]);
        let second = std::fs::read(project.path("out.pdf")).unwrap();
        assert!(first == second, "two runs, two prints");
        let Some(pdf) = read(&project) else {
            return;
        };
        pdf.is_sound("TLP:AMBER", true);
        let text = pdf.text();
        in_order(
            &text,
            &[
                "#import\"/etc/passwd\": x $a_b$ @label #read(\"x\") C:\\temp\\new <script> \"quoted\"",
                "depth11",
                "Deep heading",
                "#panic()",
                "row1999",
            ],
        );
        assert!(text.matches('x').count() > 1200, "the tokens are whole");
        let with_rows = pdf.pages.iter().filter(|page| page.contains("row"));
        assert!(with_rows.clone().count() > 20);
        assert!(with_rows.clone().all(|page| page.contains("Thing")));
        let links = pdf.links();
        assert!(!links.iter().any(|link| link.contains("javascript")));
    }

    #[test]
    fn letters_are_printed_or_named_as_missing() {
        let words = ["Привет", "漢字", "שלום", "\u{10600}"];
        let project = project(&format!("## Executive Summary\n\n{}\n", words.join(" ")));
        let said = print(&project, &["T9001"]);
        assert!(said.contains("warning[missing-glyph]"), "{said}");
        assert!(said.contains("U+10600"), "{said}");
        let Some(pdf) = read(&project) else {
            return;
        };
        let text = pdf.text();
        for word in words {
            // Readers differ in which way they turn what is written from right to left.
            let turned: String = word.chars().rev().collect();
            let is_named = word
                .chars()
                .all(|c| said.contains(&format!("U+{:04X}", u32::from(c))));
            let is_there = text.contains(word) || text.contains(&turned);
            assert!(is_named || is_there, "{word}: {said}");
        }
    }

    #[test]
    fn a_card_is_one_page_whatever_it_holds() {
        let words = "word ".repeat(60);
        let steps: Vec<String> = (0..80).map(|i| format!("- [ ] step {i} {words}")).collect();
        let steps = steps.join("\n");
        let project = project(&format!("## Investigation Workflow\n\n{steps}"));
        for (paper, wide) in [("a4", false), ("letter", false), ("a3", true)] {
            print(&project, &["T9001", "--card", "--paper", paper]);
            let Some(pdf) = read(&project) else {
                return;
            };
            pdf.is_sound("TLP:AMBER", true);
            assert_eq!(pdf.pages.len(), 1, "{paper}");
            let page = &pdf.pages[0];
            assert!(page.contains("playbooks/knock/"), "{page}");
            assert!(page.contains("more in the playbook"), "{page}");
            let words = pdf.words();
            assert_eq!(words[0].sheet.0 > words[0].sheet.1, wide, "{paper}");
        }
    }

    #[test]
    fn a_binder_knows_its_pages_and_what_is_missing() {
        let project = project(AUTHORED);
        print(&project, &["T9001", "T9002"]);
        let Some(pdf) = read(&project) else {
            return;
        };
        pdf.is_sound("TLP:AMBER", true);
        let page_of = |text: &str| {
            let found = pdf.pages.iter().rposition(|page| page.contains(text));
            found.unwrap_or_else(|| panic!("no `{text}`")) + 1
        };
        let starts = page_of("Nobody has written a playbook for this technique yet");
        let see = format!("T9002 (p. {starts})");
        assert!(pdf.pages.concat().contains(&see), "no `{see}`");
        let index = &pdf.pages[page_of("Index") - 1];
        let events = page_of("Somebody came in");
        for event in ["4624", "4625"] {
            let entry = squeezed(&format!("{event} Security {events}"));
            assert!(squeezed(index).contains(&entry), "no `{entry}`: {index}");
        }
        let last = pdf.pages.last().unwrap();
        assert!(
            last.contains("What is missing") && last.contains("T9002"),
            "{last}"
        );
    }

    #[test]
    fn a_binder_on_a_group_begins_with_the_group_and_one_on_a_tactic_is_all_in_its_tab() {
        let bundle = Bundle::new("enterprise-attack")
            .tactic("TA9001", "Arrive", "arrive")
            .tactic("TA9002", "Stay", "stay")
            .matrix("Shed")
            .technique("T9001", "Knock")
            .phase("arrive")
            .phase("stay")
            .technique("T9002", "Enter")
            .phase("stay")
            .group("G9001", "Burglars")
            .uses("G9001", "T9001")
            .uses("G9001", "T9002");
        let project = Project::of(&[&bundle]);
        let front = "---\ntechnique: G9001\ntitle: The burglars\nstatus: draft\n---\n";
        let text = format!("{front}## Executive Summary\n\nThey come at night.\n");
        project.write("content/playbooks/burglars.md", text.as_bytes());
        let said = print(&project, &["g9001"]);
        assert!(said.contains("G9001 The burglars"), "{said}");
        print(&project, &["--group", "G9001"]);
        let Some(pdf) = read(&project) else {
            return;
        };
        let parts = [
            "Groups, campaigns and software",
            "The burglars",
            "Arrive",
            "Knock",
            "Stay",
            "Enter",
        ];
        assert_eq!(pdf.outline(0)[2..8], parts);
        print(&project, &["--tactic", "TA9002"]);
        let Some(pdf) = read(&project) else {
            return;
        };
        assert_eq!(pdf.outline(0)[2..5], ["Stay", "Knock", "Enter"]);
    }

    #[test]
    fn a_poster_is_one_sheet_with_every_technique() {
        let bundle = Bundle::new("enterprise-attack")
            .release("99.1")
            .tactic("TA9001", "Arrive", "arrive")
            .matrix("Shed")
            .technique("T9001", "Knock")
            .phase("arrive")
            .technique("T9002", "Enter")
            .phase("arrive");
        let project = Project::of(&[&bundle]);
        for size in ["a3", "a0"] {
            print(&project, &["--poster", "enterprise", "--paper", size]);
            if let Some(pdf) = read(&project) {
                pdf.is_sound("TLP:AMBER", false);
                assert_eq!(pdf.pages.len(), 1);
                in_order(&pdf.text(), &["Shed", "Arrive", "Enter", "Knock"]);
            }
        }
    }

    #[test]
    fn a_theme_of_ones_own_sets_what_stands_on_every_page() {
        let project = project(AUTHORED);
        let own = "#let logo = none\n#let organisation = \"Example Corp\"\n\
            #let marking = \"Keep in the shed\"\n#let sign-off = (\"Janitor\",)\n\
            #let decision-rows = 3\n#let evidence-rows = 3\n";
        project.write("themes/own/print/own.typ", own.as_bytes());
        print(&project, &["T9001", "--theme", "own"]);
        if let Some(pdf) = read(&project) {
            for page in &pdf.pages {
                assert!(page.contains("Example Corp"), "{page}");
                assert!(page.contains("Keep in the shed"), "{page}");
            }
            in_order(&pdf.text(), &["Sign-off", "Janitor"]);
        }
    }
}
