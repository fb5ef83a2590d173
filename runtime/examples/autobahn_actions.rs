//! The client that the Autobahn test suite's fuzzing server examines: it echoes every message of every case, by actions.
//! `autobahn_client` is the same with the functions of WinHTTP.
//!
//! `cargo run --release --example autobahn_actions -- 127.0.0.1:9001`

#[path = "actions/client.rs"]
mod client;
#[path = "actions/echo.rs"]
mod echo;

use std::error::Error;
use std::net::TcpStream;

fn main() -> Result<(), Box<dyn Error>> {
    let server = std::env::args().nth(1).ok_or("usage: autobahn_actions HOST:PORT")?;
    let count = case_count(&server)?;
    for case in 1..=count {
        let mut stream = TcpStream::connect(&server)?;
        let target = format!("/runCase?case={case}&agent=winws-actions");
        let (mut connection, read_ahead) = client::connect(&mut stream, &target)?;
        if let Err(error) = echo::echo(&mut stream, &mut connection, &read_ahead) {
            // Most cases end with an error on purpose.
            println!("case {case}: {error}");
        }
    }
    let mut stream = TcpStream::connect(&server)?;
    let (mut connection, read_ahead) = client::connect(&mut stream, "/updateReports?agent=winws-actions")?;
    echo::echo(&mut stream, &mut connection, &read_ahead)?;
    println!("{count} cases");
    Ok(())
}

/// The server says in one message how many cases it has. That one is received by the functions of WinHTTP.
fn case_count(server: &str) -> Result<u32, Box<dyn Error>> {
    let socket = winws::connect(&format!("ws://{server}/getCaseCount"))?;
    let (mut buffer, mut length) = ([0; 16], 0);
    loop {
        let received = socket.receive(&mut buffer[length..])?;
        length += received.len;
        if received.is_end_of_message() {
            return Ok(std::str::from_utf8(&buffer[..length])?.parse()?);
        }
    }
}
