//! Section 1.3: Send.

use std::thread;

use winws_api::Win32Error;
use winws_api::winhttp::WebSocketBufferType::{BinaryFragment, BinaryMessage, Close, Utf8Fragment, Utf8Message};
use winws_tests_runtime::peer::{Socket, close_frame, connect, frame};

use super::{CONNECTION_ERROR, INVALID_OPERATION, INVALID_PARAMETER, INVALID_RESPONSE, OK, c};

#[test]
fn b1_3_1_empty_buffer_of_every_type() {
    let (socket, mut peer) = connect();
    for (kind, first) in [(0, 0x82), (1, 0x02), (0, 0x80), (2, 0x81), (3, 0x01), (2, 0x80)] {
        assert_eq!(c::send(c::word(socket.0), kind, None, 0), 0);
        assert_eq!(peer.read_frame(), (first, Vec::new()));
    }
}

#[test]
fn b1_3_2_null_with_a_length() {
    let (socket, mut peer) = connect();
    assert_eq!(c::send(c::word(socket.0), 0, None, 1), 87);
    assert_eq!(socket.send(Utf8Message, b"unharmed"), OK);
    assert_eq!(peer.read_frame(), (0x81, b"unharmed".to_vec()));
}

#[test]
fn b1_3_3_type_close_or_none() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.send(Close, b""), INVALID_PARAMETER);
    for kind in [4, 5, 255, -1, i32::MIN] {
        assert_eq!(c::send(c::word(socket.0), kind, Some(b"x"), 1), 87, "{kind}");
    }
    assert_eq!(socket.send(Utf8Message, b"unharmed"), OK);
    assert_eq!(peer.read_frame(), (0x81, b"unharmed".to_vec()));
}

#[test]
fn b1_3_4_fragment_fragment_message() {
    let (socket, mut peer) = connect();
    for (kind, text, first) in [(Utf8Fragment, "a", 0x01), (Utf8Fragment, "b", 0x00), (Utf8Message, "c", 0x80)] {
        assert_eq!(socket.send(kind, text.as_bytes()), OK);
        assert_eq!(peer.read_frame(), (first, text.as_bytes().to_vec()));
    }
    assert_eq!(socket.send(BinaryMessage, b"d"), OK);
    assert_eq!(peer.read_frame(), (0x82, b"d".to_vec()));
}

#[test]
fn b1_3_5_text_inside_a_binary_message() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.send(BinaryFragment, b"a"), OK);
    assert_eq!(socket.send(Utf8Fragment, b"x"), INVALID_PARAMETER);
    assert_eq!(socket.send(Utf8Message, b"x"), INVALID_PARAMETER);
    assert_eq!(socket.send(BinaryMessage, b"b"), OK);
    assert_eq!(peer.read_frame(), (0x02, b"a".to_vec()));
    assert_eq!(peer.read_frame(), (0x80, b"b".to_vec()));
}

#[test]
fn b1_3_6_fragmented_message_ended_by_an_empty_one() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.send(Utf8Fragment, b"a"), OK);
    assert_eq!(socket.send(Utf8Message, b""), OK);
    assert_eq!(peer.read_frame(), (0x01, b"a".to_vec()));
    assert_eq!(peer.read_frame(), (0x80, Vec::new()));
}

#[test]
fn b1_3_7_invalid_utf8() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.send(Utf8Message, b"\xff"), INVALID_PARAMETER);
    assert_eq!(socket.send(Utf8Message, b"\xe2\x82"), INVALID_PARAMETER);
    assert_eq!(socket.send(Utf8Fragment, b"\xe2\x82"), OK, "a code point may be cut");
    assert_eq!(socket.send(Utf8Message, b"x"), INVALID_PARAMETER);
    assert_eq!(socket.send(Utf8Message, b"\xac"), OK);
    assert_eq!(peer.read_frame(), (0x01, b"\xe2\x82".to_vec()));
    assert_eq!(peer.read_frame(), (0x80, b"\xac".to_vec()));
    assert_eq!(socket.send(BinaryMessage, b"\xff"), OK, "bytes are bytes");
}

#[test]
fn b1_3_8_large_message_is_one_frame() {
    let (socket, mut peer) = connect();
    for length in [200_000, 20_000_000] {
        let message: Vec<u8> = (0..length).map(|index: u32| index.to_le_bytes()[1]).collect();
        thread::scope(|scope| {
            let reader = scope.spawn(|| peer.read_frame());
            assert_eq!(socket.send(BinaryMessage, &message), OK);
            let (first, payload) = reader.join().unwrap();
            assert_eq!(first, 0x82);
            assert!(payload == message, "{length} bytes");
        });
    }
}

#[test]
fn b1_3_9_after_shutdown() {
    let (socket, _peer) = connect();
    assert_eq!(socket.shutdown(1000, b""), OK);
    check_every_type(&socket, INVALID_OPERATION);
}

#[test]
fn b1_3_10_after_close() {
    let (socket, mut peer) = connect();
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, b""), OK);
    check_every_type(&socket, INVALID_OPERATION);
}

#[test]
fn b1_3_11_after_the_close_frame_of_the_peer() {
    let (socket, mut peer) = connect();
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.receive(8), Ok((Close, Vec::new())));
    assert_eq!(socket.send(Utf8Message, b"still here"), OK);
    assert_eq!(peer.read_frame(), (0x81, b"still here".to_vec()));
    assert_eq!(socket.shutdown(1001, b""), OK);
    check_every_type(&socket, INVALID_OPERATION);
    peer.expect_close(1001, "");
}

#[test]
fn b1_3_12_close_frame_of_the_peer_unread() {
    let (socket, mut peer) = connect();
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.send(Utf8Message, b"x"), OK);
    assert_eq!(peer.read_frame(), (0x81, b"x".to_vec()));
}

#[test]
fn b1_3_13_peer_gone() {
    // The operating system reports an end of the stream with the answer to the first bytes, and a reset at once.
    let (socket, peer) = connect();
    drop(peer);
    check_loss(&socket);
    let (socket, peer) = connect();
    peer.reset();
    check_loss(&socket);
    // After a failed Receive nothing is noticed for the first time.
    let (socket, peer) = connect();
    drop(peer);
    assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
    assert_eq!(socket.send(Utf8Message, b"x"), INVALID_OPERATION);
}

#[test]
fn send_after_a_protocol_error() {
    let (socket, mut peer) = connect();
    peer.write(&frame(0xf1, b""));
    assert_eq!(socket.receive(8), Err(INVALID_RESPONSE));
    check_every_type(&socket, INVALID_OPERATION);
}

fn check_every_type(socket: &Socket, expected: Win32Error) {
    for kind in [BinaryMessage, BinaryFragment, Utf8Message, Utf8Fragment] {
        assert_eq!(socket.send(kind, b"x"), expected);
        assert_eq!(socket.send(kind, b""), expected);
    }
}

fn check_loss(socket: &Socket) {
    let noticed = (0..1000).map(|_| socket.send(Utf8Message, b"x")).find(|&code| code != OK);
    assert_eq!(noticed, Some(CONNECTION_ERROR));
    assert_eq!(socket.send(Utf8Message, b"x"), INVALID_OPERATION);
    assert_eq!(socket.receive(8), Err(CONNECTION_ERROR));
}
