//! What browsers are told: which version of the site there is, and what is wrong with it.

use serde::Serialize;
use tokio::sync::watch;

use crate::diagnostics::{Diagnostics, Format, render};

/// The state of the site, as the browser's script reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Status {
    /// Pages of another version are out of date.
    version: String,
    /// Whether something is an error.
    is_broken: bool,
    /// How many findings there are; empty where there are none.
    summary: String,
    /// The findings as the terminal shows them.
    report: String,
    #[serde(skip)]
    number: u64,
}

/// Where the state is announced; copies announce to the same listeners.
#[derive(Clone, Debug, Default)]
pub struct News(watch::Sender<Status>);

impl News {
    /// Announces a new version of the site with what was found in it, and says what it is called.
    pub fn publish(&self, found: &Diagnostics) -> String {
        self.0.send_modify(|status| {
            status.number += 1;
            // Another server on this port counts from one too.
            status.version = format!("{}-{}", std::process::id(), status.number);
            report(status, found);
        });
        self.0.borrow().version.clone()
    }

    /// Announces what was found in the present version, if it is the present one.
    pub fn amend(&self, version: &str, found: &Diagnostics) {
        self.0.send_if_modified(|status| {
            let is_present = status.version == version;
            if is_present {
                report(status, found);
            }
            is_present
        });
    }

    /// Announces why there is no new version.
    pub fn fail(&self, why: &Diagnostics) {
        self.0.send_modify(|status| report(status, why));
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Status> {
        let mut news = self.0.subscribe();
        // Whoever comes is told how things stand.
        news.mark_changed();
        news
    }
}

fn report(status: &mut Status, found: &Diagnostics) {
    status.is_broken = found.has_errors();
    status.summary = if found.is_empty() {
        String::new()
    } else {
        found.counts().to_string()
    };
    status.report = render(found, Format::Text, false);
}
