//! What a failed connect says.

use std::error::Error as _;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpListener;
use std::{io, thread};

use winws::protocol::upgrade::InvalidHeader;
use winws_api::Win32Error;

#[test]
fn a_refused_connection_keeps_the_error_of_the_system() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = winws::connect(&url).unwrap_err();
    assert_eq!(error.code(), Win32Error::ERROR_WINHTTP_CANNOT_CONNECT);
    assert_eq!((error.status(), error.headers().next()), (None, None));
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), ErrorKind::ConnectionRefused);
}

/// RFC 6455 section 4.1: the handshake itself sets `Upgrade`.
#[test]
fn a_header_that_cannot_be_sent_is_named() {
    let headers = &[("X", "1"), ("upgrade", "websocket")];
    let options = winws::ConnectOptions { headers, subprotocols: &[] };
    let error = winws::connect_with("ws://127.0.0.1:9/", &options).unwrap_err();
    assert_eq!(error.code(), Win32Error::ERROR_INVALID_PARAMETER);
    assert!(error.to_string().contains("\"upgrade\""), "{error}");
    let source = error.source().unwrap().downcast_ref::<InvalidHeader>().unwrap();
    assert_eq!(source.name, "upgrade");
}

/// No resolver has to ask another machine about it: a label has at most 63 bytes (RFC 1035 section 2.3.4), and RFC 6761
/// section 6.4 reserves the name.
#[test]
fn a_name_that_does_not_exist_keeps_the_error_of_the_system() {
    let error = winws::connect(&format!("ws://{}.invalid/", "a".repeat(64))).unwrap_err();
    assert_eq!(error.code(), Win32Error::ERROR_WINHTTP_NAME_NOT_RESOLVED);
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert!(!source.to_string().is_empty());
}

/// RFC 6874 section 4: the zone means something to this machine only. The loopback interface is the first one.
#[test]
fn the_zone_of_an_address_does_not_reach_the_server() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (error, head) = ask(listener, &format!("ws://[::1%251]:{port}/"), "HTTP/1.1 403 Forbidden\r\n\r\n");
    assert_eq!(error.status(), Some(403));
    assert!(head.contains(&format!("\r\nHost: [::1]:{port}\r\n")), "{head}");
}

/// Asks a server that gives this answer and goes.
fn answered(answer: &'static str) -> winws::ConnectError {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    ask(listener, &url, answer).0
}

/// What a client is told, and what the server has read.
fn ask(listener: TcpListener, url: &str, answer: &'static str) -> (winws::ConnectError, String) {
    let server = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(head).unwrap()
    });
    let error = winws::connect(url).unwrap_err();
    (error, server.join().unwrap())
}

#[test]
fn a_refusal_has_its_status_and_its_headers_in_their_order() {
    let error = answered(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nX: 1\r\nWWW-Authenticate: Digest\r\n\
         Content-Length: 4\r\n\r\nbody",
    );
    assert_eq!((error.status(), error.code()), (Some(401), Win32Error::ERROR_INVALID_OPERATION));
    let headers: Vec<_> = error.headers().collect();
    let expected = [
        ("WWW-Authenticate", "Basic realm=\"a\""),
        ("X", "1"),
        ("WWW-Authenticate", "Digest"),
        ("Content-Length", "4"),
    ];
    assert_eq!(headers, expected);
    assert!(error.source().is_none());
    assert!(error.to_string().contains("401"), "{error}");
}

#[test]
fn an_answer_that_is_no_answer_has_no_status() {
    for answer in
        ["", "garbage", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"]
    {
        let error = answered(answer);
        assert_eq!(error.code(), Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE, "{answer:?}");
        assert_eq!((error.status(), error.headers().count()), (None, 0), "{answer:?}");
    }
}
