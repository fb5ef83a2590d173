//! What the peer sends: frames of every kind, one that breaks the protocol now and then, and what each means to a receive.

use std::collections::VecDeque;

use winws::protocol::{Fault, MessageKind};

use super::Draw;

/// What a frame of the peer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Data { kind: MessageKind, is_final: bool, payload: Vec<u8> },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Vec<u8>),
    Fault(Fault),
}

/// What bytes that were looked at led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Piece {
        kind: MessageKind,
        end_of_message: bool,
        payload: Vec<u8>,
    },
    Pong(Vec<u8>),
    Close(Vec<u8>),
    /// To be answered.
    Ping(Vec<u8>),
    /// To be told to the peer.
    Fault(Fault),
}

/// A frame in the stream of the peer.
#[derive(Debug)]
struct Coming {
    start: usize,
    payload_start: usize,
    end: usize,
    meaning: Meaning,
}

/// The stream of the peer, as far as it was written and as far as it was looked at.
#[derive(Debug)]
pub(super) struct Stream {
    masked: bool,
    bytes: Vec<u8>,
    at: usize,
    frames: VecDeque<Coming>,
    message: Option<MessageKind>,
    is_over: bool,
    count: usize,
}

impl Stream {
    pub(super) const fn new(masked: bool) -> Self {
        Self { masked, bytes: Vec::new(), at: 0, frames: VecDeque::new(), message: None, is_over: false, count: 0 }
    }

    /// The bytes that were not looked at.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// The peer writes a frame. Of our pings it knows these.
    pub(super) fn write(&mut self, draw: &mut Draw, pinged: &[Vec<u8>]) {
        if self.is_over {
            return;
        }
        self.count += 1;
        let control = format!("in {}", self.count).into_bytes();
        match draw.below(24) {
            0..11 => self.data(draw),
            11..16 => self.push(0x89, &control, Meaning::Ping(control.clone())),
            16..20 => {
                let payload = if draw.one_in(3) { control } else { pinged.last().cloned().unwrap_or_default() };
                self.push(0x8a, &payload, Meaning::Pong(payload.clone()));
            }
            20 => {
                self.is_over = true;
                let payload = draw.of(&[&b""[..], b"\x03\xe8", b"\x0f\xa0bye"]);
                self.push(0x88, payload, Meaning::Close(payload.to_vec()));
            }
            21 => self.break_the_protocol(draw),
            // As much as a reader may have in one piece.
            _ => (0..4).for_each(|_| self.data(draw)),
        }
    }

    fn data(&mut self, draw: &mut Draw) {
        let (opcode, kind) = match self.message {
            Some(kind) => (0x00, kind),
            None if draw.one_in(2) => (0x01, MessageKind::Text),
            None => (0x02, MessageKind::Binary),
        };
        let is_final = draw.one_in(2);
        self.message = (!is_final).then_some(kind);
        let length = draw.of(&[0, 1, 2, 9, 40, 125, 126, 200]);
        let payload = vec![b'a' + u8::try_from(self.count % 26).expect("a letter"); length];
        let first = opcode | if is_final { 0x80 } else { 0 };
        self.push(first, &payload, Meaning::Data { kind, is_final, payload: payload.clone() });
    }

    fn break_the_protocol(&mut self, draw: &mut Draw) {
        self.is_over = true;
        let (first, payload, fault): (u8, &[u8], Fault) = match draw.below(9) {
            0 => (0xc2, b"x", Fault::ReservedBit),
            1 => (0x83, b"x", Fault::ReservedOpcode),
            2 => (0x8b, b"", Fault::ReservedOpcode),
            3 => (0x09, b"", Fault::FragmentedControl),
            4 => (0x8a, &[0; 126], Fault::ControlTooLong),
            5 => (0x88, b"\x03", Fault::CutCloseCode),
            6 => (0x88, b"\x03\xee", Fault::InvalidCloseCode),
            7 => (0x88, b"\x03\xe8\xff", Fault::InvalidUtf8),
            _ => match self.message {
                Some(MessageKind::Text) => (0x80, b"\xff", Fault::InvalidUtf8),
                Some(MessageKind::Binary) => (0x81, b"", Fault::ExpectedContinuation),
                None => (0x80, b"", Fault::UnexpectedContinuation),
            },
        };
        self.push(first, payload, Meaning::Fault(fault));
        // What comes behind means nothing.
        self.push(0x81, b"late", Meaning::Fault(fault));
    }

    fn push(&mut self, first: u8, payload: &[u8], meaning: Meaning) {
        let start = self.bytes.len();
        let mask = if self.masked { 0x80 } else { 0 };
        self.bytes.push(first);
        match payload.len() {
            length @ ..126 => self.bytes.push(mask | u8::try_from(length).expect("it is short")),
            length => {
                self.bytes.push(mask | 0x7e);
                self.bytes.extend(u16::try_from(length).expect("it is short").to_be_bytes());
            }
        }
        let key = if self.masked { [0x5a, 0, 0xff, u8::try_from(start % 251).expect("a byte")] } else { [0; 4] };
        if self.masked {
            self.bytes.extend(key);
        }
        let payload_start = self.bytes.len();
        self.bytes.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
        self.frames.push_back(Coming { start, payload_start, end: self.bytes.len(), meaning });
    }

    /// So many bytes were looked at: what they must have led to, if to anything. It comes of the last of them.
    ///
    /// `awaited` is the payload of our latest ping, until its pong has come. Where no receive waits, neither data nor pongs
    /// lead to anything.
    pub(super) fn looked_at(&mut self, taken: usize, awaited: &mut Option<Vec<u8>>, is_waiting: bool) -> Option<Event> {
        let (from, to) = (self.at, self.at + taken);
        self.at = to;
        let mut found = None;
        while let Some(frame) = self.frames.front() {
            let is_whole = frame.end <= to;
            let event = match &frame.meaning {
                Meaning::Data { kind, is_final, payload } if is_waiting => {
                    let part = from.max(frame.payload_start)..to.min(frame.end);
                    (if part.is_empty() { is_whole && payload.is_empty() } else { true }).then(|| Event::Piece {
                        kind: *kind,
                        end_of_message: is_whole && *is_final,
                        payload: payload[part.start - frame.payload_start..part.end - frame.payload_start].to_vec(),
                    })
                }
                Meaning::Data { .. } => None,
                Meaning::Ping(payload) => is_whole.then(|| Event::Ping(payload.clone())),
                Meaning::Pong(payload) if is_whole && awaited.take_if(|awaited| awaited == payload).is_some() => {
                    is_waiting.then(|| Event::Pong(payload.clone()))
                }
                Meaning::Pong(_) => None,
                Meaning::Close(payload) => is_whole.then(|| Event::Close(payload.clone())),
                // What is wrong with a frame shows at its end at the latest, and then the rest is dropped.
                Meaning::Fault(fault) => {
                    return (frame.start < to && is_whole).then_some(Event::Fault(*fault)).or(found);
                }
            };
            if event.is_some() {
                assert_eq!(found, None, "one event at a time");
                assert_eq!(to.min(frame.end), to, "nothing behind an event is looked at");
                found = event;
            }
            if !is_whole {
                break;
            }
            self.frames.pop_front();
        }
        found
    }

    /// The fault of the frame under way, which may show before its end.
    pub(super) fn fault_under_way(&self) -> Option<Fault> {
        match self.frames.front()? {
            Coming { start, meaning: Meaning::Fault(fault), .. } if *start < self.at => Some(*fault),
            _ => None,
        }
    }

    /// What the frames that were not looked at mean, the first one first.
    pub(super) fn next_meaning(&mut self) -> Option<&mut Meaning> {
        self.frames.front_mut().map(|frame| &mut frame.meaning)
    }

    /// The first of those frames has been taken note of.
    pub(super) fn pop_meaning(&mut self) {
        self.frames.pop_front();
    }

    /// So many bytes have gone to a reader that looks at them when it likes.
    pub(super) const fn gone(&mut self, count: usize) {
        self.at += count;
    }
}
