//! Certificates, keys and lists that a program gives as PEM (RFC 7468).

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, pem};
use rustls::sign::CertifiedKey;
use rustls::{Error as TlsError, InconsistentKeys};
use webpki::{CertRevocationList, OwnedCertRevocationList};

use super::policy::provider;

/// What is given as PEM is not what is needed.
#[derive(Debug)]
pub struct InvalidPem {
    what: &'static str,
    fault: Fault,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Missing,
    Malformed,
    /// It is the key of another certificate.
    Mismatch,
}

impl InvalidPem {
    pub(super) fn none(what: &'static str) -> Self {
        Self { what, fault: Fault::Missing, source: None }
    }

    pub(super) fn of(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what, fault: Fault::Malformed, source: Some(source.into()) }
    }
}

impl fmt::Display for InvalidPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::Missing => write!(f, "there is no {} in the PEM", self.what),
            Fault::Malformed => write!(f, "a {} in the PEM is malformed", self.what),
            Fault::Mismatch => write!(f, "the {} in the PEM does not belong to the certificate", self.what),
        }
    }
}

impl Error for InvalidPem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The certificates of a PEM text, of which there is at least one.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, InvalidPem> {
    sections("certificate", CertificateDer::pem_slice_iter(pem))
}

fn sections<T>(
    what: &'static str,
    sections: impl Iterator<Item = Result<T, pem::Error>>,
) -> Result<Vec<T>, InvalidPem> {
    let found: Vec<T> = sections.collect::<Result<_, _>>().map_err(|error| InvalidPem::of(what, error))?;
    if found.is_empty() { Err(InvalidPem::none(what)) } else { Ok(found) }
}

/// The certificate by which a client proves who it is, with its key. A server that asks for one gets it.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    key: Arc<CertifiedKey>,
}

impl ClientCertificate {
    /// The certificate, those of the authorities between it and the root, and the private key. Both texts may be the same.
    ///
    /// # Errors
    ///
    /// [`InvalidPem`] if something is missing or malformed, if the key is encrypted or of a kind that TLS does not use, or if it is not the key
    /// of the certificate.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, InvalidPem> {
        let chain = self::certificates(certificates)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            pem::Error::NoItemsFound => InvalidPem::none("private key"),
            error => InvalidPem::of("private key", error),
        })?;
        let key = CertifiedKey::from_der(chain, key, provider()).map_err(|error| match error {
            TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                InvalidPem { fault: Fault::Mismatch, ..InvalidPem::of("private key", error) }
            }
            error => InvalidPem::of("private key", error),
        })?;
        Ok(Self { key: Arc::new(key) })
    }

    pub(super) fn certified_key(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.key)
    }
}

/// Lists of certificates that their authorities have revoked (RFC 5280 section 5).
#[derive(Clone, Debug, Default)]
pub struct RevocationLists {
    lists: Arc<[CertRevocationList<'static>]>,
}

impl RevocationLists {
    /// All the lists in a text.
    ///
    /// # Errors
    ///
    /// [`InvalidPem`] if there is none, or one is malformed.
    pub fn from_pem(pem: &[u8]) -> Result<Self, InvalidPem> {
        const LIST: &str = "list of revoked certificates";
        let lists = sections(LIST, CertificateRevocationListDer::pem_slice_iter(pem))?;
        let lists = lists.iter().map(|list| OwnedCertRevocationList::from_der(list).map(Into::into));
        Ok(Self { lists: lists.collect::<Result<_, _>>().map_err(|error| InvalidPem::of(LIST, error))? })
    }

    pub(super) fn lists(&self) -> &[CertRevocationList<'static>] {
        &self.lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256`.
    const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBcDCCARWgAwIBAgIUIpd/xsQF+0Ek5AKcRPAkpHPso+UwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYTAgFw0yNjExMzAxMjM5NDNaGA8yMTI2MTEwNjEyMzk0M1ow
DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC8mfBTYo0Tz
qVZmldFuLHXF1zPl5Ug4rpLdiJJFJwAgAZUdc+XDw8pNEqH9cmNshNuSRpCteCkk
9SSSHcvIP2OjUzBRMB0GA1UdDgQWBBQV1x9l8+I4BnfW0FohcWBu0nWK/jAfBgNV
HSMEGDAWgBQV1x9l8+I4BnfW0FohcWBu0nWK/jAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0kAMEYCIQDIpt0mdX8AwHyJY6uX1njHY7UqlgMG4FPDk9OfUj7V
lAIhAOF4H52jOy+2cI54jV3T+WBAXzcncnFuSInmZhoY2Hnm
-----END CERTIFICATE-----
";

    /// A key of Ed25519 whose bytes are all 1 (RFC 8410 section 7).
    const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB
-----END PRIVATE KEY-----
";

    #[test]
    fn the_text_tells_a_missing_key_from_one_of_another_certificate() {
        let text = |certificate: &str, key: &str| {
            ClientCertificate::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err().to_string()
        };
        assert_eq!(text(CERTIFICATE, KEY), "the private key in the PEM does not belong to the certificate");
        assert_eq!(text(CERTIFICATE, CERTIFICATE), "there is no private key in the PEM");
        assert_eq!(text(KEY, KEY), "there is no certificate in the PEM");
    }
}
