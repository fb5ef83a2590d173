//! What PyPI's wsproto makes of the same bytes, recorded by `record_wsproto.py`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use winws::protocol::{CloseFrame, Event, MessageKind, Receiver, Role};

/// What the receiving half makes of bytes that come in pieces of this size, in the words of the recording.
fn outcome(role: Role, bytes: &[u8], size: usize) -> Vec<Value> {
    let (mut receiver, mut message, mut out) = (Receiver::new(role), Vec::new(), Vec::new());
    for mut piece in bytes.chunks(size) {
        while !piece.is_empty() {
            let mut buffer = [0; 64];
            let taken = receiver.receive_bytes(piece, &mut buffer);
            piece = &piece[taken..];
            match receiver.poll_event() {
                None => {}
                Some(Event::Data { kind, length, end_of_message }) => {
                    message.extend_from_slice(&buffer[..length]);
                    if end_of_message {
                        let message = std::mem::take(&mut message);
                        out.push(match kind {
                            MessageKind::Text => json!({ "text": String::from_utf8(message).expect("it was checked") }),
                            MessageKind::Binary => json!({ "binary": hex(&message) }),
                        });
                    }
                }
                Some(Event::Ping(payload)) => out.push(json!({ "ping": hex(payload.as_bytes()) })),
                Some(Event::Pong(payload)) => out.push(json!({ "pong": hex(payload.as_bytes()) })),
                Some(Event::Close(close)) => {
                    out.push(json!({ "close": [close.status(), close.reason()] }));
                    return out;
                }
                Some(Event::Failed(fault)) => {
                    out.push(json!({ "error": CloseFrame::of_fault(fault).status() }));
                    return out;
                }
            }
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).expect("a digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("two digits");
    (0..text.len()).step_by(2).map(byte).collect()
}

#[test]
fn wsproto_makes_the_same_of_the_same_bytes() {
    let recording: Value = serde_json::from_str(include_str!("../fixtures/wsproto.json")).expect("it is JSON");
    let streams = recording["streams"].as_array().expect("there are streams");
    let mut kinds = BTreeSet::new();
    for stream in streams {
        let role = if stream["role"] == "server" { Role::Server } else { Role::Client };
        let bytes = stream["bytes"].as_str().expect("they are hexadecimal");
        let expected = stream["events"].as_array().expect("there is a list");
        for size in [usize::MAX, 1, 3] {
            assert_eq!(&outcome(role, &unhex(bytes), size), expected, "{role:?}: {bytes} in pieces of {size}");
        }
        kinds.extend(expected.iter().flat_map(|event| event.as_object().expect("it has a kind").keys().cloned()));
    }
    println!("{} streams of wsproto {}", streams.len(), recording["wsproto"]);
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["binary", "close", "error", "ping", "pong", "text"]);
}
