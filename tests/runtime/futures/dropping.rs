//! Futures that are dropped while they wait: the WebSocket goes on, and nothing is lost.

use std::future::Future;
use std::net::TcpListener;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use winws::api::winhttp::WebSocketBufferType;
use winws::asynchronous::{block_on, connect};

use winws_tests_runtime::peer::Peer;

use super::connected;

/// Polls a future once, and drops it.
pub(super) fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// More than the system takes for a peer that does not read.
pub(super) const LARGE: usize = 16 << 20;

#[test]
fn a_connect_may_be_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    // Nobody answers.
    assert!(poll_once(connect(&url)).is_pending());
    let mut peer = Peer::accept(&listener);
    assert!(peer.read_head().starts_with("GET / HTTP/1.1\r\n"));
    peer.expect_end();
}

#[test]
fn a_receive_that_is_dropped_loses_nothing() {
    let (socket, mut peer) = connected();
    let mut buffer = [0; 8];
    assert!(poll_once(socket.receive(&mut buffer)).is_pending());
    peer.write(&peer.frame(0x81, b"hello"));
    let delivery = block_on(socket.receive(&mut buffer)).unwrap();
    assert_eq!((delivery.kind, &buffer[..5]), (WebSocketBufferType::Utf8Message, &b"hello"[..]));
}

#[test]
fn a_message_that_has_begun_is_kept() {
    let (socket, mut peer) = connected();
    let mut message = Vec::new();
    peer.write(&peer.frame(0x01, b"he"));
    // A ping behind the first piece: when its pong comes, the piece has been read.
    peer.write(&peer.frame(0x89, b""));
    let mut receiving = Box::pin(socket.receive_message(&mut message));
    let answered = thread::spawn(move || {
        assert_eq!(peer.read_frame(), (0x8a, Vec::new()));
        peer
    });
    while receiving.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() && !answered.is_finished() {}
    drop(receiving);
    let mut peer = answered.join().unwrap();
    assert!(message.is_empty());
    peer.write(&peer.frame(0x80, b"llo"));
    let delivery = block_on(socket.receive_message(&mut message)).unwrap();
    assert_eq!((delivery.kind, &message[..]), (WebSocketBufferType::Utf8Message, &b"hello"[..]));
}

#[test]
fn a_send_that_is_dropped_goes_out_whole_with_the_next_call() {
    let (socket, mut peer) = connected();
    peer.hold_little();
    assert!(poll_once(socket.send_binary(vec![1; LARGE])).is_pending());
    // It was not polled, so it has not begun.
    drop(socket.send_text("never"));
    // It waits for the first one, so it has not begun either.
    assert!(poll_once(socket.send_text("nor this")).is_pending());
    let reading = thread::spawn(move || {
        let (first, payload) = peer.read_frame();
        assert!(first == 0x82 && payload == vec![1; LARGE]);
        assert_eq!(peer.read_frame(), (0x81, b"next".to_vec()));
        peer
    });
    block_on(socket.send_text("next")).unwrap();
    drop(reading.join().unwrap());
}

#[test]
fn a_receive_sends_the_rest_of_a_frame_whose_sender_has_gone() {
    let (socket, mut peer) = connected();
    peer.hold_little();
    thread::scope(|scope| {
        let receiving = scope.spawn(|| {
            let mut buffer = [0; 8];
            block_on(socket.receive(&mut buffer)).map(|delivery| delivery.len)
        });
        peer.wait_for_receive();
        // The receive is under way already when the sender goes.
        assert!(poll_once(socket.send_binary(vec![1; LARGE])).is_pending());
        let (first, payload) = peer.read_frame();
        assert!(first == 0x82 && payload == vec![1; LARGE]);
        peer.write(&peer.frame(0x82, b"thanks"));
        assert_eq!(receiving.join().unwrap(), Ok(6));
    });
}

#[test]
fn a_close_that_is_dropped_goes_on_with_the_next_one() {
    let (socket, mut peer) = connected();
    assert!(poll_once(socket.close(1000, "first")).is_pending());
    peer.expect_close(1000, "first");
    peer.write(&peer.frame(0x88, &1001_u16.to_be_bytes()));
    block_on(socket.close(1002, "second")).unwrap();
    assert_eq!(socket.close_status().unwrap().code, 1001);
    drop(socket);
    peer.expect_end();
}

#[test]
fn a_shutdown_that_is_dropped_is_out_before_the_next_receive_ends() {
    let (socket, mut peer) = connected();
    let _ = poll_once(socket.shutdown(1000, "bye"));
    peer.expect_close(1000, "bye");
    peer.write(&peer.frame(0x88, &1000_u16.to_be_bytes()));
    assert!(block_on(socket.receive(&mut [0; 8])).unwrap().is_close());
}
