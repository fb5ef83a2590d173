//! An echo over a blocking stream that does what the actions of a connection say.

use std::error::Error;
use std::io::{self, Read, Write};
use std::mem;
use std::net::{Shutdown, TcpStream};

use winws::protocol::{CloseFrame, MessageKind};
use winws::websocket::{Action, Connection, Received};

/// Sends every message back, until the peer closes, breaks the protocol or goes away.
pub fn echo(stream: &mut TcpStream, connection: &mut Connection, read_ahead: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut read_ahead = read_ahead;
    let (mut message, mut fault) = (Vec::new(), None);
    connection.receive()?;
    loop {
        let action = match connection.next_action() {
            Ok(Some(action)) => action,
            Ok(None) => break,
            // What comes after it is the close frame that tells the peer.
            Err(error) => {
                fault = Some(error);
                continue;
            }
        };
        match action {
            Action::SendToNetwork(send) => {
                let written = stream.write_vectored(&send.buffers())?;
                send.complete(written);
            }
            Action::SendComplete(sent) => drop(sent.complete()),
            Action::ReceiveFromNetwork(receive) if !read_ahead.is_empty() => {
                let taken = receive.fill(read_ahead);
                read_ahead = &read_ahead[taken..];
            }
            Action::ReceiveFromNetwork(mut receive) => {
                let read = stream.read_vectored(&mut receive.buffers())?;
                receive.complete(read);
            }
            Action::ReceiveComplete(complete) => {
                let next = match complete.received() {
                    Received::Data { kind, end_of_message, payload } => {
                        message.extend_from_slice(payload);
                        if end_of_message { Next::Send(kind) } else { Next::Receive }
                    }
                    Received::Pong { .. } => Next::Receive,
                    Received::Close { close, .. } => Next::Close(close),
                    Received::Nothing { .. } => Next::End,
                };
                complete.complete();
                match next {
                    Next::Send(kind) => {
                        connection.send(kind, true, mem::take(&mut message))?;
                        connection.receive()?;
                    }
                    Next::Receive => connection.receive()?,
                    Next::Close(close) => connection.send_close(close)?,
                    Next::End => {}
                }
            }
        }
    }
    // The peer gets to read what was sent last: a socket that is closed with bytes unread may take it back.
    stream.shutdown(Shutdown::Write)?;
    io::copy(stream, &mut io::sink())?;
    fault.map_or(Ok(()), |fault| Err(fault.into()))
}

enum Next {
    Send(MessageKind),
    Receive,
    Close(CloseFrame),
    End,
}
