//! The server that the Autobahn test suite's fuzzing client examines: it echoes every message, by actions.
//!
//! `cargo run --release --example autobahn_server -- 127.0.0.1:9002`

#[path = "actions/echo.rs"]
mod echo;
#[path = "actions/server.rs"]
mod server;

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::thread;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("usage: autobahn_server HOST:PORT")?;
    for stream in TcpListener::bind(address)?.incoming() {
        // One that could not be accepted is no reason to leave the others.
        thread::spawn(move || {
            if let Err(error) = stream.map_err(Into::into).and_then(serve) {
                println!("{error}");
            }
        });
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> Result<(), Box<dyn Error>> {
    let (mut connection, read_ahead) = server::accept(&mut stream)?;
    echo::echo(&mut stream, &mut connection, &read_ahead)
}
