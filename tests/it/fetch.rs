//! `ttpress fetch`, against a server that also misbehaves.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use crate::harness::{Project, Run};
use crate::server::{Reply, Request, Server};
use crate::stix::Bundle;

const OFFICIAL: &str = "https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master/";
const ENTERPRISE: &str = "/enterprise-attack/enterprise-attack-31.0.json";
const ICS: &str = "/ics-attack/ics-attack-31.0.json";

/// The index as MITRE writes it, with these releases of two domains.
fn index(releases: &[&str]) -> Vec<u8> {
    let collection = |domain: &str| {
        let versions = releases.iter().map(|release| {
            json!({
                "version": release,
                "url": format!("{OFFICIAL}{domain}/{domain}-{release}.json"),
                "modified": "2026-01-01T00:00:00.000Z",
            })
        });
        json!({"id": domain, "name": domain, "versions": versions.collect::<Vec<_>>()})
    };
    let collections = [collection("enterprise-attack"), collection("ics-attack")];
    json!({"id": "i", "name": "ATT&CK", "collections": collections})
        .to_string()
        .into_bytes()
}

fn bundle(domain: &'static str, release: &str) -> Vec<u8> {
    let (id, name) = match domain {
        "ics-attack" => ("T9801", "Turn Valve"),
        _ => ("T9001", "Knock"),
    };
    let bundle = Bundle::new(domain)
        .tactic("TA9001", "Opening", "opening")
        .matrix("Matrix")
        .technique(id, name)
        .phase("opening")
        .text(&format!(
            "As in {release}. {}",
            "Long and wide. ".repeat(9000)
        ));
    bundle.release(release).json().into_bytes()
}

/// What a mirror has at a path.
fn file(path: &str) -> Option<Vec<u8>> {
    match path {
        "/index.json" => Some(index(&["31.0", "30.0"])),
        ENTERPRISE => Some(bundle("enterprise-attack", "31.0")),
        ICS => Some(bundle("ics-attack", "31.0")),
        "/enterprise-attack/enterprise-attack-30.0.json" => {
            Some(bundle("enterprise-attack", "30.0"))
        }
        "/ics-attack/ics-attack-30.0.json" => Some(bundle("ics-attack", "30.0")),
        _ => None,
    }
}

fn honest(request: &Request) -> Reply {
    match file(&request.path) {
        Some(bytes) => Reply::ok(&bytes),
        None => Reply::new("404 Not Found", b"no"),
    }
}

/// Honest but for one path.
fn but(path: &'static str, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::new(move |request| {
        if request.path == path {
            answer(request)
        } else {
            honest(request)
        }
    })
}

/// A wiki with a cache of its own.
struct Wiki(Project);

impl Wiki {
    fn new() -> Wiki {
        Wiki(Project::empty())
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let cache = self.0.path("cache");
        self.0
            .run_in(&[("TTPRESS_CACHE", cache.to_str().unwrap())], arguments)
    }

    /// Fetches from a server, with little patience.
    fn fetch(&self, server: &Server, more: &[&str]) -> Run {
        let url = server.url();
        let mut arguments = vec!["fetch", "--mirror", &url, "--patience", "600"];
        arguments.extend(more);
        self.run(&arguments)
    }

    /// A wiki that has fetched 30.0 from an honest server.
    fn with_30() -> Wiki {
        let wiki = Wiki::new();
        wiki.fetch(&Server::new(honest), &["30.0"]).exits(0);
        wiki
    }

    fn lock(&self) -> String {
        std::fs::read_to_string(self.0.path("attack.lock")).unwrap()
    }

    fn bundles_in_cache(&self) -> usize {
        let folder = self.0.path("cache/sha256");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }

    /// Asserts that a fetch changes nothing, and says why.
    #[track_caller]
    fn refuses(&self, server: &Server, more: &[&str], why: &str) {
        let (lock, bundles) = (self.lock(), self.bundles_in_cache());
        let run = self.fetch(server, more).exits(2);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert_eq!(self.lock(), lock);
        assert_eq!(self.bundles_in_cache(), bundles);
        self.run(&["build"]).exits(0);
        assert!(
            self.0
                .site()
                .page("techniques/T9001")
                .contains("As in 30.0.")
        );
    }
}

#[test]
fn the_latest_release_is_fetched_pinned_and_built() {
    let (wiki, server) = (Wiki::new(), Server::new(honest));
    let run = wiki.fetch(&server, &[]).exits(0);
    assert!(
        run.stderr
            .contains("ATT&CK 31.0: enterprise-attack, ics-attack"),
        "{}",
        run.stderr
    );
    let lock = wiki.lock();
    let size = bundle("enterprise-attack", "31.0").len();
    assert!(lock.contains("release = \"31.0\""), "{lock}");
    assert!(
        lock.contains(&format!("url = \"{OFFICIAL}{}\"", &ENTERPRISE[1..])),
        "{lock}"
    );
    assert!(lock.contains(&format!("size = {size}")), "{lock}");

    wiki.run(&["build"]).exits(0);
    let page = wiki.0.site().page("techniques/T9001");
    assert!(page.contains("As in 31.0.") && page.contains("ATT&amp;CK 31.0"));
    assert!(wiki.0.site().has("techniques/T9801/index.html"));
    // What is in the cache is not downloaded again.
    wiki.fetch(&server, &["31.0"]).exits(0);
    assert_eq!(server.asked(ENTERPRISE).len(), 1);
    assert_eq!(server.asked("/index.json").len(), 2);
    assert_eq!(wiki.lock(), lock);
}

#[test]
fn domains_are_those_of_the_flag_else_of_the_settings_else_all() {
    let (wiki, server) = (Wiki::new(), Server::new(honest));
    let settings = format!("[attack]\ndomains = ['ics']\nmirror = '{}'\n", server.url());
    wiki.0.write("ttpress.toml", settings.as_bytes());
    wiki.run(&["fetch"]).exits(0);
    assert!(wiki.lock().contains("ics-attack") && !wiki.lock().contains("enterprise"));
    wiki.run(&["fetch", "--domain", "enterprise"]).exits(0);
    assert!(wiki.lock().contains("enterprise-attack") && !wiki.lock().contains("ics"));
    let run = wiki.run(&["fetch", "--domain", "moblie"]).exits(2);
    assert!(run.stderr.contains("no domain `moblie`"), "{}", run.stderr);
}

#[test]
fn a_fetched_release_is_named_by_its_number() {
    let wiki = Wiki::with_30();
    wiki.fetch(&Server::new(honest), &["31.0"]).exits(0);
    wiki.run(&["build", "--attack", "30.0"]).exits(0);
    assert!(
        wiki.0
            .site()
            .page("techniques/T9001")
            .contains("As in 30.0.")
    );
    let run = wiki.run(&["build", "--attack", "29.0"]).exits(2);
    assert!(
        run.stderr.contains("run `ttpress fetch 29.0`"),
        "{}",
        run.stderr
    );
    let unknown = wiki.fetch(&Server::new(honest), &["29.0"]).exits(2);
    assert!(
        unknown.stderr.contains("the newest are 31.0, 30.0"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn what_a_server_gets_wrong_never_replaces_what_is_there() {
    let wiki = Wiki::with_30();
    let whole = bundle("enterprise-attack", "31.0");
    let half = whole.len() / 2;
    let answer = |reply: Reply| but(ENTERPRISE, move |_| reply.clone());
    let cases = [
        (answer(Reply::new("404 Not Found", b"")), "404 Not Found"),
        (answer(Reply::new("403 Forbidden", b"")), "403 Forbidden"),
        (
            answer(Reply::new("503 Service Unavailable", b"")),
            "503 Service Unavailable (5 attempts)",
        ),
        (answer(Reply::ok(&whole).cut(half)), "(5 attempts)"),
        (answer(Reply::ok(&whole).stall(half)), "timeout"),
        (answer(Reply::ok(&whole).stall(0)), "timeout"),
        // Too short a length leaves half a bundle, which is no JSON.
        (answer(Reply::ok(&whole).length(half as u64)), "cut off"),
        (
            answer(Reply::ok(&whole).length(whole.len() as u64 + 9)),
            "(5 attempts)",
        ),
        (
            answer(Reply::ok(&whole).length(9 << 30)),
            "larger than 1024 MiB",
        ),
        (
            answer(Reply::ok(b"<!doctype html><title>Log in</title>")),
            "looks like HTML",
        ),
        (
            answer(Reply::ok(b"{\"objects\": []}")),
            "no `x-mitre-collection`",
        ),
        (
            answer(Reply::ok(
                Bundle::new("enterprise-attack")
                    .release("31.0")
                    .json()
                    .as_bytes(),
            )),
            "no live ATT&CK object",
        ),
        (
            answer(Reply::ok(&bundle("enterprise-attack", "30.0"))),
            "this is release 30.0, not 31.0",
        ),
        (
            answer(Reply::ok(&bundle("ics-attack", "31.0"))),
            "this is `ics-attack`",
        ),
        (answer(Reply::redirect(ENTERPRISE)), "more than 5 redirects"),
        (
            answer(Reply::redirect("ftp://127.0.0.1/")),
            "cannot download",
        ),
        (
            answer(Reply::ok(&whole).header("content-encoding", "gzip")),
            "compresses",
        ),
    ];
    for (server, why) in cases {
        wiki.refuses(&server, &["31.0"], why);
    }
}

#[test]
fn what_an_index_gets_wrong_never_replaces_what_is_there() {
    let wiki = Wiki::with_30();
    let answer = |reply: Reply| but("/index.json", move |_| reply.clone());
    let elsewhere = |url: &str| {
        let index = json!({"collections": [{"versions": [{"version": "31.0", "url": url}]}]});
        answer(Reply::ok(index.to_string().as_bytes()))
    };
    let cases = [
        (answer(Reply::new("404 Not Found", b"")), "404 Not Found"),
        (answer(Reply::ok(b"<html>")), "looks like HTML"),
        (
            answer(Reply::ok(b"{\"collections\": [")),
            "cannot read the collection index",
        ),
        (
            answer(Reply::ok(b"{\"collections\": []}")),
            "names no release",
        ),
        (
            answer(Reply::ok(&vec![b' '; 17 << 20])),
            "larger than 16 MiB",
        ),
        (
            elsewhere("https://elsewhere.example/a-31.0.json"),
            "names a file elsewhere",
        ),
        (
            elsewhere("file:///etc/a-31.0.json"),
            "names a file elsewhere",
        ),
        (elsewhere("../../a-31.0.json"), "names a file elsewhere"),
    ];
    for (server, why) in cases {
        wiki.refuses(&server, &[], why);
    }
}

#[test]
fn a_server_that_recovers_is_asked_again() {
    let wiki = Wiki::new();
    let server = but(ENTERPRISE, |request| match request.before {
        0 => Reply::new("503 Service Unavailable", b"").header("retry-after", "3600"),
        1 => Reply::new("429 Too Many Requests", b""),
        2 => honest(request).stall(0),
        _ => honest(request),
    });
    wiki.fetch(&server, &[]).exits(0);
    assert_eq!(server.asked(ENTERPRISE).len(), 4);
}

/// Serves a file in parts, as asked, but ends each answer after a third of it.
fn in_thirds(etag: impl Fn(usize) -> String + Send + Sync + 'static) -> Server {
    but(ENTERPRISE, move |request| {
        let whole = bundle("enterprise-attack", "31.0");
        let etag = etag(request.before);
        let range = request
            .headers
            .get("range")
            .and_then(|r| r.strip_prefix("bytes="));
        let start = range
            .and_then(|r| r.strip_suffix('-')?.parse().ok())
            .unwrap_or(0);
        let is_same = request
            .headers
            .get("if-range")
            .is_some_and(|mark| *mark == etag);
        let third = whole.len() / 3 + 1;
        if is_same && start > 0 {
            let rest = &whole[start..];
            let range = format!("bytes {start}-{}/{}", whole.len() - 1, whole.len());
            Reply::new("206 Partial Content", rest)
                .header("content-range", &range)
                .header("etag", &etag)
                .cut(third.min(rest.len()))
        } else {
            Reply::ok(&whole).header("etag", &etag).cut(third)
        }
    })
}

#[test]
fn a_download_that_was_cut_goes_on_where_it_ended() {
    let wiki = Wiki::new();
    let server = in_thirds(|_| "\"one\"".to_owned());
    wiki.fetch(&server, &[]).exits(0);
    let asked = server.asked(ENTERPRISE);
    assert_eq!(asked.len(), 3);
    let third = bundle("enterprise-attack", "31.0").len() / 3 + 1;
    assert_eq!(asked[1].headers["range"], format!("bytes={third}-"));
    let partial = std::fs::read_dir(wiki.0.path("cache/partial")).unwrap();
    assert_eq!(partial.count(), 0, "what is done leaves nothing behind");
}

#[test]
fn a_file_that_changed_meanwhile_is_never_mixed() {
    let wiki = Wiki::new();
    // Each answer is another version: the parts never fit.
    let server = in_thirds(|before| format!("\"{before}\""));
    let run = wiki.fetch(&server, &[]).exits(2);
    assert!(run.stderr.contains("(5 attempts)"), "{}", run.stderr);
    assert_eq!(wiki.bundles_in_cache(), 0);
}

#[test]
fn the_next_run_goes_on_where_the_last_one_gave_up() {
    let wiki = Wiki::new();
    let server = but(ENTERPRISE, |request| {
        let whole = bundle("enterprise-attack", "31.0");
        match request.before {
            0 => Reply::ok(&whole).header("etag", "\"one\"").cut(1000),
            1..5 => Reply::new("503 Service Unavailable", b""),
            _ => Reply::new("206 Partial Content", &whole[1000..])
                .header("content-range", "bytes 1000-9/9"),
        }
    });
    wiki.fetch(&server, &[]).exits(2);
    wiki.fetch(&server, &[]).exits(0);
    let last = &server.asked(ENTERPRISE)[5].headers;
    assert_eq!(
        (&*last["range"], &*last["if-range"]),
        ("bytes=1000-", "\"one\"")
    );
}

#[test]
fn locked_takes_what_is_pinned_and_nothing_else() {
    let (wiki, server) = (Wiki::new(), Server::new(honest));
    wiki.fetch(&server, &["30.0"]).exits(0);
    let asked = server.asked("").len();
    // Everything is in the cache: nobody is asked, not even for the index.
    wiki.fetch(&server, &["--locked"]).exits(0);
    assert_eq!(server.asked("").len(), asked);

    std::fs::remove_dir_all(wiki.0.path("cache")).unwrap();
    let build = wiki.run(&["build"]).exits(2);
    assert!(
        build.stderr.contains("run `ttpress fetch --locked`"),
        "{}",
        build.stderr
    );
    let tampered = but("/ics-attack/ics-attack-30.0.json", |_| {
        let text = String::from_utf8(bundle("ics-attack", "30.0")).unwrap();
        Reply::ok(text.replace("Turn Valve", "Turn valve").as_bytes())
    });
    let run = wiki.fetch(&tampered, &["--locked"]).exits(2);
    assert!(
        run.stderr.contains("not the bundle that attack.lock pins"),
        "{}",
        run.stderr
    );
    wiki.run(&["build"]).exits(2);

    let lock = wiki.lock();
    wiki.fetch(&server, &["--locked"]).exits(0);
    wiki.run(&["build"]).exits(0);
    assert_eq!(wiki.lock(), lock);
    wiki.fetch(&server, &["--locked", "31.0"]).exits(2);
    std::fs::remove_file(wiki.0.path("attack.lock")).unwrap();
    wiki.fetch(&server, &["--locked"]).exits(2);
}

#[test]
fn a_damaged_cache_is_noticed_and_mended() {
    let wiki = Wiki::with_30();
    let folder = wiki.0.path("cache/sha256");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("As in 30.0", "As in 99.0")).unwrap();
    }
    let run = wiki.run(&["build"]).exits(2);
    assert!(run.stderr.contains("is damaged there"), "{}", run.stderr);
    wiki.fetch(&Server::new(honest), &["--locked"]).exits(0);
    wiki.run(&["build"]).exits(0);
}

#[test]
fn check_exits_with_1_for_a_newer_release_0_for_none_and_2_when_nobody_knows() {
    let wiki = Wiki::with_30();
    let run = wiki.fetch(&Server::new(honest), &["--check"]).exits(1);
    assert_eq!(run.stdout, "31.0\n");
    let same = but("/index.json", |_| Reply::ok(&index(&["30.0", "9.9"])));
    assert_eq!(wiki.fetch(&same, &["--check"]).exits(0).stdout, "");
    let broken = but("/index.json", |_| Reply::new("500 Oh", b""));
    assert_eq!(wiki.fetch(&broken, &["--check"]).exits(2).stdout, "");
    // Without a lock, the wiki has the embedded release.
    let run = Wiki::new()
        .fetch(&Server::new(honest), &["--check"])
        .exits(1);
    assert!(run.stderr.contains("this wiki has 18.1"), "{}", run.stderr);
}

#[test]
fn a_folder_is_a_mirror_by_path_or_address() {
    let wiki = Wiki::new();
    for path in ["/index.json", ENTERPRISE, ICS] {
        wiki.0
            .write(&format!("my mirror{path}"), &file(path).unwrap());
    }
    wiki.run(&["fetch", "--mirror", "my mirror"]).exits(0);
    let lock = wiki.lock();
    std::fs::remove_dir_all(wiki.0.path("cache")).unwrap();
    let folder = wiki
        .0
        .path("my mirror")
        .to_str()
        .unwrap()
        .replace(' ', "%20");
    wiki.run(&[
        "fetch",
        "--locked",
        "--mirror",
        &format!("file://{folder}/"),
    ])
    .exits(0);
    assert_eq!(wiki.lock(), lock);
    // In the settings, a folder starts at the settings.
    wiki.0
        .write("ttpress.toml", b"[attack]\nmirror = 'my mirror'\n");
    std::fs::remove_dir_all(wiki.0.path("cache")).unwrap();
    wiki.run(&["fetch", "31.0"]).exits(0);
    let missing = wiki.run(&["fetch", "30.0"]).exits(2);
    assert!(
        missing.stderr.contains("no such file"),
        "{}",
        missing.stderr
    );
}

/// Fetches what a lock pins from a folder beside the wiki, and builds it.
fn build_locked(
    lock: &str,
    threads: &str,
    tamper: impl Fn(&str, Vec<u8>) -> Vec<u8>,
) -> (Run, Project) {
    let project = Project::empty();
    project.write("wiki/attack.lock", lock.as_bytes());
    project.write("wiki/ttpress.toml", b"");
    for path in ["/index.json", ENTERPRISE, ICS] {
        let bytes = tamper(path, file(path).unwrap());
        project.write(&format!("mirror{path}"), &bytes);
    }
    let cache = project.path(&format!("cache-{threads}"));
    let env = [
        ("TTPRESS_CACHE", cache.to_str().unwrap()),
        ("RAYON_NUM_THREADS", threads),
    ];
    let run = |arguments: &[&str]| {
        let config = ["--config", "wiki/ttpress.toml"];
        project.run_in(&env, &[arguments, &config].concat())
    };
    let fetch = run(&["fetch", "--locked", "--mirror", "mirror"]);
    if fetch.code != 0 {
        return (fetch, project);
    }
    (run(&["build", "--out", "site"]), project)
}

#[test]
fn a_lock_makes_the_same_site_anywhere() {
    let (wiki, server) = (Wiki::new(), Server::new(honest));
    wiki.fetch(&server, &["31.0"]).exits(0);
    wiki.run(&["build"]).exits(0);
    let (first, lock) = (wiki.0.site().snapshot(), wiki.lock());
    for threads in ["1", "3"] {
        let (run, project) = build_locked(&lock, threads, |_, bytes| bytes);
        run.exits(0);
        assert!(
            first == project.site().snapshot(),
            "with {threads} threads, from a folder, the site is another"
        );
    }
}

#[test]
fn a_lock_refuses_a_mirror_whose_bundle_changed() {
    let (wiki, server) = (Wiki::new(), Server::new(honest));
    wiki.fetch(&server, &["31.0"]).exits(0);
    let (run, project) = build_locked(&wiki.lock(), "2", |path, bytes| {
        let text = String::from_utf8(bytes).unwrap();
        let text = match path {
            ENTERPRISE => text.replace("Knock", "Knack"),
            _ => text,
        };
        text.into_bytes()
    });
    let stderr = run.exits(2).stderr;
    assert!(
        stderr.contains("not the bundle that attack.lock pins"),
        "{stderr}"
    );
    assert!(!project.path("site").exists());
}

#[test]
fn a_lock_that_was_edited_is_an_error_with_its_place() {
    let wiki = Wiki::with_30();
    for (from, to, why) in [
        ("sha256 = \"", "sha256 = \"../", "is no SHA-256"),
        ("size = ", "size = x", "attack.lock:"),
        ("release =", "releese =", "unknown field"),
    ] {
        let lock = wiki.lock();
        wiki.0
            .write("attack.lock", lock.replacen(from, to, 1).as_bytes());
        let run = wiki.run(&["build"]).exits(2);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        wiki.0.write("attack.lock", lock.as_bytes());
    }
}

#[test]
fn proxies_are_those_of_the_environment() {
    let proxy = Arc::new(Server::new(|_| Reply::new("403 Forbidden", b"")));
    let wiki = Wiki::new();
    let url = proxy.url();
    let cache = wiki.0.path("cache");
    let env = [
        ("TTPRESS_CACHE", cache.to_str().unwrap()),
        ("HTTP_PROXY", &*url),
        ("NO_PROXY", ""),
    ];
    let arguments = [
        "fetch",
        "--mirror",
        "http://mirror.invalid/",
        "--patience",
        "100",
    ];
    wiki.0.run_in(&env, &arguments).exits(2);
    let asked = proxy.asked("");
    assert!(
        asked.iter().any(|r| r.path.contains("mirror.invalid")),
        "{asked:?}"
    );
}

#[test]
fn no_bar_is_drawn_where_nobody_watches() {
    let run = Wiki::new().fetch(&Server::new(honest), &[]).exits(0);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(Path::new(&run.stdout).as_os_str().is_empty());
}
