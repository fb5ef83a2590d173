//! The verdict of the system's own verifier, where there is one.

use rustls::Error;
use rustls::client::danger::ServerCertVerified;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

/// Whether the system trusts a server. `None` if it has no verifier, or the verifier cannot be used: then the certificates of its
/// authorities are what counts.
#[cfg(target_vendor = "apple")]
pub(super) fn verify(
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    ocsp_response: &[u8],
    now: UnixTime,
) -> Option<Result<ServerCertVerified, Error>> {
    use rustls::client::danger::ServerCertVerifier as _;

    let verifier = rustls_platform_verifier::Verifier::new(super::policy::provider().clone()).ok()?;
    Some(verifier.verify_server_cert(end_entity, intermediates, name, ocsp_response, now))
}

#[cfg(not(target_vendor = "apple"))]
pub(super) const fn verify(
    _: &CertificateDer<'_>,
    _: &[CertificateDer<'_>],
    _: &ServerName<'_>,
    _: &[u8],
    _: UnixTime,
) -> Option<Result<ServerCertVerified, Error>> {
    None
}
