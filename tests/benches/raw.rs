//! The far end of a connection on loopback: raw frames, with as little work as they need, so that what is measured is the
//! near end.
//!
//! What it does stands in the path of the request: `/echo/COUNT` sends so many messages back, `/sink/COUNT` takes so many and
//! answers the last one with an empty message, and `/source/COUNT/SIZE` answers a message with so many of that size, each written
//! by itself; `/burst/COUNT/SIZE` does the same with many written at once. `/close/0` answers a close frame and goes. It begins again after that, until the near end
//! goes. A message of an echo is one frame.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use tungstenite::handshake::derive_accept_key;

/// Enough for a message of 1 MiB and the head of its frame.
const ROOM: usize = (1 << 20) + 1024;

/// How much a burst writes at once at least, in bytes.
const BATCH: usize = 256 << 10;

/// Serves every connection in a thread of its own, for as long as the process lives.
pub(crate) fn serve() -> SocketAddr {
    serve_over(Ok)
}

/// The same over what `wrap` makes of a connection, TLS for instance.
pub(crate) fn serve_over<S: Read + Write>(
    wrap: impl Fn(TcpStream) -> io::Result<S> + Copy + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("the near end connects");
            thread::spawn(move || {
                stream.set_nodelay(true).expect("the socket is open");
                let mut buffer = vec![0; ROOM];
                let stream = wrap(stream).expect("the near end begins");
                let mut connection = Connection::accept(stream, &mut buffer).expect("the near end asks");
                while connection.work().is_ok() {}
            });
        }
    });
    address
}

/// Serves two connections one after the other in one thread and one buffer, each until its work is done, and keeps both
/// until the second one goes.
pub(crate) fn serve_two() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    // Made here, so that nothing is allocated for long once connections are served.
    let mut buffer = vec![0; ROOM];
    thread::spawn(move || {
        let mut serve = || {
            let (stream, _) = listener.accept().expect("the near end connects");
            let kept = stream.try_clone().expect("there are descriptors");
            let mut connection = Connection::accept(stream, &mut buffer).expect("the near end asks");
            connection.work().expect("the near end stays");
            kept
        };
        let _first = serve();
        let mut second = serve();
        // It has nothing more to say, and what it says by going is of no interest.
        let _gone = second.read(&mut [0]);
    });
    address
}

/// What the far end does.
#[derive(Clone, Copy)]
enum Work {
    Echo { count: usize },
    Sink { count: usize },
    Source { count: usize, size: usize },
    Burst { count: usize, size: usize },
    Close,
}

struct Connection<'b, S> {
    stream: S,
    work: Work,
    buffer: &'b mut [u8],
    /// Where what has come and was not used yet begins and ends.
    start: usize,
    end: usize,
}

/// The head of a frame.
struct Head {
    ends_message: bool,
    length: usize,
    mask: [u8; 4],
}

impl<'b, S: Read + Write> Connection<'b, S> {
    /// Reads the request, and answers it.
    fn accept(mut stream: S, buffer: &'b mut [u8]) -> io::Result<Self> {
        let mut length = 0;
        while !buffer[..length].ends_with(b"\r\n\r\n") {
            length += read(&mut stream, &mut buffer[length..])?;
        }
        let head = str::from_utf8(&buffer[..length]).map_err(io::Error::other)?;
        let key = head.lines().filter_map(|line| line.split_once(": "));
        let key = key.filter(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Key")).map(|(_, value)| value).next();
        let accept = derive_accept_key(key.ok_or_else(|| io::Error::other("the request has no key"))?.as_bytes());
        let work = work(head).ok_or_else(|| io::Error::other("the request asks for nothing known"))?;
        stream.write_all(
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\n\r\n"
            )
            .as_bytes(),
        )?;
        Ok(Self { stream, work, buffer, start: 0, end: 0 })
    }

    fn work(&mut self) -> io::Result<()> {
        match self.work {
            Work::Echo { count } => (0..count).try_for_each(|_| self.echo()),
            Work::Sink { count } => {
                (0..count).try_for_each(|_| self.skip_message())?;
                self.stream.write_all(&frame(&[]))
            }
            Work::Source { count, size } => {
                self.skip_message()?;
                let frame = frame(&vec![b'x'; size]);
                (0..count).try_for_each(|_| self.stream.write_all(&frame))
            }
            Work::Close => {
                self.skip_message()?;
                self.stream.write_all(&[0x88, 2, 3, 0xe8])?;
                // Nothing follows.
                Err(io::ErrorKind::UnexpectedEof.into())
            }
            Work::Burst { count, size } => {
                self.skip_message()?;
                let frame = frame(&vec![b'x'; size]);
                let at_once = BATCH.div_ceil(frame.len());
                let batch = frame.repeat(at_once);
                (0..count / at_once).try_for_each(|_| self.stream.write_all(&batch))?;
                self.stream.write_all(&batch[..count % at_once * frame.len()])
            }
        }
    }

    /// The head of our frame goes where that of theirs was, which is longer by its mask.
    fn echo(&mut self) -> io::Result<()> {
        let Head { length, mask, .. } = self.head()?;
        if self.buffer.len() - self.start < length {
            self.buffer.copy_within(self.start - 10..self.end, 0);
            (self.start, self.end) = (10, self.end - self.start + 10);
        }
        while self.end - self.start < length {
            self.fill()?;
        }
        let payload = &mut self.buffer[self.start..][..length];
        payload.chunks_mut(4).for_each(|bytes| bytes.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask));
        let (head, head_length) = head_of(length);
        let begin = self.start - head_length;
        self.buffer[begin..self.start].copy_from_slice(&head[..head_length]);
        self.start += length;
        self.stream.write_all(&self.buffer[begin..self.start])
    }

    fn skip_message(&mut self) -> io::Result<()> {
        loop {
            let Head { ends_message, mut length, .. } = self.head()?;
            while self.end - self.start < length {
                length -= self.end - self.start;
                self.start = self.end;
                self.fill()?;
            }
            self.start += length;
            if ends_message {
                return Ok(());
            }
        }
    }

    /// The next frame's head, of a frame that is masked.
    fn head(&mut self) -> io::Result<Head> {
        self.need(6)?;
        let (first, second) = (self.buffer[self.start], self.buffer[self.start + 1] & 0x7f);
        let long = match second {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        self.need(6 + long)?;
        let bytes = &self.buffer[self.start + 2..][..long + 4];
        let length = match long {
            0 => usize::from(second),
            _ => bytes[..long].iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
        };
        let mask = bytes[long..].try_into().expect("a mask has four bytes");
        self.start += 6 + long;
        Ok(Head { ends_message: first & 0x80 != 0, length, mask })
    }

    /// Waits until so many bytes, few of them, have come.
    fn need(&mut self, count: usize) -> io::Result<()> {
        while self.end - self.start < count {
            self.fill()?;
        }
        Ok(())
    }

    /// Reads once. What is not used yet is little where it has to move.
    fn fill(&mut self) -> io::Result<()> {
        if self.start == self.end {
            // Room for the head of an answer.
            (self.start, self.end) = (10, 10);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 10);
            (self.start, self.end) = (10, self.end - self.start + 10);
        }
        self.end += read(&mut self.stream, &mut self.buffer[self.end..])?;
        Ok(())
    }
}

/// Reads once; the end is an error.
fn read(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    match stream.read(buffer)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        length => Ok(length),
    }
}

/// What the path of a request asks for.
fn work(head: &str) -> Option<Work> {
    let mut words = head.strip_prefix("GET /")?.split(' ').next()?.split('/');
    let (name, count) = (words.next()?, words.next()?.parse().ok()?);
    match name {
        "echo" => Some(Work::Echo { count }),
        "sink" => Some(Work::Sink { count }),
        "source" => Some(Work::Source { count, size: words.next()?.parse().ok()? }),
        "burst" => Some(Work::Burst { count, size: words.next()?.parse().ok()? }),
        "close" => Some(Work::Close),
        _ => None,
    }
}

/// A binary message of a server in one frame.
fn frame(payload: &[u8]) -> Vec<u8> {
    let (head, length) = head_of(payload.len());
    [&head[..length], payload].concat()
}

/// The head of a server's frame, and its length.
fn head_of(length: usize) -> ([u8; 10], usize) {
    let mut head = [0; 10];
    head[0] = 0x82;
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => {
            head[1] = short;
            (head, 2)
        }
        (_, Ok(middle)) => {
            head[1] = 126;
            head[2..4].copy_from_slice(&middle.to_be_bytes());
            (head, 4)
        }
        _ => {
            head[1] = 127;
            head[2..].copy_from_slice(&(length as u64).to_be_bytes());
            (head, 10)
        }
    }
}
