//! The two directions of a WebSocket for two threads.

use std::sync::Arc;

use winws_api::winhttp::{WebSocketBufferType, WebSocketReceiveError, WebSocketSendError, WebSocketShutdownError};

use super::{CloseStatus, Delivery, MessageError, WebSocket};

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
    /// Set limits of time, and ask for the [subprotocol](WebSocket::subprotocol), before: the halves have neither.
    ///
    /// A `WebSocket` needs no `&mut`, so an `Arc` of it serves two threads just as well. The halves say which thread does what,
    /// and the one that receives cannot close.
    ///
    /// ```
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let url = format!("ws://{}/", listener.local_addr()?);
    /// # let server = std::thread::spawn(move || {
    /// #     let (socket, mut message) = (winws::accept(listener.accept().unwrap().0).unwrap(), Vec::new());
    /// #     while !socket.receive_message(&mut message).unwrap().is_close() {
    /// #         socket.send_binary(&message).unwrap();
    /// #     }
    /// #     socket.close(1000, "").unwrap();
    /// # });
    /// let (sender, receiver) = winws::connect(&url)?.split();
    /// let receiving = std::thread::spawn(move || {
    ///     let (mut message, mut count) = (Vec::new(), 0);
    ///     while !receiver.receive_message(&mut message)?.is_close() {
    ///         count += 1;
    ///     }
    ///     Ok::<_, winws::MessageError>(count)
    /// });
    /// for number in 0..100 {
    ///     sender.send_text(&number.to_string())?;
    /// }
    /// sender.shutdown(1000, "bye")?;
    /// assert_eq!(receiving.join().unwrap()?, 100);
    /// # server.join().unwrap();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    pub fn send(&self, kind: WebSocketBufferType, bytes: &[u8]) -> Result<(), WebSocketSendError> {
        self.socket.send(kind, bytes)
    }

    /// See [`WebSocket::send_text`].
    ///
    /// # Errors
    ///
    /// The same.
    pub fn send_text(&self, text: &str) -> Result<(), WebSocketSendError> {
        self.socket.send_text(text)
    }

    /// See [`WebSocket::send_binary`].
    ///
    /// # Errors
    ///
    /// The same.
    pub fn send_binary(&self, bytes: &[u8]) -> Result<(), WebSocketSendError> {
        self.socket.send_binary(bytes)
    }

    /// Sends the close frame and nothing after it: see [`WebSocket::shutdown`]. The other half receives on, to the close frame of
    /// the peer.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn shutdown(&self, code: u16, reason: &str) -> Result<(), WebSocketShutdownError> {
        self.socket.shutdown(code, reason)
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
    pub fn receive(&self, buffer: &mut [u8]) -> Result<Delivery, WebSocketReceiveError> {
        self.socket.receive(buffer)
    }

    /// See [`WebSocket::receive_message`].
    ///
    /// # Errors
    ///
    /// The same.
    pub fn receive_message(&self, buffer: &mut Vec<u8>) -> Result<Delivery, MessageError> {
        self.socket.receive_message(buffer)
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
