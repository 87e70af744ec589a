//! The command line at its edges.

use std::process::Stdio;

use crate::harness::{Project, ttpress_std};
use crate::stix::Bundle;

#[test]
fn a_new_wiki_builds_at_once_and_is_clean() {
    let project = Project::empty();
    let run = project.run(&["init", "wiki"]).exits(0);
    assert!(
        run.stderr.contains("ttpress build"),
        "it says what to do next: {}",
        run.stderr
    );
    let config = ["--config", "wiki/ttpress.toml"];
    project.run(&[&["build"], &config[..]].concat()).exits(0);
    assert!(
        project
            .path("wiki/site/techniques/T1059/001/index.html")
            .is_file()
    );
    project
        .run(&[&["check", "--strict"], &config[..]].concat())
        .exits(0);
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::empty();
    project.write("wiki/ttpress.toml", b"# mine\n");
    let run = project.run(&["init", "wiki"]).exits(2);
    assert!(run.stderr.contains("ttpress.toml"), "{}", run.stderr);
    assert_eq!(
        std::fs::read(project.path("wiki/ttpress.toml")).unwrap(),
        b"# mine\n"
    );
    assert!(!project.path("wiki/themes").exists(), "nothing half done");
}

#[test]
fn completions_and_man_name_every_command() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = project.run(&["completions", shell]).exits(0).stdout;
        for command in ["build", "check", "init", "completions", "man"] {
            assert!(
                script.contains(command),
                "{shell} does not complete {command}"
            );
        }
    }
    let page = project.run(&["man"]).exits(0).stdout;
    assert!(page.contains(".TH ttpress"), "{page}");
    for part in ["BUILD", "CHECK", "INIT", "attack\\-release", "EXIT STATUS"] {
        assert!(page.contains(part), "the manual does not tell of {part}");
    }
    project.run(&["completions", "tcl"]).exits(2);
}

#[test]
fn bash_accepts_its_completions() {
    let project = Project::empty();
    let script = project.run(&["completions", "bash"]).stdout;
    project.write("ttpress.bash", script.as_bytes());
    let status = std::process::Command::new("bash")
        .args(["-n", "ttpress.bash"])
        .current_dir(project.path("."))
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn help_and_version_are_data_and_mistakes_are_not() {
    let project = Project::empty();
    let help = project.run(&["--help"]).exits(0);
    assert!(help.stdout.contains("build") && help.stderr.is_empty());
    let version = project.run(&["--version"]).exits(0);
    assert_eq!(
        version.stdout.trim(),
        format!("ttpress {}", env!("CARGO_PKG_VERSION"))
    );
    let mistake = project.run(&["biuld"]).exits(2);
    assert!(mistake.stdout.is_empty() && mistake.stderr.contains("build"));
}

#[test]
fn an_unknown_setting_is_shown_with_its_place_and_the_likely_one() {
    let project = Project::empty();
    project.write(
        "ttpress.toml",
        "# Größe\n[site]\n  titel = \"x\"\n".as_bytes(),
    );
    for command in ["build", "check"] {
        let run = project.run(&[command]).exits(2);
        let said = &run.stderr;
        assert!(said.contains("ttpress.toml:3:3"), "{said}");
        assert!(said.contains("error[unknown-key]"), "{said}");
        assert!(said.contains("did you mean `title`?"), "{said}");
        let lines: Vec<&str> = said.lines().collect();
        let source = lines
            .iter()
            .position(|line| line.contains("titel = \"x\""))
            .unwrap();
        let column = lines[source].find("titel").unwrap();
        assert_eq!(
            lines[source + 1].find("^^^^^"),
            Some(column),
            "the caret is under it: {said}"
        );
    }
    assert!(!project.path("site").exists());
}

#[test]
fn flags_win_over_settings() {
    let bundle = Bundle::new("enterprise-attack").technique("T9001", "Knock");
    let project = Project::of(&[&bundle]);
    project.write(
        "ttpress.toml",
        b"[site]\nbase_url = 'https://one.test/'\n[attack]\npaths = ['nowhere.json']\n[build]\nout = 'one'\n",
    );
    let more = ["--out", "two", "--base-url", "https://two.test/"];
    project.on_data("build", &more).exits(0);
    assert!(!project.path("one").exists());
    let sitemap = std::fs::read_to_string(project.path("two/sitemap.xml")).unwrap();
    assert!(sitemap.contains("https://two.test/") && !sitemap.contains("one.test"));
    let run = project.run(&["build"]).exits(2);
    assert!(run.stderr.contains("nowhere.json"), "{}", run.stderr);
}

#[test]
fn quiet_says_findings_only() {
    let bundle = Bundle::new("enterprise-attack")
        .release("1.0")
        .technique("T9001", "Knock");
    let project = Project::of(&[&bundle]);
    let loud = project.on_data("build", &[]).exits(0);
    assert!(loud.stderr.contains("1 objects"), "{}", loud.stderr);
    let quiet = project.on_data("build", &["--quiet"]).exits(0);
    assert_eq!((quiet.stdout, quiet.stderr), (String::new(), String::new()));
    project.write(
        "1.json",
        bundle.text("(Citation: Nobody)").json().as_bytes(),
    );
    let quiet = project.on_data("build", &["--quiet"]).exits(0);
    assert!(
        quiet.stderr.contains("unresolved-citation"),
        "{}",
        quiet.stderr
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Knock")
        .text("(Citation: Nobody)");
    let project = Project::of(&[&bundle]);
    for arguments in [
        &["man"][..],
        &["completions", "bash"],
        &["--help"],
        &["check", "--attack", "1.json", "--format", "json"],
        &["check", "--attack", "1.json"],
    ] {
        // The reader is gone before the first byte, as `head` is after the first lines.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = ttpress_std();
        command.args(arguments).current_dir(project.path("."));
        let output = command
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{arguments:?}: {:?} {said}",
            output.status
        );
        assert!(
            !said.contains("panicked") && !said.contains("error"),
            "{arguments:?}: {said}"
        );
    }
    // And with nobody listening at all.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = ttpress_std();
    command
        .args(["build", "--attack", "1.json"])
        .current_dir(project.path("."));
    let status = command
        .stdout(Stdio::null())
        .stderr(writer)
        .status()
        .unwrap();
    assert!(status.success(), "{status:?}");
    assert!(project.site().has("techniques/T9001/index.html"));
}

/// Runs a command on a terminal, which `script` gives it.
#[cfg(target_os = "linux")]
fn on_a_terminal(project: &Project, env: &[(&str, &str)]) -> String {
    let binary = env!("CARGO_BIN_EXE_ttpress");
    let mut command = std::process::Command::new("script");
    command
        .args([
            "-qec",
            &format!("'{binary}' check --attack 1.json"),
            "/dev/null",
        ])
        .current_dir(project.path("."))
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .envs(env.iter().copied())
        .stdin(Stdio::null());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn colour_is_for_terminals_and_no_color_takes_it_away() {
    let bundle = Bundle::new("enterprise-attack")
        .technique("T9001", "Knock")
        .text("(Citation: Nobody)");
    let project = Project::of(&[&bundle]);
    assert!(on_a_terminal(&project, &[]).contains("\u{1b}["));
    let plain = on_a_terminal(&project, &[("NO_COLOR", "1")]);
    assert!(
        plain.contains("unresolved-citation") && !plain.contains('\u{1b}'),
        "{plain:?}"
    );
    let piped = project.on_data("check", &[]);
    assert!(!piped.stdout.contains('\u{1b}') && !piped.stderr.contains('\u{1b}'));
}

#[test]
fn a_date_of_nonsense_is_refused() {
    let bundle = Bundle::new("enterprise-attack").technique("T9001", "Knock");
    let project = Project::of(&[&bundle]);
    let arguments = ["build", "--attack", "1.json"];
    let run = project
        .run_in(&[("SOURCE_DATE_EPOCH", "yesterday")], &arguments)
        .exits(2);
    assert!(run.stderr.contains("SOURCE_DATE_EPOCH"), "{}", run.stderr);
    project
        .run_in(&[("SOURCE_DATE_EPOCH", "0")], &arguments)
        .exits(0);
    assert!(
        project.site().page("").contains("1970-01-01"),
        "the day of the build is the one given"
    );
}

#[test]
fn settings_and_content_that_are_named_must_be_there() {
    let project = Project::of(&[&Bundle::new("enterprise-attack").technique("T9001", "Knock")]);
    let run = project
        .on_data("build", &["--config", "wrong.toml"])
        .exits(2);
    assert!(run.stderr.contains("`wrong.toml`"), "{}", run.stderr);
    let run = project.on_data("build", &["--content", "wrong"]).exits(2);
    assert!(run.stderr.contains("`wrong`"), "{}", run.stderr);
    project.write("ttpress.toml", b"[build]\ncontent = 'wrong'\n");
    let run = project.on_data("check", &[]).exits(2);
    assert!(run.stderr.contains("no-content"), "{}", run.stderr);
    assert!(!project.path("site").exists());
}

#[test]
fn content_can_lie_in_a_folder_that_the_command_names() {
    let project = Project::of(&[&Bundle::new("enterprise-attack").technique("T9001", "Knock")]);
    let text =
        "---\ntechnique: T9001\ntitle: Answer\nstatus: draft\n---\n## Containment\n\nLock.\n";
    project.write("docs/playbooks/answer.md", text.as_bytes());
    project.on_data("build", &["--content", "docs"]).exits(0);
    assert!(project.site().page("playbooks/answer").contains("Lock."));
}

#[cfg(unix)]
#[test]
fn a_bundle_can_come_through_a_pipe() {
    let project = Project::of(&[&Bundle::new("enterprise-attack").technique("T9001", "Knock")]);
    let bundle = std::fs::File::open(project.path("1.json")).unwrap();
    let mut cat = std::process::Command::new("cat")
        .stdin(bundle)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let built = ttpress_std()
        .args(["build", "--attack", "/dev/stdin"])
        .current_dir(project.path(""))
        .stdin(cat.stdout.take().unwrap())
        .status()
        .unwrap();
    cat.wait().unwrap();
    assert_eq!(built.code(), Some(0));
    assert!(project.site().has("techniques/T9001/index.html"));
}
