//! A message that is larger than the memory it passes through.

use std::time::Instant;

use winws::protocol::MessageKind;
use winws::websocket::{Action, Config, Connection, Received};

use crate::memory;

/// The size of the message, and of the pieces that it is sent in.
const MESSAGE: usize = 1 << 30;
const PIECE: usize = 16 << 10;

/// Passes it, and prints how much memory that took.
pub(crate) fn report() {
    let start = Instant::now();
    let (length, most) = memory::watch(pass);
    assert_eq!(length, MESSAGE);
    let seconds = start.elapsed().as_secs_f64();
    println!("a message of {MESSAGE} bytes in {seconds:.2} s, with {most} bytes of memory at most");
}

/// A client sends pieces, and a server gets them as they come, lent from its receive buffer.
fn pass() -> usize {
    let mut client = Connection::new(Config::client());
    let mut server = Connection::new(Config::server());
    let mut piece = Some(vec![7; PIECE]);
    let mut wire = Vec::with_capacity(PIECE);
    let (mut sent, mut received) = (0, 0);
    server.receive().expect("nothing is under way");
    loop {
        if let Some(piece) = piece.take() {
            sent += piece.len();
            client.send(MessageKind::Binary, sent == MESSAGE, piece).expect("nothing is under way");
        }
        match client.next_action().expect("nothing is received") {
            Some(Action::SendToNetwork(send)) => {
                wire.clear();
                send.buffers().iter().for_each(|bytes| wire.extend_from_slice(bytes));
                let length = send.len();
                send.complete(length);
            }
            Some(Action::SendComplete(complete)) => {
                piece = complete.complete();
                continue;
            }
            other => unreachable!("{other:?} without a receive"),
        }
        let mut arrived = &wire[..];
        loop {
            match server.next_action().expect("the peer keeps to the protocol") {
                Some(Action::ReceiveFromNetwork(_)) if arrived.is_empty() => break,
                Some(Action::ReceiveFromNetwork(receive)) => arrived = &arrived[receive.fill(arrived)..],
                Some(Action::ReceiveComplete(complete)) => {
                    let Received::Data { payload, end_of_message, .. } = complete.received() else {
                        unreachable!("only data is sent");
                    };
                    received += payload.len();
                    complete.complete();
                    if end_of_message {
                        return received;
                    }
                    server.receive().expect("nothing is under way");
                }
                other => unreachable!("{other:?} without a send"),
            }
        }
    }
}
