//! Why a call on a request fails.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::mem;

use crate::net::ConnectError;
use crate::net::line::ExchangeFailure;
use crate::net::tls::SecureFailure;
use crate::protocol::http::FieldError;

/// The call does not fit what was done with the request before, or another call is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotNow;

/// Why a request could not be sent, or got no response.
#[derive(Debug)]
pub(crate) enum RequestFailure {
    NotNow,
    /// A header, or the request with it, is not one that can be sent.
    Header(FieldError),
    /// An upgrade needs the method GET, HTTP/1.1 and no body (RFC 6455 section 4.1).
    NotForUpgrade,
    /// There is less of the body than of the part to send at once, or headers and arguments contradict each other about its
    /// length.
    Length,
    /// The send buffer is too small (b3.5).
    SendBuffer,
    Failed(ExchangeFailure),
}

impl RequestFailure {
    /// Takes out what the system, the protocol or the handshake said.
    pub(crate) fn take_source(&mut self) -> Option<Box<dyn Error + Send + Sync>> {
        // What is left behind is for the code only.
        let take = |error: &mut io::Error| -> Box<dyn Error + Send + Sync> {
            Box::new(mem::replace(error, ErrorKind::Other.into()))
        };
        match self {
            Self::Header(error) => Some(Box::new(*error)),
            Self::Failed(
                ExchangeFailure::Connect(ConnectError::NameNotResolved(error) | ConnectError::CannotConnect(error))
                | ExchangeFailure::Lost(error),
            ) => Some(take(error)),
            Self::Failed(ExchangeFailure::Connect(ConnectError::TimedOut(_, error))) => {
                error.take().map(|mut error| take(&mut error))
            }
            Self::Failed(ExchangeFailure::Exchange(error)) => Some(Box::new(*error)),
            Self::Failed(ExchangeFailure::Proxy(error)) => {
                let taken: Box<dyn Error + Send + Sync> = Box::from("");
                Some(mem::replace(error, taken))
            }
            Self::Failed(ExchangeFailure::Secure(failure)) => {
                let left = SecureFailure { faults: failure.faults, remark: None, source: None };
                Some(Box::new(mem::replace(failure, left)))
            }
            Self::Failed(
                ExchangeFailure::Connect(ConnectError::Cancelled)
                | ExchangeFailure::TimedOut
                | ExchangeFailure::Cancelled
                | ExchangeFailure::CertificateNeeded,
            )
            | Self::NotNow
            | Self::NotForUpgrade
            | Self::Length
            | Self::SendBuffer => None,
        }
    }
}

impl From<NotNow> for RequestFailure {
    fn from(_: NotNow) -> Self {
        Self::NotNow
    }
}

impl From<FieldError> for RequestFailure {
    fn from(error: FieldError) -> Self {
        Self::Header(error)
    }
}

impl From<ExchangeFailure> for RequestFailure {
    fn from(failure: ExchangeFailure) -> Self {
        Self::Failed(failure)
    }
}

/// Why an answered request does not become a socket.
#[derive(Debug)]
pub(crate) enum NotUpgraded {
    /// The response is no upgrade that was asked for (b1.2.7, b1.2.8).
    Refused,
    /// The response has not come, or it was exchanged before (b1.2.11).
    NotNow,
    /// The system has nothing left to say when the stream can be used.
    NotRegistered,
    /// The call had to receive the response itself (b1.2.10), and that failed.
    Response(RequestFailure),
}
