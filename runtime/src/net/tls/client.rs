//! How a client's end of TLS begins, and what it finds out about the server on the way.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, InvalidMessage,
    SignatureScheme,
};

use super::faults::{Fault, Faults, Remark, SecureFailure};
use super::pem::ClientCertificate;
use super::policy::{Policy, provider};
use super::record::RustlsClient;
use super::verify::{Demands, Findings, examine, is_of_authority};
use super::{Tls, lock};

/// What is found out while a connection is made. It is also who judges the server, and who shows the client's certificate.
#[derive(Debug)]
pub(crate) struct Connecting {
    policy: Policy,
    verdict: Mutex<Verdict>,
    was_asked_for_certificate: AtomicBool,
}

/// What is held against the certificate of a server.
#[derive(Clone, Copy, Debug, Default)]
struct Verdict {
    faults: Faults,
    remark: Option<Remark>,
}

impl Tls {
    /// A client's end that talks to the server of this name, or of this address. Nothing is sent yet.
    pub(crate) fn client(policy: Policy, name: &str) -> Result<Self, SecureFailure> {
        // The zone of an address is of no interest to the server.
        let name = name.split_once('%').map_or(name, |(address, _)| address);
        let name = match ServerName::try_from(name.to_owned()) {
            Ok(name) => name,
            // No certificate can be for it, such as for `127.1`, and that does not matter. No server is told of an address.
            Err(_) if policy.forgiven.has(Fault::Name) => ServerName::from(IpAddr::from(Ipv4Addr::UNSPECIFIED)),
            Err(error) => {
                return Err(SecureFailure::of(Fault::Name, error));
            }
        };
        let versions = policy.versions.supported();
        let connecting = Arc::new(Connecting {
            policy,
            verdict: Mutex::default(),
            was_asked_for_certificate: AtomicBool::new(false),
        });
        let connection =
            connect(&connecting, &versions, name).map_err(|error| SecureFailure::of(Fault::Channel, error))?;
        Ok(Self::new(Box::new(RustlsClient::new(connection)), connecting))
    }
}

/// Nothing is kept for a later connection: the certificate of each is judged by the policy of its own request.
fn connect(
    connecting: &Arc<Connecting>,
    versions: &[&'static rustls::SupportedProtocolVersion],
    name: ServerName<'static>,
) -> Result<ClientConnection, Error> {
    let verifier: Arc<dyn ServerCertVerifier> = Arc::clone(connecting) as _;
    let resolver: Arc<dyn ResolvesClientCert> = Arc::clone(connecting) as _;
    let mut config = ClientConfig::builder_with_provider(Arc::clone(provider()))
        .with_protocol_versions(versions)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(resolver);
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    ClientConnection::new(Arc::new(config), name)
}

impl Connecting {
    /// Why the handshake failed.
    pub(crate) fn failure(&self, error: io::Error) -> SecureFailure {
        let Verdict { faults, remark } = *lock(&self.verdict);
        if faults.is_empty() {
            let remark = is_no_tls(&error).then_some(Remark::IsNotTls);
            return SecureFailure { remark, ..SecureFailure::of(Fault::Channel, error) };
        }
        SecureFailure { faults, remark, source: Some(error.into()) }
    }

    /// Whether an error says that the server goes on only with a certificate of the client, and there is none (b8.9).
    pub(crate) fn is_certificate_missing(&self, error: &io::Error) -> bool {
        let is_refusal = matches!(
            of_rustls(error),
            Some(Error::AlertReceived(
                AlertDescription::CertificateRequired
                    | AlertDescription::HandshakeFailure
                    | AlertDescription::BadCertificate
                    | AlertDescription::NoCertificate
                    | AlertDescription::AccessDenied
            ))
        );
        is_refusal && self.is_asked_in_vain()
    }

    /// Whether an error says that the server does not accept the certificate that it was shown. With TLS 1.3 it says so only after
    /// the handshake of the client (RFC 8446 section 4.4.2.4).
    pub(crate) fn is_certificate_refused(&self, error: &io::Error) -> bool {
        let was_shown = self.was_asked_for_certificate.load(Ordering::SeqCst) && self.policy.certificate.is_some();
        was_shown && matches!(of_rustls(error), Some(Error::AlertReceived(_)))
    }

    /// Whether the server asked for a certificate of the client, there is none, and the server has not gone on without.
    pub(crate) fn is_asked_in_vain(&self) -> bool {
        self.was_asked_for_certificate.load(Ordering::SeqCst) && self.policy.certificate.is_none()
    }

    /// The server has sent plaintext: it does not insist on a certificate, if it has asked for one.
    pub(super) fn goes_on(&self) {
        if self.was_asked_for_certificate.load(Ordering::SeqCst) {
            self.was_asked_for_certificate.store(false, Ordering::SeqCst);
        }
    }

    fn examine(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Findings {
        let Policy { roots, lists, needs_lists, .. } = &self.policy;
        let algorithms = provider().signature_verification_algorithms.all;
        roots.with_anchors(|anchors| {
            let demands = Demands { algorithms, anchors, lists: lists.lists(), needs_lists: *needs_lists };
            examine(end_entity, intermediates, name, now, demands)
        })
    }

    fn remark(&self, faults: Faults, errors: &[(Fault, CertificateError)]) -> Option<Remark> {
        let (_, error) = errors.iter().find(|(fault, _)| faults.has(*fault) && *fault == Fault::Authority)?;
        if is_of_authority(error) {
            return Some(Remark::IsAuthority);
        }
        self.policy.roots.with_anchors(<[_]>::is_empty).then_some(Remark::TrustsNobody)
    }
}

fn of_rustls(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn is_no_tls(error: &io::Error) -> bool {
    matches!(of_rustls(error), Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)))
}

impl ServerCertVerifier for Connecting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let policy = &self.policy;
        let is_plain = policy.forgiven.is_empty() && !policy.needs_lists && policy.lists.lists().is_empty();
        if is_plain && policy.roots.are_systems_only() {
            let judged = super::system::verify(end_entity, intermediates, server_name, ocsp_response, now);
            if let Some(Ok(verified)) = judged {
                return Ok(verified);
            }
        }
        let Findings { faults, errors } = self.examine(end_entity, intermediates, server_name, now);
        let faults = faults.without(policy.forgiven);
        *lock(&self.verdict) = Verdict { faults, remark: self.remark(faults, &errors) };
        match errors.into_iter().find(|&(fault, _)| faults.has(fault)) {
            None => Ok(ServerCertVerified::assertion()),
            Some((_, error)) => Err(error.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

impl ResolvesClientCert for Connecting {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked_for_certificate.store(true, Ordering::SeqCst);
        self.policy.certificate.as_ref().map(ClientCertificate::certified_key)
    }

    /// Without one the server's question must be noticed all the same.
    fn has_certs(&self) -> bool {
        true
    }
}
