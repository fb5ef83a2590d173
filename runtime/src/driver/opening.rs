//! The opening handshake over a transport: a request out, a response in, each by a deadline.

use std::time::Instant;

use super::wait::{Interest, Woken, wait};
use crate::protocol::http::{Response, ResponseReader};
use crate::transport::{Lost, Transport};

/// How much is read at once, so that no more than this is read ahead of the first frame.
pub(crate) const READ_AHEAD: usize = 4096;

/// Why a handshake did not come to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpeningError {
    /// The stream ended, or could not be written to.
    Lost,
    /// What came is not a response, or too large a one.
    BadResponse,
    TimedOut,
}

impl From<Lost> for OpeningError {
    fn from(Lost: Lost) -> Self {
        Self::Lost
    }
}

/// Writes a request.
pub(crate) fn send_request(transport: &Transport, request: &[u8], deadline: Instant) -> Result<(), OpeningError> {
    let mut rest = request;
    while !rest.is_empty() {
        match transport.try_write(rest)? {
            Some(written) => rest = &rest[written..],
            None => wait_until(transport, Interest::Write, deadline)?,
        }
    }
    Ok(())
}

/// Reads the head of a response, and hands over the bytes that came after it (b1.2.19): at most [`READ_AHEAD`].
pub(crate) fn receive_response(transport: &Transport, deadline: Instant) -> Result<(Response, Vec<u8>), OpeningError> {
    let (mut reader, mut buffer) = (ResponseReader::new(), [0; READ_AHEAD]);
    loop {
        let Some(length) = transport.try_read(&mut buffer)? else {
            wait_until(transport, Interest::Read, deadline)?;
            continue;
        };
        let bytes = &buffer[..length];
        let taken = reader.receive_bytes(bytes).map_err(|_| OpeningError::BadResponse)?;
        if let Some(response) = reader.poll_response() {
            return Ok((response, bytes[taken..].to_owned()));
        }
    }
}

fn wait_until(transport: &Transport, interest: Interest, deadline: Instant) -> Result<(), OpeningError> {
    match wait(transport, interest, None, Some(deadline))? {
        Woken::Ready => Ok(()),
        Woken::TimedOut => Err(OpeningError::TimedOut),
    }
}
