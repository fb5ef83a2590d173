//! Both directions at once, under load, while the keys change all the time.

use std::env;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustls::ServerConnection;
use winws_api::winhttp::WebSocketBufferType::{BinaryMessage, Close};
use winws_tests_runtime::peer::frame;

use super::connect_value;

/// The variable that says how many seconds the long form takes.
const SECONDS: &str = "WINWS_TLS_LOAD";

/// How much goes in each direction in the short form, in bytes.
const MUCH: usize = 24 << 20;

/// How much the server sends with the same keys.
const WITH_A_KEY: usize = 256 << 10;

/// How long one of the directions may stand still.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server's end, which two threads share as the client's two do.
struct Server {
    tls: Mutex<ServerConnection>,
    stream: TcpStream,
}

/// How the frames of a client end, if they have no masks of interest.
#[derive(Debug, Default)]
struct Frames {
    bytes: Vec<u8>,
    /// How much of the payload of a frame is still to come.
    left: usize,
    pongs: usize,
    has_closed: bool,
}

impl Server {
    /// Seals under the lock, and writes without it: only one thread writes.
    fn send(&self, records: &mut Vec<u8>, mut bytes: &[u8], has_new_keys: bool) {
        records.clear();
        {
            let mut tls = self.tls.lock().unwrap();
            if has_new_keys {
                tls.refresh_traffic_keys().unwrap();
            }
            while !bytes.is_empty() {
                let count = tls.writer().write(bytes).unwrap();
                bytes = &bytes[count..];
                while tls.wants_write() {
                    tls.write_tls(records).unwrap();
                }
            }
        }
        (&self.stream).write_all(records).unwrap();
    }

    /// The plaintext that comes with the next read.
    fn receive(&self, buffer: &mut [u8], came: &mut Vec<u8>) {
        let count = (&self.stream).read(buffer).unwrap();
        assert!(count > 0, "the client says first that it has done");
        let mut left = &buffer[..count];
        let mut tls = self.tls.lock().unwrap();
        while !left.is_empty() {
            tls.read_tls(&mut left).unwrap();
            tls.process_new_packets().unwrap();
            // It stops with an error when there is no more.
            tls.reader().read_to_end(came).unwrap_err();
        }
    }
}

impl Frames {
    /// Takes bytes: how many of them are payload of messages.
    fn take(&mut self, came: &[u8]) -> usize {
        self.bytes.extend_from_slice(came);
        let (mut at, mut payload) = (0, 0);
        loop {
            let bytes = &self.bytes[at..];
            let skipped = self.left.min(bytes.len());
            (at, payload, self.left) = (at + skipped, payload + skipped, self.left - skipped);
            let [first, second, rest @ ..] = &self.bytes[at..] else { break };
            let (head, length) = match (second & 0x7f, rest) {
                (126, [high, low, ..]) => (8, usize::from(u16::from_be_bytes([*high, *low]))),
                (127, [_, _, _, _, a, b, c, d, ..]) => (14, u32::from_be_bytes([*a, *b, *c, *d]) as usize),
                (126 | 127, _) => break,
                (short, _) => (6, usize::from(short)),
            };
            let is_control = first & 8 != 0;
            if self.bytes.len() - at < head + if is_control { length } else { 0 } {
                break;
            }
            at += head;
            match first {
                0x82 => self.left = length,
                0x8a => (at, self.pongs) = (at + length, self.pongs + 1),
                0x88 => (at, self.has_closed) = (at + length, true),
                other => panic!("{other:#x}"),
            }
        }
        self.bytes.drain(..at);
        payload
    }
}

/// Sends in both directions, so much in each or until a time: how much has come at the client and at the server, and how often
/// the keys were changed.
fn run(enough: usize, until: Option<Instant>) -> (usize, usize, u64) {
    let (socket, peer) = connect_value();
    let (stream, tls) = peer.into_parts();
    let server = Server { tls: Mutex::new(tls), stream };
    let (socket, server) = (&socket, &server);
    let updates = AtomicU64::new(0);
    let goes_on = |done: usize| until.map_or(done < enough, |until| Instant::now() < until);
    let sums = thread::scope(|scope| {
        scope.spawn(|| {
            let (message, mut done, mut round) = (vec![7; 300_000], 0, 0);
            while goes_on(done) {
                let length = [1, 100, 5000, 16_384, 70_000, 300_000][round % 6];
                socket.send(BinaryMessage, &message[..length]).unwrap();
                (done, round) = (done + length, round + 1);
            }
            socket.shutdown(1000, "").unwrap();
        });
        scope.spawn(|| {
            let (mut records, mut done, mut round, mut with_key) = (Vec::new(), 0, 0, 0);
            while goes_on(done) {
                let length = [20, 3000, 125, 40_000, 200_000][round % 5];
                let mut bytes = frame(0x82, &vec![8; length]);
                if round % 7 == 0 {
                    // Pongs go between the messages of the client.
                    bytes.extend(frame(0x89, b"there?"));
                }
                let has_new_keys = with_key >= WITH_A_KEY;
                if has_new_keys {
                    with_key = 0;
                    updates.fetch_add(1, Ordering::SeqCst);
                }
                server.send(&mut records, &bytes, has_new_keys);
                (done, round, with_key) = (done + length, round + 1, with_key + length);
            }
            server.send(&mut records, b"\x88\x02\x03\xe8", false);
        });
        let (moves, moved) = channel();
        let at_client = {
            let moves: Sender<()> = moves.clone();
            scope.spawn(move || {
                let (mut buffer, mut sum) = (vec![0; 10_000], 0);
                loop {
                    let received = socket.receive(&mut buffer).unwrap();
                    if received.kind == Close {
                        return sum;
                    }
                    assert!(buffer[..received.len].iter().all(|&byte| byte == 8));
                    sum += received.len;
                    moves.send(()).unwrap();
                }
            })
        };
        let at_server = scope.spawn(move || {
            let (mut buffer, mut came) = (vec![0; 30_000], Vec::new());
            let (mut frames, mut sum) = (Frames::default(), 0);
            while !frames.has_closed {
                came.clear();
                server.receive(&mut buffer, &mut came);
                sum += frames.take(&came);
                moves.send(()).unwrap();
            }
            assert!(frames.pongs > 0);
            sum
        });
        loop {
            match moved.recv_timeout(PATIENCE) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    // The threads end with it, and what they say then is of no interest.
                    socket.abort();
                    server.stream.shutdown(std::net::Shutdown::Both).ok();
                    panic!("nothing moves any more");
                }
            }
        }
        (at_client.join().unwrap(), at_server.join().unwrap())
    });
    (sums.0, sums.1, updates.into_inner())
}

#[test]
fn both_directions_at_once_while_the_keys_change() {
    let (at_client, at_server, updates) = run(MUCH, None);
    assert!(at_client >= MUCH && at_server >= MUCH, "{at_client}, {at_server}");
    assert!(updates > 50, "{updates}");
}

#[test]
#[ignore = "needs WINWS_TLS_LOAD: seconds"]
fn both_directions_for_a_while() {
    let seconds = env::var(SECONDS).expect("the seconds").parse().expect("a number");
    let (at_client, at_server, updates) = run(0, Some(Instant::now() + Duration::from_secs(seconds)));
    eprintln!("{at_client} bytes at the client, {at_server} at the server, {updates} times new keys");
    assert!(at_client > MUCH && at_server > MUCH && updates > 50);
}
