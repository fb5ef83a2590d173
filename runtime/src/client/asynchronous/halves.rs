//! The two directions of a WebSocket for two tasks.

use std::sync::Arc;

use winws_api::winhttp::{WebSocketBufferType, WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError};

use super::WebSocket;
use crate::client::{CloseStatus, Delivery, MessageError};

/// The sending direction of a WebSocket, from [`WebSocket::split`].
#[derive(Debug)]
pub struct SendHalf {
    socket: Arc<WebSocket>,
}

/// The receiving direction of a WebSocket, from [`WebSocket::split`].
#[derive(Debug)]
pub struct ReceiveHalf {
    socket: Arc<WebSocket>,
}

impl WebSocket {
    /// Splits into two values, one for each direction. The connection ends when both are dropped.
    ///
    /// Set limits of time, and ask for the [subprotocol](WebSocket::subprotocol), before: the halves have neither. A `WebSocket`
    /// needs no `&mut`, so an `Arc` of it serves two tasks just as well.
    pub fn split(self) -> (SendHalf, ReceiveHalf) {
        let socket = Arc::new(self);
        (SendHalf { socket: Arc::clone(&socket) }, ReceiveHalf { socket })
    }
}

impl SendHalf {
    /// See [`WebSocket::send`].
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn send(&self, kind: WebSocketBufferType, bytes: impl Into<Vec<u8>>) -> Result<(), WebSocketSendError> {
        self.socket.send(kind, bytes).await
    }

    /// See [`WebSocket::send_text`].
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn send_text(&self, text: impl Into<String>) -> Result<(), WebSocketSendError> {
        self.socket.send_text(text).await
    }

    /// See [`WebSocket::send_binary`].
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn send_binary(&self, bytes: impl Into<Vec<u8>>) -> Result<(), WebSocketSendError> {
        self.socket.send_binary(bytes).await
    }

    /// Sends the close frame and nothing after it: see [`WebSocket::shutdown`]. The other half receives on, to the close frame of
    /// the peer.
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn shutdown(&self, code: u16, reason: &str) -> Result<(), WebSocketShutdownError> {
        self.socket.shutdown(code, reason).await
    }

    /// Ends the connection without a word: see [`WebSocket::abort`].
    pub fn abort(&self) {
        self.socket.abort();
    }
}

impl ReceiveHalf {
    /// See [`WebSocket::receive`].
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn receive(&self, buffer: &mut [u8]) -> Result<Delivery, WebSocketReceiveError> {
        self.socket.receive(buffer).await
    }

    /// See [`WebSocket::receive_message`].
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn receive_message(&self, buffer: &mut Vec<u8>) -> Result<Delivery, MessageError> {
        self.socket.receive_message(buffer).await
    }

    /// See [`WebSocket::close_status`].
    pub fn close_status(&self) -> Option<CloseStatus> {
        self.socket.close_status()
    }

    /// Ends the connection without a word: see [`WebSocket::abort`].
    pub fn abort(&self) {
        self.socket.abort();
    }
}
