//! The content of close frames, RFC 6455 section 7.4: the codes that a frame may carry, and the rules for a reason.

use core::{fmt, str};

use super::{ControlPayload, Fault};

/// "No status code was present". The number stands for an empty close frame and is never sent.
pub const NO_STATUS: u16 = 1005;

/// The longest reason, in bytes: a control frame has 125, and the code takes two of them.
pub const MAX_REASON: usize = 123;

/// The content of a close frame that may be sent.
///
/// [`is_wire_code`] allows the code, and the reason is UTF-8 of at most [`MAX_REASON`] bytes. An empty frame has no
/// code and no reason.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CloseFrame {
    payload: ControlPayload,
}

/// Why [`CloseFrame::new`] refused a code or a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidClose {
    /// A close frame must not carry the code.
    Code,
    /// The reason is longer than [`MAX_REASON`].
    ReasonTooLong,
    /// The reason is not UTF-8.
    ReasonNotUtf8,
    /// There is a reason although the code is [`NO_STATUS`], which stands for an empty frame.
    ReasonWithoutCode,
}

impl fmt::Display for InvalidClose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "a close frame must not carry this code",
            Self::ReasonTooLong => "the reason of a close is longer than 123 bytes",
            Self::ReasonNotUtf8 => "the reason of a close is not UTF-8",
            Self::ReasonWithoutCode => "a close without a code cannot have a reason",
        })
    }
}

impl core::error::Error for InvalidClose {}

/// Whether a close frame may carry this code: 1000 to 1003, 1007 to 1014 and 3000 to 4999.
///
/// 1004 is reserved. 1005, 1006 and 1015 describe what happened locally. The other codes are not assigned.
pub const fn is_wire_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

impl CloseFrame {
    /// The frame without a code.
    pub const EMPTY: Self = Self { payload: ControlPayload::EMPTY };

    /// The frame with `status` and `reason`. [`NO_STATUS`] with an empty reason is the empty frame.
    ///
    /// # Errors
    ///
    /// [`InvalidClose`] says which rule the code or the reason breaks.
    pub fn new(status: u16, reason: &[u8]) -> Result<Self, InvalidClose> {
        if reason.len() > MAX_REASON {
            return Err(InvalidClose::ReasonTooLong);
        }
        if str::from_utf8(reason).is_err() {
            return Err(InvalidClose::ReasonNotUtf8);
        }
        match status {
            NO_STATUS if reason.is_empty() => Ok(Self::EMPTY),
            NO_STATUS => Err(InvalidClose::ReasonWithoutCode),
            code if is_wire_code(code) => Ok(Self::with_code(code, reason)),
            _ => Err(InvalidClose::Code),
        }
    }

    /// The frame that ends a connection after this fault of the peer.
    pub fn of_fault(fault: Fault) -> Self {
        Self::with_code(fault.close_code(), &[])
    }

    /// Reads the payload of a peer's close frame.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol if the payload has one byte, a code that a close frame must not carry, or a reason
    /// that is not UTF-8.
    pub fn parse(payload: &[u8]) -> Result<Self, Fault> {
        match payload {
            [] => Ok(Self::EMPTY),
            [_] => Err(Fault::CutCloseCode),
            [high, low, reason @ ..] => {
                let code = u16::from_be_bytes([*high, *low]);
                if !is_wire_code(code) {
                    return Err(Fault::InvalidCloseCode);
                }
                if str::from_utf8(reason).is_err() {
                    return Err(Fault::InvalidUtf8);
                }
                ControlPayload::new(payload).map(|payload| Self { payload }).ok_or(Fault::ControlTooLong)
            }
        }
    }

    /// The code, or [`NO_STATUS`] if the frame is empty.
    pub fn status(&self) -> u16 {
        match self.payload.as_bytes() {
            [high, low, ..] => u16::from_be_bytes([*high, *low]),
            _ => NO_STATUS,
        }
    }

    /// The reason, which may be empty.
    pub fn reason(&self) -> &str {
        let reason = self.payload.as_bytes().get(2..).unwrap_or_default();
        // Every constructor has checked it.
        str::from_utf8(reason).unwrap_or_default()
    }

    /// The bytes of the frame's payload.
    pub fn payload(&self) -> &[u8] {
        self.payload.as_bytes()
    }

    fn with_code(code: u16, reason: &[u8]) -> Self {
        let mut payload = ControlPayload::EMPTY;
        payload.push(&code.to_be_bytes());
        payload.push(reason);
        Self { payload }
    }
}

impl fmt::Debug for CloseFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseFrame").field("status", &self.status()).field("reason", &self.reason()).finish()
    }
}
