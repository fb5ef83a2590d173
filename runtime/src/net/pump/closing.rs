//! The end of a connection: our close frame out, and the peer's in. First for threads that block, then for tasks.

use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use super::incoming::Reading;
use super::polled::MAX_READS;
use super::{Failure, Pump, now, refusal_of};
use crate::net::times;
use crate::net::{Interest, Waited, trace};
use crate::protocol::{CloseFrame, Control};
use crate::session::{Ending, Refusal};

/// How much is read at once at first while the peer's close frame is waited for, in bytes. It is all that most peers send, and
/// the buffer grows with what comes.
const DRAIN: usize = 4 * 1024;

/// The same after a receive was woken: Linux then tells the peer about free room only when much was read at once (see
/// `draining`).
const WOKEN_DRAIN: usize = 1024 * 1024;

/// A close that a task has begun.
#[derive(Debug, Default)]
pub(crate) struct Closing {
    /// Until when the peer has to answer.
    deadline: Option<Instant>,
    is_draining: bool,
    has_answer: bool,
}

impl Pump {
    /// Sends the close frame unless it is out, takes the reading over, and drops data until the peer's close frame. If that
    /// does not come in time, the connection is aborted (b1.6.17).
    pub(crate) fn close(&self, close: CloseFrame) -> Result<(), Failure> {
        let closed = self.close_in_time(close);
        if closed == Err(Failure::TimedOut) {
            trace::socket("the peer did not answer the close frame in time");
            self.abort();
        }
        closed
    }

    fn close_in_time(&self, close: CloseFrame) -> Result<(), Failure> {
        let deadline = self.close_limit.deadline();
        match self.incoming.begin_closing() {
            Err(Refusal::Busy) => return Err(Failure::InvalidOperation),
            Err(Refusal::Ended) => return Err(refusal_of(self.incoming.ending())),
            Ok(is_receiving) => {
                if is_receiving {
                    self.stream.wake_reader(&self.waker);
                }
            }
        }
        {
            let mut queue = self.outgoing.lock();
            // Shutdown's close frame stands for ours (b1.6.13), and without a stream the reading will say so.
            queue.send_control(Control::Close(close)).ok();
            queue.flush(&self.stream);
        }
        let mut reading = self.incoming.take_over();
        let closed = self.receive_close(&mut reading, deadline);
        reading.finish();
        closed?;
        match self.drain_by(deadline) {
            // The peer has said all it had to say: that it is gone now is no failure (b1.6.22).
            Ok(()) | Err(Failure::Lost) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Drops what comes until the peer's close frame.
    fn receive_close(&self, reading: &mut Reading<'_>, deadline: Option<Instant>) -> Result<(), Failure> {
        let is_woken = self.waker.is_woken();
        reading.drain(if is_woken { WOKEN_DRAIN } else { DRAIN });
        let mut draining = None;
        if is_woken {
            draining = Some(self.stream.draining().map_err(|_| self.lose(reading))?);
        }
        loop {
            self.look(reading, &mut [])?;
            match reading.ending() {
                Some(Ending::Closed(_)) => return Ok(()),
                Some(_) => return Err(refusal_of(reading.ending())),
                None => {}
            }
            let is_pending = self.outgoing.is_pending();
            let read = match &mut draining {
                Some(draining) if is_pending => {
                    let read = reading.read(&mut [], |room| draining.try_read(room).map(now));
                    if matches!(read, Ok(None)) && draining.wait(Interest::ReadOrWrite, deadline).is_err() {
                        return Err(self.lose(reading));
                    }
                    read
                }
                Some(draining) => reading.read(&mut [], |room| draining.read(room, deadline).map(Some)),
                None if is_pending => {
                    if self.stream.wait(Interest::ReadOrWrite, deadline, None).is_err() {
                        return Err(self.lose(reading));
                    }
                    reading.read(&mut [], |room| self.stream.try_read(room).map(now))
                }
                None => reading.read(&mut [], |room| self.stream.read(room, deadline, None).map(Some)),
            };
            if is_pending {
                self.outgoing.lock().flush(&self.stream);
            }
            match read {
                // A peer that sends without a pause must not hold the thread either.
                Ok(_) if deadline.is_some_and(|deadline| deadline <= Instant::now()) => {
                    self.look(reading, &mut [])?;
                    return match reading.ending() {
                        Some(Ending::Closed(_)) => Ok(()),
                        _ => Err(Failure::TimedOut),
                    };
                }
                Ok(None | Some(Waited::Bytes(_) | Waited::TimedOut | Waited::Woken)) => {}
                Ok(Some(Waited::End)) | Err(_) => return Err(self.lose(reading)),
            }
        }
    }

    /// Begins to close: no receive begins any more, and the one under way is to be given up. Whether our close frame could be queued
    /// makes no difference: Shutdown's stands for it (b1.6.13), and without a stream the reading will say so.
    pub(crate) fn begin_close(&self, close: CloseFrame) -> Result<Closing, Failure> {
        match self.incoming.begin_closing() {
            Err(Refusal::Busy) => return Err(Failure::InvalidOperation),
            Err(Refusal::Ended) => return Err(refusal_of(self.incoming.ending())),
            Ok(_) => {}
        }
        let mut queue = self.outgoing.lock();
        queue.send_control(Control::Close(close)).ok();
        queue.flush(&self.stream);
        drop(queue);
        // A frame that a peer does not take ends with the close as well.
        let deadline = self.close_limit.deadline();
        self.limit_sends(deadline);
        Ok(Closing { deadline, ..Closing::default() })
    }

    /// Drops what comes until the peer's close frame, and sends what is queued. If the peer does not answer in time, the connection
    /// is aborted (b1.6.17). No frame of this end may be under way.
    pub(crate) fn poll_close(&self, closing: &mut Closing, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        let closed = ready!(self.poll_close_in_time(closing, context));
        if closed == Err(Failure::TimedOut) {
            trace::socket("the peer did not answer the close frame in time");
            self.abort();
        }
        Poll::Ready(closed)
    }

    fn poll_close_in_time(&self, closing: &mut Closing, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        let deadline = closing.deadline;
        if !closing.has_answer {
            // A receive that has not given up yet has it for a moment only.
            let mut reading = self.incoming.take_over();
            if !std::mem::replace(&mut closing.is_draining, true) {
                reading.drain(DRAIN);
            }
            let answered = ready!(self.poll_answer(&mut reading, deadline, context));
            reading.finish();
            answered?;
            closing.has_answer = true;
        }
        match ready!(self.poll_drained(context)) {
            // The peer has said all it had to say: that it is gone now is no failure (b1.6.22).
            Ok(()) | Err(Failure::Lost) => Poll::Ready(Ok(())),
            Err(failure) => Poll::Ready(Err(failure)),
        }
    }

    fn poll_answer(
        &self,
        reading: &mut Reading<'_>,
        deadline: Option<Instant>,
        context: &Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        let mut reads = 0;
        loop {
            self.look(reading, &mut [])?;
            match reading.ending() {
                Some(Ending::Closed(_)) => return Poll::Ready(Ok(())),
                Some(_) => return Poll::Ready(Err(refusal_of(reading.ending()))),
                None => {}
            }
            // The end of the time may have ended the stream already, in a send before.
            if deadline.is_some_and(|deadline| deadline <= times::now()) {
                return Poll::Ready(Err(Failure::TimedOut));
            }
            if self.is_aborted.load(Ordering::SeqCst) {
                return Poll::Ready(Err(self.lose(reading)));
            }
            match reading.read(&mut [], |room| self.stream.try_read(room).map(now)) {
                Ok(Some(Waited::Bytes(_))) => {}
                Ok(Some(Waited::End)) | Err(_) => return Poll::Ready(Err(self.lose(reading))),
                Ok(_) => {
                    self.outgoing.lock().flush(&self.stream);
                    let is_pending = self.outgoing.is_pending();
                    let interest = if is_pending { Interest::ReadOrWrite } else { Interest::Read };
                    if self.stream.poll_ready(interest, context).is_pending() {
                        if let Some(mut clock) = self.receive_clock()
                            && clock.timer.poll(deadline, context).is_ready()
                        {
                            return Poll::Ready(Err(Failure::TimedOut));
                        }
                        return Poll::Pending;
                    }
                    reads = MAX_READS;
                }
            }
            reads += 1;
            if reads >= MAX_READS {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }
}
