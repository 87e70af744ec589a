//! One test for each trap in the text.

use super::doc::{Event, Tag};
use super::html::{self, Page};
use super::{Doc, Names, Sources, parse, plain};
use crate::attack::{ObjectIx, RefIx};

mod blocks;
mod citations;
mod code;
mod hostile;
mod links;
mod marks;
mod output;

/// A small knowledge base.
struct Base;

const OBJECTS: [&str; 6] = [
    "T1566",
    "T1566.002",
    "AN0110",
    "S0002",
    "TA0001",
    "MOB-T1234",
];

impl Names for Base {
    fn object(&self, id: &str) -> Option<ObjectIx> {
        let at = OBJECTS.iter().position(|object| *object == id)?;
        u32::try_from(at).ok().map(ObjectIx)
    }

    fn address(&self, url: &str) -> Option<(ObjectIx, Option<String>)> {
        let path = url.strip_prefix("https://attack.mitre.org/")?;
        let (path, place) = match path.split_once('#') {
            Some((path, place)) => (path, Some(place.to_owned())),
            None => (path, None),
        };
        let (_, id) = path.split_once('/')?;
        Some((self.object(&id.replace('/', "."))?, place))
    }
}

struct Plain;

impl Page for Plain {
    fn href(&self, ix: ObjectIx) -> String {
        ix.0.to_string()
    }

    fn object_link(&mut self, ix: ObjectIx, fragment: Option<&str>, out: &mut String) {
        out.push_str("<a href=\"/");
        out.push_str(OBJECTS[ix.0 as usize]);
        if let Some(fragment) = fragment {
            out.push('#');
            out.push_str(fragment);
        }
        out.push_str("\">");
    }

    fn cite(&mut self, source: RefIx, out: &mut String) {
        out.push('[');
        out.push_str(&source.0.to_string());
        out.push(']');
    }
}

const SOURCES: [&str; 4] = [
    "Acme 2021",
    "Alert (AB17-163A)",
    "Blog March 2020 ",
    "Two; Three",
];

fn sources() -> Sources<'static> {
    let numbers = 0_u32..;
    SOURCES.into_iter().zip(numbers.map(RefIx)).collect()
}

fn read(text: &str) -> Doc {
    parse(text, &sources(), &Base, Some(ObjectIx(3)))
}

fn html(text: &str) -> String {
    let mut out = String::new();
    html::render(&read(text), &mut Plain, &mut out);
    out
}

/// The inside of the only paragraph.
fn line(text: &str) -> String {
    let html = html(text);
    let inside = html
        .strip_prefix("<p>")
        .and_then(|html| html.strip_suffix("</p>\n"));
    inside.map_or_else(|| format!("not one paragraph: {html}"), str::to_owned)
}

fn summary(text: &str) -> String {
    let mut out = String::new();
    html::render_summary(&read(text), &mut Plain, &mut out);
    out
}

fn cell(text: &str) -> String {
    let mut out = String::new();
    html::render_inline(&read(text), &mut Plain, &mut out);
    out
}
