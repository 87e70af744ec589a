//! One file of STIX: JSON in, objects out, with a finding for everything that did not fit.
//!
//! The common case is one typed pass over the bytes. Only when a field has a type it should not
//! have is the file read again object by object, so that one bad field costs that field and not
//! the release.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::attack::stix::{self, Object, S};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Place};
use crate::source::Input;

/// The objects of one bundle and what the bundle says of itself.
#[derive(Clone, Debug)]
pub struct Bundle<'a> {
    /// The file, as the user named it.
    pub path: &'a str,
    /// Its objects in file order. They are large, are sorted and merged later, and stand in the
    /// release as in the edition that is compared.
    pub objects: Vec<Arc<Object<'a>>>,
}

#[derive(serde::Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    objects: Vec<OfMap<Arc<Object<'a>>>>,
}

#[derive(serde::Deserialize)]
struct RawWire<'a> {
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
}

/// A value that only a JSON object gives. A derived struct would also take a list, for its fields
/// in order.
struct OfMap<P>(P);

impl<'de, P> Deserialize<'de> for OfMap<P>
where
    P: Deref<Target: Deserialize<'de> + Sized> + From<P::Target>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<P>(PhantomData<P>);

        impl<'de, P> Visitor<'de> for Visit<P>
        where
            P: Deref<Target: Deserialize<'de> + Sized> + From<P::Target>,
        {
            type Value = OfMap<P>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OfMap<P>, A::Error> {
                P::Target::deserialize(MapAccessDeserializer::new(map))
                    .map(|value| OfMap(P::from(value)))
            }
        }

        deserializer.deserialize_map(Visit(PhantomData))
    }
}

impl<'a> Bundle<'a> {
    /// Reads a bundle. Text that is no JSON, or JSON that is no bundle, is a failure: the caller
    /// cannot know what is missing. In a folder JSON may be something else, such as the index of
    /// MITRE's releases: a bundle without objects and a note. All else that is odd is a finding.
    pub fn parse(input: &'a Input) -> Result<(Bundle<'a>, Diagnostics), Failure> {
        let text = std::str::from_utf8(&input.bytes).map_err(|error| {
            Diagnostic::error("stix-syntax", "the file is not UTF-8 text")
                .in_file(&input.path)
                .help(format!(
                    "the first bad byte is at offset {}",
                    error.valid_up_to()
                ))
        })?;
        let mut unknown = Unknown::default();
        let mut json = serde_json::Deserializer::from_str(text);
        let parsed: Result<OfMap<Box<Wire>>, _> =
            serde_ignored::deserialize(&mut json, |path| unknown.note(&path));
        let mut diagnostics = Diagnostics::default();
        let objects = match parsed.and_then(|OfMap(wire)| json.end().map(|()| wire.objects)) {
            Ok(objects) => {
                unknown.report(&input.path, &mut diagnostics);
                objects.into_iter().map(|OfMap(object)| object).collect()
            }
            Err(error) => match one_by_one(text, &input.path, &error, &mut diagnostics) {
                Err(failure) if input.is_found && failure.diagnostic().code == NO_BUNDLE => {
                    diagnostics.push(left_out(&input.path));
                    Vec::new()
                }
                objects => objects?,
            },
        };
        let objects = keep_identified(objects, &input.path, &mut diagnostics);
        Ok((
            Bundle {
                path: &input.path,
                objects,
            },
            diagnostics,
        ))
    }

    /// The domain that the bundle holds, such as `enterprise-attack`: its matrix says so, else
    /// its kill chain, else the objects. `None` where nothing says it (one object of a tree).
    pub fn domain(&self) -> Option<String> {
        let matrix = self.objects.iter().find_map(|o| {
            let id = if o.r#type.0 == "x-mitre-matrix" {
                o.attack_id()
            } else {
                None
            };
            id.filter(|id| id.ends_with("-attack")).map(str::to_owned)
        });
        matrix
            .or_else(|| self.domain_of_kill_chain())
            .or_else(|| self.domain_of_objects())
    }

    fn domain_of_kill_chain(&self) -> Option<String> {
        let chains = self.objects.iter().flat_map(|o| &o.kill_chain_phases);
        most_common(chains.filter_map(|p| {
            let middle = p.kill_chain_name.strip_prefix("mitre-")?;
            Some(match middle {
                "attack" => "enterprise-attack",
                other => other,
            })
        }))
    }

    fn domain_of_objects(&self) -> Option<String> {
        let single = self.objects.iter().filter(|o| o.x_mitre_domains.len() == 1);
        most_common(single.map(|o| &*o.x_mitre_domains[0]))
    }

    /// The release that the bundle's `x-mitre-collection` names.
    pub fn collection_release(&self) -> Option<&str> {
        self.objects
            .iter()
            .find(|o| o.r#type.0 == "x-mitre-collection" && !o.x_mitre_version.is_empty())
            .map(|o| &*o.x_mitre_version)
    }
}

fn most_common<'b>(values: impl Iterator<Item = &'b str>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    // The smaller name wins a tie, whatever the order of the objects.
    let best = counts.into_iter().rev().max_by_key(|&(_, n)| n)?;
    Some(best.0.to_owned())
}

/// Fields that this version does not know: name → how often, and where first.
#[derive(Default)]
struct Unknown(BTreeMap<String, usize>);

impl Unknown {
    fn note(&mut self, path: &serde_ignored::Path) {
        use serde_ignored::Path;
        let Path::Map {
            parent:
                Path::Seq {
                    parent: Path::Map { key: list, .. },
                    ..
                },
            key,
        } = path
        else {
            return;
        };
        if list == "objects" && !stix::UNUSED_FIELDS.contains(&key.as_str()) {
            *self.0.entry(key.clone()).or_default() += 1;
        }
    }

    fn report(self, file: &str, diagnostics: &mut Diagnostics) {
        for (field, count) in self.0 {
            diagnostics.push(
                Diagnostic::note(
                    "unknown-field",
                    format!("field `{field}` on {count} objects is not known to this version"),
                )
                .in_file(file)
                .help("its values are not shown; all else of these objects is"),
            );
        }
    }
}

/// The slow way in: `error` said that a typed pass cannot read the file.
fn one_by_one<'a>(
    text: &'a str,
    file: &str,
    error: &serde_json::Error,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Arc<Object<'a>>>, Failure> {
    let OfMap(raw): OfMap<Box<RawWire>> = serde_json::from_str(text).map_err(|raw_error| {
        let error = if raw_error.is_data() {
            error
        } else {
            &raw_error
        };
        no_bundle(text, file, error)
    })?;
    let mut objects = Vec::with_capacity(raw.objects.len());
    for value in raw.objects {
        // The typed pass gives the object's own error; only a bad object pays for more.
        match OfMap::deserialize(value) {
            Ok(OfMap(object)) => objects.push(object),
            Err(_) => objects.extend(field_by_field(text, file, value, diagnostics).map(Arc::new)),
        }
    }
    Ok(objects)
}

/// JSON, but no bundle.
const NO_BUNDLE: &str = "no-bundle";

fn left_out(file: &str) -> Diagnostic {
    Diagnostic::note(NO_BUNDLE, "this file of the folder is no STIX bundle")
        .in_file(file)
        .help("it is left out")
}

fn no_bundle(text: &str, file: &str, error: &serde_json::Error) -> Failure {
    let what = without_place(error);
    let start = text.trim_start();
    let help = if start.starts_with('<') {
        "this looks like HTML or XML: perhaps a login or error page was saved as the bundle"
    } else if error.is_eof() {
        "the file is cut off: download it again"
    } else if error.is_data() {
        "a STIX bundle is an object with a list `objects`"
    } else {
        "the file is no JSON from here on: download it again"
    };
    let offset = offset_of(text, error.line(), error.column());
    let code = if error.is_data() {
        NO_BUNDLE
    } else {
        "stix-syntax"
    };
    Diagnostic::error(code, format!("cannot read the bundle: {what}"))
        .at(Place::of_offset(file, text, offset, 1))
        .help(help)
        .into()
}

/// What is wrong, without the line and column, which a finding tells on its own.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((what, _)) => what.to_owned(),
        None => message,
    }
}

/// Byte offset of a 1-based line and byte column as `serde_json` counts them.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut offset = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Reads one bad object, dropping the fields that have a wrong type.
fn field_by_field<'a>(
    text: &'a str,
    file: &str,
    value: &'a RawValue,
    diagnostics: &mut Diagnostics,
) -> Option<Object<'a>> {
    let place = |raw: &RawValue| {
        let offset = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        Place::of_offset(file, text, offset, 1)
    };
    let Ok(fields) = serde_json::from_str::<BTreeMap<S<'a>, &'a RawValue>>(value.get()) else {
        diagnostics.push(
            Diagnostic::error("stix-object", "an entry of `objects` is no object")
                .at(place(value))
                .help("the entry is left out"),
        );
        return None;
    };
    let mut good = Vec::with_capacity(fields.len());
    for (name, raw) in fields {
        let alone = MapDeserializer::new(std::iter::once((&*name.0, raw)));
        match <Object as Deserialize>::deserialize(alone) {
            Ok(_) => good.push((name, raw)),
            Err(error) => {
                let what = without_place(&error);
                diagnostics.push(
                    Diagnostic::warning("stix-field", format!("field `{}`: {what}", &*name))
                        .at(place(raw))
                        .help("the field is left out; the rest of the object is used"),
                );
            }
        }
    }
    let all = good.iter().map(|(name, raw)| (&*name.0, *raw));
    let whole: Result<Object, serde_json::Error> = Object::deserialize(MapDeserializer::new(all));
    whole.ok()
}

/// Keeps the objects that say what they are.
fn keep_identified<'a>(
    objects: Vec<Arc<Object<'a>>>,
    file: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<Arc<Object<'a>>> {
    let before = objects.len();
    let kept: Vec<_> = objects
        .into_iter()
        .filter(|o| !o.id.is_empty() && !o.r#type.is_empty())
        .collect();
    if kept.len() < before {
        diagnostics.push(
            Diagnostic::error(
                "stix-object",
                format!("{} objects have no `id` or no `type`", before - kept.len()),
            )
            .in_file(file)
            .help("they are left out: nothing can refer to them"),
        );
    }
    kept
}
