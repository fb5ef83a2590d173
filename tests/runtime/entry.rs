//! What property tests and fuzz targets do with one input. Both call the same functions, so that what one of them
//! finds the other one knows.
//!
//! Each demands that nothing panics and that what was read is consistent in itself.

use winws::protocol::Role;
use winws::protocol::http::{Headers, ResponseReader};
use winws::protocol::upgrade::{Offer, Request, UpgradeRequestReader, accept};

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
