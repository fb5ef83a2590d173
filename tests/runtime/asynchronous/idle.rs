//! What an asynchronous socket holds while no call is in progress, after messages small and large.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use winws::asynchronous::{WebSocket, block_on};
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};
use winws_tests_runtime::peer::{Peer, frame, good_answer};

use super::waiter::{Session, Socket};
use crate::alone::alone;
use crate::idle::SECURE_BOUND;
use crate::idle::measurement::{BOUND, ECHOES, Echoes, Idle, measure_by};
use crate::idle::raw::serve_two;
use crate::websocket::allocations::{held_by_all, leave_out};

impl Echoes for WebSocket {
    fn echo(&self, message: &[u8], buffer: &mut [u8]) {
        block_on(async {
            self.send_binary(message).await.unwrap();
            let mut filled = 0;
            loop {
                let received = self.receive(&mut buffer[filled..]).await.unwrap();
                filled += received.len;
                if received.is_end_of_message() {
                    break;
                }
            }
            assert_eq!(buffer[..filled], *message);
        });
    }
}

impl Echoes for Socket<'_> {
    fn echo(&self, message: &[u8], buffer: &mut [u8]) {
        self.echo(message, buffer);
    }
}

#[test]
fn an_idle_socket_of_futures_holds_no_more_than_its_bound() {
    alone(concat!(module_path!(), "::an_idle_socket_of_futures_holds_no_more_than_its_bound"), || {
        let url = format!("ws://{}/echo/{ECHOES}", serve_two());
        check(&measure_by(held_by_all, || block_on(winws::asynchronous::connect(&url)).unwrap()), BOUND);
    });
}

#[test]
fn an_idle_socket_of_callbacks_holds_no_more_than_its_bound() {
    alone(concat!(module_path!(), "::an_idle_socket_of_callbacks_holds_no_more_than_its_bound"), || {
        let (session, address) = (Session::open(), serve_two());
        let path = format!("/echo/{ECHOES}");
        check(&measure_by(held_by_all, || session.connect("127.0.0.1", address.port(), &path, false)), BOUND);
    });
}

#[test]
fn an_idle_socket_of_futures_with_tls_holds_no_more_than_its_bound() {
    alone(concat!(module_path!(), "::an_idle_socket_of_futures_with_tls_holds_no_more_than_its_bound"), || {
        for (authority, address, serving) in secure_servers() {
            let session = winws::Session::builder().roots(authority.roots()).build().unwrap();
            let url = format!("wss://{address}/");
            check(&measure_by(held_by_all, || block_on(session.connect_async(&url)).unwrap()), SECURE_BOUND);
            drop(serving.join().unwrap());
        }
    });
}

#[test]
fn an_idle_socket_of_callbacks_with_tls_holds_no_more_than_its_bound() {
    alone(concat!(module_path!(), "::an_idle_socket_of_callbacks_with_tls_holds_no_more_than_its_bound"), || {
        let session = Session::open();
        for (_, address, serving) in secure_servers() {
            let connect = || session.connect("127.0.0.1", address.port(), "/", true);
            check(&measure_by(held_by_all, connect), SECURE_BOUND);
            drop(serving.join().unwrap());
        }
    });
}

fn check(idle: &Idle, bound: isize) {
    println!("{} bytes, and {} serve all sockets", idle.socket, idle.shared);
    // Otherwise something that a socket needs was not counted. Its buffer may be gone: then little is left.
    assert!((1..=bound).contains(&idle.socket), "{} bytes, of {bound} at most", idle.socket);
}

/// A server for each version of TLS, who vouches for it, and where it is. What it allocates is not counted.
fn secure_servers() -> impl Iterator<Item = (Authority, SocketAddr, JoinHandle<[Peer; 2]>)> {
    VERSIONS.into_iter().map(|version| {
        let authority = Authority::new("an authority");
        let config = Arc::new(server_config(&authority.issue(|_| {}), &[version], ClientAuth::None));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serve = move || {
            let mut peer = Peer::accept_secure(&listener, &config).unwrap();
            let head = peer.read_head();
            peer.write(good_answer(&head, "").as_bytes());
            for _ in 0..ECHOES {
                let (first, payload) = peer.read_frame();
                peer.write(&frame(first, &payload));
            }
            peer
        };
        let serving = thread::spawn(move || {
            leave_out();
            [serve(), serve()]
        });
        (authority, address, serving)
    })
}
