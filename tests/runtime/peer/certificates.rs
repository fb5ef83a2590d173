//! Certificates, good and bad ones, made by rcgen.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use winws::tls::{ClientCertificate, RevocationLists, Roots};

/// Who signs certificates.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, and the certificates that are sent behind it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate that the key belongs to is the first one.
    pub chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

/// What an authority's certificate says before a test changes it.
fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// What a server's certificate says before a test changes it: it is for `localhost` and `127.0.0.1`.
fn leaf() -> CertificateParams {
    let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("good names");
    params.distinguished_name.push(DnType::CommonName, "a server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("the system has random numbers")
}

impl Authority {
    /// One that signs itself.
    pub fn new(name: &str) -> Self {
        Self::with(name, |_| {})
    }

    /// The same, once its certificate was changed.
    pub fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = authority(name);
        change(&mut params);
        Self(CertifiedIssuer::self_signed(params, key()).expect("good parameters"))
    }

    /// One whose certificate is for `localhost` and `127.0.0.1`, as that of a server is.
    pub fn for_localhost(name: &str) -> Self {
        Self::with(name, |params| params.subject_alt_names = leaf().subject_alt_names)
    }

    /// One that this one vouches for.
    #[must_use]
    pub fn intermediate(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = authority(name);
        params.use_authority_key_identifier_extension = true;
        change(&mut params);
        Self(CertifiedIssuer::signed_by(params, key(), &self.0).expect("good parameters"))
    }

    /// Its certificate.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// Its certificate as text.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// This authority alone, as the roots of a client.
    pub fn roots(&self) -> Roots {
        Roots::from_pem(self.pem().as_bytes()).expect("a certificate")
    }

    /// A server's certificate, once it was changed.
    pub fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = leaf();
        params.use_authority_key_identifier_extension = true;
        change(&mut params);
        let key = key();
        let certificate = params.signed_by(&key, &self.0).expect("good parameters");
        Identity { chain: vec![certificate.der().clone()], key: key.serialize_der() }
    }

    /// A client's certificate, and what a client is given it by.
    pub fn issue_client(&self) -> (Identity, ClientCertificate) {
        let identity = self.issue(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
        let certificate = ClientCertificate::from_pem(identity.pem().as_bytes(), identity.key_pem().as_bytes());
        (identity, certificate.expect("a certificate and its key"))
    }

    /// Its own certificate as that of a server.
    pub fn as_server(&self) -> Identity {
        Identity { chain: vec![self.certificate()], key: self.0.key().serialize_der() }
    }

    /// A list of these serial numbers, good for a century from 2000 on unless it has ended already.
    pub fn revoked(&self, serials: &[u8], has_expired: bool) -> String {
        let revoked = serials.iter().map(|&serial| RevokedCertParams {
            serial_number: SerialNumber::from_slice(&[serial]),
            revocation_time: date_time_ymd(2001, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2000, 1, 1),
            next_update: date_time_ymd(if has_expired { 2001 } else { 2100 }, 1, 1),
            crl_number: SerialNumber::from_slice(&[1]),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.0).expect("good parameters").pem().expect("a list")
    }
}

impl Identity {
    /// A server's certificate that has signed itself, and is marked as none of an authority.
    pub fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = leaf();
        params.is_ca = IsCa::ExplicitNoCa;
        change(&mut params);
        let key = key();
        let certificate = params.self_signed(&key).expect("good parameters");
        Self { chain: vec![certificate.der().clone()], key: key.serialize_der() }
    }

    /// One that was read from files.
    pub fn new(chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer<'_>) -> Self {
        Self { chain, key: key.secret_der().to_vec() }
    }

    /// With other certificates, which the key does not belong to.
    #[must_use]
    pub fn with_chain(&self, chain: Vec<CertificateDer<'static>>) -> Self {
        Self { chain, key: self.key.clone() }
    }

    /// With a further certificate behind it.
    #[must_use]
    pub fn and(mut self, authority: &Authority) -> Self {
        self.chain.push(authority.certificate());
        self
    }

    /// The first certificate as text.
    pub fn pem(&self) -> String {
        text("CERTIFICATE", &self.chain[0])
    }

    /// The key as text.
    pub fn key_pem(&self) -> String {
        text("PRIVATE KEY", &self.key)
    }

    /// As rustls takes it, whatever stands in the certificates.
    pub(super) fn certified_key(&self) -> CertifiedKey {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.clone()));
        CertifiedKey::new(self.chain.clone(), any_supported_type(&key).expect("a key that rcgen makes"))
    }
}

/// A list, or several in one text.
pub fn revocation_lists(pem: &[String]) -> RevocationLists {
    RevocationLists::from_pem(pem.concat().as_bytes()).expect("lists")
}

/// Dates that have passed.
pub fn expired(params: &mut CertificateParams) {
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
}

/// Dates to come.
pub fn not_yet_valid(params: &mut CertificateParams) {
    (params.not_before, params.not_after) = (date_time_ymd(3001, 1, 1), date_time_ymd(3002, 1, 1));
}

/// Another server's names.
pub fn of_others(params: &mut CertificateParams) {
    params.subject_alt_names = CertificateParams::new(["other.example".to_owned(), "127.0.0.2".to_owned()])
        .expect("good names")
        .subject_alt_names;
}

/// The usage of clients.
pub fn for_clients(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

/// A serial number, for lists.
pub fn numbered(serial: u8) -> impl Fn(&mut CertificateParams) {
    move |params| params.serial_number = Some(SerialNumber::from_slice(&[serial]))
}

/// PEM of RFC 7468.
fn text(label: &str, bytes: &[u8]) -> String {
    let base64 = data_encoding::BASE64.encode(bytes);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The provider that servers of the tests use.
pub(super) fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
