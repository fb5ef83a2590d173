//! What goes over an accepted WebSocket. The bytes are those of RFC 6455 section 5.7 where it has them.

use std::thread;
use std::time::Duration;

use winws::MessageError;
use winws_api::winhttp::WebSocketBufferType::{BinaryFragment, BinaryMessage, Close, Utf8Fragment, Utf8Message};
use winws_api::winhttp::{WebSocketReceiveError, WebSocketSendError};
use winws_tests_runtime::peer::{accept_value, frame, masked_frame};

use super::{CONNECTION_ERROR, INVALID_RESPONSE, TIMEOUT, code};

/// "Hello", masked.
const MASKED: &[u8] = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";

#[test]
fn the_frames_of_the_client_are_unmasked_and_those_of_the_server_are_not_masked() {
    let (socket, mut peer) = accept_value();
    peer.write(MASKED);
    let mut message = Vec::new();
    let delivery = socket.receive_message(&mut message).unwrap();
    assert_eq!((delivery.kind, &message[..]), (Utf8Message, &b"Hello"[..]));
    socket.send(delivery.kind, &message).unwrap();
    assert_eq!(peer.read(7), b"\x81\x05Hello");
    // Fragments too, and an answer to a ping.
    socket.send(Utf8Fragment, b"Hel").unwrap();
    socket.send(Utf8Message, b"lo").unwrap();
    assert_eq!(peer.read(9), b"\x01\x03Hel\x80\x02lo");
    peer.write(b"\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    socket.set_receive_timeout(Some(Duration::from_millis(1)));
    assert_eq!(code(socket.receive(&mut [0; 8])), TIMEOUT);
    assert_eq!(peer.read(7), b"\x8a\x05Hello");
}

/// Frames longer than what the socket takes at once go out from the caller's memory.
#[test]
fn messages_of_every_size_go_both_ways() {
    let (socket, mut peer) = accept_value();
    let (mut received, sizes) = (Vec::new(), [0, 1, 125, 126, 4096, 65_535, 65_536, 200_000, 5_000_000]);
    for size in sizes {
        let message: Vec<u8> = (0..size).map(|index: u32| index.to_le_bytes()[0]).collect();
        thread::scope(|scope| {
            scope.spawn(|| peer.write(&masked_frame(0x82, &message)));
            assert_eq!(socket.receive_message(&mut received).unwrap().kind, BinaryMessage);
        });
        assert!(received == message, "{size} bytes");
        thread::scope(|scope| {
            scope.spawn(|| socket.send_binary(&received).unwrap());
            let expected = frame(0x82, &message);
            assert!(peer.read(expected.len()) == expected, "{size} bytes");
        });
    }
}

/// Several threads send to a client that reads slowly: frames stay whole, and pongs go between them.
#[test]
fn frames_of_several_threads_stay_whole() {
    let (socket, mut peer) = accept_value();
    let messages: Vec<Vec<u8>> = (1..=4).map(|byte| vec![byte; 700_000]).collect();
    thread::scope(|scope| {
        for message in &messages {
            scope.spawn(|| (0..3).for_each(|_| socket.send_binary(message).unwrap()));
        }
        scope.spawn(|| while !socket.receive(&mut [0; 64]).unwrap().is_close() {});
        let (mut data, mut pongs) = (0, 0);
        while data < 12 || pongs == 0 {
            peer.write(&masked_frame(0x89, b"?"));
            match peer.read_frame() {
                (0x82, payload) => {
                    assert!(messages.contains(&payload));
                    data += 1;
                }
                pong => {
                    assert_eq!(pong, (0x8a, b"?".to_vec()));
                    pongs += 1;
                }
            }
        }
        peer.write(&masked_frame(0x88, b""));
    });
}

#[test]
fn a_piece_of_a_frame_is_received_where_the_buffer_is_short() {
    let (socket, mut peer) = accept_value();
    peer.write(MASKED);
    let mut buffer = [0; 4];
    let piece = socket.receive(&mut buffer).unwrap();
    assert_eq!((piece.kind, piece.len, &buffer), (Utf8Fragment, 4, b"Hell"));
    let piece = socket.receive(&mut buffer).unwrap();
    assert_eq!((piece.kind, piece.len, buffer[0]), (Utf8Message, 1, b'o'));
}

/// Section 5.1: a server closes when a frame is not masked, and may do so with 1002.
#[test]
fn a_frame_that_is_not_masked_is_a_fault() {
    for bytes in [&b"\x81\x05Hello"[..], b"\x88\x02\x03\xe8", b"\x89\x00"] {
        let (socket, mut peer) = accept_value();
        peer.write(bytes);
        assert_eq!(code(socket.receive(&mut [0; 8])), INVALID_RESPONSE);
        assert_eq!(peer.read_frame(), (0x88, b"\x03\xea".to_vec()));
        peer.expect_end();
        assert_eq!(code(socket.receive(&mut [0; 8])), INVALID_RESPONSE);
        assert_eq!(socket.send_text("late"), Err(WebSocketSendError::InvalidOperation));
        assert_eq!(socket.close_status(), None);
    }
}

#[test]
fn a_text_that_is_none_is_refused_in_both_directions() {
    let (socket, mut peer) = accept_value();
    assert_eq!(socket.send(Utf8Message, b"\xff"), Err(WebSocketSendError::InvalidParameter));
    socket.send(BinaryFragment, b"\xff").unwrap();
    assert_eq!(peer.read_frame(), (0x02, b"\xff".to_vec()));
    peer.write(&masked_frame(0x81, b"\xff"));
    assert_eq!(code(socket.receive(&mut [0; 8])), INVALID_RESPONSE);
    assert_eq!(peer.read_frame(), (0x88, b"\x03\xef".to_vec()));
}

#[test]
fn a_message_that_is_too_long_is_refused_with_1009() {
    let (socket, mut peer) = accept_value();
    socket.set_message_limit(4);
    peer.write(MASKED);
    let mut message = Vec::new();
    assert_eq!(socket.receive_message(&mut message), Err(MessageError::TooLong { limit: 4 }));
    peer.expect_close(1009, "");
}

#[test]
fn a_receive_that_gives_up_leaves_nothing_behind() {
    let (socket, mut peer) = accept_value();
    let mut message = Vec::new();
    let late = Err(MessageError::Failed(WebSocketReceiveError::from(TIMEOUT)));
    for byte in &MASKED[..10] {
        peer.write(&[*byte]);
        socket.set_receive_timeout(Some(Duration::from_millis(1)));
        assert_eq!(socket.receive_message(&mut message), late);
    }
    peer.write(&MASKED[10..]);
    socket.set_receive_timeout(None);
    assert_eq!(socket.receive_message(&mut message).unwrap().kind, Utf8Message);
    assert_eq!(message, b"Hello");
}

#[test]
fn a_client_that_goes_without_a_close_is_a_loss() {
    let (socket, mut peer) = accept_value();
    peer.finish();
    assert_eq!(code(socket.receive(&mut [0; 8])), CONNECTION_ERROR);
    assert_eq!(socket.close_status(), None);
    let (socket, mut peer) = accept_value();
    peer.write(&masked_frame(0x88, b""));
    assert_eq!(socket.receive(&mut [0; 8]).unwrap().kind, Close);
    assert_eq!(socket.close_status().map(|status| status.code), Some(1005));
}
