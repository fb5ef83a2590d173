//! Our client, whose messages come into one buffer.

use std::net::SocketAddr;

use tungstenite::Bytes;
use winws::WebSocket;

pub(crate) struct Client {
    socket: WebSocket,
    buffer: Vec<u8>,
}

impl Client {
    /// Messages that come are no larger than `size`.
    pub(crate) fn connect(address: SocketAddr, path: &str, size: usize) -> Self {
        let socket = winws::connect(&format!("ws://{address}/{path}")).expect("the far end accepts");
        Self { socket, buffer: vec![0; size] }
    }
}

impl super::Client for Client {
    fn send(&mut self, message: &Bytes) {
        self.socket.send_binary(message).expect("the far end reads");
    }

    fn receive(&mut self) -> usize {
        let mut filled = 0;
        loop {
            let received = self.socket.receive(&mut self.buffer[filled..]).expect("the far end writes");
            filled += received.len;
            if received.is_end_of_message() {
                return filled;
            }
        }
    }
}
