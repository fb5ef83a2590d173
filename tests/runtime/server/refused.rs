//! Requests that are refused: what the client reads, and what the server is told.

use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::thread;
use std::time::Duration;

use winws::protocol::upgrade::{Answer, InvalidAnswer, InvalidHeader, RequestError, UpgradeRequest};
use winws::{AcceptError, AcceptOptions};
use winws_tests_runtime::peer::{REQUEST, dial};

const BAD_REQUEST: &str = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// Sends bytes to a server that decides in this way: its error, and the response up to the end of the stream.
fn refused_by(
    bytes: &[u8],
    options: AcceptOptions<'_>,
    decide: impl FnOnce(&UpgradeRequest, &mut Answer) + Send,
) -> (AcceptError, String) {
    let (stream, mut peer) = dial();
    thread::scope(|scope| {
        let accepting = scope.spawn(move || winws::accept_with(stream, &options, decide));
        peer.write(bytes);
        let response = peer.read_to_end();
        // Only now has the server nobody left to wait for.
        drop(peer);
        (accepting.join().unwrap().unwrap_err(), response)
    })
}

/// The same for a server that takes every good request.
fn refused(bytes: &[u8], options: AcceptOptions<'_>) -> (AcceptError, String) {
    refused_by(bytes, options, |_, _| panic!("nobody asks about a bad request"))
}

#[test]
fn a_request_that_is_no_websockets_is_told_what_is_wrong() {
    for (from, to, expected) in [
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", RequestError::Key),
        ("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", RequestError::Key),
        ("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key", RequestError::Key),
        ("HTTP/1.1", "HTTP/1.0", RequestError::Method),
        ("Host: server.example.com\r\n", "", RequestError::Host),
        ("Upgrade: websocket\r\n", "", RequestError::Upgrade),
        ("Connection: Upgrade\r\n", "Connection: keep-alive\r\n", RequestError::Connection),
        ("Sec-WebSocket-Version: 13\r\n", "", RequestError::MissingVersion),
        ("Origin: ", "Content-Length: 5\r\nOrigin: ", RequestError::Body),
        ("Origin: ", "Transfer-Encoding: chunked\r\nOrigin: ", RequestError::Body),
    ] {
        let request = REQUEST.replacen(from, to, 1);
        assert_ne!(request, REQUEST);
        let (error, response) = refused(request.as_bytes(), AcceptOptions::default());
        assert_eq!(response, BAD_REQUEST, "{request}");
        assert!(matches!(error, AcceptError::Request(error) if error == expected), "{request}{error:?}");
        assert_eq!(error.status(), Some(400));
        assert_eq!(error.source().unwrap().to_string(), expected.to_string());
    }
}

#[test]
fn another_version_is_told_which_one_there_is() {
    let request = REQUEST.replace("Version: 13", "Version: 8");
    let (error, response) = refused(request.as_bytes(), AcceptOptions::default());
    let expected = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Connection: Upgrade, close\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(response, expected);
    assert!(matches!(error, AcceptError::Request(RequestError::UnsupportedVersion)), "{error:?}");
    assert_eq!(error.status(), Some(426));
}

#[test]
fn what_is_no_get_of_http_is_refused_at_its_first_bytes() {
    // The last one is the start of a TLS handshake.
    for bytes in
        [&b"POST /chat HTTP/1.1\r\n"[..], b"SSH-2.0-OpenSSH\r\n", b"\r\r", b"GET /\r\n\r\n", b"\x16\x03\x01\x02\x00"]
    {
        let (error, response) = refused(bytes, AcceptOptions::default());
        assert_eq!(response, BAD_REQUEST, "{bytes:?}");
        assert!(matches!(error, AcceptError::NotHttp), "{error:?}");
        assert_eq!((error.status(), error.source().is_none()), (Some(400), true));
    }
}

/// The client sends more than the buffers on the way hold, and reads only then: a server that closed at once would break the
/// sending off, and some systems would drop the response too.
#[test]
fn a_client_that_sends_a_body_reads_the_response_too() {
    let request = REQUEST.replacen("GET", "POST", 1);
    let bytes = [request.as_bytes(), &vec![b'x'; 600_000]].concat();
    let (stream, mut peer) = dial();
    peer.hold_little();
    thread::scope(|scope| {
        let accepting = scope.spawn(|| winws::accept(stream));
        peer.write(&bytes);
        assert_eq!(peer.read_to_end(), BAD_REQUEST);
        drop(peer);
        assert!(matches!(accepting.join().unwrap().unwrap_err(), AcceptError::NotHttp));
    });
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let expected = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let endless = [b"GET /", &vec![b'a'; 100_000][..]].concat();
    let many = REQUEST.replacen("Origin", &("A: b\r\n".repeat(200) + "Origin"), 1);
    for (bytes, head_limit) in [
        (REQUEST.as_bytes(), REQUEST.len() - 1),
        (b"G", 0),
        (&endless, AcceptOptions::default().head_limit),
        (many.as_bytes(), AcceptOptions::default().head_limit),
    ] {
        let (error, response) = refused(bytes, AcceptOptions { head_limit, ..AcceptOptions::default() });
        assert_eq!(response, expected);
        assert!(matches!(error, AcceptError::HeadTooLarge { limit } if limit == head_limit), "{error:?}");
        assert_eq!(error.status(), Some(431));
    }
}

#[test]
fn a_head_as_large_as_the_limit_is_accepted() {
    let (stream, mut peer) = dial();
    peer.write(REQUEST.as_bytes());
    let options = AcceptOptions { head_limit: REQUEST.len(), ..AcceptOptions::default() };
    assert!(winws::accept_with(stream, &options, |_, _| {}).is_ok());
}

#[test]
fn a_head_that_does_not_come_in_time_is_refused() {
    for start in ["", "GET /chat HTTP/1.1\r\nHost:"] {
        let options = AcceptOptions { timeout: Some(Duration::from_millis(20)), ..AcceptOptions::default() };
        let (error, response) = refused(start.as_bytes(), options);
        assert_eq!(response, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        assert!(matches!(error, AcceptError::TimedOut), "{error:?}");
        assert_eq!(error.status(), Some(408));
    }
}

/// The time is for the whole head: a client that always sends a little more does not get more of it.
#[test]
fn a_head_that_drips_is_refused_in_time() {
    let (stream, mut peer) = dial();
    let options =
        AcceptOptions { timeout: Some(Duration::from_millis(20)), head_limit: usize::MAX, ..AcceptOptions::default() };
    thread::scope(|scope| {
        let accepting = scope.spawn(move || winws::accept_with(stream, &options, |_, _| {}));
        peer.write(b"GET /");
        // So much at once that there is always something to read.
        peer.write_until_gone(&vec![b'a'; 1 << 16]);
        assert!(matches!(accepting.join().unwrap().unwrap_err(), AcceptError::TimedOut));
    });
}

#[test]
fn the_callback_refuses_with_a_status_and_headers() {
    let (error, response) = refused_by(REQUEST.as_bytes(), AcceptOptions::default(), |request, answer| {
        assert_eq!(request.target(), "/chat");
        answer.refuse(401);
        answer.add_header("WWW-Authenticate", "Basic");
    });
    let expected = "HTTP/1.1 401 \r\nConnection: close\r\nContent-Length: 0\r\nWWW-Authenticate: Basic\r\n\r\n";
    assert_eq!(response, expected);
    assert!(matches!(error, AcceptError::Refused { status: 401 }), "{error:?}");
    assert_eq!((error.status(), error.source().is_none()), (Some(401), true));
}

/// Our own client understands it.
#[test]
fn the_client_of_a_refusal_has_its_status_and_headers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    thread::scope(|scope| {
        let connecting = scope.spawn(|| winws::connect(&url));
        let accepted = winws::accept_with(listener.accept().unwrap().0, &AcceptOptions::default(), |_, answer| {
            answer.refuse(503);
            answer.add_header("Retry-After", "120");
        });
        assert_eq!(accepted.unwrap_err().status(), Some(503));
        let error = connecting.join().unwrap().unwrap_err();
        assert_eq!(error.status(), Some(503));
        assert!(error.headers().any(|header| header == ("Retry-After", "120")));
    });
}

#[test]
fn an_answer_that_cannot_be_sent_is_a_failure_of_the_server() {
    let expected = "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let status = InvalidAnswer::Status(200);
    let (error, response) = refused_by(REQUEST.as_bytes(), AcceptOptions::default(), |_, answer| answer.refuse(200));
    assert_eq!(response, expected);
    assert!(matches!(&error, AcceptError::Answer(invalid) if *invalid == status), "{error:?}");
    assert_eq!((error.status(), error.source().unwrap().to_string()), (Some(500), status.to_string()));
    let header = InvalidAnswer::Header(InvalidHeader { name: "X".to_owned() });
    let (error, response) =
        refused_by(REQUEST.as_bytes(), AcceptOptions::default(), |_, answer| answer.add_header("X", "a\r\nEvil: b"));
    assert_eq!(response, expected);
    assert!(matches!(&error, AcceptError::Answer(invalid) if *invalid == header), "{error:?}");
}

#[test]
fn a_client_that_goes_is_told_from_one_that_is_wrong() {
    for start in ["", "GET /chat HTTP/1.1\r\n"] {
        let (stream, mut peer) = dial();
        peer.write(start.as_bytes());
        peer.finish();
        let error = winws::accept(stream).unwrap_err();
        assert!(matches!(error, AcceptError::Closed { received } if received == start.len()), "{error:?}");
        assert_eq!((error.status(), error.source().is_none()), (None, true));
        assert_eq!(peer.read_to_end(), "");
    }
}

#[test]
fn a_reset_keeps_the_error_of_the_system() {
    let (stream, peer) = dial();
    peer.reset();
    match winws::accept(stream).unwrap_err() {
        error @ AcceptError::Read(_) => {
            let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
            assert_eq!(source.kind(), ErrorKind::ConnectionReset);
            assert_eq!(error.status(), None);
        }
        error => panic!("{error:?}"),
    }
}
