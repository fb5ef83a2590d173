//! What property tests and fuzz targets do with one input. Both call the same functions, so that what one of them
//! finds the other one knows.
//!
//! Each demands that nothing panics and that what was read is consistent in itself.

mod certificates;

use winws::protocol::Role;
use winws::protocol::http::{
    Basic, BodyError, BodyReader, Exchange, Framing, Headers, Length, Origin, Proxy, Redirects, RequestHead, Response,
    ResponseReader, Rules, Step,
};
use winws::protocol::upgrade::{Offer, Request, UpgradeRequestReader, accept};

pub use self::certificates::certificates;
use crate::{calls, component};

/// Makes frames of a stream for each role, and demands that they mean the same as to tungstenite, however they are read.
/// The first two bytes say how.
pub fn frames(bytes: &[u8]) {
    let [piece, buffer, stream @ ..] = bytes else { return };
    let buffer = (buffer % 4 > 0).then_some(usize::from(*buffer));
    component::compare(Role::Server, stream, usize::from(*piece), buffer);
    component::compare(Role::Client, stream, usize::from(*piece), buffer);
}

/// Makes calls of websocket.h out of bytes, beside the state table.
pub fn calls(bytes: &[u8]) {
    calls::run(bytes);
}

/// Reads heads of HTTP, and headers that may be anything: no panic, every split of the bytes gives the same, and what is
/// agreed to has what RFC 6455 asks for.
pub fn handshake(bytes: &[u8]) {
    let (cut, bytes) = bytes.split_first().map_or((0, bytes), |(cut, rest)| (usize::from(*cut), rest));
    let (head, tail) = bytes.split_at(cut.min(bytes.len()));
    let request = |pieces: &[&[u8]]| {
        let mut reader = UpgradeRequestReader::new();
        let read = pieces.iter().try_for_each(|piece| reader.receive_bytes(piece).map(drop));
        (read, reader.poll_request())
    };
    let whole = request(&[bytes]);
    assert_eq!(request(&[head, tail]), whole);
    if let (_, Some(request)) = whole {
        let offered = request.protocols().next();
        if let Ok(mut answer) = request.agree(offered, &[]) {
            assert_eq!(answer.subprotocol(), offered);
            answer.add_header("X-Target", request.target());
            let response = answer.encode().unwrap_or_default();
            let ends = response.windows(4).filter(|bytes| bytes == b"\r\n\r\n").count();
            assert!(response.is_empty() || ends == 1, "{}", response.escape_ascii());
        }
    }
    let mut reader = ResponseReader::new();
    let taken = reader.receive_bytes(bytes);
    if let Some(response) = reader.poll_response() {
        let request = Request::new("/", "host", &[("Sec-WebSocket-Protocol", "a")]).expect("it is a good one");
        assert!(taken.is_ok() && response.check_upgrade(&request).is_err(), "nobody guesses the key");
    }
    // A line is a header, whatever stands in it.
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let (protocol, extension) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let headers: Headers = lines
        .map(|line| {
            let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
            (&line[..colon], line.get(colon + 1..).unwrap_or_default())
        })
        .collect();
    let protocol = str::from_utf8(protocol).ok().filter(|text| !text.is_empty());
    let extension = str::from_utf8(extension).ok().filter(|text| !text.is_empty());
    if let Ok(response) = accept(&headers, protocol, extension.as_slice()) {
        assert_eq!(headers.values("Sec-WebSocket-Version").collect::<Vec<_>>(), [b"13"]);
        for (_, value) in &response {
            assert!(value.bytes().all(|byte| byte == b'\t' || byte == b' ' || byte.is_ascii_graphic()), "{value:?}");
        }
    }
    let protocols: Vec<&str> = protocol.into_iter().collect();
    let extensions: Vec<&str> = extension.into_iter().collect();
    if let Ok(offer) = Offer::new(&protocols, &extensions) {
        assert!(offer.check(&headers).is_err(), "nobody guesses the key");
        assert!(offer.headers().iter().all(|(_, value)| !value.contains(['\r', '\n'])));
    }
}

/// Reads heads of responses: every split of the bytes gives the same, the lines are those of the headers, and where the body
/// ends can be told.
pub fn response(bytes: &[u8]) {
    let (cut, bytes) = bytes.split_first().map_or((0, bytes), |(cut, rest)| (usize::from(*cut), rest));
    let (head, tail) = bytes.split_at(cut.min(bytes.len()));
    let read = |pieces: &[&[u8]]| {
        let mut reader = ResponseReader::new();
        let read = pieces.iter().try_for_each(|piece| reader.receive_bytes(piece).map(drop));
        (read, reader.interim().to_owned(), reader.poll_response())
    };
    let whole = read(&[bytes]);
    assert_eq!(read(&[head, tail]), whole);
    let (_, interim, response) = whole;
    assert!(interim.iter().all(|status| (100..200).contains(status) && *status != 101));
    if let Some(response) = response {
        check_lines(&response);
        for method in ["GET", "HEAD", "CONNECT"] {
            if let Ok(mut body) = BodyReader::of_response(&response, method) {
                assert!(!body.keeps_connection() || body.is_done());
                assert_eq!(body.end().is_ok(), body.is_done());
            }
        }
    }
}

fn check_lines(response: &Response) {
    let lines = response.lines();
    let (status, fields) = lines.split_first().expect("a head has a line");
    let start = format!("HTTP/1.{} {}", response.minor_version(), response.status());
    assert!(status.starts_with(start.as_bytes()) && status.ends_with(response.status_text()));
    assert!(lines.iter().flatten().all(|byte| !matches!(byte, b'\r' | b'\n' | 0)));
    let parsed = fields.iter().map(|line| {
        let colon = line.iter().position(|&byte| byte == b':').expect("a header has a colon");
        (&line[..colon], line[colon + 1..].trim_ascii())
    });
    assert!(parsed.eq(response.all().iter()), "{}", response.head().escape_ascii());
}

/// What a proxy and a server say to a request, in pieces. The first byte says what is asked for, and the second one how long the
/// pieces are.
///
/// The secret for the proxy goes to nobody else, attempts are bounded, and a server behind a tunnel never has the proxy's words.
pub fn tunnel(bytes: &[u8]) {
    const RULES: Rules = Rules {
        answers_challenges: true,
        redirects: Redirects::Always,
        max_redirects: 3,
        max_interim: 3,
        max_head: 4096,
    };
    let [kind, step, stream @ ..] = bytes else { return };
    let (is_secure, is_upgrade) = (kind & 1 != 0, kind & 2 != 0);
    let origin = Origin { is_secure, host: "h".to_owned(), host_text: "h".to_owned(), port: 443 };
    let credentials = (kind & 4 != 0).then(|| Basic::new("user", "word").expect("it is a good one"));
    let proxy = Proxy { host: "proxy".to_owned(), port: 1, credentials };
    let head = RequestHead::new("GET", "/", 1, "h").expect("it is a good one");
    let mut exchange = Exchange::new(origin, head, RULES);
    exchange.begin(RULES, Vec::new(), Length::Known(0), is_upgrade).expect("there is room");
    let mut pieces = stream.chunks(usize::from(*step).max(1));
    let (mut connections, mut opens) = (0, false);
    loop {
        match exchange.step() {
            Step::Connect(_) => {
                connections += 1;
                // Each redirect and each challenge, of the server and of the proxy, can ask for one more.
                assert!(connections <= (3 + 1) * 3, "{connections} connections");
                opens = false;
                exchange.connected(Some(proxy.clone())).expect("the head is short");
            }
            Step::Secure(..) => {
                opens = true;
                exchange.secured().expect("the head is short");
            }
            Step::Send(sent) => {
                let (text, length) = (String::from_utf8_lossy(sent), sent.len());
                opens |= text.starts_with("GET /");
                assert!(!opens || !text.contains("Proxy-Authorization"), "{text}");
                assert!(opens || text.starts_with("CONNECT ") || text.starts_with("GET http://"), "{text}");
                exchange.sent(length);
            }
            Step::ReceiveAhead => {
                if exchange.receive_ahead().is_err() {
                    return;
                }
            }
            Step::Receive => {
                let received = match pieces.next() {
                    Some(piece) => exchange.received(piece),
                    None => exchange.ended(),
                };
                if received.is_err() {
                    assert!(exchange.can_begin() && exchange.response().is_none());
                    return;
                }
            }
            Step::Rest => {
                if exchange.begin_response().is_err() {
                    break;
                }
            }
        }
    }
    let response = exchange.response().expect("there is nothing else to rest for");
    assert!(opens || !is_secure || matches!(response.status(), 401 | 407), "{}", response.status());
}

/// Reads a body: however it is cut, and into whatever buffers, it gives the same. The first three bytes say how it ends and
/// how it is read. Then makes chunks of the bytes, and demands that they come back.
pub fn body(bytes: &[u8]) {
    let [kind, step, room, stream @ ..] = bytes else { return };
    let framing = match kind % 4 {
        0 => Framing::Length(u64::from(kind / 4)),
        1 => Framing::UntilEnd,
        _ => Framing::Chunked,
    };
    let (step, room) = (usize::from(*step).max(1), usize::from(*room).max(1));
    let whole = read_body(framing, stream, stream.len().max(1), stream.len().max(1));
    assert_eq!(read_body(framing, stream, step, room), whole);
    let mut chunks = Vec::new();
    for chunk in stream.chunks(step) {
        chunks.extend_from_slice(format!("{:x};a=\"b\"\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    // Longer ones are refused for their extensions.
    if stream.len() / step < 8000 {
        chunks.extend_from_slice(b"0\r\nA: b\r\n\r\n");
        let end = chunks.len();
        chunks.extend_from_slice(stream);
        assert_eq!(read_body(Framing::Chunked, &chunks, room, step), Ok((stream.to_owned(), end)));
    }
}

/// The payload and the length of a body, or the payload before a fault, and the fault.
type Body = Result<(Vec<u8>, usize), (Vec<u8>, BodyError)>;

/// Reads a body in pieces of so many bytes and through a buffer of so many. Then the stream ends.
fn read_body(framing: Framing, stream: &[u8], step: usize, room: usize) -> Body {
    let (mut reader, mut payload, mut buffer) = (BodyReader::new(framing), Vec::new(), vec![0; room]);
    let (mut from, mut to) = (0, 0);
    while !reader.is_done() && from < stream.len() {
        to = if from == to { (to + step).min(stream.len()) } else { to };
        let available = reader.available(&stream[from..to]);
        let progress = match reader.read(&stream[from..to], &mut buffer) {
            Ok(progress) => progress,
            Err(error) => return Err((payload, error)),
        };
        assert!(progress.taken > 0 && progress.given <= progress.taken, "it goes on");
        assert_eq!((progress.given, progress.is_done), (available.min(room), reader.is_done()));
        payload.extend_from_slice(&buffer[..progress.given]);
        from += progress.taken;
    }
    match reader.end() {
        Ok(()) => Ok((payload, from)),
        Err(error) => Err((payload, error)),
    }
}
