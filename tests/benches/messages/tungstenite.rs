//! The peer: tungstenite's own connections, with the settings that they come with.

use tungstenite::protocol::Role;
use tungstenite::{Bytes, Message, Utf8Bytes, WebSocket};
use winws::protocol::MessageKind;

use crate::pipe::End;
use crate::{Pair, Sender, payload};

pub(crate) struct Contexts {
    sender: WebSocket<End>,
    receiver: WebSocket<End>,
    message: Message,
}

impl Contexts {
    pub(crate) fn new(sender: Sender, kind: MessageKind, size: usize) -> Self {
        let (one, other) = End::pair();
        let (sends, receives) = match sender {
            Sender::Client => (Role::Client, Role::Server),
            Sender::Server => (Role::Server, Role::Client),
        };
        let payload = Bytes::from(payload(size));
        let message = match kind {
            MessageKind::Text => Message::Text(Utf8Bytes::try_from(payload).expect("the payload is text")),
            MessageKind::Binary => Message::Binary(payload),
        };
        let sender = WebSocket::from_raw_socket(one, sends, None);
        Self { sender, receiver: WebSocket::from_raw_socket(other, receives, None), message }
    }
}

impl Pair for Contexts {
    fn pass(&mut self) -> usize {
        // The payload is shared, not copied.
        self.sender.send(self.message.clone()).expect("a pipe takes everything");
        self.receiver.read().expect("the message has come").len()
    }
}
