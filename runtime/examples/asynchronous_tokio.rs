//! A hundred connections in one thread of tokio: each asks an echo server and closes. `winws::asynchronous` needs no runtime, so any
//! other one would do.
//!
//! `cargo run --example asynchronous_tokio`

use std::error::Error;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use tokio::task::JoinSet;
use winws::asynchronous::connect;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("ws://{}/echo", listener.local_addr()?);
    thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(thread::spawn(|| echo(stream)))));

    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let url = url.clone();
        tasks.spawn(async move { ask(&url, number).await.map_err(|error| error.to_string()) });
    }
    while let Some(asked) = tasks.join_next().await {
        println!("{}", asked??);
    }
    Ok(())
}

/// What each task does.
async fn ask(url: &str, number: u32) -> Result<String, Box<dyn Error>> {
    let socket = connect(url).await?;
    // A limit of time of the socket; a future that is dropped by a limit of tokio's loses nothing either.
    socket.set_receive_timeout(Some(Duration::from_secs(10)));
    socket.send_text(format!("hello from {number}")).await?;
    let mut message = Vec::new();
    socket.receive_message(&mut message).await?;
    socket.close(1000, "bye").await?;
    Ok(String::from_utf8(message)?)
}

/// What the server does for each client.
fn echo(stream: std::net::TcpStream) -> Result<(), Box<dyn Error + Send + Sync>> {
    let socket = winws::accept(stream)?;
    let mut message = Vec::new();
    let mut delivery = socket.receive_message(&mut message)?;
    while !delivery.is_close() {
        socket.send(delivery.kind, &message)?;
        delivery = socket.receive_message(&mut message)?;
    }
    Ok(socket.close(1000, "")?)
}
