//! A room in which everybody hears everybody: `cargo run --example room 127.0.0.1:9001`.
//!
//! Join it with `cargo run --example chat ws://127.0.0.1:9001/`, from as many terminals as you like.

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use winws::WebSocket;

/// How long somebody who does not read holds up the others.
const PATIENCE: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9001".to_owned());
    let listener = TcpListener::bind(&address)?;
    println!("join at ws://{}/", listener.local_addr()?);
    serve(listener.incoming().map_while(Result::ok));
    Ok(())
}

/// Everybody who is in the room.
#[derive(Debug, Default)]
pub(crate) struct Room {
    people: Mutex<Vec<Arc<WebSocket>>>,
}

/// Lets everybody in, each with a thread, until nobody comes any more and the last person has left.
pub(crate) fn serve(visitors: impl Iterator<Item = TcpStream>) {
    let room = Room::default();
    thread::scope(|scope| {
        for stream in visitors {
            let room = &room;
            scope.spawn(move || {
                if let Err(error) = visit(room, stream) {
                    eprintln!("somebody left without a word: {error}");
                }
            });
        }
    });
}

/// Passes on what one person says, until that person leaves.
pub(crate) fn visit(room: &Room, stream: TcpStream) -> Result<(), Box<dyn Error>> {
    let person = Arc::new(winws::accept(stream)?);
    person.set_send_timeout(Some(PATIENCE));
    room.enter(&person);
    let visited = listen(room, &person);
    room.leave(&person);
    visited
}

fn listen(room: &Room, person: &WebSocket) -> Result<(), Box<dyn Error>> {
    let mut message = Vec::new();
    loop {
        let delivery = person.receive_message(&mut message)?;
        if delivery.is_close() {
            return Ok(person.close(1000, "")?);
        }
        for other in room.everybody() {
            // Somebody who cannot be told anything has a thread that notices.
            other.send(delivery.kind, &message).ok();
        }
    }
}

impl Room {
    /// A copy, so that nobody is kept waiting while somebody else is sent something.
    fn everybody(&self) -> Vec<Arc<WebSocket>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn enter(&self, person: &Arc<WebSocket>) {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(person));
    }

    fn leave(&self, person: &Arc<WebSocket>) {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| !Arc::ptr_eq(other, person));
    }
}
