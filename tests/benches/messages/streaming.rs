//! Messages in a stream: two tasks on one thread, and tokio's pipe in memory between them.
//!
//! Every message that is sent costs one copy of the payload, made by the bench, for all peers alike: they take what they
//! send out of the caller's hands. Every message that is received is whole, in memory of the receiver's. The peers do not check
//! text that is sent, we do: tungstenite takes a `String`, and fastwebsockets takes what it is given.

mod connection;
mod fastwebsockets;
mod tokio_tungstenite;

use std::sync::Arc;

use tokio::io::{DuplexStream, duplex};
use tokio::runtime::{Builder, Runtime};

use crate::paired::take_turns;
use crate::{FLOOR, GOAL, KINDS, Kind, Plan, SENDERS, SIZES, Sender, payload};

/// The capacity of the pipe and of a connection's buffers, in bytes: large ones, and the defaults of our connections.
const LARGE: usize = 64 << 10;
const SMALL: usize = 4 << 10;

/// The places of the peers in a round.
const TOKIO_TUNGSTENITE: usize = 0;
const FASTWEBSOCKETS: usize = 1;
const CONNECTION: usize = 2;
const FED: usize = 3;

/// One stream of messages.
#[derive(Clone)]
pub(crate) struct Stream {
    sender: Sender,
    kind: Kind,
    payload: Arc<str>,
    count: u32,
    /// The size of our connections' buffers, in bytes. Peers size theirs themselves.
    buffers: usize,
}

/// Prints the table.
pub(crate) fn report(plan: &Plan) {
    println!("\nstreaming: messages per second, and the ratio of Connection to the faster of the first two");
    println!(
        "floor {FLOOR:.2}, goal {GOAL:.2}; a message is sent at a time, but `fed` gathers them in tungstenite's write buffer"
    );
    println!(
        "{:<8} {:<6} {:>9} {:>7} {:>7}  {:>17} {:>14} {:>12}  {:<22} {:>12}",
        "sender",
        "kind",
        "bytes",
        "pipe",
        "buffers",
        "tokio-tungstenite",
        "fastwebsockets",
        "Connection",
        "ratio",
        "fed"
    );
    let runtime = Builder::new_current_thread().build().expect("a thread of tokio's is ours");
    for (sender_name, sender) in SENDERS {
        for (kind_name, kind) in KINDS {
            for size in SIZES {
                let setups: &[_] = match size {
                    1_048_576 => &[(LARGE, LARGE), (LARGE, SMALL), (SMALL, SMALL)],
                    _ => &[(LARGE, LARGE)],
                };
                for &(pipe, buffers) in setups {
                    let count = plan.count(size);
                    let stream = Stream { sender, kind, payload: payload(size).into(), count, buffers };
                    let name = format!("{sender_name:<8} {kind_name:<6} {size:>9} {pipe:>7} {buffers:>7}");
                    row(&name, &runtime, plan, pipe, &stream);
                }
            }
        }
    }
}

/// Measures and prints one row.
fn row(name: &str, runtime: &Runtime, plan: &Plan, pipe: usize, stream: &Stream) {
    let rounds = take_turns(
        plan.rounds,
        &mut [
            &mut || pass(runtime, pipe, stream, tokio_tungstenite::send, tokio_tungstenite::receive),
            &mut || pass(runtime, pipe, stream, fastwebsockets::send, fastwebsockets::receive),
            &mut || pass(runtime, pipe, stream, connection::send, connection::receive),
            &mut || pass(runtime, pipe, stream, tokio_tungstenite::feed, tokio_tungstenite::receive),
        ],
    );
    let faster = if rounds.median(0) < rounds.median(1) { TOKIO_TUNGSTENITE } else { FASTWEBSOCKETS };
    let rate = |peer| rounds.rate(peer, stream.count);
    println!(
        "{name}  {:>17.0} {:>14.0} {:>12.0}  {:<22} {:>12.0}",
        rate(TOKIO_TUNGSTENITE),
        rate(FASTWEBSOCKETS),
        rate(CONNECTION),
        rounds.ratio(CONNECTION, faster).to_string(),
        rate(FED),
    );
}

/// Passes the stream from one task to the other.
fn pass<S, R>(
    runtime: &Runtime,
    pipe: usize,
    stream: &Stream,
    send: impl FnOnce(Stream, DuplexStream) -> S,
    receive: impl FnOnce(Stream, DuplexStream) -> R,
) where
    S: Future<Output = ()> + Send + 'static,
    R: Future<Output = usize> + Send + 'static,
{
    let (here, there) = duplex(pipe);
    let received = runtime.block_on(async {
        let sender = tokio::spawn(send(stream.clone(), here));
        let receiver = tokio::spawn(receive(stream.clone(), there));
        sender.await.expect("the sender does not panic");
        receiver.await.expect("the receiver does not panic")
    });
    assert_eq!(received, stream.payload.len() * stream.count as usize);
}
