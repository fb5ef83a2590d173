//! Basic credentials: b9.7 as far as servers go.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::ptr;
use std::thread::{self, JoinHandle};

use winws::WinHttp;
use winws_api::winhttp::{HInternet, Request, Session, sys};
use winws_api::{KeptBuffer, Win32Error};
use winws_tests_runtime::peer::code;

/// The example of RFC 7617 section 2.
const AUTHORIZATION: &str = "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n";
const CHALLENGE: &str =
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate, Basic realm=\"a, b\"\r\nContent-Length: 0\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// A server that gives these answers, each on a connection of its own, and then the requests that it has seen.
fn serve(answers: &'static [&str]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let serve = |answer: &&str| {
            let (mut peer, mut head) = (listener.accept().unwrap().0, Vec::new());
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                peer.read_exact(&mut byte).unwrap();
                head.extend(byte);
            }
            peer.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(head).unwrap()
        };
        answers.iter().map(serve).collect()
    });
    (port, server)
}

fn open(port: u16) -> HInternet {
    let winhttp = WinHttp::process();
    let session = winhttp.open(None, sys::WINHTTP_ACCESS_TYPE_NO_PROXY, None, None, 0).unwrap();
    let connection = winhttp.connect(session, "127.0.0.1", port, 0).unwrap();
    let request = winhttp.open_request(connection, None, Some("/"), None, None, &[], 0).unwrap();
    winhttp.close_handle(connection).unwrap();
    winhttp.close_handle(session).unwrap();
    request
}

fn set(request: HInternet, target: u32, scheme: u32, user: Option<&str>, password: Option<&str>) -> Win32Error {
    code(WinHttp::process().set_credentials(request, target, scheme, user, password, ptr::null_mut()))
}

fn set_basic(request: HInternet) {
    let set = set(request, 0, sys::WINHTTP_AUTH_SCHEME_BASIC, Some("Aladdin"), Some("open sesame"));
    assert_eq!(set, Win32Error::NO_ERROR);
}

fn exchange(request: HInternet) -> u32 {
    let winhttp = WinHttp::process();
    Request::send_request(winhttp, request, None, KeptBuffer::EMPTY, 0, 0).unwrap();
    Request::receive_response(winhttp, request, ptr::null_mut()).unwrap();
    let (mut status, mut length) = ([0; 4], 4);
    let level = sys::WINHTTP_QUERY_STATUS_CODE | sys::WINHTTP_QUERY_FLAG_NUMBER;
    winhttp.query_headers::<u16>(request, level, None, &mut status, &mut length, None).unwrap();
    u32::from_ne_bytes(status)
}

#[test]
fn b9_7_a_challenge_is_answered_once_and_later_requests_answer_it_at_once() {
    let (port, server) = serve(&[CHALLENGE, OK, OK]);
    let request = open(port);
    set_basic(request);
    assert_eq!((exchange(request), exchange(request)), (200, 200));
    let heads = server.join().unwrap();
    let has: Vec<bool> = heads.iter().map(|head| head.contains(AUTHORIZATION)).collect();
    assert_eq!(has, [false, true, true], "{heads:?}");
}

#[test]
fn credentials_that_are_refused_are_not_sent_again_and_again() {
    let (port, server) = serve(&[CHALLENGE, CHALLENGE]);
    let request = open(port);
    set_basic(request);
    assert_eq!(exchange(request), 401);
    server.join().unwrap();
}

#[test]
fn a_program_may_look_at_the_schemes_first() {
    let (port, server) = serve(&[CHALLENGE, CHALLENGE, OK]);
    let (winhttp, request) = (WinHttp::process(), open(port));
    assert_eq!(code(winhttp.query_auth_schemes(request).map(drop)), Win32Error::ERROR_WINHTTP_INCORRECT_HANDLE_STATE);
    assert_eq!(exchange(request), 401);
    let schemes = winhttp.query_auth_schemes(request).unwrap();
    let both = sys::WINHTTP_AUTH_SCHEME_NEGOTIATE | sys::WINHTTP_AUTH_SCHEME_BASIC;
    let expected = (both, sys::WINHTTP_AUTH_SCHEME_NEGOTIATE, sys::WINHTTP_AUTH_TARGET_SERVER);
    assert_eq!((schemes.supported_schemes, schemes.first_scheme, schemes.auth_target), expected);
    set_basic(request);
    assert_eq!(exchange(request), 200);
    assert_eq!(code(winhttp.query_auth_schemes(request).map(drop)), Win32Error::ERROR_INVALID_OPERATION);
    server.join().unwrap();
}

#[test]
fn the_option_that_disables_authentication_hands_the_challenge_to_the_program() {
    let (port, server) = serve(&[CHALLENGE]);
    let request = open(port);
    set_basic(request);
    let disable = sys::WINHTTP_DISABLE_AUTHENTICATION.to_ne_bytes();
    WinHttp::process().set_option::<u16>(request, sys::WINHTTP_OPTION_DISABLE_FEATURE, &disable).unwrap();
    assert_eq!(exchange(request), 401);
    server.join().unwrap();
}

#[test]
fn credentials_do_not_follow_a_redirect_to_another_origin() {
    let (there, server) = serve(&[CHALLENGE]);
    let redirect = format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{there}/\r\nContent-Length: 0\r\n\r\n");
    let (here, redirecting) = serve(Box::leak(Box::new([CHALLENGE, Box::leak(redirect.into_boxed_str())])));
    let request = open(here);
    set_basic(request);
    assert_eq!(exchange(request), 401);
    assert!(redirecting.join().unwrap()[1].contains(AUTHORIZATION));
    assert!(!server.join().unwrap()[0].contains("Authorization"));
}

#[test]
fn a_body_that_went_out_in_pieces_cannot_be_sent_again() {
    let (port, server) = serve(&[CHALLENGE]);
    let (winhttp, request) = (WinHttp::process(), open(port));
    set_basic(request);
    Request::send_request(winhttp, request, None, KeptBuffer::EMPTY, 2, 0).unwrap();
    let mut written = 0;
    winhttp.write_data(request, KeptBuffer::from_static(b"hi"), Some(&mut written)).unwrap();
    let received = Request::receive_response(winhttp, request, ptr::null_mut());
    assert_eq!(code(received), Win32Error::ERROR_WINHTTP_RESEND_REQUEST);
    server.join().unwrap();
}

#[test]
fn other_schemes_and_bad_credentials_are_invalid_parameters() {
    let request = open(80);
    let basic = sys::WINHTTP_AUTH_SCHEME_BASIC;
    for (target, scheme, user, password) in [
        (2, basic, Some("a"), Some("b")),
        (0, sys::WINHTTP_AUTH_SCHEME_NTLM, Some("a"), Some("b")),
        (0, basic, None, None),
        (0, basic, Some("a"), None),
        (0, basic, Some("a:b"), Some("c")),
        (0, basic, Some("a"), Some("b\r\nX: y")),
    ] {
        assert_eq!(set(request, target, scheme, user, password), Win32Error::ERROR_INVALID_PARAMETER);
    }
}
