//! The object behind a socket handle: what the WebSocket functions do, in WinHTTP's terms, without handles and pointers.

use std::io;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use winws_api::winhttp::WebSocketBufferType;

use super::callbacks::Listener;
use super::session::lock;
use super::settings::{Number, Settings};
use crate::net::Stream;
use crate::net::pump::{Arrival, Closing, Failure, Flight, Pump};
use crate::net::reactor::Lease;
use crate::net::times::{after, limit_of, millis_of};
use crate::protocol::{CloseFrame, MessageKind, Piece, Role};

/// An open WebSocket. Nothing but its handshake says which end it is.
#[derive(Debug)]
pub(crate) struct Socket {
    pump: Pump,
    /// How long a receive waits, in milliseconds, as a program has set it (b1.4.27).
    receive_timeout: AtomicU32,
    context: AtomicUsize,
    listener: Mutex<Option<Listener>>,
}

impl Socket {
    /// The socket of a stream whose handshake is done, with what was read beyond that. It takes over what its request had (b1.8.3).
    pub(crate) fn new(role: Role, stream: Stream, read_ahead: &[u8], settings: &Settings) -> Self {
        let pump = Pump::new(role, stream, read_ahead, settings.times());
        Self {
            pump,
            receive_timeout: AtomicU32::new(settings.message_timeout()),
            context: AtomicUsize::new(settings.context),
            listener: Mutex::new(settings.listener),
        }
    }

    /// A setting of the socket; those that no socket has are 0.
    pub(super) fn number(&self, number: Number) -> u32 {
        match number {
            Number::ReceiveTimeout => self.receive_timeout.load(Ordering::Relaxed),
            _ => 0,
        }
    }

    /// Sets what the table of options lets a program set on a socket.
    pub(super) fn set_number(&self, number: Number, value: u32) {
        let limit = limit_of(value);
        match number {
            Number::ReceiveTimeout => self.receive_timeout.store(value, Ordering::Relaxed),
            Number::CloseTimeout => self.pump.set_close_timeout(limit),
            Number::KeepAliveInterval => self.pump.set_keep_alive(limit),
            _ => {}
        }
    }

    pub(crate) fn set_receive_timeout(&self, limit: Option<Duration>) {
        self.receive_timeout.store(millis_of(limit), Ordering::Relaxed);
    }

    pub(crate) fn set_close_timeout(&self, limit: Option<Duration>) {
        self.pump.set_close_timeout(limit);
    }

    pub(crate) fn set_send_timeout(&self, limit: Option<Duration>) {
        self.pump.set_send_timeout(limit);
    }

    pub(crate) fn set_keep_alive(&self, interval: Option<Duration>) {
        self.pump.set_keep_alive(interval);
    }

    pub(crate) fn set_peer_timeout(&self, limit: Option<Duration>) {
        self.pump.set_peer_timeout(limit);
    }

    pub(super) fn context(&self) -> usize {
        self.context.load(Ordering::Relaxed)
    }

    pub(super) fn set_context(&self, context: usize) {
        self.context.store(context, Ordering::Relaxed);
    }

    pub(super) fn listener(&self) -> Option<Listener> {
        *lock(&self.listener)
    }

    pub(super) fn replace_listener(&self, listener: Option<Listener>) -> Option<Listener> {
        std::mem::replace(&mut *lock(&self.listener), listener)
    }

    /// When a receive that begins now has waited long enough.
    pub(crate) fn message_deadline(&self) -> Option<Instant> {
        after(limit_of(self.receive_timeout.load(Ordering::Relaxed)))
    }

    /// Sends one frame. [`Failure::InvalidParameter`] for the type of a close frame (b1.3.3).
    pub(crate) fn send(&self, buffer_type: WebSocketBufferType, bytes: &[u8]) -> Result<(), Failure> {
        let piece = piece_of(buffer_type).ok_or(Failure::InvalidParameter)?;
        self.pump.send(piece, bytes)
    }

    /// Receives a piece of a frame: how long it is, and of which type.
    pub(crate) fn receive(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(usize, WebSocketBufferType), Failure> {
        if buffer.is_empty() {
            return Err(Failure::InvalidParameter);
        }
        self.pump.receive(most_of(buffer), deadline).map(delivered)
    }

    /// Has a reactor wake the tasks that use the socket. From then on only the calls below with a context are made.
    pub(crate) fn register(&self, lease: &Arc<Lease>) -> io::Result<()> {
        self.pump.register(lease)
    }

    /// Begins to send one frame.
    pub(crate) fn begin_send(&self, buffer_type: WebSocketBufferType, bytes: &[u8]) -> Result<Flight, Failure> {
        self.pump.begin_send(piece_of(buffer_type).ok_or(Failure::InvalidParameter)?, bytes)
    }

    /// Sends on, with the same bytes.
    pub(crate) fn poll_send(
        &self,
        flight: &mut Flight,
        bytes: &[u8],
        context: &Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        self.pump.poll_send(flight, bytes, context)
    }

    /// Whether a receive may begin.
    pub(crate) fn may_receive(&self) -> Result<(), Failure> {
        self.pump.may_receive()
    }

    /// Receives a piece of a frame into `buffer`, which is not empty.
    pub(crate) fn poll_receive(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
        context: &Context<'_>,
    ) -> Poll<Result<(usize, WebSocketBufferType), Failure>> {
        self.pump.poll_receive(most_of(buffer), deadline, context).map_ok(delivered)
    }

    /// Has the task that receives look again.
    pub(crate) fn wake_receiver(&self) {
        self.pump.wake_receiver();
    }

    /// Begins to send the close frame.
    pub(crate) fn begin_shutdown(&self, close: CloseFrame) -> Result<(), Failure> {
        self.pump.begin_shutdown(close)
    }

    /// Sends on, until the close frame is out.
    pub(crate) fn poll_shutdown(&self, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        self.pump.poll_shutdown(context)
    }

    /// Begins to close. A receive under way is to be given up.
    pub(crate) fn begin_close(&self, close: CloseFrame) -> Result<Closing, Failure> {
        self.pump.begin_close(close)
    }

    /// Sends the close frame and waits for the peer's, once no frame is being sent.
    pub(crate) fn poll_close(&self, closing: &mut Closing, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        self.pump.poll_close(closing, context)
    }

    /// Sends the close frame and nothing after it.
    pub(crate) fn shutdown(&self, close: CloseFrame) -> Result<(), Failure> {
        self.pump.shutdown(close)
    }

    /// Sends the close frame as far as that goes without waiting. The rest goes out with whatever is done next.
    pub(crate) fn shutdown_now(&self, close: CloseFrame) -> Result<(), Failure> {
        self.pump.shutdown_now(close)
    }

    /// Sends the close frame unless that was done, and waits for the peer's.
    pub(crate) fn close(&self, close: CloseFrame) -> Result<(), Failure> {
        self.pump.close(close)
    }

    /// The peer's close frame, once a call has read it.
    pub(crate) fn peer_close(&self) -> Option<CloseFrame> {
        self.pump.peer_close()
    }

    /// Ends the connection without a word. Calls under way in other threads give up.
    pub(crate) fn abort(&self) {
        self.pump.abort();
    }
}

/// The count of a receive is a DWORD, so no more than that is delivered at once.
fn most_of(buffer: &mut [u8]) -> &mut [u8] {
    let limit = buffer.len().min(usize::try_from(u32::MAX).unwrap_or(usize::MAX));
    &mut buffer[..limit]
}

/// How many bytes have come, and of which type.
const fn delivered(arrival: Arrival) -> (usize, WebSocketBufferType) {
    match arrival {
        Arrival::Close => (0, WebSocketBufferType::Close),
        Arrival::Piece { piece, length } => (length, type_of(piece)),
    }
}

/// The piece that a buffer of this type holds; `None` for a close frame.
const fn piece_of(buffer_type: WebSocketBufferType) -> Option<Piece> {
    Some(match buffer_type {
        WebSocketBufferType::BinaryMessage => Piece::BINARY_MESSAGE,
        WebSocketBufferType::BinaryFragment => Piece::BINARY_FRAGMENT,
        WebSocketBufferType::Utf8Message => Piece::TEXT_MESSAGE,
        WebSocketBufferType::Utf8Fragment => Piece::TEXT_FRAGMENT,
        WebSocketBufferType::Close => return None,
    })
}

/// The type of a buffer that holds this piece.
const fn type_of(piece: Piece) -> WebSocketBufferType {
    let Piece { kind, end_of_message } = piece;
    match (kind, end_of_message) {
        (MessageKind::Binary, true) => WebSocketBufferType::BinaryMessage,
        (MessageKind::Binary, false) => WebSocketBufferType::BinaryFragment,
        (MessageKind::Text, true) => WebSocketBufferType::Utf8Message,
        (MessageKind::Text, false) => WebSocketBufferType::Utf8Fragment,
    }
}
