//! The Rust API with futures, for any executor.
//!
//! [`connect`] gives a [`WebSocket`] whose calls are `async`. They need no runtime of their own: one thread of this crate waits for
//! all sockets and wakes the tasks that use them. The tasks do the I/O themselves, wherever they are polled: under tokio, smol, or
//! [`block_on`].
//!
//! ```
//! use winws::asynchronous::{block_on, connect};
//!
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("ws://{}/chat", listener.local_addr()?);
//! # let server = std::thread::spawn(move || {
//! #     let (socket, mut message) = (winws::accept(listener.accept().unwrap().0).unwrap(), Vec::new());
//! #     socket.receive_message(&mut message).unwrap();
//! #     socket.send_text("hello back").unwrap();
//! #     socket.close(1000, "").unwrap();
//! # });
//! // let url = "ws://example.com/chat";
//! block_on(async {
//!     let socket = connect(&url).await?;
//!     socket.send_text("hello").await?;
//!     let mut message = Vec::new();
//!     socket.receive_message(&mut message).await?;
//!     assert_eq!(message, b"hello back");
//!     socket.close(1000, "bye").await?;
//!     Ok::<(), Box<dyn std::error::Error>>(())
//! })?;
//! # server.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Session::connect_async`] connects with what connections share, such as a user agent, proxies and time limits. For two tasks,
//! [`WebSocket::split`] gives a half for each direction. The feature `futures` adds `WebSocket::into_messages`, a `Stream` of whole
//! messages and a `Sink` for them.
//!
//! # Futures that are dropped
//!
//! Every future of a [`WebSocket`] may be dropped at any time, for instance by `select!` or by a time limit, and the WebSocket goes
//! on:
//!
//! - a receive that is dropped loses nothing: what had come is there for the next one;
//! - a send owns its payload. It has not begun, or its frame goes out whole: the next call of any kind sends the rest;
//! - a close that is dropped goes on with the next [`close`](WebSocket::close).

mod halves;
mod sending;
#[cfg(test)]
mod simulated;
#[cfg(feature = "futures")]
mod stream;

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use winws_api::Win32Error;
use winws_api::winhttp::{
    WebSocketBufferType, WebSocketCloseError, WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError,
};

pub use self::halves::{ReceiveHalf, SendHalf};
use self::sending::Sending;
#[cfg(feature = "futures")]
pub use self::stream::{Message, MessageStream, SinkError};
use super::message::{Messages, Receives};
use super::{CloseStatus, ConnectError, ConnectOptions, Delivery, MessageError, Session};
use crate::net::pump::{Closing, Failure};
use crate::net::reactor::Lease;
use crate::net::waits::OnReactor;
use crate::protocol::CloseFrame;
use crate::winhttp::Socket;

/// A connected WebSocket whose calls are `async`.
///
/// Every method takes `&self`: one task may send while another one receives, through a reference or an `Arc`. A second receive at the
/// same time fails with `InvalidOperation`; a second send waits for its turn.
///
/// Dropping it ends the TCP connection without a close frame; say goodbye with [`close`](Self::close).
pub struct WebSocket {
    socket: Socket,
    subprotocol: Option<String>,
    sending: Sending,
    messages: Messages,
    /// Whether a task receives.
    is_receiving: AtomicBool,
    closing: Mutex<Option<Closing>>,
}

/// Connects to a `ws://` or `wss://` URL and upgrades to a WebSocket.
///
/// # Errors
///
/// See [`Session::connect_with`].
pub async fn connect(url: &str) -> Result<WebSocket, ConnectError> {
    Session::new().connect_async(url).await
}

/// Connects with further headers and subprotocols.
///
/// # Errors
///
/// See [`Session::connect_with`].
pub async fn connect_with(url: &str, options: &ConnectOptions<'_>) -> Result<WebSocket, ConnectError> {
    Session::new().connect_async_with(url, options).await
}

/// Runs a future to its end in this thread.
///
/// While it waits, this thread waits for the sockets of the process, so that a task is woken without a change of threads. Any other
/// executor does as well.
///
/// # Panics
///
/// If the system has no descriptor or no thread left.
pub fn block_on<F: Future>(future: F) -> F::Output {
    Lease::get().expect("the system has descriptors and threads left").block_on(future)
}

impl Session {
    /// Connects to a `ws://` or `wss://` URL without blocking the thread.
    ///
    /// # Errors
    ///
    /// Those of [`connect_with`](Self::connect_with).
    pub async fn connect_async(&self, url: &str) -> Result<WebSocket, ConnectError> {
        self.connect_async_with(url, &ConnectOptions::default()).await
    }

    /// Connects with further headers and subprotocols without blocking the thread. A future that is dropped gives the connection up.
    ///
    /// # Errors
    ///
    /// Those of [`connect_with`](Self::connect_with), and `ERROR_NOT_ENOUGH_MEMORY` if the system has no descriptor or no thread left.
    pub async fn connect_async_with(&self, url: &str, options: &ConnectOptions<'_>) -> Result<WebSocket, ConnectError> {
        let lease = Lease::get().map_err(ConnectError::of_system)?;
        let waits = OnReactor::new(lease);
        let (socket, subprotocol) = self.connect_on(&waits, url, options).await?;
        socket.register(waits.lease()).map_err(ConnectError::of_system)?;
        Ok(WebSocket::new(socket, subprotocol))
    }
}

impl WebSocket {
    fn new(socket: Socket, subprotocol: Option<String>) -> Self {
        Self {
            socket,
            subprotocol,
            sending: Sending::default(),
            messages: Messages::new(),
            is_receiving: AtomicBool::new(false),
            closing: Mutex::new(None),
        }
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
    pub async fn send_text(&self, text: impl Into<String>) -> Result<(), WebSocketSendError> {
        self.send(WebSocketBufferType::Utf8Message, text.into()).await
    }

    /// Sends a whole binary message in one frame.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn send_binary(&self, bytes: impl Into<Vec<u8>>) -> Result<(), WebSocketSendError> {
        self.send(WebSocketBufferType::BinaryMessage, bytes).await
    }

    /// Sends one frame of a message: `Utf8Fragment` or `BinaryFragment` while more follows, `Utf8Message` or `BinaryMessage` to end
    /// it.
    ///
    /// It is done when the operating system has taken all of it. A future that is dropped before its first poll sends nothing.
    ///
    /// # Errors
    ///
    /// Those of [`winws::WebSocket::send`](crate::WebSocket::send).
    pub async fn send(&self, kind: WebSocketBufferType, bytes: impl Into<Vec<u8>>) -> Result<(), WebSocketSendError> {
        Ok(self.sending.send(&self.socket, kind, bytes.into()).await?)
    }

    /// Receives what comes next into `buffer`: up to its length, and never from more than one frame.
    ///
    /// # Errors
    ///
    /// Those of [`winws::WebSocket::receive`](crate::WebSocket::receive).
    pub async fn receive(&self, buffer: &mut [u8]) -> Result<Delivery, WebSocketReceiveError> {
        let deadline = self.socket.message_deadline();
        let (len, kind) = Receives::receive(self, buffer, deadline).await?;
        Ok(Delivery { len, kind })
    }

    /// Receives a whole message into `buffer`, in place of what was there. Its type is `Utf8Message` or `BinaryMessage`, or
    /// `Close` for the peer's close, which leaves `buffer` empty.
    ///
    /// What has come of a message when the call fails, or when its future is dropped, is kept for the next call.
    ///
    /// # Errors
    ///
    /// Those of [`winws::WebSocket::receive_message`](crate::WebSocket::receive_message).
    pub async fn receive_message(&self, buffer: &mut Vec<u8>) -> Result<Delivery, MessageError> {
        self.messages.receive(self, buffer).await
    }

    /// Sends the close frame, and nothing after it; receiving goes on until the peer's close.
    ///
    /// # Errors
    ///
    /// Those of [`winws::WebSocket::shutdown`](crate::WebSocket::shutdown).
    pub async fn shutdown(&self, code: u16, reason: &str) -> Result<(), WebSocketShutdownError> {
        let close = CloseFrame::new(code, reason.as_bytes())?;
        self.socket.begin_shutdown(close)?;
        let _left = Left { socket: &self.socket };
        poll_fn(|context| {
            std::task::ready!(self.sending.poll_idle(&self.socket, context));
            self.socket.poll_shutdown(context)
        })
        .await?;
        Ok(())
    }

    /// Sends the close frame, unless [`shutdown`](Self::shutdown) did, and waits for the peer's.
    ///
    /// What else the peer sends until then is dropped. A receive in another task ends at once. If the future of an earlier call was
    /// dropped, this one goes on with that close, and its arguments make no difference.
    ///
    /// # Errors
    ///
    /// Those of [`winws::WebSocket::close`](crate::WebSocket::close).
    pub async fn close(&self, code: u16, reason: &str) -> Result<(), WebSocketCloseError> {
        let close = CloseFrame::new(code, reason.as_bytes())?;
        // Only one task at a time has it.
        let begun = lock(&self.closing).take();
        let closing = match begun {
            Some(closing) => closing,
            None => self.socket.begin_close(close)?,
        };
        self.socket.wake_receiver();
        let mut under_way = UnderWay { place: &self.closing, closing: Some(closing) };
        poll_fn(|context| {
            std::task::ready!(self.sending.poll_idle(&self.socket, context));
            let closing = under_way.closing.as_mut().expect("it is there until it has ended");
            let closed = self.socket.poll_close(closing, context);
            if closed.is_ready() {
                under_way.closing = None;
            }
            closed
        })
        .await?;
        Ok(())
    }

    /// Ends the connection without a word. Every call that waits in another task ends at once, and later ones fail, with
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

    /// Sets how long a receive waits for bytes: see [`winws::WebSocket`](crate::WebSocket::set_receive_timeout).
    pub fn set_receive_timeout(&self, timeout: Option<Duration>) {
        self.socket.set_receive_timeout(timeout);
    }

    /// Sets how long [`close`](Self::close) waits for the peer's close frame: at first 10 seconds. `None` is no limit.
    pub fn set_close_timeout(&self, limit: Option<Duration>) {
        self.socket.set_close_timeout(limit);
    }

    /// Sets how long a send waits for a peer that takes nothing: at first 30 seconds. Then the connection is aborted. `None` is no
    /// limit.
    pub fn set_send_timeout(&self, limit: Option<Duration>) {
        self.socket.set_send_timeout(limit);
    }

    /// Sets after how long a silence a receive sends a pong that nobody asked for: at first 30 seconds. `None` sends none.
    pub fn set_keep_alive(&self, interval: Option<Duration>) {
        self.socket.set_keep_alive(interval);
    }

    /// Sets after how long a silence a receive gives the peer up with `ConnectionError`: at first never.
    pub fn set_peer_timeout(&self, limit: Option<Duration>) {
        self.socket.set_peer_timeout(limit);
    }

    /// Sets how long a message may be for [`receive_message`](Self::receive_message), in bytes: 64 MiB at first.
    pub fn set_message_limit(&self, limit: usize) {
        self.messages.set_limit(limit);
    }
}

impl Receives for WebSocket {
    fn socket(&self) -> &Socket {
        &self.socket
    }

    async fn receive(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(usize, WebSocketBufferType), Failure> {
        if buffer.is_empty() {
            return Err(Failure::InvalidParameter);
        }
        let _turn = ReceiveTurn::take(&self.is_receiving)?;
        self.socket.may_receive()?;
        poll_fn(|context| self.poll_receive(buffer, deadline, context)).await
    }
}

impl WebSocket {
    fn poll_receive(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
        context: &Context<'_>,
    ) -> Poll<Result<(usize, WebSocketBufferType), Failure>> {
        // The rest of a frame whose sender has gone goes out from here.
        self.sending.push(&self.socket, context);
        self.socket.poll_receive(buffer, deadline, context)
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").field("subprotocol", &self.subprotocol).finish_non_exhaustive()
    }
}

/// The right of one task to receive.
struct ReceiveTurn<'s>(&'s AtomicBool);

impl<'s> ReceiveTurn<'s> {
    fn take(is_receiving: &'s AtomicBool) -> Result<Self, Failure> {
        if is_receiving.swap(true, Ordering::SeqCst) { Err(Failure::InvalidOperation) } else { Ok(Self(is_receiving)) }
    }
}

impl Drop for ReceiveTurn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// What a task leaves when it ends or its future is dropped: whoever receives looks whether there is something to write.
struct Left<'s> {
    socket: &'s Socket,
}

impl Drop for Left<'_> {
    fn drop(&mut self) {
        self.socket.wake_receiver();
    }
}

/// A close that a task goes on with. If its future is dropped, the next one takes it up.
struct UnderWay<'s> {
    place: &'s Mutex<Option<Closing>>,
    closing: Option<Closing>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        *lock(self.place) = self.closing.take();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl ConnectError {
    /// The system has no descriptor or no thread left.
    fn of_system(error: std::io::Error) -> Self {
        Self::with_source(Win32Error::ERROR_NOT_ENOUGH_MEMORY, error.into())
    }
}
