//! Dates and versions of the front matter: what is no date, what is due, what ATT&CK has changed.

use jiff::Span;
use jiff::civil::Date;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::playbook::{Playbook, Status};
use crate::versions::is_older;

use super::Against;

pub(super) fn check(playbook: &Playbook, against: &Against, found: &mut Diagnostics) {
    let reviewed = date(
        playbook,
        "reviewed",
        playbook.front.reviewed.as_deref(),
        found,
    );
    let expires = date(
        playbook,
        "expires",
        playbook.front.expires.as_deref(),
        found,
    );
    let every = duration(playbook, found);
    if playbook.front.status == Status::Retired {
        return;
    }
    let due = reviewed
        .zip(every)
        .and_then(|(reviewed, every)| reviewed.checked_add(every).ok());
    if let Some(due) = due.filter(|&due| due < against.today) {
        found.push(
            Diagnostic::warning("overdue-review", format!("a review was due on {due}"))
                .at(playbook.at_key("reviewed"))
                .help("read it through against the release, then set `reviewed`"),
        );
    }
    if let Some(expired) = expires.filter(|&expires| expires < against.today) {
        found.push(
            Diagnostic::warning(
                "overdue-review",
                format!("the playbook expired on {expired}"),
            )
            .at(playbook.at_key("expires"))
            .help("read it through against the release, then set `expires` anew"),
        );
    }
    if playbook.front.status == Status::Approved && playbook.front.reviewed.is_none() {
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

fn date(
    playbook: &Playbook,
    key: &'static str,
    value: Option<&str>,
    found: &mut Diagnostics,
) -> Option<Date> {
    let value = value?;
    // The parser takes shorter and longer forms too.
    let date = value
        .parse()
        .ok()
        .filter(|_| value.len() == "2026-11-24".len());
    if date.is_none() {
        found.push(
            Diagnostic::error("bad-date", format!("`{value}` is no date"))
                .at(playbook.at_key(key))
                .help("write year, month and day as in `2026-11-24`"),
        );
    }
    date
}

fn duration(playbook: &Playbook, found: &mut Diagnostics) -> Option<Span> {
    let value = playbook.front.review_every.as_deref()?;
    let span: Option<Span> = value
        .parse()
        .ok()
        .filter(|span: &Span| value.starts_with('P') && !value.contains('T') && span.is_positive());
    if span.is_none() {
        found.push(
            Diagnostic::error("bad-duration", format!("`{value}` is no duration"))
                .at(playbook.at_key("review_every"))
                .help("write an ISO 8601 duration of days or longer: `P90D`, `P6M`, `P1Y`"),
        );
    }
    span
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
