//! The receiving half: bytes in, pieces of messages and control frames out.
//!
//! Headers are read here and payloads are streamed into the caller's buffer as they come, so frame boundaries stay
//! visible, memory does not depend on what a peer announces, and a frame of 2^40 bytes is as good as any.

use super::MessageKind;
use super::utf8::Utf8Validator;
use crate::protocol::Role;
use crate::protocol::frame::head::{
    self, Accepted, ControlOpcode, DataOpcode, Header, MAX_HEADER, Opcode, ReservedBits,
};
use crate::protocol::frame::{CloseFrame, ControlPayload, Fault, Mask};

/// What the bytes of a peer meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A piece of a message; it lies at the start of the caller's buffer.
    Data {
        /// Text or binary, as the message's first frame said.
        kind: MessageKind,
        /// How many bytes of the buffer were written. 0 only for an empty frame.
        length: usize,
        /// Whether the message ends with this piece.
        end_of_message: bool,
    },
    /// A ping: the sending half should answer with a pong of the same payload (section 5.5.2).
    Ping(ControlPayload),
    /// A pong, asked for or not (section 5.5.3).
    Pong(ControlPayload),
    /// The peer's close frame. Nothing comes after it: what follows on the wire is dropped (section 1.4).
    Close(CloseFrame),
    /// The peer broke the protocol. Nothing comes after it; the sending half should fail with this fault.
    Failed(Fault),
}

/// The receiving half of a connection. It knows no sending half: what concerns that one comes as an [`Event`].
///
/// After every `receive_*` the caller drains [`poll_event`](Self::poll_event); there is at most one event each time.
#[derive(Clone, Debug)]
pub struct Receiver {
    accepted: Accepted,
    checks_utf8: bool,
    state: State,
    message: Option<Message>,
    event: Option<Event>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Header { bytes: [u8; MAX_HEADER], length: usize },
    Payload { remaining: u64, mask: Option<Mask>, is_final: bool },
    Control { opcode: ControlOpcode, length: usize, mask: Option<Mask>, payload: ControlPayload },
    Ended,
}

/// A message that has begun and not ended.
#[derive(Clone, Copy, Debug)]
struct Message {
    kind: MessageKind,
    utf8: Utf8Validator,
}

impl State {
    const START: Self = Self::Header { bytes: [0; MAX_HEADER], length: 0 };
}

impl Receiver {
    /// The receiving half of an endpoint of this role, at the start of the first frame.
    pub const fn new(role: Role) -> Self {
        let masked = matches!(role, Role::Server);
        let accepted = Accepted { masked, unmasked: !masked, reserved: ReservedBits::NONE };
        Self { accepted, checks_utf8: true, state: State::START, message: None, event: None }
    }

    /// The same, which takes frames that are not masked too. A server of RFC 6455 refuses them (section 5.1).
    #[must_use]
    pub const fn accepting_unmasked(mut self) -> Self {
        self.accepted.unmasked = true;
        self
    }

    /// The same without a check that text is UTF-8: the application will see to it (section 8.1).
    #[must_use]
    pub const fn without_utf8_check(mut self) -> Self {
        self.checks_utf8 = false;
        self
    }

    /// What the message under way is made of; `None` between messages.
    pub fn message_kind(&self) -> Option<MessageKind> {
        self.message.as_ref().map(|message| message.kind)
    }

    /// How many bytes of the data frame under way are still to come; 0 between frames and in control frames.
    ///
    /// So many bytes may be put into a buffer without a look at them, and given to
    /// [`receive_payload`](Self::receive_payload).
    pub const fn payload_remaining(&self) -> u64 {
        match self.state {
            State::Payload { remaining, .. } => remaining,
            _ => 0,
        }
    }

    /// Takes bytes from the wire up to the next event, and says how many it took.
    ///
    /// Payload goes to the start of `buffer`. When everything was taken and there is no event, more bytes are needed.
    /// An empty `buffer` takes no payload, so it makes no progress there.
    pub fn receive_bytes(&mut self, bytes: &[u8], buffer: &mut [u8]) -> usize {
        let mut taken = 0;
        while self.event.is_none() && taken < bytes.len() {
            let rest = &bytes[taken..];
            taken += match self.state {
                State::Header { .. } => self.receive_header(rest),
                State::Control { .. } => self.receive_control(rest),
                State::Payload { .. } => {
                    let length = self.payload_limit(rest.len().min(buffer.len()));
                    if length == 0 {
                        break;
                    }
                    buffer[..length].copy_from_slice(&rest[..length]);
                    self.receive_payload(&mut buffer[..length]);
                    length
                }
                State::Ended => rest.len(),
            };
        }
        taken
    }

    /// Takes bytes from the wire up to the next event as [`receive_bytes`](Self::receive_bytes) does, but unmasks payload
    /// where it lies: that of an event is the end of what was taken.
    pub fn receive_in_place(&mut self, bytes: &mut [u8]) -> usize {
        let mut taken = 0;
        while self.event.is_none() && taken < bytes.len() {
            let rest = &mut bytes[taken..];
            taken += match self.state {
                State::Header { .. } => self.receive_header(rest),
                State::Control { .. } => self.receive_control(rest),
                State::Payload { .. } => {
                    let length = self.payload_limit(rest.len());
                    self.receive_payload(&mut rest[..length]);
                    length
                }
                State::Ended => rest.len(),
            };
        }
        taken
    }

    /// Takes payload of the data frame under way that is already in the caller's buffer, and unmasks it there.
    ///
    /// `payload` is neither empty nor longer than [`payload_remaining`](Self::payload_remaining); more is not looked
    /// at.
    pub fn receive_payload(&mut self, payload: &mut [u8]) {
        let length = self.payload_limit(payload.len());
        let State::Payload { remaining, mask, .. } = &mut self.state else {
            return;
        };
        if let Some(mask) = mask {
            mask.apply(&mut payload[..length]);
        }
        *remaining -= length as u64;
        self.deliver(&payload[..length]);
    }

    /// The event that the last `receive_*` led to.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.event.take()
    }

    fn payload_limit(&self, length: usize) -> usize {
        usize::try_from(self.payload_remaining()).unwrap_or(usize::MAX).min(length)
    }

    fn receive_header(&mut self, bytes: &[u8]) -> usize {
        let State::Header { bytes: partial, length } = &mut self.state else {
            return 0;
        };
        let before = *length;
        let copied = bytes.len().min(MAX_HEADER - before);
        partial[before..][..copied].copy_from_slice(&bytes[..copied]);
        *length += copied;
        match head::parse(&partial[..*length], self.accepted) {
            Ok(None) => copied,
            Ok(Some((header, taken))) => {
                self.begin_frame(header);
                taken - before
            }
            Err(fault) => {
                self.fail(fault);
                copied
            }
        }
    }

    fn begin_frame(&mut self, header: Header) {
        let Header { opcode, is_final, key, length } = header;
        let mask = key.map(Mask::new);
        match (opcode, &self.message) {
            (Opcode::Control(opcode), _) => {
                // At most 125: the header was checked.
                let length = usize::try_from(length).unwrap_or_default();
                self.state = State::Control { opcode, length, mask, payload: ControlPayload::EMPTY };
                if length == 0 {
                    self.receive_control(&[]);
                }
                return;
            }
            (Opcode::Data(DataOpcode::Continuation), None) => {
                return self.fail(Fault::UnexpectedContinuation);
            }
            (Opcode::Data(DataOpcode::Continuation), Some(_)) => {}
            (Opcode::Data(_), Some(_)) => return self.fail(Fault::ExpectedContinuation),
            (Opcode::Data(opcode), None) => {
                let kind = if opcode == DataOpcode::Text { MessageKind::Text } else { MessageKind::Binary };
                self.message = Some(Message { kind, utf8: Utf8Validator::new() });
            }
        }
        self.state = State::Payload { remaining: length, mask, is_final };
        if length == 0 {
            self.deliver(&[]);
        }
    }

    /// Checks a piece of payload and announces it.
    fn deliver(&mut self, piece: &[u8]) {
        let (State::Payload { remaining, is_final, .. }, Some(message)) = (&self.state, &mut self.message) else {
            return;
        };
        let end_of_frame = *remaining == 0;
        let end_of_message = end_of_frame && *is_final;
        let kind = message.kind;
        if kind == MessageKind::Text && self.checks_utf8 {
            let text = &mut message.utf8;
            if text.receive_bytes(piece).is_err() || (end_of_message && !text.is_complete()) {
                return self.fail(Fault::InvalidUtf8);
            }
        }
        if end_of_message {
            self.message = None;
        }
        if end_of_frame {
            self.state = State::START;
        }
        self.event = Some(Event::Data { kind, length: piece.len(), end_of_message });
    }

    fn receive_control(&mut self, bytes: &[u8]) -> usize {
        let State::Control { opcode, length, mask, payload } = &mut self.state else {
            return 0;
        };
        let missing = *length - payload.as_bytes().len();
        let taken = payload.push(&bytes[..missing.min(bytes.len())]);
        if taken < missing {
            return taken;
        }
        if let Some(mask) = mask {
            mask.apply(payload.as_mut_bytes());
        }
        let (opcode, payload) = (*opcode, *payload);
        self.state = State::START;
        match opcode {
            ControlOpcode::Ping => self.event = Some(Event::Ping(payload)),
            ControlOpcode::Pong => self.event = Some(Event::Pong(payload)),
            ControlOpcode::Close => match CloseFrame::parse(payload.as_bytes()) {
                Ok(close) => {
                    self.state = State::Ended;
                    self.event = Some(Event::Close(close));
                }
                Err(fault) => self.fail(fault),
            },
        }
        taken
    }

    fn fail(&mut self, fault: Fault) {
        self.state = State::Ended;
        self.event = Some(Event::Failed(fault));
    }
}
