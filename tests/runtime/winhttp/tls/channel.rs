//! How two ends come to talk, and how they do not.

use std::io;
use std::sync::Arc;

use rustls::ProtocolVersion;
use rustls::version::{TLS12, TLS13};
use winws::tls::{Fault, Roots};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};
use winws_tests_runtime::peer::{Peer, close_frame};

use super::super::chain::{Handle, Opening, Server};
use super::super::{CANCELLED, INCORRECT_TYPE, INVALID_PARAMETER, OK, SECURE_FAILURE, TIMEOUT};
use super::{GOOD, NOTHING, Secure, attempt, attempt_with, faults_of, insecure, open, serving};

const CHANNEL_ERROR: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR;
const PROTOCOLS: u32 = sys::WINHTTP_OPTION_SECURE_PROTOCOLS;
const TLS1_2: u32 = sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;
const TLS1_3: u32 = sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3;

#[test]
fn both_versions_and_the_better_one_of_both() {
    for (versions, agreed) in [
        (&[&TLS12][..], ProtocolVersion::TLSv1_2),
        (&[&TLS13][..], ProtocolVersion::TLSv1_3),
        (&VERSIONS[..], ProtocolVersion::TLSv1_3),
    ] {
        let server = Secure::of_versions(versions);
        let (request, mut peer) = server.answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        assert_eq!(peer.tls().protocol_version(), Some(agreed));
        assert_eq!(request.body(), Ok("hello".to_owned()));
    }
}

#[test]
fn b1_8_14_of_the_protocols_those_that_exist_count() {
    let old = sys::WINHTTP_FLAG_SECURE_PROTOCOL_SSL2
        | sys::WINHTTP_FLAG_SECURE_PROTOCOL_SSL3
        | sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1
        | sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_1;
    let server = Secure::new();
    for (protocols, agreed) in [
        (old | TLS1_2, Some(ProtocolVersion::TLSv1_2)),
        // What the shipping library sets: its name for SSL 2 and 3, and TLS 1.0.
        (0xa8 | 0x200 | TLS1_2, Some(ProtocolVersion::TLSv1_2)),
        (old | TLS1_2 | TLS1_3, Some(ProtocolVersion::TLSv1_3)),
        (TLS1_2, Some(ProtocolVersion::TLSv1_2)),
        (TLS1_3, Some(ProtocolVersion::TLSv1_3)),
        (old, None),
        (0, None),
    ] {
        assert_eq!(server.session.set_number(PROTOCOLS, protocols), OK, "{protocols:#x}");
        let request = server.open();
        let (sent, peer) = server.beside(|| request.send());
        if let Some(agreed) = agreed {
            assert_eq!(sent, OK, "{protocols:#x}");
            assert_eq!(peer.unwrap().tls().protocol_version(), Some(agreed), "{protocols:#x}");
        } else {
            assert_eq!(sent, SECURE_FAILURE, "{protocols:#x}");
            assert!(peer.is_err());
            assert_eq!(attempt(&server, |_| {}), insecure(CHANNEL_ERROR));
        }
    }
    // The page: it can only be set, and on a session only.
    assert_eq!(server.session.number(PROTOCOLS), Err(INVALID_PARAMETER));
    assert_eq!(server.connection.set_number(PROTOCOLS, TLS1_2), INCORRECT_TYPE);
    assert_eq!(server.open().set_number(PROTOCOLS, TLS1_2), INCORRECT_TYPE);
    assert_eq!(server.session.set_number(PROTOCOLS, 1), INVALID_PARAMETER, "a bit that is no protocol");
}

#[test]
fn b8_8_nothing_in_common() {
    assert_eq!(Fault::Channel.code().0, 12157);
    for (versions, protocols) in [([&TLS12], TLS1_3), ([&TLS13], TLS1_2)] {
        let server = Secure::of_versions(&versions);
        assert_eq!(server.session.set_number(PROTOCOLS, protocols), OK);
        assert_eq!(attempt(&server, |_| {}), insecure(CHANNEL_ERROR));
        // Nothing forgives it.
        let flags = |request: &Handle| {
            assert_eq!(request.set_number(sys::WINHTTP_OPTION_SECURITY_FLAGS, 0x3300), OK);
        };
        assert_eq!(attempt(&server, flags), insecure(CHANNEL_ERROR));
    }
}

/// What a server writes instead of, or after a part of, its handshake; then it ends the stream.
fn answering(server: &Secure, answer: &[u8]) -> super::Ended {
    let serve = || {
        let mut peer = Peer::accept(&server.listener);
        // The whole of what the client has to say first: a record with its ClientHello.
        let head = peer.read(5);
        peer.read(usize::from(u16::from_be_bytes([head[3], head[4]])));
        peer.write(answer);
        peer.finish_unless_gone();
        // It may have an alert to say.
        peer.read_bytes_to_end();
        Err(io::ErrorKind::Other.into())
    };
    attempt_with(server, serve, |_| {})
}

#[test]
fn b8_8_answers_that_are_no_tls() {
    let server = Secure::new();
    let answers: &[&[u8]] = &[
        b"",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        b"\x15",
        b"\x15\x03\x03\x00",
        // Alerts: handshake_failure, protocol_version, close_notify, and one that nobody knows.
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"\x15\x03\x03\x00\x02\x01\x00",
        b"\x15\x03\x03\x00\x02\x02\xff",
        // Records of no known kind, empty ones, too long ones, and data before the handshake.
        b"\xff\x03\x03\x00\x05hello",
        b"\x16\x03\x03\x00\x00",
        b"\x16\x03\x03\xff\xff",
        b"\x17\x03\x03\x00\x05hello",
        b"\x14\x03\x03\x00\x01\x01",
        b"\x00\x00\x00\x00\x00\x00\x00\x00",
        // A handshake message that claims 16 MiB.
        b"\x16\x03\x03\x00\x04\x02\xff\xff\xff",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        &vec![0xff; 40_000],
    ];
    for answer in answers {
        assert_eq!(
            answering(&server, answer),
            insecure(CHANNEL_ERROR),
            "{}",
            answer[..answer.len().min(50)].escape_ascii()
        );
    }
}

/// The server's first words are cut at every place.
#[test]
fn b8_8_the_stream_ends_within_the_handshake() {
    for versions in [[&TLS12], [&TLS13]] {
        let server = Secure::of_versions(&versions);
        let first_words = || {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&server.config)).unwrap();
            let mut peer = Peer::accept(&server.listener);
            let head = peer.read(5);
            let hello = [&head[..], &peer.read(usize::from(u16::from_be_bytes([head[3], head[4]])))].concat();
            tls.read_tls(&mut &hello[..]).unwrap();
            tls.process_new_packets().unwrap();
            let mut words = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut words).unwrap();
            }
            (peer, words)
        };
        let (mut cut, mut length) = (0, 1);
        while cut < length {
            let serve = || {
                let (mut peer, words) = first_words();
                length = words.len();
                peer.write(&words[..cut.min(length)]);
                peer.finish();
                peer.read_bytes_to_end();
                Err(io::ErrorKind::Other.into())
            };
            assert_eq!(attempt_with(&server, serve, |_| {}), insecure(CHANNEL_ERROR), "{cut} of {length}");
            cut += if cut < 100 { 9 } else { 61 };
        }
    }
}

#[test]
fn b8_8_the_server_resets_within_the_handshake() {
    let server = Secure::new();
    let serve = || {
        let mut peer = Peer::accept(&server.listener);
        peer.read(1);
        peer.reset();
        Err(io::ErrorKind::Other.into())
    };
    assert_eq!(attempt_with(&server, serve, |_| {}), insecure(CHANNEL_ERROR));
}

/// The other way round: a server of HTTP alone.
#[test]
fn b8_8_a_server_without_tls() {
    let server = Server::new();
    let request = open(&server.connection);
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| request.send());
        let mut peer = server.accept();
        assert_eq!(peer.read(2), [0x16, 3], "a handshake of TLS");
        peer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        assert_eq!(sending.join().unwrap(), SECURE_FAILURE);
    });
}

/// A handshake has the time of the response, and each silence that of a receive.
#[test]
fn a_silent_server_has_its_time() {
    for option in [sys::WINHTTP_OPTION_RECEIVE_TIMEOUT, sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT] {
        let server = Secure::new();
        let request = server.open();
        assert_eq!(request.set_number(option, 20), OK);
        let serve = || {
            let mut peer = Peer::accept(&server.listener);
            peer.read_bytes_to_end();
        };
        let (sent, ()) = serving(serve, || request.send());
        assert_eq!(sent, TIMEOUT);
    }
}

/// A byte now and then is no progress: the handshake as a whole has the time of the response.
#[test]
fn a_server_that_dribbles_has_its_time() {
    let server = Secure::new();
    let request = server.open();
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 30), OK);
    let serve = || {
        let mut peer = Peer::accept(&server.listener);
        // A message of the handshake in pieces of a byte each.
        peer.write_until_gone(b"\x16\x03\x03\x00\x01\x02");
    };
    let (sent, ()) = serving(serve, || request.send());
    // Whichever comes first: its time, or a handshake message that is too long.
    assert!([TIMEOUT, SECURE_FAILURE].contains(&sent), "{sent}");
}

#[test]
fn close_handle_while_another_thread_shakes_hands() {
    let server = Secure::new();
    let request = server.open();
    let (sent, ()) = serving(
        || {
            let mut peer = Peer::accept(&server.listener);
            peer.read(1);
            assert_eq!(request.close(), OK);
            peer.read_bytes_to_end();
        },
        || request.send(),
    );
    assert_eq!(sent, CANCELLED);
}

/// RFC 6066 section 3: names are sent, addresses are not.
#[test]
fn the_server_is_told_its_name_unless_it_is_an_address() {
    let authority = Authority::new("an authority");
    let identity = authority.issue(|_| {});
    let server = Secure::with(server_config(&identity, &VERSIONS, ClientAuth::None));
    server.trust(authority.roots());
    for (host, name) in [("127.0.0.1", None), ("localhost", Some("localhost"))] {
        let request = open(&server.session.connect(host, server.port()).unwrap());
        let (sent, peer) = server.beside(|| request.send());
        assert_eq!(sent, OK);
        let mut peer = peer.unwrap();
        assert_eq!(peer.tls().server_name(), name);
        assert!(peer.read_head().contains(&format!("\r\nHost: {host}:{}\r\n", server.port())));
    }
}

/// RFC 7301: the client speaks HTTP/1.1, and a server that speaks something else has nothing in common with it.
#[test]
fn the_protocol_within_tls() {
    let authority = Authority::new("an authority");
    let identity = authority.issue(|_| {});
    for (offered, agreed) in [(&["h2", "http/1.1"][..], Some("http/1.1")), (&[], None), (&["h2"], Some("h2"))] {
        let mut config = server_config(&identity, &VERSIONS, ClientAuth::None);
        config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
        let server = Secure::with(config);
        server.trust(authority.roots());
        if agreed == Some("h2") {
            assert_eq!(attempt(&server, |_| {}), insecure(CHANNEL_ERROR));
        } else {
            let (_request, mut peer) = server.answered(NOTHING);
            assert_eq!(peer.tls().alpn_protocol(), agreed.map(str::as_bytes));
        }
    }
}

/// A client that finds a fault says so to the server (RFC 8446 section 6.2).
#[test]
fn the_server_is_told_of_a_fault() {
    for (versions, sealed) in [([&TLS12], false), ([&TLS13], true)] {
        let authority = Authority::new("an authority");
        let server = Secure::with(server_config(&authority.issue(|_| {}), &versions, ClientAuth::None));
        server.trust(Authority::new("another").roots());
        let request = server.open();
        let (sent, peer) = server.beside(|| request.send());
        assert_eq!(sent, SECURE_FAILURE);
        let error = peer.unwrap_err();
        let alert = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
        assert!(matches!(alert, Some(rustls::Error::AlertReceived(_))), "{error:?}, {sealed}");
    }
}

#[test]
fn an_empty_set_of_authorities_trusts_nobody() {
    let server = Secure::new();
    server.trust(Roots::system());
    // Nobody's system trusts the authority of a test.
    assert_eq!(attempt(&server, |_| {}), insecure(sys::WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA));
    assert_eq!(faults_of(&server, winws::Session::builder()), [Fault::Authority]);
    for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(Roots::from_pem(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn the_systems_authorities_beside_others() {
    let authority = Authority::new("an authority");
    let server = Secure::showing(&authority.issue(|_| {}));
    server.trust(authority.roots().and_system());
    assert_eq!(attempt(&server, |_| {}), GOOD);
}

/// Redirects lead from one server to another, with and without TLS.
#[test]
fn b1_2_18_to_https_and_back() {
    let (plain, secure) = (Server::new(), Secure::new());
    let moved = |place: &str| format!("HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n");
    let connection = secure.session.connect("127.0.0.1", plain_port(&plain)).unwrap();
    for place in [secure.url(), secure.url().replacen("https", "wss", 1)] {
        let request = connection.open(Opening::default()).unwrap();
        assert_eq!(request.send(), OK);
        let mut first = plain.accept();
        first.read_head();
        first.write(moved(&place).as_bytes());
        let serve = || {
            let mut peer = secure.accept().unwrap();
            peer.read_head();
            peer.write(NOTHING.as_bytes());
        };
        let (received, ()) = serving(serve, || request.receive());
        assert_eq!((received, request.status()), (OK, Ok(204)));
    }
    // Back again: by default the program gets the redirect as it is.
    let back = format!("http://{}/", plain.authority());
    let (request, _peer) = secure.answered(&moved(&back));
    assert_eq!(request.status(), Ok(302));
    let request = secure.open();
    let always = sys::WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS;
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_REDIRECT_POLICY, always), OK);
    let (mut peer, _) = secure.send(&request);
    peer.write(moved(&back).as_bytes());
    let serve = || {
        let mut peer = plain.accept();
        peer.read_head();
        peer.write(NOTHING.as_bytes());
    };
    let (received, ()) = serving(serve, || request.receive());
    assert_eq!((received, request.status()), (OK, Ok(204)));
}

fn plain_port(server: &Server) -> u16 {
    server.authority().rsplit_once(':').unwrap().1.parse().unwrap()
}

/// What is redirected to a server that is not trusted fails when the response is received.
#[test]
fn b1_2_18_to_https_with_a_fault() {
    let (plain, secure) = (Server::new(), Secure::new());
    secure.trust(Authority::new("another").roots());
    let request = secure.session.connect("127.0.0.1", plain_port(&plain)).unwrap();
    let request = request.open(Opening::default()).unwrap();
    assert_eq!(request.send(), OK);
    let mut peer = plain.accept();
    peer.read_head();
    peer.write(format!("HTTP/1.1 302 Found\r\nLocation: {}\r\n\r\n", secure.url()).as_bytes());
    let (received, peer) = secure.beside(|| request.receive());
    assert!(peer.is_err());
    assert_eq!(received, SECURE_FAILURE);
}

/// The client must not take what comes before the handshake has ended for a response.
#[test]
fn plaintext_between_the_records_of_a_handshake() {
    let server = Secure::of_versions(&[&TLS13]);
    let serve = || {
        let mut peer = Peer::accept(&server.listener);
        peer.read(1);
        peer.write(b"\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x13HTTP/1.1 200 OK\r\n\r\n");
        peer.finish_unless_gone();
        peer.read_bytes_to_end();
        Err(io::ErrorKind::Other.into())
    };
    assert_eq!(attempt_with(&server, serve, |_| {}), insecure(CHANNEL_ERROR));
}

/// It is a WebSocket over TLS to others, too.
#[test]
fn a_socket_of_the_rust_api() {
    let (socket, mut peer) = super::connect_value();
    socket.send_text("hello").unwrap();
    assert_eq!(peer.read_frame(), (0x81, b"hello".to_vec()));
    peer.write(&close_frame(1000, ""));
    socket.close(1000, "").unwrap();
    peer.expect_close(1000, "");
    drop(socket);
    peer.expect_goodbye();
}
