//! What a program names.

use super::super::{InvalidProxy, MAX_LIST, Proxies, UnusableProxy};
use super::urls;

/// The proxies for https (or wss), and those for http (or ws).
fn check(list: &str, secure: &[&str], plain: &[&str]) {
    let proxies = Proxies::named(list, None).unwrap_or_else(|InvalidProxy| panic!("{list:?}"));
    let of = |is_secure| urls(proxies.of(is_secure, "example.com", 443)).unwrap();
    assert_eq!((of(true), of(false)), (owned(secure), owned(plain)), "{list:?}");
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(str::to_owned).collect()
}

/// The page of WinHttpOpen: `https=proxy:8080` is for https only, and `proxy` alone for all schemes.
#[test]
fn entries_are_for_one_scheme_or_for_all() {
    check("proxy", &["http://proxy:80"], &["http://proxy:80"]);
    check("proxy:8080", &["http://proxy:8080"], &["http://proxy:8080"]);
    check("https=proxy:8080", &["http://proxy:8080"], &[]);
    check("http=proxy:8080", &[], &["http://proxy:8080"]);
    check("HTTPS=http://h:3128", &["http://h:3128"], &[]);
    check("http=a:1;https=b:2", &["http://b:2"], &["http://a:1"]);
    check("http=a:1 https=b:2", &["http://b:2"], &["http://a:1"]);
    check("http://a:1", &["http://a:1"], &["http://a:1"]);
}

#[test]
fn several_proxies_are_tried_in_their_order() {
    check("a;b:2 c", &["http://a:80", "http://b:2", "http://c:80"], &["http://a:80", "http://b:2", "http://c:80"]);
    check("https=a;b;http=c;https=d", &["http://a:80", "http://b:80", "http://d:80"], &["http://b:80", "http://c:80"]);
}

#[test]
fn separators_slashes_and_letters_may_be_more_than_needed() {
    check(" ;a:1;; \t\r\n;http://b:2/ ;", &["http://a:1", "http://b:2"], &["http://a:1", "http://b:2"]);
    check("Http=HTTP://H/", &[], &["http://H:80"]);
    check("a:", &["http://a:80"], &["http://a:80"]);
}

/// It counts like one that does not answer, and is never passed by.
#[test]
fn a_proxy_that_wants_tls_for_itself_is_passed_over() {
    check("https://p;a:1", &["http://a:1"], &["http://a:1"]);
    assert_eq!(Proxies::named("http=https://p:8443", None).unwrap().of(true, "example.com", 443), Ok(Vec::new()));
    for list in ["https://p", "https=https://p", "https://p;http=a:1"] {
        let proxies = Proxies::named(list, None).unwrap();
        assert_eq!(proxies.of(true, "example.com", 443), Err(UnusableProxy::Scheme), "{list}");
    }
}

#[test]
fn addresses_of_ipv6_have_brackets() {
    check("[::1]", &["http://[::1]:80"], &["http://[::1]:80"]);
    check("https=http://[2001:DB8::1]:8080/", &["http://[2001:db8::1]:8080"], &[]);
    check("hö.st:1", &["http://xn--h-1ga.st:1"], &["http://xn--h-1ga.st:1"]);
}

#[test]
fn proxies_for_schemes_that_no_request_has_are_skipped() {
    check("ftp=f:21;http=a:1;gopher=g", &[], &["http://a:1"]);
    check("ftp=f:21", &[], &[]);
}

/// The page of WinHttpOpen: only HTTP proxies are supported, not SOCKS.
#[test]
fn a_request_that_only_a_socks_proxy_serves_fails() {
    for list in ["socks=h:1080", "socks5://h", "http=socks4://h;https=SOCKS5H://h", "SOCKS=http://h;socks=h"] {
        let proxies = Proxies::named(list, Some("past")).unwrap();
        let expected = if list.contains("=http:") { Ok(owned(&["http://h:80"])) } else { Err(UnusableProxy::Scheme) };
        for is_secure in [true, false] {
            assert_eq!(urls(proxies.of(is_secure, "example.com", 80)), expected, "{list}");
            assert_eq!(urls(proxies.of(is_secure, "past", 80)), Ok(Vec::new()));
        }
    }
    let proxies = Proxies::named("http=a:1;socks=b", None).unwrap();
    assert_eq!(urls(proxies.of(false, "h", 80)), Ok(owned(&["http://a:1"])));
    assert_eq!(urls(proxies.of(true, "h", 80)), Err(UnusableProxy::Scheme));
}

#[test]
fn texts_that_are_no_list() {
    for list in [
        "",
        " ",
        ";;",
        "=a",
        "http=",
        "http=;a",
        "a b=c d://e",
        "http://",
        "ftp://a",
        "://a",
        "a:0",
        "a:65536",
        "a:+1",
        "a:1x",
        "a:1:2",
        "::1",
        "[::1",
        "[::1]x",
        "a/b",
        "http://a/b",
        "a//",
        "user@a",
        "http://user:word@a:1",
        "a,b",
        "a\0",
        "*",
        "http=http=a",
        "-=a",
        &"a;".repeat(MAX_LIST),
    ] {
        assert_eq!(Proxies::named(list, None).map(drop), Err(InvalidProxy), "{:?}", &list[..list.len().min(20)]);
    }
    assert_eq!(Proxies::named("a", Some(&"a;".repeat(MAX_LIST))).map(drop), Err(InvalidProxy));
    Proxies::named("a", Some("")).unwrap();
}

fn goes_past(bypass: &str, host: &str) -> bool {
    let proxies = Proxies::named("proxy", Some(bypass)).unwrap();
    proxies.of(true, host, 443).unwrap().is_empty()
}

fn check_bypass(bypass: &str, past: &[&str], not_past: &[&str]) {
    for (hosts, expected) in [(past, true), (not_past, false)] {
        for host in hosts {
            assert_eq!(goes_past(bypass, host), expected, "{host} and {bypass:?}");
        }
    }
}

/// The page of WINHTTP_PROXY_INFO.
#[test]
fn local_stands_for_names_without_a_dot() {
    check_bypass("<local>", &["intranet", "LOCALHOST"], &["example.com", "127.0.0.1", "::1", "[::1]", "a."]);
    check_bypass("<LOCAL>;example.com", &["intranet", "example.com"], &["www.example.com"]);
    check_bypass("local", &["local"], &["intranet"]);
}

#[test]
fn asterisks_stand_for_any_characters() {
    check_bypass("*", &["a", "example.com", "::1"], &[]);
    check_bypass("*.example.com", &["www.example.com", "a.b.example.com"], &["example.com", "example.com.org"]);
    check_bypass("*example.com", &["example.com", "nonexample.com"], &["example.org"]);
    check_bypass("192.168.*", &["192.168.0.1", "192.168.evil.com"], &["192.169.0.1"]);
    check_bypass("a*c*e", &["ace", "abcde", "accee", "acece"], &["ac", "aced", "aec", "bace"]);
    check_bypass("*a*b", &["ab", "aab", "abab", "xaxb"], &["ba", "abc"]);
    check_bypass("**a**", &["a", "xax"], &["b"]);
    check_bypass("fe80:*", &["[fe80::1%lo]", "fe80::1"], &["::1"]);
}

#[test]
fn exceptions_have_separators_and_any_case() {
    check_bypass("a.b;C.D e.f\tg.h", &["a.b", "c.d", "E.F", "g.h"], &["a.b;c.d", "b"]);
    check_bypass(";; ", &[], &["a", "example.com"]);
    check_bypass("<-loopback>", &[], &["localhost", "127.0.0.1", "example.com"]);
    check_bypass("[::1]", &["::1", "[::1]", "0:0:0:0:0:0:0:1"], &["::2"]);
    check_bypass("0::1", &["[::1]"], &[]);
    check_bypass("HÖ.st", &["xn--h-1ga.st"], &["h.st"]);
}

/// The worst that a pattern can do: every asterisk tries every place.
#[test]
fn patterns_take_bounded_time() {
    let bypass = format!("{}b", "*a".repeat(10_000));
    assert!(!goes_past(&bypass, &"a".repeat(255)));
}
