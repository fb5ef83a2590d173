//! Sections 1.1 and 1.8, as far as they are about sessions and connections: handles, ports, the Host header, user agents.

use std::net::TcpListener;
use std::ptr;

use winws::WinHttp;
use winws_api::Win32Error;
use winws_api::winhttp::{HInternet, Session as _, WebSocketBufferType, sys};
use winws_tests_runtime::peer::{Peer, connect, frame};

use super::chain::{Handle, Opening, Server, query, session};
use super::{INCORRECT_TYPE, INVALID_HANDLE, INVALID_PARAMETER, OK, c};

#[test]
fn b1_1_2_null_or_bogus_handle() {
    for word in [0, 1, 0x1234_5678, usize::MAX] {
        let bogus = ptr::without_provenance_mut(word);
        winws::ffi::set_last_error(1);
        assert!(c::complete_upgrade(bogus).is_null());
        assert_eq!(winws::ffi::last_error(), 6);
        winws::ffi::set_last_error(1);
        assert_eq!(c::close_handle(bogus), 6);
    }
}

#[test]
fn bogus_handles_of_every_function() {
    for word in [0, 1, usize::MAX] {
        let bogus = ptr::without_provenance_mut(word);
        assert!(c::connect(bogus, Some("h"), 1, 0).is_null());
        assert_eq!(winws::ffi::last_error(), 6);
        assert!(c::open_request(bogus, None, None).is_null());
        assert_eq!(winws::ffi::last_error(), 6);
        assert_eq!(c::add_request_headers(bogus, Some("X: 1"), c::UNKNOWN, sys::WINHTTP_ADDREQ_FLAG_ADD), 6);
        assert_eq!(c::send_request(bogus, None, 0, 0), 6);
        assert_eq!(c::write_data(bogus, None, 0, Some(&mut 0)), 6);
        assert_eq!(c::receive_response(bogus), 6);
        assert_eq!(c::query_data_available(bogus, Some(&mut 0)), 6);
        assert_eq!(c::read_data(bogus, Some(&mut [0]), 1, Some(&mut 0)), 6);
        assert_eq!(c::query_headers(bogus, sys::WINHTTP_QUERY_STATUS_CODE, None, None, Some(&mut 0), None), 6);
        assert_eq!(c::set_option(bogus, sys::WINHTTP_OPTION_CONNECT_TIMEOUT, Some(&[0; 4]), 4), 6);
        assert_eq!(c::query_option(bogus, sys::WINHTTP_OPTION_CONNECT_TIMEOUT, Some(&mut [0; 4]), Some(&mut 4)), 6);
    }
}

#[test]
fn b1_1_4_session_or_connection_handle_given_to_complete_upgrade() {
    let session = session(None).unwrap();
    let connection = session.connect("h", 0).unwrap();
    for handle in [&session, &connection] {
        assert!(c::complete_upgrade(c::word(handle.0)).is_null());
        assert_eq!(winws::ffi::last_error(), 12018);
    }
}

#[test]
fn functions_for_one_kind_of_handle_refuse_the_others() {
    let server = Server::new();
    let (request, (socket, _peer)) = (server.open("GET", "/"), connect());
    let socket_handle = Handle(socket.0);
    for handle in [&server.session, &server.connection, &socket_handle] {
        assert_eq!(handle.send(), INCORRECT_TYPE);
        assert_eq!(handle.write(b""), INCORRECT_TYPE);
        assert_eq!(handle.receive(), INCORRECT_TYPE);
        assert_eq!(handle.available(), Err(INCORRECT_TYPE));
        assert_eq!(handle.read(1), Err(INCORRECT_TYPE));
        assert_eq!(handle.status(), Err(INCORRECT_TYPE));
        assert_eq!(handle.add_headers("X: 1", sys::WINHTTP_ADDREQ_FLAG_ADD), INCORRECT_TYPE);
    }
    for handle in [&server.connection, &request, &socket_handle] {
        assert_eq!(handle.connect("h", 0).unwrap_err(), INCORRECT_TYPE);
    }
    for handle in [&server.session, &request, &socket_handle] {
        assert_eq!(handle.open(Opening::default()).unwrap_err(), INCORRECT_TYPE);
    }
}

#[test]
fn b1_1_5_socket_handle_given_to_functions_of_requests() {
    let (socket, _peer) = connect();
    let word = c::word(socket.0);
    let level = sys::WINHTTP_QUERY_STATUS_CODE;
    assert_eq!(c::query_headers(word, level, None, Some(&mut [0; 16]), Some(&mut 16), None), 12018);
    assert_eq!(c::read_data(word, Some(&mut [0; 16]), 16, Some(&mut 0)), 12018);
}

#[test]
fn b1_1_7_parents_are_closed_first() {
    let server = Server::new();
    let request = server.open_upgrade();
    let (mut peer, head) = server.send(&request);
    assert_eq!((server.connection.close(), server.session.close()), (OK, OK));
    assert_eq!((server.connection.close(), server.session.close()), (INVALID_HANDLE, INVALID_HANDLE));
    peer.write(winws_tests_runtime::peer::good_answer(&head, "").as_bytes());
    assert_eq!(request.receive(), OK);
    let socket = request.complete_upgrade().unwrap();
    assert_eq!(request.close(), OK);
    peer.write(&frame(0x81, b"hi"));
    assert_eq!(socket.receive(8), Ok((WebSocketBufferType::Utf8Message, b"hi".to_vec())));
    assert_eq!(socket.send(WebSocketBufferType::Utf8Message, b"ho"), OK);
    assert_eq!(peer.read_frame(), (0x81, b"ho".to_vec()));
}

#[test]
fn b1_1_9_upgrade_option_of_a_session_or_a_connection() {
    let session = session(None).unwrap();
    let connection = session.connect("h", 0).unwrap();
    for handle in [&session, &connection] {
        assert_eq!(handle.set(sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, &[]), INCORRECT_TYPE);
        assert_eq!(c::set_option(c::word(handle.0), sys::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, None, 0), 12018);
    }
}

#[test]
fn last_errors_from_open_to_close_handle() {
    const DIRECT: u32 = sys::WINHTTP_ACCESS_TYPE_NO_PROXY;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let last = winws::ffi::last_error;
    for (agent, access, flags) in [(Some("a\r\nb"), DIRECT, 0), (None, 77, 0), (None, DIRECT, 1)] {
        assert!(c::open(agent, access, flags).is_null());
        assert_eq!(last(), 87);
    }
    let session = c::open(None, DIRECT, 0);
    assert!(!session.is_null() && last() == 0);
    assert!(c::connect(session, None, port, 0).is_null() && last() == 87);
    assert!(c::connect(session, Some("127.0.0.1"), port, 1).is_null() && last() == 87);
    assert!(c::connect(session, Some("http://h"), port, 0).is_null() && last() != 0);
    let connection = c::connect(session, Some("127.0.0.1"), port, 0);
    assert!(!connection.is_null() && last() == 0);
    assert!(c::open_request(connection, Some("G T"), None).is_null() && last() == 87);
    let request = c::open_request(connection, None, None);
    assert!(!request.is_null() && last() == 0);
    assert_eq!(c::receive_response(request), 12019);
    assert_eq!(c::send_request(request, None, 0, 0), 0);
    let mut peer = Peer::accept(&listener);
    assert!(peer.read_head().starts_with("GET / HTTP/1.1\r\n"));
    peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    assert_eq!(c::receive_response(request), 0);
    let (mut available, mut read, mut body) = (0, 0, [0; 8]);
    assert_eq!((c::query_data_available(request, Some(&mut available)), available), (0, 2));
    assert_eq!((c::read_data(request, Some(&mut body), 8, Some(&mut read)), read), (0, 2));
    assert_eq!(&body[..2], b"hi");
    read = 7;
    assert_eq!((c::read_data(request, Some(&mut body), 8, Some(&mut read)), read), (0, 0));
    for handle in [session, connection, request] {
        assert_eq!(c::close_handle(handle), 0);
        assert_eq!(c::close_handle(handle), 6);
    }
}

/// The URL that a request would ask, as the page of options gives it.
fn url(port: u16, flags: u32) -> String {
    let session = session(None).unwrap();
    let request = session.connect("example.com", port).unwrap().open(Opening { flags, ..Opening::default() }).unwrap();
    request.text(sys::WINHTTP_OPTION_URL)
}

#[test]
fn b1_8_10_port_0_is_the_default_port() {
    const SECURE: u32 = sys::WINHTTP_FLAG_SECURE;
    for (default, other, flags, scheme) in [(80, 443, 0, "http"), (443, 80, SECURE, "https")] {
        // Both name the same port, and another one would stand there.
        assert_eq!(url(0, flags), format!("{scheme}://example.com/"));
        assert_eq!(url(default, flags), format!("{scheme}://example.com/"));
        assert_eq!(url(other, flags), format!("{scheme}://example.com:{other}/"));
    }
    // On the wire, where a program may listen there.
    if let Ok(listener) = TcpListener::bind("127.0.0.80:80") {
        let request = session(None).unwrap().connect("127.0.0.80", 0).unwrap().open(Opening::default()).unwrap();
        assert_eq!(request.send(), OK);
        let head = Peer::accept(&listener).read_head();
        assert!(head.contains("\r\nHost: 127.0.0.80\r\n"), "{head}");
    }
}

#[test]
fn b1_8_11_default_port_is_not_in_the_host_header() {
    let session = session(None).unwrap();
    let host = |host: &str, port, flags| {
        let request = session.connect(host, port).unwrap().open(Opening { flags, ..Opening::default() }).unwrap();
        request.own("Host").unwrap()
    };
    assert_eq!(host("h", 80, 0), "h");
    assert_eq!(host("h", 0, 0), "h");
    assert_eq!(host("h", 8080, 0), "h:8080");
    assert_eq!(host("h", 443, 0), "h:443");
    assert_eq!(host("h", 443, sys::WINHTTP_FLAG_SECURE), "h");
    assert_eq!(host("h", 80, sys::WINHTTP_FLAG_SECURE), "h:80");
    for literal in ["::1", "[::1]", "0:0:0:0:0:0:0:1"] {
        assert_eq!(host(literal, 80, 0), "[::1]");
        assert_eq!(host(literal, 8080, 0), "[::1]:8080");
    }
}

#[test]
fn the_host_header_on_the_wire_has_the_port_or_what_the_program_says() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connection = session(None).unwrap().connect("::1", port).unwrap();
    let head = |host: Option<&str>| {
        let request = connection.open(Opening::default()).unwrap();
        if let Some(host) = host {
            assert_eq!(request.add_headers(&format!("Host: {host}"), sys::WINHTTP_ADDREQ_FLAG_ADD), OK);
        }
        assert_eq!(request.send(), OK);
        Peer::accept(&listener).read_head()
    };
    assert!(head(None).starts_with(&format!("GET / HTTP/1.1\r\nHost: [::1]:{port}\r\n")));
    let own = head(Some("other"));
    assert_eq!(own.matches("Host: ").count(), 1);
    assert!(own.contains("\r\nHost: other\r\n"), "{own}");
    // The Rust API reads a URL, in which a port may have zeros in front.
    let asking = std::thread::spawn(move || winws::get(&format!("http://[::1]:000{port}/")).map(drop));
    let mut peer = Peer::accept(&listener);
    let head = peer.read_head();
    assert!(head.contains(&format!("\r\nHost: [::1]:{port}\r\n")), "{head}");
    peer.write(b"HTTP/1.1 204 No Content\r\n\r\n");
    asking.join().unwrap().unwrap();
}

#[test]
fn the_user_agent_is_that_of_the_session_or_of_the_request() {
    let with_agent = |agent| session(agent).unwrap().connect("h", 0).unwrap().open(Opening::default()).unwrap();
    assert_eq!(with_agent(Some("agent/1.0")).own("User-Agent"), Ok("agent/1.0".to_owned()));
    // The page of WinHttpOpen: without a name, or with an empty one, there is no such header.
    for agent in [None, Some("")] {
        assert_eq!(with_agent(agent).own("User-Agent"), Err(super::HEADER_NOT_FOUND));
    }
    let request = with_agent(Some("agent/1.0"));
    let replace = sys::WINHTTP_ADDREQ_FLAG_REPLACE | sys::WINHTTP_ADDREQ_FLAG_ADD;
    assert_eq!(request.add_headers("User-Agent: other", replace), OK);
    assert_eq!(request.own("User-Agent"), Ok("other".to_owned()));
    for agent in ["a\r\nX: y", "a\nb", "a\0b"] {
        assert_eq!(session(Some(agent)).unwrap_err(), INVALID_PARAMETER, "{agent:?}");
    }
    let server = Server::new();
    let units = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_ne_bytes).collect::<Vec<u8>>();
    assert_eq!(server.session.set(sys::WINHTTP_OPTION_USER_AGENT, &units("later/2")), OK);
    assert_eq!(server.session.set(sys::WINHTTP_OPTION_USER_AGENT, &units("a\r\nX: y")), INVALID_PARAMETER);
    assert_eq!(server.session.text(sys::WINHTTP_OPTION_USER_AGENT), "later/2");
    let (_peer, head) = server.send(&server.open("GET", "/"));
    assert!(head.contains("\r\nUser-Agent: later/2\r\n"), "{head}");
}

#[test]
fn kinds_and_parents_of_handles() {
    let server = Server::new();
    let request = server.open("GET", "/");
    let kinds = [(&server.session, 1), (&server.connection, 2), (&request, 3)];
    for (handle, kind) in kinds {
        assert_eq!(handle.number(sys::WINHTTP_OPTION_HANDLE_TYPE), Ok(kind));
    }
    let parent = |handle: &Handle| {
        let value = query(handle.0, sys::WINHTTP_OPTION_PARENT_HANDLE, size_of::<usize>()).unwrap();
        HInternet::from_raw(usize::from_ne_bytes(value.try_into().unwrap()))
    };
    assert_eq!(parent(&request), server.connection.0);
    assert_eq!(parent(&server.connection), server.session.0);
    // A session was made from no handle.
    assert_eq!(parent(&server.session), HInternet::NULL);
}

#[test]
fn hosts_that_are_none_are_refused() {
    let session = session(None).unwrap();
    for host in ["", "a b", "h\r\nX: y", "h/path", "h:80", "[::1", "http://h"] {
        // The page of WinHttpConnect: the name cannot be part of a URL.
        assert_eq!(session.connect(host, 80).unwrap_err(), Win32Error::ERROR_WINHTTP_INVALID_URL, "{host:?}");
    }
}

#[test]
fn b9_15_flags_other_than_that_of_asynchronous_mode_are_refused() {
    let open = |flags| WinHttp::process().open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, flags);
    for flags in [sys::WINHTTP_FLAG_SECURE_DEFAULTS, 1, 1 | sys::WINHTTP_FLAG_ASYNC] {
        assert_eq!(open(flags).map_err(Win32Error::from), Err(INVALID_PARAMETER));
    }
    assert_eq!(WinHttp::process().close_handle(open(sys::WINHTTP_FLAG_ASYNC).unwrap()), Ok(()));
}
