//! Waiting in the caller's thread until a transport can go on, or until another thread says that it is pointless.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::transport::{Lost, Transport};

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    Read,
    Write,
    ReadOrWrite,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// It is worth trying again; spurious wakes are possible.
    Ready,
    TimedOut,
}

/// Wakes a thread that waits, from another one, once and for all: it is a pipe that nobody empties.
#[derive(Debug)]
pub(crate) struct Waker {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader, writer })
    }

    /// Ends every [`wait`] on this waker, now and later. It is called once per connection, so the pipe never fills.
    pub(crate) fn wake(&self) {
        (&self.writer).write_all(&[1]).ok();
    }
}

/// Waits until the transport is ready, the waker has been used, or the deadline has passed.
pub(crate) fn wait(
    transport: &Transport,
    interest: Interest,
    waker: Option<&Waker>,
    deadline: Option<Instant>,
) -> Result<Woken, Lost> {
    let interest = match interest {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
        Interest::ReadOrWrite => PollFlags::IN | PollFlags::OUT,
    };
    let socket = PollFd::new(transport, interest);
    let mut fds = match waker {
        Some(waker) => [socket, PollFd::new(&waker.reader, PollFlags::IN)],
        None => [socket.clone(), socket],
    };
    let fds = &mut fds[..=usize::from(waker.is_some())];
    loop {
        let timeout = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        // A span too long for the operating system is as good as none.
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        match poll(fds, timeout.as_ref()) {
            Ok(0) => return Ok(Woken::TimedOut),
            Ok(_) => return Ok(Woken::Ready),
            Err(Errno::INTR) => {}
            Err(_) => return Err(Lost),
        }
    }
}
