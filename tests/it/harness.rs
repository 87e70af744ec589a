//! A wiki in a temporary folder, the real binary run in it, and the site that comes out.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

use crate::html;
use crate::stix::Bundle;

/// The binary under test, in an environment of its own.
pub(crate) fn ttpress() -> Command {
    Command::from_std(ttpress_std())
}

/// The same for tests that need the process while it runs.
pub(crate) fn ttpress_std() -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ttpress"));
    command
        .env_remove("SOURCE_DATE_EPOCH")
        .env_remove("NO_COLOR")
        // Nobody's own cache, and no proxy on the way to the loopback.
        .env("TTPRESS_CACHE", kept("no-cache"))
        .env("NO_PROXY", "127.0.0.1");
    command
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts the exit status, telling all that was said if it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Run {
        let Run { stdout, stderr, .. } = &self;
        let out: String = stdout.chars().take(2000).collect();
        assert_eq!(self.code, code, "exit status\n{out}\n{stderr}");
        self
    }
}

/// A folder with bundles and perhaps a ttpress.toml.
pub(crate) struct Project {
    folder: Arc<TempDir>,
    attack: Vec<PathBuf>,
}

impl Project {
    /// An empty folder, from which the embedded release is built.
    pub(crate) fn empty() -> Project {
        Project {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            attack: Vec::new(),
        }
    }

    /// A wiki made from bundles: `1.json`, `2.json` …
    pub(crate) fn of(bundles: &[&Bundle]) -> Project {
        let texts: Vec<String> = bundles.iter().map(|bundle| bundle.json()).collect();
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        Project::of_bytes(&texts)
    }

    /// A wiki made from files that need not be bundles.
    pub(crate) fn of_bytes(files: &[&[u8]]) -> Project {
        let mut project = Project::empty();
        for (number, bytes) in files.iter().enumerate() {
            let name = format!("{}.json", number + 1);
            project.write(&name, bytes);
            project.attack.push(PathBuf::from(name));
        }
        project
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Names the bundles, in this order, instead of those it was made of.
    pub(crate) fn attack(&mut self, paths: &[&str]) -> &mut Project {
        self.attack = paths.iter().map(PathBuf::from).collect();
        self
    }

    /// Runs a command as it is.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Run {
        self.run_in(&[], arguments)
    }

    /// Runs a command with changes to its environment.
    pub(crate) fn run_in<A: AsRef<OsStr>>(&self, env: &[(&str, &str)], arguments: &[A]) -> Run {
        let mut command = ttpress();
        command.current_dir(self.folder.path()).args(arguments);
        let output = command.envs(env.iter().copied()).output().unwrap();
        Run {
            code: output.status.code().expect("the command was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command on the project's bundles.
    pub(crate) fn on_data(&self, command: &str, more: &[&str]) -> Run {
        self.run(&self.arguments(command, more))
    }

    /// A command on the project's bundles, to be run by the test itself.
    pub(crate) fn command(&self, command: &str, more: &[&str]) -> std::process::Command {
        let mut process = ttpress_std();
        process.current_dir(self.folder.path());
        process.args(self.arguments(command, more));
        process
    }

    fn arguments<'a>(&'a self, command: &'a str, more: &[&'a str]) -> Vec<&'a OsStr> {
        let mut arguments: Vec<&OsStr> = vec![command.as_ref()];
        for path in &self.attack {
            arguments.extend([OsStr::new("--attack"), path.as_ref()]);
        }
        arguments.extend(more.iter().copied().map(OsStr::new));
        arguments
    }

    /// Builds, and asserts that it could.
    #[track_caller]
    pub(crate) fn build(&self) -> Site {
        self.on_data("build", &[]).exits(0);
        self.site()
    }

    /// The site that the last build left.
    pub(crate) fn site(&self) -> Site {
        Site {
            root: self.path("site"),
            _folder: Some(Arc::clone(&self.folder)),
        }
    }

    /// All findings of `ttpress check`.
    pub(crate) fn findings(&self) -> Findings {
        let run = self.on_data("check", &["--format", "json"]);
        assert!(run.code < 2, "{}", run.stderr);
        Findings::parse(&run.stdout)
    }
}

/// Findings as JSON.
pub(crate) struct Findings(pub(crate) Vec<Value>);

impl Findings {
    /// The findings in what `check --format json` prints.
    pub(crate) fn parse(report: &str) -> Findings {
        let report: Value = serde_json::from_str(report).expect("the report is JSON");
        let findings = report["findings"].as_array();
        Findings(findings.expect("it has findings").clone())
    }

    /// Those with a code.
    pub(crate) fn of(&self, code: &str) -> Vec<&Value> {
        self.0.iter().filter(|f| f["code"] == code).collect()
    }

    /// The message of the one finding with a code.
    #[track_caller]
    pub(crate) fn one(&self, code: &str) -> &str {
        let found = self.of(code);
        assert_eq!(found.len(), 1, "findings with code {code}: {:#?}", self.0);
        found[0]["message"].as_str().unwrap()
    }

    /// Asserts that there is nothing worse than a note.
    #[track_caller]
    pub(crate) fn are_clean(&self) {
        let bad: Vec<_> = self.0.iter().filter(|f| f["severity"] != "note").collect();
        assert!(bad.is_empty(), "{bad:#?}");
    }
}

/// A built site. Pages are named by their folder: `techniques/T9001`, or empty for the home page.
pub(crate) struct Site {
    pub(crate) root: PathBuf,
    /// Removed when nobody looks at the site any more.
    _folder: Option<Arc<TempDir>>,
}

impl Site {
    /// A site in a folder that stays.
    pub(crate) fn at(root: PathBuf) -> Site {
        Site {
            root,
            _folder: None,
        }
    }

    #[track_caller]
    pub(crate) fn file(&self, path: &str) -> String {
        let full = self.root.join(path);
        std::fs::read_to_string(&full).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.root.join(path).is_file()
    }

    #[track_caller]
    pub(crate) fn page(&self, folder: &str) -> String {
        let path = Path::new(folder).join("index.html");
        self.file(path.to_str().unwrap())
    }

    /// What a reader sees between header and footer.
    #[track_caller]
    pub(crate) fn words(&self, folder: &str) -> String {
        html::words(html::main(&self.page(folder)))
    }

    /// The HTML of an object's description.
    #[track_caller]
    pub(crate) fn prose(&self, folder: &str) -> String {
        let page = self.page(folder);
        let start = page.find("id=\"description\">").expect("a description") + 17;
        let end = page[start..].find("</div>").unwrap();
        page[start..start + end].trim().to_owned()
    }

    /// The JSON twin of a page.
    #[track_caller]
    pub(crate) fn twin(&self, folder: &str) -> Value {
        serde_json::from_str(&self.file(&format!("{folder}/index.json"))).unwrap()
    }

    /// A relation of the object with a page, as its twin lists it.
    #[track_caller]
    pub(crate) fn relation(&self, folder: &str, kind: &str) -> Vec<String> {
        let twin = self.twin(folder);
        let ids = twin["relations"][kind].as_array();
        let ids = ids.unwrap_or_else(|| panic!("{folder} has no relation {kind}"));
        ids.iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect()
    }

    /// All records of `api/objects.json`.
    pub(crate) fn objects(&self) -> Vec<Value> {
        serde_json::from_str(&self.file("api/objects.json")).unwrap()
    }

    /// The rows of a table of a page, as HTML without the `<tr …>`.
    #[track_caller]
    pub(crate) fn rows(&self, folder: &str, table: &str) -> Vec<String> {
        let page = self.page(folder);
        let Some(start) = page.find(&format!("id=\"{table}-table\"")) else {
            return Vec::new();
        };
        let body = page[start..].split("</table>").next().unwrap();
        let (_, body) = body.split_once("<tbody>").unwrap();
        let rows = body.split("<tr").skip(1);
        let rows = rows.filter_map(|row| row.split_once('>'));
        rows.map(|(_, cells)| cells.trim().to_owned()).collect()
    }

    /// A row of the metadata card: what a reader sees beside the label.
    #[track_caller]
    pub(crate) fn fact(&self, folder: &str, label: &str) -> Option<String> {
        let page = self.page(folder);
        let (_, rest) = page.split_once(&format!("<dt>{label}<dd>"))?;
        Some(html::words(rest.split("</div>").next().unwrap()))
    }

    /// What lies in the folder around the site, but for the publisher's workshop.
    pub(crate) fn neighbours(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.root.parent().unwrap()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".site.ttpress")
            .collect();
        names.sort();
        names
    }

    /// Every file below the site's folder.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    files.push(entry.path());
                }
            }
        }
        files.sort();
        files
    }

    /// Path → bytes of the whole site.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = self.files().into_iter();
        let relative = |path: &Path| path.strip_prefix(&self.root).unwrap().to_owned();
        files
            .map(|path| (relative(&path), std::fs::read(&path).unwrap()))
            .collect()
    }

    /// Path → modification time.
    pub(crate) fn times(&self) -> BTreeMap<PathBuf, SystemTime> {
        let time = |path: &PathBuf| std::fs::metadata(path).unwrap().modified().unwrap();
        let files = self.files().into_iter();
        files.map(|path| (path.clone(), time(&path))).collect()
    }

    /// Asserts that no page runs, loads or links to what it must not.
    pub(crate) fn assert_safe(&self) {
        for path in self.files() {
            if path.extension() == Some(OsStr::new("html")) {
                let html = std::fs::read_to_string(&path).unwrap();
                html::assert_safe(&path.display().to_string(), &html);
            }
        }
    }
}

/// A folder of the build's own temporary files, kept between runs: large sites that several tests
/// share, and that are quick to build again.
pub(crate) fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}
