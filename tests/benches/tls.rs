//! TLS for both ends of a bench: a certificate that is its own authority, and rustls for the far end and for the peer.

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};

use rcgen::CertifiedKey;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use winws::tls::Roots;

struct Identity {
    pem: String,
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

fn identity() -> &'static Identity {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    IDENTITY.get_or_init(|| {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("the versions of ring")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a key of the certificate");
        let mut roots = RootCertStore::empty();
        roots.add(cert.der().clone()).expect("a certificate");
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the versions of ring")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Identity { pem: cert.pem(), server: Arc::new(server), client: Arc::new(client) }
    })
}

/// Who vouches for the far end.
pub(crate) fn roots() -> Roots {
    Roots::from_pem(pem().as_bytes()).expect("a certificate")
}

/// The same as a text.
pub(crate) fn pem() -> &'static str {
    &identity().pem
}

/// The far end of a connection.
pub(crate) fn server(stream: TcpStream) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
    let connection = ServerConnection::new(Arc::clone(&identity().server)).map_err(io::Error::other)?;
    Ok(StreamOwned::new(connection, stream))
}

/// The near end of the peer.
pub(crate) fn client(stream: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::clone(&identity().client), name).expect("a client");
    StreamOwned::new(connection, stream)
}
