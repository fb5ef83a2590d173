//! The receiving half: gives the bytes that have come to the waiting receive.

use std::collections::VecDeque;

use super::AnswerDue;
use super::table::{Intake, Receive, ReceiveInput, Receiving, Refusal};
use crate::protocol::{CloseFrame, ControlPayload, Fault, Found, MessageKind, Piece, Receiver};

/// The result of a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No data: no more bytes came, the peer broke the protocol, or the application cancelled the receive.
    Nothing,
    /// A piece of a message. Its payload is at the start of the target of the receive. Without a target, it is the end
    /// of the bytes that were taken.
    Piece {
        /// Which piece it is.
        piece: Piece,
        /// How many bytes it has.
        length: usize,
    },
    /// The pong for our ping. [`ReadHalf::pong`] has its payload.
    Pong,
    /// The close frame of the peer. [`ReadHalf::ending`] has it.
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
    /// The application aborted the session.
    Aborted,
}

/// How many bytes a call has used, and whether there is an answer to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes were taken. The other bytes belong to the next frames.
    pub taken: usize,
    /// Whether the write half must answer them: see [`ReadHalf::poll_answer`].
    pub is_answer_due: bool,
}

/// The receiving half of a session.
///
/// While [`wants_bytes`](Self::wants_bytes) is true, a pump gives it the bytes that have come. The pump passes answers
/// to the write half, and looks at the [`outcome`](Self::outcome) once the receive has [ended](Self::has_outcome).
///
/// `C` is the family's context for a receive. The family keeps the target of each receive, and passes the target of the
/// first receive in the queue to [`receive_bytes`](Self::receive_bytes).
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

    /// The state of the direction.
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

    /// Whether bytes are wanted: a receive waits for them, or the peer's close frame must still come.
    ///
    /// Other bytes must wait: a ping among them is not answered yet.
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

    /// The result of the last receive.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The payload of the pong that the last receive ended with.
    pub fn pong(&self) -> Option<&ControlPayload> {
        self.pong.as_deref()
    }

    /// The kind of the present message, or `None` between messages.
    pub fn message_kind(&self) -> Option<MessageKind> {
        self.receiver.message_kind()
    }

    /// How many payload bytes of the present data frame have not come yet.
    ///
    /// The pump may read this many bytes from the network directly into the target, and pass them to
    /// [`receive_payload`](Self::receive_payload).
    pub const fn payload_remaining(&self) -> u64 {
        self.receiver.payload_remaining()
    }

    /// How many payload bytes of the present control frame have come. It is 0 outside control frames.
    pub fn control_received(&self) -> usize {
        self.receiver.control_received()
    }

    // Commands.

    /// Queues a receive, which ends with a piece of a message, the peer's close frame, or the pong for our ping.
    ///
    /// # Errors
    ///
    /// [`Refusal::Busy`] if the queue is full, and [`Refusal::Ended`] if nothing more comes.
    #[inline]
    pub fn receive(&mut self, context: C) -> Result<(), Refusal> {
        // What will never be taken is not told to come again.
        let state = self.state.after(ReceiveInput::Queue)?;
        if self.queue.len() >= self.bound {
            return Err(Refusal::Busy);
        }
        self.state = state;
        self.queue.push_back(context);
        Ok(())
    }

    /// Waits for the pong to a ping that is being sent: this pong ends a receive (section 5.5.2). A pong for an earlier
    /// ping does not.
    pub fn await_pong(&mut self, payload: ControlPayload) {
        self.awaited = Some(Box::new(payload));
    }

    /// Ends the waiting receive without data. Other receives may follow.
    pub fn cancel(&mut self) {
        self.input(ReceiveInput::Nothing);
    }

    /// Ends the waiting receive, and drops all data until the peer's close frame.
    pub fn drain(&mut self) {
        self.input(ReceiveInput::Drain);
    }

    /// Records that no more bytes will come. A waiting receive ends.
    pub fn end(&mut self) {
        self.ending.get_or_insert(Ending::Lost);
        self.input(ReceiveInput::End);
    }

    /// Aborts the session. A waiting receive ends.
    pub fn abort(&mut self) {
        self.ending.get_or_insert(Ending::Aborted);
        self.input(ReceiveInput::Abort);
    }

    /// Removes the ended receive from the queue, and returns its context.
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

    /// Takes bytes from the network up to the end of the receive, or up to a frame that the write half must answer.
    ///
    /// Payload goes to the start of `target`. Without a target it is unmasked in place. After [`drain`](Self::drain),
    /// payload is dropped.
    #[inline]
    pub fn receive_bytes(&mut self, bytes: &mut [u8], target: Option<&mut [u8]>) -> Progress {
        let mut target = target.filter(|_| self.state.intake != Intake::Draining);
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

    /// Takes payload of the present data frame that was read directly into the target. Returns whether the write half
    /// must answer it.
    #[inline]
    pub fn receive_payload(&mut self, payload: &mut [u8]) -> bool {
        self.receiver.receive_payload(payload);
        if let Some(found) = self.receiver.poll_found() {
            self.handle(found);
        }
        self.answer.is_some()
    }

    /// The answer that the write half must send for the last bytes. No other bytes are taken before the pump has polled
    /// it.
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
