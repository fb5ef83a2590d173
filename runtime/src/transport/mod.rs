//! A byte stream to a peer: the only user of sockets and of name resolution.
//!
//! Nothing here waits but [`Transport::connect`]: reading and writing either happen at once or say that they would
//! block. What the operating system reports about a broken stream is one thing to everybody above, [`Lost`].

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// The stream has ended or broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost;

/// Why there is no stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectError {
    NameNotResolved,
    /// Every address of the name refused.
    CannotConnect,
    TimedOut,
}

/// A plain TCP stream.
#[derive(Debug)]
pub(crate) struct Transport {
    stream: TcpStream,
}

impl Transport {
    /// Connects to the first address of `host` that answers, giving each one `timeout`.
    pub(crate) fn connect(host: &str, port: u16, timeout: Duration) -> Result<Self, ConnectError> {
        let addresses = (host, port).to_socket_addrs().map_err(|_| ConnectError::NameNotResolved)?;
        let mut result = Err(ConnectError::NameNotResolved);
        for address in addresses {
            match TcpStream::connect_timeout(&address, timeout).and_then(Self::new) {
                Ok(transport) => return Ok(transport),
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    result = Err(ConnectError::TimedOut);
                }
                Err(_) => result = Err(ConnectError::CannotConnect),
            }
        }
        result
    }

    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        // A frame is written in one piece, so there is nothing that Nagle's algorithm could gather, only delay.
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Reads what is there: at least one byte, or `None` when nothing has come yet. The end of the stream is a loss.
    pub(crate) fn try_read(&self, buffer: &mut [u8]) -> Result<Option<usize>, Lost> {
        match attempt(|| (&self.stream).read(buffer))? {
            Some(0) => Err(Lost),
            progress => Ok(progress),
        }
    }

    /// Writes what fits into the operating system's buffer, or `None` when nothing does.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> Result<Option<usize>, Lost> {
        attempt(|| (&self.stream).write(bytes))
    }

    /// Says that nothing more will be written. Bytes written before still arrive.
    pub(crate) fn shutdown_write(&self) {
        // It fails only when there is no connection any more.
        self.stream.shutdown(Shutdown::Write).ok();
    }

    /// Ends the stream in both directions, which wakes every thread that waits for it.
    pub(crate) fn shutdown(&self) {
        // It fails only when there is no connection any more.
        self.stream.shutdown(Shutdown::Both).ok();
    }
}

impl AsFd for Transport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

fn attempt(mut operation: impl FnMut() -> io::Result<usize>) -> Result<Option<usize>, Lost> {
    loop {
        match operation() {
            Ok(count) => return Ok(Some(count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(Lost),
        }
    }
}
