//! Bytes on their way from one end to the other.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that were written and not read yet.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    bytes: Vec<u8>,
    read: usize,
}

impl Pipe {
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// What is there.
    pub(crate) fn peek(&self) -> &[u8] {
        &self.bytes[self.read..]
    }

    /// Takes so many bytes out.
    pub(crate) fn consume(&mut self, count: usize) {
        self.read += count;
        if self.read == self.bytes.len() {
            self.bytes.clear();
            self.read = 0;
        }
    }
}

/// One end of two pipes, as tungstenite wants it: a stream.
#[derive(Clone, Debug)]
pub(crate) struct End {
    incoming: Arc<Mutex<Pipe>>,
    outgoing: Arc<Mutex<Pipe>>,
}

impl End {
    /// Both ends.
    pub(crate) fn pair() -> (Self, Self) {
        let (there, back) = (Arc::default(), Arc::default());
        let one = Self { incoming: Arc::clone(&back), outgoing: Arc::clone(&there) };
        (one, Self { incoming: there, outgoing: back })
    }
}

impl Read for End {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut pipe = self.incoming.lock().unwrap_or_else(PoisonError::into_inner);
        let length = pipe.peek().len().min(buf.len());
        if length == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        buf[..length].copy_from_slice(&pipe.peek()[..length]);
        pipe.consume(length);
        Ok(length)
    }
}

impl Write for End {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner).write(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
