//! What passes between the sending half and its pump: what is due, what is on offer, what must be answered.

use core::ops::Range;

use crate::protocol::{ControlPayload, Fault};

/// An answer that the write half must send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerDue {
    /// A pong with this payload, because a ping has come (section 5.5.2).
    Pong(ControlPayload),
    /// A close frame for this fault, because the peer broke the protocol.
    Fault(Fault),
}

/// The next thing that a pump does for the write half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// There is nothing for this pump.
    Nothing,
    /// Bytes are on offer already. Write them.
    Offered,
    /// A data frame begins or goes on: call [`WriteHalf::stage_data`](super::WriteHalf::stage_data).
    Data,
    /// A control frame is next: call [`WriteHalf::stage_control`](super::WriteHalf::stage_control).
    Control,
}

/// Bytes that are on offer to the network, as places in the memory that they were staged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Whether the staged bytes are a control frame.
    pub is_control: bool,
    /// The kind of the answer, if the bytes are an answer.
    pub answer: Option<AnswerKind>,
    /// The first bytes: a range of the memory in which the frame was staged.
    pub staged: Range<usize>,
    /// The bytes after them: a range of the payload, which is sent from its own memory.
    pub direct: Range<usize>,
}

/// The kind of a frame that the session sends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// A pong.
    Pong,
    /// The close frame for a fault.
    Close,
}

impl Offered {
    /// How many bytes there are.
    #[allow(clippy::len_without_is_empty, reason = "nothing is never offered")]
    #[inline]
    pub fn len(&self) -> usize {
        self.staged.len() + self.direct.len()
    }
}
