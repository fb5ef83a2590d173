//! A server that sends tickets for sessions as fast as it can, and no plaintext. Each call has its time all the same, and can be
//! given up. Of records that have nothing at all rustls takes a few only.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::ServerConfig;
use rustls::version::TLS13;
use winws::WinHttp;
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ByHand, ClientAuth, server_config};
use winws_tests_runtime::peer::{Peer, good_answer};

use super::chain::{Handle, Opening, session, set};
use super::{CANCELLED, INVALID_OPERATION, OK, TIMEOUT};

const DATA: u8 = 0x17;
const HANDSHAKE: u8 = 0x16;

/// A ticket for a session to resume (RFC 8446 section 4.6.1), which this client does not do.
const TICKET: &[u8] = &[4, 0, 0, 14, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 9, 0, 0];

struct Server {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    session: Handle,
    connection: Handle,
}

impl Server {
    fn new() -> Self {
        let authority = Authority::new("an authority");
        let mut config = server_config(&authority.issue(|_| {}), &[&TLS13], ClientAuth::None);
        config.enable_secret_extraction = true;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let session = session(None).unwrap();
        WinHttp::process().set_roots(session.0, authority.roots()).unwrap();
        let connection = session.connect("127.0.0.1", listener.local_addr().unwrap().port()).unwrap();
        Self { listener, config: Arc::new(config), session, connection }
    }

    fn open(&self) -> Handle {
        self.connection.open(Opening { flags: sys::WINHTTP_FLAG_SECURE, ..Opening::default() }).unwrap()
    }

    /// Takes a request, gives this answer to it, and sends tickets until the client has gone.
    fn flood(&self, answer: impl FnOnce(&str) -> String) {
        flood(&self.listener, &self.config, answer);
    }
}

/// The same at any listener. The configuration gives its secrets out.
pub(crate) fn flood(listener: &TcpListener, config: &Arc<ServerConfig>, answer: impl FnOnce(&str) -> String) {
    let stream = listener.accept().unwrap().0;
    let mut below = stream.try_clone().unwrap();
    let mut peer = Peer::secure(stream, config).unwrap();
    let answer = answer(&peer.read_head());
    let mut hand = peer.by_hand();
    let first = if answer.is_empty() { Vec::new() } else { hand.record(DATA, answer.as_bytes(), 0) };
    below.write_all(&first).unwrap();
    while write_many(&mut below, &mut hand) {}
}

fn write_many(below: &mut TcpStream, hand: &mut ByHand) -> bool {
    let records: Vec<u8> = (0..256).flat_map(|_| hand.record(HANDSHAKE, TICKET, 0)).collect();
    below.write_all(&records).is_ok()
}

#[test]
fn a_response_and_a_body_have_their_time() {
    let server = Server::new();
    for (option, answer) in [
        (sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, ""),
        (sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, ""),
        (sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"),
    ] {
        thread::scope(|scope| {
            scope.spawn(|| server.flood(|_| answer.to_owned()));
            let request = server.open();
            assert_eq!(request.send(), OK);
            if answer.is_empty() {
                assert_eq!(request.set_number(option, 50), OK);
                assert_eq!(request.receive(), TIMEOUT);
            } else {
                assert_eq!(request.receive(), OK);
                assert_eq!(request.set_number(option, 50), OK);
                assert_eq!(request.read(1), Err(TIMEOUT));
                assert_eq!(request.available(), Err(TIMEOUT));
            }
        });
    }
}

#[test]
fn a_socket_has_its_time_and_can_be_given_up() {
    let server = Server::new();
    thread::scope(|scope| {
        scope.spawn(|| server.flood(|head| good_answer(head, "")));
        let request = server.open();
        request.ask_for_upgrade();
        assert_eq!((request.send(), request.receive()), (OK, OK));
        let socket = request.complete_upgrade().unwrap();
        let options = [sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT];
        assert_eq!(options.map(|option| set(socket.0, option, &50_u32.to_ne_bytes())), [OK; 2]);
        assert_eq!(socket.receive(8), Err(TIMEOUT));
        assert_eq!(set(socket.0, options[0], &[0; 4]), OK);
        thread::scope(|scope| {
            let receiving = scope.spawn(|| socket.receive(8));
            assert_eq!(socket.close(1000, b""), TIMEOUT);
            // It may also have begun after the close, which lets none begin (b1.4.24).
            let code = receiving.join().unwrap().unwrap_err();
            assert!([CANCELLED, INVALID_OPERATION].contains(&code), "{code}");
        });
        drop(socket);
    });
    thread::scope(|scope| {
        scope.spawn(|| server.flood(|head| good_answer(head, "")));
        let request = server.open();
        request.ask_for_upgrade();
        assert_eq!((request.send(), request.receive()), (OK, OK));
        let socket = request.complete_upgrade().unwrap();
        assert_eq!(set(socket.0, sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, &[0; 4]), OK);
        thread::scope(|scope| {
            let receiving = scope.spawn(|| socket.receive(8));
            assert_eq!(socket.close_handle(), OK);
            assert!(receiving.join().unwrap().is_err());
        });
    });
    drop(server.session);
}
