//! What `ttpress print` does where the binary can.

mod layer;

use super::{Args, PaperArg};
use crate::attack::matrix::{self, Matrix};
use crate::attack::{Kind, Knowledge, ObjectIx, relations};
use crate::cli::build::Clock;
use crate::cli::output::{Output, outcome};
use crate::cli::settings::Settings;
use crate::cli::stages::{Authored, with_base};
use crate::cli::{Global, Outcome};
use crate::coverage::Coverage;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::playbook::Playbook;
use crate::print::{self, Edition, Marks, Paper, PosterSize, Press, Sheet, Subject};
use crate::site::context::Sources;
use crate::site::pages::lists::Files;
use crate::site::routes::domain_slug;
use crate::site::{self, Site};
use crate::{publish, spelling};
use layer::Layer;

pub(in crate::cli) fn run(
    global: &Global,
    args: &Args,
    output: &Output,
) -> Result<Outcome, Failure> {
    let settings = Settings::resolve(global, &args.data)?;
    with_base(&settings, &mut Clock::new(), |base, mut diagnostics, _| {
        let (mut authored, found) = Authored::read(&settings, base)?;
        diagnostics.extend(found);
        let (coverage, _) = authored.coverage(&settings, base);
        let site = authored.site(base, &coverage, &[], &settings.site);
        let edition = Edition {
            paper: paper(args),
            tlp: args.tlp,
            ..edition(&settings.site)
        };
        let sheets = [sheet(args, site.sources(), &coverage, &edition)?];
        let mut press = Press::new(site.theme().print())?;
        diagnostics.extend(press.prepare(&sheets));
        for sheet in &sheets {
            let (bytes, found) = press.pdf(sheet)?;
            diagnostics.extend(found);
            publish::replace_file(&args.output, &bytes)?;
            output.say(&format!(
                "{}: {}, {} KB",
                args.output.display(),
                sheet.title,
                bytes.len().div_ceil(1024)
            ));
        }
        diagnostics.sort();
        output.findings(&diagnostics.without_notes());
        // Typst's caches take a while to free piece by piece; the process ends here.
        std::mem::forget(press);
        Ok(outcome(&diagnostics, args.data.strict))
    })
}

/// The PDF of every playbook page, in the page's folder.
pub(in crate::cli) fn beside_pages(
    site: &Site,
    settings: &site::Settings,
) -> Result<(Files, Diagnostics), Failure> {
    let sources = site.sources();
    let edition = edition(settings);
    let written = sources.playbooks.iter().map(Subject::Written);
    let subjects: Vec<Subject> = written
        .chain(sources.unwritten().map(Subject::Unwritten))
        .collect();
    let sheets: Vec<Sheet> = subjects
        .iter()
        .map(|&subject| print::playbook(sources, subject, &edition))
        .collect();
    let mut press = Press::new(site.theme().print())?;
    let mut diagnostics = press.prepare(&sheets);
    let mut files = Files::new();
    for (subject, (bytes, found)) in subjects.iter().zip(press.pdfs(&sheets)?) {
        diagnostics.extend(found);
        files.push((format!("{}playbook.pdf", subject.folder(sources)), bytes));
    }
    Ok((files, diagnostics))
}

fn edition(settings: &site::Settings) -> Edition {
    Edition {
        wiki: settings.title.clone(),
        language: settings.language.clone(),
        built: settings.built.clone(),
        paper: Paper::A4,
        tlp: None,
    }
}

fn paper(args: &Args) -> Paper {
    match args.paper {
        Some(PaperArg::Letter) => Paper::Letter,
        Some(PaperArg::A3) => Paper::A3,
        _ => Paper::A4,
    }
}

fn sheet(
    args: &Args,
    sources: Sources,
    coverage: &Coverage,
    edition: &Edition,
) -> Result<Sheet, Failure> {
    if let Some(domain) = &args.poster {
        return poster(args, sources, coverage, domain, edition);
    }
    let (about, subjects) = subjects(args, sources)?;
    match subjects[..] {
        [_, ..] if args.card => Ok(print::cards(sources, &subjects, edition)),
        [subject] => Ok(print::playbook(sources, subject, edition)),
        [] => Err(Diagnostic::error("print", "there is nothing to print")
            .help("name the IDs of techniques, or --group, --tactic, --all or --layer")
            .into()),
        _ => Ok(print::binder(sources, about, &subjects, edition)),
    }
}

fn poster(
    args: &Args,
    sources: Sources,
    coverage: &Coverage,
    domain: &str,
    edition: &Edition,
) -> Result<Sheet, Failure> {
    let knowledge = sources.knowledge;
    let matrices = matrix::all(knowledge);
    let slug = |matrix: &Matrix| domain_slug(&knowledge.domains[matrix.domain]);
    let Some(matrix) = matrices.iter().find(|matrix| slug(matrix) == domain) else {
        let known: Vec<String> = matrices.iter().map(slug).collect();
        return Err(
            Diagnostic::error("unknown-domain", format!("there is no matrix `{domain}`"))
                .help(format!("the data has: {}", known.join(", ")))
                .into(),
        );
    };
    let marks = match &args.layer {
        Some(path) => {
            let layer = Layer::read(path)?;
            let marks = layer.colours(knowledge);
            Marks::Layer(layer.name, marks)
        }
        None => Marks::Coverage(coverage),
    };
    let size = match args.paper {
        None | Some(PaperArg::A0) => PosterSize::A0,
        Some(PaperArg::A1) => PosterSize::A1,
        Some(PaperArg::A2) => PosterSize::A2,
        Some(PaperArg::A3) => PosterSize::A3,
        Some(PaperArg::A4 | PaperArg::Letter) => {
            return Err(
                Diagnostic::error("print", "a matrix cannot be read on so small a sheet")
                    .help("posters are a0, a1, a2 or a3")
                    .into(),
            );
        }
    };
    Ok(print::poster(sources, matrix, &marks, size, edition))
}

/// The playbooks that the arguments name, and what they have in common.
fn subjects<'k>(
    args: &Args,
    sources: Sources<'k>,
) -> Result<(Option<ObjectIx>, Vec<Subject<'k>>), Failure> {
    let knowledge = sources.knowledge;
    let (about, objects) = if let Some(id) = &args.group {
        let group = find(knowledge, id, Kind::Group)?;
        (Some(group), against(sources, group))
    } else if let Some(id) = &args.tactic {
        let tactic = find(knowledge, id, Kind::Tactic)?;
        (Some(tactic), related(knowledge, tactic, "techniques"))
    } else if let Some(path) = &args.layer {
        (None, Layer::read(path)?.techniques(knowledge))
    } else if args.all {
        let all = sources.playbooks.iter().map(Subject::Written);
        return Ok((None, all.collect()));
    } else {
        let named = args.ids.iter().map(|id| subject(sources, id));
        return Ok((None, named.collect::<Result<_, _>>()?));
    };
    Ok((about, print::subjects_of(sources, objects)))
}

/// What a team needs against a group: what is written on the group, its campaigns and its software,
/// and all of its techniques.
fn against(sources: Sources, group: ObjectIx) -> Vec<ObjectIx> {
    let of = |kind| related(sources.knowledge, group, kind);
    let known = [vec![group], of("campaigns"), of("software_with_campaigns")].concat();
    let written = |ix: &ObjectIx| sources.playbooks_for(*ix).next().is_some();
    let techniques = of("techniques_with_campaigns");
    known
        .into_iter()
        .filter(written)
        .chain(techniques)
        .collect()
}

fn related(knowledge: &Knowledge, ix: ObjectIx, kind: &str) -> Vec<ObjectIx> {
    let all = relations::of(knowledge, ix).into_iter();
    let found = all.filter(|(name, _)| *name == kind);
    found.flat_map(|(_, objects)| objects).collect()
}

/// What a name or an ID stands for: a playbook, on whatever it is, else a technique without one.
fn subject<'k>(sources: Sources<'k>, id: &str) -> Result<Subject<'k>, Failure> {
    let is_meant = |playbook: &&Playbook| {
        let mut own = playbook.techniques();
        playbook.slug == id || own.any(|own| own.eq_ignore_ascii_case(id.trim()))
    };
    match sources.playbooks.iter().find(is_meant) {
        Some(playbook) => Ok(Subject::Written(playbook)),
        None => find(sources.knowledge, id, Kind::Technique).map(Subject::Unwritten),
    }
}

fn find(knowledge: &Knowledge, id: &str, kind: Kind) -> Result<ObjectIx, Failure> {
    let id = id.trim().to_uppercase();
    let live = |ix: &ObjectIx| {
        let object = knowledge.object(*ix);
        object.kind == kind && object.is_live()
    };
    if let Some(ix) = knowledge.by_attack_id(&id).filter(live) {
        return Ok(ix);
    }
    let known: Vec<&str> = knowledge
        .live(kind)
        .map(|(_, object)| object.id())
        .collect();
    let error = Diagnostic::error(
        "unknown-id",
        format!("`{id}` is not a live {} of this release", kind.name()),
    );
    Err(match spelling::nearest(&id, &known) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    }
    .into())
}
