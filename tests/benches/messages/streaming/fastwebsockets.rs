//! fastwebsockets as its documentation drives it, with the settings that it comes with; fragments would be collected.

use fastwebsockets::{FragmentCollector, Frame, Payload, Role, WebSocket};
use tokio::io::DuplexStream;

use super::Stream;
use crate::{Kind, Sender};

pub(super) async fn send(stream: Stream, network: DuplexStream) {
    let role = match stream.sender {
        Sender::Client => Role::Client,
        Sender::Server => Role::Server,
    };
    let mut socket = WebSocket::after_handshake(network, role);
    for _ in 0..stream.count {
        let payload = Payload::Owned(stream.payload.as_bytes().to_vec());
        let frame = match stream.kind {
            Kind::Text => Frame::text(payload),
            Kind::Binary => Frame::binary(payload),
        };
        socket.write_frame(frame).await.expect("the peer reads");
    }
}

/// Gives the number of bytes that came.
pub(super) async fn receive(stream: Stream, network: DuplexStream) -> usize {
    let role = match stream.sender {
        Sender::Client => Role::Server,
        Sender::Server => Role::Client,
    };
    let mut socket = FragmentCollector::new(WebSocket::after_handshake(network, role));
    let mut received = 0;
    for _ in 0..stream.count {
        received += socket.read_frame().await.expect("the peer writes").payload.len();
    }
    received
}
