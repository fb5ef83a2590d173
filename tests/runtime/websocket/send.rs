//! Sends: the frames of each type, messages in pieces, and what is refused.

use std::ptr;

use winws_api::websocket::{Action, ActionQueue, Buffer, BufferCloseStatus, BufferData, BufferType};

use super::c::create_server;
use super::{INVALID_ARG, OK, OPERATION, REQUEST, client, frame, pump, server, take, wire_of};

const MESSAGES: [(BufferType, u8); 2] = [(BufferType::Utf8Message, 0x81), (BufferType::BinaryMessage, 0x82)];
const ALL: [BufferType; 7] = [
    BufferType::Utf8Message,
    BufferType::Utf8Fragment,
    BufferType::BinaryMessage,
    BufferType::BinaryFragment,
    BufferType::Close,
    BufferType::PingPong,
    BufferType::UnsolicitedPong,
];

#[test]
fn a_message_is_one_frame() {
    for (buffer_type, first) in MESSAGES {
        assert_eq!(wire_of(&server(), buffer_type, b"hello"), frame(first, b"hello"));
        assert_eq!(wire_of(&server(), buffer_type, b""), frame(first, b""));
    }
    let long = wire_of(&server(), BufferType::BinaryMessage, &vec![1; 70_000]);
    assert_eq!(long[..10], [0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
}

#[test]
fn a_message_can_be_sent_in_pieces_and_the_last_may_be_empty() {
    let server = server();
    assert_eq!(wire_of(&server, BufferType::Utf8Fragment, b"ab"), frame(0x01, b"ab"));
    assert_eq!(wire_of(&server, BufferType::Utf8Fragment, b"c"), frame(0x00, b"c"));
    assert_eq!(wire_of(&server, BufferType::Utf8Message, b""), frame(0x80, b""));
    assert_eq!(wire_of(&server, BufferType::BinaryFragment, b"d"), frame(0x02, b"d"));
    assert_eq!(wire_of(&server, BufferType::BinaryMessage, b"e"), frame(0x80, b"e"));
}

#[test]
fn data_that_does_not_continue_the_message() {
    let server = server();
    wire_of(&server, BufferType::BinaryFragment, b"x");
    for buffer_type in [BufferType::Utf8Fragment, BufferType::Utf8Message] {
        assert_eq!(server.send(buffer_type, b"y", 0), OPERATION);
    }
    assert_eq!(wire_of(&server, BufferType::BinaryMessage, b"z"), frame(0x80, b"z"), "it can still be completed");
}

/// b5.12 lets 64 of them wait, which this does not yet.
#[test]
fn only_one_send_is_outstanding() {
    let client = client();
    for step in [Action::SendToNetwork, Action::IndicateSendComplete] {
        if step == Action::SendToNetwork {
            assert_eq!(client.send(BufferType::Utf8Message, b"x", 0), OK);
        }
        for buffer_type in ALL {
            let code = match buffer_type {
                BufferType::PingPong | BufferType::UnsolicitedPong => client.send_buffer(buffer_type.into(), None, 0),
                BufferType::Close => client.send_close(1000, b"", 0),
                data => client.send(data, b"y", 0),
            };
            assert_eq!(code, OPERATION, "{buffer_type} before {step}");
        }
        let taken = take(&client, ActionQueue::SEND, step);
        assert_eq!(client.send(BufferType::Utf8Message, b"y", 0), OPERATION, "while {step} is out");
        client.complete(&taken, taken.bytes().len());
    }
    assert_eq!(client.send(BufferType::Utf8Message, b"y", 0), OK);
}

#[test]
fn a_receive_may_be_queued_at_the_same_time() {
    let client = client();
    assert_eq!(client.send(BufferType::Utf8Message, b"x", 0), OK);
    assert_eq!(client.receive(0), OK);
}

#[test]
fn b5_9_ping_and_unsolicited_pong_take_no_buffer() {
    let server = server();
    for (buffer_type, expected) in [(BufferType::PingPong, 0x89), (BufferType::UnsolicitedPong, 0x8a)] {
        assert_eq!(server.send(buffer_type, b"x", 0), INVALID_ARG);
        assert_eq!(server.send(buffer_type, b"", 0), INVALID_ARG, "not even an empty one");
        assert_eq!(server.send_buffer(buffer_type.into(), None, 0), OK);
        assert_eq!(pump(&server), frame(expected, b""));
    }
}

#[test]
fn control_frames_go_between_the_pieces_of_a_message() {
    let server = server();
    wire_of(&server, BufferType::Utf8Fragment, b"a");
    assert_eq!(server.ping(0), OK);
    assert_eq!(pump(&server), frame(0x89, b""));
    assert_eq!(wire_of(&server, BufferType::Utf8Message, b"b"), frame(0x80, b"b"));
}

#[test]
fn data_and_close_frames_need_a_buffer() {
    let server = server();
    for buffer_type in &ALL[..5] {
        assert_eq!(server.send_buffer((*buffer_type).into(), None, 0), INVALID_ARG, "{buffer_type}");
    }
    let nothing = Buffer { data: BufferData { buffer: ptr::null_mut(), buffer_length: 1 } };
    assert_eq!(server.send_buffer(BufferType::BinaryMessage.into(), Some(nothing), 0), INVALID_ARG);
    let close_status = BufferCloseStatus { reason: ptr::null_mut(), reason_length: 1, status: 1000 };
    assert_eq!(server.send_buffer(BufferType::Close.into(), Some(Buffer { close_status }), 0), INVALID_ARG);
}

#[test]
fn b5_9_buffer_types_that_are_none() {
    let server = server();
    // Where the most significant bit is 0, extensions of Windows have their frame heads.
    for unknown in [0, 1, 2, 0x0b, 0x1fc, i32::MIN + 7, -1] {
        let buffer = Buffer { data: BufferData::default() };
        assert_eq!(server.send_buffer(unknown, Some(buffer), 0), INVALID_ARG, "{unknown:#x}");
    }
}

#[test]
fn b5_9_text_must_be_utf8_over_its_pieces() {
    let server = server();
    assert_eq!(server.send(BufferType::Utf8Message, b"\xff", 0), INVALID_ARG);
    assert_eq!(server.send(BufferType::Utf8Message, b"\xc3", 0), INVALID_ARG, "it ends in a character");
    assert_eq!(wire_of(&server, BufferType::Utf8Fragment, b"\xc3"), frame(0x01, b"\xc3"));
    assert_eq!(server.send(BufferType::Utf8Fragment, b"x", 0), INVALID_ARG);
    assert_eq!(wire_of(&server, BufferType::Utf8Message, b"\xa4"), frame(0x80, b"\xa4"));
    assert_eq!(wire_of(&server, BufferType::BinaryMessage, b"\xff"), frame(0x82, b"\xff"));
}

#[test]
fn a_refused_send_does_not_end_the_handshake() {
    let server = create_server(&[]).unwrap();
    let response = server.begin_server_lent(None, &[], &REQUEST).unwrap();
    let before = response.read();
    assert_eq!(server.send(BufferType::Utf8Message, b"\xff", 0), INVALID_ARG);
    // It has not opened the session, so there is nothing to abort, and the headers are still lent.
    server.abort();
    assert_eq!(response.read(), before);
    assert_eq!(server.end_server(), OK);
    assert_eq!(wire_of(&server, BufferType::Utf8Message, b"x"), frame(0x81, b"x"));
}

#[test]
fn the_context_may_be_anything() {
    for context in [0, 1, usize::MAX] {
        let client = client();
        assert_eq!(client.send(BufferType::Utf8Message, b"x", context), OK);
        assert_eq!(take(&client, ActionQueue::SEND, Action::SendToNetwork).context, Some(context));
        assert_eq!(client.receive(context), OK);
        assert_eq!(take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork).context, Some(context));
    }
}

#[test]
fn a_client_masks_the_payload_from_piece_to_piece() {
    let client = client();
    let payload: Vec<u8> = (0..=255).cycle().take(9001).collect();
    let wire = wire_of(&client, BufferType::BinaryMessage, &payload);
    let key: [u8; 4] = wire[4..8].try_into().unwrap();
    let unmasked: Vec<u8> = wire[8..].iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    assert!(unmasked == payload);
}
