//! Section 1.5: two threads on one synchronous handle.

use std::sync::Barrier;
use std::thread;

use winws::WinHttp;
use winws_api::winhttp::WebSocketBufferType::{BinaryMessage, Close, Utf8Message};
use winws_tests_runtime::peer::{Opening, Peer, close_frame, connect, frame};

use super::{CANCELLED, CONNECTION_ERROR, INVALID_HANDLE, INVALID_OPERATION, OK};

/// Returns when the client is inside of Receive: it has answered a ping.
fn wait_for_receive(peer: &mut Peer) {
    peer.write(&frame(0x89, b"there?"));
    assert_eq!(peer.read_frame(), (0x8a, b"there?".to_vec()));
}

#[test]
fn b1_5_1_send_while_another_thread_receives() {
    let (socket, mut peer) = connect();
    // More than any buffer on the way holds: the sender waits as well.
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        wait_for_receive(&mut peer);
        assert_eq!(socket.receive(8), Err(INVALID_OPERATION), "one Receive at a time");
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        let (first, payload) = peer.read_frame();
        assert!(first == 0x82 && payload.len() == message.len());
        assert_eq!(send.join().unwrap(), OK);
        peer.write(&frame(0x81, b"hi"));
        assert_eq!(receive.join().unwrap(), Ok((Utf8Message, b"hi".to_vec())));
    });
}

#[test]
fn pongs_go_between_frames_while_another_thread_sends() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        wait_for_receive(&mut peer);
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        // The frame has begun, and cannot end before it is read.
        let head = peer.read(2);
        assert_eq!(head, [0x82, 0xff]);
        peer.write(&[frame(0x89, b"inside"), frame(0x81, b"hi")].concat());
        assert_eq!(receive.join().unwrap(), Ok((Utf8Message, b"hi".to_vec())));
        peer.read(8 + 4 + message.len());
        assert_eq!(peer.read_frame(), (0x8a, b"inside".to_vec()));
        assert_eq!(send.join().unwrap(), OK);
    });
}

#[test]
fn sends_of_two_threads_take_turns() {
    let (socket, mut peer) = connect();
    let messages = [vec![1; 30_000_000], vec![2; 30_000_000]];
    let both = Barrier::new(3);
    thread::scope(|scope| {
        for message in &messages {
            scope.spawn(|| {
                both.wait();
                assert_eq!(socket.send(BinaryMessage, message), OK);
            });
        }
        both.wait();
        let mut received = [peer.read_frame().1, peer.read_frame().1];
        received.sort();
        assert!(received == messages);
    });
}

#[test]
fn b1_5_2_shutdown_while_another_thread_receives() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        wait_for_receive(&mut peer);
        assert_eq!(socket.shutdown(1000, b"bye"), OK);
        peer.expect_close(1000, "bye");
        peer.write(&close_frame(1000, "bye"));
        assert_eq!(receive.join().unwrap(), Ok((Close, Vec::new())));
    });
    assert_eq!(socket.close_status(), Ok((1000, "bye".to_owned())));
}

#[test]
fn b1_5_3_close_while_another_thread_receives() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        wait_for_receive(&mut peer);
        let close = scope.spawn(|| socket.close(1000, b""));
        // The receiver is gone before the peer answers.
        assert_eq!(receive.join().unwrap(), Err(CANCELLED));
        peer.expect_close(1000, "");
        peer.write(&[frame(0x81, b"dropped"), close_frame(4000, "")].concat());
        assert_eq!(close.join().unwrap(), OK);
    });
    assert_eq!(socket.close_status(), Ok((4000, String::new())));
}

#[test]
fn b1_5_4_close_handle_while_another_thread_receives() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let receive = scope.spawn(|| socket.receive(8));
        wait_for_receive(&mut peer);
        assert_eq!(socket.close_handle(), OK);
        assert_eq!(receive.join().unwrap(), Err(CANCELLED));
    });
    peer.expect_end();
}

#[test]
fn close_handle_while_another_thread_sends() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        // The frame has begun, and cannot end before it is read.
        assert_eq!(peer.read(1), [0x82]);
        assert_eq!(socket.close_handle(), OK);
        assert_eq!(send.join().unwrap(), CANCELLED);
    });
}

#[test]
fn close_handle_while_another_thread_closes() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let close = scope.spawn(|| socket.close(1000, b""));
        peer.expect_close(1000, "");
        assert_eq!(socket.close_handle(), OK);
        assert_eq!(close.join().unwrap(), CANCELLED);
    });
}

#[test]
fn close_while_another_thread_sends_waits_for_the_frame() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        let head = peer.read(2);
        assert_eq!(head, [0x82, 0xff]);
        peer.write(&close_frame(1000, ""));
        let close = scope.spawn(|| socket.close(1001, b""));
        peer.read(8 + 4 + message.len());
        peer.expect_close(1001, "");
        assert_eq!((send.join().unwrap(), close.join().unwrap()), (OK, OK));
    });
}

#[test]
fn a_peer_that_goes_wakes_the_thread_that_sends() {
    let (socket, mut peer) = connect();
    let message = vec![7; 30_000_000];
    thread::scope(|scope| {
        let send = scope.spawn(|| socket.send(BinaryMessage, &message));
        assert_eq!(peer.read(1), [0x82]);
        // Only this direction ends: it takes the Receive to notice, which then gives the other one up as well.
        peer.finish();
        assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
        assert_eq!(send.join().unwrap(), CONNECTION_ERROR);
    });
}

#[test]
fn close_handle_while_another_thread_waits_for_the_response() {
    let Opening { request, mut peer, .. } = Opening::new(&[]);
    thread::scope(|scope| {
        let receive = scope.spawn(|| WinHttp::process().receive_response(request));
        // Whether the other thread is that far already makes a difference to the code only.
        assert_eq!(WinHttp::process().close_handle(request), Ok(()));
        let code = receive.join().unwrap().unwrap_err();
        assert!(code == CANCELLED || code == INVALID_HANDLE, "{code}");
    });
    peer.expect_end();
}
