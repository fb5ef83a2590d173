//! The Rust API: a WebSocket as a value, over WinHTTP's objects, and how a client gets one.

pub mod asynchronous;
mod connect;
mod error;
mod halves;
mod message;
mod response;

use std::time::{Duration, Instant};

use winws_api::winhttp::{
    WebSocketBufferType, WebSocketCloseError, WebSocketQueryCloseStatusError, WebSocketReceiveError,
    WebSocketSendError, WebSocketShutdownError,
};

use self::message::{Messages, Receives};
use crate::net::pump::Failure;
use crate::net::waits::in_thread;
use crate::protocol::CloseFrame;
use crate::winhttp::{NoCloseFrame, Socket};

pub use connect::{ConnectOptions, Session, SessionBuilder, connect, connect_with, get};
pub use error::{ConnectError, MessageError};
pub use halves::{ReceiveHalf, SendHalf};
pub use response::Response;

/// A connected WebSocket: the client's end from [`connect`], or the server's from [`accept`](crate::accept).
///
/// Both ends have the same methods. Errors have WinHTTP's names, so at the server's end `InvalidServerResponse` means that the
/// client broke the protocol.
///
/// Every method takes `&self`: one thread may send while another one receives, through a reference or an `Arc`. A second
/// receive at the same time fails with `InvalidOperation`; a second send waits for its turn. The methods block until they
/// are done, and [`abort`](Self::abort) in another thread ends all of them at once.
///
/// Dropping it ends the TCP connection without a close frame; say goodbye with [`close`](Self::close).
#[derive(Debug)]
pub struct WebSocket {
    socket: Socket,
    subprotocol: Option<String>,
    messages: Messages,
}

/// Receives in the thread of the caller.
struct Blocking<'s>(&'s Socket);

impl Receives for Blocking<'_> {
    fn socket(&self) -> &Socket {
        self.0
    }

    async fn receive(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(usize, WebSocketBufferType), Failure> {
        self.0.receive(buffer, deadline)
    }
}

/// What a receive gave: one piece of a message, or the peer's close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How many bytes were written to the start of the buffer.
    pub len: usize,
    /// What they are. `Utf8Message` and `BinaryMessage` end a message, `Utf8Fragment` and `BinaryFragment` do not. `Close` comes
    /// once, last and empty.
    pub kind: WebSocketBufferType,
}

/// The peer's close frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseStatus {
    /// The close code; 1005 when the frame had none.
    pub code: u16,
    /// The reason, often empty.
    pub reason: String,
}

impl WebSocket {
    pub(crate) const fn new(socket: Socket, subprotocol: Option<String>) -> Self {
        Self { socket, subprotocol, messages: Messages::new() }
    }

    /// The subprotocol that the server chose among those that the client asked for.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Sends a whole text message in one frame.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_text(&self, text: &str) -> Result<(), WebSocketSendError> {
        self.send(WebSocketBufferType::Utf8Message, text.as_bytes())
    }

    /// Sends a whole binary message in one frame.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_binary(&self, bytes: &[u8]) -> Result<(), WebSocketSendError> {
        self.send(WebSocketBufferType::BinaryMessage, bytes)
    }

    /// Sends one frame of a message: `Utf8Fragment` or `BinaryFragment` while more follows, `Utf8Message` or `BinaryMessage` to end
    /// it.
    ///
    /// Blocks until the operating system has taken all of it.
    ///
    /// # Errors
    ///
    /// - `InvalidParameter` for `Close`, for text inside a binary message or the reverse, and for text that is not UTF-8. A
    ///   code point may be cut between fragments.
    /// - `InvalidOperation` after [`shutdown`](Self::shutdown), [`close`](Self::close) or a failure.
    /// - `ConnectionError` when the connection turns out to be gone.
    /// - `Timeout` when the peer takes nothing for as long as the [send timeout](Self::set_send_timeout). The connection is
    ///   aborted.
    /// - `OperationCancelled` when another thread aborts meanwhile.
    pub fn send(&self, kind: WebSocketBufferType, bytes: &[u8]) -> Result<(), WebSocketSendError> {
        Ok(self.socket.send(kind, bytes)?)
    }

    /// Receives what comes next into `buffer`: up to its length, and never from more than one frame.
    ///
    /// Data is handed over as it comes; a frame need not be complete. Blocks until something has come, or until the
    /// [timeout](Self::set_receive_timeout).
    ///
    /// # Errors
    ///
    /// - `InvalidParameter` for an empty buffer.
    /// - `InvalidOperation` after the peer's close, after [`close`](Self::close), and while another thread receives.
    /// - `OperationCancelled` when another thread closes or aborts meanwhile.
    /// - `Timeout` when nothing has come in time. The connection goes on.
    /// - `InvalidServerResponse` when the peer breaks the protocol, and `ConnectionError` when it goes without a close.
    ///   These are final.
    pub fn receive(&self, buffer: &mut [u8]) -> Result<Delivery, WebSocketReceiveError> {
        let (len, kind) = self.socket.receive(buffer, self.socket.message_deadline())?;
        Ok(Delivery { len, kind })
    }

    /// Receives a whole message into `buffer`, in place of what was there. Its type is `Utf8Message` or `BinaryMessage`, or
    /// `Close` for the peer's close, which leaves `buffer` empty.
    ///
    /// Blocks until the message is complete. The [timeout](Self::set_receive_timeout) starts again with each piece that has bytes.
    /// So a peer that goes on sending small pieces holds the call until the message reaches its limit, or until another thread
    /// [aborts](Self::abort).
    ///
    /// A call that fails leaves `buffer` empty. What has come of the message is kept for the next call. The memory of `buffer` is
    /// used again, so a loop over one vector allocates for its longest message only.
    ///
    /// # Errors
    ///
    /// [`MessageError::TooLong`] when the message is longer than the [limit](Self::set_message_limit): nothing larger is kept
    /// in memory, and each later call fails in the same way. [`MessageError::Failed`] has the errors of
    /// [`receive`](Self::receive).
    pub fn receive_message(&self, buffer: &mut Vec<u8>) -> Result<Delivery, MessageError> {
        in_thread(self.messages.receive(&Blocking(&self.socket), buffer))
    }

    /// Sends the close frame, and nothing after it; receiving goes on until the peer's close.
    ///
    /// `code` is 1000 to 1003, 1007 to 1014, 3000 to 4999, or 1005 for none; `reason` has at most 123 bytes.
    ///
    /// # Errors
    ///
    /// - `InvalidParameter` for another code or a longer reason.
    /// - `InvalidOperation` when the close frame was sent before, or after a failure.
    /// - `ConnectionError` when the connection turns out to be gone.
    /// - `Timeout` when the peer takes nothing for as long as the [send timeout](Self::set_send_timeout). The connection is
    ///   aborted.
    /// - `OperationCancelled` when another thread aborts meanwhile.
    pub fn shutdown(&self, code: u16, reason: &str) -> Result<(), WebSocketShutdownError> {
        let close = CloseFrame::new(code, reason.as_bytes())?;
        Ok(self.socket.shutdown(close)?)
    }

    /// Sends the close frame, unless [`shutdown`](Self::shutdown) did, and waits for the peer's.
    ///
    /// What else the peer sends until then is dropped. The arguments are those of `shutdown`. A receive in another thread
    /// ends at once. Blocks until the peer has answered, until the [close timeout](Self::set_close_timeout) has passed, which is
    /// 10 seconds at first, or until another thread [aborts](Self::abort).
    ///
    /// # Errors
    ///
    /// - `InvalidParameter` as for `shutdown`.
    /// - `InvalidOperation` when called before.
    /// - `ConnectionError` when the peer goes without an answer.
    /// - `Timeout` when the peer does not answer in time. The connection is aborted.
    /// - `OperationCancelled` when another thread aborts meanwhile.
    pub fn close(&self, code: u16, reason: &str) -> Result<(), WebSocketCloseError> {
        let close = CloseFrame::new(code, reason.as_bytes())?;
        Ok(self.socket.close(close)?)
    }

    /// Ends the connection without a word. Every call that blocks in another thread ends at once, and later ones fail, with
    /// `OperationCancelled`. What had come and was not received is lost.
    pub fn abort(&self) {
        self.socket.abort();
    }

    /// The peer's close frame, once [`receive`](Self::receive) or [`close`](Self::close) has read it. `None` before that, and
    /// when the connection was lost without one.
    pub fn close_status(&self) -> Option<CloseStatus> {
        let close = self.socket.peer_close()?;
        Some(CloseStatus { code: close.status(), reason: close.reason().to_owned() })
    }

    /// The same as [`close_status`](Self::close_status), as WinHttpWebSocketQueryCloseStatus answers.
    ///
    /// # Errors
    ///
    /// `InvalidOperation` while there is no close frame of the peer.
    pub fn query_close_status(&self) -> Result<CloseStatus, WebSocketQueryCloseStatusError> {
        Ok(self.close_status().ok_or(NoCloseFrame)?)
    }

    /// Sets how long a receive waits for bytes. `None` is no limit, and that is so at first.
    ///
    /// It counts from the beginning of the next receive. A receive that gives up fails with `Timeout`, and the
    /// connection goes on. A part of a millisecond counts as a whole one, and so does [`Duration::ZERO`]. The receive timeout of a
    /// [`Session`] is for responses of HTTP and does not reach the WebSocket.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use winws::MessageError;
    /// use winws::api::winhttp::WebSocketReceiveError;
    ///
    /// let socket = winws::connect("ws://localhost:8080/")?;
    /// socket.set_receive_timeout(Some(Duration::from_secs(1)));
    /// let mut message = Vec::new();
    /// match socket.receive_message(&mut message) {
    ///     Ok(delivery) => println!("{} bytes", delivery.len),
    ///     Err(MessageError::Failed(WebSocketReceiveError::Timeout)) => println!("nothing yet"),
    ///     Err(error) => return Err(error.into()),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_receive_timeout(&self, timeout: Option<Duration>) {
        self.socket.set_receive_timeout(timeout);
    }

    /// Sets how long [`close`](Self::close) waits for the peer's close frame: at first 10 seconds. `None` is no limit.
    pub fn set_close_timeout(&self, limit: Option<Duration>) {
        self.socket.set_close_timeout(limit);
    }

    /// Sets how long a send waits for a peer that takes nothing: at first 30 seconds. Then the connection is aborted, for a frame
    /// that is cut cannot be mended. `None` is no limit.
    pub fn set_send_timeout(&self, limit: Option<Duration>) {
        self.socket.set_send_timeout(limit);
    }

    /// Sets after how long a silence a receive sends a pong that nobody asked for, so that no box on the way forgets the
    /// connection: at first 30 seconds. `None` sends none. While nobody receives, none is sent.
    pub fn set_keep_alive(&self, interval: Option<Duration>) {
        self.socket.set_keep_alive(interval);
    }

    /// Sets after how long a silence a receive gives the peer up with `ConnectionError`: at first never.
    ///
    /// After half of that time the peer is pinged, and every peer that lives answers. A receive timeout is something else: it
    /// ends one call, and the connection goes on.
    pub fn set_peer_timeout(&self, limit: Option<Duration>) {
        self.socket.set_peer_timeout(limit);
    }

    /// Sets how long a message may be for [`receive_message`](Self::receive_message), in bytes: 64 MiB at first.
    pub fn set_message_limit(&self, limit: usize) {
        self.messages.set_limit(limit);
    }
}

impl Delivery {
    /// Whether a message ends with this piece.
    pub fn is_end_of_message(&self) -> bool {
        matches!(self.kind, WebSocketBufferType::BinaryMessage | WebSocketBufferType::Utf8Message)
    }

    /// Whether this is a piece of a text message.
    pub fn is_text(&self) -> bool {
        matches!(self.kind, WebSocketBufferType::Utf8Message | WebSocketBufferType::Utf8Fragment)
    }

    /// Whether the peer has closed. There is nothing more to receive then.
    pub fn is_close(&self) -> bool {
        self.kind == WebSocketBufferType::Close
    }
}
