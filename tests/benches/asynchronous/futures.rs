//! Our futures, driven by `block_on` or by tokio.

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use tokio::runtime::Runtime;
use winws::Session;
use winws::asynchronous::{WebSocket, block_on};

use crate::far_end::FarEnd;
use crate::{AT_ONCE, MESSAGE, tokio_peer};

pub(crate) struct Fleet {
    sockets: Vec<WebSocket>,
    /// What drives them in place of `block_on`.
    runtime: Option<Runtime>,
}

impl Fleet {
    /// A fleet that is driven by `block_on`.
    pub(crate) fn connect(far: &FarEnd, count: usize) -> Self {
        Self::connect_with(&Session::new(), count, |number| format!("ws://{}/", far.address(number)))
    }

    /// The same by this session, to these URLs.
    pub(crate) fn connect_with(session: &Session, count: usize, url: impl Fn(usize) -> String) -> Self {
        let mut sockets = Vec::with_capacity(count);
        let connect = |number| {
            let url = url(number);
            async move { session.connect_async(&url).await.expect("the far end accepts") }
        };
        block_on(async {
            let mut connected = stream::iter((0..count).map(connect)).buffer_unordered(AT_ONCE);
            while let Some(socket) = connected.next().await {
                sockets.push(socket);
            }
        });
        Self { sockets, runtime: None }
    }

    /// Has tokio's runtime of one thread drive them.
    pub(crate) fn under_tokio(self) -> Self {
        Self { runtime: Some(tokio_peer::runtime()), ..self }
    }

    /// Has every socket echo so many messages.
    pub(crate) fn echo(&mut self, count: u32) {
        let Self { sockets, runtime } = self;
        match (&mut sockets[..], runtime) {
            ([socket], None) => block_on(echo(socket, count)),
            ([socket], Some(runtime)) => runtime.block_on(echo(socket, count)),
            (sockets, None) => {
                block_on(join_all(sockets.iter().map(|socket| echo(socket, count))));
            }
            (_, Some(runtime)) => {
                let tasks: Vec<_> = sockets
                    .drain(..)
                    .map(|socket| {
                        runtime.spawn(async move {
                            echo(&socket, count).await;
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
    }
}

async fn echo(socket: &WebSocket, count: u32) {
    let mut buffer = [0; MESSAGE.len()];
    for _ in 0..count {
        socket.send_binary(MESSAGE).await.expect("the far end reads");
        let mut filled = 0;
        loop {
            let received = socket.receive(&mut buffer[filled..]).await.expect("the far end answers");
            filled += received.len;
            if received.is_end_of_message() {
                break;
            }
        }
        assert_eq!(filled, MESSAGE.len());
    }
}
