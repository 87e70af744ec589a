//! `ttpress.toml`: read strictly, with a default for everything.

mod conversion;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error as _};

use crate::diagnostics::{Diagnostic, Failure, Place};
use crate::releases::AttackName;
use crate::{source, spelling};

pub use conversion::Conversion;

/// All settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the site says of itself.
    pub site: Site,
    /// Which ATT&CK it shows.
    pub attack: Attack,
    /// What is built from what.
    pub build: Build,
    /// How much the playbooks must answer.
    pub coverage: Coverage,
    /// Rules, tests and analytics of others.
    pub detections: Detections,
    /// Texts for `{{ name }}` in playbooks: a phone number, the address of the war room.
    pub variables: BTreeMap<String, String>,
}

/// `[site]`
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Site {
    /// The site's name.
    pub title: String,
    /// Where it will be served, an http or https address with one slash at its end.
    #[serde(deserialize_with = "base_url")]
    pub base_url: Option<String>,
    /// The language of its pages, as in HTML's `lang`.
    pub language: String,
    /// Where authored files are edited: a web address in which `{path}` stands for a file's path.
    #[serde(deserialize_with = "edit_url")]
    pub edit_url: Option<String>,
    /// Whether Git is asked when authored files last changed.
    pub git: bool,
}

impl Default for Site {
    fn default() -> Site {
        Site {
            title: "ATT&CK wiki".to_owned(),
            base_url: None,
            language: "en".to_owned(),
            edit_url: None,
            git: false,
        }
    }
}

/// `[attack]`
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attack {
    /// What `--attack` takes; none means the release in `attack.lock`, else the embedded one.
    pub paths: Vec<PathBuf>,
    /// What to call the release, where the bundles do not say.
    pub release: Option<String>,
    /// Bundles of an earlier release: the site says what changed since, and what it touches.
    pub previous: Vec<PathBuf>,
    /// What is fetched, such as `enterprise`; none means all domains.
    pub domains: Vec<String>,
    /// Where releases are fetched from instead of MITRE's repository: an address or a folder.
    pub mirror: Option<String>,
}

/// `[build]`
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Build {
    /// The folder that the site is written to.
    pub out: PathBuf,
    /// The folder with playbooks and pages.
    pub content: PathBuf,
    /// The theme's name.
    pub theme: String,
}

impl Default for Build {
    fn default() -> Build {
        Build {
            out: PathBuf::from("site"),
            content: PathBuf::from("content"),
            theme: "default".to_owned(),
        }
    }
}

/// `[coverage]`
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Coverage {
    /// Percent of the techniques that must have a playbook which is not stale; fewer are an error.
    pub minimum: u8,
}

/// `[detections]`
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Detections {
    /// Sigma rules.
    pub sigma: SigmaSet,
    /// Atomic Red Team tests.
    pub atomic: DetectionSet,
    /// CAR analytics.
    pub car: DetectionSet,
    /// What IDs of another ATT&CK release stand for in this one.
    pub aliases: BTreeMap<String, String>,
}

/// `[detections.sigma]`
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SigmaSet {
    /// Folders and tar archives.
    pub paths: Vec<PathBuf>,
    /// Where each file can be read, with `{path}` in it.
    pub source: Option<String>,
    /// What the `sigma` command converts the rules to, where it is installed.
    pub convert: Vec<Conversion>,
}

/// `[detections.atomic]`, `[detections.car]`
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DetectionSet {
    /// Folders and tar archives.
    pub paths: Vec<PathBuf>,
    /// Where each file can be read, with `{path}` in it.
    pub source: Option<String>,
}

impl Config {
    /// Reads settings from a text; paths stay as written. `file` names the text in errors.
    pub fn parse(text: &str, file: &str) -> Result<Config, Failure> {
        toml::from_str(text).map_err(|error| explain(&error, text, file))
    }

    /// Reads a file of settings, whose relative paths start at its folder. Without the file,
    /// everything has its default.
    pub fn load(path: &Path) -> Result<Config, Failure> {
        let mut config = match source::read_optional(path)? {
            Some(text) => Config::parse(&text, &path.to_string_lossy())?,
            None => Config::default(),
        };
        if let Some(folder) = path.parent() {
            let Config {
                attack,
                build,
                detections,
                ..
            } = &mut config;
            for name in &mut attack.paths {
                *name = AttackName::parse(name).within(folder);
            }
            // An address stays what it is.
            if let Some(mirror) = attack.mirror.as_mut().filter(|m| !m.contains("://")) {
                *mirror = folder.join(&*mirror).to_string_lossy().into_owned();
            }
            for path in [&mut build.out, &mut build.content]
                .into_iter()
                .chain(&mut attack.previous)
                .chain(&mut detections.sigma.paths)
                .chain(&mut detections.atomic.paths)
                .chain(&mut detections.car.paths)
            {
                // An absolute path replaces the folder.
                *path = folder.join(&*path);
            }
            for pipeline in detections
                .sigma
                .convert
                .iter_mut()
                .filter_map(|c| c.pipeline.as_mut())
            {
                if Path::new(pipeline)
                    .extension()
                    .is_some_and(|ending| ending == "yml")
                {
                    *pipeline = folder.join(&*pipeline).to_string_lossy().into_owned();
                }
            }
        }
        Ok(config)
    }
}

fn base_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let url = String::deserialize(deserializer)?;
    normal_base_url(&url)
        .map(Some)
        .ok_or_else(|| D::Error::custom(NO_BASE_URL))
}

fn edit_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let url = String::deserialize(deserializer)?;
    let is_plain =
        !url.contains(|c: char| c.is_whitespace() || c.is_control() || "\\\"'<>`".contains(c));
    if is_web(&url) && is_plain && url.contains("{path}") {
        Ok(Some(url))
    } else {
        Err(D::Error::custom(NO_EDIT_URL))
    }
}

const NO_EDIT_URL: &str = "not an http or https address with `{path}` in it, such as `https://example.org/edit/main/{path}`";

fn is_web(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        ["http", "https"]
            .iter()
            .any(|web| scheme.eq_ignore_ascii_case(web))
    })
}

const NO_BASE_URL: &str = "not an http or https address such as `https://example.org/wiki/`";

/// The address with one slash at its end: pages are appended to it.
fn normal_base_url(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://").unwrap_or_default();
    // Pages are appended to it, so it must be able to take a path, and a host comes first.
    let is_plain = !rest.is_empty()
        && !rest.starts_with(['/', ':'])
        && !rest.contains(|c: char| {
            c.is_whitespace() || c.is_control() || "?#\\\"'<>`{}|^".contains(c)
        });
    (is_web(url) && is_plain).then(|| format!("{}/", url.trim_end_matches('/')))
}

/// The site's address as a flag gives it.
pub fn parse_base_url(url: &str) -> Result<String, Failure> {
    normal_base_url(url).ok_or_else(|| {
        Diagnostic::error("bad-config", format!("`--base-url {url}` is {NO_BASE_URL}")).into()
    })
}

fn explain(error: &toml::de::Error, text: &str, file: &str) -> Failure {
    let span = error.span();
    let meant = span.clone().and_then(|span| text.get(span));
    let place = span.map_or(Place::of_file(file), |span| {
        let line = meant.and_then(|text| text.lines().next()).unwrap_or("");
        Place::of_offset(file, text, span.start, line.len())
    });
    let diagnostic = if let Some(known) = known_keys(error) {
        let key = meant.unwrap_or("?").trim_matches(['"', '\'']);
        let hint = spelling::nearest(key, &known)
            .map(|name| format!("did you mean `{name}`? "))
            .unwrap_or_default();
        Diagnostic::error("unknown-key", format!("unknown key `{key}`"))
            .help(format!("{hint}{}", listed(&known)))
    } else {
        let message = error.message().replace('\n', ", ");
        let diagnostic = Diagnostic::error("bad-config", message);
        let before = error.span().and_then(|span| text.get(..span.start));
        match keys_of_table(before.unwrap_or_default()) {
            Some(known) => diagnostic.help(listed(&known)),
            None => diagnostic,
        }
    };
    diagnostic.at(place).into()
}

fn listed(known: &[String]) -> String {
    format!("known here: `{}`", known.join("`, `"))
}

/// The names that serde lists in its error about an unknown key.
fn known_keys(error: &toml::de::Error) -> Option<Vec<String>> {
    let message = error.message();
    spelling::offered(message).filter(|_| message.starts_with("unknown field "))
}

/// The keys of the table that a text ends in, learnt by asking serde for a key that cannot be.
fn keys_of_table(text: &str) -> Option<Vec<String>> {
    // A line that has begun is not a table yet: in `[site` there are only tables to know.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let header = whole
        .lines()
        .rfind(|line| line.trim_start().starts_with('['))
        .unwrap_or_default();
    let asked = toml::from_str::<Config>(&format!("{header}\n'' = 0"));
    known_keys(&asked.err()?)
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "the tests write the files that are loaded"
)]
mod tests {
    use super::*;

    fn error(text: &str) -> Diagnostic {
        Config::parse(text, "ttpress.toml").unwrap_err().into()
    }

    /// Line, column, marked text and help of the error in a text.
    fn shown(text: &str) -> (u32, u32, String, String) {
        let error = error(text);
        let place = error.place.unwrap();
        let column = place.column.unwrap();
        let line = place.text.unwrap();
        let marked = line.chars().skip(column as usize - 1);
        let marked = marked.take(place.width as usize).collect();
        let help = error.help.unwrap_or_default();
        (place.line.unwrap(), column, marked, help)
    }

    const SITE: &str = "known here: `title`, `base_url`, `language`, `edit_url`, `git`";

    #[test]
    fn everything_has_a_default() {
        let config = Config::parse("", "x").unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(config.site.title, "ATT&CK wiki");
        assert_eq!(config.site.language, "en");
        assert_eq!(config.build.out, Path::new("site"));
        assert_eq!(config.build.content, Path::new("content"));
        assert_eq!(config.build.theme, "default");
        assert!(config.attack.paths.is_empty() && config.site.base_url.is_none());
    }

    #[test]
    fn all_can_be_set() {
        let text = "[site]\ntitle = 'T'\nbase_url = 'https://x.org/w'\nlanguage = 'de'\n\
                    [attack]\npaths = ['a', '/b']\nrelease = '18.1'\n\
                    domains = ['ics']\nmirror = 'm'\n\
                    [build]\nout = 'o'\ncontent = 'c'\ntheme = 't'\n";
        let config = Config::parse(text, "x").unwrap();
        assert_eq!(config.site.title, "T");
        assert_eq!(config.site.base_url.as_deref(), Some("https://x.org/w/"));
        assert_eq!(config.attack.paths, [Path::new("a"), Path::new("/b")]);
        assert_eq!(config.attack.release.as_deref(), Some("18.1"));
        assert_eq!(config.attack.domains, ["ics"]);
        assert_eq!(config.attack.mirror.as_deref(), Some("m"));
        assert_eq!(config.build.theme, "t");
    }

    #[test]
    fn unknown_keys_are_marked_and_the_nearest_named() {
        let text = "# é\n[site]\n  titel = 'x'\n";
        let help = format!("did you mean `title`? {SITE}");
        assert_eq!(shown(text), (3, 3, "titel".into(), help));
        assert_eq!(error(text).code, "unknown-key");
        assert_eq!(error(text).message, "unknown key `titel`");

        let help = "did you mean `build`? known here: `site`, `attack`, `build`, `coverage`, `detections`, `variables`";
        assert_eq!(shown("[biuld]\n"), (1, 2, "biuld".into(), help.into()));
        let inline = "site = { colour = 1 }";
        assert_eq!(shown(inline), (1, 10, "colour".into(), SITE.into()));
        let tick = "[site]\n'a`, expected `b' = 1";
        assert_eq!(shown(tick).3, SITE);
    }

    #[test]
    fn wrong_types_are_marked() {
        let text = "[site]\ntitle = 12\n";
        assert_eq!(shown(text), (2, 9, "12".into(), SITE.into()));
        assert_eq!(
            error(text).message,
            "invalid type: integer `12`, expected a string"
        );
        let (line, column, marked, _) = shown("[attack]\npaths = [\n  'a',\n  true]\n");
        assert_eq!((line, column, &*marked), (4, 3, "true"));
        assert_eq!(
            shown("site = 1").3,
            "known here: `site`, `attack`, `build`, `coverage`, `detections`, `variables`"
        );
    }

    #[test]
    fn broken_syntax_is_marked() {
        let (line, column, _, help) = shown("[site]\ntitle = 'x\n");
        assert_eq!((line, column, &*help), (2, 11, SITE));
        let (line, _, marked, help) = shown("[build]\nout = 'a'\nout = 'b'\n");
        assert_eq!((line, &*marked), (3, "out"));
        assert_eq!(help, "known here: `out`, `content`, `theme`");
        assert_eq!(
            shown("[site").3,
            "known here: `site`, `attack`, `build`, `coverage`, `detections`, `variables`"
        );
    }

    #[test]
    fn base_urls_are_web_addresses_with_one_slash_at_the_end() {
        let parse = |url: &str| Config::parse(&format!("site.base_url = '{url}'"), "x");
        let good = [
            ("http://x", "http://x/"),
            ("HTTPS://x.org:8080/a//", "HTTPS://x.org:8080/a/"),
            ("http://[::1]/", "http://[::1]/"),
        ];
        for (url, stored) in good {
            assert_eq!(parse(url).unwrap().site.base_url.as_deref(), Some(stored));
        }
        let bad = [
            "",
            "x.org",
            "//x.org",
            "ftp://x",
            "javascript://x",
            "http://",
            "http:///a",
            "http://x/?q",
            "http://x/#a",
            "http://x y",
            "http://x\"><b>",
        ];
        for url in bad {
            assert!(parse(url).is_err(), "{url}");
        }
        let text = "[site]\nbase_url = 'ftp://x'\n";
        assert_eq!(shown(text), (2, 12, "'ftp://x'".into(), SITE.into()));
    }

    #[test]
    fn an_address_to_edit_at_is_on_the_web_and_has_a_place_for_the_path() {
        let parse = |url: &str| Config::parse(&format!("site.edit_url = '{url}'"), "x");
        let good = "https://git.example.org/w/edit/main/{path}?mode=edit#x";
        assert_eq!(parse(good).unwrap().site.edit_url.as_deref(), Some(good));
        for url in [
            "",
            "https://x/",
            "{path}",
            "ftp://x/{path}",
            "https://x/ {path}",
        ] {
            assert!(parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn paths_start_at_the_folder_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ttpress.toml");
        let absent = Config::load(&file).unwrap();
        assert_eq!(absent.build.out, folder.path().join("site"));
        let elsewhere = if cfg!(windows) { "C:/b" } else { "/b" };
        let text = format!(
            "[attack]\npaths = ['a', '{elsewhere}', '17.1', '16.1=b']\nmirror = 'm'\n[build]\nout = '../o'\n"
        );
        std::fs::write(&file, text).unwrap();
        let config = Config::load(&file).unwrap();
        let labelled = format!("16.1={}", folder.path().join("b").display());
        let paths = [
            folder.path().join("a"),
            PathBuf::from(elsewhere),
            // A release is no path.
            PathBuf::from("17.1"),
            PathBuf::from(labelled),
        ];
        assert_eq!(config.attack.paths, paths);
        let mirror = folder.path().join("m").to_string_lossy().into_owned();
        assert_eq!(config.attack.mirror, Some(mirror));
        assert_eq!(config.build.out, folder.path().join("../o"));
        assert_eq!(config.build.content, folder.path().join("content"));
        let here = Config::load(Path::new("absent.toml")).unwrap();
        assert_eq!(here.build.out, Path::new("site"));

        std::fs::write(&file, "x = 1").unwrap();
        let failure = Config::load(&file).unwrap_err();
        assert_eq!(
            Diagnostic::from(failure).place.unwrap().file,
            file.to_string_lossy()
        );
    }
}
