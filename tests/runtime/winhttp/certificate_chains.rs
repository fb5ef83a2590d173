//! Chains of certificates that a verifier easily judges by less than all of them: dates of several certificates, several lists of
//! one authority, and authorities that serve without having signed themselves.

use std::error::Error as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rcgen::{CertificateParams, DistinguishedName, DnType, date_time_ymd};
use winws::WinHttp;
use winws::tls::{Fault, RevocationLists, SecureFailure};
use winws_api::Win32Error;
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::Peer;
use winws_tests_runtime::peer::certificates::{
    Authority, Identity, expired, not_yet_valid, numbered, of_others, revocation_lists,
};
use winws_tests_runtime::peer::tls::{ClientAuth, VERSIONS, server_config};

use super::chain::{Opening, session};
use super::{OK, SECURE_FAILURE};

const ALL: u32 = 0x3300;

/// What a client demands.
#[derive(Clone, Default)]
struct Demands {
    lists: RevocationLists,
    needs_lists: bool,
    ignored: u32,
}

/// The code with which a request to a server that shows this is sent.
fn send(identity: &Identity, root: &Authority, demands: &Demands) -> Win32Error {
    send_to("127.0.0.1", identity, root, demands)
}

/// The same if the program calls the server so.
fn send_to(host: &str, identity: &Identity, root: &Authority, demands: &Demands) -> Win32Error {
    let config = Arc::new(server_config(identity, &VERSIONS, ClientAuth::None));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let session = session(None).unwrap();
    let connection = session.connect(host, listener.local_addr().unwrap().port()).unwrap();
    let request = connection.open(Opening { flags: sys::WINHTTP_FLAG_SECURE, ..Opening::default() }).unwrap();
    WinHttp::process().set_roots(request.0, root.roots()).unwrap();
    WinHttp::process().set_revocation_lists(request.0, demands.lists.clone()).unwrap();
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_SECURITY_FLAGS, demands.ignored), OK);
    if demands.needs_lists {
        assert_eq!(request.set_number(sys::WINHTTP_OPTION_ENABLE_FEATURE, sys::WINHTTP_ENABLE_SSL_REVOCATION), OK);
    }
    thread::scope(|scope| {
        let server = scope.spawn(|| Peer::accept_secure(&listener, &config));
        let code = request.send();
        drop(server.join().unwrap());
        code
    })
}

/// All that is wrong with a server for a client of the Rust API, which forgives nothing.
fn faults(identity: &Identity, root: &Authority, lists: RevocationLists) -> Vec<Fault> {
    let config = Arc::new(server_config(identity, &VERSIONS, ClientAuth::None));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let session = winws::Session::builder().roots(root.roots()).revocation_lists(lists).build().unwrap();
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let Ok(mut peer) = Peer::accept_secure(&listener, &config) else { return };
            peer.read_head();
            peer.write(b"HTTP/1.1 204 No Content\r\n\r\n");
        });
        let got = session.get(&url);
        server.join().unwrap();
        let Err(error) = got else { return Vec::new() };
        let failure =
            error.source().and_then(|source| source.downcast_ref::<SecureFailure>()).expect("a failure of TLS");
        failure.faults().iter().collect()
    })
}

/// Dates from the start of one year to the start of another one.
fn from_to(first: i32, last: i32) -> impl Fn(&mut CertificateParams) {
    move |params| (params.not_before, params.not_after) = (date_time_ymd(first, 1, 1), date_time_ymd(last, 1, 1))
}

/// Row b8.11: the flag for dates forgives those of each certificate, in whichever order they passed.
#[test]
fn b8_11_several_certificates_of_a_chain_have_expired() {
    let root = Authority::new("root");
    for (of_leaf, of_between, of_above) in [
        ((2001, 2009), (2001, 2008), (2001, 2007)),
        ((2001, 2007), (2001, 2008), (2001, 2009)),
        ((2001, 2008), (2001, 2009), (2001, 2007)),
        ((3003, 3009), (3002, 3009), (3001, 3009)),
        ((3001, 3009), (3002, 3009), (3003, 3009)),
        ((3002, 3009), (3001, 3009), (3003, 3009)),
        // No moment is one of all.
        ((2001, 2002), (2003, 2004), (2005, 2006)),
        ((2001, 2002), (2003, 4001), (3003, 3009)),
        ((3001, 3002), (2001, 2002), (1951, 1952)),
        // No certificate has such a moment at all.
        ((2002, 2001), (2001, 4001), (2001, 4001)),
    ] {
        let above = root.intermediate("above", from_to(of_above.0, of_above.1));
        let between = above.intermediate("between", from_to(of_between.0, of_between.1));
        let identity = between.issue(from_to(of_leaf.0, of_leaf.1)).and(&between).and(&above);
        assert_eq!(faults(&identity, &root, RevocationLists::default()), [Fault::Date], "{of_leaf:?}");
        for (ignored, code) in [
            (sys::SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, OK),
            (ALL & !sys::SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, SECURE_FAILURE),
        ] {
            assert_eq!(send(&identity, &root, &Demands { ignored, ..Demands::default() }), code, "{of_leaf:?}");
        }
    }
}

/// Row b8.7: dates are forgiven, and a signature is still verified over what was signed.
#[test]
fn b8_7_signatures_of_certificates_that_have_expired() {
    let root = Authority::new("root");
    let namesake = Authority::new("root");
    let between = root.intermediate("between", from_to(2001, 2002));
    let good = between.issue(from_to(2003, 2004)).and(&between);
    assert_eq!(send(&good, &root, &Demands { ignored: ALL, ..Demands::default() }), OK);
    let of_namesake = namesake.issue(from_to(2003, 2004));
    let mut changed = [good.clone(), good.clone()];
    for (identity, at) in changed.iter_mut().zip([0, 1]) {
        let mut bytes = identity.chain[at].to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        identity.chain[at] = bytes.into();
    }
    let mut other_date = good;
    let mut bytes = other_date.chain[0].to_vec();
    let at = bytes.windows(3).position(|window| window == b"040").expect("it ends with the year 2004");
    bytes[at + 1] = b'5';
    other_date.chain[0] = bytes.into();
    for identity in changed.iter().chain([&of_namesake, &other_date]) {
        let demands = Demands { ignored: ALL, ..Demands::default() };
        assert_eq!(send(identity, &root, &demands), SECURE_FAILURE);
        assert_eq!(faults(identity, &root, RevocationLists::default()), [Fault::Date, Fault::Certificate]);
    }
}

/// Row b8.1: an authority that we do not know may have the name of one that we know, such as one whose key was made anew.
#[test]
fn b8_1_an_unknown_authority_with_a_known_name() {
    let (known, unknown) = (Authority::new("root"), Authority::new("root"));
    let between = unknown.intermediate("between", |_| {});
    let self_signed = Identity::self_signed(|params| {
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "root");
    });
    for identity in [
        self_signed.clone(),
        self_signed.clone().and(&unknown),
        unknown.issue(|_| {}).and(&unknown),
        between.issue(|_| {}).and(&between).and(&unknown),
        between.issue(|_| {}).and(&unknown).and(&between),
    ] {
        assert_eq!(faults(&identity, &known, RevocationLists::default()), [Fault::Authority]);
        let ignoring = |ignored| send(&identity, &known, &Demands { ignored, ..Demands::default() });
        assert_eq!(ignoring(sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA), OK);
        assert_eq!(ignoring(ALL & !sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA), SECURE_FAILURE);
    }
    let mut changed = self_signed;
    let mut bytes = changed.chain[0].to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    changed.chain[0] = bytes.into();
    assert_eq!(faults(&changed, &known, RevocationLists::default()), [Fault::Certificate]);
}

/// RFC 5280 section 6.3.3: all lists that are there count, and a list is that of an authority only by the authority's signature.
#[test]
fn b8_5_several_lists_of_one_name() {
    let root = Authority::new("root");
    // After a change of its key an authority keeps its name.
    let namesake = Authority::new("root");
    let identity = root.issue(numbered(7));
    let (empty, full) = (root.revoked(&[], false), root.revoked(&[7], false));
    let (stale, of_namesake) = (root.revoked(&[], true), namesake.revoked(&[], false));
    let against = namesake.revoked(&[7], false);
    for (lists, is_revoked, is_covered) in [
        (vec![&empty, &full], true, true),
        (vec![&full, &empty], true, true),
        (vec![&stale, &full], true, true),
        (vec![&of_namesake, &full], true, true),
        (vec![&full, &of_namesake], true, true),
        (vec![&stale, &of_namesake, &empty, &full], true, true),
        (vec![&of_namesake, &empty], false, true),
        (vec![&empty, &of_namesake], false, true),
        (vec![&stale, &empty], false, true),
        (vec![&against, &empty], false, true),
        (vec![&stale, &of_namesake], false, false),
    ] {
        let lists = revocation_lists(&lists.into_iter().cloned().collect::<Vec<_>>());
        let expected: &[Fault] = if is_revoked { &[Fault::Revoked] } else { &[] };
        assert_eq!(faults(&identity, &root, lists.clone()), expected);
        for (needs_lists, is_good) in [(false, !is_revoked), (true, !is_revoked && is_covered)] {
            let demands = Demands { lists: lists.clone(), needs_lists, ignored: ALL };
            assert_eq!(send(&identity, &root, &demands) == OK, is_good, "{is_revoked}, {is_covered}, {needs_lists}");
        }
    }
}

/// Row b8.1 is about a certificate that signed itself. What is above any other one is not examined, so nothing of it is forgiven.
#[test]
fn b8_11_an_authority_that_serves_below_another_one() {
    let root = Authority::new("root");
    let at_home = |params: &mut CertificateParams| {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        params.subject_alt_names = CertificateParams::new(names).unwrap().subject_alt_names;
    };
    for (dates, is_revoked) in
        [(expired as fn(&mut CertificateParams), false), (not_yet_valid, false), (|_| {}, true), (of_others, true)]
    {
        let above = root.intermediate("above", dates);
        let serving = above.intermediate("serving", |params| {
            at_home(params);
            numbered(7)(params);
        });
        let identity = serving.as_server().and(&above);
        let lists = if is_revoked { &[7][..] } else { &[] };
        let lists = revocation_lists(&[above.revoked(lists, false)]);
        assert_eq!(faults(&identity, &root, lists.clone()), [Fault::Authority, Fault::Certificate]);
        let demands = Demands { lists, ignored: sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA, ..Demands::default() };
        assert_eq!(send(&identity, &root, &demands), SECURE_FAILURE);
    }
}

/// No certificate can be for a host that is neither a name of DNS nor an address in the usual form, and that is forgiven as well.
#[test]
fn b8_11_a_host_that_no_certificate_can_be_for() {
    let root = Authority::new("root");
    let identity = root.issue(|_| {});
    for (ignored, code) in [
        (sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID, OK),
        (ALL & !sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID, SECURE_FAILURE),
    ] {
        assert_eq!(send_to("127.1", &identity, &root, &Demands { ignored, ..Demands::default() }), code);
    }
    // It forgives nothing else.
    let demands = Demands { ignored: sys::SECURITY_FLAG_IGNORE_CERT_CN_INVALID, ..Demands::default() };
    assert_eq!(send_to("127.1", &root.issue(expired), &root, &demands), SECURE_FAILURE);
}
