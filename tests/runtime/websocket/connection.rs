//! The idiomatic face: a conversation of two ends in memory, and what the C functions cannot show.

use std::cell::Cell;
use std::collections::VecDeque;

use winws::protocol::{CloseFrame, ControlPayload, Fault, MessageKind};
use winws::session::SendError;
use winws::websocket::{Action, BufferTooSmall, Config, Connection, ReceiveAction, Received, Refusal, SendAction};

use super::{frame, masked};

type Client = Connection<Vec<u8>, Vec<u8>>;

/// Moves what one end has to send, and gives whether that was anything.
fn transmit(from: &mut Client, wire: &mut VecDeque<u8>) -> bool {
    let mut moved = false;
    loop {
        match from.next_send_action() {
            Some(Action::SendToNetwork(send)) => {
                wire.extend(send.buffers().iter().flat_map(|buffer| buffer.iter().copied()));
                let length = send.len();
                send.complete(length);
            }
            Some(Action::SendComplete(complete)) => drop(complete.complete()),
            Some(action) => panic!("{action:?}"),
            None => return moved,
        }
        moved = true;
    }
}

/// What a receive gave, in words.
fn shown(received: &Received<'_>) -> String {
    match received {
        Received::Data { kind, end_of_message, payload } => {
            format!("{kind:?}({}){}", payload.escape_ascii(), if *end_of_message { "!" } else { "" })
        }
        Received::Pong { payload } => format!("pong({})", payload.escape_ascii()),
        Received::Close { close, .. } => format!("close({} {})", close.status(), close.reason()),
        Received::Nothing { .. } => "nothing".to_owned(),
    }
}

/// Everything that comes of these pieces, each of which is one read: data of one message is put together.
fn transcript(connection: &mut Client, pieces: &[&[u8]], buffer: Option<usize>) -> (String, Vec<u8>) {
    let (mut words, mut message, mut sent) = (Vec::new(), Vec::new(), Vec::new());
    let mut reads: VecDeque<&[u8]> = pieces.iter().copied().filter(|piece| !piece.is_empty()).collect();
    let queue = |connection: &mut Client| match buffer {
        Some(length) => connection.receive_into(vec![0; length]).map_err(Refusal::from),
        None => connection.receive(),
    };
    queue(connection).unwrap();
    loop {
        match connection.next_action() {
            Err(fault) => words.push(format!("{fault:?}")),
            Ok(None) => break,
            Ok(Some(Action::SendToNetwork(send))) => {
                send.buffers().iter().for_each(|buffer| sent.extend_from_slice(buffer));
                let length = send.len();
                send.complete(length);
            }
            Ok(Some(Action::SendComplete(complete))) => drop(complete.complete()),
            Ok(Some(Action::ReceiveFromNetwork(receive))) => match reads.pop_front() {
                Some(read) => {
                    let taken = receive.fill(read);
                    if taken < read.len() {
                        reads.push_front(&read[taken..]);
                    }
                }
                None => receive.complete(0),
            },
            Ok(Some(Action::ReceiveComplete(complete))) => {
                match complete.received() {
                    Received::Data { kind, end_of_message, payload } => {
                        message.extend_from_slice(payload);
                        if end_of_message {
                            words.push(shown(&Received::Data { kind, end_of_message, payload: &message }));
                            message.clear();
                        }
                    }
                    Received::Nothing { .. } => break,
                    other => words.push(shown(&other)),
                }
                complete.complete();
                // After the close frame of the peer it is refused, and what is left are answers.
                queue(connection).ok();
            }
        }
    }
    (words.join(" "), sent)
}

/// Checks what comes of a stream in one read, byte by byte, and cut at every one or two places.
fn check(config: Config, stream: &[u8], expected: &str, answers: &[u8]) {
    let expected = (expected.to_owned(), answers.to_vec());
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    for buffer in [None, Some(1), Some(3), Some(300)] {
        let run = |pieces: &[&[u8]]| transcript(&mut Client::new(config), pieces, buffer);
        assert_eq!(run(&[stream]), expected, "in one read, buffer of {buffer:?}");
        assert_eq!(run(&bytes), expected, "byte by byte, buffer of {buffer:?}");
        for first in 0..stream.len() {
            let (head, tail) = stream.split_at(first);
            assert_eq!(run(&[head, tail]), expected, "cut at {first}, buffer of {buffer:?}");
            // All pairs of cuts of a long stream would take minutes.
            for second in (0..tail.len()).filter(|_| stream.len() < 50) {
                let (middle, tail) = tail.split_at(second);
                assert_eq!(run(&[head, middle, tail]), expected, "cut at {first} and {second} more");
            }
        }
    }
}

#[test]
fn every_split_of_the_bytes_gives_the_same_events() {
    let client = Config::client().with_receive_buffer(256).unwrap();
    let stream = [frame(0x01, b"h\xc3"), frame(0x80, b"\xa4"), frame(0x82, b""), frame(0x88, b"\x03\xe8bye")].concat();
    check(client, &stream, r"Text(h\xc3\xa4)! Binary()! close(1000 bye)", b"");
    let server = Config::server();
    let stream = [masked(0x01, b"ab"), masked(0x89, b"p"), masked(0x00, b""), masked(0x80, b"c")].concat();
    check(server, &stream, "Text(abc)!", &frame(0x8a, b"p"));
    let long = [&[0x82, 0xfe, 1, 44, 0, 0, 0, 0][..], &[b'x'; 300], &masked(0x81, b"end")].concat();
    check(server.with_receive_buffer(256).unwrap(), &long, &format!("Binary({})! Text(end)!", "x".repeat(300)), b"");
}

#[test]
fn every_split_gives_the_same_refusal() {
    let server = Config::server();
    let protocol = frame(0x88, &1002_u16.to_be_bytes());
    check(server, &[masked(0x81, b"ok"), frame(0x81, b"x")].concat(), "Text(ok)! WrongMasking", &protocol);
    check(server, &masked(0xc1, b""), "ReservedBit", &protocol);
    check(server, &masked(0x80, b""), "UnexpectedContinuation", &protocol);
    check(server, &masked(0x81, b"a\xff"), "InvalidUtf8", &frame(0x88, &1007_u16.to_be_bytes()));
}

#[test]
fn a_conversation_of_both_roles() {
    let (mut client, mut server) = (Client::new(Config::client()), Client::new(Config::server()));
    let mut wire = VecDeque::new();
    client.send(MessageKind::Text, true, b"hello".to_vec()).unwrap();
    assert!(transmit(&mut client, &mut wire));
    let (words, _) = transcript(&mut server, &[wire.make_contiguous()], None);
    assert_eq!(words, "Text(hello)!");
    wire.clear();
    server.send_close(CloseFrame::new(1000, b"bye").unwrap()).unwrap();
    assert!(transmit(&mut server, &mut wire));
    let (words, _) = transcript(&mut client, &[wire.make_contiguous()], Some(5));
    assert_eq!(words, "close(1000 bye)");
    assert!(client.has_ended());
}

#[test]
fn an_action_that_is_dropped_is_given_again() {
    let mut client = Client::new(Config::client());
    client.send(MessageKind::Binary, true, vec![1; 100]).unwrap();
    let bytes = |client: &mut Client| match client.next_action().unwrap() {
        Some(Action::SendToNetwork(send)) => send.buffers().iter().flat_map(|buffer| buffer.to_vec()).collect(),
        action => panic!("{action:?}"),
    };
    let first: Vec<u8> = bytes(&mut client);
    assert_eq!(bytes(&mut client), first);
}

#[test]
fn a_send_can_be_completed_in_parts() {
    let mut client = Client::new(Config::client());
    client.send(MessageKind::Binary, true, vec![7; 5000]).unwrap();
    let mut sent = Vec::new();
    loop {
        match client.next_action().unwrap().unwrap() {
            Action::SendToNetwork(send) => {
                let written = 7.min(send.len());
                sent.extend_from_slice(&send.buffers()[0][..written]);
                send.complete(written);
            }
            Action::SendComplete(complete) => {
                assert_eq!(complete.complete().map(|payload| payload.len()), Some(5000), "the payload comes back");
                break;
            }
            action => panic!("{action:?}"),
        }
    }
    let (words, _) = transcript(&mut Client::new(Config::server()), &[&sent], None);
    assert_eq!(words.len(), "Binary()!".len() + 5000 * r"\x07".len());
}

#[test]
fn a_server_s_send_can_be_completed_in_the_middle_of_its_buffers() {
    let mut server = Client::new(Config::server());
    server.send(MessageKind::Text, true, b"hello".to_vec()).unwrap();
    let mut sent = Vec::new();
    for written in [1, 3, 1, 2] {
        let Some(Action::SendToNetwork(send)) = server.next_action().unwrap() else { panic!() };
        let bytes: Vec<u8> = send.buffers().iter().flat_map(|buffer| buffer.to_vec()).collect();
        sent.extend_from_slice(&bytes[..written]);
        send.complete(written);
    }
    assert_eq!(sent, frame(0x81, b"hello"));
    assert!(matches!(server.next_action(), Ok(Some(Action::SendComplete(_)))));
}

#[test]
fn no_bytes_written_means_that_the_network_is_gone() {
    let mut server = Client::new(Config::server());
    server.send(MessageKind::Text, true, b"hello".to_vec()).unwrap();
    let Some(Action::SendToNetwork(send)) = server.next_action().unwrap() else { panic!() };
    send.complete(0);
    let Some(Action::SendComplete(complete)) = server.next_action().unwrap() else { panic!() };
    complete.complete();
    assert_eq!(server.send(MessageKind::Text, true, Vec::new()).unwrap_err().error(), SendError::Closed);
    assert_eq!(server.send_ping(ControlPayload::EMPTY), Err(SendError::Closed));
}

#[test]
fn what_was_refused_comes_back() {
    let mut server = Client::new(Config::server());
    let refused = server.send(MessageKind::Text, true, b"\xff".to_vec()).unwrap_err();
    assert_eq!((refused.to_string(), refused.into_inner()), (SendError::InvalidUtf8.to_string(), b"\xff".to_vec()));
    (0..64).for_each(|_| server.send(MessageKind::Text, true, b"one".to_vec()).unwrap());
    let refused = server.send(MessageKind::Text, true, b"two".to_vec()).unwrap_err();
    assert_eq!((refused.error(), refused.into_inner()), (SendError::Busy, b"two".to_vec()));
    (0..64).for_each(|_| server.receive().unwrap());
    let refused = server.receive_into(vec![7; 3]).unwrap_err();
    assert_eq!((refused.error(), refused.into_inner()), (Refusal::Busy, vec![7; 3]));
    // What is under way is as it was: it is lent from the connection, and each `one` goes out.
    let mut wire = VecDeque::new();
    transmit(&mut server, &mut wire);
    assert_eq!(wire, frame(0x81, b"one").repeat(64));
    let Some(Action::ReceiveFromNetwork(mut receive)) = server.next_receive_action().unwrap() else { panic!() };
    assert_eq!(receive.buffers()[0].len(), 4096);
}

#[test]
fn a_buffer_of_the_caller_comes_back() {
    let mut server = Client::new(Config::server());
    server.receive_into(vec![0; 10]).unwrap();
    server.receive_into(Vec::new()).unwrap();
    let Some(Action::ReceiveFromNetwork(receive)) = server.next_action().unwrap() else { panic!() };
    receive.fill(&masked(0x82, b"data"));
    let Some(Action::ReceiveComplete(complete)) = server.next_action().unwrap() else { panic!() };
    assert_eq!(complete.complete(), Some(b"data\0\0\0\0\0\0".to_vec()));
    // An empty one does too, although the data is lent.
    let Some(Action::ReceiveFromNetwork(receive)) = server.next_action().unwrap() else { panic!() };
    receive.fill(&masked(0x82, b"more"));
    let Some(Action::ReceiveComplete(complete)) = server.next_action().unwrap() else { panic!() };
    assert!(matches!(complete.received(), Received::Data { payload: b"more", .. }));
    assert_eq!(complete.complete(), Some(Vec::new()));
}

#[test]
fn a_ping_with_a_payload_and_its_pong() {
    let mut client = Client::new(Config::client());
    let mut wire = VecDeque::new();
    client.send_ping(ControlPayload::new(b"there?").unwrap()).unwrap();
    transmit(&mut client, &mut wire);
    let (_, pong) = transcript(&mut Client::new(Config::server()), &[wire.make_contiguous()], None);
    assert_eq!(pong, frame(0x8a, b"there?"));
    client.receive().unwrap();
    let Some(Action::ReceiveFromNetwork(receive)) = client.next_action().unwrap() else { panic!() };
    receive.fill(&pong);
    let Some(Action::ReceiveComplete(complete)) = client.next_action().unwrap() else { panic!() };
    assert_eq!(complete.received(), Received::Pong { payload: b"there?" });
}

#[test]
fn a_send_that_waits_for_a_pong_goes_behind_it() {
    let mut server = Client::new(Config::server());
    server.receive().unwrap();
    let Some(Action::ReceiveFromNetwork(receive)) = server.next_action().unwrap() else { panic!() };
    receive.fill(&masked(0x89, b""));
    // A thread writes the pong, and does not keep the other one from the connection meanwhile.
    let Some(Action::SendToNetwork(_)) = server.next_receive_action().unwrap() else { panic!() };
    server.send(MessageKind::Text, true, b"x".to_vec()).unwrap();
    // The action was dropped, so that its bytes are offered again, to whoever asks.
    let mut wire = Vec::new();
    for _ in 0..2 {
        let Some(Action::SendToNetwork(send)) = server.next_send_action() else { panic!() };
        send.buffers().iter().for_each(|buffer| wire.extend_from_slice(buffer));
        let length = send.len();
        send.complete(length);
    }
    assert_eq!(wire, [frame(0x8a, b""), frame(0x81, b"x")].concat());
    assert!(matches!(server.next_receive_action(), Ok(Some(Action::ReceiveFromNetwork(_)))));
    let Some(Action::SendComplete(sent)) = server.next_send_action() else { panic!() };
    assert_eq!(sent.complete(), Some(b"x".to_vec()));
}

#[test]
fn a_pong_ends_a_receive_if_it_answers_the_latest_ping() {
    let mut client = Client::new(Config::client());
    for payload in [&b"first"[..], b"mine"] {
        client.send_ping(ControlPayload::new(payload).unwrap()).unwrap();
        transmit(&mut client, &mut VecDeque::new());
    }
    let pongs = [&b"other"[..], b"first", b"", b"mine", b"mine"].map(|payload| frame(0x8a, payload)).concat();
    let (words, _) = transcript(&mut client, &[&pongs], None);
    assert_eq!(words, "pong(mine)");
}

#[test]
fn both_directions_have_finished_when_both_close_frames_are_through() {
    let mut server = Client::new(Config::server());
    server.receive().unwrap();
    let Some(Action::ReceiveFromNetwork(receive)) = server.next_action().unwrap() else { panic!() };
    receive.fill(&masked(0x88, b""));
    let Some(Action::ReceiveComplete(complete)) = server.next_action().unwrap() else { panic!() };
    complete.complete();
    assert!(server.has_ended() && !server.is_finished());
    server.send_close(CloseFrame::EMPTY).unwrap();
    assert!(!server.is_finished());
    transmit(&mut server, &mut VecDeque::new());
    assert!(server.is_finished());
}

#[test]
fn the_end_of_the_stream_ends_the_receiving() {
    // Without a close frame: in the midst of a message, and before one.
    for (wire, more) in [(&masked(0x01, b"x")[..], 0), (b"", 0), (b"", 5000)] {
        let mut server = Client::new(Config::server());
        server.receive().unwrap();
        let (mut wire, mut pieces) = (wire, Vec::new());
        for _ in 0..10 {
            if server.is_finished() {
                break;
            }
            match server.next_action().unwrap() {
                Some(Action::ReceiveFromNetwork(receive)) if wire.is_empty() => receive.complete(more),
                Some(Action::ReceiveFromNetwork(receive)) => wire = &wire[receive.fill(wire)..],
                Some(Action::ReceiveComplete(complete)) => {
                    pieces.push(shown(&complete.received()));
                    complete.complete();
                    server.receive().ok();
                }
                Some(Action::SendToNetwork(send)) => {
                    let length = send.len();
                    send.complete(length);
                }
                Some(Action::SendComplete(complete)) => drop(complete.complete()),
                None => {
                    assert!(server.has_ended(), "nothing to do, and no end");
                    assert_eq!(server.receive(), Err(Refusal::Ended));
                    server.send_close(CloseFrame::EMPTY).unwrap();
                }
            }
        }
        assert!(server.is_finished());
        assert_eq!(pieces.last().map(String::as_str), Some("nothing"));
    }
}

/// A buffer that says one thing and then another.
#[derive(Debug)]
struct Odd {
    read: Vec<u8>,
    written: Vec<u8>,
}

impl AsRef<[u8]> for Odd {
    fn as_ref(&self) -> &[u8] {
        &self.read
    }
}

impl AsMut<[u8]> for Odd {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.written
    }
}

#[test]
fn a_buffer_that_is_shorter_when_it_is_written() {
    for written in [0, 1, 3] {
        for piece in [2, 4, 9] {
            let mut client = Connection::<Vec<u8>, Odd>::of(Config::client());
            client.receive_into(Odd { read: vec![0; 8], written: vec![0; written] }).unwrap();
            let wire = [frame(0x82, b"hello"), frame(0x82, b"")].concat();
            for bytes in wire.chunks(piece) {
                match client.next_action().unwrap() {
                    Some(Action::ReceiveFromNetwork(mut receive)) => {
                        // Some actions have no room at all: the network gives nothing then.
                        receive.buffers().iter().for_each(|buffer| assert!(buffer.len() <= 4096));
                        receive.fill(bytes);
                    }
                    Some(Action::ReceiveComplete(complete)) => drop(complete.complete()),
                    None => break,
                    action => panic!("{action:?}"),
                }
            }
        }
    }
}

/// A payload that is gone after so many looks at it.
#[derive(Debug)]
struct Shrinking(Cell<u8>);

impl AsRef<[u8]> for Shrinking {
    fn as_ref(&self) -> &[u8] {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        if left == 0 { b"" } else { &[7; 6000] }
    }
}

#[test]
fn a_payload_that_shrinks() {
    for looks in 1..5 {
        for config in [Config::client(), Config::server()] {
            let mut connection = Connection::<Shrinking, Vec<u8>>::of(config);
            connection.send(MessageKind::Binary, true, Shrinking(looks.into())).unwrap();
            while let Some(action) = connection.next_action().unwrap() {
                match action {
                    // In the end there is nothing left to be written, and that is what cuts the send short.
                    Action::SendToNetwork(send) => {
                        let length = send.len();
                        send.complete(length);
                    }
                    Action::SendComplete(complete) => drop(complete.complete()),
                    action => panic!("{action:?}"),
                }
            }
            // Who saw all of it in the end was done. How often it is looked at is nobody's business.
            let ended = connection.send_ping(ControlPayload::EMPTY);
            assert!(ended == Err(Refusal::Ended.into()) || looks > 1, "after {looks}");
        }
    }
}

#[test]
fn an_action_shows_lengths() {
    let mut server = Client::new(Config::server());
    let shown = |connection: &mut Client| format!("{:?}", connection.next_action().unwrap().unwrap());
    server.send(MessageKind::Text, true, b"hello".to_vec()).unwrap();
    assert_eq!(shown(&mut server), "SendToNetwork { lengths: [2, 5], .. }");
    transmit(&mut server, &mut VecDeque::new());
    server.receive_into(vec![0; 10]).unwrap();
    assert_eq!(shown(&mut server), "ReceiveFromNetwork { lengths: [0, 4096], .. }");
    let Some(Action::ReceiveFromNetwork(receive)) = server.next_action().unwrap() else { panic!() };
    receive.fill(&masked(0x81, b"hello")[..6]);
    assert_eq!(shown(&mut server), "ReceiveFromNetwork { lengths: [5, 4096], .. }");
    let Some(Action::ReceiveFromNetwork(receive)) = server.next_action().unwrap() else { panic!() };
    receive.fill(b"hello");
    assert_eq!(shown(&mut server), "ReceiveComplete { length: 5, .. }");
}

#[test]
fn a_fault_is_reported_once() {
    let mut client = Client::new(Config::client());
    client.receive().unwrap();
    let Some(Action::ReceiveFromNetwork(receive)) = client.next_action().unwrap() else { panic!() };
    receive.fill(&masked(0x81, b""));
    assert_eq!(client.next_action().unwrap_err(), Fault::WrongMasking);
    assert!(matches!(client.next_action(), Ok(Some(Action::SendToNetwork(_)))));
    assert!(client.has_ended());
}

#[test]
fn a_send_that_has_not_begun_ends_without_bytes_when_the_peer_fails() {
    for begins in [false, true] {
        let mut server = Client::new(Config::server());
        server.receive().unwrap();
        server.send(MessageKind::Binary, true, vec![7]).unwrap();
        let mut wire = Vec::new();
        if begins {
            let Some(Action::SendToNetwork(send)) = server.next_send_action() else { panic!() };
            wire.push(send.buffers()[0][0]);
            send.complete(1);
        }
        let Some(Action::ReceiveFromNetwork(receive)) = server.next_receive_action().unwrap() else { panic!() };
        receive.fill(&frame(0x81, b""));
        assert_eq!(server.next_receive_action().unwrap_err(), Fault::WrongMasking);
        while let Some(action) = server.next_action().unwrap() {
            match action {
                Action::SendToNetwork(send) => {
                    let length = send.len();
                    wire.extend(send.buffers().iter().flat_map(|buffer| buffer.iter().copied()));
                    send.complete(length);
                }
                Action::SendComplete(complete) => assert_eq!(complete.complete(), Some(vec![7])),
                Action::ReceiveComplete(complete) => drop(complete.complete()),
                Action::ReceiveFromNetwork(_) => panic!("nothing more is wanted"),
            }
        }
        let close = frame(0x88, &1002_u16.to_be_bytes());
        assert_eq!(wire, if begins { [frame(0x82, &[7]), close].concat() } else { close });
        assert!(server.is_finished());
    }
}

#[test]
fn sizes_below_the_minimum() {
    assert_eq!(Config::client().with_send_buffer(255).unwrap_err(), BufferTooSmall { least: 256 });
    assert_eq!(Config::server().with_send_buffer(15).unwrap_err(), BufferTooSmall { least: 16 });
    assert_eq!(Config::server().with_receive_buffer(255).unwrap_err(), BufferTooSmall { least: 256 });
}

#[test]
fn keys_of_the_caller_mask() {
    let mut client = Client::new(Config::client().with_mask_keys(|| [1, 2, 3, 4]));
    let mut wire = VecDeque::new();
    client.send(MessageKind::Binary, true, vec![0; 5]).unwrap();
    transmit(&mut client, &mut wire);
    assert_eq!(wire, [0x82, 0x85, 1, 2, 3, 4, 1, 2, 3, 4, 1]);
}

#[test]
fn a_connection_is_shared_between_threads_behind_a_lock() {
    fn check<T: Send + Sync>() {}
    check::<Client>();
    check::<std::sync::RwLock<Client>>();
}

#[test]
fn a_connection_is_made_without_naming_types() {
    let mut server = Connection::new(Config::server());
    server.send(MessageKind::Binary, true, vec![1]).unwrap();
    server.receive_into(vec![0; 8]).unwrap();
}

/// A function of a user's who boxes errors, and sends what it borrows.
fn send_borrowed(text: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut client = Connection::<&str>::of(Config::client());
    client.send_text(text)?;
    client.send(MessageKind::Binary, false, text)?;
    client.send(MessageKind::Text, true, text)?;
    Ok(())
}

#[test]
fn a_refused_send_of_a_borrowed_payload_passes_through_a_question_mark() {
    let text = String::from("hello");
    assert_eq!(send_borrowed(&text).unwrap_err().to_string(), SendError::WrongKind.to_string());
}

#[test]
fn a_text_needs_no_check_but_its_place() {
    let mut server = Connection::<&str>::of(Config::server());
    server.send(MessageKind::Text, false, "h").unwrap();
    assert_eq!(pump_all(&mut server), [0x01, 1, b'h']);
    server.send_text("é").unwrap();
    assert_eq!(pump_all(&mut server), [0x80, 2, 0xc3, 0xa9]);
    server.send_text("").unwrap();
    assert_eq!(pump_all(&mut server), [0x81, 0]);
    server.send(MessageKind::Binary, false, "h").unwrap();
    pump_all(&mut server);
    assert_eq!(server.send_text("x").unwrap_err().error(), SendError::WrongKind);
    // A piece that ended inside a character wants the rest of it first.
    let mut server = Connection::<Cut>::of(Config::server());
    server.send(MessageKind::Text, false, Cut(b"\xc3")).unwrap();
    pump_all(&mut server);
    assert_eq!(server.send_text(Cut(b"x")).unwrap_err().error(), SendError::InvalidUtf8);
    server.send(MessageKind::Text, true, Cut(b"\xa9")).unwrap();
    assert_eq!(pump_all(&mut server), [0x80, 1, 0xa9]);
}

/// Bytes that are no text yet.
#[derive(Debug)]
struct Cut(&'static [u8]);

impl AsRef<[u8]> for Cut {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl AsRef<str> for Cut {
    fn as_ref(&self) -> &'static str {
        "x"
    }
}

/// Does all that there is to be done for sends, and gives the bytes for the network.
fn pump_all<P: AsRef<[u8]>>(connection: &mut Connection<P>) -> Vec<u8> {
    let mut wire = Vec::new();
    while let Some(action) = connection.next_send_action() {
        match action {
            Action::SendToNetwork(send) => {
                send.buffers().iter().for_each(|buffer| wire.extend_from_slice(buffer));
                let length = send.len();
                send.complete(length);
            }
            Action::SendComplete(complete) => drop(complete.complete()),
            _ => unreachable!("nothing is received"),
        }
    }
    wire
}

#[test]
fn an_answer_is_due_however_the_bytes_were_read() {
    // Text that is not UTF-8, behind a head that has come before it or together with it.
    for cut in [0, 2] {
        let mut client = Connection::new(Config::client());
        let (mut sends, mut receives) = client.split();
        receives.receive_into(vec![0; 64]).unwrap();
        let frame = [0x81, 2, 0xff, 0xff];
        for part in [&frame[..cut], &frame[cut..]].into_iter().filter(|part| !part.is_empty()) {
            let Ok(Some(ReceiveAction::ReceiveFromNetwork(receive))) = receives.next_action() else { panic!() };
            receive.fill(part);
        }
        assert!(matches!(receives.next_action(), Ok(Some(ReceiveAction::AnswerDue))), "cut at {cut}");
        assert_eq!(receives.next_action().unwrap_err(), Fault::InvalidUtf8);
        let Some(SendAction::SendToNetwork(send)) = sends.next_action() else { panic!("the peer is told") };
        assert_eq!(send.len(), 8);
    }
}

/// A buffer that is longer to be read than to be written.
#[derive(Debug)]
struct Lying(Vec<u8>);

impl AsRef<[u8]> for Lying {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsMut<[u8]> for Lying {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut []
    }
}

#[test]
fn a_buffer_that_cannot_be_written_ends_the_receive() {
    for cut in [2, 6] {
        let mut client = Connection::<Vec<u8>, Lying>::of(Config::client());
        client.receive_into(Lying(vec![0; 64])).unwrap();
        let frame = [0x82, 4, 1, 2, 3, 4];
        for part in [&frame[..cut], &frame[cut..]].into_iter().filter(|part| !part.is_empty()) {
            match client.next_action().unwrap() {
                Some(Action::ReceiveFromNetwork(receive)) => drop(receive.fill(part)),
                action => panic!("{action:?}"),
            }
        }
        let Some(Action::ReceiveComplete(complete)) = client.next_action().unwrap() else { panic!("cut at {cut}") };
        assert!(matches!(complete.received(), Received::Nothing { .. }));
        complete.complete();
        assert!(client.has_ended());
    }
}

#[test]
fn an_aborted_connection_is_finished_whatever_its_halves_have_said() {
    let mut client = Connection::new(Config::client());
    let (_, mut receives) = client.split();
    receives.receive().unwrap();
    let Ok(Some(ReceiveAction::ReceiveFromNetwork(receive))) = receives.next_action() else { panic!() };
    receive.fill(&[0x89, 0]);
    assert!(matches!(receives.next_action(), Ok(Some(ReceiveAction::AnswerDue))));
    client.abort();
    while let Some(Action::ReceiveComplete(complete)) = client.next_action().unwrap() {
        complete.complete();
    }
    assert!(client.is_finished());
}
