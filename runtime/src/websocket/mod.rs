//! The WebSocket protocol component: a WebSocket of either role that does no I/O.
//!
//! [`Connection`] is its idiomatic face, [`Component`] has the functions of websocket.h over handles. Which calls a handle
//! allows when stands in [`table`]; what goes out next is decided in [`session`](crate::session).

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
pub mod table;
mod transfer;

pub use self::action::{Action, ReceiveComplete, ReceiveFromNetwork, Received, SendComplete, SendToNetwork};
pub use self::component::Component;
pub use self::config::{BufferTooSmall, Config, MIN_BUFFER, MIN_SERVER_SEND_BUFFER};
pub use self::connection::Connection;
pub use self::given_back::GivenBack;
pub use self::halves::{ReceiveAction, ReceiveHalf, SendAction, SendHalf};
pub use crate::session::{Refusal, SendError};

/// A queue of actions, as it can be served by a thread of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    Send,
    Receive,
}
