//! The sending direction of a connection: the session's write half, payloads, and the memory that frames are made in.
//!
//! Sends are taken from the send queue, what nobody asked for from the receive queue. The exceptions are all in `asked`.

use winws_api::websocket::{Action, BufferType};

use super::mail::Mail;
use super::memory::Room;
use super::{GivenBack, Queue, SendError};
use crate::protocol::{Control, Framer, MAX_CONTROL_FRAME, Piece};
use crate::session::table::{Answer, Operation, Sending};
use crate::session::{AnswerKind, Asked, Due, Offered, WriteHalf};

/// How many sends there may be at once.
const BOUND: usize = 1;

/// How much of a frame is masked at once, in bytes. It is still in the processor's nearest cache when it is written.
const CHUNK: usize = 16 * 1024;

#[derive(Debug)]
pub(super) struct Sends<P> {
    /// A control frame has no payload of the caller's.
    write: WriteHalf<Option<P>>,
    memory: Room,
    /// The queue that has taken what is on offer.
    offered_to: Queue,
    /// Whether the receive queue has the send too.
    ///
    /// It gets it when the send queue is asked while an answer of the receive queue is on its way: there is nothing to do
    /// then, and nobody has to ask the send queue again.
    is_handed_over: bool,
}

impl<P: AsRef<[u8]>> Sends<P> {
    pub(super) const fn new(framer: Framer, memory: Room) -> Self {
        Self { write: WriteHalf::new(framer, BOUND), memory, offered_to: Queue::Send, is_handed_over: false }
    }

    /// Whether nothing goes out any more, and nothing waits to.
    pub(super) const fn is_finished(&self) -> bool {
        self.write.state().is_finished()
    }

    pub(super) fn send(&mut self, piece: Piece, payload: P, mail: &Mail) -> Result<(), GivenBack<SendError, P>> {
        self.take(mail);
        match self.write.admit(piece, payload.as_ref()) {
            Ok(admitted) => {
                admitted.push(Some(payload));
                Ok(())
            }
            Err(error) => Err(GivenBack::new(error, payload)),
        }
    }

    pub(super) fn send_text(&mut self, text: P, mail: &Mail) -> Result<(), GivenBack<SendError, P>>
    where
        P: AsRef<str>,
    {
        self.take(mail);
        match self.write.admit_text(text.as_ref()) {
            Ok(admitted) => {
                admitted.push(Some(text));
                Ok(())
            }
            Err(error) => Err(GivenBack::new(error, text)),
        }
    }

    pub(super) fn send_control(&mut self, control: Control, mail: &Mail) -> Result<(), SendError> {
        self.take(mail);
        self.write.send_control(control, None)
    }

    pub(super) fn abort(&mut self) {
        self.write.abort();
    }

    /// Takes note of what came in.
    pub(super) fn take(&mut self, mail: &Mail) {
        if mail.has_answers() {
            mail.answers().for_each(|answer| self.write.answer(answer));
        }
    }

    /// What a queue has to do for this direction, with the bytes that it may offer made ready.
    #[inline]
    pub(super) fn due(&mut self, queue: Queue, mail: &Mail) -> Action {
        // A direction that sends nothing is asked before every action of the other one.
        if self.write.is_idle() && !mail.has_answers() {
            self.is_handed_over &= queue == Queue::Receive;
            return Action::Nothing;
        }
        self.take(mail);
        // The usual second action of a send: nothing else is there to be offered.
        if queue == Queue::Send && self.write.has_only_ended() {
            self.is_handed_over = false;
            return Action::IndicateSendComplete;
        }
        if self.stage(queue, mail) {
            return Action::SendToNetwork;
        }
        match (queue, self.write.state().operation) {
            (Queue::Send, Operation::Waiting | Operation::InFrame) => {
                self.is_handed_over = true;
                Action::Nothing
            }
            (Queue::Send, Operation::Ended) => {
                self.is_handed_over = false;
                Action::IndicateSendComplete
            }
            (Queue::Receive, Operation::Ended) if self.is_handed_over => Action::IndicateSendComplete,
            (Queue::Send | Queue::Receive, _) => Action::Nothing,
        }
    }

    /// Whether there are bytes that this queue may offer to the network now: only one of them does at a time.
    fn stage(&mut self, queue: Queue, mail: &Mail) -> bool {
        let asked = self.asked(queue);
        match self.write.due(asked) {
            Due::Nothing => return false,
            Due::Offered => return self.offered_to == queue,
            Due::Data => self.write.stage_data(bytes, self.memory.get_mut(0..self.memory.size().min(CHUNK))),
            Due::Control => {
                let room = self.memory.behind_mut(MAX_CONTROL_FRAME);
                let room = room.first_chunk_mut().expect("it is as long as a control frame");
                if let Some(ping) = self.write.stage_control(asked, room) {
                    mail.pinged(ping);
                }
            }
        }
        self.offered_to = queue;
        if self.offered_answer().is_none() {
            self.is_handed_over = queue == Queue::Receive;
        }
        true
    }

    /// What a queue takes from the write half.
    fn asked(&mut self, queue: Queue) -> Asked {
        let Sending { operation, answer, .. } = self.write.state();
        match queue {
            // An answer that a send kept waiting: a program whose receiving thread waits for the network would not ask.
            Queue::Send if operation == Operation::Ended => Asked::Everything,
            Queue::Send => Asked::Operations,
            // The close frame of a fault goes behind a send that waits, which the receive queue takes along.
            Queue::Receive if (answer, operation) == (Answer::Close, Operation::Waiting) => Asked::Everything,
            Queue::Receive if self.is_handed_over => Asked::Everything,
            Queue::Receive => Asked::Answers,
        }
    }

    /// The bytes that are ready: one buffer or two.
    pub(super) fn offered(&self) -> [&[u8]; 2] {
        let Some(Offered { is_control, staged, direct, .. }) = self.write.offered() else {
            return [&[], &[]];
        };
        let staged = if *is_control {
            self.memory.behind(staged.end).get(staged.start..).unwrap_or_default()
        } else {
            self.memory.get(staged.clone())
        };
        let payload = self.write.context().map_or(&[][..], bytes);
        let direct = payload.get(direct.clone()).unwrap_or_default();
        if staged.is_empty() { [direct, &[]] } else { [staged, direct] }
    }

    /// What the bytes on offer are, if no send asked for them: a pong or a close frame.
    pub(super) fn offered_answer(&self) -> Option<BufferType> {
        self.write.offered()?.answer.map(|kind| match kind {
            AnswerKind::Pong => BufferType::PingPong,
            AnswerKind::Close => BufferType::Close,
        })
    }

    /// Records that bytes of what this queue was offered have gone out. Zero, or more than there are, means that the network
    /// is gone.
    pub(super) fn transmitted(&mut self, queue: Queue, count: usize) {
        if self.offered_to == queue {
            self.write.written(count);
        }
    }

    /// Gives up the frame that this queue was offered something of, and with it the direction.
    pub(super) fn cut_short(&mut self, queue: Queue) {
        if self.offered_to == queue && self.write.offered().is_some() {
            self.write.lost();
        }
    }

    /// Ends the operation, and gives its payload back.
    pub(super) fn indicated(&mut self) -> Option<P> {
        let ended = self.write.indicated()?;
        self.is_handed_over = false;
        ended
    }
}

/// The payload of an operation.
#[allow(clippy::ref_option, reason = "it is called with what the session keeps")]
fn bytes<P: AsRef<[u8]>>(payload: &Option<P>) -> &[u8] {
    payload.as_ref().map_or(&[], AsRef::as_ref)
}
