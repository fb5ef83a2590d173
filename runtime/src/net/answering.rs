//! The opening handshake of a server over a stream: a request in, a response out, each by a deadline.

use std::io;
use std::time::{Duration, Instant};

use super::{Stream, Waited};
use crate::protocol::http::{HeadError, READ_AHEAD};
use crate::protocol::upgrade::{UpgradeRequest, UpgradeRequestReader};

/// How long a client that was refused may take to end the stream.
const LINGER: Duration = Duration::from_secs(1);

/// How much is read from it meanwhile, in bytes.
const MAX_LINGER: usize = 1024 * 1024;

/// Why there is no request.
#[derive(Debug)]
pub(crate) enum AnsweringError {
    /// The stream could not be used.
    Failed(io::Error),
    /// The client ended the stream after so many bytes of its request.
    Closed {
        received: usize,
    },
    TimedOut,
    /// What came is not the head of a request.
    BadHead(HeadError),
}

impl From<io::Error> for AnsweringError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Takes the head of a request from `read`, and hands over the bytes that came after it, which are frames: at most
/// [`READ_AHEAD`].
pub(crate) fn receive_request(
    mut reader: UpgradeRequestReader,
    deadline: Option<Instant>,
    mut read: impl FnMut(&mut [u8]) -> io::Result<Waited>,
) -> Result<(UpgradeRequest, Vec<u8>), AnsweringError> {
    let (mut received, mut buffer) = (0, [0; READ_AHEAD]);
    loop {
        // The deadline is for the whole head: a read after it takes what is there, and a client that always has something
        // there would hold the thread for ever.
        if received > 0 && deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(AnsweringError::TimedOut);
        }
        let length = match read(&mut buffer)? {
            Waited::Bytes(length) => length,
            Waited::End | Waited::Woken => return Err(AnsweringError::Closed { received }),
            Waited::TimedOut => return Err(AnsweringError::TimedOut),
        };
        received += length;
        let bytes = &buffer[..length];
        let taken = reader.receive_bytes(bytes).map_err(AnsweringError::BadHead)?;
        if let Some(request) = reader.poll_request() {
            return Ok((request, bytes[taken..].to_owned()));
        }
    }
}

/// Writes a response. After the deadline it fails with `TimedOut`.
pub(crate) fn send_response(stream: &Stream, response: &[u8], deadline: Option<Instant>) -> io::Result<()> {
    if stream.write_all(response, || deadline)? { Ok(()) } else { Err(io::ErrorKind::TimedOut.into()) }
}

/// Writes a response that nothing comes after, and waits a little for the client to have read it.
///
/// A socket that is closed with bytes unread resets the connection, and the response may be lost with it (RFC 9112 section
/// 9.6). So what the client still sends is read and dropped: up to a megabyte, and for a second.
pub(crate) fn send_last_response(stream: &Stream, response: &[u8]) -> io::Result<()> {
    let until = Instant::now() + LINGER;
    send_response(stream, response, Some(until))?;
    stream.shutdown_write();
    let (mut dropped, mut buffer) = (0, [0; READ_AHEAD]);
    while dropped < MAX_LINGER && Instant::now() < until {
        match stream.read(&mut buffer, Some(until), None)? {
            Waited::Bytes(length) => dropped += length,
            Waited::End | Waited::Woken | Waited::TimedOut => break,
        }
    }
    Ok(())
}
