//! A server that sends every message back, with a thread for each client. `close_status` is a client beside it.
//!
//! `cargo run --example accept_echo -- 127.0.0.1:9001`

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::thread;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: accept_echo HOST:PORT")?;
    for stream in TcpListener::bind(address)?.incoming() {
        // A client that fails is no reason to leave the others.
        thread::spawn(move || stream.map_err(Into::into).and_then(echo).inspect_err(|error| println!("{error}")));
    }
    Ok(())
}

pub(crate) fn echo(stream: TcpStream) -> Result<(), Box<dyn Error + Send + Sync>> {
    let socket = winws::accept(stream)?;
    let mut message = Vec::new();
    let mut delivery = socket.receive_message(&mut message)?;
    while !delivery.is_close() {
        socket.send(delivery.kind, &message)?;
        delivery = socket.receive_message(&mut message)?;
    }
    socket.close(1000, "")?;
    Ok(())
}
