//! Paper. PDFs are read back with poppler's `pdftotext` and `pdfinfo`; where these are not
//! installed, only their making is tested.

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
    use std::process::Command;

    use super::project;
    use crate::harness::Project;

    /// What a tool of poppler says of a PDF.
    fn read(project: &Project, tool: &str, options: &[&str]) -> Option<String> {
        let mut command = Command::new(tool);
        command.args(options).arg(project.path("out.pdf"));
        if tool == "pdftotext" {
            command.arg("-");
        }
        let output = command.output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn print(project: &Project, arguments: &[&str]) -> String {
        let arguments = [arguments, &["-o", "out.pdf"]].concat();
        project.on_data("print", &arguments).exits(0).stderr
    }

    /// The text of each page.
    fn pages(project: &Project) -> Option<Vec<String>> {
        let text = read(project, "pdftotext", &["-layout"])?;
        let pages = text.trim_end_matches('\u{c}').split('\u{c}');
        Some(pages.map(str::to_owned).collect())
    }

    fn squeezed(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    const HOSTILE: &str = "## Executive Summary

#import \"/etc/passwd\": x $a_b$ @label `#read(\"x\")` C:\\temp\\new <script> \"quoted\" *[x]*

aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaz

[run](javascript:alert(1)) and [out](https://example.org/a?b=c) and שלום עולם.

## Investigation Workflow

- [ ] Ask.
- [x] Look.
  - a
    - b
      - c
        - d
          - e
            - f
              - g
                - h

###### Deep heading

## Own Heading

## Own Heading

| Step | Approver |
|---|---|
| Close the door | Kim |
";

    #[test]
    fn every_page_has_label_and_number_and_text_prints_as_itself() {
        let project = project(HOSTILE);
        let said = print(&project, &["T9001"]);
        assert!(!said.contains("warning[print]"), "{said}");
        let Some(pages) = pages(&project) else {
            return;
        };
        for (i, page) in pages.iter().enumerate() {
            assert_eq!(
                page.matches("TLP:AMBER").count(),
                2,
                "page {}: {page}",
                i + 1
            );
            assert!(page.contains(&format!("page {} of {}", i + 1, pages.len())));
        }
        let text = squeezed(&pages.concat());
        for said in [
            "#import\"/etc/passwd\":x$a_b$@label#read(\"x\")C:\\temp\\new<script>\"quoted\"",
            "aaaz",
            "https://example.org/a?b=c",
            "Closethedoor",
            "Doneby",
            "Deepheading",
        ] {
            assert!(text.contains(said), "`{said}` in: {text}");
        }
        let info = read(&project, "pdfinfo", &[]).unwrap_or_default();
        assert!(info.contains("Tagged:          yes"), "{info}");
        assert!(
            info.contains("Title:           T9001 Knock knock"),
            "{info}"
        );
        let links = read(&project, "pdfinfo", &["-url"]).unwrap_or_default();
        assert!(!links.contains("javascript"), "{links}");
    }

    #[test]
    fn two_runs_give_the_same_bytes() {
        let project = project(HOSTILE);
        print(&project, &["T9001"]);
        let first = std::fs::read(project.path("out.pdf")).unwrap();
        print(&project, &["T9001"]);
        assert_eq!(first, std::fs::read(project.path("out.pdf")).unwrap());
    }

    #[test]
    fn a_long_table_repeats_its_head_on_every_page() {
        let rows: Vec<String> = (0..400).map(|i| format!("| row{i} | x |")).collect();
        let rows = rows.join("\n");
        let project = project(&format!(
            "## Evidence\n\n| Thing | Where |\n|---|---|\n{rows}"
        ));
        print(&project, &["T9001"]);
        let Some(pages) = pages(&project) else {
            return;
        };
        let with_rows = pages.iter().filter(|page| page.contains("row"));
        assert!(with_rows.clone().count() > 5);
        assert!(with_rows.clone().all(|page| page.contains("Thing")));
        assert!(pages.concat().contains("row399"));
    }

    #[test]
    fn a_card_is_one_page_whatever_it_holds() {
        let words = "word ".repeat(60);
        let steps: Vec<String> = (0..80).map(|i| format!("- [ ] step {i} {words}")).collect();
        let steps = steps.join("\n");
        let project = project(&format!("## Investigation Workflow\n\n{steps}"));
        print(&project, &["T9001", "--card"]);
        if let Some(pages) = pages(&project) {
            assert_eq!(pages.len(), 1);
            assert!(pages[0].contains("playbooks/knock/"), "{}", pages[0]);
            assert!(pages[0].contains("more in the playbook"));
        }
    }

    #[test]
    fn a_binder_knows_its_pages_and_what_is_missing() {
        let project = project("## Executive Summary\n\nSee T9002.\n");
        print(&project, &["T9001", "T9002"]);
        let Some(pages) = pages(&project) else {
            return;
        };
        let starts = pages
            .iter()
            .position(|page| page.contains("Nobody has written a playbook for this technique yet"));
        let see = format!("T9002 (p. {})", starts.unwrap() + 1);
        assert!(pages.concat().contains(&see), "no `{see}`");
        let last = pages.last().unwrap();
        assert!(
            last.contains("What is missing") && last.contains("T9002"),
            "{last}"
        );
    }
}
