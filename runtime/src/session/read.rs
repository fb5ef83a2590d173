//! The receiving half: what the bytes that have come mean for the receive that waits.

use std::collections::VecDeque;

use super::AnswerDue;
use super::table::{Intake, Receive, ReceiveInput, Receiving, Refusal};
use crate::protocol::{CloseFrame, ControlPayload, Fault, Found, MessageKind, Piece, Receiver};

/// What a receive ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The pong for our ping, whose payload is [`ReadHalf::pong`].
    Pong,
    /// The close frame of the peer, which is in [`ReadHalf::ending`].
    Close,
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
    /// Whether the write half has to know of them: [`ReadHalf::poll_answer`].
    pub is_answer_due: bool,
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
    /// The payload of the pong that a receive ended with.
    pong: Option<Box<ControlPayload>>,
    /// What the write half has to know.
    answer: Option<Box<AnswerDue>>,
}

impl<C> ReadHalf<C> {
    /// A half that has received nothing, with room for `bound` receives at once.
    pub const fn new(receiver: Receiver, bound: usize) -> Self {
        let (state, outcome) = (Receiving::START, Outcome::Nothing);
        Self {
            receiver,
            state,
            bound,
            queue: VecDeque::new(),
            outcome,
            ending: None,
            awaited: None,
            pong: None,
            answer: None,
        }
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
    #[inline]
    pub const fn wants_bytes(&self) -> bool {
        matches!(
            self.state,
            Receiving { operation: Receive::Waiting, .. }
                | Receiving { intake: Intake::Draining, operation: Receive::None }
        )
    }

    /// Whether the receive at the head of the queue has ended.
    #[inline]
    pub const fn has_outcome(&self) -> bool {
        matches!(self.state.operation, Receive::Ended)
    }

    /// What the last receive ended with.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The payload of the pong that the last receive ended with.
    pub fn pong(&self) -> Option<&ControlPayload> {
        self.pong.as_deref()
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
    #[inline]
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
    #[inline]
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
    #[inline]
    pub fn receive_bytes(&mut self, bytes: &mut [u8], mut target: Option<&mut [u8]>) -> Progress {
        let mut taken = 0;
        while taken < bytes.len() && self.wants_bytes() && self.answer.is_none() {
            let rest = &mut bytes[taken..];
            let now = match &mut target {
                Some(target) => self.receiver.receive_bytes(rest, target),
                None => self.receiver.receive_in_place(rest),
            };
            taken += now;
            match self.receiver.poll_found() {
                Some(found) => self.handle(found),
                // A target without room takes nothing.
                None if now == 0 => break,
                None => {}
            }
        }
        Progress { taken, is_answer_due: self.answer.is_some() }
    }

    /// Takes payload of the data frame under way that was read right into the target, and says whether the write half has to
    /// know of it.
    #[inline]
    pub fn receive_payload(&mut self, payload: &mut [u8]) -> bool {
        self.receiver.receive_payload(payload);
        if let Some(found) = self.receiver.poll_found() {
            self.handle(found);
        }
        self.answer.is_some()
    }

    /// What the write half has to know of the bytes that were taken last. No others are taken before.
    pub fn poll_answer(&mut self) -> Option<AnswerDue> {
        self.answer.take().map(|answer| *answer)
    }

    /// Draws the consequences of what bytes meant.
    #[inline]
    fn handle(&mut self, found: Found) {
        match found {
            // While bytes are drained there is no receive that a piece could end.
            Found::Data { piece, length } => self.conclude(ReceiveInput::Piece, Outcome::Piece { piece, length }),
            found => self.handle_other(found),
        }
    }

    fn handle_other(&mut self, found: Found) {
        let control = *self.receiver.control();
        match found {
            Found::Data { .. } => unreachable!("data is handled before"),
            Found::Ping => self.answer = Some(Box::new(AnswerDue::Pong(control))),
            // Others are signs of life, and say nothing: the peer need not answer each of several pings (section 5.5.3).
            Found::Pong => {
                if let Some(awaited) = self.awaited.take_if(|awaited| **awaited == control) {
                    self.pong = Some(awaited);
                    self.conclude(ReceiveInput::Piece, Outcome::Pong);
                }
            }
            Found::Close => match CloseFrame::parse(control.as_bytes()) {
                Ok(close) => {
                    self.ending.get_or_insert(Ending::Closed(close));
                    self.conclude(ReceiveInput::Close, Outcome::Close);
                }
                Err(fault) => self.fail(fault),
            },
            Found::Failed(fault) => self.fail(fault),
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.ending.get_or_insert(Ending::Failed(fault));
        self.conclude(ReceiveInput::Fault, Outcome::Nothing);
        self.answer = Some(Box::new(AnswerDue::Fault(fault)));
    }

    /// Ends the receive that waits, if one does.
    #[inline]
    fn conclude(&mut self, input: ReceiveInput, outcome: Outcome) {
        if self.state.operation == Receive::Waiting {
            self.outcome = outcome;
        }
        self.input(input);
    }

    /// An input that is always taken.
    #[inline]
    fn input(&mut self, input: ReceiveInput) {
        self.state = self.state.after(input).expect("only what the application queues is refused");
    }
}
