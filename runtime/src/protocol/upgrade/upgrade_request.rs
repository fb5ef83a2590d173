//! Reads the request that a server gets from a stream of bytes, and makes the response.

use httparse::{EMPTY_HEADER, Status};

use super::accept::{RequestError, accept};
use super::answer::Answer;
use crate::protocol::http::{Gathered, HeadError, Headers, MAX_HEAD, MAX_HEADERS, headers};

/// The only method of a handshake; anything else is refused at the first byte that differs.
const START: &[u8] = b"GET ";

/// The empty line that may come before a request (RFC 9112 section 2.2).
const EMPTY_LINE: &[u8] = b"\r\n";

/// A client's request to upgrade. The server has not agreed to it yet.
///
/// ```
/// use winws::protocol::upgrade::UpgradeRequestReader;
///
/// let mut reader = UpgradeRequestReader::new();
/// let bytes = b"GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
///     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
/// assert_eq!(reader.receive_bytes(bytes)?, bytes.len());
/// let request = reader.poll_request().expect("the head is complete");
/// assert_eq!(request.target(), "/chat");
/// let response = request.accept(None, &[])?;
/// assert!(response.starts_with(b"HTTP/1.1 101 "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpgradeRequest {
    target: String,
    /// The 1 of HTTP/1.1.
    minor_version: u8,
    headers: Headers,
}

impl UpgradeRequest {
    /// Path and query, as the client wrote them.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The headers.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The subprotocols that the client offers, the preferred one first.
    pub fn protocols(&self) -> impl Iterator<Item = &str> {
        self.headers.elements("Sec-WebSocket-Protocol").filter_map(|element| str::from_utf8(element).ok())
    }

    /// The bytes of the response that agrees. `protocol` and `extensions` are the application's choice from the
    /// client's offer.
    ///
    /// # Errors
    ///
    /// [`RequestError`] says what is wrong with the request or with the choice. [`RequestError::response`] has the
    /// bytes of a response that refuses the request.
    pub fn accept(&self, protocol: Option<&str>, extensions: &[&str]) -> Result<Vec<u8>, RequestError> {
        Ok(self.agree(protocol, extensions)?.agreement())
    }

    /// The response that agrees, as a value: the application may still add headers to it, or refuse the request after all.
    ///
    /// # Errors
    ///
    /// The errors of [`accept`](Self::accept).
    pub fn agree(&self, protocol: Option<&str>, extensions: &[&str]) -> Result<Answer, RequestError> {
        if self.minor_version == 0 {
            return Err(RequestError::Method);
        }
        if self.has_body() {
            return Err(RequestError::Body);
        }
        Ok(Answer::new(accept(&self.headers, protocol, extensions)?))
    }

    /// Whether a body comes behind the headers (RFC 9112 section 6.3).
    fn has_body(&self) -> bool {
        self.headers.values("Transfer-Encoding").next().is_some()
            || self.headers.values("Content-Length").any(|length| length != b"0")
    }
}

/// Collects the head of a request from pieces of any size.
///
/// After every `receive_bytes` the caller calls [`poll_request`](Self::poll_request).
#[derive(Clone, Debug)]
pub struct UpgradeRequestReader {
    /// What is left of an empty line before the request, until that begins.
    empty_line: &'static [u8],
    head: Gathered,
    request: Option<UpgradeRequest>,
}

impl Default for UpgradeRequestReader {
    fn default() -> Self {
        Self::new()
    }
}

impl UpgradeRequestReader {
    /// A reader at the start of a request, whose head may have [`MAX_HEAD`] bytes.
    pub const fn new() -> Self {
        Self::with_limit(MAX_HEAD)
    }

    /// A reader at the start of a request, whose head may have so many bytes. The number of headers has a limit of its own,
    /// 128.
    pub const fn with_limit(limit: usize) -> Self {
        Self { empty_line: EMPTY_LINE, head: Gathered::new(START, limit), request: None }
    }

    /// Takes bytes from the wire up to the end of the head, and returns how many it took. One empty line may come
    /// before the head.
    ///
    /// The other bytes are the client's first frames.
    ///
    /// # Errors
    ///
    /// The bytes are not a `GET` request of HTTP/1, or the head is too large. The reader cannot be used after an error.
    pub fn receive_bytes(&mut self, bytes: &[u8]) -> Result<usize, HeadError> {
        for (index, &byte) in bytes.iter().enumerate() {
            if self.request.is_some() {
                return Ok(index);
            }
            match self.empty_line {
                [expected, rest @ ..] if *expected == byte => {
                    self.empty_line = rest;
                    continue;
                }
                EMPTY_LINE => self.empty_line = &[],
                // A carriage return alone is no empty line.
                [_, ..] => return Err(HeadError::Malformed),
                [] => {}
            }
            if self.head.push(byte)? {
                self.request = Some(parse(self.head.bytes())?);
            }
        }
        Ok(bytes.len())
    }

    /// The request, once its head is complete.
    pub fn poll_request(&mut self) -> Option<UpgradeRequest> {
        self.request.take()
    }
}

fn parse(head: &[u8]) -> Result<UpgradeRequest, HeadError> {
    let mut list = [EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut list);
    let Status::Complete(_) = request.parse(head)? else {
        return Err(HeadError::Malformed);
    };
    let (Some(target), Some(minor_version)) = (request.path, request.version) else {
        return Err(HeadError::Malformed);
    };
    Ok(UpgradeRequest { target: target.to_owned(), minor_version, headers: headers(request.headers) })
}
