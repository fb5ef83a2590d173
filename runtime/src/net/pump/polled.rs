//! Calls that do not wait: what they can do at once is done, and for the rest their task is woken.
//!
//! The stream says when a try is worth it, so a task that is woken early finds out without a system call. Each kind of call is made
//! by one task at a time; its owner sees to that.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use super::incoming::Reading;
use super::outgoing::{self, Progress};
use super::{Arrival, Failure, Pump, now, refusal_of};
use crate::net::reactor::{Lease, Timer};
use crate::net::times::{self, Due};
use crate::net::{Interest, Waited, trace};
use crate::protocol::{CloseFrame, Control, Piece, Role};

/// How often a task reads before it lets others go on.
pub(super) const MAX_READS: u32 = 64;

/// What the tasks of a connection wait with.
#[derive(Debug)]
pub(super) struct Clocks {
    receive: Mutex<ReceiveClock>,
    send: Mutex<SendClock>,
}

#[derive(Debug)]
pub(super) struct ReceiveClock {
    pub(super) timer: Timer,
    /// Whether bytes have come since `since`.
    has_bytes: bool,
    /// From when on the present silence counts.
    since: Instant,
}

#[derive(Debug)]
struct SendClock {
    timer: Timer,
    /// Until when the peer has to take something.
    until: Due,
    /// Until when a close has to be done, which cannot wait for a send for ever.
    close_by: Option<Instant>,
    /// Wakes all who wait for that: the one that waited last may have given up.
    waker: Waker,
}

/// A frame that is being sent.
#[derive(Debug, Default)]
pub(crate) struct Flight {
    /// Bytes that were made and that the stream has not taken, with the places that the engine knows.
    made: Vec<u8>,
}

impl Clocks {
    fn new(lease: &Arc<Lease>, writers: Waker) -> Self {
        let receive = ReceiveClock { timer: lease.timer(), has_bytes: true, since: times::now() };
        let send = SendClock { timer: lease.timer(), until: Due::Unset, close_by: None, waker: writers };
        Self { receive: Mutex::new(receive), send: Mutex::new(send) }
    }
}

impl Pump {
    /// Has the reactor wake the tasks that use the connection. From then on no call may block.
    pub(crate) fn register(&self, lease: &Arc<Lease>) -> std::io::Result<()> {
        self.stream.register(lease)?;
        self.clocks.get_or_init(|| Clocks::new(lease, self.stream.writers()));
        Ok(())
    }

    /// Begins a frame, of which no byte need go out. [`poll_send`](Self::poll_send) must be called until it is ready.
    pub(crate) fn begin_send(&self, piece: Piece, payload: &[u8]) -> Result<Flight, Failure> {
        self.outgoing.lock().begin(piece, payload).map_err(|error| self.refused(error))?;
        Ok(Flight::default())
    }

    /// Sends on. It is ready when the operating system has the whole frame.
    pub(crate) fn poll_send(
        &self,
        flight: &mut Flight,
        payload: &[u8],
        context: &Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        if flight.made.is_empty() {
            // A server's payload is written from where it lies: only the head of its frame is made.
            let made = match self.role {
                Role::Client => payload.len(),
                Role::Server => 0,
            };
            flight.made = outgoing::take_buffer(made);
        }
        let sent = self.poll_transmit(payload, &mut flight.made, context);
        if sent.is_ready() {
            outgoing::give_buffer(std::mem::take(&mut flight.made));
        }
        sent
    }

    fn poll_transmit(&self, payload: &[u8], made: &mut [u8], context: &Context<'_>) -> Poll<Result<(), Failure>> {
        loop {
            let mut queue = self.outgoing.lock();
            // The stream may not have said so yet.
            if self.is_aborted.load(Ordering::SeqCst) {
                queue.lose();
            }
            let progress = queue.transmit(&self.stream, payload, made);
            self.outgoing.is_waited_for();
            match progress {
                Progress::Lost => {
                    queue.finish(&self.stream);
                    return Poll::Ready(Err(self.loss()));
                }
                _ if queue.is_out(&self.stream) => {
                    let is_unsent = queue.is_unsent();
                    queue.finish(&self.stream);
                    drop(queue);
                    self.note_progress();
                    // What found no room behind the frame, a pong for instance, is for whoever receives.
                    if self.outgoing.is_pending() {
                        self.wake_receiver();
                    }
                    // It is refused as it would have been just after the fault.
                    return Poll::Ready(if is_unsent { Err(Failure::InvalidOperation) } else { Ok(()) });
                }
                Progress::More | Progress::Drained => self.note_progress(),
                Progress::Blocked => {
                    drop(queue);
                    ready!(self.poll_room(context))?;
                }
            }
        }
    }

    /// Waits for room to write. It fails when the peer takes nothing for too long: then the connection is aborted.
    fn poll_room(&self, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        if self.stream.poll_ready(Interest::Write, context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        let Some(mut clock) = self.send_clock() else { return Poll::Pending };
        let SendClock { timer, until, close_by, waker } = &mut *clock;
        let until = until.get_or_set(|| self.send_limit.deadline()).into_iter().chain(*close_by).min();
        ready!(timer.poll(until, &Context::from_waker(waker)));
        drop(clock);
        trace::socket("the peer took nothing for too long");
        self.outgoing.lock().lose();
        self.abort();
        Poll::Ready(Err(Failure::TimedOut))
    }

    /// No wait for room takes longer than this from now on. Whoever closes polls a send that waits already: nobody is woken here, for
    /// a lane is locked while its operation begins.
    pub(super) fn limit_sends(&self, deadline: Option<Instant>) {
        if let Some(mut clock) = self.send_clock() {
            clock.close_by = deadline;
        }
    }

    /// The peer has taken something: the next wait has its own time.
    fn note_progress(&self) {
        if let Some(mut clock) = self.send_clock()
            && clock.until.is_set()
        {
            clock.until = Due::Unset;
            clock.timer.clear();
        }
    }

    /// Queues the close frame, and nothing can be sent behind it. [`poll_drained`](Self::poll_drained) says when it is out.
    pub(crate) fn begin_shutdown(&self, close: CloseFrame) -> Result<(), Failure> {
        let mut queue = self.outgoing.lock();
        queue.send_control(Control::Close(close)).map_err(|error| self.refused(error))?;
        queue.flush(&self.stream);
        Ok(())
    }

    /// Waits until everything that is queued is out.
    pub(crate) fn poll_shutdown(&self, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        self.poll_drained(context).map(|drained| match drained {
            // The peer has said all it had to say, and has gone (b1.6.22).
            Err(Failure::Lost) if self.peer_close().is_some() => Ok(()),
            drained => drained,
        })
    }

    pub(super) fn poll_drained(&self, context: &Context<'_>) -> Poll<Result<(), Failure>> {
        loop {
            let mut queue = self.outgoing.lock();
            if self.is_aborted.load(Ordering::SeqCst) {
                queue.lose();
            }
            match queue.transmit(&self.stream, &[], &mut []) {
                Progress::Drained => return Poll::Ready(Ok(())),
                Progress::Lost => return Poll::Ready(Err(self.loss())),
                Progress::More => self.note_progress(),
                Progress::Blocked => {
                    drop(queue);
                    ready!(self.poll_room(context))?;
                }
            }
        }
    }

    /// Whether a receive may begin.
    pub(crate) fn may_receive(&self) -> Result<(), Failure> {
        match self.incoming.ending() {
            _ if self.is_aborted.load(Ordering::SeqCst) => Err(Failure::Cancelled),
            _ if self.incoming.is_closing() => Err(Failure::InvalidOperation),
            Some(ending) => Err(refusal_of(Some(ending))),
            None => Ok(()),
        }
    }

    /// Receives a piece of one frame into `buffer`, which is not empty. After `deadline` it fails with [`Failure::TimedOut`] when
    /// nothing has come. A receive that is given up loses nothing.
    pub(crate) fn poll_receive(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
        context: &Context<'_>,
    ) -> Poll<Result<Arrival, Failure>> {
        if self.is_aborted.load(Ordering::SeqCst) || self.incoming.is_closing() {
            return Poll::Ready(Err(Failure::Cancelled));
        }
        let mut reading = match self.incoming.begin_receive() {
            Ok(reading) => reading,
            // Close has taken the reading over just now.
            Err(_) if self.incoming.is_closing() => return Poll::Ready(Err(Failure::Cancelled)),
            Err(ending) => return Poll::Ready(Err(refusal_of(ending))),
        };
        let mut reads = 0;
        loop {
            reading.begin();
            if let Some(arrival) = self.look(&mut reading, buffer)? {
                return Poll::Ready(self.receive_more(&mut reading, buffer, arrival));
            }
            let read = reading.read(buffer, |room| self.stream.try_read(room).map(now));
            reads += 1;
            match read {
                Ok(Some(Waited::Bytes(_))) => self.note_bytes(),
                Ok(Some(Waited::End)) | Err(_) => return Poll::Ready(Err(self.lose(&mut reading))),
                Ok(_) => {
                    ready!(self.poll_bytes(&mut reading, deadline, context))?;
                    // There was much to read, and all for nothing: records of TLS without plaintext.
                    reads = MAX_READS;
                }
            }
            // A peer that sends control frames without a pause must not hold the thread.
            if reads == MAX_READS {
                if deadline.is_some_and(|deadline| deadline <= times::now()) {
                    return Poll::Ready(Err(Failure::TimedOut));
                }
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }

    /// Waits for bytes to read, and does what is due after a silence.
    fn poll_bytes(
        &self,
        reading: &mut Reading<'_>,
        deadline: Option<Instant>,
        context: &Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        // A close may have begun since the last look at the stream.
        if self.incoming.is_closing() {
            return Poll::Ready(Err(Failure::Cancelled));
        }
        let mut interest = Interest::Read;
        if self.outgoing.is_pending() {
            // What could not be written at once, a pong for instance, goes out from here.
            self.outgoing.lock().flush(&self.stream);
            if self.outgoing.is_pending() {
                interest = Interest::ReadOrWrite;
            }
        }
        if self.stream.poll_ready(interest, context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        let quiet = self.silence.quiet();
        let Some(mut clock) = self.receive_clock().filter(|_| quiet > 0 || deadline.is_some()) else {
            return Poll::Pending;
        };
        let now = times::now();
        if std::mem::take(&mut clock.has_bytes) {
            clock.since = now;
        }
        if deadline.is_some_and(|deadline| deadline <= now) {
            return Poll::Ready(Err(Failure::TimedOut));
        }
        let due = if quiet == 0 { None } else { clock.since.checked_add(Duration::from_millis(quiet.into())) };
        if due.is_some_and(|due| due <= now) {
            let span = now - std::mem::replace(&mut clock.since, now);
            drop(clock);
            self.give_sign(reading, span)?;
            // What could not go out at once is waited for as well.
            return Poll::Ready(Ok(()));
        }
        if let Some(until) = due.into_iter().chain(deadline).min() {
            clock.timer.wake_by(until, context.waker());
        }
        Poll::Pending
    }

    /// Has the task that receives look again.
    pub(crate) fn wake_receiver(&self) {
        self.stream.wake_tasks(Interest::Read);
    }

    fn note_bytes(&self) {
        self.silence.ends();
        if let Some(mut clock) = self.receive_clock() {
            clock.has_bytes = true;
        }
    }

    pub(super) fn receive_clock(&self) -> Option<MutexGuard<'_, ReceiveClock>> {
        Some(self.clocks.get()?.receive.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn send_clock(&self) -> Option<MutexGuard<'_, SendClock>> {
        Some(self.clocks.get()?.send.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
