//! Section 3: options. What a handle has, and whether it can be set and read, is the page's, specs/codes/option-flags.md.

mod page;

use std::collections::BTreeSet;

use winws::WinHttp;
use winws_api::Win32Error;
use winws_api::winhttp::{HInternet, WebSocket as _, sys};
use winws_tests_runtime::peer::{Socket, connect};

use self::page::{Entry, KINDS, page};
use super::chain::{Handle, Server, number, query, set};
use super::{
    INCORRECT_TYPE, INSUFFICIENT_BUFFER, INVALID_HANDLE, INVALID_OPTION, INVALID_PARAMETER, OK, OPTION_NOT_SETTABLE, c,
};

/// A type of a value, as the page writes it.
const PROXY_INFO: &str = "a [WINHTTP_PROXY_INFO](../winhttp/ns-winhttp-winhttp_proxy_info.md) structure";

/// The options of the page that the runtime has. All others are unknown to it (12009).
const PRESENT: &[u32] = &[
    sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET,
    sys::WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT,
    sys::WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL,
    sys::WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE,
    sys::WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
    sys::WINHTTP_OPTION_CONTEXT_VALUE,
    sys::WINHTTP_OPTION_HANDLE_TYPE,
    sys::WINHTTP_OPTION_PARENT_HANDLE,
    sys::WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS,
    sys::WINHTTP_OPTION_URL,
    sys::WINHTTP_OPTION_RESOLVE_TIMEOUT,
    sys::WINHTTP_OPTION_CONNECT_TIMEOUT,
    sys::WINHTTP_OPTION_CONNECT_RETRIES,
    sys::WINHTTP_OPTION_SEND_TIMEOUT,
    sys::WINHTTP_OPTION_RECEIVE_TIMEOUT,
    sys::WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT,
    sys::WINHTTP_OPTION_PROXY,
    sys::WINHTTP_OPTION_PROXY_USERNAME,
    sys::WINHTTP_OPTION_PROXY_PASSWORD,
    sys::WINHTTP_OPTION_USERNAME,
    sys::WINHTTP_OPTION_PASSWORD,
    sys::WINHTTP_OPTION_AUTOLOGON_POLICY,
    sys::WINHTTP_OPTION_SECURITY_FLAGS,
    sys::WINHTTP_OPTION_SECURE_PROTOCOLS,
    sys::WINHTTP_OPTION_CLIENT_CERT_CONTEXT,
    sys::WINHTTP_OPTION_ENABLE_FEATURE,
    sys::WINHTTP_OPTION_DISABLE_SECURE_PROTOCOL_FALLBACK,
    sys::WINHTTP_OPTION_USER_AGENT,
    sys::WINHTTP_OPTION_DISABLE_FEATURE,
    sys::WINHTTP_OPTION_REDIRECT_POLICY,
    sys::WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS,
    sys::WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE,
    sys::WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE,
    sys::WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE,
    sys::WINHTTP_OPTION_MAX_CONNS_PER_SERVER,
    sys::WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER,
    sys::WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL,
    sys::WINHTTP_OPTION_HTTP_PROTOCOL_USED,
    sys::WINHTTP_OPTION_REQUEST_PRIORITY,
    sys::WINHTTP_OPTION_UNSAFE_HEADER_PARSING,
    sys::WINHTTP_OPTION_IPV6_FAST_FALLBACK,
    sys::WINHTTP_OPTION_EXPIRE_CONNECTION,
    sys::WINHTTP_OPTION_DISABLE_STREAM_QUEUE,
    sys::WINHTTP_OPTION_ENABLE_HTTP2_PLUS_CLIENT_CERT,
    sys::WINHTTP_OPTION_READ_BUFFER_SIZE,
    sys::WINHTTP_OPTION_WRITE_BUFFER_SIZE,
];

/// A value that the page allows; for numbers, one that differs from the initial one.
fn good_value(entry: &Entry, handles: &[HInternet; 4]) -> Vec<u8> {
    match entry.value {
        "no value" => Vec::new(),
        // WINHTTP_NO_CLIENT_CERT_CONTEXT is NULL.
        "a **CERT_CONTEXT** structure" => Vec::new(),
        "**DWORD_PTR**" => 7_usize.to_ne_bytes().to_vec(),
        "**LPWSTR**" => "a text\0".encode_utf16().flat_map(u16::to_ne_bytes).collect(),
        "**HINTERNET**" => handles[0].into_raw().to_ne_bytes().to_vec(),
        "**DWORD**" | "**BOOL**" => number_of(entry.number).to_ne_bytes().to_vec(),
        // WINHTTP_ACCESS_TYPE_NO_PROXY.
        PROXY_INFO => {
            let mut value = vec![0; size_of::<sys::WINHTTP_PROXY_INFO>()];
            value[..4].copy_from_slice(&1_u32.to_ne_bytes());
            value
        }
        other => panic!("{}: a value of the type {other:?}", entry.name),
    }
}

/// Sets an option, by the C function if its value is a structure of pointers.
fn set_entry(handle: HInternet, entry: &Entry, value: &[u8]) -> Win32Error {
    match entry.value {
        PROXY_INFO => {
            let length = u32::try_from(value.len()).unwrap();
            Win32Error(c::set_option(c::word(handle), entry.number, Some(value), length))
        }
        _ => set(handle, entry.number, value),
    }
}

/// A number that the page lists for an option, or any number.
const fn number_of(option: u32) -> u32 {
    match option {
        sys::WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL => 15_000,
        sys::WINHTTP_OPTION_SECURITY_FLAGS => sys::SECURITY_FLAG_IGNORE_UNKNOWN_CA,
        sys::WINHTTP_OPTION_SECURE_PROTOCOLS => sys::WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2,
        sys::WINHTTP_OPTION_REDIRECT_POLICY => sys::WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS,
        _ => 1,
    }
}

/// Sizes that no value of the type has.
fn wrong_sizes(entry: &Entry) -> &'static [usize] {
    match entry.value {
        "no value" | "a **CERT_CONTEXT** structure" => &[1, 4, 8],
        "**DWORD_PTR**" => &[0, 1, 3, 12],
        "**LPWSTR**" => &[1, 3],
        PROXY_INFO => &[0, 1, 4, 23, 25],
        _ => &[0, 1, 2, 3, 5, 8],
    }
}

/// A handle of each kind, and what keeps them.
fn one_of_each() -> ([HInternet; 4], impl Sized) {
    let server = Server::new();
    let request = server.open("GET", "/");
    let (socket, peer) = connect();
    ([server.session.0, server.connection.0, request.0, socket.0], (server, request, socket, peer))
}

#[test]
fn the_page_is_read() {
    let page = page();
    assert!(page.len() > 100, "{} options", page.len());
    let numbers: BTreeSet<u32> = page.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers.len(), page.len());
    assert!(PRESENT.iter().all(|number| numbers.contains(number)));
    let close_timeout = page.iter().find(|entry| entry.name == "WEB_SOCKET_CLOSE_TIMEOUT").unwrap();
    assert_eq!((close_timeout.number, close_timeout.has), (115, [true, false, true, true]));
    assert!(close_timeout.can_set && !close_timeout.can_query && close_timeout.value == "**DWORD**");
    let type_of = page.iter().find(|entry| entry.name == "HANDLE_TYPE").unwrap();
    assert!(type_of.has == [true; 4] && !type_of.can_set && type_of.can_query);
}

#[test]
fn options_that_are_not_here_and_numbers_that_are_none_are_unknown() {
    let ([session, connection, request, socket], _kept) = one_of_each();
    let absent = page().into_iter().map(|entry| entry.number).filter(|number| !PRESENT.contains(number));
    for option in absent.chain([0, 8, 0x0fff, 0xffff, u32::MAX]) {
        for handle in [session, connection, request, socket] {
            for size in [0, 4, 8] {
                assert_eq!(set(handle, option, &vec![0; size]), INVALID_OPTION, "{option}");
                assert_eq!(query(handle, option, size), Err((INVALID_OPTION, u32::MAX)), "{option}");
            }
        }
        assert_eq!(set(HInternet::NULL, option, &[]), INVALID_HANDLE, "{option}");
    }
}

#[test]
fn options_are_set_as_the_page_says() {
    for entry in page().iter().filter(|entry| PRESENT.contains(&entry.number)) {
        let (handles, _kept) = one_of_each();
        let value = good_value(entry, &handles);
        for (kind, &handle) in handles.iter().enumerate() {
            let (good, wrong) = match (entry.can_set, entry.has[kind]) {
                (false, _) => (OPTION_NOT_SETTABLE, OPTION_NOT_SETTABLE),
                (true, false) => (INCORRECT_TYPE, INCORRECT_TYPE),
                // Only "no certificate" can be set (b8.12).
                (true, true) if entry.name == "CLIENT_CERT_CONTEXT" => (OK, INVALID_OPTION),
                (true, true) => (OK, INVALID_PARAMETER),
            };
            for &size in wrong_sizes(entry) {
                assert_eq!(set_entry(handle, entry, &vec![1; size]), wrong, "{} of a {}", entry.name, KINDS[kind]);
            }
            assert_eq!(set_entry(handle, entry, &value), good, "{} of a {}", entry.name, KINDS[kind]);
        }
    }
}

#[test]
fn options_are_read_as_the_page_says() {
    for entry in page().iter().filter(|entry| PRESENT.contains(&entry.number)) {
        let (handles, _kept) = one_of_each();
        for (kind, &handle) in handles.iter().enumerate() {
            let expected = match (entry.can_query, entry.has[kind]) {
                (false, _) => INVALID_PARAMETER,
                (true, false) => INCORRECT_TYPE,
                (true, true) => INSUFFICIENT_BUFFER,
            };
            let (code, needed) = query(handle, entry.number, 0).unwrap_err();
            assert_eq!(code, expected, "{} of a {}", entry.name, KINDS[kind]);
            if expected != INSUFFICIENT_BUFFER {
                assert_eq!(needed, u32::MAX, "the length is untouched");
                assert_eq!(query(handle, entry.number, 64), Err((expected, u32::MAX)));
                continue;
            }
            let (size, needed) = (needed, usize::try_from(needed).unwrap());
            match entry.value {
                "**DWORD**" | "**BOOL**" => assert_eq!(needed, 4, "{}", entry.name),
                "**DWORD_PTR**" | "**HINTERNET**" => assert_eq!(needed, size_of::<usize>(), "{}", entry.name),
                _ => assert!(needed >= 2 && needed.is_multiple_of(2), "{}", entry.name),
            }
            assert_eq!(query(handle, entry.number, needed - 1), Err((INSUFFICIENT_BUFFER, size)));
            assert_eq!(query(handle, entry.number, needed).unwrap().len(), needed);
            assert_eq!(query(handle, entry.number, needed + 5).unwrap().len(), needed);
        }
    }
}

#[test]
fn numbers_that_are_set_are_read_again() {
    let is_number = |entry: &&Entry| PRESENT.contains(&entry.number) && entry.can_set && entry.can_query;
    for entry in page().iter().filter(is_number).filter(|entry| entry.value == "**DWORD**") {
        let (handles, _kept) = one_of_each();
        let is_free = number_of(entry.number) == 1;
        for (kind, &handle) in handles.iter().enumerate().filter(|&(kind, _)| entry.has[kind]) {
            for value in [number_of(entry.number), 0, 40_000, u32::MAX].into_iter().take(if is_free { 4 } else { 1 }) {
                assert_eq!(set(handle, entry.number, &value.to_ne_bytes()), OK);
                assert_eq!(number(handle, entry.number), Ok(value), "{} of a {}", entry.name, KINDS[kind]);
            }
        }
    }
}

/// b1.8.3 and the page of WinHttpSetOption: requests that are made later inherit, and handles that exist do not change.
#[test]
fn requests_inherit_the_options_of_their_session() {
    let both = |entry: &&Entry| PRESENT.contains(&entry.number) && entry.has == [true, false, true, false];
    let is_number = |entry: &&Entry| entry.can_set && entry.can_query && entry.value == "**DWORD**";
    for entry in page().iter().filter(both).filter(is_number) {
        let server = Server::new();
        let (earlier, value) = (server.open("GET", "/"), number_of(entry.number));
        let initial = earlier.number(entry.number).unwrap();
        assert_ne!(initial, value, "{}", entry.name);
        assert_eq!(server.session.set_number(entry.number, value), OK);
        let later = server.open("GET", "/");
        let of = |handle: &Handle| handle.number(entry.number).unwrap();
        assert_eq!((of(&server.session), of(&earlier), of(&later)), (value, initial, value), "{}", entry.name);
        // A request has its own.
        assert_eq!(later.set_number(entry.number, initial), OK);
        assert_eq!((of(&server.session), of(&later)), (value, initial), "{}", entry.name);
    }
}

#[test]
fn b3_1_upgrade_to_web_socket() {
    let server = Server::new();
    let request = server.open("GET", "/");
    assert_eq!(c::set_option(c::word(request.0), 114, None, 0), 0);
    let (_peer, head) = server.send(&request);
    assert!(head.contains("\r\nUpgrade: websocket\r\n"), "{head}");
}

#[test]
fn b3_2_close_timeout() {
    let ([session, connection, request, socket], _kept) = one_of_each();
    for handle in [session, request, socket] {
        for value in [0_u32, 1, 10_000, u32::MAX] {
            assert_eq!(set(handle, 115, &value.to_ne_bytes()), OK);
        }
        assert_eq!(set(handle, 115, &[0; 8]), INVALID_PARAMETER);
        assert_eq!(query(handle, 115, 4), Err((INVALID_PARAMETER, u32::MAX)));
    }
    assert_eq!(set(connection, 115, &[0; 4]), INCORRECT_TYPE);
}

#[test]
fn b3_3_keep_alive_interval() {
    let ([session, connection, request, socket], _kept) = one_of_each();
    let word = c::word(socket);
    for value in [15_000_u32, 30_000, u32::MAX] {
        // The last error is 0 afterwards, as the wrapper checks.
        assert_eq!(c::set_option(word, 116, Some(&value.to_ne_bytes()), 4), 0);
    }
    for value in [0_u32, 1, 14_999] {
        assert_eq!(c::set_option(word, 116, Some(&value.to_ne_bytes()), 4), 87);
    }
    assert_eq!(c::set_option(word, 116, Some(&[0xff; 8]), 8), 87);
    assert_eq!(c::set_option(word, 116, Some(&[0xff; 2]), 2), 87);
    assert_eq!(c::set_option(word, 116, None, 0), 87);
    for handle in [session, connection, request] {
        assert_eq!(set(handle, 116, &20_000_u32.to_ne_bytes()), INCORRECT_TYPE);
    }
    for handle in [session, request, socket] {
        assert_eq!(query(handle, 116, 4), Err((INVALID_PARAMETER, u32::MAX)));
    }
}

#[test]
fn b3_4_receive_buffer_size() {
    let server = Server::new();
    let earlier = server.open("GET", "/");
    assert_eq!((server.session.number(122), earlier.number(122)), (Ok(32_768), Ok(32_768)));
    assert_eq!(server.session.set_number(122, 65_536), OK);
    let later = server.open("GET", "/");
    assert_eq!((earlier.number(122), later.number(122)), (Ok(32_768), Ok(65_536)));
    assert_eq!(later.set_number(122, 1_000), OK);
    assert_eq!((later.number(122), server.session.number(122)), (Ok(1_000), Ok(65_536)));
    let (socket, _peer) = connect();
    for handle in [server.connection.0, socket.0] {
        assert_eq!(number(handle, 122), Err(INCORRECT_TYPE));
        assert_eq!(set(handle, 122, &[0; 4]), INCORRECT_TYPE);
        assert_eq!(set(handle, 122, &[0; 3]), INCORRECT_TYPE, "the kind of the handle wins over the size");
    }
}

#[test]
fn b3_5_send_buffer_size() {
    const NOT_ENOUGH_MEMORY: Win32Error = Win32Error::ERROR_NOT_ENOUGH_MEMORY;
    let server = Server::new();
    let request = server.open_upgrade();
    assert_eq!(request.number(123), Ok(32_768));
    assert_eq!(request.set_number(123, 15), OK);
    assert_eq!(request.send(), NOT_ENOUGH_MEMORY);
    assert_eq!(c::send_request(c::word(request.0), None, 0, 0), 8);
    assert_eq!(request.set_number(123, 16), OK);
    let (mut peer, head) = server.send(&request);
    assert_eq!(request.set_number(123, 0), OK, "a later change does no harm");
    peer.write(winws_tests_runtime::peer::good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    let socket: Socket = request.complete_upgrade().unwrap();
    for handle in [server.connection.0, socket.0] {
        assert_eq!(number(handle, 123), Err(INCORRECT_TYPE));
        assert_eq!(set(handle, 123, &[0; 4]), INCORRECT_TYPE);
    }
}

#[test]
fn b3_6_context_of_a_socket() {
    let (socket, _peer) = connect();
    let value = (usize::MAX - 1).to_ne_bytes();
    assert_eq!(query(socket.0, 45, 8), Ok(vec![0; size_of::<usize>()]));
    assert_eq!(set(socket.0, 45, &value), OK);
    assert_eq!(query(socket.0, 45, 8), Ok(value.to_vec()));
    // The page of WinHttpWebSocketCompleteUpgrade: its context is that of the new handle.
    let server = Server::new();
    let request = server.open_upgrade();
    assert_eq!(request.set(45, &7_usize.to_ne_bytes()), OK);
    let (mut peer, head) = server.send(&request);
    peer.write(winws_tests_runtime::peer::good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    let socket = Socket(WinHttp::process().web_socket_complete_upgrade(request.0, 9).unwrap());
    assert_eq!(query(socket.0, 45, 8), Ok(9_usize.to_ne_bytes().to_vec()));
    assert_eq!(query(request.0, 45, 8), Ok(7_usize.to_ne_bytes().to_vec()));
}

#[test]
fn b3_7_unload_notify_event() {
    let ([session, connection, request, socket], _kept) = one_of_each();
    for handle in [session, connection, request, socket] {
        assert_eq!(set(handle, 99, &0_usize.to_ne_bytes()), INVALID_OPTION);
        assert_eq!(query(handle, 99, 8), Err((INVALID_OPTION, u32::MAX)));
    }
}

#[test]
fn b3_8_assured_non_blocking_callbacks() {
    let ([session, ..], _kept) = one_of_each();
    for value in [0_u32, 1] {
        assert_eq!(c::set_option(c::word(session), 111, Some(&value.to_ne_bytes()), 4), 0);
    }
}

#[test]
fn arguments_of_c() {
    let ([session, ..], _kept) = one_of_each();
    let (word, option, mut length) = (c::word(session), sys::WINHTTP_OPTION_CONNECT_TIMEOUT, 4);
    assert_eq!(c::query_option(word, option, Some(&mut []), None), 87);
    assert_eq!(c::query_option(word, option, None, None), 87);
    // A NULL buffer has no room, whatever the length says.
    assert_eq!(c::query_option(word, option, None, Some(&mut length)), 122);
    assert_eq!(length, 4);
    length = 2;
    assert_eq!(c::query_option(word, option, Some(&mut [0; 2]), Some(&mut length)), 122);
    assert_eq!(length, 4);
    let mut value = [0; 8];
    length = 8;
    assert_eq!(c::query_option(word, option, Some(&mut value), Some(&mut length)), 0);
    assert_eq!((length, &value[..4]), (4, &60_000_u32.to_ne_bytes()[..]));
    assert_eq!(c::set_option(word, option, None, 4), 87);
    assert_eq!(c::set_option(word, option, None, 0), 87);
}
