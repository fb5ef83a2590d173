//! Our connections without I/O.

use winws::protocol::MessageKind;
use winws::websocket::{Action, Config, Connection, Received};

use crate::one_at_a_time::Pair;
use crate::pipe::Pipe;
use crate::{Kind, Sender};

/// Payload from `P`, into a buffer of the receiver's that is as large as a message.
pub(crate) struct Connections {
    sender: Connection<Vec<u8>>,
    receiver: Connection<Vec<u8>>,
    pipe: Pipe,
    kind: MessageKind,
    /// Each is handed over with a call, and comes back when that is complete.
    payload: Option<Vec<u8>>,
    buffer: Option<Vec<u8>>,
}

impl Connections {
    pub(crate) fn new(sender: Sender, kind: Kind, payload: &str) -> Self {
        let (client, server) = (Connection::new(Config::client()), Connection::new(Config::server()));
        let (sender, receiver) = match sender {
            Sender::Client => (client, server),
            Sender::Server => (server, client),
        };
        let (payload, buffer) = (Some(payload.as_bytes().to_vec()), Some(vec![0; payload.len()]));
        Self { sender, receiver, pipe: Pipe::default(), kind: self::kind(kind), payload, buffer }
    }
}

impl Pair for Connections {
    fn pass(&mut self) -> usize {
        let payload = self.payload.take().expect("the last send is complete");
        self.sender.send(self.kind, true, payload).expect("nothing is under way");
        while let Some(action) = self.sender.next_action().expect("nothing was received") {
            match action {
                Action::SendToNetwork(send) => {
                    for bytes in send.buffers() {
                        self.pipe.write(&bytes);
                    }
                    let length = send.len();
                    send.complete(length);
                }
                Action::SendComplete(sent) => self.payload = sent.complete(),
                other => unreachable!("{other:?} without a receive"),
            }
        }
        let mut received = 0;
        loop {
            let buffer = self.buffer.take().expect("the last receive is complete");
            self.receiver.receive_into(buffer).expect("nothing is under way");
            let ended = loop {
                match self.receiver.next_action().expect("the peer keeps to the protocol") {
                    Some(Action::ReceiveFromNetwork(receive)) => {
                        let length = receive.fill(self.pipe.peek());
                        self.pipe.consume(length);
                    }
                    Some(Action::ReceiveComplete(complete)) => {
                        let Received::Data { end_of_message, payload, .. } = complete.received() else {
                            unreachable!("only data is sent");
                        };
                        received += payload.len();
                        self.buffer = complete.complete();
                        break end_of_message;
                    }
                    other => unreachable!("{other:?} without a send"),
                }
            };
            if ended {
                return received;
            }
        }
    }
}

/// Our word for what a message is made of.
pub(crate) fn kind(kind: Kind) -> MessageKind {
    match kind {
        Kind::Text => MessageKind::Text,
        Kind::Binary => MessageKind::Binary,
    }
}
