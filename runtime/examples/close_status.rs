//! A server closes with a code and a reason of its own, and the client asks for both.
//!
//! Everything happens on loopback: `cargo run --example close_status`.

use std::error::Error;
use std::net::TcpListener;
use std::thread;

use tungstenite::protocol::CloseFrame;

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("ws://{}/", listener.local_addr()?);
    let server = thread::spawn(move || serve(&listener));

    let socket = winws::connect(&url)?;
    socket.send_text("how are you?")?;
    let mut buffer = [0; 512];
    loop {
        let received = socket.receive(&mut buffer)?;
        if received.is_close() {
            break;
        }
        println!("received: {}", String::from_utf8_lossy(&buffer[..received.len]));
    }
    let status = socket.query_close_status()?;
    println!("close status: {}", status.code);
    println!("close reason: {}", status.reason);

    socket.close(1000, "")?;
    server.join().map_err(|_| "the server panicked")?.map_err(Into::into)
}

/// Answers one message, and then closes with 4001.
fn serve(listener: &TcpListener) -> tungstenite::Result<()> {
    let (stream, _) = listener.accept()?;
    let mut peer = tungstenite::accept(stream).map_err(|error| match error {
        tungstenite::HandshakeError::Failure(error) => error,
        tungstenite::HandshakeError::Interrupted(_) => tungstenite::Error::AttackAttempt,
    })?;
    peer.read()?;
    peer.send("fine, but busy".into())?;
    peer.close(Some(CloseFrame { code: 4001.into(), reason: "out for lunch".into() }))?;
    loop {
        match peer.read() {
            Ok(_) => {}
            Err(tungstenite::Error::ConnectionClosed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
