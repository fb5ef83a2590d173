//! Why a request failed, and what the loss of its stream means.

use std::error::Error;
use std::io;

use crate::net::tls::SecureFailure;
use crate::net::{ConnectError, Stream};
use crate::protocol::http::ExchangeError;

/// Why a request failed.
#[derive(Debug)]
pub(crate) enum ExchangeFailure {
    Connect(ConnectError),
    Exchange(ExchangeError),
    /// The stream broke, or ended inside of what was sent.
    Lost(io::Error),
    TimedOut,
    /// Another thread gave the request up.
    Cancelled,
    /// The server is to be reached through a proxy that cannot be used.
    Proxy(Box<dyn Error + Send + Sync>),
    /// There is no TLS with the server.
    Secure(SecureFailure),
    /// The server wants a certificate of the client, and there is none (b8.9).
    CertificateNeeded,
}

impl From<ConnectError> for ExchangeFailure {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

impl From<ExchangeError> for ExchangeFailure {
    fn from(error: ExchangeError) -> Self {
        Self::Exchange(error)
    }
}

impl From<io::Error> for ExchangeFailure {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

/// What the loss of a stream means when the server has asked for a certificate of the client, and there is none: with TLS 1.3 it
/// refuses only after the client's last word (RFC 8446 section 4.4.2.4), and the refusal may be lost with the stream.
pub(super) fn of_certificate(stream: &Stream, failure: ExchangeFailure) -> ExchangeFailure {
    match failure {
        ExchangeFailure::Lost(error)
            if stream.tls().is_some_and(|tls| tls.connecting().is_certificate_refused(&error)) =>
        {
            let tls = stream.tls().expect("it has refused");
            ExchangeFailure::Secure(tls.connecting().failure(error))
        }
        ExchangeFailure::Lost(_) if stream.tls().is_some_and(|tls| tls.connecting().is_asked_in_vain()) => {
            ExchangeFailure::CertificateNeeded
        }
        failure => failure,
    }
}
