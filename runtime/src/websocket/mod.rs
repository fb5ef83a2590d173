//! The WebSocket protocol component: a WebSocket for both roles that does no I/O. Only [`StreamSocket`] moves bytes.
//!
//! [`Connection`] is the interface for Rust programs. [`Component`] has the functions of websocket.h over handles.
//! [`table`] says which calls a handle allows in each state. [`session`](crate::session) decides which frame is sent
//! next.

mod action;
mod codes;
mod component;
mod config;
mod connection;
mod endpoint;
mod given_back;
mod halves;
mod handshake;
mod mail;
mod memory;
mod properties;
mod receives;
mod sends;
mod stream;
pub mod table;
mod transfer;

pub use self::action::{Action, ReceiveComplete, ReceiveFromNetwork, Received, SendComplete, SendToNetwork};
pub use self::component::Component;
pub use self::config::{BufferTooSmall, Config, MIN_BUFFER, MIN_SERVER_SEND_BUFFER};
pub use self::connection::Connection;
pub use self::given_back::GivenBack;
pub use self::halves::{ReceiveAction, ReceiveHalf, SendAction, SendHalf};
pub use self::stream::{StreamError, StreamSocket};
pub use crate::session::{Refusal, SendError};

/// How many operations may wait in each direction, the one that is carried out included (b5.12).
const MAX_OPERATIONS: usize = 64;

/// A queue of actions, as it can be served by a thread of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    Send,
    Receive,
}
