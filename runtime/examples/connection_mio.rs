//! A connection without I/O of its own in an event loop: an echo server over mio, and a client of WinHTTP that asks it.
//!
//! `cargo run --example connection_mio`

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::{mem, thread};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use winws::protocol::handshake::UpgradeRequestReader;
use winws::protocol::{CloseFrame, MessageKind};
use winws::websocket::{Action, Config, Connection, Received};

const LISTENER: Token = Token(0);
const STREAM: Token = Token(1);

fn main() -> Result<(), Box<dyn Error>> {
    let mut listener = TcpListener::bind("127.0.0.1:0".parse()?)?;
    let url = format!("ws://{}/echo", listener.local_addr()?);
    let client = thread::spawn(move || ask(&url).map_err(|error| error.to_string()));

    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(8));
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut peer = None;
    'serving: loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                let (mut stream, _) = listener.accept()?;
                poll.registry().register(&mut stream, STREAM, Interest::READABLE | Interest::WRITABLE)?;
                peer = Some(Peer::new(stream));
            }
            if let Some(peer) = &mut peer
                && peer.drive()?
            {
                break 'serving;
            }
        }
    }
    client.join().expect("the client does not panic")?;
    Ok(())
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

/// One client, before and after its handshake.
struct Peer {
    stream: TcpStream,
    handshake: UpgradeRequestReader,
    connection: Option<Connection>,
    /// Bytes that came with the request, and are frames already.
    read_ahead: Vec<u8>,
    message: Vec<u8>,
}

impl Peer {
    fn new(stream: TcpStream) -> Self {
        let handshake = UpgradeRequestReader::new();
        Self { stream, handshake, connection: None, read_ahead: Vec::new(), message: Vec::new() }
    }

    /// Does what can be done without waiting, and says whether that was all.
    fn drive(&mut self) -> Result<bool, Box<dyn Error>> {
        let done = if self.connection.is_none() { self.shake_hands() } else { Ok(()) };
        match done.and_then(|()| self.echo()) {
            Ok(finished) => Ok(finished),
            Err(error) if is_would_block(error.as_ref()) => Ok(false),
            Err(error) => Err(error),
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
                // So short a response fits into the socket's buffer.
                self.stream.write_all(&request.accept(None, &[])?)?;
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
        while let Some(action) = connection.next_action()? {
            match action {
                Action::SendToNetwork(send) => {
                    let written = self.stream.write_vectored(&send.buffers())?;
                    send.complete(written);
                }
                Action::SendComplete(sent) => drop(sent.complete()),
                Action::ReceiveFromNetwork(receive) if !self.read_ahead.is_empty() => {
                    let taken = receive.fill(&self.read_ahead);
                    self.read_ahead.drain(..taken);
                }
                Action::ReceiveFromNetwork(mut receive) => {
                    let read = self.stream.read_vectored(&mut receive.buffers())?;
                    receive.complete(read);
                }
                Action::ReceiveComplete(complete) => {
                    let (mut message, mut close): (Option<MessageKind>, Option<CloseFrame>) = (None, None);
                    let mut goes_on = true;
                    match complete.received() {
                        Received::Data { kind, end_of_message, payload } => {
                            self.message.extend_from_slice(payload);
                            message = end_of_message.then_some(kind);
                        }
                        Received::Pong { .. } => {}
                        Received::Close { close: theirs, .. } => (close, goes_on) = (Some(theirs), false),
                        Received::Nothing { .. } => return Ok(true),
                    }
                    complete.complete();
                    if let Some(kind) = message {
                        connection.send(kind, true, mem::take(&mut self.message))?;
                    }
                    if let Some(close) = close {
                        connection.send_close(close)?;
                    }
                    if goes_on {
                        connection.receive()?;
                    }
                }
            }
        }
        Ok(connection.is_finished())
    }
}

fn is_would_block(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}
