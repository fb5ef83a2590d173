//! Turns pieces of messages into frames: the kind of frame, its head, and its mask.
//!
//! The payload stays with the caller. The session decides which frame is sent next.

use core::fmt;

use super::utf8::Utf8Validator;
use super::{MessageKind, Piece};
use crate::protocol::frame::head;
use crate::protocol::frame::{
    Control, ControlOpcode, DataOpcode, Head, MAX_CONTROL_FRAME, MAX_HEAD, Mask, Opcode, ReservedBits,
};

/// The source of a client's masking keys. Each key must be new and unpredictable (section 5.3).
pub type MaskKeys = fn() -> [u8; 4];

/// Why a piece cannot follow the pieces before it. A refused piece changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceError {
    /// Text inside a binary message, or the reverse.
    WrongKind,
    /// The text is not UTF-8, over all its pieces.
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

/// Makes the frames of an endpoint. The caller [admits](Self::admit) a piece first and begins its frame later.
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

/// The rest of a data frame whose payload is being sent.
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

    /// The frames of a client that masks with the key 0, which changes nothing. It is safe only on an encrypted
    /// connection.
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

    /// The same framer without a check that text is UTF-8. The application must make sure of it.
    #[must_use]
    pub const fn without_utf8_check(mut self) -> Self {
        self.checks_utf8 = false;
        self
    }

    /// Admits a whole text, or the rest of a text. A `str` is UTF-8 and needs no check.
    ///
    /// # Errors
    ///
    /// The errors of [`admit`](Self::admit). [`PieceError::InvalidUtf8`] means that the earlier pieces end inside a
    /// code point.
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

    /// Admits the next piece, and returns the kind of its frame. The piece begins a message or continues the present
    /// message.
    ///
    /// # Errors
    ///
    /// [`PieceError::WrongKind`] if the piece mixes text and binary data in one message, and
    /// [`PieceError::InvalidUtf8`] if the text is not UTF-8. The caller may admit another piece instead.
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

    /// Begins the frame of a piece. Writes its head to the start of `out`, which must have room for [`MAX_HEAD`] bytes,
    /// and returns the length of the head.
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

    /// Writes a control frame to the start of `out`, and returns its length in bytes.
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
    /// How many bytes of the payload have not been sent yet.
    #[inline]
    pub const fn remaining(&self) -> usize {
        self.remaining
    }

    /// Whether the payload is sent masked. If not, it may be sent from its own memory.
    #[inline]
    pub const fn is_masked(&self) -> bool {
        self.mask.is_some()
    }

    /// Writes the next bytes of the payload to `out`, as many as fit, and masks them if the frame is masked. Counts
    /// them as sent, and returns their number.
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

    /// Counts the next `length` bytes of an unmasked payload as sent.
    #[inline]
    pub const fn skip(&mut self, length: usize) {
        self.remaining = self.remaining.saturating_sub(length);
    }
}
