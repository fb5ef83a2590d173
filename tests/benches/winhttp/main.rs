//! Messages per second on sockets, beside bare tungstenite: `cargo bench -p winws-tests-runtime --bench winhttp`.
//!
//! Both clients block, and talk to the same far end over loopback, which does as little as it can. Everything runs on one
//! core: on two cores, who wakes whom decides more than what is measured. The clients take turns, and ratios are made round by
//! round.
//!
//! `tls` measures the same over TLS: tungstenite over rustls' own stream.
//!
//! `cycle` is another thing: how often a second a client connects, upgrades, closes and goes, by the Rust API and by the chain of
//! handles.
//!
//! `c` is another thing too: the echo through the C functions, beside the Rust API.
//!
//! After that come the bytes that an idle socket holds. Figures only: nothing here passes or fails. `--quick` takes fewer
//! messages and rounds. Words restrict what is measured to the ways and sizes that they name: `in`, `echo 64`.

mod c_client;
#[path = "../idle.rs"]
mod idle;
#[path = "../memory.rs"]
mod memory;
#[path = "../paired.rs"]
mod paired;
#[expect(dead_code, reason = "this bench has both ends on one core")]
#[path = "../pin.rs"]
mod pin;
#[path = "../raw.rs"]
mod raw;
#[path = "../tls.rs"]
mod tls;
mod tungstenite_client;
mod winws_client;

use std::env;
use std::net::SocketAddr;

use tungstenite::Bytes;

use self::paired::take_turns;

/// A client of the far end.
trait Client {
    fn send(&mut self, message: &Bytes);
    /// Waits for a whole message, and gives its length.
    fn receive(&mut self) -> usize;
}

/// Which way messages go.
#[derive(Clone, Copy)]
enum Way {
    Echo,
    Out,
    In,
    /// As `In`, but the far end writes many messages at once, so that the client alone decides. Nothing is asked of it.
    Burst,
}

/// A way, the size of a message in bytes, and how many messages pass in one measurement.
const ROWS: [(Way, usize, u32); 11] = [
    (Way::Echo, 64, 10_000),
    (Way::Echo, 4 << 10, 8_000),
    (Way::Echo, 64 << 10, 2_000),
    (Way::Echo, 1 << 20, 200),
    (Way::Out, 64, 100_000),
    (Way::Out, 64 << 10, 4_000),
    (Way::Out, 1 << 20, 250),
    (Way::In, 64, 100_000),
    (Way::In, 64 << 10, 6_000),
    (Way::In, 1 << 20, 400),
    (Way::Burst, 64, 400_000),
];

/// How many connections are made in one measurement.
const CYCLES: u32 = 1_000;

/// How many rounds count, and by how much less passes in quick ones.
const ROUNDS: usize = 11;
const C_ROUNDS: usize = 7;
const QUICK_ROUNDS: usize = 5;
const QUICK_SHARE: u32 = 4;

fn main() {
    let (options, words): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|word| word.starts_with("--"));
    let is_quick = options.iter().any(|option| option == "--quick");
    println!("{}", pin::to_one_core());
    let (is_tls, words): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| word == "tls");
    let is_asked = |names: &[String]| words.iter().all(|word| names.contains(word));
    let is_tls = !is_tls.is_empty();
    let address = if is_tls { raw::serve_over(tls::server) } else { raw::serve() };
    println!("{:<5} {:>8}  {:>12} {:>12}  {:<22} floor  goal", "way", "bytes", "tungstenite", "winws", "ratio");
    for (way, size, count) in ROWS {
        let (rounds, count) = if is_quick { (QUICK_ROUNDS, count / QUICK_SHARE) } else { (ROUNDS, count) };
        let (name, path) = match way {
            Way::Echo => ("echo", format!("echo/{count}")),
            Way::Out => ("out", format!("sink/{count}")),
            Way::In => ("in", format!("source/{count}/{size}")),
            Way::Burst => ("burst", format!("burst/{count}/{size}")),
        };
        if !is_asked(&[name.to_owned(), size.to_string()]) {
            continue;
        }
        let message = Bytes::from(vec![b'x'; size]);
        let (mut peer, mut ours): (Box<dyn Client>, _) = if is_tls {
            let peer = tungstenite_client::Client::connect_tls(address, &path);
            (Box::new(peer), winws_client::Client::connect_tls(address, &path, size))
        } else {
            let peer = tungstenite_client::Client::connect(address, &path);
            (Box::new(peer), winws_client::Client::connect(address, &path, size))
        };
        let rounds = take_turns(
            rounds,
            &mut [&mut || pass(&mut *peer, way, &message, count), &mut || pass(&mut ours, way, &message, count)],
        );
        let asked = match (way, size) {
            (Way::Burst, _) => "",
            (_, 1_048_576) => "1.00   1.10",
            _ => "0.97   1.00",
        };
        println!(
            "{name:<5} {size:>8}  {:>12.0} {:>12.0}  {:<22} {asked}",
            rounds.rate(0, count),
            rounds.rate(1, count),
            rounds.ratio(1, 0).to_string(),
        );
    }
    if !is_tls && is_asked(&["cycle".to_owned()]) {
        cycle(address, if is_quick { QUICK_ROUNDS } else { ROUNDS });
    }
    if !is_tls {
        through_c(address, |size| is_asked(&["c".to_owned(), size.to_string()]));
    }
    if is_tls || !words.is_empty() {
        return;
    }
    let (idle, _) = memory::watch(|| idle::measure(memory::now));
    println!(
        "an idle socket holds {} bytes (bound {}), and {} bytes serve all sockets",
        idle.socket,
        idle::BOUND,
        idle.shared
    );
}

/// The echo through the C functions, beside the Rust API.
fn through_c(address: SocketAddr, is_asked: impl Fn(usize) -> bool) {
    println!("{:<5} {:>8}  {:>12} {:>12}  {:<22} floor", "c", "bytes", "Rust", "C", "ratio");
    let echoes =
        ROWS.into_iter().filter(|(way, size, _)| matches!(way, Way::Echo) && *size != 64 << 10 && is_asked(*size));
    for (_, size, count) in echoes {
        let (message, path) = (Bytes::from(vec![b'x'; size]), format!("echo/{count}"));
        // Each measurement has a connection of its own: how the system tunes one decides more than who uses it.
        let rounds = take_turns(
            C_ROUNDS,
            &mut [
                &mut || {
                    let mut rust = winws_client::Client::connect(address, &path, size);
                    pass(&mut rust, Way::Echo, &message, count);
                },
                &mut || {
                    let mut c = c_client::Client::connect(address, &path, size);
                    pass(&mut c, Way::Echo, &message, count);
                },
            ],
        );
        let floor = if size == 1 << 20 { "0.99" } else { "0.97" };
        println!(
            "{:<5} {size:>8}  {:>12.0} {:>12.0}  {:<22} {floor}",
            "",
            rounds.rate(0, count),
            rounds.rate(1, count),
            rounds.ratio(1, 0).to_string(),
        );
    }
}

/// Connects, upgrades and closes again and again.
fn cycle(address: SocketAddr, rounds: usize) {
    let rounds = take_turns(
        rounds,
        &mut [
            &mut || (0..CYCLES).for_each(|_| tungstenite_client::cycle(address)),
            &mut || (0..CYCLES).for_each(|_| winws_client::cycle(address)),
            &mut || (0..CYCLES).for_each(|_| winws_client::cycle_of_handles(address)),
        ],
    );
    for (name, peer) in [("cycle", 1), ("cycle, by handles", 2)] {
        let (theirs, ours) = (rounds.rate(0, CYCLES), rounds.rate(peer, CYCLES));
        println!("{name:<20} {theirs:>6.0} {ours:>12.0}  {:<22} 1.00", rounds.ratio(peer, 0).to_string());
    }
}

/// Passes so many messages.
fn pass(client: &mut dyn Client, way: Way, message: &Bytes, count: u32) {
    match way {
        Way::Echo => {
            for _ in 0..count {
                client.send(message);
                assert_eq!(client.receive(), message.len());
            }
        }
        Way::Out => {
            (0..count).for_each(|_| client.send(message));
            // The far end has all of them.
            assert_eq!(client.receive(), 0);
        }
        Way::In | Way::Burst => {
            client.send(&Bytes::from_static(b"go"));
            (0..count).for_each(|_| assert_eq!(client.receive(), message.len()));
        }
    }
}
