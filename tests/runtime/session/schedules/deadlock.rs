//! Both ends send more than the network holds, at once: a program that reads while it writes goes on.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

use winws::protocol::MessageKind;
use winws::websocket::{Config, Connection, ReceiveAction, ReceiveHalf, Received, SendAction, SendHalf};

const MESSAGE: usize = 1 << 20;
const PIPE: usize = 1 << 16;

/// Both directions of a network that holds so many bytes each. Nothing here blocks but [`Network::wait`].
#[derive(Default)]
struct Network {
    state: Mutex<Moving>,
    changed: Condvar,
}

#[derive(Default)]
struct Moving {
    bytes: [VecDeque<u8>; 2],
    /// How often something moved.
    count: usize,
}

impl Network {
    fn moves(&self) -> usize {
        self.state.lock().expect("no thread has failed").count
    }

    /// Writes what there is room for.
    fn write(&self, direction: usize, bytes: &[u8]) -> usize {
        let mut state = self.state.lock().expect("no thread has failed");
        let count = bytes.len().min(PIPE - state.bytes[direction].len());
        state.bytes[direction].extend(&bytes[..count]);
        self.moved(&mut state, count)
    }

    /// Reads what is there.
    fn read(&self, direction: usize, buffer: &mut [u8]) -> usize {
        let mut state = self.state.lock().expect("no thread has failed");
        let count = buffer.len().min(state.bytes[direction].len());
        for (byte, read) in buffer.iter_mut().zip(state.bytes[direction].drain(..count)) {
            *byte = read;
        }
        self.moved(&mut state, count)
    }

    fn moved(&self, state: &mut Moving, count: usize) -> usize {
        if count > 0 {
            state.count += 1;
            self.changed.notify_all();
        }
        count
    }

    /// Waits until something has moved since then.
    fn wait(&self, seen: usize) {
        let state = self.state.lock().expect("no thread has failed");
        drop(self.changed.wait_while(state, |state| state.count == seen).expect("no thread has failed"));
    }
}

/// Writes once, if there is room: whether the message is out, and whether something happened.
fn write(sends: &mut SendHalf<'_, Vec<u8>>, network: &Network, end: usize, is_sent: &mut bool) -> bool {
    match sends.next_action() {
        None => false,
        Some(SendAction::SendComplete(complete)) => {
            complete.complete();
            *is_sent = true;
            true
        }
        Some(SendAction::SendToNetwork(send)) => {
            let count =
                send.buffers().iter().find(|buffer| !buffer.is_empty()).map_or(0, |buffer| network.write(end, buffer));
            if count > 0 {
                send.complete(count);
            }
            count > 0
        }
    }
}

/// Reads once, if something is there.
fn read(receives: &mut ReceiveHalf<'_, Vec<u8>>, network: &Network, end: usize, message: &mut Vec<u8>) -> bool {
    match receives.next_action().expect("the peer keeps the rules") {
        None => {
            receives.receive().expect("nothing is queued");
            true
        }
        Some(ReceiveAction::AnswerDue) => true,
        Some(ReceiveAction::ReceiveFromNetwork(mut receive)) => {
            let [mut buffer, _] = receive.buffers();
            let count = network.read(1 - end, &mut buffer);
            if count > 0 {
                receive.complete(count);
            }
            count > 0
        }
        Some(ReceiveAction::ReceiveComplete(complete)) => {
            let Received::Data { payload, .. } = complete.received() else { panic!("nothing else is sent") };
            message.extend_from_slice(payload);
            complete.complete();
            true
        }
    }
}

/// One end in one thread: it reads while it writes.
fn exchange(network: &Network, end: usize, config: Config, message: Vec<u8>) -> Vec<u8> {
    let mut connection = Connection::new(config);
    let (mut sends, mut receives) = connection.split();
    sends.send(MessageKind::Binary, true, message).expect("nothing is queued");
    let (mut received, mut is_sent) = (Vec::new(), false);
    while !is_sent || received.len() < MESSAGE {
        let seen = network.moves();
        let has_written = !is_sent && write(&mut sends, network, end, &mut is_sent);
        let has_read = received.len() < MESSAGE && read(&mut receives, network, end, &mut received);
        if !has_written && !has_read {
            network.wait(seen);
        }
    }
    received
}

#[test]
fn both_ends_send_a_mebibyte_over_64_kib_at_once() {
    let network = Network::default();
    let received = thread::scope(|scope| {
        let server = scope.spawn(|| exchange(&network, 1, Config::server(), vec![2; MESSAGE]));
        let client = exchange(&network, 0, Config::client(), vec![1; MESSAGE]);
        (client, server.join().expect("no thread has failed"))
    });
    assert!(received == (vec![2; MESSAGE], vec![1; MESSAGE]));
}
