//! What may be wrong with a server's certificate, and what may be forgiven.

use rcgen::{CertificateParams, GeneralSubtree, NameConstraints, SanType};
use rustls::pki_types::CertificateDer;
use winws::WinHttp;
use winws::tls::{Fault, RevocationLists};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::certificates::{
    Authority, Identity, expired, for_clients, not_yet_valid, numbered, of_others, revocation_lists,
};
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};

use super::super::OK;
use super::super::chain::Handle;
use super::{GOOD, Secure, attempt, faults_of, insecure};

const INVALID_CA: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA;
const CERT_DATE_INVALID: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID;
const CERT_CN_INVALID: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID;
const CERT_WRONG_USAGE: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE;
const CERT_REVOKED: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED;
const CERT_REV_FAILED: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED;
const INVALID_CERT: u32 = sys::WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT;

/// All that can be forgiven: each flag, the kind of fault that it is for, and what the callback is told of that.
const FORGIVABLE: [(u32, u32); 4] = [
    (sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA, INVALID_CA),
    (sys::SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, CERT_DATE_INVALID),
    (sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID, CERT_CN_INVALID),
    (sys::SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, CERT_WRONG_USAGE),
];
const ALL: u32 = 0x3300;

pub(super) fn forgive(request: &Handle, flags: u32) {
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_SECURITY_FLAGS, flags), OK);
}

/// Checks that a server is refused for one fault, by each version and by both APIs, and that only the flag of this fault helps.
fn check(identity: &Identity, trusted: &Authority, flag: u32, fault: Fault, code: u32) {
    assert_eq!(fault.code().0, code);
    for version in VERSIONS {
        let server = Secure::with(server_config(identity, &[version], ClientAuth::None));
        server.trust(trusted.roots());
        assert_eq!(attempt(&server, |_| {}), insecure(flag));
        for (ignored, forgiven) in FORGIVABLE {
            let expected = if forgiven == flag { GOOD } else { insecure(flag) };
            assert_eq!(attempt(&server, |request| forgive(request, ignored)), expected, "{ignored:#x}");
        }
        assert_eq!(faults_of(&server, winws::Session::builder().roots(trusted.roots())), [fault]);
    }
}

#[test]
fn a_good_certificate_and_a_good_chain() {
    let root = Authority::new("root");
    let (first, identity) = (root.intermediate("first", |_| {}), root.issue(|_| {}));
    let second = first.intermediate("second", |_| {});
    let below = second.issue(|_| {}).and(&second).and(&first);
    // In any order, and with more than is needed.
    let shuffled = second.issue(|_| {}).and(&root).and(&first).and(&Authority::new("stranger")).and(&second);
    for identity in [identity, below, shuffled] {
        let server = Secure::showing(&identity);
        server.trust(root.roots());
        assert_eq!(attempt(&server, |_| {}), GOOD);
        assert_eq!(faults_of(&server, winws::Session::builder().roots(root.roots())), []);
        // Nothing is amiss that could be forgiven.
        assert_eq!(attempt(&server, |request| forgive(request, ALL)), GOOD);
    }
}

#[test]
fn b8_1_unknown_issuer() {
    let (trusted, unknown) = (Authority::new("trusted"), Authority::new("unknown"));
    let intermediate = unknown.intermediate("between", |_| {});
    let identities = [
        unknown.issue(|_| {}),
        unknown.issue(|_| {}).and(&unknown),
        intermediate.issue(|_| {}).and(&intermediate),
        intermediate.issue(|_| {}).and(&intermediate).and(&unknown),
        // The chain has a hole.
        trusted.intermediate("hidden", |_| {}).issue(|_| {}),
        Identity::self_signed(|_| {}),
    ];
    for identity in identities {
        check(&identity, &trusted, INVALID_CA, Fault::Authority, 12045);
    }
}

#[test]
fn b8_1_an_authority_that_signed_itself_serves() {
    let authority = Authority::new("self");
    let mut identity = authority.as_server();
    // It has no names, which is another fault.
    let server = Secure::showing(&identity);
    server.trust(authority.roots());
    assert_eq!(attempt(&server, |_| {}), insecure(INVALID_CA | CERT_CN_INVALID));
    let named = Authority::for_localhost("named");
    identity = named.as_server();
    check(&identity, &named, INVALID_CA, Fault::Authority, 12045);
    check(&identity, &authority, INVALID_CA, Fault::Authority, 12045);
}

/// One that signed itself, is none of an authority and is trusted itself is good (`Roots::from_pem` says so).
#[test]
fn a_trusted_certificate_that_signed_itself_and_is_none_of_an_authority() {
    let identity = Identity::self_signed(|_| {});
    let server = Secure::showing(&identity);
    server.trust(winws::tls::Roots::from_pem(identity.pem().as_bytes()).unwrap());
    assert_eq!(attempt(&server, |_| {}), GOOD);
}

#[test]
fn b8_2_dates() {
    let root = Authority::new("root");
    for dates in [expired, not_yet_valid] {
        check(&root.issue(dates), &root, CERT_DATE_INVALID, Fault::Date, 12037);
        let between = root.intermediate("between", dates);
        check(&between.issue(|_| {}).and(&between), &root, CERT_DATE_INVALID, Fault::Date, 12037);
        check(&between.issue(dates).and(&between), &root, CERT_DATE_INVALID, Fault::Date, 12037);
    }
}

#[test]
fn b8_3_other_names() {
    let root = Authority::new("root");
    let no_names = |params: &mut CertificateParams| params.subject_alt_names.clear();
    // A name that looks like the address is none.
    let text = |params: &mut CertificateParams| {
        params.subject_alt_names = vec![SanType::DnsName("localhost".try_into().unwrap())];
    };
    for identity in [root.issue(of_others), root.issue(no_names), root.issue(text)] {
        check(&identity, &root, CERT_CN_INVALID, Fault::Name, 12038);
    }
}

#[test]
fn b8_4_another_usage() {
    let root = Authority::new("root");
    check(&root.issue(for_clients), &root, CERT_WRONG_USAGE, Fault::Usage, 12179);
    let between = root.intermediate("between", for_clients);
    check(&between.issue(|_| {}).and(&between), &root, CERT_WRONG_USAGE, Fault::Usage, 12179);
    // Without a word about usage every usage is fine (RFC 5280 section 4.2.1.12).
    let server = Secure::showing(&root.issue(|params| params.extended_key_usages.clear()));
    server.trust(root.roots());
    assert_eq!(attempt(&server, |_| {}), GOOD);
}

#[test]
fn b8_7_certificates_with_other_faults() {
    let root = Authority::new("root");
    let mut broken = root.issue(|_| {});
    // The signature stands at the end, and a P-256 signature ends within a number.
    let mut bytes = broken.chain[0].to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    broken.chain[0] = bytes.into();
    let elsewhere = root.intermediate("elsewhere", |params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("other.example".to_owned())],
            excluded_subtrees: Vec::new(),
        });
    });
    let mut garbage = root.issue(|_| {});
    garbage.chain[0] = CertificateDer::from(b"no certificate".to_vec());
    let mut longer = root.issue(|_| {});
    longer.chain[0] = [&longer.chain[0][..], b"more"].concat().into();
    // The name of an authority is not its key: the signature is not that of the trusted one.
    let namesake = Authority::new("root").issue(|_| {});
    for identity in [broken, namesake, elsewhere.issue(|_| {}).and(&elsewhere), garbage, longer] {
        check(&identity, &root, INVALID_CERT, Fault::Certificate, 12169);
    }
}

/// What is wrong with a certificate, as the bits of `FORGIVABLE`.
fn with_faults(trusted: &Authority, unknown: &Authority, faults: usize, dates: fn(&mut CertificateParams)) -> Identity {
    let authority = if faults & 1 == 0 { trusted } else { unknown };
    let identity = authority.issue(|params| {
        numbered(7)(params);
        if faults & 2 != 0 {
            dates(params);
        }
        if faults & 4 != 0 {
            of_others(params);
        }
        if faults & 8 != 0 {
            for_clients(params);
        }
    });
    identity.and(authority)
}

/// The flags or the faults that some bits of `FORGIVABLE` stand for.
fn bits(set: usize, value: impl Fn(&(u32, u32)) -> u32) -> u32 {
    FORGIVABLE.iter().enumerate().filter(|(index, _)| set & 1 << index != 0).fold(0, |all, (_, row)| all | value(row))
}

/// Every set of faults with every set of flags.
#[test]
fn b8_10_and_11_several_faults_and_several_flags() {
    let (trusted, unknown) = (Authority::new("trusted"), Authority::new("unknown"));
    for faults in 0..16 {
        let server = Secure::showing(&with_faults(&trusted, &unknown, faults, expired));
        server.trust(trusted.roots());
        for ignored in 0..16 {
            let left = bits(faults & !ignored, |row| row.1);
            let expected = if left == 0 { GOOD } else { insecure(left) };
            let flags = bits(ignored, |row| row.0);
            assert_eq!(attempt(&server, |request| forgive(request, flags)), expected, "{faults:#b}, {flags:#x}");
        }
    }
}

#[test]
fn b8_10_faults_that_cannot_be_forgiven_are_told_with_the_others() {
    let (trusted, unknown) = (Authority::new("trusted"), Authority::new("unknown"));
    let lists = revocation_lists(&[trusted.revoked(&[7], false), unknown.revoked(&[7], false)]);
    for faults in 0..16 {
        let server = Secure::showing(&with_faults(&trusted, &unknown, faults, not_yet_valid));
        server.trust(trusted.roots());
        let told = bits(faults, |row| row.1);
        let revoke = |request: &Handle, flags: u32| {
            forgive(request, flags);
            WinHttp::process().set_revocation_lists(request.0, lists.clone()).unwrap();
        };
        assert_eq!(attempt(&server, |request| revoke(request, 0)), insecure(told | CERT_REVOKED), "{faults:#b}");
        assert_eq!(attempt(&server, |request| revoke(request, ALL)), insecure(CERT_REVOKED), "{faults:#b}");
        let demand = |request: &Handle, flags: u32| {
            forgive(request, flags);
            WinHttp::process().set_revocation_lists(request.0, RevocationLists::default()).unwrap();
            assert_eq!(request.set_number(sys::WINHTTP_OPTION_ENABLE_FEATURE, sys::WINHTTP_ENABLE_SSL_REVOCATION), OK);
        };
        assert_eq!(attempt(&server, |request| demand(request, 0)), insecure(told | CERT_REV_FAILED), "{faults:#b}");
        assert_eq!(attempt(&server, |request| demand(request, ALL)), insecure(CERT_REV_FAILED), "{faults:#b}");
    }
}

#[test]
fn b8_11_each_flag_forgives_its_own_fault() {
    let (trusted, unknown) = (Authority::new("trusted"), Authority::new("unknown"));
    for (index, (flag, _)) in FORGIVABLE.into_iter().enumerate() {
        for (other, (_, fault)) in FORGIVABLE.into_iter().enumerate() {
            let server = Secure::showing(&with_faults(&trusted, &unknown, 1 << other, not_yet_valid));
            server.trust(trusted.roots());
            let expected = if index == other { GOOD } else { insecure(fault) };
            assert_eq!(attempt(&server, |request| forgive(request, flag)), expected);
            // The flag is of this request, and not of the next one.
            assert_eq!(attempt(&server, |_| {}), insecure(fault));
        }
    }
}

/// The faults of an authority that serves are looked for as well.
#[test]
fn b8_10_several_faults_of_an_authority_that_serves() {
    let authority = Authority::with("self", |params| {
        expired(params);
        for_clients(params);
    });
    let server = Secure::showing(&authority.as_server());
    let all = [INVALID_CA, CERT_DATE_INVALID, CERT_CN_INVALID, CERT_WRONG_USAGE].iter().fold(0, |all, flag| all | flag);
    assert_eq!(attempt(&server, |_| {}), insecure(all));
    assert_eq!(attempt(&server, |request| forgive(request, ALL)), GOOD);
}

/// An authority in between has faults of its own, and the one above it is not known.
#[test]
fn b8_10_several_faults_along_a_chain() {
    let (trusted, unknown) = (Authority::new("trusted"), Authority::new("unknown"));
    let between = unknown.intermediate("between", |params| {
        expired(params);
        for_clients(params);
    });
    for identity in [between.issue(of_others).and(&between), between.issue(of_others).and(&between).and(&unknown)] {
        let server = Secure::showing(&identity);
        server.trust(trusted.roots());
        let all = INVALID_CA | CERT_DATE_INVALID | CERT_CN_INVALID | CERT_WRONG_USAGE;
        assert_eq!(attempt(&server, |_| {}), insecure(all));
        assert_eq!(attempt(&server, |request| forgive(request, ALL)), GOOD);
        for (flag, fault) in FORGIVABLE {
            assert_eq!(attempt(&server, |request| forgive(request, ALL & !flag)), insecure(fault));
        }
    }
}

/// Whoever forgives an unknown authority does not forgive that the one that is shown has not signed.
#[test]
fn b8_11_an_unknown_authority_has_signed_all_the_same() {
    let unknown = Authority::new("unknown");
    let namesake = Authority::new("unknown");
    let server = Secure::showing(&unknown.issue(|_| {}).and(&namesake));
    server.trust(Authority::new("trusted").roots());
    assert_eq!(attempt(&server, |_| {}), insecure(INVALID_CA | INVALID_CERT));
    assert_eq!(attempt(&server, |request| forgive(request, ALL)), insecure(INVALID_CERT));
}
