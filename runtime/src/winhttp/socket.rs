//! The object behind a socket handle: what the WebSocket functions do, in WinHTTP's terms, without handles and pointers.

use std::time::Instant;

use winws_api::winhttp::WebSocketBufferType;

use crate::net::blocking::{Arrival, Blocking, Failure};
use crate::protocol::{CloseFrame, MessageKind, Piece};

/// An open WebSocket. Nothing but its handshake says which end it is.
#[derive(Debug)]
pub(crate) struct Socket {
    connection: Blocking,
}

impl Socket {
    /// The socket of a connection whose handshake is done.
    pub(crate) const fn new(connection: Blocking) -> Self {
        Self { connection }
    }

    /// Sends one frame. [`Failure::InvalidParameter`] for the type of a close frame (b1.3.3).
    pub(crate) fn send(&self, buffer_type: WebSocketBufferType, bytes: &[u8]) -> Result<(), Failure> {
        let piece = piece_of(buffer_type).ok_or(Failure::InvalidParameter)?;
        self.connection.send(piece, bytes)
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
        Ok(match self.connection.receive(&mut buffer[..limit], deadline)? {
            Arrival::Close => (0, WebSocketBufferType::Close),
            Arrival::Piece { piece, length } => (length, type_of(piece)),
        })
    }

    /// Sends the close frame and nothing after it.
    pub(crate) fn shutdown(&self, close: CloseFrame) -> Result<(), Failure> {
        self.connection.shutdown(close)
    }

    /// Sends the close frame as far as that goes without waiting. The rest goes out with whatever is done next.
    pub(crate) fn shutdown_now(&self, close: CloseFrame) -> Result<(), Failure> {
        self.connection.shutdown_now(close)
    }

    /// Sends the close frame unless that was done, and waits for the peer's.
    pub(crate) fn close(&self, close: CloseFrame) -> Result<(), Failure> {
        self.connection.close(close)
    }

    /// The peer's close frame, once a call has read it.
    pub(crate) fn peer_close(&self) -> Option<CloseFrame> {
        self.connection.peer_close()
    }

    /// Ends the connection without a word. Calls under way in other threads give up.
    pub(crate) fn abort(&self) {
        self.connection.abort();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.connection.abort();
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
