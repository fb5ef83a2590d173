//! A connection in memory: what the peer has sent, and how much it takes. It says what has changed only when it is told to, as a
//! system does some time later, and never twice.

use std::collections::VecDeque;
use std::fmt;
use std::io::IoSlice;
use std::net::Shutdown;
use std::sync::{Arc, Mutex, MutexGuard};

use rustix::io::Errno;

use crate::net::reactor::Lease;

/// A connection. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire {
    state: Arc<Mutex<State>>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Default)]
struct State {
    /// What the peer has sent and what is still on its way.
    coming: VecDeque<u8>,
    /// What has come and was not read.
    incoming: VecDeque<u8>,
    /// What was written.
    outgoing: Vec<u8>,
    /// How many more bytes can be written.
    room: usize,
    /// Whether the peer sends nothing more.
    has_ended: bool,
    is_reset: bool,
    /// Whether this end has shut both directions down, or the one that writes.
    is_given_up: bool,
    is_write_shut: bool,
    /// Whether the last write found too little room. Only then the system speaks of room.
    wants_room: bool,
    /// What the system has to say of each direction.
    news: [bool; 2],
    /// What happens in the midst of the next try.
    surprise: Option<Surprise>,
}

struct Surprise(Box<dyn FnOnce() + Send>);

impl fmt::Debug for Surprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surprise")
    }
}

impl Wire {
    /// The peer sends bytes. They come later.
    pub(crate) fn post(&self, bytes: &[u8]) {
        self.lock().coming.extend(bytes);
    }

    /// So many bytes come of those that are on their way.
    pub(crate) fn deliver(&self, count: usize) {
        let mut state = self.lock();
        let count = count.min(state.coming.len());
        if count > 0 && !state.has_ended && !state.is_reset {
            let State { coming, incoming, .. } = &mut *state;
            incoming.extend(coming.drain(..count));
            state.news[0] = true;
        }
    }

    /// There is room for more bytes.
    pub(crate) fn make_room(&self, count: usize) {
        let mut state = self.lock();
        state.room = state.room.saturating_add(count);
        state.news[1] |= std::mem::take(&mut state.wants_room);
    }

    /// There is no room any more.
    pub(crate) fn fill(&self) {
        self.lock().room = 0;
    }

    /// The peer sends nothing more, and what is on its way is lost.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.has_ended = true;
        state.news[0] = true;
    }

    /// The connection is gone, with all that was not read.
    pub(crate) fn reset(&self) {
        let mut state = self.lock();
        state.incoming.clear();
        state.is_reset = true;
        state.news = [true; 2];
    }

    /// Something happens in the midst of the next try, after it has looked.
    pub(crate) fn surprise(&self, surprise: impl FnOnce() + Send + 'static) {
        self.lock().surprise = Some(Surprise(Box::new(surprise)));
    }

    /// Says what has changed since the last time.
    pub(crate) fn say(&self, lease: &Lease) {
        let mut state = self.lock();
        let [read, write] = std::mem::take(&mut state.news);
        let is_read_closed = state.has_ended || state.is_reset || state.is_given_up;
        let is_write_closed = state.is_reset || state.is_given_up;
        drop(state);
        lease.say(read.then_some(is_read_closed), write.then_some(is_write_closed));
    }

    pub(crate) fn has_news(&self) -> bool {
        self.lock().news.contains(&true)
    }

    /// Whether so many bytes can be written at once, and nothing says that they cannot.
    pub(crate) fn has_room(&self, count: usize) -> bool {
        let state = self.lock();
        state.room >= count && !state.wants_room && !state.news[1]
    }

    /// How many bytes have come and were not read.
    pub(crate) fn unread(&self) -> usize {
        self.lock().incoming.len()
    }

    /// Whether this end has given the connection up.
    pub(crate) fn is_given_up(&self) -> bool {
        self.lock().is_given_up
    }

    /// What was written so far.
    pub(crate) fn written(&self) -> Vec<u8> {
        self.lock().outgoing.clone()
    }

    pub(in crate::net) fn receive(&self, buffer: &mut [u8]) -> rustix::io::Result<usize> {
        self.attempt(|state| {
            let count = buffer.len().min(state.incoming.len());
            if count == 0 {
                return match state {
                    State { is_reset: true, .. } => Err(Errno::CONNRESET),
                    State { has_ended: true, .. } | State { is_given_up: true, .. } => Ok(0),
                    _ => Err(Errno::AGAIN),
                };
            }
            buffer.iter_mut().zip(state.incoming.drain(..count)).for_each(|(to, from)| *to = from);
            Ok(count)
        })
    }

    pub(in crate::net) fn send(&self, pieces: &[IoSlice<'_>]) -> rustix::io::Result<usize> {
        self.attempt(|state| {
            if state.is_reset || state.is_given_up || state.is_write_shut {
                return Err(Errno::PIPE);
            }
            let before = state.outgoing.len();
            for piece in pieces {
                let count = piece.len().min(state.room);
                state.outgoing.extend_from_slice(&piece[..count]);
                state.room -= count;
                state.wants_room |= count < piece.len();
            }
            let written = state.outgoing.len() - before;
            if written == 0 && state.wants_room { Err(Errno::AGAIN) } else { Ok(written) }
        })
    }

    pub(in crate::net) fn shutdown(&self, how: Shutdown) {
        let mut state = self.lock();
        state.is_write_shut |= how != Shutdown::Read;
        state.is_given_up |= how == Shutdown::Both;
        if how == Shutdown::Both {
            state.news = [true; 2];
        }
    }

    fn attempt<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = look(&mut state);
        let surprise = state.surprise.take();
        drop(state);
        if let Some(Surprise(surprise)) = surprise {
            surprise();
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with the lock")
    }
}
