//! The far end, in a process of its own: what is measured is the near end.
//!
//! It has one thread, waits by epoll, and makes no more than two system calls for a message that comes alone. No message is longer
//! than 125 bytes, and the near end reads its answers.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::process::{self, Child, Command, Stdio};
use std::thread;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use tungstenite::handshake::derive_accept_key;
use winws::tls::Roots;

use crate::pin::{self, Core};
use crate::{limits, raw, tls};

/// How many addresses it has: an address of the client and one of the server have no more than some 28,000 ports together, and those
/// of connections that have ended are not free for a minute.
const ADDRESSES: u8 = 8;

/// The first argument of a process that is the far end.
pub(crate) const ARGUMENT: &str = "far-end";

/// The second argument: on which core it is, or that it speaks TLS.
const CORES: [(&str, Core); 2] = [("first", Core::First), ("last", Core::Last)];
const TLS: &str = "tls";

/// The process.
pub(crate) struct FarEnd {
    process: Child,
    pub(crate) addresses: Vec<SocketAddr>,
    /// Who vouches for it, if it speaks TLS.
    pub(crate) roots: Option<Roots>,
}

impl FarEnd {
    /// Starts it on this core.
    pub(crate) fn on(core: Core) -> Self {
        Self::start(CORES.iter().find(|(_, other)| *other == core).expect("each has a name").0)
    }

    /// Starts one that speaks TLS, in a thread for each connection. It is slow.
    pub(crate) fn with_tls() -> Self {
        Self::start(TLS)
    }

    fn start(kind: &str) -> Self {
        let program = env::current_exe().expect("a bench is a program");
        let mut command = Command::new(program);
        let mut process = command
            .args([ARGUMENT, kind])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let said = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let mut lines = said.lines().map(|line| line.expect("it says where it is"));
        let line = lines.next().expect("a line");
        let addresses = line.split_whitespace().map(|address| address.parse().expect("an address")).collect();
        let pem: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
        let roots = (!pem.is_empty()).then(|| Roots::from_pem(pem.join("\n").as_bytes()).expect("a certificate"));
        Self { process, addresses, roots }
    }

    /// One of its addresses; the others follow.
    pub(crate) fn address(&self, number: usize) -> SocketAddr {
        self.addresses[number % self.addresses.len()]
    }
}

impl Drop for FarEnd {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.process.stdin.take());
        self.process.wait().expect("it was started here");
    }
}

/// Is the far end, until the near end goes.
pub(crate) fn run(kind: &str) {
    let end_with_input = || {
        thread::spawn(|| {
            let _ended = io::stdin().read(&mut [0]);
            process::exit(0);
        })
    };
    if kind == TLS {
        println!("{}\n{}\n", raw::serve_over(tls::server), tls::pem());
        let _waits = end_with_input().join();
        return;
    }
    end_with_input();
    let core = CORES.iter().find(|(name, _)| *name == kind).expect("a core").1;
    // The near end says that cores cannot be chosen.
    pin::to(core).ok();
    limits::raise_descriptors();
    let listeners: Vec<_> = (1..=ADDRESSES)
        .map(|last| TcpListener::bind(SocketAddr::from(([127, 0, 0, last], 0))).expect("loopback has free ports"))
        .collect();
    let addresses = listeners.iter().map(|listener| listener.local_addr().expect("it is bound").to_string());
    println!("{}\n", addresses.collect::<Vec<_>>().join(" "));
    serve(listeners).expect("the system has memory and descriptors");
}

/// One connection. What has come and is not whole is kept.
struct Connection {
    stream: TcpStream,
    rest: Vec<u8>,
    is_open: bool,
}

fn serve(mut listeners: Vec<TcpListener>) -> io::Result<()> {
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
    // By the number of the descriptor.
    let mut connections: Vec<Option<Connection>> = Vec::new();
    let first = usize::MAX - listeners.len();
    for (number, listener) in listeners.iter_mut().enumerate() {
        poll.registry().register(listener, Token(first + number), Interest::READABLE)?;
    }
    let (mut room, mut answer) = (vec![0; 64 << 10], Vec::new());
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        for event in &events {
            let Token(token) = event.token();
            if token >= first {
                while let Some(stream) = now(listeners[token - first].accept())? {
                    let mut stream = stream.0;
                    stream.set_nodelay(true)?;
                    let place = usize::try_from(stream.as_raw_fd()).expect("it is open");
                    poll.registry().register(&mut stream, Token(place), Interest::READABLE)?;
                    connections.resize_with(connections.len().max(place + 1), || None);
                    connections[place] = Some(Connection { stream, rest: Vec::new(), is_open: false });
                }
            } else if let Some(connection) = &mut connections[token]
                && connection.work(&mut room, &mut answer).is_err()
            {
                connections[token] = None;
            }
        }
    }
}

impl Connection {
    /// Reads what has come, and answers it.
    fn work(&mut self, room: &mut [u8], answer: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let kept = self.rest.len();
            room[..kept].copy_from_slice(&self.rest);
            let Some(count) = now(self.stream.read(&mut room[kept..]))? else { return Ok(()) };
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            answer.clear();
            let mut come = &room[..kept + count];
            while let Some(used) = if self.is_open { echo(come, answer) } else { self.open(come, answer)? } {
                come = &come[used..];
            }
            if !answer.is_empty() {
                self.stream.write_all(answer)?;
            }
            self.rest.clear();
            self.rest.extend_from_slice(come);
            if kept + count < room.len() {
                // There was no more: the system says when that changes.
                return Ok(());
            }
        }
    }

    /// Answers the request, once it is whole.
    fn open(&mut self, come: &[u8], answer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let Some(end) = come.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
        let head = str::from_utf8(&come[..end]).map_err(io::Error::other)?;
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let key = lines.find(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Key"));
        let accept = derive_accept_key(key.ok_or_else(|| io::Error::other("the request has no key"))?.1.as_bytes());
        write!(
            answer,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        )?;
        self.is_open = true;
        Ok(Some(end + 4))
    }
}

/// Makes a frame of a server of the first frame, if that is whole: how long the latter was.
fn echo(come: &[u8], answer: &mut Vec<u8>) -> Option<usize> {
    let (head, payload) = come.split_at_checked(6)?;
    let length = usize::from(head[1] & 0x7f);
    assert!(length < 126, "messages are short");
    let payload = payload.get(..length)?;
    answer.extend_from_slice(&[head[0], head[1] & 0x7f]);
    let begin = answer.len();
    answer.extend_from_slice(payload);
    answer[begin..]
        .chunks_mut(4)
        .for_each(|bytes| bytes.iter_mut().zip(&head[2..]).for_each(|(byte, mask)| *byte ^= mask));
    Some(6 + length)
}

/// What there is, if nothing has to be waited for.
fn now<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}
