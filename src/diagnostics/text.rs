//! Findings for people, in the form rustc made familiar.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Diagnostic, Diagnostics, Place, Severity};

pub(super) fn render(diagnostics: &Diagnostics, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&one(diagnostic, &renderer));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end_matches('\n').len());
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(&*diagnostic.message)
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(place) = &diagnostic.place {
        group = with_place(group, place);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    let text = renderer.render(&[group]);
    match &diagnostic.place {
        Some(place) => with_true_column(text, place),
        None => text,
    }
}

fn with_place<'a>(group: Group<'a>, place: &'a Place) -> Group<'a> {
    let path = normalize_untrusted_str(&place.file);
    match (place.line, &place.text) {
        (Some(line), Some(text)) => group.element(
            Snippet::source(text.as_str())
                .path(path)
                .line_start(line as usize)
                .annotation(AnnotationKind::Primary.span(span(place, text))),
        ),
        (Some(line), None) => {
            let mut origin = Origin::path(path).line(line as usize);
            if let Some(column) = place.column {
                origin = origin.char_column(column as usize);
            }
            group.element(origin)
        }
        (None, _) => group.element(Origin::path(path)),
    }
}

/// The renderer counts columns in the text it is given; where that was cut, the count is too low.
fn with_true_column(text: String, place: &Place) -> String {
    let (Some(line), Some(column), Some(_)) = (place.line, place.column, &place.text) else {
        return text;
    };
    let skipped = place.text_column.max(1) - 1;
    let Some(arrow) = text.find("-->").filter(|_| skipped > 0) else {
        return text;
    };
    let path = normalize_untrusted_str(&place.file);
    let counted = format!("{path}:{line}:{}", column.saturating_sub(skipped));
    let (title, rest) = text.split_at(arrow);
    let rest = rest.replacen(&counted, &format!("{path}:{line}:{column}"), 1);
    format!("{title}{rest}")
}

/// The marked bytes of the kept source line.
fn span(place: &Place, text: &str) -> std::ops::Range<usize> {
    let Some(column) = place.column else {
        return 0..text.len();
    };
    let byte = |chars: u32| {
        let nth = text.char_indices().nth(chars as usize);
        nth.map_or(text.len(), |(index, _)| index)
    };
    let first = column.saturating_sub(place.text_column.max(1));
    byte(first)..byte(first.saturating_add(place.width.max(1)))
}

#[cfg(test)]
mod tests {
    use super::super::{Diagnostic, Diagnostics, Format, Place, render};

    fn text(findings: Vec<Diagnostic>) -> String {
        render(
            &findings.into_iter().collect::<Diagnostics>(),
            Format::Text,
            false,
        )
    }

    #[test]
    fn a_finding_shows_its_line_with_a_caret_and_help() {
        let source = "[site]\ntitel = \"x\"\n";
        insta::assert_snapshot!(text(vec![
            Diagnostic::error("unknown-key", "there is no key `titel`")
                .at(Place::of_offset("ttpress.toml", source, 7, 5))
                .help("did you mean `title`?"),
        ]), @r#"
        error[unknown-key]: there is no key `titel`
         --> ttpress.toml:2:1
          |
        2 | titel = "x"
          | ^^^^^
          |
          = help: did you mean `title`?
        "#);
    }

    #[test]
    fn findings_without_source_show_what_they_know() {
        insta::assert_snapshot!(text(vec![
            Diagnostic::warning("stale", "not reviewed for a year").in_file("a.md"),
            Diagnostic::note("seen", "here").at(Place::of_line("b.md", 7)),
            Diagnostic::error("lost", "nowhere").help("look again\nand again"),
        ]), @r"
        warning[stale]: not reviewed for a year
        --> a.md

        note[seen]: here
        --> b.md:7

        error[lost]: nowhere
         |
         = help: look again
                 and again
        ");
        assert_eq!(text(Vec::new()), "");
    }

    #[test]
    fn a_minified_line_is_cut_around_the_caret() {
        let source = format!("{{\"a\":[{}?{}]}}", "1,".repeat(2000), ",1".repeat(2000));
        insta::assert_snapshot!(text(vec![
            Diagnostic::error("syntax", "expected a value")
                .at(Place::of_offset("min.json", &source, 4006, 1)),
        ]), @r"
        error[syntax]: expected a value
         --> min.json:1:4007
          |
        1 | ...,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,?,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1...
          |                                         ^
        ");
    }

    #[test]
    fn the_end_of_a_line_and_wide_characters_are_marked() {
        insta::assert_snapshot!(text(vec![
            Diagnostic::error("end", "too short").at(Place::of_offset("a", "日本 x", 8, 1)),
            Diagnostic::error("wide", "odd").at(Place::of_offset("a", "\t日本 x", 1, 6)),
            Diagnostic::error("empty", "nothing here").at(Place::of_offset("a", "", 0, 0)),
        ]), @r"
        error[end]: too short
         --> a:1:5
          |
        1 | 日本 x
          |       ^

        error[wide]: odd
         --> a:1:2
          |
        1 |     日本 x
          |     ^^^^

        error[empty]: nothing here
         --> a:1:1
          |
        1 |
          | ^
        ");
    }

    #[test]
    fn hostile_text_cannot_drive_the_terminal() {
        let shown = text(vec![
            Diagnostic::error("x", "\u{1b}[2J")
                .at(Place::of_offset("\u{1b}]0;x", "\u{1b}[31m", 0, 1))
                .help("\u{1b}c"),
        ]);
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
    }

    #[test]
    fn colour_is_used_only_when_asked_for() {
        let list: Diagnostics = [Diagnostic::error("x", "y")].into_iter().collect();
        assert!(render(&list, Format::Text, true).contains('\u{1b}'));
    }
}
