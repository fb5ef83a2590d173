//! The handshake of a server over a blocking stream.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use winws::protocol::upgrade::UpgradeRequestReader;
use winws::websocket::{Config, Connection};

/// Opens a connection as a server, and gives it with what the client has sent beyond the handshake.
pub(crate) fn accept(stream: &mut TcpStream) -> Result<(Connection, Vec<u8>), Box<dyn Error>> {
    stream.set_nodelay(true)?;
    let (mut reader, mut buffer) = (UpgradeRequestReader::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let bytes = &buffer[..length];
        let taken = reader.receive_bytes(bytes)?;
        let Some(request) = reader.poll_request() else {
            continue;
        };
        let response = request.accept(None, &[]);
        stream.write_all(response.as_deref().unwrap_or_else(|error| error.response()))?;
        response?;
        return Ok((Connection::new(Config::server().with_receive_buffer(64 * 1024)?), bytes[taken..].to_vec()));
    }
}
