//! Data frames to pieces of messages: checks the order of frames (RFC 6455 section 5.4), and that text is UTF-8.

use super::utf8::Utf8Validator;
use super::{MessageKind, Piece};
use crate::protocol::frame::{DataOpcode, Fault};

/// Follows the present message. The frames come in order, and the payload of each frame comes in pieces.
///
/// The reader gets payload as the application will see it. A stage that decompresses would come before the reader.
#[derive(Clone, Debug)]
pub struct MessageReader {
    checks_utf8: bool,
    message: Option<Message>,
}

/// A message that has begun and not ended.
#[derive(Clone, Copy, Debug)]
struct Message {
    kind: MessageKind,
    /// Whether the frame under way is the last one.
    is_final: bool,
    utf8: Utf8Validator,
}

impl Default for MessageReader {
    fn default() -> Self {
        Self::new()
    }
}

impl MessageReader {
    /// A reader before the first message.
    pub const fn new() -> Self {
        Self { checks_utf8: true, message: None }
    }

    /// No check that text is UTF-8 from now on: the application will see to it (section 8.1).
    pub(in crate::protocol) const fn skip_utf8_check(&mut self) {
        self.checks_utf8 = false;
    }

    /// The kind of the present message, or `None` between messages.
    #[inline]
    pub fn kind(&self) -> Option<MessageKind> {
        self.message.as_ref().map(|message| message.kind)
    }

    /// Begins a frame. The frame starts a message or continues the present message.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol: the frame starts a message inside a message, or it continues a message that has not
    /// begun.
    #[inline]
    pub fn begin_frame(&mut self, opcode: DataOpcode, is_final: bool) -> Result<(), Fault> {
        let kind = match (opcode, &mut self.message) {
            (DataOpcode::Continuation, Some(message)) => {
                message.is_final = is_final;
                return Ok(());
            }
            (DataOpcode::Continuation, None) => return Err(Fault::UnexpectedContinuation),
            (DataOpcode::Text | DataOpcode::Binary, Some(_)) => return Err(Fault::ExpectedContinuation),
            (DataOpcode::Text, None) => MessageKind::Text,
            (DataOpcode::Binary, None) => MessageKind::Binary,
        };
        self.message = Some(Message { kind, is_final, utf8: Utf8Validator::new() });
        Ok(())
    }

    /// Checks the next payload of the frame, and returns which piece of a message it is.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol: the text is not UTF-8.
    ///
    /// # Panics
    ///
    /// If no frame has begun.
    #[inline]
    pub fn receive_payload(&mut self, payload: &[u8], end_of_frame: bool) -> Result<Piece, Fault> {
        let message = self.message.as_mut().expect("payload belongs to a frame that has begun");
        let end_of_message = end_of_frame && message.is_final;
        let kind = message.kind;
        if kind == MessageKind::Text && self.checks_utf8 {
            let text = &mut message.utf8;
            if text.receive_bytes(payload).is_err() || (end_of_message && !text.is_complete()) {
                return Err(Fault::InvalidUtf8);
            }
        }
        if end_of_message {
            self.message = None;
        }
        Ok(Piece { kind, end_of_message })
    }
}
