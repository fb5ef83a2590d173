//! Schedules of the two halves themselves: answers go from one to the other late or early, offers end in every way.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::Range;

use winws::protocol::{Framer, MAX_CONTROL_FRAME, Receiver, Role};
use winws::session::table::{Intake, Receive, ReceiveInput, Receiving, Source};
use winws::session::{AnswerDue, AnswerKind, Asked, Due, Ending, Outcome, ReadHalf, Refusal, WriteHalf};

use super::coming::{Event, Stream};
use super::model::{Model, control, piece};
use super::{Draw, run};
use crate::session::table;

thread_local! {
    static KEY: Cell<u32> = const { Cell::new(1) };
}

/// A key that differs from the one before, the same in each run of a schedule.
pub(super) fn key() -> [u8; 4] {
    KEY.set(KEY.get().wrapping_mul(0x9e37_79b1).wrapping_add(1));
    KEY.get().to_be_bytes()
}

pub(super) fn start_keys() {
    KEY.set(1);
}

/// What the application knows of a send: its number, and what it sends.
type Context = (usize, Vec<u8>);

/// Both halves, the program that pumps them, and what is expected of them.
struct World {
    write: WriteHalf<Context>,
    read: ReadHalf<usize>,
    model: Model,
    stream: Stream,
    /// Answers on their way to the write half.
    due: VecDeque<AnswerDue>,
    room: usize,
    memory: Vec<u8>,
    receiving: Receiving,
    receive_bound: usize,
    /// The numbers of the receives that were queued and whose end was indicated.
    receives: Range<usize>,
    /// What the receive at the head must have ended with.
    outcome: Outcome,
    ending: Option<Ending>,
    awaited: Option<Vec<u8>>,
    controls: usize,
}

impl World {
    fn new(draw: &mut Draw) -> Self {
        start_keys();
        let role = draw.of(&[Role::Client, Role::Server]);
        let is_client = role == Role::Client;
        let framer = if is_client { Framer::client(key) } else { Framer::server() };
        let (send_bound, receive_bound) = (1 + draw.below(4), 1 + draw.below(4));
        let room = draw.of(&[14, 15, 20, 64, 512]);
        Self {
            write: WriteHalf::new(framer, send_bound),
            read: ReadHalf::new(Receiver::new(role), receive_bound),
            model: Model::new(is_client, send_bound),
            stream: Stream::new(!is_client),
            due: VecDeque::new(),
            room,
            memory: vec![0; room.max(MAX_CONTROL_FRAME)],
            receiving: Receiving::START,
            receive_bound,
            receives: 0..0,
            outcome: Outcome::Nothing,
            ending: None,
            awaited: None,
            controls: 0,
        }
    }

    fn step(&mut self, draw: &mut Draw) {
        match draw.below(40) {
            0..6 => self.send(draw),
            6..8 => self.send_control(draw),
            8..12 => self.receive(),
            12..17 => self.stream.write(draw, &self.model.pinged),
            17..23 => self.look(draw),
            23..26 => self.hand_over(draw),
            26..32 => {
                let asked = draw.of(&[Asked::Everything, Asked::Everything, Asked::Operations, Asked::Answers]);
                self.pump(asked, draw);
            }
            32..35 => self.indicate_send(),
            35..38 => self.indicate_receive(),
            38 => {
                self.write.keep_alive();
                self.model.keep_alive();
            }
            _ => self.seldom(draw),
        }
        assert_eq!(self.read.state(), self.receiving);
        assert_eq!(self.read.ending(), self.ending);
    }

    fn send(&mut self, draw: &mut Draw) {
        let (piece, payload) = piece(draw);
        let expected = self.model.send(piece, &payload);
        let admitted = self.write.admit(piece, &payload);
        assert_eq!(admitted.as_ref().err(), expected.as_ref().err());
        if let (Ok(admitted), Ok(number)) = (admitted, expected) {
            admitted.push((number, payload));
        }
    }

    fn send_control(&mut self, draw: &mut Draw) {
        self.controls += 1;
        let control = control(draw, self.controls);
        let expected = self.model.send_control(&control);
        let number = *expected.as_ref().unwrap_or(&0);
        assert_eq!(self.write.send_control(control, (number, Vec::new())), expected.map(drop));
    }

    fn receive(&mut self) {
        let expected = match table::receiving_after(self.receiving, ReceiveInput::Queue) {
            None => Err(Refusal::Ended),
            Some(_) if self.receives.len() >= self.receive_bound => Err(Refusal::Busy),
            Some(after) => Ok(after),
        };
        let number = self.receives.end;
        assert_eq!(self.read.receive(number), expected.map(drop));
        if let Ok(after) = expected {
            self.receiving = after;
            self.receives.end += 1;
        }
    }

    /// The read half looks at some of the bytes that have come.
    fn look(&mut self, draw: &mut Draw) {
        let is_waiting = self.receiving.operation == Receive::Waiting;
        let drops_data = self.receiving.intake == Intake::Draining && self.receiving.operation == Receive::None;
        assert_eq!(self.read.wants_bytes(), is_waiting || drops_data);
        let come = self.stream.rest().len();
        if come == 0 || !(is_waiting || drops_data) {
            return;
        }
        let count = if draw.one_in(2) { come } else { 1 + draw.below(come) };
        let mut bytes = self.stream.rest()[..count].to_vec();
        let remaining = usize::try_from(self.read.payload_remaining()).expect("frames are short");
        let (taken, payload) = if remaining > 0 && draw.one_in(2) {
            let payload = &mut bytes[..count.min(remaining)];
            self.read.receive_payload(payload);
            (payload.len(), payload.to_vec())
        } else if draw.one_in(2) {
            let mut target = vec![0; 1 + draw.below(64)];
            let progress = self.read.receive_bytes(&mut bytes, Some(&mut target));
            assert!(
                progress.taken == count || self.read.has_outcome() || progress.is_answer_due || drops_data,
                "bytes are left"
            );
            (progress.taken, target)
        } else {
            let progress = self.read.receive_bytes(&mut bytes, None);
            let length = match self.read.outcome() {
                Outcome::Piece { length, .. } => length,
                _ => 0,
            };
            (progress.taken, bytes[progress.taken - length..progress.taken].to_vec())
        };
        let answer = self.read.poll_answer();
        let mut event = self.stream.looked_at(taken, &mut self.awaited, is_waiting);
        if let (None, Some(AnswerDue::Fault(_))) = (&event, answer) {
            event = self.stream.fault_under_way().map(Event::Fault);
        }
        let expected_answer = match &event {
            Some(Event::Ping(payload)) => Some(payload.clone()),
            _ => None,
        };
        match answer {
            Some(AnswerDue::Pong(payload)) => assert_eq!(Some(payload.as_bytes()), expected_answer.as_deref()),
            Some(AnswerDue::Fault(fault)) => assert_eq!(event, Some(Event::Fault(fault))),
            None => assert!(!matches!(event, Some(Event::Ping(_) | Event::Fault(_))), "{event:?} has an answer"),
        }
        self.due.extend(answer);
        self.concluded(event, &payload, is_waiting);
    }

    /// What an event is to the receive that waits, and to the direction.
    fn concluded(&mut self, event: Option<Event>, payload: &[u8], is_waiting: bool) {
        let input = match &event {
            None | Some(Event::Ping(_)) => None,
            Some(Event::Piece { .. } | Event::Pong(_)) => Some(ReceiveInput::Piece),
            Some(Event::Close(_)) => Some(ReceiveInput::Close),
            Some(Event::Fault(fault)) => {
                self.ending.get_or_insert(Ending::Failed(*fault));
                Some(ReceiveInput::Fault)
            }
        };
        if let Some(input) = input {
            self.receiving = table::receiving_after(self.receiving, input).expect("it is always taken");
        }
        match (event, self.read.outcome()) {
            (Some(Event::Close(close)), outcome) => {
                let Some(Ending::Closed(seen)) = self.read.ending() else { panic!("the peer has closed") };
                assert_eq!(seen.payload(), close);
                self.ending.get_or_insert(Ending::Closed(seen));
                assert_eq!(outcome, if is_waiting { Outcome::Close } else { Outcome::Nothing });
            }
            (Some(Event::Piece { kind, end_of_message, payload: expected }), Outcome::Piece { piece, length }) => {
                assert_eq!((piece.kind, piece.end_of_message), (kind, end_of_message));
                assert_eq!(&payload[..length], expected);
            }
            (Some(Event::Pong(expected)), Outcome::Pong) if is_waiting => {
                assert_eq!(self.read.pong().map(winws::protocol::ControlPayload::as_bytes), Some(&expected[..]));
            }
            (event, outcome) => assert_eq!(outcome, Outcome::Nothing, "{event:?}"),
        }
        self.outcome = self.read.outcome();
    }

    /// The write half hears of some of what came in.
    fn hand_over(&mut self, draw: &mut Draw) {
        let count = if draw.one_in(2) { 1 } else { self.due.len() };
        for answer in self.due.drain(..count.min(self.due.len())) {
            self.write.answer(answer);
            match answer {
                AnswerDue::Pong(payload) => self.model.ping(payload.as_bytes()),
                AnswerDue::Fault(fault) => self.model.fault(fault.close_code()),
            }
        }
    }

    /// Bytes are staged, or what is on offer ends in one of its ways.
    fn pump(&mut self, asked: Asked, draw: &mut Draw) {
        let source = self.model.due(asked);
        let due = self.write.due(asked);
        if self.model.is_offering() {
            assert_eq!(due, Due::Offered);
            return self.end_offer(draw);
        }
        match (source, due) {
            (None, Due::Nothing) => return,
            (Some(Source::Operation), Due::Data) => {
                self.write.stage_data(|context| &context.1, &mut self.memory[..self.room]);
            }
            (Some(_), Due::Control) => {
                let control = self.memory.first_chunk_mut().expect("it is as long as a control frame");
                if let Some(ping) = self.write.stage_control(asked, control) {
                    self.read.await_pong(ping);
                    self.awaited = Some(ping.as_bytes().to_vec());
                }
            }
            (source, due) => panic!("{due:?} where {source:?} is due"),
        }
        let source = source.expect("something is due");
        self.model.offered(source);
        let offered = self.write.offered().expect("it was just staged");
        let first = self.model.begun().expect("a frame has begun");
        assert_eq!(offered.is_control, first.is_control());
        let expected = match (source, first.first) {
            (Source::Operation, _) => None,
            (Source::Answer, 0x8a) => Some(AnswerKind::Pong),
            (Source::Answer, _) => Some(AnswerKind::Close),
        };
        assert_eq!(offered.answer, expected);
        if first.first == 0x89 {
            assert_eq!(self.awaited.as_deref(), Some(&first.payload[..]), "the read half awaits the pong");
        }
    }

    fn end_offer(&mut self, draw: &mut Draw) {
        let offered = self.write.offered().expect("bytes are on offer").clone();
        let payload = self.write.context().map_or(&[][..], |context| &context.1);
        let bytes = [&self.memory[offered.staged.clone()], &payload[offered.direct.clone()]].concat();
        assert!(!bytes.is_empty() && bytes.len() == offered.len());
        match draw.below(40) {
            0..14 => self.write.accepted(),
            14..28 => self.write.written(bytes.len()),
            28..39 if bytes.len() > 1 => {
                let count = 1 + draw.below(bytes.len() - 1);
                self.write.written(count);
                return self.model.written(&bytes[..count], false);
            }
            28..39 => return,
            _ => {
                match draw.below(3) {
                    0 => self.write.written(0),
                    1 => self.write.written(bytes.len() + 1),
                    _ => self.write.lost(),
                }
                return self.model.lost();
            }
        }
        self.model.written(&bytes, true);
    }

    fn indicate_send(&mut self) {
        let expected = self.model.indicated();
        assert_eq!(self.write.indicated().map(|(number, _)| number), expected);
    }

    fn indicate_receive(&mut self) {
        assert_eq!(self.read.has_outcome(), self.receiving.operation == Receive::Ended);
        if !self.read.has_outcome() {
            return assert_eq!(self.read.indicated(), None);
        }
        assert_eq!(self.read.outcome(), self.outcome);
        let (context, number) = (self.read.context().copied(), self.receives.start);
        assert_eq!((context, self.read.indicated()), (Some(number), Some(number)), "each receive ends once, in order");
        (self.receives.start, self.outcome) = (number + 1, Outcome::Nothing);
        self.receive_input(ReceiveInput::Indicated);
        if !self.receives.is_empty() {
            self.receive_input(ReceiveInput::Next);
        }
    }

    fn receive_input(&mut self, input: ReceiveInput) {
        self.receiving = table::receiving_after(self.receiving, input).expect("it is always taken");
    }

    /// What a program does once at most.
    fn seldom(&mut self, draw: &mut Draw) {
        match draw.below(12) {
            0 => {
                self.write.abort();
                self.model.abort();
            }
            1 => {
                self.read.abort();
                self.ending.get_or_insert(Ending::Aborted);
                self.receive_input(ReceiveInput::Abort);
            }
            2 => {
                self.read.end();
                self.ending.get_or_insert(Ending::Lost);
                self.receive_input(ReceiveInput::End);
            }
            3..5 => {
                self.read.drain();
                self.receive_input(ReceiveInput::Drain);
            }
            5..9 => {
                self.read.cancel();
                self.receive_input(ReceiveInput::Nothing);
            }
            _ => {}
        }
    }

    /// Everything that has begun is brought to its end.
    fn finish(&mut self, draw: &mut Draw) {
        while !self.due.is_empty() {
            self.hand_over(draw);
        }
        while self.model.due(Asked::Everything).is_some() || self.model.has_ended() {
            self.pump(Asked::Everything, draw);
            self.indicate_send();
        }
        assert_eq!(self.write.due(Asked::Everything), Due::Nothing);
        self.model.check_end();
        self.read.abort();
        self.receive_input(ReceiveInput::Abort);
        while !self.receives.is_empty() {
            self.indicate_receive();
        }
    }
}

#[test]
fn schedules_of_both_halves() {
    run(80_000, |draw| {
        let mut world = World::new(draw);
        for _ in 0..16 + draw.below(80) {
            world.step(draw);
        }
        world.finish(draw);
    });
}
