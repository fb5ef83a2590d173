//! Why a stream did not become a WebSocket.

use std::error::Error;
use std::fmt;
use std::io;

use crate::net::answering::AnsweringError;
use crate::protocol::http::HeadError;
use crate::protocol::upgrade::{InvalidAnswer, RequestError};

/// Why [`accept`](super::accept) or [`accept_with`](super::accept_with) gave no WebSocket.
///
/// [`status`](Self::status) says what the client was told.
#[derive(Debug)]
#[non_exhaustive]
pub enum AcceptError {
    /// The operating system could not prepare the stream. The client was told nothing.
    Stream(io::Error),
    /// The request could not be read: the operating system's error, for example a reset. The client was told nothing.
    Read(io::Error),
    /// The response could not be written: the operating system's error, or one of the kind `TimedOut` when the client took
    /// nothing in time.
    Write(io::Error),
    /// The client ended the stream before the end of its request. It was told nothing.
    Closed {
        /// How many bytes of the request had come. It is 0 if somebody only looked whether the port is open.
        received: usize,
    },
    /// The request did not come in time. The client was told 408.
    TimedOut,
    /// The head of the request has more bytes than the [limit](super::AcceptOptions::head_limit), or more than 128 headers.
    /// The client was told 431.
    HeadTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The bytes are not the head of a `GET` request of HTTP/1: another method, another protocol, a TLS handshake. The client
    /// was told 400.
    NotHttp,
    /// The request does not ask for a WebSocket, or not as RFC 6455 section 4.2.1 wants it. The client was told 400, or 426 with
    /// the version that there is if it asked for another one.
    Request(RequestError),
    /// The callback refused the request.
    Refused {
        /// The status that the client was told.
        status: u16,
    },
    /// The callback made an answer that cannot be sent. The client was told 500.
    Answer(InvalidAnswer),
}

impl AcceptError {
    /// What a request that did not come is called.
    pub(super) fn of_request(error: AnsweringError, limit: usize) -> Self {
        match error {
            AnsweringError::Failed(error) => Self::Read(error),
            AnsweringError::Closed { received } => Self::Closed { received },
            AnsweringError::TimedOut => Self::TimedOut,
            AnsweringError::BadHead(HeadError::TooLarge | HeadError::TooManyHeaders) => Self::HeadTooLarge { limit },
            AnsweringError::BadHead(HeadError::Malformed) => Self::NotHttp,
        }
    }

    /// The status of the response that refused the request. `None` if there was no response.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Stream(_) | Self::Read(_) | Self::Write(_) | Self::Closed { .. } => None,
            Self::TimedOut => Some(408),
            Self::HeadTooLarge { .. } => Some(HeadError::TooLarge.status()),
            Self::NotHttp => Some(HeadError::Malformed.status()),
            Self::Request(error) => Some(error.status()),
            Self::Refused { status } => Some(*status),
            Self::Answer(_) => Some(500),
        }
    }
}

impl fmt::Display for AcceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(_) => f.write_str("the stream could not be prepared"),
            Self::Read(_) => f.write_str("the request could not be read"),
            Self::Write(_) => f.write_str("the response could not be written"),
            Self::Closed { received: 0 } => f.write_str("the client ended the stream before any request"),
            Self::Closed { received } => write!(f, "the client ended the stream after {received} bytes of its request"),
            Self::TimedOut => f.write_str("the request did not come in time"),
            Self::HeadTooLarge { limit } => {
                write!(f, "the head of the request has more than {limit} bytes, or more than 128 headers")
            }
            Self::NotHttp => f.write_str("the bytes are not a GET request of HTTP/1"),
            Self::Request(error) => write!(f, "the request was answered with {}", error.status()),
            Self::Refused { status } => write!(f, "the request was refused with {status}"),
            Self::Answer(_) => f.write_str("the answer to the request cannot be sent"),
        }
    }
}

impl Error for AcceptError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Stream(error) | Self::Read(error) | Self::Write(error) => Some(error),
            Self::Request(error) => Some(error),
            Self::Answer(error) => Some(error),
            Self::Closed { .. } | Self::TimedOut | Self::HeadTooLarge { .. } | Self::NotHttp | Self::Refused { .. } => {
                None
            }
        }
    }
}
