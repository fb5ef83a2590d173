//! The sending half: commands in, bytes for the wire out.
//!
//! One frame goes out for each [`send_frame`](Sender::send_frame); pongs and the close frame go between frames.
//! The payload of a data frame stays with the caller and is masked on its way into the output, piece by piece.

use core::fmt;
use std::collections::VecDeque;

use super::frame::{CloseFrame, Control, ControlPayload, MAX_CONTROL_FRAME};
use super::message::{Frame, Framer, MaskKeys, MessageKind};

/// How many pongs wait at most. A peer that sends pings faster than it reads gets the newest answered (section 5.5.3).
const MAX_PONGS: usize = 64;

/// Why a command was refused. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The close frame has been sent, or the connection has failed.
    Closed,
    /// Another frame has not been taken out completely.
    Busy,
    /// Text inside a binary message, or the reverse (b1.3.5).
    WrongKind,
    /// The text is not UTF-8, over all its fragments (b1.3.7).
    InvalidUtf8,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "nothing can be sent any more",
            Self::Busy => "another frame is still being sent",
            Self::WrongKind => "the message under way is of another kind",
            Self::InvalidUtf8 => "the text is not UTF-8",
        })
    }
}

impl core::error::Error for SendError {}

/// The sending half of a connection.
///
/// After every command the caller drains [`poll_transmit`](Self::poll_transmit) and writes what it gave, in that order.
#[derive(Clone, Debug)]
pub struct Sender {
    framer: Framer,
    state: State,
    /// The data frame under way.
    frame: Option<Frame>,
    /// Whether the header of that frame has been taken out.
    in_payload: bool,
    pongs: VecDeque<ControlPayload>,
    close: Option<CloseFrame>,
}

/// Ours alone: the peer's close frame changes nothing here, for we may go on sending after it (b1.3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// Our close frame is queued or out. Pongs may still follow it: section 5.5.1 forbids data only.
    Closed,
    /// The peer broke the protocol: at most the close frame that says so still goes out.
    Failed,
    /// The transport is gone: nothing goes out.
    Lost,
}

#[derive(Clone, Copy, Debug)]
enum Command {
    Close(CloseFrame),
    Fail(CloseFrame),
    Lose,
}

impl Sender {
    /// The sending half of a client, which masks what it sends.
    pub const fn client(keys: MaskKeys) -> Self {
        Self::new(Framer::client(keys))
    }

    /// The sending half of a server, which does not.
    pub const fn server() -> Self {
        Self::new(Framer::server())
    }

    const fn new(framer: Framer) -> Self {
        Self { framer, state: State::Open, frame: None, in_payload: false, pongs: VecDeque::new(), close: None }
    }

    /// Whether data may still be sent.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether the connection was given up, by [`fail`](Self::fail) or [`lose`](Self::lose).
    pub fn has_failed(&self) -> bool {
        matches!(self.state, State::Failed | State::Lost)
    }

    /// Whether a data frame is under way whose payload has not all been taken out.
    pub fn is_in_frame(&self) -> bool {
        self.frame.is_some()
    }

    /// Whether [`poll_transmit`](Self::poll_transmit) has bytes to give even without a payload.
    pub fn has_transmit(&self) -> bool {
        match &self.frame {
            Some(_) => !self.in_payload,
            None => !self.pongs.is_empty() || self.close.is_some(),
        }
    }

    /// Begins one frame of `payload`, which then goes to [`poll_transmit`](Self::poll_transmit) piece by piece.
    ///
    /// It begins a message, or goes on with the one under way, and ends it if `end_of_message`.
    pub fn send_frame(&mut self, kind: MessageKind, end_of_message: bool, payload: &[u8]) -> Result<(), SendError> {
        if self.state != State::Open {
            return Err(SendError::Closed);
        }
        if self.frame.is_some() {
            return Err(SendError::Busy);
        }
        self.frame = Some(self.framer.data(kind, end_of_message, payload)?);
        self.in_payload = false;
        Ok(())
    }

    /// Answers a ping. Dropped when nothing may be sent any more.
    pub fn send_pong(&mut self, payload: ControlPayload) {
        if self.has_failed() {
            return;
        }
        if self.pongs.len() == MAX_PONGS {
            self.pongs.pop_front();
        }
        self.pongs.push_back(payload);
    }

    /// Sends our close frame, after which there is no more data. A message under way stays unfinished (b1.6.18).
    pub fn send_close(&mut self, close: CloseFrame) -> Result<(), SendError> {
        self.transition(Command::Close(close))
    }

    /// Gives the connection up because of what the peer sent, and tells it why unless our close frame is out.
    pub fn fail(&mut self, close: CloseFrame) {
        // Failing twice changes nothing.
        self.transition(Command::Fail(close)).ok();
    }

    /// Gives the connection up because the transport is gone. Nothing is transmitted from now on.
    pub fn lose(&mut self) {
        // Losing twice changes nothing.
        self.transition(Command::Lose).ok();
    }

    /// Appends bytes for the wire to `out` until it holds about `limit`, and says how many bytes of `payload` it took.
    ///
    /// `payload` is what is left of the payload of the frame under way; who has none at hand gives an empty slice, and
    /// then gets what is between frames. Nothing is appended when there is nothing to send.
    pub fn poll_transmit(&mut self, payload: &[u8], out: &mut Vec<u8>, limit: usize) -> usize {
        let taken = self.transmit_frame(payload, out, limit);
        while self.frame.is_none() && out.len() < limit {
            // Pongs first: they answer what came before.
            if let Some(pong) = self.pongs.pop_front() {
                self.transmit_control(&Control::Pong(pong), out);
            } else if let Some(close) = self.close.take() {
                self.transmit_control(&Control::Close(close), out);
            } else {
                break;
            }
        }
        taken
    }

    fn transition(&mut self, command: Command) -> Result<(), SendError> {
        let (state, close) = match (self.state, command) {
            (State::Open, Command::Close(close)) => (State::Closed, Some(close)),
            (State::Open, Command::Fail(close)) => (State::Failed, Some(close)),
            // Ours is out or queued: there is never a second one.
            (State::Closed, Command::Fail(_)) => (State::Failed, self.close),
            (_, Command::Lose) => (State::Lost, None),
            (_, Command::Close(_)) | (State::Failed | State::Lost, Command::Fail(_)) => {
                return Err(SendError::Closed);
            }
        };
        if matches!(state, State::Failed | State::Lost) {
            self.pongs.clear();
        }
        if state == State::Lost {
            self.frame = None;
        }
        self.state = state;
        self.close = close;
        Ok(())
    }

    fn transmit_frame(&mut self, payload: &[u8], out: &mut Vec<u8>, limit: usize) -> usize {
        let Some(frame) = &mut self.frame else {
            return 0;
        };
        if !self.in_payload {
            out.extend_from_slice(frame.header());
            self.in_payload = true;
        }
        let taken = payload.len().min(frame.remaining()).min(limit.saturating_sub(out.len()));
        let start = out.len();
        out.extend_from_slice(&payload[..taken]);
        frame.advance(&mut out[start..]);
        if frame.remaining() == 0 {
            self.frame = None;
        }
        taken
    }

    fn transmit_control(&mut self, control: &Control, out: &mut Vec<u8>) {
        let mut bytes = [0; MAX_CONTROL_FRAME];
        let length = self.framer.control(control, &mut bytes);
        out.extend_from_slice(&bytes[..length]);
    }
}
