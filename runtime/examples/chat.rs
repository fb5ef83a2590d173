//! Sends lines in one thread and shows what comes in another: `cargo run --example chat wss://example.com/`.
//!
//! A proxy that the environment names is used (`https_proxy=http://user:word@localhost:3128`). The end of the input (Ctrl-D) closes the connection.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::thread;

use winws::{MessageError, ReceiveHalf, SendHalf, Session};

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("give the URL of a server, such as ws://127.0.0.1:9001/")?;
    talk(&url, io::stdin().lock(), io::stdout())
}

/// Sends the lines of the input, and writes each message as a line of the output, until both ends have closed.
pub(crate) fn talk(url: &str, input: impl BufRead, output: impl Write + Send) -> Result<(), Box<dyn Error>> {
    let session = Session::builder().proxy_from_environment().build()?;
    let (sender, receiver) = session.connect(url)?.split();
    thread::scope(|scope| {
        let showing = scope.spawn(move || show(&receiver, output));
        let sent = send_lines(&sender, input);
        if sent.is_err() {
            // Without this the other thread would wait for a close frame for ever.
            sender.abort();
        }
        let shown = showing.join().map_err(|_| "the receiving thread panicked")?;
        sent?;
        Ok(shown?)
    })
}

fn send_lines(sender: &SendHalf, input: impl BufRead) -> Result<(), Box<dyn Error>> {
    for line in input.lines() {
        sender.send_text(&line?)?;
    }
    Ok(sender.shutdown(1000, "bye")?)
}

fn show(receiver: &ReceiveHalf, mut output: impl Write) -> Result<(), MessageError> {
    let mut message = Vec::new();
    while !receiver.receive_message(&mut message)?.is_close() {
        // Nobody may read any more what is shown; the connection ends in order all the same.
        writeln!(output, "{}", String::from_utf8_lossy(&message)).ok();
    }
    Ok(())
}
