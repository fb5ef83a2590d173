//! What an exchange heeds, what it wants next, and why it fails.

use core::fmt;

use super::{Origin, Redirects};
use crate::protocol::http::{BodyError, HeadError};
use crate::protocol::upgrade::UpgradeError;

/// How much of a body may wait in the exchange until the program reads it, in bytes. A driver reads no more than this at once.
pub const READ_AHEAD: usize = 8 * 1024;

/// What an exchange heeds, from the options of a request.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Whether a challenge is answered.
    pub answers_challenges: bool,
    /// Which redirects are followed.
    pub redirects: Redirects,
    /// How many redirects in a row are followed.
    pub max_redirects: u32,
    /// How many responses with a status of 1xx may come before the final one.
    pub max_interim: u32,
    /// How large the heads of the responses may be, all of one connection together, in bytes.
    pub max_head: usize,
}

/// What a driver has to do next.
#[derive(Debug)]
pub enum Step<'e> {
    /// Connect to this origin, or to a proxy for it, then call [`connected`](super::Exchange::connected).
    Connect(&'e Origin),
    /// Begin TLS with this origin over the stream, then call [`secured`](super::Exchange::secured). These bytes of it have already
    /// come.
    Secure(&'e Origin, &'e [u8]),
    /// Call [`receive_ahead`](super::Exchange::receive_ahead): bytes have come before they were waited for.
    ReceiveAhead,
    /// Write these bytes. [`sent`](super::Exchange::sent) says how many of them were.
    Send(&'e [u8]),
    /// Read at most [`READ_AHEAD`] bytes, and give them to [`received`](super::Exchange::received); at the end of the stream call
    /// [`ended`](super::Exchange::ended).
    Receive,
    /// Nothing, until the program asks for more: what it gave has been sent, or the response is there.
    Rest,
}

/// Why an exchange cannot go on. It has failed for good, but a new one can [`begin`](super::Exchange::begin).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeError {
    /// The head of the response is malformed or too large.
    Head(HeadError),
    /// The body's framing is malformed, or the stream ended inside of the body.
    Body(BodyError),
    /// A 101 does not agree to what was asked for.
    Upgrade(UpgradeError),
    /// More responses with a status of 1xx came than [`Rules::max_interim`].
    TooManyInterim,
    /// More redirects than [`Rules::max_redirects`].
    TooManyRedirects,
    /// The address of a redirect is no URL, or none that can be asked.
    Location,
    /// The scheme of a redirect is neither that of HTTP nor that of WebSockets.
    Scheme,
    /// A redirect or a challenge wants the body again, and the program has given it away in pieces.
    Resend,
    /// The stream ended before the head of a final response.
    Ended,
    /// The proxy opens no way to the server, but answers with this status.
    Tunnel(u16),
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(error) => error.fmt(f),
            Self::Body(error) => error.fmt(f),
            Self::Upgrade(error) => error.fmt(f),
            Self::TooManyInterim => f.write_str("the server sent too many responses with a status of 1xx"),
            Self::TooManyRedirects => f.write_str("the server sent too many redirects"),
            Self::Location => f.write_str("the server redirected to an address that cannot be asked"),
            Self::Scheme => f.write_str("the server redirected to an address with another scheme"),
            Self::Resend => f.write_str("the server needs the body of the request again"),
            Self::Ended => f.write_str("the connection ended before the response"),
            Self::Tunnel(status) => write!(f, "the proxy refused to connect to the server with status {status}"),
        }
    }
}

impl core::error::Error for ExchangeError {}

/// The call does not fit the state of the exchange. It has changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotNow;

/// How much body a request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many bytes, which the head announces.
    Known(u64),
    /// The program frames the body itself, and says so in its own headers.
    Own,
}
