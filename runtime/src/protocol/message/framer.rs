//! Frames of one direction: which frame a piece of a message becomes, its header, and its mask.
//!
//! The payload stays with the caller. What is sent when, and what a close means, is decided above.

use super::MessageKind;
use super::utf8::Utf8Validator;
use crate::protocol::SendError;
use crate::protocol::frame::head::{self, ControlOpcode, DataOpcode, Header, MAX_HEADER, Opcode};
use crate::protocol::frame::{Control, MAX_CONTROL_FRAME, Mask};

/// Where a client takes its masking keys from: each one fresh and not to be foreseen (section 5.3).
pub type MaskKeys = fn() -> [u8; 4];

/// Makes the frames of an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Framer {
    masking: Masking,
    checks_utf8: bool,
    /// The fragmented message under way.
    message: Option<Message>,
}

#[derive(Clone, Copy, Debug)]
enum Masking {
    /// A server's.
    Never,
    /// A client's.
    By(MaskKeys),
    /// That of a client which keeps its payload readable: every key is 0.
    Plain,
}

#[derive(Clone, Copy, Debug)]
struct Message {
    kind: MessageKind,
    utf8: Utf8Validator,
}

/// A data frame under way: its header, and what is still to be done with its payload.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    header: [u8; MAX_HEADER],
    header_length: usize,
    remaining: usize,
    mask: Option<Mask>,
}

impl Framer {
    /// The frames of a client, which are masked.
    pub const fn client(keys: MaskKeys) -> Self {
        Self::new(Masking::By(keys))
    }

    /// The frames of a client whose masking changes nothing, which is safe on an encrypted connection only.
    pub const fn plain_client() -> Self {
        Self::new(Masking::Plain)
    }

    /// The frames of a server, which are not masked.
    pub const fn server() -> Self {
        Self::new(Masking::Never)
    }

    const fn new(masking: Masking) -> Self {
        Self { masking, checks_utf8: true, message: None }
    }

    /// The same without a check that text is UTF-8: the application has seen to it.
    #[must_use]
    pub const fn without_utf8_check(mut self) -> Self {
        self.checks_utf8 = false;
        self
    }

    /// The frame of a piece of a message. It begins a message, or goes on with the one under way, and ends it if
    /// `end_of_message`.
    ///
    /// Fails with [`SendError::WrongKind`] or [`SendError::InvalidUtf8`], and nothing has changed then.
    pub fn data(&mut self, kind: MessageKind, end_of_message: bool, payload: &[u8]) -> Result<Frame, SendError> {
        let (opcode, mut message) = match (self.message, kind) {
            (Some(message), kind) if message.kind != kind => return Err(SendError::WrongKind),
            (Some(message), _) => (DataOpcode::Continuation, message),
            (None, MessageKind::Text) => (DataOpcode::Text, Message { kind, utf8: Utf8Validator::new() }),
            (None, MessageKind::Binary) => (DataOpcode::Binary, Message { kind, utf8: Utf8Validator::new() }),
        };
        if kind == MessageKind::Text && self.checks_utf8 {
            let text = &mut message.utf8;
            if text.receive_bytes(payload).is_err() || (end_of_message && !text.is_complete()) {
                return Err(SendError::InvalidUtf8);
            }
        }
        self.message = (!end_of_message).then_some(message);
        let key = self.key();
        let length = payload.len() as u64;
        let header = Header { opcode: Opcode::Data(opcode), is_final: end_of_message, key, length };
        let mut frame =
            Frame { header: [0; MAX_HEADER], header_length: 0, remaining: payload.len(), mask: self.mask(key) };
        frame.header_length = head::write(&header, &mut frame.header);
        Ok(frame)
    }

    /// Writes a control frame to the start of `out`, and says how long it is.
    pub fn control(&mut self, control: &Control, out: &mut [u8; MAX_CONTROL_FRAME]) -> usize {
        let (opcode, payload) = match control {
            Control::Ping(payload) => (ControlOpcode::Ping, payload.as_bytes()),
            Control::Pong(payload) => (ControlOpcode::Pong, payload.as_bytes()),
            Control::Close(close) => (ControlOpcode::Close, close.payload()),
        };
        let key = self.key();
        let header = Header { opcode: Opcode::Control(opcode), is_final: true, key, length: payload.len() as u64 };
        let start = head::write(&header, out);
        let end = start + payload.len();
        out[start..end].copy_from_slice(payload);
        if let Some(mut mask) = self.mask(key) {
            mask.apply(&mut out[start..end]);
        }
        end
    }

    fn key(&self) -> Option<[u8; 4]> {
        match self.masking {
            Masking::Never => None,
            Masking::By(keys) => Some(keys()),
            Masking::Plain => Some([0; 4]),
        }
    }

    fn mask(&self, key: Option<[u8; 4]>) -> Option<Mask> {
        match self.masking {
            Masking::By(_) => key.map(Mask::new),
            Masking::Never | Masking::Plain => None,
        }
    }
}

impl Frame {
    /// The bytes that go before the payload.
    pub fn header(&self) -> &[u8] {
        &self.header[..self.header_length]
    }

    /// How many bytes of the payload are still to go out.
    pub const fn remaining(&self) -> usize {
        self.remaining
    }

    /// Whether the payload goes out masked. Otherwise it may go out from where it is.
    pub const fn is_masked(&self) -> bool {
        self.mask.is_some()
    }

    /// Masks a copy of the next bytes of the payload, if it is to be masked, and counts them as gone out.
    pub fn advance(&mut self, copy: &mut [u8]) {
        if let Some(mask) = &mut self.mask {
            mask.apply(copy);
        }
        self.skip(copy.len());
    }

    /// Writes the next bytes of the payload to `out`, as far as it has room, masked if they are to be. They count as gone
    /// out, and how many there were is the result.
    pub fn copy(&mut self, payload: &[u8], out: &mut [u8]) -> usize {
        let length = payload.len().min(out.len()).min(self.remaining);
        match &mut self.mask {
            Some(mask) => mask.copy(&payload[..length], &mut out[..length]),
            None => out[..length].copy_from_slice(&payload[..length]),
        }
        self.skip(length);
        length
    }

    /// Counts the next `length` bytes of a payload that is not masked as gone out.
    pub fn skip(&mut self, length: usize) {
        self.remaining = self.remaining.saturating_sub(length);
    }
}
