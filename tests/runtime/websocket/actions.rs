//! Actions: which queue gives which, how they are completed, and what comes with them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{ptr, thread};

use winws::ffi::websocket as c_api;
use winws_api::websocket::{Action, ActionQueue, Buffer, BufferData, BufferType, PropertyType};

use super::c::{Handle, Taken, create_client, create_server, number};
use super::{
    INVALID_ARG, OK, OPERATION, client, feed, frame, idle, masked, pair, pair_of, pump, server, take, wire_of,
};

const SEND: ActionQueue = ActionQueue::SEND;
const RECEIVE: ActionQueue = ActionQueue::RECEIVE;

#[test]
fn b5_3_a_send_loop_ends_with_no_action() {
    let client = client();
    assert_eq!(client.send(BufferType::Utf8Message, b"hello", 7), OK);
    let send = take(&client, SEND, Action::SendToNetwork);
    client.complete(&send, send.bytes().len());
    let complete = take(&client, SEND, Action::IndicateSendComplete);
    assert_eq!(complete.places(), []);
    client.complete(&complete, 0);
    idle(&client, SEND);
    idle(&client, ActionQueue::ALL);
}

#[test]
fn b5_3_one_action_of_a_queue_is_out_at_a_time() {
    let (client, _server) = pair();
    assert_eq!(client.send(BufferType::Utf8Message, b"hello", 0), OK);
    assert_eq!(client.receive(0), OK);
    let send = take(&client, SEND, Action::SendToNetwork);
    idle(&client, SEND);
    // The other queue is its own.
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    idle(&client, RECEIVE);
    idle(&client, ActionQueue::ALL);
    client.complete(&send, send.bytes().len());
    take(&client, SEND, Action::IndicateSendComplete);
    client.complete(&receive, receive.fill(&frame(0x81, b"x")));
    take(&client, RECEIVE, Action::IndicateReceiveComplete);
}

#[test]
fn b5_3_the_actions_of_both_queues_come_from_all() {
    let (client, _server) = pair();
    assert_eq!(client.send(BufferType::Utf8Message, b"hello", 0), OK);
    assert_eq!(client.receive(0), OK);
    let send = take(&client, ActionQueue::ALL, Action::SendToNetwork);
    let receive = take(&client, ActionQueue::ALL, Action::ReceiveFromNetwork);
    client.complete(&receive, receive.fill(&frame(0x81, b"x")));
    let received = take(&client, ActionQueue::ALL, Action::IndicateReceiveComplete);
    client.complete(&send, send.bytes().len());
    let sent = take(&client, ActionQueue::ALL, Action::IndicateSendComplete);
    client.complete(&received, 0);
    client.complete(&sent, 0);
    idle(&client, ActionQueue::ALL);
}

#[test]
fn completing_what_is_not_out_does_nothing() {
    let client = client();
    assert_eq!(client.send(BufferType::Utf8Message, b"hello", 0), OK);
    let send = take(&client, SEND, Action::SendToNetwork);
    for word in [0, 1, 2, 3, usize::MAX, send.token.addr() ^ 1, send.token.addr() + 4] {
        client.complete_token(ptr::without_provenance_mut(word), 11);
    }
    idle(&client, SEND);
    client.complete(&send, 11);
    let sent = take(&client, SEND, Action::IndicateSendComplete);
    // The former action was completed already.
    client.complete(&send, 11);
    idle(&client, SEND);
    client.complete(&sent, 0);
    client.complete(&sent, 0);
    idle(&client, SEND);
}

#[test]
fn completing_an_action_of_another_session_does_nothing() {
    let (client, server) = pair();
    assert_eq!(client.send(BufferType::Utf8Message, b"hello", 0), OK);
    assert_eq!(server.send(BufferType::Utf8Message, b"hello", 0), OK);
    let (theirs, ours) = (take(&client, SEND, Action::SendToNetwork), take(&server, SEND, Action::SendToNetwork));
    assert_ne!(theirs.token, ours.token);
    client.delete();
    server.complete(&theirs, ours.bytes().len());
    idle(&server, SEND);
    server.complete(&ours, ours.bytes().len());
    take(&server, SEND, Action::IndicateSendComplete);
}

#[test]
fn b5_4_receive_from_network_gives_buffers_to_fill() {
    let server = server();
    assert_eq!(server.receive(0), OK);
    // One read is enough, and the buffers need not be full.
    for byte in masked(0x81, b"hi") {
        let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
        server.complete(&receive, receive.fill(&[byte]));
        if byte == b'h' {
            let piece = take(&server, RECEIVE, Action::IndicateReceiveComplete);
            assert_eq!((piece.is(BufferType::Utf8Fragment), piece.bytes()), (true, b"h".to_vec()));
            server.complete(&piece, 0);
            assert_eq!(server.receive(0), OK);
        }
    }
    let piece = take(&server, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((piece.is(BufferType::Utf8Message), piece.bytes()), (true, b"i".to_vec()));
}

#[test]
fn b5_4_a_receive_completed_with_0_is_given_up() {
    let server = server();
    assert_eq!(server.receive(5), OK);
    let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&receive, 0);
    let complete = take(&server, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((complete.is(BufferType::BinaryFragment), complete.bytes(), complete.context), (true, vec![], Some(5)));
    server.complete(&complete, 0);
    // Nothing is lost: the next receive goes on where this one was.
    assert_eq!(super::receive(&server, &masked(0x81, b"x")).0.bytes, b"x");
}

#[test]
fn b5_4_a_receive_completed_with_more_than_there_was_room_for_is_given_up() {
    let server = server();
    assert_eq!(server.receive(0), OK);
    let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&receive, 4097);
    assert_eq!(take(&server, RECEIVE, Action::IndicateReceiveComplete).bytes(), b"");
}

/// Published servers complete with 0, or with the length of the first buffer, when they have written all of it.
#[test]
fn b5_4_a_short_completion_counts_as_the_whole_offer() {
    for written in [0, 1, 2, 6, 7, u32::MAX as usize] {
        let server = server();
        assert_eq!(server.send(BufferType::Utf8Message, b"hello", 3), OK);
        let send = take(&server, SEND, Action::SendToNetwork);
        assert_eq!(send.bytes(), frame(0x81, b"hello"));
        server.complete(&send, written);
        let complete = take(&server, SEND, Action::IndicateSendComplete);
        assert_eq!(complete.context, Some(3));
        server.complete(&complete, 0);
        idle(&server, SEND);
        assert_eq!(wire_of(&server, BufferType::Utf8Message, b"x"), frame(0x81, b"x"), "after {written}");
        assert_eq!(super::receive(&server, &masked(0x81, b"in")).0.bytes, b"in");
    }
}

#[test]
fn b5_4_what_a_frame_has_left_is_offered_after_a_short_completion() {
    let payload: Vec<u8> = (0..=255).cycle().take(16 << 10).collect();
    let expected = wire_of(&plain_client(), BufferType::BinaryMessage, &payload);
    for (room, written) in [(2, 0), (1, 0), (2, 1), (1, 4096)] {
        let client = plain_client();
        assert_eq!(client.send(BufferType::BinaryMessage, &payload, 1), OK);
        let mut wire = Vec::new();
        loop {
            let taken = client.get_into(SEND.into(), room).unwrap();
            client.complete(&taken, written);
            if taken.action == Action::IndicateSendComplete {
                break;
            }
            wire.extend(taken.bytes());
        }
        assert!(wire == expected, "{} bytes", wire.len());
    }
    // An application that gives its array one element at a time gets the frame of a server in two parts.
    let server = server();
    assert_eq!(server.send(BufferType::Utf8Message, b"hello", 0), OK);
    let mut wire = Vec::new();
    for _ in 0..2 {
        let send = server.get_into(SEND.into(), 1).unwrap();
        wire.extend(send.bytes());
        server.complete(&send, 0);
    }
    assert_eq!(wire, frame(0x81, b"hello"));
    take(&server, SEND, Action::IndicateSendComplete);
}

#[test]
fn b5_4_after_an_abort_nothing_more_is_offered() {
    let client = client();
    assert_eq!(client.send(BufferType::BinaryMessage, &[7; 10_000], 4), OK);
    let send = take(&client, SEND, Action::SendToNetwork);
    client.abort();
    client.complete(&send, 0);
    let sent = take(&client, SEND, Action::IndicateSendComplete);
    assert_eq!(sent.context, Some(4));
    client.complete(&sent, 0);
    idle(&client, ActionQueue::ALL);
}

/// A client that masks with 0, so that the bytes of two of them are the same.
fn plain_client() -> Handle {
    let plain = [number(PropertyType::DisableMasking, 1)];
    pair_of(create_client(&plain).unwrap(), create_server(&[]).unwrap()).0
}

#[test]
fn b5_4_a_large_send_comes_in_several_actions() {
    let client = client();
    let payload: Vec<u8> = (0..10_000_u32).flat_map(u32::to_ne_bytes).collect();
    assert_eq!(client.send(BufferType::BinaryMessage, &payload, 1), OK);
    let (mut wire, mut actions) = (Vec::new(), 0);
    loop {
        let taken = client.get(SEND).unwrap();
        if taken.action != Action::SendToNetwork {
            break;
        }
        assert_eq!((taken.context, taken.is(BufferType::BinaryMessage)), (Some(1), true));
        wire.extend(taken.bytes());
        client.complete(&taken, taken.bytes().len());
        actions += 1;
    }
    assert_eq!(actions, 10, "a head of 8 and 40,000 bytes through 4096");
    let server = server();
    let (mut rest, mut received) = (&wire[..], Vec::new());
    loop {
        assert_eq!(server.receive(0), OK);
        let (piece, left, _) = feed(&server, rest);
        received.extend(piece.bytes);
        rest = left;
        if piece.buffer_type == i32::from(BufferType::BinaryMessage) {
            break;
        }
    }
    assert!(received == payload);
}

#[test]
fn b5_4_several_buffers_in_one_action() {
    let server = server();
    assert_eq!(server.send(BufferType::Utf8Message, b"hello", 0), OK);
    let send = take(&server, SEND, Action::SendToNetwork);
    assert_eq!(send.places().iter().map(|place| place.1).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(send.bytes(), frame(0x81, b"hello"));
}

#[test]
fn an_array_of_one_element_gets_one_buffer_after_the_other() {
    let server = server();
    assert_eq!(server.send(BufferType::Utf8Message, b"hello", 0), OK);
    let mut wire = Vec::new();
    for length in [2, 5] {
        let send = server.get_into(SEND.into(), 1).unwrap();
        assert_eq!((send.action, send.bytes().len()), (Action::SendToNetwork, length));
        wire.extend(send.bytes());
        server.complete(&send, length);
    }
    assert_eq!(wire, frame(0x81, b"hello"));
    take(&server, SEND, Action::IndicateSendComplete);
}

#[test]
fn b5_4_payload_is_read_right_into_the_buffer_of_the_caller() {
    let server = server();
    let (code, buffer) = server.receive_into(8, 0);
    assert_eq!(code, OK);
    let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
    // The header comes alone.
    server.complete(&receive, receive.fill(&masked(0x82, b"abcdef")[..6]));
    let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
    let places = receive.places();
    assert_eq!(places, [(buffer.cast_mut(), 6)], "the payload, and no place for more of it than there is");
    server.complete(&receive, receive.fill(&[b"abcdef", &masked(0x89, b"")[..]].concat()));
    let complete = take(&server, RECEIVE, Action::IndicateReceiveComplete);
    assert_eq!((complete.places(), complete.bytes()), (vec![(buffer.cast_mut(), 6)], b"abcdef".to_vec()));
}

#[test]
fn b5_7_the_context_comes_with_every_action_of_its_operation() {
    let (client, _server) = pair();
    assert_eq!(client.send(BufferType::Utf8Message, b"hello", 11), OK);
    assert_eq!(client.receive(22), OK);
    let send = take(&client, SEND, Action::SendToNetwork);
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    assert_eq!((send.context, receive.context), (Some(11), Some(22)));
    client.complete(&send, send.bytes().len());
    client.complete(&receive, receive.fill(&frame(0x81, b"x")));
    assert_eq!(take(&client, SEND, Action::IndicateSendComplete).context, Some(11));
    assert_eq!(take(&client, RECEIVE, Action::IndicateReceiveComplete).context, Some(22));
}

#[test]
fn b5_7_no_context_with_no_action_nor_with_a_pong() {
    let server = server();
    assert_eq!(take(&server, ActionQueue::ALL, Action::Nothing).context, None);
    assert_eq!(server.receive(22), OK);
    let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&receive, receive.fill(&masked(0x89, b"payload")));
    let pong = take(&server, RECEIVE, Action::SendToNetwork);
    assert_eq!((pong.context, pong.is(BufferType::PingPong)), (None, true));
    assert_eq!(pong.bytes(), frame(0x8a, b"payload"));
    server.complete(&pong, pong.bytes().len());
    assert_eq!(take(&server, RECEIVE, Action::ReceiveFromNetwork).context, Some(22));
}

#[test]
fn b5_8_the_send_queue_only_sends() {
    let (client, server) = pair();
    let wire = [masked(0x89, b"1"), wire_of(&client, BufferType::Utf8Message, b"x")].concat();
    assert_eq!(server.receive(0), OK);
    let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&receive, receive.fill(&wire));
    idle(&server, SEND);
    assert_eq!(server.send(BufferType::Utf8Message, b"out", 0), OK);
    assert_eq!(take(&server, SEND, Action::SendToNetwork).bytes(), frame(0x81, b"out"));
}

#[test]
fn b5_8_the_receive_queue_answers_pings_in_their_order() {
    let server = server();
    let pings: Vec<u8> = (b'a'..b'k').flat_map(|payload| masked(0x89, &[payload])).collect();
    let (_, sent) = super::receive(&server, &[pings, masked(0x81, b"x")].concat());
    assert_eq!(sent, (b'a'..b'k').flat_map(|payload| frame(0x8a, &[payload])).collect::<Vec<_>>());
}

#[test]
fn b5_8_a_pong_waits_for_the_frame_under_way() {
    let client = client();
    assert_eq!(client.send(BufferType::BinaryMessage, &[7; 6000], 1), OK);
    assert_eq!(client.receive(2), OK);
    let first = take(&client, SEND, Action::SendToNetwork);
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&receive, receive.fill(&[frame(0x89, b"old"), frame(0x89, b"new")].concat()));
    // More is wanted from the network: the peer may have to be read from before it takes the rest of the frame.
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&first, first.bytes().len());
    let second = take(&client, SEND, Action::SendToNetwork);
    client.complete(&second, second.bytes().len());
    // The newest ping is answered, before the send is reported complete: nobody takes actions of receives now.
    let pong = take(&client, SEND, Action::SendToNetwork);
    assert_eq!((pong.bytes()[0], pong.bytes().len(), pong.context), (0x8a, 9, None));
    client.complete(&pong, 9);
    take(&client, SEND, Action::IndicateSendComplete);
    client.complete(&receive, receive.fill(&frame(0x81, b"x")));
    take(&client, RECEIVE, Action::IndicateReceiveComplete);
}

/// A client with a receive of context 2, the pong for a ping out, and behind it a send of context 1, for which the send
/// queue was asked.
fn turned_away() -> (Handle, Taken) {
    let client = client();
    assert_eq!(client.receive(2), OK);
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&receive, receive.fill(&frame(0x89, b"")));
    let pong = take(&client, RECEIVE, Action::SendToNetwork);
    assert_eq!(client.send(BufferType::Utf8Message, b"x", 1), OK);
    idle(&client, SEND);
    (client, pong)
}

#[test]
fn b5_8_a_send_that_waits_for_a_pong_is_the_send_queue_s_alone() {
    let (client, pong) = turned_away();
    // Until the bytes of the pong are out, there is nothing for the send queue, however often it is asked.
    idle(&client, SEND);
    idle(&client, RECEIVE);
    client.complete(&pong, pong.bytes().len());
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    assert_eq!(receive.context, Some(2));
    let send = take(&client, SEND, Action::SendToNetwork);
    assert_eq!((send.context, send.is(BufferType::Utf8Message), send.bytes().len()), (Some(1), true, 7));
    client.complete(&send, 7);
    idle(&client, RECEIVE);
    let sent = take(&client, SEND, Action::IndicateSendComplete);
    assert_eq!((sent.context, sent.is(BufferType::Utf8Message), sent.places()), (Some(1), true, vec![]));
    client.complete(&sent, 0);
    idle(&client, SEND);
}

#[test]
fn b5_8_the_end_of_a_send_need_not_wait_for_a_pong() {
    let client = client();
    assert_eq!((client.send(BufferType::Utf8Message, b"x", 1), client.receive(2)), (OK, OK));
    let send = take(&client, SEND, Action::SendToNetwork);
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&send, send.bytes().len());
    client.complete(&receive, receive.fill(&frame(0x89, b"")));
    let pong = take(&client, RECEIVE, Action::SendToNetwork);
    let sent = take(&client, SEND, Action::IndicateSendComplete);
    assert_eq!((pong.context, sent.context), (None, Some(1)));
}

#[test]
fn b5_8_the_receive_queue_wants_bytes_while_a_pong_waits() {
    let client = client();
    assert_eq!((client.send(BufferType::Utf8Message, b"x", 1), client.receive(2)), (OK, OK));
    let send = take(&client, SEND, Action::SendToNetwork);
    for _ in 0..3 {
        let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
        client.complete(&receive, receive.fill(&frame(0x89, b"ping")));
    }
    client.complete(&send, send.bytes().len());
    // Whoever asks first has the pong, in one piece.
    let pong = take(&client, RECEIVE, Action::SendToNetwork);
    assert_eq!((pong.places().len(), pong.bytes().len()), (1, 2 + 4 + 4));
}

#[test]
fn b5_8_the_send_queue_has_a_send_that_waited_for_a_pong_if_it_asks_first() {
    let (client, pong) = turned_away();
    client.complete(&pong, pong.bytes().len());
    let send = take(&client, SEND, Action::SendToNetwork);
    let receive = take(&client, RECEIVE, Action::ReceiveFromNetwork);
    client.complete(&send, send.bytes().len());
    client.complete(&receive, receive.fill(&frame(0x81, b"in")));
    assert_eq!(take(&client, RECEIVE, Action::IndicateReceiveComplete).context, Some(2));
    assert_eq!(take(&client, SEND, Action::IndicateSendComplete).context, Some(1));
}

#[test]
fn b5_4_a_pong_that_is_completed_with_less_counts_as_sent() {
    for written in [0, 1] {
        let (client, pong) = turned_away();
        client.complete(&pong, written);
        take(&client, RECEIVE, Action::ReceiveFromNetwork);
        assert_eq!(take(&client, SEND, Action::SendToNetwork).context, Some(1));
    }
}

#[test]
fn b5_11_after_an_abort_each_queue_is_drained_with_whatever_room_there_is() {
    for room in [1, 2] {
        for [first, second] in [[SEND, RECEIVE], [RECEIVE, SEND]] {
            let (client, pong) = turned_away();
            assert_eq!((client.ping(3), client.receive(4)), (OK, OK));
            client.abort();
            client.complete(&pong, 0);
            let mut contexts = Vec::new();
            for queue in [first, second] {
                loop {
                    let taken = client.get_into(queue.into(), room).unwrap();
                    client.complete(&taken, 0);
                    if taken.action == Action::Nothing {
                        break;
                    }
                    assert!(matches!(taken.action, Action::IndicateSendComplete | Action::IndicateReceiveComplete));
                    contexts.extend(taken.context);
                }
            }
            assert_eq!(contexts, if first == SEND { [1, 3, 2, 4] } else { [2, 4, 1, 3] });
        }
    }
}

#[test]
fn get_action_wants_a_queue_and_places_for_its_outputs() {
    let client = client();
    for queue in [0, 4, -1] {
        assert_eq!(client.get_into(queue, 2).map(drop), Err(INVALID_ARG), "{queue}");
    }
    let mut buffers = [Buffer { data: BufferData::default() }; 2];
    let (mut count, mut action, mut kind, mut token) = (2, 0, 0, ptr::null_mut());
    let null = ptr::null_mut::<u8>();
    // SAFETY: null is refused, but for the application context.
    unsafe {
        let get = c_api::WebSocketGetAction;
        let (array, n) = (buffers.as_mut_ptr().cast(), &raw mut count);
        let (a, k, t) = (&raw mut action, &raw mut kind, &raw mut token);
        assert_eq!(get(client.0, 3, array, ptr::null_mut(), a, k, null.cast(), t), INVALID_ARG);
        assert_eq!(get(client.0, 3, array, n, ptr::null_mut(), k, null.cast(), t), INVALID_ARG);
        assert_eq!(get(client.0, 3, array, n, a, ptr::null_mut(), null.cast(), t), INVALID_ARG);
        assert_eq!(get(client.0, 3, array, n, a, k, null.cast(), null.cast()), INVALID_ARG);
        assert_eq!(get(client.0, 3, array, n, a, k, null.cast(), t), OK);
    }
    assert_eq!((count, action), (0, 0));
}

#[test]
fn b5_14_no_buffer_is_too_few_only_where_there_is_one_to_give() {
    let server = server();
    assert_eq!(server.get_into(3, 0).unwrap().action, Action::Nothing);
    assert_eq!((server.send(BufferType::Utf8Message, b"x", 1), server.receive(2)), (OK, OK));
    // It is refused, and comes again where there is room.
    assert_eq!(server.get_into(SEND.into(), 0).map(drop), Err(INVALID_ARG));
    let send = take(&server, SEND, Action::SendToNetwork);
    assert_eq!(server.get_into(RECEIVE.into(), 0).map(drop), Err(INVALID_ARG));
    let receive = take(&server, RECEIVE, Action::ReceiveFromNetwork);
    server.complete(&send, 3);
    let sent = server.get_into(SEND.into(), 0).unwrap();
    assert_eq!((sent.action, sent.context), (Action::IndicateSendComplete, Some(1)));
    server.complete(&receive, receive.fill(&masked(0x81, b"")));
    assert_eq!(server.get_into(RECEIVE.into(), 0).map(drop), Err(INVALID_ARG), "an empty message has a buffer too");
    take(&server, RECEIVE, Action::IndicateReceiveComplete);
}

#[test]
fn b5_14_a_refused_call_writes_no_action() {
    let handle = create_client(&[]).unwrap();
    let mut buffers = [Buffer { data: BufferData::default() }; 2];
    for (queue, count, code) in [(0, 2, INVALID_ARG), (4, 0, INVALID_ARG), (3, 2, OPERATION), (3, 0, OPERATION)] {
        let (mut count, mut action, mut kind, mut token) = (count, 77, 77, ptr::null_mut());
        let (array, context) = (buffers.as_mut_ptr().cast(), ptr::null_mut());
        let (n, a, k, t) = (&raw mut count, &raw mut action, &raw mut kind, &raw mut token);
        // SAFETY: there is room for two buffers, and the outputs are variables.
        assert_eq!(unsafe { c_api::WebSocketGetAction(handle.0, queue, array, n, a, k, context, t) }, code);
        assert_eq!((count, action), (0, 0), "{queue}");
    }
    // Other pointers are missing.
    let (mut action, null) = (77, ptr::null_mut::<u8>());
    let (array, a) = (buffers.as_mut_ptr().cast(), &raw mut action);
    // SAFETY: null is refused.
    let code =
        unsafe { c_api::WebSocketGetAction(handle.0, 3, array, null.cast(), a, null.cast(), null.cast(), null.cast()) };
    assert_eq!((code, action), (INVALID_ARG, 0));
}

#[test]
fn get_action_before_the_handshake() {
    for handle in [create_client(&[]).unwrap(), create_server(&[]).unwrap()] {
        assert_eq!(handle.get(ActionQueue::ALL).map(drop), Err(OPERATION));
    }
}

#[test]
fn another_thread_can_complete_an_action() {
    let client = client();
    assert_eq!(client.send(BufferType::Utf8Message, b"hello", 0), OK);
    let send = take(&client, SEND, Action::SendToNetwork);
    let (handle, token) = (client.0.addr(), send.token.addr());
    let other = thread::spawn(move || {
        let handle = Handle(ptr::without_provenance_mut(handle));
        handle.complete_token(ptr::without_provenance_mut(token), 11);
        std::mem::forget(handle);
    });
    other.join().unwrap();
    take(&client, SEND, Action::IndicateSendComplete);
}

#[test]
fn two_threads_serve_the_two_queues() {
    let (client, server) = pair();
    let message: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    let wire = wire_of(&client, BufferType::BinaryMessage, &message);
    let address = server.0.addr();
    assert_eq!(server.receive(0), OK);
    assert_eq!(server.send(BufferType::BinaryMessage, &message, 0), OK);
    let sender = thread::spawn(move || {
        let handle = Handle(ptr::without_provenance_mut(address));
        let sent = pump(&handle).len();
        std::mem::forget(handle);
        sent
    });
    let (mut rest, mut received) = (&wire[..], Vec::new());
    while received.len() < message.len() {
        let (piece, left, _) = feed(&server, rest);
        received.extend(piece.bytes);
        rest = left;
        assert_eq!(server.receive(0), OK);
    }
    assert_eq!(sender.join().unwrap(), 200_010);
    assert!(received == message);
}

/// Two threads with a queue each, as .NET has them. The sending one asks its own queue until that indicates.
#[test]
fn b5_8_sends_end_while_pings_come_all_the_time() {
    const SENDS: usize = 100_000;
    let server = server();
    let address = server.0.addr();
    let (done, frames) = (AtomicBool::new(false), Mutex::new((0, 0)));
    let (done, frames, ping) = (&done, &frames, masked(0x89, b""));
    let (message, pong) = (frame(0x82, b"message"), frame(0x8a, b""));
    // Whole frames go out one after the other.
    let write = |taken: &Taken| {
        let mut frames = frames.try_lock().expect("one queue writes at a time");
        let bytes = taken.bytes();
        match bytes {
            _ if bytes == message => frames.0 += 1,
            _ => {
                assert_eq!(bytes, pong);
                frames.1 += 1;
            }
        }
        bytes.len()
    };
    thread::scope(|scope| {
        scope.spawn(move || {
            let server = Handle(ptr::without_provenance_mut(address));
            assert_eq!(server.receive(0), OK);
            for turn in 0_usize.. {
                let taken = server.get(RECEIVE).unwrap();
                let count = match taken.action {
                    Action::SendToNetwork => {
                        let length = write(&taken);
                        // So that the other thread finds a pong out, also where it has no processor of its own.
                        if turn.is_multiple_of(64) {
                            thread::yield_now();
                        }
                        length
                    }
                    Action::ReceiveFromNetwork if done.load(Ordering::Acquire) => 0,
                    Action::ReceiveFromNetwork => taken.fill(&ping),
                    _ => 0,
                };
                server.complete(&taken, count);
                if taken.action == Action::IndicateReceiveComplete {
                    break;
                }
            }
            std::mem::forget(server);
        });
        for context in 0..SENDS {
            assert_eq!(server.send(BufferType::BinaryMessage, b"message", context), OK);
            let ended = loop {
                let taken = server.get(SEND).unwrap();
                let count = if taken.action == Action::SendToNetwork { write(&taken) } else { 0 };
                server.complete(&taken, count);
                match taken.action {
                    Action::SendToNetwork => {}
                    Action::Nothing => thread::yield_now(),
                    _ => break taken.context,
                }
            };
            assert_eq!(ended, Some(context));
        }
        done.store(true, Ordering::Release);
    });
    let (messages, pongs) = *frames.lock().unwrap();
    assert!(messages == SENDS && pongs > 0, "{messages} messages and {pongs} pongs");
}
