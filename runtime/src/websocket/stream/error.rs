//! Why a call on a WebSocket over a stream failed.

use std::error::Error;
use std::{fmt, io};

use crate::protocol::Fault;
use crate::websocket::SendError;

/// Why a call on a [`StreamSocket`](super::StreamSocket) failed.
#[derive(Debug)]
pub enum StreamError {
    /// The stream failed, or ended without a close frame of the peer.
    Io(io::Error),
    /// The peer broke the protocol.
    Fault(Fault),
    /// What was given cannot be sent.
    Send(SendError),
    /// The message is longer than the limit.
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Nothing more comes: the peer has closed, or the receiving direction has failed before.
    Ended,
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the stream failed"),
            Self::Fault(_) => f.write_str("the peer broke the protocol"),
            Self::Send(error) => error.fmt(f),
            Self::TooLong { limit } => write!(f, "the message is longer than {limit} bytes"),
            Self::Ended => f.write_str("nothing more can be received"),
        }
    }
}

impl Error for StreamError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Fault(fault) => Some(fault),
            // The text is that of the send's error already.
            Self::Send(_) | Self::TooLong { .. } | Self::Ended => None,
        }
    }
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<SendError> for StreamError {
    fn from(error: SendError) -> Self {
        Self::Send(error)
    }
}
