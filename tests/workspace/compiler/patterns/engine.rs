//! The other end of a program: a [`Connection`] that is driven from Rust.

use std::io::{Read, Write};

use winws::protocol::http::ResponseReader;
use winws::protocol::upgrade::{Request, UpgradeRequestReader};
use winws::protocol::{CloseFrame, ControlPayload, MessageKind, NO_STATUS};
use winws::websocket::{Action, Config, Connection, Received};

use super::wire::{Last, Pings, REASON, Sent, Side, long_ping, message};

/// An end that sends everything, and then receives everything.
pub(super) struct Engine {
    sent: Sent,
    /// How many messages the peer sends.
    receives: u32,
    has_handshake: bool,
}

impl Engine {
    pub(super) const fn new(sent: Sent, receives: u32) -> Self {
        Self { sent, receives, has_handshake: false }
    }

    pub(super) const fn with_handshake(self) -> Self {
        Self { has_handshake: true, ..self }
    }

    pub(super) fn run(self, stream: &mut (impl Read + Write)) {
        if self.has_handshake {
            match self.sent.side {
                Side::Client => connect(stream),
                Side::Server => accept(stream),
            }
        }
        let mut connection = Connection::new(match self.sent.side {
            Side::Client => Config::client(),
            Side::Server => Config::server(),
        });
        for index in 0..self.sent.messages {
            if self.sent.pings == Pings::Long {
                connection.send_ping(ControlPayload::new(&long_ping(index)).unwrap()).unwrap();
            }
            let (is_text, payload) = message(self.sent.side, index);
            connection.send(kind(is_text), true, payload).unwrap();
            flush(&mut connection, stream);
        }
        if self.sent.last == Last::EmptyClose {
            connection.send_close(CloseFrame::EMPTY).unwrap();
            flush(&mut connection, stream);
        }
        self.receive_all(&mut connection, stream);
        if self.sent.last == Last::Done {
            connection.send_close(CloseFrame::new(1000, REASON).unwrap()).unwrap();
            flush(&mut connection, stream);
        }
    }

    /// Receives until the peer's close frame, or the end of the stream if it was aborted.
    fn receive_all(&self, connection: &mut Connection, stream: &mut (impl Read + Write)) {
        let (mut index, mut whole) = (0, Vec::new());
        while !connection.has_ended() {
            connection.receive().unwrap();
            while let Some(action) = connection.next_action().expect("the peer keeps to the protocol") {
                match action {
                    Action::SendToNetwork(send) => {
                        send.buffers().iter().for_each(|buffer| stream.write_all(buffer).unwrap());
                        let length = send.len();
                        send.complete(length);
                    }
                    Action::SendComplete(sent) => drop(sent.complete()),
                    Action::ReceiveFromNetwork(mut receive) => {
                        let count = stream.read(&mut receive.buffers()[0]).unwrap();
                        receive.complete(count);
                    }
                    Action::ReceiveComplete(complete) => {
                        match complete.received() {
                            Received::Data { kind: had, end_of_message, payload } => {
                                whole.extend_from_slice(payload);
                                if end_of_message {
                                    let (is_text, expected) = message(self.sent.side.other(), index);
                                    assert_eq!(had, kind(is_text), "message {index}");
                                    assert!(whole == expected, "message {index} has other bytes");
                                    whole.clear();
                                    index += 1;
                                }
                            }
                            Received::Pong { .. } => assert_eq!(self.sent.pings, Pings::Long),
                            Received::Close { close, .. } => match self.sent.last {
                                Last::EmptyClose => {
                                    assert_eq!((close.status(), close.reason().as_bytes()), (1000, REASON));
                                }
                                Last::Done => assert_eq!((close.status(), close.reason()), (NO_STATUS, "")),
                                Last::Nothing => panic!("a peer that was aborted has closed"),
                            },
                            Received::Nothing { .. } => assert_eq!(self.sent.last, Last::Nothing, "the peer has gone"),
                        }
                        complete.complete();
                    }
                }
            }
        }
        assert_eq!(index, self.receives);
        assert!(whole.is_empty());
    }
}

const fn kind(is_text: bool) -> MessageKind {
    if is_text { MessageKind::Text } else { MessageKind::Binary }
}

/// Does what the sends say.
fn flush(connection: &mut Connection, stream: &mut impl Write) {
    while let Some(action) = connection.next_send_action() {
        match action {
            Action::SendToNetwork(send) => {
                send.buffers().iter().for_each(|buffer| stream.write_all(buffer).unwrap());
                let length = send.len();
                send.complete(length);
            }
            Action::SendComplete(sent) => drop(sent.complete()),
            Action::ReceiveFromNetwork(_) | Action::ReceiveComplete(_) => unreachable!("these are of receives"),
        }
    }
}

/// The handshake of a client. Heads are read byte by byte, so that nothing behind them is read.
fn connect(stream: &mut (impl Read + Write)) {
    let request = Request::new("/strings", "example.com", &[("Sec-WebSocket-Protocol", "superchat, chat")]).unwrap();
    stream.write_all(&request.encode()).unwrap();
    let mut reader = ResponseReader::new();
    let response = loop {
        assert_eq!(reader.receive_bytes(&read_byte(stream)), Ok(1));
        if let Some(response) = reader.poll_response() {
            break response;
        }
    };
    assert_eq!(response.check_upgrade(&request), Ok(Some("chat".to_owned())));
}

/// The handshake of a server.
fn accept(stream: &mut (impl Read + Write)) {
    let mut reader = UpgradeRequestReader::new();
    let request = loop {
        assert_eq!(reader.receive_bytes(&read_byte(stream)), Ok(1));
        if let Some(request) = reader.poll_request() {
            break request;
        }
    };
    assert_eq!(request.target(), "/strings");
    stream.write_all(&request.accept(Some("chat"), &[]).unwrap()).unwrap();
}

fn read_byte(stream: &mut impl Read) -> [u8; 1] {
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    byte
}
