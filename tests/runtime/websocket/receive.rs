//! Receives: pieces of messages, where they lie, what ends a receive, and what breaks the protocol.

use std::{ptr, slice};

use winws::ffi::websocket as c_api;
use winws_api::HResult;
use winws_api::websocket::{Action, ActionQueue, Buffer, BufferData, BufferType, PropertyType};

use super::c::{Handle, create_client, create_server, number};
use super::{
    FORMAT, INVALID_ARG, Indication, OK, OPERATION, client, feed, frame, idle, masked, pair_of, pump, receive, server,
    take,
};

const RECEIVE: ActionQueue = ActionQueue::RECEIVE;
const OUT_OF_MEMORY: i32 = HResult::E_OUTOFMEMORY.0;

#[test]
fn b5_6_the_indication_has_exactly_one_buffer() {
    for (payload, expected) in [(&b"hello"[..], 5), (b"", 0)] {
        let client = client();
        assert_eq!(client.receive(0), OK);
        let taken = take(&client, RECEIVE, Action::ReceiveFromNetwork);
        client.complete(&taken, taken.fill(&frame(0x82, payload)));
        let taken = take(&client, RECEIVE, Action::IndicateReceiveComplete);
        assert_eq!(taken.places().iter().map(|place| place.1).collect::<Vec<_>>(), [expected]);
        assert_eq!(taken.bytes(), payload);
    }
}

#[test]
fn b5_6_no_buffer_asks_for_one_of_the_component_without_a_copy() {
    let client = client();
    assert_eq!(client.receive(0), OK);
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&receive, receive.fill(&frame(0x81, b"hello")));
    let complete = take(&client, RECEIVE, Action::IndicateReceiveComplete);
    // The payload is where it was read, behind its header.
    assert_eq!(complete.places(), [(receive.places()[0].0.wrapping_add(2), 5)]);
}

#[test]
fn data_is_written_to_the_buffer_of_the_caller() {
    let client = client();
    let (code, buffer) = client.receive_into(16, 9);
    assert_eq!(code, OK);
    let (indication, ..) = feed(&client, &frame(0x81, b"hello"));
    assert_eq!(indication, Indication::new(BufferType::Utf8Message, b"hello", 9));
    // SAFETY: the buffer is leaked.
    assert_eq!(unsafe { std::slice::from_raw_parts(buffer, 6) }, b"hello\0");
}

#[test]
fn a_buffer_without_memory_or_of_length_0() {
    let client = client();
    let mut byte = 0;
    for (buffer, buffer_length) in [(ptr::null_mut(), 0), (ptr::null_mut(), 8), (&raw mut byte, 0)] {
        let buffer = Buffer { data: BufferData { buffer, buffer_length } };
        assert_eq!(client.receive_buffer(buffer, 0), INVALID_ARG);
    }
    assert_eq!(client.receive(0), OK, "nothing was queued");
}

#[test]
fn b5_12_receives_wait_in_their_order() {
    let client = client();
    for context in 1..=64 {
        let code = if context % 2 == 0 { client.receive(context) } else { client.receive_into(8, context).0 };
        assert_eq!(code, OK, "{context}");
    }
    assert_eq!(client.receive(65), OUT_OF_MEMORY);
    for context in 1..=64_u8 {
        let (indication, ..) = feed(&client, &frame(0x82, &[context]));
        assert_eq!(indication, Indication::new(BufferType::BinaryMessage, &[context], context.into()));
    }
    idle(&client, RECEIVE);
    assert_eq!(client.receive(0), OK);
}

#[test]
fn b5_12_a_receive_is_queued_inside_the_indication_of_the_one_before() {
    let client = client();
    assert_eq!(client.receive(1), OK);
    let taken = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&taken, taken.fill(&[frame(0x81, b"one"), frame(0x81, b"two")].concat()));
    let one = take(&client, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!(client.receive(2), OK);
    idle(&client, RECEIVE);
    // What was lent stays until its indication is completed.
    assert_eq!((one.bytes(), one.context), (b"one".to_vec(), Some(1)));
    client.complete(&one, 0);
    let two = take(&client, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((two.bytes(), two.context), (b"two".to_vec(), Some(2)));
}

#[test]
fn b5_12_receives_that_wait_end_with_the_close_of_the_peer() {
    let client = client();
    assert_eq!((client.receive(1), client.receive(2), client.receive(3)), (OK, OK, OK));
    assert!(feed(&client, &frame(0x88, b"")).0.buffer_type == i32::from(BufferType::Close));
    for context in [2, 3] {
        let taken = take(&client, RECEIVE, Action::IndicateReceiveComplete);
        assert_eq!((taken.bytes(), taken.context), (vec![], Some(context)));
        client.complete(&taken, 0);
    }
    idle(&client, ActionQueue::ALL);
    assert_eq!(client.receive(4), OPERATION);
}

#[test]
fn a_message_larger_than_the_buffer_comes_in_pieces() {
    let client = client();
    let wire = frame(0x81, b"hello world");
    let mut rest = &wire[..];
    for (piece, buffer_type) in [
        (&b"hell"[..], BufferType::Utf8Fragment),
        (b"o wo", BufferType::Utf8Fragment),
        (b"rld", BufferType::Utf8Message),
    ] {
        assert_eq!(client.receive_into(4, 1).0, OK);
        let (indication, left, _) = feed(&client, rest);
        assert_eq!(indication, Indication::new(buffer_type, piece, 1));
        rest = left;
    }
}

#[test]
fn a_message_larger_than_the_internal_buffer_comes_in_pieces() {
    let sizes = [number(PropertyType::ReceiveBufferSize, 256)];
    let (client, _server) = pair_of(create_client(&sizes).unwrap(), create_server(&[]).unwrap());
    let wire = [&[0x82, 126, 1, 44][..], &[7; 300]].concat();
    assert_eq!(client.receive(0), OK);
    let (first, rest, _) = feed(&client, &wire);
    assert_eq!((first.bytes.len(), first.buffer_type), (252, BufferType::BinaryFragment.into()));
    let (last, _) = receive(&client, rest);
    assert_eq!((last.bytes.len(), last.buffer_type), (48, BufferType::BinaryMessage.into()));
}

#[test]
fn b5_5_no_more_network_data_before_the_message_is_indicated() {
    // With a buffer of the caller and without one, in one piece and byte by byte.
    for into in [None, Some(64), Some(5)] {
        let client = client();
        let code = into.map_or_else(|| client.receive(0), |length| client.receive_into(length, 0).0);
        assert_eq!(code, OK);
        let (mut bytes, mut received) = (&frame(0x81, b"hello")[..], Vec::new());
        let mut message = Vec::from(bytes);
        message.extend(frame(0x81, b"next"));
        bytes = &message[..7];
        loop {
            let taken = client.get(RECEIVE).unwrap();
            if taken.action == Action::IndicateReceiveComplete {
                received.extend(taken.bytes());
                client.complete(&taken, 0);
                if taken.is(BufferType::Utf8Message) {
                    break;
                }
                let code = into.map_or_else(|| client.receive(0), |length| client.receive_into(length, 0).0);
                assert_eq!(code, OK);
                continue;
            }
            assert_eq!(taken.action, Action::ReceiveFromNetwork);
            assert!(!bytes.is_empty(), "all bytes of the message were there");
            client.complete(&taken, taken.fill(&bytes[..1]));
            bytes = &bytes[1..];
        }
        assert_eq!(received, b"hello");
    }
}

/// What came and what was sent in the loop below.
#[derive(Debug, Default, PartialEq, Eq)]
struct Run {
    code: i32,
    received: Vec<u8>,
    sent: Vec<u8>,
    /// How often there was nothing more to be read, where a socket would wait.
    waits: usize,
}

/// The loop of published samples. It reads into one buffer after the other while each comes back full, each time forgetting
/// how many bytes the one before took, and when a call fails it aborts and does what the action says all the same.
fn run_as_samples(handle: &Handle, mut wire: &[u8]) -> Run {
    let mut run = Run::default();
    let mut buffers = [Buffer { data: BufferData::default() }; 2];
    let (mut action, mut buffer_type, mut token) = (i32::MAX, 0, ptr::null_mut());
    // Enough for every test here; the loop must end by itself.
    for _ in 0..20 {
        let (mut count, mut transferred) = (2, 0);
        // SAFETY: there is room for two buffers.
        let code = unsafe {
            c_api::WebSocketGetAction(
                handle.0,
                ActionQueue::ALL.into(),
                buffers.as_mut_ptr().cast(),
                &raw mut count,
                &raw mut action,
                &raw mut buffer_type,
                ptr::null_mut(),
                &raw mut token,
            )
        };
        if code != OK {
            run.code = code;
            handle.abort();
        }
        // SAFETY: both parts of the union begin with a pointer and a length.
        let places = buffers.map(|buffer| unsafe { buffer.data });
        let places = places.map(|data| (data.buffer, usize::try_from(data.buffer_length).unwrap()));
        let places = &places[..usize::try_from(count).unwrap()];
        // SAFETY: the action is out, so the bytes are lent.
        let bytes = |place: &(*mut u8, usize)| unsafe { slice::from_raw_parts(place.0, place.1) }.to_vec();
        match Action::try_from(action).unwrap() {
            Action::Nothing => {
                handle.complete_token(token, 0);
                return run;
            }
            Action::ReceiveFromNetwork => {
                for &(start, length) in places {
                    run.waits += usize::from(wire.is_empty());
                    let (read, rest) = wire.split_at(length.min(wire.len()));
                    // SAFETY: the action is out, so the place is ours.
                    unsafe { ptr::copy_nonoverlapping(read.as_ptr(), start, read.len()) };
                    (transferred, wire) = (read.len(), rest);
                    if read.len() < length {
                        break;
                    }
                }
            }
            Action::SendToNetwork => {
                run.sent.extend(places.iter().flat_map(bytes));
                transferred = places.iter().map(|place| place.1).sum();
            }
            Action::IndicateReceiveComplete if places[0].1 > 0 => run.received.extend(bytes(&places[0])),
            Action::IndicateReceiveComplete | Action::IndicateSendComplete => {}
        }
        handle.complete_token(token, transferred);
    }
    panic!("the loop does not end: {run:?}");
}

#[test]
fn b5_5_who_reads_into_one_buffer_after_the_other_waits_for_nothing() {
    let client = client();
    // The payload comes with the header and goes on in the next read; or it is all that the next read gives.
    for (length, buffer) in [(9000, 9000), (9000, 10_000), (4092, 5000), (4093, 5000), (4100, 4100)] {
        let payload = vec![7; length];
        let header = [0x82, 126, u8::try_from(length >> 8).unwrap(), (length & 0xff).to_le_bytes()[0]];
        assert_eq!(client.receive_into(buffer, 0).0, OK);
        let mut wire = &[&header[..], &payload].concat()[..];
        let mut received = Vec::new();
        // Each piece of the message ends a receive, and only then there is another one.
        while received.len() < length {
            let before = received.len();
            let run = run_as_samples(&client, wire);
            received.extend(run.received);
            wire = &wire[wire.len() - (length - received.len())..];
            assert_eq!(
                (run.code, run.waits, received.len() > before),
                (OK, 0, true),
                "of {length} bytes into {buffer}"
            );
            if received.len() < length {
                assert_eq!(client.receive_into(buffer, 0).0, OK);
            }
        }
        assert!(received == payload);
    }
}

#[test]
fn who_looks_at_the_action_of_a_call_that_failed_does_nothing_twice() {
    let server = server();
    assert_eq!(server.receive(0), OK);
    let run = run_as_samples(&server, &masked(0x83, b"reserved opcode"));
    assert_eq!(run, Run { code: FORMAT, ..Run::default() }, "no read that would wait");
    let server = super::server();
    assert_eq!(server.receive(0), OK);
    let run = run_as_samples(&server, &[masked(0x89, b"ping"), masked(0x80, b"continues nothing")].concat());
    assert_eq!(run, Run { code: OPERATION, sent: frame(0x8a, b"ping"), ..Run::default() }, "one ping, one pong");
    // Its session is aborted. What was queued still gives its end, which such a program does not ask for.
    take(&server, ActionQueue::ALL, Action::IndicateReceiveComplete);
    server.delete();
    let run = run_as_samples(&server, b"");
    assert_eq!(run.code, HResult::E_HANDLE.0);
}

#[test]
fn b5_5_messages_that_came_together_are_indicated_one_by_one() {
    let client = client();
    assert_eq!(client.receive(0), OK);
    let taken = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&taken, taken.fill(&[frame(0x81, b"one"), frame(0x82, b"two")].concat()));
    let one = take(&client, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((one.bytes(), one.is(BufferType::Utf8Message)), (b"one".to_vec(), true));
    client.complete(&one, 0);
    idle(&client, RECEIVE);
    assert_eq!(client.receive(0), OK);
    let two = take(&client, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((two.bytes(), two.is(BufferType::BinaryMessage)), (b"two".to_vec(), true));
}

#[test]
fn b5_9_the_pong_that_answers_a_ping_ends_a_receive() {
    let client = client();
    assert_eq!(client.ping(0), OK);
    pump(&client);
    let (indication, _) = receive(&client, &frame(0x8a, b""));
    assert_eq!(indication, Indication::new(BufferType::PingPong, b"", 2));
}

#[test]
fn b5_9_a_pong_that_answers_nothing_ends_no_receive() {
    let client = client();
    let (indication, _) = receive(&client, &[frame(0x8a, b"alive"), frame(0x81, b"x")].concat());
    assert_eq!(indication.bytes, b"x");
    // One ping, two pongs: the second is a sign of life.
    assert_eq!(client.ping(0), OK);
    pump(&client);
    let wire = [frame(0x8a, b""), frame(0x8a, b""), frame(0x81, b"y")].concat();
    assert_eq!(client.receive(0), OK);
    let taken = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&taken, taken.fill(&wire));
    let pong = take(&client, RECEIVE, Action::IndicateReceiveComplete);
    assert!(pong.is(BufferType::PingPong));
    client.complete(&pong, 0);
    assert_eq!(client.receive(0), OK);
    assert_eq!(take(&client, RECEIVE, Action::IndicateReceiveComplete).bytes(), b"y");
}

#[test]
fn b5_8_a_ping_between_pieces_is_answered_before_more_is_wanted() {
    let server = server();
    let wire = [masked(0x01, b"a"), masked(0x89, b"ping"), masked(0x80, b"b")].concat();
    assert_eq!(server.receive(0), OK);
    let (first, rest, sent) = feed(&server, &wire);
    assert_eq!((first.bytes, first.buffer_type, sent), (b"a".to_vec(), BufferType::Utf8Fragment.into(), vec![]));
    assert_eq!(rest, b"", "all of it was read at once");
    assert_eq!(server.receive(0), OK);
    let (last, _, sent) = feed(&server, b"");
    assert_eq!((last.bytes, last.buffer_type), (b"b".to_vec(), BufferType::Utf8Message.into()));
    assert_eq!(sent, frame(0x8a, b"ping"));
}

/// Gives a server bytes that break the protocol. The code, and the close frame that it sends then.
fn refused(wire: &[u8]) -> (i32, Vec<u8>) {
    let server = server();
    assert_eq!(server.receive(6), OK);
    let mut code = OK;
    let mut rest = wire;
    while code == OK {
        match server.get(RECEIVE) {
            Err(error) => code = error,
            Ok(taken) if taken.action == Action::ReceiveFromNetwork => {
                let filled = taken.fill(rest);
                assert!(filled > 0, "nothing was refused");
                rest = &rest[filled..];
                server.complete(&taken, filled);
            }
            Ok(taken) => {
                assert_eq!(taken.action, Action::IndicateReceiveComplete);
                server.complete(&taken, 0);
                assert_eq!(server.receive(6), OK);
            }
        }
    }
    // The application has not aborted: the peer is told, and the receive ends.
    let close = take(&server, RECEIVE, Action::SendToNetwork);
    assert_eq!((close.is(BufferType::Close), close.context), (true, None));
    let sent = close.bytes();
    server.complete(&close, sent.len());
    let end = take(&server, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((end.bytes(), end.context), (vec![], Some(6)));
    server.complete(&end, 0);
    idle(&server, ActionQueue::ALL);
    assert_eq!(server.receive(0), OPERATION);
    assert_eq!(server.send(BufferType::Utf8Message, b"x", 0), OPERATION);
    (code, sent)
}

#[test]
fn b5_10_bytes_that_the_protocol_does_not_allow() {
    let protocol = frame(0x88, &1002_u16.to_be_bytes());
    for wire in [
        masked(0xc1, b"reserved bit"),
        masked(0x83, b"reserved opcode"),
        frame(0x81, b"not masked"),
        masked(0x09, b"fragmented ping"),
        [&[0x89, 0xfe, 0, 126, 0, 0, 0, 0][..], &[0; 126]].concat(),
        vec![0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        masked(0x88, b"x"),
        masked(0x88, &1005_u16.to_be_bytes()),
    ] {
        assert_eq!(refused(&wire), (FORMAT, protocol.clone()), "{wire:?}");
    }
}

#[test]
fn b5_10_text_that_is_not_utf8() {
    let payload = frame(0x88, &1007_u16.to_be_bytes());
    assert_eq!(refused(&masked(0x81, b"ab\xff")), (FORMAT, payload.clone()));
    assert_eq!(refused(&masked(0x81, b"\xc3")), (FORMAT, payload.clone()), "cut at the end of the message");
    assert_eq!(refused(&masked(0x88, b"\x03\xe8\xff")), (FORMAT, payload.clone()));
    // As soon as it arrives, long before the end of the frame (Autobahn 6.4.3).
    let head = [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    assert_eq!(refused(&[&head[..], b"ab\xf4\x90"].concat()), (FORMAT, payload));
}

#[test]
fn b5_10_frames_that_do_not_fit_what_went_before() {
    let protocol = frame(0x88, &1002_u16.to_be_bytes());
    assert_eq!(refused(&masked(0x80, b"continues nothing")), (OPERATION, protocol.clone()));
    assert_eq!(refused(&[masked(0x01, b"a"), masked(0x81, b"b")].concat()), (OPERATION, protocol));
}

#[test]
fn b5_10_only_actions_of_receives_fail() {
    for (wire, code) in [(frame(0x81, b"not masked"), FORMAT), (masked(0x80, b"continues nothing"), OPERATION)] {
        let server = server();
        assert_eq!(server.receive(0), OK);
        assert_eq!(server.send(BufferType::Utf8Message, b"out", 0), OK);
        let taken = take(&server, RECEIVE, Action::ReceiveFromNetwork);
        server.complete(&taken, taken.fill(&wire));
        assert_eq!(take(&server, ActionQueue::SEND, Action::SendToNetwork).bytes(), frame(0x81, b"out"));
        assert_eq!(server.get(RECEIVE).map(drop), Err(code));
    }
}

#[test]
fn b5_10_the_frame_under_way_ends_before_the_close_frame() {
    let client = client();
    assert_eq!(client.send(BufferType::BinaryMessage, &[1; 6000], 4), OK);
    assert_eq!(client.receive(0), OK);
    let first = take(&client, ActionQueue::SEND, Action::SendToNetwork);
    client.complete(&first, first.bytes().len());
    let taken = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&taken, taken.fill(&frame(0xc1, b"")));
    assert_eq!(client.get(RECEIVE).map(drop), Err(FORMAT));
    let end = take(&client, RECEIVE, Action::IndicateReceiveComplete);
    client.complete(&end, 0);
    let second = take(&client, ActionQueue::SEND, Action::SendToNetwork);
    assert_eq!(first.context, Some(4));
    client.complete(&second, second.bytes().len());
    let close = take(&client, ActionQueue::SEND, Action::SendToNetwork);
    assert_eq!((close.bytes()[0], close.context), (0x88, None));
    client.complete(&close, close.bytes().len());
    take(&client, ActionQueue::SEND, Action::IndicateSendComplete);
}

#[test]
fn a_frame_larger_than_memory_is_received_piece_by_piece() {
    let client = client();
    let head = [0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0];
    assert_eq!(client.receive(0), OK);
    let (piece, ..) = feed(&client, &[&head[..], &[7; 1000]].concat());
    assert_eq!((piece.bytes.len(), piece.buffer_type), (1000, BufferType::BinaryFragment.into()));
    assert_eq!(client.receive_into(100_000, 0).0, OK);
    let taken = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    assert_eq!(taken.places().iter().map(|place| place.1).collect::<Vec<_>>(), [100_000]);
}
