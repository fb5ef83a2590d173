//! What has to pass from one end to the other, and what has passed: byte by byte, but for the keys of masks.

use tungstenite::handshake::derive_accept_key;

/// An end, which is also its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

impl Side {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// What an end sends, beside the answers to pings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub side: Side,
    pub messages: u32,
    /// One before each message.
    pub pings: Pings,
    pub last: Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pings {
    None,
    /// Those of websocket.h have no payload.
    Empty,
    /// As long as they may be, each with a payload of its own.
    Long,
}

/// The last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// A close frame without a status.
    EmptyClose,
    /// A close frame that answers, with the status 1000 and a reason.
    Done,
    /// None: the end was aborted, or has nothing to say.
    Nothing,
}

pub(super) const REASON: &[u8] = b"done";

/// A message of an end, as `message_byte` of `peer.h` has it, and whether it is text.
pub(super) fn message(side: Side, index: u32) -> (bool, Vec<u8>) {
    const LENGTHS: [u32; 16] = [0, 1, 15, 16, 17, 125, 126, 127, 4095, 4096, 4097, 16384, 65535, 65536, 70000, 5];
    let length = LENGTHS.get(usize::try_from(index).unwrap()).copied().unwrap_or(index % 200);
    let is_text = index.is_multiple_of(2);
    let byte = |place: u32| {
        let number = if side == Side::Server { 5 } else { 0 } + index * 3 + place;
        u8::try_from(if is_text { u32::from(b'a') + number % 26 } else { number % 251 }).unwrap()
    };
    (is_text, (0..length).map(byte).collect())
}

/// The payload of a long ping.
pub(super) fn long_ping(index: u32) -> Vec<u8> {
    let mut payload = index.to_le_bytes().repeat(32);
    payload.truncate(125);
    payload
}

/// A frame as RFC 6455 section 5.2 draws it.
fn frame(first: u8, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mask = if key.is_some() { 0x80 } else { 0 };
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..=125 => frame.push(mask | u8::try_from(length).unwrap()),
        length @ 126..=0xFFFF => {
            frame.push(mask | 0x7E);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            frame.push(mask | 0x7F);
            frame.extend(u64::try_from(length).unwrap().to_be_bytes());
        }
    }
    frame.extend(key.into_iter().flatten());
    let key = key.unwrap_or_default();
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// What has passed in one direction, as far as it was not looked at.
struct Passed<'b> {
    side: Side,
    bytes: &'b [u8],
}

impl Passed<'_> {
    /// The frame that these bytes begin with, if it is this one. Its key is taken as it is.
    fn begins_with(&self, first: u8, payload: &[u8]) -> Option<usize> {
        let head = frame(first, None, payload).len() - payload.len();
        let key = match self.side {
            Side::Client => Some(*self.bytes.get(head..)?.first_chunk()?),
            Side::Server => None,
        };
        let frame = frame(first, key, payload);
        self.bytes.starts_with(&frame).then_some(frame.len())
    }

    /// As many of the bytes as a message can show.
    fn start(&self) -> &[u8] {
        &self.bytes[..self.bytes.len().min(24)]
    }

    fn take(&mut self, first: u8, payload: &[u8], what: &str) {
        let Some(length) = self.begins_with(first, payload) else {
            panic!(
                "the {} has not sent {what} of {} bytes, but {:02x?}",
                self.side.name(),
                payload.len(),
                self.start()
            );
        };
        self.bytes = &self.bytes[length..];
    }

    /// Takes the pongs that come now. The pings that they answer are later ones than those before: `answered` of them are.
    fn take_pongs(&mut self, peer: Sent, answered: &mut u32) {
        while self.bytes.first() == Some(&0x8A) {
            let payload = |index: &u32| if peer.pings == Pings::Long { long_ping(*index) } else { Vec::new() };
            let is_answered = |index: &u32| self.begins_with(0x8A, &payload(index)).is_some();
            let pings = if peer.pings == Pings::None { 0 } else { peer.messages };
            let index = (*answered..pings).find(is_answered);
            let index = index.unwrap_or_else(|| panic!("a pong of the {} answers no ping", self.side.name()));
            self.take(0x8A, &payload(&index), "a pong");
            *answered = index + 1;
        }
    }
}

/// Compares what the client and the server have sent to what they had to send.
pub(super) fn check(bytes: &[Vec<u8>; 2], sent: [Sent; 2]) {
    let [client, server] = sent;
    assert_eq!([client.side, server.side], [Side::Client, Side::Server]);
    check_direction(&bytes[0], client, server);
    check_direction(&bytes[1], server, client);
}

fn check_direction(bytes: &[u8], sent: Sent, peer: Sent) {
    let (mut passed, mut answered) = (Passed { side: sent.side, bytes }, 0);
    for index in 0..sent.messages {
        passed.take_pongs(peer, &mut answered);
        match sent.pings {
            Pings::None => {}
            Pings::Empty => passed.take(0x89, b"", "a ping"),
            Pings::Long => passed.take(0x89, &long_ping(index), "a ping"),
        }
        passed.take_pongs(peer, &mut answered);
        let (is_text, payload) = message(sent.side, index);
        passed.take(if is_text { 0x81 } else { 0x82 }, &payload, &format!("message {index}"));
    }
    passed.take_pongs(peer, &mut answered);
    match sent.last {
        Last::EmptyClose => passed.take(0x88, b"", "an empty close frame"),
        Last::Done => passed.take(0x88, &[&1000_u16.to_be_bytes(), REASON].concat(), "a close frame"),
        Last::Nothing => {}
    }
    // After a close frame there is no more data, but pings are still answered (RFC 6455 section 5.5.1).
    passed.take_pongs(peer, &mut answered);
    assert!(passed.bytes.is_empty(), "the {} has sent more: {:02x?}", sent.side.name(), passed.start());
}

/// Takes the handshake from the front of what client and server have sent.
pub(super) fn take_handshake(bytes: &mut [Vec<u8>; 2]) {
    let [request, response] = bytes.each_mut().map(|bytes| {
        let end = bytes.windows(4).position(|end| end == b"\r\n\r\n").expect("a head has an end");
        String::from_utf8(bytes.drain(..end + 4).collect()).unwrap()
    });
    let mut request: Vec<_> = request.split("\r\n").collect();
    // The headers of a request may come in any order, and those of the engine are in another one.
    request[1..].sort_unstable();
    let key = request.iter().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).expect("there is a key");
    assert_eq!(
        request,
        [
            "GET /strings HTTP/1.1",
            "",
            "",
            "Connection: Upgrade",
            "Host: example.com",
            &format!("Sec-WebSocket-Key: {key}"),
            "Sec-WebSocket-Protocol: superchat, chat",
            "Sec-WebSocket-Version: 13",
            "Upgrade: websocket"
        ]
    );
    assert_eq!(
        response.split("\r\n").collect::<Vec<_>>(),
        [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            &format!("Sec-WebSocket-Accept: {}", derive_accept_key(key.as_bytes())),
            "Sec-WebSocket-Protocol: chat",
            "",
            ""
        ]
    );
}
