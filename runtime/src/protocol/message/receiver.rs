//! The receiving half of the protocol: bytes in, pieces of messages and control frames out.
//!
//! A [`FrameReader`] finds the frames, and a [`MessageReader`] says what their payload means. Payload goes to the
//! caller's buffer as it comes. Frame boundaries therefore stay visible, and the needed memory does not depend on the
//! length that a peer announces: a frame of 2^40 bytes is possible. An extension that changes payload would sit between
//! the two readers.

use super::reader::MessageReader;
use super::{MessageKind, Piece};
use crate::protocol::Role;
use crate::protocol::frame::{
    Accepted, Begun, CloseFrame, ControlOpcode, ControlPayload, Fault, FrameReader, ReservedBits,
};

/// The meaning of a peer's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A piece of a message. It is at the start of the caller's buffer.
    Data {
        /// The kind of the message, as its first frame says.
        kind: MessageKind,
        /// How many bytes of the buffer were written. It is 0 only for an empty frame.
        length: usize,
        /// Whether the message ends with this piece.
        end_of_message: bool,
    },
    /// A ping: the sending half should answer with a pong of the same payload (section 5.5.2).
    Ping(ControlPayload),
    /// A pong, which may answer a ping or not (section 5.5.3).
    Pong(ControlPayload),
    /// The peer's close frame. It is the last event: all further bytes are dropped (section 1.4).
    Close(CloseFrame),
    /// The peer broke the protocol. It is the last event. The sending half should fail with this fault.
    Failed(Fault),
}

/// The receiving half of a connection. It has no access to the sending half: an [`Event`] tells what the sending half
/// must do.
///
/// After every `receive_*` the caller drains [`poll_event`](Self::poll_event). There is at most one event each time.
#[derive(Clone, Debug)]
pub struct Receiver {
    frames: FrameReader,
    messages: MessageReader,
    found: Option<Found>,
}

/// An [`Event`] without the payload of a control frame, which stays with the receiver: it is small, and passed on for
/// each message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    Data { piece: Piece, length: usize },
    Ping,
    Pong,
    Close,
    Failed(Fault),
}

impl Receiver {
    /// The receiving half of an endpoint of this role, at the start of the first frame.
    pub const fn new(role: Role) -> Self {
        let masked = matches!(role, Role::Server);
        let accepted = Accepted { masked, unmasked: !masked, reserved: ReservedBits::NONE };
        Self { frames: FrameReader::new(accepted), messages: MessageReader::new(), found: None }
    }

    /// The same receiver, which also accepts unmasked frames. A server of RFC 6455 refuses them (section 5.1).
    #[must_use]
    pub const fn accepting_unmasked(mut self) -> Self {
        self.frames.accept_unmasked();
        self
    }

    /// The same receiver without a check that text is UTF-8. The application must make the check (section 8.1).
    #[must_use]
    pub const fn without_utf8_check(mut self) -> Self {
        self.messages.skip_utf8_check();
        self
    }

    /// The kind of the present message, or `None` between messages.
    #[inline]
    pub fn message_kind(&self) -> Option<MessageKind> {
        self.messages.kind()
    }

    /// How many bytes of the present data frame have not come yet. It is 0 between frames and in control frames.
    ///
    /// The caller may read this many bytes into a buffer directly, and pass them to
    /// [`receive_payload`](Self::receive_payload).
    #[inline]
    pub const fn payload_remaining(&self) -> u64 {
        self.frames.payload_remaining()
    }

    /// How many payload bytes of the present control frame have come. It is 0 outside control frames.
    #[inline]
    pub fn control_received(&self) -> usize {
        self.frames.control_received()
    }

    /// Takes bytes from the wire up to the next event, and returns how many it took.
    ///
    /// Payload goes to the start of `buffer`. If all bytes were taken and there is no event, more bytes are needed.
    /// An empty `buffer` has no room for payload, so there is no progress inside a payload.
    #[inline]
    pub fn receive_bytes(&mut self, bytes: &[u8], buffer: &mut [u8]) -> usize {
        let mut taken = 0;
        while self.found.is_none() && taken < bytes.len() {
            let rest = &bytes[taken..];
            if self.frames.is_in_payload() {
                let remaining = usize::try_from(self.payload_remaining()).unwrap_or(usize::MAX);
                let length = remaining.min(rest.len()).min(buffer.len());
                if length == 0 {
                    break;
                }
                buffer[..length].copy_from_slice(&rest[..length]);
                self.receive_payload(&mut buffer[..length]);
                taken += length;
            } else {
                taken += self.receive_head(rest);
            }
        }
        taken
    }

    /// Takes bytes from the wire up to the next event, like [`receive_bytes`](Self::receive_bytes), but unmasks payload
    /// in place. The payload of an event is at the end of the bytes that were taken.
    #[inline]
    pub fn receive_in_place(&mut self, bytes: &mut [u8]) -> usize {
        let mut taken = 0;
        while self.found.is_none() && taken < bytes.len() {
            let rest = &mut bytes[taken..];
            taken += if self.frames.is_in_payload() { self.receive_payload(rest) } else { self.receive_head(rest) };
        }
        taken
    }

    /// Takes payload of the present data frame that is already in the caller's buffer, and unmasks it there. Returns
    /// how many bytes it took.
    ///
    /// Bytes beyond [`payload_remaining`](Self::payload_remaining) are left alone.
    #[inline]
    pub fn receive_payload(&mut self, payload: &mut [u8]) -> usize {
        let (length, end_of_frame) = self.frames.receive_payload(payload);
        if length > 0 {
            self.deliver(&payload[..length], end_of_frame);
        }
        length
    }

    /// The payload of the last control frame.
    pub(crate) const fn control(&self) -> &ControlPayload {
        self.frames.control()
    }

    /// What the last `receive_*` led to, without the payload of a control frame.
    #[inline]
    pub(crate) const fn poll_found(&mut self) -> Option<Found> {
        self.found.take()
    }

    /// The event of the last `receive_*`, if there is one.
    pub fn poll_event(&mut self) -> Option<Event> {
        Some(match self.poll_found()? {
            Found::Data { piece: Piece { kind, end_of_message }, length } => {
                Event::Data { kind, length, end_of_message }
            }
            Found::Ping => Event::Ping(*self.frames.control()),
            Found::Pong => Event::Pong(*self.frames.control()),
            Found::Close => match CloseFrame::parse(self.frames.control().as_bytes()) {
                Ok(close) => Event::Close(close),
                Err(fault) => Event::Failed(fault),
            },
            Found::Failed(fault) => Event::Failed(fault),
        })
    }

    #[inline]
    fn receive_head(&mut self, bytes: &[u8]) -> usize {
        let (taken, begun) = self.frames.receive_head(bytes);
        match begun {
            None => {}
            Some(Ok(Begun::Data { opcode, is_final, reserved: _ })) => {
                match self.messages.begin_frame(opcode, is_final) {
                    Err(fault) => self.fail(fault),
                    Ok(()) if self.payload_remaining() == 0 => self.deliver(&[], true),
                    Ok(()) => {}
                }
            }
            Some(Ok(Begun::Control(ControlOpcode::Ping))) => self.found = Some(Found::Ping),
            Some(Ok(Begun::Control(ControlOpcode::Pong))) => self.found = Some(Found::Pong),
            Some(Ok(Begun::Control(ControlOpcode::Close))) => {
                self.frames.end();
                self.found = Some(Found::Close);
            }
            Some(Err(fault)) => self.fail(fault),
        }
        taken
    }

    /// Checks a piece of payload and announces it.
    #[inline]
    fn deliver(&mut self, payload: &[u8], end_of_frame: bool) {
        match self.messages.receive_payload(payload, end_of_frame) {
            Ok(piece) => self.found = Some(Found::Data { piece, length: payload.len() }),
            Err(fault) => self.fail(fault),
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.frames.end();
        self.found = Some(Found::Failed(fault));
    }
}
