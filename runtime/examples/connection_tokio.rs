//! A connection without I/O of its own in asynchronous code: an echo server over tokio, and a client of WinHTTP that asks it.
//!
//! `cargo run --example connection_tokio`

use std::error::Error;
use std::{io, mem};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use winws::protocol::handshake::UpgradeRequestReader;
use winws::websocket::{Action, Config, Connection, Received};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("ws://{}/echo", listener.local_addr()?);
    // The client blocks, so it has a thread of its own.
    let client = tokio::task::spawn_blocking(move || ask(&url).map_err(|error| error.to_string()));
    let (mut stream, _) = listener.accept().await?;
    let (mut connection, read_ahead) = accept(&mut stream).await?;
    echo(&mut stream, &mut connection, &read_ahead).await?;
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

async fn accept(stream: &mut TcpStream) -> Result<(Connection, Vec<u8>), Box<dyn Error>> {
    let (mut reader, mut buffer) = (UpgradeRequestReader::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let taken = reader.receive_bytes(&buffer[..length])?;
        if let Some(request) = reader.poll_request() {
            stream.write_all(&request.accept(None, &[])?).await?;
            return Ok((Connection::new(Config::server()), buffer[taken..length].to_vec()));
        }
    }
}

/// Sends every message back until the client closes. Cancelled while it waits, it loses nothing: the action comes again.
async fn echo(stream: &mut TcpStream, connection: &mut Connection, read_ahead: &[u8]) -> Result<(), Box<dyn Error>> {
    let (mut read_ahead, mut message) = (read_ahead, Vec::new());
    connection.receive()?;
    while let Some(action) = connection.next_action()? {
        match action {
            Action::SendToNetwork(send) => {
                let written = stream.write_vectored(&send.buffers()).await?;
                send.complete(written);
            }
            Action::SendComplete(sent) => drop(sent.complete()),
            Action::ReceiveFromNetwork(receive) if !read_ahead.is_empty() => {
                let taken = receive.fill(read_ahead);
                read_ahead = &read_ahead[taken..];
            }
            Action::ReceiveFromNetwork(mut receive) => {
                let read = stream.read(&mut receive.buffers()[0]).await?;
                receive.complete(read);
            }
            Action::ReceiveComplete(complete) => match complete.received() {
                Received::Data { kind, end_of_message, payload } => {
                    message.extend_from_slice(payload);
                    complete.complete();
                    if end_of_message {
                        connection.send(kind, true, mem::take(&mut message))?;
                    }
                    connection.receive()?;
                }
                Received::Close { close, .. } => {
                    complete.complete();
                    connection.send_close(close)?;
                }
                Received::Pong { .. } => {
                    complete.complete();
                    connection.receive()?;
                }
                Received::Nothing { .. } => break,
            },
        }
    }
    Ok(())
}
