//! A peer that says what it likes: messages in fragments, pings, a close frame, and sometimes what no peer may say.

use super::draw::Draw;
use super::frame::{Frame, frames};
use super::wire::Wire;

/// What the peer has said, for whoever receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A frame of data, of a text or not.
    Data { is_text: bool, is_last: bool, payload: Vec<u8> },
    /// A close frame with this code.
    Close(u16),
    /// Something that no peer may say.
    Nonsense,
}

/// The peer.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) wire: Wire,
    /// What it has said, apart from pings.
    pub(crate) said: Vec<Said>,
    /// The last ping.
    pub(crate) ping: Option<Vec<u8>>,
    /// Whether a message has begun, and whether that is a text.
    message: Option<bool>,
    spoken: usize,
    /// It said its last word.
    is_done: bool,
    /// It has closed its direction, or reset the connection.
    pub(crate) has_ended: bool,
    pub(crate) has_reset: bool,
}

impl Peer {
    pub(crate) fn new(wire: Wire) -> Self {
        Self {
            wire,
            said: Vec::new(),
            ping: None,
            message: None,
            spoken: 0,
            is_done: false,
            has_ended: false,
            has_reset: false,
        }
    }

    /// Says something. It comes later.
    pub(crate) fn speak(&mut self, draw: &mut Draw) {
        match draw.below(60) {
            _ if self.is_done => {}
            0 | 1 => self.close(draw),
            2 => {
                self.is_done = true;
                self.said.push(Said::Nonsense);
                // An opcode that is reserved (RFC 6455 section 5.2).
                self.wire.post(&Frame::new(true, 3, b"").bytes());
            }
            3..12 => {
                let ping = self.words(draw.below(5));
                self.ping(&ping);
            }
            12 | 13 => self.wire.post(&Frame::new(true, Frame::PONG, b"unasked").bytes()),
            _ => self.say_data(draw),
        }
    }

    pub(crate) fn ping(&mut self, payload: &[u8]) {
        self.wire.post(&Frame::new(true, Frame::PING, payload).bytes());
        self.ping = Some(payload.to_vec());
    }

    fn say_data(&mut self, draw: &mut Draw) {
        let (is_text, opcode) = match self.message {
            Some(is_text) => (is_text, 0),
            None if draw.percent(50) => (true, Frame::TEXT),
            None => (false, Frame::BINARY),
        };
        let is_last = draw.percent(60);
        let length = draw.length();
        let payload = self.words(length);
        self.message = (!is_last).then_some(is_text);
        self.wire.post(&Frame::new(is_last, opcode, &payload).bytes());
        self.said.push(Said::Data { is_text, is_last, payload });
    }

    /// Sends its close frame, unless it did.
    pub(crate) fn close(&mut self, draw: &mut Draw) {
        if !self.is_done {
            self.is_done = true;
            let code = 3000 + u16::try_from(draw.below(1000)).expect("it is small");
            self.wire.post(&Frame::close(code).bytes());
            self.said.push(Said::Close(code));
        }
    }

    /// It sends nothing more, not even what it has said.
    pub(crate) fn end(&mut self) {
        self.has_ended = true;
        self.wire.end();
    }

    pub(crate) fn reset(&mut self) {
        self.has_reset = true;
        self.wire.reset();
    }

    /// Whether it has closed the connection in any way, or said what ends it.
    pub(crate) fn is_over(&self) -> bool {
        self.is_done || self.has_ended || self.has_reset
    }

    /// Whether it has said something that no peer may say.
    pub(crate) fn said_nonsense(&self) -> bool {
        self.said.last() == Some(&Said::Nonsense)
    }

    /// The frames that it has heard.
    pub(crate) fn heard(&self) -> Result<Vec<Frame>, String> {
        Ok(frames(&self.wire.written())?.0)
    }

    /// Whether it has heard the beginning of a frame without its end.
    pub(crate) fn has_heard_half(&self) -> Result<bool, String> {
        Ok(frames(&self.wire.written())?.1 > 0)
    }

    /// Letters that go on from where the last ones ended, so that none can be lost or changed for others.
    fn words(&mut self, length: usize) -> Vec<u8> {
        let from = self.spoken;
        self.spoken += length;
        (from..self.spoken).map(letter).collect()
    }
}

/// A letter of a sequence that does not repeat in steps of a power of two.
fn letter(at: usize) -> u8 {
    b'!' + u8::try_from((at * 7 + at / 89) % 89).expect("it is small")
}
