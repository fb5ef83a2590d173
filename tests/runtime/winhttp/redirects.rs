//! Redirects of requests and upgrades (b1.2.18).

use std::thread;

use winws::protocol::http::{Exchange, Length, Origin, Redirects, RequestHead, Rules, Step};
use winws_api::Win32Error;
use winws_api::winhttp::sys;
use winws_tests_runtime::peer::{Peer, good_answer};

use super::chain::{Handle, Server, answered};
use super::{INVALID_RESPONSE, OK};

const REDIRECT_FAILED: Win32Error = Win32Error::ERROR_WINHTTP_REDIRECT_FAILED;
const RESEND: Win32Error = Win32Error::ERROR_WINHTTP_RESEND_REQUEST;
const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} There\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

/// Sends a request, answers it and those that follow, and gives the code and the heads that came.
fn follow(server: &Server, request: &Handle, answers: &[String]) -> (Win32Error, Vec<String>) {
    assert_eq!(request.send(), OK);
    receive(server, request, answers)
}

fn receive(server: &Server, request: &Handle, answers: &[String]) -> (Win32Error, Vec<String>) {
    thread::scope(|scope| {
        let receiving = scope.spawn(|| request.receive());
        let exchange = |answer: &String| {
            let mut peer = server.accept();
            let head = peer.read_head();
            peer.write(answer.as_bytes());
            head
        };
        let heads = answers.iter().map(exchange).collect();
        (receiving.join().unwrap(), heads)
    })
}

#[test]
fn b1_2_18_the_default_follows() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::new();
        let request = server.open("GET", "/a/b?c");
        let answers = [redirect(status, "../d?e"), redirect(status, "/f#g"), GOOD.to_owned()];
        let (code, heads) = follow(&server, &request, &answers);
        assert_eq!((code, request.status()), (OK, Ok(200)), "{status}");
        let lines = ["GET /a/b?c HTTP/1.1", "GET /d?e HTTP/1.1", "GET /f HTTP/1.1"];
        assert!(heads.iter().zip(lines).all(|(head, line)| head.starts_with(line)), "{heads:?}");
        assert_eq!(request.body(), Ok("hi".to_owned()));
        assert_eq!(request.text(sys::WINHTTP_OPTION_URL), format!("http://{}/f", server.authority()));
    }
}

#[test]
fn b1_2_18_the_default_follows_an_upgrade() {
    let server = Server::new();
    let request = server.open_upgrade();
    let (mut first, head) = server.send(&request);
    first.write(redirect(302, "/elsewhere").as_bytes());
    thread::scope(|scope| {
        let receiving = scope.spawn(|| request.receive());
        let mut peer = server.accept();
        let again = peer.read_head();
        assert!(again.starts_with("GET /elsewhere HTTP/1.1\r\n") && again.contains("\r\nUpgrade: websocket\r\n"));
        let key = |head: &str| head.lines().find(|line| line.starts_with("Sec-WebSocket-Key")).unwrap().to_owned();
        assert_ne!(key(&head), key(&again));
        peer.write(good_answer(&again, "").as_bytes());
        assert_eq!(receiving.join().unwrap(), OK);
        assert_eq!(request.complete_upgrade().map(drop), Ok(()));
    });
}

#[test]
fn b9_6_the_method_and_the_upgrade_survive_307_and_308() {
    for status in [307, 308] {
        let server = Server::new();
        let request = server.open_upgrade();
        let (mut first, head) = server.send(&request);
        first.write(redirect(status, "/elsewhere").as_bytes());
        thread::scope(|scope| {
            let receiving = scope.spawn(|| request.receive());
            let mut peer = server.accept();
            let again = peer.read_head();
            assert!(head.starts_with("GET /") && again.starts_with("GET /elsewhere HTTP/1.1\r\n"));
            assert!(again.contains("\r\nUpgrade: websocket\r\n"), "{again}");
            peer.write(good_answer(&again, "").as_bytes());
            assert_eq!(receiving.join().unwrap(), OK);
            assert_eq!(request.complete_upgrade().map(drop), Ok(()));
        });
        let request = server.open("DELETE", "/");
        let (_, heads) = follow(&server, &request, &[redirect(status, "/there"), GOOD.to_owned()]);
        assert!(heads[1].starts_with("DELETE /there HTTP/1.1\r\n"), "{heads:?}");
    }
}

#[test]
fn b1_2_18_the_policy_decides() {
    let never = |server: &Server, option, value| {
        let request = server.open("GET", "/");
        assert_eq!(request.set_number(option, value), OK);
        server.answer(&request, &redirect(302, "/there"));
        assert_eq!(request.status(), Ok(302));
        assert_eq!(request.custom("Location"), Ok("/there".to_owned()));
    };
    let server = Server::new();
    never(&server, sys::WINHTTP_OPTION_REDIRECT_POLICY, sys::WINHTTP_OPTION_REDIRECT_POLICY_NEVER);
    never(&server, sys::WINHTTP_OPTION_DISABLE_FEATURE, sys::WINHTTP_DISABLE_REDIRECTS);
    let request = server.open("GET", "/");
    let always = sys::WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS;
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_REDIRECT_POLICY, always), OK);
    assert_eq!(follow(&server, &request, &[redirect(302, "/there"), GOOD.to_owned()]).0, OK);
    // Of the session, too.
    let policy = sys::WINHTTP_OPTION_REDIRECT_POLICY;
    assert_eq!(server.session.set_number(policy, sys::WINHTTP_OPTION_REDIRECT_POLICY_NEVER), OK);
    let request = server.open("GET", "/");
    server.answer(&request, &redirect(302, "/there"));
    assert_eq!(request.status(), Ok(302));
}

#[test]
fn b1_2_18_at_most_ten() {
    let server = Server::new();
    let again = |count| vec![redirect(302, "/again"); count];
    let request = server.open("GET", "/");
    let answers = [again(10), vec![GOOD.to_owned()]].concat();
    assert_eq!(follow(&server, &request, &answers).0, OK);
    assert_eq!(follow(&server, &request, &answers).0, OK, "each SendRequest has ten");
    assert_eq!(follow(&server, &request, &again(11)).0, REDIRECT_FAILED);
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, 2), OK);
    assert_eq!(follow(&server, &request, &again(3)).0, REDIRECT_FAILED);
    assert_eq!(request.set_number(sys::WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, 0), OK);
    assert_eq!(follow(&server, &request, &again(1)).0, REDIRECT_FAILED);
}

/// Whether an exchange with an https server follows a redirect to this place.
fn follows_from_https(policy: Redirects, location: &str) -> bool {
    let origin = Origin { is_secure: true, host: "h".to_owned(), host_text: "h".to_owned(), port: 443 };
    let rules =
        Rules { redirects: policy, max_redirects: 10, max_interim: 10, max_head: 65_536, answers_challenges: false };
    let mut exchange = Exchange::new(origin, RequestHead::new("GET", "/", 1, "h").unwrap(), rules);
    exchange.begin(rules, Vec::new(), Length::Known(0), false).unwrap();
    exchange.connected(None).unwrap();
    exchange.secured().unwrap();
    exchange.sent(usize::MAX);
    exchange.begin_response().unwrap();
    exchange.received(redirect(302, location).as_bytes()).unwrap();
    let follows =
        matches!(exchange.step(), Step::Connect(origin) if !origin.is_secure || location.starts_with("https"));
    assert_eq!(exchange.response().is_none(), follows, "or else the program gets the response");
    follows
}

#[test]
fn b1_2_18_from_https_to_http() {
    for (policy, to_plain) in [(Redirects::Never, false), (Redirects::NotToPlain, false), (Redirects::Always, true)] {
        assert_eq!(follows_from_https(policy, "http://h/"), to_plain, "{policy:?}");
        assert_eq!(follows_from_https(policy, "ws://h/"), to_plain, "{policy:?}");
        assert_eq!(follows_from_https(policy, "https://h/other"), policy != Redirects::Never, "{policy:?}");
    }
}

/// The page of WinHttpReceiveResponse.
#[test]
fn redirects_to_what_cannot_be_asked() {
    let server = Server::new();
    for (location, code) in [
        ("ftp://127.0.0.1/", Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME),
        ("mailto:a@b", Win32Error::ERROR_WINHTTP_UNRECOGNIZED_SCHEME),
        ("http://[::1/", Win32Error::ERROR_WINHTTP_INVALID_URL),
        ("http://a b/", Win32Error::ERROR_WINHTTP_INVALID_URL),
        ("http://127.0.0.1:99999/", Win32Error::ERROR_WINHTTP_INVALID_URL),
        ("http://127.0.0.1:0/", Win32Error::ERROR_WINHTTP_INVALID_URL),
    ] {
        let request = server.open("GET", "/");
        assert_eq!(follow(&server, &request, &[redirect(302, location)]).0, code, "{location}");
    }
    // A 302 that says no address is a response like any other.
    let (request, _peer) = answered("GET", "HTTP/1.1 302 Somewhere\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(request.status(), Ok(302));
}

#[test]
fn a_server_that_a_redirect_leads_to_may_be_away() {
    let server = Server::new();
    let away = Server::new().authority();
    let request = server.open("GET", "/");
    let (code, _) = follow(&server, &request, &[redirect(302, &format!("http://{away}/"))]);
    assert_eq!(code, Win32Error::ERROR_WINHTTP_CANNOT_CONNECT);
    let request = server.open("GET", "/");
    let (code, _) = follow(&server, &request, &[redirect(302, "/again"), "garbage\r\n\r\n".to_owned()]);
    assert_eq!(code, INVALID_RESPONSE);
}

/// A server's end for a body, and what came.
fn read_with_body(peer: &mut Peer, length: usize) -> (String, Vec<u8>) {
    (peer.read_head(), peer.read(length))
}

/// The method and the body survive 307 and 308 (RFC 9110 section 15.4); a POST becomes a GET with the others.
#[test]
fn b9_6_a_body_is_sent_again_or_not_at_all() {
    for (status, keeps) in [(301, false), (302, false), (303, false), (307, true), (308, true)] {
        let server = Server::new();
        let request = server.open("POST", "/");
        let of_body =
            "Content-Type: a/b\r\nExpect: 100-continue\r\nLast-Modified: x\r\nDigest: x\r\nContent-Location: /";
        assert_eq!(request.send_with(Some(of_body), b"body", 4), OK);
        let mut peer = server.accept();
        assert_eq!(read_with_body(&mut peer, 4).1, b"body");
        peer.write(redirect(status, "/there").as_bytes());
        thread::scope(|scope| {
            let receiving = scope.spawn(|| request.receive());
            let mut peer = server.accept();
            let (head, body) = read_with_body(&mut peer, if keeps { 4 } else { 0 });
            let method = if keeps { "POST" } else { "GET" };
            assert!(head.starts_with(&format!("{method} /there HTTP/1.1\r\n")), "{status}: {head}");
            assert_eq!(head.contains("Content-Length: 4"), keeps, "{head}");
            assert!(of_body.lines().all(|line| head.contains(line) == keeps), "{head}");
            assert_eq!(body == b"body", keeps);
            peer.write(GOOD.as_bytes());
            assert_eq!(receiving.join().unwrap(), OK);
        });
    }
    // What WriteData has sent is gone (b9.6).
    let server = Server::new();
    let request = server.open("POST", "/");
    assert_eq!((request.send_with(None, b"", 4), request.write(b"body")), (OK, OK));
    assert_eq!(receive(&server, &request, &[redirect(307, "/there")]).0, RESEND);
}

/// Credentials and cookies never go to another origin, whichever part of it is another.
#[test]
fn b9_6_headers_for_one_server_do_not_go_to_another() {
    let (server, other) = (Server::new(), Server::new());
    let names = ["Authorization", "Cookie", "X-Mine"];
    let request = server.open("GET", "/");
    for name in names {
        assert_eq!(request.add_headers(&format!("{name}: secret"), sys::WINHTTP_ADDREQ_FLAG_ADD), OK);
    }
    let (mut peer, head) = server.send(&request);
    assert!(names.iter().all(|name| head.contains(name)), "{head}");
    peer.write(redirect(302, &format!("http://{}/", other.authority())).as_bytes());
    thread::scope(|scope| {
        let receiving = scope.spawn(|| request.receive());
        let mut peer = other.accept();
        let head = peer.read_head();
        assert!(head.contains(&format!("\r\nHost: {}\r\n", other.authority())), "{head}");
        assert_eq!(names.map(|name| head.contains(name)), [false, false, true], "{head}");
        peer.write(GOOD.as_bytes());
        assert_eq!(receiving.join().unwrap(), OK);
    });
}

/// The origin to which an exchange follows a redirect, and its head.
fn followed(origin: &Origin, location: impl AsRef<[u8]>) -> (Origin, String) {
    let rules = Rules {
        redirects: Redirects::Always,
        max_redirects: 10,
        max_interim: 10,
        max_head: 65_536,
        answers_challenges: false,
    };
    let mut head = RequestHead::new("GET", "/a", 1, &origin.authority()).unwrap();
    head.fields.set("Cookie", "secret").unwrap();
    let mut exchange = Exchange::new(origin.clone(), head, rules);
    exchange.begin(rules, Vec::new(), Length::Known(0), false).unwrap();
    exchange.connected(None).unwrap();
    exchange.sent(usize::MAX);
    exchange.begin_response().unwrap();
    let answer = [b"HTTP/1.1 302 There\r\nLocation: ", location.as_ref(), b"\r\nContent-Length: 0\r\n\r\n"].concat();
    exchange.received(&answer).unwrap();
    let head = String::from_utf8(exchange.sent_head().encode()).unwrap();
    (exchange.origin().clone(), head)
}

/// RFC 3986 section 3.2.2 and RFC 6454 section 4: the case of a name does not matter. RFC 6874 section 4: a zone is no part of
/// what the server sees, but without it nobody can connect.
#[test]
fn a_redirect_to_the_same_server_stays_at_the_same_origin() {
    let origin = |host: &str, host_text: &str| Origin {
        is_secure: false,
        host: host.to_owned(),
        host_text: host_text.to_owned(),
        port: 8080,
    };
    let (named, scoped) = (origin("Example.COM", "Example.COM"), origin("fe80::1%eth0", "[fe80::1]"));
    for (from, locations) in [
        (&named, ["/b", "http://example.com:8080/b", "ws://EXAMPLE.com:8080/b"]),
        (&scoped, ["/b", "http://[fe80::1]:8080/b", "http://[FE80:0::1]:8080/b"]),
    ] {
        for location in locations {
            let (to, head) = followed(from, location);
            assert_eq!(&to, from, "{location}");
            assert!(head.starts_with("GET /b ") && head.contains("\r\nCookie: secret\r\n"), "{location}: {head}");
        }
    }
    for location in ["http://example.com/b", "https://example.com:8080/b", "http://example.com.:8080/b"] {
        let (to, head) = followed(&named, location);
        assert!(to != named && !head.contains("Cookie"), "{location}: {head}");
    }
}

/// The URL standard escapes such bytes, and a name that no URL may have does not hold up a whole one.
#[test]
fn odd_addresses_lead_on() {
    let origin = |host: &str| Origin { is_secure: false, host: host.to_owned(), host_text: host.to_owned(), port: 80 };
    for (location, line) in [(&b"/\xff?\xc3\xb6"[..], "GET /%FF?%C3%B6 "), (b"/%ff", "GET /%ff ")] {
        assert!(followed(&origin("h"), location).1.starts_with(line), "{line}");
    }
    for host in ["host.1", "xn--a"] {
        let (to, head) = followed(&origin(host), "http://other/b");
        assert_eq!((&to.host[..], head.starts_with("GET /b ")), ("other", true), "{host}");
        assert!(!head.contains("Cookie"), "{host}");
    }
}
