//! A server for programs that wait: each path answers so much that a client has to wait for more.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use tungstenite::handshake::derive_accept_key;

/// What the connections have in common. The server lives as long as its process.
#[derive(Default)]
struct State {
    shared: Mutex<Shared>,
    changed: Condvar,
}

#[derive(Default)]
struct Shared {
    connections: usize,
    ended: HashSet<String>,
    keys: HashSet<[u8; 4]>,
    has_repeated: bool,
    /// Streams of which nobody reads.
    held: Vec<TcpStream>,
}

/// The port of a new server.
pub(super) fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let state = Arc::new(State::default());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, state) = (stream.unwrap(), Arc::clone(&state));
            // A client that leaves is no failure of the server.
            thread::spawn(move || serve(stream, &state).ok());
        }
    });
    port
}

fn serve(mut stream: TcpStream, state: &State) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).expect("a request has a path");
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
    if let Some(key) = key {
        let accept = derive_accept_key(key.as_bytes());
        let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
        write!(stream, "{answer}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n")?;
    }
    match path {
        "/echo" => {
            echo(stream, state);
            return Ok(());
        }
        "/some" => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")?,
        "/never" | "/post" | "/silent" => {}
        other => panic!("nothing is at {other}"),
    }
    state.shared.lock().unwrap().held.push(stream);
    Ok(())
}

/// Sends every message back, except for questions.
fn echo(mut stream: TcpStream, state: &State) {
    let name = {
        let mut shared = state.shared.lock().unwrap();
        shared.connections += 1;
        format!("name-{}", shared.connections)
    };
    let mut answered = || {
        let (opcode, text) = read(&mut stream, state)?;
        let text = match &text[..] {
            b"name me" => name.clone().into_bytes(),
            b"has a key come twice?" => {
                let has = state.shared.lock().unwrap().has_repeated;
                (if has { "yes" } else { "no" }).into()
            }
            other if other.starts_with(b"name-") => {
                let other = String::from_utf8_lossy(other);
                let shared = state.shared.lock().unwrap();
                drop(state.changed.wait_while(shared, |shared| !shared.ended.contains(&*other)).unwrap());
                b"ended".to_vec()
            }
            _ => text,
        };
        stream.write_all(&[0x80 | opcode, u8::try_from(text.len()).expect("it is short")])?;
        stream.write_all(&text)
    };
    while answered().is_ok() {}
    state.shared.lock().unwrap().ended.insert(name);
    state.changed.notify_all();
}

/// A short frame.
fn read(stream: &mut TcpStream, state: &State) -> io::Result<(u8, Vec<u8>)> {
    let (mut head, mut key) = ([0; 2], [0; 4]);
    stream.read_exact(&mut head)?;
    stream.read_exact(&mut key)?;
    let mut text = vec![0; usize::from(head[1] & 0x7F)];
    stream.read_exact(&mut text)?;
    text.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
    let mut shared = state.shared.lock().unwrap();
    shared.has_repeated |= !shared.keys.insert(key);
    Ok((head[0] & 0x0F, text))
}
