//! The response of the opening handshake: its head out of a stream of bytes, and the check of RFC 6455 section 4.1.

use core::fmt;

use httparse::{EMPTY_HEADER, Status};
use tungstenite::handshake::derive_accept_key;

use super::Request;

/// How long the heads of a response may be together, in bytes.
pub const MAX_HEAD: usize = 64 * 1024;

/// How many headers a response may have.
const MAX_HEADERS: usize = 128;

/// What every response starts with; anything else is refused at the first byte that differs.
const START: &[u8] = b"HTTP/1.";

/// Why the bytes are not a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseError {
    /// Not HTTP/1.
    Malformed,
    /// More than [`MAX_HEAD`] bytes or 128 headers.
    TooLarge,
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the server's response is not HTTP/1",
            Self::TooLarge => "the head of the server's response is too large",
        })
    }
}

impl core::error::Error for ResponseError {}

/// Why a response is not the agreement to a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeError {
    /// A status other than 101: an ordinary answer, which the application may look at (b1.2.6).
    Refused,
    /// A 101 of HTTP/1.0.
    Version,
    /// `Upgrade: websocket` is missing (b1.2.14).
    Upgrade,
    /// `Connection: Upgrade` is missing (b1.2.14).
    Connection,
    /// `Sec-WebSocket-Accept` is missing, repeated, or does not belong to the key (b1.2.13).
    Accept,
    /// An extension, while none was asked for (b1.2.16).
    Extension,
    /// A subprotocol that was not asked for, or several (b1.2.16).
    Protocol,
}

impl fmt::Display for UpgradeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the server refused the upgrade",
            Self::Version => "the server answered with HTTP/1.0",
            Self::Upgrade => "the response has no Upgrade: websocket",
            Self::Connection => "the response has no Connection: Upgrade",
            Self::Accept => "the response has no Sec-WebSocket-Accept that belongs to the key",
            Self::Extension => "the response has an extension that was not asked for",
            Self::Protocol => "the response has a subprotocol that was not asked for",
        })
    }
}

impl core::error::Error for UpgradeError {}

/// The head of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    status: u16,
    /// The 1 of HTTP/1.1.
    minor_version: u8,
    /// Names in the case they came in. Values are bytes: HTTP allows what is not UTF-8.
    headers: Vec<(String, Vec<u8>)>,
}

impl Response {
    /// The status code.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The values of all headers of this name, in whichever case, in order.
    pub fn headers<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r [u8]> {
        self.headers
            .iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_ascii())
    }

    /// Whether this is the agreement to `request`, and if so, the subprotocol it chose.
    ///
    /// A server may choose none although some were asked for (b1.2.17).
    pub fn check_upgrade(&self, request: &Request) -> Result<Option<String>, UpgradeError> {
        if self.status != 101 {
            return Err(UpgradeError::Refused);
        }
        if self.minor_version == 0 {
            return Err(UpgradeError::Version);
        }
        if !self.has_token("Upgrade", "websocket") {
            return Err(UpgradeError::Upgrade);
        }
        if !self.has_token("Connection", "upgrade") {
            return Err(UpgradeError::Connection);
        }
        let accept = derive_accept_key(request.key().as_bytes());
        let mut accepts = self.headers("Sec-WebSocket-Accept");
        if accepts.next() != Some(accept.as_bytes()) || accepts.next().is_some() {
            return Err(UpgradeError::Accept);
        }
        if self.headers("Sec-WebSocket-Extensions").any(|value| !value.is_empty()) {
            return Err(UpgradeError::Extension);
        }
        let mut protocols = self.headers("Sec-WebSocket-Protocol");
        let Some(chosen) = protocols.next() else {
            return Ok(None);
        };
        if protocols.next().is_some() {
            return Err(UpgradeError::Protocol);
        }
        let asked = request.protocols().find(|protocol| protocol.as_bytes() == chosen);
        asked.map(|protocol| Some(protocol.to_owned())).ok_or(UpgradeError::Protocol)
    }

    fn has_token(&self, name: &str, token: &str) -> bool {
        let mut tokens = self.headers(name).flat_map(|value| value.split(|&byte| byte == b','));
        tokens.any(|value| value.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    }
}

/// Gathers the head of a response, however it is cut. Interim responses (1xx other than 101) are passed over.
///
/// After every `receive_bytes` the caller asks [`poll_response`](Self::poll_response).
#[derive(Clone, Debug, Default)]
pub struct ResponseReader {
    head: Vec<u8>,
    /// Bytes of interim responses that were dropped; they count against [`MAX_HEAD`].
    dropped: usize,
    /// Whether the line under way has bytes other than a carriage return.
    in_line: bool,
    response: Option<Response>,
}

impl ResponseReader {
    /// A reader at the start of a response.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes from the wire up to the end of the head, and says how many it took.
    ///
    /// The rest is not the response's. After an error the reader is of no use any more.
    pub fn receive_bytes(&mut self, bytes: &[u8]) -> Result<usize, ResponseError> {
        for (index, &byte) in bytes.iter().enumerate() {
            if self.response.is_some() {
                return Ok(index);
            }
            if self.dropped + self.head.len() == MAX_HEAD {
                return Err(ResponseError::TooLarge);
            }
            if START.get(self.head.len()).is_some_and(|&expected| expected != byte) {
                return Err(ResponseError::Malformed);
            }
            self.head.push(byte);
            match byte {
                b'\n' if self.in_line => self.in_line = false,
                b'\n' => self.end_head()?,
                b'\r' => {}
                _ => self.in_line = true,
            }
        }
        Ok(bytes.len())
    }

    /// The response, once its head is complete.
    pub fn poll_response(&mut self) -> Option<Response> {
        self.response.take()
    }

    fn end_head(&mut self) -> Result<(), ResponseError> {
        let response = parse(&self.head)?;
        self.dropped += self.head.len();
        self.head.clear();
        if response.status >= 200 || response.status == 101 {
            self.response = Some(response);
        }
        Ok(())
    }
}

fn parse(head: &[u8]) -> Result<Response, ResponseError> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(head) {
        Ok(Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(ResponseError::TooLarge),
        Ok(Status::Partial) | Err(_) => return Err(ResponseError::Malformed),
    }
    let (Some(status @ 100..=999), Some(minor_version)) = (response.code, response.version) else {
        return Err(ResponseError::Malformed);
    };
    let headers = response.headers.iter().map(|header| (header.name.to_owned(), header.value.to_owned())).collect();
    Ok(Response { status, minor_version, headers })
}
