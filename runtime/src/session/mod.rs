//! The engine of all families, without any I/O. It decides what a WebSocket sends next, and what received bytes mean.
//!
//! A session has two halves without access to each other, so two threads may use them at the same time:
//!
//! - [`WriteHalf`] has the queue of sends, and the frames that go between them: the pong for the newest ping, the close
//!   frame for a fault, a sign of life. Only this half offers bytes for the network.
//! - [`ReadHalf`] has the queue of receives and reads the bytes that have come. If the write half must answer them, it
//!   returns a value, [`AnswerDue`]. The pump, which is the code that drives the session, passes this value to the
//!   write half.
//!
//! A half makes decisions and owns no memory: payload, buffers and room for frames come with the calls. Blocking calls,
//! an event loop and the handles of C are three pumps for the same halves. All transitions stand in [`table`].

mod offer;
mod read;
pub mod table;
mod write;

use core::fmt;

pub use offer::{AnswerDue, AnswerKind, Due, Offered};
pub use read::{Ending, Outcome, Progress, ReadHalf};
pub use table::{Asked, Refusal};
pub use write::{Admitted, WriteHalf};

use crate::protocol::PieceError;

/// Why a send was refused. A refused send changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Our close frame is queued or was sent, or the connection has failed.
    Closed,
    /// The queue of sends is full.
    Busy,
    /// Text inside a binary message, or the reverse.
    WrongKind,
    /// The text is not UTF-8, with all its fragments together.
    InvalidUtf8,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("nothing can be sent any more"),
            Self::Busy => f.write_str("the queue of sends is full"),
            Self::WrongKind => PieceError::WrongKind.fmt(f),
            Self::InvalidUtf8 => PieceError::InvalidUtf8.fmt(f),
        }
    }
}

impl core::error::Error for SendError {}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy => Self::Busy,
            Refusal::Ended => Self::Closed,
        }
    }
}

impl From<PieceError> for SendError {
    fn from(error: PieceError) -> Self {
        match error {
            PieceError::WrongKind => Self::WrongKind,
            PieceError::InvalidUtf8 => Self::InvalidUtf8,
        }
    }
}
