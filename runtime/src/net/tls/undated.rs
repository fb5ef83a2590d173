//! Certificates without their dates, for a verifier that always looks at dates: copies that are valid for as long as a certificate
//! can say, whose signatures are verified over what was signed.

use std::ops::Range;

use rustls::pki_types::{AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm};
use x509_cert::der::{self, Decode as _, ErrorKind, Header, Reader as _, SliceReader, Tag};

/// Copies of a server's certificate and of those that it presents.
#[derive(Debug)]
pub(super) struct Undated {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) presented: Vec<CertificateDer<'static>>,
    signed: Vec<Signed>,
}

/// What the signature of a copy is about.
#[derive(Debug)]
struct Signed {
    copy: Vec<u8>,
    original: Vec<u8>,
}

/// An algorithm that sees the original where a copy is verified.
#[derive(Debug)]
pub(super) struct OfOriginal<'a> {
    algorithm: &'a dyn SignatureVerificationAlgorithm,
    signed: &'a [Signed],
}

impl Undated {
    /// A certificate that cannot be read is copied as it is.
    pub(super) fn new(certificate: &CertificateDer<'_>, presented: &[CertificateDer<'_>]) -> Self {
        let mut signed = Vec::new();
        let mut copy = |original: &CertificateDer<'_>| {
            let Ok((copy, of)) = undated(original, signed.len()) else { return original.clone().into_owned() };
            signed.push(of);
            CertificateDer::from(copy)
        };
        let certificate = copy(certificate);
        let presented = presented.iter().map(copy).collect();
        Self { certificate, presented, signed }
    }

    /// The algorithms, for the copies.
    pub(super) fn algorithms<'a>(&'a self, all: &[&'a dyn SignatureVerificationAlgorithm]) -> Vec<OfOriginal<'a>> {
        all.iter().map(|&algorithm| OfOriginal { algorithm, signed: &self.signed }).collect()
    }
}

impl SignatureVerificationAlgorithm for OfOriginal<'_> {
    fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let original = self.signed.iter().find(|signed| signed.copy == message);
        let message = original.map_or(message, |signed| &signed.original);
        self.algorithm.verify_signature(public_key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

/// The copy of a certificate, with other dates in the place of its own (RFC 5280 section 4.1). A number makes it differ from every
/// other copy, so that it has one original.
fn undated(certificate: &[u8], number: usize) -> der::Result<(Vec<u8>, Signed)> {
    let (signed, [begin, end]) = places(certificate)?;
    let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
    let mut copy = certificate.to_vec();
    write(&mut copy, begin, &format!("19700101{hour:02}{minute:02}{second:02}Z"));
    // Within two digits a year ends with 2049. After that, a date that is written so cannot be forgiven.
    let last = if end.len() == UTC_TIME { "20491231235959Z" } else { "99991231235959Z" };
    write(&mut copy, end, last);
    let signed = Signed { copy: copy[signed.clone()].to_vec(), original: certificate[signed].to_vec() };
    Ok((copy, signed))
}

/// The length of a time that has two digits for its year, and of one that has four (RFC 5280 section 4.1.2.5).
const UTC_TIME: usize = 13;
const GENERALIZED_TIME: usize = 15;

fn write(copy: &mut [u8], place: Range<usize>, time: &str) {
    copy[place.clone()].copy_from_slice(&time.as_bytes()[time.len() - place.len()..]);
}

/// Where a certificate has what is signed, and in it the two dates.
fn places(certificate: &[u8]) -> der::Result<(Range<usize>, [Range<usize>; 2])> {
    let mut reader = SliceReader::new(certificate)?;
    Header::decode(&mut reader)?;
    let start = place(&reader)?;
    let header = Header::decode(&mut reader)?;
    let signed = start..place(&reader)? + usize::try_from(header.length())?;
    if Tag::peek(&reader)?.is_context_specific() {
        reader.tlv_bytes()?;
    }
    // The serial number, the algorithm of the signature, and the issuer.
    for _ in 0..3 {
        reader.tlv_bytes()?;
    }
    Header::decode(&mut reader)?;
    let dates = [date(&mut reader)?, date(&mut reader)?];
    certificate.get(signed.clone()).ok_or(ErrorKind::Failed)?;
    Ok((signed, dates))
}

fn date(reader: &mut SliceReader<'_>) -> der::Result<Range<usize>> {
    let header = Header::decode(reader)?;
    let start = place(reader)?;
    let length = reader.read_slice(header.length())?.len();
    match (header.tag(), length) {
        (Tag::UtcTime, UTC_TIME) | (Tag::GeneralizedTime, GENERALIZED_TIME) => Ok(start..start + length),
        _ => Err(header.tag().value_error().into()),
    }
}

fn place(reader: &SliceReader<'_>) -> der::Result<usize> {
    usize::try_from(reader.position())
}
