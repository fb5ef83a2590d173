//! As much of HTTP as a browser on the same machine needs: GET and HEAD, one request for each connection.
//!
//! What can be asked for are the files of the version and the stream of versions; no path of a request ever meets the
//! disk.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Served;

/// The stream of versions, which `templates/live.js` listens to.
const VERSIONS: &str = "/-/versions";

/// Where a page takes the number of its version, so that `live.js` can tell whether it is of an old one. No text of a page
/// has such marks, since quotes are escaped there.
const VERSION_PLACE: &str = r#"data-version="""#;

/// No request of a browser is longer.
const LONGEST: u64 = 16 * 1024;

/// Who asks for nothing is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a stream on which nothing happens is looked after: whether anybody still listens shows when writing.
const HEARTBEAT: Duration = Duration::from_secs(15);

const HTML: &str = "text/html; charset=utf-8";

/// What a request is about.
struct Request {
    /// Whether only the head of the answer is wanted.
    head: bool,
    /// The path, decoded, without what stands behind `?`.
    path: String,
}

/// Why a request is refused: the status, and a header if one belongs to it.
struct Refusal(&'static str, &'static str);

/// Answers every connection in a thread of its own.
pub(super) fn accept(listener: &TcpListener, served: &Arc<Served>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        let served = Arc::clone(served);
        // Somebody who has gone away needs no answer, and nobody else is concerned.
        std::thread::spawn(move || answer(stream, &served).ok());
    }
}

fn answer(mut stream: TcpStream, served: &Served) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = read_head(&stream)?;
    match request(&head, &stream.local_addr()?.port().to_string()) {
        Ok(request) if request.path == VERSIONS => versions(stream, &request, served),
        Ok(request) => file(stream, &request, served),
        Err(Refusal(status, header)) => respond(&mut stream, status, header, "text/plain", status, false),
    }
}

/// The lines up to the empty one.
fn read_head(stream: &TcpStream) -> io::Result<String> {
    let mut lines = BufReader::new(stream.take(LONGEST));
    let mut head = String::new();
    loop {
        let start = head.len();
        if lines.read_line(&mut head)? == 0 || head[start..].trim_end().is_empty() {
            return Ok(head);
        }
    }
}

fn request(head: &str, port: &str) -> Result<Request, Refusal> {
    let bad = || Refusal("400 Bad Request", "");
    let mut lines = head.lines();
    let mut words = lines.next().ok_or_else(bad)?.split(' ');
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else {
        return Err(bad());
    };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Err(bad());
    }
    // A page from elsewhere whose name is made to lead here must not read what is served.
    let fields = lines.filter_map(|line| line.split_once(':'));
    let hosts: Vec<&str> =
        fields.filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| value.trim()).collect();
    let ours = |host: &&str| ["127.0.0.1", "localhost"].iter().any(|name| **host == format!("{name}:{port}"));
    if hosts.is_empty() || !hosts.iter().all(ours) {
        return Err(Refusal("403 Forbidden", ""));
    }
    let head = match method {
        "GET" => false,
        "HEAD" => true,
        _ => return Err(Refusal("405 Method Not Allowed", "Allow: GET, HEAD\r\n")),
    };
    let path = target.split(['?', '#']).next().expect("a split has a first part");
    let path = decoded(path).ok_or_else(bad)?;
    let upwards = path.split(['/', '\\']).any(|part| part == "..");
    if upwards || path.contains(char::is_control) { Err(bad()) } else { Ok(Request { head, path }) }
}

/// `%41` is `A`.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut parts = path.split('%');
    bytes.extend(parts.next().expect("a split has a first part").bytes());
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).ok()
}

fn file(mut stream: TcpStream, request: &Request, served: &Served) -> io::Result<()> {
    let path = request.path.trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let (number, found, missing) = {
        let version = served.version();
        (version.number, version.files.get(path).cloned(), version.files.get("404.html").cloned())
    };
    let (status, path, text) = match (found, missing) {
        (Some(text), _) => ("200 OK", path, text),
        (None, missing) => ("404 Not Found", "404.html", missing.unwrap_or_default()),
    };
    let content_type = content_type(path);
    if content_type != HTML {
        return respond(&mut stream, status, "", content_type, &text, request.head);
    }
    let text = text.replacen(VERSION_PLACE, &format!("data-version=\"{number}\""), 1);
    respond(&mut stream, status, "", content_type, &text, request.head)
}

fn content_type(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("html") => HTML,
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("xml") => "application/xml",
        _ => "text/plain; charset=utf-8",
    }
}

fn respond(
    stream: &mut TcpStream,
    status: &str,
    header: &str,
    content_type: &str,
    text: &str,
    head: bool,
) -> io::Result<()> {
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{header}Content-Type: {content_type}\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )?;
    if head { Ok(()) } else { stream.write_all(text.as_bytes()) }
}

/// Tells the number of the version, and every new one, until nobody listens any more.
fn versions(mut stream: TcpStream, request: &Request, served: &Served) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )?;
    if request.head {
        return Ok(());
    }
    let mut told = 0;
    loop {
        let number = served.number_after(told, HEARTBEAT);
        if number == told {
            stream.write_all(b":\n\n")?;
        } else {
            write!(stream, "data: {number}\n\n")?;
        }
        told = number;
    }
}
