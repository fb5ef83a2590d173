//! A stream of bytes to a peer: over TCP, from some moment on within TLS.
//!
//! It answers itself whether something can be read: plaintext may wait here while the socket is silent.

use std::io::{self, IoSlice};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};
use std::task::{self, Context, Poll};
use std::time::Instant;

use super::draining::Draining as TcpDraining;
use super::reactor::Lease;
use super::tcp::{Tcp, Wait, Waited, Way};
use super::tls::Tls;
use super::wait::{Interest, Readiness, Waker};

/// How often the socket is read for one read of plaintext that does not wait.
const MAX_READS: u32 = 4;

/// One connection to a peer. All methods may be called from several threads at once; one thread at a time reads.
#[derive(Debug)]
pub(crate) struct Stream {
    tcp: Tcp,
    tls: OnceLock<Box<Tls>>,
}

impl Stream {
    /// Takes over a connected socket, whose reads block in this way.
    pub(super) fn with_way(socket: TcpStream, way: Way) -> io::Result<Self> {
        Ok(Self { tcp: Tcp::with_way(socket, way)?, tls: OnceLock::new() })
    }

    /// A connection in memory.
    #[cfg(test)]
    pub(crate) fn on_wire(wire: super::simulated::Wire) -> io::Result<Self> {
        Ok(Self { tcp: Tcp::on_wire(wire)?, tls: OnceLock::new() })
    }

    /// From here on all bytes go through TLS. Only the first time counts.
    pub(crate) fn begin_tls(&self, tls: Tls) -> &Tls {
        self.tls.get_or_init(|| Box::new(tls))
    }

    /// The TLS that the bytes go through, if they do.
    pub(crate) fn tls(&self) -> Option<&Tls> {
        self.tls.get().map(|tls| &**tls)
    }

    /// Reads what is there into `buffer`, which is not empty: `None` when nothing has come yet, `Some(0)` at the end.
    pub(crate) fn try_read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match self.tls() {
            None => self.tcp.try_read(buffer),
            Some(tls) => Ok(count(tls.read(&self.tcp, buffer, some_times(|room| self.tcp.try_read(room)))?)),
        }
    }

    /// Writes what the system takes at once, or `None` when it takes nothing.
    ///
    /// Within TLS, bytes count as written once they are sealed: [`flush`](Self::flush) says whether the system has them all.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match self.tls() {
            None => self.tcp.try_write(bytes),
            Some(tls) => tls.write(&self.tcp, &[IoSlice::new(bytes)]),
        }
    }

    /// Writes what the system takes at once of several pieces, or `None` when it takes nothing. Pieces beyond the
    /// system's bound are left for the next call.
    pub(crate) fn try_write_vectored(&self, pieces: &[IoSlice<'_>]) -> io::Result<Option<usize>> {
        match self.tls() {
            None => self.tcp.try_write_vectored(pieces),
            Some(tls) => tls.write(&self.tcp, pieces),
        }
    }

    /// Whether bytes that count as written wait here for the system to take them.
    pub(crate) fn has_unsent(&self) -> bool {
        self.tls().is_some_and(Tls::has_unsent)
    }

    /// Writes what waits here, as far as that goes without waiting: whether all of it is out.
    pub(crate) fn flush(&self) -> io::Result<bool> {
        self.tls().map_or(Ok(true), |tls| tls.flush(&self.tcp))
    }

    /// Writes all bytes, or fails to in time: `false`. `until` says when each wait for room ends.
    pub(crate) fn write_all(&self, mut bytes: &[u8], until: impl Fn() -> Option<Instant>) -> io::Result<bool> {
        while !bytes.is_empty() || !self.flush()? {
            match if bytes.is_empty() { None } else { self.try_write(bytes)? } {
                Some(written) => bytes = &bytes[written..],
                None => match self.wait(Interest::Write, until(), None)? {
                    Readiness::TimedOut => return Ok(false),
                    Readiness::Ready | Readiness::Woken => {}
                },
            }
        }
        Ok(true)
    }

    /// Reads into `buffer`, which is not empty, and blocks until there is something or the deadline has passed. What
    /// is there is read even after the deadline.
    ///
    /// Another thread ends it at once by [`shutdown_both`](Self::shutdown_both), or by
    /// [`wake_reader`](Self::wake_reader) with the same waker.
    pub(crate) fn read(
        &self,
        buffer: &mut [u8],
        deadline: Option<Instant>,
        waker: Option<&Waker>,
    ) -> io::Result<Waited> {
        self.read_within(buffer, deadline.map_or(Wait::Forever, Wait::Until), waker)
    }

    /// The same with a wait that need not have a deadline.
    pub(crate) fn read_within(&self, buffer: &mut [u8], wait: Wait, waker: Option<&Waker>) -> io::Result<Waited> {
        let Some(tls) = self.tls() else { return self.tcp.read_within(buffer, wait, waker) };
        if waker.is_some_and(Waker::is_woken) {
            return Ok(Waited::Woken);
        }
        let read = tls.read(&self.tcp, buffer, once_when_late(wait, |room| self.tcp.read_within(room, wait, waker)))?;
        Ok(read.unwrap_or(Waited::TimedOut))
    }

    /// Takes a step of the handshake of TLS with bytes of the peer: whether there were any.
    pub(crate) fn advance_tls(&self, tls: &Tls) -> io::Result<bool> {
        tls.advance(|room| self.tcp.try_read(room))
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
        if interest != Interest::Write && self.tls().is_some_and(Tls::has_unread) {
            return Ok(Readiness::Ready);
        }
        self.tcp.wait(interest, deadline, waker)
    }

    /// Has the reactor say from now on when a try is worth it. Only the first time counts.
    pub(crate) fn register(&self, lease: &Arc<Lease>) -> io::Result<()> {
        self.tcp.register(lease)
    }

    /// What wakes all tasks that wait to write. Without a reactor there are none.
    pub(crate) fn writers(&self) -> task::Waker {
        self.tcp.source().map_or_else(|| task::Waker::noop().clone(), |source| Arc::clone(source).into())
    }

    /// Whether reading or writing is worth another try; until then the task is to be woken. Without a reactor each is.
    pub(crate) fn poll_ready(&self, interest: Interest, context: &Context<'_>) -> Poll<()> {
        if interest != Interest::Write && self.tls().is_some_and(Tls::has_unread) {
            return Poll::Ready(());
        }
        self.tcp.poll_ready(interest, context)
    }

    /// Wakes the tasks that wait for this direction, to look again.
    pub(crate) fn wake_tasks(&self, interest: Interest) {
        if let Some(source) = self.tcp.source() {
            if interest != Interest::Write {
                source.read.wake();
            }
            if interest != Interest::Read {
                source.write.wake();
            }
        }
    }

    /// Ends the [`read`](Self::read) of another thread with this waker at once, and all later ones. The stream goes
    /// on: what still comes is read through [`draining`](Self::draining).
    pub(crate) fn wake_reader(&self, waker: &Waker) {
        self.tcp.wake_reader(waker);
    }

    /// Reads on after [`wake_reader`](Self::wake_reader).
    pub(crate) fn draining(&self) -> io::Result<Draining<'_>> {
        Ok(Draining { stream: self, tcp: TcpDraining::new(&self.tcp)?, has_more: false })
    }

    /// Whether the peer has said that it sends nothing more, and may still read.
    pub(crate) fn is_half_closed(&self) -> bool {
        self.tls().is_some_and(Tls::is_half_closed)
    }

    /// Says that nothing more will be written. Bytes written before still arrive.
    pub(crate) fn shutdown_write(&self) {
        match self.tls() {
            None => self.tcp.shutdown_write(),
            Some(tls) => tls.end(&self.tcp),
        }
    }

    /// Ends the stream in both directions, which ends every wait of another thread at once.
    pub(crate) fn shutdown_both(&self) {
        self.tcp.shutdown_both();
    }

    #[cfg(test)]
    pub(super) fn peer_address(&self) -> std::net::SocketAddr {
        self.tcp.peer_address()
    }

    #[cfg(test)]
    pub(super) const fn tcp(&self) -> &Tcp {
        &self.tcp
    }
}

impl Drop for Stream {
    /// A peer that still listens is told that this is no cut (RFC 8446 section 6.1).
    fn drop(&mut self) {
        if let Some(tls) = self.tls() {
            tls.say_goodbye(&self.tcp);
        }
    }
}

/// Reads what still comes on a stream after [`Stream::wake_reader`].
#[derive(Debug)]
pub(crate) struct Draining<'a> {
    stream: &'a Stream,
    tcp: TcpDraining<'a>,
    /// Whether the last read stopped while the socket may still have had bytes. A wait for changes would not see them.
    has_more: bool,
}

impl Draining<'_> {
    /// Reads what is there into `buffer`, which is not empty: `None` when nothing has come yet, `Some(0)` at the end.
    pub(crate) fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match self.stream.tls() {
            None => self.tcp.try_read(buffer),
            Some(tls) => {
                let mut last = None;
                let read = some_times(|room| {
                    last = self.tcp.try_read(room)?;
                    Ok(last)
                });
                let read = tls.read(&self.stream.tcp, buffer, read)?;
                self.has_more = read.is_none() && last.is_some();
                Ok(count(read))
            }
        }
    }

    /// Reads into `buffer`, which is not empty, and blocks until there is something or the deadline has passed.
    /// [`Stream::shutdown_both`] ends it at once.
    pub(crate) fn read(&mut self, buffer: &mut [u8], deadline: Option<Instant>) -> io::Result<Waited> {
        let Some(tls) = self.stream.tls() else { return self.tcp.read(buffer, deadline) };
        let wait = deadline.map_or(Wait::Forever, Wait::Until);
        let read = tls.read(&self.stream.tcp, buffer, once_when_late(wait, |room| self.tcp.read(room, deadline)))?;
        Ok(read.unwrap_or(Waited::TimedOut))
    }

    /// Waits until reading or writing is worth another try. Both must have been tried since the last wait.
    pub(crate) fn wait(&mut self, interest: Interest, deadline: Option<Instant>) -> io::Result<Readiness> {
        if self.has_more || self.stream.tls().is_some_and(Tls::has_unread) {
            return Ok(Readiness::Ready);
        }
        self.tcp.wait(interest, deadline)
    }
}

/// A read of the socket for one read of plaintext. After the deadline it reads once more: a peer that sends records without
/// plaintext all the time would hold the thread for ever.
fn once_when_late(
    wait: Wait,
    mut read: impl FnMut(&mut [u8]) -> io::Result<Waited>,
) -> impl FnMut(&mut [u8]) -> io::Result<Option<Waited>> {
    let mut is_late = false;
    move |room| {
        if is_late {
            return Ok(Some(Waited::TimedOut));
        }
        is_late = matches!(wait, Wait::Until(deadline) if deadline <= Instant::now());
        read(room).map(Some)
    }
}

/// The same without waiting, for a bounded number of times.
fn some_times(
    mut read: impl FnMut(&mut [u8]) -> io::Result<Option<usize>>,
) -> impl FnMut(&mut [u8]) -> io::Result<Option<Waited>> {
    let mut left = MAX_READS;
    move |room| {
        if left == 0 {
            return Ok(None);
        }
        left -= 1;
        Ok(read(room)?.map(|count| if count == 0 { Waited::End } else { Waited::Bytes(count) }))
    }
}

/// What a read without waiting gave.
fn count(read: Option<Waited>) -> Option<usize> {
    match read? {
        Waited::Bytes(count) => Some(count),
        Waited::End => Some(0),
        Waited::TimedOut | Waited::Woken => None,
    }
}
