//! The same handshake over a stream that is no TCP socket.

use std::io::{self, ErrorKind, Read, Write};

use super::{AcceptError, AcceptOptions, answer, deadline_of};
use crate::net::Waited;
use crate::net::answering::{AnsweringError, receive_request};
use crate::protocol::upgrade::{Answer, REQUEST_TIMEOUT, UpgradeRequest, UpgradeRequestReader};
use crate::websocket::{Config, StreamSocket};

/// The size of the socket's receive buffer, in bytes.
const RECEIVE_BUFFER: usize = 16 * 1024;

/// Accepts a WebSocket as [`accept_with`](super::accept_with) does, over any stream that blocks: one of TLS, for example.
///
/// The [timeout](AcceptOptions::timeout) of the options is looked at between two reads, because only the stream itself can end
/// a read. Give the stream a timeout of its own: a read that fails with `WouldBlock` or `TimedOut` is a request that did not
/// come in time. A refused client is not waited for; the stream is dropped after the response. The callback can see which
/// subprotocol was [chosen](Answer::subprotocol).
///
/// ```
/// use std::os::unix::net::UnixStream;
///
/// use winws::AcceptOptions;
/// use winws::protocol::CloseFrame;
///
/// # use std::io::{Read as _, Write as _};
/// # let (stream, mut client) = UnixStream::pair()?;
/// # client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")?;
/// # client.write_all(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x82\0\0\0\0hi\x88\x80\0\0\0\0")?;
/// // let (stream, _) = std::os::unix::net::UnixListener::bind("/run/chat")?.accept()?;
/// let options = AcceptOptions::default();
/// let mut socket = winws::accept_over(stream, &options, |_, _| {})?;
/// let mut message = Vec::new();
/// while let Some(kind) = socket.receive_message(&mut message)? {
///     socket.send(kind, &message)?;
/// }
/// socket.close(CloseFrame::EMPTY)?;
/// # drop(socket);
/// # let mut received = Vec::new();
/// # client.read_to_end(&mut received)?;
/// # assert!(received.ends_with(b"\r\n\r\n\x81\x02hi\x88\0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The errors of [`accept_with`](super::accept_with), but [`AcceptError::Stream`].
pub fn accept_over<S: Read + Write>(
    mut stream: S,
    options: &AcceptOptions<'_>,
    decide: impl FnOnce(&UpgradeRequest, &mut Answer),
) -> Result<StreamSocket<S>, AcceptError> {
    let reader = UpgradeRequestReader::with_limit(options.head_limit);
    let received = receive_request(reader, deadline_of(options), |buffer| read(&mut stream, buffer));
    let (request, read_ahead) = received.map_err(|error| {
        match &error {
            AnsweringError::BadHead(error) => refuse(&mut stream, error.response()),
            AnsweringError::TimedOut => refuse(&mut stream, REQUEST_TIMEOUT),
            AnsweringError::Failed(_) | AnsweringError::Closed { .. } => {}
        }
        AcceptError::of_request(error, options.head_limit)
    })?;
    let (response, agreed) = answer(&request, options, decide);
    agreed.inspect_err(|_| refuse(&mut stream, &response))?;
    stream.write_all(&response).and_then(|()| stream.flush()).map_err(AcceptError::Write)?;
    let config = Config::server().with_receive_buffer(RECEIVE_BUFFER).expect("it is more than the least");
    Ok(StreamSocket::new(config, stream, read_ahead))
}

/// One read, in the words of a stream whose reads have a deadline.
fn read(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<Waited> {
    loop {
        return match stream.read(buffer) {
            Ok(0) => Ok(Waited::End),
            Ok(length) => Ok(Waited::Bytes(length)),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(Waited::TimedOut),
            Err(error) => Err(error),
        };
    }
}

/// Sends a response that refuses. The caller is told of the refusal, whether the client stays to read it or not.
fn refuse(stream: &mut impl Write, response: &[u8]) {
    stream.write_all(response).and_then(|()| stream.flush()).ok();
}
