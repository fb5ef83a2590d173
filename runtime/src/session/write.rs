//! The sending half: which bytes go out next.

use std::collections::VecDeque;

use super::SendError;
use super::offer::{AnswerDue, AnswerKind, Due, Offered};
use super::table::{Answer, Asked, Command, Operation as Step, Refusal, SendInput, Sending, Source};
use crate::protocol::{
    CloseFrame, Control, ControlPayload, DataOpcode, Frame, Framer, MAX_CONTROL_FRAME, MAX_HEAD, Piece, ReservedBits,
};

/// How much of a payload that is not masked is offered at once, in bytes: all that a buffer of C can hold, so that an offer to
/// C begins with the head of its frame.
const MAX_OFFER: usize = u32::MAX as usize;

/// A piece that may be sent, and the kind of its frame. If it is dropped, nothing has changed.
#[derive(Debug)]
#[must_use = "a piece goes out when it is pushed"]
pub struct Admitted<'w, C> {
    half: &'w mut WriteHalf<C>,
    state: Sending,
    framer: Framer,
    content: Content,
}

impl<C> Admitted<'_, C> {
    /// Queues the piece.
    #[inline]
    pub fn push(self, context: C) {
        let Self { half, state, framer, content } = self;
        (half.state, half.framer) = (state, framer);
        half.queue.push_back(Operation { content, context });
    }
}

/// The sending half of a session.
///
/// A pump asks what is [`due`](Self::due), stages the frame in its own memory, and writes the
/// [`offered`](Self::offered) bytes. An offer ends in one of three ways: [`written`](Self::written) (the other bytes
/// are offered again), [`accepted`](Self::accepted), or [`lost`](Self::lost). After every command the pump asks again.
///
/// `C` is the family's context for an operation. The family keeps the payload in it or beside it.
#[derive(Debug)]
pub struct WriteHalf<C> {
    framer: Framer,
    state: Sending,
    /// How many operations there may be at once.
    bound: usize,
    /// The operations, the one at the head included, until its end was indicated.
    queue: VecDeque<Operation<C>>,
    /// The frame under way, and how many bytes of its payload were staged.
    frame: Option<(Frame, usize)>,
    answer: Option<Control>,
    offered: Option<Offered>,
}

#[derive(Debug)]
struct Operation<C> {
    content: Content,
    context: C,
}

#[derive(Debug)]
enum Content {
    Data { opcode: DataOpcode, is_final: bool, length: usize },
    Control(Box<Control>),
}

impl Content {
    fn command(&self) -> Command {
        match self {
            Self::Data { .. } => Command::Data,
            Self::Control(control) => command(control),
        }
    }
}

impl<C> WriteHalf<C> {
    /// A half that has sent nothing, with room for `bound` operations at once.
    pub const fn new(framer: Framer, bound: usize) -> Self {
        Self { framer, state: Sending::START, bound, queue: VecDeque::new(), frame: None, answer: None, offered: None }
    }

    // Getters.

    /// The state of the direction.
    pub const fn state(&self) -> Sending {
        self.state
    }

    /// Whether there is nothing to offer and nothing to indicate until the next command.
    #[inline]
    pub const fn is_idle(&self) -> bool {
        matches!(self.state, Sending { operation: Step::None, answer: Answer::None, offer: None, .. })
    }

    /// Whether the only thing to do is to indicate the end of the operation.
    #[inline]
    pub const fn has_only_ended(&self) -> bool {
        matches!(self.state, Sending { operation: Step::Ended, answer: Answer::None, offer: None, .. })
    }

    /// The bytes on offer.
    pub const fn offered(&self) -> Option<&Offered> {
        self.offered.as_ref()
    }

    /// The context of the operation at the head of the queue.
    pub fn context(&self) -> Option<&C> {
        self.queue.front().map(|operation| &operation.context)
    }

    /// What the pump has to do next.
    #[inline]
    pub fn due(&self, asked: Asked) -> Due {
        match self.state.due(asked) {
            None => Due::Nothing,
            Some(_) if self.offered.is_some() => Due::Offered,
            Some(Source::Answer) => Due::Control,
            Some(Source::Operation) => match self.queue.front().map(|operation| &operation.content) {
                Some(Content::Control(_)) => Due::Control,
                Some(Content::Data { .. }) => Due::Data,
                None => Due::Nothing,
            },
        }
    }

    // Commands.

    /// Checks that a piece of a message may follow the pieces before it, as one frame. [`push`](Admitted::push) queues
    /// the piece.
    ///
    /// # Errors
    ///
    /// A refused piece changes nothing.
    ///
    /// - [`SendError::Busy`]: the queue is full.
    /// - [`SendError::Closed`]: a close frame was queued, or the direction has ended.
    /// - [`SendError::WrongKind`]: the piece mixes text and binary data in one message.
    /// - [`SendError::InvalidUtf8`]: the text is not UTF-8.
    #[inline]
    pub fn admit(&mut self, piece: Piece, payload: &[u8]) -> Result<Admitted<'_, C>, SendError> {
        let state = self.admitted(Command::Data)?;
        let mut framer = self.framer;
        let opcode = framer.admit(piece, payload)?;
        let content = Content::Data { opcode, is_final: piece.end_of_message, length: payload.len() };
        Ok(Admitted { half: self, state, framer, content })
    }

    /// Checks that a whole text, or the rest of a text, may follow. The text itself is UTF-8 and needs no check.
    ///
    /// # Errors
    ///
    /// The errors of [`admit`](Self::admit).
    #[inline]
    pub fn admit_text(&mut self, text: &str) -> Result<Admitted<'_, C>, SendError> {
        let state = self.admitted(Command::Data)?;
        let mut framer = self.framer;
        let opcode = framer.admit_text()?;
        let content = Content::Data { opcode, is_final: true, length: text.len() };
        Ok(Admitted { half: self, state, framer, content })
    }

    /// Queues a control frame: a ping, an unsolicited pong, or our close frame. No data can follow a close frame.
    ///
    /// # Errors
    ///
    /// [`SendError::Busy`] if the queue is full, and [`SendError::Closed`] if nothing can be sent any more.
    pub fn send_control(&mut self, control: Control, context: C) -> Result<(), SendError> {
        self.state = self.admitted(command(&control))?;
        self.queue.push_back(Operation { content: Content::Control(Box::new(control)), context });
        Ok(())
    }

    /// Records an answer to send. It is sent at the next free place between two frames.
    ///
    /// If the pong for an earlier ping still waits, the pong for the new ping replaces it (section 5.5.3).
    pub fn answer(&mut self, due: AnswerDue) {
        match due {
            AnswerDue::Pong(payload) => self.take_answer(SendInput::Ping, Answer::Pong, Control::Pong(payload)),
            AnswerDue::Fault(fault) => {
                self.take_answer(SendInput::Fault, Answer::Close, Control::Close(CloseFrame::of_fault(fault)));
            }
        }
    }

    /// Sends an unsolicited pong as a sign of life (section 5.5.3), unless a pong is waiting already.
    pub fn keep_alive(&mut self) {
        if self.answer.is_none() {
            self.take_answer(SendInput::KeepAlive, Answer::Pong, Control::Pong(ControlPayload::EMPTY));
        }
    }

    /// Aborts the session: nothing more is sent, and the operations end.
    pub fn abort(&mut self) {
        self.give_up(SendInput::Abort);
    }

    /// Offers bytes of the present data frame: its head, and as much payload as fits into `out`.
    ///
    /// `payload` returns the whole payload of the operation from its context. `out` must have room for at least
    /// [`MAX_HEAD`] bytes. Unmasked payload is offered from its own memory.
    #[inline]
    pub fn stage_data<'s>(&'s mut self, payload: impl FnOnce(&'s C) -> &'s [u8], out: &mut [u8]) {
        let Some(Operation { content: Content::Data { opcode, is_final, length }, context }) = self.queue.front()
        else {
            return;
        };
        let mut end = 0;
        let (frame, at) = match &mut self.frame {
            Some(frame) => frame,
            none => {
                let head = out.first_chunk_mut::<MAX_HEAD>().expect("there is room for a head");
                let (frame, length) = self.framer.begin_frame(*opcode, *is_final, ReservedBits::NONE, *length, head);
                end = length;
                none.insert((frame, 0))
            }
        };
        let start = *at;
        let direct = if frame.is_masked() {
            let copied = frame.copy(payload(context).get(start..).unwrap_or_default(), &mut out[end..]);
            end += copied;
            *at += copied;
            start..start
        } else {
            let length = frame.remaining().min(MAX_OFFER);
            frame.skip(length);
            *at += length;
            start..*at
        };
        self.offered = Some(Offered { is_control: false, answer: None, staged: 0..end, direct });
        self.state = self.state.after(SendInput::Offered(Source::Operation)).expect("an offer is never refused");
    }

    /// Offers the control frame that is due. For a ping it returns the payload, for [`super::ReadHalf::await_pong`].
    pub fn stage_control(&mut self, asked: Asked, out: &mut [u8; MAX_CONTROL_FRAME]) -> Option<ControlPayload> {
        let source = self.state.due(asked)?;
        let (control, answer) = match source {
            Source::Answer => {
                let answer = self.answer.take()?;
                let kind = if matches!(answer, Control::Close(_)) { AnswerKind::Close } else { AnswerKind::Pong };
                (answer, Some(kind))
            }
            Source::Operation => match &self.queue.front()?.content {
                Content::Control(control) => (**control, None),
                Content::Data { .. } => return None,
            },
        };
        let length = self.framer.control(&control, out);
        self.offer(source, Offered { is_control: true, answer, staged: 0..length, direct: 0..0 });
        match control {
            Control::Ping(payload) => Some(payload),
            Control::Pong(_) | Control::Close(_) => None,
        }
    }

    /// Records that `count` bytes of the offer were written. The other bytes are offered again.
    ///
    /// Zero, or more than was offered, means that the connection is lost.
    #[inline]
    pub fn written(&mut self, mut count: usize) {
        let Some(offered) = &mut self.offered else {
            return;
        };
        if count == 0 || count > offered.len() {
            return self.lost();
        }
        for range in [&mut offered.staged, &mut offered.direct] {
            let taken = count.min(range.len());
            range.start += taken;
            count -= taken;
        }
        if offered.len() == 0 {
            self.accepted();
        }
    }

    /// Records that the whole offer counts as written.
    #[inline]
    pub fn accepted(&mut self) {
        if self.offered.take().is_none() {
            return;
        }
        let end_of_frame = self.frame.as_ref().is_none_or(|(frame, _)| frame.remaining() == 0);
        if end_of_frame {
            self.frame = None;
        }
        self.input(SendInput::Written { end_of_frame });
    }

    /// Records that the connection is lost: nothing more is sent, and the operations end.
    pub fn lost(&mut self) {
        self.give_up(SendInput::Lost);
    }

    /// Removes the ended operation from the queue, and returns its context.
    #[inline]
    pub fn indicated(&mut self) -> Option<C> {
        if self.state.operation != Step::Ended {
            return None;
        }
        self.input(SendInput::Indicated);
        let ended = self.queue.pop_front()?;
        if let Some(next) = self.queue.front() {
            let next = next.content.command();
            self.input(SendInput::Next(next));
        }
        Some(ended.context)
    }

    #[inline]
    fn admitted(&self, command: Command) -> Result<Sending, Refusal> {
        // What will never be taken is not told to come again.
        let state = self.state.after(SendInput::Queue(command))?;
        if self.queue.len() >= self.bound { Err(Refusal::Busy) } else { Ok(state) }
    }

    /// Has the table decide whether there is room for an answer.
    fn take_answer(&mut self, input: SendInput, kind: Answer, answer: Control) {
        // The close frame for the first fault says enough.
        let says_why = self.state.answer == Answer::Close;
        self.input(input);
        if self.state.answer == kind && !says_why {
            self.answer = Some(answer);
        }
    }

    #[inline]
    fn offer(&mut self, source: Source, offered: Offered) {
        self.offered = Some(offered);
        self.input(SendInput::Offered(source));
    }

    fn give_up(&mut self, input: SendInput) {
        (self.frame, self.answer, self.offered) = (None, None, None);
        self.input(input);
    }

    /// An input that is always taken.
    #[inline]
    fn input(&mut self, input: SendInput) {
        self.state = self.state.after(input).expect("only what the application queues is refused");
    }
}

const fn command(control: &Control) -> Command {
    match control {
        Control::Close(_) => Command::Close,
        Control::Ping(_) | Control::Pong(_) => Command::Control,
    }
}
