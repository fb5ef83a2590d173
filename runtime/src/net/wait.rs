//! Waiting in the caller's thread: for a socket, for a word from another thread, or for a point in time.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{self, Context};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    Read,
    Write,
    ReadOrWrite,
}

impl Interest {
    fn flags(self) -> PollFlags {
        match self {
            Self::Read => PollFlags::IN,
            Self::Write => PollFlags::OUT,
            Self::ReadOrWrite => PollFlags::IN | PollFlags::OUT,
        }
    }
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// It is worth trying again; spurious answers are possible.
    Ready,
    TimedOut,
    /// The waker was used.
    Woken,
}

/// Ends waits from another thread, once and for all. Clones are the same waker.
///
/// A waker holds no descriptor until a thread polls with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waker {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// It is written under the lock of `pipe`, and may be read without.
    woken: AtomicBool,
    pipe: Mutex<Option<Arc<Pipe>>>,
    changed: Condvar,
    /// A task that waits with this waker.
    task: Mutex<Option<task::Waker>>,
}

/// What a thread polls: readable once the waker was used, for nobody empties it.
#[derive(Debug)]
pub(super) struct Pipe {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Waker {
    pub(crate) fn is_woken(&self) -> bool {
        self.shared.woken.load(Ordering::SeqCst)
    }

    /// Ends every wait with this waker, now and later.
    pub(crate) fn wake(&self) {
        let pipe = self.lock();
        if self.shared.woken.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(pipe) = &*pipe {
            // One byte fits into an empty pipe, and its other end is open.
            (&pipe.writer).write_all(&[1]).ok();
        }
        self.shared.changed.notify_all();
        drop(pipe);
        self.wake_task();
    }

    /// Has a task woken too when the waker is used, or when there may be something to look at. It looks again after this call.
    pub(super) fn watch(&self, context: &Context<'_>) {
        let mut task = self.shared.task.lock().unwrap_or_else(PoisonError::into_inner);
        if !task.as_ref().is_some_and(|task| task.will_wake(context.waker())) {
            *task = Some(context.waker().clone());
        }
    }

    fn wake_task(&self) {
        let task = self.shared.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Makes [`wait_until`](Self::wait_until) look again.
    pub(super) fn notify(&self) {
        // Under the lock, so that it cannot fall between a look and the wait that follows.
        let pipe = self.lock();
        self.shared.changed.notify_all();
        drop(pipe);
        self.wake_task();
    }

    /// Waits until `look` gives something, without a descriptor. `look` runs under a lock, so it must not block.
    pub(super) fn wait_until<T>(
        &self,
        deadline: Option<Instant>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Result<T, Readiness> {
        let mut pipe = self.lock();
        loop {
            if self.is_woken() {
                return Err(Readiness::Woken);
            }
            if let Some(found) = look() {
                return Ok(found);
            }
            let Some(deadline) = deadline else {
                pipe = self.shared.changed.wait(pipe).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let rest = deadline.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Err(Readiness::TimedOut);
            }
            (pipe, _) = self.shared.changed.wait_timeout(pipe, rest).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The descriptor to poll, or `None` when the waker has been used already.
    pub(super) fn pipe(&self) -> io::Result<Option<Arc<Pipe>>> {
        let mut pipe = self.lock();
        if self.is_woken() {
            return Ok(None);
        }
        if let Some(pipe) = &*pipe {
            return Ok(Some(Arc::clone(pipe)));
        }
        let (reader, writer) = io::pipe()?;
        Ok(Some(Arc::clone(pipe.insert(Arc::new(Pipe { reader, writer })))))
    }

    /// Closes the descriptors again, unless a thread polls them.
    pub(super) fn release(&self) {
        let mut pipe = self.lock();
        // Clones are made under the lock only, so one owner stays one.
        if pipe.as_ref().is_some_and(|pipe| Arc::strong_count(pipe) == 1) {
            *pipe = None;
        }
    }

    #[cfg(test)]
    pub(super) fn holds_descriptors(&self) -> bool {
        self.lock().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Pipe>>> {
        self.shared.pipe.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsFd for Pipe {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

/// Waits until the socket is ready, the waker is used, or the deadline has passed.
pub(super) fn wait(
    socket: impl AsFd,
    interest: Interest,
    deadline: Option<Instant>,
    waker: Option<&Waker>,
) -> io::Result<Readiness> {
    let Some(waker) = waker else {
        return wait_for_any(&mut [PollFd::new(&socket, interest.flags())], deadline);
    };
    let Some(pipe) = waker.pipe()? else { return Ok(Readiness::Woken) };
    let mut fds = [PollFd::new(&socket, interest.flags()), PollFd::new(&*pipe, PollFlags::IN)];
    let readiness = wait_for_any(&mut fds, deadline)?;
    Ok(if waker.is_woken() { Readiness::Woken } else { readiness })
}

/// Waits until one of the descriptors is ready or the deadline has passed.
pub(super) fn wait_for_any(fds: &mut [PollFd<'_>], deadline: Option<Instant>) -> io::Result<Readiness> {
    loop {
        match poll(fds, time_left(deadline).as_ref()) {
            Ok(0) => return Ok(Readiness::TimedOut),
            Ok(_) => return Ok(Readiness::Ready),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What the operating system is told. A span too long for it is as good as none.
pub(super) fn time_left(deadline: Option<Instant>) -> Option<Timespec> {
    let rest = deadline?.saturating_duration_since(Instant::now());
    Timespec::try_from(rest).ok()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use super::*;

    fn silent_socket() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (socket, listener.accept().unwrap().0)
    }

    #[test]
    fn a_used_waker_ends_waits_that_come_later() {
        let (socket, _peer) = silent_socket();
        let waker = Waker::default();
        waker.wake();
        assert_eq!(wait(&socket, Interest::Read, None, Some(&waker)).unwrap(), Readiness::Woken);
        assert_eq!(waker.wait_until(None, || None::<()>), Err(Readiness::Woken));
        assert!(!waker.holds_descriptors(), "no descriptor was needed");
    }

    #[test]
    fn a_waker_ends_a_poll_of_another_thread() {
        let (socket, _peer) = silent_socket();
        let waker = Waker::default();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| wait(&socket, Interest::Read, None, Some(&waker)).unwrap());
            waker.wake();
            waker.wake();
            assert_eq!(waiting.join().unwrap(), Readiness::Woken);
        });
    }

    #[test]
    fn a_notice_makes_a_wait_look_again() {
        let (waker, found) = (Waker::default(), AtomicBool::new(false));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| waker.wait_until(None, || found.load(Ordering::SeqCst).then_some(7)));
            found.store(true, Ordering::SeqCst);
            waker.notify();
            assert_eq!(waiting.join().unwrap(), Ok(7));
        });
    }

    #[test]
    fn a_deadline_that_has_passed_still_looks_once() {
        let (socket, peer) = silent_socket();
        let past = Some(Instant::now());
        assert_eq!(wait(&socket, Interest::Read, past, None).unwrap(), Readiness::TimedOut);
        assert_eq!(wait(&socket, Interest::Write, past, None).unwrap(), Readiness::Ready);
        assert_eq!(wait(&socket, Interest::ReadOrWrite, past, None).unwrap(), Readiness::Ready);
        drop(peer);
        assert_eq!(wait(&socket, Interest::Read, None, None).unwrap(), Readiness::Ready);
        let waker = Waker::default();
        assert_eq!(waker.wait_until(past, || Some(1)), Ok(1));
        assert_eq!(waker.wait_until(past, || None::<()>), Err(Readiness::TimedOut));
    }

    #[test]
    fn a_released_waker_holds_no_descriptor_and_still_works() {
        let waker = Waker::default();
        let pipe = waker.pipe().unwrap();
        waker.release();
        assert!(waker.holds_descriptors(), "a thread still polls it");
        drop(pipe);
        waker.release();
        assert!(!waker.holds_descriptors());
        assert!(waker.pipe().unwrap().is_some());
    }
}
