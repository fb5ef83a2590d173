//! The object behind a socket handle: what the WebSocket functions do, in WinHTTP's terms, without handles and pointers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use winws_api::winhttp::WebSocketBufferType;

use super::callbacks::Listener;
use super::session::lock;
use super::settings::{Number, Settings};
use crate::net::Stream;
use crate::net::pump::{Arrival, Failure, Pump};
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
        // The count is a DWORD, so no more than that is delivered at once.
        let limit = buffer.len().min(usize::try_from(u32::MAX).unwrap_or(usize::MAX));
        Ok(match self.pump.receive(&mut buffer[..limit], deadline)? {
            Arrival::Close => (0, WebSocketBufferType::Close),
            Arrival::Piece { piece, length } => (length, type_of(piece)),
        })
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
