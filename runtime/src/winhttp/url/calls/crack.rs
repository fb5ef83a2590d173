//! What WinHttpCrackUrl makes of a URL.

use winws_api::WideChar;
use winws_api::winhttp::sys::{
    ICU_DECODE, ICU_ESCAPE, ICU_REJECT_USERPWD, INTERNET_SCHEME_HTTP, INTERNET_SCHEME_HTTPS,
};
use winws_api::winhttp::{CrackUrlError, UrlComponents};

use super::{Buffers, copies, lengths, pointers, units};
use crate::raw::lent::Vouched;
use crate::winhttp::url::crack::crack;

/// Where each part begins in the text, and its length: of scheme, user name, password, host, path and extra information. `None` is
/// null.
type Places = [(Option<usize>, u32); 6];

fn places<W: WideChar>(url: &[W], components: &UrlComponents<W>) -> Places {
    let place = |start: *mut W| (!start.is_null()).then(|| (start.addr() - url.as_ptr().addr()) / size_of::<W>());
    let starts = [
        components.scheme,
        components.user_name,
        components.password,
        components.host_name,
        components.url_path,
        components.extra_info,
    ];
    let lengths = lengths(components);
    std::array::from_fn(|at| (place(starts[at]), lengths[at]))
}

fn check_places(url: &str, port: u16, expected: Places) {
    fn check<W: WideChar>(text: &str, port: u16, expected: Places) {
        let (url, mut components) = (units::<W>(text), pointers());
        assert_eq!(crack(Vouched::of_a_test(), &url[..url.len() - 1], 0, &mut components), Ok(()), "{text}");
        assert_eq!(places(&url, &components), expected, "{text}");
        assert_eq!(components.port, port, "{text}");
    }
    check::<u16>(url, port, expected);
    check::<u32>(url, port, expected);
}

#[test]
fn null_with_a_length_asks_for_pointers_into_the_url() {
    let some = |start, length| (Some(start), length);
    check_places(
        "http://username:password@www.winehq.org/site/about",
        80,
        [some(0, 4), some(7, 8), some(16, 8), some(25, 14), some(39, 11), some(50, 0)],
    );
    check_places(
        "http://www.winehq.org",
        80,
        [some(0, 4), (None, 0), (None, 0), some(7, 14), some(21, 0), some(21, 0)],
    );
    check_places(
        "https://www.winehq.org/post?",
        443,
        [some(0, 5), (None, 0), (None, 0), some(8, 14), some(22, 5), some(27, 1)],
    );
    check_places("http://winehq/post;a", 80, [some(0, 4), (None, 0), (None, 0), some(7, 6), some(13, 7), some(20, 0)]);
    // A user name that is empty is there.
    check_places("http://:p@h?a", 80, [some(0, 4), some(13, 0), some(8, 1), some(10, 1), some(13, 0), some(11, 2)]);
    // So is a password.
    check_places("http://u:@h/", 80, [some(0, 4), some(7, 1), some(12, 0), some(10, 1), some(11, 1), some(12, 0)]);
    // The sign belongs to the query, not to a user.
    check_places(
        "http://example.net/path?var1=example@example.com&var2=x&var3=y",
        80,
        [some(0, 4), (None, 0), (None, 0), some(7, 11), some(18, 5), some(23, 39)],
    );
}

#[test]
fn what_is_not_asked_for_stays_as_it_is() {
    let url = units::<u16>("https://u:p@h:1/a?b");
    let mut components = UrlComponents { struct_size: super::size::<u16>(), host_name_length: 1, ..Default::default() };
    assert_eq!(crack(Vouched::of_a_test(), &url, 0, &mut components), Ok(()));
    assert_eq!(places(&url, &components), [(None, 0), (None, 0), (None, 0), (Some(12), 1), (None, 0), (None, 0)]);
    assert_eq!((components.scheme_number, components.port), (INTERNET_SCHEME_HTTPS, 1));
}

/// The page of URL_COMPONENTS: if `lpszExtraInfo` is not asked for, the query stays with the path.
#[test]
fn the_query_stays_with_the_path_if_nobody_asks_for_it() {
    let url = units::<u16>("http://h/a?b#c");
    let mut components = UrlComponents { extra_info_length: 0, ..pointers() };
    assert_eq!(crack(Vouched::of_a_test(), &url, 0, &mut components), Ok(()));
    assert_eq!(places(&url, &components)[4..], [(Some(8), 6), (None, 0)]);

    let mut buffers = Buffers::<u16>::new();
    let mut components = buffers.ask([200, 200, 200, 200, 200, 0]);
    assert_eq!(crack(Vouched::of_a_test(), &units("http://h/a b?c#d e#"), ICU_ESCAPE, &mut components), Ok(()));
    assert_eq!(buffers.texts()[4], "/a%20b?c#d%20e%23");
}

#[test]
fn buffers_receive_copies_with_a_zero() {
    let (texts, components) = copies::<u16>("http://username:password@www.winehq.org/site/about?query", 0).unwrap();
    assert_eq!(texts, ["http", "username", "password", "www.winehq.org", "/site/about", "?query"]);
    assert_eq!((components.scheme_number, components.port), (INTERNET_SCHEME_HTTP, 80));
    let (texts, components) = copies::<u32>("HTTPS://\u{1F980}:1?q#f", 0).unwrap();
    assert_eq!(texts, ["HTTPS", "", "", "\u{1F980}", "", "?q#f"]);
    assert_eq!((components.scheme_number, components.port), (INTERNET_SCHEME_HTTPS, 1));
}

/// The lengths are those that Wine's tests saw on Windows.
#[test]
fn a_buffer_that_is_too_small_is_told_how_much_it_needs() {
    let url = units::<u16>("http://username:password@www.winehq.org/site/about?query");
    let mut buffers = Buffers::<u16>::new();
    let mut components = buffers.ask([1, 20, 9, 14, 40, 6]);
    assert_eq!(crack(Vouched::of_a_test(), &url, 0, &mut components), Err(CrackUrlError::InsufficientBuffer));
    assert_eq!(lengths(&components), [5, 8, 8, 15, 11, 7]);
    assert_eq!((components.scheme_number, components.port), (0, 0));
    assert_eq!(buffers.texts(), ["x", "username", "password", "x", "/site/about", "x"]);
}

/// A program tries again with the same structure and a larger buffer: a pointer into the URL would be a buffer then.
#[test]
fn after_a_buffer_that_is_too_small_nothing_points_into_the_url() {
    let url = units::<u16>("http://host/path");
    let mut buffers = Buffers::<u16>::new();
    let mut components = buffers.ask([1, 0, 0, 0, 0, 0]);
    components.url_path_length = 7;
    assert_eq!(crack(Vouched::of_a_test(), &url, 0, &mut components), Err(CrackUrlError::InsufficientBuffer));
    assert!(components.url_path.is_null());
    assert_eq!((components.scheme_length, components.url_path_length), (5, 7));
    assert_eq!(crack(Vouched::of_a_test(), &url, 0, &mut components), Ok(()));
    assert_eq!((buffers.texts()[0].as_str(), components.url_path_length), ("http", 5));
}

fn check_error(url: &str, flags: u32, expected: CrackUrlError) {
    assert_eq!(copies::<u16>(url, flags).map(|(texts, _)| texts), Err(expected), "{url:?}");
    assert_eq!(copies::<u32>(url, flags).map(|(texts, _)| texts), Err(expected), "{url:?}");
    let (url, mut components) = (units::<u16>(url), pointers());
    assert_eq!(crack(Vouched::of_a_test(), &url, flags, &mut components), Err(expected));
    assert_eq!(lengths(&components), [u32::MAX; 6], "nothing is written");
}

#[test]
fn b1_8_5_the_schemes_of_websocket_are_not_known() {
    for url in ["ws://host/", "wss://host/", "WS://host/"] {
        check_error(url, 0, CrackUrlError::UnrecognizedScheme);
    }
}

#[test]
fn no_scheme_and_other_schemes_are_not_known() {
    for url in
        ["", "www", "http", "www.winehq.org", "ftp://h/", "://h/", "//h/", "/a", "httpx://h", " http://h", "h:80"]
    {
        check_error(url, 0, CrackUrlError::UnrecognizedScheme);
    }
}

#[test]
fn a_url_without_a_host_is_none() {
    for url in [
        "HTTP:www.winehq.org",
        "http:/www.winehq.org",
        "http:",
        "http:/",
        "http://",
        "https:///path",
        "http://:80/",
        "http://u:p@/",
        "http://?q",
        "http://#f",
        "http://::1/",
        "http://[::1/",
        "http://[::1]8/",
    ] {
        check_error(url, 0, CrackUrlError::InvalidUrl);
    }
}

/// The page: a port is a number up to 65535, and without one it is that of the scheme.
#[test]
fn ports() {
    for (url, port) in [
        ("http://h", 80),
        ("https://h", 443),
        ("http://h:", 80),
        ("https://h:/", 443),
        ("http://h:0", 0),
        ("http://h:00000000000080", 80),
        ("http://h:443/", 443),
        ("https://h:80?", 80),
        ("http://[::1]:8080/", 8080),
        ("http://u:1@h:65535#", 65535),
    ] {
        assert_eq!(copies::<u16>(url, 0).map(|(_, components)| components.port), Ok(port), "{url}");
    }
    for url in
        ["http://h:65536", "http://h:8o", "http://h:-1", "http://h:+1", "http://h: 1", "http://h:1:1", "http://h:４/"]
    {
        check_error(url, 0, CrackUrlError::InvalidUrl);
    }
}

#[test]
fn a_host_ends_where_the_rfc_says() {
    for (url, host, path, extra) in [
        ("http://h?a/b", "h", "", "?a/b"),
        ("http://h#a?b", "h", "", "#a?b"),
        ("http://[::1]/", "[::1]", "/", ""),
        ("http://[fe80::1%25eth0]:1/a", "[fe80::1%25eth0]", "/a", ""),
        ("http://h:1/a#b?c", "h", "/a", "#b?c"),
        ("http://winehq.o g/path with spaces", "winehq.o g", "/path with spaces", ""),
        // The last sign ends the user: a host before it would be another one than that of a browser.
        ("http://good.example@evil.example/", "evil.example", "/", ""),
        ("http://good.example@x@evil.example/", "evil.example", "/", ""),
    ] {
        let (texts, _) = copies::<u16>(url, 0).unwrap();
        assert_eq!(texts[3..], [host, path, extra], "{url}");
    }
}

#[test]
fn a_zero_ends_the_url() {
    let mut components = pointers();
    let url = units::<u16>("http://host\0evil/path");
    assert_eq!(crack(Vouched::of_a_test(), &url, 0, &mut components), Ok(()));
    assert_eq!(places(&url, &components)[3..], [(Some(7), 4), (Some(11), 0), (Some(11), 0)]);
}

#[test]
fn icu_reject_userpwd_rejects_user_names() {
    for url in ["http://u@h/", "http://u:p@h/", "http://:p@h/", "http://@h/"] {
        check_error(url, ICU_REJECT_USERPWD, CrackUrlError::InvalidUrl);
        assert!(copies::<u16>(url, 0).is_ok());
    }
    assert!(copies::<u16>("http://h/@", ICU_REJECT_USERPWD).is_ok());
}

/// The first URL and its parts are of Wine's tests: the parts are split before they are decoded.
#[test]
fn icu_decode_replaces_escape_sequences_by_characters() {
    let url = "http://username:password@www.winehq.org/site/about%20!%22%23$%25&'()*+,-./:;%3C=%3E?@%5B%5C%5D%5E_%60%7B%7C%7D%7E";
    let (texts, _) = copies::<u16>(url, ICU_DECODE).unwrap();
    assert_eq!(texts[4..], ["/site/about !\"#$%&'()*+,-./:;<=>", "?@[\\]^_`{|}~"]);

    let (texts, _) = copies::<u32>("http://a%40b:c%3ad@h%41/%C3%B6%ff?%2525", ICU_DECODE).unwrap();
    // Each byte is a character: they are not decoded as UTF-8.
    assert_eq!(texts, ["http", "a@b", "c:d", "hA", "/\u{c3}\u{b6}\u{ff}", "?%25"]);
    // What is no sequence stays, and so does the zero, which would end the text.
    let (texts, _) = copies::<u16>("http://h/%zz%4%%41%00?%", ICU_DECODE).unwrap();
    assert_eq!(texts[4..], ["/%zz%4%A%00", "?%"]);
}

#[test]
fn icu_escape_replaces_what_a_request_must_not_contain() {
    let (texts, _) = copies::<u16>("http://h t/a b\"<>\\^`{|}\u{7f}\r\n%20%zz?c d?e#f g#h", ICU_ESCAPE).unwrap();
    let path = "/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D%7F%0D%0A%20%25zz";
    assert_eq!(texts[3..], ["h t", path, "?c%20d?e#f%20g%23h"]);
    let (texts, _) = copies::<u16>("http://h/ö?\u{1F980}", ICU_ESCAPE).unwrap();
    assert_eq!(texts[4..], ["/%C3%B6", "?%F0%9F%A6%80"]);
    // Half a pair of surrogates has no bytes.
    let mut url = units::<u16>("http://h/");
    url[8] = 0xD83E;
    url.splice(8..8, units::<u16>("/a").into_iter().take(2));
    let mut buffers = Buffers::new();
    let mut components = buffers.ask([200; 6]);
    assert_eq!(crack(Vouched::of_a_test(), &url, ICU_ESCAPE, &mut components), Err(CrackUrlError::InvalidParameter));
    assert_eq!(crack(Vouched::of_a_test(), &url, 0, &mut components), Ok(()));
}

/// By Wine's tests, this is what Windows gives for both flags.
#[test]
fn icu_escape_goes_before_icu_decode() {
    let (texts, _) = copies::<u16>("http://winehq.o g/path with spaces", ICU_ESCAPE | ICU_DECODE).unwrap();
    assert_eq!(texts[3..], ["winehq.o g", "/path%20with%20spaces", ""]);
}

#[test]
fn arguments_that_are_refused() {
    let (vouched, url) = (Vouched::of_a_test(), units::<u16>("http://h/a"));
    let refused = Err(CrackUrlError::InvalidParameter);
    for struct_size in [0, 1, super::size::<u16>() - 1, super::size::<u16>() + 1, u32::MAX] {
        assert_eq!(crack(vouched, &url, 0, &mut UrlComponents { struct_size, ..pointers() }), refused);
    }
    // The URL itself is not changed, so there is nothing to point to.
    for flags in [ICU_DECODE, ICU_ESCAPE] {
        let mut components = pointers();
        assert_eq!(crack(vouched, &url, flags, &mut components), refused);
        assert_eq!(lengths(&components), [u32::MAX; 6]);
    }
    // A part that nobody asks for needs no buffer, and neither does one that is not there.
    let mut buffers = Buffers::<u16>::new();
    let mut components = buffers.ask([20, 0, 0, 20, 20, 0]);
    components.password_length = 1;
    assert_eq!(crack(vouched, &url, ICU_DECODE, &mut components), Ok(()));
    // A buffer without any room: Windows has this code, by Wine's tests, and writes nothing.
    let mut components = UrlComponents { scheme_length: 0, ..buffers.ask([20; 6]) };
    assert_eq!(crack(vouched, &url, 0, &mut components), refused);
    assert_eq!(lengths(&components), [0, 20, 20, 20, 20, 20]);
}
