//! Abort in one thread beside calls that block in others.

use std::thread;
use std::time::Duration;

use winws::WebSocket;
use winws_api::Win32Error;
use winws_tests_runtime::peer::{Peer, accept_value};

use super::{CANCELLED, code};

/// More than any buffer on the way holds: who sends it waits for the peer.
const LARGE: usize = 30_000_000;

/// Runs a call in another thread, and aborts once the client has seen that it blocks.
fn check(call: impl FnOnce(&WebSocket) -> Win32Error + Send, wait_until_it_blocks: impl FnOnce(&mut Peer)) {
    let (socket, mut peer) = accept_value();
    thread::scope(|scope| {
        let blocked = scope.spawn(|| call(&socket));
        wait_until_it_blocks(&mut peer);
        socket.abort();
        assert_eq!(blocked.join().unwrap(), CANCELLED);
    });
    assert_eq!(code(socket.send_text("late")), CANCELLED);
    assert_eq!(code(socket.receive(&mut [0; 8])), CANCELLED);
    assert_eq!(socket.close_status(), None);
}

#[test]
fn abort_frees_a_receive() {
    check(|socket| code(socket.receive(&mut [0; 8])), Peer::wait_for_receive);
}

#[test]
fn abort_frees_a_receive_with_a_timeout() {
    let receive = |socket: &WebSocket| {
        socket.set_receive_timeout(Some(Duration::from_secs(3600)));
        code(socket.receive(&mut [0; 8]))
    };
    check(receive, Peer::wait_for_receive);
}

#[test]
fn abort_frees_a_send_to_a_client_that_does_not_read() {
    check(|socket| code(socket.send_binary(&vec![7; LARGE])), |peer| assert_eq!(peer.read(1), [0x82]));
}

#[test]
fn abort_frees_a_close() {
    check(|socket| code(socket.close(1000, "")), |peer| peer.expect_close(1000, ""));
}

#[test]
fn dropping_ends_the_connection() {
    let (socket, mut peer) = accept_value();
    drop(socket);
    peer.expect_end();
}
