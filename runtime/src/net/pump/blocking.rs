//! Calls that block: they work without waiting first, and wait with no lock held that a thread on the other direction needs.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::incoming::Reading;
use super::outgoing::{self, Progress, Turn};
use super::{Arrival, Failure, Pump, now, refusal_of};
use crate::net::{Interest, Readiness, Wait, Waited, trace};
use crate::protocol::{CloseFrame, Control, Piece, Role};

impl Pump {
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
        self.receive_more(&mut reading, buffer, first)
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

    /// Waits until everything that is queued has gone out.
    fn drain(&self) -> Result<(), Failure> {
        self.drain_by(None)
    }

    pub(super) fn drain_by(&self, deadline: Option<Instant>) -> Result<(), Failure> {
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
}
