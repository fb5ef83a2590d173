//! The sending direction of a session: the one send that is queued, and the frames that nobody asked for.

use core::ops::Range;

use winws_api::websocket::{Action, BufferType};

use super::memory::Memory;
use super::table::{Channel, Direction, SendInput, Step};
use super::{GivenBack, Side};
use crate::protocol::{
    CloseFrame, Control, ControlPayload, Fault, Frame, Framer, MAX_CONTROL_FRAME, MessageKind, SendError,
};

/// How much of a payload is offered at once, in bytes, so that the number of bytes of an action fits into 32 bits.
const MAX_OFFER: usize = 1 << 30;

#[derive(Debug)]
pub(super) struct Outbound<P> {
    framer: Framer,
    direction: Direction,
    operation: Option<Operation<P>>,
    staged: Option<Staged>,
    /// Whether the receive queue has the operation too.
    ///
    /// It gets it when the send queue is asked while an answer of the receive queue is on its way: there is nothing to do
    /// then, and nobody has to ask the send queue again.
    is_handed_over: bool,
    /// The pong for the latest ping, or the close frame for a violation of the protocol: there is one at most.
    ///
    /// A ping that comes while the answer to an earlier one waits takes its place (section 5.5.3).
    answer: Option<Control>,
    /// The payload of the latest ping that went out, until its pong comes.
    awaited: Option<ControlPayload>,
}

#[derive(Debug)]
enum Operation<P> {
    Data {
        payload: P,
        frame: Frame,
        /// How many bytes of the payload were staged; `None` before the header was.
        staged: Option<usize>,
    },
    Control(Option<Control>),
}

/// Bytes for the network that have not all gone out.
#[derive(Debug)]
struct Staged {
    /// From which queue they are taken.
    side: Side,
    /// What it is, if no send asked for it.
    answer: Option<BufferType>,
    /// First these, of the session's memory,
    buffered: Range<usize>,
    /// then these, of the payload.
    direct: Range<usize>,
}

impl Staged {
    fn len(&self) -> usize {
        self.buffered.len() + self.direct.len()
    }
}

impl<P: AsRef<[u8]>> Outbound<P> {
    pub(super) const fn new(framer: Framer) -> Self {
        let direction = Direction::START;
        let (operation, staged, answer, awaited) = (None, None, None, None);
        Self { framer, direction, operation, staged, is_handed_over: false, answer, awaited }
    }

    /// Whether nothing goes out any more, and nothing waits to.
    pub(super) const fn is_finished(&self) -> bool {
        let Direction { channel, step } = self.direction;
        !matches!(channel, Channel::Open)
            && matches!(step, Step::Idle)
            && self.staged.is_none()
            && self.answer.is_none()
    }

    pub(super) fn send(
        &mut self,
        kind: MessageKind,
        end_of_message: bool,
        payload: P,
    ) -> Result<(), GivenBack<SendError, P>> {
        match self.frame(kind, end_of_message, payload.as_ref()) {
            Ok(frame) => self.operation = Some(Operation::Data { payload, frame, staged: None }),
            Err(error) => return Err(GivenBack::new(error, payload)),
        }
        Ok(())
    }

    pub(super) fn send_control(&mut self, control: Control) -> Result<(), SendError> {
        let input = if matches!(control, Control::Close(_)) { SendInput::Close } else { SendInput::Control };
        self.direction = self.direction.sending(input)?;
        self.operation = Some(Operation::Control(Some(control)));
        Ok(())
    }

    /// Answers a ping as soon as a frame may go out.
    pub(super) fn answer(&mut self, pong: Control) {
        if self.direction.channel != Channel::Ended {
            self.answer = Some(pong);
        }
    }

    /// Whether a pong answers our latest ping, and is the first one that does.
    ///
    /// Others are signs of life, and say nothing (section 5.5.3): the peer need not answer each of several pings.
    pub(super) fn is_awaited(&mut self, pong: &ControlPayload) -> bool {
        self.awaited.take_if(|awaited| awaited == pong).is_some()
    }

    /// Tells the peer what it did wrong, unless our close frame says something else already.
    pub(super) fn fail(&mut self, fault: Fault) {
        if self.direction.channel == Channel::Open {
            self.answer = Some(Control::Close(CloseFrame::of_fault(fault)));
        }
        self.input(SendInput::Fault);
    }

    pub(super) fn abort(&mut self) {
        (self.staged, self.answer) = (None, None);
        self.input(SendInput::Abort);
    }

    /// What a side has to do for this direction, with the bytes that it may offer made ready.
    pub(super) fn due(&mut self, side: Side, memory: &mut Memory) -> Action {
        if self.stage(side, memory) {
            return Action::SendToNetwork;
        }
        match (side, self.direction.send_action()) {
            (Side::Send, Action::SendToNetwork) => {
                self.is_handed_over = true;
                Action::Nothing
            }
            (Side::Send, action) => {
                self.is_handed_over = false;
                action
            }
            (Side::Receive, Action::IndicateSendComplete) if self.is_handed_over => Action::IndicateSendComplete,
            (Side::Receive, _) => Action::Nothing,
        }
    }

    /// Whether there are bytes that this side may offer to the network now: only one of them does at a time.
    ///
    /// Answers go between the frames of sends. They are the receive queue's; that of sends has them where a send kept
    /// the other one from offering them.
    fn stage(&mut self, side: Side, memory: &mut Memory) -> bool {
        if let Some(staged) = &self.staged {
            return staged.side == side;
        }
        let step = self.direction.step;
        // Nothing but control frames may follow a close frame (section 5.5.1): a send that waits goes first.
        let goes_first = matches!(self.answer, Some(Control::Close(_))) && self.is_waiting();
        self.is_handed_over |= goes_first && side == Side::Receive;
        let may_answer = !goes_first && !self.is_in_frame() && (side == Side::Receive || step == Step::Ended);
        if let Some(answer) = self.answer.take_if(|_| may_answer) {
            let buffered = self.stage_control(&answer, memory);
            let kind = if matches!(answer, Control::Close(_)) { BufferType::Close } else { BufferType::PingPong };
            self.staged = Some(Staged { side, answer: Some(kind), buffered, direct: 0..0 });
            return true;
        }
        let has_operation = side == Side::Send || self.is_handed_over;
        if !has_operation || step != Step::Moving {
            return false;
        }
        self.is_handed_over = side == Side::Receive;
        let (buffered, direct) = self.stage_operation(memory);
        self.staged = Some(Staged { side, answer: None, buffered, direct });
        true
    }

    /// The bytes that are ready: one buffer or two.
    pub(super) fn offered<'b>(&'b self, memory: &'b Memory) -> [&'b [u8]; 2] {
        let Some(staged) = &self.staged else {
            return [&[], &[]];
        };
        let buffered = memory.get(staged.buffered.clone());
        let direct = match &self.operation {
            Some(Operation::Data { payload, .. }) => payload.as_ref().get(staged.direct.clone()).unwrap_or_default(),
            _ => &[],
        };
        if buffered.is_empty() { [direct, &[]] } else { [buffered, direct] }
    }

    /// What the bytes on offer are, if no send asked for them: a pong or a close frame.
    pub(super) fn offered_answer(&self) -> Option<BufferType> {
        self.staged.as_ref().and_then(|staged| staged.answer)
    }

    /// Counts bytes of what was offered as gone out. None of them, or more than there are, means that the network is gone.
    pub(super) fn transmitted(&mut self, side: Side, mut count: usize) {
        let Some(staged) = self.staged.as_mut().filter(|staged| staged.side == side) else {
            return;
        };
        if count == 0 || count > staged.len() {
            return self.cut_short(side);
        }
        for range in [&mut staged.buffered, &mut staged.direct] {
            let taken = count.min(range.len());
            range.start += taken;
            count -= taken;
        }
        if staged.len() > 0 {
            return;
        }
        let is_answer = staged.answer.is_some();
        self.staged = None;
        if !is_answer && !self.is_in_frame() {
            self.input(SendInput::Sent);
        }
    }

    /// Gives up the frame of which something was offered, and with it this direction.
    pub(super) fn cut_short(&mut self, side: Side) {
        if self.staged.take_if(|staged| staged.side == side).is_some() {
            self.answer = None;
            self.input(SendInput::CutShort);
        }
    }

    /// Ends the operation, and gives its payload back.
    pub(super) fn indicated(&mut self) -> Option<P> {
        if self.direction.step != Step::Ended {
            return None;
        }
        self.input(SendInput::Indicated);
        self.is_handed_over = false;
        match self.operation.take()? {
            Operation::Data { payload, .. } => Some(payload),
            Operation::Control(_) => None,
        }
    }

    /// Begins a frame of data.
    fn frame(&mut self, kind: MessageKind, end_of_message: bool, payload: &[u8]) -> Result<Frame, SendError> {
        let direction = self.direction.sending(SendInput::Data)?;
        let frame = self.framer.data(kind, end_of_message, payload)?;
        self.direction = direction;
        Ok(frame)
    }

    /// Only calls of the application are ever refused.
    fn input(&mut self, input: SendInput) {
        if let Ok(direction) = self.direction.sending(input) {
            self.direction = direction;
        }
    }

    /// Whether there is a send of which nothing was staged.
    fn is_waiting(&self) -> bool {
        let is_untouched = match &self.operation {
            Some(Operation::Data { staged, .. }) => staged.is_none(),
            Some(Operation::Control(control)) => control.is_some(),
            None => false,
        };
        is_untouched && self.direction.step == Step::Moving
    }

    /// Whether a frame has begun and not all of it was staged.
    fn is_in_frame(&self) -> bool {
        match &self.operation {
            Some(Operation::Data { frame, staged: Some(_), .. }) => {
                self.direction.step == Step::Moving && frame.remaining() > 0
            }
            _ => false,
        }
    }

    fn stage_control(&mut self, control: &Control, memory: &mut Memory) -> Range<usize> {
        if let Control::Ping(payload) = control {
            self.awaited = Some(*payload);
        }
        let place = memory.control_frame();
        let mut bytes = [0; MAX_CONTROL_FRAME];
        let length = self.framer.control(control, &mut bytes);
        memory.get_mut(place.clone()).copy_from_slice(&bytes);
        place.start..place.start + length
    }

    fn stage_operation(&mut self, memory: &mut Memory) -> (Range<usize>, Range<usize>) {
        match &mut self.operation {
            Some(Operation::Data { payload, frame, staged }) => stage_data(payload.as_ref(), frame, staged, memory),
            Some(Operation::Control(control)) => match control.take() {
                Some(control) => (self.stage_control(&control, memory), 0..0),
                None => (0..0, 0..0),
            },
            None => (0..0, 0..0),
        }
    }
}

/// Stages a header and what goes behind it: a masked copy of as much payload as there is room for, or the payload itself.
fn stage_data(
    payload: &[u8],
    frame: &mut Frame,
    staged: &mut Option<usize>,
    memory: &mut Memory,
) -> (Range<usize>, Range<usize>) {
    let place = memory.send_buffer();
    let mut end = place.start;
    let header = if staged.is_none() { frame.header() } else { &[] };
    memory.get_mut(end..end + header.len()).copy_from_slice(header);
    end += header.len();
    let at = staged.unwrap_or(0);
    let length = if frame.is_masked() {
        let length = frame.copy(payload.get(at..).unwrap_or_default(), memory.get_mut(end..place.end));
        end += length;
        length
    } else {
        let length = frame.remaining().min(MAX_OFFER);
        frame.skip(length);
        length
    };
    *staged = Some(at + length);
    let direct = if frame.is_masked() { 0..0 } else { at..at + length };
    (place.start..end, direct)
}
