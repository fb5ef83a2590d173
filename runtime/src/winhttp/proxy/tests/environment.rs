//! What the environment names.

use proptest::prelude::*;

use super::super::environment::{Environment, Lists};
use super::super::{Proxies, UnusableProxy};
use super::urls;

type Variables<'v> = &'v [(&'v str, &'v str)];

fn look_up(variables: Variables<'_>) -> impl Fn(&str) -> Option<String> {
    move |name| variables.iter().find(|(other, _)| *other == name).map(|&(_, value)| value.to_owned())
}

fn lists(variables: Variables<'_>) -> Result<Lists, UnusableProxy> {
    Environment::new(&look_up(variables)).lists()
}

/// The proxy for this URL.
fn of(variables: Variables<'_>, is_secure: bool, host: &str, port: u16) -> Result<Option<String>, UnusableProxy> {
    let mut found = urls(Environment::new(&look_up(variables)).proxies(is_secure, host, port))?;
    assert!(found.len() < 2);
    Ok(found.pop())
}

/// The proxies for https (or wss), and for http (or ws).
fn check(variables: Variables<'_>, secure: Option<&str>, plain: Option<&str>) {
    let of = |is_secure| of(variables, is_secure, "example.com", 80).unwrap();
    assert_eq!((of(true).as_deref(), of(false).as_deref()), (secure, plain), "{variables:?}");
}

/// curl(1), ENVIRONMENT: lower case has precedence.
#[test]
fn each_scheme_has_its_variables() {
    check(&[], None, None);
    check(&[("https_proxy", "a:1")], Some("http://a:1"), None);
    check(&[("HTTPS_PROXY", "a:1")], Some("http://a:1"), None);
    check(&[("HTTPS_PROXY", "a:1"), ("https_proxy", "b:2")], Some("http://b:2"), None);
    check(&[("http_proxy", "a:1")], None, Some("http://a:1"));
    check(&[("HTTP_PROXY", "a:1")], None, Some("http://a:1"));
    check(&[("HTTP_PROXY", "a:1"), ("http_proxy", "b:2")], None, Some("http://b:2"));
    check(&[("all_proxy", "a:1")], Some("http://a:1"), Some("http://a:1"));
    check(&[("ALL_PROXY", "a:1"), ("http_proxy", "b:2")], Some("http://a:1"), Some("http://b:2"));
    check(&[("ALL_PROXY", "a:1"), ("all_proxy", "b:2")], Some("http://b:2"), Some("http://b:2"));
    check(&[("https_proxy", ""), ("HTTPS_PROXY", "a:1"), ("all_proxy", "")], Some("http://a:1"), None);
}

/// b9.9: a CGI program finds the header `Proxy` of a request in HTTP_PROXY.
#[test]
fn a_header_of_a_stranger_is_no_proxy() {
    check(&[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil:1")], None, None);
    check(&[("REQUEST_METHOD", ""), ("HTTP_PROXY", "evil:1"), ("http_proxy", "a:1")], None, Some("http://a:1"));
    check(
        &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil:1"), ("ALL_PROXY", "a:1")],
        Some("http://a:1"),
        Some("http://a:1"),
    );
    check(&[("REQUEST_METHOD", "GET"), ("HTTPS_PROXY", "a:1")], Some("http://a:1"), None);
}

fn check_value(value: &str, expected: Result<&str, UnusableProxy>) {
    let found = of(&[("https_proxy", value)], true, "example.com", 443);
    assert_eq!(found, expected.map(|url| Some(url.to_owned())), "{value}");
}

/// CURLOPT_PROXY and CURLOPT_PROXYPORT.
#[test]
fn a_value_has_schemes_ports_and_credentials() {
    for (value, expected) in [
        ("p", "http://p:1080"),
        ("p:8080", "http://p:8080"),
        ("http://p", "http://p:1080"),
        ("http://p:/", "http://p:1080"),
        ("HTTP://p:3128/a/path?or#more", "http://p:3128"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("http://[fe80::1%25lo]", "http://[fe80::1]:1080"),
        ("http://user:word@p:1", "http://user:word@p:1"),
        ("user@p:1", "http://user:@p:1"),
        ("http://@p:1", "http://p:1"),
        ("http://us%20er:w%3Ao%40rd%2f@p:1", "http://us er:w:o@rd/@p:1"),
        ("http://user:a:b@p:1", "http://user:a:b@p:1"),
        ("http://user:a@b@p:1", "http://user:a@b@p:1"),
        ("http://%c3%b6:w@p:1", "http://ö:w@p:1"),
    ] {
        check_value(value, Ok(expected));
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_a_failure_and_no_direct_connection() {
    let of_socks = ["socks4://p", "socks4a://p", "socks5://p:1", "SOCKS5h://user:word@p"];
    for value in of_socks.into_iter().chain(["https://p", "https://p:8443/", "ftp://p", "x://p", "://p"]) {
        check_value(value, Err(UnusableProxy::Scheme));
    }
    for value in [
        "http://",
        ":80",
        "p:0",
        "p:65536",
        "p:x",
        "p q",
        " p",
        "::1",
        "[::1",
        "http://[::1]x",
        "u%zz@p",
        "u%2@p",
        "u%ff@p",
        // The Basic scheme cannot send these (RFC 7617 section 2).
        "a%3Ab:c@p",
        "a%0d%0aX:c@p",
        "\u{fffd}",
    ] {
        check_value(value, Err(UnusableProxy::Malformed));
    }
    // Hosts that need no proxy are reached all the same.
    assert_eq!(of(&[("all_proxy", "socks5://p"), ("no_proxy", "h")], true, "h", 443), Ok(None));
}

fn goes_past(no_proxy: &str, host: &str, port: u16) -> bool {
    of(&[("all_proxy", "p:1"), ("NO_PROXY", no_proxy)], false, host, port).unwrap().is_none()
}

/// tests/unit/unit1614.c of curl. Its first versions had one more case, which CURLOPT_NOPROXY contradicts: see the next test.
#[test]
fn curl_knows_these_exceptions() {
    let long = ["127.0.0.1."; 12].concat();
    for (host, no_proxy, expected) in [
        ("www.example.com", "localhost,.example.com,.example.de", true),
        ("www.example.com.", "localhost,.example.com,.example.de", true),
        ("example.com", "localhost,.example.com,.example.de", true),
        ("example.com.", "localhost,.example.com,.example.de", true),
        ("www.example.com", "localhost,.example.com.,.example.de", true),
        ("www.example.com", "localhost,www.example.com.,.example.de", true),
        ("example.com", "localhost,example.com,.example.de", true),
        ("example.com.", "localhost,example.com,.example.de", true),
        ("127.0.0.1", "127.0.0.1,localhost", true),
        ("127.0.0.1", "127.0.0.1,localhost,", true),
        ("127.0.0.1", "127.0.0.1/8,localhost,", true),
        ("127.0.0.1", "127.0.0.1/28,localhost,", true),
        ("127.0.0.1", "127.0.0.1/31,localhost,", true),
        ("127.0.0.1", "localhost,127.0.0.1", true),
        ("127.0.0.1", &format!("localhost,{long}"), false),
        ("localhost", "localhost,127.0.0.1", true),
        ("localhost", "127.0.0.1,localhost", true),
        ("foobar", "barfoo", false),
        ("foobar", "foobar", true),
        ("192.168.0.1", "foobar", false),
        ("192.168.0.1", "192.168.0.0/16", true),
        ("192.168.0.1", "192.168.0.0/24", true),
        ("192.168.0.1", "192.168.0.0/32", false),
        ("192.168.0.1", "192.168.0.0", false),
        ("192.168.1.1", "192.168.0.0/24", false),
        ("192.168.1.1", "foo, bar, 192.168.0.0/24", false),
        ("192.168.1.1", "foo, bar, 192.168.0.0/16", true),
        ("[::1]", "foo, bar, 192.168.0.0/16", false),
        ("[::1]", "foo, bar, ::1/64", true),
        ("bar", "foo, bar, ::1/64", true),
        ("BAr", "foo, bar, ::1/64", true),
        ("BAr", "foo,,,,,              bar, ::1/64", true),
        ("www.example.com", "foo, .example.com", true),
        ("www.example.com", "www2.example.com, .example.net", false),
        ("example.com", ".example.com, .example.net", true),
        ("nonexample.com", ".example.com, .example.net", false),
    ] {
        assert_eq!(goes_past(no_proxy, host, 80), expected, "{host} and {no_proxy}");
    }
}

/// CURLOPT_NOPROXY: `ample.com` matches ample.com, ample.com:80 and www.ample.com.
#[test]
fn a_name_stands_for_all_below_it() {
    for (host, expected) in
        [("ample.com", true), ("www.ample.com", true), ("www.example.com", false), ("ample.com.org", false)]
    {
        assert_eq!(goes_past("ample.com", host, 80), expected, "{host}");
        assert_eq!(goes_past(".AMPLE.com", host, 8080), expected, "{host}");
    }
    assert!(goes_past("*", "a", 1) && goes_past("*", "::1", 1) && goes_past("a,*", "127.0.0.1", 1));
    // A `*` in a name stands for nothing.
    assert!(!goes_past("*.ample.com", "www.ample.com", 80) && !goes_past("1*", "10.0.0.1", 80));
    assert!(!goes_past("", "a", 1) && !goes_past(" , ", "a", 1) && !goes_past(".", "a", 1));
}

/// The same test of curl, for ranges of addresses: 0 bits are all.
#[test]
fn ranges_of_addresses() {
    for (address, network, bits, expected) in [
        ("192.160.0.1", "192.160.0.1", 33, false),
        ("192.160.0.1", "192.160.0.1", 32, true),
        ("192.160.0.1", "192.160.0.1", 0, true),
        ("192.160.0.1", "192.160.0.1", 20, true),
        ("192.160.0.1", "192.160.0.1", 8, true),
        ("192.160.0.1", "10.0.0.1", 8, false),
        ("192.160.0.1", "10.0.0.1", 32, false),
        ("192.160.0.1", "10.0.0.1", 0, false),
        ("::1", "::1", 0, true),
        ("::1", "::1", 128, true),
        ("::1", "0:0::1", 128, true),
        ("::1", "0:0::1", 129, false),
        ("fe80::ab47:4396:55c9:8474", "fe80::ab47:4396:55c9:8474", 64, true),
        // RFC 4291 section 2.5.6 has 10 bits of link-local addresses, which end within a byte.
        ("fe80::1", "fe80::", 10, true),
        ("fec0::1", "fe80::", 10, false),
        ("febf::1", "fe80::", 10, true),
        ("10.0.0.1", "::a00:1", 128, false),
    ] {
        assert_eq!(goes_past(&format!("{network}/{bits}"), address, 80), expected, "{address} in {network}/{bits}");
    }
    for odd in ["10.0.0.1/", "10.0.0.1/x", "10.0.0.1/-1", "10.0.0.1/+8", "10.0.0.1/9999999999", "10.0.0.1/8/8", "/8"] {
        assert!(!goes_past(odd, "10.0.0.1", 80), "{odd}");
    }
    assert!(
        goes_past("[fe80::]/10", "fe80::1%lo", 80) && goes_past("[::1]", "[::1]", 80) && goes_past("::1", "[::1]", 80)
    );
}

/// golang.org/x/net/http/httpproxy: a port limits the exception to it.
#[test]
fn a_port_may_follow() {
    for (no_proxy, host) in
        [("h:8080", "h"), (".h:8080", "a.h"), ("10.0.0.0/8:8080", "10.0.0.1"), ("[::1]:8080", "::1"), ("*:8080", "h")]
    {
        assert!(goes_past(no_proxy, host, 8080) && !goes_past(no_proxy, host, 80), "{no_proxy}");
    }
    assert!(!goes_past("h:", "h", 80) && !goes_past("h:x", "h", 80) && !goes_past("h:0", "h", 80));
}

fn check_lists(variables: Variables<'_>, proxies: Option<&str>, bypass: Option<&str>) {
    let expected = Lists { proxies: proxies.map(str::to_owned), bypass: bypass.map(str::to_owned) };
    assert_eq!(lists(variables), Ok(expected), "{variables:?}");
}

#[test]
fn the_environment_has_the_form_of_the_lists_that_programs_name() {
    check_lists(&[], None, None);
    check_lists(&[("no_proxy", "h")], None, None);
    check_lists(&[("http_proxy", "a")], Some("http=http://a:1080"), None);
    check_lists(
        &[
            ("HTTPS_PROXY", "https://u:w@[::1]"),
            ("all_proxy", "b:2"),
            ("no_proxy", "h,.e.f,10.0.0.0/8,172.16.0.0/12,::1,1.2.3.4/32,x:80"),
        ],
        Some("http=http://b:2;https=https://[::1]:443"),
        Some("h;*.h;e.f;*.e.f;10.*;::1;1.2.3.4"),
    );
    check_lists(&[("all_proxy", "a:1"), ("no_proxy", "*")], Some("http=http://a:1;https=http://a:1"), Some("*"));
    assert_eq!(lists(&[("all_proxy", "a:x")]), Err(UnusableProxy::Malformed));
    // Whoever names the list again gets the failure of the request again.
    check_lists(&[("all_proxy", "socks5://a")], Some("http=socks://a:1080;https=socks://a:1080"), None);
}

proptest! {
    /// Nothing panics, no result is larger than what it was made of, and a list of the environment means what the environment
    /// means.
    #[test]
    fn anything_may_stand_in_a_list(
        list in "[a-c.:;/=@%\\[\\]*<> 0-9öhtps-]{0,40}",
        exceptions in "[a-c.:;,/*<>\\[\\]% 0-9ö-]{0,40}",
        host in "[a-c.:\\[\\]%0-9]{0,12}",
        port: u16,
    ) {
        if let Ok(proxies) = Proxies::named(&list, Some(&exceptions)) {
            for is_secure in [true, false] {
                let found = proxies.of(is_secure, &host, port).unwrap_or_default();
                prop_assert!(found.len() <= list.len());
                prop_assert!(found.iter().all(|proxy| proxy.port != 0 && proxy.credentials.is_none()));
            }
        }
        let variables = [("all_proxy", &list[..]), ("no_proxy", &exceptions)];
        let found = lists(&variables);
        for is_secure in [true, false] {
            let direct = of(&variables, is_secure, &host, port);
            prop_assert!(direct.is_ok() || found.is_err() || list.contains("socks"));
            if let (Ok(Lists { proxies: Some(proxies), bypass }), Ok(Some(_))) = (&found, &direct) {
                let named = Proxies::named(proxies, bypass.as_deref()).expect("it is such a list");
                prop_assert!(!named.of(is_secure, &host, port).expect("it has HTTP proxies").is_empty());
            }
        }
    }
}
