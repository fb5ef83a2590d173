//! The peer: tokio-tungstenite with the settings that it comes with, on tokio's runtime of one thread.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::WebSocketStream;
use tungstenite::{Bytes, Message};

use crate::MESSAGE;
use crate::far_end::FarEnd;

pub(crate) struct Fleet {
    runtime: Runtime,
    sockets: Vec<WebSocketStream<TcpStream>>,
}

/// Tokio's runtime of one thread.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_io().build().expect("the system has descriptors")
}

impl Fleet {
    pub(crate) fn connect(far: &FarEnd, count: usize) -> Self {
        let runtime = runtime();
        let sockets = runtime.block_on(async {
            let mut sockets = Vec::with_capacity(count);
            for number in 0..count {
                let address = far.address(number);
                let stream = TcpStream::connect(address).await.expect("the far end listens");
                stream.set_nodelay(true).expect("the socket is open");
                let connected = tokio_tungstenite::client_async(format!("ws://{address}/"), stream).await;
                sockets.push(connected.expect("the far end accepts").0);
            }
            sockets
        });
        Self { runtime, sockets }
    }

    /// Has every socket echo so many messages, each in a task of its own. One alone needs none.
    pub(crate) fn echo(&mut self, count: u32) {
        let Self { runtime, sockets } = self;
        if let [socket] = &mut sockets[..] {
            runtime.block_on(echo(socket, count));
            return;
        }
        let tasks: Vec<_> = sockets
            .drain(..)
            .map(|mut socket| {
                runtime.spawn(async move {
                    echo(&mut socket, count).await;
                    socket
                })
            })
            .collect();
        runtime.block_on(async {
            for task in tasks {
                sockets.push(task.await.expect("no task panics"));
            }
        });
    }
}

async fn echo(socket: &mut WebSocketStream<TcpStream>, count: u32) {
    // The payload is shared, not copied.
    let message = Bytes::from_static(&MESSAGE);
    for _ in 0..count {
        socket.send(Message::Binary(message.clone())).await.expect("the far end reads");
        let answer = socket.next().await.expect("the far end stays").expect("the far end answers");
        assert_eq!(answer.len(), MESSAGE.len());
    }
}
