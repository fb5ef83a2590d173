//! Requests that go through proxies: b9.7 as far as proxies go, b9.8, b9.10 and b9.11. The proxy is raw bytes on loopback, and
//! what lies behind it as well.

use std::net::TcpListener;
use std::ptr;
use std::thread;

use winws::WinHttp;
use winws_api::Win32Error;
use winws_api::winhttp::{Request as _, Session as _, WebSocketBufferType, sys};
use winws_tests_runtime::peer::{Peer, code, good_answer};

use super::chain::{Handle, Opening};
use super::{INVALID_RESPONSE, OK};

const CANNOT_CONNECT: Win32Error = Win32Error::ERROR_WINHTTP_CANNOT_CONNECT;
const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";
const CHALLENGE: &str =
    "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 5\r\n\r\nsorry";
const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// The example of RFC 7617 section 2.
const AUTHORIZATION: &str = "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n";

/// A proxy, and a session that goes through it to a server whose name nobody can resolve.
struct Proxy {
    listener: TcpListener,
    session: Handle,
}

impl Proxy {
    fn new() -> Self {
        Self::with_list(str::to_owned)
    }

    fn with_list(list: impl FnOnce(&str) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let list = list(&listener.local_addr().unwrap().to_string());
        let named = sys::WINHTTP_ACCESS_TYPE_NAMED_PROXY;
        let session = WinHttp::process().open(None, named, Some(&list), Some("<local>;*.near"), 0).unwrap();
        Self { listener, session: Handle(session) }
    }

    fn open(&self, verb: &str) -> Handle {
        let connection = self.session.connect("server.invalid", 0).unwrap();
        connection.open(Opening { verb: Some(verb), target: Some("/path"), ..Opening::default() }).unwrap()
    }

    fn open_upgrade(&self) -> Handle {
        let request = self.open("GET");
        request.ask_for_upgrade();
        request
    }

    fn accept(&self) -> Peer {
        Peer::accept(&self.listener)
    }
}

/// Sends the request while `work` plays the proxy: the code.
fn send(request: &Handle, work: impl FnOnce()) -> Win32Error {
    thread::scope(|scope| {
        let sending = scope.spawn(|| request.send());
        work();
        sending.join().unwrap()
    })
}

fn set_basic(request: &Handle) {
    let (target, scheme) = (sys::WINHTTP_AUTH_TARGET_PROXY, sys::WINHTTP_AUTH_SCHEME_BASIC);
    let set = WinHttp::process().set_credentials(
        request.0,
        target,
        scheme,
        Some("Aladdin"),
        Some("open sesame"),
        ptr::null_mut(),
    );
    assert_eq!(code(set), OK);
}

#[test]
fn b9_10_a_web_socket_through_a_proxy_that_asks_who_it_is() {
    let proxy = Proxy::new();
    let request = proxy.open_upgrade();
    set_basic(&request);
    thread::scope(|scope| {
        let socket = scope.spawn(|| {
            assert_eq!((request.send(), request.receive()), (OK, OK));
            request.complete_upgrade().unwrap()
        });
        let mut peer = proxy.accept();
        let head = peer.read_head();
        assert_eq!(head, "CONNECT server.invalid:80 HTTP/1.1\r\nHost: server.invalid:80\r\n\r\n");
        peer.write(CHALLENGE.as_bytes());
        // On the same connection, whose body is out of the way.
        let again = peer.read_head();
        assert_eq!(
            again,
            format!("CONNECT server.invalid:80 HTTP/1.1\r\nHost: server.invalid:80\r\n{AUTHORIZATION}\r\n")
        );
        peer.write(OPEN.as_bytes());
        let head = peer.read_head();
        assert!(head.starts_with("GET /path HTTP/1.1\r\nHost: server.invalid\r\n"), "{head}");
        assert!(!head.contains("Proxy-"), "{head}");
        // The first frame comes with the answer, and that behind it.
        peer.write(&[good_answer(&head, "").as_bytes(), b"\x82\x02hi"].concat());
        let socket = socket.join().unwrap();
        assert_eq!(socket.receive(8), Ok((WebSocketBufferType::BinaryMessage, b"hi".to_vec())));
    });
}

#[test]
fn b9_10_the_proxy_ends_the_connection_after_its_challenge() {
    let proxy = Proxy::new();
    let request = proxy.open_upgrade();
    set_basic(&request);
    let sent = send(&request, || {
        let mut peer = proxy.accept();
        peer.read_head();
        peer.write(CHALLENGE.replace("Content-Length: 5", "Connection: close").as_bytes());
        drop(peer);
        let mut peer = proxy.accept();
        assert!(peer.read_head().contains(AUTHORIZATION));
        peer.write(OPEN.as_bytes());
        peer.read_head();
    });
    assert_eq!(sent, OK);
}

/// Proxies that keep no connection do not all say so.
#[test]
fn b9_10_the_proxy_ends_the_connection_without_a_word() {
    let proxy = Proxy::new();
    for is_heard in [false, true] {
        let request = proxy.open_upgrade();
        set_basic(&request);
        let sent = send(&request, || {
            let mut peer = proxy.accept();
            peer.read_head();
            peer.write(CHALLENGE.as_bytes());
            if is_heard {
                peer.read_head();
            }
            drop(peer);
            let mut peer = proxy.accept();
            assert!(peer.read_head().contains(AUTHORIZATION));
            peer.write(OPEN.as_bytes());
            peer.read_head();
        });
        assert_eq!(sent, OK, "{is_heard}");
    }
}

/// What is left to the program: the response of the proxy, its schemes, and the next request on the same handle.
#[test]
fn b9_7_the_program_answers_the_proxy() {
    let proxy = Proxy::new();
    let request = proxy.open_upgrade();
    let sent = send(&request, || {
        let mut peer = proxy.accept();
        peer.read_head();
        peer.write(CHALLENGE.replace("Basic", "Negotiate, Basic").as_bytes());
    });
    assert_eq!((sent, request.receive(), request.status()), (OK, OK, Ok(407)));
    let schemes = WinHttp::process().query_auth_schemes(request.0).unwrap();
    assert_eq!(schemes.auth_target, sys::WINHTTP_AUTH_TARGET_PROXY);
    assert_eq!(schemes.first_scheme, sys::WINHTTP_AUTH_SCHEME_NEGOTIATE);
    assert_eq!(schemes.supported_schemes, sys::WINHTTP_AUTH_SCHEME_NEGOTIATE | sys::WINHTTP_AUTH_SCHEME_BASIC);
    assert_eq!(request.body(), Ok("sorry".to_owned()));
    assert_eq!(request.complete_upgrade().map(drop), Err(Win32Error::ERROR_INVALID_OPERATION));
    set_basic(&request);
    let sent = send(&request, || {
        let mut peer = proxy.accept();
        peer.read_head();
        peer.write(CHALLENGE.as_bytes());
        assert!(peer.read_head().contains(AUTHORIZATION));
        peer.write(OPEN.as_bytes());
        peer.read_head();
    });
    assert_eq!(sent, OK);
}

/// A body that was given away in pieces would be needed again.
#[test]
fn b9_7_a_body_from_write_data_is_not_there_again() {
    let proxy = Proxy::new();
    let request = proxy.open("POST");
    set_basic(&request);
    assert_eq!(request.send_with(None, b"", 4), OK);
    let mut peer = proxy.accept();
    let head = peer.read_head();
    assert!(head.starts_with("POST http://server.invalid/path HTTP/1.1\r\nHost: server.invalid\r\n"), "{head}");
    assert_eq!(request.write(b"body"), OK);
    assert_eq!(peer.read(4), b"body");
    peer.write(CHALLENGE.as_bytes());
    assert_eq!(request.receive(), Win32Error::ERROR_WINHTTP_RESEND_REQUEST);
}

#[test]
fn a_request_without_tls_is_made_to_the_proxy() {
    let proxy = Proxy::new();
    let request = proxy.open("GET");
    set_basic(&request);
    assert_eq!(request.send(), OK);
    let mut first = proxy.accept();
    assert_eq!(first.read_head(), "GET http://server.invalid/path HTTP/1.1\r\nHost: server.invalid\r\n\r\n");
    first.write(CHALLENGE.as_bytes());
    thread::scope(|scope| {
        let receiving = scope.spawn(|| request.receive());
        let mut peer = proxy.accept();
        assert!(peer.read_head().contains(AUTHORIZATION));
        peer.write(GOOD.as_bytes());
        assert_eq!(receiving.join().unwrap(), OK);
    });
    assert_eq!((request.status(), request.body()), (Ok(200), Ok("hi".to_owned())));
    assert_eq!(request.text(sys::WINHTTP_OPTION_URL), "http://server.invalid/path");
}

#[test]
fn b9_8_the_next_proxy_of_the_list_where_one_is_away() {
    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = Proxy::with_list(|here| format!("https=127.0.0.1:1 http={away};http={here}"));
    let request = proxy.open_upgrade();
    let sent = send(&request, || {
        let mut peer = proxy.accept();
        assert!(peer.read_head().starts_with("CONNECT server.invalid:80 "));
        peer.write(OPEN.as_bytes());
        peer.read_head();
    });
    assert_eq!(sent, OK);
}

#[test]
fn b9_8_what_goes_past_the_proxy_goes_directly() {
    let proxy = Proxy::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let connection = proxy.session.connect("localhost", server.local_addr().unwrap().port()).unwrap();
    let request = connection.open(Opening::default()).unwrap();
    assert_eq!(request.send(), OK);
    assert!(Peer::accept(&server).read_head().starts_with("GET / HTTP/1.1\r\n"));
    // The list has a proxy for the other scheme only.
    let other = Proxy::with_list(|here| format!("https={here}"));
    let connection = other.session.connect("127.0.0.1", server.local_addr().unwrap().port()).unwrap();
    let request = connection.open(Opening::default()).unwrap();
    assert_eq!(request.send(), OK);
    assert!(Peer::accept(&server).read_head().starts_with("GET / HTTP/1.1\r\n"));
}

/// An answer that is no challenge and opens no tunnel is not taken for the server's.
#[test]
fn a_proxy_that_refuses() {
    for (answer, code) in [
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", CANNOT_CONNECT),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", CANNOT_CONNECT),
        ("HTTP/1.1 301 There\r\nLocation: http://127.0.0.1/\r\n\r\n", CANNOT_CONNECT),
        ("garbage\r\n\r\n", INVALID_RESPONSE),
        ("HTTP/1.1 200", INVALID_RESPONSE),
    ] {
        let proxy = Proxy::new();
        let request = proxy.open_upgrade();
        let sent = send(&request, || {
            let mut peer = proxy.accept();
            peer.read_head();
            peer.write(answer.as_bytes());
        });
        assert_eq!(sent, code, "{answer}");
        // The handle can be used again.
        let sent = send(&request, || {
            let mut peer = proxy.accept();
            peer.read_head();
            peer.write(OPEN.as_bytes());
            peer.read_head();
        });
        assert_eq!(sent, OK);
    }
}

#[test]
fn b9_11_bytes_right_behind_the_answer_of_the_proxy() {
    let proxy = Proxy::new();
    let request = proxy.open_upgrade();
    let sent = send(&request, || {
        let mut peer = proxy.accept();
        peer.read_head();
        peer.write(format!("{OPEN}HTTP/1.1 503 Too many\r\nContent-Length: 4\r\n\r\nlate").as_bytes());
        peer.read_head();
    });
    assert_eq!((sent, request.receive(), request.status()), (OK, OK, Ok(503)));
    assert_eq!(request.body(), Ok("late".to_owned()));
}

#[test]
fn a_proxy_that_says_nothing_has_its_time_and_is_given_up_at_once() {
    let proxy = Proxy::new();
    let request = proxy.open_upgrade();
    assert_eq!(request.set_timeouts([0, 0, 0, 30]), OK);
    assert_eq!(request.send(), Win32Error::ERROR_WINHTTP_TIMEOUT);
    let request = proxy.open_upgrade();
    let sent = send(&request, || {
        proxy.accept();
        let mut peer = proxy.accept();
        peer.read_head();
        assert_eq!(request.close(), OK);
    });
    assert_eq!(sent, Win32Error::ERROR_WINHTTP_OPERATION_CANCELLED);
}

#[test]
fn a_redirect_chooses_its_own_proxy() {
    let proxy = Proxy::new();
    let request = proxy.open("GET");
    assert_eq!(request.send(), OK);
    let mut first = proxy.accept();
    first.read_head();
    // `<local>` is past the proxy.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    first.write(
        format!("HTTP/1.1 302 There\r\nLocation: http://localhost:{port}/x\r\nContent-Length: 0\r\n\r\n").as_bytes(),
    );
    thread::scope(|scope| {
        let receiving = scope.spawn(|| request.receive());
        let mut peer = Peer::accept(&server);
        assert!(peer.read_head().starts_with("GET /x HTTP/1.1\r\n"));
        peer.write(GOOD.as_bytes());
        assert_eq!(receiving.join().unwrap(), OK);
    });
}
