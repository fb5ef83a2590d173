//! tokio-tungstenite as its documentation drives it, with the settings that it comes with.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::DuplexStream;
use tokio_tungstenite::WebSocketStream;
use tungstenite::Message;
use tungstenite::protocol::Role;

use super::Stream;
use crate::{Kind, Sender};

/// Every message is flushed, as both other peers do.
pub(super) async fn send(stream: Stream, network: DuplexStream) {
    let mut socket = sender(&stream, network).await;
    for _ in 0..stream.count {
        socket.send(message(&stream)).await.expect("the peer reads");
    }
}

/// Messages are gathered in tungstenite's write buffer, and flushed at the end.
pub(super) async fn feed(stream: Stream, network: DuplexStream) {
    let mut socket = sender(&stream, network).await;
    for _ in 0..stream.count {
        socket.feed(message(&stream)).await.expect("the peer reads");
    }
    socket.flush().await.expect("the peer reads");
}

async fn sender(stream: &Stream, network: DuplexStream) -> WebSocketStream<DuplexStream> {
    let role = match stream.sender {
        Sender::Client => Role::Client,
        Sender::Server => Role::Server,
    };
    WebSocketStream::from_raw_socket(network, role, None).await
}

fn message(stream: &Stream) -> Message {
    match stream.kind {
        // Text is a `String` here: whoever has one need not check it again.
        Kind::Text => Message::text(stream.payload.to_string()),
        Kind::Binary => Message::binary(stream.payload.as_bytes().to_vec()),
    }
}

/// Gives the number of bytes that came.
pub(super) async fn receive(stream: Stream, network: DuplexStream) -> usize {
    let role = match stream.sender {
        Sender::Client => Role::Server,
        Sender::Server => Role::Client,
    };
    let mut socket = WebSocketStream::from_raw_socket(network, role, None).await;
    let mut received = 0;
    for _ in 0..stream.count {
        received += socket.next().await.expect("more is sent").expect("the peer writes").len();
    }
    received
}
