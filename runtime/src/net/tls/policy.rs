//! What a program demands of TLS.

use std::sync::{Arc, OnceLock};

use rustls::SupportedProtocolVersion;
use rustls::crypto::CryptoProvider;
use rustls::version::{TLS12, TLS13};

use super::faults::Faults;
use super::pem::{ClientCertificate, RevocationLists};
use super::roots::Roots;
use crate::raw::fork::OfProcess;

/// The versions that may be agreed upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) tls12: bool,
    pub(crate) tls13: bool,
}

impl Versions {
    pub(super) fn supported(self) -> Vec<&'static SupportedProtocolVersion> {
        let all = [(self.tls13, &TLS13), (self.tls12, &TLS12)];
        all.into_iter().filter_map(|(is_allowed, version)| is_allowed.then_some(version)).collect()
    }
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
compile_error!("TLS needs cryptography: turn the feature `ring` on, or `aws-lc-rs`");

/// What a program demands of the TLS of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) versions: Versions,
    /// Faults that do not matter.
    pub(crate) forgiven: Faults,
    /// Whether a chain that no list of revoked certificates covers is at fault.
    pub(crate) needs_lists: bool,
    pub(crate) roots: Roots,
    pub(crate) lists: RevocationLists,
    pub(crate) certificate: Option<ClientCertificate>,
}

/// The cryptography, which the features of this crate choose.
pub(super) fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OfProcess<OnceLock<Arc<CryptoProvider>>> = OfProcess::new(OnceLock::new);
    PROVIDER.get().get_or_init(|| {
        #[cfg(feature = "aws-lc-rs")]
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
        let provider = rustls::crypto::ring::default_provider();
        Arc::new(provider)
    })
}
