//! What WinHttpCreateUrl makes of parts.

use winws_api::WideChar;
use winws_api::winhttp::sys::{ICU_ESCAPE, ICU_ESCAPE_AUTHORITY, ICU_INCLUDE_DEFAULT_PORT, ICU_REJECT_USERPWD};
use winws_api::winhttp::{CreateUrlError, UrlComponents};

use super::{size, text, units};
use crate::raw::lent::Vouched;
use crate::winhttp::url::create::create;

/// The parts of a URL; `None` is null.
#[derive(Clone, Copy)]
struct Parts<'a> {
    scheme: Option<&'a str>,
    number: i32,
    user: Option<&'a str>,
    password: Option<&'a str>,
    host: Option<&'a str>,
    port: u16,
    path: Option<&'a str>,
    extra: Option<&'a str>,
}

const NONE: Parts<'_> =
    Parts { scheme: None, number: 0, user: None, password: None, host: None, port: 0, path: None, extra: None };

const FULL: Parts<'_> = Parts {
    scheme: Some("http"),
    number: 1,
    user: Some("username"),
    password: Some("password"),
    host: Some("www.winehq.org"),
    port: 80,
    path: Some("/site/about"),
    extra: Some("?query"),
};

/// Creates a URL in a buffer of so many units.
fn create_in<W: WideChar>(parts: Parts<'_>, flags: u32, room: usize) -> (Result<String, CreateUrlError>, u32) {
    let texts = [parts.scheme, parts.user, parts.password, parts.host, parts.path, parts.extra];
    let mut texts = texts.map(|text| text.map(units::<W>));
    let [scheme, user_name, password, host_name, url_path, extra_info] =
        texts.each_mut().map(|text| text.as_mut().map_or(std::ptr::null_mut(), Vec::as_mut_ptr));
    let components = UrlComponents {
        struct_size: size::<W>(),
        scheme,
        scheme_number: parts.number,
        user_name,
        password,
        host_name,
        port: parts.port,
        url_path,
        extra_info,
        ..Default::default()
    };
    let (mut url, mut length) = (units::<W>("x").repeat(room)[..room].to_vec(), u32::try_from(room).unwrap());
    let created = create(Vouched::of_a_test(), &components, flags, &mut url, &mut length);
    let created = created.map(|()| {
        let (written, rest) = url.split_at(usize::try_from(length).unwrap());
        assert_eq!(rest[0], W::ZERO);
        text(written)
    });
    (created, length)
}

fn check(parts: Parts<'_>, flags: u32, expected: &str) {
    assert_eq!(create_in::<u16>(parts, flags, 256).0.as_deref(), Ok(expected));
    assert_eq!(create_in::<u32>(parts, flags, 256).0.as_deref(), Ok(expected));
}

fn check_error(parts: Parts<'_>, flags: u32, expected: CreateUrlError) {
    assert_eq!(create_in::<u16>(parts, flags, 256), (Err(expected), 256));
}

#[test]
fn parts_make_a_url() {
    check(FULL, 0, "http://username:password@www.winehq.org/site/about?query");
    check(Parts { user: None, password: None, ..FULL }, 0, "http://www.winehq.org/site/about?query");
    check(Parts { password: None, ..FULL }, 0, "http://username@www.winehq.org/site/about?query");
    check(Parts { user: Some(""), ..FULL }, 0, "http://:password@www.winehq.org/site/about?query");
    // Parts of a crack that were not there are empty.
    check(Parts { user: Some(""), password: Some(""), ..FULL }, 0, "http://www.winehq.org/site/about?query");
    check(Parts { extra: Some("?text=\u{fb00}"), ..NONE }, 0, "http://?text=\u{fb00}");
    check(Parts { path: Some("/text=\u{fb00}"), ..NONE }, 0, "http:///text=\u{fb00}");
}

#[test]
fn a_length_ends_a_text() {
    let mut texts = ["httpxx", "hostxx", "/axx"].map(units::<u16>);
    let [scheme, host_name, url_path] = texts.each_mut().map(Vec::as_mut_ptr);
    let components = UrlComponents {
        struct_size: size::<u16>(),
        scheme,
        scheme_length: 4,
        host_name,
        host_name_length: 4,
        port: 80,
        url_path,
        url_path_length: 2,
        ..Default::default()
    };
    let (mut url, mut length) = ([7; 16], 16);
    assert_eq!(create(Vouched::of_a_test(), &components, 0, &mut url, &mut length), Ok(()));
    assert_eq!((text(&url), length), ("http://host/a\0\u{7}\u{7}".to_owned(), 13));
}

/// The page: the scheme comes from its text, or else from its number. Zero stands for http on Windows, by Wine's tests.
#[test]
fn the_text_of_the_scheme_goes_before_its_number() {
    let host = Parts { host: Some("h"), port: 1, ..NONE };
    check(Parts { scheme: Some("ftp"), ..FULL }, 0, "ftp://username:password@www.winehq.org:80/site/about?query");
    for (number, url) in [(0, "http://h:1"), (1, "http://h:1"), (2, "https://h:1"), (3, "ftp://h:1")] {
        check(Parts { number, ..host }, 0, url);
        check(Parts { number, scheme: Some(""), ..host }, 0, url);
    }
    for number in [4, 5, -1, i32::MIN] {
        check_error(Parts { number, ..host }, 0, CreateUrlError::InvalidParameter);
        check(Parts { number, scheme: Some("x"), ..host }, 0, "x://h:1");
    }
}

#[test]
fn the_default_port_of_the_scheme_is_left_out() {
    for (scheme, port) in [("http", 80), ("https", 443), ("ftp", 21), ("HTTPS", 443)] {
        let parts = Parts { scheme: Some(scheme), host: Some("h"), port, path: Some("/"), ..NONE };
        check(parts, 0, &format!("{scheme}://h/"));
        check(parts, ICU_INCLUDE_DEFAULT_PORT, &format!("{scheme}://h:{port}/"));
        check(Parts { port: 42, ..parts }, 0, &format!("{scheme}://h:42/"));
    }
    // Zero is a port like any other, by Wine's tests.
    check(
        Parts { port: 0, scheme: None, number: 0, ..FULL },
        0,
        "http://username:password@www.winehq.org:0/site/about?query",
    );
}

/// The expected texts are of Wine's tests.
#[test]
fn icu_escape_escapes_path_and_extra_information() {
    let extra = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let expected = "http://username:password@www.winehq.org/site/about%20!%22%23$%25&'()*+,-./:;%3C=%3E?@%5B%5C%5D%5E_%60%7B%7C%7D%7E";
    check(Parts { extra: Some(extra), ..FULL }, ICU_ESCAPE, expected);
    let controls = "\r\u{1f} \n\u{7f}\r\n";
    check(Parts { extra: Some(controls), ..NONE }, ICU_ESCAPE, "http://%0D%1F%20%0A%7F%0D%0A");
    check(Parts { path: Some(controls), ..NONE }, ICU_ESCAPE, "http://%0D%1F%20%0A%7F%0D%0A");
    // With the UTF-8 code page.
    check(Parts { extra: Some("?text=\u{fb00}"), ..NONE }, ICU_ESCAPE, "http://?text=%EF%AC%80");
    // A fragment begins with its sign.
    check(
        Parts { host: Some("h"), port: 80, path: Some("/a%20#?"), extra: Some("?b#c#"), ..NONE },
        ICU_ESCAPE,
        "http://h/a%2520%23??b#c%23",
    );
    // The authority stays.
    check(Parts { host: Some("h t"), user: Some("a b"), port: 80, ..NONE }, ICU_ESCAPE, "http://a b@h t");
}

#[test]
fn half_a_pair_of_surrogates_cannot_be_escaped() {
    let mut path = [0x2F_u16, 0xD83E, 0];
    let components = UrlComponents { struct_size: size::<u16>(), url_path: path.as_mut_ptr(), ..Default::default() };
    let (mut url, mut length) = ([0; 16], 16);
    let vouched = Vouched::of_a_test();
    assert_eq!(create(vouched, &components, ICU_ESCAPE, &mut url, &mut length), Err(CreateUrlError::InvalidParameter));
    assert_eq!(create(vouched, &components, 0, &mut url, &mut length), Ok(()));
    assert_eq!(url[7..10], [0x2F, 0xD83E, 0]);
}

/// RFC 3986 sections 3.2.1 and 3.2.2.
#[test]
fn icu_escape_authority_escapes_user_password_and_host() {
    let parts =
        Parts {
            user: Some("a@b:c"), password: Some("p/%:é"), host: Some("hö.st"), port: 80, path: Some("/ "), ..NONE
        };
    check(parts, ICU_ESCAPE_AUTHORITY, "http://a%40b%3Ac:p%2F%25%3A%C3%A9@h%C3%B6.st/ ");
    check(parts, ICU_ESCAPE_AUTHORITY | ICU_ESCAPE, "http://a%40b%3Ac:p%2F%25%3A%C3%A9@h%C3%B6.st/%20");
    // The parts are plain text, so what looks like an escape sequence is none.
    check(
        Parts { user: Some("%41"), password: None, host: Some("h"), path: None, ..parts },
        ICU_ESCAPE_AUTHORITY,
        "http://%2541@h",
    );
    check(Parts { host: Some("[::1]"), ..parts }, ICU_ESCAPE_AUTHORITY, "http://a%40b%3Ac:p%2F%25%3A%C3%A9@[::1]/ ");
}

#[test]
fn an_ipv6_address_gets_its_brackets() {
    for (host, url) in [
        ("::1", "http://[::1]"),
        ("[::1]", "http://[::1]"),
        ("fe80::1%eth0", "http://[fe80::1%25eth0]"),
        ("fe80::1%eth0:1", "http://[fe80::1%25eth0%3A1]"),
        ("[fe80::1%25eth0]", "http://[fe80::1%25eth0]"),
        // It is no address, whatever else it may be.
        ("host:81", "http://host:81"),
    ] {
        check(Parts { host: Some(host), port: 80, ..NONE }, 0, url);
    }
}

#[test]
fn a_path_does_not_become_a_part_of_the_host() {
    let host = Parts { host: Some("h"), port: 80, ..NONE };
    check(Parts { path: Some("a"), ..host }, 0, "http://h/a");
    check(Parts { path: Some("@evil"), ..host }, 0, "http://h/@evil");
    check(Parts { path: Some("?a"), ..host }, 0, "http://h/?a");
    check(Parts { path: Some(""), extra: Some("a"), ..host }, 0, "http://h/a");
    check(Parts { extra: Some("#a"), ..host }, 0, "http://h#a");
    check(Parts { extra: Some("?a"), ..host }, 0, "http://h?a");
}

#[test]
fn icu_reject_userpwd_rejects_user_names_and_passwords() {
    check_error(FULL, ICU_REJECT_USERPWD, CreateUrlError::InvalidUrl);
    check_error(Parts { password: None, ..FULL }, ICU_REJECT_USERPWD, CreateUrlError::InvalidUrl);
    check_error(Parts { user: Some(""), ..FULL }, ICU_REJECT_USERPWD, CreateUrlError::InvalidUrl);
    let nobody = Parts { user: Some(""), password: Some(""), ..FULL };
    check(nobody, ICU_REJECT_USERPWD, "http://www.winehq.org/site/about?query");
}

#[test]
fn a_password_needs_a_user_name() {
    check_error(Parts { user: None, ..FULL }, 0, CreateUrlError::InvalidParameter);
}

#[test]
fn a_structure_of_another_size_is_refused() {
    for struct_size in [0, size::<u16>() - 1, u32::MAX] {
        let components = UrlComponents { struct_size, ..Default::default() };
        let (mut url, mut length) = ([7_u16; 8], 8);
        let created = create(Vouched::of_a_test(), &components, 0, &mut url, &mut length);
        assert_eq!((created, length, url), (Err(CreateUrlError::InvalidParameter), 8, [7; 8]));
    }
}

/// The page: the needed size has the zero in it, the length that is returned on success has not.
#[test]
fn a_buffer_that_is_too_small_is_told_how_much_it_needs() {
    for room in [0, 2, 56] {
        assert_eq!(create_in::<u16>(FULL, 0, room), (Err(CreateUrlError::InsufficientBuffer), 57), "{room}");
    }
    let url = "http://username:password@www.winehq.org/site/about?query";
    assert_eq!(create_in::<u32>(FULL, 0, 57), (Ok(url.to_owned()), 56));
    assert_eq!(create_in::<u16>(Parts { path: Some("/\u{1F980}"), ..NONE }, 0, 3).1, 11);
}
