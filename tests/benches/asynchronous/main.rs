//! Many sockets and few threads, beside what other people's futures and our own threads do:
//! `cargo bench -p winws-tests-runtime --bench asynchronous`.
//!
//! - Our futures, driven by `block_on` and by tokio, beside tokio-tungstenite on tokio's runtime of one thread.
//! - Our callbacks, as a C program has them, beside our calls that block, which need a thread for each socket.
//!
//! All of them echo messages of 64 bytes, and talk to the same far end: another process, which does as little as it can. One socket
//! shares its core with the far end, because on two cores it is measured who wakes whom. A thousand sockets have a core for
//! themselves, in whatever threads they work, so the near end alone is measured. Peers take turns, and ratios are made round by round.
//!
//! After that come ten thousand sockets: how many threads they have, and how many bytes an idle one holds. Figures only: nothing
//! here passes or fails. `--quick` takes fewer messages, rounds and sockets. Words restrict what is measured: `one`, `many`, `idle`.

mod blocking;
mod callbacks;
mod far_end;
mod futures;
mod idle;
mod limits;
#[path = "../memory.rs"]
mod memory;
#[path = "../paired.rs"]
mod paired;
#[path = "../pin.rs"]
mod pin;
#[expect(dead_code, reason = "the far end of another bench does more")]
#[path = "../raw.rs"]
mod raw;
#[expect(dead_code, reason = "only the far end is needed")]
#[path = "../tls.rs"]
mod tls;
mod tokio_peer;

use std::env;

use self::far_end::FarEnd;
use self::paired::{Rounds, take_turns};
use self::pin::Core;

/// What is sent.
const MESSAGE: [u8; 64] = [b'x'; 64];

/// How many sockets connect at once.
const AT_ONCE: usize = 128;

/// How many rounds count, and by how much less is done in quick ones.
const ROUNDS: usize = 11;
const QUICK_ROUNDS: usize = 5;
const QUICK_SHARE: u32 = 4;

/// How many sockets echo how many messages each in a round.
const ONE: (usize, u32) = (1, 10_000);
const MANY: (usize, u32) = (1_000, 40);

/// A number of sockets, and where the far end is.
struct Row {
    name: &'static str,
    sockets: usize,
    messages: u32,
    rounds: usize,
    far: Core,
}

fn main() {
    let (options, words): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|word| word.starts_with("--"));
    if let [argument, kind, ..] = &words[..]
        && argument == far_end::ARGUMENT
    {
        far_end::run(kind);
        return;
    }
    let is_quick = options.iter().any(|option| option == "--quick");
    let is_asked = |name: &str| words.is_empty() || words.iter().any(|word| word == name);
    let descriptors = limits::raise_descriptors();
    match pin::to(Core::Last) {
        Ok(core) => println!("the near end is on core {core}"),
        Err(error) => println!("NOT on one core ({error}): ratios say little"),
    }
    let (rounds, share) = if is_quick { (QUICK_ROUNDS, QUICK_SHARE) } else { (ROUNDS, 1) };
    for (name, (sockets, messages), far) in [("one", ONE, Core::Last), ("many", MANY, Core::First)] {
        if is_asked(name) {
            echo(&Row { name, sockets, messages: messages / share, rounds, far });
        }
    }
    if is_asked("idle") {
        idle::measure(descriptors, if is_quick { 10 } else { 1 });
    }
}

/// Measures all peers with so many sockets each.
fn echo(row: &Row) {
    let &Row { sockets, messages, rounds, .. } = row;
    let far = FarEnd::on(row.far);
    let mut theirs = tokio_peer::Fleet::connect(&far, sockets);
    let mut futures = futures::Fleet::connect(&far, sockets);
    let mut under_tokio = futures::Fleet::connect(&far, sockets).under_tokio();
    let mut blocking = blocking::Fleet::connect(&far, sockets);
    let mut callbacks = callbacks::Fleet::new(sockets);
    callbacks.connect(&far.addresses, false);
    let rounds = take_turns(
        rounds,
        &mut [
            &mut || theirs.echo(messages),
            &mut || futures.echo(messages),
            &mut || under_tokio.echo(messages),
            &mut || blocking.echo(messages),
            &mut || callbacks.echo(messages),
        ],
    );
    let all = messages * u32::try_from(sockets).expect("there are few");
    let print = |what: &str, to: &str, ours: usize, theirs: usize, asked: &str| {
        let (name, rate): (_, &Rounds) = (row.name, &rounds);
        println!(
            "{name:<5} {what:<20} {:>9.0}  beside {to:<18} {:>9.0}  {:<22} {asked}",
            rate.rate(ours, all),
            rate.rate(theirs, all),
            rate.ratio(ours, theirs).to_string(),
        );
    };
    print("futures, block_on", "tokio-tungstenite", 1, 0, "0.97  1.10");
    print("futures, tokio", "tokio-tungstenite", 2, 0, "");
    print("callbacks", "blocking calls", 4, 3, "0.60  0.90");
    drop(blocking);
    if let Some(threads) = limits::threads() {
        println!("{:<5} {threads} threads are there, one of them the program's", row.name);
    }
}
