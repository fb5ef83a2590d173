//! Collects the head of a request or a response from a stream of bytes, in pieces of any size.

use core::fmt;

use httparse::Header;

use super::headers::Headers;

/// The longest head of a request where nothing else was asked for, or the longest heads of a response together, in bytes.
pub const MAX_HEAD: usize = 64 * 1024;

/// The largest number of headers in a head.
pub(in crate::protocol) const MAX_HEADERS: usize = 128;

/// Why bytes are not the head of a request or a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadError {
    /// The bytes are not HTTP/1.
    Malformed,
    /// The head has more bytes than the limit, which is [`MAX_HEAD`] where nothing else was asked for.
    TooLarge,
    /// The head has more than 128 headers.
    TooManyHeaders,
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the peer does not speak HTTP/1",
            Self::TooLarge => "the head of the peer's HTTP message is too large",
            Self::TooManyHeaders => "the head of the peer's HTTP message has too many headers",
        })
    }
}

impl core::error::Error for HeadError {}

impl From<httparse::Error> for HeadError {
    fn from(error: httparse::Error) -> Self {
        match error {
            httparse::Error::TooManyHeaders => Self::TooManyHeaders,
            _ => Self::Malformed,
        }
    }
}

/// The bytes of a head that have come.
#[derive(Clone, Debug)]
pub(in crate::protocol) struct Gathered {
    /// What it starts with; anything else is refused at the first byte that differs.
    start: &'static [u8],
    /// How many bytes there may be.
    limit: usize,
    bytes: Vec<u8>,
    /// Bytes that were dropped; they count against the limit.
    dropped: usize,
    /// Whether the line under way has bytes other than a carriage return.
    in_line: bool,
}

impl Gathered {
    pub(in crate::protocol) const fn new(start: &'static [u8], limit: usize) -> Self {
        Self { start, limit, bytes: Vec::new(), dropped: 0, in_line: false }
    }

    /// Takes the next byte, and says whether the head ends with it.
    pub(in crate::protocol) fn push(&mut self, byte: u8) -> Result<bool, HeadError> {
        if self.dropped + self.bytes.len() >= self.limit {
            return Err(HeadError::TooLarge);
        }
        if self.start.get(self.bytes.len()).is_some_and(|&expected| expected != byte) {
            return Err(HeadError::Malformed);
        }
        self.bytes.push(byte);
        match byte {
            b'\n' if self.in_line => self.in_line = false,
            b'\n' => return Ok(true),
            b'\r' => {}
            _ => self.in_line = true,
        }
        Ok(false)
    }

    pub(in crate::protocol) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Starts again.
    pub(in crate::protocol) fn drop_bytes(&mut self) {
        self.dropped += self.bytes.len();
        self.bytes.clear();
    }
}

pub(in crate::protocol) fn headers(parsed: &[Header<'_>]) -> Headers {
    parsed.iter().map(|header| (header.name, unfold(header.value))).collect()
}

/// Makes each line end of a text, with the blanks around it, one blank (RFC 9112 section 5.2).
pub(super) fn unfold(text: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(&b' ')
}
