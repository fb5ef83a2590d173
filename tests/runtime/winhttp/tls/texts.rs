//! What a user reads who has to find out why there is no TLS, or no way through a proxy: the texts of an error and of its sources.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use winws::tls::Roots;
use winws::{ConnectError, Session};
use winws_tests_runtime::peer::certificates::{Authority, expired, of_others};

use super::Secure;
use crate::winhttp::tls::serving;

/// The texts, each followed by those of its source.
fn texts(error: &ConnectError) -> String {
    let mut texts = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        texts = format!("{texts}: {error}");
        source = error.source();
    }
    texts
}

/// The texts of a connect to this server that fails.
fn texts_of(server: &Secure, roots: Roots) -> String {
    let session = Session::builder().roots(roots).build().unwrap();
    let (got, ()) = serving(|| drop(server.accept()), || session.get(&server.url()));
    texts(&got.unwrap_err())
}

#[test]
fn all_faults_of_a_certificate_are_told() {
    let authority = Authority::new("an authority");
    let server = Secure::showing(&authority.issue(|params| {
        expired(params);
        of_others(params);
    }));
    let said = texts_of(&server, authority.roots());
    assert!(
        said.contains("the certificate has expired or is not valid yet; the certificate is for another name"),
        "{said}"
    );
}

/// What `openssl req -x509` makes is marked as an authority, and people make their own roots with it.
#[test]
fn a_certificate_that_is_its_own_authority() {
    let authority = Authority::for_localhost("localhost");
    let said = texts_of(&Secure::showing(&authority.as_server()), authority.roots());
    assert!(said.contains("basicConstraints=CA:FALSE"), "{said}");
}

#[test]
fn a_port_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("wss://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut peer = listener.accept().unwrap().0;
        assert!(peer.read(&mut [0; 4096]).unwrap() > 0);
        peer.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        while matches!(peer.read(&mut [0; 4096]), Ok(1..)) {}
    });
    let said = texts(&winws::connect(&url).unwrap_err());
    assert!(said.contains("it does not speak TLS at this port"), "{said}");
    server.join().unwrap();
}

#[test]
fn a_proxy_that_is_away_is_named() {
    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let session = Session::builder().proxy(&away.to_string(), "").unwrap().build().unwrap();
    let said = texts(&session.connect("wss://server.invalid/").unwrap_err());
    assert!(said.contains(&format!("the proxy 127.0.0.1 at port {} was not reached", away.port())), "{said}");
}
