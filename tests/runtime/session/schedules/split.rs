//! Schedules of a connection whose halves one thread uses, with actions that are dropped, and done in part.

use std::collections::VecDeque;

use winws::protocol::{Control, Fault};
use winws::session::Asked;
use winws::session::SendError;
use winws::session::table::{Intake, Receive, ReceiveInput, Receiving, Source};
use winws::websocket::{Config, Connection, ReceiveAction, ReceiveHalf, Received, Refusal, SendAction, SendHalf};

use super::coming::{Meaning, Stream};
use super::halves::{key, start_keys};
use super::model::{Model, control, piece};
use super::{Draw, run};
use crate::session::table;

/// What a program of the connection does and expects.
struct World {
    model: Model,
    stream: Stream,
    masked: bool,
    receiving: Receiving,
    /// The buffers of the receives that are queued.
    targets: VecDeque<Option<usize>>,
    /// Whether the outcome of the receive was looked at: an action that is dropped is given again.
    is_known: bool,
    awaited: Option<Vec<u8>>,
    controls: usize,
}

impl World {
    fn step(&mut self, sends: &mut SendHalf<'_, Vec<u8>>, receives: &mut ReceiveHalf<'_, Vec<u8>>, draw: &mut Draw) {
        match draw.below(40) {
            0..6 => self.send(sends, draw),
            6..9 => self.send_control(sends, draw),
            9..14 => self.receive(receives, draw),
            14..20 => self.stream.write(draw, &self.model.pinged),
            20..30 => drop(self.do_send_action(sends, draw)),
            30..39 => drop(self.do_receive_action(receives, draw)),
            _ => match draw.below(16) {
                0 => {
                    sends.abort();
                    self.model.abort();
                }
                1 => {
                    receives.abort();
                    self.receive_input(ReceiveInput::Abort);
                }
                _ => {}
            },
        }
        if receives.has_ended() && self.receiving.intake == Intake::Open {
            // The bytes that were filled in break the protocol: the other half knows it before it is reported.
            self.skip_pongs();
            let Some(Meaning::Fault(fault)) = self.stream.next_meaning() else { panic!("nothing has ended it") };
            let fault = *fault;
            self.failed(fault);
        }
        assert_eq!(receives.has_ended(), self.receiving.intake != Intake::Open);
    }

    fn send(&mut self, sends: &mut SendHalf<'_, Vec<u8>>, draw: &mut Draw) {
        let (piece, payload) = piece(draw);
        let expected = self.model.send(piece, &payload);
        let sent = sends.send(piece.kind, piece.end_of_message, payload.clone());
        assert_eq!(sent.as_ref().err().map(winws::websocket::GivenBack::error), expected.err());
        if let Err(given_back) = sent {
            assert_eq!(given_back.into_inner(), payload);
        }
    }

    fn send_control(&mut self, sends: &mut SendHalf<'_, Vec<u8>>, draw: &mut Draw) {
        self.controls += 1;
        let control = control(draw, self.controls);
        let expected: Result<(), SendError> = self.model.send_control(&control).map(drop);
        let sent = match control {
            Control::Ping(payload) => sends.send_ping(payload),
            Control::Pong(payload) => sends.send_pong(payload),
            Control::Close(close) => sends.send_close(close),
        };
        assert_eq!(sent, expected);
    }

    fn receive(&mut self, receives: &mut ReceiveHalf<'_, Vec<u8>>, draw: &mut Draw) {
        let expected = table::receiving_after(self.receiving, ReceiveInput::Queue).ok_or(Refusal::Ended);
        let target = draw.of(&[None, Some(0), Some(1), Some(3), Some(50), Some(1000)]);
        let received = match target {
            Some(length) => receives.receive_into(vec![0; length]).map_err(Refusal::from),
            None => receives.receive(),
        };
        assert_eq!(received, expected.map(drop));
        if let Ok(after) = expected {
            self.receiving = after;
            self.targets.push_back(target);
        }
    }

    /// Does what the sending half says, if it says something, or a part of it.
    fn do_send_action(&mut self, sends: &mut SendHalf<'_, Vec<u8>>, draw: &mut Draw) -> bool {
        match sends.next_action() {
            None => {
                assert_eq!(self.model.due(Asked::Everything), None);
                assert!(!self.model.has_ended());
                return false;
            }
            Some(SendAction::SendComplete(complete)) => {
                assert!(self.model.has_ended());
                if draw.one_in(5) {
                    return true;
                }
                let payload = complete.complete();
                assert!(payload.is_none_or(|payload| self.model.has_sent(&payload)));
                assert!(self.model.indicated().is_some());
            }
            Some(SendAction::SendToNetwork(send)) => {
                let bytes: Vec<u8> = send.buffers().iter().flat_map(|buffer| buffer.to_vec()).collect();
                assert!(!bytes.is_empty() && bytes.len() == send.len());
                if !self.model.is_offering() {
                    let source = self.source(&bytes);
                    let allowed =
                        [Asked::Everything, Asked::Operations, Asked::Answers].map(|asked| self.model.due(asked));
                    assert!(allowed.contains(&Some(source)), "{source:?}, where {allowed:?} are due");
                    self.model.offered(source);
                    self.awaited = self.model.awaited.take().or(self.awaited.take());
                }
                match draw.below(40) {
                    0..4 => {}
                    4..12 if bytes.len() > 1 => {
                        let count = 1 + draw.below(bytes.len() - 1);
                        send.complete(count);
                        self.model.written(&bytes[..count], false);
                    }
                    39 if draw.one_in(4) => {
                        send.complete(draw.of(&[0, bytes.len() + 1]));
                        self.model.lost();
                    }
                    _ => {
                        send.complete(bytes.len());
                        self.model.written(&bytes, true);
                    }
                }
            }
        }
        true
    }

    /// Whose bytes these are: the peer's pings, and what it is told of a fault, differ from all that is queued.
    fn source(&self, bytes: &[u8]) -> Source {
        if self.model.is_in_frame() {
            return Source::Operation;
        }
        let (payload, key) =
            if self.masked { (&bytes[6..], [bytes[2], bytes[3], bytes[4], bytes[5]]) } else { (&bytes[2..], [0; 4]) };
        let start: Vec<u8> = payload.iter().zip(key.iter().cycle()).take(2).map(|(byte, key)| byte ^ key).collect();
        match (bytes[0], &start[..]) {
            (0x8a, b"in") | (0x88, b"\x03\xea" | b"\x03\xef") => Source::Answer,
            _ => Source::Operation,
        }
    }

    /// Does what the receiving half says, if it says something.
    fn do_receive_action(&mut self, receives: &mut ReceiveHalf<'_, Vec<u8>>, draw: &mut Draw) -> bool {
        let action = match receives.next_action() {
            Ok(Some(action)) => action,
            Ok(None) => {
                assert_eq!(self.receiving.operation, Receive::None);
                return false;
            }
            Err(fault) => {
                self.failed(fault);
                return true;
            }
        };
        match action {
            ReceiveAction::AnswerDue => {
                self.skip_pongs();
                match self.stream.next_meaning() {
                    Some(Meaning::Ping(payload)) => {
                        self.model.ping(payload);
                        self.stream.pop_meaning();
                    }
                    Some(Meaning::Fault(fault)) => self.model.fault(fault.close_code()),
                    other => panic!("{other:?} has no answer"),
                }
            }
            ReceiveAction::ReceiveFromNetwork(mut receive) => {
                assert_eq!(self.receiving.operation, Receive::Waiting);
                let rest = self.stream.rest();
                if rest.is_empty() || draw.one_in(5) {
                    if draw.one_in(40) {
                        let room: usize = receive.buffers().iter().map(|buffer| buffer.len()).sum();
                        receive.complete(draw.of(&[0, room + 1]));
                        self.receive_input(ReceiveInput::End);
                    }
                    return false;
                }
                let count = if draw.one_in(2) { rest.len() } else { 1 + draw.below(rest.len()) };
                let filled = receive.fill(&rest[..count]);
                assert!((1..=count).contains(&filled));
                self.stream.gone(filled);
            }
            ReceiveAction::ReceiveComplete(complete) => {
                if !self.is_known {
                    self.received(&complete.received());
                    self.is_known = true;
                }
                assert_eq!(self.receiving.operation, Receive::Ended);
                if !draw.one_in(5) {
                    let buffer = complete.complete();
                    assert_eq!(Some(buffer.map(|buffer| buffer.len())), self.targets.pop_front());
                    self.is_known = false;
                    self.receive_input(ReceiveInput::Indicated);
                    if !self.targets.is_empty() {
                        self.receive_input(ReceiveInput::Next);
                    }
                }
            }
        }
        true
    }

    fn received(&mut self, received: &Received<'_>) {
        self.skip_pongs();
        let is_ended = self.receiving.operation == Receive::Ended;
        let input = match (received, self.stream.next_meaning()) {
            (Received::Nothing { .. }, _) => return assert!(is_ended, "a receive that waits ended with nothing"),
            (
                Received::Data { kind, end_of_message, payload },
                Some(Meaning::Data { kind: expected, is_final, payload: rest }),
            ) => {
                assert_eq!(kind, expected);
                assert!(rest.starts_with(payload) && (rest.is_empty() || !payload.is_empty()));
                let target = self.targets.front().copied().flatten();
                assert!(target.is_none_or(|length| length == 0 || payload.len() <= length));
                rest.drain(..payload.len());
                assert_eq!(*end_of_message, *is_final && rest.is_empty());
                if rest.is_empty() {
                    self.stream.pop_meaning();
                }
                ReceiveInput::Piece
            }
            (Received::Pong { payload }, Some(Meaning::Pong(expected))) => {
                assert_eq!(payload, expected);
                assert_eq!(self.awaited.take().as_ref(), Some(&*expected));
                self.stream.pop_meaning();
                ReceiveInput::Piece
            }
            (Received::Close { close, payload }, Some(Meaning::Close(expected))) => {
                assert_eq!((payload, close.payload()), (&&expected[..], &expected[..]));
                self.stream.pop_meaning();
                ReceiveInput::Close
            }
            (received, expected) => panic!("{received:?} of {expected:?}"),
        };
        // A receive that has come to its end before an abort keeps what it ended with.
        if !is_ended {
            self.receive_input(input);
        }
    }

    /// Pongs that are not awaited lead to nothing.
    fn skip_pongs(&mut self) {
        while let Some(Meaning::Pong(payload)) = self.stream.next_meaning() {
            if self.awaited.as_ref() == Some(&*payload) {
                return;
            }
            self.stream.pop_meaning();
        }
    }

    fn failed(&mut self, fault: Fault) {
        self.skip_pongs();
        assert_eq!(self.stream.next_meaning(), Some(&mut Meaning::Fault(fault)));
        self.model.fault(fault.close_code());
        self.receive_input(ReceiveInput::Fault);
        self.is_known = true;
    }

    fn receive_input(&mut self, input: ReceiveInput) {
        self.receiving = table::receiving_after(self.receiving, input).expect("it is always taken");
    }
}

#[test]
fn schedules_of_a_connection_in_halves() {
    run(20_000, |draw| {
        start_keys();
        let masked = draw.one_in(2);
        let config = if masked { Config::client().with_mask_keys(key) } else { Config::server() };
        let config = if draw.one_in(2) { config.with_receive_buffer(256).expect("it is large enough") } else { config };
        let config = if draw.one_in(2) { config.with_send_buffer(256).expect("it is large enough") } else { config };
        let mut connection = Connection::new(config);
        let (mut sends, mut receives) = connection.split();
        let mut world = World {
            model: Model::new(masked, 64),
            stream: Stream::new(!masked),
            masked,
            receiving: Receiving::START,
            targets: VecDeque::new(),
            is_known: false,
            awaited: None,
            controls: 0,
        };
        for _ in 0..16 + draw.below(80) {
            world.step(&mut sends, &mut receives, draw);
        }
        while world.do_send_action(&mut sends, draw) {}
        world.model.check_end();
        receives.abort();
        world.receive_input(ReceiveInput::Abort);
        while world.do_receive_action(&mut receives, draw) {}
        assert_eq!((world.receiving.intake, world.receiving.operation), (Intake::Ended, Receive::None));
    });
}
