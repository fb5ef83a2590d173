//! Two ends of a connection, each with one thread per half, over pipes in memory.

use std::sync::{Condvar, Mutex};
use std::thread;

use winws::protocol::{CloseFrame, ControlPayload, MessageKind};
use winws::websocket::{Config, Connection, ReceiveAction, ReceiveHalf, Received, SendAction, SendHalf};

use super::pipe::Pipe;
use super::{Draw, run, wire};

/// What the reading thread of an end tells the writing one.
#[derive(Default)]
struct Bell {
    rung: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Bell {
    /// There is something new: an answer to send, or the end of the reading.
    fn ring(&self, is_end: bool) {
        let mut rung = self.rung.lock().expect("no thread has failed");
        *rung = (true, rung.1 || is_end);
        self.changed.notify_all();
    }

    /// Waits for something new, and says whether the reading has ended.
    fn wait(&self) -> bool {
        let rung = self.rung.lock().expect("no thread has failed");
        let mut rung = self.changed.wait_while(rung, |(rung, _)| !*rung).expect("no thread has failed");
        rung.0 = false;
        rung.1
    }
}

/// What one end says: messages in pieces, and a ping before some of them.
fn script(draw: &mut Draw) -> Vec<Vec<Vec<u8>>> {
    let piece = |draw: &mut Draw| vec![u8::try_from(draw.below(256)).expect("a byte"); draw.of(&[0, 1, 100, 126, 700])];
    let message = |draw: &mut Draw| (0..=draw.below(3)).map(|_| piece(draw)).collect();
    (0..draw.below(8)).map(|_| message(draw)).collect()
}

/// Writes what the half has to write; says whether the network is still there.
fn write_all(sends: &mut SendHalf<'_, Vec<u8>>, pipe: &Pipe) -> bool {
    let mut is_there = true;
    while let Some(action) = sends.next_action() {
        match action {
            SendAction::SendToNetwork(send) => {
                let count = pipe.write(&send.buffers().map(|buffer| buffer.to_vec()).concat());
                is_there &= count > 0;
                send.complete(count);
            }
            SendAction::SendComplete(complete) => drop(complete.complete()),
        }
    }
    is_there
}

/// Says the script, then closes, and answers the peer up to its close frame. A lost network ends it.
fn write(mut sends: SendHalf<'_, Vec<u8>>, messages: &[Vec<Vec<u8>>], pipe: &Pipe, bell: &Bell) {
    for (number, message) in messages.iter().enumerate() {
        if number % 2 == 0 {
            let payload = ControlPayload::new(format!("ping {number}").as_bytes()).expect("it is short");
            // The network may be lost, and the peer may have broken off.
            if sends.send_ping(payload).is_err() || !write_all(&mut sends, pipe) {
                return;
            }
        }
        for (index, piece) in message.iter().enumerate() {
            let is_last = index + 1 == message.len();
            let sent = sends.send(MessageKind::Binary, is_last, piece.clone());
            if sent.is_err() || !write_all(&mut sends, pipe) {
                return;
            }
        }
    }
    if sends.send_close(CloseFrame::EMPTY).is_err() {
        return;
    }
    while write_all(&mut sends, pipe) && !bell.wait() {}
    // An answer may have become due with the end.
    write_all(&mut sends, pipe);
}

/// Receives up to the peer's close frame or the end of the network: the messages that are whole, and whether it closed.
fn read(mut receives: ReceiveHalf<'_, Vec<u8>>, into: Option<usize>, pipe: &Pipe, bell: &Bell) -> (Vec<Vec<u8>>, bool) {
    let (mut messages, mut message, mut is_closed) = (Vec::new(), Vec::new(), false);
    while !receives.has_ended() {
        match into {
            Some(length) => receives.receive_into(vec![0; length]).expect("nothing is queued"),
            None => receives.receive().expect("nothing is queued"),
        }
        while let Some(action) = receives.next_action().expect("the peer keeps the rules") {
            match action {
                ReceiveAction::AnswerDue => bell.ring(false),
                ReceiveAction::ReceiveFromNetwork(mut receive) => {
                    let [mut first, _] = receive.buffers();
                    let count = pipe.read(&mut first);
                    receive.complete(count);
                }
                ReceiveAction::ReceiveComplete(complete) => {
                    match complete.received() {
                        Received::Data { end_of_message, payload, .. } => {
                            message.extend_from_slice(payload);
                            if end_of_message {
                                messages.push(std::mem::take(&mut message));
                            }
                        }
                        Received::Pong { payload } => assert!(payload.starts_with(b"ping ")),
                        Received::Close { .. } => is_closed = true,
                        Received::Nothing { .. } => {}
                    }
                    complete.complete();
                    break;
                }
            }
        }
    }
    pipe.end_reading();
    bell.ring(true);
    (messages, is_closed)
}

/// Demands that a wire is what an end with this script may have written, and gives the pongs of it.
fn check_wire(pipe: &Pipe, masked: bool, script: &[Vec<Vec<u8>>], is_cut: bool) {
    let (frames, cut) = wire::parse(&pipe.written(), masked);
    let messages = wire::check(&frames);
    let said: Vec<Vec<u8>> = script.iter().map(|message| message.concat()).collect();
    let gone: Vec<Vec<u8>> = messages.into_iter().map(|(_, payload)| payload).collect();
    assert!(said.starts_with(&gone));
    if !is_cut {
        assert_eq!((gone, cut), (said, None));
        assert_eq!(frames.iter().filter(|frame| frame.first == 0x88).count(), 1);
        let pings = frames.iter().filter(|frame| frame.first == 0x89).count();
        assert_eq!(pings, script.len().div_ceil(2));
    }
    for pong in frames.iter().filter(|frame| frame.first == 0x8a) {
        assert!(pong.payload.starts_with(b"ping "), "a pong has what the ping had");
    }
}

#[test]
fn each_half_has_a_thread_of_its_own() {
    run(1_000, |draw| {
        let bound = draw.of(&[1, 7, 300, 4096]);
        let until_cut = draw.one_in(4).then(|| 1 + draw.below(2000));
        let pipes = [Pipe::new(bound, until_cut), Pipe::new(bound, None)];
        let scripts = [script(draw), script(draw)];
        let into = [(); 2].map(|()| draw.of(&[None, Some(1), Some(64)]));
        let mut ends = [Connection::new(Config::client()), Connection::new(Config::server())];
        let bells = [Bell::default(), Bell::default()];
        let [client, server] = ends.each_mut().map(Connection::split);
        let pipes = &pipes;
        let (to_client, to_server) = thread::scope(|scope| {
            let mut readers = Vec::new();
            for (end, (sends, receives)) in [client, server].into_iter().enumerate() {
                let (script, bell, into) = (&scripts[end], &bells[end], into[end]);
                let (from, to) = (&pipes[1 - end], &pipes[end]);
                scope.spawn(move || {
                    write(sends, script, to, bell);
                    // Whoever writes no more has closed, or has found the network cut: so it is both ways.
                    if until_cut.is_some() {
                        pipes.iter().for_each(Pipe::cut);
                    }
                });
                readers.push(scope.spawn(move || read(receives, into, from, bell)));
            }
            let mut received = readers.into_iter().map(|reader| reader.join().expect("no thread has failed"));
            (received.next().expect("two readers"), received.next().expect("two readers"))
        });
        for (end, received) in [to_server, to_client].into_iter().enumerate() {
            check_wire(&pipes[end], end == 0, &scripts[end], until_cut.is_some());
            let said: Vec<Vec<u8>> = scripts[end].iter().map(|message| message.concat()).collect();
            assert!(said.starts_with(&received.0));
            if until_cut.is_none() {
                assert_eq!(received, (said, true));
                assert!(ends[1 - end].is_finished());
            }
        }
    });
}
