//! Section 1.7: QueryCloseStatus.

use std::thread;

use winws_api::winhttp::HInternet;
use winws_api::winhttp::WebSocketBufferType::Close;
use winws_tests_runtime::peer::{Socket, close_frame, connect, frame};

use super::{CONNECTION_ERROR, INVALID_OPERATION, INVALID_RESPONSE, OK, c};

/// A socket that has read this close frame of its peer.
fn closed_by(frame: &[u8]) -> Socket {
    let (socket, mut peer) = connect();
    peer.write(frame);
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    socket
}

/// Queries with a buffer of this size, `None` for `NULL`: code, status, length and buffer.
fn query(socket: HInternet, size: Option<u32>) -> (u32, u16, u32, Vec<u8>) {
    let (mut status, mut length) = (7, 7);
    let mut buffer = vec![b'.'; usize::try_from(size.unwrap_or(0)).unwrap()];
    let reason = size.map(|_| &mut buffer[..]);
    let code = c::query_close_status(c::word(socket), Some(&mut status), reason, size.unwrap_or(0), Some(&mut length));
    (code, status, length, buffer)
}

#[test]
fn b1_7_1_before_a_close_frame_has_been_read() {
    let (socket, mut peer) = connect();
    assert_eq!(query(socket.0, Some(4)), (4317, 7, 7, b"....".to_vec()));
    peer.write(&close_frame(1000, "bye"));
    // It has arrived, but nobody has read it.
    assert_eq!(query(socket.0, Some(4)), (4317, 7, 7, b"....".to_vec()));
    assert_eq!(socket.shutdown(1000, b""), OK);
    assert_eq!(socket.close(1000, b""), OK);
    assert_eq!(query(socket.0, Some(4)), (0, 1000, 3, b"bye.".to_vec()));
}

#[test]
fn b1_7_2_between_our_close_and_the_answer() {
    let (socket, mut peer) = connect();
    thread::scope(|scope| {
        let close = scope.spawn(|| socket.close(1000, b""));
        peer.expect_close(1000, "");
        assert_eq!(query(socket.0, Some(4)), (4317, 7, 7, b"....".to_vec()));
        peer.write(&close_frame(4001, ""));
        assert_eq!(close.join().unwrap(), OK);
    });
    assert_eq!(query(socket.0, Some(0)).1, 4001);
}

#[test]
fn b1_7_3_null_outputs() {
    let check = |socket: &Socket| {
        let word = c::word(socket.0);
        assert_eq!(c::query_close_status(word, None, None, 0, Some(&mut 0)), 87);
        assert_eq!(c::query_close_status(word, Some(&mut 0), None, 0, None), 87);
        assert_eq!(c::query_close_status(word, Some(&mut 0), None, 1, Some(&mut 0)), 87);
    };
    check(&connect().0);
    check(&closed_by(&close_frame(1000, "")));
}

#[test]
fn b1_7_4_null_and_no_reason() {
    let socket = closed_by(&close_frame(1000, ""));
    assert_eq!(query(socket.0, None), (0, 1000, 0, Vec::new()));
}

#[test]
fn b1_7_5_null_and_a_reason() {
    let socket = closed_by(&close_frame(4001, "ten bytes!"));
    assert_eq!(query(socket.0, None), (122, 4001, 10, Vec::new()));
}

#[test]
fn b1_7_6_buffer_too_small() {
    let socket = closed_by(&close_frame(4001, "ten bytes!"));
    assert_eq!(query(socket.0, Some(9)), (122, 4001, 10, b".........".to_vec()));
}

#[test]
fn b1_7_7_exact_and_again() {
    let socket = closed_by(&close_frame(4001, "ten bytes!"));
    for _ in 0..2 {
        assert_eq!(query(socket.0, Some(10)), (0, 4001, 10, b"ten bytes!".to_vec()));
    }
    assert_eq!(query(socket.0, Some(12)), (0, 4001, 10, b"ten bytes!..".to_vec()));
    let reason = "r".repeat(123);
    let socket = closed_by(&close_frame(4001, &reason));
    assert_eq!(query(socket.0, Some(123)), (0, 4001, 123, reason.into_bytes()));
}

#[test]
fn b1_7_8_close_frame_was_empty() {
    let socket = closed_by(&frame(0x88, b""));
    assert_eq!(query(socket.0, None), (0, 1005, 0, Vec::new()));
}

/// Checks that this close frame is a protocol error, for Receive and for Close, answered by this code.
fn check_fault(bytes: &[u8], code: u16) {
    let (socket, mut peer) = connect();
    peer.write(bytes);
    assert_eq!(socket.receive(8), Err(INVALID_RESPONSE));
    peer.expect_close(code, "");
    peer.expect_end();
    assert_eq!(socket.close_status(), Err(INVALID_OPERATION));
    let (socket, mut peer) = connect();
    peer.write(bytes);
    assert_eq!(socket.close(1000, b""), INVALID_RESPONSE);
    peer.expect_close(1000, "");
    peer.expect_end();
    assert_eq!(socket.close_status(), Err(INVALID_OPERATION));
}

#[test]
fn b1_7_9_close_frame_of_one_byte_or_too_long() {
    check_fault(&frame(0x88, b"\x03"), 1002);
    check_fault(&close_frame(1000, &"r".repeat(124)), 1002);
}

#[test]
fn b1_7_10_code_that_may_not_be_on_the_wire() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535] {
        check_fault(&close_frame(code, ""), 1002);
    }
    for code in [3000, 3999, 4000, 4999] {
        assert_eq!(query(closed_by(&close_frame(code, "")).0, None), (0, code, 0, Vec::new()));
    }
}

#[test]
fn b1_7_11_reason_that_is_not_utf8_or_fragmented() {
    check_fault(&frame(0x88, b"\x03\xe8\xff"), 1007);
    check_fault(&frame(0x08, b"\x03\xe8"), 1002);
}

#[test]
fn b1_7_12_lost_without_a_close() {
    let (socket, peer) = connect();
    drop(peer);
    assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
    assert_eq!(query(socket.0, Some(4)), (4317, 7, 7, b"....".to_vec()));
}
