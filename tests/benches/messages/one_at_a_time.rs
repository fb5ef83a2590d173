//! One message after the other through a pipe in memory: what a message costs both ends, with nothing else under way.

use crate::paired::take_turns;
use crate::{FLOOR, GOAL, KINDS, Plan, SENDERS, SIZES, connection, handles, payload, tungstenite};

/// What the ratio of handles to `Connection` should not be below.
const FLOOR_OF_HANDLES: f64 = 0.7;

/// Two ends of a connection.
pub(crate) trait Pair {
    /// Passes one message from end to end, and gives the number of bytes that came.
    fn pass(&mut self) -> usize;
}

/// Prints the table.
pub(crate) fn report(plan: &Plan) {
    println!(
        "\none at a time: messages per second, and the ratio of Connection to tungstenite, of handles to Connection"
    );
    println!("floor {FLOOR:.2}, goal {GOAL:.2}; for handles, floor {FLOOR_OF_HANDLES:.2}");
    println!(
        "{:<8} {:<6} {:>9}  {:>12} {:>12} {:>12}  {:<22} handles' ratio",
        "sender", "kind", "bytes", "tungstenite", "Connection", "handles", "ratio"
    );
    for (sender_name, sender) in SENDERS {
        for (kind_name, kind) in KINDS {
            for size in SIZES {
                let (count, payload) = (plan.count(size), payload(size));
                let mut contexts = tungstenite::Contexts::new(sender, kind, &payload);
                let mut connections = connection::Connections::new(sender, kind, &payload);
                let mut sessions = handles::Sessions::new(sender, kind, &payload);
                let pass = |pair: &mut dyn Pair| (0..count).for_each(|_| assert_eq!(pair.pass(), size));
                let rounds = take_turns(
                    plan.rounds,
                    &mut [&mut || pass(&mut contexts), &mut || pass(&mut connections), &mut || pass(&mut sessions)],
                );
                println!(
                    "{sender_name:<8} {kind_name:<6} {size:>9}  {:>12.0} {:>12.0} {:>12.0}  {:<22} {}",
                    rounds.rate(0, count),
                    rounds.rate(1, count),
                    rounds.rate(2, count),
                    rounds.ratio(1, 0).to_string(),
                    rounds.ratio(2, 1),
                );
            }
        }
    }
}
