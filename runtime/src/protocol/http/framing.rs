//! Where the body of a response ends, from the response's head and the request's method (RFC 9112 section 6.3).

use core::fmt;

use super::response::Response;

/// How the body of a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    /// The body has so many bytes.
    Length(u64),
    /// The body comes in chunks (RFC 9112 section 7.1).
    Chunked,
    /// The body ends with the stream.
    UntilEnd,
}

/// Why the body of a response cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// `Content-Length` is not a number of 64 bits, or there are several numbers (RFC 9112 section 6.3, item 5).
    Length,
    /// `Transfer-Encoding` names no coding, names `chunked` twice or gives it a parameter (RFC 9112 sections 6.1 and 7.1).
    Coding,
    /// The bytes between the chunks are malformed, or a size has more than 64 bits (RFC 9112 section 7.1).
    Chunk,
    /// The extensions of the chunks, or the trailers, have more bytes than [`MAX_HEAD`](super::MAX_HEAD), or there are more
    /// than 128 trailers.
    TooLarge,
    /// The stream ended before the body did (RFC 9112 section 8).
    Incomplete,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "the response's Content-Length is not one number",
            Self::Coding => "the response's Transfer-Encoding is malformed",
            Self::Chunk => "a chunk of the response's body is malformed",
            Self::TooLarge => "the chunk extensions or the trailers of the response are too large",
            Self::Incomplete => "the connection ended before the response's body did",
        })
    }
}

impl core::error::Error for BodyError {}

impl Framing {
    /// How the body of this response to a request with this method ends.
    ///
    /// There is no body after HEAD, with a status of 1xx, 204 or 304, and after CONNECT with 2xx. `Transfer-Encoding` comes
    /// before `Content-Length`. A coding other than `chunked` is not undone: its bytes are the payload.
    ///
    /// # Errors
    ///
    /// [`BodyError::Length`] and [`BodyError::Coding`]. The connection cannot be used any more.
    pub fn of_response(response: &Response, request_method: &str) -> Result<Self, BodyError> {
        match (request_method, response.status()) {
            ("HEAD", _) | (_, ..=199 | 204 | 304) | ("CONNECT", 200..=299) => Ok(Self::None),
            _ if response.headers("Transfer-Encoding").next().is_some() => of_codings(response),
            _ => of_length(response),
        }
    }
}

fn of_codings(response: &Response) -> Result<Framing, BodyError> {
    let (mut last, mut chunked) = (None, 0);
    for coding in response.all().elements("Transfer-Encoding") {
        let name = coding.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        let is_chunked = name.eq_ignore_ascii_case(b"chunked");
        if is_chunked && name.len() != coding.len() {
            return Err(BodyError::Coding);
        }
        chunked += usize::from(is_chunked);
        last = Some(is_chunked);
    }
    match (last, chunked) {
        (None, _) | (_, 2..) => Err(BodyError::Coding),
        (Some(true), _) => Ok(Framing::Chunked),
        (Some(false), _) => Ok(Framing::UntilEnd),
    }
}

/// Lengths that are repeated are one (RFC 9112 section 6.3, item 5).
fn of_length(response: &Response) -> Result<Framing, BodyError> {
    if response.headers("Content-Length").next().is_none() {
        return Ok(Framing::UntilEnd);
    }
    let mut lengths = response.all().elements("Content-Length").map(number);
    let length = lengths.next().flatten().ok_or(BodyError::Length)?;
    if lengths.all(|other| other == Some(length)) { Ok(Framing::Length(length)) } else { Err(BodyError::Length) }
}

/// The standard parser also takes a sign.
fn number(digits: &[u8]) -> Option<u64> {
    let text = str::from_utf8(digits).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
