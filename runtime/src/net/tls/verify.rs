//! What is wrong with a server's certificate: all of it, and not only the first fault that is met.
//!
//! A verifier stops at the first fault. So a fault is noted and forgiven, and the certificate is verified again, until nothing
//! more is found (b8.10). A date is forgiven by verifying copies with other dates, an unknown authority by trusting those that the
//! server presents.

use std::cell::OnceCell;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use rustls::{CertificateError, OtherError};
use webpki::{
    CertRevocationList, EndEntityCert, Error, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage,
    RevocationCheckDepth, RevocationOptions, RevocationOptionsBuilder, UnknownStatusPolicy, anchor_from_trusted_cert,
};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::ExtendedKeyUsage;

use super::faults::{Fault, Faults};
use super::undated::Undated;

/// The purpose of a server's certificate (RFC 5280 section 4.2.1.12).
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// One round for each kind of fault that can be forgiven, lists in two steps, and one more.
const MAX_ROUNDS: usize = 6;

/// What a certificate is held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demands<'a> {
    pub(super) algorithms: &'a [&'a dyn SignatureVerificationAlgorithm],
    pub(super) anchors: &'a [TrustAnchor<'static>],
    pub(super) lists: &'a [CertRevocationList<'static>],
    /// Whether a chain that no list covers is at fault.
    pub(super) needs_lists: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) faults: Faults,
    /// The first fault of each kind, in the words of rustls.
    pub(super) errors: Vec<(Fault, CertificateError)>,
}

impl Findings {
    fn add(&mut self, fault: Fault, error: CertificateError) {
        if !self.faults.has(fault) {
            self.errors.push((fault, error));
        }
        self.faults = self.faults.with(fault);
    }

    /// Of a certificate whose authority is not known, no list says whether it was revoked (b8.6).
    fn add_unlisted(&mut self, demands: Demands<'_>) {
        if demands.needs_lists {
            self.add(Fault::Revocation, CertificateError::UnknownRevocationStatus);
        }
    }
}

/// Whether a certificate must be one for servers.
#[derive(Clone, Copy, Debug)]
struct Usage {
    is_checked: bool,
}

impl ExtendedKeyUsageValidator for Usage {
    fn validate(&self, iter: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        if self.is_checked { KeyUsage::server_auth().validate(iter) } else { Ok(()) }
    }
}

/// Looks for everything that is wrong with a certificate and with the chain to an authority.
pub(super) fn examine(
    certificate: &CertificateDer<'_>,
    presented: &[CertificateDer<'_>],
    name: &ServerName<'_>,
    now: UnixTime,
    demands: Demands<'_>,
) -> Findings {
    let mut findings = Findings::default();
    let end_entity = match EndEntityCert::try_from(certificate) {
        Ok(end_entity) => end_entity,
        Err(error) => {
            findings.add(Fault::Certificate, certificate_error(error).1);
            return findings;
        }
    };
    examine_chain(&mut findings, certificate, &end_entity, presented, now, demands);
    if let Err(error) = end_entity.verify_is_valid_for_subject_name(name) {
        let (fault, error) = certificate_error(error);
        findings.add(fault, error);
    }
    findings
}

fn examine_chain(
    findings: &mut Findings,
    certificate: &CertificateDer<'_>,
    end_entity: &EndEntityCert<'_>,
    presented: &[CertificateDer<'_>],
    now: UnixTime,
    demands: Demands<'_>,
) {
    // A certificate that signed itself is its own.
    let own = is_self_issued(certificate).then_some(certificate);
    let authorities = anchors_of(presented.iter().chain(own));
    let orders = orders(demands.lists);
    let mut revocation = if demands.lists.is_empty() {
        findings.add_unlisted(demands);
        Revocation::Unchecked
    } else {
        Revocation::Checked { is_demanded: demands.needs_lists }
    };
    let mut usage = Usage { is_checked: true };
    let mut trusts_presented = false;
    let undated: OnceCell<Undated> = OnceCell::new();
    for _ in 0..MAX_ROUNDS {
        let verify = |anchors: &[TrustAnchor<'_>], revocation: Option<RevocationOptions<'_>>| {
            let Some(undated) = undated.get() else {
                let verified =
                    end_entity.verify_for_usage(demands.algorithms, anchors, presented, now, usage, revocation, None);
                return verified.map(drop);
            };
            let algorithms = undated.algorithms(demands.algorithms);
            let algorithms: Vec<&dyn SignatureVerificationAlgorithm> = algorithms.iter().map(|one| one as _).collect();
            let end_entity = EndEntityCert::try_from(&undated.certificate)?;
            let verified =
                end_entity.verify_for_usage(&algorithms, anchors, &undated.presented, now, usage, revocation, None);
            verified.map(drop)
        };
        let anchors = if trusts_presented { &authorities[..] } else { demands.anchors };
        let Err(mut error) = revocation.verify(&orders, |revocation| verify(anchors, revocation)) else { return };
        // The signature is not that of the authority we know, but that of another one with the same name, which is here. If only one
        // below it is here, nobody can tell it from one that was changed.
        if error == Error::InvalidSignatureForPublicKey && !trusts_presented {
            let is_root = |certificate: &&CertificateDer<'_>| is_self_issued(certificate);
            let other = verify(&anchors_of(presented.iter().chain(own).filter(is_root)), None);
            if !matches!(other, Err(Error::InvalidSignatureForPublicKey | Error::UnknownIssuer)) {
                error = Error::UnknownIssuer;
            }
        }
        let (fault, noted) = certificate_error(error.clone());
        findings.add(fault, noted);
        match error {
            _ if fault == Fault::Date && undated.set(Undated::new(certificate, presented)).is_ok() => {}
            // Every other fault would have been reported in its place, but no list has been looked into.
            Error::UnknownIssuer if trusts_presented || authorities.is_empty() => {
                return findings.add_unlisted(demands);
            }
            Error::UnknownIssuer => trusts_presented = true,
            // Nobody looks into the chain above it, so nothing but that it is its own authority can be forgiven.
            Error::CaUsedAsEndEntity if !is_self_issued(certificate) => break,
            Error::CaUsedAsEndEntity => {
                // Its dates have been looked at before this, and its usage not yet.
                if let Some((fault, error)) = usage_fault(certificate) {
                    findings.add(fault, error);
                }
                return findings.add_unlisted(demands);
            }
            _ if fault == Fault::Usage && usage.is_checked => usage.is_checked = false,
            _ if fault == Fault::Revocation && revocation == (Revocation::Checked { is_demanded: true }) => {
                revocation = Revocation::Checked { is_demanded: false };
            }
            _ if matches!(fault, Fault::Revoked | Fault::Revocation) && revocation != Revocation::Unchecked => {
                revocation = Revocation::Unchecked;
            }
            // It cannot be forgiven, so nobody knows what lies behind it.
            _ => break,
        }
    }
    findings.add(Fault::Certificate, CertificateError::ApplicationVerificationFailure);
}

/// Certificates as those of authorities.
fn anchors_of<'c>(certificates: impl Iterator<Item = &'c CertificateDer<'c>>) -> Vec<TrustAnchor<'c>> {
    certificates.filter_map(|certificate| anchor_from_trusted_cert(certificate).ok()).collect()
}

/// How the lists of revoked certificates are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Revocation {
    Unchecked,
    /// `is_demanded` says that a certificate that no good list covers is at fault.
    Checked {
        is_demanded: bool,
    },
}

impl Revocation {
    /// Verifies with the lists in each of these orders, for a verifier looks into the first list of an authority alone. One list
    /// that names a certificate is enough against it, and one good list without it is enough for it.
    fn verify(
        self,
        orders: &[Vec<&CertRevocationList<'_>>],
        verify: impl Fn(Option<RevocationOptions<'_>>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Self::Checked { is_demanded } = self else { return verify(None) };
        let (unknown, expired) = if is_demanded {
            (UnknownStatusPolicy::Deny, ExpirationPolicy::Enforce)
        } else {
            (UnknownStatusPolicy::Allow, ExpirationPolicy::Ignore)
        };
        let mut all = Err(Error::UnknownRevocationStatus);
        for order in orders {
            let Ok(options) = RevocationOptionsBuilder::new(order) else { continue };
            let options = options.with_depth(RevocationCheckDepth::Chain);
            let options = options.with_status_policy(unknown).with_expiration_policy(expired).build();
            match verify(Some(options)) {
                Ok(()) => all = Ok(()),
                // A list that is not of this authority, but of one of the same name, says nothing.
                Err(error) if certificate_error(error.clone()).0 == Fault::Revocation => all = all.or(Err(error)),
                Err(error) => return Err(error),
            }
        }
        all
    }
}

/// Orders of the lists in which each list of an authority comes first once.
fn orders<'l>(lists: &'l [CertRevocationList<'l>]) -> Vec<Vec<&'l CertRevocationList<'l>>> {
    let mut layers: Vec<Vec<&CertRevocationList<'_>>> = Vec::new();
    for list in lists {
        let has_same = |layer: &Vec<&CertRevocationList<'_>>| layer.iter().any(|other| other.issuer() == list.issuer());
        match layers.iter_mut().find(|layer| !has_same(layer)) {
            Some(layer) => layer.push(list),
            None => layers.push(vec![list]),
        }
    }
    let order = |first: &Vec<&'l CertRevocationList<'l>>| first.iter().copied().chain(lists).collect();
    layers.iter().map(order).collect()
}

/// What is wrong with the usage of a certificate that a verifier does not look into, for it is that of an authority.
fn usage_fault(certificate: &CertificateDer<'_>) -> Option<(Fault, CertificateError)> {
    let malformed = Some((Fault::Certificate, CertificateError::BadEncoding));
    let Ok(certificate) = Certificate::from_der(certificate) else { return malformed };
    match certificate.tbs_certificate().get_extension::<ExtendedKeyUsage>() {
        Err(_) => malformed,
        Ok(Some((_, usage))) if !usage.0.contains(&SERVER_AUTH) => {
            Some((Fault::Usage, CertificateError::InvalidPurpose))
        }
        Ok(_) => None,
    }
}

/// Whether a certificate names itself as its authority.
fn is_self_issued(certificate: &CertificateDer<'_>) -> bool {
    Certificate::from_der(certificate).is_ok_and(|certificate| {
        let certificate = certificate.tbs_certificate();
        certificate.issuer() == certificate.subject()
    })
}

/// The kind of a fault, and what rustls calls it.
fn certificate_error(error: Error) -> (Fault, CertificateError) {
    match error {
        Error::UnknownIssuer => (Fault::Authority, CertificateError::UnknownIssuer),
        Error::CaUsedAsEndEntity => (Fault::Authority, other(error)),
        Error::CertExpired { time, not_after } => (Fault::Date, CertificateError::ExpiredContext { time, not_after }),
        Error::CertNotValidYet { time, not_before } => {
            (Fault::Date, CertificateError::NotValidYetContext { time, not_before })
        }
        Error::InvalidCertValidity => (Fault::Date, CertificateError::Expired),
        Error::CertNotValidForName(context) => (
            Fault::Name,
            CertificateError::NotValidForNameContext { expected: context.expected, presented: context.presented },
        ),
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => {
            (Fault::Usage, CertificateError::InvalidPurpose)
        }
        Error::CertRevoked => (Fault::Revoked, CertificateError::Revoked),
        Error::UnknownRevocationStatus => (Fault::Revocation, CertificateError::UnknownRevocationStatus),
        Error::CrlExpired { time, next_update } => {
            (Fault::Revocation, CertificateError::ExpiredRevocationListContext { time, next_update })
        }
        Error::IssuerNotCrlSigner
        | Error::InvalidCrlSignatureForPublicKey
        | Error::UnsupportedCrlSignatureAlgorithmContext(_)
        | Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => (Fault::Revocation, other(error)),
        Error::InvalidSignatureForPublicKey => (Fault::Certificate, CertificateError::BadSignature),
        Error::BadDer | Error::BadDerTime | Error::TrailingData(_) => {
            (Fault::Certificate, CertificateError::BadEncoding)
        }
        error => (Fault::Certificate, other(error)),
    }
}

/// Whether the fault is that a server shows the certificate of an authority.
pub(super) fn is_of_authority(error: &CertificateError) -> bool {
    let CertificateError::Other(OtherError(error)) = error else { return false };
    error.downcast_ref::<Error>() == Some(&Error::CaUsedAsEndEntity)
}

fn other(error: Error) -> CertificateError {
    CertificateError::Other(OtherError(Arc::new(error)))
}
