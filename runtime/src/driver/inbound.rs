//! What comes in: a small buffer of bytes before the [`Receiver`], and who may read from it now.
//!
//! The reading thread owns the [`Inbound`] while it reads, so it holds no lock when it waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Error;
use crate::protocol::{CloseFrame, Event, Receiver};
use crate::transport::{Lost, Transport};

/// The size of the buffer, in bytes. It holds headers, control frames and short payloads; long payloads go past it.
const BUFFER: usize = 16 * 1024;

/// From which length on payload is read right into the caller's buffer, in bytes.
const DIRECT: usize = 4096;

/// The bytes that came and were not looked at yet, and the receiving half that will.
#[derive(Debug)]
pub(super) struct Inbound {
    receiver: Receiver,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

/// How the incoming direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Closed(CloseFrame),
    Failed(Error),
}

/// Where an [`Inbound`] lies when nobody reads.
#[derive(Debug)]
pub(super) struct Slot {
    state: Mutex<SlotState>,
    /// Signalled when a reader has put it back.
    returned: Condvar,
}

#[derive(Debug)]
pub(super) struct SlotState {
    inbound: Option<Box<Inbound>>,
    pub ending: Option<Ending>,
    /// Whether Close was called: from then on only it reads.
    pub closing: bool,
}

/// The right to read, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Reading<'s> {
    slot: &'s Slot,
    inbound: Option<Box<Inbound>>,
}

impl Slot {
    /// A slot whose first bytes have already been read.
    pub(super) fn new(receiver: Receiver, read_ahead: &[u8]) -> Self {
        let mut buffer = vec![0; BUFFER.max(read_ahead.len())].into_boxed_slice();
        buffer[..read_ahead.len()].copy_from_slice(read_ahead);
        let inbound = Box::new(Inbound { receiver, buffer, start: 0, end: read_ahead.len() });
        let state = SlotState { inbound: Some(inbound), ending: None, closing: false };
        Self { state: Mutex::new(state), returned: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to read for a Receive: at once or never, and not after the end.
    pub(super) fn begin_receive(&self) -> Result<Reading<'_>, Error> {
        let mut state = self.lock();
        match state.ending {
            _ if state.closing => return Err(Error::InvalidOperation),
            Some(Ending::Closed(_)) => return Err(Error::InvalidOperation),
            Some(Ending::Failed(error)) => return Err(error),
            None => {}
        }
        let inbound = state.inbound.take().ok_or(Error::InvalidOperation)?;
        Ok(Reading { slot: self, inbound: Some(inbound) })
    }

    /// The right to read for a Close, as soon as the Receive under way has given up.
    pub(super) fn begin_close(&self) -> Reading<'_> {
        let state = self.returned.wait_while(self.lock(), |state| state.inbound.is_none());
        let inbound = state.unwrap_or_else(PoisonError::into_inner).inbound.take();
        Reading { slot: self, inbound }
    }
}

impl Reading<'_> {
    /// The next event, from bytes that are there; `None` when there are none. Payload goes to the start of `buffer`.
    pub(super) fn try_receive(&mut self, transport: &Transport, buffer: &mut [u8]) -> Result<Option<Event>, Lost> {
        let Some(inbound) = &mut self.inbound else {
            return Ok(None);
        };
        loop {
            let bytes = &inbound.buffer[inbound.start..inbound.end];
            inbound.start += inbound.receiver.receive_bytes(bytes, buffer);
            if let Some(event) = inbound.receiver.poll_event() {
                return Ok(Some(event));
            }
            let direct = inbound.payload_limit(buffer.len());
            if direct >= DIRECT {
                let Some(length) = transport.try_read(&mut buffer[..direct])? else {
                    return Ok(None);
                };
                inbound.receiver.receive_payload(&mut buffer[..length]);
                return Ok(inbound.receiver.poll_event());
            }
            let Some(length) = transport.try_read(&mut inbound.buffer)? else {
                return Ok(None);
            };
            (inbound.start, inbound.end) = (0, length);
        }
    }

    /// Whether more of the data frame under way is to come.
    pub(super) fn is_in_frame(&self) -> bool {
        self.inbound.as_ref().is_some_and(|inbound| inbound.receiver.payload_remaining() > 0)
    }
}

impl Inbound {
    fn payload_limit(&self, length: usize) -> usize {
        usize::try_from(self.receiver.payload_remaining()).unwrap_or(usize::MAX).min(length)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut state = self.slot.lock();
        state.inbound = self.inbound.take();
        // Only a Close waits for it. To wake nobody is a system call all the same.
        if state.closing {
            self.slot.returned.notify_one();
        }
    }
}
