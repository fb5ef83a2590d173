//! The peer: tungstenite's blocking client with the settings that it comes with.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use rustls::{ClientConnection, StreamOwned};
use tungstenite::{Bytes, Message, WebSocket};

use super::tls;

pub(crate) struct Client<S> {
    socket: WebSocket<S>,
}

impl Client<StreamOwned<ClientConnection, TcpStream>> {
    pub(crate) fn connect_tls(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the far end listens");
        stream.set_nodelay(true).expect("the socket is open");
        let url = format!("wss://{address}/{path}");
        let (socket, _) = tungstenite::client(url, tls::client(stream)).expect("the far end accepts");
        Self { socket }
    }
}

impl Client<TcpStream> {
    pub(crate) fn connect(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the far end listens");
        stream.set_nodelay(true).expect("the socket is open");
        let (socket, _) = tungstenite::client(format!("ws://{address}/{path}"), stream).expect("the far end accepts");
        Self { socket }
    }
}

impl<S: Read + Write> super::Client for Client<S> {
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
