//! Section 1.4: Receive.

use winws_api::Win32Error;
use winws_api::winhttp::WebSocketBufferType::{self, BinaryFragment, BinaryMessage, Close, Utf8Fragment, Utf8Message};
use winws_tests_runtime::peer::{Peer, Socket, close_frame, connect, frame};

use super::{CONNECTION_ERROR, INVALID_OPERATION, INVALID_PARAMETER, INVALID_RESPONSE, OK, c};

/// Checks what the next receives give, each into a buffer of this size.
fn check(socket: &Socket, size: usize, expected: &[(WebSocketBufferType, &[u8])]) {
    for &(kind, bytes) in expected {
        assert_eq!(socket.receive(size), Ok((kind, bytes.to_vec())));
    }
}

/// Checks that a Receive ends with this code as often as it is called, and that nothing else goes on either.
fn check_failed(socket: &Socket, expected: Win32Error) {
    assert_eq!(socket.receive(64), Err(expected));
    assert_eq!(socket.receive(64), Err(expected));
    assert_eq!(socket.send(Utf8Message, b"x"), INVALID_OPERATION);
    assert_eq!(socket.close_status(), Err(INVALID_OPERATION));
}

/// Checks that these bytes of a server are a protocol error which is answered by this close code.
fn check_fault(bytes: &[u8], code: u16) -> (Socket, Peer) {
    let (socket, mut peer) = connect();
    peer.write(bytes);
    check_failed(&socket, INVALID_RESPONSE);
    peer.expect_close(code, "");
    peer.expect_end();
    (socket, peer)
}

#[test]
fn b1_4_1_no_buffer() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.receive(0), Err(INVALID_PARAMETER));
    for (buffer, length) in [(None, 0), (None, 8), (Some(&mut [0; 8][..]), 0)] {
        assert_eq!(c::receive(c::word(socket.0), buffer, length, Some(&mut 0), Some(&mut 0)), 87);
    }
    peer.write(&frame(0x81, b"unharmed"));
    check(&socket, 64, &[(Utf8Message, b"unharmed")]);
}

#[test]
fn b1_4_2_no_place_for_count_or_type() {
    let (socket, mut peer) = connect();
    peer.write(&frame(0x81, b"hi"));
    let (buffer, word) = (&mut [0; 8][..], c::word(socket.0));
    assert_eq!(c::receive(word, Some(buffer), 8, None, Some(&mut 0)), 87);
    assert_eq!(c::receive(word, Some(buffer), 8, Some(&mut 0), None), 87);
    assert_eq!(c::receive(word, Some(buffer), 8, None, None), 87);
    let (mut length, mut kind) = (0, 0);
    assert_eq!(c::receive(word, Some(buffer), 8, Some(&mut length), Some(&mut kind)), 0);
    assert_eq!((length, kind, &buffer[..2]), (2, 2, &b"hi"[..]));
}

#[test]
fn b1_4_3_message_longer_than_the_buffer() {
    let (socket, mut peer) = connect();
    peer.write(&frame(0x81, b"0123456789"));
    check(&socket, 4, &[(Utf8Fragment, b"0123"), (Utf8Fragment, b"4567"), (Utf8Message, b"89")]);
}

#[test]
fn b1_4_4_message_that_fills_the_buffer() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x82, b"0123456789"), frame(0x82, b"01234567")].concat());
    check(&socket, 10, &[(BinaryMessage, b"0123456789")]);
    check(&socket, 4, &[(BinaryFragment, b"0123"), (BinaryMessage, b"4567")]);
}

#[test]
fn b1_4_5_frames_are_visible() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x01, b"abc"), frame(0x00, b"def"), frame(0x80, b"ghi")].concat());
    check(&socket, 64, &[(Utf8Fragment, b"abc"), (Utf8Fragment, b"def"), (Utf8Message, b"ghi")]);
    // The first one is delivered before the second one exists.
    peer.write(&frame(0x02, b"a"));
    check(&socket, 64, &[(BinaryFragment, b"a")]);
    peer.write(&frame(0x80, b"b"));
    check(&socket, 64, &[(BinaryMessage, b"b")]);
}

#[test]
fn b1_4_6_frames_are_never_merged() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x01, b"abcd"), frame(0x80, b"efgh")].concat());
    check(&socket, 3, &[(Utf8Fragment, b"abc"), (Utf8Fragment, b"d"), (Utf8Fragment, b"efg"), (Utf8Message, b"h")]);
}

#[test]
fn b1_4_7_empty_messages_and_frames() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x81, b""), frame(0x02, b""), frame(0x00, b""), frame(0x80, b"")].concat());
    check(&socket, 8, &[(Utf8Message, b""), (BinaryFragment, b""), (BinaryFragment, b""), (BinaryMessage, b"")]);
}

#[test]
fn b1_4_8_part_of_a_frame_is_delivered() {
    let (socket, mut peer) = connect();
    peer.write(&frame(0x81, &[b'x'; 100])[..12]);
    check(&socket, 64, &[(Utf8Fragment, b"xxxxxxxxxx")]);
    peer.finish();
    check_failed(&socket, CONNECTION_ERROR);
}

#[test]
fn a_large_frame_fills_large_buffers() {
    let (socket, mut peer) = connect();
    let message: Vec<u8> = (0..3_000_000_u32).map(|index| index.to_le_bytes()[1]).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| peer.write(&frame(0x82, &message)));
        let mut received = Vec::new();
        loop {
            let (kind, bytes) = socket.receive(100_000).unwrap();
            assert!(!bytes.is_empty());
            received.extend(bytes);
            if kind == BinaryMessage {
                break;
            }
            assert_eq!(kind, BinaryFragment);
        }
        assert!(received == message);
    });
}

#[test]
fn b1_4_9_empty_ping() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x89, b""), frame(0x81, b"hi")].concat());
    check(&socket, 8, &[(Utf8Message, b"hi")]);
    assert_eq!(peer.read_frame(), (0x8a, Vec::new()));
}

#[test]
fn b1_4_10_ping_with_a_payload() {
    let (socket, mut peer) = connect();
    let longest = [b'p'; 125];
    peer.write(&[frame(0x89, b"one"), frame(0x89, &longest), frame(0x81, b"hi")].concat());
    check(&socket, 8, &[(Utf8Message, b"hi")]);
    assert_eq!(peer.read_frame(), (0x8a, b"one".to_vec()));
    assert_eq!(peer.read_frame(), (0x8a, longest.to_vec()));
}

#[test]
fn b1_4_11_ping_inside_a_message() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x01, b"a"), frame(0x89, b"x"), frame(0x80, b"b")].concat());
    check(&socket, 8, &[(Utf8Fragment, b"a"), (Utf8Message, b"b")]);
    assert_eq!(peer.read_frame(), (0x8a, b"x".to_vec()));
}

#[test]
fn b1_4_12_unasked_pong() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x8a, b"x"), frame(0x81, b"a"), frame(0x8a, b""), frame(0x81, b"b")].concat());
    check(&socket, 8, &[(Utf8Message, b"a"), (Utf8Message, b"b")]);
}

#[test]
fn b1_4_13_ping_while_nobody_receives() {
    let (socket, mut peer) = connect();
    peer.write(&frame(0x89, b"early"));
    assert_eq!(socket.send(Utf8Message, b"before"), OK);
    assert_eq!(peer.read_frame(), (0x81, b"before".to_vec()));
    // Close reads, so it answers too; its close frame went out first.
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, b""), OK);
    peer.expect_close(1000, "");
    assert_eq!(peer.read_frame(), (0x8a, b"early".to_vec()));
}

#[test]
fn pongs_that_nobody_reads_neither_block_nor_pile_up() {
    let (socket, mut peer) = connect();
    // More than the buffers of the operating system hold.
    let pings: Vec<u8> = (0..150_000_u32).flat_map(ping).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| check(&socket, 8, &[(Utf8Message, b"hi")]));
        peer.write(&pings);
        peer.write(&frame(0x81, b"hi"));
    });
    std::thread::scope(|scope| {
        scope.spawn(|| check(&socket, 8, &[(Utf8Message, b"ho")]));
        // Some answers were left out, but not the newest, and the thread in Receive writes what it could not before.
        let (mut answers, mut last) = (0, None);
        while last < Some(149_999) {
            let (first, payload) = peer.read_frame();
            let number = u32::from_be_bytes(payload[..4].try_into().unwrap());
            assert_eq!((first, payload.len()), (0x8a, 125));
            assert!(Some(number) > last, "in order");
            (answers, last) = (answers + 1, Some(number));
        }
        assert!(answers < 150_000, "{answers}");
        peer.write(&frame(0x81, b"ho"));
    });
}

/// A numbered ping of 125 bytes.
fn ping(number: u32) -> Vec<u8> {
    let mut payload = number.to_be_bytes().to_vec();
    payload.resize(125, 0);
    frame(0x89, &payload)
}

#[test]
fn b1_4_14_code_point_over_frames_and_buffers() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x01, b"\xe2\x82"), frame(0x80, b"\xac")].concat());
    check(&socket, 8, &[(Utf8Fragment, b"\xe2\x82"), (Utf8Message, b"\xac")]);
    peer.write(&frame(0x81, "😀".as_bytes()));
    check(&socket, 3, &[(Utf8Fragment, b"\xf0\x9f\x98"), (Utf8Message, b"\x80")]);
}

#[test]
fn b1_4_15_invalid_utf8() {
    check_fault(&frame(0x81, b"\xff"), 1007);
    check_fault(&frame(0x81, b"\xe2\x82"), 1007);
    check_fault(&frame(0x81, b"\xed\xa0\x80"), 1007);
    // It does not wait for the end of the message.
    check_fault(&frame(0x01, b"\xc0"), 1007);
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x01, b"\xe2\x82"), frame(0x80, b"x")].concat());
    check(&socket, 8, &[(Utf8Fragment, b"\xe2\x82")]);
    check_failed(&socket, INVALID_RESPONSE);
    peer.expect_close(1007, "");
}

#[test]
fn b1_4_16_frames_that_may_not_be() {
    check_fault(&[0x81, 0x80, 1, 2, 3, 4], 1002);
    for first in [0xc1, 0xa1, 0x91, 0x83, 0x8b, 0x80, 0x00] {
        check_fault(&[first, 0], 1002);
    }
}

#[test]
fn b1_4_17_message_inside_a_message() {
    for first in [0x81, 0x82, 0x01, 0x02] {
        let (socket, mut peer) = connect();
        peer.write(&[frame(0x01, b"a"), frame(first, b"b")].concat());
        check(&socket, 8, &[(Utf8Fragment, b"a")]);
        check_failed(&socket, INVALID_RESPONSE);
        peer.expect_close(1002, "");
    }
}

#[test]
fn b1_4_18_fragmented_or_long_ping() {
    check_fault(&frame(0x09, b"x"), 1002);
    check_fault(&frame(0x89, &[b'x'; 126]), 1002);
}

#[test]
fn b1_4_19_length_longer_than_necessary() {
    let (socket, mut peer) = connect();
    peer.write(&[0x81, 126, 0, 1, b'a', 0x81, 127, 0, 0, 0, 0, 0, 0, 0, 1, b'b']);
    check(&socket, 8, &[(Utf8Message, b"a"), (Utf8Message, b"b")]);
}

#[test]
fn b1_4_20_huge_lengths() {
    let (socket, mut peer) = connect();
    peer.write(&[0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0, b'a', b'b']);
    check(&socket, 8, &[(BinaryFragment, b"ab")]);
    peer.write(b"c");
    check(&socket, 8, &[(BinaryFragment, b"c")]);
    check_fault(&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002);
}

#[test]
fn b1_4_21_errors_stick() {
    // A good frame after the bad one makes no difference.
    check_fault(&[frame(0x83, b""), frame(0x81, b"late")].concat(), 1002);
    let (socket, peer) = connect();
    drop(peer);
    check_failed(&socket, CONNECTION_ERROR);
}

#[test]
fn b1_4_22_close_frame_of_the_peer() {
    let (socket, mut peer) = connect();
    peer.write(&[frame(0x81, b"x"), close_frame(1000, "a long reason")].concat());
    check(&socket, 1, &[(Utf8Message, b"x"), (Close, b"")]);
}

#[test]
fn b1_4_23_after_the_close_frame_of_the_peer() {
    let (socket, mut peer) = connect();
    peer.write(&[close_frame(1000, ""), frame(0x81, b"late")].concat());
    check(&socket, 8, &[(Close, b"")]);
    assert_eq!(socket.receive(8), Err(INVALID_OPERATION));
    assert_eq!(socket.receive(8), Err(INVALID_OPERATION));
}

#[test]
fn b1_4_24_after_our_close() {
    let (socket, mut peer) = connect();
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, b""), OK);
    assert_eq!(socket.receive(8), Err(INVALID_OPERATION));
    // A Close that failed is a Close all the same.
    let (socket, mut peer) = connect();
    peer.finish();
    assert_eq!(socket.close(1000, b""), CONNECTION_ERROR);
    assert_eq!(socket.receive(8), Err(INVALID_OPERATION));
}

#[test]
fn b1_4_25_after_our_shutdown() {
    let (socket, mut peer) = connect();
    assert_eq!(socket.shutdown(1000, b""), OK);
    peer.expect_close(1000, "");
    peer.write(&[frame(0x89, b"x"), frame(0x81, b"data"), close_frame(1000, "")].concat());
    check(&socket, 8, &[(Utf8Message, b"data"), (Close, b"")]);
    assert_eq!(peer.read_frame(), (0x8a, b"x".to_vec()), "a ping is answered until the peer has closed");
}

#[test]
fn b1_4_26_peer_drops_without_a_close() {
    let (socket, peer) = connect();
    drop(peer);
    check_failed(&socket, CONNECTION_ERROR);
    let (socket, peer) = connect();
    peer.reset();
    check_failed(&socket, CONNECTION_ERROR);
    for part in [&[0x81][..], &[0x81, 126, 0], &frame(0x88, b"\x03\xe8")[..3]] {
        let (socket, mut peer) = connect();
        peer.write(part);
        peer.finish();
        check_failed(&socket, CONNECTION_ERROR);
    }
}
