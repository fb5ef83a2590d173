//! What goes out: the session's write half, which whoever holds the lock for a moment may write from.
//!
//! A data frame is made in memory of the thread that sends it, and written by nobody else. What another thread wants to send
//! meanwhile, a pong or a close frame, waits in the write half for the end of the frame.

use std::io::IoSlice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::net::Stream;
use crate::protocol::{Control, Framer, MAX_CONTROL_FRAME, MAX_HEAD, Piece};
use crate::scratch::{self, Kept};
use crate::session::table::{Channel, Operation};
use crate::session::{AnswerDue, Asked, Due, SendError, WriteHalf};

/// How much of a frame is made and written at once, in bytes. It stays in the second cache of a processor, and a message of 1 MiB
/// needs few system calls.
const CHUNK: usize = 256 * 1024;

/// A frame of a send and a close frame behind it: sends of several threads wait for their turn before they are queued.
const BOUND: usize = 2;

thread_local! {
    /// Where this thread makes frames. An idle socket needs no such memory.
    static BUFFER: Kept = const { Kept::new(Vec::new()) };
}

/// Lends the thread's buffer, with room for a frame of so many bytes or a chunk of one.
pub(super) fn with_buffer<T>(payload: usize, run: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut buffer = take_buffer(payload);
    let result = run(&mut buffer);
    give_buffer(buffer);
    result
}

/// The same, for whoever may have to keep it for a while.
pub(super) fn take_buffer(payload: usize) -> Vec<u8> {
    let size = payload.saturating_add(MAX_HEAD).min(CHUNK);
    let mut buffer = scratch::take(&BUFFER);
    if buffer.len() < size {
        buffer.resize(size, 0);
    }
    buffer
}

pub(super) fn give_buffer(buffer: Vec<u8>) {
    scratch::give(&BUFFER, buffer);
}

/// The queue, and the turn to write a frame through it.
#[derive(Debug)]
pub(super) struct Outgoing {
    queue: Mutex<Queue>,
    /// Signalled when a turn ends.
    turned: Condvar,
    /// Whether there are bytes to write that no thread is about to write.
    is_pending: Arc<AtomicBool>,
}

/// The turn of a thread to write a frame. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'s> {
    outgoing: &'s Outgoing,
    queue: Option<MutexGuard<'s, Queue>>,
}

/// How far a [`Queue::transmit`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing is left that this thread could write.
    Drained,
    /// It is worth calling again.
    More,
    /// The stream takes no more for now.
    Blocked,
    /// Nothing goes out any more.
    Lost,
}

/// What an operation of the write half sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Data,
    Control,
}

/// How far a data frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    Queued,
    Begun,
    /// It has ended without a byte.
    Dropped,
    Sent,
}

#[derive(Debug)]
pub(super) struct Queue {
    write: WriteHalf<Sent>,
    /// Where control frames are made.
    control: [u8; MAX_CONTROL_FRAME],
    /// Whether a thread or a task has the turn and does not hold the lock: it writes on until its frame is out.
    is_taken: bool,
    /// The data frame of whoever has the turn.
    frame: Frame,
    /// How many threads wait for the turn. To wake nobody is a system call all the same.
    waiting: usize,
    /// Whether the stream has ended in this direction.
    has_ended: bool,
    is_pending: Arc<AtomicBool>,
}

impl Outgoing {
    pub(super) fn new(framer: Framer) -> Self {
        let is_pending = Arc::new(AtomicBool::new(false));
        let queue = Queue {
            write: WriteHalf::new(framer, BOUND),
            control: [0; MAX_CONTROL_FRAME],
            is_taken: false,
            frame: Frame::Sent,
            waiting: 0,
            has_ended: false,
            is_pending: Arc::clone(&is_pending),
        };
        Self { queue: Mutex::new(queue), turned: Condvar::new(), is_pending }
    }

    /// Whether there are bytes to write that no thread is about to write.
    pub(super) fn is_pending(&self) -> bool {
        self.is_pending.load(Ordering::Acquire)
    }

    /// Somebody waits to write what is left.
    pub(super) fn is_waited_for(&self) {
        self.is_pending.store(false, Ordering::Release);
    }

    /// The queue, for work that does not block.
    pub(super) fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of another thread to end, and takes it. `None` if that has not come by the deadline.
    pub(super) fn take_turn(&self, deadline: Option<Instant>) -> Option<Turn<'_>> {
        let mut queue = self.lock();
        if queue.is_taken {
            queue.waiting += 1;
            queue = self.wait_for_turn(queue, deadline);
            queue.waiting -= 1;
        }
        (!queue.is_taken).then_some(Turn { outgoing: self, queue: Some(queue) })
    }

    fn wait_for_turn<'s>(&'s self, queue: MutexGuard<'s, Queue>, deadline: Option<Instant>) -> MutexGuard<'s, Queue> {
        let Some(deadline) = deadline else {
            let waited = self.turned.wait_while(queue, |queue| queue.is_taken);
            return waited.unwrap_or_else(PoisonError::into_inner);
        };
        let rest = deadline.saturating_duration_since(Instant::now());
        let waited = self.turned.wait_timeout_while(queue, rest, |queue| queue.is_taken);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Turn<'_> {
    /// The queue, whose lock the thread holds.
    pub(super) fn queue(&mut self) -> &mut Queue {
        self.queue.as_mut().expect("it is there but while the lock is free")
    }

    /// Frees the lock while `run` runs, and keeps the turn.
    pub(super) fn unlocked<T>(&mut self, run: impl FnOnce() -> T) -> T {
        self.queue().is_taken = true;
        self.outgoing.is_pending.store(false, Ordering::Release);
        self.queue = None;
        let result = run();
        self.queue.insert(self.outgoing.lock()).is_taken = false;
        result
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Each turn wakes the next one, whether it had to free the lock or not.
        if self.queue.as_ref().is_some_and(|queue| queue.waiting > 0) {
            self.outgoing.turned.notify_one();
        }
    }
}

impl Queue {
    /// Begins a frame. The caller has the turn, and gives the payload to [`transmit`](Self::transmit).
    pub(super) fn send(&mut self, piece: Piece, payload: &[u8]) -> Result<(), SendError> {
        self.write.admit(piece, payload)?.push(Sent::Data);
        self.frame = Frame::Queued;
        Ok(())
    }

    /// Begins a frame whose sender comes back for it until it [is out](Self::is_out): until then nobody else writes.
    pub(super) fn begin(&mut self, piece: Piece, payload: &[u8]) -> Result<(), SendError> {
        // A frame that nobody comes back for any more would be cut by another one.
        if self.is_taken {
            return Err(SendError::Busy);
        }
        self.send(piece, payload)?;
        self.is_taken = true;
        self.is_pending.store(false, Ordering::Release);
        Ok(())
    }

    /// Whether the frame of the sender is out.
    pub(super) fn is_out(&self, stream: &Stream) -> bool {
        matches!(self.frame, Frame::Sent | Frame::Dropped) && !stream.has_unsent()
    }

    /// The sender will not come back. What others want to send meanwhile goes out as far as that goes without waiting.
    pub(super) fn finish(&mut self, stream: &Stream) {
        self.is_taken = false;
        self.flush(stream);
    }

    pub(super) fn send_control(&mut self, control: Control) -> Result<(), SendError> {
        self.write.send_control(control, Sent::Control)
    }

    /// Whether the last data frame has ended without a byte, because the peer broke the protocol before.
    pub(super) const fn is_unsent(&self) -> bool {
        matches!(self.frame, Frame::Queued | Frame::Dropped)
    }

    /// Queues a pong that nobody asked for.
    pub(super) fn keep_alive(&mut self) {
        self.write.keep_alive();
    }

    /// Queues what answers bytes that came in.
    pub(super) fn answer(&mut self, answer: AnswerDue) {
        self.write.answer(answer);
    }

    /// Drops everything that is still to be written.
    pub(super) fn lose(&mut self) {
        self.write.lost();
    }

    /// Writes some bytes without blocking: those that are on offer, or the next ones.
    pub(super) fn transmit(&mut self, stream: &Stream, payload: &[u8], buffer: &mut [u8]) -> Progress {
        let progress = self.transmit_some(stream, payload, buffer);
        let is_pending = !matches!(progress, Progress::Drained | Progress::Lost);
        self.is_pending.store(is_pending, Ordering::Release);
        progress
    }

    /// Writes what it can without blocking, unless another thread does. A loss is left to whoever reads next.
    pub(super) fn flush(&mut self, stream: &Stream) {
        if self.is_taken {
            return;
        }
        while self.transmit(stream, &[], &mut []) == Progress::More {}
    }

    fn transmit_some(&mut self, stream: &Stream, payload: &[u8], buffer: &mut [u8]) -> Progress {
        if self.write.state().channel == Channel::Lost {
            return Progress::Lost;
        }
        self.end_operations();
        // What was sealed goes out before more is sealed.
        if stream.has_unsent() {
            match stream.flush() {
                Ok(true) => {}
                Ok(false) => return Progress::Blocked,
                Err(_) => {
                    self.write.lost();
                    return Progress::Lost;
                }
            }
        }
        match self.write.due(Asked::Everything) {
            Due::Nothing => return self.drained(stream),
            Due::Offered => {}
            Due::Data => {
                self.frame = Frame::Begun;
                self.write.stage_data(|_| payload, buffer);
            }
            // WinHTTP has no pings of its own.
            Due::Control => drop(self.write.stage_control(Asked::Everything, &mut self.control)),
        }
        let Some(offered) = self.write.offered() else {
            return Progress::Drained;
        };
        let memory = if offered.is_control { &self.control[..] } else { buffer };
        let (staged, direct) = (&memory[offered.staged.clone()], &payload[offered.direct.clone()]);
        let written = match direct {
            [] => stream.try_write(staged),
            _ => stream.try_write_vectored(&[IoSlice::new(staged), IoSlice::new(direct)]),
        };
        match written {
            Ok(Some(count)) => {
                self.write.written(count);
                self.end_operations();
                if self.write.due(Asked::Everything) == Due::Nothing { self.drained(stream) } else { Progress::More }
            }
            Ok(None) => Progress::Blocked,
            Err(_) => {
                self.write.lost();
                Progress::Lost
            }
        }
    }

    /// Nobody has to be told that an operation has ended.
    fn end_operations(&mut self) {
        while self.write.state().operation == Operation::Ended {
            if self.write.indicated() == Some(Sent::Data) {
                self.frame = match self.frame {
                    Frame::Queued | Frame::Dropped => Frame::Dropped,
                    Frame::Begun | Frame::Sent => Frame::Sent,
                };
            }
        }
    }

    /// The write half has nothing more; the stream may have some.
    fn drained(&mut self, stream: &Stream) -> Progress {
        if self.write.state().channel == Channel::Failed && !self.has_ended {
            self.has_ended = true;
            stream.shutdown_write();
        }
        if stream.has_unsent() { Progress::More } else { Progress::Drained }
    }
}
