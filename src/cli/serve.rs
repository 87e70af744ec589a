//! `ttpress serve`: the site in memory, made anew after every save.
//!
//! Three threads: this one answers browsers, one waits for saves, and one owns the release and makes
//! pages. Another release gets another such thread, and takes over once it has loaded.

mod last_good;
mod preview;

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use crate::cli::output::Output;
use crate::cli::serve::preview::Message;
use crate::cli::settings::Settings;
use crate::cli::{DataArgs, Global, Outcome};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure};
use crate::serve::{self, Change, Desk, News, Request, Watch};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The port on this machine [default: the first free one from 8000 on]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
}

pub(super) fn run(global: &Global, args: &Args, output: &Output) -> Result<Outcome, Failure> {
    let listener = serve::listen(args.port)?;
    let address = listener
        .local_addr()
        .map(|address| format!("http://{address}/"))
        .map_err(|error| Diagnostic::error("serve", error.to_string()))?;
    let (global, data) = (global.clone(), args.data.clone());
    let resolve = move || settings(&global, &data);
    let settings = resolve()?;
    // From before they are read, so that no save is missed.
    let watch = Watch::new(settings.written(), settings.data());
    let news = News::default();
    let messages = preview::start(settings.clone(), news.clone(), output.clone())?;
    let desk = Arc::new(Desk::new(news.clone(), asking(messages.clone())));
    let keeper = Keeper {
        settings,
        messages,
        desk: Arc::clone(&desk),
        news,
        output: output.clone(),
    };
    thread::spawn(move || keeper.keep_up(watch, resolve));
    output.say(&format!("{address} for preview only; Ctrl-C ends it"));
    if args.open
        && let Err(error) = open::that_detached(&address)
    {
        output.say(&format!("cannot open a browser: {error}"));
    }
    serve::run(listener, desk)?;
    Ok(Outcome::Clean)
}

/// The settings of `build`, for a site at the root of this server.
fn settings(global: &Global, data: &DataArgs) -> Result<Settings, Failure> {
    let mut settings = Settings::resolve(global, data)?;
    // The page for addresses that lead nowhere must find its styles from any depth.
    settings.site.base_url = Some("/".to_owned());
    Ok(settings)
}

fn asking(messages: Sender<Message>) -> impl Fn(Request) + Send + Sync {
    move |request| {
        // Where nobody answers, the request is dropped and the browser told.
        let _ = messages.send(Message::Asked(request));
    }
}

/// Keeps the preview up with what is saved.
struct Keeper {
    settings: Settings,
    messages: Sender<Message>,
    desk: Arc<Desk>,
    news: News,
    output: Output,
}

impl Keeper {
    fn keep_up(mut self, mut watch: Watch, resolve: impl Fn() -> Result<Settings, Failure>) {
        // Whether the data could not be read when it last changed.
        let mut is_stale = false;
        loop {
            let change = watch.wait();
            let settings = match resolve() {
                Ok(settings) => settings,
                Err(failure) => {
                    self.report(failure);
                    continue;
                }
            };
            watch.follow(settings.written(), settings.data());
            is_stale |= change == Change::Data || !settings.has_same_data(&self.settings);
            self.settings = settings.clone();
            if is_stale {
                is_stale = !self.start_anew(settings);
            } else {
                // Only a panic ends the receiver; its message is on the terminal.
                let _ = self.messages.send(Message::Changed(Box::new(settings)));
            }
        }
    }

    /// Loads other data and lets it take over. The old stays where that fails.
    fn start_anew(&mut self, settings: Settings) -> bool {
        match preview::start(settings, self.news.clone(), self.output.clone()) {
            Ok(messages) => {
                self.desk.hand_over(asking(messages.clone()));
                self.messages = messages;
                true
            }
            Err(failure) => {
                self.report(failure);
                false
            }
        }
    }

    fn report(&self, failure: Failure) {
        let mut found = Diagnostics::new();
        found.push(failure);
        self.output.findings(&found);
        self.news.fail(&found);
    }
}
