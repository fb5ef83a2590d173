//! An echo over a blocking stream that does what the actions of a connection say.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use winws::websocket::{Action, Connection};

use self::answer::Echo;

mod answer;

/// How long a peer may take to end the stream when everything has been said.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends every message back, until the peer closes, breaks the protocol or goes away.
pub(crate) fn echo(
    stream: &mut TcpStream,
    connection: &mut Connection,
    read_ahead: &[u8],
) -> Result<(), Box<dyn Error>> {
    let (mut reader, mut writer) = (read_ahead.chain(&*stream), &*stream);
    let (mut echo, mut fault) = (Echo::default(), None);
    connection.receive()?;
    while let Some(action) = connection.next_action().transpose() {
        match action {
            Ok(Action::SendToNetwork(send)) => {
                let written = writer.write_vectored(&send.buffers())?;
                send.complete(written);
            }
            Ok(Action::SendComplete(sent)) => drop(sent.complete()),
            Ok(Action::ReceiveFromNetwork(mut receive)) => {
                let read = reader.read_vectored(&mut receive.buffers())?;
                receive.complete(read);
            }
            Ok(Action::ReceiveComplete(complete)) => echo.take(complete).queue(connection)?,
            // The peer broke the protocol. What comes next is the close frame that tells it so.
            Err(error) => fault = Some(error),
        }
    }
    let ended = end(stream);
    match fault {
        Some(fault) => Err(fault.into()),
        None => Ok(ended?),
    }
}

/// Lets the peer read what was sent last: a socket that is closed with bytes unread may take it back.
fn end(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let start = Instant::now();
    while start.elapsed() < PATIENCE && !matches!(stream.read(&mut [0; 4096]), Ok(0) | Err(_)) {}
    Ok(())
}
