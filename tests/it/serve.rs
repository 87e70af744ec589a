//! The preview server: what it serves, whom it turns away, and how it keeps up with what is saved.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

use crate::harness::Project;
use crate::stix::Bundle;

/// A test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(120);

const PLAYBOOK: &str = "content/playbooks/knock.md";

fn playbook(status: &str, words: &str) -> String {
    format!(
        "---\ntitle: Who knocks\nstatus: {status}\ntechnique: T9001\n---\n## Executive Summary\n\n{words}\n"
    )
}

fn bundle() -> Bundle {
    Bundle::new("enterprise-attack")
        .release("1.0")
        .technique("T9001", "Knock")
}

/// A wiki with one playbook.
fn wiki() -> Project {
    let project = Project::of(&[&bundle()]);
    project.write(PLAYBOOK, playbook("draft", "Nobody is home.").as_bytes());
    project
}

/// A running `ttpress serve`, ended with the test.
struct Server {
    child: Child,
    port: u16,
    /// What it says, line by line.
    said: Receiver<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Response {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

impl Server {
    fn start(project: &Project) -> Server {
        Server::with(project, &["--port", "0"], &[])
    }

    fn with(project: &Project, more: &[&str], env: &[(&str, &str)]) -> Server {
        let mut command = project.command("serve", more);
        command.envs(env.iter().copied()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let mut server = Server {
            child,
            port: 0,
            said,
        };
        let line = server.says("for preview only");
        let (_, rest) = line.split_once("http://127.0.0.1:").unwrap();
        server.port = rest.split_once('/').unwrap().0.parse().unwrap();
        server
    }

    /// Waits for a line with these words.
    #[track_caller]
    fn says(&self, words: &str) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE).expect(words);
            if line.contains(words) {
                return line;
            }
        }
    }

    fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection
    }

    /// Sends a request as it is written here: no client tidies up the address.
    fn send(&self, request: &str) -> Response {
        let mut connection = self.connect();
        let head = format!("{request}\r\nConnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        connection.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        });
        Response {
            status: status.parse().unwrap(),
            headers: headers.collect(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    fn get(&self, address: &str) -> Response {
        self.send(&format!("GET {address} HTTP/1.1\r\nHost: localhost"))
    }

    #[track_caller]
    fn page(&self, address: &str) -> String {
        let response = self.get(address);
        assert_eq!(response.status, 200, "{address}");
        response.text()
    }

    fn events(&self) -> Events {
        let mut connection = self.connect();
        connection
            .write_all(b"GET /.ttpress/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
        Events(BufReader::new(connection))
    }
}

/// What a browser is told.
struct Events(BufReader<TcpStream>);

impl Events {
    fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("an event in time");
            assert!(read > 0, "the server hung up");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }

    /// The next event that is or is not about an error.
    fn broken(&mut self, is_broken: bool) -> Value {
        loop {
            let event = self.next();
            if event["is_broken"] == is_broken {
                return event;
            }
        }
    }
}

/// A page as it was before the server added its script.
fn without_script(page: &str) -> String {
    let lines = page.split_inclusive('\n');
    lines
        .filter(|line| !line.contains("/.ttpress/reload.js"))
        .collect()
}

#[test]
fn the_preview_is_the_site_that_build_writes_and_writes_nothing() {
    let project = wiki();
    let server = Server::start(&project);
    assert!(!project.path("site").exists());

    // A built site knows its whole address, the preview is at the root of its own.
    let base = "http://wiki.test/";
    project
        .on_data("build", &["--base-url", base, "--out", "built"])
        .exits(0);
    let built = crate::harness::Site::at(project.path("built")).snapshot();
    let mut compared = 0;
    for (path, bytes) in built {
        let address = format!("/{}", path.to_str().unwrap());
        if address.starts_with("/.") {
            continue;
        }
        let response = server.get(&address);
        assert_eq!(response.status, 200, "{address}");
        match String::from_utf8(bytes) {
            Ok(text) => assert_eq!(
                without_script(&response.text()),
                text.replace(base, "/"),
                "{address}"
            ),
            Err(error) => assert_eq!(response.body, error.into_bytes(), "{address}"),
        }
        compared += 1;
    }
    assert!(compared > 30, "{compared} files");
}

#[test]
fn addresses_lead_where_those_of_a_web_server_do() {
    let project = wiki();
    let server = Server::start(&project);
    for (address, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/techniques/T9001/", "text/html; charset=utf-8"),
        (
            "/techniques/T9001/index.html?q=1",
            "text/html; charset=utf-8",
        ),
        ("/techniques/T9001/index.json", "application/json"),
        ("/assets/css/site.css", "text/css; charset=utf-8"),
        ("/assets/js/site.js", "text/javascript; charset=utf-8"),
        ("/assets/img/icon.svg", "image/svg+xml"),
        ("/assets/fonts/plex-sans-400.woff2", "font/woff2"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ] {
        let response = server.get(address);
        assert_eq!(response.status, 200, "{address}");
        assert_eq!(response.headers["content-type"], kind, "{address}");
        assert_eq!(response.headers["cache-control"], "no-store");
    }
    let folder = server.get("/techniques/T9001?q=1");
    assert_eq!(folder.status, 302);
    assert_eq!(folder.headers["location"], "/techniques/T9001/?q=1");

    let missing = server.get("/nowhere/at/all/");
    assert_eq!(missing.status, 404);
    let page = missing.text();
    assert!(page.contains("Not found"), "{page}");
    assert!(page.contains("href=\"/assets/css/site.css\""), "{page}");

    let head = server.send("HEAD /techniques/T9001/ HTTP/1.1\r\nHost: localhost");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert!(head.headers["content-length"].parse::<u32>().unwrap() > 1000);
    let post = server.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0");
    assert_eq!(post.status, 405);
}

#[test]
fn no_address_leads_out_of_the_site() {
    let project = wiki();
    project.write("secret.txt", b"the safe is behind the picture");
    let server = Server::start(&project);
    for address in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/assets/%00",
        "/secret.txt%00.html",
        "//secret.txt",
        "///etc/passwd",
        "/etc/passwd",
        "/content/playbooks/knock.md",
        "/.ttpress/../secret.txt",
        "/%ff",
    ] {
        let response = server.get(address);
        assert!(
            matches!(response.status, 400 | 404),
            "{address}: {}",
            response.status
        );
        let body = response.text();
        assert!(
            !body.contains("picture") && !body.contains("root:"),
            "{address}"
        );
    }
    // A redirect stays on this server.
    let away = server.get("//evil.test/%2e%2e");
    assert!(!away.headers.contains_key("location"));
}

#[test]
fn only_those_who_ask_for_this_machine_are_answered() {
    let project = wiki();
    let server = Server::start(&project);
    let status = |head: &str| server.send(head).status;
    for host in [
        "localhost",
        "LocalHost:99",
        "127.0.0.1",
        "127.0.0.1:8000",
        "[::1]:8000",
    ] {
        assert_eq!(
            status(&format!("GET / HTTP/1.1\r\nHost: {host}")),
            200,
            "{host}"
        );
    }
    for host in [
        "evil.test",
        "evil.test:8000",
        "localhost.evil.test",
        "192.0.2.1",
        "",
    ] {
        for path in ["/", "/.ttpress/events", "/search/names.js"] {
            let head = format!("GET {path} HTTP/1.1\r\nHost: {host}");
            let response = server.send(&head);
            assert!(matches!(response.status, 400 | 421), "{host} {path}");
            assert!(!response.text().contains("Knock"));
        }
    }
    assert_ne!(
        status("GET http://evil.test/ HTTP/1.1\r\nHost: localhost"),
        200
    );
    assert_ne!(
        status("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test"),
        200
    );
    assert_ne!(status("GET / HTTP/1.0"), 200);
    let script = server.get("/search/names.js");
    assert_eq!(
        script.headers["cross-origin-resource-policy"],
        "same-origin"
    );
}

#[test]
fn a_saved_playbook_shows_up_and_browsers_are_told() {
    let project = wiki();
    let server = Server::start(&project);
    let mut events = server.events();
    let first = events.next();
    let version = first["version"].as_str().unwrap();
    let page = server.page("/playbooks/knock/");
    assert!(page.contains("Nobody is home."));
    assert!(
        page.contains(&format!("data-version=\"{version}\"")),
        "{page}"
    );
    assert!(page.contains("<script src=\"/.ttpress/reload.js\""));

    project.write(PLAYBOOK, playbook("draft", "Somebody is home.").as_bytes());
    let second = events.next();
    assert_ne!(first["version"], second["version"]);
    let page = server.page("/playbooks/knock/");
    assert!(page.contains("Somebody is home.") && !page.contains("Nobody"));
    let version = second["version"].as_str().unwrap();
    assert!(
        page.contains(&format!("data-version=\"{version}\"")),
        "{page}"
    );

    // A new one, and one that goes.
    project.write(
        "content/playbooks/ring.md",
        playbook("draft", "Ring.").as_bytes(),
    );
    events.next();
    assert!(server.page("/playbooks/ring/").contains("Ring."));
    assert!(server.page("/playbooks/").contains("ring/index.html"));
    std::fs::remove_file(project.path(PLAYBOOK)).unwrap();
    events.next();
    assert_eq!(server.get("/playbooks/knock/").status, 404);
    // Who comes late is told how things stand.
    let late = server.events().next();
    assert!(server.page("/").contains(late["version"].as_str().unwrap()));
}

#[test]
fn a_broken_playbook_is_shown_with_its_place_over_the_last_good_page() {
    let project = wiki();
    let server = Server::start(&project);
    let mut events = server.events();
    assert_eq!(events.next()["is_broken"], false);

    for (broken, place) in [
        (playbook("ready", "Gone?"), "knock.md:3:9"),
        (playbook("draft", "Gone? {{ nobody }}"), "knock.md:8:7"),
        ("no front matter".to_owned(), "knock.md:1:1"),
    ] {
        project.write(PLAYBOOK, broken.as_bytes());
        let event = events.broken(true);
        let report = event["report"].as_str().unwrap();
        assert!(
            report.contains(&format!("content/playbooks/{place}")),
            "{report}"
        );
        assert!(!report.contains('\u{1b}'), "no colours: {report}");
        assert_eq!(event["summary"], "1 error");
        server.says("error[");
        assert!(server.page("/playbooks/knock/").contains("Nobody is home."));

        project.write(PLAYBOOK, playbook("draft", "Nobody is home.").as_bytes());
        assert_eq!(events.broken(false)["summary"], "");
    }

    // Other playbooks are kept up while one is broken.
    project.write(PLAYBOOK, playbook("ready", "Gone?").as_bytes());
    events.broken(true);
    project.write(
        "content/playbooks/ring.md",
        playbook("draft", "Ring.").as_bytes(),
    );
    events.broken(true);
    assert!(server.page("/playbooks/ring/").contains("Ring."));
    assert!(server.page("/playbooks/knock/").contains("Nobody is home."));
}

#[test]
fn a_broken_theme_leaves_the_last_good_pages() {
    let project = wiki();
    let template = "themes/own/templates/playbook.html";
    let good = "{% extends \"default/playbook.html\" %}{% block title %}Mine{% endblock title %}";
    project.write(template, good.as_bytes());
    let server = Server::with(&project, &["--port", "0", "--theme", "own"], &[]);
    let mut events = server.events();
    events.next();
    let address = "/playbooks/knock/";
    assert!(server.page(address).contains("<title>Mine</title>"));
    for broken in [
        "{% block",
        &good.replace("Mine", "{{ page.title.nothing.here }}"),
    ] {
        project.write(template, broken.as_bytes());
        // A mistake in the syntax shows at once, another one when a page is asked for.
        events.next();
        assert!(server.page(address).contains("<title>Mine</title>"));
        let told = server.events().next();
        assert_eq!(told["is_broken"], true, "{told}");
        let report = told["report"].as_str().unwrap();
        assert!(report.contains("playbook.html"), "{report}");
        project.write(template, good.as_bytes());
        events.broken(false);
        assert!(server.page(address).contains("<title>Mine</title>"));
    }
}

#[test]
fn settings_and_releases_are_followed_too() {
    let project = wiki();
    let server = Server::start(&project);
    let mut events = server.events();
    events.next();
    project.write("ttpress.toml", b"[site]\ntitle = 'Second name'\n");
    events.next();
    assert!(server.page("/").contains("Second name"));
    project.write("ttpress.toml", b"[site]\ntitel = 'x'\n");
    let report = events.broken(true)["report"].to_string();
    assert!(report.contains("ttpress.toml:2:1"), "{report}");
    assert!(server.page("/").contains("Second name"));
    project.write("ttpress.toml", b"[site]\ntitle = 'Third name'\n");
    events.broken(false);
    assert!(server.page("/").contains("Third name"));

    let more = bundle().technique("T9002", "Ring");
    assert_eq!(server.get("/techniques/T9002/").status, 404);
    project.write("1.json", more.json().as_bytes());
    events.next();
    // The old release answers until the new one takes over, at the latest with the next version.
    server.says("site made");
    project.write("1.json", b"{\"objects\": [");
    let report = events.broken(true)["report"].to_string();
    assert!(report.contains("1.json"), "{report}");
    assert!(server.page("/techniques/T9002/").contains("Ring"));
    project.write("1.json", bundle().json().as_bytes());
    events.broken(false);
}

#[test]
fn a_taken_port_is_an_error_where_it_was_asked_for() {
    let project = wiki();
    let server = Server::start(&project);
    let port = server.port.to_string();
    let run = project.on_data("serve", &["--port", &port]).exits(2);
    let said = run.stderr;
    assert!(
        said.contains(&format!("port {port}: another program uses it")),
        "{said}"
    );
    assert!(said.contains("--port"), "{said}");
    // Without a wish the next free one is taken.
    let first = Server::with(&project, &[], &[]);
    let second = Server::with(&project, &[], &[]);
    assert_ne!(first.port, second.port);
}

#[test]
fn what_cannot_be_shown_at_all_ends_with_2() {
    let project = wiki();
    project.write("1.json", b"{\"objects\": []}");
    let run = project.on_data("serve", &["--port", "0"]).exits(2);
    assert!(run.stderr.contains("no-objects"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly_whoever_listens() {
    let project = wiki();
    let mut server = Server::start(&project);
    let mut events = server.events();
    events.next();
    let id = server.child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn open_hands_the_address_to_the_browser() {
    use std::os::unix::fs::PermissionsExt;

    let project = wiki();
    project.write(
        "bin/xdg-open",
        b"#!/bin/sh\necho \"$1\" > opened.part && mv opened.part opened\n",
    );
    let browser = project.path("bin/xdg-open");
    std::fs::set_permissions(browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", project.path("bin").display());
    let server = Server::with(&project, &["--port", "0", "--open"], &[("PATH", &path)]);
    let opened = (0..1200).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        std::fs::read_to_string(project.path("opened")).ok()
    });
    let address = format!("http://127.0.0.1:{}/", server.port);
    assert_eq!(opened.expect("a browser").trim(), address);
}
