//! Section 9: ordinary requests, and the bodies of requests and responses.

use std::thread;

use winws_api::Win32Error;
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::Peer;

use super::chain::{Handle, Server, answered};
use super::{CONNECTION_ERROR, INCORRECT_STATE, INVALID_PARAMETER, INVALID_RESPONSE, OK, c};

const NOTHING: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[test]
fn b9_1_an_ordinary_request() {
    let server = Server::new();
    let request = server.open("GET", "/document?1");
    let (mut peer, head) = server.send(&request);
    assert_eq!(head, format!("GET /document?1 HTTP/1.1\r\nHost: {}\r\n\r\n", server.authority()));
    peer.write(b"HTTP/1.1 404 Not here\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world");
    assert_eq!((request.receive(), request.status()), (OK, Ok(404)));
    assert_eq!(request.custom("content-type"), Ok("text/plain".to_owned()));
    assert_eq!(request.available(), Ok(11));
    assert_eq!(request.read(5), Ok(b"hello".to_vec()));
    assert_eq!(request.available(), Ok(6), "it stays the same until all of them have been read");
    assert_eq!(request.available(), Ok(6));
    assert_eq!(request.read(64), Ok(b" world".to_vec()));
    assert_eq!((request.available(), request.read(64)), (Ok(0), Ok(Vec::new())));
}

#[test]
fn b9_2_where_a_body_ends() {
    for (headers, bytes, body) in [
        ("Content-Length: 5", "hellomore", "hello"),
        ("Content-Length: 0", "more", ""),
        ("Transfer-Encoding: chunked", "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\nmore", "hello world"),
        ("Transfer-Encoding: chunked", "0\r\n\r\nmore", ""),
        ("Transfer-Encoding: chunked\r\nContent-Length: 2", "1\r\na\r\n0\r\nTrailer: 1\r\n\r\n", "a"),
    ] {
        // The stream stays open.
        let (request, _peer) = answered("GET", &format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{bytes}"));
        assert_eq!(request.body(), Ok(body.to_owned()), "{headers}");
        assert_eq!((request.available(), request.read(1)), (Ok(0), Ok(Vec::new())));
    }
    for headers in ["X: 1", "Connection: close"] {
        let (request, mut peer) = answered("GET", &format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\nuntil "));
        peer.write(b"the end");
        peer.finish();
        assert_eq!(request.body(), Ok("until the end".to_owned()));
        assert_eq!(request.available(), Ok(0));
    }
    // None, whatever the headers say: the stream stays open, and nobody waits.
    for (verb, status) in [("HEAD", 200), ("HEAD", 404), ("GET", 204), ("GET", 304)] {
        for headers in ["Content-Length: 5", "Transfer-Encoding: chunked", "X: 1"] {
            let (request, _peer) = answered(verb, &format!("HTTP/1.1 {status} Status\r\n{headers}\r\n\r\n"));
            assert_eq!((request.available(), request.read(8)), (Ok(0), Ok(Vec::new())), "{verb} {status} {headers}");
            assert_eq!(request.status(), Ok(status));
        }
    }
}

#[test]
fn a_read_fills_its_buffer_from_what_comes() {
    let (request, mut peer) = answered("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    thread::scope(|scope| {
        let reading = scope.spawn(|| request.read(6));
        for bytes in ["3", "\r\n", "a", "bc\r", "\n3\r\nde", "f\r\n"] {
            peer.write(bytes.as_bytes());
        }
        assert_eq!(reading.join().unwrap(), Ok(b"abcdef".to_vec()));
        let waiting = scope.spawn(|| request.available());
        peer.write(b"2\r\ngh\r\n0\r\n\r\n");
        let count = waiting.join().unwrap().unwrap();
        assert!((1..=2).contains(&count), "{count}");
        assert_eq!(request.body(), Ok("gh".to_owned()));
    });
}

#[test]
fn a_large_body() {
    let body: String = (0..1_000_000_u32).map(|number| char::from(b'a' + (number % 23) as u8)).collect();
    let (request, mut peer) = answered("GET", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    thread::scope(|scope| {
        let sent = &body;
        scope.spawn(move || peer.write(sent.as_bytes()));
        let mut received = Vec::new();
        while request.available().unwrap() > 0 {
            received.extend(request.read(70_000).unwrap());
        }
        assert!(received == body.as_bytes());
    });
}

/// The pages of WinHttpReadData and WinHttpQueryDataAvailable.
#[test]
fn bodies_that_break() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for bad in ["x\r\n", "-1\r\n", "11111111111111111\r\n", "2\r\nabc\r\n"] {
        let (request, _peer) = answered("GET", &format!("{chunked}2\r\nok\r\n{bad}"));
        assert_eq!(request.read(2), Ok(b"ok".to_vec()), "what came before the fault");
        let available = request.available();
        if bad.starts_with('2') {
            assert_eq!((available, request.read(2)), (Ok(2), Ok(b"ab".to_vec())));
        }
        assert_eq!(request.read(8), Err(INVALID_RESPONSE), "{bad:?}");
        assert_eq!(request.available(), Err(INVALID_RESPONSE), "{bad:?}");
    }
    for (headers, bytes) in [("Content-Length: 5", "ok"), ("Transfer-Encoding: chunked", "5\r\nok")] {
        let (request, mut peer) = answered("GET", &format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{bytes}"));
        peer.finish();
        assert_eq!(request.read(8), Ok(b"ok".to_vec()), "{headers}");
        assert_eq!(request.read(8), Err(CONNECTION_ERROR), "{headers}");
        assert_eq!(request.available(), Err(CONNECTION_ERROR), "{headers}");
        let (request, peer) = answered("GET", &format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n"));
        peer.reset();
        assert_eq!(request.read(8), Err(CONNECTION_ERROR), "{headers}");
    }
    for headers in
        ["Content-Length: x", "Content-Length: 1, 2", "Content-Length: -1", "Transfer-Encoding: chunked, chunked"]
    {
        let server = Server::new();
        let request = server.open("GET", "/");
        let (mut peer, _) = server.send(&request);
        peer.write(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").as_bytes());
        assert_eq!(request.receive(), INVALID_RESPONSE, "{headers}");
    }
}

#[test]
fn a_body_can_be_asked_for_once_the_response_is_there() {
    let server = Server::new();
    let request = server.open("GET", "/");
    let refused = || assert_eq!((request.available(), request.read(1)), (Err(INCORRECT_STATE), Err(INCORRECT_STATE)));
    refused();
    let (mut peer, _) = server.send(&request);
    refused();
    peer.write(b"garbage\r\n\r\n");
    assert_eq!(request.receive(), INVALID_RESPONSE);
    refused();
    let _peer = server.answer(&request, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
    assert_eq!(request.body(), Ok("a".to_owned()));
}

/// A connected request with these headers and this total length.
fn begin(server: &Server, headers: Option<&str>, first: &[u8], total: u32) -> (Handle, Peer, String) {
    let request = server.open("POST", "/");
    assert_eq!(request.send_with(headers, first, total), OK);
    let mut peer = server.accept();
    let head = peer.read_head();
    (request, peer, head)
}

#[test]
fn b9_5_write_data_with_the_total_length() {
    let server = Server::new();
    let (request, mut peer, head) = begin(&server, None, b"ab", 6);
    assert!(head.contains("\r\nContent-Length: 6\r\n"), "{head}");
    assert_eq!(request.receive(), INCORRECT_STATE, "the body is not complete");
    assert_eq!(request.write(b"cd"), OK);
    assert_eq!(request.write(b""), OK);
    assert_eq!(request.write(b"efg"), INVALID_PARAMETER, "more than the total length");
    assert_eq!(request.write(b"ef"), OK);
    assert_eq!(request.write(b"g"), INVALID_PARAMETER);
    assert_eq!(peer.read(6), b"abcdef");
    peer.write(NOTHING.as_bytes());
    assert_eq!((request.receive(), request.status()), (OK, Ok(204)));
    assert_eq!(request.write(b""), INCORRECT_STATE, "the response is there");
}

#[test]
fn b9_5_write_data_with_chunks_of_the_program() {
    let server = Server::new();
    let ignore = sys::WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH;
    let (request, mut peer, head) = begin(&server, Some("Transfer-Encoding: chunked"), b"", ignore);
    assert!(head.contains("\r\nTransfer-Encoding: chunked\r\n") && !head.contains("Content-Length"), "{head}");
    for part in ["5\r\nhello\r\n", "0\r", "\n\r\n"] {
        assert_eq!(request.write(part.as_bytes()), OK);
    }
    assert_eq!(peer.read(15), b"5\r\nhello\r\n0\r\n\r\n");
    peer.write(NOTHING.as_bytes());
    assert_eq!((request.receive(), request.status()), (OK, Ok(204)));
    // A Content-Length of the program's own, which a body of more than 4 GB needs.
    let (request, mut peer, head) = begin(&server, Some("Content-Length: 5000000000"), b"", ignore);
    assert!(head.contains("\r\nContent-Length: 5000000000\r\n"), "{head}");
    assert_eq!(request.write(b"the first of them"), OK);
    assert_eq!(peer.read(17), b"the first of them");
}

#[test]
fn b9_5_data_that_goes_with_the_headers() {
    let server = Server::new();
    let (request, mut peer, head) = begin(&server, None, b"all", 3);
    assert!(head.contains("\r\nContent-Length: 3\r\n"), "{head}");
    assert_eq!(peer.read(3), b"all");
    peer.write(NOTHING.as_bytes());
    assert_eq!(request.receive(), OK);
    // A request without a body has no length, unless its method wants one (RFC 9110 section 8.6).
    let (_peer, head) = server.send(&server.open("GET", "/"));
    assert!(!head.contains("Content-Length"), "{head}");
    let (_, _peer, head) = begin(&server, None, b"", 0);
    assert!(head.contains("\r\nContent-Length: 0\r\n"), "{head}");
}

/// The page of WinHttpSendRequest: a server must not be able to read the end of a body in two ways.
#[test]
fn lengths_that_contradict_each_other_are_refused() {
    let server = Server::new();
    let request = server.open("POST", "/");
    for (headers, first, total) in [
        (None, &b"abc"[..], 2),
        (Some("Content-Length: 4"), &b"abc"[..], 3),
        (Some("Content-Length: 3, 3"), &b"abc"[..], 3),
        (Some("Content-Length: x"), &b"abc"[..], 3),
        (Some("Content-Length: 2"), &b"abc"[..], 0),
        (Some("Content-Length: 3\r\nTransfer-Encoding: chunked"), &b""[..], 0),
        (Some("Transfer-Encoding: chunked"), &b"abc"[..], 3),
        (Some("Transfer-Encoding: chunked"), &b"abc"[..], 0),
        (Some("Transfer-Encoding: chunked"), &b""[..], 3),
    ] {
        let request = server.open("POST", "/");
        assert_eq!(request.send_with(headers, first, total), INVALID_PARAMETER, "{headers:?} {first:?} {total}");
    }
    assert_eq!(request.send_with(Some("Content-Length: 3"), b"abc", 3), OK, "they agree");
}

#[test]
fn arguments_of_write_and_read_data() {
    let server = Server::new();
    let request = server.open("POST", "/");
    let word = c::word(request.0);
    assert_eq!(c::write_data(word, Some(b"a"), 1, Some(&mut 0)), 12019, "nothing was sent");
    assert_eq!(request.send_with(None, b"", 4), OK);
    let mut written = 7;
    assert_eq!((c::write_data(word, None, 1, Some(&mut written)), written), (87, 0));
    assert_eq!(c::write_data(word, Some(b"a"), 1, None), 87);
    assert_eq!((c::write_data(word, Some(b"body"), 4, Some(&mut written)), written), (0, 4));
    assert_eq!((c::write_data(word, None, 0, Some(&mut written)), written), (0, 0));
    let mut peer = server.accept();
    peer.read_head();
    peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(c::receive_response(word), 0);
    let mut read = 7;
    assert_eq!((c::read_data(word, None, 1, Some(&mut read)), read), (87, 0));
    assert_eq!(c::read_data(word, Some(&mut [0; 2]), 2, None), 87);
    assert_eq!((c::read_data(word, Some(&mut [0; 2]), 2, Some(&mut read)), read), (0, 2));
    assert_eq!(c::query_data_available(word, None), 87);
    assert_eq!((c::read_data(word, Some(&mut [0; 2]), 2, Some(&mut read)), read), (0, 1));
}

#[test]
fn a_peer_that_goes_while_a_body_is_written() {
    let server = Server::new();
    let (request, peer, _) = begin(&server, None, b"", u32::MAX);
    peer.reset();
    let part = vec![7; 1 << 20];
    let code = (0..64).map(|_| request.write(&part)).find(|&code| code != OK);
    assert_eq!(code, Some(CONNECTION_ERROR));
    assert_eq!(request.receive(), INCORRECT_STATE);
    let _peer = server.answer(&server.open("GET", "/"), NOTHING);
}

/// RFC 9112 section 9.3 and RFC 9110 section 7.5: a server may answer before it has the whole request, and take no more of it.
#[test]
fn b9_5_the_answer_of_a_server_that_takes_no_more() {
    const TOO_LARGE: &str = "HTTP/1.1 413 Too large\r\nContent-Length: 4\r\n\r\nstop";
    const LENGTH: u32 = 64 << 20;
    let server = Server::new();
    let piece = vec![b'x'; 1 << 20];
    let (request, mut peer, _) = begin(&server, None, b"", LENGTH);
    peer.write(TOO_LARGE.as_bytes());
    peer.reset();
    for _ in 0..LENGTH >> 20 {
        assert_eq!(request.write(&piece), OK);
    }
    assert_eq!(request.write(b""), OK);
    assert_eq!((request.receive(), request.status(), request.body()), (OK, Ok(413), Ok("stop".to_owned())));
    // Where all of it goes with the headers.
    let request = server.open("POST", "/");
    thread::scope(|scope| {
        let sending = scope.spawn(|| request.send_with(None, &vec![b'x'; 64 << 20], LENGTH));
        let mut peer = server.accept();
        peer.read_head();
        peer.write(TOO_LARGE.as_bytes());
        peer.reset();
        assert_eq!(sending.join().unwrap(), OK);
    });
    assert_eq!((request.receive(), request.status(), request.body()), (OK, Ok(413), Ok("stop".to_owned())));
    // A redirect would need what has been given away.
    let (request, mut peer, _) = begin(&server, None, b"", LENGTH);
    peer.write(b"HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
    peer.reset();
    (0..LENGTH >> 20).for_each(|_| assert_eq!(request.write(&piece), OK));
    assert_eq!(request.receive(), Win32Error::ERROR_WINHTTP_RESEND_REQUEST);
}

#[test]
fn the_head_of_a_response_is_bounded() {
    let server = Server::new();
    let request = server.open("GET", "/");
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, 100), OK);
    let (mut peer, _) = server.send(&request);
    peer.write(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(100)).as_bytes());
    assert_eq!(request.receive(), Win32Error::ERROR_WINHTTP_HEADER_SIZE_OVERFLOW);
}
