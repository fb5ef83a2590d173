//! The Rust API with futures: under several executors, with futures that are dropped, and with two tasks at once.

mod dropping;
mod executors;
mod halves;
mod messages;
mod tickets;
mod waking;

use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use winws::asynchronous::{WebSocket, block_on, connect};
use winws_tests_runtime::peer::{Peer, good_answer};

/// A WebSocket whose handshake is done, and the server's end.
fn connected() -> (WebSocket, Peer) {
    let (url, peer) = server();
    let socket = block_on(connect(&url)).unwrap();
    (socket, peer.join().unwrap())
}

/// A server that answers one request as one would expect.
fn server() -> (String, JoinHandle<Peer>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/chat", listener.local_addr().unwrap());
    let peer = thread::spawn(move || {
        let mut peer = Peer::accept(&listener);
        let head = peer.read_head();
        peer.write(good_answer(&head, "").as_bytes());
        peer
    });
    (url, peer)
}

/// A server of this crate that sends every message back until the client closes.
fn echo() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (socket, mut message) = (winws::accept(listener.accept().unwrap().0).unwrap(), Vec::new());
        loop {
            let delivery = socket.receive_message(&mut message).unwrap();
            if delivery.is_close() {
                return socket.close(1000, "").unwrap();
            }
            socket.send(delivery.kind, &message).unwrap();
        }
    });
    (url, server)
}
