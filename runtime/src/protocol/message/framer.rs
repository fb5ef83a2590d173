//! Pieces of messages to frames: which frame a piece becomes, its head, and its mask.
//!
//! The payload stays with the caller. What is sent when is the session's business.

use core::fmt;

use super::utf8::Utf8Validator;
use super::{MessageKind, Piece};
use crate::protocol::frame::head;
use crate::protocol::frame::{
    Control, ControlOpcode, DataOpcode, Head, MAX_CONTROL_FRAME, MAX_HEAD, Mask, Opcode, ReservedBits,
};

/// Where a client takes its masking keys from: each one fresh and not to be foreseen (section 5.3).
pub type MaskKeys = fn() -> [u8; 4];

/// Why a piece cannot follow the pieces before it. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceError {
    /// Text inside a binary message, or the reverse (b1.3.5).
    WrongKind,
    /// The text is not UTF-8, over all its pieces (b1.3.7).
    InvalidUtf8,
}

impl fmt::Display for PieceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongKind => "the message under way is of another kind",
            Self::InvalidUtf8 => "the text is not UTF-8",
        })
    }
}

impl core::error::Error for PieceError {}

/// Makes the frames of an endpoint: a piece is [admitted](Self::admit) first, and its frame begins later.
#[derive(Clone, Copy, Debug)]
pub struct Framer {
    masking: Masking,
    checks_utf8: bool,
    /// The message of which a piece was admitted and the last one was not.
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

/// What is still to be done with the payload of a data frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
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

    /// Takes a whole text, or the rest of one. It needs no check: a `str` is UTF-8.
    ///
    /// Fails with [`PieceError`] as [`admit`](Self::admit) does, with [`PieceError::InvalidUtf8`] where the pieces before it
    /// end inside a code point.
    #[inline]
    pub const fn admit_text(&mut self) -> Result<DataOpcode, PieceError> {
        let opcode = match &self.message {
            None => DataOpcode::Text,
            Some(Message { kind: MessageKind::Binary, .. }) => return Err(PieceError::WrongKind),
            Some(Message { utf8, .. }) if self.checks_utf8 && !utf8.is_complete() => {
                return Err(PieceError::InvalidUtf8);
            }
            Some(_) => DataOpcode::Continuation,
        };
        self.message = None;
        Ok(opcode)
    }

    /// Takes a piece behind those before it, and says which frame it becomes.
    ///
    /// It begins a message, or goes on with the one under way. After [`PieceError::WrongKind`] and
    /// [`PieceError::InvalidUtf8`] another piece may take its place.
    #[inline]
    pub fn admit(&mut self, piece: Piece, payload: &[u8]) -> Result<DataOpcode, PieceError> {
        let Piece { kind, end_of_message } = piece;
        let (opcode, mut message) = match (self.message, kind) {
            (Some(message), kind) if message.kind != kind => return Err(PieceError::WrongKind),
            (Some(message), _) => (DataOpcode::Continuation, message),
            (None, MessageKind::Text) => (DataOpcode::Text, Message { kind, utf8: Utf8Validator::new() }),
            (None, MessageKind::Binary) => (DataOpcode::Binary, Message { kind, utf8: Utf8Validator::new() }),
        };
        if kind == MessageKind::Text && self.checks_utf8 {
            let text = &mut message.utf8;
            if text.receive_bytes(payload).is_err() || (end_of_message && !text.is_complete()) {
                return Err(PieceError::InvalidUtf8);
            }
        }
        self.message = (!end_of_message).then_some(message);
        Ok(opcode)
    }

    /// Begins the frame of a piece: writes its head to the start of `out`, which has room for [`MAX_HEAD`] bytes, and says
    /// how long the head is.
    #[inline]
    pub fn begin_frame(
        &self,
        opcode: DataOpcode,
        is_final: bool,
        reserved: ReservedBits,
        length: usize,
        out: &mut [u8; MAX_HEAD],
    ) -> (Frame, usize) {
        let key = self.key();
        let opcode = Opcode::Data(opcode);
        let head = Head { opcode, is_final, reserved, key, length: length as u64 };
        let written = head::write(&head, out);
        (Frame { remaining: length, mask: self.mask(key) }, written)
    }

    /// Writes a control frame to the start of `out`, and says how long it is.
    pub fn control(&self, control: &Control, out: &mut [u8; MAX_CONTROL_FRAME]) -> usize {
        let (opcode, payload) = match control {
            Control::Ping(payload) => (ControlOpcode::Ping, payload.as_bytes()),
            Control::Pong(payload) => (ControlOpcode::Pong, payload.as_bytes()),
            Control::Close(close) => (ControlOpcode::Close, close.payload()),
        };
        let key = self.key();
        let opcode = Opcode::Control(opcode);
        let head = Head { opcode, is_final: true, reserved: ReservedBits::NONE, key, length: payload.len() as u64 };
        let start = head::write(&head, out);
        let end = start + payload.len();
        out[start..end].copy_from_slice(payload);
        if let Some(mut mask) = self.mask(key) {
            mask.apply(&mut out[start..end]);
        }
        end
    }

    #[inline]
    fn key(&self) -> Option<[u8; 4]> {
        match self.masking {
            Masking::Never => None,
            Masking::By(keys) => Some(keys()),
            Masking::Plain => Some([0; 4]),
        }
    }

    #[inline]
    fn mask(&self, key: Option<[u8; 4]>) -> Option<Mask> {
        match self.masking {
            Masking::By(_) => key.map(Mask::new),
            Masking::Never | Masking::Plain => None,
        }
    }
}

impl Frame {
    /// How many bytes of the payload are still to go out.
    #[inline]
    pub const fn remaining(&self) -> usize {
        self.remaining
    }

    /// Whether the payload goes out masked. Otherwise it may go out from where it is.
    #[inline]
    pub const fn is_masked(&self) -> bool {
        self.mask.is_some()
    }

    /// Writes the next bytes of the payload to `out`, as far as it has room, masked if they are to be. They count as gone
    /// out, and how many there were is the result.
    #[inline]
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
    #[inline]
    pub const fn skip(&mut self, length: usize) {
        self.remaining = self.remaining.saturating_sub(length);
    }
}
