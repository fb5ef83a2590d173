//! Certificates by which clients prove who they are.

use rustls::version::{TLS12, TLS13};
use winws::WinHttp;
use winws::tls::ClientCertificate;
use winws_api::Win32Error;
use winws_tests_runtime::peer::certificates::Authority;
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};

use super::super::chain::{Handle, set};
use super::super::{CONNECTION_ERROR, INCORRECT_TYPE, INVALID_OPTION, OK, c};
use super::{NOTHING, Secure, serving};

const NEEDED: Win32Error = Win32Error::ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED;
/// WINHTTP_OPTION_CLIENT_CERT_CONTEXT.
const OPTION: u32 = 47;

/// The code of SendRequest, or else of ReceiveResponse. The server has refused the client.
fn refused(server: &Secure, request: &Handle) -> Win32Error {
    let (sent, peer) = server.beside(|| request.send());
    assert!(peer.is_err());
    drop(peer);
    if sent == OK { request.receive() } else { sent }
}

#[test]
fn b8_9_the_server_demands_a_certificate() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    for version in [&TLS12, &TLS13] {
        let identity = servers.issue(|_| {});
        let server = Secure::with(server_config(&identity, &[version], ClientAuth::Required(&clients)));
        server.trust(servers.roots());
        let request = server.open();
        assert_eq!(refused(&server, &request), NEEDED, "{version:?}");
        // That of TLS 1.2 ends in the handshake.
        if *version == TLS12 {
            let (sent, _) = server.beside(|| request.send());
            assert_eq!(sent, NEEDED);
        }
        let (got, ()) = serving(
            || drop(server.accept()),
            || winws::Session::builder().roots(servers.roots()).build().unwrap().get(&server.url()),
        );
        assert_eq!(got.unwrap_err().code(), NEEDED);
        // With one, the same request is answered.
        let (shown, certificate) = clients.issue_client();
        WinHttp::process().set_client_certificate(request.0, Some(certificate)).unwrap();
        let (mut peer, _) = server.send(&request);
        assert_eq!(peer.tls().peer_certificates(), Some(&shown.chain[..]));
        peer.write(NOTHING.as_bytes());
        assert_eq!(request.receive(), OK);
    }
}

/// The refusal may be lost: the server is gone before the client can read it.
#[test]
fn b8_9_the_server_resets_instead_of_a_refusal() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    for version in [&TLS12, &TLS13] {
        let identity = servers.issue(|_| {});
        let server = Secure::with(server_config(&identity, &[version], ClientAuth::Optional(&clients)));
        server.trust(servers.roots());
        let request = server.open();
        let (peer, _) = server.send(&request);
        peer.reset();
        assert_eq!(request.receive(), NEEDED, "{version:?}");
    }
}

/// A server that asks and goes on is one like others, and its connection is lost like that of others.
#[test]
fn b8_9_the_server_goes_on_without_a_certificate() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    for version in [&TLS12, &TLS13] {
        let identity = servers.issue(|_| {});
        let server = Secure::with(server_config(&identity, &[version], ClientAuth::Optional(&clients)));
        server.trust(servers.roots());
        let (request, peer) = server.answered("HTTP/1.1 200 OK\r\n\r\nhello");
        assert_eq!(request.read(5), Ok(b"hello".to_vec()));
        peer.reset();
        assert_eq!(request.read(5), Err(CONNECTION_ERROR));
        assert_eq!(request.read(5), Err(CONNECTION_ERROR));
        // A head that breaks off is no refusal either: it is what b1.2.20 says.
        let request = server.open();
        let (mut peer, _) = server.send(&request);
        peer.write(b"HTTP/1.1 200 OK\r\n");
        peer.reset();
        assert_eq!(request.receive(), Win32Error::ERROR_WINHTTP_INVALID_SERVER_RESPONSE);
    }
}

/// One that the server does not trust is not one that is missing: it is an alert (b8.8), which comes after the client's last word
/// with TLS 1.3.
#[test]
fn b8_8_a_certificate_that_the_server_refuses() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    for version in [&TLS12, &TLS13] {
        let identity = servers.issue(|_| {});
        let server = Secure::with(server_config(&identity, &[version], ClientAuth::Required(&clients)));
        server.trust(servers.roots());
        let request = server.open();
        let (_, certificate) = Authority::new("others").issue_client();
        WinHttp::process().set_client_certificate(request.0, Some(certificate)).unwrap();
        let code = refused(&server, &request);
        assert_eq!(code, Win32Error::ERROR_WINHTTP_SECURE_FAILURE, "{version:?}");
    }
}

#[test]
fn b8_12_no_certificate() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let identity = servers.issue(|_| {});
    let server = Secure::with(server_config(&identity, &VERSIONS, ClientAuth::Required(&clients)));
    server.trust(servers.roots());
    let request = server.open();
    let word = c::word(request.0);
    assert_eq!(c::set_option(word, OPTION, None, 0), 0);
    assert_eq!(set(request.0, OPTION, &[]), OK);
    // A context of Windows' own is no option here.
    for size in [1, 4, 8, 40] {
        assert_eq!(c::set_option(word, OPTION, Some(&[1; 40][..size]), u32::try_from(size).unwrap()), 12009);
        assert_eq!(set(request.0, OPTION, &[1; 40][..size]), INVALID_OPTION);
    }
    // What the Rust API has set is taken back.
    let (_, certificate) = clients.issue_client();
    WinHttp::process().set_client_certificate(request.0, Some(certificate)).unwrap();
    server.send(&request);
    assert_eq!(request.close(), OK);
    let request = server.open();
    let (_, certificate) = clients.issue_client();
    WinHttp::process().set_client_certificate(request.0, Some(certificate)).unwrap();
    assert_eq!(c::set_option(c::word(request.0), OPTION, None, 0), 0);
    assert_eq!(refused(&server, &request), NEEDED);
}

#[test]
fn certificates_of_a_session_are_those_of_its_requests() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let identity = servers.issue(|_| {});
    let server = Secure::with(server_config(&identity, &VERSIONS, ClientAuth::Required(&clients)));
    server.trust(servers.roots());
    let (shown, certificate) = clients.issue_client();
    WinHttp::process().set_client_certificate(server.session.0, Some(certificate.clone())).unwrap();
    let (_request, mut peer) = server.answered(NOTHING);
    assert_eq!(peer.tls().peer_certificates(), Some(&shown.chain[..]));
    // And by the Rust API.
    let builder = winws::Session::builder().roots(servers.roots()).client_certificate(certificate.clone());
    let serve = || {
        let mut peer = server.accept().unwrap();
        peer.read_head();
        peer.write(NOTHING.as_bytes());
    };
    let (got, ()) = serving(serve, || builder.build().unwrap().get(&server.url()));
    assert_eq!(got.unwrap().status(), 204);
    let wrong = WinHttp::process().set_client_certificate(server.connection.0, Some(certificate));
    assert_eq!(Win32Error::from(wrong.unwrap_err()), INCORRECT_TYPE);
}

#[test]
fn what_is_no_certificate_of_a_client() {
    let authority = Authority::new("clients");
    let (one, _) = authority.issue_client();
    let (other, _) = authority.issue_client();
    let (pem, key) = (one.pem(), one.key_pem());
    // Both texts may be the same.
    let both = format!("{pem}{key}");
    assert!(ClientCertificate::from_pem(both.as_bytes(), both.as_bytes()).is_ok());
    let malformed = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (certificate, key) in [
        ("", &key[..]),
        (&pem, ""),
        (&key, &key),
        (&pem, &pem),
        (&pem, &other.key_pem()),
        (&pem, malformed),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &key),
        ("-----BEGIN CERTIFICATE-----\nnever ends", &key),
    ] {
        let refused = ClientCertificate::from_pem(certificate.as_bytes(), key.as_bytes());
        assert!(!refused.unwrap_err().to_string().is_empty(), "{certificate} {key}");
    }
}
