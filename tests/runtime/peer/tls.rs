//! A server's end of TLS, by rustls, and what it may do wrong.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rustls::server::{ServerConnection, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use winws::protocol::Role;

use super::Peer;
use super::certificates::{Authority, Identity, provider};

/// Both versions that there are.
pub static VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// Whether a server asks clients for a certificate.
#[derive(Clone, Copy, Debug)]
pub enum ClientAuth<'a> {
    /// It does not ask.
    None,
    /// It asks, and goes on without one.
    Optional(&'a Authority),
    /// It asks, and goes on only with one.
    Required(&'a Authority),
}

/// A server that shows this identity, in one of these versions.
pub fn server_config(
    identity: &Identity,
    versions: &[&'static SupportedProtocolVersion],
    client: ClientAuth<'_>,
) -> ServerConfig {
    let builder = ServerConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(versions).expect("versions that there are");
    let builder = match client {
        ClientAuth::None => builder.with_no_client_auth(),
        ClientAuth::Optional(authority) | ClientAuth::Required(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate()).expect("a certificate");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
            let verifier = match client {
                ClientAuth::Optional(_) => verifier.allow_unauthenticated(),
                _ => verifier,
            };
            builder.with_client_cert_verifier(verifier.build().expect("it has a root"))
        }
    };
    builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key())))
}

/// The bytes of a connection: as they come, or through TLS.
#[derive(Debug)]
pub struct Wire {
    /// The socket below.
    pub stream: TcpStream,
    /// The server's end of TLS, once its handshake is done.
    pub tls: Option<Box<ServerConnection>>,
}

impl Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.tls {
            None => self.stream.read(buf),
            Some(tls) => rustls::Stream::new(&mut **tls, &mut self.stream).read(buf),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match &mut self.tls {
            None => self.stream.write(buf),
            Some(tls) => {
                let count = tls.writer().write(buf)?;
                self.flush()?;
                Ok(count)
            }
        }
    }

    /// Writes what TLS has to say.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(tls) = &mut self.tls {
            while tls.wants_write() {
                tls.write_tls(&mut self.stream)?;
            }
        }
        Ok(())
    }
}

impl Peer {
    /// The server's end of a connection, whose handshake of TLS is done.
    ///
    /// # Errors
    ///
    /// What rustls says when the client does not go on.
    pub fn secure(stream: TcpStream, config: &Arc<ServerConfig>) -> io::Result<Self> {
        let mut peer = Self::new(Role::Server, stream);
        peer.begin_tls(config)?;
        Ok(peer)
    }

    /// The server's end of the next connection, whose handshake of TLS is done.
    ///
    /// # Errors
    ///
    /// What rustls says when the client does not go on.
    pub fn accept_secure(listener: &TcpListener, config: &Arc<ServerConfig>) -> io::Result<Self> {
        let mut peer = Self::accept(listener);
        peer.begin_tls(config)?;
        Ok(peer)
    }

    /// Does the handshake of TLS as a server.
    ///
    /// # Errors
    ///
    /// What rustls says when the client does not go on.
    pub fn begin_tls(&mut self, config: &Arc<ServerConfig>) -> io::Result<()> {
        let mut tls = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            if tls.complete_io(&mut self.wire.stream)? == (0, 0) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.wire.tls = Some(Box::new(tls));
        self.wire.flush()
    }

    /// The connection of TLS.
    pub fn tls(&mut self) -> &mut ServerConnection {
        self.wire.tls.as_mut().expect("a connection with TLS")
    }

    /// The records that this plaintext makes, which are not written.
    pub fn seal(&mut self, bytes: &[u8]) -> Vec<u8> {
        let (mut left, mut records) = (bytes, Vec::new());
        while !left.is_empty() {
            let count = self.tls().writer().write(left).expect("a vector takes everything");
            left = &left[count..];
            self.take_records(&mut records);
        }
        records
    }

    /// What TLS has to say, which is not written.
    pub fn take_records(&mut self, records: &mut Vec<u8>) {
        while self.tls().wants_write() {
            self.tls().write_tls(records).expect("a vector takes everything");
        }
    }

    /// Writes bytes below TLS.
    pub fn write_below(&mut self, bytes: &[u8]) {
        self.wire.stream.write_all(bytes).expect("the client is there");
    }

    /// Ends this direction of TLS, and not that of the stream below.
    pub fn say_goodbye(&mut self) {
        self.tls().send_close_notify();
        self.wire.flush().expect("the client is there");
    }

    /// Takes new keys, and asks the client to do so too.
    pub fn update_keys(&mut self) {
        self.tls().refresh_traffic_keys().expect("TLS 1.3");
        self.wire.flush().expect("the client is there");
    }

    /// Checks that the client's next words are that it has found a fault.
    pub fn expect_alert(&mut self) {
        let error = self.wire.read(&mut [0; 16]).expect_err("an alert");
        let said = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
        assert!(matches!(said, Some(rustls::Error::AlertReceived(_))), "{error:?}");
    }

    /// Checks that the client says goodbye and sends nothing more.
    pub fn expect_goodbye(&mut self) {
        match self.wire.read(&mut [0; 16]) {
            Ok(0) => {}
            other => panic!("expected close_notify, not {other:?}"),
        }
    }
}

/// Makes records of TLS 1.3 that no implementation of TLS would make.
#[derive(Debug)]
pub struct ByHand {
    key: ring::aead::LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

impl ByHand {
    /// The record of this kind with this content, and so many zeros behind it (RFC 8446 sections 5.2 and 5.4).
    pub fn record(&mut self, kind: u8, content: &[u8], zeros: usize) -> Vec<u8> {
        let mut sealed = [content, &[kind], &vec![0; zeros]].concat();
        let length = u16::try_from(sealed.len() + self.key.algorithm().tag_len()).expect("a record is short");
        let mut record = vec![0x17, 3, 3];
        record.extend(length.to_be_bytes());
        let mut nonce = self.iv;
        for (byte, number) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= number;
        }
        self.sequence += 1;
        let nonce = ring::aead::Nonce::assume_unique_for_key(nonce);
        let head = ring::aead::Aad::from(record.clone());
        self.key.seal_in_place_append_tag(nonce, head, &mut sealed).expect("it is short enough");
        record.extend(sealed);
        record
    }
}

impl Peer {
    /// The stream and its TLS, for several threads. Nobody watches them any more.
    pub fn into_parts(mut self) -> (TcpStream, ServerConnection) {
        let tls = *self.wire.tls.take().expect("a connection with TLS");
        (self.wire.stream.try_clone().expect("a free descriptor"), tls)
    }

    /// Takes the keys of this direction out of rustls, which must have been allowed to give them. Nothing is read any more.
    pub fn by_hand(&mut self) -> ByHand {
        let tls = *self.wire.tls.take().expect("a connection with TLS");
        let secrets = tls.dangerous_extract_secrets().expect("it is allowed");
        let (sequence, rustls::ConnectionTrafficSecrets::Aes256Gcm { key, iv }) = secrets.tx else {
            panic!("the first suite of rustls is another one now")
        };
        let key = ring::aead::UnboundKey::new(&ring::aead::AES_256_GCM, key.as_ref()).expect("a key of this length");
        let iv = iv.as_ref().try_into().expect("twelve bytes");
        ByHand { key: ring::aead::LessSafeKey::new(key), iv, sequence }
    }
}
