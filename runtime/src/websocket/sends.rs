//! The sending direction of a connection: the session's write half, payloads, and the memory that frames are made in.
//!
//! Sends are taken from the send queue, what nobody asked for from the receive queue. The one exception is in `asked`.

use winws_api::websocket::{Action, BufferType};

use super::mail::Mail;
use super::memory::Room;
use super::{GivenBack, MAX_OPERATIONS, Queue, SendError};
use crate::protocol::{Control, Framer, MAX_CONTROL_FRAME, Piece};
use crate::session::table::Operation;
use crate::session::{AnswerKind, Asked, Due, Offered, WriteHalf};

/// How much of a frame is masked at once, in bytes. It is still in the processor's nearest cache when it is written.
const CHUNK: usize = 16 * 1024;

#[derive(Debug)]
pub(super) struct Sends<P> {
    /// A control frame may have no payload of the caller's.
    write: WriteHalf<Option<P>>,
    memory: Room,
}

impl<P: AsRef<[u8]>> Sends<P> {
    pub(super) const fn new(framer: Framer, memory: Room) -> Self {
        Self { write: WriteHalf::new(framer, MAX_OPERATIONS), memory }
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

    /// Queues a control frame, with what is given back at its end.
    pub(super) fn send_control(&mut self, control: Control, context: Option<P>, mail: &Mail) -> Result<(), SendError> {
        self.take(mail);
        self.write.send_control(control, context)
    }

    /// What was given with the send that goes out, or whose end is to be indicated.
    pub(super) fn context(&self) -> Option<&P> {
        self.write.context()?.as_ref()
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
    ///
    /// While bytes are out through the other queue, none are offered (b5.8).
    #[inline]
    pub(super) fn due(&mut self, queue: Queue, are_bytes_out: bool, mail: &Mail) -> Action {
        // A direction that sends nothing is asked before every action of the other one.
        if self.write.is_idle() && !mail.has_answers() {
            return Action::Nothing;
        }
        self.take(mail);
        // The usual second action of a send: nothing else is there to be offered.
        let has_only_ended = self.write.has_only_ended();
        if !has_only_ended && !are_bytes_out && self.stage(queue, mail) {
            return Action::SendToNetwork;
        }
        match queue {
            Queue::Send if has_only_ended || self.write.state().operation == Operation::Ended => {
                Action::IndicateSendComplete
            }
            Queue::Send | Queue::Receive => Action::Nothing,
        }
    }

    /// Whether there are bytes that this queue may offer to the network now.
    fn stage(&mut self, queue: Queue, mail: &Mail) -> bool {
        let asked = self.asked(queue);
        match self.write.due(asked) {
            Due::Nothing => return false,
            // An action that was given up: its bytes are offered again, but sends through the send queue alone.
            Due::Offered => return queue == Queue::Send || self.offered_answer().is_some(),
            Due::Data => {
                let memory = self.memory.get_mut(0..self.memory.size().min(CHUNK));
                self.write.stage_data(bytes, memory);
            }
            Due::Control => {
                let room = self.memory.behind_mut(MAX_CONTROL_FRAME);
                let room = room.first_chunk_mut().expect("it is as long as a control frame");
                if let Some(ping) = self.write.stage_control(asked, room) {
                    mail.pinged(ping);
                }
            }
        }
        true
    }

    /// What a queue takes from the write half.
    fn asked(&self, queue: Queue) -> Asked {
        match queue {
            // An answer that a send kept waiting: a program whose receiving thread waits for the network would not ask.
            Queue::Send if self.write.state().operation == Operation::Ended => Asked::Everything,
            Queue::Send => Asked::Operations,
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

    /// Records that bytes of what is on offer have gone out. Zero, or more than there are, means that the network is gone.
    pub(super) fn transmitted(&mut self, count: usize) {
        self.write.written(count);
    }

    /// Ends the operation, and gives its payload back.
    pub(super) fn indicated(&mut self) -> Option<P> {
        self.write.indicated()?
    }
}

/// The payload of an operation.
#[allow(clippy::ref_option, reason = "it is called with what the session keeps")]
fn bytes<P: AsRef<[u8]>>(payload: &Option<P>) -> &[u8] {
    payload.as_ref().map_or(&[], AsRef::as_ref)
}
