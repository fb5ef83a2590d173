//! Our calls that block: a thread for each socket, if there are several.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};

use winws::WebSocket;

use crate::MESSAGE;
use crate::far_end::FarEnd;

pub(crate) enum Fleet {
    One(Box<WebSocket>),
    Many { threads: Vec<JoinHandle<()>>, shared: Arc<Shared> },
}

pub(crate) struct Shared {
    /// Where a round begins and where it ends.
    begin: Barrier,
    end: Barrier,
    /// How many messages each socket echoes; 0 to go.
    count: AtomicU32,
}

impl Fleet {
    pub(crate) fn connect(far: &FarEnd, count: usize) -> Self {
        let connect = |number| winws::connect(&format!("ws://{}/", far.address(number))).expect("the far end accepts");
        if count == 1 {
            return Self::One(Box::new(connect(0)));
        }
        let (begin, end) = (Barrier::new(count + 1), Barrier::new(count + 1));
        let shared = Arc::new(Shared { begin, end, count: 0.into() });
        let threads = (0..count).map(|number| {
            let (socket, shared) = (connect(number), Arc::clone(&shared));
            let work = move || {
                loop {
                    shared.begin.wait();
                    let count = shared.count.load(Ordering::Relaxed);
                    if count == 0 {
                        return;
                    }
                    echo(&socket, count);
                    shared.end.wait();
                }
            };
            thread::Builder::new().stack_size(128 << 10).spawn(work).expect("the system has threads")
        });
        Self::Many { threads: threads.collect(), shared }
    }

    /// Has every socket echo so many messages.
    pub(crate) fn echo(&mut self, count: u32) {
        match self {
            Self::One(socket) => echo(socket, count),
            Self::Many { shared, .. } => {
                shared.count.store(count, Ordering::Relaxed);
                shared.begin.wait();
                shared.end.wait();
            }
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if let Self::Many { threads, shared } = self {
            shared.count.store(0, Ordering::Relaxed);
            shared.begin.wait();
            threads.drain(..).for_each(|thread| thread.join().expect("no thread panics"));
        }
    }
}

fn echo(socket: &WebSocket, count: u32) {
    let mut buffer = [0; MESSAGE.len()];
    for _ in 0..count {
        socket.send_binary(&MESSAGE).expect("the far end reads");
        let mut filled = 0;
        loop {
            let received = socket.receive(&mut buffer[filled..]).expect("the far end answers");
            filled += received.len;
            if received.is_end_of_message() {
                break;
            }
        }
        assert_eq!(filled, MESSAGE.len());
    }
}
