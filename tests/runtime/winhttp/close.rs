//! Section 1.6: Shutdown and Close.

use winws_api::winhttp::WebSocketBufferType::{Close, Utf8Fragment, Utf8Message};
use winws_tests_runtime::peer::{Socket, close_frame, connect, frame};

use super::{CONNECTION_ERROR, INVALID_OPERATION, INVALID_PARAMETER, INVALID_RESPONSE, OK, c};

/// Checks that both functions refuse these arguments, and that the connection is unharmed.
fn check_refused(status: u16, reason: &[u8]) {
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(status, reason), INVALID_PARAMETER, "{status}");
    assert_eq!(socket.close(status, reason), INVALID_PARAMETER, "{status}");
    check_unharmed(&socket);
    assert_eq!(peer.read_frame(), (0x81, b"unharmed".to_vec()));
}

fn check_unharmed(socket: &Socket) {
    assert_eq!(socket.send(Utf8Message, b"unharmed"), OK);
}

#[test]
fn b1_6_1_longest_reason() {
    let reason = "r".repeat(123);
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(1000, reason.as_bytes()), OK);
    peer.expect_close(1000, &reason);
    let (socket, mut peer) = connect();
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, reason.as_bytes()), OK);
    peer.expect_close(1000, &reason);
}

#[test]
fn b1_6_2_reason_too_long_or_null() {
    check_refused(1000, &[b'r'; 124]);
    check_refused(1000, &[b'r'; 128]);
    let (socket, mut peer) = connect();
    assert_eq!(c::shutdown(c::word(socket.0), 1000, None, 1), 87);
    assert_eq!(c::close(c::word(socket.0), 1000, None, 1), 87);
    check_unharmed(&socket);
    assert_eq!(peer.read_frame(), (0x81, b"unharmed".to_vec()));
}

#[test]
fn b1_6_3_pointer_with_length_0() {
    let (socket, mut peer) = connect();
    assert_eq!(c::shutdown(c::word(socket.0), 1000, Some(b"unused"), 0), 0);
    peer.expect_close(1000, "");
    peer.write(&close_frame(1000, ""));
    assert_eq!(c::close(c::word(socket.0), 1000, Some(b"unused"), 0), 0);
}

#[test]
fn b1_6_4_status_that_may_not_be_on_the_wire() {
    for status in [0, 1, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65535] {
        check_refused(status, b"");
        check_refused(status, b"reason");
    }
    for status in [1000, 1003, 1007, 1011, 1012, 1014, 3000, 4999] {
        let (socket, mut peer) = connect();
        assert_eq!(socket.shutdown(status, b"reason"), OK);
        peer.expect_close(status, "reason");
    }
}

#[test]
fn b1_6_5_status_1005_is_an_empty_frame() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(1005, b""), OK);
    assert_eq!(peer.read_frame(), (0x88, Vec::new()));
    let (socket, mut peer) = connect();
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1005, b""), OK);
    assert_eq!(peer.read_frame(), (0x88, Vec::new()));
}

#[test]
fn b1_6_6_status_1005_with_a_reason() {
    check_refused(1005, b"reason");
}

#[test]
fn b1_6_7_reason_that_is_not_utf8() {
    check_refused(1000, b"\xff");
    check_refused(1000, b"\xe2\x82");
}

/// Closes while the peer's answer is on its way, and checks the outcome.
fn check_close(answer: &[u8], status: u16, reason: &str) {
    let (socket, mut peer) = connect();
    peer.write(answer);
    assert_eq!(socket.close(1001, b"bye"), OK);
    assert_eq!(socket.close_status(), Ok((status, reason.to_owned())));
    peer.expect_close(1001, "bye");
    assert_eq!(socket.close_handle(), OK);
    peer.expect_end();
}

#[test]
fn b1_6_8_peer_answers() {
    check_close(&close_frame(1001, "bye"), 1001, "bye");
}

#[test]
fn b1_6_9_peer_answers_another_code() {
    check_close(&close_frame(4001, "mine"), 4001, "mine");
}

#[test]
fn b1_6_10_peer_answers_with_an_empty_frame() {
    check_close(&frame(0x88, b""), 1005, "");
}

#[test]
fn b1_6_11_close_with_unread_data() {
    let long = vec![b'x'; 50_000];
    let data = [frame(0x01, &long), frame(0x80, b"more"), frame(0x89, b""), close_frame(1000, "")].concat();
    let (socket, mut peer) = connect();
    peer.write(&data);
    assert_eq!(socket.receive(3), Ok((Utf8Fragment, b"xxx".to_vec())));
    assert_eq!(socket.close(1000, b""), OK);
    assert_eq!(socket.close_status(), Ok((1000, String::new())));
    // After Shutdown, and without reading the close frame first.
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(1000, b""), OK);
    peer.write(&data);
    assert_eq!(socket.close(1000, b""), OK);
}

#[test]
fn b1_6_12_peer_closed_first() {
    // Unread.
    check_close(&close_frame(4001, "theirs"), 4001, "theirs");
    // Read.
    let (socket, mut peer) = connect();
    peer.write(&close_frame(4001, "theirs"));
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    assert_eq!(socket.close(4002, b"ours"), OK);
    peer.expect_close(4002, "ours");
    assert_eq!(socket.close_status(), Ok((4001, "theirs".to_owned())));
}

#[test]
fn b1_6_13_close_after_shutdown() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(4001, b"first"), OK);
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(4002, b"second"), OK);
    peer.expect_close(4001, "first");
    assert_eq!(socket.close_handle(), OK);
    peer.expect_end();
}

#[test]
fn b1_6_14_twice() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(1000, b""), OK);
    assert_eq!(socket.shutdown(1000, b""), INVALID_OPERATION);
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, b""), OK);
    assert_eq!(socket.close(1000, b""), INVALID_OPERATION);
    assert_eq!(socket.shutdown(1000, b""), INVALID_OPERATION);
}

#[test]
fn b1_6_15_shutdown_after_the_close_of_the_peer() {
    let (socket, mut peer) = connect();
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    assert_eq!(socket.shutdown(4001, b"ours"), OK);
    peer.expect_close(4001, "ours");
}

#[test]
fn b1_6_16_peer_drops_instead_of_answering() {
    let (socket, mut peer) = connect();
    peer.finish();
    assert_eq!(socket.close(1000, b""), CONNECTION_ERROR);
    assert_eq!(socket.close_status(), Err(INVALID_OPERATION));
    let (socket, peer) = connect();
    peer.reset();
    assert_eq!(socket.close(1000, b""), CONNECTION_ERROR);
    assert_eq!(socket.close_status(), Err(INVALID_OPERATION));
}

#[test]
fn b1_6_18_close_inside_a_sent_message() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.send(Utf8Fragment, b"half"), OK);
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, b""), OK);
    assert_eq!(peer.read_frame(), (0x01, b"half".to_vec()));
    peer.expect_close(1000, "");
}

#[test]
fn b1_6_19_close_handle_without_close() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.close_handle(), OK);
    peer.expect_end();
}

#[test]
fn b1_6_20_shutdown_returns_0() {
    let (socket, _peer) = connect();
    assert_eq!(c::shutdown(c::word(socket.0), 1000, None, 0), 0);
}

#[test]
fn b1_6_21_after_a_protocol_error() {
    let (socket, mut peer) = connect();
    peer.write(&frame(0x83, b""));
    assert_eq!(socket.receive(8), Err(INVALID_RESPONSE));
    assert_eq!(socket.shutdown(1000, b""), INVALID_OPERATION);
    assert_eq!(socket.close(1000, b""), INVALID_RESPONSE);
    assert_eq!(socket.close(1000, b""), INVALID_RESPONSE);
    peer.expect_close(1002, "");
    peer.expect_end();
    let (socket, peer) = connect();
    drop(peer);
    assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
    assert_eq!(socket.shutdown(1000, b""), INVALID_OPERATION);
    assert_eq!(socket.close(1000, b""), CONNECTION_ERROR);
}

#[test]
fn b1_6_22_peer_closes_and_drops() {
    let (socket, mut peer) = connect();
    peer.write(&close_frame(4001, "gone"));
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    peer.reset();
    assert_eq!(socket.close(1000, b""), OK);
    assert_eq!(socket.close_status(), Ok((4001, "gone".to_owned())));
    let (socket, mut peer) = connect();
    peer.write(&close_frame(4001, "gone"));
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    peer.reset();
    assert_eq!(socket.shutdown(1000, b""), OK);
    assert_eq!(socket.close(1000, b""), OK);
}
