//! Lists of revoked certificates.

use winws::WinHttp;
use winws::tls::{Fault, RevocationLists};
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::certificates::{Authority, Identity, numbered, revocation_lists};

use super::super::OK;
use super::super::chain::Handle;
use super::certificates::forgive;
use super::{Ended, GOOD, Secure, attempt, faults_of, insecure};

const REVOKED: Ended = insecure(sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED);
const REV_FAILED: Ended = insecure(sys::WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED);

fn demand_lists(request: &Handle) {
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_ENABLE_FEATURE, sys::WINHTTP_ENABLE_SSL_REVOCATION), OK);
}

/// How a request ends with these lists.
fn with_lists(server: &Secure, lists: &RevocationLists, prepare: impl FnOnce(&Handle)) -> Ended {
    attempt(server, |request| {
        WinHttp::process().set_revocation_lists(request.0, lists.clone()).unwrap();
        prepare(request);
    })
}

fn serving(identity: &Identity, root: &Authority) -> Secure {
    let server = Secure::showing(identity);
    server.trust(root.roots());
    server
}

#[test]
fn b8_5_revoked_certificates() {
    assert_eq!(Fault::Revoked.code().0, 12170);
    let (root, other) = (Authority::new("root"), Authority::new("other"));
    let between = root.intermediate("between", numbered(9));
    let below = between.issue(numbered(7)).and(&between);
    for (identity, lists, expected) in [
        (root.issue(numbered(7)), vec![root.revoked(&[7], false)], REVOKED),
        (root.issue(numbered(7)), vec![other.revoked(&[7], false), root.revoked(&[6, 7, 8], false)], REVOKED),
        (root.issue(numbered(8)), vec![root.revoked(&[7], false)], GOOD),
        (root.issue(numbered(7)), vec![other.revoked(&[7], false)], GOOD),
        // An old list still says who was revoked.
        (root.issue(numbered(7)), vec![root.revoked(&[7], true)], REVOKED),
        (root.issue(numbered(8)), vec![root.revoked(&[7], true)], GOOD),
        (below.clone(), vec![between.revoked(&[7], false)], REVOKED),
        (below.clone(), vec![root.revoked(&[9], false)], REVOKED),
        (below.clone(), vec![root.revoked(&[7], false)], GOOD),
        (below, vec![between.revoked(&[9], false)], GOOD),
    ] {
        let (server, lists) = (serving(&identity, &root), revocation_lists(&lists));
        assert_eq!(with_lists(&server, &lists, |_| {}), expected);
        // No flag forgives it.
        assert_eq!(with_lists(&server, &lists, |request| forgive(request, 0x3300)), expected);
        let builder = winws::Session::builder().roots(root.roots()).revocation_lists(lists);
        let faults: &[Fault] = if expected == REVOKED { &[Fault::Revoked] } else { &[] };
        assert_eq!(faults_of(&server, builder), faults);
    }
}

#[test]
fn b8_6_no_list_covers_the_chain() {
    assert_eq!(Fault::Revocation.code().0, 12057);
    let (root, other) = (Authority::new("root"), Authority::new("other"));
    let between = root.intermediate("between", numbered(9));
    let below = between.issue(numbered(7)).and(&between);
    for (identity, lists, expected) in [
        (root.issue(numbered(7)), vec![], REV_FAILED),
        (root.issue(numbered(7)), vec![other.revoked(&[], false)], REV_FAILED),
        (root.issue(numbered(7)), vec![root.revoked(&[], true)], REV_FAILED),
        // The name of an authority is not its key.
        (root.issue(numbered(7)), vec![Authority::new("root").revoked(&[], false)], REV_FAILED),
        (root.issue(numbered(7)), vec![root.revoked(&[], false)], GOOD),
        (below.clone(), vec![root.revoked(&[], false)], REV_FAILED),
        (below.clone(), vec![between.revoked(&[], false)], REV_FAILED),
        (below.clone(), vec![between.revoked(&[], false), root.revoked(&[], false)], GOOD),
        (below, vec![between.revoked(&[7], false), root.revoked(&[], false)], REVOKED),
    ] {
        let server = serving(&identity, &root);
        let lists = if lists.is_empty() { RevocationLists::default() } else { revocation_lists(&lists) };
        assert_eq!(with_lists(&server, &lists, demand_lists), expected);
        // No flag forgives it.
        let forgiving = with_lists(&server, &lists, |request| {
            demand_lists(request);
            forgive(request, 0x3300);
        });
        assert_eq!(forgiving, expected);
        if expected == REV_FAILED {
            assert_eq!(with_lists(&server, &RevocationLists::default(), |_| {}), GOOD, "nobody asks");
        }
    }
}

/// Whoever forgives an unknown authority, and asks for lists, still gets no connection that no list is about.
#[test]
fn b8_6_no_list_covers_a_chain_whose_authority_is_unknown() {
    let (trusted, unknown) = (Authority::new("trusted"), Authority::new("unknown"));
    let lists = revocation_lists(&[trusted.revoked(&[], false)]);
    let named = Authority::for_localhost("named");
    for identity in
        [unknown.issue(|_| {}), unknown.issue(|_| {}).and(&unknown), Identity::self_signed(|_| {}), named.as_server()]
    {
        let server = serving(&identity, &trusted);
        let ended = with_lists(&server, &lists, |request| {
            demand_lists(request);
            forgive(request, sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA);
        });
        assert_eq!(ended, REV_FAILED);
    }
    // With a list it is another thing.
    let server = serving(&unknown.issue(|_| {}).and(&unknown), &trusted);
    let ended = with_lists(&server, &revocation_lists(&[unknown.revoked(&[], false)]), |request| {
        demand_lists(request);
        forgive(request, sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA);
    });
    assert_eq!(ended, GOOD);
}

#[test]
fn what_is_no_list() {
    let certificate = Authority::new("root").pem();
    for text in ["", "no list", &certificate[..], "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"] {
        assert!(RevocationLists::from_pem(text.as_bytes()).is_err(), "{text:?}");
    }
}
