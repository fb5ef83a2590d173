//! Bodies of responses: where they end (RFC 9112 section 6.3), and their bytes in pieces of any size.

use winws::protocol::http::{BodyError, BodyReader, Framing, MAX_HEAD, Progress, Response, ResponseReader};

fn response(head: &str) -> Response {
    let mut reader = ResponseReader::new();
    assert_eq!(reader.receive_bytes(head.as_bytes()), Ok(head.len()));
    reader.poll_response().expect("a whole head")
}

fn framing(status: &str, headers: &str, method: &str) -> Result<Framing, BodyError> {
    Framing::of_response(&response(&format!("HTTP/1.1 {status}\r\n{headers}\r\n")), method)
}

#[test]
fn some_responses_have_no_body() {
    let headers = "Content-Length: 5\r\n";
    for (status, method) in
        [("200 OK", "HEAD"), ("204 x", "GET"), ("304 x", "GET"), ("101 x", "GET"), ("200 x", "CONNECT")]
    {
        assert_eq!(framing(status, headers, method), Ok(Framing::None), "{status} to {method}");
        assert_eq!(
            framing(status, "Transfer-Encoding: chunked\r\n", method),
            Ok(Framing::None),
            "{status} to {method}"
        );
    }
    for (status, method) in
        [("200 OK", "GET"), ("205 x", "GET"), ("407 x", "CONNECT"), ("404 x", "POST"), ("200 x", "head")]
    {
        assert_eq!(framing(status, headers, method), Ok(Framing::Length(5)), "{status} to {method}");
    }
}

/// The items of RFC 9112 section 6.3, from the fourth on.
#[test]
fn headers_say_where_a_body_ends() {
    for (headers, expected) in [
        ("", Ok(Framing::UntilEnd)),
        ("Content-Length: 0\r\n", Ok(Framing::Length(0))),
        ("content-length:\t007 \r\n", Ok(Framing::Length(7))),
        ("Content-Length: 18446744073709551615\r\n", Ok(Framing::Length(u64::MAX))),
        ("Content-Length: 5\r\nContent-Length: 5\r\n", Ok(Framing::Length(5))),
        ("Content-Length: 5, 5\r\n", Ok(Framing::Length(5))),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", Err(BodyError::Length)),
        ("Content-Length: 5, 6\r\n", Err(BodyError::Length)),
        ("Content-Length: 5, x\r\n", Err(BodyError::Length)),
        ("Content-Length: 18446744073709551616\r\n", Err(BodyError::Length)),
        ("Content-Length: \r\n", Err(BodyError::Length)),
        ("Content-Length: +5\r\n", Err(BodyError::Length)),
        ("Content-Length: -5\r\n", Err(BodyError::Length)),
        ("Content-Length: 5 5\r\n", Err(BodyError::Length)),
        ("Content-Length: 0x5\r\n", Err(BodyError::Length)),
        ("Content-Length: 5.0\r\n", Err(BodyError::Length)),
        ("Transfer-Encoding: chunked\r\n", Ok(Framing::Chunked)),
        ("Transfer-Encoding: ChunKed\r\nContent-Length: 5\r\n", Ok(Framing::Chunked)),
        ("Transfer-Encoding: chunked\r\nContent-Length: x\r\n", Ok(Framing::Chunked)),
        ("Transfer-Encoding: gzip, chunked\r\n", Ok(Framing::Chunked)),
        ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", Ok(Framing::Chunked)),
        ("Transfer-Encoding: gzip\r\n", Ok(Framing::UntilEnd)),
        ("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", Ok(Framing::UntilEnd)),
        ("Transfer-Encoding: chunked, gzip\r\n", Ok(Framing::UntilEnd)),
        ("Transfer-Encoding: xchunked\r\n", Ok(Framing::UntilEnd)),
        ("Transfer-Encoding: chunked, chunked\r\n", Err(BodyError::Coding)),
        ("Transfer-Encoding: chunked; a=b\r\n", Err(BodyError::Coding)),
        ("Transfer-Encoding: ,\r\n", Err(BodyError::Coding)),
    ] {
        assert_eq!(framing("200 OK", headers, "GET"), expected, "{headers:?}");
    }
}

/// Reads a body in pieces of `step` bytes through a buffer of `room`; then the stream ends. Returns the payload, what was not
/// taken, and what it came to.
fn read(framing: Framing, input: &[u8], step: usize, room: usize) -> (Vec<u8>, Vec<u8>, Result<(), BodyError>) {
    let (mut body, mut payload, mut buffer) = (BodyReader::new(framing), Vec::new(), vec![0; room]);
    let (mut at, mut end) = (0, step.min(input.len()));
    loop {
        let available = body.available(&input[at..end]);
        let Progress { taken, given, is_done } = match body.read(&input[at..end], &mut buffer) {
            Ok(progress) => progress,
            Err(error) => {
                assert_eq!(body.read(&input[at..end], &mut buffer), Err(error), "a fault stays");
                assert_eq!(body.end(), Err(error));
                return (payload, input[at..].to_owned(), Err(error));
            }
        };
        assert_eq!(given, available.min(room));
        assert_eq!(is_done, body.is_done());
        payload.extend_from_slice(&buffer[..given]);
        at += taken;
        if is_done || (taken == 0 && end == input.len()) {
            break;
        }
        end = at.saturating_add(step).min(input.len());
    }
    let end = body.end();
    assert_eq!(body.is_done(), end.is_ok());
    (payload, input[at..].to_owned(), end)
}

/// Checks a body in all kinds of pieces.
fn check(framing: Framing, input: &[u8], payload: &[u8], rest: &[u8], end: Result<(), BodyError>) {
    for (step, room) in [(usize::MAX, 1000), (1, 1000), (1, 1), (usize::MAX, 1), (3, 2), (7, 5)] {
        let read = read(framing, input, step, room);
        let shown = input.escape_ascii();
        assert_eq!(read.0, payload, "{shown}, in {step} through {room}");
        assert_eq!(read.2, end, "{shown}, in {step} through {room}");
        if end.is_ok() {
            assert_eq!(read.1, rest, "{shown}, in {step} through {room}");
        }
    }
}

#[test]
fn a_body_of_a_length() {
    check(Framing::Length(5), b"hello, next", b"hello", b", next", Ok(()));
    check(Framing::Length(0), b"next", b"", b"next", Ok(()));
    check(Framing::None, b"next", b"", b"next", Ok(()));
    check(Framing::Length(6), b"hello", b"hello", b"", Err(BodyError::Incomplete));
    check(Framing::Length(u64::MAX), b"hello", b"hello", b"", Err(BodyError::Incomplete));
}

#[test]
fn a_body_that_ends_with_the_stream() {
    check(Framing::UntilEnd, b"hello", b"hello", b"", Ok(()));
    check(Framing::UntilEnd, b"", b"", b"", Ok(()));
}

#[test]
fn a_body_in_chunks() {
    for (input, payload) in [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n00000a\r\n, world of\r\n0\r\n\r\n", "hello, world of"),
        ("A\r\n0123456789\r\n0000\r\n\r\n", "0123456789"),
        ("2;a=b\r\nhi\r\n0;x;y=\"z\"\r\n\r\n", "hi"),
        ("2 \t\r\nhi\r\n0 ;x\r\n\r\n", "hi"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("2\r\nhi\r\n0\r\nA: b\r\nC:\r\n\r\n", "hi"),
    ] {
        check(Framing::Chunked, format!("{input}next").as_bytes(), payload.as_bytes(), b"next", Ok(()));
        for length in 0..input.len() {
            let cut = &input.as_bytes()[..length];
            let read = read(Framing::Chunked, cut, usize::MAX, 100);
            assert_eq!(read.2, Err(BodyError::Incomplete), "{}", cut.escape_ascii());
            assert!(payload.as_bytes().starts_with(&read.0));
        }
    }
}

#[test]
fn malformed_chunks() {
    for (input, payload, error) in [
        ("\r\n", "", BodyError::Chunk),
        ("x\r\n", "", BodyError::Chunk),
        ("-1\r\n", "", BodyError::Chunk),
        ("+1\r\na\r\n", "", BodyError::Chunk),
        ("0x1\r\na\r\n", "", BodyError::Chunk),
        (" 1\r\na\r\n", "", BodyError::Chunk),
        ("1 1\r\na\r\n", "", BodyError::Chunk),
        (";a\r\n", "", BodyError::Chunk),
        // A lone line feed, and a lone carriage return (RFC 9112 section 2.2).
        ("1\na\n0\n\n", "", BodyError::Chunk),
        ("1;a\nb\r\n", "", BodyError::Chunk),
        ("1;a\rb\r\n", "", BodyError::Chunk),
        ("1;a\0\r\n", "", BodyError::Chunk),
        ("1\r\nab\r\n", "a", BodyError::Chunk),
        ("1\r\na\n0\r\n\r\n", "a", BodyError::Chunk),
        ("1\r\na0\r\n\r\n", "a", BodyError::Chunk),
        ("1\r\nax\n0\r\n\r\n", "a", BodyError::Chunk),
        ("1\r\na\r\n\r\n0\r\n\r\n", "a", BodyError::Chunk),
        ("10000000000000000\r\n", "", BodyError::Chunk),
        ("0\r\nno trailer\r\n\r\n", "", BodyError::Chunk),
        ("0\r\n folded: x\r\n\r\n", "", BodyError::Chunk),
        // A size of 64 bits is one.
        ("ffffffffffffffff\r\na", "a", BodyError::Incomplete),
    ] {
        check(Framing::Chunked, input.as_bytes(), payload.as_bytes(), b"", Err(error));
    }
}

/// What a server can send between two chunks, and behind the last, has an end.
#[test]
fn what_is_not_payload_is_bounded() {
    let long = "a".repeat(MAX_HEAD);
    for input in [
        format!("1;{long}"),
        "0".repeat(MAX_HEAD + 1),
        format!("1{}", " ".repeat(MAX_HEAD + 1)),
        // Many short extensions are as long as a long one.
        format!("1;{}\r\nx\r\n", &long[..1000]).repeat(70),
        format!("0\r\nA: {long}\r\n\r\n"),
        format!("0\r\n{}\r\n", "A: b\r\n".repeat(129)),
    ] {
        let read = read(Framing::Chunked, input.as_bytes(), 1000, 1000);
        assert_eq!(read.2, Err(BodyError::TooLarge), "{}", &input[..20]);
    }
    check(Framing::Chunked, b"1;a\r\nx\r\n".repeat(900).as_slice(), &b"x".repeat(900), b"", Err(BodyError::Incomplete));
}

#[test]
fn trailers_are_headers() {
    let mut body = BodyReader::new(Framing::Chunked);
    assert_eq!(body.trailers().map(|trailers| trailers.iter().count()), Some(0));
    let input = b"0\r\nX-Sum: abc \r\nx-sum: d\r\n\r\n";
    assert_eq!(body.read(input, &mut []), Ok(Progress { taken: input.len(), given: 0, is_done: true }));
    let trailers = body.trailers().expect("it came in chunks");
    assert_eq!(trailers.values("X-Sum").collect::<Vec<_>>(), [&b"abc"[..], b"d"]);
    assert!(BodyReader::new(Framing::Length(1)).trailers().is_none());
}

/// What was given out stays given out, and the fault comes with the next call.
#[test]
fn payload_before_a_fault_is_not_lost() {
    let (mut body, mut buffer) = (BodyReader::new(Framing::Chunked), [0; 9]);
    assert_eq!(body.available(b"2\r\nhi\r\nx"), 2);
    let progress = Progress { taken: 7, given: 2, is_done: false };
    assert_eq!(body.read(b"2\r\nhi\r\nx", &mut buffer), Ok(progress));
    assert_eq!(body.available(b"x"), 0);
    assert_eq!(body.read(b"", &mut buffer), Err(BodyError::Chunk));
}

/// RFC 9112 section 9.3, and sections 6.1 and 6.3 for heads that two readers could read in two ways.
#[test]
fn a_connection_may_be_kept() {
    for (head, is_kept) in [
        ("HTTP/1.1 200 x\r\nContent-Length: 0\r\n", true),
        ("HTTP/1.1 204 x\r\n", true),
        ("HTTP/1.1 200 x\r\nContent-Length: 0\r\nConnection: a, Close\r\n", false),
        ("HTTP/1.0 200 x\r\nContent-Length: 0\r\n", false),
        ("HTTP/1.0 200 x\r\nContent-Length: 0\r\nConnection: keep-alive\r\n", true),
        ("HTTP/1.0 200 x\r\nContent-Length: 0\r\nConnection: keep-alive, close\r\n", false),
        ("HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n", true),
        ("HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", false),
        ("HTTP/1.0 200 x\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n", false),
        ("HTTP/1.1 200 x\r\n", false),
    ] {
        let mut body = BodyReader::of_response(&response(&format!("{head}\r\n")), "GET").unwrap();
        assert!(body.is_done() || !body.keeps_connection(), "the body has not ended: {head:?}");
        body.read(b"0\r\n\r\n", &mut [0; 5]).unwrap();
        assert_eq!(body.keeps_connection(), is_kept, "{head:?}");
        body.end().unwrap();
        assert!(body.is_done() && !body.keeps_connection(), "the stream has ended: {head:?}");
    }
}
