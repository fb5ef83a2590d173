//! The peer: tungstenite's blocking client with the settings that it comes with.

use std::net::{SocketAddr, TcpStream};

use tungstenite::{Bytes, Message, WebSocket};

pub(crate) struct Client {
    socket: WebSocket<TcpStream>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the far end listens");
        stream.set_nodelay(true).expect("the socket is open");
        let (socket, _) = tungstenite::client(format!("ws://{address}/{path}"), stream).expect("the far end accepts");
        Self { socket }
    }
}

impl super::Client for Client {
    fn send(&mut self, message: &Bytes) {
        // The payload is shared, not copied.
        self.socket.send(Message::Binary(message.clone())).expect("the far end reads");
    }

    fn receive(&mut self) -> usize {
        self.socket.read().expect("the far end writes").len()
    }
}

/// Connects, closes, and goes when the far end has closed.
pub(crate) fn cycle(address: SocketAddr) {
    let mut client = Client::connect(address, "close/0");
    client.socket.close(None).expect("the far end reads");
    while client.socket.read().is_ok() {}
}
