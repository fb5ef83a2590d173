//! The handshake of a client over a blocking stream.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use winws::protocol::http::ResponseReader;
use winws::protocol::upgrade::Request;
use winws::websocket::{Config, Connection};

/// Opens a connection as a client, and gives it with what the server has sent beyond the handshake.
pub(crate) fn connect(stream: &mut TcpStream, target: &str) -> Result<(Connection, Vec<u8>), Box<dyn Error>> {
    let config = Config::client().with_receive_buffer(64 * 1024)?.with_send_buffer(64 * 1024)?;
    stream.set_nodelay(true)?;
    let request = Request::new(target, &stream.peer_addr()?.to_string(), &[])?;
    stream.write_all(&request.encode())?;
    let (mut reader, mut buffer) = (ResponseReader::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let bytes = &buffer[..length];
        let taken = reader.receive_bytes(bytes)?;
        if let Some(response) = reader.poll_response() {
            response.check_upgrade(&request)?;
            return Ok((Connection::new(config), bytes[taken..].to_vec()));
        }
    }
}
