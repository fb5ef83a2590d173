//! The opening handshake of a client over a stream: a request out, a response in, each by a deadline.

use std::io;
use std::time::Instant;

use crate::net::{Interest, Readiness, Stream, Waited};
use crate::protocol::http::{Response, ResponseReader};

/// How much of a head is read at once, so that no more than this is read ahead of the first frame, in bytes.
pub(super) const READ_AHEAD: usize = 4096;

/// Why a handshake did not come to an answer.
#[derive(Debug)]
pub(crate) enum OpeningError {
    /// The stream ended, or could not be used.
    Lost(Option<io::Error>),
    /// What came is not a response, or too large a one.
    BadResponse,
    TimedOut,
}

impl From<io::Error> for OpeningError {
    fn from(error: io::Error) -> Self {
        Self::Lost(Some(error))
    }
}

/// Writes a request.
pub(crate) fn send_request(stream: &Stream, request: &[u8], deadline: Instant) -> Result<(), OpeningError> {
    if write_all(stream, request, Some(deadline))? { Ok(()) } else { Err(OpeningError::TimedOut) }
}

/// Writes bytes, and says whether that was done by the deadline.
pub(super) fn write_all(stream: &Stream, bytes: &[u8], deadline: Option<Instant>) -> io::Result<bool> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match stream.try_write(rest)? {
            Some(written) => rest = &rest[written..],
            None => match stream.wait(Interest::Write, deadline, None)? {
                Readiness::TimedOut => return Ok(false),
                Readiness::Ready | Readiness::Woken => {}
            },
        }
    }
    Ok(true)
}

/// Reads the head of a response, and hands over the bytes that came after it (b1.2.19): at most [`READ_AHEAD`].
pub(crate) fn receive_response(stream: &Stream, deadline: Instant) -> Result<(Response, Vec<u8>), OpeningError> {
    let (mut reader, mut buffer) = (ResponseReader::new(), [0; READ_AHEAD]);
    loop {
        let length = match stream.read(&mut buffer, Some(deadline), None)? {
            Waited::Bytes(length) => length,
            Waited::End | Waited::Woken => return Err(OpeningError::Lost(None)),
            Waited::TimedOut => return Err(OpeningError::TimedOut),
        };
        let bytes = &buffer[..length];
        let taken = reader.receive_bytes(bytes).map_err(|_| OpeningError::BadResponse)?;
        if let Some(response) = reader.poll_response() {
            return Ok((response, bytes[taken..].to_owned()));
        }
    }
}
