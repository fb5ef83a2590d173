//! A client that sends and waits for answers, by actions over a blocking stream.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use winws::protocol::{CloseFrame, ControlPayload, MessageKind};
use winws::websocket::{Action, Connection, Received};

use crate::actions::client;

/// A connection to a server that echoes.
pub(crate) struct Peer {
    stream: TcpStream,
    connection: Connection,
    read_ahead: Vec<u8>,
}

/// What a receive ended with.
#[derive(Debug)]
enum Piece {
    Data { kind: MessageKind, end_of_message: bool, payload: Vec<u8> },
    Pong(Vec<u8>),
    Close(CloseFrame),
}

impl Peer {
    /// Connects, and makes the handshake.
    pub(crate) fn connect(address: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        let (connection, read_ahead) = client::connect(&mut stream, "/").unwrap();
        Self { stream, connection, read_ahead }
    }

    /// Sends one frame.
    pub(crate) fn send(&mut self, kind: MessageKind, end_of_message: bool, payload: &[u8]) {
        self.connection.send(kind, end_of_message, payload.to_vec()).unwrap();
        assert!(self.run().is_none());
    }

    /// The next message.
    pub(crate) fn receive(&mut self) -> (MessageKind, Vec<u8>) {
        let mut message = Vec::new();
        loop {
            self.connection.receive().unwrap();
            match self.run() {
                Some(Piece::Data { kind, end_of_message, payload }) => {
                    message.extend(payload);
                    if end_of_message {
                        return (kind, message);
                    }
                }
                other => panic!("{other:?} is no data"),
            }
        }
    }

    /// Sends a ping, and gives what the pong carries.
    pub(crate) fn ping(&mut self, payload: &[u8]) -> Vec<u8> {
        self.connection.send_ping(ControlPayload::new(payload).unwrap()).unwrap();
        self.connection.receive().unwrap();
        match self.run() {
            Some(Piece::Pong(payload)) => payload,
            other => panic!("{other:?} is no pong"),
        }
    }

    /// Closes, and gives the status and reason of the peer.
    pub(crate) fn close(mut self, status: u16, reason: &str) -> (u16, String) {
        self.connection.send_close(CloseFrame::new(status, reason.as_bytes()).unwrap()).unwrap();
        self.connection.receive().unwrap();
        match self.run() {
            Some(Piece::Close(close)) => (close.status(), close.reason().to_owned()),
            other => panic!("{other:?} is no close frame"),
        }
    }

    /// Does what there is to do, up to the end of the receive if one is queued.
    fn run(&mut self) -> Option<Piece> {
        let mut ended = None;
        while let Some(action) = self.connection.next_action().unwrap() {
            match action {
                Action::SendToNetwork(send) => {
                    let written = self.stream.write_vectored(&send.buffers()).unwrap();
                    send.complete(written);
                }
                Action::SendComplete(sent) => drop(sent.complete()),
                Action::ReceiveFromNetwork(receive) if !self.read_ahead.is_empty() => {
                    let taken = receive.fill(&self.read_ahead);
                    self.read_ahead.drain(..taken);
                }
                Action::ReceiveFromNetwork(mut receive) => {
                    let read = self.stream.read_vectored(&mut receive.buffers()).unwrap();
                    receive.complete(read);
                }
                Action::ReceiveComplete(complete) => {
                    ended = Some(match complete.received() {
                        Received::Data { kind, end_of_message, payload } => {
                            Piece::Data { kind, end_of_message, payload: payload.to_vec() }
                        }
                        Received::Pong { payload } => Piece::Pong(payload.to_vec()),
                        Received::Close { close, .. } => Piece::Close(close),
                        Received::Nothing { .. } => panic!("the peer has gone away"),
                    });
                    complete.complete();
                }
            }
        }
        ended
    }
}
