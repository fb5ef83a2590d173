//! What a client of WinHTTP says to a server that echoes.

use std::thread;

use winws::Session;
use winws_api::winhttp::WebSocketBufferType::{BinaryMessage, Utf8Fragment, Utf8Message};

/// How many messages are under way at once, and their length in bytes: together more than all buffers between both ends take.
const STREAM: (u8, usize) = (200, 64 * 1024);

/// Connects to a server that echoes, and closes with a status of our own.
pub(super) fn talk(session: &Session, url: &str) {
    let socket = session.connect(url).unwrap_or_else(|error| panic!("{url}: {error:?}"));
    let long: Vec<u8> = (0..1_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let mut message = Vec::new();
    for (kind, payload) in [
        (Utf8Message, "".as_bytes()),
        (Utf8Message, "zwölf 🦀".as_bytes()),
        (BinaryMessage, &[0, 255]),
        (BinaryMessage, &long),
    ] {
        socket.send(kind, payload).unwrap();
        assert_eq!(socket.receive_message(&mut message).unwrap().kind, kind, "{url}");
        assert!(message == payload, "{url}: {} bytes came back", message.len());
    }
    // A message in pieces, cut within a character.
    let (start, end) = "ä".as_bytes().split_at(1);
    socket.send(Utf8Fragment, start).unwrap();
    socket.send(Utf8Fragment, b"").unwrap();
    socket.send(Utf8Message, end).unwrap();
    assert_eq!(socket.receive_message(&mut message).unwrap().kind, Utf8Message, "{url}");
    assert_eq!(message, "ä".as_bytes(), "{url}");

    let (count, length) = STREAM;
    thread::scope(|scope| {
        let sending = scope.spawn(|| {
            for number in 0..count {
                socket.send(BinaryMessage, &vec![number; length]).unwrap();
            }
        });
        for number in 0..count {
            assert_eq!(socket.receive_message(&mut message).unwrap().kind, BinaryMessage, "{url}");
            assert!(message == vec![number; length], "{url}: message {number}");
        }
        sending.join().unwrap();
    });

    socket.close(4001, "enough").unwrap();
    let status = socket.query_close_status().unwrap();
    assert_eq!((status.code, &status.reason[..]), (4001, "enough"), "{url}");
}
