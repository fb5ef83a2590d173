//! The receiving half: every stream means the same however it is cut. What the sending half writes is read back.

use std::fmt::Write as _;

use proptest::prelude::*;
use winws::protocol::{
    CloseFrame, Event, Fault, Framer, MAX_CONTROL, Mask, MessageKind, Piece, Receiver, Role, is_wire_code,
};
use winws::session::{Asked, WriteHalf};

use super::{KEY, frame};
use crate::session::write::stage;

/// Receives a stream in the given pieces, and writes down what it meant: a word per frame, `!` where a message ends.
/// Frames that are cut by the end of the stream are not written down.
fn transcript(pieces: &[&[u8]], buffer: usize, role: Role) -> String {
    let mut receiver = Receiver::new(role);
    let (mut buffer, mut frame, mut words) = (vec![0; buffer], Vec::new(), String::new());
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            let taken = receiver.receive_bytes(rest, &mut buffer);
            rest = &rest[taken..];
            let event = receiver.poll_event();
            assert!(receiver.poll_event().is_none(), "one event at a time");
            match event {
                None => assert!(rest.is_empty(), "without an event everything is taken"),
                Some(Event::Data { kind, length, end_of_message }) => {
                    frame.extend_from_slice(&buffer[..length]);
                    if receiver.payload_remaining() == 0 {
                        let kind = if kind == MessageKind::Text { "text" } else { "binary" };
                        let end = if end_of_message { "!" } else { "" };
                        write!(words, "{kind}({}){end} ", frame.escape_ascii()).unwrap();
                        frame.clear();
                    }
                }
                Some(Event::Ping(payload)) => {
                    write!(words, "ping({}) ", payload.as_bytes().escape_ascii()).unwrap();
                }
                Some(Event::Pong(payload)) => {
                    write!(words, "pong({}) ", payload.as_bytes().escape_ascii()).unwrap();
                }
                Some(Event::Close(close)) => {
                    write!(words, "close({} {}) ", close.status(), close.reason()).unwrap();
                }
                Some(Event::Failed(fault)) => write!(words, "{fault:?} ").unwrap(),
            }
        }
    }
    words.trim_end().to_owned()
}

/// Checks that a client understands a stream so, in one piece, byte by byte, and cut at every one or two places, into
/// buffers of several sizes.
fn check(stream: &[u8], expected: &str) {
    check_as(Role::Client, stream, expected);
}

fn check_as(role: Role, stream: &[u8], expected: &str) {
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    for buffer in [1, 2, 3, 7, 4096] {
        assert_eq!(transcript(&[stream], buffer, role), expected, "in one piece, buffer of {buffer}");
        assert_eq!(transcript(&bytes, buffer, role), expected, "byte by byte, buffer of {buffer}");
        for first in 0..stream.len() {
            let (head, tail) = stream.split_at(first);
            assert_eq!(transcript(&[head, tail], buffer, role), expected, "cut at {first}, buffer of {buffer}");
            // All pairs of cuts of a long stream would take minutes.
            for second in (0..tail.len()).filter(|_| stream.len() < 40) {
                let (middle, tail) = tail.split_at(second);
                let pieces = [head, middle, tail];
                assert_eq!(transcript(&pieces, buffer, role), expected, "cut at {first} and {second} more");
            }
        }
    }
}

#[test]
fn messages_of_one_frame() {
    check(&frame(0x81, b"hello"), "text(hello)!");
    check(&frame(0x82, &[0, 255]), r"binary(\x00\xff)!");
    check(&frame(0x81, b""), "text()!");
    check(&[frame(0x81, b"a"), frame(0x82, b"b")].concat(), "text(a)! binary(b)!");
}

#[test]
fn fragments_keep_their_boundaries() {
    check(&[frame(0x01, b"abc"), frame(0x00, b"def"), frame(0x80, b"ghi")].concat(), "text(abc) text(def) text(ghi)!");
    check(&[frame(0x02, b""), frame(0x00, b""), frame(0x80, b"")].concat(), "binary() binary() binary()!");
}

#[test]
fn lengths_of_every_form() {
    for length in [125, 126, 127, 300] {
        let payload = vec![b'x'; length];
        check(&frame(0x82, &payload), &format!("binary({})!", "x".repeat(length)));
    }
    let payload = vec![b'x'; 65536];
    assert_eq!(transcript(&[&frame(0x82, &payload)], 1000, Role::Client), format!("binary({})!", "x".repeat(65536)));
    // Longer than necessary: accepted (b1.4.19).
    check(&[&[0x81, 126, 0, 2], &b"hi"[..]].concat(), "text(hi)!");
    check(&[&[0x81, 127, 0, 0, 0, 0, 0, 0, 0, 2], &b"hi"[..]].concat(), "text(hi)!");
}

#[test]
fn a_huge_length_is_streamed() {
    let mut receiver = Receiver::new(Role::Client);
    let mut buffer = [0; 8];
    let head = [0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0];
    assert_eq!(receiver.receive_bytes(&head, &mut buffer), head.len());
    assert_eq!(receiver.poll_event(), None);
    assert_eq!(receiver.payload_remaining(), 1 << 40);
    assert_eq!(receiver.receive_bytes(b"abc", &mut buffer), 3);
    let event = Event::Data { kind: MessageKind::Binary, length: 3, end_of_message: false };
    assert_eq!(receiver.poll_event(), Some(event));
    assert_eq!(receiver.payload_remaining(), (1 << 40) - 3);
}

#[test]
fn payload_put_into_the_buffer_by_others() {
    let mut receiver = Receiver::new(Role::Server);
    let mut payload = *b"hello";
    Mask::new(KEY).apply(&mut payload);
    assert_eq!(receiver.receive_bytes(&[&[0x81, 0x85][..], &KEY].concat(), &mut []), 6);
    receiver.receive_payload(&mut payload[..2]);
    let event = |length, end_of_message| Some(Event::Data { kind: MessageKind::Text, length, end_of_message });
    assert_eq!(receiver.poll_event(), event(2, false));
    receiver.receive_payload(&mut payload[2..]);
    assert_eq!(receiver.poll_event(), event(3, true));
    assert_eq!(payload, *b"hello");
    assert_eq!(receiver.payload_remaining(), 0);
}

#[test]
fn an_empty_buffer_makes_no_progress_but_no_harm() {
    let mut receiver = Receiver::new(Role::Client);
    assert_eq!(receiver.receive_bytes(&frame(0x81, b"hi"), &mut []), 2);
    assert_eq!(receiver.poll_event(), None);
    let mut buffer = [0; 2];
    assert_eq!(receiver.receive_bytes(b"hi", &mut buffer), 2);
    assert_eq!(buffer, *b"hi");
}

#[test]
fn control_frames_between_fragments() {
    let stream = [frame(0x01, b"a"), frame(0x89, b"ping"), frame(0x8a, b""), frame(0x80, b"b")].concat();
    check(&stream, "text(a) ping(ping) pong() text(b)!");
    check(&frame(0x89, &[b'p'; MAX_CONTROL]), &format!("ping({})", "p".repeat(MAX_CONTROL)));
}

#[test]
fn masked_frames_on_the_server_side() {
    let mut stream = [&[0x81, 0x85][..], &KEY, b"hello", &[0x89, 0x83], &KEY, b"abc"].concat();
    Mask::new(KEY).apply(&mut stream[6..11]);
    Mask::new(KEY).apply(&mut stream[17..]);
    check_as(Role::Server, &stream, "text(hello)! ping(abc)");
    check_as(Role::Server, &frame(0x81, b""), "WrongMasking");
}

#[test]
fn close_empty() {
    check(&frame(0x88, b""), "close(1005 )");
}

#[test]
fn close_with_code_and_reason() {
    check(&frame(0x88, b"\x03\xe8"), "close(1000 )");
    check(&frame(0x88, b"\x0f\xa1bye"), "close(4001 bye)");
}

#[test]
fn close_inside_a_message() {
    check(&[frame(0x01, b"a"), frame(0x88, b"")].concat(), "text(a) close(1005 )");
}

#[test]
fn close_ends_the_stream() {
    check(&[frame(0x88, b""), frame(0x81, b"late"), vec![0xff; 5]].concat(), "close(1005 )");
}

#[test]
fn close_of_one_byte() {
    check(&frame(0x88, b"\x03"), "CutCloseCode");
}

#[test]
fn close_with_every_code() {
    for code in 0..=u16::MAX {
        let expected = match code {
            0..=999 | 1004..=1006 | 1015..=2999 | 5000.. => "InvalidCloseCode".to_owned(),
            _ => format!("close({code} )"),
        };
        assert_eq!(transcript(&[&frame(0x88, &code.to_be_bytes())], 1, Role::Client), expected);
        assert_eq!(is_wire_code(code), expected.starts_with("close"), "{code}");
    }
}

#[test]
fn close_with_a_reason_that_is_not_utf8() {
    check(&frame(0x88, b"\x03\xe8\xff"), "InvalidUtf8");
    check(&frame(0x88, b"\x03\xe8\xe2\x82"), "InvalidUtf8");
}

#[test]
fn faults_of_headers() {
    for (stream, fault) in [
        (&[0xc1, 0][..], "ReservedBit"),
        (&[0xa1, 0], "ReservedBit"),
        (&[0x91, 0], "ReservedBit"),
        (&[0x83, 0], "ReservedOpcode"),
        (&[0x87, 0], "ReservedOpcode"),
        (&[0x8b, 0], "ReservedOpcode"),
        (&[0x8f, 0], "ReservedOpcode"),
        (&[0x81, 0x80, 1, 2, 3, 4], "WrongMasking"),
        (&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], "LengthTopBit"),
        (&[0x09, 0], "FragmentedControl"),
        (&[0x08, 0], "FragmentedControl"),
        (&[0x89, 126, 0, 126], "ControlTooLong"),
        (&[0x88, 127, 0, 0, 0, 0, 0, 1, 0, 0], "ControlTooLong"),
        (&[0x80, 0], "UnexpectedContinuation"),
        (&[0x00, 0], "UnexpectedContinuation"),
    ] {
        check(stream, fault);
        // What follows a fault is dropped.
        check(&[stream, &frame(0x81, b"late")].concat(), fault);
    }
    check(&[frame(0x01, b"a"), frame(0x81, b"b")].concat(), "text(a) ExpectedContinuation");
    check(&[frame(0x02, b"a"), frame(0x02, b"b")].concat(), "binary(a) ExpectedContinuation");
    check(&[frame(0x81, b"a"), frame(0x80, b"b")].concat(), "text(a)! UnexpectedContinuation");
}

#[test]
fn faults_of_text() {
    check(&frame(0x81, b"a\xff"), "InvalidUtf8");
    check(&frame(0x81, b"\xe2\x82"), "InvalidUtf8");
    check(&frame(0x81, b"\xed\xa0\x80"), "InvalidUtf8");
    check(&[frame(0x01, b"\xe2\x82"), frame(0x80, b"a")].concat(), r"text(\xe2\x82) InvalidUtf8");
    check(&[frame(0x01, b"\xe2\x82"), frame(0x80, b"")].concat(), r"text(\xe2\x82) InvalidUtf8");
    check(&[frame(0x01, b"\xe2\x82"), frame(0x80, b"\xac")].concat(), r"text(\xe2\x82) text(\xac)!");
    // The check starts anew with each message.
    check(&[frame(0x81, b"a"), frame(0x81, b"\x82")].concat(), "text(a)! InvalidUtf8");
}

#[test]
fn text_that_the_application_checks_is_taken_as_it_is() {
    let mut receiver = Receiver::new(Role::Client).without_utf8_check();
    receiver.receive_bytes(&frame(0x81, b"a\xff"), &mut [0; 2]);
    let event = Event::Data { kind: MessageKind::Text, length: 2, end_of_message: true };
    assert_eq!(receiver.poll_event(), Some(event));
}

#[test]
fn invalid_text_is_refused_before_its_frame_is_complete() {
    let stream = [0x81, 5, b'a', 0xf4, 0x90];
    assert_eq!(transcript(&[&stream], 64, Role::Client), "InvalidUtf8");
}

#[test]
fn faults_have_close_codes() {
    assert_eq!(Fault::InvalidUtf8.close_code(), 1007);
    assert_eq!(Fault::ReservedBit.close_code(), 1002);
    assert_eq!(CloseFrame::of_fault(Fault::InvalidUtf8).payload(), [0x03, 0xef]);
}

proptest! {
    #[test]
    fn any_bytes_mean_the_same_however_they_are_cut(
        stream in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0x81), Just(0x00), Just(0x02)], 0..60),
        cut in 0_usize..60,
        buffer in 1_usize..9,
    ) {
        let whole = transcript(&[&stream], buffer, Role::Client);
        let (head, tail) = stream.split_at(cut.min(stream.len()));
        prop_assert_eq!(transcript(&[head, tail], buffer, Role::Client), whole.clone());
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        prop_assert_eq!(transcript(&bytes, buffer, Role::Client), whole);
    }

    #[test]
    fn what_is_sent_is_received(
        messages in proptest::collection::vec(proptest::collection::vec("[a-zé€😀]{0,70}", 1..4), 0..5),
        limit in 14_usize..200,
        cut in 1_usize..50,
    ) {
        let (mut sender, mut wire, mut expected) = (WriteHalf::new(Framer::client(|| KEY), 1), Vec::new(), String::new());
        for fragments in &messages {
            for (index, text) in fragments.iter().enumerate() {
                let end = index + 1 == fragments.len();
                let piece = Piece { kind: MessageKind::Text, end_of_message: end };
                let admitted = sender.admit(piece, text.as_bytes()).unwrap();
                admitted.push(text.as_bytes());
                while let Some(bytes) = stage(&mut sender, Asked::Everything, limit) {
                    sender.accepted();
                    wire.extend(bytes);
                }
                sender.indicated();
                let end = if end { "!" } else { "" };
                write!(expected, "text({}){end} ", text.as_bytes().escape_ascii()).unwrap();
            }
        }
        let pieces: Vec<&[u8]> = wire.chunks(cut).collect();
        prop_assert_eq!(transcript(&pieces, 16, Role::Server), expected.trim_end());
    }
}
