//! An authority of a test, with the certificate of a server on this machine, as files for other people's programs.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tempfile::TempDir;
use winws::Session;
use winws::tls::{ClientCertificate, Roots};

/// An authority that has vouched for `localhost`, and for no address.
#[derive(Debug)]
pub(super) struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "an authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let authority = Self { folder: tempfile::tempdir().unwrap(), issuer };
        let (certificate, key) = authority.vouch("localhost", ExtendedKeyUsagePurpose::ServerAuth);
        std::fs::write(authority.certificates(), authority.issuer.pem()).unwrap();
        std::fs::write(authority.certificate(), certificate).unwrap();
        std::fs::write(authority.key(), key).unwrap();
        authority
    }

    /// A certificate and its key, as PEM.
    fn vouch(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> (String, String) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![usage];
        // Python's strict verification asks for it.
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// The file with the certificate of the authority.
    pub(super) fn certificates(&self) -> PathBuf {
        self.folder.path().join("authorities.pem")
    }

    /// The file with the certificate of the server.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The file with the key of the server.
    pub(super) fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    pub(super) fn roots(&self) -> Roots {
        Roots::from_pem(self.issuer.pem().as_bytes()).unwrap()
    }

    /// A session that trusts this authority alone.
    pub(super) fn session(&self) -> Session {
        Session::builder().roots(self.roots()).build().unwrap()
    }

    /// A certificate for a client.
    pub(super) fn client(&self) -> ClientCertificate {
        let (certificate, key) = self.vouch("a client", ExtendedKeyUsagePurpose::ClientAuth);
        ClientCertificate::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap()
    }
}
