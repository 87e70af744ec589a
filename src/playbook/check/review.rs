//! Dates and versions of the front matter: what is no date, what is due, what ATT&CK has changed.

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::playbook::due::{self, Overdue};
use crate::playbook::{Playbook, Status};
use crate::versions::is_older;

use super::Against;

pub(super) fn check(playbook: &Playbook, against: &Against, found: &mut Diagnostics) {
    let front = &playbook.front;
    for (key, value) in [("reviewed", &front.reviewed), ("expires", &front.expires)] {
        if let Some(value) = value.as_deref().filter(|value| due::date(value).is_none()) {
            found.push(
                Diagnostic::error("bad-date", format!("`{value}` is no date"))
                    .at(playbook.at_key(key))
                    .help("write year, month and day as in `2026-11-24`"),
            );
        }
    }
    let every = front.review_every.as_deref();
    if let Some(value) = every.filter(|value| due::duration(value).is_none()) {
        found.push(
            Diagnostic::error("bad-duration", format!("`{value}` is no duration"))
                .at(playbook.at_key("review_every"))
                .help("write an ISO 8601 duration of days or longer: `P90D`, `P6M`, `P1Y`"),
        );
    }
    if front.status == Status::Retired {
        return;
    }
    for overdue in front.overdue(against.today) {
        let (message, key, help) = match overdue {
            Overdue::Review(day) => (
                format!("a review was due on {day}"),
                "reviewed",
                "read it through against the release, then set `reviewed`",
            ),
            Overdue::Expiry(day) => (
                format!("the playbook expired on {day}"),
                "expires",
                "read it through against the release, then set `expires` anew",
            ),
        };
        found.push(
            Diagnostic::warning("overdue-review", message)
                .at(playbook.at_key(key))
                .help(help),
        );
    }
    if front.status == Status::Approved && front.reviewed.is_none() {
        found.push(
            Diagnostic::warning(
                "never-reviewed",
                "an approved playbook that nobody has reviewed",
            )
            .at(playbook.at_key("status"))
            .help("set `reviewed` to the day on which it was read through"),
        );
    }
    versions(playbook, against, found);
}

fn versions(playbook: &Playbook, against: &Against, found: &mut Diagnostics) {
    let knowledge = against.knowledge;
    let mut techniques = playbook.techniques();
    // One version cannot speak for several techniques.
    if let (Some(id), None, Some(known)) = (
        techniques.next(),
        techniques.next(),
        playbook.front.technique_version.as_deref(),
    ) && let Some(ix) = knowledge.by_attack_id(id)
    {
        let version = &knowledge.object(ix).stix.x_mitre_version;
        if is_older(known, version) {
            let message = format!(
                "`{id}` is at version {version}, reviewed was {known}",
                version = &**version
            );
            found.push(
                Diagnostic::warning("technique-changed", message)
                    .at(playbook.at_key("technique_version"))
                    .help("read what changed in the technique, then set `technique_version`"),
            );
        }
    }
    if let Some(release) = playbook.front.attack_release.as_deref()
        && knowledge.is_named
        && is_older(release, knowledge.label)
    {
        let label = knowledge.label;
        let message = format!("reviewed against ATT&CK {release}; this is {label}");
        found
            .push(Diagnostic::note("older-release", message).at(playbook.at_key("attack_release")));
    }
}
