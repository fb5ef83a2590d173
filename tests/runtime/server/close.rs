//! The closing handshake, begun by either end.

use std::thread;

use winws::CloseStatus;
use winws_api::winhttp::WebSocketSendError;
use winws_tests_runtime::peer::{accept_value, masked_frame};

use super::{CONNECTION_ERROR, code};

fn close(code: u16, reason: &str) -> Vec<u8> {
    masked_frame(0x88, &[&code.to_be_bytes(), reason.as_bytes()].concat())
}

#[test]
fn the_client_closes_and_the_server_answers() {
    let (socket, mut peer) = accept_value();
    peer.write(&close(4000, "théirs"));
    assert!(socket.receive(&mut [0; 8]).unwrap().is_close());
    assert_eq!(socket.close_status(), Some(CloseStatus { code: 4000, reason: "théirs".to_owned() }));
    // Data may still go out before the answer.
    socket.send_text("last").unwrap();
    assert_eq!(peer.read_frame(), (0x81, b"last".to_vec()));
    socket.close(1000, "ours").unwrap();
    peer.expect_close(1000, "ours");
    assert_eq!(socket.send_text("late"), Err(WebSocketSendError::InvalidOperation));
    drop(socket);
    // The server ends the stream (section 7.1.1), in order.
    assert_eq!(peer.read_to_end(), "");
}

#[test]
fn the_server_closes_and_waits_for_the_answer() {
    let (socket, mut peer) = accept_value();
    thread::scope(|scope| {
        let closing = scope.spawn(|| socket.close(4001, "ours"));
        peer.expect_close(4001, "ours");
        // What comes before the answer is dropped.
        peer.write(&[masked_frame(0x82, &vec![7; 100_000]), close(4002, "theirs")].concat());
        assert_eq!(closing.join().unwrap(), Ok(()));
    });
    assert_eq!(socket.close_status(), Some(CloseStatus { code: 4002, reason: "theirs".to_owned() }));
    drop(socket);
    assert_eq!(peer.read_to_end(), "");
}

#[test]
fn a_close_without_an_answer_is_a_loss() {
    let (socket, mut peer) = accept_value();
    peer.finish();
    assert_eq!(code(socket.close(1000, "")), CONNECTION_ERROR);
}

#[test]
fn after_a_shutdown_the_server_still_receives() {
    let (socket, mut peer) = accept_value();
    socket.shutdown(1001, "going").unwrap();
    peer.expect_close(1001, "going");
    peer.write(&[masked_frame(0x81, b"one more"), close(1001, "")].concat());
    let mut message = Vec::new();
    socket.receive_message(&mut message).unwrap();
    assert_eq!(message, b"one more");
    assert!(socket.receive_message(&mut message).unwrap().is_close());
}

#[test]
fn close_frees_a_receive_of_another_thread() {
    let (socket, mut peer) = accept_value();
    thread::scope(|scope| {
        let receiving = scope.spawn(|| code(socket.receive(&mut [0; 8])));
        peer.wait_for_receive();
        let closing = scope.spawn(|| socket.close(1000, ""));
        assert_eq!(receiving.join().unwrap(), super::CANCELLED);
        peer.expect_close(1000, "");
        peer.write(&close(1000, ""));
        assert_eq!(closing.join().unwrap(), Ok(()));
    });
}
