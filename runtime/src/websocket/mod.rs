//! The WebSocket protocol component: a WebSocket of either role that does no I/O.
//!
//! [`Connection`] is its idiomatic face, [`Component`] has the functions of websocket.h over handles. What may be called when
//! stands in [`table`].

mod action;
mod codes;
mod component;
mod config;
mod connection;
mod given_back;
mod handshake;
mod inbound;
mod memory;
mod outbound;
mod properties;
mod session;
pub mod table;
mod transfer;

use core::fmt;

pub use self::action::{Action, ReceiveComplete, ReceiveFromNetwork, Received, SendComplete, SendToNetwork};
pub use self::component::Component;
pub use self::config::{BufferTooSmall, Config, MIN_BUFFER, MIN_SERVER_SEND_BUFFER};
pub use self::connection::Connection;
pub use self::given_back::GivenBack;
pub use self::table::Refusal;
use crate::protocol::SendError;

/// A queue of actions, as it can be served by a thread of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Send,
    Receive,
}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy => Self::Busy,
            Refusal::Role | Refusal::Handshake | Refusal::Aborted | Refusal::Ended => Self::Closed,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role => "the handle is one of the other role",
            Self::Handshake => "the handshake is not at this point",
            Self::Aborted => "the session was aborted",
            Self::Busy => "another operation has not completed",
            Self::Ended => "this direction of the connection has ended",
        })
    }
}

impl core::error::Error for Refusal {}
