//! The engine: what goes over a WebSocket next, and what comes in means. For all families, without any I/O.
//!
//! A session has two halves that know nothing of each other, so that two threads may use them at once:
//!
//! - [`WriteHalf`] has the queue of sends and whatever goes between them: the pong for the newest ping, the close frame for a
//!   fault, a sign of life. It alone offers bytes for the network.
//! - [`ReadHalf`] has the queue of receives and looks at the bytes that have come. What the other half has to know of them is
//!   a value, [`AnswerDue`], which whoever pumps the session hands over.
//!
//! A half owns decisions and no memory: payload, buffers and room for frames come with the calls. Blocking calls, an event
//! loop and the handles of C are three ways to pump the same halves. All transitions stand in [`table`].

mod read;
pub mod table;
mod write;

use core::fmt;

pub use read::{Ending, Outcome, Progress, ReadHalf};
pub use table::{Asked, Refusal};
pub use write::{Admitted, AnswerDue, AnswerKind, Due, Offered, WriteHalf};

use crate::protocol::PieceError;

/// Why a send was refused. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Our close frame is queued or out, or the connection has failed.
    Closed,
    /// As many sends wait as the family allows.
    Busy,
    /// Text inside a binary message, or the reverse (b1.3.5).
    WrongKind,
    /// The text is not UTF-8, over all its fragments (b1.3.7).
    InvalidUtf8,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("nothing can be sent any more"),
            Self::Busy => f.write_str("another frame is still being sent"),
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
