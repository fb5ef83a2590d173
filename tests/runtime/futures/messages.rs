//! A WebSocket as a stream and a sink.

use futures_util::{SinkExt as _, StreamExt as _};
use winws::api::winhttp::WebSocketCloseError;
use winws::asynchronous::{Message, SinkError, block_on, connect};

use super::{connected, echo};

#[test]
fn messages_go_in_and_come_out() {
    let (url, server) = echo();
    block_on(async {
        let mut messages = connect(&url).await.unwrap().into_messages();
        for message in [Message::Text("hello".to_owned()), Message::Binary(vec![1; 100_000])] {
            messages.send(message.clone()).await.unwrap();
            assert_eq!(messages.next().await.unwrap(), Ok(message));
        }
        messages.close().await.unwrap();
        assert_eq!(messages.socket().close_status().unwrap().code, 1000);
    });
    server.join().unwrap();
}

#[test]
fn the_stream_ends_with_the_close_of_the_peer_or_with_a_failure() {
    let (socket, mut peer) = connected();
    peer.write(&peer.frame(0x88, &1000_u16.to_be_bytes()));
    let mut messages = socket.into_messages();
    block_on(async {
        assert_eq!(messages.next().await, None);
        assert_eq!(messages.next().await, None);
    });
    let (socket, peer) = connected();
    peer.reset();
    let mut messages = socket.into_messages();
    block_on(async {
        assert!(messages.next().await.unwrap().is_err());
        assert_eq!(messages.next().await, None);
    });
}

#[test]
fn a_sink_that_was_closed_refuses_to_close_again() {
    let (url, server) = echo();
    block_on(async {
        let mut messages = connect(&url).await.unwrap().into_messages();
        messages.close().await.unwrap();
        let refused = SinkError::Close(WebSocketCloseError::InvalidOperation);
        assert_eq!(messages.close().await, Err(refused));
    });
    server.join().unwrap();
}

#[test]
fn the_stream_ends_when_the_sink_is_closed() {
    let (url, server) = echo();
    block_on(async {
        let mut messages = connect(&url).await.unwrap().into_messages();
        messages.close().await.unwrap();
        assert_eq!(messages.next().await, None);
        assert_eq!(messages.next().await, None);
    });
    server.join().unwrap();
}
