//! The receiving half: what the bytes that have come mean for the receive that waits.

use std::collections::VecDeque;

use super::AnswerDue;
use super::table::{Intake, Receive, ReceiveInput, Receiving, Refusal};
use crate::protocol::{CloseFrame, ControlPayload, Event, Fault, MessageKind, Piece, Receiver};

/// What a receive ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing: no more bytes came, the peer broke the protocol, or the application gave the receive up.
    Nothing,
    /// A piece of a message of `length` bytes. Its payload lies at the start of the target of the receive; without a target
    /// it is the end of the bytes that were taken.
    Piece {
        /// Which piece it is.
        piece: Piece,
        /// How many bytes it has.
        length: usize,
    },
    /// The pong for our ping.
    Pong(ControlPayload),
    /// The close frame of the peer.
    Close(CloseFrame),
}

/// How the direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the close frame of the peer.
    Closed(CloseFrame),
    /// With a violation of the protocol.
    Failed(Fault),
    /// Without a close frame: no more bytes came.
    Lost,
    /// The application gave the session up.
    Aborted,
}

/// How far a call came with the bytes that it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes were taken. The rest belongs to what comes next.
    pub taken: usize,
    /// What the write half has to know of them.
    pub answer: Option<AnswerDue>,
}

/// The receiving half of a session.
///
/// A pump gives it the bytes that have come while [`wants_bytes`](Self::wants_bytes) says so, hands what concerns the write
/// half over, and looks at the [`outcome`](Self::outcome) once the receive has [ended](Self::has_outcome).
///
/// `C` is the family's word for a receive. Its target stays with the family, which gives that of the receive at the head of
/// the queue to [`receive_bytes`](Self::receive_bytes).
#[derive(Debug)]
pub struct ReadHalf<C> {
    receiver: Receiver,
    state: Receiving,
    /// How many receives there may be at once.
    bound: usize,
    /// The receives, the one at the head included, until its end was indicated.
    queue: VecDeque<C>,
    outcome: Outcome,
    ending: Option<Ending>,
    /// The payload of our latest ping, until its pong comes.
    awaited: Option<Box<ControlPayload>>,
}

impl<C> ReadHalf<C> {
    /// A half that has received nothing, with room for `bound` receives at once.
    pub const fn new(receiver: Receiver, bound: usize) -> Self {
        let (state, outcome) = (Receiving::START, Outcome::Nothing);
        Self { receiver, state, bound, queue: VecDeque::new(), outcome, ending: None, awaited: None }
    }

    // Getters.

    /// Where the direction stands.
    pub const fn state(&self) -> Receiving {
        self.state
    }

    /// How the direction ended, if it has.
    pub const fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The context of the receive at the head of the queue.
    pub fn context(&self) -> Option<&C> {
        self.queue.front()
    }

    /// Whether bytes are wanted: a receive waits for them, or the peer's close frame is to come.
    ///
    /// Bytes that nobody wants are not looked at: a ping among them is not answered yet (b1.4.13).
    pub const fn wants_bytes(&self) -> bool {
        matches!(
            self.state,
            Receiving { operation: Receive::Waiting, .. }
                | Receiving { intake: Intake::Draining, operation: Receive::None }
        )
    }

    /// Whether the receive at the head of the queue has ended.
    pub const fn has_outcome(&self) -> bool {
        matches!(self.state.operation, Receive::Ended)
    }

    /// What the last receive ended with.
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What the message under way is made of; `None` between messages.
    pub fn message_kind(&self) -> Option<MessageKind> {
        self.receiver.message_kind()
    }

    /// How many bytes of payload of the data frame under way are still to come.
    ///
    /// So many may be read from the network right into the target, and given to
    /// [`receive_payload`](Self::receive_payload).
    pub const fn payload_remaining(&self) -> u64 {
        self.receiver.payload_remaining()
    }

    // Commands.

    /// Queues a receive, which ends with a piece of a message, the peer's close frame, or the pong for our ping.
    ///
    /// Fails with [`Refusal::Busy`] when the queue is full, and with [`Refusal::Ended`] when nothing more comes.
    pub fn receive(&mut self, context: C) -> Result<(), Refusal> {
        if self.queue.len() >= self.bound {
            return Err(Refusal::Busy);
        }
        self.state = self.state.after(ReceiveInput::Queue)?;
        self.queue.push_back(context);
        Ok(())
    }

    /// Awaits the pong for a ping that goes out: it ends a receive (section 5.5.2). One for an earlier ping does not.
    pub fn await_pong(&mut self, payload: ControlPayload) {
        self.awaited = Some(Box::new(payload));
    }

    /// Ends the receive that waits without bytes. Others may follow it.
    pub fn cancel(&mut self) {
        self.input(ReceiveInput::Nothing);
    }

    /// Ends the receive that waits, and from now on drops data until the peer's close frame.
    pub fn drain(&mut self) {
        self.input(ReceiveInput::Drain);
    }

    /// Records that no more bytes will come. A receive that waits ends.
    pub fn end(&mut self) {
        self.ending.get_or_insert(Ending::Lost);
        self.input(ReceiveInput::End);
    }

    /// Gives the session up. A receive that waits ends.
    pub fn abort(&mut self) {
        self.ending.get_or_insert(Ending::Aborted);
        self.input(ReceiveInput::Abort);
    }

    /// Takes the receive that has ended out of the queue, and gives its context back.
    pub fn indicated(&mut self) -> Option<C> {
        if !self.has_outcome() {
            return None;
        }
        self.input(ReceiveInput::Indicated);
        self.outcome = Outcome::Nothing;
        let ended = self.queue.pop_front()?;
        if !self.queue.is_empty() {
            self.input(ReceiveInput::Next);
        }
        Some(ended)
    }

    /// Takes bytes from the network up to the end of the receive, or to what concerns the write half.
    ///
    /// Payload goes to the start of `target`; without one it is unmasked where it lies. While bytes are drained, payload goes
    /// nowhere.
    pub fn receive_bytes(&mut self, bytes: &mut [u8], mut target: Option<&mut [u8]>) -> Progress {
        let mut taken = 0;
        while taken < bytes.len() && self.wants_bytes() {
            let rest = &mut bytes[taken..];
            let now = match &mut target {
                Some(target) => self.receiver.receive_bytes(rest, target),
                None => self.receiver.receive_in_place(rest),
            };
            taken += now;
            match self.receiver.poll_event() {
                Some(event) => {
                    if let Some(answer) = self.handle(event) {
                        return Progress { taken, answer: Some(answer) };
                    }
                }
                // A target without room takes nothing.
                None if now == 0 => break,
                None => {}
            }
        }
        Progress { taken, answer: None }
    }

    /// Takes payload of the data frame under way that was read right into the target.
    pub fn receive_payload(&mut self, payload: &mut [u8]) -> Option<AnswerDue> {
        self.receiver.receive_payload(payload);
        self.receiver.poll_event().and_then(|event| self.handle(event))
    }

    /// Draws the consequences of an event: what it is to the write half.
    fn handle(&mut self, event: Event) -> Option<AnswerDue> {
        match event {
            Event::Data { kind, length, end_of_message } => {
                // While bytes are drained there is no receive that it could end.
                let outcome = Outcome::Piece { piece: Piece { kind, end_of_message }, length };
                self.conclude(ReceiveInput::Piece, outcome);
                None
            }
            Event::Ping(payload) => Some(AnswerDue::Pong(payload)),
            // Others are signs of life, and say nothing: the peer need not answer each of several pings (section 5.5.3).
            Event::Pong(payload) => {
                if self.awaited.take_if(|awaited| **awaited == payload).is_some() {
                    self.conclude(ReceiveInput::Piece, Outcome::Pong(payload));
                }
                None
            }
            Event::Close(close) => {
                self.ending.get_or_insert(Ending::Closed(close));
                self.conclude(ReceiveInput::Close, Outcome::Close(close));
                None
            }
            Event::Failed(fault) => {
                self.ending.get_or_insert(Ending::Failed(fault));
                self.conclude(ReceiveInput::Fault, Outcome::Nothing);
                Some(AnswerDue::Fault(fault))
            }
        }
    }

    /// Ends the receive that waits, if one does.
    fn conclude(&mut self, input: ReceiveInput, outcome: Outcome) {
        if self.state.operation == Receive::Waiting {
            self.outcome = outcome;
        }
        self.input(input);
    }

    /// An input that is always taken.
    fn input(&mut self, input: ReceiveInput) {
        self.state = self.state.after(input).expect("only what the application queues is refused");
    }
}
