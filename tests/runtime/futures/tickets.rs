//! A server that sends tickets for sessions as fast as it can, and no plaintext. A task does not keep its thread for that.

use std::future::{Future, poll_fn};
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;

use rustls::version::TLS13;
use winws::asynchronous::block_on;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ClientAuth, server_config};

use crate::winhttp::tickets::flood;

/// How often the executor wants to have its thread back.
const TIMES: u32 = 4;

#[test]
fn a_connect_can_be_given_up_while_tickets_come() {
    let authority = Authority::new("an authority");
    let mut config = server_config(&authority.issue(|_| {}), &[&TLS13], ClientAuth::None);
    config.enable_secret_extraction = true;
    let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
    let url = format!("wss://{}/", listener.local_addr().unwrap());
    let session = winws::Session::builder().roots(authority.roots()).build().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| flood(&listener, &config, |_| String::new()));
        let mut connecting = pin!(session.connect_async(&url));
        let mut left = TIMES;
        let has_ended = block_on(poll_fn(|context| {
            left -= 1;
            match connecting.as_mut().poll(context) {
                Poll::Pending if left > 0 => Poll::Pending,
                polled => Poll::Ready(polled.is_ready()),
            }
        }));
        assert!(!has_ended, "the server has never answered");
        // The future is dropped, and the server notices.
    });
}
