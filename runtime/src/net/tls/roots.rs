//! The authorities that servers are trusted by.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::{CertificateDer, TrustAnchor};
use webpki::anchor_from_trusted_cert;

use super::pem::{InvalidPem, certificates};
use crate::raw::fork::OfProcess;

/// The authorities whose certificates vouch for servers. At first they are those of the system.
#[derive(Clone, Debug)]
pub struct Roots {
    uses_system: bool,
    own: Arc<[TrustAnchor<'static>]>,
}

impl Default for Roots {
    fn default() -> Self {
        Self::system()
    }
}

impl Roots {
    /// Those of the system.
    ///
    /// On Linux they are the files that OpenSSL uses, or what the environment variables `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    /// They are read once for each process. If none are found, no server is trusted. On Apple's systems the system itself verifies certificates, as long as nothing else is
    /// asked for: no other authorities, no lists of revoked certificates, and no `SECURITY_FLAG_IGNORE_…`.
    pub fn system() -> Self {
        Self { uses_system: true, own: Arc::default() }
    }

    /// Those in a PEM text, and no others.
    ///
    /// A server's certificate may be its own root, but it must not be marked as an authority: make it with
    /// `basicConstraints=CA:FALSE`. Without this, `openssl req -x509` marks it, and it is refused as [`Fault::Authority`].
    ///
    /// [`Fault::Authority`]: super::Fault::Authority
    ///
    /// # Errors
    ///
    /// [`InvalidPem`] if there is no certificate, or one is malformed.
    pub fn from_pem(pem: &[u8]) -> Result<Self, InvalidPem> {
        let certificates = certificates(pem)?;
        let anchors = certificates.iter().map(|certificate| anchor(certificate));
        let own = anchors.collect::<Result<_, _>>().map_err(|error| InvalidPem::of("certificate", error))?;
        Ok(Self { uses_system: false, own })
    }

    /// These, and those of the system as well.
    #[must_use]
    pub fn and_system(self) -> Self {
        Self { uses_system: true, ..self }
    }

    /// Whether the system's own verifier may judge.
    pub(super) fn are_systems_only(&self) -> bool {
        self.uses_system && self.own.is_empty()
    }

    /// Calls `look` with all of them.
    pub(super) fn with_anchors<R>(&self, look: impl FnOnce(&[TrustAnchor<'static>]) -> R) -> R {
        match (self.uses_system, &self.own[..]) {
            (true, []) => look(system_anchors()),
            (true, own) => look(&[own, system_anchors()].concat()),
            (false, own) => look(own),
        }
    }
}

/// The system's authorities. Certificates that cannot be read are left out, as OpenSSL does.
fn system_anchors() -> &'static [TrustAnchor<'static>] {
    static ANCHORS: OfProcess<OnceLock<Vec<TrustAnchor<'static>>>> = OfProcess::new(OnceLock::new);
    ANCHORS.get().get_or_init(|| {
        let found = rustls_native_certs::load_native_certs().certs;
        let anchors: Vec<_> = found.iter().filter_map(|certificate| anchor(certificate).ok()).collect();
        #[cfg(feature = "webpki-roots")]
        if anchors.is_empty() {
            return webpki_roots::TLS_SERVER_ROOTS.to_vec();
        }
        anchors
    })
}

fn anchor(certificate: &CertificateDer<'_>) -> Result<TrustAnchor<'static>, webpki::Error> {
    anchor_from_trusted_cert(certificate).map(|anchor| anchor.to_owned())
}
