//! A connection over any stream that blocks. The actions are carried out here, one after the other.

mod error;

use std::io::{ErrorKind, Read, Write};

use super::{Action, Config, Connection, Received, SendError};
use crate::protocol::{CloseFrame, Fault, MessageKind};

pub use self::error::StreamError;

/// How long a message may be where nothing else was asked for, in bytes.
const MESSAGE_LIMIT: usize = 64 << 20;

/// The close code for a message that is too big (RFC 6455 section 7.4.1).
const TOO_BIG: u16 = 1009;

/// A WebSocket over a stream of bytes that blocks: one of TLS, a Unix socket, a pipe.
///
/// Make it after the handshake, or by [`accept_over`](crate::accept_over). One thread at a time uses it: pings are answered
/// while a method receives, and nothing is received while it sends. So two ends that send much at once and read only
/// afterwards wait for each other for ever. Over TCP, [`WebSocket`](crate::WebSocket) has no such limits, and
/// [`Connection::split`] has none for a stream whose two directions are apart.
///
/// The methods block as long as the stream does. If the stream gives up with `WouldBlock` or `TimedOut`, nothing is lost: the
/// next call goes on with what was under way.
///
/// ```
/// use std::os::unix::net::UnixStream;
///
/// use winws::protocol::{CloseFrame, MessageKind};
/// use winws::websocket::{Config, StreamSocket};
///
/// let (one, other) = UnixStream::pair()?;
/// let server = std::thread::spawn(move || {
///     let (mut server, mut message) = (StreamSocket::new(Config::server(), one, Vec::new()), Vec::new());
///     while let Some(kind) = server.receive_message(&mut message)? {
///         server.send(kind, &message)?;
///     }
///     server.close(CloseFrame::EMPTY)
/// });
/// let (mut client, mut message) = (StreamSocket::new(Config::client(), other, Vec::new()), Vec::new());
/// client.send(MessageKind::Text, b"hello")?;
/// assert_eq!(client.receive_message(&mut message)?, Some(MessageKind::Text));
/// assert_eq!(message, b"hello");
/// client.close(CloseFrame::new(1000, b"bye")?)?;
/// server.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct StreamSocket<S> {
    stream: S,
    connection: Connection,
    /// Bytes that came with the handshake, and are frames already.
    read_ahead: Vec<u8>,
    /// Whether bytes were written that the stream may still hold back.
    is_unflushed: bool,
    /// Whether a receive is queued, or its end was not looked at.
    is_receiving: bool,
    /// What has come of a message.
    part: Vec<u8>,
    limit: usize,
    /// The limit that a message was longer than.
    too_long: Option<usize>,
    peer_close: Option<CloseFrame>,
}

/// What a receive ended with.
enum Came {
    Piece {
        kind: MessageKind,
        end_of_message: bool,
    },
    Close,
    Pong,
    /// The stream has ended, or the receive was given up.
    Nothing,
}

impl<S: Read + Write> StreamSocket<S> {
    /// A WebSocket whose handshake is done, with the bytes that were read beyond it.
    pub fn new(config: Config, stream: S, read_ahead: Vec<u8>) -> Self {
        let connection = Connection::new(config);
        let (part, limit) = (Vec::new(), MESSAGE_LIMIT);
        let (is_unflushed, is_receiving) = (false, false);
        Self {
            stream,
            connection,
            read_ahead,
            is_unflushed,
            is_receiving,
            part,
            limit,
            too_long: None,
            peer_close: None,
        }
    }

    /// The stream, for example to set its timeouts. Bytes that are read from it or written to it are missing afterwards.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The peer's close frame, once a method has read it.
    pub const fn peer_close(&self) -> Option<CloseFrame> {
        self.peer_close
    }

    /// How long a message may be for [`receive_message`](Self::receive_message), in bytes: 64 MiB at first.
    pub const fn set_message_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Sends a whole message in one frame, and flushes the stream.
    ///
    /// # Errors
    ///
    /// - [`StreamError::Send`] if a text is not UTF-8, or after our close frame. Nothing was sent.
    /// - [`StreamError::Io`] if the stream fails. After `WouldBlock` or `TimedOut` the message is under way, and the next call
    ///   of any method sends the rest first.
    /// - [`StreamError::Fault`] if the peer broke the protocol before.
    pub fn send(&mut self, kind: MessageKind, message: &[u8]) -> Result<(), StreamError> {
        self.pump(false)?;
        self.connection.send(kind, true, message.to_vec()).map_err(|refused| refused.error())?;
        self.pump(false).map(drop)
    }

    /// Receives a whole message into `message`, in place of what was there: its kind, or `None` for the peer's close.
    ///
    /// A call that fails leaves `message` as it is, and what has come is kept for the next one.
    ///
    /// # Errors
    ///
    /// - [`StreamError::TooLong`] if the message is longer than the [limit](Self::set_message_limit). The peer is told by a
    ///   close frame with 1009, and each later call fails in the same way.
    /// - [`StreamError::Fault`] if the peer breaks the protocol. A close frame tells it so.
    /// - [`StreamError::Io`] if the stream fails; of the kind `UnexpectedEof` if it ends without a close frame.
    /// - [`StreamError::Ended`] after the peer's close, or after one of these that is final.
    pub fn receive_message(&mut self, message: &mut Vec<u8>) -> Result<Option<MessageKind>, StreamError> {
        if let Some(limit) = self.too_long {
            return Err(StreamError::TooLong { limit });
        }
        loop {
            match self.receive()? {
                Came::Piece { .. } if self.part.len() > self.limit => {
                    self.too_long = Some(self.limit);
                    let close = CloseFrame::new(TOO_BIG, b"").expect("1009 may be on the wire");
                    // After our own close frame the peer needs no other one.
                    self.connection.send_close(close).ok();
                    self.part = Vec::new();
                    self.pump(false)?;
                    return Err(StreamError::TooLong { limit: self.limit });
                }
                Came::Piece { kind, end_of_message: true } => {
                    std::mem::swap(message, &mut self.part);
                    self.part.clear();
                    return Ok(Some(kind));
                }
                Came::Piece { .. } | Came::Pong => {}
                // A message that the peer's close cut off will never be whole.
                Came::Close => {
                    message.clear();
                    self.part = Vec::new();
                    return Ok(None);
                }
                Came::Nothing => return Err(StreamError::Io(ErrorKind::UnexpectedEof.into())),
            }
        }
    }

    /// Sends the close frame, unless one was sent, and waits for the peer's. Messages that come before it are dropped.
    ///
    /// # Errors
    ///
    /// [`StreamError::Io`] and [`StreamError::Fault`] as [`receive_message`](Self::receive_message) has them.
    pub fn close(&mut self, close: CloseFrame) -> Result<(), StreamError> {
        self.pump(false)?;
        match self.connection.send_close(close) {
            Ok(()) | Err(SendError::Closed) => {}
            Err(error) => return Err(error.into()),
        }
        self.pump(false)?;
        while self.peer_close.is_none() {
            if let Came::Nothing = self.receive()? {
                return Err(StreamError::Io(ErrorKind::UnexpectedEof.into()));
            }
            self.part.clear();
        }
        Ok(())
    }

    /// Receives a piece, which is added to the part, or something else.
    fn receive(&mut self) -> Result<Came, StreamError> {
        // If the stream has given up before, that receive goes on.
        if !self.is_receiving {
            self.connection.receive().map_err(|_| StreamError::Ended)?;
            self.is_receiving = true;
        }
        Ok(self.pump(true)?.unwrap_or(Came::Nothing))
    }

    /// Carries out actions until a receive has ended or there is nothing to do. The close frame for a fault goes out first.
    ///
    /// The end of a receive is left to the call that receives: what came of it is nobody else's.
    fn pump(&mut self, reads: bool) -> Result<Option<Came>, StreamError> {
        let fault: Fault = match self.carry_out(reads) {
            Err(StreamError::Fault(fault)) => fault,
            carried_out => return carried_out,
        };
        // Nothing is read any more.
        while self.carry_out(true)?.is_some() {}
        Err(StreamError::Fault(fault))
    }

    fn carry_out(&mut self, reads: bool) -> Result<Option<Came>, StreamError> {
        let Self { stream, connection, read_ahead, is_unflushed, is_receiving, part, peer_close, .. } = self;
        while let Some(action) = connection.next_action().map_err(StreamError::Fault)? {
            // An action that is dropped comes again.
            match action {
                Action::SendToNetwork(send) => match stream.write_vectored(&send.buffers()) {
                    Ok(written) => {
                        send.complete(written);
                        if written == 0 {
                            return Err(StreamError::Io(ErrorKind::WriteZero.into()));
                        }
                        *is_unflushed = true;
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                },
                Action::SendComplete(sent) => drop(sent.complete()),
                Action::ReceiveFromNetwork(receive) if !read_ahead.is_empty() => {
                    let taken = receive.fill(read_ahead);
                    read_ahead.drain(..taken);
                }
                Action::ReceiveFromNetwork(_) | Action::ReceiveComplete(_) if !reads => break,
                Action::ReceiveFromNetwork(mut receive) => {
                    // The peer may wait for it, and we for the peer.
                    flush(stream, is_unflushed)?;
                    match stream.read_vectored(&mut receive.buffers()) {
                        Ok(read) => receive.complete(read),
                        Err(error) if error.kind() == ErrorKind::Interrupted => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                Action::ReceiveComplete(complete) => {
                    // The next call may come late.
                    flush(stream, is_unflushed)?;
                    let came = match complete.received() {
                        Received::Data { kind, end_of_message, payload } => {
                            part.extend_from_slice(payload);
                            Came::Piece { kind, end_of_message }
                        }
                        Received::Close { close, .. } => {
                            *peer_close = Some(close);
                            Came::Close
                        }
                        Received::Pong { .. } => Came::Pong,
                        Received::Nothing { .. } => Came::Nothing,
                    };
                    complete.complete();
                    *is_receiving = false;
                    return Ok(Some(came));
                }
            }
        }
        flush(stream, is_unflushed)?;
        Ok(None)
    }
}

fn flush(stream: &mut impl Write, is_unflushed: &mut bool) -> Result<(), StreamError> {
    if *is_unflushed {
        stream.flush()?;
        *is_unflushed = false;
    }
    Ok(())
}
