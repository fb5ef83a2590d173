//! The client that the Autobahn test suite's fuzzing server examines: it echoes every message of every case, by actions.
//! `autobahn_client` is the same with the functions of WinHTTP.
//!
//! `cargo run --release --example autobahn_actions -- 127.0.0.1:9001`

#[path = "actions/client.rs"]
mod client;
#[path = "actions/echo.rs"]
mod echo;

use std::error::Error;
use std::io::Read as _;
use std::net::TcpStream;

use winws::websocket::{Action, Connection, Received};

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

/// The server says in one message how many cases it has.
fn case_count(server: &str) -> Result<u32, Box<dyn Error>> {
    let mut stream = TcpStream::connect(server)?;
    let (mut connection, read_ahead): (Connection, _) = client::connect(&mut stream, "/getCaseCount")?;
    let (mut read_ahead, mut message) = (&read_ahead[..], Vec::new());
    connection.receive()?;
    while let Some(action) = connection.next_action()? {
        match action {
            Action::ReceiveFromNetwork(receive) if !read_ahead.is_empty() => {
                let taken = receive.fill(read_ahead);
                read_ahead = &read_ahead[taken..];
            }
            Action::ReceiveFromNetwork(mut receive) => {
                let read = stream.read_vectored(&mut receive.buffers())?;
                receive.complete(read);
            }
            Action::ReceiveComplete(complete) => {
                let Received::Data { end_of_message, payload, .. } = complete.received() else {
                    return Err("the server sent no number".into());
                };
                message.extend_from_slice(payload);
                if end_of_message {
                    break;
                }
                complete.complete();
                connection.receive()?;
            }
            Action::SendToNetwork(_) | Action::SendComplete(_) => return Err("nothing is sent".into()),
        }
    }
    Ok(std::str::from_utf8(&message)?.parse()?)
}
