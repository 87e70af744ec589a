//! `ttpress new`

use std::path::PathBuf;

use crate::attack::{Kind, Knowledge, ObjectIx, Status};
use crate::cli::output::Output;
use crate::cli::settings::Settings;
use crate::cli::{DataArgs, Global, Outcome};
use crate::detections::Detections;
use crate::diagnostics::{Diagnostic, Failure};
use crate::playbook::scaffold;
use crate::site::texts::Texts;
use crate::{names, publish, read_release, site, spelling};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The ATT&CK ID of a technique, group, software or campaign
    id: String,
    /// The file to write [default: content/playbooks/ID-NAME.md]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let settings = Settings::resolve(global, &args.data)?;
    let (inputs, _) = settings.bundles()?;
    let (release, _) = read_release(&inputs, settings.release.as_deref())?;
    let (knowledge, _) = Knowledge::new(&release);
    let ix = find(&knowledge, &args.id)?;
    let object = knowledge.object(ix);
    let (texts, _) = Texts::new(&knowledge);
    let (detections, _) = Detections::load(&settings.config.detections, &knowledge)?;
    let has = site::blocks_of(&knowledge, &texts, &detections, ix);
    let text = scaffold::skeleton(&knowledge, ix, |kind| has.contains(kind));
    let path = args.output.clone().unwrap_or_else(|| {
        let name = format!(
            "{}-{}.md",
            names::safe_segment(object.id()),
            names::slug(object.name())
        );
        settings.config.build.content.join("playbooks").join(name)
    });
    publish::write_new_file(&path, text.as_bytes())?;
    output.say(&format!(
        "{}: {} {}",
        path.display(),
        object.id(),
        object.name()
    ));
    Ok(Outcome::Clean)
}

/// The live object with an ID, if playbooks are written for its kind.
fn find(knowledge: &Knowledge, id: &str) -> Result<ObjectIx, Failure> {
    let id = id.trim().to_uppercase();
    let Some(ix) = knowledge.by_attack_id(&id) else {
        let live = knowledge.objects().filter(|(_, object)| object.is_live());
        let known: Vec<&str> = live
            .filter(|(_, object)| suits(object.kind))
            .map(|(_, object)| object.id())
            .collect();
        let error = Diagnostic::error("unknown-id", format!("`{id}` is not in this release"));
        return Err(match spelling::nearest(&id, &known) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("IDs look like T1059.001, G0016, S0002 or C0022"),
        }
        .into());
    };
    let object = knowledge.object(ix);
    match object.status {
        Status::Live if suits(object.kind) => Ok(ix),
        Status::Live => Err(Diagnostic::error(
            "unsuited-id",
            format!("`{id}` is a {}", object.kind.name().replace('_', " ")),
        )
        .help("playbooks are for techniques, groups, software and campaigns")
        .into()),
        Status::Deprecated => {
            Err(Diagnostic::error("deprecated-id", format!("`{id}` is deprecated")).into())
        }
        Status::Revoked { by } => {
            let error = Diagnostic::error("revoked-id", format!("`{id}` is revoked"));
            Err(match by.map(|by| knowledge.object(by)) {
                Some(by) => error.help(format!("its successor is {}, {}", by.id(), by.name())),
                None => error,
            }
            .into())
        }
    }
}

fn suits(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Technique | Kind::Group | Kind::Software | Kind::Campaign
    )
}
