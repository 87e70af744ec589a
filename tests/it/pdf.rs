//! PDFs read back with poppler and qpdf. Where these are not installed only the making of PDFs is
//! tested; `tests/print/run` installs them and sets `TTPRESS_REQUIRE_PDF_TOOLS`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A PDF and what its pages say.
pub(crate) struct Pdf {
    path: PathBuf,
    pub(crate) pages: Vec<String>,
}

/// A word and where it stands on its page, in points from the upper left.
pub(crate) struct Word {
    pub(crate) page: usize,
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    /// Width and height of the page.
    pub(crate) sheet: (f64, f64),
}

impl Pdf {
    pub(crate) fn open(path: &Path) -> Option<Pdf> {
        let mut pdf = Pdf {
            path: path.to_owned(),
            pages: Vec::new(),
        };
        let text = pdf.tool("pdftotext", &["-layout", "FILE", "-"])?;
        pdf.tool("qpdf", &["--check", "FILE"])?;
        let pages = text.trim_end_matches('\u{c}').split('\u{c}');
        pdf.pages = pages.map(str::to_owned).collect();
        Some(pdf)
    }

    /// What a tool says, `FILE` standing for the PDF; none where the tool is not there.
    fn tool(&self, tool: &str, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(tool);
        for argument in arguments {
            match *argument {
                "FILE" => command.arg(&self.path),
                argument => command.arg(argument),
            };
        }
        match command.output() {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "{tool}: {said}");
                Some(String::from_utf8_lossy(&output.stdout).into_owned())
            }
            Err(_) if std::env::var_os("TTPRESS_REQUIRE_PDF_TOOLS").is_none() => None,
            Err(error) => panic!("{tool}: {error}"),
        }
    }

    /// All text without its spaces, in the order of reading.
    pub(crate) fn text(&self) -> String {
        squeezed(&self.pages.concat())
    }

    pub(crate) fn info(&self) -> String {
        self.tool("pdfinfo", &["FILE"]).unwrap_or_default()
    }

    fn json(&self, key: &str) -> Value {
        let key = format!("--json-key={key}");
        let json = self.tool("qpdf", &["--json=2", &key, "FILE"]);
        serde_json::from_str(&json.unwrap_or_default()).unwrap()
    }

    /// The titles of the outline at a depth, the outermost being 0.
    pub(crate) fn outline(&self, depth: usize) -> Vec<String> {
        let mut level = vec![self.json("outlines")["outlines"].clone()];
        for _ in 0..depth {
            let entries = level.iter().filter_map(Value::as_array).flatten();
            level = entries.map(|entry| entry["kids"].clone()).collect();
        }
        let entries = level.iter().filter_map(Value::as_array).flatten();
        entries
            .map(|entry| entry["title"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Addresses outside that links lead to; those inside are looked up.
    pub(crate) fn links(&self) -> BTreeSet<String> {
        let json = self.json("qpdf");
        let objects = json["qpdf"][1].as_object().unwrap();
        let value = |reference: &str| &objects[&format!("obj:{reference}")]["value"];
        let names = objects.values().find_map(|object| {
            let catalog = &object["value"];
            (catalog["/Type"] == "/Catalog").then(|| &catalog["/Names"]["/Dests"])
        });
        let names = names.map(Value::to_string).unwrap_or_default();
        let mut outside = BTreeSet::new();
        for link in objects.values().map(|object| &object["value"]) {
            if link["/Subtype"] != "/Link" {
                continue;
            }
            let place = match link["/Dest"].as_str() {
                Some(name) if name.starts_with("u:") => {
                    let is_there = names.contains(&Value::from(name).to_string());
                    assert!(is_there, "no place `{name}`");
                    continue;
                }
                Some(reference) => value(reference),
                None => &link["/Dest"],
            };
            if let Some(page) = place[0].as_str() {
                assert_eq!(value(page)["/Type"], "/Page");
            } else {
                let url = link["/A"]["/URI"].as_str();
                let url = url.unwrap_or_else(|| panic!("a link to nowhere: {link}"));
                outside.insert(url.trim_start_matches("u:").to_owned());
            }
        }
        outside
    }

    pub(crate) fn words(&self) -> Vec<Word> {
        let boxes = self.tool("pdftotext", &["-bbox", "FILE", "-"]);
        let number = |line: &str, key: &str| -> f64 {
            let (_, rest) = line.split_once(&format!("{key}=\"")).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        let (mut page, mut sheet) = (0, (0.0, 0.0));
        let mut words = Vec::new();
        for line in boxes.unwrap_or_default().lines() {
            if line.contains("<page ") {
                page += 1;
                sheet = (number(line, "width"), number(line, "height"));
            } else if line.contains("<word ")
                && let Some((_, text)) = line.split_once("\">")
            {
                let text = text.trim_end_matches("</word>").to_owned();
                words.push(Word {
                    page,
                    text,
                    left: number(line, "xMin"),
                    top: number(line, "yMin"),
                    right: number(line, "xMax"),
                    bottom: number(line, "yMax"),
                    sheet,
                });
            }
        }
        words
    }

    /// What holds for every print: each page has its label at the head and at the foot and its
    /// number, no word runs off the sheet, all links lead somewhere, readers by ear are told what
    /// is what.
    #[track_caller]
    pub(crate) fn is_sound(&self, label: &str, numbered: bool) {
        let words = self.words();
        for word in &words {
            let (width, height) = word.sheet;
            let is_on_sheet =
                word.left >= 0.0 && word.top >= 0.0 && word.right <= width && word.bottom <= height;
            assert!(is_on_sheet, "page {}: `{}`", word.page, word.text);
        }
        for page in 1..=self.pages.len() {
            let labels = words
                .iter()
                .filter(|word| word.page == page && word.text == label);
            let places: Vec<bool> = labels.map(|word| word.top < word.sheet.1 / 2.0).collect();
            let head_and_foot = [true, false].map(|is| places.contains(&is));
            assert_eq!(head_and_foot, [true; 2], "page {page}: {label}");
            let number = format!("page {page} of {}", self.pages.len());
            assert!(!numbered || self.pages[page - 1].contains(&number));
        }
        self.links();
        let info = self.info();
        assert!(info.contains("Tagged:          yes"), "{info}");
    }
}

pub(crate) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
