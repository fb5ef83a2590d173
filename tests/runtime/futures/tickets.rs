//! A server that sends tickets for sessions as fast as it can, and no plaintext. A task does not keep its thread for that.

use std::future::{Future, poll_fn};
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;

use rustls::ServerConfig;
use rustls::version::TLS13;
use winws::Session;
use winws::asynchronous::block_on;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::good_answer;
use winws_tests_runtime::peer::tls::{ClientAuth, server_config};

use crate::winhttp::tickets::flood;

/// How often the executor wants to have its thread back.
const TIMES: u32 = 2;

/// A session that trusts a server which floods the one connection that it takes.
struct Flooding {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    session: Session,
}

impl Flooding {
    fn new() -> Self {
        let authority = Authority::new("an authority");
        let mut config = server_config(&authority.issue(|_| {}), &[&TLS13], ClientAuth::None);
        config.enable_secret_extraction = true;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let session = Session::builder().roots(authority.roots()).build().unwrap();
        Self { listener, config: Arc::new(config), session }
    }

    fn url(&self) -> String {
        format!("wss://{}/", self.listener.local_addr().unwrap())
    }
}

/// Whether a future has ended before it has given the thread back a few times.
fn ends_soon<F: Future>(future: F) -> bool {
    let (mut future, mut left) = (pin!(future), TIMES);
    block_on(poll_fn(|context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if left > 0 => Poll::Pending,
            polled => Poll::Ready(polled.is_ready()),
        }
    }))
}

#[test]
fn a_connect_can_be_given_up() {
    let server = &Flooding::new();
    thread::scope(|scope| {
        scope.spawn(|| flood(&server.listener, &server.config, |_| String::new()));
        assert!(!ends_soon(server.session.connect_async(&server.url())), "the server has never answered");
    });
}

#[test]
fn a_receive_and_a_close_can_be_given_up() {
    let server = &Flooding::new();
    thread::scope(|scope| {
        scope.spawn(|| flood(&server.listener, &server.config, |head| good_answer(head, "")));
        let socket = block_on(server.session.connect_async(&server.url())).unwrap();
        assert!(!ends_soon(socket.receive(&mut [0; 8])));
        assert!(!ends_soon(socket.close(1000, "")));
    });
}
