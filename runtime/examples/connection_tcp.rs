//! A connection without I/O of its own over plain blocking sockets: an echo server in a thread, and a client that asks it.
//!
//! `cargo run --example connection_tcp`

#[path = "actions/client.rs"]
mod client;
#[path = "actions/echo.rs"]
mod echo;
#[path = "actions/server.rs"]
mod server;

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use winws::protocol::{CloseFrame, MessageKind};
use winws::websocket::{Action, Received};

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let served = thread::spawn(move || {
        let serve = || -> Result<(), Box<dyn Error>> {
            let (mut stream, _) = listener.accept()?;
            let (mut connection, read_ahead) = server::accept(&mut stream)?;
            echo::echo(&mut stream, &mut connection, &read_ahead)
        };
        serve().map_err(|error| error.to_string())
    });

    let mut stream = TcpStream::connect(address)?;
    let (mut connection, read_ahead) = client::connect(&mut stream, "/echo")?;
    // What came with the handshake is read first.
    let read_ahead = &read_ahead[..];
    let (mut reader, mut writer) = (read_ahead.chain(&stream), &stream);
    connection.send(MessageKind::Text, true, b"hello".to_vec())?;
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
            Ok(Action::ReceiveComplete(complete)) => {
                let received = complete.received();
                println!("{received:?}");
                let is_message = matches!(received, Received::Data { end_of_message: true, .. });
                let is_last = matches!(received, Received::Close { .. } | Received::Nothing { .. });
                complete.complete();
                if is_message {
                    connection.send_close(CloseFrame::new(1000, b"bye")?)?;
                }
                if !is_last {
                    connection.receive()?;
                }
            }
            // What comes next is the close frame that tells the server what it did wrong.
            Err(fault) => println!("{fault}"),
        }
    }
    assert!(connection.is_finished());
    drop(stream);
    served.join().expect("the server does not panic")?;
    Ok(())
}
