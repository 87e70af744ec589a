//! Themes: templates, styles, scripts, fonts and strings. The default theme is part of the
//! binary; a wiki's own theme overrides any file of it, any block of a template and any string.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use tera::{Context, Tera};

use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Place};
use crate::site::strings::{self, FALLBACK, Strings, Words};
use crate::source;

mod bundled {
    #![allow(
        clippy::disallowed_methods,
        reason = "debug builds of `RustEmbed` read the files from disk"
    )]

    #[derive(rust_embed::RustEmbed)]
    #[folder = "themes/default/"]
    pub(super) struct DefaultTheme;

    /// The fonts of prints.
    #[cfg(feature = "pdf")]
    #[derive(rust_embed::RustEmbed)]
    #[folder = "themes/print-fonts/"]
    #[prefix = "print/fonts/"]
    pub(super) struct PrintFonts;
}

use bundled::DefaultTheme;

/// `theme.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// Style sheets in order; they become one file.
    #[serde(default)]
    css: Vec<String>,
    /// The scripts of every page in order; they become one file.
    #[serde(default)]
    js: Vec<String>,
    /// Words of the interface, by key, whatever the language.
    #[serde(default)]
    strings: Words,
}

/// A theme ready to render.
#[derive(Debug)]
pub struct Theme {
    tera: Tera,
    assets: Vec<(String, Vec<u8>)>,
    strings: Strings,
    #[cfg(feature = "pdf")]
    print: PrintFiles,
}

/// What a theme says of paper.
#[cfg(feature = "pdf")]
#[derive(Debug)]
pub struct PrintFiles {
    /// The files of `print/`, by their path in it.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The words of the interface.
    pub words: BTreeMap<String, String>,
    /// The style sheet that names the colours.
    pub tokens: String,
}

/// Files of the default theme, or of the folder that overrides it: path → bytes.
type Files = BTreeMap<String, Cow<'static, [u8]>>;

/// Templates of the default theme can be extended under this prefix even where they are
/// overridden: `{% extends "default/base.html" %}`.
const DEFAULT: &str = "default/";

/// What most pages fit into: a buffer that need not grow while a page is written.
const ROOM: usize = 64 << 10;

impl Theme {
    /// Loads the default theme, overridden by the files in `overlay`, with the words of a language.
    pub fn load(overlay: Option<&Path>, language: &str) -> Result<(Theme, Diagnostics), Failure> {
        let default = bundled::<DefaultTheme>();
        let own = overlay.map(read_overlay).transpose()?.unwrap_or_default();
        let base = manifest(&default)?;
        let over = manifest(&own)?;
        let (mut words, diagnostics) = words(&default, &own, language)?;
        set(&mut words, over.strings, MANIFEST)?;
        let css = [base.css, over.css].concat();
        let js = [base.js, over.js].concat();
        let mut tera = load_templates(&default, &own)?;
        tera.global_context().insert("strings", &words);
        let mut files = default;
        files.extend(own);
        #[cfg(feature = "pdf")]
        let print = print_files(&files, &words)?;
        let theme = Theme {
            tera,
            assets: assets(&css, &js, &words, files)?,
            strings: words.into(),
            #[cfg(feature = "pdf")]
            print,
        };
        Ok((theme, diagnostics))
    }

    /// The words of the interface.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// Gives templates what is the same on every page.
    pub fn set_site(&mut self, site: &impl Serialize) {
        self.tera.global_context().insert("site", site);
    }

    /// Renders a view.
    pub fn render(&self, template: &str, view: &impl Serialize) -> Result<Vec<u8>, Failure> {
        let mut page = Vec::with_capacity(ROOM);
        Context::from_serialize(view)
            .and_then(|context| self.tera.render_to(template, &context, &mut page))
            .map_err(|error| template_failure(&error))?;
        // To its exact size: all pages stay in memory until the last one is there.
        Ok(page.as_slice().to_vec())
    }

    /// What the theme says of paper.
    #[cfg(feature = "pdf")]
    pub fn print(&self) -> &PrintFiles {
        &self.print
    }

    /// The files that every page shares, under `assets/`.
    pub fn assets(&self) -> &[(String, Vec<u8>)] {
        &self.assets
    }
}

fn bundled<E: RustEmbed>() -> Files {
    E::iter()
        .filter_map(|path| Some((path.to_string(), E::get(&path)?.data)))
        .collect()
}

#[cfg(feature = "pdf")]
fn print_files(files: &Files, words: &Words) -> Result<PrintFiles, Failure> {
    let mut print = bundled::<bundled::PrintFonts>();
    print.extend(files.clone());
    Ok(PrintFiles {
        files: print
            .into_iter()
            .filter_map(|(path, bytes)| {
                Some((path.strip_prefix("print/")?.to_owned(), bytes.into_owned()))
            })
            .collect(),
        words: words.clone(),
        tokens: match files.get("css/tokens.css") {
            Some(bytes) => text("css/tokens.css", bytes)?.to_owned(),
            None => String::new(),
        },
    })
}

fn template_failure(error: &tera::Error) -> Failure {
    Diagnostic::error("template", error.to_string().trim_end().to_owned())
        .help("template errors come from the theme; `--theme default` builds without yours")
        .into()
}

fn read_overlay(folder: &Path) -> Result<Files, Failure> {
    if !source::exists(folder) {
        return Err(Diagnostic::error(
            "theme",
            format!("there is no theme in `{}`", folder.display()),
        )
        .help("a theme is a folder in themes/, with templates/, css/, js/ or theme.toml")
        .into());
    }
    let mut files = Files::new();
    for path in source::list_files(
        folder,
        &[
            "html", "css", "js", "toml", "woff2", "svg", "png", "txt", "typ", "ttf", "otf",
        ],
    )? {
        let Ok(inner) = path.strip_prefix(folder) else {
            continue;
        };
        let parts: Vec<_> = inner.iter().map(|p| p.to_string_lossy()).collect();
        files.insert(parts.join("/"), Cow::Owned(source::read_file(&path)?));
    }
    Ok(files)
}

fn text<'f>(path: &str, bytes: &'f [u8]) -> Result<&'f str, Failure> {
    std::str::from_utf8(bytes).map_err(|_| {
        Diagnostic::error("theme", "the file is not UTF-8 text")
            .in_file(path)
            .into()
    })
}

const MANIFEST: &str = "theme.toml";

fn manifest(files: &Files) -> Result<Manifest, Failure> {
    let manifest = files.get(MANIFEST);
    let manifest = manifest.map(|bytes| {
        toml_file(
            MANIFEST,
            bytes,
            "theme.toml has the keys `css`, `js` and `strings`",
        )
    });
    Ok(manifest.transpose()?.unwrap_or_default())
}

fn toml_file<T: for<'de> Deserialize<'de>>(
    path: &str,
    bytes: &[u8],
    help: &str,
) -> Result<T, Failure> {
    let source = text(path, bytes)?;
    toml::from_str(source).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        Diagnostic::error("theme", error.message().to_owned())
            .at(Place::of_offset(path, source, offset, 1))
            .help(help)
            .into()
    })
}

/// The words of a language; what it does not say is in English.
fn words(default: &Files, own: &Files, language: &str) -> Result<(Words, Diagnostics), Failure> {
    let paths = default.keys().chain(own.keys());
    let known: BTreeSet<&str> = paths
        .filter_map(|path| path.strip_prefix("strings/")?.strip_suffix(".toml"))
        .collect();
    let mut diagnostics = Diagnostics::new();
    let chosen = strings::choose(language, &known).unwrap_or_else(|| {
        diagnostics.push(unknown_language(language, &known));
        FALLBACK
    });
    let mut words = Words::new();
    let own_language = Some(chosen).filter(|&language| language != FALLBACK);
    for language in std::iter::once(FALLBACK).chain(own_language) {
        let path = format!("strings/{language}.toml");
        for files in [default, own] {
            if let Some(bytes) = files.get(&path) {
                let more: Words = toml_file(&path, bytes, "a key and its text on each line")?;
                if words.is_empty() {
                    words = more;
                } else {
                    set(&mut words, more, &path)?;
                }
            }
        }
    }
    Ok((words, diagnostics))
}

fn unknown_language(wanted: &str, known: &BTreeSet<&str>) -> Diagnostic {
    let known: Vec<&str> = known.iter().copied().collect();
    let message = format!("the interface has no words in the language `{wanted}`");
    Diagnostic::warning("unknown-language", message).help(format!(
        "it is in English; known here: `{}`; a theme's `strings/{wanted}.toml` adds one",
        known.join("`, `")
    ))
}

/// Sets words that are there already: a key that nothing reads is a mistake.
fn set(words: &mut Words, more: Words, path: &str) -> Result<(), Failure> {
    for (key, text) in more {
        if !words.contains_key(&key) {
            return Err(Diagnostic::error(
                "theme",
                format!("`{path}` sets the string `{key}`, which nothing uses"),
            )
            .help("the default theme's strings/en.toml lists all strings")
            .into());
        }
        words.insert(key, text);
    }
    Ok(())
}

fn load_templates(default: &Files, own: &Files) -> Result<Tera, Failure> {
    let mut tera = Tera::default();
    let mut templates = Vec::new();
    for (prefix, files) in [(DEFAULT, default), ("", own)] {
        for (path, bytes) in files {
            if let Some(name) = path.strip_prefix("templates/") {
                templates.push((format!("{prefix}{name}"), text(path, bytes)?));
            }
        }
    }
    tera.set_fallback_prefixes([DEFAULT])
        .map_err(|error| template_failure(&error))?;
    tera.add_raw_templates(templates)
        .map_err(|error| template_failure(&error))?;
    Ok(tera)
}

/// Style sheets as one file, the scripts of every page as one, all else as it is.
fn assets(
    css: &[String],
    js: &[String],
    words: &Words,
    files: Files,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let sheet = joined("css/", css, "\n", &files)?;
    let mut script = strings::script(words);
    // A script need not end in a semicolon; the next one would then go on with its last line.
    script.extend(joined("js/", js, "\n;\n", &files)?.into_bytes());
    let mut assets = vec![
        ("assets/css/site.css".to_owned(), sheet.into_bytes()),
        ("assets/js/site.js".to_owned(), script),
    ];
    for (path, bytes) in files {
        let is_asset = match path.split_once('/') {
            Some(("js", name)) => !js.iter().any(|part| part == name),
            Some((folder, _)) => matches!(folder, "fonts" | "img"),
            None => false,
        };
        if is_asset {
            assets.push((format!("assets/{path}"), bytes.into_owned()));
        }
    }
    Ok(assets)
}

/// Files of one folder, one after another.
fn joined(folder: &str, names: &[String], end: &str, files: &Files) -> Result<String, Failure> {
    let mut all = String::new();
    for name in names {
        let path = format!("{folder}{name}");
        let Some(bytes) = files.get(&path) else {
            let message = format!("theme.toml names `{path}`, which is not there");
            return Err(Diagnostic::error("theme", message).into());
        };
        all.push_str(text(&path, bytes)?);
        all.push_str(end);
    }
    Ok(all)
}
