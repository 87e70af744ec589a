//! Downloads over HTTP: bounded, patient to a degree, going on where they were cut.

use std::io::Read as _;
use std::thread;
use std::time::Duration;

use ureq::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, LAST_MODIFIED, RETRY_AFTER,
};
use ureq::http::{HeaderMap, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error};

use crate::diagnostics::{Diagnostic, Failure};
use crate::fetch::cache::Partial;

/// How often a download is tried.
const ATTEMPTS: u32 = 5;
/// The first pause is this part of the patience; each further one is twice as long.
const PAUSE: u32 = 30;
const MAX_REDIRECTS: u32 = 5;
/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// How far a download is: bytes so far, and of how many where the server says.
pub type Progress<'p> = &'p (dyn Fn(u64, Option<u64>) + Sync);

/// What downloads.
pub(super) struct Client {
    agent: Agent,
    /// How long the other side may say nothing.
    patience: Duration,
}

/// Why an attempt came to nothing.
enum Fault {
    /// Another attempt may fare better, after as long a pause as the server asks for.
    Passing(String, Option<Duration>),
    /// It will be the same again.
    Lasting(Box<Diagnostic>),
}

impl Client {
    /// A client that honours the variables for proxies and trusts what the system trusts, such as
    /// the certificate of a company's proxy. What starts with HTTPS never goes on without.
    pub(super) fn new(url: &str, patience: Duration) -> Client {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(url.starts_with("https://"))
            .max_redirects(MAX_REDIRECTS)
            .tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::PlatformVerifier)
                    .build(),
            )
            .user_agent(concat!("ttpress/", env!("CARGO_PKG_VERSION")))
            // Lengths and ranges are those of the file.
            .accept_encoding("identity")
            .timeout_connect(Some(patience))
            .timeout_recv_response(Some(patience))
            .timeout_per_read(Some(patience));
        Client {
            agent: config.build().new_agent(),
            patience,
        }
    }

    /// Downloads a file of at most `most` bytes.
    pub(super) fn download(
        &self,
        url: &str,
        partial: &mut Partial,
        most: u64,
        progress: Progress,
    ) -> Result<(), Failure> {
        let mut pause = self.patience / PAUSE;
        let mut attempt = 1;
        loop {
            match self.attempt(url, partial, most, progress) {
                Ok(()) => return Ok(()),
                Err(Fault::Lasting(diagnostic)) => return Err(diagnostic.in_file(url).into()),
                Err(Fault::Passing(why, _)) if attempt == ATTEMPTS => {
                    let message = format!("cannot download this: {why} ({ATTEMPTS} attempts)");
                    let error = Diagnostic::error("cannot-download", message).in_file(url);
                    return Err(error
                        .help("without a network, `--mirror DIR` takes releases from a folder; `HTTPS_PROXY` names a proxy")
                        .into());
                }
                Err(Fault::Passing(_, wanted)) => {
                    // A server that asks for more than our patience is tried too early.
                    thread::sleep(pause.max(wanted.unwrap_or_default().min(self.patience)));
                    pause *= 2;
                    attempt += 1;
                }
            }
        }
    }

    fn attempt(
        &self,
        url: &str,
        partial: &mut Partial,
        most: u64,
        progress: Progress,
    ) -> Result<(), Fault> {
        let had = partial.len().map_err(|error| cannot_write(&error))?;
        let mut request = self.agent.get(url);
        let known = partial.validator.as_deref().filter(|_| had > 0);
        if let Some(validator) = known {
            request = request
                .header("range", format!("bytes={had}-"))
                .header("if-range", validator);
        }
        let mut response = request.call().map_err(|error| explain(&error))?;
        let headers = response.headers();
        match response.status() {
            StatusCode::PARTIAL_CONTENT if known.is_some() && starts_at(headers, had) => {}
            StatusCode::OK => restart(partial, validator(headers).as_deref())?,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                restart(partial, None)?;
                return Err(Fault::Passing(
                    "the server sent another part than asked for".to_owned(),
                    None,
                ));
            }
            status => return Err(refused(status, headers)),
        }
        if headers
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| encoding != "identity")
        {
            let message = "the server compresses the file on its way, though asked not to";
            return Err(lasting(Diagnostic::error("cannot-download", message)));
        }
        let mut got = partial.len().map_err(|error| cannot_write(&error))?;
        let length = headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let total = length.map(|length| got.saturating_add(length));
        if total.is_some_and(|total| total > most) {
            return Err(too_large(partial, most));
        }
        let mut body = response.body_mut().as_reader();
        let mut piece = vec![0; PIECE];
        loop {
            progress(got, total);
            let read = body
                .read(&mut piece)
                .map_err(|error| Fault::Passing(cut(&error), None))?;
            if read == 0 {
                break;
            }
            got += read as u64;
            if got > most {
                return Err(too_large(partial, most));
            }
            partial
                .append(&piece[..read])
                .map_err(|error| cannot_write(&error))?;
        }
        match total {
            Some(total) if got < total => Err(Fault::Passing(
                format!("it was cut off after {got} of {total} bytes"),
                None,
            )),
            _ => Ok(()),
        }
    }
}

fn lasting(diagnostic: Diagnostic) -> Fault {
    Fault::Lasting(Box::new(diagnostic))
}

fn restart(partial: &mut Partial, validator: Option<&str>) -> Result<(), Fault> {
    partial
        .restart(validator)
        .map_err(|error| cannot_write(&error))
}

/// What marks a version of a file; a weak mark does not promise the same bytes.
fn validator(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let strong = text(ETAG).filter(|etag| etag.starts_with('"'));
    strong.or_else(|| text(LAST_MODIFIED)).map(str::to_owned)
}

fn starts_at(headers: &HeaderMap, start: u64) -> bool {
    let range = headers
        .get(CONTENT_RANGE)
        .and_then(|value| value.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {start}-")))
}

fn refused(status: StatusCode, headers: &HeaderMap) -> Fault {
    let message = format!("the server answers {status}");
    let is_passing = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        );
    if is_passing {
        let seconds = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        return Fault::Passing(message, seconds.map(Duration::from_secs));
    }
    let error = Diagnostic::error(
        "cannot-download",
        format!("cannot download this: {message}"),
    );
    lasting(match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            error.help("a mirror has `index.json` and the bundles under MITRE's relative paths")
        }
        _ => error,
    })
}

fn explain(error: &Error) -> Fault {
    let lasting = |message: String, help: &str| {
        lasting(Diagnostic::error("cannot-download", message).help(help))
    };
    match error {
        Error::TooManyRedirects => lasting(
            format!("cannot download this: more than {MAX_REDIRECTS} redirects"),
            "a proxy that asks for a login may do this",
        ),
        Error::RequireHttpsOnly(to) => lasting(
            format!("cannot download this: the server leads to `{to}`, without TLS"),
            "a mirror without TLS must be named: `--mirror http://…`",
        ),
        Error::BadUri(_) | Error::Http(_) | Error::InvalidProxyUrl => lasting(
            format!("cannot download this: {error}"),
            "look at `--mirror` and at the variables `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`",
        ),
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => lasting(
            format!("cannot download this: {error}"),
            "the system must trust the server's certificate; `SSL_CERT_FILE` names others to trust",
        ),
        _ => Fault::Passing(error.to_string(), None),
    }
}

fn cut(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "it was cut off".to_owned(),
        _ => error.to_string(),
    }
}

/// What is too large now will be so next time: nothing of it stays.
fn too_large(partial: &mut Partial, most: u64) -> Fault {
    let message = format!("the file is larger than {} MiB", most >> 20);
    let error = Diagnostic::error("too-large", message)
        .help("no ATT&CK release comes near this; check where the data is from");
    match restart(partial, None) {
        Ok(()) => lasting(error),
        Err(fault) => fault,
    }
}

fn cannot_write(error: &std::io::Error) -> Fault {
    lasting(
        Diagnostic::error(
            "cannot-write",
            format!("cannot write to the cache: {error}"),
        )
        .help("`TTPRESS_CACHE` names another folder"),
    )
}
