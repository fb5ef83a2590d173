//! Frames to pieces of messages and back (RFC 6455 section 5.4), and the text that messages may be made of.

mod framer;
mod receiver;
mod utf8;

pub use framer::{Frame, Framer, MaskKeys};
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
