//! The client that the Autobahn test suite's fuzzing server examines: it echoes every message of every case.
//!
//! `cargo run --release --example autobahn_client -- ws://127.0.0.1:9001`

use std::error::Error;

use winws::WebSocket;
use winws::api::winhttp::{WebSocketBufferType, WebSocketReceiveError};

fn main() -> Result<(), Box<dyn Error>> {
    let server = std::env::args().nth(1).ok_or("usage: autobahn_client URL")?;
    let mut message = Vec::new();
    receive_message(&winws::connect(&format!("{server}/getCaseCount"))?, &mut message)?;
    let count: u32 = std::str::from_utf8(&message)?.parse()?;
    for case in 1..=count {
        let socket = winws::connect(&format!("{server}/runCase?case={case}&agent=winws"))?;
        if let Err(error) = echo(&socket) {
            // Most cases end with an error on purpose.
            println!("case {case}: {error}");
        }
    }
    let reports = winws::connect(&format!("{server}/updateReports?agent=winws"))?;
    receive_message(&reports, &mut message)?;
    println!("{count} cases");
    Ok(())
}

fn echo(socket: &WebSocket) -> Result<(), Box<dyn Error>> {
    let mut message = Vec::new();
    while let Some(kind) = receive_message(socket, &mut message)? {
        socket.send(kind, &message)?;
    }
    Ok(socket.close(1000, "")?)
}

/// Receives a whole message and its type, or `None` when the server closes.
fn receive_message(
    socket: &WebSocket,
    message: &mut Vec<u8>,
) -> Result<Option<WebSocketBufferType>, WebSocketReceiveError> {
    message.clear();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let received = socket.receive(&mut buffer)?;
        if received.is_close() {
            return Ok(None);
        }
        message.extend_from_slice(&buffer[..received.len]);
        if received.is_end_of_message() {
            return Ok(Some(received.kind));
        }
    }
}
