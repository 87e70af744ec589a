//! Themes: templates, styles, scripts, fonts and strings. The default theme is part of the
//! binary; a wiki's own theme overrides any file of it, any block of a template and any string.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tera::{Context, Tera};

use crate::diagnostics::{Diagnostic, Failure};
use crate::source;

mod bundled {
    #![allow(
        clippy::disallowed_methods,
        reason = "debug builds of `RustEmbed` read the files from disk"
    )]

    #[derive(rust_embed::RustEmbed)]
    #[folder = "themes/default/"]
    pub(super) struct DefaultTheme;
}

use bundled::DefaultTheme;

/// `theme.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// Style sheets in order; they become one file.
    #[serde(default)]
    css: Vec<String>,
    /// Every word of the interface, by key.
    #[serde(default)]
    strings: BTreeMap<String, String>,
}

/// A theme ready to render.
#[derive(Debug)]
pub struct Theme {
    tera: Tera,
    assets: Vec<(String, Vec<u8>)>,
}

/// Files of the default theme, or of the folder that overrides it: path → bytes.
type Files = BTreeMap<String, Cow<'static, [u8]>>;

/// Templates of the default theme can be extended under this prefix even where they are
/// overridden: `{% extends "default/base.html" %}`.
const DEFAULT: &str = "default/";

impl Theme {
    /// Loads the default theme, overridden by the files in `overlay`.
    pub fn load(overlay: Option<&Path>) -> Result<Theme, Failure> {
        let default: Files = DefaultTheme::iter()
            .filter_map(|path| Some((path.to_string(), DefaultTheme::get(&path)?.data)))
            .collect();
        let own = overlay.map(read_overlay).transpose()?.unwrap_or_default();
        let base = manifest(&default)?;
        let mut strings = base.strings;
        let over = manifest(&own)?;
        for (key, text) in over.strings {
            if !strings.contains_key(&key) {
                return Err(Diagnostic::error(
                    "theme",
                    format!("`theme.toml` sets the string `{key}`, which no template uses"),
                )
                .help("the default theme's theme.toml lists all strings")
                .into());
            }
            strings.insert(key, text);
        }
        let mut css = base.css;
        css.extend(over.css);
        let mut tera = load_templates(&default, &own)?;
        tera.global_context().insert("strings", &strings);
        let mut files = default;
        files.extend(own);
        Ok(Theme {
            tera,
            assets: assets(&css, files)?,
        })
    }

    /// Gives templates what is the same on every page.
    pub fn set_site(&mut self, site: &impl Serialize) {
        self.tera.global_context().insert("site", site);
    }

    /// Renders a view.
    pub fn render(&self, template: &str, view: &impl Serialize) -> Result<Vec<u8>, Failure> {
        let rendered =
            Context::from_serialize(view).and_then(|context| self.tera.render(template, &context));
        rendered
            .map(String::into_bytes)
            .map_err(|error| template_failure(&error))
    }

    /// The files that every page shares, under `assets/`.
    pub fn assets(&self) -> &[(String, Vec<u8>)] {
        &self.assets
    }
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
        &["html", "css", "js", "toml", "woff2", "svg", "png", "txt"],
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

fn manifest(files: &Files) -> Result<Manifest, Failure> {
    let Some(bytes) = files.get("theme.toml") else {
        return Ok(Manifest::default());
    };
    let source = text("theme.toml", bytes)?;
    toml::from_str(source).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        Diagnostic::error("theme", error.message().to_owned())
            .at(crate::diagnostics::Place::of_offset(
                "theme.toml",
                source,
                offset,
                1,
            ))
            .help("theme.toml has the keys `css` and `strings`")
            .into()
    })
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

/// Style sheets as one file, all else as it is.
fn assets(css: &[String], files: Files) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut sheet = String::new();
    for name in css {
        let path = format!("css/{name}");
        let Some(bytes) = files.get(&path) else {
            return Err(Diagnostic::error(
                "theme",
                format!("theme.toml names `{path}`, which is not there"),
            )
            .into());
        };
        sheet.push_str(text(&path, bytes)?);
        sheet.push('\n');
    }
    let mut assets = vec![("assets/css/site.css".to_owned(), sheet.into_bytes())];
    for (path, bytes) in files {
        let is_asset = ["js/", "fonts/", "img/"]
            .iter()
            .any(|folder| path.starts_with(folder));
        if is_asset {
            assets.push((format!("assets/{path}"), bytes.into_owned()));
        }
    }
    Ok(assets)
}
