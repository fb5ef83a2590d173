//! A connection without I/O of its own in asynchronous code: an echo server over tokio, and a client of WinHTTP that asks it.
//!
//! `cargo run --example connection_tokio`

#[path = "actions/answer.rs"]
mod answer;

use std::error::Error;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use winws::protocol::upgrade::UpgradeRequestReader;
use winws::websocket::{Action, Config, Connection};

use self::answer::Echo;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("ws://{}/echo", listener.local_addr()?);
    // The client blocks, so it has a thread of its own.
    let client = tokio::task::spawn_blocking(move || ask(&url).map_err(|error| error.to_string()));
    let (stream, _) = listener.accept().await?;
    let mut peer = Peer::accept(stream).await?;
    peer.echo().await?;
    client.await??;
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

/// One client, after its handshake, over any stream of tokio's: a socket, or TLS on top of one.
pub(crate) struct Peer<S> {
    stream: S,
    connection: Connection,
    /// Bytes that came with the request, and are frames already.
    read_ahead: Vec<u8>,
    echo: Echo,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// Waits for the request, and answers it.
    pub(crate) async fn accept(mut stream: S) -> Result<Self, Box<dyn Error>> {
        let (mut reader, mut buffer) = (UpgradeRequestReader::new(), [0; 4096]);
        loop {
            let length = stream.read(&mut buffer).await?;
            if length == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            let taken = reader.receive_bytes(&buffer[..length])?;
            if let Some(request) = reader.poll_request() {
                let response = request.accept(None, &[]);
                stream.write_all(response.as_deref().unwrap_or_else(|error| error.response())).await?;
                response?;
                let (mut connection, read_ahead) = (Connection::new(Config::server()), buffer[taken..length].to_vec());
                connection.receive()?;
                return Ok(Self { stream, connection, read_ahead, echo: Echo::default() });
            }
        }
    }

    /// Sends every message back until the client closes.
    ///
    /// Cancelled while it waits, it loses nothing, and the next call goes on: all that is under way is in the peer, and an
    /// action that was not completed comes again.
    pub(crate) async fn echo(&mut self) -> Result<(), Box<dyn Error>> {
        while let Some(action) = self.connection.next_action().transpose() {
            match action {
                Ok(Action::SendToNetwork(send)) => {
                    let written = self.stream.write_vectored(&send.buffers()).await?;
                    send.complete(written);
                }
                Ok(Action::SendComplete(sent)) => drop(sent.complete()),
                Ok(Action::ReceiveFromNetwork(receive)) if !self.read_ahead.is_empty() => {
                    let taken = receive.fill(&self.read_ahead);
                    self.read_ahead.drain(..taken);
                }
                Ok(Action::ReceiveFromNetwork(mut receive)) => {
                    let read = self.stream.read(&mut receive.buffers()[0]).await?;
                    receive.complete(read);
                }
                Ok(Action::ReceiveComplete(complete)) => self.echo.take(complete).queue(&mut self.connection)?,
                // The peer broke the protocol. What comes next is the close frame that tells it so.
                Err(fault) => println!("{fault}"),
            }
        }
        Ok(())
    }
}
