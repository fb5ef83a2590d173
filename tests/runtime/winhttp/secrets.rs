//! Where secrets could be seen by somebody for whom they are not: in what a value shows for debugging, and in events.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use winws::WinHttp;
use winws::protocol::http::{Exchange, Length, Origin, Redirects, RequestHead, Rules};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::Peer;

use super::OK;
use super::chain::Server;

const CHALLENGE: &str = "HTTP/1.1 401 Who are you\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n";
const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// Writes down all events of this crate.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0.lock().unwrap(), "{value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "winws"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The password of a URL, and what the answer to a challenge says of it.
#[test]
fn a_response_does_not_show_how_the_challenge_was_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://Aladdin:open%20sesame@{}/", listener.local_addr().unwrap());
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let mut peer = Peer::accept(&listener);
            peer.read_head();
            peer.write(CHALLENGE.as_bytes());
            let mut peer = Peer::accept(&listener);
            assert!(peer.read_head().contains("QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
            peer.write(GOOD.as_bytes());
        });
        let shown = format!("{:?}", winws::get(&url).unwrap());
        server.join().unwrap();
        assert!(shown.contains("200") && shown.contains("127.0.0.1"), "{shown}");
        assert!(!shown.contains("QWxhZGRpbjpvcGVuIHNlc2FtZQ") && !shown.contains("sesame"), "{shown}");
    });
}

/// In whichever case the program writes the name of the header.
#[test]
fn headers_of_a_request_are_shown_without_secrets() {
    let server = Server::new();
    let request = server.open("POST", "/");
    for name in ["authorization", "COOKIE", "Proxy-Authorization"] {
        assert_eq!(request.add_headers(&format!("{name}: hush-hush"), sys::WINHTTP_ADDREQ_FLAG_ADD), OK);
    }
    assert_eq!(request.add_headers("X-Mine: shown-to-all", sys::WINHTTP_ADDREQ_FLAG_ADD), OK);
    let shown = format!("{:?}", WinHttp::process());
    assert!(shown.contains("shown-to-all"), "or else the test sees nothing");
    assert!(!shown.contains("hush-hush"), "{shown}");
}

/// Neither the bytes to be sent nor the body are shown.
#[test]
fn an_exchange_is_shown_without_its_bytes() {
    let rules = Rules {
        redirects: Redirects::Never,
        max_redirects: 0,
        max_interim: 0,
        max_head: 65_536,
        answers_challenges: false,
    };
    let origin = Origin { is_secure: false, host: "h".to_owned(), host_text: "h".to_owned(), port: 80 };
    let mut exchange = Exchange::new(origin, RequestHead::new("POST", "/", 1, "h").unwrap(), rules);
    exchange.begin(rules, b"hush".to_vec(), Length::Known(4), false).unwrap();
    exchange.connected(None).unwrap();
    let shown = format!("{exchange:?}");
    assert!(!shown.contains("hush") && !shown.contains("104, 117, 115, 104"), "{shown}");
}

/// Queries have keys, and signatures that are as good as keys.
#[test]
fn an_event_of_a_redirect_has_no_query() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let log = Log::default();
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let mut peer = Peer::accept(&listener);
            peer.read_head();
            peer.write(b"HTTP/1.1 302 There\r\nLocation: /there?key=hush\r\nContent-Length: 0\r\n\r\n");
            let mut peer = Peer::accept(&listener);
            assert!(peer.read_head().starts_with("GET /there?key=hush "));
            peer.write(GOOD.as_bytes());
        });
        tracing::subscriber::with_default(log.clone(), || winws::get(&format!("http://{authority}/")).unwrap());
        server.join().unwrap();
    });
    let log = log.0.lock().unwrap();
    assert!(log.contains(&format!("http://{authority}/there")), "{log}");
    assert!(!log.contains("hush"), "{log}");
}
