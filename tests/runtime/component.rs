//! What a stream of bytes means to the protocol component, and to bare tungstenite: a [`Story`] each, to be compared.

use std::io::{self, Read, Write};

use tungstenite::protocol::{Role as TheirRole, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};
use winws::protocol::{MessageKind, Role};
use winws::websocket::{Action, Config, Connection, Received};

/// How long a frame or a message may be for tungstenite, in bytes. Ours has no bound, for it keeps nothing.
pub const MAX: usize = 1 << 16;

/// What a stream meant, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Whole messages, and the pings that were answered.
    pub events: Vec<Event>,
    /// How it ended.
    pub end: End,
}

/// One thing that a stream meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole message.
    Message(MessageKind, Vec<u8>),
    /// A ping, with what it carried.
    Ping(Vec<u8>),
}

/// How a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It stopped, maybe in the middle of something.
    Cut,
    /// A close frame, with its status, 1005 for none, and its reason.
    Closed(u16, Vec<u8>),
    /// The peer broke the protocol.
    Refused,
    /// Something was longer than [`MAX`].
    TooLong,
}

/// What a stream means to the component, read in pieces of so many bytes, into buffers of so many bytes or into none.
pub fn ours(role: Role, stream: &[u8], piece: usize, buffer: Option<usize>) -> Story {
    // Keys of 0, so that answers can be read without unmasking.
    let config = match role {
        Role::Client => Config::client().with_mask_keys(|| [0; 4]),
        Role::Server => Config::server(),
    };
    let mut connection = Connection::new(config.with_receive_buffer(256).expect("it is large enough"));
    let (mut rest, mut events, mut message) = (stream, Vec::new(), Vec::new());
    let mut end = End::Cut;
    loop {
        // One more waits each time; it is refused when the queue is full, and after the end.
        match buffer {
            Some(length) => connection.receive_into(vec![0; length]).ok(),
            None => connection.receive().ok(),
        };
        match connection.next_action() {
            Err(_) => end = End::Refused,
            Ok(None) => return Story { events, end },
            Ok(Some(Action::SendToNetwork(send))) => {
                let bytes: Vec<u8> = send.buffers().iter().flat_map(|buffer| buffer.to_vec()).collect();
                send.complete(bytes.len());
                if bytes[0] == 0x8a {
                    events.push(Event::Ping(bytes[if role == Role::Client { 6 } else { 2 }..].to_vec()));
                }
            }
            Ok(Some(Action::SendComplete(_))) => unreachable!("nothing is sent but answers"),
            Ok(Some(Action::ReceiveFromNetwork(receive))) => {
                let length = piece.min(rest.len());
                if length == 0 {
                    return Story { events, end };
                }
                let taken = receive.fill(&rest[..length]);
                rest = &rest[taken..];
            }
            Ok(Some(Action::ReceiveComplete(complete))) => {
                match complete.received() {
                    Received::Data { kind, end_of_message, payload } => {
                        message.extend_from_slice(payload);
                        if end_of_message {
                            events.push(Event::Message(kind, std::mem::take(&mut message)));
                        }
                    }
                    Received::Close { close, .. } => end = End::Closed(close.status(), close.reason().into()),
                    Received::Pong { .. } => unreachable!("no ping was sent"),
                    Received::Nothing { .. } => {}
                }
                complete.complete();
            }
        }
    }
}

/// What a stream means to tungstenite.
pub fn theirs(role: Role, stream: &[u8]) -> Story {
    let config =
        WebSocketConfig::default().read_buffer_size(4096).max_frame_size(Some(MAX)).max_message_size(Some(MAX));
    let role = match role {
        Role::Client => TheirRole::Client,
        Role::Server => TheirRole::Server,
    };
    let mut socket = WebSocket::from_raw_socket(Stream(stream), role, Some(config));
    let mut events = Vec::new();
    loop {
        let end = match socket.read() {
            Ok(Message::Text(text)) => {
                events.push(Event::Message(MessageKind::Text, text.as_bytes().to_vec()));
                continue;
            }
            Ok(Message::Binary(bytes)) => {
                events.push(Event::Message(MessageKind::Binary, bytes.to_vec()));
                continue;
            }
            Ok(Message::Ping(payload)) => {
                events.push(Event::Ping(payload.to_vec()));
                continue;
            }
            Ok(Message::Pong(_) | Message::Frame(_)) => continue,
            Ok(Message::Close(None)) => End::Closed(1005, Vec::new()),
            // What a code that may not be on the wire becomes.
            Ok(Message::Close(Some(close))) if close.reason.as_str() == "Protocol violation" => End::Refused,
            Ok(Message::Close(Some(close))) => End::Closed(close.code.into(), close.reason.as_bytes().to_vec()),
            Err(Error::Capacity(_)) => End::TooLong,
            Err(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => End::Cut,
            Err(Error::Io(_) | Error::ConnectionClosed | Error::AlreadyClosed) => End::Cut,
            Err(_) => End::Refused,
        };
        return Story { events, end };
    }
}

/// Demands that a stream means the same to both, however ours reads it.
///
/// Known differences: a frame that breaks the protocol is refused by ours when that is seen, by tungstenite when it is
/// complete, so the rest of it is made up; and what is too long for tungstenite only, it cannot judge.
pub fn compare(role: Role, stream: &[u8], piece: usize, buffer: Option<usize>) {
    let story = ours(role, stream, piece.max(1), buffer.map(|length| length.max(1)));
    assert_eq!(story, ours(role, stream, usize::MAX, None), "another split, {role:?}, {stream:02x?}");
    let mut other = theirs(role, stream);
    if other.end == End::Cut && story.end == End::Refused {
        other = theirs(role, &[stream, &vec![0; MAX + 14]].concat());
        other.events.truncate(story.events.len());
    }
    match (&story.end, &other.end) {
        // Service Restart, Try Again Later and Bad Gateway are registered; tungstenite does not know the last one.
        (End::Closed(1014, _), End::Refused) => assert_eq!(story.events, other.events),
        (_, End::TooLong) => assert!(story.events.starts_with(&other.events), "{role:?}, {stream:02x?}"),
        _ => assert_eq!(story, other, "ours, and tungstenite's, {role:?}, {stream:02x?}"),
    }
}

/// Bytes to be read; what is written goes nowhere.
#[derive(Debug)]
struct Stream<'b>(&'b [u8]);

impl Read for Stream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
