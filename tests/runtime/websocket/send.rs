//! Sends: the frames of each type, messages in pieces, and what is refused.

use std::ptr;

use winws_api::HResult;
use winws_api::websocket::{Action, ActionQueue, Buffer, BufferCloseStatus, BufferData, BufferType};

use super::c::create_server;
use super::{FORMAT, INVALID_ARG, OK, OPERATION, REQUEST, client, frame, pump, server, take, wire_of};

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

#[test]
fn b5_12_sends_wait_in_their_order() {
    let server = server();
    let mut expected = Vec::new();
    for context in 1..=64 {
        let code = match context {
            1..=60 => server.send(BufferType::BinaryMessage, &[context], context.into()),
            61 => server.ping(context.into()),
            62 => server.send_close(1000, b"", context.into()),
            _ => server.send_buffer(BufferType::UnsolicitedPong.into(), None, context.into()),
        };
        assert_eq!(code, OK, "{context}");
        expected.push(match context {
            1..=60 => frame(0x82, &[context]),
            61 => frame(0x89, b""),
            62 => frame(0x88, &[3, 0xe8]),
            _ => frame(0x8a, b""),
        });
    }
    assert_eq!(server.ping(65), HResult::E_OUTOFMEMORY.0);
    // Data behind a close is refused for good, full queue or not.
    assert_eq!(server.send(BufferType::BinaryMessage, b"", 65), OPERATION);
    for (context, frame) in (1..).zip(expected) {
        let send = take(&server, ActionQueue::SEND, Action::SendToNetwork);
        assert_eq!((send.bytes(), send.context), (frame, Some(context)));
        server.complete(&send, send.bytes().len());
        let sent = take(&server, ActionQueue::SEND, Action::IndicateSendComplete);
        assert_eq!((sent.context, sent.buffer_type), (Some(context), send.buffer_type));
        server.complete(&sent, 0);
    }
    take(&server, ActionQueue::SEND, Action::Nothing);
}

#[test]
fn b5_12_a_send_is_queued_before_the_end_of_the_one_before_was_fetched() {
    let client = client();
    assert_eq!(client.send(BufferType::Utf8Message, b"one", 1), OK);
    let send = take(&client, ActionQueue::SEND, Action::SendToNetwork);
    assert_eq!(client.send(BufferType::Utf8Message, b"two", 2), OK);
    client.complete(&send, send.bytes().len());
    assert_eq!(client.send(BufferType::Utf8Message, b"three", 3), OK);
    let sent = take(&client, ActionQueue::SEND, Action::IndicateSendComplete);
    assert_eq!(sent.context, Some(1));
    client.complete(&sent, 0);
    assert_eq!(take(&client, ActionQueue::SEND, Action::SendToNetwork).context, Some(2));
}

#[test]
fn b5_12_data_behind_a_close_is_refused_when_it_is_queued() {
    let server = server();
    assert_eq!(server.send(BufferType::BinaryFragment, b"x", 1), OK);
    assert_eq!(server.send_close(1000, b"", 2), OK);
    for buffer_type in [BufferType::Utf8Message, BufferType::BinaryMessage, BufferType::BinaryFragment] {
        assert_eq!(server.send(buffer_type, b"y", 3), OPERATION);
    }
    assert_eq!(server.send_close(1001, b"", 3), OPERATION);
    assert_eq!(server.ping(3), OK);
}

#[test]
fn b5_12_the_close_frame_of_a_fault_follows_the_frame_under_way_and_other_sends_end_without_bytes() {
    let server = server();
    assert_eq!(server.send(BufferType::BinaryFragment, b"one", 1), OK);
    assert_eq!(server.send(BufferType::BinaryMessage, b"two", 2), OK);
    assert_eq!((server.ping(3), server.receive(4)), (OK, OK));
    let one = server.get_into(ActionQueue::SEND.into(), 1).unwrap();
    let receive = take(&server, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&receive, receive.fill(&frame(0x81, b"not masked")));
    assert_eq!(server.get(ActionQueue::RECEIVE).map(drop), Err(FORMAT));
    let mut wire = one.bytes();
    server.complete(&one, wire.len());
    let mut ended = Vec::new();
    loop {
        let taken = server.get(ActionQueue::ALL).unwrap();
        match taken.action {
            Action::SendToNetwork => wire.extend(taken.bytes()),
            Action::Nothing => break,
            _ => ended.extend(taken.context),
        }
        server.complete(&taken, taken.bytes().len());
    }
    assert_eq!(wire, [frame(0x02, b"one"), frame(0x88, &1002_u16.to_be_bytes())].concat());
    assert_eq!(ended, [1, 2, 3, 4]);
}

#[test]
fn b5_9_a_close_without_a_buffer_is_empty() {
    let server = server();
    assert_eq!(server.send_empty_close(7), OK);
    let send = take(&server, ActionQueue::SEND, Action::SendToNetwork);
    assert_eq!((send.bytes(), send.context), (vec![0x88, 0], Some(7)));
    assert_eq!((server.send_empty_close(8), server.send(BufferType::Utf8Message, b"x", 8)), (OPERATION, OPERATION));
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
fn data_needs_a_buffer() {
    let server = server();
    for buffer_type in &ALL[..4] {
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
