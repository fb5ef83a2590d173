//! Our connections, driven over a stream as `examples/connection_tokio.rs` drives them.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use winws::protocol::MessageKind;
use winws::websocket::{Action, Config, Connection, Received};

use super::Stream;
use crate::{Kind, Sender};

/// Where a message is gathered: data is received behind what has come of it.
struct Message {
    bytes: Vec<u8>,
    filled: usize,
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.filled..]
    }
}

impl AsMut<[u8]> for Message {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.filled..]
    }
}

fn config(stream: &Stream, is_client: bool) -> Config {
    let config = if is_client { Config::client() } else { Config::server() };
    let config = config.with_receive_buffer(stream.buffers).expect("the buffer is large enough");
    match is_client {
        true => config.with_send_buffer(stream.buffers).expect("the buffer is large enough"),
        // A server sends from the payload itself.
        false => config,
    }
}

pub(super) async fn send(stream: Stream, mut network: DuplexStream) {
    let mut connection = Connection::<String>::of(config(&stream, matches!(stream.sender, Sender::Client)));
    for _ in 0..stream.count {
        let payload = stream.payload.to_string();
        // As the peers do, this one trusts the type of a text.
        match stream.kind {
            Kind::Text => connection.send_text(payload).expect("nothing is under way"),
            Kind::Binary => connection.send(MessageKind::Binary, true, payload).expect("nothing is under way"),
        }
        loop {
            match connection.next_action().expect("nothing was received").expect("the send has not ended") {
                Action::SendToNetwork(send) => {
                    let written = network.write_vectored(&send.buffers()).await.expect("the peer reads");
                    send.complete(written);
                }
                Action::SendComplete(sent) => {
                    sent.complete();
                    break;
                }
                other => unreachable!("{other:?} without a receive"),
            }
        }
    }
}

/// Gives the number of bytes that came.
///
/// A message that has come as a whole is looked at where it lies. One that has not is gathered: its first piece is copied,
/// and the rest is read from the network right behind it.
pub(super) async fn receive(stream: Stream, mut network: DuplexStream) -> usize {
    let config = config(&stream, matches!(stream.sender, Sender::Server));
    let mut connection = Connection::<Vec<u8>, Message>::of(config);
    let mut buffer = Some(Message { bytes: vec![0; stream.payload.len()], filled: 0 });
    let (mut received, mut messages) = (0, 0);
    while messages < stream.count {
        match buffer.take_if(|message| message.filled > 0) {
            Some(message) => connection.receive_into(message).expect("nothing is under way"),
            None => connection.receive().expect("nothing is under way"),
        }
        let ended = loop {
            match connection.next_action().expect("the peer keeps to the protocol").expect("the receive has not ended")
            {
                Action::ReceiveFromNetwork(mut receive) => {
                    let read = network.read(&mut receive.buffers()[0]).await.expect("the peer writes");
                    receive.complete(read);
                }
                Action::ReceiveComplete(complete) => {
                    let Received::Data { end_of_message, payload, .. } = complete.received() else {
                        unreachable!("only data is sent");
                    };
                    let length = payload.len();
                    received += length;
                    if let Some(message) = &mut buffer
                        && !end_of_message
                    {
                        message.bytes[..length].copy_from_slice(payload);
                        message.filled = length;
                    }
                    if let Some(mut message) = complete.complete() {
                        message.filled += length;
                        buffer = Some(message);
                    }
                    break end_of_message;
                }
                other => unreachable!("{other:?} without a send"),
            }
        };
        if ended {
            buffer.as_mut().expect("the receive is complete").filled = 0;
            messages += 1;
        }
    }
    received
}
