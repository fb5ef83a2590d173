//! Messages per second, beside bare tungstenite: `cargo bench -p winws-tests-runtime --bench messages`.
//!
//! Two ends of a connection share a pipe in memory and one thread: one sends a message, the other receives all of it, and
//! the next one follows. What is measured is the protocol alone, once for each direction. Peers take turns, so that
//! whatever else the machine does disturbs all of them alike; the median counts, and the ratio is that to tungstenite.
//!
//! Before that a message of 1 GiB passes through two connections with their default buffers, and the most memory that was
//! allocated at once is printed, the bytes under way in the pipe included.

mod connection;
mod handles;
mod large;
mod memory;
mod pipe;
mod tungstenite;

use std::time::{Duration, Instant};

use winws::protocol::MessageKind;

/// The sizes of the payloads, in bytes.
const SIZES: [usize; 3] = [64, 4 << 10, 1 << 20];

/// How much payload passes in one measurement, and how many messages at most.
const BYTES: usize = 64 << 20;
const MESSAGES: usize = 100_000;

/// The median of so many rounds counts.
const ROUNDS: usize = 9;

/// Which end sends.
#[derive(Clone, Copy)]
enum Sender {
    Client,
    Server,
}

/// Two ends of a connection.
trait Pair {
    /// Passes one message from end to end, and gives the number of bytes that came.
    fn pass(&mut self) -> usize;
}

fn main() {
    large::report();
    println!("\nmessages per second (ratio to tungstenite)");
    println!(
        "{:<8} {:<6} {:>9}  {:>12} {:>20} {:>20}",
        "sender", "kind", "bytes", "tungstenite", "Connection", "handles"
    );
    for (name, sender) in [("client", Sender::Client), ("server", Sender::Server)] {
        for (what, kind) in [("binary", MessageKind::Binary), ("text", MessageKind::Text)] {
            for size in SIZES {
                let mut pairs: [Box<dyn Pair>; 3] = [
                    Box::new(tungstenite::Contexts::new(sender, kind, size)),
                    Box::new(connection::Connections::new(sender, kind, size)),
                    Box::new(handles::Sessions::new(sender, kind, size)),
                ];
                let count = (BYTES / size).min(MESSAGES);
                let times = median_times(&mut pairs, count, size);
                let rate = |time: Duration| to_f64(count) / time.as_secs_f64();
                let ratio = |at: usize| times[0].as_secs_f64() / times[at].as_secs_f64();
                println!(
                    "{name:<8} {what:<6} {size:>9}  {:>12.0} {:>12.0} ({:.2}) {:>12.0} ({:.2})",
                    rate(times[0]),
                    rate(times[1]),
                    ratio(1),
                    rate(times[2]),
                    ratio(2),
                );
            }
        }
    }
}

/// How long each pair takes for so many messages.
fn median_times(pairs: &mut [Box<dyn Pair>; 3], count: usize, size: usize) -> [Duration; 3] {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (pair, times) in pairs.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..count {
                assert_eq!(pair.pass(), size);
            }
            times.push(start.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    })
}

/// A payload that is text, of one byte and of more bytes a character.
fn payload(size: usize) -> Vec<u8> {
    let mut text: String =
        "The quick brown fox jumps over the lazy dog; zwölf Boxkämpfer. ".chars().cycle().take(size).collect();
    while text.len() > size {
        text.pop();
    }
    let mut bytes = text.into_bytes();
    bytes.resize(size, b' ');
    bytes
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
fn to_f64(count: usize) -> f64 {
    count as f64
}
