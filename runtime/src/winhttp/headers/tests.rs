//! The rows of WinHttpQueryHeaders and WinHttpAddRequestHeaders. The expectations are those of their pages.

use winws_api::Win32Error;
use winws_api::winhttp::{AddRequestHeadersError, QueryHeadersError};

use super::*;
use crate::protocol::http::{FieldError, Fields, ResponseReader};
use crate::winhttp::codes::BadHandle;

const HEAD: &str = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4294967296\r\nWarning:one\r\n\
                    X-Fold: a\r\n  b\r\nwarning: two\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nAge: 7\r\nEmpty:\r\n\r\n";

fn response(head: &[u8]) -> Response {
    let mut reader = ResponseReader::new();
    assert_eq!(reader.receive_bytes(head), Ok(head.len()));
    reader.poll_response().expect("a whole head")
}

fn request() -> RequestHead {
    let mut request = RequestHead::new("POST", "/a", 1, "host").unwrap();
    request.fields.change("Warning: mine\r\nA: b", Modifiers::default()).unwrap();
    request
}

/// What a call answers: the code, the length, and the bytes that were written, of 0xee before.
struct Answer {
    code: u32,
    length: u32,
    buffer: Vec<u8>,
    index: u32,
}

fn ask<W: WideChar>(heads: &Heads<'_>, info_level: u32, name: Option<&str>, room: usize, index: Option<u32>) -> Answer {
    let mut answer = Answer {
        code: 0,
        length: u32::try_from(room).unwrap(),
        buffer: vec![0xee; room],
        index: index.unwrap_or(0xeeee),
    };
    let index = index.is_some().then_some(&mut answer.index);
    let asked = Question::new(info_level, name)
        .map_err(QueryHeadersError::from)
        .and_then(|question| Ok(question.answer::<W>(heads, &mut answer.buffer, &mut answer.length, index)?));
    answer.code = asked.err().map_or(0, |error| Win32Error::from(error).0);
    answer
}

fn with_heads<R>(head: &str, look: impl FnOnce(&Heads<'_>) -> R) -> R {
    let (request, response) = (request(), response(head.as_bytes()));
    look(&Heads { request: &request, response: Some(&response), trailers: None })
}

fn units16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_ne_bytes).collect()
}

fn units32(text: &str) -> Vec<u8> {
    text.chars().flat_map(|char| u32::from(char).to_ne_bytes()).collect()
}

/// Checks a text in both widths: what is written, which length it has, and what a buffer needs that is one byte short.
fn check_text(heads: &Heads<'_>, info_level: u32, name: Option<&str>, expected: &str) {
    check_units::<u16>(heads, info_level, name, &units16(expected), 2);
    check_units::<u32>(heads, info_level, name, &units32(expected), 4);
}

fn check_units<W: WideChar>(heads: &Heads<'_>, info_level: u32, name: Option<&str>, expected: &[u8], zero: usize) {
    let needed = expected.len() + zero;
    for room in [needed, needed + 3] {
        let answer = ask::<W>(heads, info_level, name, room, None);
        assert_eq!(answer.code, 0, "{info_level:#x}");
        assert_eq!(answer.buffer[..needed], [expected, &vec![0; zero]].concat(), "{info_level:#x}");
        assert_eq!(usize::try_from(answer.length), Ok(expected.len()), "{info_level:#x}");
        assert!(answer.buffer[needed..].iter().all(|&byte| byte == 0xee), "{info_level:#x}");
    }
    for room in [0, 1, needed - 1] {
        let answer = ask::<W>(heads, info_level, name, room, Some(0));
        assert_eq!((answer.code, usize::try_from(answer.length)), (122, Ok(needed)), "{info_level:#x}");
        assert!(answer.buffer.iter().all(|&byte| byte == 0xee) && answer.index == 0, "{info_level:#x}");
    }
}

fn check_code(heads: &Heads<'_>, info_level: u32, name: Option<&str>, code: u32) {
    let answer = ask::<u16>(heads, info_level, name, 100, Some(0));
    assert_eq!((answer.code, answer.length, answer.index), (code, 100, 0), "{info_level:#x} {name:?}");
    assert!(answer.buffer.iter().all(|&byte| byte == 0xee), "{info_level:#x}");
}

fn check_number(heads: &Heads<'_>, info_level: u32, expected: &[u8]) {
    let answer = ask::<u32>(heads, info_level, None, 20, None);
    assert_eq!((answer.code, usize::try_from(answer.length)), (0, Ok(expected.len())), "{info_level:#x}");
    assert_eq!(answer.buffer[..expected.len()], *expected, "{info_level:#x}");
    let answer = ask::<u16>(heads, info_level, None, expected.len() - 1, None);
    assert_eq!((answer.code, usize::try_from(answer.length)), (122, Ok(expected.len())), "{info_level:#x}");
}

#[test]
fn b9_4_the_status_as_text_and_as_a_number() {
    with_heads(HEAD, |heads| {
        check_text(heads, sys::WINHTTP_QUERY_STATUS_CODE, None, "404");
        check_number(heads, sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER, &404_u32.to_ne_bytes());
        check_number(heads, sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER64, &404_u64.to_ne_bytes());
        check_text(heads, sys::WINHTTP_QUERY_STATUS_TEXT, None, "Not Found");
        check_text(heads, sys::WINHTTP_QUERY_VERSION, None, "HTTP/1.1");
        check_text(heads, sys::WINHTTP_QUERY_REQUEST_METHOD, None, "POST");
    });
    with_heads("HTTP/1.0 200\r\n\r\n", |heads| {
        check_text(heads, sys::WINHTTP_QUERY_STATUS_TEXT, None, "");
        check_text(heads, sys::WINHTTP_QUERY_VERSION, None, "HTTP/1.0");
    });
}

/// The lengths are those of Wine's tests, which were run on Windows: the last of two zeros does not count.
#[test]
fn b9_4_whole_heads() {
    let lines = HEAD.replace("\r\n  b", " b");
    with_heads(HEAD, |heads| {
        check_text(heads, sys::WINHTTP_QUERY_RAW_HEADERS_CRLF, None, &lines);
        let zeros = lines.replace("\r\n", "\0");
        check_text(heads, sys::WINHTTP_QUERY_RAW_HEADERS, None, zeros.strip_suffix('\0').unwrap());
        let own = sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS;
        check_text(
            heads,
            own | sys::WINHTTP_QUERY_RAW_HEADERS_CRLF,
            None,
            "POST /a HTTP/1.1\r\nHost: host\r\nWarning: mine\r\nA: b\r\n\r\n",
        );
        check_text(
            heads,
            own | sys::WINHTTP_QUERY_RAW_HEADERS,
            None,
            "POST /a HTTP/1.1\0Host: host\0Warning: mine\0A: b\0",
        );
    });
    with_heads("HTTP/1.1 200 OK\n\n", |heads| {
        check_text(heads, sys::WINHTTP_QUERY_RAW_HEADERS_CRLF, None, "HTTP/1.1 200 OK\r\n\r\n");
        check_text(heads, sys::WINHTTP_QUERY_RAW_HEADERS, None, "HTTP/1.1 200 OK\0");
    });
}

#[test]
fn b9_4_headers_with_numbers_and_with_names() {
    with_heads(HEAD, |heads| {
        check_text(heads, sys::WINHTTP_QUERY_CONTENT_TYPE, None, "text/plain");
        check_text(heads, sys::WINHTTP_QUERY_CONTENT_LENGTH, None, "4294967296");
        check_text(heads, sys::WINHTTP_QUERY_CUSTOM, Some("content-TYPE"), "text/plain");
        check_text(heads, sys::WINHTTP_QUERY_CUSTOM, Some("x-fold"), "a b");
        check_text(heads, sys::WINHTTP_QUERY_CUSTOM, Some("Empty"), "");
        // A name matters to no other attribute.
        check_text(heads, sys::WINHTTP_QUERY_AGE, Some("Empty"), "7");
    });
}

/// The page of the flags lists each of them.
#[test]
fn b9_4_every_header_of_the_page() {
    let page = include_str!("../../../../specs/codes/query-info-flags.md");
    let mut count = 0;
    for section in page.split("\n### ").skip(1) {
        let (title, text) = section.split_once("\n\n").unwrap();
        let number = title.split_once('(').unwrap().1.trim_end_matches(')');
        let Some(name) = text.strip_prefix("The header ") else { continue };
        // That of the custom header is an argument.
        let Some(name) = name.split('.').next().filter(|name| !name.contains(' ')) else { continue };
        with_heads(&format!("HTTP/1.1 200 OK\r\n{name}: it\r\n\r\n"), |heads| {
            check_text(heads, number.parse().unwrap(), None, "it");
        });
        count += 1;
    }
    assert_eq!(count, page.matches("\nThe header ").count() - 1);
}

#[test]
fn b9_4_the_index_goes_in_and_out() {
    with_heads(HEAD, |heads| {
        for info_level in [sys::WINHTTP_QUERY_WARNING, sys::WINHTTP_QUERY_CUSTOM] {
            for (index, expected) in [(0, "one"), (1, "two")] {
                let answer = ask::<u16>(heads, info_level, Some("Warning"), 100, Some(index));
                assert_eq!((answer.code, answer.index), (0, index + 1));
                assert_eq!(answer.buffer[..6], units16(expected));
            }
            for index in [2, u32::MAX] {
                let answer = ask::<u16>(heads, info_level, Some("Warning"), 100, Some(index));
                assert_eq!((answer.code, answer.index), (12150, index));
            }
        }
        // A whole head has no index.
        let answer = ask::<u16>(heads, sys::WINHTTP_QUERY_RAW_HEADERS, None, 1000, Some(5));
        assert_eq!((answer.code, answer.index), (0, 5));
    });
}

#[test]
fn b9_4_numbers_and_times() {
    with_heads(HEAD, |heads| {
        check_number(heads, sys::WINHTTP_QUERY_AGE | sys::WINHTTP_QUERY_FLAG_NUMBER, &7_u32.to_ne_bytes());
        check_number(
            heads,
            sys::WINHTTP_QUERY_CONTENT_LENGTH | sys::WINHTTP_QUERY_FLAG_NUMBER64,
            &(1_u64 << 32).to_ne_bytes(),
        );
        let time: Vec<u8> = [1994_u16, 11, 0, 6, 8, 49, 37, 0].into_iter().flat_map(u16::to_ne_bytes).collect();
        check_number(heads, sys::WINHTTP_QUERY_DATE | sys::WINHTTP_QUERY_FLAG_SYSTEMTIME, &time);
        // Too large for a DWORD, no number, and no time.
        for info_level in [
            sys::WINHTTP_QUERY_CONTENT_LENGTH | sys::WINHTTP_QUERY_FLAG_NUMBER,
            sys::WINHTTP_QUERY_CONTENT_TYPE | sys::WINHTTP_QUERY_FLAG_NUMBER,
            sys::WINHTTP_QUERY_STATUS_TEXT | sys::WINHTTP_QUERY_FLAG_NUMBER64,
            sys::WINHTTP_QUERY_RAW_HEADERS | sys::WINHTTP_QUERY_FLAG_NUMBER,
            sys::WINHTTP_QUERY_AGE | sys::WINHTTP_QUERY_FLAG_SYSTEMTIME,
        ] {
            check_code(heads, info_level, None, 87);
        }
    });
}

#[test]
fn b9_4_what_is_missing() {
    with_heads(HEAD, |heads| {
        check_code(heads, sys::WINHTTP_QUERY_LOCATION, None, 12150);
        check_code(heads, sys::WINHTTP_QUERY_CUSTOM, Some("X-Missing"), 12150);
        check_code(heads, sys::WINHTTP_QUERY_CUSTOM, Some(""), 12150);
        check_code(heads, sys::WINHTTP_QUERY_CONTENT_TYPE | sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS, None, 12150);
        check_code(heads, sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS, None, 12150);
        check_code(heads, sys::WINHTTP_QUERY_WARNING | sys::WINHTTP_QUERY_FLAG_TRAILERS, None, 12150);
    });
}

#[test]
fn b9_4_arguments() {
    with_heads(HEAD, |heads| {
        let several = sys::WINHTTP_QUERY_FLAG_NUMBER | sys::WINHTTP_QUERY_FLAG_SYSTEMTIME;
        let places = sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS | sys::WINHTTP_QUERY_FLAG_TRAILERS;
        for info_level in [71, 74, sys::WINHTTP_QUERY_MAX + 1, 65534, 0x0001_0000, several | 5, places | 5] {
            check_code(heads, info_level, None, 87);
        }
        check_code(heads, sys::WINHTTP_QUERY_CUSTOM, None, 87);
    });
}

#[test]
fn b9_4_before_the_response() {
    let request = request();
    let heads = Heads { request: &request, response: None, trailers: None };
    for info_level in [sys::WINHTTP_QUERY_STATUS_CODE, sys::WINHTTP_QUERY_RAW_HEADERS, sys::WINHTTP_QUERY_AGE] {
        check_code(&heads, info_level, None, 12019);
        check_code(&heads, info_level | sys::WINHTTP_QUERY_FLAG_TRAILERS, None, 12019);
    }
    check_text(&heads, sys::WINHTTP_QUERY_WARNING | sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS, None, "mine");
    check_text(&heads, sys::WINHTTP_QUERY_HOST | sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS, None, "host");
    check_text(&heads, sys::WINHTTP_QUERY_VERSION | sys::WINHTTP_QUERY_FLAG_REQUEST_HEADERS, None, "HTTP/1.1");
    check_text(&heads, sys::WINHTTP_QUERY_REQUEST_METHOD, None, "POST");
    assert_eq!(Win32Error::from(QueryHeadersError::from(BadHandle::Stale)).0, 6);
    assert_eq!(Win32Error::from(QueryHeadersError::from(BadHandle::WrongType)).0, 12018);
}

#[test]
fn b9_4_trailers() {
    let (request, response) = (request(), response(HEAD.as_bytes()));
    let trailers = [("Warning", "late"), ("X", "y")].into_iter().collect::<Headers>();
    let heads = Heads { request: &request, response: Some(&response), trailers: Some(&trailers) };
    check_text(&heads, sys::WINHTTP_QUERY_WARNING | sys::WINHTTP_QUERY_FLAG_TRAILERS, None, "late");
    check_text(
        &heads,
        sys::WINHTTP_QUERY_RAW_HEADERS | sys::WINHTTP_QUERY_FLAG_TRAILERS,
        None,
        "Warning: late\0X: y\0",
    );
    check_text(&heads, sys::WINHTTP_QUERY_WARNING, None, "one");
}

/// Values may have bytes beyond ASCII (RFC 9110 section 5.5), in UTF-8 or in ISO 8859-1.
#[test]
fn b9_4_bytes_beyond_ascii() {
    let head = [&b"HTTP/1.1 200 OK\r\nA: \xc3\xa4 \xf0\x9f\xa6\x80\r\nB: \xe4\r\n\r\n"[..]].concat();
    let (request, response) = (request(), response(&head));
    let heads = Heads { request: &request, response: Some(&response), trailers: None };
    check_text(&heads, sys::WINHTTP_QUERY_CUSTOM, Some("A"), "\u{e4} \u{1f980}");
    check_text(&heads, sys::WINHTTP_QUERY_CUSTOM, Some("B"), "\u{e4}");
    check_text(&heads, sys::WINHTTP_QUERY_RAW_HEADERS, None, "HTTP/1.1 200 OK\0A: \u{e4} \u{1f980}\0B: \u{e4}\0");
    let wire = sys::WINHTTP_QUERY_CUSTOM | sys::WINHTTP_QUERY_FLAG_WIRE_ENCODING;
    check_units::<u16>(&heads, wire, Some("B"), b"\xe4", 1);
    check_units::<u32>(&heads, wire, Some("A"), b"\xc3\xa4 \xf0\x9f\xa6\x80", 1);
}

/// The numbers are those of the table on the page.
#[test]
fn b9_3_modifiers_have_the_numbers_of_the_page() {
    let none = Modifiers::default();
    for (bits, expected) in [
        (0x2000_0000, Modifiers { add: true, ..none }),
        (0x1000_0000, Modifiers { add_if_new: true, ..none }),
        (0x4000_0000, Modifiers { coalesce: Some(Separator::Comma), ..none }),
        (0x0100_0000, Modifiers { coalesce: Some(Separator::Semicolon), ..none }),
        (0x8000_0002, Modifiers { replace: true, index: 2, ..none }),
        (0xa000_0000, Modifiers { replace: true, add: true, ..none }),
        (0, none),
    ] {
        assert_eq!(modifiers(bits), expected, "{bits:#x}");
    }
}

#[test]
fn b9_3_codes() {
    let mut fields = Fields::new();
    for (headers, bits, code) in [
        ("", 0x2000_0000, 87),
        ("A b", 0x2000_0000, 87),
        ("A: b", 0x8000_0000, 12150),
        ("A: b", 0x1000_0000, 0),
        ("A: c", 0x1000_0000, 12155),
        ("A:", 0x8000_0000, 0),
        ("A: b", 0x8000_0000, 12150),
    ] {
        let changed = fields.change(headers, modifiers(bits)).map_err(AddRequestHeadersError::from);
        assert_eq!(changed.err().map_or(0, |error| Win32Error::from(error).0), code, "{headers:?} {bits:#x}");
    }
    assert_eq!(Win32Error::from(AddRequestHeadersError::from(FieldError::TooLarge)).0, 8);
    assert_eq!(Win32Error::from(AddRequestHeadersError::from(BadHandle::Stale)).0, 6);
    assert_eq!(Win32Error::from(AddRequestHeadersError::from(BadHandle::WrongType)).0, 12018);
}
