//! Frames to pieces of messages and back (RFC 6455 section 5.4), and the text that messages may be made of.

mod framer;
mod reader;
mod receiver;
mod utf8;

pub use framer::{Frame, Framer, MaskKeys, PieceError};
pub use reader::MessageReader;
pub(crate) use receiver::Found;
pub use receiver::{Event, Receiver};
pub use utf8::{InvalidUtf8, Utf8Validator};

/// What a message is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// UTF-8, over all frames of the message together.
    Text,
    /// Bytes.
    Binary,
}

/// What a piece of a message is: all that a frame's head says of its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Piece {
    /// What the message is made of.
    pub kind: MessageKind,
    /// Whether the message ends with this piece.
    pub end_of_message: bool,
}

impl Piece {
    /// A text, or the rest of one.
    pub const TEXT_MESSAGE: Self = Self { kind: MessageKind::Text, end_of_message: true };

    /// A piece of a text, and more follows.
    pub const TEXT_FRAGMENT: Self = Self { kind: MessageKind::Text, end_of_message: false };

    /// A binary message, or the rest of one.
    pub const BINARY_MESSAGE: Self = Self { kind: MessageKind::Binary, end_of_message: true };

    /// A piece of a binary message, and more follows.
    pub const BINARY_FRAGMENT: Self = Self { kind: MessageKind::Binary, end_of_message: false };
}
