//! Pumps a session over a stream.
//!
//! One thread may send while another one receives. Receiving answers pings; whoever sends writes the answers that are due behind
//! its frame. What both do without waiting stands here, and how they wait in the files below.

mod blocking;
mod closing;
mod incoming;
mod outgoing;
mod polled;
mod silence;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(crate) use self::closing::Closing;
use self::incoming::{Incoming, Reading};
use self::outgoing::Outgoing;
use self::polled::Clocks;
pub(crate) use self::polled::Flight;
use self::silence::Silence;
use super::times::{Limit, Times};
use super::{Stream, Waited, Waker, trace};
use crate::keys;
use crate::protocol::{CloseFrame, Control, Fault, Framer, Piece, Receiver, Role};
use crate::session::{AnswerDue, Ending, Outcome, SendError};

/// Why a call on a connection failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Not in this state of the connection.
    InvalidOperation,
    /// What was given cannot be sent here.
    InvalidParameter,
    /// The peer broke the protocol, now or before.
    Fault(Fault),
    /// The stream has ended or broken.
    Lost,
    /// Another thread closed or aborted the connection.
    Cancelled,
    /// Nothing has come in time. The connection goes on.
    TimedOut,
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Closed | SendError::Busy => Self::InvalidOperation,
            SendError::WrongKind | SendError::InvalidUtf8 => Self::InvalidParameter,
        }
    }
}

/// What a receive gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// A piece of a message, `length` bytes at the start of the buffer.
    Piece { piece: Piece, length: usize },
    /// The peer's close frame.
    Close,
}

/// A connection whose handshake is done.
#[derive(Debug)]
pub(crate) struct Pump {
    role: Role,
    stream: Stream,
    outgoing: Outgoing,
    incoming: Incoming,
    /// Wakes the receiving thread when Close takes the reading over.
    waker: Waker,
    /// Whether the connection was aborted; the stream is shut down just after this is set.
    is_aborted: AtomicBool,
    /// How long a write may wait for the peer to take something.
    send_limit: Limit,
    /// How long a close waits for the peer's close frame.
    close_limit: Limit,
    silence: Silence,
    /// What tasks wait with, if tasks use the connection.
    clocks: OnceLock<Clocks>,
}

impl Pump {
    /// One end over a stream whose handshake is done, with what was read beyond it.
    pub(crate) fn new(role: Role, stream: Stream, read_ahead: &[u8], times: Times) -> Self {
        let framer = match role {
            Role::Client => Framer::client(keys::random),
            Role::Server => Framer::server(),
        };
        Self {
            role,
            stream,
            outgoing: Outgoing::new(framer),
            incoming: Incoming::new(Receiver::new(role), read_ahead),
            waker: Waker::default(),
            is_aborted: AtomicBool::new(false),
            send_limit: Limit::new(times.send),
            close_limit: Limit::new(times.close),
            silence: Silence::new(times.keep_alive),
            clocks: OnceLock::new(),
        }
    }

    /// For closes that begin from now on.
    pub(crate) fn set_close_timeout(&self, limit: Option<Duration>) {
        self.close_limit.set(limit);
    }

    /// For silences that begin from now on.
    pub(crate) fn set_keep_alive(&self, interval: Option<Duration>) {
        self.silence.keep_alive.set(interval);
    }

    /// After how long a silence a receive gives the peer up.
    pub(crate) fn set_peer_timeout(&self, limit: Option<Duration>) {
        self.silence.peer.set(limit);
    }

    /// For waits that begin from now on.
    pub(crate) fn set_send_timeout(&self, limit: Option<Duration>) {
        self.send_limit.set(limit);
    }

    /// The peer's close frame, once a call has read it.
    pub(crate) fn peer_close(&self) -> Option<CloseFrame> {
        match self.incoming.ending() {
            Some(Ending::Closed(close)) => Some(close),
            Some(Ending::Failed(_) | Ending::Lost | Ending::Aborted) | None => None,
        }
    }

    /// Sends the close frame as far as that goes without waiting: the rest goes out with whatever is done next.
    pub(crate) fn shutdown_now(&self, close: CloseFrame) -> Result<(), Failure> {
        let mut queue = self.outgoing.lock();
        queue.send_control(Control::Close(close))?;
        queue.flush(&self.stream);
        Ok(())
    }

    /// Ends the stream without a word (b1.6.19). Calls under way give up, and later ones fail.
    pub(crate) fn abort(&self) {
        if !self.is_aborted.swap(true, Ordering::SeqCst) {
            self.stream.shutdown_both();
        }
    }

    /// Adds to a piece more of the same frame, as far as it goes without waiting. A loss is met again by the next call, which has
    /// nothing to deliver before it.
    fn receive_more(&self, reading: &mut Reading<'_>, buffer: &mut [u8], first: Arrival) -> Result<Arrival, Failure> {
        let Arrival::Piece { mut piece, mut length } = first else {
            // The close frame is Close's, even if it came before this call has noticed that it is to give up (b1.5.3).
            return if self.incoming.is_closing() { Err(Failure::Cancelled) } else { Ok(first) };
        };
        while reading.is_in_frame() && length < buffer.len() && reading.may_have_more() {
            let Some(more) = self.receive_now(reading, &mut buffer[length..])? else { break };
            let Arrival::Piece { piece: last, length: more } = more else { break };
            length += more;
            piece = last;
        }
        Ok(Arrival::Piece { piece, length })
    }

    /// More of what comes, as far as it is there. A loss is nothing yet.
    fn receive_now(&self, reading: &mut Reading<'_>, buffer: &mut [u8]) -> Result<Option<Arrival>, Failure> {
        loop {
            reading.begin();
            if let Some(arrival) = self.look(reading, buffer)? {
                return Ok(Some(arrival));
            }
            match reading.read(buffer, |room| self.stream.try_read(room).map(now)) {
                Ok(Some(Waited::Bytes(_))) => {}
                Ok(_) | Err(_) => return Ok(None),
            }
        }
    }

    /// Looks at the bytes that have come: what they give to the caller, if anything.
    fn look(&self, reading: &mut Reading<'_>, buffer: &mut [u8]) -> Result<Option<Arrival>, Failure> {
        while let Some(answer) = reading.parse(buffer) {
            let mut queue = self.outgoing.lock();
            queue.answer(answer);
            queue.flush(&self.stream);
            if let AnswerDue::Fault(fault) = answer {
                trace::socket("the peer broke the protocol");
                return Err(Failure::Fault(fault));
            }
        }
        Ok(match reading.outcome() {
            Some(Outcome::Piece { piece, length }) => Some(Arrival::Piece { piece, length }),
            Some(Outcome::Close) => Some(Arrival::Close),
            Some(Outcome::Nothing | Outcome::Pong) | None => None,
        })
    }

    /// Ends both directions because the stream has ended.
    fn lose(&self, reading: &mut Reading<'_>) -> Failure {
        let is_aborted = self.is_aborted.load(Ordering::SeqCst);
        reading.lose(is_aborted);
        // A peer that has ended its direction with a word may still read (b8.13).
        if !is_aborted && self.stream.is_half_closed() {
            return Failure::Lost;
        }
        self.outgoing.lock().lose();
        // Wakes a thread that waits to send to a peer that is half gone.
        self.stream.shutdown_both();
        self.loss()
    }

    /// What a refused send is called. The first call after an abort finds the loss, and those after that a closed channel, or
    /// a queue that nobody empties any more.
    fn refused(&self, error: SendError) -> Failure {
        match error {
            SendError::Closed | SendError::Busy if self.is_aborted.load(Ordering::SeqCst) => Failure::Cancelled,
            error => error.into(),
        }
    }

    /// What a loss is called: our own doing, when the connection was aborted (b1.5.4).
    fn loss(&self) -> Failure {
        if self.is_aborted.load(Ordering::SeqCst) { Failure::Cancelled } else { Failure::Lost }
    }
}

/// What a read without waiting gave; `None` when nothing is there.
fn now(read: Option<usize>) -> Option<Waited> {
    read.map(|count| if count == 0 { Waited::End } else { Waited::Bytes(count) })
}

/// What a call is told after the end of the incoming direction. An error sticks (b1.4.21).
const fn refusal_of(ending: Option<Ending>) -> Failure {
    match ending {
        Some(Ending::Closed(_)) | None => Failure::InvalidOperation,
        Some(Ending::Failed(fault)) => Failure::Fault(fault),
        Some(Ending::Lost) => Failure::Lost,
        Some(Ending::Aborted) => Failure::Cancelled,
    }
}
