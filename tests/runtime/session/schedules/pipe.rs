//! A stream of bytes in memory with a bound, between two threads, of which everything that went through can be read later.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};

/// One direction.
#[derive(Debug)]
pub(super) struct Pipe {
    bound: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    /// Everything that was written.
    written: Vec<u8>,
    /// How many bytes may still be written before the network is cut.
    until_cut: Option<usize>,
    is_cut: bool,
    has_reader_gone: bool,
}

impl Pipe {
    /// A pipe that holds so many bytes, and is cut after others.
    pub(super) fn new(bound: usize, until_cut: Option<usize>) -> Self {
        Self { bound, state: Mutex::new(State { until_cut, ..State::default() }), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread has failed")
    }

    /// Writes some of the bytes as soon as there is room; none when the network is cut.
    pub(super) fn write(&self, bytes: &[u8]) -> usize {
        let is_full = |state: &mut State| state.bytes.len() >= self.bound && !state.is_cut && !state.has_reader_gone;
        let mut state = self.changed.wait_while(self.lock(), is_full).expect("no thread has failed");
        if state.is_cut {
            return 0;
        }
        let room = if state.has_reader_gone { bytes.len() } else { self.bound - state.bytes.len() };
        let count = bytes.len().min(room).min(state.until_cut.unwrap_or(usize::MAX));
        state.written.extend_from_slice(&bytes[..count]);
        state.bytes.extend(&bytes[..count]);
        if let Some(until_cut) = &mut state.until_cut {
            *until_cut -= count;
            state.is_cut = *until_cut == 0;
        }
        self.changed.notify_all();
        count
    }

    /// Reads some bytes as soon as there are any; none at the end.
    pub(super) fn read(&self, buffer: &mut [u8]) -> usize {
        let is_empty = |state: &mut State| state.bytes.is_empty() && !state.is_cut;
        let mut state = self.changed.wait_while(self.lock(), is_empty).expect("no thread has failed");
        let count = state.bytes.len().min(buffer.len());
        for (byte, read) in buffer.iter_mut().zip(state.bytes.drain(..count)) {
            *byte = read;
        }
        self.changed.notify_all();
        count
    }

    /// Cuts the network: what is in the pipe can still be read.
    pub(super) fn cut(&self) {
        self.lock().is_cut = true;
        self.changed.notify_all();
    }

    /// Nobody reads any more: what is written is thrown away.
    pub(super) fn end_reading(&self) {
        self.lock().has_reader_gone = true;
        self.changed.notify_all();
    }

    /// Everything that was written.
    pub(super) fn written(&self) -> Vec<u8> {
        self.lock().written.clone()
    }
}
