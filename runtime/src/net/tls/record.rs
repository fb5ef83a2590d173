//! What this crate needs of an implementation of TLS, and rustls as one: bytes in, bytes out, no I/O and no lock.
//!
//! rustls also has an API without buffers, which would save a copy each way. It keeps positions within the caller's buffer of
//! incoming bytes from call to call, and so it cannot seal for one thread while another one holds the bytes that came.

use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read, Write};

use rustls::{ClientConnection, Error};

/// What opening gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// So many bytes stand at the start of the room.
    Bytes(usize),
    /// More must be received first.
    Nothing,
    /// The peer has said that it sends nothing more.
    End,
}

/// One end of a connection of TLS: its handshake, and then its records.
pub(super) trait Record: fmt::Debug + Send {
    fn is_handshaking(&self) -> bool;

    /// Takes bytes of the peer, up to where there is plaintext to be opened: how many it has taken.
    ///
    /// A fault of the peer is an error of [`ErrorKind::InvalidData`], now and later. What came before it is opened first.
    fn receive(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// The stream below has ended. That is an end of the plaintext only if the peer has said so before.
    fn end(&mut self);

    /// Copies plaintext into the room, which is not empty.
    fn open(&mut self, room: &mut [u8]) -> io::Result<Opened>;

    /// Whether opening gives something, or an error.
    fn has_unread(&self) -> bool;

    /// Gives memory back that only records under way need.
    fn shrink(&mut self);

    /// Seals bytes, behind what is due: how many of them.
    fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>) -> io::Result<usize>;

    /// Whether the connection itself has something to send: its handshake, an alert, new keys.
    fn is_due(&self) -> bool;

    /// Takes that out.
    fn take_due(&mut self, sealed: &mut Vec<u8>);

    /// Says that nothing more will be sealed.
    fn close(&mut self);
}

/// The client's end by rustls.
#[derive(Debug)]
pub(super) struct RustlsClient {
    connection: ClientConnection,
    has_plaintext: bool,
    /// A fault of the peer. What came before it is opened first.
    fault: Option<Error>,
}

impl RustlsClient {
    pub(super) const fn new(connection: ClientConnection) -> Self {
        Self { connection, has_plaintext: false, fault: None }
    }

    /// Looks whether there is plaintext to be opened.
    fn look(&mut self) {
        self.has_plaintext = self.connection.reader().fill_buf().is_ok_and(|bytes| !bytes.is_empty());
    }

    /// Fails if the peer has made a fault.
    fn check(&self) -> io::Result<()> {
        self.fault.clone().map_or(Ok(()), |fault| Err(io::Error::new(ErrorKind::InvalidData, fault)))
    }
}

impl Record for RustlsClient {
    fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    fn receive(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut left = bytes;
        while !left.is_empty() && !self.has_plaintext {
            self.check()?;
            // It takes a few kilobytes at once, and nothing behind the end.
            if self.connection.read_tls(&mut left)? == 0 {
                left = &[];
            }
            self.fault = self.connection.process_new_packets().err();
            self.look();
        }
        if !self.has_plaintext {
            self.check()?;
        }
        Ok(bytes.len() - left.len())
    }

    fn end(&mut self) {
        // A read of nothing is how it learns of the end, and cannot fail.
        self.connection.read_tls(&mut io::empty()).ok();
    }

    fn open(&mut self, room: &mut [u8]) -> io::Result<Opened> {
        let read = self.connection.reader().read(room);
        self.look();
        match read {
            Ok(0) => Ok(Opened::End),
            Ok(count) => Ok(Opened::Bytes(count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.check().map(|()| Opened::Nothing),
            Err(error) => Err(error),
        }
    }

    fn has_unread(&self) -> bool {
        self.has_plaintext || self.fault.is_some()
    }

    fn shrink(&mut self) {
        // It has doubled its buffer up to 32 KiB for a long record, and lets go of that when it is about to read.
        self.connection.read_tls(&mut NothingYet).ok();
    }

    fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>) -> io::Result<usize> {
        let count = self.connection.writer().write(plain)?;
        self.take_due(sealed);
        Ok(count)
    }

    fn is_due(&self) -> bool {
        self.connection.wants_write()
    }

    fn take_due(&mut self, sealed: &mut Vec<u8>) {
        while self.connection.wants_write() {
            self.connection.write_tls(sealed).expect("a vector takes everything");
        }
    }

    fn close(&mut self) {
        self.connection.send_close_notify();
    }
}

/// A stream from which nothing can be read for now.
struct NothingYet;

impl Read for NothingYet {
    fn read(&mut self, _buf: &mut [u8]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }
}
