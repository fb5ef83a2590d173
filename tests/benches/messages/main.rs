//! Messages per second, beside other implementations: `cargo bench -p winws-tests-runtime --bench messages`.
//!
//! Everything passes in memory, in two regimes. One at a time: two ends share a pipe and a thread, one sends a message, the
//! other receives all of it, and the next one follows. Streaming: a sender and a receiver are two tasks of tokio, and the
//! pipe between them holds many messages. Each is measured for both roles. Peers take turns; the median counts, and ratios
//! are made round by round.
//!
//! Before that a message of 1 GiB passes through two connections with their default buffers, and the most memory that was
//! allocated at once is printed, the bytes under way in the pipe included.
//!
//! Figures only: nothing here passes or fails. `--quick` takes fewer messages and rounds. Words restrict what is measured to
//! the regimes that they name: `memory`, `pipe`, `streaming`.

mod connection;
mod handles;
mod large;
#[path = "../memory.rs"]
mod memory;
mod one_at_a_time;
#[path = "../paired.rs"]
mod paired;
mod pipe;
mod streaming;
mod tungstenite;

use std::env;

/// The sizes of the payloads, in bytes.
const SIZES: [usize; 3] = [64, 4 << 10, 1 << 20];

const SENDERS: [(&str, Sender); 2] = [("client", Sender::Client), ("server", Sender::Server)];
const KINDS: [(&str, Kind); 2] = [("binary", Kind::Binary), ("text", Kind::Text)];

/// What a ratio to the faster peer should not be below, and what it should reach.
const FLOOR: f64 = 0.95;
const GOAL: f64 = 1.0;

/// Which end sends.
#[derive(Clone, Copy)]
enum Sender {
    Client,
    Server,
}

/// What a message is made of.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Binary,
}

/// How much is measured.
struct Plan {
    /// How many rounds count.
    rounds: usize,
    /// How much payload passes in one measurement, in bytes, and how many messages at most.
    bytes: usize,
    messages: u32,
}

impl Plan {
    const FULL: Self = Self { rounds: 9, bytes: 64 << 20, messages: 100_000 };
    const QUICK: Self = Self { rounds: 5, bytes: 16 << 20, messages: 25_000 };

    /// How many messages of a size pass.
    fn count(&self, size: usize) -> u32 {
        u32::try_from(self.bytes / size).map_or(self.messages, |count| count.min(self.messages))
    }
}

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    let plan = if words.iter().any(|word| word == "--quick") { Plan::QUICK } else { Plan::FULL };
    let names: Vec<&String> = words.iter().filter(|word| *word != "--quick").collect();
    let wants = |name: &str| names.is_empty() || names.iter().any(|word| *word == name);
    if wants("memory") {
        large::report();
    }
    if wants("pipe") {
        one_at_a_time::report(&plan);
    }
    if wants("streaming") {
        streaming::report(&plan);
    }
}

/// A payload that is text, of one byte and of more bytes a character.
fn payload(size: usize) -> String {
    let mut text: String =
        "The quick brown fox jumps over the lazy dog; zwölf Boxkämpfer. ".chars().cycle().take(size).collect();
    while text.len() > size {
        text.pop();
    }
    text.extend(std::iter::repeat_n(' ', size - text.len()));
    text
}
