//! WebSocket (RFC 6455) and its HTTP/1.1 handshake without any I/O, clock, thread or lock.
//!
//! A connection is a [`Sender`] and a [`Receiver`] that know nothing of each other, so that two threads may use them
//! at once. What one must tell the other is small and goes through the caller:
//!
//! | the receiver says | the caller tells the sender |
//! |---|---|
//! | [`Event::Ping`] | [`Sender::send_pong`] |
//! | [`Event::Failed`] | [`Sender::fail`] |
//! | [`Event::Close`] | nothing: when and how to answer is the application's choice |
//!
//! A [`Sender`] has a queue for what goes between frames. Whoever decides about that by other rules makes frames with a
//! [`Framer`], as the sender does.
//!
//! Before that, [`upgrade`] turns bytes into an agreed connection. Frame headers, keys and the opcodes are
//! tungstenite's; it is named nowhere else.
//!
//! ```
//! use winws::protocol::{Event, MessageKind, Receiver, Role, Sender};
//!
//! let mut sender = Sender::client(|| [1, 2, 3, 4]);
//! let (mut payload, mut wire) = (&b"hi"[..], Vec::new());
//! sender.send_frame(MessageKind::Text, true, payload).unwrap();
//! let taken = sender.poll_transmit(payload, &mut wire, 1024);
//! payload = &payload[taken..];
//! assert!(payload.is_empty());
//!
//! let mut receiver = Receiver::new(Role::Server);
//! let mut buffer = [0; 512];
//! let taken = receiver.receive_bytes(&wire, &mut buffer);
//! assert_eq!(taken, wire.len());
//! let event = Event::Data { kind: MessageKind::Text, length: 2, end_of_message: true };
//! assert_eq!(receiver.poll_event(), Some(event));
//! assert_eq!(&buffer[..2], b"hi");
//! ```

mod frame;
pub mod http;
mod message;
mod sender;
pub mod upgrade;

pub use frame::{
    CloseFrame, Control, ControlPayload, Fault, InvalidClose, MAX_CONTROL, MAX_CONTROL_FRAME, MAX_REASON, Mask,
    NO_STATUS, is_wire_code,
};
pub use message::{Event, Frame, Framer, InvalidUtf8, MaskKeys, MessageKind, Receiver, Utf8Validator};
pub use sender::{SendError, Sender};

/// Which end of a connection this is. It decides who masks (section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Masks what it sends and takes unmasked frames only.
    Client,
    /// Takes masked frames only.
    Server,
}
