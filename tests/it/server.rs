//! A server on the loopback that can also misbehave.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a client asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    /// By lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    /// How often this path was asked for before.
    pub(crate) before: usize,
}

/// An answer, and how it goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// What `Content-Length` says, if it is not the truth.
    length: Option<u64>,
    /// How much of the body is sent.
    sent: usize,
    /// Whether the connection then stays open, without a word.
    stalls: bool,
}

impl Reply {
    pub(crate) fn new(status: &'static str, body: &[u8]) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: body.to_vec(),
            length: None,
            sent: body.len(),
            stalls: false,
        }
    }

    pub(crate) fn ok(body: &[u8]) -> Reply {
        Reply::new("200 OK", body)
    }

    pub(crate) fn redirect(to: &str) -> Reply {
        Reply::new("302 Found", b"").header("location", to)
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Reply {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn length(mut self, length: u64) -> Reply {
        self.length = Some(length);
        self
    }

    /// Closes the connection after so many bytes.
    pub(crate) fn cut(mut self, sent: usize) -> Reply {
        self.sent = sent;
        self
    }

    /// Says nothing more after so many bytes.
    pub(crate) fn stall(mut self, sent: usize) -> Reply {
        self.stalls = true;
        self.cut(sent)
    }

    fn write(&self, mut stream: TcpStream) {
        let length = self.length.unwrap_or(self.body.len() as u64);
        let mut head = format!(
            "HTTP/1.1 {}\r\ncontent-length: {length}\r\nconnection: close\r\n",
            self.status
        );
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        // A client that has gone away is no fault of ours.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(b"\r\n");
        let _ = stream.write_all(&self.body[..self.sent]);
        let _ = stream.flush();
        if self.stalls {
            // Until the client hangs up.
            let _ = stream.read(&mut [0]);
        }
    }
}

/// A server that lives as long as the test process.
pub(crate) struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(crate) fn new(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || {
                    let Some(mut request) = read(&stream) else {
                        return;
                    };
                    let mut log = log.lock().unwrap();
                    request.before = log.iter().filter(|r| r.path == request.path).count();
                    log.push(request.clone());
                    drop(log);
                    answer(&request).write(stream);
                });
            }
        });
        Server { port, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The requests for a path so far; for all, if it is empty.
    pub(crate) fn asked(&self, path: &str) -> Vec<Request> {
        let all = self.asked.lock().unwrap();
        let is_meant = |r: &&Request| path.is_empty() || r.path == path;
        all.iter().filter(is_meant).cloned().collect()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line.ok()?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(Request {
        path,
        headers,
        before: 0,
    })
}
