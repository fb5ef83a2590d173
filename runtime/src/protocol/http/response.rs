//! Reads the head of a response from a stream of bytes.

use httparse::{EMPTY_HEADER, Status};

use super::head::{Gathered, HeadError, MAX_HEAD, MAX_HEADERS, headers};
use super::headers::Headers;

/// What every response starts with; anything else is refused at the first byte that differs.
const START: &[u8] = b"HTTP/1.";

/// The head of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    status: u16,
    /// The 1 of HTTP/1.1.
    minor_version: u8,
    headers: Headers,
}

impl Response {
    /// The status code.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Whether it is of HTTP/1.0, whose servers know no upgrades.
    pub(in crate::protocol) const fn is_old(&self) -> bool {
        self.minor_version == 0
    }

    /// All headers.
    pub const fn all(&self) -> &Headers {
        &self.headers
    }

    /// The values of all headers of this name, in order. Upper and lower case do not matter in the name.
    pub fn headers<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r [u8]> {
        self.headers.values(name)
    }
}

/// Collects the head of a response from pieces of any size. It skips interim responses (1xx other than 101).
///
/// After every `receive_bytes` the caller calls [`poll_response`](Self::poll_response).
#[derive(Clone, Debug)]
pub struct ResponseReader {
    head: Gathered,
    response: Option<Response>,
}

impl Default for ResponseReader {
    fn default() -> Self {
        Self::new()
    }
}

impl ResponseReader {
    /// A reader at the start of a response.
    pub const fn new() -> Self {
        Self { head: Gathered::new(START, MAX_HEAD), response: None }
    }

    /// Takes bytes from the wire up to the end of the head, and returns how many it took.
    ///
    /// The other bytes do not belong to the response.
    ///
    /// # Errors
    ///
    /// The bytes are not a response of HTTP/1, or the head is too large. The reader cannot be used after an error.
    pub fn receive_bytes(&mut self, bytes: &[u8]) -> Result<usize, HeadError> {
        for (index, &byte) in bytes.iter().enumerate() {
            if self.response.is_some() {
                return Ok(index);
            }
            if self.head.push(byte)? {
                self.end_head()?;
            }
        }
        Ok(bytes.len())
    }

    /// The response, once its head is complete.
    pub fn poll_response(&mut self) -> Option<Response> {
        self.response.take()
    }

    fn end_head(&mut self) -> Result<(), HeadError> {
        let response = parse(self.head.bytes())?;
        // An interim response counts against the limit all the same.
        self.head.drop_bytes();
        if response.status >= 200 || response.status == 101 {
            self.response = Some(response);
        }
        Ok(())
    }
}

fn parse(head: &[u8]) -> Result<Response, HeadError> {
    let mut list = [EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut list);
    let Status::Complete(_) = response.parse(head)? else {
        return Err(HeadError::Malformed);
    };
    let (Some(status @ 100..=999), Some(minor_version)) = (response.code, response.version) else {
        return Err(HeadError::Malformed);
    };
    Ok(Response { status, minor_version, headers: headers(response.headers) })
}
