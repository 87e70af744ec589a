//! Requests and responses.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use percent_encoding::percent_decode_str;

use super::{Desk, Found};
use crate::markdown::escape;
use crate::tree::check_path;

const SCRIPT: &str = include_str!("reload.js");
const STYLE: &str = include_str!("panel.css");
const HTML: &str = "text/html; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// What the server's own files and the site's answer to; `get` takes HEAD too, and nothing else.
pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/.ttpress/events", get(events))
        .route(
            "/.ttpress/reload.js",
            get(async || typed(StatusCode::OK, JAVASCRIPT, SCRIPT)),
        )
        .route(
            "/.ttpress/panel.css",
            get(async || typed(StatusCode::OK, CSS, STYLE)),
        )
        .fallback_service(get(file).with_state(Arc::clone(&desk)))
        .layer(middleware::from_fn(guard))
        .with_state(desk)
}

/// Turns away who asks for another host: a page from elsewhere whose name was made to lead here.
async fn guard(request: Request, next: Next) -> Response {
    if !is_for_this_machine(&request) {
        let why = "this server is for preview on its own machine: ask for localhost\n";
        return typed(StatusCode::MISDIRECTED_REQUEST, PLAIN, why);
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Pages from elsewhere may not run the search index as a script of theirs.
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_for_this_machine(request: &Request) -> bool {
    let named = request.uri().authority().map(|name| Some(name.as_str()));
    let hosts = request.headers().get_all(header::HOST).iter();
    let mut all = named
        .into_iter()
        .chain(hosts.map(|host| host.to_str().ok()))
        .peekable();
    all.peek().is_some() && all.all(|host| host.is_some_and(is_loopback))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

/// Tells a page how the site stands, now and after every change.
async fn events(
    State(desk): State<Arc<Desk>>,
) -> Sse<impl Stream<Item = Result<Event, serde_json::Error>>> {
    let stream = stream::unfold(desk.news.subscribe(), async |mut news| {
        news.changed().await.ok()?;
        let status = serde_json::to_string(&*news.borrow_and_update());
        Some((status.map(|json| Event::default().data(json)), news))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn file(State(desk): State<Arc<Desk>>, uri: Uri) -> Response {
    let Some(path) = site_path(uri.path()) else {
        return typed(StatusCode::BAD_REQUEST, PLAIN, "no path of a site\n");
    };
    let Some(answer) = desk.ask(path.clone()).await else {
        let why = "the preview has stopped; its terminal says why\n";
        return typed(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, why);
    };
    let page = |status, html| typed(status, HTML, with_script(html, &answer.version));
    match answer.found {
        Found::File(bytes) => match content_type(&path) {
            HTML => page(StatusCode::OK, bytes),
            other => typed(StatusCode::OK, other, bytes),
        },
        Found::Folder => {
            let query = uri.query().map(|query| format!("?{query}"));
            let to = format!("{}/{}", uri.path(), query.unwrap_or_default());
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        Found::Nothing(bytes) => page(StatusCode::NOT_FOUND, bytes),
        Found::Failed(report) => page(StatusCode::INTERNAL_SERVER_ERROR, failed(&report)),
    }
}

/// The path in the site that an address means; none for what can be no such path.
fn site_path(address: &str) -> Option<String> {
    let path = percent_decode_str(address.strip_prefix('/')?);
    let mut path = path.decode_utf8().ok()?.into_owned();
    if path.is_empty() || path.ends_with('/') {
        path.push_str("index.html");
    }
    check_path(&path).is_ok().then_some(path)
}

fn content_type(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "html" => HTML,
        "css" => CSS,
        "js" => JAVASCRIPT,
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" => PLAIN,
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn typed(status: StatusCode, kind: &'static str, body: impl IntoResponse) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The page with the server's script at its end, which no page of a built site has.
fn with_script(html: Vec<u8>, version: &str) -> Vec<u8> {
    let tag =
        format!("<script src=\"/.ttpress/reload.js\" data-version=\"{version}\" defer></script>\n");
    match String::from_utf8(html) {
        Ok(mut html) => {
            let end = html.rfind("</body>").unwrap_or(html.len());
            html.insert_str(end, &tag);
            html.into_bytes()
        }
        Err(error) => error.into_bytes(),
    }
}

/// The page in place of one that was never good.
fn failed(report: &str) -> Vec<u8> {
    let mut html = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>This page cannot be made</title>\n</head>\n<body>\n\
         <h1>This page cannot be made</h1>\n<pre>",
    );
    escape(report, &mut html);
    html.push_str("</pre>\n</body>\n</html>\n");
    html.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_paths_of_the_site_or_nothing() {
        for (address, path) in [
            ("/", "index.html"),
            ("/techniques/T1059/", "techniques/T1059/index.html"),
            ("/techniques/T1059", "techniques/T1059"),
            ("/a%20b/%C3%BC.csv", "a b/ü.csv"),
            // Decoded once: this names a file with a percent sign in its name.
            ("/%252e%252e/a", "%2e%2e/a"),
        ] {
            assert_eq!(site_path(address).as_deref(), Some(path), "{address}");
        }
        for address in [
            "",
            "*",
            "//evil.test/",
            "/../a",
            "/a/../../b",
            "/%2e%2e/a",
            "/..%2fa",
            "/a%5c..%5cb",
            "/a%00b",
            "/%ff",
        ] {
            assert_eq!(site_path(address), None, "{address}");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_taken() {
        for host in [
            "localhost",
            "LOCALHOST:8000",
            "127.0.0.1",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:8000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.test",
            "localhost.evil.test",
            "127.0.0.1.evil.test:80",
            "127.0.0.2",
            "localhost:80@evil.test",
            "0.0.0.0",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_report_is_shown_as_text() {
        let page = with_script(failed("<script>&"), "1-1");
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("<pre>&lt;script&gt;&amp;</pre>"), "{page}");
        assert!(page.contains("data-version=\"1-1\" defer></script>\n</body>"));
    }
}
