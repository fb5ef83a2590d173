//! What comes in: a small buffer of bytes before the session's read half, and who may read now.
//!
//! The lock of the [`Inbox`] is the right to read, which a thread keeps while it waits for bytes. Nobody else waits for that lock
//! but Close, which wakes the reader first. How the direction has ended stands beside the lock, for all to see.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use crate::net::Waited;
use crate::protocol::Receiver;
use crate::session::{AnswerDue, Ending, Outcome, ReadHalf, Refusal};

/// The size of the buffer while little comes at once, in bytes. It holds heads, control frames and short payloads; long
/// payloads go past it.
const BUFFER: usize = 4096;

/// Its size while much comes at once, as long as some of that is left to be looked at.
const MAX_BUFFER: usize = 64 * 1024;

/// From which length on payload is read right into the caller's buffer, in bytes.
const DIRECT: usize = 2048;

/// The bytes that came and were not looked at yet, and the half that will.
#[derive(Debug)]
struct Inbox {
    read: ReadHalf<()>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// How large the buffer should be for the next read.
    wanted: usize,
    /// Whether the last read gave less than it had room for: then nothing more was there.
    was_short: bool,
}

/// The incoming direction.
#[derive(Debug)]
pub(super) struct Incoming {
    inbox: Mutex<Inbox>,
    /// How the direction ended, once a call has seen it.
    ending: OnceLock<Ending>,
    /// Whether Close was called: from then on only it reads.
    is_closing: AtomicBool,
}

/// The right to read, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Reading<'s> {
    inbox: MutexGuard<'s, Inbox>,
    ending: &'s OnceLock<Ending>,
}

impl Incoming {
    /// A place whose first bytes have already been read.
    pub(super) fn new(receiver: Receiver, read_ahead: &[u8]) -> Self {
        let mut buffer = vec![0; BUFFER.max(read_ahead.len())].into_boxed_slice();
        buffer[..read_ahead.len()].copy_from_slice(read_ahead);
        let inbox = Inbox {
            read: ReadHalf::new(receiver, 1),
            buffer,
            start: 0,
            end: read_ahead.len(),
            wanted: BUFFER,
            was_short: false,
        };
        Self { inbox: Mutex::new(inbox), ending: OnceLock::new(), is_closing: AtomicBool::new(false) }
    }

    /// How the direction ended, once a call has seen it.
    pub(super) fn ending(&self) -> Option<Ending> {
        self.ending.get().copied()
    }

    /// The right to read for a receive: at once or never, and not after a close.
    ///
    /// Fails with how the direction ended, if that is the reason.
    pub(super) fn begin_receive(&self) -> Result<Reading<'_>, Option<Ending>> {
        let mut inbox = self.try_lock().ok_or(None)?;
        // Whoever closes says so before it looks whether somebody has the lock.
        if self.is_closing.load(Ordering::SeqCst) {
            return Err(None);
        }
        if let Some(ending) = self.ending() {
            return Err(Some(ending));
        }
        // More may have come since the last call.
        inbox.was_short = false;
        Ok(Reading { inbox, ending: &self.ending })
    }

    /// Lets no receive begin any more, and says whether one is under way.
    ///
    /// Fails with [`Refusal::Busy`] the second time, and with [`Refusal::Ended`] when there will be no close frame.
    pub(super) fn begin_closing(&self) -> Result<bool, Refusal> {
        match self.ending() {
            _ if self.is_closing.load(Ordering::SeqCst) => return Err(Refusal::Busy),
            Some(Ending::Failed(_) | Ending::Lost | Ending::Aborted) => return Err(Refusal::Ended),
            Some(Ending::Closed(_)) | None => {}
        }
        if self.is_closing.swap(true, Ordering::SeqCst) {
            return Err(Refusal::Busy);
        }
        Ok(self.try_lock().is_none())
    }

    /// Whether Close was called.
    pub(super) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::SeqCst)
    }

    /// The right to read for a close, as soon as the receive under way has given up.
    pub(super) fn take_over(&self) -> Reading<'_> {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        Reading { inbox, ending: &self.ending }
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Inbox>> {
        match self.inbox.try_lock() {
            Ok(inbox) => Some(inbox),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl Reading<'_> {
    /// Begins a receive, if none is under way.
    pub(super) fn begin(&mut self) {
        // It is refused while one waits.
        self.inbox.read.receive(()).ok();
    }

    /// Drops data from now on, until the peer's close frame, and reads so many bytes at once.
    pub(super) fn drain(&mut self, room: usize) {
        let inbox = &mut *self.inbox;
        inbox.read.drain();
        let unread = inbox.start..inbox.end;
        (inbox.start, inbox.end) = (0, unread.len());
        let mut buffer = vec![0; room.max(unread.len())].into_boxed_slice();
        buffer[..unread.len()].copy_from_slice(&inbox.buffer[unread]);
        inbox.buffer = buffer;
    }

    /// Ends the reading for good, and frees the buffer.
    pub(super) fn finish(mut self) {
        let inbox = &mut *self.inbox;
        inbox.buffer = Box::default();
        (inbox.start, inbox.end) = (0, 0);
    }

    /// Records that no more bytes will come.
    pub(super) fn lose(&mut self, is_aborted: bool) {
        let read = &mut self.inbox.read;
        if is_aborted { read.abort() } else { read.end() }
    }

    /// How the direction ended.
    pub(super) fn ending(&mut self) -> Option<Ending> {
        self.inbox.read.ending()
    }

    /// Whether more of the data frame under way is to come.
    pub(super) fn is_in_frame(&mut self) -> bool {
        self.inbox.read.payload_remaining() > 0
    }

    /// Whether a read without waiting may give something: the last one filled its room.
    pub(super) fn may_have_more(&mut self) -> bool {
        !self.inbox.was_short
    }

    /// Looks at the bytes that have come, up to the end of the receive or to what is to be answered. Payload goes to the
    /// start of `buffer`.
    pub(super) fn parse(&mut self, buffer: &mut [u8]) -> Option<AnswerDue> {
        let Inbox { read, buffer: bytes, start, end, .. } = &mut *self.inbox;
        let progress = read.receive_bytes(&mut bytes[*start..*end], Some(buffer));
        *start += progress.taken;
        if progress.is_answer_due { read.poll_answer() } else { None }
    }

    /// What the receive ended with, if it has.
    pub(super) fn outcome(&mut self) -> Option<Outcome> {
        let read = &mut self.inbox.read;
        let outcome = read.has_outcome().then(|| read.outcome())?;
        read.indicated();
        Some(outcome)
    }

    /// Reads bytes once all that have come were looked at: payload right into `buffer`, if it has room for much of it.
    pub(super) fn read(
        &mut self,
        buffer: &mut [u8],
        read_into: impl FnOnce(&mut [u8]) -> io::Result<Option<Waited>>,
    ) -> io::Result<Option<Waited>> {
        let inbox = &mut *self.inbox;
        let remaining = usize::try_from(inbox.read.payload_remaining()).unwrap_or(usize::MAX);
        let direct = remaining.min(buffer.len());
        if direct < DIRECT {
            if inbox.buffer.len() < inbox.wanted {
                inbox.buffer = vec![0; inbox.wanted].into();
            }
            let read = read_into(&mut inbox.buffer)?;
            if let Some(Waited::Bytes(length)) = read {
                (inbox.start, inbox.end) = (0, length);
                inbox.was_short = length < inbox.buffer.len();
                inbox.wanted = if length == inbox.buffer.len() {
                    (inbox.wanted * 4).min(MAX_BUFFER)
                } else if length < inbox.wanted / 4 {
                    (inbox.wanted / 4).max(BUFFER)
                } else {
                    inbox.wanted
                };
            }
            return Ok(read);
        }
        let read = read_into(&mut buffer[..direct])?;
        if let Some(Waited::Bytes(length)) = read {
            inbox.was_short = length < direct;
            inbox.read.receive_payload(&mut buffer[..length]);
        }
        Ok(read)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let inbox = &mut *self.inbox;
        // A receive that was given up leaves nothing behind.
        inbox.read.cancel();
        inbox.read.indicated();
        // An idle socket keeps a small buffer, or none.
        if inbox.start == inbox.end && inbox.buffer.len() > BUFFER {
            (inbox.buffer, inbox.start, inbox.end) = (Box::default(), 0, 0);
        }
        if let Some(ending) = inbox.read.ending() {
            self.ending.set(ending).ok();
        }
    }
}
