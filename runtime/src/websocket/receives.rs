//! The receiving direction of a connection: the session's read half, the caller's buffer, and the bytes that were not
//! looked at yet.

use core::ops::Range;
use std::collections::VecDeque;

use winws_api::websocket::Action;

use super::mail::Mail;
use super::memory::Room;
use super::{GivenBack, MAX_OPERATIONS, Received, Refusal};
use crate::protocol::{CloseFrame, ControlPayload, Fault, Piece, Receiver};
use crate::session::table::{Intake, Receive};
use crate::session::{AnswerDue, Ending, Outcome, Progress, ReadHalf};

#[derive(Debug)]
pub(super) struct Receives<B> {
    read: ReadHalf<()>,
    memory: Room,
    /// The callers' buffers, one for each receive of the read half. Without one, or into an empty one, data is lent from the
    /// receive buffer.
    targets: VecDeque<Option<B>>,
    /// The bytes of the receive buffer that have come and were not looked at.
    unread: Range<usize>,
    /// Where in the receive buffer what the receive ended with lies, if not in the caller's buffer.
    lent: Range<usize>,
    /// A violation that is still to be reported.
    fault: Option<Fault>,
    /// Whether bytes that were read right into the caller's buffer led to something for the sending direction.
    is_answer_due: bool,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Receives<B> {
    pub(super) const fn new(receiver: Receiver, memory: Room) -> Self {
        Self {
            read: ReadHalf::new(receiver, MAX_OPERATIONS),
            memory,
            targets: VecDeque::new(),
            unread: 0..0,
            lent: 0..0,
            fault: None,
            is_answer_due: false,
        }
    }

    /// Whether no receive can be queued any more.
    pub(super) fn has_ended(&self) -> bool {
        self.read.state().intake != Intake::Open
    }

    /// Whether nothing comes any more, and nothing is to be indicated.
    pub(super) const fn is_finished(&self) -> bool {
        self.read.state().is_finished()
    }

    pub(super) fn receive(&mut self) -> Result<(), Refusal> {
        self.read.receive(())?;
        self.targets.push_back(None);
        Ok(())
    }

    pub(super) fn receive_into(&mut self, target: B) -> Result<(), GivenBack<Refusal, B>> {
        if let Err(refusal) = self.read.receive(()) {
            return Err(GivenBack::new(refusal, target));
        }
        self.targets.push_back(Some(target));
        Ok(())
    }

    /// The caller's buffer of the receive that waits, or whose end is to be indicated.
    pub(super) fn context(&self) -> Option<&B> {
        self.targets.front()?.as_ref()
    }

    /// The same, if payload goes there. A buffer without room would never take anything.
    fn target(&self) -> Option<&[u8]> {
        self.context().map(AsRef::as_ref).filter(|target| !target.is_empty())
    }

    pub(super) fn abort(&mut self) {
        self.fault = None;
        self.read.abort();
    }

    /// What is to be done for this direction, once the bytes that have come were looked at.
    ///
    /// `None` says that the sending direction has something new, and that this one is to be asked again.
    #[inline]
    pub(super) fn due(&mut self, mail: &Mail) -> Option<Action> {
        if let Some(ping) = mail.ping() {
            self.read.await_pong(ping);
        }
        if self.read.state().operation == Receive::Waiting && !self.unread.is_empty() && self.parse() {
            self.hand_over(mail);
            return None;
        }
        Some(match self.read.state().operation {
            Receive::None => Action::Nothing,
            Receive::Waiting => Action::ReceiveFromNetwork,
            Receive::Ended => Action::IndicateReceiveComplete,
        })
    }

    /// Takes the violation that is still to be reported.
    pub(super) const fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// Where bytes from the network are to be put, once all that have come were looked at.
    ///
    /// Payload goes right into the caller's buffer, and into the receive buffer only what comes behind it. From memory of the
    /// caller's nothing but that memory is lent (b5.1).
    pub(super) fn offered(&mut self) -> [&mut [u8]; 2] {
        let [direct, behind] = self.room();
        let start = self.start();
        let buffer = self.memory.get_mut(start..start + behind);
        match self.targets.front_mut() {
            // A buffer that has changed its length is offered as nothing.
            Some(Some(target)) if direct > 0 => [target.as_mut().get_mut(..direct).unwrap_or_default(), buffer],
            _ => [buffer, &mut []],
        }
    }

    /// How many bytes there is room for: in the caller's buffer, and in the receive buffer.
    pub(super) fn room(&self) -> [usize; 2] {
        let remaining = usize::try_from(self.read.payload_remaining()).unwrap_or(usize::MAX);
        let direct = match self.target() {
            Some(target) if !self.memory.is_lent() => remaining.min(target.len()),
            _ => 0,
        };
        // Behind those there is no payload of the frame under way, or there is no other place for it.
        let behind = direct == 0 || remaining == direct;
        [direct, if behind { self.memory.size() - self.start() } else { 0 }]
    }

    /// Where in the receive buffer the next bytes go. What has come of a control frame would fit before them: its payload is
    /// put together there, in front of the bytes that follow it.
    fn start(&self) -> usize {
        self.read.control_received()
    }

    /// Records that bytes have come. None of them, or more than there is room for, ends the receive.
    pub(super) fn arrived(&mut self, count: usize, mail: &Mail) {
        if self.read.state().operation != Receive::Waiting {
            return;
        }
        let [direct, behind] = self.room();
        if count == 0 || count > direct + behind {
            return self.read.cancel();
        }
        let length = count.min(direct);
        let start = self.start();
        self.unread = start..start + count - length;
        let Some(Some(target)) = self.targets.front_mut().filter(|_| length > 0) else {
            return;
        };
        match target.as_mut().get_mut(..length) {
            Some(payload) => {
                if self.read.receive_payload(payload) {
                    self.hand_over(mail);
                    self.is_answer_due = true;
                }
            }
            // The buffer is shorter to be written than it was said to be: what came for it is gone.
            None => self.read.end(),
        }
    }

    /// Whether the sending direction was told something that its own user was not told of yet.
    pub(super) const fn take_answer_due(&mut self) -> bool {
        core::mem::replace(&mut self.is_answer_due, false)
    }

    /// Ends the receive, and this direction, because no more bytes will come.
    pub(super) fn end(&mut self) {
        self.read.end();
    }

    /// What the receive ended with.
    pub(super) fn received(&self) -> Received<'_> {
        match self.read.outcome() {
            Outcome::Nothing => Received::Nothing { kind: self.read.message_kind() },
            Outcome::Piece { piece: Piece { kind, end_of_message }, length } => {
                let payload = match self.target() {
                    Some(target) => target.get(..length).unwrap_or_default(),
                    None => self.memory.get(self.lent.clone()),
                };
                Received::Data { kind, end_of_message, payload }
            }
            Outcome::Pong => Received::Pong { payload: self.memory.get(self.lent.clone()) },
            Outcome::Close => Received::Close { close: self.close(), payload: self.memory.get(self.lent.clone()) },
        }
    }

    /// Ends the operation, and gives the caller's buffer back.
    pub(super) fn indicated(&mut self) -> Option<B> {
        self.read.indicated()?;
        self.targets.pop_front()?
    }

    /// Has the sending direction told what the bytes meant to it.
    fn hand_over(&mut self, mail: &Mail) {
        let Some(answer) = self.read.poll_answer() else { return };
        if let AnswerDue::Fault(fault) = answer {
            self.fault = Some(fault);
        }
        mail.answer(answer);
    }

    /// Looks at bytes that have come, up to the end of the receive, and says whether the sending direction has something new.
    #[inline]
    fn parse(&mut self) -> bool {
        let has_target = self.target().is_some();
        let bytes = self.memory.get_mut(self.unread.clone());
        let target = match self.targets.front_mut() {
            Some(Some(target)) if has_target => Some(target.as_mut()),
            _ => None,
        };
        let Progress { taken, is_answer_due } = self.read.receive_bytes(bytes, target);
        self.unread.start += taken;
        if self.read.state().operation == Receive::Waiting && !is_answer_due && !self.unread.is_empty() {
            // A buffer without room, whatever it was when it was lent, would never take the rest.
            self.read.end();
        }
        match self.read.outcome() {
            Outcome::Nothing => {}
            Outcome::Piece { length, .. } => {
                if !has_target {
                    self.lent = self.unread.start - length..self.unread.start;
                }
            }
            Outcome::Pong => {
                let pong = self.read.pong().map_or(&[][..], ControlPayload::as_bytes);
                self.lent = self.unread.start - pong.len()..self.unread.start;
                self.memory.get_mut(self.lent.clone()).copy_from_slice(pong);
            }
            Outcome::Close => {
                // Nothing that comes behind a close frame means anything.
                self.unread = 0..0;
                let close = self.close();
                self.lent = 0..close.payload().len();
                self.memory.get_mut(self.lent.clone()).copy_from_slice(close.payload());
            }
        }
        is_answer_due
    }

    /// The close frame that the receive ended with.
    const fn close(&self) -> CloseFrame {
        match self.read.ending() {
            Some(Ending::Closed(close)) => close,
            _ => CloseFrame::EMPTY,
        }
    }
}
