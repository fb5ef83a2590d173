//! Whole conversations, as public programs have them, with servers of several manners. Whatever the server does, each operation ends
//! once, and each handle says once and last that it closes.

mod polling;
mod reacting;

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::ptr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::net::sockopt;
use winws::ffi::winhttp::{HINTERNET, WinHttpWebSocketCompleteUpgrade};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::{close_frame, frame, good_answer};

use super::chat::{INVALID_OPERATION, open_silent, set_context};
use super::ledger::Ledger;
use super::recorder::{RECORD, Told};
use crate::winhttp::c;

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many messages a program sends to a good server, which sends them back.
const MESSAGES: usize = 20;

/// What a server is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It sends back what comes, and answers a close frame.
    Good,
    /// It answers with a page.
    Refuses,
    /// It never answers.
    Silent,
    /// It never says a word after the upgrade.
    Mute,
    /// It goes away with a reset in place of an answer.
    Resets,
    /// It goes away with a reset once it has read a message.
    ResetsLater,
}

const MANNERS: [Manner; 6] =
    [Manner::Good, Manner::Refuses, Manner::Silent, Manner::Mute, Manner::Resets, Manner::ResetsLater];

/// What the main thread of a program hears of.
#[derive(Debug)]
enum Event {
    Told(Told),
    /// A server that does not answer has read the request.
    Asked,
    /// A server that does not answer has read a frame whose first byte this is.
    Unanswered(u8),
}

/// A server, and the words that programs exchange with it.
struct Server {
    manner: Manner,
    port: u16,
    events: Receiver<Event>,
    /// The first byte of the last frame that was not answered.
    unanswered: Cell<Option<u8>>,
    /// Puts events into the same queue.
    sender: Sender<Event>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, events) = channel();
        let to_program = sender.clone();
        let thread = thread::spawn(move || {
            let stream = listener.accept().unwrap().0;
            // A client may go at any time.
            serve(manner, &stream, &to_program).ok();
        });
        Self { manner, port, events, unanswered: Cell::new(None), sender, thread: Some(thread) }
    }

    /// The next event.
    fn event(&self) -> Event {
        match self.events.recv_timeout(PATIENCE) {
            Ok(event) => {
                if let Event::Unanswered(first) = event {
                    self.unanswered.set(Some(first));
                }
                event
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => panic!("nothing happens any more"),
        }
    }

    /// Waits for an event.
    fn wait_for<T>(&self, mut look: impl FnMut(&Event) -> Option<T>) -> T {
        loop {
            if let Some(found) = look(&self.event()) {
                return found;
            }
        }
    }

    /// Whether there will be a WebSocket.
    fn upgrades(&self) -> bool {
        matches!(self.manner, Manner::Good | Manner::Mute | Manner::ResetsLater)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take()
            && !thread::panicking()
        {
            thread.join().expect("the server does not panic");
        }
    }
}

fn serve(manner: Manner, mut stream: &TcpStream, events: &Sender<Event>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    match manner {
        Manner::Resets => return reset(stream),
        Manner::Refuses => {
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nsorry")?;
            return io::copy(&mut stream, &mut io::sink()).map(drop);
        }
        Manner::Silent => {
            events.send(Event::Asked).ok();
            return io::copy(&mut stream, &mut io::sink()).map(drop);
        }
        Manner::Good | Manner::Mute | Manner::ResetsLater => {}
    }
    stream.write_all(good_answer(&String::from_utf8_lossy(&head), "").as_bytes())?;
    loop {
        let (first, payload) = read_frame(stream)?;
        match manner {
            Manner::ResetsLater => return reset(stream),
            Manner::Mute => drop(events.send(Event::Unanswered(first))),
            _ if first == 0x88 => {
                stream.write_all(&close_frame(1000, ""))?;
                stream.shutdown(Shutdown::Write)?;
                return io::copy(&mut stream, &mut io::sink()).map(drop);
            }
            _ => stream.write_all(&frame(first, &payload))?,
        }
    }
}

/// The stream ends with a reset when it is dropped.
fn reset(stream: &TcpStream) -> io::Result<()> {
    Ok(sockopt::set_socket_linger(stream, Some(Duration::ZERO))?)
}

fn read_frame(mut stream: &TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let mut head = [0; 6];
    stream.read_exact(&mut head)?;
    let mut payload = vec![0; usize::from(head[1] & 0x7f)];
    assert!(payload.len() < 126, "programs here send short messages");
    stream.read_exact(&mut payload)?;
    for (byte, key) in payload.iter_mut().zip(head[2..].iter().cycle()) {
        *byte ^= key;
    }
    Ok((head[0], payload))
}

/// The handles that most programs begin with. A callback hears of the session, if there is a mask.
fn open(server: &Server, ledger: &'static Ledger, mask: Option<u32>) -> [usize; 3] {
    let session = open_silent();
    if let Some(mask) = mask {
        set_context(session, ledger.recorder.context());
        super::chat::listen(session, mask);
    }
    let connection = c::connect(session, Some("127.0.0.1"), server.port, 0);
    let request = c::open_request(connection, None, Some("/chat"));
    assert_eq!(c::set_option(request, sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 0);
    [session, connection, request].map(HINTERNET::expose_provenance)
}

/// Exchanges a request for its socket.
fn complete_upgrade(request: HINTERNET, context: usize) -> usize {
    // SAFETY: there is no memory.
    let socket = unsafe { WinHttpWebSocketCompleteUpgrade(request, context) };
    assert!(!socket.is_null(), "{}", winws::ffi::last_error());
    socket.expose_provenance()
}

/// Sends a message once no other one is pending: what comes back may be faster than the end of the send that it answers.
fn send_soon(ledger: &Ledger, socket: usize, kind: i32, bytes: &'static [u8]) -> u32 {
    let began = Instant::now();
    loop {
        match ledger.send(socket, kind, bytes) {
            INVALID_OPERATION => assert!(began.elapsed() < PATIENCE, "a send is pending all the time"),
            code => return code,
        }
        thread::yield_now();
    }
}

/// Closes a handle, which is there.
fn close_handle(word: usize) {
    assert_eq!(c::close_handle(ptr::with_exposed_provenance_mut(word)), 0);
}

/// The mask of a program that wants to hear of completions and handles.
const COMPLETIONS: u32 = sys::WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | sys::WINHTTP_CALLBACK_FLAG_HANDLES;

fn is_recorder(callback: sys::WINHTTP_STATUS_CALLBACK) -> bool {
    callback.map(|callback| callback as usize) == RECORD.map(|record| record as usize)
}
