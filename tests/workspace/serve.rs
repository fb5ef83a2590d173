//! `cargo xtask site --serve`: the site on loopback, anew whenever a page changes, whatever is in the page.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use winws_tests_generator::{copy_folder, workspace};

use crate::folders::build_folder;

/// A watchdog, not a measure: what has not come by then never will.
const WATCHDOG: Duration = Duration::from_secs(60);

/// A server and the pages that it watches.
struct Server {
    process: Child,
    /// Host and port.
    host: String,
    specs: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let build = Command::new(env!("CARGO"))
            .current_dir(workspace())
            .args(["build", "--quiet", "--package", "xtask"])
            .status();
        assert!(build.unwrap().success());
        let specs = tempfile::tempdir().unwrap();
        copy_folder(&workspace().join("specs"), specs.path());
        // Not by way of cargo, whose end would not be that of its child.
        let program = build_folder().join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
        let mut process = Command::new(program)
            .args(["site", "--serve", "--specs"])
            .arg(specs.path())
            .stdout(Stdio::piped())
            // It says what is wrong with the broken page, which is what the test is about.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let host = address.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        assert!(host.starts_with("127.0.0.1:"), "it is at `{address}`");
        Self { process, host, specs }
    }

    fn page(&self) -> PathBuf {
        self.specs.path().join("winhttp/ne-winhttp-winhttp_web_socket_buffer_type.md")
    }

    /// Changes a text of the page.
    fn change(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.page()).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(&text.replace(from, to));
    }

    /// Puts another text in the place of the page: at once, or half of it would be a version too.
    fn write(&self, text: &str) {
        let beside = self.specs.path().join("new");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, self.page()).unwrap();
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(WATCHDOG)).unwrap();
        stream
    }

    /// The whole answer to a request.
    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The answer to a request as browsers make it.
    fn fetch(&self, method: &str, path: &str) -> String {
        self.ask(&format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host))
    }

    /// The stream of versions, behind its head.
    fn versions(&self) -> Versions {
        let mut stream = self.connect();
        write!(stream, "GET /-/versions HTTP/1.1\r\nHost: {}\r\n\r\n", self.host).unwrap();
        let mut versions = Versions { lines: BufReader::new(stream) };
        while !versions.line().is_empty() {}
        versions
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whether it has ended by itself already makes no difference.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

struct Versions {
    lines: BufReader<TcpStream>,
}

impl Versions {
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the stream has ended");
        line.trim_end().to_owned()
    }

    /// Waits for the next version.
    fn next(&mut self) -> u64 {
        loop {
            if let Some(number) = self.line().strip_prefix("data: ") {
                return number.parse().unwrap();
            }
        }
    }
}

const ITEM: &str = "/winhttp/WINHTTP_WEB_SOCKET_BUFFER_TYPE.html";

#[test]
fn a_changed_page_is_shown_at_once_and_a_broken_one_with_what_is_wrong() {
    let server = Server::start();
    let mut versions = server.versions();
    let first = versions.next();
    let page = server.fetch("GET", ITEM);
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("live.js") && page.contains("connect-src 'self'"), "{page}");
    // So that a page knows that it is old, however late it begins to listen.
    assert!(page.contains(&format!("data-version=\"{first}\"")), "{page}");
    assert!(!page.contains("class=\"errors\""), "{page}");
    assert!(server.fetch("GET", "/live.js").contains("EventSource"));

    server.change("\n## -remarks", "\n## -remarks\n\nA sentence of this test.\n");
    let second = versions.next();
    assert!(second > first);
    assert!(server.fetch("GET", ITEM).contains("A sentence of this test."));

    let good = fs::read_to_string(server.page()).unwrap();
    server.write("# \u{0} no page at all");
    let third = versions.next();
    assert!(third > second);
    let index = server.fetch("GET", "/");
    assert!(index.contains("class=\"errors\"") && index.contains("error[binary-file]"), "{index}");
    assert!(index.contains("ne-winhttp-winhttp_web_socket_buffer_type.md"), "{index}");

    server.write(&good);
    assert!(versions.next() > third);
    let page = server.fetch("GET", ITEM);
    assert!(page.contains("A sentence of this test.") && !page.contains("class=\"errors\""), "{page}");

    // What cannot be read at all is said too, beside what could be read last.
    let specs = server.specs.path().to_owned();
    fs::rename(&specs, specs.with_extension("away")).unwrap();
    versions.next();
    let page = server.fetch("GET", ITEM);
    assert!(page.contains("class=\"errors\"") && page.contains("A sentence of this test."), "{page}");
    fs::rename(specs.with_extension("away"), &specs).unwrap();
}

#[test]
fn only_files_of_the_site_are_served_and_only_to_this_machine() {
    let mut server = Server::start();
    let status = |answer: String| answer.lines().next().unwrap_or_default().to_owned();
    for path in
        ["/", "/index.html", ITEM, "/style.css", "/site.js?a=b", "/search-index.js", "/facts.json", "/%69ndex.html"]
    {
        assert_eq!(status(server.fetch("GET", path)), "HTTP/1.1 200 OK", "{path}");
    }
    let outside = [
        "/../Cargo.toml",
        "/winhttp/../../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2fCargo.toml",
        "/..\\x",
        "/%00",
        "/%zz",
    ];
    for path in outside {
        assert_eq!(status(server.fetch("GET", path)), "HTTP/1.1 400 Bad Request", "{path}");
    }
    for path in ["/nothing", "//etc/passwd", "/winhttp", "/.winws"] {
        let answer = server.fetch("GET", path);
        assert!(
            answer.starts_with("HTTP/1.1 404 Not Found") && answer.contains("href=\"/style.css\""),
            "{path}: {answer}"
        );
    }
    let head = server.fetch("HEAD", "/");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n") && !head.contains("<html"), "{head}");
    for method in ["POST", "PUT", "DELETE", "get"] {
        let answer = server.fetch(method, "/");
        assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("Allow: GET, HEAD\r\n"), "{answer}");
    }
    assert_eq!(status(server.ask("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")), "HTTP/1.1 403 Forbidden");
    assert_eq!(status(server.ask("GET / HTTP/1.1\r\n\r\n")), "HTTP/1.1 403 Forbidden");
    assert_eq!(status(server.ask("nonsense\r\n\r\n")), "HTTP/1.1 400 Bad Request");
    assert_eq!(
        fs::read_dir(server.specs.path()).unwrap().count(),
        count(&workspace().join("specs")),
        "nothing is written"
    );
    interrupted(&mut server);
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// A signal ends it. Not that of Ctrl-C, which whoever runs the tests in the background has ignored.
#[cfg(unix)]
fn interrupted(server: &mut Server) {
    use std::os::unix::process::ExitStatusExt as _;
    let kill = Command::new("kill").args(["-TERM", &server.process.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(server.process.wait().unwrap().signal(), Some(15));
}

#[cfg(not(unix))]
fn interrupted(_: &mut Server) {}
