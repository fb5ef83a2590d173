//! TLS over a socket: records of TLS, who may seal and open them, and the bytes that wait on either side.
//!
//! One thread may write while another one reads. Both need the state of the connection, for one record at a time and never while
//! they wait for the system: the lock of `record` is that short. Writers have a lock of their own besides, from sealing to
//! sending, so that records leave in the order in which they were sealed.

mod client;
mod faults;
mod pem;
mod policy;
mod record;
mod roots;
mod system;
mod undated;
mod verify;

use std::io::{self, ErrorKind, IoSlice};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use self::client::Connecting;
pub use self::faults::{Fault, Faults, SecureFailure};
pub use self::pem::{ClientCertificate, InvalidPem, RevocationLists};
pub(crate) use self::policy::{Policy, Versions};
use self::record::{Opened, Record};
pub use self::roots::Roots;
use super::tcp::{Tcp, Waited};
use crate::scratch::{self, Kept};

/// The most plaintext of one record (RFC 8446 section 5.1), in bytes.
const RECORD: usize = 16 * 1024;

/// How much is sealed and written at once, in bytes.
const CHUNK: usize = 8 * RECORD;

/// How much is read from the socket at once while little comes: a record with a message of 4 KiB.
const ROOM: usize = 5 * 1024;

/// The same while much comes.
const MAX_ROOM: usize = 64 * 1024;

thread_local! {
    /// Where this thread seals records. An idle socket needs no such memory.
    static SEALED: Kept = const { Kept::new(Vec::new()) };
}

/// The TLS of one connection, over its socket.
#[derive(Debug)]
pub(crate) struct Tls {
    record: Mutex<Box<dyn Record>>,
    /// Only the thread that reads has it.
    inbox: Mutex<Inbox>,
    outbox: Mutex<Outbox>,
    /// Whether the outbox has bytes.
    has_unsent: AtomicBool,
    /// Whether the inbox or the record has bytes to read, or an error to give.
    has_unread: AtomicBool,
    is_half_closed: AtomicBool,
    connecting: Arc<Connecting>,
}

/// Bytes of the socket that the record has not taken.
#[derive(Debug, Default)]
struct Inbox {
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// How large the buffer should be for the next read.
    wanted: usize,
    /// Whether the last read filled the buffer: then more comes, most likely.
    was_full: bool,
}

/// Sealed bytes that the socket has not taken.
#[derive(Debug, Default)]
struct Outbox {
    rest: Vec<u8>,
    /// Whether nothing is sealed any more.
    has_ended: bool,
    /// Whether the socket is told so as soon as the rest is out.
    ends_socket: bool,
}

impl Tls {
    fn new(record: Box<dyn Record>, connecting: Arc<Connecting>) -> Self {
        Self {
            has_unsent: AtomicBool::new(record.is_due()),
            record: Mutex::new(record),
            inbox: Mutex::default(),
            outbox: Mutex::default(),
            has_unread: AtomicBool::new(false),
            is_half_closed: AtomicBool::new(false),
            connecting,
        }
    }

    /// Bytes that came for this connection already.
    pub(crate) fn receive_ahead(&self, bytes: &[u8]) {
        let mut inbox = lock(&self.inbox);
        *inbox = Inbox { buffer: bytes.into(), end: bytes.len(), ..Inbox::default() };
        self.has_unread.store(!bytes.is_empty(), Ordering::SeqCst);
    }

    /// What is found out while the connection is made.
    pub(crate) fn connecting(&self) -> &Connecting {
        &self.connecting
    }

    /// Whether the handshake goes on.
    pub(crate) fn is_handshaking(&self) -> bool {
        lock(&self.record).is_handshaking()
    }

    pub(crate) fn has_unsent(&self) -> bool {
        self.has_unsent.load(Ordering::SeqCst)
    }

    pub(super) fn has_unread(&self) -> bool {
        self.has_unread.load(Ordering::SeqCst)
    }

    /// Whether the peer has ended its direction with a word, so that ours goes on (b8.13).
    pub(super) fn is_half_closed(&self) -> bool {
        self.is_half_closed.load(Ordering::SeqCst)
    }

    /// Reads plaintext into `buffer`, which is not empty. `receive` reads from the socket, and what it gives instead of bytes is
    /// given on.
    pub(super) fn read(
        &self,
        tcp: &Tcp,
        buffer: &mut [u8],
        mut receive: impl FnMut(&mut [u8]) -> io::Result<Option<Waited>>,
    ) -> io::Result<Option<Waited>> {
        let mut inbox = lock(&self.inbox);
        let read = loop {
            match self.open(tcp, &mut inbox, buffer)? {
                Opened::Nothing => {}
                opened => break Some(opened.into()),
            }
            match inbox.fill(&mut receive)? {
                Some(Waited::Bytes(_)) => {}
                Some(Waited::End) => lock(&self.record).end(),
                waited => break waited,
            }
        };
        inbox.shrink();
        Ok(read)
    }

    /// Takes a step of the handshake with bytes of the socket: whether there were any.
    pub(crate) fn advance(&self, mut tcp_read: impl FnMut(&mut [u8]) -> io::Result<Option<usize>>) -> io::Result<bool> {
        let mut inbox = lock(&self.inbox);
        if inbox.start == inbox.end {
            match inbox.fill(&mut |room| Ok(tcp_read(room)?.map(Waited::Bytes)))? {
                None => return Ok(false),
                Some(Waited::Bytes(1..)) => {}
                Some(_) => return Err(ErrorKind::UnexpectedEof.into()),
            }
        }
        let mut record = lock(&self.record);
        let taken = record.receive(inbox.unread());
        // What is to be said to the peer about a fault is to be sent as well.
        self.note_due(&**record);
        inbox.start += taken?;
        self.has_unread.store(inbox.start < inbox.end, Ordering::SeqCst);
        Ok(true)
    }

    /// Opens records of the inbox until the buffer is full or the inbox is empty.
    fn open(&self, tcp: &Tcp, inbox: &mut Inbox, buffer: &mut [u8]) -> io::Result<Opened> {
        let mut filled = 0;
        let opened = loop {
            let mut record = lock(&self.record);
            match record.open(&mut buffer[filled..]) {
                Ok(Opened::Bytes(count)) => {
                    filled += count;
                    self.connecting.goes_on();
                }
                Ok(Opened::Nothing) if inbox.start < inbox.end => {
                    let taken = record.receive(inbox.unread());
                    let is_due = self.note_due(&**record);
                    drop(record);
                    if is_due {
                        self.flush(tcp).ok();
                    }
                    match taken {
                        Ok(taken) => inbox.start += taken,
                        // What came before is given out first, and a fault stays.
                        Err(_) if filled > 0 => break Opened::Bytes(filled),
                        Err(error) => return Err(error),
                    }
                }
                Ok(Opened::End) => self.is_half_closed.store(true, Ordering::SeqCst),
                other if filled == 0 => return other,
                _ => break Opened::Bytes(filled),
            }
            if filled == buffer.len() {
                break Opened::Bytes(filled);
            }
            if self.is_half_closed() {
                break if filled == 0 { Opened::End } else { Opened::Bytes(filled) };
            }
        };
        let mut record = lock(&self.record);
        let has_more = inbox.start < inbox.end || record.has_unread();
        if !has_more {
            record.shrink();
        }
        self.has_unread.store(has_more, Ordering::SeqCst);
        Ok(opened)
    }

    /// Seals and writes as much as is worth it at once: how many bytes of the pieces were sealed. `None` while the socket takes
    /// nothing.
    pub(super) fn write(&self, tcp: &Tcp, pieces: &[IoSlice<'_>]) -> io::Result<Option<usize>> {
        let mut outbox = lock(&self.outbox);
        if outbox.has_ended {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if !self.flush_outbox(tcp, &mut outbox)? {
            return Ok(None);
        }
        let mut sealed = scratch::take(&SEALED);
        sealed.clear();
        let result = self.seal(pieces, &mut sealed).and_then(|count| {
            let sent = send(tcp, &sealed)?;
            outbox.rest.extend_from_slice(&sealed[sent..]);
            self.note_unsent(&outbox);
            Ok(Some(count))
        });
        scratch::give(&SEALED, sealed);
        result
    }

    fn seal(&self, pieces: &[IoSlice<'_>], sealed: &mut Vec<u8>) -> io::Result<usize> {
        let mut count = 0;
        for record in pieces.iter().flat_map(|piece| piece.chunks(RECORD)) {
            if sealed.len() >= CHUNK {
                break;
            }
            let taken = lock(&self.record).seal(record, sealed)?;
            count += taken;
            if taken < record.len() {
                break;
            }
        }
        Ok(count)
    }

    /// Writes what waits to go out, as far as that goes without waiting: whether all of it is out.
    pub(crate) fn flush(&self, tcp: &Tcp) -> io::Result<bool> {
        self.flush_outbox(tcp, &mut lock(&self.outbox))
    }

    fn flush_outbox(&self, tcp: &Tcp, outbox: &mut Outbox) -> io::Result<bool> {
        if self.has_unsent() {
            lock(&self.record).take_due(&mut outbox.rest);
            let sent = send(tcp, &outbox.rest)?;
            outbox.rest.drain(..sent);
            self.note_unsent(outbox);
        }
        if outbox.rest.is_empty() {
            outbox.rest = Vec::new();
            if outbox.ends_socket {
                tcp.shutdown_write();
            }
        }
        Ok(outbox.rest.is_empty())
    }

    /// Says that nothing more will be written, to the peer and then to the socket.
    pub(super) fn end(&self, tcp: &Tcp) {
        let mut outbox = lock(&self.outbox);
        outbox.ends_socket = true;
        self.close(&mut outbox);
        // A socket that takes nothing any more has ended already.
        self.flush_outbox(tcp, &mut outbox).ok();
    }

    /// Says so to the peer alone, if the socket takes it at once.
    pub(super) fn say_goodbye(&self, tcp: &Tcp) {
        if tcp.is_given_up() {
            return;
        }
        let mut outbox = lock(&self.outbox);
        self.close(&mut outbox);
        self.flush_outbox(tcp, &mut outbox).ok();
    }

    fn close(&self, outbox: &mut Outbox) {
        if !outbox.has_ended {
            outbox.has_ended = true;
            let mut record = lock(&self.record);
            record.close();
            self.note_due(&**record);
        }
    }

    /// Records whether anything waits to go out. The thread that reads may have found out meanwhile that something does.
    fn note_unsent(&self, outbox: &Outbox) {
        let record = lock(&self.record);
        self.has_unsent.store(!outbox.rest.is_empty() || record.is_due(), Ordering::SeqCst);
    }

    /// Records whether TLS itself has something to say, such as an alert, while it is locked.
    fn note_due(&self, record: &dyn Record) -> bool {
        let is_due = record.is_due();
        if is_due {
            self.has_unsent.store(true, Ordering::SeqCst);
        }
        is_due
    }
}

impl Inbox {
    fn unread(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads from the socket. The buffer is empty.
    fn fill(
        &mut self,
        receive: &mut impl FnMut(&mut [u8]) -> io::Result<Option<Waited>>,
    ) -> io::Result<Option<Waited>> {
        self.wanted = self.wanted.max(ROOM);
        if self.buffer.len() < self.wanted {
            self.buffer = vec![0; self.wanted].into();
        }
        let read = receive(&mut self.buffer)?;
        if let Some(Waited::Bytes(count)) = read {
            (self.start, self.end) = (0, count);
            self.was_full = count == self.buffer.len();
            self.wanted = if self.was_full {
                (self.wanted * 4).min(MAX_ROOM)
            } else if count < self.wanted / 4 {
                (self.wanted / 4).max(ROOM)
            } else {
                self.wanted
            };
        }
        Ok(read)
    }

    /// An idle socket keeps a small buffer, or none.
    fn shrink(&mut self) {
        if self.start == self.end && self.buffer.len() > ROOM && !self.was_full {
            (self.buffer, self.start, self.end) = (Box::default(), 0, 0);
        }
    }
}

impl From<Opened> for Waited {
    fn from(opened: Opened) -> Self {
        match opened {
            Opened::Bytes(count) => Self::Bytes(count),
            Opened::Nothing | Opened::End => Self::End,
        }
    }
}

/// Writes what the socket takes at once: how many bytes.
fn send(tcp: &Tcp, bytes: &[u8]) -> io::Result<usize> {
    let mut sent = 0;
    while sent < bytes.len() {
        match tcp.try_write(&bytes[sent..])? {
            Some(count) => sent += count,
            None => break,
        }
    }
    Ok(sent)
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
