//! Pumps a session over a stream, in the threads of the callers.
//!
//! One thread may send while another one receives. Each works without waiting first, and waits with no lock held that the other
//! one needs. Receiving answers pings; whoever sends writes the answers that are due behind its frame.

mod answering;
mod closing;
mod exchanging;
mod incoming;
mod outgoing;
mod silence;
mod times;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub(crate) use self::answering::{AnsweringError, receive_request, send_last_response, send_response};
pub(crate) use self::exchanging::{ExchangeFailure, ExchangeLimits, Line, Ways};
use self::incoming::{Incoming, Reading};
use self::outgoing::{Outgoing, Progress, Turn};
use self::silence::Silence;
use self::times::Limit;
pub(crate) use self::times::{Times, after, limit_of, millis_of};
use super::trace;
use super::{Interest, Readiness, Stream, Wait, Waited, Waker};
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

/// A connection whose handshake is done, and whose calls block.
#[derive(Debug)]
pub(crate) struct Blocking {
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
}

impl Blocking {
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

    /// Sends one frame, and returns when the operating system has it all. A send of another thread goes first.
    pub(crate) fn send(&self, piece: Piece, payload: &[u8]) -> Result<(), Failure> {
        // A server's payload is written from where it lies: only the head of its frame is made.
        let made = match self.role {
            Role::Client => payload.len(),
            Role::Server => 0,
        };
        outgoing::with_buffer(made, |buffer| {
            let mut turn = self.outgoing.take_turn(None).ok_or(Failure::TimedOut)?;
            turn.queue().send(piece, payload).map_err(|error| self.refused(error))?;
            self.transmit(&mut turn, payload, buffer, None)?;
            // It is refused as it would have been just after the fault.
            if turn.queue().is_unsent() { Err(Failure::InvalidOperation) } else { Ok(()) }
        })
    }

    /// Receives a piece of one frame into `buffer`, which is not empty. After `deadline` it fails with
    /// [`Failure::TimedOut`] when nothing has come.
    pub(crate) fn receive(&self, buffer: &mut [u8], deadline: Option<Instant>) -> Result<Arrival, Failure> {
        // What had come before an abort is still there to be read.
        if self.is_aborted.load(Ordering::SeqCst) {
            return Err(Failure::Cancelled);
        }
        let mut reading = self.incoming.begin_receive().map_err(refusal_of)?;
        let first = self.receive_next(&mut reading, buffer, deadline)?;
        let Arrival::Piece { mut piece, mut length } = first else {
            // The close frame is Close's, even if it came before this call has noticed that it is to give up (b1.5.3).
            return if self.incoming.is_closing() { Err(Failure::Cancelled) } else { Ok(first) };
        };
        // More of the same frame, as far as it goes without waiting. A loss is met again by the next call, which has
        // nothing to deliver before it.
        while reading.is_in_frame() && length < buffer.len() && reading.may_have_more() {
            let Some(more) = self.receive_now(&mut reading, &mut buffer[length..])? else { break };
            let Arrival::Piece { piece: last, length: more } = more else { break };
            length += more;
            piece = last;
        }
        Ok(Arrival::Piece { piece, length })
    }

    /// Sends the close frame and nothing after it. Receiving goes on.
    pub(crate) fn shutdown(&self, close: CloseFrame) -> Result<(), Failure> {
        self.outgoing.lock().send_control(Control::Close(close)).map_err(|error| self.refused(error))?;
        self.drain().or_else(|failure| match failure {
            // The peer has said all it had to say, and has gone (b1.6.22).
            Failure::Lost if self.peer_close().is_some() => Ok(()),
            failure => Err(failure),
        })
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

    /// The next piece of data or the close frame.
    fn receive_next(
        &self,
        reading: &mut Reading<'_>,
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<Arrival, Failure> {
        let mut is_late = false;
        loop {
            reading.begin();
            if let Some(arrival) = self.look(reading, buffer)? {
                return Ok(arrival);
            }
            // What is there is read after the deadline too, but only once: a peer that sends control frames without a pause
            // would hold the thread for ever.
            if is_late {
                return Err(Failure::TimedOut);
            }
            is_late = deadline.is_some_and(|deadline| deadline <= Instant::now());
            let quiet = self.silence.quiet();
            // Without a deadline no clock is needed: the read itself ends when it was silent for so long.
            let wait = match (deadline, quiet) {
                (Some(deadline), quiet) => Wait::Until(self.silence.until(quiet, deadline)),
                (None, 0) => Wait::Forever,
                (None, millis) => Wait::For { millis },
            };
            let began = deadline.map(|_| Instant::now());
            let read = if self.outgoing.is_pending() {
                // What could not be written at once, a pong for instance, goes out from here.
                let waited = self.stream.wait(Interest::ReadOrWrite, wait.deadline(), Some(&self.waker));
                self.outgoing.lock().flush(&self.stream);
                match waited {
                    Ok(Readiness::Ready) => reading.read(buffer, |room| self.stream.try_read(room).map(now)),
                    Ok(Readiness::TimedOut) => Ok(Some(Waited::TimedOut)),
                    Ok(Readiness::Woken) => Ok(Some(Waited::Woken)),
                    Err(error) => Err(error),
                }
            } else {
                let waker = Some(&self.waker);
                reading.read(buffer, |room| self.stream.read_within(room, wait, waker).map(Some))
            };
            match read {
                Ok(None) => {}
                Ok(Some(Waited::Bytes(_))) => self.silence.ends(),
                Ok(Some(Waited::TimedOut)) => {
                    let quiet = Duration::from_millis(quiet.into());
                    self.give_sign(reading, began.map_or(quiet, |began| began.elapsed()))?;
                    if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                        return Err(Failure::TimedOut);
                    }
                }
                Ok(Some(Waited::Woken)) => return Err(Failure::Cancelled),
                Ok(Some(Waited::End)) | Err(_) => return Err(self.lose(reading)),
            }
        }
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

    /// Waits until everything that is queued has gone out.
    fn drain(&self) -> Result<(), Failure> {
        self.drain_by(None)
    }

    fn drain_by(&self, deadline: Option<Instant>) -> Result<(), Failure> {
        self.transmit(&mut self.outgoing.take_turn(deadline).ok_or(Failure::TimedOut)?, &[], &mut [], deadline)
    }

    /// Writes the frame under way and whatever else is due, waiting where it has to. The lock is free between chunks, for the
    /// sake of the thread that receives, and while this one waits.
    ///
    /// A wait takes as long as the send limit allows, and ends with `deadline`. Then the connection is aborted: a frame that is
    /// cut cannot be mended.
    fn transmit(
        &self,
        turn: &mut Turn<'_>,
        payload: &[u8],
        buffer: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<(), Failure> {
        loop {
            match turn.queue().transmit(&self.stream, payload, buffer) {
                Progress::Drained => return Ok(()),
                Progress::Lost => return Err(self.loss()),
                Progress::More => turn.unlocked(|| {}),
                Progress::Blocked => {
                    let until = self.send_limit.deadline().into_iter().chain(deadline).min();
                    match turn.unlocked(|| self.stream.wait(Interest::Write, until, None)) {
                        Ok(Readiness::Ready | Readiness::Woken) => {}
                        Ok(Readiness::TimedOut) => {
                            trace::socket("the peer took nothing for too long");
                            // Nobody else has the rest of the frame.
                            turn.queue().lose();
                            self.abort();
                            return Err(Failure::TimedOut);
                        }
                        Err(_) => turn.queue().lose(),
                    }
                }
            }
        }
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

/// Writes all bytes, or fails to in time: `false`. `until` says when each wait for room ends.
fn write_all(stream: &Stream, mut bytes: &[u8], until: impl Fn() -> Option<Instant>) -> io::Result<bool> {
    while !bytes.is_empty() || !stream.flush()? {
        match if bytes.is_empty() { None } else { stream.try_write(bytes)? } {
            Some(written) => bytes = &bytes[written..],
            None => match stream.wait(Interest::Write, until(), None)? {
                Readiness::TimedOut => return Ok(false),
                Readiness::Ready | Readiness::Woken => {}
            },
        }
    }
    Ok(true)
}
