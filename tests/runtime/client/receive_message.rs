//! Whole messages, into one vector.

use std::thread;
use std::time::Duration;

use winws::{CloseStatus, MessageError, WebSocket};
use winws_api::winhttp::WebSocketBufferType::{self, BinaryMessage, Close, Utf8Message};
use winws_api::winhttp::{WebSocketReceiveError, WebSocketSendError};
use winws_tests_runtime::peer::{close_frame, connect_value, frame};

use super::{CONNECTION_ERROR, INVALID_RESPONSE, TIMEOUT};

const SHORT: Option<Duration> = Some(Duration::from_millis(1));

/// The next message, into a vector that has something else in it.
fn receive(socket: &WebSocket) -> Result<(WebSocketBufferType, Vec<u8>), MessageError> {
    let mut buffer = b"what was there before".to_vec();
    match socket.receive_message(&mut buffer) {
        Ok(received) => {
            assert_eq!(received.len, buffer.len());
            Ok((received.kind, buffer))
        }
        Err(error) => {
            assert_eq!(buffer, b"", "{error}");
            Err(error)
        }
    }
}

fn failed(error: impl Into<WebSocketReceiveError>) -> MessageError {
    MessageError::Failed(error.into())
}

#[test]
fn messages_are_whole_whatever_they_are_made_of() {
    let (socket, mut peer) = connect_value();
    peer.write(&frame(0x81, b"one frame"));
    peer.write(&[frame(0x02, b"a"), frame(0x00, b""), frame(0x89, b"between"), frame(0x00, b"b")].concat());
    peer.write(&[frame(0x80, b""), frame(0x82, b""), frame(0x01, b"")].concat());
    // A code point is cut by the frames.
    peer.write(&[frame(0x00, b"\xc3"), frame(0x80, b"\xa9"), close_frame(4000, "bye")].concat());
    assert_eq!(receive(&socket), Ok((Utf8Message, b"one frame".to_vec())));
    assert_eq!(receive(&socket), Ok((BinaryMessage, b"ab".to_vec())));
    assert_eq!(receive(&socket), Ok((BinaryMessage, Vec::new())));
    assert_eq!(receive(&socket), Ok((Utf8Message, "é".into())));
    assert_eq!(socket.close_status(), None);
    assert_eq!(receive(&socket), Ok((Close, Vec::new())));
    assert_eq!(socket.close_status(), Some(CloseStatus { code: 4000, reason: "bye".to_owned() }));
    assert_eq!(receive(&socket), Err(failed(WebSocketReceiveError::InvalidOperation)));
    assert_eq!(peer.read_frame(), (0x8a, b"between".to_vec()));
}

#[test]
fn messages_of_every_size_come_through_one_vector() {
    let (socket, mut peer) = connect_value();
    let sizes = [0, 1, 2047, 2048, 4095, 4096, 4097, 8192, 65_536, 1 << 20, 3_000_000, 5, 0, 70_000];
    let messages = sizes.map(|size| (0..size).map(|index: u32| index.to_le_bytes()[0]).collect::<Vec<u8>>());
    thread::scope(|scope| {
        scope.spawn(|| {
            for message in &messages {
                let (one, other) = message.split_at(message.len() / 3);
                peer.write(&[frame(0x82, message), frame(0x02, one), frame(0x80, other)].concat());
            }
        });
        let mut buffer = Vec::new();
        for message in &messages {
            for _ in 0..2 {
                assert_eq!(socket.receive_message(&mut buffer).unwrap().kind, BinaryMessage);
                assert!(buffer == *message, "{} bytes", message.len());
            }
        }
    });
}

#[test]
fn the_memory_of_the_vector_is_used_again() {
    let (socket, mut peer) = connect_value();
    let mut buffer = Vec::with_capacity(10_000);
    let memory = buffer.as_ptr();
    for size in [10_000, 3, 9_000, 0, 10_000] {
        peer.write(&frame(0x82, &vec![7; size]));
        socket.receive_message(&mut buffer).unwrap();
        assert!(buffer.len() == size && buffer.as_ptr() == memory, "{size} bytes");
        // A call that gets nothing takes nothing.
        socket.set_receive_timeout(SHORT);
        assert_eq!(socket.receive_message(&mut buffer), Err(failed(TIMEOUT)));
        assert!(buffer.is_empty() && buffer.as_ptr() == memory, "{size} bytes");
        socket.set_receive_timeout(None);
    }
}

#[test]
fn a_part_is_kept_over_timeouts_and_continued() {
    let (socket, mut peer) = connect_value();
    for part in [frame(0x01, b"a"), frame(0x00, b"b"), vec![0x00, 3, b'c'], vec![b'd']] {
        peer.write(&part);
        socket.set_receive_timeout(SHORT);
        assert_eq!(receive(&socket), Err(failed(TIMEOUT)));
    }
    peer.write(&[b"e", &frame(0x80, b"f")[..], &frame(0x81, b"next")].concat());
    socket.set_receive_timeout(None);
    assert_eq!(receive(&socket), Ok((Utf8Message, b"abcdef".to_vec())));
    assert_eq!(receive(&socket), Ok((Utf8Message, b"next".to_vec())));
}

#[test]
fn a_second_thread_is_refused_and_leaves_the_message_whole() {
    let (socket, mut peer) = connect_value();
    peer.write(&frame(0x01, b"ab"));
    socket.set_receive_timeout(SHORT);
    assert_eq!(receive(&socket), Err(failed(TIMEOUT)));
    socket.set_receive_timeout(None);
    thread::scope(|scope| {
        let receiving = scope.spawn(|| receive(&socket));
        peer.wait_for_receive();
        assert_eq!(receive(&socket), Err(failed(WebSocketReceiveError::InvalidOperation)));
        assert_eq!(socket.receive(&mut [0; 8]), Err(WebSocketReceiveError::InvalidOperation));
        peer.write(&frame(0x80, b"cd"));
        assert_eq!(receiving.join().unwrap(), Ok((Utf8Message, b"abcd".to_vec())));
    });
}

#[test]
fn a_message_that_the_close_cuts_off_is_not_delivered() {
    let (socket, mut peer) = connect_value();
    peer.write(&[frame(0x01, b"half"), close_frame(1001, "")].concat());
    assert_eq!(receive(&socket), Ok((Close, Vec::new())));
}

#[test]
fn a_message_that_the_end_or_a_fault_cuts_off_is_not_delivered() {
    for (then, error) in [(&b""[..], CONNECTION_ERROR), (&[0x80, 1, 0xff], INVALID_RESPONSE)] {
        let (socket, mut peer) = connect_value();
        peer.write(&[&frame(0x01, b"half"), then].concat());
        peer.finish();
        for _ in 0..2 {
            assert_eq!(receive(&socket), Err(failed(error)));
        }
        assert_eq!(socket.close_status(), None);
    }
}

/// What is exactly as long as the limit passes, and one byte more is too long, however it comes.
#[test]
fn the_limit_is_for_the_whole_message() {
    const LIMIT: usize = 5000;
    let too_long = MessageError::TooLong { limit: LIMIT };
    let exact = [7; LIMIT];
    for longer in [
        frame(0x82, &[7; LIMIT + 1]),
        [frame(0x02, &exact), frame(0x00, b""), frame(0x80, b"7")].concat(),
        [frame(0x02, b"7"), frame(0x00, b"7").repeat(LIMIT)].concat(),
        // The head alone promises too much, and the rest never comes.
        [&[0x82, 127, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..], &[7; LIMIT + 1]].concat(),
    ] {
        let (socket, mut peer) = connect_value();
        socket.set_message_limit(LIMIT);
        peer.write(&[frame(0x82, &exact), frame(0x02, &exact), frame(0x80, b"")].concat());
        for _ in 0..2 {
            assert_eq!(receive(&socket), Ok((BinaryMessage, exact.to_vec())));
        }
        peer.write(&longer);
        let mut buffer = Vec::new();
        assert_eq!(socket.receive_message(&mut buffer), Err(too_long));
        assert!(buffer.is_empty() && buffer.capacity() <= LIMIT + 1, "{}", buffer.capacity());
        peer.expect_close(1009, "");
        // It is final, whatever comes and whatever else is asked for.
        socket.set_message_limit(usize::MAX);
        assert_eq!(receive(&socket), Err(too_long));
        assert_eq!(socket.send_text("late"), Err(WebSocketSendError::InvalidOperation));
        assert_eq!(too_long.to_string(), "the message is longer than 5000 bytes");
    }
}

#[test]
fn a_limit_of_nothing_lets_empty_messages_pass() {
    let (socket, mut peer) = connect_value();
    socket.set_message_limit(0);
    peer.write(&[frame(0x81, b""), frame(0x82, b"a")].concat());
    assert_eq!(receive(&socket), Ok((Utf8Message, Vec::new())));
    assert_eq!(receive(&socket), Err(MessageError::TooLong { limit: 0 }));
    peer.expect_close(1009, "");
}

#[test]
fn close_after_a_message_that_is_too_long_says_nothing_more() {
    let (socket, mut peer) = connect_value();
    socket.set_message_limit(1);
    peer.write(&frame(0x81, b"too long"));
    assert_eq!(receive(&socket), Err(MessageError::TooLong { limit: 1 }));
    peer.expect_close(1009, "");
    peer.write(&close_frame(1000, ""));
    assert_eq!(socket.close(1000, "late"), Ok(()));
    drop(socket);
    peer.expect_end();
}

#[test]
fn a_limit_below_what_has_come_already_holds_at_once() {
    let (socket, mut peer) = connect_value();
    peer.write(&frame(0x01, b"abc"));
    peer.write(&frame(0x89, b""));
    socket.set_receive_timeout(SHORT);
    let mut buffer = Vec::new();
    // Until the piece is there for certain: the ping after it was answered.
    assert_eq!(socket.receive_message(&mut buffer), Err(failed(TIMEOUT)));
    assert_eq!(peer.read_frame(), (0x8a, Vec::new()));
    socket.set_message_limit(2);
    socket.set_receive_timeout(None);
    assert_eq!(socket.receive_message(&mut buffer), Err(MessageError::TooLong { limit: 2 }));
    peer.expect_close(1009, "");
}

#[test]
fn the_limit_is_64_mib_where_nothing_else_was_asked_for() {
    const LIMIT: usize = 64 << 20;
    let (socket, mut peer) = connect_value();
    let longer = frame(0x82, &vec![7; LIMIT + 1]);
    thread::scope(|scope| {
        scope.spawn(|| {
            peer.write(&frame(0x82, &longer[10..10 + LIMIT]));
            peer.write(&longer);
            peer.expect_close(1009, "");
        });
        let mut buffer = Vec::new();
        assert_eq!(socket.receive_message(&mut buffer).unwrap().len, LIMIT);
        assert!(buffer.capacity() <= LIMIT + 1);
        assert_eq!(socket.receive_message(&mut buffer), Err(MessageError::TooLong { limit: LIMIT }));
        assert!(buffer.capacity() <= LIMIT + 1);
    });
}

/// Empty pieces never make a message too long, so they must not go on for ever.
#[test]
fn empty_pieces_do_not_hold_a_receive_for_longer_than_its_time() {
    let (socket, mut peer) = connect_value();
    socket.set_receive_timeout(SHORT);
    peer.write(&frame(0x02, b"begun"));
    let pieces = frame(0x00, b"").repeat(1 << 16);
    thread::scope(|scope| {
        scope.spawn(|| peer.write_until_gone(&pieces));
        assert_eq!(receive(&socket), Err(failed(WebSocketReceiveError::Timeout)));
        drop(socket);
    });
}
