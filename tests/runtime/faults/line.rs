//! The server's end of a connection: as it is, or within TLS, whose handshake may go wrong at every byte.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, ServerConnection};
use winws::tls::Roots;
use winws_tests_runtime::peer::certificates::{Authority, Identity, expired, for_clients, of_others};
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, Wire, server_config};

use super::draw::Draw;
use super::server::Fault;

/// Whom clients trust.
static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("an authority"));

/// Servers with good certificates.
static GOOD: LazyLock<[Arc<ServerConfig>; 3]> = LazyLock::new(|| {
    let identity = AUTHORITY.issue(|_| {});
    let config = |versions: &[_], client| Arc::new(server_config(&identity, versions, client));
    [
        config(&[&TLS12], ClientAuth::None),
        config(&[&TLS13], ClientAuth::None),
        config(&VERSIONS, ClientAuth::Optional(&AUTHORITY)),
    ]
});

/// Servers that no client should talk to.
static BAD: LazyLock<Vec<Arc<ServerConfig>>> = LazyLock::new(|| {
    let mut garbage = AUTHORITY.issue(|_| {});
    garbage.chain[0] = b"no certificate".to_vec().into();
    let identities = [
        AUTHORITY.issue(expired),
        AUTHORITY.issue(of_others),
        AUTHORITY.issue(for_clients),
        Authority::new("another").issue(expired),
        Identity::self_signed(|_| {}),
        garbage,
    ];
    let mut configs: Vec<_> =
        identities.iter().map(|identity| Arc::new(server_config(identity, &VERSIONS, ClientAuth::None))).collect();
    for version in VERSIONS {
        let demanding = server_config(&AUTHORITY.issue(|_| {}), &[version], ClientAuth::Required(&AUTHORITY));
        configs.push(Arc::new(demanding));
    }
    configs
});

pub(super) fn roots() -> Roots {
    AUTHORITY.roots()
}

/// The bytes of a connection.
pub(super) struct Line {
    pub(super) wire: Wire,
}

impl Line {
    pub(super) const fn new(stream: TcpStream) -> Self {
        Self { wire: Wire { stream, tls: None } }
    }

    /// Does the handshake of TLS, mostly with a good certificate. A fault comes at a byte of one of the server's flights: what
    /// there is of the fault is left to the caller, with what would have come.
    pub(super) fn shake(&mut self, fault: Option<Fault>, draw: &mut Draw, over: &Receiver<()>) -> Shaken {
        let config = if draw.percent(85) { draw.pick(&[0, 1, 2].map(|index| &GOOD[index])) } else { bad(draw) };
        let mut tls = Box::new(ServerConnection::new(Arc::clone(config)).expect("a good configuration"));
        let (at, mut flights) = (draw.below(2), 0);
        while tls.is_handshaking() || tls.wants_write() {
            if !tls.wants_write() {
                if !matches!(tls.read_tls(&mut self.wire.stream), Ok(1..)) {
                    return Shaken::Gone;
                }
                // Its alert, if it has one to say, is what goes out next.
                if tls.process_new_packets().is_err() {
                    tls.write_tls(&mut self.wire.stream).ok();
                    return Shaken::Gone;
                }
                continue;
            }
            let mut flight = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut flight).expect("a vector takes everything");
            }
            let fault = fault.filter(|_| flights == at);
            flights += 1;
            let written = match fault {
                None | Some(Fault::None) => self.wire.stream.write_all(&flight),
                Some(Fault::Single) => write_singly(&mut self.wire.stream, &flight, over),
                Some(Fault::Lie | Fault::Garble) => {
                    let index = draw.below(flight.len());
                    flight[index] ^= 1 << draw.below(8);
                    self.wire.stream.write_all(&flight)
                }
                Some(_) => {
                    let cut = draw.below(flight.len() + 1);
                    let rest = flight.split_off(cut);
                    return if self.wire.stream.write_all(&flight).is_ok() { Shaken::Cut(rest) } else { Shaken::Gone };
                }
            };
            if written.is_err() {
                return Shaken::Gone;
            }
        }
        self.wire.tls = Some(tls);
        Shaken::Done
    }

    /// Writes bytes with one of them changed, below TLS where that is.
    pub(super) fn garble(&mut self, bytes: &[u8], draw: &mut Draw) {
        let mut garbled = match &mut self.wire.tls {
            None => bytes.to_vec(),
            Some(tls) => seal(tls, bytes),
        };
        if let Some(last) = garbled.len().checked_sub(1) {
            garbled[draw.below(last + 1)] ^= 1 << draw.below(8);
        }
        self.wire.stream.write_all(&garbled).ok();
    }

    /// Says that nothing more will come, where TLS has a word for that.
    pub(super) fn say_goodbye(&mut self) {
        if let Some(tls) = &mut self.wire.tls {
            tls.send_close_notify();
            self.flush().ok();
        }
    }

    /// Takes new keys, where there are some.
    pub(super) fn update_keys(&mut self) {
        if let Some(tls) = &mut self.wire.tls {
            // TLS 1.2 has no such message.
            tls.refresh_traffic_keys().ok();
        }
    }
}

/// How a handshake ended.
pub(super) enum Shaken {
    Done,
    /// The rest of the flight was not written.
    Cut(Vec<u8>),
    /// The client has gone, or this end has given up.
    Gone,
}

fn bad(draw: &mut Draw) -> &'static Arc<ServerConfig> {
    &BAD[draw.below(BAD.len())]
}

fn seal(tls: &mut ServerConnection, mut bytes: &[u8]) -> Vec<u8> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let count = tls.writer().write(bytes).expect("it has a handshake behind it");
        bytes = &bytes[count..];
        while tls.wants_write() {
            tls.write_tls(&mut records).expect("a vector takes everything");
        }
    }
    records
}

/// Writes the start of the bytes one by one. A receive of a whole message has time for each byte, so not all of a long one comes
/// like this.
pub(super) fn write_singly(stream: &mut impl Write, bytes: &[u8], over: &Receiver<()>) -> io::Result<()> {
    let (single, rest) = bytes.split_at(bytes.len().min(200));
    for byte in single {
        // A pause is for the client's sake: bytes without one may come together.
        if over.recv_timeout(Duration::from_millis(2)) != Err(RecvTimeoutError::Timeout) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        stream.write_all(&[*byte])?;
    }
    stream.write_all(rest)
}

impl Read for Line {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.wire.read(buf)
    }
}

impl Write for Line {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.wire.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wire.flush()
    }
}
