//! The payload of a control frame: at most 125 bytes (RFC 6455 section 5.5), held without an allocation.

use core::fmt;

use super::CloseFrame;

/// The longest payload of a control frame, in bytes.
pub const MAX_CONTROL: usize = 125;

/// The longest control frame, in bytes: two for the head, four for the key, and the payload.
pub const MAX_CONTROL_FRAME: usize = 6 + MAX_CONTROL;

/// A control frame to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Asks for a pong (section 5.5.2).
    Ping(ControlPayload),
    /// Answers a ping, or is a sign of life (section 5.5.3).
    Pong(ControlPayload),
    /// Ends this direction (section 5.5.1).
    Close(CloseFrame),
}

/// The payload of a ping, pong or close frame.
#[derive(Clone, Copy)]
pub struct ControlPayload {
    bytes: [u8; MAX_CONTROL],
    length: u8,
}

impl ControlPayload {
    /// No bytes.
    pub const EMPTY: Self = Self { bytes: [0; MAX_CONTROL], length: 0 };

    /// The payload with these bytes, or `None` if there are more than [`MAX_CONTROL`].
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut payload = Self::EMPTY;
        (payload.push(bytes) == bytes.len()).then_some(payload)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Appends what fits, and says how many bytes that was.
    pub(in crate::protocol) fn push(&mut self, bytes: &[u8]) -> usize {
        let length = usize::from(self.length);
        let taken = bytes.len().min(MAX_CONTROL - length);
        self.bytes[length..][..taken].copy_from_slice(&bytes[..taken]);
        self.length = u8::try_from(length + taken).expect("at most 125");
        taken
    }

    pub(in crate::protocol) fn as_mut_bytes(&mut self) -> &mut [u8] {
        &mut self.bytes[..usize::from(self.length)]
    }
}

impl PartialEq for ControlPayload {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for ControlPayload {}

impl fmt::Debug for ControlPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ControlPayload").field(&self.as_bytes()).finish()
    }
}
