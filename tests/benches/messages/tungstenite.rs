//! The peer: tungstenite's own connections, with the settings that they come with.

use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

use crate::one_at_a_time::Pair;
use crate::pipe::End;
use crate::{Kind, Sender};

pub(crate) struct Contexts {
    sender: WebSocket<End>,
    receiver: WebSocket<End>,
    message: Message,
}

impl Contexts {
    pub(crate) fn new(sender: Sender, kind: Kind, payload: &str) -> Self {
        let (one, other) = End::pair();
        let (sends, receives) = match sender {
            Sender::Client => (Role::Client, Role::Server),
            Sender::Server => (Role::Server, Role::Client),
        };
        let message = match kind {
            Kind::Text => Message::text(payload),
            Kind::Binary => Message::binary(payload.as_bytes().to_vec()),
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
