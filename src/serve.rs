//! The preview server: shows a site that is being written to a browser on the same machine.
//!
//! It is not for publishing. It listens on the loopback address, answers only those who ask for
//! this machine by name (so that no page from elsewhere can ask for it through the browser), and
//! knows no files but those of the site in memory.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module that opens sockets"
)]

mod http;
mod news;
mod watch;

use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, PoisonError, RwLock};

use axum::serve::ListenerExt;
use tokio::sync::oneshot;

use crate::diagnostics::{Diagnostic, Failure};

pub use news::News;
pub use watch::{Change, Watch};

/// The port where no other is asked for.
pub const PORT: u16 = 8000;
/// How many ports above it are tried while those below are taken.
const MORE_PORTS: u16 = 50;

/// A browser's question for a file of the site.
#[derive(Debug)]
pub struct Request {
    /// The file's path in the site.
    pub path: String,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Answer>,
}

/// What there is to show, and the version of the site that it belongs to.
#[derive(Debug)]
pub struct Answer {
    /// As [`News::publish`] called it.
    pub version: String,
    /// What lies at the path.
    pub found: Found,
}

/// What lies at a path.
#[derive(Debug)]
pub enum Found {
    /// A file.
    File(Vec<u8>),
    /// A folder with a page.
    Folder,
    /// Nothing; the site's own page says so.
    Nothing(Vec<u8>),
    /// A page that cannot be made, and why.
    Failed(String),
}

type Ask = dyn Fn(Request) + Send + Sync;

/// Where requests come in, for whoever answers them at the time.
pub struct Desk {
    ask: RwLock<Box<Ask>>,
    news: News,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk whose requests go to `ask`.
    pub fn new(news: News, ask: impl Fn(Request) + Send + Sync + 'static) -> Desk {
        Desk {
            ask: RwLock::new(Box::new(ask)),
            news,
        }
    }

    /// Sends all requests from now on elsewhere.
    pub fn hand_over(&self, ask: impl Fn(Request) + Send + Sync + 'static) {
        *self.ask.write().unwrap_or_else(PoisonError::into_inner) = Box::new(ask);
    }

    /// The answer to a question; none where nobody answers any more.
    async fn ask(&self, path: String) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        {
            let ask = self.ask.read().unwrap_or_else(PoisonError::into_inner);
            ask(Request { path, reply });
        }
        answer.await.ok()
    }
}

/// Opens the port asked for, else the first free one from [`PORT`] on, for this machine only.
pub fn listen(port: Option<u16>) -> Result<TcpListener, Failure> {
    let ports = match port {
        Some(port) => port..=port,
        None => PORT..=PORT + MORE_PORTS,
    };
    for port in ports.clone() {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(cannot_listen(&format!("port {port}: {error}"))),
        }
    }
    let (first, last) = ports.into_inner();
    Err(if first == last {
        cannot_listen(&format!("port {first}: another program uses it"))
    } else {
        cannot_listen(&format!("ports {first} to {last}: other programs use them"))
    })
}

/// Serves until Ctrl-C.
pub fn run(listener: TcpListener, desk: Arc<Desk>) -> Result<(), Failure> {
    let served = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .and_then(|runtime| runtime.block_on(until_interrupted(listener, desk)));
    served.map_err(|error| cannot_listen(&error.to_string()))
}

async fn until_interrupted(listener: TcpListener, desk: Arc<Desk>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|connection| {
        // Held back to be sent with more, an answer would wait 40 ms. Without, it is only slow.
        let _ = connection.set_nodelay(true);
    });
    // Browsers keep listening for news, so there is no waiting for them to finish.
    tokio::select! {
        served = axum::serve(listener, http::router(desk)).into_future() => served,
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

fn cannot_listen(why: &str) -> Failure {
    Diagnostic::error("serve", format!("cannot serve on {why}"))
        .help("`--port` names another port")
        .into()
}
