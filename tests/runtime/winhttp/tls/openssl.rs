//! Certificates as people make them for a server of their own: by `openssl req -x509`.

use std::process::Command;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use winws::tls::Roots;
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::certificates::{Authority, Identity};

use super::certificates::forgive;
use super::{GOOD, Secure, attempt, insecure};

/// Makes a certificate that has signed itself: the certificate as text, and with its key.
fn make(key: &str, arguments: &[&str]) -> (String, Identity) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-newkey", key, "-subj", "/CN=localhost", "-days", "30"])
        .args(["-keyout", "-", "-out", "-"])
        .args(arguments)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificate = CertificateDer::from_pem_slice(&made.stdout).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&made.stdout).expect("a key");
    (String::from_utf8(made.stdout).expect("text"), Identity::new(vec![certificate], &key))
}

/// Without more it is marked as an authority, and so it serves for none (b8.1).
#[test]
#[ignore = "needs openssl"]
fn b8_1_openssl_marks_it_as_an_authority() {
    for key in ["rsa:2048", "ed25519"] {
        let (text, identity) = make(key, &["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
        let server = Secure::showing(&identity);
        for roots in [Roots::from_pem(text.as_bytes()).unwrap(), Authority::new("another").roots()] {
            server.trust(roots);
            let refused = insecure(sys::WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA);
            assert_eq!(attempt(&server, |_| {}), refused);
            let ignore = sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA;
            assert_eq!(attempt(&server, |request| forgive(request, ignore)), GOOD);
        }
    }
}

/// Only names count (RFC 9525 section 6.3), and openssl writes none but the subject without more.
#[test]
#[ignore = "needs openssl"]
fn b8_3_openssl_writes_no_names() {
    let (text, identity) = make("rsa:2048", &["-addext", "basicConstraints=critical,CA:FALSE"]);
    let server = Secure::showing(&identity);
    server.trust(Roots::from_pem(text.as_bytes()).unwrap());
    assert_eq!(attempt(&server, |_| {}), insecure(sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID));
    let ignore = sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID;
    assert_eq!(attempt(&server, |request| forgive(request, ignore)), GOOD);
}

/// As the documentation of `Roots::from_pem` says it should be made.
#[test]
#[ignore = "needs openssl"]
fn a_certificate_for_a_server_of_ones_own() {
    for key in ["rsa:2048", "rsa:4096", "ed25519"] {
        let names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
        let (text, identity) = make(key, &[&names[..], &["-addext", "basicConstraints=critical,CA:FALSE"]].concat());
        let server = Secure::showing(&identity);
        server.trust(Roots::from_pem(text.as_bytes()).unwrap());
        assert_eq!(attempt(&server, |_| {}), GOOD, "{key}");
    }
}
