//! What a server answers, byte by byte. The request and its key are those of RFC 6455 section 1.3.

use winws::protocol::http::{HeadError, MAX_HEAD};
use winws::protocol::upgrade::{
    Answer, InvalidAnswer, InvalidHeader, RequestError, UpgradeRequest, UpgradeRequestReader,
};

const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat, superchat\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

const AGREED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

fn request(text: &str) -> UpgradeRequest {
    let mut reader = UpgradeRequestReader::new();
    assert_eq!(reader.receive_bytes(text.as_bytes()), Ok(text.len()));
    reader.poll_request().expect("a whole head")
}

/// The answer as `change` leaves it.
fn answer(change: impl FnOnce(&mut Answer)) -> Result<String, InvalidAnswer> {
    let mut answer = request(REQUEST).agree(Some("chat"), &[]).expect("a good request");
    assert_eq!(answer.subprotocol(), Some("chat"));
    change(&mut answer);
    answer.encode().map(|bytes| String::from_utf8(bytes).expect("an answer is ASCII"))
}

#[test]
fn an_answer_agrees_and_has_what_was_added() {
    let expected = format!("{AGREED}Sec-WebSocket-Protocol: chat\r\n");
    assert_eq!(answer(|_| {}), Ok(format!("{expected}\r\n")));
    let added = answer(|answer| {
        answer.add_header("Set-Cookie", "a=1");
        answer.add_header("Set-Cookie", "b=2");
    });
    assert_eq!(added, Ok(format!("{expected}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n")));
    let accepted = request(REQUEST).accept(Some("chat"), &[]);
    assert_eq!(accepted, Ok(format!("{expected}\r\n").into_bytes()));
}

#[test]
fn a_refusal_has_the_last_status_and_nothing_of_the_agreement() {
    let refused = answer(|answer| {
        answer.refuse(403);
        answer.refuse(307);
        answer.add_header("Location", "/elsewhere");
        assert_eq!(answer.refusal(), Some(307));
    });
    let expected = "HTTP/1.1 307 \r\nConnection: close\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n";
    assert_eq!(refused.as_deref(), Ok(expected));
}

#[test]
fn a_status_that_does_not_refuse_is_none() {
    for status in [0, 99, 100, 101, 200, 299, 600, 1000, u16::MAX] {
        assert_eq!(answer(|answer| answer.refuse(status)), Err(InvalidAnswer::Status(status)));
    }
    for status in [300, 404, 599] {
        assert!(answer(|answer| answer.refuse(status)).is_ok());
    }
}

#[test]
fn headers_of_an_answer_cannot_break_out_or_contradict_it() {
    for (name, value) in [
        ("X", "a\r\nEvil: b"),
        ("X", "a\nb"),
        ("X", "a\0"),
        ("X: y\r\nZ", "a"),
        ("", "a"),
        ("X Y", "a"),
        ("content-length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "keep-alive"),
        ("upgrade", "h2c"),
        ("Sec-WebSocket-Accept", "a"),
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
        ("sec-websocket-protocol", "superchat"),
    ] {
        let expected = Err(InvalidAnswer::Header(InvalidHeader { name: name.to_owned() }));
        assert_eq!(answer(|answer| answer.add_header(name, value)), expected, "{name:?}: {value:?}");
        let refused = answer(|answer| {
            answer.refuse(400);
            answer.add_header(name, value);
        });
        assert_eq!(refused, expected, "{name:?}: {value:?}");
    }
}

/// RFC 9110 section 15.5.22 wants Upgrade, section 7.8 names it in Connection, and RFC 6455 section 4.4 wants the version.
#[test]
fn b5_15_the_answer_to_another_version_says_what_to_upgrade_to() {
    let error = request(&REQUEST.replace("Version: 13", "Version: 14")).agree(None, &[]).unwrap_err();
    assert_eq!((error, error.status()), (RequestError::UnsupportedVersion, 426));
    let expected = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Connection: Upgrade, close\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(str::from_utf8(error.response()), Ok(expected));
}

#[test]
fn an_answer_that_refuses_has_the_status_that_it_says() {
    let start = |response: &[u8]| String::from_utf8(response[..12].to_vec()).unwrap();
    for error in
        [RequestError::Key, RequestError::UnsupportedVersion, RequestError::Method, RequestError::MissingVersion]
    {
        assert_eq!(start(error.response()), format!("HTTP/1.1 {}", error.status()));
    }
    for (error, status) in [(HeadError::Malformed, 400), (HeadError::TooLarge, 431)] {
        assert_eq!((start(error.response()), error.status()), (format!("HTTP/1.1 {status}"), status));
    }
}

/// What a reader with this limit says of so many bytes of a head.
fn read(limit: usize, length: usize) -> Result<bool, HeadError> {
    let text = REQUEST.replacen("\r\n\r\n", &format!("\r\nA: {}\r\n\r\n", "a".repeat(length - REQUEST.len() - 5)), 1);
    assert_eq!(text.len(), length);
    let mut reader = UpgradeRequestReader::with_limit(limit);
    reader.receive_bytes(text.as_bytes())?;
    Ok(reader.poll_request().is_some())
}

#[test]
fn the_head_of_a_request_is_as_long_as_the_limit_at_most() {
    for limit in [300, 5000, MAX_HEAD, 100_000] {
        assert_eq!(read(limit, limit), Ok(true));
        assert_eq!(read(limit, limit + 1), Err(HeadError::TooLarge));
    }
    assert_eq!(UpgradeRequestReader::with_limit(0).receive_bytes(b"G"), Err(HeadError::TooLarge));
    let mut reader = UpgradeRequestReader::new();
    assert_eq!(reader.receive_bytes(format!("GET /{}", "a".repeat(MAX_HEAD)).as_bytes()), Err(HeadError::TooLarge));
}
