//! What goes out: one ordered queue of bytes, which whoever holds the lock for a moment may write from.
//!
//! A data frame's payload is masked into the queue in chunks by the thread that sends it, and by nobody else. Whatever
//! another thread wants to send meanwhile, a pong or a close, waits in the [`Sender`] for the end of the frame.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::protocol::{CloseFrame, ControlPayload, Fault, MessageKind, SendError, Sender};
use crate::transport::{Lost, Transport};

/// How much is masked and written at once, in bytes: a larger frame goes out in several writes.
const CHUNK: usize = 256 * 1024;

/// How much of the queue's memory is kept between frames, in bytes.
const KEPT: usize = 16 * 1024;

/// The queue, and the turn to write a frame through it.
#[derive(Debug)]
pub(super) struct Outbound {
    queue: Mutex<Queue>,
    /// Signalled when a turn ends.
    turned: Condvar,
}

/// How far a [`Queue::transmit`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing is left that this thread could write.
    Drained,
    /// It is worth calling again.
    More,
    /// The transport takes no more for now.
    Blocked,
}

#[derive(Debug)]
pub(super) struct Queue {
    sender: Sender,
    /// Bytes for the wire, of which the first `written` have gone out.
    bytes: Vec<u8>,
    written: usize,
    /// Whether a thread has the turn: it writes on until everything is out.
    taken: bool,
    /// How many threads wait for the turn. To wake nobody is a system call all the same.
    waiting: usize,
    lost: bool,
    ended: bool,
}

/// The right to write a frame, and to wait until it is out. There is one at a time.
#[derive(Debug)]
pub(super) struct Turn<'o> {
    outbound: &'o Outbound,
}

impl Outbound {
    pub(super) fn new(sender: Sender) -> Self {
        let queue =
            Queue { sender, bytes: Vec::new(), written: 0, taken: false, waiting: 0, lost: false, ended: false };
        Self { queue: Mutex::new(queue), turned: Condvar::new() }
    }

    /// The queue, for work that does not block.
    pub(super) fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of another thread to end, and takes the next one.
    pub(super) fn take_turn(&self) -> Turn<'_> {
        let mut queue = self.lock();
        queue.waiting += 1;
        let waited = self.turned.wait_while(queue, |queue| queue.taken);
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
        queue.waiting -= 1;
        queue.taken = true;
        Turn { outbound: self }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queue = self.outbound.lock();
        queue.taken = false;
        if queue.waiting > 0 {
            self.outbound.turned.notify_one();
        }
    }
}

impl Queue {
    /// Whether there are bytes to write that no other thread is about to write.
    pub(super) fn is_pending(&self) -> bool {
        !self.taken && (self.written < self.bytes.len() || self.sender.has_transmit())
    }

    /// Begins a frame. The caller has the turn, and gives the payload to [`transmit`](Self::transmit).
    pub(super) fn send_frame(&mut self, kind: MessageKind, end: bool, payload: &[u8]) -> Result<(), SendError> {
        self.sender.send_frame(kind, end, payload)
    }

    pub(super) fn send_pong(&mut self, payload: ControlPayload) {
        self.sender.send_pong(payload);
    }

    pub(super) fn send_close(&mut self, close: CloseFrame) -> Result<(), SendError> {
        self.sender.send_close(close)
    }

    /// Tells the peer what it did wrong; when that is out, the stream ends in this direction.
    pub(super) fn fail(&mut self, fault: Fault) {
        self.sender.fail(CloseFrame::of_fault(fault));
    }

    /// Drops everything that is still to be written.
    pub(super) fn lose(&mut self) {
        self.lost = true;
        self.sender.lose();
        self.bytes = Vec::new();
        self.written = 0;
    }

    /// Writes some bytes without blocking: what is queued, then what `payload` gives.
    pub(super) fn transmit(&mut self, transport: &Transport, payload: &mut &[u8]) -> Result<Progress, Lost> {
        if self.lost {
            return Err(Lost);
        }
        if self.written == self.bytes.len() {
            self.bytes.clear();
            self.written = 0;
            let taken = self.sender.poll_transmit(payload, &mut self.bytes, CHUNK);
            *payload = &payload[taken..];
        }
        if self.bytes.is_empty() {
            self.bytes.shrink_to(KEPT);
            self.end_if_failed(transport);
            return Ok(Progress::Drained);
        }
        match transport.try_write(&self.bytes[self.written..]) {
            Ok(Some(written)) => {
                self.written += written;
                Ok(Progress::More)
            }
            Ok(None) => Ok(Progress::Blocked),
            Err(Lost) => {
                self.lose();
                Err(Lost)
            }
        }
    }

    /// Writes what it can without blocking. A loss is left to whoever reads next.
    pub(super) fn transmit_now(&mut self, transport: &Transport) {
        while self.transmit(transport, &mut &[][..]) == Ok(Progress::More) {}
    }

    fn end_if_failed(&mut self, transport: &Transport) {
        if self.sender.has_failed() && !self.sender.is_in_frame() && !self.ended {
            self.ended = true;
            transport.shutdown_write();
        }
    }
}
