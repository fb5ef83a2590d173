//! What a peer can do wrong, and the close code that answers it.

use core::fmt;

/// A violation of RFC 6455 by the peer. It ends the connection: the peer gets a close frame with
/// [`close_code`](Fault::close_code).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A reserved bit is set, and no agreed extension uses it (section 5.2).
    ReservedBit,
    /// An opcode that the protocol does not define (section 5.2).
    ReservedOpcode,
    /// A masked frame from a server, or an unmasked frame from a client (section 5.1).
    WrongMasking,
    /// A length with the top bit set (section 5.2). Any other length is legal and streamed.
    LengthTopBit,
    /// A control frame in fragments (section 5.5).
    FragmentedControl,
    /// A control frame of more than 125 bytes (section 5.5).
    ControlTooLong,
    /// A continuation frame without a message to continue (section 5.4).
    UnexpectedContinuation,
    /// A new message before the last message has ended (section 5.4).
    ExpectedContinuation,
    /// A close frame of one byte (section 5.5.1).
    CutCloseCode,
    /// A code that a close frame must not carry (section 7.4).
    InvalidCloseCode,
    /// Text or a reason that is not UTF-8 (section 8.1).
    InvalidUtf8,
}

impl Fault {
    /// The code of the close frame for this fault: 1007 for text that is not UTF-8, otherwise 1002 (section 7.4.1).
    pub const fn close_code(self) -> u16 {
        match self {
            Self::InvalidUtf8 => 1007,
            _ => 1002,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReservedBit => "a frame has a reserved bit set",
            Self::ReservedOpcode => "a frame has a reserved opcode",
            Self::WrongMasking => "a frame is masked where it must not be, or not masked where it must be",
            Self::LengthTopBit => "a frame's length has its top bit set",
            Self::FragmentedControl => "a control frame is fragmented",
            Self::ControlTooLong => "a control frame is longer than 125 bytes",
            Self::UnexpectedContinuation => "a continuation frame continues nothing",
            Self::ExpectedContinuation => "a new message starts inside a message",
            Self::CutCloseCode => "a close frame has one byte",
            Self::InvalidCloseCode => "a close frame has a code that may not be on the wire",
            Self::InvalidUtf8 => "a text is not UTF-8",
        })
    }
}

impl core::error::Error for Fault {}
