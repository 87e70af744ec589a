//! The press: Typst as a library, with nothing to read but the theme's files.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::Sheet;
use super::fonts;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::site::theme::PrintFiles;

/// Typst goes deep into what it sets, deeper than a thread's usual stack.
const STACK: usize = 16 << 20;

/// For how many prints Typst remembers what it did: the templates are used by each, and memory stays
/// level.
const REMEMBERED: usize = 1;

/// Sets prints with a theme's templates and fonts.
pub struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

/// A print on the press.
struct Job<'p> {
    press: &'p Press,
    main: Source,
}

impl Press {
    /// A press for a theme.
    pub fn new(theme: &PrintFiles) -> Result<Press, Failure> {
        let mut press = Press {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::new()),
            fonts: Vec::new(),
            sources: HashMap::new(),
            files: HashMap::new(),
        };
        for (path, bytes) in &theme.files {
            let id = file_id(&format!("print/{path}"))?;
            if path.starts_with("fonts/") {
                press.fonts.extend(Font::iter(Bytes::new(bytes.clone())));
            } else if Path::new(path)
                .extension()
                .is_some_and(|kind| kind == "typ")
            {
                press.add_source(id, String::from_utf8_lossy(bytes).into_owned());
            } else {
                press.files.insert(id, Bytes::new(bytes.clone()));
            }
        }
        press.add_source(file_id("tokens.typ")?, tokens(&theme.tokens));
        press.add_source(file_id("words.typ")?, words(&theme.words));
        press.rebind();
        Ok(press)
    }

    fn add_source(&mut self, id: FileId, text: String) {
        self.sources.insert(id, Source::new(id, text));
    }

    fn rebind(&mut self) {
        self.book = LazyHash::new(FontBook::from_fonts(&self.fonts));
    }

    /// Looks for fonts of the system where the prints have letters that no embedded font has, and
    /// names those that none has.
    pub fn prepare(&mut self, prints: &[Sheet]) -> Diagnostics {
        let mut found = Diagnostics::default();
        let texts = prints.iter().map(|sheet| sheet.source.as_str());
        let mut missing = fonts::missing(texts, &self.fonts);
        if missing.is_empty() {
            return found;
        }
        self.fonts.extend(fonts::covering(&mut missing));
        self.rebind();
        if !missing.is_empty() {
            let letters: Vec<String> = missing
                .iter()
                .take(12)
                .map(|&c| format!("{c} (U+{:04X})", u32::from(c)))
                .collect();
            let more = missing.len().saturating_sub(letters.len());
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            found.push(
                Diagnostic::warning(
                    "missing-glyph",
                    format!("no font has {}{more}", letters.join(", ")),
                )
                .help("install a font that has them, or put one into the theme's print/fonts/"),
            );
        }
        found
    }

    /// Sets one print.
    pub fn pdf(&self, sheet: &Sheet) -> Result<(Vec<u8>, Diagnostics), Failure> {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, || self.set(sheet));
            match thread.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => result,
                _ => Err(failure(sheet, "the press broke down")),
            }
        })
    }

    /// Sets many prints, side by side. Typst's own threads must not take whole prints: their
    /// stacks would not hold them.
    pub fn pdfs(&self, sheets: &[Sheet]) -> Result<Vec<(Vec<u8>, Diagnostics)>, Failure> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(sheet) = sheets.get(at) else {
                    return done;
                };
                done.push((at, self.set(sheet)));
                comemo::evict(REMEMBERED);
            }
        };
        let mut done = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads.min(sheets.len()))
                .filter_map(|_| {
                    let thread = std::thread::Builder::new().stack_size(STACK);
                    thread.spawn_scoped(scope, work).ok()
                })
                .collect();
            let results = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            results.filter_map(Result::ok).flatten().collect::<Vec<_>>()
        });
        done.sort_by_key(|(at, _)| *at);
        if done.len() < sheets.len() {
            return Err(Diagnostic::error("print", "the press broke down").into());
        }
        done.into_iter().map(|(_, result)| result).collect()
    }

    fn set(&self, sheet: &Sheet) -> Result<(Vec<u8>, Diagnostics), Failure> {
        let main = file_id("main.typ")?;
        let job = Job {
            press: self,
            main: Source::new(main, sheet.source.clone()),
        };
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&job);
        let mut found = Diagnostics::default();
        for warning in &warnings {
            found.push(job.explain(sheet, warning, false));
        }
        let document = output.map_err(|errors| job.failure(sheet, &errors))?;
        let mut options = PdfOptions {
            ident: Smart::Custom(sheet.title.clone()),
            creator: Smart::Custom(Some(
                concat!("ttpress ", env!("CARGO_PKG_VERSION")).to_owned(),
            )),
            standards: PdfStandards::new(&[PdfStandard::Ua_1]).unwrap_or_default(),
            ..PdfOptions::default()
        };
        match typst_pdf::pdf(&document, &options) {
            Ok(bytes) => Ok((bytes, found)),
            // A sheet that is not accessible to all is better than none.
            Err(errors) => {
                for error in &errors {
                    found.push(job.explain(sheet, error, false));
                }
                options.standards = PdfStandards::default();
                let bytes = typst_pdf::pdf(&document, &options)
                    .map_err(|errors| job.failure(sheet, &errors))?;
                Ok((bytes, found))
            }
        }
    }
}

impl Job<'_> {
    fn failure(&self, sheet: &Sheet, errors: &[SourceDiagnostic]) -> Failure {
        match errors.first() {
            Some(error) => self.explain(sheet, error, true).into(),
            None => failure(sheet, "Typst gave no reason"),
        }
    }

    fn explain(&self, sheet: &Sheet, what: &SourceDiagnostic, is_error: bool) -> Diagnostic {
        let mut message = format!("`{}`: {}", sheet.title, what.message);
        if let Some(id) = what.span.id()
            && let Some(range) = self.range(what.span)
            && let Ok(source) = self.source(id)
        {
            let line = source.lines().byte_to_line(range.start).unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = write!(
                message,
                " ({} line {})",
                id.vpath().get_without_slash(),
                line + 1
            );
        }
        let finding = if is_error {
            Diagnostic::error("print", message)
        } else {
            Diagnostic::warning("print", message)
        };
        finding
            .help("the theme's print/ files set the pages; `--theme default` prints without yours")
    }
}

fn failure(sheet: &Sheet, why: &str) -> Failure {
    Diagnostic::error("print", format!("`{}`: {why}", sheet.title)).into()
}

fn file_id(path: &str) -> Result<FileId, Failure> {
    let path = VirtualPath::new(path)
        .map_err(|error| Failure::from(Diagnostic::error("theme", format!("`{path}`: {error}"))))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The colours of the site's light theme, as a dictionary.
fn tokens(css: &str) -> String {
    let mut code = String::from("#let css = (:");
    let root = css.split_once(":root{").map_or("", |(_, rest)| rest);
    let root = root.split_once('}').map_or("", |(root, _)| root);
    for declaration in root.split(';') {
        let declaration = declaration.rsplit("*/").next().unwrap_or_default();
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let (name, value) = (name.trim().trim_start_matches("--"), value.trim());
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let digits = value.strip_prefix('#').unwrap_or_default();
        let is_colour =
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if is_name && is_colour {
            // Writing to a string cannot fail.
            let _ = write!(code, "\"{name}\": rgb(\"{digits}\"),");
        }
    }
    code.replacen("(:", "(", 1) + ")\n"
}

/// The words that prints use: those of the theme whose keys start with `print_`.
fn words(strings: &BTreeMap<String, String>) -> String {
    let mut code = super::Code::default();
    code.raw("#let words = (");
    for (key, text) in strings {
        if let Some(key) = key.strip_prefix("print_") {
            code.literal(&key.replace('_', "-"));
            code.raw(":");
            code.literal(text);
            code.raw(",");
        }
    }
    code.raw(")\n");
    code.finish()
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        let known = self.press.sources.get(&id).cloned();
        known.ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let known = self.press.files.get(&id).cloned();
        known.ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
