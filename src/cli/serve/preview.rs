//! The thread that owns a release, reads what is written over it, and makes the pages asked for.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use crate::cli::build::Clock;
use crate::cli::output::Output;
use crate::cli::serve::last_good::LastGood;
use crate::cli::settings::Settings;
use crate::cli::stages::{Authored, Base, with_base};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Format, render};
use crate::serve::{Answer, Found, News, Request};
use crate::site::OnDemand;
use crate::site::versions::Versions;

/// What the thread is told.
pub(super) enum Message {
    /// A browser asks for a file.
    Asked(Request),
    /// What the team writes has changed; the settings may have.
    Changed(Box<Settings>),
}

/// Starts the thread and waits until it has a site to show. It ends when nobody can send it
/// messages any more.
pub(super) fn start(
    settings: Settings,
    news: News,
    output: Output,
) -> Result<Sender<Message>, Failure> {
    let (messages, inbox) = mpsc::channel();
    let (ready, loaded) = mpsc::channel();
    thread::spawn(move || {
        let result = with_base(&settings, &mut Clock::new(), |base, found, _| {
            // The preview is of what is written, and that is about the newest release.
            let alone = Versions::default();
            let base = base.alone(&alone);
            let authored = Authored::read(&settings, base)?;
            let preview = Preview {
                base,
                base_findings: found,
                settings: settings.clone(),
                inbox,
                news,
                output,
                told: Diagnostics::new(),
                last_good: LastGood::default(),
                shown: BTreeMap::new(),
            };
            preview.run(authored, &ready);
            Ok(())
        });
        if let Err(failure) = result {
            // Whoever waited for this is gone only at the end of the program.
            let _ = ready.send(Err(failure));
        }
    });
    let ended = || Diagnostic::error("internal", "the preview ended before it began").into();
    loaded.recv().unwrap_or_else(|_| Err(ended()))?;
    Ok(messages)
}

/// A release with what is written over it.
struct Preview<'k> {
    base: Base<'k>,
    base_findings: Diagnostics,
    settings: Settings,
    inbox: Receiver<Message>,
    news: News,
    output: Output,
    /// What the terminal has shown.
    told: Diagnostics,
    last_good: LastGood,
    /// Pages as they last could be made.
    shown: BTreeMap<String, Vec<u8>>,
}

/// What was read, and what is wrong with it.
type Written = (Authored, Diagnostics);

/// One version of the site.
struct Version<'v> {
    name: String,
    site: OnDemand<'v>,
    found: Diagnostics,
}

impl Preview<'_> {
    /// Shows one version of the site after the other.
    fn run(mut self, mut written: Written, ready: &Sender<Result<(), Failure>>) {
        loop {
            let (mut authored, found) = written;
            self.last_good.stand_in(&mut authored.playbooks, &found);
            let settings = self.settings.clone();
            let (coverage, below) = authored.coverage(&settings, self.base);
            let found = self.findings(found, below);
            // What cannot be read now was read a moment ago by the check.
            let updates = authored.updates(&settings, self.base).unwrap_or_default();
            let mut version = Version {
                name: self.news.publish(&found),
                site: OnDemand::new(authored.site(self.base, &coverage, &updates, &settings.site)),
                found,
            };
            self.tell(&version.found);
            // Heard only the first time.
            let _ = ready.send(Ok(()));
            let Some((settings, read)) = self.until_changed(&mut version) else {
                return;
            };
            self.settings = settings;
            written = read;
        }
    }

    fn findings(&self, written: Diagnostics, below: Diagnostics) -> Diagnostics {
        let mut all = self.base_findings.clone();
        all.extend(written);
        all.extend(below);
        all.sort();
        all.without_notes()
    }

    /// Shows on the terminal what it has not shown yet.
    fn tell(&mut self, found: &Diagnostics) {
        let told = |finding: &&Diagnostic| self.told.iter().any(|old| old == *finding);
        let fresh = found.iter().filter(|finding| !told(finding));
        self.output.findings(&fresh.cloned().collect());
        self.output.say(&format!("site made; {}", found.counts()));
        self.told = found.clone();
    }

    /// Answers browsers until something else can be read; none where nobody asks any more.
    fn until_changed(&mut self, version: &mut Version) -> Option<(Settings, Written)> {
        loop {
            match self.inbox.recv().ok()? {
                Message::Asked(request) => {
                    let answer = Answer {
                        found: self.answer(version, &request.path),
                        version: version.name.clone(),
                    };
                    // A browser that left needs no answer.
                    let _ = request.reply.send(answer);
                }
                Message::Changed(settings) => match Authored::read(&settings, self.base) {
                    Ok(written) => return Some((*settings, written)),
                    Err(failure) => {
                        let mut found = Diagnostics::new();
                        found.push(failure);
                        self.tell(&found);
                        self.news.fail(&found);
                    }
                },
            }
        }
    }

    /// What lies at a path; where that cannot be made, what last lay there.
    fn answer(&mut self, version: &mut Version, path: &str) -> Found {
        match find(&mut version.site, path) {
            Ok(found) => {
                if let Found::File(bytes) = &found {
                    self.shown.insert(path.to_owned(), bytes.clone());
                }
                found
            }
            Err(failure) => {
                let failure = Diagnostic::from(failure);
                let report = render(
                    &Diagnostics::from_iter([failure.clone()]),
                    Format::Text,
                    false,
                );
                if version.found.iter().all(|known| *known != failure) {
                    version.found.push(failure);
                    self.tell(&version.found);
                    self.news.amend(&version.name, &version.found);
                }
                match self.shown.get(path) {
                    Some(bytes) => Found::File(bytes.clone()),
                    None => Found::Failed(report),
                }
            }
        }
    }
}

fn find(site: &mut OnDemand, path: &str) -> Result<Found, Failure> {
    if let Some(bytes) = site.file(path)? {
        return Ok(Found::File(bytes.to_vec()));
    }
    if site.file(&format!("{path}/index.html"))?.is_some() {
        return Ok(Found::Folder);
    }
    let page = site.file("404.html")?.unwrap_or_default();
    Ok(Found::Nothing(page.to_vec()))
}
