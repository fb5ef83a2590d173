//! Sections 1.2 and 9, as far as they are about requests: their headers, what may be asked and when, and sending again.

use winws_api::Win32Error;
use winws_api::winhttp::{WebSocketBufferType, sys};
use winws_tests_runtime::peer::{frame, good_answer};

use super::chain::{Opening, Server, answered, text_of};
use super::{HEADER_NOT_FOUND, INCORRECT_STATE, INVALID_OPERATION, INVALID_PARAMETER, INVALID_RESPONSE, OK, c};

const ADD: u32 = sys::WINHTTP_ADDREQ_FLAG_ADD;
const REPLACE: u32 = sys::WINHTTP_ADDREQ_FLAG_REPLACE;
const NOTHING: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[test]
fn b1_2_1_response_header_before_receive_response() {
    let server = Server::new();
    let request = server.open_upgrade();
    assert_eq!(request.custom("Upgrade"), Err(INCORRECT_STATE));
    assert_eq!(request.status(), Err(INCORRECT_STATE));
    let (_peer, _) = server.send(&request);
    assert_eq!(request.custom("Upgrade"), Err(INCORRECT_STATE));
    assert_eq!(request.status(), Err(INCORRECT_STATE));
}

#[test]
fn b1_2_2_headers_of_the_handshake_are_there_once_it_is_sent() {
    let server = Server::new();
    let request = server.open_upgrade();
    for name in ["Sec-WebSocket-Key", "Sec-WebSocket-Version"] {
        assert_eq!(request.own(name), Err(HEADER_NOT_FOUND));
    }
    let (_peer, head) = server.send(&request);
    let key = request.own("Sec-WebSocket-Key").unwrap();
    assert_eq!(key.len(), 24);
    assert!(head.contains(&format!("\r\nSec-WebSocket-Key: {key}\r\n")), "{head}");
    assert_eq!(request.own("Sec-WebSocket-Version"), Ok("13".to_owned()));
}

#[test]
fn b1_2_3_and_4_a_101_has_no_body() {
    let server = Server::new();
    let request = server.open_upgrade();
    let (mut peer, head) = server.send(&request);
    // What comes behind it belongs to the WebSocket.
    peer.write(&[good_answer(&head, "").into_bytes(), frame(0x81, b"early")].concat());
    assert_eq!(request.receive(), OK);
    let mut available = 7;
    assert_eq!(c::query_data_available(c::word(request.0), Some(&mut available)), 0);
    assert_eq!(available, 0);
    assert_eq!(request.read(8), Ok(Vec::new()));
    let socket = request.complete_upgrade().unwrap();
    assert_eq!(socket.receive(8), Ok((WebSocketBufferType::Utf8Message, b"early".to_vec())));
}

#[test]
fn b1_2_4_a_101_has_no_content_length() {
    let server = Server::new();
    let request = server.open_upgrade();
    let (mut peer, head) = server.send(&request);
    peer.write(good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    assert_eq!(request.header(sys::WINHTTP_QUERY_CONTENT_LENGTH, None), Err(HEADER_NOT_FOUND));
}

#[test]
fn b1_2_8_a_101_that_was_not_asked_for() {
    for answer in ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", NOTHING] {
        let (request, _peer) = answered("GET", answer);
        assert_eq!(request.status(), Ok(answer[9..12].parse().unwrap()));
        assert_eq!(request.complete_upgrade().unwrap_err(), INVALID_OPERATION);
        assert!(c::complete_upgrade(c::word(request.0)).is_null());
        assert_eq!(winws::ffi::last_error(), 4317);
    }
    // Setting the option later changes nothing.
    let (request, _peer) = answered("GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n");
    request.ask_for_upgrade();
    assert_eq!(request.complete_upgrade().unwrap_err(), INVALID_OPERATION);
}

#[test]
fn b1_2_10_complete_upgrade_before_the_response() {
    let server = Server::new();
    let request = server.open_upgrade();
    let (mut peer, head) = server.send(&request);
    assert_eq!(request.complete_upgrade().unwrap_err(), INCORRECT_STATE);
    peer.write(good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    let first = request.complete_upgrade().unwrap();
    // A second one needs no ReceiveResponse.
    let (mut other, head) = server.send(&request);
    other.write(good_answer(&head, "").as_bytes());
    let second = request.complete_upgrade().unwrap();
    for (socket, peer) in [(&first, &mut peer), (&second, &mut other)] {
        peer.write(&frame(0x81, b"hi"));
        assert_eq!(socket.receive(8), Ok((WebSocketBufferType::Utf8Message, b"hi".to_vec())));
    }
    // It receives a refusal too, and then it is one (b1.2.7).
    let (mut third, _) = server.send(&request);
    third.write(b"HTTP/1.1 403 Forbidden\r\n\r\n");
    assert_eq!(request.complete_upgrade().unwrap_err(), INVALID_OPERATION);
    assert_eq!(request.status(), Ok(403));
    // And a response that is none, whose failure it has then (b1.2.20).
    let (mut fourth, _) = server.send(&request);
    fourth.write(b"garbage\r\n\r\n");
    assert_eq!(request.complete_upgrade().unwrap_err(), INVALID_RESPONSE);
}

#[test]
fn b1_2_12_a_request_is_sent_again_after_any_response() {
    let server = Server::new();
    let request = server.open_upgrade();
    let mut keys = Vec::new();
    for status in [401, 200, 404, 101] {
        let (mut peer, head) = server.send(&request);
        assert_eq!(request.send(), INCORRECT_STATE, "while one is running");
        let answer = match status {
            101 => good_answer(&head, ""),
            status => format!("HTTP/1.1 {status} No\r\nContent-Length: 5\r\n\r\nbody!"),
        };
        peer.write(answer.as_bytes());
        assert_eq!((request.receive(), request.status()), (OK, Ok(status)));
        keys.push(request.own("Sec-WebSocket-Key").unwrap());
    }
    let _socket = request.complete_upgrade().unwrap();
    let (_peer, _) = server.send(&request);
    keys.push(request.own("Sec-WebSocket-Key").unwrap());
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 5, "each has a key of its own");
    // After a response that failed it may begin again, too.
    let request = server.open("GET", "/");
    let (mut peer, _) = server.send(&request);
    peer.write(b"garbage\r\n\r\n");
    assert_eq!(request.receive(), INVALID_RESPONSE);
    server.answer(&request, NOTHING);
}

/// RFC 6455 section 4.1, item 2 of the second list: the method is GET, and the version is at least 1.1.
#[test]
fn an_upgrade_needs_get_and_http_1_1_and_no_body() {
    let server = Server::new();
    let request = server.open("POST", "/");
    request.ask_for_upgrade();
    assert_eq!(request.send(), INVALID_PARAMETER);
    let request = server.connection.open(Opening { version: Some("HTTP/1.0"), ..Opening::default() }).unwrap();
    request.ask_for_upgrade();
    assert_eq!(request.send(), INVALID_PARAMETER);
    let request = server.open_upgrade();
    assert_eq!(request.send_with(None, b"x", 1), INVALID_PARAMETER);
    assert_eq!(request.send_with(None, b"", 1), INVALID_PARAMETER);
    assert_eq!(request.send_with(Some("Sec-WebSocket-Key: mine"), b"", 0), INVALID_PARAMETER);
    server.send(&request);
}

#[test]
fn b1_8_1_forms_of_a_string_of_headers() {
    const X: Option<&str> = Some("X: 1\r\nY: 2\r\n");
    let server = Server::new();
    let head = |send: &[(Option<&str>, u32)], add: &[(Option<&str>, u32)]| {
        let request = server.open("GET", "/");
        for &(headers, length) in add {
            assert_eq!(c::add_request_headers(c::word(request.0), headers, length, ADD), 0, "{headers:?}, {length}");
        }
        for &(headers, length) in send {
            assert_eq!(c::send_request(c::word(request.0), headers, length, 0), 0, "{headers:?}, {length}");
        }
        server.accept().read_head()
    };
    for length in [0, c::UNKNOWN, 12] {
        assert!(head(&[(X, length)], &[]).contains("\r\nX: 1\r\nY: 2\r\n"), "{length}");
        assert!(head(&[(None, 0)], &[(X, length)]).contains("\r\nX: 1\r\nY: 2\r\n"), "{length}");
    }
    let part = head(&[(X, 4)], &[]);
    assert!(part.contains("\r\nX: 1\r\n") && !part.contains('Y'), "{part}");
    for none in [(None, c::UNKNOWN), (None, 0), (Some(""), 0), (Some(""), c::UNKNOWN)] {
        assert!(!head(&[none], &[]).contains('X'), "{none:?}");
    }
    // No string is no header to add, in whichever form.
    let request = server.open("GET", "/");
    for length in [0, c::UNKNOWN] {
        assert_eq!(c::add_request_headers(c::word(request.0), None, length, ADD), 87);
    }
}

#[test]
fn b9_3_modifiers_of_add_request_headers() {
    const COMMA: u32 = sys::WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA;
    const SEMICOLON: u32 = sys::WINHTTP_ADDREQ_FLAG_COALESCE_WITH_SEMICOLON;
    const IF_NEW: u32 = sys::WINHTTP_ADDREQ_FLAG_ADD_IF_NEW;
    const EXISTS: Win32Error = Win32Error::ERROR_WINHTTP_HEADER_ALREADY_EXISTS;
    let server = Server::new();
    let request = server.open("GET", "/");
    for (headers, modifiers, code) in [
        ("A: 1\r\nB: 1", ADD, OK),
        ("A: 2", ADD, OK),
        ("a: 3", IF_NEW, EXISTS),
        ("C: 1", IF_NEW, OK),
        ("B: 2", ADD | COMMA, OK),
        ("C: 2", ADD | SEMICOLON, OK),
        ("D: 1", REPLACE, HEADER_NOT_FOUND),
        ("D: 1", ADD | REPLACE, OK),
        ("D: 2", REPLACE, OK),
        ("E: 1", ADD, OK),
        ("E:", REPLACE, OK),
        // The index of the second one.
        ("A: 4", REPLACE | 1, OK),
        ("A: 5", REPLACE | 2, HEADER_NOT_FOUND),
    ] {
        assert_eq!(request.add_headers(headers, modifiers), code, "{headers:?}");
    }
    let (_peer, head) = server.send(&request);
    let lines: Vec<&str> = head.lines().filter(|line| !line.starts_with("Host")).collect();
    assert_eq!(lines, ["GET / HTTP/1.1", "A: 1", "B: 1, 2", "A: 4", "C: 1; 2", "D: 2", ""], "{head}");
}

#[test]
fn b9_4_query_headers() {
    let head = "HTTP/1.1 200 All right\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nX: 1\r\nx: 2\r\n\r\n";
    let (request, _peer) = answered("GET", &format!("{head}hi"));
    let text = |level| request.header(level, None).unwrap();
    assert_eq!(text(sys::WINHTTP_QUERY_STATUS_CODE), "200");
    assert_eq!(request.status(), Ok(200));
    assert_eq!(text(sys::WINHTTP_QUERY_STATUS_TEXT), "All right");
    assert_eq!(text(sys::WINHTTP_QUERY_VERSION), "HTTP/1.1");
    assert_eq!(text(sys::WINHTTP_QUERY_CONTENT_TYPE), "text/plain");
    assert_eq!(text(sys::WINHTTP_QUERY_CONTENT_LENGTH), "2");
    assert_eq!(text(sys::WINHTTP_QUERY_RAW_HEADERS_CRLF), head);
    let zeros = head.trim_end().replace("\r\n", "\0") + "\0";
    assert_eq!(text(sys::WINHTTP_QUERY_RAW_HEADERS).trim_end_matches('\0'), zeros.trim_end_matches('\0'));
    let word = c::word(request.0);
    let (mut index, mut seen) = (0, Vec::new());
    let last = loop {
        let (mut buffer, mut length) = ([0xff; 16], 16);
        let custom = sys::WINHTTP_QUERY_CUSTOM;
        match c::query_headers(word, custom, Some("X"), Some(&mut buffer), Some(&mut length), Some(&mut index)) {
            // The zero is written and not counted.
            0 => {
                assert_eq!((length, &buffer[2..4]), (2, &[0, 0][..]));
                seen.push((text_of(&buffer[..2]), index));
            }
            code => break code,
        }
    };
    assert_eq!((seen, last), (vec![("1".to_owned(), 1), ("2".to_owned(), 2)], 12150));
    let level = sys::WINHTTP_QUERY_CONTENT_TYPE;
    for (buffer, size) in [(None, 0), (None, 100), (Some(&mut [0xee; 21][..]), 21)] {
        let mut length = size;
        assert_eq!(c::query_headers(word, level, None, buffer, Some(&mut length), None), 122);
        assert_eq!(length, 22, "the bytes of ten characters and a zero");
    }
    assert_eq!(c::query_headers(word, level, None, Some(&mut [0; 8]), None, None), 87);
    assert_eq!(c::query_headers(word, 9999, None, Some(&mut [0; 8]), Some(&mut 8), None), 87);
    assert_eq!(c::query_headers(word, sys::WINHTTP_QUERY_CUSTOM, None, Some(&mut [0; 8]), Some(&mut 8), None), 87);
    let missing = c::query_headers(word, sys::WINHTTP_QUERY_CUSTOM, Some("Z"), Some(&mut [0; 8]), Some(&mut 8), None);
    assert_eq!(missing, 12150);
}

#[test]
fn b1_8_17_subprotocols_are_checked_when_they_are_added() {
    let server = Server::new();
    for bad in ["", "a,", ",a", "a,,b", "a, a", "a b", "a;b", "\"a\"", "a/b", "ä"] {
        let request = server.open_upgrade();
        let header = format!("Sec-WebSocket-Protocol: {bad}");
        assert_eq!(request.add_headers(&header, ADD), INVALID_PARAMETER, "{bad:?}");
        assert_eq!(request.add_headers("Sec-WebSocket-Protocol: a", ADD), OK);
        // Several headers are one list.
        assert_eq!(request.add_headers("Sec-WebSocket-Protocol: b", ADD), OK);
        assert_eq!(request.add_headers("Sec-WebSocket-Protocol: a", ADD), INVALID_PARAMETER);
    }
}

/// The request line that a request for this name sends, or the code of OpenRequest.
fn line(name: &str, flags: u32) -> Result<String, Win32Error> {
    let server = Server::new();
    let request = server.connection.open(Opening { target: Some(name), flags, ..Opening::default() })?;
    Ok(server.send(&request).1.lines().next().unwrap().to_owned())
}

#[test]
fn b1_8_18_characters_that_no_url_has() {
    const PERCENT: u32 = sys::WINHTTP_FLAG_ESCAPE_PERCENT;
    const DISABLE: u32 = sys::WINHTTP_FLAG_ESCAPE_DISABLE;
    const DISABLE_QUERY: u32 = sys::WINHTTP_FLAG_ESCAPE_DISABLE_QUERY;
    for (name, flags, target) in [
        ("/a{b}|%zz?q=\"%4\"", 0, "/a{b}|%zz?q=\"%4\""),
        ("/a{%41?{%41", DISABLE, "/a{%41?{%41"),
        ("/a b%41?c d", PERCENT, "/a%20b%2541?c%20d"),
        ("/a b%41?{", DISABLE_QUERY, "/a%20b%41?{"),
        ("no/slash", 0, "/no/slash"),
    ] {
        assert_eq!(line(name, flags), Ok(format!("GET {target} HTTP/1.1")), "{name:?}");
    }
    for name in ["/a b", "/a\rb", "/a\nb", "/a\0b", "/?a b", "/ HTTP/1.1\r\nX: y\r\n\r\nGET /"] {
        for flags in [0, DISABLE] {
            assert_eq!(line(name, flags), Err(INVALID_PARAMETER), "{name:?}");
        }
    }
    for name in ["/\r", "/\n", "/\0", "/?\r\n"] {
        for flags in [PERCENT, DISABLE_QUERY, PERCENT | DISABLE_QUERY] {
            assert_eq!(line(name, flags), Err(INVALID_PARAMETER), "{name:?}");
        }
    }
}

#[test]
fn nothing_that_a_program_names_breaks_out_of_its_line() {
    let server = Server::new();
    for evil in ["a\r\nX: y", "a\nX: y", "a\rb", "a\0b"] {
        let openings = [
            Opening { verb: Some(evil), ..Opening::default() },
            Opening { version: Some(evil), ..Opening::default() },
            Opening { referrer: Some(evil), ..Opening::default() },
            Opening { accept_types: &["text/plain", evil], ..Opening::default() },
        ];
        for opening in openings {
            assert_eq!(server.connection.open(opening).unwrap_err(), INVALID_PARAMETER, "{opening:?}");
        }
    }
    for verb in ["G T", "GET ", "GET:", "GÄT"] {
        let opening = Opening { verb: Some(verb), ..Opening::default() };
        assert_eq!(server.connection.open(opening).unwrap_err(), INVALID_PARAMETER, "{verb:?}");
    }
    let request = server.open("GET", "/");
    for headers in ["X", "X y", ": y", "X : y", "X: a\rb", "X: a\0b", "X: y\r\n\r\nGET / HTTP/1.1", "X: y\r\n z"] {
        assert_eq!(request.add_headers(headers, ADD), INVALID_PARAMETER, "{headers:?}");
        assert_eq!(request.send_with(Some(headers), b"", 0), INVALID_PARAMETER, "{headers:?}");
    }
    let (_peer, head) = server.send(&request);
    assert_eq!(head.lines().count(), 3, "{head}");
}

#[test]
fn what_a_request_is_opened_with() {
    let server = Server::new();
    let opening = Opening {
        verb: Some("DELETE"),
        target: Some("/x"),
        version: Some("HTTP/1.0"),
        referrer: Some("http://example.com/"),
        accept_types: &["text/*", "image/png"],
        flags: 0,
    };
    let request = server.connection.open(opening).unwrap();
    let (_peer, head) = server.send(&request);
    assert!(head.starts_with("DELETE /x HTTP/1.0\r\n"), "{head}");
    assert!(head.contains("\r\nReferer: http://example.com/\r\n"), "{head}");
    assert!(head.contains("\r\nAccept: text/*, image/png\r\n"), "{head}");
    // The page of WinHttpOpenRequest: without these arguments, GET / of HTTP/1.1 without such headers.
    let (_peer, head) = server.send(&server.connection.open(Opening::default()).unwrap());
    assert!(head.starts_with("GET / HTTP/1.1\r\nHost: ") && head.lines().count() == 3, "{head}");
}
