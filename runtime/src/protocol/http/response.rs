//! Reads the head of a response from a stream of bytes.

use httparse::{EMPTY_HEADER, ParserConfig, Status};

use super::head::{Gathered, HeadError, MAX_HEAD, MAX_HEADERS, headers, unfold};
use super::headers::Headers;

/// What every response starts with; anything else is refused at the first byte that differs.
const START: &[u8] = b"HTTP/1.";

/// Where the status text begins, with the blank before it.
const STATUS_TEXT: usize = "HTTP/1.1 200".len();

/// The head of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    status: u16,
    /// The 1 of HTTP/1.1.
    minor_version: u8,
    headers: Headers,
    /// The bytes as they came, with the empty line at the end.
    head: Vec<u8>,
}

impl Response {
    /// The status code.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The text behind the status code, which may be empty or beyond ASCII (RFC 9112 section 4).
    pub fn status_text(&self) -> &[u8] {
        let line = self.head.split(|&byte| byte == b'\n').next().unwrap_or_default();
        line.get(STATUS_TEXT..).unwrap_or_default().trim_ascii()
    }

    /// The 1 of HTTP/1.1, or 0.
    pub const fn minor_version(&self) -> u8 {
        self.minor_version
    }

    /// The head as it came, with the empty line at its end.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The lines of the head without their ends: the status line, then one line for each header. A fold is one blank
    /// (RFC 9112 section 5.2).
    pub fn lines(&self) -> Vec<Vec<u8>> {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        for line in self.head.split_inclusive(|&byte| byte == b'\n') {
            match (line, lines.last_mut()) {
                ([b' ' | b'\t', ..], Some(folded)) => folded.extend_from_slice(line),
                _ => lines.push(line.to_owned()),
            }
        }
        // The last line ends the head.
        lines.pop();
        lines.into_iter().map(|line| unfold(&line)).collect()
    }

    /// Whether the connection may be used for another request after the body (RFC 9112 section 9.3).
    ///
    /// If there are two statements about the body's length, or one that HTTP/1.0 has no word for, something between here and
    /// the server may have read the body otherwise. The connection is then not used again (RFC 9112 sections 6.1 and 6.3).
    pub fn keeps_connection(&self) -> bool {
        let has = |name| self.headers.values(name).next().is_some();
        let is_faulty = has("Transfer-Encoding") && (self.is_old() || has("Content-Length"));
        let is_kept = !self.is_old() || self.headers.has_token("Connection", "keep-alive");
        is_kept && !is_faulty && !self.headers.has_token("Connection", "close")
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
    interim: Vec<u16>,
}

impl Default for ResponseReader {
    fn default() -> Self {
        Self::new()
    }
}

impl ResponseReader {
    /// A reader at the start of a response.
    pub const fn new() -> Self {
        Self::with_limit(MAX_HEAD)
    }

    /// A reader that fails when the heads of the response and of all interim responses have more bytes than `limit`.
    pub const fn with_limit(limit: usize) -> Self {
        Self { head: Gathered::new(START, limit), response: None, interim: Vec::new() }
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

    /// The status codes of the interim responses that were skipped so far, in order (b1.8.16). The limit on the bytes of all
    /// heads bounds their number.
    pub fn interim(&self) -> &[u16] {
        &self.interim
    }

    fn end_head(&mut self) -> Result<(), HeadError> {
        let response = parse(self.head.bytes())?;
        // An interim response counts against the limit all the same.
        self.head.drop_bytes();
        if response.status >= 200 || response.status == 101 {
            self.response = Some(response);
        } else {
            self.interim.push(response.status);
        }
        Ok(())
    }
}

fn parse(head: &[u8]) -> Result<Response, HeadError> {
    let mut list = [EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut list);
    // RFC 9112 section 5.2: a fold is a blank in a response, and a fault in a request (b1.8.15).
    let mut config = ParserConfig::default();
    config.allow_obsolete_multiline_headers_in_responses(true);
    let Status::Complete(_) = config.parse_response(&mut response, head)? else {
        return Err(HeadError::Malformed);
    };
    let (Some(status @ 100..=999), Some(minor_version)) = (response.code, response.version) else {
        return Err(HeadError::Malformed);
    };
    Ok(Response { status, minor_version, headers: headers(response.headers), head: head.to_owned() })
}
