//! A stream of bytes over one TCP socket.
//!
//! Errors are those of the system. What an end or an error means for a connection is decided above.

use std::io::{self, ErrorKind, IoSlice};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, send, sendmsg, sockopt};

use super::reactor::{Direction, Lease, Registration, Source};
use super::wait::{Interest, Readiness, Waker, wait};
use crate::raw::fork;

/// A peer that is gone is an error, never the signal that ends the process.
#[cfg(not(target_vendor = "apple"))]
const SEND_NOW: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);

/// Apple's systems have an option of the socket instead.
#[cfg(target_vendor = "apple")]
const SEND_NOW: SendFlags = SendFlags::DONTWAIT;

/// The longest receive timeout that the socket is given, in microseconds: a day. Reads with more time begin again.
const MAX_RECEIVE_LIMIT: u64 = 86_400_000_000;

/// How a read blocks. On systems other than Linux only `Polling` may be used: they do not all have `MSG_DONTWAIT` for
/// sending, nor wake a blocked `recv` by a shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By one `recv` on a socket that blocks.
    Blocking,
    /// By `poll`, before a `recv` on a socket that does not block.
    Polling,
}

/// How a read ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// So many bytes stand at the start of the buffer.
    Bytes(usize),
    /// Nothing more will come.
    End,
    TimedOut,
    /// Another thread has called [`Tcp::wake_reader`] with the waker of this read.
    Woken,
}

/// How long a read waits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    Forever,
    Until(Instant),
    /// So long without a byte, in milliseconds. Where the system itself ends such a read, no clock is looked at.
    For {
        millis: u32,
    },
}

impl Wait {
    pub(crate) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Forever => None,
            Self::Until(deadline) => Some(deadline),
            Self::For { millis } => Instant::now().checked_add(Duration::from_millis(millis.into())),
        }
    }
}

/// One TCP connection. All methods may be called from several threads at once; one thread at a time reads.
#[derive(Debug)]
pub(crate) struct Tcp {
    socket: TcpStream,
    way: Way,
    /// The socket's receive timeout in microseconds; 0 for none. Only who reads changes it.
    receive_limit: AtomicU64,
    /// Whether both directions were shut down here.
    given_up: AtomicBool,
    /// The process that made it. Others that were forked off have copies of the socket.
    process: usize,
    /// The reactor that says when a try is worth it, if one does.
    registration: OnceLock<Registration>,
    /// What takes the place of the socket in tests in one thread.
    #[cfg(test)]
    wire: Option<super::simulated::Wire>,
}

impl Tcp {
    /// Takes over a connected socket, whose reads block in this way.
    pub(super) fn with_way(socket: TcpStream, way: Way) -> io::Result<Self> {
        socket.set_nonblocking(way == Way::Polling)?;
        // A frame is written in one piece, so there is nothing that Nagle's algorithm could gather, only delay.
        socket.set_nodelay(true)?;
        #[cfg(target_vendor = "apple")]
        sockopt::set_socket_nosigpipe(&socket, true)?;
        Ok(Self {
            socket,
            way,
            receive_limit: AtomicU64::new(0),
            given_up: AtomicBool::new(false),
            process: fork::generation(),
            registration: OnceLock::new(),
            #[cfg(test)]
            wire: None,
        })
    }

    /// A connection in memory.
    #[cfg(test)]
    pub(super) fn on_wire(wire: super::simulated::Wire) -> io::Result<Self> {
        use rustix::net::{AddressFamily, SocketType, socket};
        // Nobody connects the socket. A reactor in the test takes it, and says what happens on the wire.
        let socket = TcpStream::from(socket(AddressFamily::INET, SocketType::STREAM, None)?);
        let mut tcp = Self::with_way(socket, Way::Polling)?;
        tcp.wire = Some(wire);
        Ok(tcp)
    }

    /// Reads what is there into `buffer`, which is not empty: `None` when nothing has come yet, `Some(0)` at the end.
    pub(crate) fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let length = buffer.len();
        let source = self.source().map(|source| &source.read);
        worth_it(source, length, || self.receive_now(buffer))
    }

    /// The same whatever the reactor has said, for threads that wait by themselves.
    fn read_now(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        attempt(|| recv(&self.socket, &mut *buffer, RecvFlags::DONTWAIT).map(|(count, _)| count))
    }

    /// Writes what the system takes at once, or `None` when it takes nothing.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<Option<usize>> {
        let source = self.source().map(|source| &source.write);
        worth_it(source, bytes.len(), || self.send_now(&[IoSlice::new(bytes)]))
    }

    /// Writes what the system takes at once of several pieces, or `None` when it takes nothing. Pieces beyond the
    /// system's bound are left for the next call.
    pub(crate) fn try_write_vectored(&self, pieces: &[IoSlice<'_>]) -> io::Result<Option<usize>> {
        // POSIX allows no lower bound (_XOPEN_IOV_MAX) than 16, and no system of today has less than 1024.
        let pieces = &pieces[..pieces.len().min(1024)];
        let source = self.source().map(|source| &source.write);
        let length = pieces.iter().map(|piece| piece.len()).sum();
        worth_it(source, length, || self.send_now(pieces))
    }

    fn receive_now(&self, buffer: &mut [u8]) -> rustix::io::Result<usize> {
        #[cfg(test)]
        if let Some(wire) = &self.wire {
            return wire.receive(buffer);
        }
        recv(&self.socket, buffer, RecvFlags::DONTWAIT).map(|(count, _)| count)
    }

    fn send_now(&self, pieces: &[IoSlice<'_>]) -> rustix::io::Result<usize> {
        #[cfg(test)]
        if let Some(wire) = &self.wire {
            return wire.send(pieces);
        }
        match pieces {
            [bytes] => send(&self.socket, bytes, SEND_NOW),
            _ => sendmsg(&self.socket, pieces, &mut SendAncillaryBuffer::default(), SEND_NOW),
        }
    }

    fn shutdown(&self, how: Shutdown) {
        #[cfg(test)]
        if let Some(wire) = &self.wire {
            return wire.shutdown(how);
        }
        // It fails only when there is no connection any more.
        self.socket.shutdown(how).ok();
    }

    /// Has the reactor say from now on when a try is worth it. Only the first time counts.
    pub(super) fn register(&self, lease: &Arc<Lease>) -> io::Result<()> {
        if self.registration.get().is_none() {
            let registration = lease.register(self.socket.as_fd())?;
            if let Err(registration) = self.registration.set(registration) {
                registration.end(self.socket.as_fd());
            }
        }
        Ok(())
    }

    /// What the reactor has said, once it is asked.
    pub(super) fn source(&self) -> Option<&Arc<Source>> {
        self.registration.get().map(Registration::source)
    }

    /// Whether another try is worth it; until then the task is to be woken. Without a reactor each is.
    pub(super) fn poll_ready(&self, interest: Interest, context: &Context<'_>) -> Poll<()> {
        let Some(source) = self.source() else { return Poll::Ready(()) };
        match interest {
            Interest::Read => source.read.poll_ready(context),
            Interest::Write => source.write.poll_ready(context),
            Interest::ReadOrWrite => {
                // Both are to wake the task.
                let (read, write) = (source.read.poll_ready(context), source.write.poll_ready(context));
                if read.is_ready() || write.is_ready() { Poll::Ready(()) } else { Poll::Pending }
            }
        }
    }

    /// Reads into `buffer`, which is not empty, and blocks until there is something or the deadline has passed. What
    /// is there is read even after the deadline.
    ///
    /// Another thread ends it at once by [`shutdown_both`](Self::shutdown_both), or by
    /// [`wake_reader`](Self::wake_reader) with the same waker.
    pub(crate) fn read_within(&self, buffer: &mut [u8], wait: Wait, waker: Option<&Waker>) -> io::Result<Waited> {
        let is_woken = || waker.is_some_and(Waker::is_woken);
        let mut began_again = false;
        loop {
            if is_woken() {
                return Ok(Waited::Woken);
            }
            let is_late = || matches!(wait, Wait::Until(deadline) if deadline <= Instant::now());
            let read = match self.way {
                Way::Polling => self.read_now(buffer)?,
                Way::Blocking if is_late() => self.read_now(buffer)?,
                Way::Blocking => {
                    self.limit_receive(wait, began_again)?;
                    began_again = true;
                    attempt(|| recv(&self.socket, &mut *buffer, RecvFlags::empty()).map(|(count, _)| count))?
                }
            };
            match read {
                Some(0) if is_woken() => return Ok(Waited::Woken),
                Some(0) => return Ok(Waited::End),
                Some(count) => return Ok(Waited::Bytes(count)),
                None if is_late() => return Ok(Waited::TimedOut),
                // The read itself has waited for so long.
                None if self.way == Way::Blocking && matches!(wait, Wait::For { .. }) => return Ok(Waited::TimedOut),
                None if self.way == Way::Blocking => {}
                None => match super::wait::wait(&self.socket, Interest::Read, wait.deadline(), waker)? {
                    Readiness::Ready => {}
                    Readiness::TimedOut => return Ok(Waited::TimedOut),
                    Readiness::Woken => return Ok(Waited::Woken),
                },
            }
        }
    }

    /// Waits until reading or writing is worth another try.
    ///
    /// Another thread ends it at once by [`shutdown_both`](Self::shutdown_both). [`wake_reader`](Self::wake_reader) ends
    /// it too, if it waits for reading.
    pub(crate) fn wait(
        &self,
        interest: Interest,
        deadline: Option<Instant>,
        waker: Option<&Waker>,
    ) -> io::Result<Readiness> {
        match self.way {
            Way::Polling => wait(&self.socket, interest, deadline, waker),
            Way::Blocking => {
                // Who wakes shuts the reading side down, which makes the socket readable.
                if waker.is_some_and(Waker::is_woken) {
                    return Ok(Readiness::Woken);
                }
                let readiness = wait(&self.socket, interest, deadline, None)?;
                Ok(if waker.is_some_and(Waker::is_woken) { Readiness::Woken } else { readiness })
            }
        }
    }

    /// Ends the [`read`](Self::read) of another thread with this waker at once, and all later ones. The stream goes
    /// on: what still comes is read through [`draining`](Self::draining).
    pub(crate) fn wake_reader(&self, waker: &Waker) {
        waker.wake();
        if self.way == Way::Blocking {
            self.shutdown_read();
        }
    }

    /// Says that nothing more will be written. Bytes written before still arrive.
    pub(crate) fn shutdown_write(&self) {
        self.shutdown(Shutdown::Write);
    }

    /// Says that nobody waits for bytes any more: reads give the end when nothing is there. On Linux, bytes still come.
    pub(crate) fn shutdown_read(&self) {
        self.shutdown(Shutdown::Read);
    }

    /// Ends the stream in both directions, which ends every wait of another thread at once.
    pub(crate) fn shutdown_both(&self) {
        self.given_up.store(true, Ordering::SeqCst);
        self.shutdown(Shutdown::Both);
    }

    #[cfg(test)]
    pub(super) fn peer_address(&self) -> std::net::SocketAddr {
        self.socket.peer_addr().unwrap()
    }

    pub(super) fn way(&self) -> Way {
        self.way
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::SeqCst)
    }

    /// Sets the socket's receive timeout, if the one that it has does not serve.
    ///
    /// A timeout from half of what is left to all of it serves: a read that it ends early begins again, with the
    /// exact rest. So reads that all have the same time need no system call each.
    fn limit_receive(&self, wait: Wait, began_again: bool) -> io::Result<()> {
        let limit = self.receive_limit.load(Ordering::Relaxed);
        let wanted = match wait {
            Wait::For { millis } => Some(u64::from(millis) * 1_000).filter(|&wanted| wanted != limit),
            Wait::Forever => next_limit(limit, None, began_again),
            Wait::Until(deadline) => {
                let left = micros(deadline.saturating_duration_since(Instant::now()));
                next_limit(limit, Some(left), began_again)
            }
        };
        let Some(wanted) = wanted else { return Ok(()) };
        let timeout = (wanted != 0).then(|| Duration::from_micros(wanted));
        sockopt::set_socket_timeout(&self.socket, sockopt::Timeout::Recv, timeout)?;
        self.receive_limit.store(wanted, Ordering::Relaxed);
        Ok(())
    }
}

impl AsFd for Tcp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        if let Some(registration) = self.registration.get() {
            registration.end(self.socket.as_fd());
        }
        // The peer learns that the stream ends, although a child still has a copy of the socket.
        if fork::has_child() && self.process == fork::generation() {
            self.shutdown(Shutdown::Both);
        }
    }
}

/// The receive timeout to set in place of `limit` when so much is left; 0 is none. `None` when `limit` serves.
fn next_limit(limit: u64, left: Option<u64>, exactly: bool) -> Option<u64> {
    let wanted = match left {
        None => 0,
        Some(left) if exactly => left,
        Some(left) if limit != 0 && (left.div_ceil(2)..=left).contains(&limit) => return None,
        Some(left) => left - left / 4,
    };
    (wanted != limit).then_some(wanted)
}

fn micros(span: Duration) -> u64 {
    let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
    micros.clamp(1, MAX_RECEIVE_LIMIT)
}

/// Reads or writes up to `length` bytes, if the reactor has not said that it is not worth it.
///
/// One that has used up less than it had room for has found the end of what there was: what comes later is spoken of anew.
fn worth_it(
    source: Option<&Direction>,
    length: usize,
    operation: impl FnMut() -> rustix::io::Result<usize>,
) -> io::Result<Option<usize>> {
    let Some(source) = source else { return attempt(operation) };
    let Some(count) = source.count() else { return Ok(None) };
    let done = attempt(operation)?;
    match done {
        None => source.exhaust(count),
        Some(done) if 0 < done && done < length => source.exhaust(count),
        Some(_) => {}
    }
    Ok(done)
}

fn attempt(mut operation: impl FnMut() -> rustix::io::Result<usize>) -> io::Result<Option<usize>> {
    loop {
        match operation() {
            Ok(count) => return Ok(Some(count)),
            Err(Errno::INTR) => {}
            Err(error) if io::Error::from(error).kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
