//! A connection without I/O of its own in an event loop: an echo server over mio, and a client of WinHTTP that asks it.
//!
//! `cargo run --example connection_mio`

#[path = "actions/answer.rs"]
mod answer;

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::thread;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use winws::protocol::upgrade::UpgradeRequestReader;
use winws::websocket::{Action, Config, Connection};

use self::answer::Echo;

const LISTENER: Token = Token(0);
/// Whoever wakes the server with it ends it.
pub(crate) const STOP: Token = Token(1);

fn main() -> Result<(), Box<dyn Error>> {
    let mut listener = TcpListener::bind("127.0.0.1:0".parse()?)?;
    let url = format!("ws://{}/echo", listener.local_addr()?);
    let mut poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), STOP)?;
    thread::scope(|scope| {
        let client = scope.spawn(|| {
            let asked = ask(&url).map_err(|error| error.to_string());
            waker.wake().map_err(|error| error.to_string()).and(asked)
        });
        serve(&mut poll, &mut listener)?;
        Ok(client.join().expect("the client does not panic")?)
    })
}

/// What the client does, over the functions of WinHTTP.
fn ask(url: &str) -> Result<(), Box<dyn Error>> {
    let socket = winws::connect(url)?;
    socket.send_text("hello")?;
    let mut buffer = [0; 512];
    let received = socket.receive(&mut buffer)?;
    println!("{}", String::from_utf8_lossy(&buffer[..received.len]));
    socket.close(1000, "bye")?;
    Ok(())
}

/// Serves whoever comes, until it is woken with [`STOP`].
pub(crate) fn serve(poll: &mut Poll, listener: &mut TcpListener) -> io::Result<()> {
    poll.registry().register(listener, LISTENER, Interest::READABLE)?;
    let (mut events, mut peers, mut last) = (Events::with_capacity(64), HashMap::new(), STOP);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            match event.token() {
                STOP => return Ok(()),
                // There is one event for all who have come.
                LISTENER => {
                    while let Ok((mut stream, _)) = listener.accept() {
                        last = Token(last.0 + 1);
                        poll.registry().register(&mut stream, last, Interest::READABLE | Interest::WRITABLE)?;
                        peers.insert(last, Peer::new(stream));
                    }
                }
                token => {
                    let Some(peer) = peers.get_mut(&token) else { continue };
                    match peer.drive() {
                        Ok(false) => continue,
                        Ok(true) => {}
                        // The others are served all the same.
                        Err(error) => println!("{error}"),
                    }
                    peers.remove(&token);
                }
            }
        }
    }
}

/// One client, before and after its handshake.
struct Peer {
    stream: TcpStream,
    handshake: UpgradeRequestReader,
    connection: Option<Connection>,
    /// Bytes that came with the request, and are frames already.
    read_ahead: Vec<u8>,
    echo: Echo,
}

impl Peer {
    fn new(stream: TcpStream) -> Self {
        let handshake = UpgradeRequestReader::new();
        Self { stream, handshake, connection: None, read_ahead: Vec::new(), echo: Echo::default() }
    }

    /// Does what can be done without waiting, and says whether that was all.
    fn drive(&mut self) -> Result<bool, Box<dyn Error>> {
        let done = if self.connection.is_none() { self.shake_hands() } else { Ok(()) };
        match done.and_then(|()| self.echo()) {
            Err(error) if is_would_block(error.as_ref()) => Ok(false),
            result => result,
        }
    }

    fn shake_hands(&mut self) -> Result<(), Box<dyn Error>> {
        let mut buffer = [0; 4096];
        loop {
            let length = self.stream.read(&mut buffer)?;
            if length == 0 {
                return Err("the client has gone".into());
            }
            let taken = self.handshake.receive_bytes(&buffer[..length])?;
            if let Some(request) = self.handshake.poll_request() {
                let response = request.accept(None, &[]);
                // So short a response fits into the socket's buffer.
                self.stream.write_all(response.as_deref().unwrap_or_else(|error| error.response()))?;
                response?;
                self.read_ahead = buffer[taken..length].to_vec();
                self.connection.insert(Connection::new(Config::server())).receive()?;
                return Ok(());
            }
        }
    }

    /// An action whose I/O would block is dropped, and comes again.
    fn echo(&mut self) -> Result<bool, Box<dyn Error>> {
        let Some(connection) = &mut self.connection else {
            return Ok(false);
        };
        while let Some(action) = connection.next_action().transpose() {
            match action {
                Ok(Action::SendToNetwork(send)) => {
                    let written = self.stream.write_vectored(&send.buffers())?;
                    send.complete(written);
                }
                Ok(Action::SendComplete(sent)) => drop(sent.complete()),
                Ok(Action::ReceiveFromNetwork(receive)) if !self.read_ahead.is_empty() => {
                    let taken = receive.fill(&self.read_ahead);
                    self.read_ahead.drain(..taken);
                }
                Ok(Action::ReceiveFromNetwork(mut receive)) => {
                    let read = self.stream.read_vectored(&mut receive.buffers())?;
                    receive.complete(read);
                }
                Ok(Action::ReceiveComplete(complete)) => self.echo.take(complete).queue(connection)?,
                // The peer broke the protocol. What comes next is the close frame that tells it so.
                Err(fault) => println!("{fault}"),
            }
        }
        // Only at the end is no receive queued.
        Ok(true)
    }
}

fn is_would_block(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}
