//! The same conversation under executors that know nothing of this crate.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use winws::asynchronous::{block_on, connect};
use winws_api::winhttp::WebSocketBufferType;

use super::echo;

/// Messages of all sizes there and back, and a close.
async fn converse(url: &str) {
    let socket = connect(url).await.unwrap();
    let mut message = Vec::new();
    for size in [0, 1, 125, 126, 65_535, 65_536, 3 << 20] {
        let sent = vec![7_u8; size];
        socket.send_binary(sent.clone()).await.unwrap();
        let delivery = socket.receive_message(&mut message).await.unwrap();
        assert_eq!((delivery.kind, delivery.len), (WebSocketBufferType::BinaryMessage, size));
        assert!(message == sent);
    }
    socket.send_text("so long").await.unwrap();
    assert!(socket.receive_message(&mut message).await.unwrap().is_text());
    socket.close(1000, "bye").await.unwrap();
    assert_eq!(socket.close_status().unwrap().code, 1000);
}

/// An executor of a few lines, as the documentation of `Wake` has it.
fn block_by_hand<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_conversation_needs_no_runtime() {
    let (url, server) = echo();
    block_on(converse(&url));
    server.join().unwrap();
    let (url, server) = echo();
    block_by_hand(converse(&url));
    server.join().unwrap();
}

#[test]
fn tokio_and_smol_run_it_as_well() {
    let (url, server) = echo();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { tokio::spawn(async move { converse(&url).await }).await.unwrap() });
    server.join().unwrap();
    let (url, server) = echo();
    smol::block_on(async { smol::spawn(async move { converse(&url).await }).await });
    server.join().unwrap();
}

#[test]
fn threads_that_block_lead_in_turns() {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(|| {
                let (url, server) = echo();
                block_on(converse(&url));
                server.join().unwrap();
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
