//! WebSocket (RFC 6455) and HTTP/1.1 without any I/O, clock, thread or lock.
//!
//! A [`Receiver`] turns the bytes of a peer into pieces of messages and control frames. A [`Framer`] turns pieces into
//! frames. [`session`](crate::session) makes the decisions: which frame is sent next, and what an event means for the
//! other direction. Before that, [`upgrade`] turns the bytes of [`http`] into an agreed connection.
//!
//! Frame heads, keys and opcodes come from tungstenite. No other module names it.
//!
//! ```
//! use winws::protocol::{Event, Framer, MAX_HEAD, MessageKind, Piece, Receiver, ReservedBits, Role};
//!
//! let (payload, mut head) = (b"hi", [0; MAX_HEAD]);
//! let mut framer = Framer::client(|| [1, 2, 3, 4]);
//! let opcode = framer.admit(Piece { kind: MessageKind::Text, end_of_message: true }, payload)?;
//! let (mut frame, length) = framer.begin_frame(opcode, true, ReservedBits::NONE, payload.len(), &mut head);
//! let mut masked = [0; 2];
//! frame.copy(payload, &mut masked);
//!
//! let mut receiver = Receiver::new(Role::Server);
//! let mut buffer = [0; 512];
//! receiver.receive_bytes(&[&head[..length], &masked].concat(), &mut buffer);
//! let event = Event::Data { kind: MessageKind::Text, length: 2, end_of_message: true };
//! assert_eq!(receiver.poll_event(), Some(event));
//! assert_eq!(&buffer[..2], b"hi");
//! # Ok::<(), winws::protocol::PieceError>(())
//! ```

mod frame;
pub mod http;
mod message;
pub mod upgrade;

pub use frame::{
    Accepted, Begun, CloseFrame, Control, ControlOpcode, ControlPayload, DataOpcode, Fault, FrameReader, Head,
    InvalidClose, MAX_CONTROL, MAX_CONTROL_FRAME, MAX_HEAD, MAX_REASON, Mask, NO_STATUS, Opcode, ReservedBits,
    is_wire_code,
};
pub(crate) use message::Found;
pub use message::{
    Event, Frame, Framer, InvalidUtf8, MaskKeys, MessageKind, MessageReader, Piece, PieceError, Receiver, Utf8Validator,
};

/// The end of a connection: client or server. It decides which side masks (section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A client sends masked frames and accepts only unmasked frames.
    Client,
    /// A server sends unmasked frames and accepts only masked frames.
    Server,
}
