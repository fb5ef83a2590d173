//! Abort and close in one thread beside calls that block in others.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use winws::{MessageError, WebSocket};
use winws_api::Win32Error;
use winws_api::winhttp::WebSocketReceiveError;
use winws_tests_runtime::peer::{Peer, close_frame, connect_value, frame};

use super::{CANCELLED, INVALID_OPERATION, code};

/// More than any buffer on the way holds: who sends it waits for the peer.
const LARGE: usize = 30_000_000;

/// Runs a call in another thread, and aborts once the peer has seen that it blocks.
fn check(call: impl FnOnce(&WebSocket) -> Win32Error + Send, wait_until_it_blocks: impl FnOnce(&mut Peer)) {
    let (socket, mut peer) = connect_value();
    thread::scope(|scope| {
        let blocked = scope.spawn(|| call(&socket));
        wait_until_it_blocks(&mut peer);
        socket.abort();
        assert_eq!(blocked.join().unwrap(), CANCELLED);
    });
    assert_eq!(code(socket.send_text("late")), CANCELLED);
    assert_eq!(code(socket.receive(&mut [0; 8])), CANCELLED);
    assert_eq!(code(socket.shutdown(1000, "")), CANCELLED);
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
fn abort_frees_a_receive_of_a_message_that_has_begun() {
    let receive = |socket: &WebSocket| {
        let failed = MessageError::Failed(WebSocketReceiveError::OperationCancelled);
        assert_eq!(socket.receive_message(&mut Vec::new()), Err(failed));
        CANCELLED
    };
    check(receive, |peer| {
        peer.write(&frame(0x01, b"part"));
        peer.wait_for_receive();
    });
}

#[test]
fn abort_frees_a_send_to_a_peer_that_does_not_read() {
    check(|socket| code(socket.send_binary(&vec![7; LARGE])), |peer| assert_eq!(peer.read(1), [0x82]));
}

#[test]
fn abort_frees_a_close() {
    check(|socket| code(socket.close(1000, "")), |peer| peer.expect_close(1000, ""));
}

#[test]
fn abort_frees_a_close_that_took_the_reading_over() {
    let close = |socket: &WebSocket| {
        thread::scope(|scope| {
            let receive = scope.spawn(|| code(socket.receive(&mut [0; 8])));
            let closed = code(socket.close(1000, ""));
            // Either it was there before, or it was refused.
            assert!([CANCELLED, INVALID_OPERATION].contains(&receive.join().unwrap()));
            closed
        })
    };
    check(close, |peer| peer.expect_close(1000, ""));
}

#[test]
fn abort_frees_every_call_that_waits_for_its_turn() {
    let (socket, mut peer) = connect_value();
    let (socket, (ended, codes)) = (Arc::new(socket), channel());
    let spawn = |call: fn(&WebSocket) -> Win32Error| {
        let (socket, ended) = (Arc::clone(&socket), ended.clone());
        // Not in a scope: a test whose thread never ends would not either.
        thread::spawn(move || ended.send(call(&socket)).unwrap());
    };
    spawn(|socket| code(socket.send_binary(&vec![7; LARGE])));
    assert_eq!(peer.read(1), [0x82]);
    for _ in 0..4 {
        spawn(|socket| code(socket.send_text("waits")));
    }
    spawn(|socket| code(socket.receive(&mut [0; 8])));
    socket.abort();
    for _ in 0..6 {
        assert_eq!(codes.recv_timeout(Duration::from_secs(20)), Ok(CANCELLED));
    }
}

#[test]
fn abort_frees_a_shutdown_that_waits_for_a_frame() {
    let has_begun = Barrier::new(2);
    let shutdown = |socket: &WebSocket| {
        thread::scope(|scope| {
            let send = scope.spawn(|| code(socket.send_binary(&vec![7; LARGE])));
            has_begun.wait();
            let shutdown = code(socket.shutdown(1000, ""));
            assert_eq!(send.join().unwrap(), CANCELLED);
            shutdown
        })
    };
    check(shutdown, |peer| {
        assert_eq!(peer.read(1), [0x82]);
        has_begun.wait();
    });
}

#[test]
fn each_of_many_senders_has_its_turn() {
    let (socket, mut peer) = connect_value();
    let (socket, (ended, codes)) = (Arc::new(socket), channel());
    let spawn = |length: usize| {
        let (socket, ended) = (Arc::clone(&socket), ended.clone());
        thread::spawn(move || ended.send(code(socket.send_binary(&vec![7; length]))).unwrap());
    };
    spawn(LARGE);
    // The frame has begun, and cannot end before it is read. All others wait for it.
    assert_eq!(peer.read(2), [0x82, 0xff]);
    (0..8).for_each(|_| spawn(1));
    peer.read(8 + 4 + LARGE);
    for _ in 0..8 {
        assert_eq!(peer.read_frame(), (0x82, vec![7]));
    }
    for _ in 0..9 {
        assert_eq!(codes.recv_timeout(Duration::from_secs(20)), Ok(Win32Error::NO_ERROR));
    }
}

#[test]
fn what_had_come_is_not_received_after_abort() {
    let (socket, mut peer) = connect_value();
    peer.write(&[frame(0x81, b"one"), frame(0x81, b"two")].concat());
    assert_eq!(socket.receive(&mut [0; 8]).unwrap().len, 3);
    socket.abort();
    assert_eq!(code(socket.receive(&mut [0; 8])), CANCELLED);
}

#[test]
fn abort_twice_is_abort_once() {
    let (socket, mut peer) = connect_value();
    socket.abort();
    socket.abort();
    peer.expect_end();
    assert_eq!(code(socket.close(1000, "")), CANCELLED);
}

#[test]
fn close_frees_a_receive_of_a_message() {
    let (socket, mut peer) = connect_value();
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive_message(&mut Vec::new()));
        peer.write(&frame(0x01, b"part"));
        peer.wait_for_receive();
        let close = scope.spawn(|| socket.close(1000, "bye"));
        // The receiver is gone before the peer answers.
        let failed = MessageError::Failed(WebSocketReceiveError::OperationCancelled);
        assert_eq!(receive.join().unwrap(), Err(failed));
        peer.expect_close(1000, "bye");
        peer.write(&close_frame(4000, "them"));
        assert_eq!(close.join().unwrap(), Ok(()));
    });
    let status = socket.close_status().unwrap();
    assert_eq!((status.code, &*status.reason), (4000, "them"));
}
