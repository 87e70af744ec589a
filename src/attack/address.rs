//! What an attack.mitre.org address means: `/techniques/T1059/001/`, `/wiki/Group/G0016`,
//! `/detectionstrategies/DET0066#AN0110`, `/datasources/DS0009/#Process%20Creation`.

use crate::attack::graph::{EdgeKind, ObjectIx};
use crate::attack::kind::Kind;
use crate::attack::knowledge::Knowledge;

/// Hosts that have carried ATT&CK's pages.
const HOSTS: [&str; 4] = [
    "attack.mitre.org",
    "www.attack.mitre.org",
    "attacksite.mitre.org",
    "collaborate.mitre.org",
];

/// The object that an address on one of MITRE's hosts names, if the knowledge has it.
pub fn resolve(knowledge: &Knowledge, url: &str) -> Option<ObjectIx> {
    let (_, rest) = url.trim().split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    if !HOSTS.iter().any(|known| host.eq_ignore_ascii_case(known)) {
        return None;
    }
    let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
    let path = path.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.split(['/', ':']).filter(|s| !s.is_empty()).collect();
    let page = of_segments(knowledge, &segments)?;
    Some(of_fragment(knowledge, page, fragment).unwrap_or(page))
}

fn of_segments(knowledge: &Knowledge, segments: &[&str]) -> Option<ObjectIx> {
    if let ["matrices", name, ..] = segments {
        let wanted = format!("{name}-attack");
        return knowledge
            .live(Kind::Matrix)
            .find(|(_, o)| o.id() == wanted)
            .map(|(ix, _)| ix);
    }
    let at = segments.iter().rposition(|s| looks_like_id(s))?;
    let id = match segments.get(at + 1) {
        Some(sub) if sub.len() == 3 && sub.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{}.{sub}", segments[at])
        }
        _ => segments[at].to_owned(),
    };
    let owners = knowledge.all_by_attack_id(&id);
    // T-numbered mitigations share the numbers of techniques: the folder says which is meant.
    let section = segments[..at]
        .last()
        .map(|s| s.to_ascii_lowercase())
        .unwrap_or_default();
    let meant = owners.iter().find(|&&ix| {
        let folder = knowledge.object(ix).kind.folder();
        !section.is_empty() && folder.starts_with(section.trim_end_matches('s'))
    });
    meant.or(owners.first()).copied()
}

/// Capital letters, then digits: `T1059`, `DS0009`, `DET0066`, `T1059.001`.
fn looks_like_id(segment: &str) -> bool {
    let digits = segment.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '-');
    digits.len() >= 4
        && digits.len() < segment.len()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// An analytic of a strategy, or a component of a data source by its name.
fn of_fragment(knowledge: &Knowledge, page: ObjectIx, fragment: &str) -> Option<ObjectIx> {
    match knowledge.object(page).kind {
        Kind::DetectionStrategy => {
            let mut analytics = knowledge.targets(page, EdgeKind::HasAnalytic);
            analytics.find(|&ix| knowledge.object(ix).id() == fragment)
        }
        Kind::DataSource => {
            let name = fragment.replace("%20", " ");
            let mut components = knowledge.origins(page, EdgeKind::PartOf);
            components.find(|&ix| knowledge.object(ix).name() == name)
        }
        _ => None,
    }
}
