//! Frames to pieces of messages and back (RFC 6455 section 5.4), and the check of text.

mod framer;
mod reader;
mod receiver;
mod utf8;

pub use framer::{Frame, Framer, MaskKeys, PieceError};
pub use reader::MessageReader;
pub(crate) use receiver::Found;
pub use receiver::{Event, Receiver};
pub use utf8::{InvalidUtf8, Utf8Validator};

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// UTF-8 text. All frames of the message together must be UTF-8.
    Text,
    /// Bytes.
    Binary,
}

/// The kind of a piece of a message, as the head of its frame says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Piece {
    /// The kind of the message.
    pub kind: MessageKind,
    /// Whether the message ends with this piece.
    pub end_of_message: bool,
}

impl Piece {
    /// A whole text, or the rest of a text.
    pub const TEXT_MESSAGE: Self = Self { kind: MessageKind::Text, end_of_message: true };

    /// A piece of a text. More pieces follow.
    pub const TEXT_FRAGMENT: Self = Self { kind: MessageKind::Text, end_of_message: false };

    /// A whole binary message, or the rest of a binary message.
    pub const BINARY_MESSAGE: Self = Self { kind: MessageKind::Binary, end_of_message: true };

    /// A piece of a binary message. More pieces follow.
    pub const BINARY_FRAGMENT: Self = Self { kind: MessageKind::Binary, end_of_message: false };
}
