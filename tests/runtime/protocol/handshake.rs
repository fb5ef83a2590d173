//! The opening handshake: the request as written, the response however it is cut, and the check of the two.

use proptest::prelude::*;
use winws::protocol::http::{HeadError, MAX_HEAD, Response, ResponseReader};
use winws::protocol::upgrade::{Request, RequestError, UpgradeError, UpgradeRequestReader};

fn request(headers: &[(&str, &str)]) -> Request {
    Request::new("/chat?a=b", "example.com", headers).unwrap()
}

/// A good answer to a request, with `extra` lines.
fn answer(request: &Request, extra: &str) -> String {
    let accept = tungstenite::handshake::derive_accept_key(request.key().as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{extra}\r\n"
    )
}

fn parse(text: &str) -> Result<Response, HeadError> {
    let mut reader = ResponseReader::new();
    assert_eq!(reader.receive_bytes(text.as_bytes())?, text.len());
    Ok(reader.poll_response().expect("a whole head"))
}

#[test]
fn the_request_keeps_the_case_of_names() {
    let request = request(&[("x-MiXed", "Value"), ("Sec-WebSocket-Protocol", "a, b")]);
    let text = String::from_utf8(request.encode()).unwrap();
    let key = request.key();
    assert_eq!(
        text,
        format!(
            "GET /chat?a=b HTTP/1.1\r\nHost: example.com\r\nx-MiXed: Value\r\nSec-WebSocket-Protocol: a, b\r\n\
             Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
    );
    assert_eq!(request.protocols().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(key.len(), 24);
}

#[test]
fn a_host_of_the_caller_is_the_only_one() {
    let text = String::from_utf8(request(&[("host", "other")]).encode()).unwrap();
    assert!(text.contains("Host: other\r\n") && !text.contains("example.com"));
}

#[test]
fn headers_cannot_break_out() {
    for (name, value) in [
        ("X", "a\r\nEvil: b"),
        ("X", "a\nb"),
        ("X", "a\0"),
        ("X", "ä"),
        ("X: y\r\nZ", "a"),
        ("", "a"),
        ("X Y", "a"),
        ("sec-websocket-key", "a"),
        ("Transfer-Encoding", "chunked"),
    ] {
        assert!(Request::new("/", "host", &[(name, value)]).is_err(), "{name:?}: {value:?}");
    }
    assert!(Request::new("/a b", "host", &[]).is_err());
    assert!(Request::new("/\r\n", "host", &[]).is_err());
    assert!(Request::new("/", "ho\nst", &[]).is_err());
}

#[test]
fn the_response_may_be_cut_anywhere_and_what_follows_stays() {
    let request = request(&[]);
    let text = format!("HTTP/1.1 100 Continue\r\n\r\n{}frames\r\n\r\n", answer(&request, ""));
    let head = text.find("frames").unwrap();
    let expected = parse(&text[..head]).unwrap();
    for cut in 0..text.len() {
        let (mut reader, mut taken) = (ResponseReader::new(), 0);
        for piece in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
            if taken < head {
                taken += reader.receive_bytes(piece).unwrap();
            }
        }
        assert_eq!(taken, head, "cut at {cut}");
        let response = reader.poll_response().unwrap();
        assert_eq!(response, expected);
        assert_eq!(response.check_upgrade(&request), Ok(None));
    }
    let mut reader = ResponseReader::new();
    for byte in &text.as_bytes()[..head] {
        assert_eq!(reader.poll_response(), None);
        assert_eq!(reader.receive_bytes(&[*byte]), Ok(1));
    }
    assert_eq!(reader.poll_response(), Some(expected));
}

#[test]
fn responses_that_are_none() {
    for text in ["garbage", "HTTP/2 200\r\n\r\n", "HTTP/1.1 xyz\r\n\r\n", "HTTP/1.1 101 x\r\nA b\r\n\r\n", "\r\n"] {
        assert_eq!(ResponseReader::new().receive_bytes(text.as_bytes()), Err(HeadError::Malformed), "{text:?}");
    }
}

#[test]
fn the_head_is_bounded() {
    let endless = format!("HTTP/1.1 200 OK\r\nA: {}", "a".repeat(MAX_HEAD));
    assert_eq!(ResponseReader::new().receive_bytes(endless.as_bytes()), Err(HeadError::TooLarge));
    let interim = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(MAX_HEAD / 20);
    assert_eq!(ResponseReader::new().receive_bytes(interim.as_bytes()), Err(HeadError::TooLarge));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(200));
    assert_eq!(ResponseReader::new().receive_bytes(many.as_bytes()), Err(HeadError::TooManyHeaders));
}

/// Checks the answer to a request for the subprotocols a and b, after one replacement in its text.
fn check_answer(from: &str, to: &str, expected: &Result<Option<String>, UpgradeError>) {
    let request = request(&[("Sec-WebSocket-Protocol", "a, b")]);
    let text = answer(&request, "");
    assert!(text.contains(from), "{from:?}");
    let response = parse(&text.replacen(from, to, 1)).unwrap();
    assert_eq!(&response.check_upgrade(&request), expected, "{from:?} -> {to:?}");
}

#[test]
fn the_answer_is_checked() {
    let end = "\r\n\r\n";
    for (from, to, error) in [
        ("101", "200", UpgradeError::Refused),
        ("HTTP/1.1", "HTTP/1.0", UpgradeError::Version),
        ("Upgrade: websocket\r\n", "", UpgradeError::Upgrade),
        ("websocket", "websockets", UpgradeError::Upgrade),
        ("Connection: Upgrade\r\n", "", UpgradeError::Connection),
        ("Connection: Upgrade", "Connection: close", UpgradeError::Connection),
        ("Accept: ", "Accept: x", UpgradeError::Accept),
        ("Sec-WebSocket-Accept", "X-Accept", UpgradeError::Accept),
        (end, "\r\nSec-WebSocket-Accept: x\r\n\r\n", UpgradeError::Accept),
        (end, "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", UpgradeError::Extension),
        (end, "\r\nSec-WebSocket-Protocol: c\r\n\r\n", UpgradeError::Protocol),
        (end, "\r\nSec-WebSocket-Protocol: A\r\n\r\n", UpgradeError::Protocol),
        (end, "\r\nSec-WebSocket-Protocol: a, b\r\n\r\n", UpgradeError::Protocol),
        (end, "\r\nSec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n\r\n", UpgradeError::Protocol),
    ] {
        check_answer(from, to, &Err(error));
    }
    check_answer("", "", &Ok(None));
    check_answer("Upgrade: websocket", "uPGRADE: h2c, WebSocket", &Ok(None));
    check_answer("Connection: Upgrade", "connection: keep-alive, upgrade", &Ok(None));
    check_answer("\r\n\r\n", "\r\nsec-websocket-protocol: b\r\n\r\n", &Ok(Some("b".to_owned())));
    check_answer("\r\n\r\n", "\n\n", &Ok(None));
}

/// What a server says of a good request with this before it and these lines in it.
fn upgrade(before: &str, lines: &str) -> Result<Result<Vec<u8>, RequestError>, HeadError> {
    let text = request(&[]).encode();
    let text = str::from_utf8(&text).unwrap().replacen("\r\n", &format!("\r\n{lines}"), 1);
    let mut reader = UpgradeRequestReader::new();
    assert_eq!(reader.receive_bytes(format!("{before}{text}").as_bytes())?, before.len() + text.len());
    Ok(reader.poll_request().expect("a whole head").accept(None, &[]))
}

#[test]
fn a_request_has_no_body() {
    for lines in [
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "content-length: none\r\n",
        "Transfer-Encoding: chunked\r\n",
        "transfer-encoding:\r\n",
    ] {
        assert_eq!(upgrade("", lines), Ok(Err(RequestError::Body)), "{lines}");
    }
    assert!(RequestError::Body.response().starts_with(b"HTTP/1.1 400 "));
    assert!(upgrade("", "Content-Length: 0\r\n").unwrap().is_ok());
}

#[test]
fn an_empty_line_may_come_before_a_request() {
    assert!(upgrade("\r\n", "").unwrap().is_ok());
    for before in ["\r", "\n", "\r\r\n", "\r\n\r\n", " \r\n"] {
        assert_eq!(upgrade(before, "").map(drop), Err(HeadError::Malformed), "{before:?}");
    }
    let mut reader = UpgradeRequestReader::new();
    for byte in [&b"\r\n"[..], &request(&[]).encode()].concat() {
        assert_eq!(reader.receive_bytes(&[byte]), Ok(1));
    }
    assert!(reader.poll_request().is_some());
}

proptest! {
    #[test]
    fn any_head_means_the_same_however_it_is_cut(
        start in prop_oneof![Just(""), Just("HTTP/1.1 101 x\r\n"), Just("HTTP/1.1 100\r\n\r\nHTTP/1.1 200 x\r\n")],
        rest in "[A-C: \t\r\n\x00\u{ff}]{0,40}",
        cut in 0_usize..80,
    ) {
        let text = [start.as_bytes(), rest.as_bytes(), b"\r\n\r\n"].concat();
        let read = |pieces: &[&[u8]]| {
            let (mut reader, mut total) = (ResponseReader::new(), 0);
            for piece in pieces {
                let taken = reader.receive_bytes(piece)?;
                total += taken;
                if taken < piece.len() {
                    break;
                }
            }
            Ok::<_, HeadError>((total, reader.poll_response()))
        };
        let whole = read(&[&text]);
        let (head, tail) = text.split_at(cut.min(text.len()));
        prop_assert_eq!(read(&[head, tail]), whole.clone());
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        prop_assert_eq!(read(&bytes), whole);
    }
}
