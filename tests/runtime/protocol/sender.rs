//! The sending half: what is on the wire after which commands.

use winws::protocol::{CloseFrame, ControlPayload, Fault, InvalidClose, MessageKind, NO_STATUS, SendError, Sender};

use super::{KEY, frame};

/// Drains a sender whose frames carry `payload`.
fn drain(sender: &mut Sender, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    assert_eq!(sender.poll_transmit(payload, &mut out, usize::MAX), payload.len());
    assert!(!sender.has_transmit());
    out
}

#[test]
fn one_frame_per_call() {
    let mut sender = Sender::server();
    sender.send_frame(MessageKind::Text, false, b"a").unwrap();
    assert_eq!(drain(&mut sender, b"a"), frame(0x01, b"a"));
    sender.send_frame(MessageKind::Text, false, b"").unwrap();
    assert_eq!(drain(&mut sender, b""), frame(0x00, b""));
    sender.send_frame(MessageKind::Text, true, b"c").unwrap();
    assert_eq!(drain(&mut sender, b"c"), frame(0x80, b"c"));
    let long = vec![7; 70_000];
    sender.send_frame(MessageKind::Binary, true, &long).unwrap();
    assert_eq!(drain(&mut sender, &long), frame(0x82, &long));
}

#[test]
fn a_client_masks() {
    let mut sender = Sender::client(|| KEY);
    sender.send_frame(MessageKind::Text, true, b"Hello").unwrap();
    // The example of RFC 6455 section 5.7.
    let wire = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(drain(&mut sender, b"Hello"), wire);
    sender.send_close(CloseFrame::EMPTY).unwrap();
    assert_eq!(drain(&mut sender, b""), [0x88, 0x80, 0x37, 0xfa, 0x21, 0x3d]);
}

#[test]
fn kinds_do_not_mix_in_a_message() {
    let mut sender = Sender::server();
    sender.send_frame(MessageKind::Binary, false, b"").unwrap();
    drain(&mut sender, b"");
    assert_eq!(sender.send_frame(MessageKind::Text, false, b""), Err(SendError::WrongKind));
    assert_eq!(sender.send_frame(MessageKind::Text, true, b""), Err(SendError::WrongKind));
    sender.send_frame(MessageKind::Binary, true, b"").unwrap();
    drain(&mut sender, b"");
    sender.send_frame(MessageKind::Text, true, b"").unwrap();
}

#[test]
fn text_is_checked_over_its_fragments() {
    let mut sender = Sender::server();
    assert_eq!(sender.send_frame(MessageKind::Text, true, b"\xff"), Err(SendError::InvalidUtf8));
    assert_eq!(sender.send_frame(MessageKind::Text, true, b"\xe2\x82"), Err(SendError::InvalidUtf8));
    sender.send_frame(MessageKind::Text, false, b"\xe2\x82").unwrap();
    drain(&mut sender, b"\xe2\x82");
    // A refused fragment changes nothing: the right one is still taken.
    assert_eq!(sender.send_frame(MessageKind::Text, true, b"a"), Err(SendError::InvalidUtf8));
    assert_eq!(sender.send_frame(MessageKind::Text, true, b""), Err(SendError::InvalidUtf8));
    sender.send_frame(MessageKind::Text, true, b"\xac").unwrap();
}

#[test]
fn pongs_go_between_frames() {
    let mut sender = Sender::server();
    let pong = ControlPayload::new(b"x").unwrap();
    sender.send_frame(MessageKind::Binary, true, b"abcd").unwrap();
    let mut out = Vec::new();
    assert_eq!(sender.poll_transmit(b"abcd", &mut out, 4), 2);
    sender.send_pong(pong);
    assert!(!sender.has_transmit(), "not inside the frame");
    assert_eq!(sender.poll_transmit(b"", &mut out, 100), 0);
    assert_eq!(sender.send_frame(MessageKind::Binary, true, b""), Err(SendError::Busy));
    assert_eq!(sender.poll_transmit(b"cd", &mut out, 100), 2);
    assert_eq!(out, [frame(0x82, b"abcd"), frame(0x8a, b"x")].concat());
}

#[test]
fn pongs_that_nobody_takes_are_bounded_and_the_newest_stay() {
    let mut sender = Sender::server();
    for number in 0..=255_u8 {
        sender.send_pong(ControlPayload::new(&[number]).unwrap());
    }
    let out = drain(&mut sender, b"");
    assert_eq!(out.len(), 64 * 3);
    assert!(out.ends_with(&[0x8a, 1, 254, 0x8a, 1, 255]));
}

#[test]
fn close_once_and_no_data_after_it() {
    let mut sender = Sender::server();
    sender.send_frame(MessageKind::Binary, false, b"").unwrap();
    drain(&mut sender, b"");
    sender.send_close(CloseFrame::new(4001, b"bye").unwrap()).unwrap();
    assert!(!sender.is_open());
    assert_eq!(sender.send_close(CloseFrame::EMPTY), Err(SendError::Closed));
    assert_eq!(sender.send_frame(MessageKind::Binary, true, b""), Err(SendError::Closed));
    assert_eq!(drain(&mut sender, b""), frame(0x88, b"\x0f\xa1bye"));
    // The peer may ping until it answers: section 5.5.1 forbids data only.
    sender.send_pong(ControlPayload::EMPTY);
    assert_eq!(drain(&mut sender, b""), frame(0x8a, b""));
}

#[test]
fn failing_tells_the_peer_once() {
    let fault = CloseFrame::of_fault(Fault::ReservedBit);
    let mut sender = Sender::server();
    sender.send_pong(ControlPayload::EMPTY);
    sender.fail(fault);
    sender.fail(fault);
    assert!(sender.has_failed());
    assert_eq!(sender.send_frame(MessageKind::Text, true, b""), Err(SendError::Closed));
    assert_eq!(drain(&mut sender, b""), frame(0x88, b"\x03\xea"));
    sender.send_pong(ControlPayload::EMPTY);
    assert_eq!(drain(&mut sender, b""), b"");
}

#[test]
fn failing_after_our_close_sends_no_second_one() {
    let mut sender = Sender::server();
    sender.send_close(CloseFrame::EMPTY).unwrap();
    sender.fail(CloseFrame::of_fault(Fault::ReservedBit));
    assert_eq!(drain(&mut sender, b""), frame(0x88, b""));
}

#[test]
fn failing_inside_a_frame_waits_for_its_end() {
    let mut sender = Sender::server();
    sender.send_frame(MessageKind::Binary, true, b"ab").unwrap();
    let mut out = Vec::new();
    sender.poll_transmit(b"", &mut out, 100);
    sender.fail(CloseFrame::EMPTY);
    assert_eq!(sender.poll_transmit(b"ab", &mut out, 100), 2);
    assert_eq!(out, [frame(0x82, b"ab"), frame(0x88, b"")].concat());
}

#[test]
fn nothing_goes_out_after_a_loss() {
    let mut sender = Sender::server();
    sender.send_frame(MessageKind::Binary, true, b"ab").unwrap();
    sender.send_close(CloseFrame::EMPTY).unwrap();
    sender.lose();
    assert!(!sender.has_transmit() && !sender.is_in_frame());
    let mut out = Vec::new();
    assert_eq!(sender.poll_transmit(b"ab", &mut out, 100), 0);
    assert!(out.is_empty());
}

#[test]
fn close_frames_by_rule() {
    assert_eq!(CloseFrame::new(1000, &[b'x'; 123]).unwrap().reason().len(), 123);
    assert_eq!(CloseFrame::new(1000, &[b'x'; 124]), Err(InvalidClose::ReasonTooLong));
    assert_eq!(CloseFrame::new(1000, b"\xff"), Err(InvalidClose::ReasonNotUtf8));
    assert_eq!(CloseFrame::new(NO_STATUS, b""), Ok(CloseFrame::EMPTY));
    assert_eq!(CloseFrame::new(NO_STATUS, b"x"), Err(InvalidClose::ReasonWithoutCode));
    assert_eq!(CloseFrame::new(1006, b""), Err(InvalidClose::Code));
    assert_eq!(CloseFrame::EMPTY.status(), NO_STATUS);
}
