//! The sending direction beside the engine: the table says what may go out, RFC 6455 what it looks like.

use std::collections::VecDeque;
use std::sync::LazyLock;

use winws::protocol::{CloseFrame, Control, ControlPayload, MessageKind, Piece};
use winws::session::table::{Answer, Channel, Command, Operation, SendInput, Sending, Source};
use winws::session::{Asked, SendError};

use super::Draw;
use super::wire::{self, Frame};
use crate::session::table;

/// What the application has queued.
#[derive(Debug)]
struct Queued {
    number: usize,
    command: Command,
    frame: Frame,
}

/// What the network may get to see, and who is told what.
#[derive(Debug)]
pub(super) struct Model {
    state: Sending,
    masked: bool,
    bound: usize,
    queue: VecDeque<Queued>,
    /// The message whose pieces are queued.
    message: Option<(MessageKind, Vec<u8>)>,
    /// The frame that nobody asked for.
    answer: Option<Frame>,
    /// The frames that have begun, in order.
    begun: Vec<Frame>,
    /// What has gone out, and where the frame under way ends in it.
    wire: Vec<u8>,
    frame_end: usize,
    queued: usize,
    indicated: usize,
    /// The payload of our latest ping that has begun, and of all that are wholly out.
    pub awaited: Option<Vec<u8>>,
    pub pinged: Vec<Vec<u8>>,
}

fn index(state: Sending) -> usize {
    let offer = state.offer.map_or(0, |source| 1 + source as usize);
    ((state.channel as usize * 5 + state.operation as usize) * 3 + state.answer as usize) * 3 + offer
}

/// The table with an entry for every state, since schedules ask it millions of times.
fn after(state: Sending, input: SendInput) -> Option<Sending> {
    type Rows = Vec<Vec<(SendInput, Option<Sending>)>>;
    static ROWS: LazyLock<Rows> = LazyLock::new(|| {
        let row = |state| table::INPUTS.map(|(input, _)| (input, table::sending_after(state, input))).to_vec();
        table::sending_states().into_iter().map(row).collect()
    });
    ROWS[index(state)].iter().find(|(other, _)| *other == input).expect("the table has every input").1
}

fn due(state: Sending, asked: Asked) -> Option<Source> {
    static ROWS: LazyLock<Vec<[Option<Source>; 3]>> = LazyLock::new(|| {
        let row = |state| [Asked::Everything, Asked::Operations, Asked::Answers].map(|asked| table::due(state, asked));
        table::sending_states().into_iter().map(row).collect()
    });
    ROWS[index(state)][asked as usize]
}

impl Model {
    pub(super) fn new(masked: bool, bound: usize) -> Self {
        Self {
            state: Sending::START,
            masked,
            bound,
            queue: VecDeque::new(),
            message: None,
            answer: None,
            begun: Vec::new(),
            wire: Vec::new(),
            frame_end: 0,
            queued: 0,
            indicated: 0,
            awaited: None,
            pinged: Vec::new(),
        }
    }

    /// Whether bytes are on offer.
    pub(super) const fn is_offering(&self) -> bool {
        self.state.offer.is_some()
    }

    /// Whether the end of an operation is to be indicated.
    pub(super) fn has_ended(&self) -> bool {
        self.state.operation == Operation::Ended
    }

    /// What goes out next.
    pub(super) fn due(&self, asked: Asked) -> Option<Source> {
        due(self.state, asked)
    }

    /// Whether the frame of the operation at the head has begun, and not ended.
    pub(super) fn is_in_frame(&self) -> bool {
        self.state.operation == Operation::InFrame
    }

    /// Whether the operation at the head sends this.
    pub(super) fn has_sent(&self, payload: &[u8]) -> bool {
        self.queue.front().is_some_and(|queued| queued.frame.payload == payload)
    }

    /// The frame that began last.
    pub(super) fn begun(&self) -> Option<&Frame> {
        self.begun.last()
    }

    fn input(&mut self, input: SendInput) {
        self.state = after(self.state, input).expect("only what the application queues is refused");
    }

    fn queue(&mut self, command: Command, frame: Frame) -> Result<usize, SendError> {
        let state = after(self.state, SendInput::Queue(command)).ok_or(SendError::Closed)?;
        if self.queue.len() >= self.bound {
            return Err(SendError::Busy);
        }
        self.state = state;
        let number = self.queued;
        self.queue.push_back(Queued { number, command, frame });
        self.queued += 1;
        Ok(number)
    }

    /// The application sends a piece: its number, or why it is refused.
    pub(super) fn send(&mut self, piece: Piece, payload: &[u8]) -> Result<usize, SendError> {
        let (opcode, mut whole) = match &self.message {
            Some((_, sent)) => (0x00, sent.clone()),
            None => (if piece.kind == MessageKind::Text { 0x01 } else { 0x02 }, Vec::new()),
        };
        let is_other = self.message.as_ref().is_some_and(|(kind, _)| *kind != piece.kind);
        whole.extend_from_slice(payload);
        let is_text = match str::from_utf8(&whole) {
            Ok(_) => true,
            Err(error) => error.error_len().is_none() && !piece.end_of_message,
        };
        let refusal = match piece.kind {
            _ if is_other => Some(SendError::WrongKind),
            MessageKind::Text if !is_text => Some(SendError::InvalidUtf8),
            _ => None,
        };
        let first = opcode | if piece.end_of_message { 0x80 } else { 0 };
        let before = (self.state, self.queued);
        let number = self.queue(Command::Data, Frame { first, payload: payload.to_vec() })?;
        if let Some(refusal) = refusal {
            (self.state, self.queued) = before;
            self.queue.pop_back();
            return Err(refusal);
        }
        self.message = (!piece.end_of_message).then_some((piece.kind, whole));
        Ok(number)
    }

    /// The application sends a control frame.
    pub(super) fn send_control(&mut self, control: &Control) -> Result<usize, SendError> {
        let (command, first, payload) = match control {
            Control::Ping(payload) => (Command::Control, 0x89, payload.as_bytes()),
            Control::Pong(payload) => (Command::Control, 0x8a, payload.as_bytes()),
            Control::Close(close) => (Command::Close, 0x88, close.payload()),
        };
        self.queue(command, Frame { first, payload: payload.to_vec() })
    }

    /// A ping came in: the newest one is answered (section 5.5.3).
    pub(super) fn ping(&mut self, payload: &[u8]) {
        let is_taken = after(Sending { answer: Answer::None, ..self.state }, SendInput::Ping)
            .is_some_and(|after| after.answer != Answer::None);
        self.input(SendInput::Ping);
        if is_taken && self.state.answer == Answer::Pong {
            self.answer = Some(Frame { first: 0x8a, payload: payload.to_vec() });
        }
    }

    /// It is time for a sign of life.
    pub(super) fn keep_alive(&mut self) {
        let before = self.state;
        self.input(SendInput::KeepAlive);
        if self.state != before {
            self.answer = Some(Frame { first: 0x8a, payload: Vec::new() });
        }
    }

    /// The peer broke the protocol, and is told so with this code.
    pub(super) fn fault(&mut self, code: u16) {
        let before = self.state;
        self.input(SendInput::Fault);
        if self.state.answer != before.answer {
            self.answer = Some(Frame { first: 0x88, payload: code.to_be_bytes().to_vec() });
        }
    }

    /// Nothing goes out any more.
    pub(super) fn lost(&mut self) {
        self.input(SendInput::Lost);
    }

    /// The application gives the session up.
    pub(super) fn abort(&mut self) {
        self.input(SendInput::Abort);
    }

    /// Bytes of this source were put on offer.
    pub(super) fn offered(&mut self, source: Source) {
        assert_eq!(self.state.offer, None, "one offer at a time");
        let begins =
            source == Source::Answer || matches!(self.state.operation, Operation::Waiting | Operation::Closing);
        self.input(SendInput::Offered(source));
        if !begins {
            return;
        }
        assert_eq!(self.frame_end, self.wire.len(), "section 5.4: frames are not interleaved");
        let frame = match source {
            Source::Answer => self.answer.take().expect("an answer is due"),
            Source::Operation => self.queue.front().expect("an operation waits").frame.clone(),
        };
        if frame.first == 0x89 {
            self.awaited = Some(frame.payload.clone());
        }
        self.frame_end += frame.length(self.masked);
        self.begun.push(frame);
    }

    /// Of the bytes on offer these have gone out, which may be all of them.
    pub(super) fn written(&mut self, bytes: &[u8], is_all: bool) {
        self.wire.extend_from_slice(bytes);
        assert!(self.wire.len() <= self.frame_end, "bytes that belong to no frame");
        let end_of_frame = self.wire.len() == self.frame_end;
        assert!(is_all || !end_of_frame, "the frame is longer than what was offered of it");
        if !is_all {
            return;
        }
        self.input(SendInput::Written { end_of_frame });
        if let (true, Some(frame)) = (end_of_frame, self.begun.last().filter(|frame| frame.first == 0x89)) {
            self.pinged.push(frame.payload.clone());
        }
    }

    /// The end of the operation at the head was indicated: which one it is.
    pub(super) fn indicated(&mut self) -> Option<usize> {
        if !self.has_ended() {
            return None;
        }
        self.input(SendInput::Indicated);
        let ended = self.queue.pop_front().expect("an operation has ended");
        assert_eq!(ended.number, self.indicated, "each send ends once, in the order of the queue");
        self.indicated += 1;
        if let Some(next) = self.queue.front() {
            let command = next.command;
            self.input(SendInput::Next(command));
        }
        Some(ended.number)
    }

    /// Reads the whole wire.
    pub(super) fn check_wire(&self) {
        let (frames, cut) = wire::parse(&self.wire, self.masked);
        wire::check(&frames);
        let (whole, rest) = self.begun.split_at(frames.len());
        assert_eq!(frames, whole, "what was sent is what went out, in its order");
        assert!(rest.len() <= 1, "frames are not interleaved");
        if let Some(cut) = cut {
            assert_eq!(cut.first, rest[0].first);
            assert!(rest[0].payload.starts_with(&cut.payload), "a frame that is cut is the start of what was sent");
        }
    }

    /// Demands that nothing is left to do: everything that was queued has ended, and its frames are whole on the wire.
    pub(super) fn check_end(&self) {
        self.check_wire();
        assert_eq!(self.indicated, self.queued, "each send ends");
        assert_eq!(self.due(Asked::Everything), None);
        if self.state.channel != Channel::Lost {
            assert_eq!(self.wire.len(), self.frame_end, "frames are whole");
        }
    }
}

/// A piece that may or may not follow the pieces before it.
pub(super) fn piece(draw: &mut Draw) -> (Piece, Vec<u8>) {
    let texts: [&[u8]; 8] = [b"", b"a", b"\xc3", b"\xa4", b"\xff", "häß".as_bytes(), b"\xf0\x9f\x98", b"\x80"];
    let kind = if draw.one_in(2) { MessageKind::Text } else { MessageKind::Binary };
    let payload = match kind {
        MessageKind::Text => draw.of(&texts).to_vec(),
        MessageKind::Binary => {
            let length = draw.of(&[0, 1, 7, 30, 124, 125, 126, 300]);
            vec![u8::try_from(draw.below(256)).expect("a byte"); length]
        }
    };
    (Piece { kind, end_of_message: draw.one_in(2) }, payload)
}

/// A ping, a pong or, now and then, a close frame. None carries what another one does.
pub(super) fn control(draw: &mut Draw, count: usize) -> Control {
    let payload = ControlPayload::new(format!("out {count}").as_bytes()).expect("it is short");
    match draw.below(8) {
        0..4 => Control::Ping(payload),
        4..7 => Control::Pong(payload),
        _ => Control::Close(CloseFrame::new(1000, b"bye").expect("it is a good one")),
    }
}
