//! The closing handshake, from either side.

use winws_api::websocket::{Action, ActionQueue, BufferType};

use super::{INVALID_ARG, Indication, OK, OPERATION, client, frame, idle, pair, pump, receive, server, take};

#[test]
fn either_side_can_close() {
    for client_first in [true, false] {
        let (client, server) = pair();
        let (first, second) = if client_first { (client, server) } else { (server, client) };
        assert_eq!(first.send_close(1000, b"bye", 0), OK);
        let (indication, _) = receive(&second, &pump(&first));
        assert_eq!(indication.buffer_type, i32::from(BufferType::Close));
        // The answer carries the status that the application chooses.
        assert_eq!(second.send_close(4001, b"", 0), OK);
        let (indication, _) = receive(&first, &pump(&second));
        assert_eq!(indication.buffer_type, i32::from(BufferType::Close));
        idle(&first, ActionQueue::ALL);
        idle(&second, ActionQueue::ALL);
    }
}

#[test]
fn status_and_reason_of_a_close_frame() {
    for (wire, expected) in [
        (frame(0x88, b"\x03\xe9going"), (1001, b"going".to_vec())),
        (frame(0x88, b"\x0f\xa0"), (4000, vec![])),
        // A frame without a status has the one that stands for none.
        (frame(0x88, b""), (1005, vec![])),
    ] {
        let client = client();
        assert_eq!(client.receive(3), OK);
        let taken = take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
        client.complete(&taken, taken.fill(&wire));
        let close = take(&client, ActionQueue::RECEIVE, Action::IndicateReceiveComplete);
        assert_eq!((close.is(BufferType::Close), close.context), (true, Some(3)));
        assert_eq!(close.close_status(), expected);
    }
}

#[test]
fn a_close_frame_ends_a_receive_into_a_buffer_too() {
    let client = client();
    assert_eq!(client.receive_into(1, 0).0, OK);
    let taken = take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&taken, taken.fill(&frame(0x88, b"\x03\xe8reason")));
    let close = take(&client, ActionQueue::RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!(close.close_status(), (1000, b"reason".to_vec()));
}

#[test]
fn the_close_frames_that_can_be_sent() {
    let long = [b'x'; 123];
    for (status, reason, expected) in [
        (1000, &b""[..], frame(0x88, b"\x03\xe8")),
        (1001, b"going", frame(0x88, b"\x03\xe9going")),
        (4999, b"", frame(0x88, b"\x13\x87")),
        (1000, &long, frame(0x88, &[b"\x03\xe8", &long[..]].concat())),
        // The status that stands for none makes a frame without one.
        (1005, b"", frame(0x88, b"")),
    ] {
        let server = server();
        assert_eq!(server.send_close(status, reason, 0), OK, "{status}");
        assert_eq!(pump(&server), expected, "{status}");
    }
}

#[test]
fn b5_9_close_frames_that_cannot_be_sent() {
    let server = server();
    for status in [0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65535] {
        assert_eq!(server.send_close(status, b"", 0), INVALID_ARG, "{status}");
    }
    assert_eq!(server.send_close(1000, &[b'x'; 124], 0), INVALID_ARG);
    assert_eq!(server.send_close(1000, b"\xff", 0), INVALID_ARG);
    assert_eq!(server.send_close(1005, b"reason", 0), INVALID_ARG);
    assert_eq!(server.send_close(1000, b"", 0), OK, "nothing was queued");
}

#[test]
fn b5_9_only_control_frames_after_a_close() {
    let server = server();
    assert_eq!(server.send_close(1000, b"", 0), OK);
    pump(&server);
    for buffer_type in [BufferType::Utf8Message, BufferType::Utf8Fragment, BufferType::BinaryMessage] {
        assert_eq!(server.send(buffer_type, b"x", 0), OPERATION, "{buffer_type}");
    }
    assert_eq!(server.send_close(1000, b"", 0), OPERATION, "there is one close frame");
    for (buffer_type, expected) in [(BufferType::PingPong, 0x89), (BufferType::UnsolicitedPong, 0x8a)] {
        assert_eq!(server.send_buffer(buffer_type.into(), None, 0), OK);
        assert_eq!(pump(&server), frame(expected, b""));
    }
}

#[test]
fn receiving_goes_on_after_our_close() {
    let client = client();
    assert_eq!(client.send_close(1000, b"", 0), OK);
    pump(&client);
    assert_eq!(receive(&client, &frame(0x81, b"late")).0.bytes, b"late");
    assert_eq!(receive(&client, &frame(0x88, b"")).0, Indication::new(BufferType::Close, b"", 2));
}

#[test]
fn no_receive_after_the_close_frame_of_the_peer() {
    let client = client();
    assert_eq!(client.receive(0), OK);
    let taken = take(&client, ActionQueue::RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&taken, taken.fill(&[frame(0x88, b""), frame(0x81, b"after")].concat()));
    let close = take(&client, ActionQueue::RECEIVE, Action::IndicateReceiveComplete);
    client.complete(&close, 0);
    assert_eq!(client.receive(0), OPERATION);
    assert_eq!(client.receive_into(8, 0).0, OPERATION);
}

#[test]
fn b5_8_the_close_frame_of_the_peer_is_not_answered_by_itself() {
    let client = client();
    receive(&client, &frame(0x88, b"\x03\xe8"));
    idle(&client, ActionQueue::ALL);
    // Sending stays possible until the application closes.
    assert_eq!(client.send(BufferType::Utf8Message, b"last words", 0), OK);
    assert_eq!(pump(&client).len(), 6 + 10);
    assert_eq!(client.send_close(1000, b"", 0), OK);
    pump(&client);
}

#[test]
fn a_close_in_the_middle_of_a_message() {
    let server = server();
    super::wire_of(&server, BufferType::Utf8Fragment, b"unfinished");
    assert_eq!(server.send_close(1001, b"", 0), OK);
    assert_eq!(pump(&server), frame(0x88, b"\x03\xe9"));
}

#[test]
fn a_ping_after_our_close_is_answered() {
    let server = server();
    assert_eq!(server.send_close(1000, b"", 0), OK);
    pump(&server);
    let (_, sent) = receive(&server, &[super::masked(0x89, b"p"), super::masked(0x88, b"")].concat());
    assert_eq!(sent, frame(0x8a, b"p"));
}
