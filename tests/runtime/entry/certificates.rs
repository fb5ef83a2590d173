//! Certificates made of bytes, which a server on loopback shows: there is no other way in.

use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use rustix::net::sockopt;
use rustls::ServerConnection;
use rustls::pki_types::CertificateDer;
use winws::WinHttp;
use winws::tls::{ClientCertificate, RevocationLists, Roots};
use winws_api::KeptBuffer;
use winws_api::winhttp::{Request as _, SendRequestError, Session as _, sys};

use crate::peer::certificates::{Authority, Identity, expired, for_clients, of_others, revocation_lists};
use crate::peer::tls::{ClientAuth, VERSIONS, server_config};

/// What bytes may change a part of, and who is trusted.
struct Templates {
    authority: Authority,
    identities: [Identity; 6],
    /// Whose key the server has: not that of the certificate.
    stranger: Identity,
    lists: RevocationLists,
}

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| {
    let authority = Authority::new("an authority");
    let between = authority.intermediate("between", |_| {});
    let unknown = Authority::new("unknown");
    Templates {
        identities: [
            authority.issue(|_| {}),
            between.issue(|_| {}).and(&between),
            authority.issue(expired),
            unknown
                .issue(|params| {
                    of_others(params);
                    for_clients(params);
                })
                .and(&unknown),
            Identity::self_signed(|_| {}),
            Authority::for_localhost("self").as_server(),
        ],
        stranger: Identity::self_signed(|_| {}),
        lists: revocation_lists(&[authority.revoked(&[1], false), between.revoked(&[], true)]),
        authority,
    }
});

/// Shows a client certificates that are made of bytes, and demands that it refuses them: nobody has the key to them.
///
/// The first byte chooses a chain that is changed, or none, and the second one says what the client demands and forgives. Three
/// bytes each then change one byte of the chain; or else each certificate has its length in two bytes before it. All of it is
/// read as text, too.
pub fn certificates(bytes: &[u8]) {
    drop((Roots::from_pem(bytes), RevocationLists::from_pem(bytes), ClientCertificate::from_pem(bytes, bytes)));
    let [template, demands, rest @ ..] = bytes else { return };
    let chain = match TEMPLATES.identities.get(usize::from(*template)) {
        Some(identity) => changed(&identity.chain, rest),
        None => split(rest),
    };
    let identity = TEMPLATES.stranger.with_chain(chain);
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let port = listener.local_addr().expect("it is bound").port();
    let sent = thread::scope(|scope| {
        let sending = scope.spawn(|| send(port, *demands));
        let config = server_config(&identity, &VERSIONS[usize::from(demands >> 7)..], ClientAuth::None);
        shake(listener.accept().expect("the client connects").0, config);
        sending.join().expect("the client does not panic")
    });
    assert_eq!(sent, Err(SendRequestError::SecureFailure));
}

/// Each certificate with some of its bytes changed: where in the whole chain, and to what.
fn changed(chain: &[CertificateDer<'static>], changes: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut chain: Vec<Vec<u8>> = chain.iter().map(|certificate| certificate.to_vec()).collect();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]]));
        if let Some(byte) = chain.iter_mut().flatten().nth(at) {
            *byte = change[2];
        }
    }
    chain.into_iter().map(Into::into).collect()
}

fn split(mut bytes: &[u8]) -> Vec<CertificateDer<'static>> {
    let mut chain = Vec::new();
    while let [high, low, rest @ ..] = bytes {
        let (certificate, next) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])).min(rest.len()));
        chain.push(certificate.to_vec().into());
        bytes = next;
    }
    chain
}

/// A request of a client that forgives what the low bits say, and knows and demands lists as the next ones say.
fn send(port: u16, demands: u8) -> Result<(), SendRequestError> {
    const FLAGS: [u32; 4] = [0x100, 0x200, 0x1000, 0x2000];
    let winhttp = WinHttp::process();
    let session = winhttp.open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0).expect("a session");
    winhttp.set_roots(session, TEMPLATES.authority.roots()).expect("a session");
    if demands & 0x10 != 0 {
        winhttp.set_revocation_lists(session, TEMPLATES.lists.clone()).expect("a session");
    }
    let connection = winhttp.connect(session, "127.0.0.1", port, 0).expect("a host");
    let flags = sys::WINHTTP_FLAG_SECURE;
    let request = winhttp.open_request(connection, None, None, None, None, &[], flags).expect("a request");
    let set = |option, value: u32| {
        winhttp.set_option::<u16>(request, option, &value.to_ne_bytes()).expect("an option of requests");
    };
    let forgiven = FLAGS.iter().enumerate().filter(|(index, _)| demands & 1 << index != 0);
    set(sys::WINHTTP_OPTION_SECURITY_FLAGS, forgiven.fold(0, |all, (_, flag)| all | flag));
    if demands & 0x20 != 0 {
        set(sys::WINHTTP_OPTION_ENABLE_FEATURE, sys::WINHTTP_ENABLE_SSL_REVOCATION);
    }
    let sent = winhttp.send_request(request, None, KeptBuffer::EMPTY, 0, 0);
    for handle in [request, connection, session] {
        winhttp.close_handle(handle).expect("a live handle");
    }
    sent
}

/// The server's end of a handshake, as far as it comes.
fn shake(mut stream: TcpStream, config: rustls::ServerConfig) {
    let mut tls = ServerConnection::new(Arc::new(config)).expect("a good configuration");
    while tls.is_handshaking() && tls.complete_io(&mut stream).is_ok_and(|count| count != (0, 0)) {}
    // The client has judged. A reset leaves nothing behind that would keep the port from the runs to come.
    sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).expect("a TCP stream");
}
