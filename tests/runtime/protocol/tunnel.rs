//! An exchange that goes through a proxy, byte by byte: RFC 9110 sections 9.3.6 and 11.7, RFC 9112 section 3.2.

use winws::protocol::http::{
    Basic, Exchange, ExchangeError, Length, Origin, Proxy, Redirects, RequestHead, Rules, Step,
};

const RULES: Rules = Rules {
    answers_challenges: true,
    redirects: Redirects::Always,
    max_redirects: 10,
    max_interim: 10,
    max_head: 65_536,
};

const REFUSED: &str = "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"p\"\r\n";

/// `base64(user:word)`.
const SECRET: &str = "Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n";

fn proxy(credentials: bool) -> Proxy {
    let credentials = credentials.then(|| Basic::new("user", "word").unwrap());
    Proxy { host: "proxy".to_owned(), port: 3128, credentials }
}

fn exchange(is_secure: bool, is_upgrade: bool) -> Exchange {
    let port = if is_secure { 443 } else { 80 };
    let host = "example.com".to_owned();
    let origin = Origin { is_secure, host: host.clone(), host_text: host, port };
    let mut head = RequestHead::new("GET", "/path?a", 1, &origin.authority()).unwrap();
    head.fields.set("User-Agent", "agent").unwrap();
    let mut exchange = Exchange::new(origin, head, RULES);
    exchange.begin(RULES, Vec::new(), Length::Known(0), is_upgrade).unwrap();
    exchange
}

/// What is to be sent, which is all taken.
fn sent(exchange: &mut Exchange) -> String {
    let Step::Send(bytes) = exchange.step() else { panic!("{:?}", exchange.step()) };
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    // In two parts, since a socket may take a part.
    exchange.sent(text.len() / 2);
    exchange.sent(text.len() - text.len() / 2);
    text
}

fn receive(exchange: &mut Exchange, text: &str) {
    assert!(matches!(exchange.step(), Step::Receive), "{:?}", exchange.step());
    for byte in text.bytes() {
        exchange.received(&[byte]).unwrap();
    }
}

fn connect(secret: &str) -> String {
    format!("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nUser-Agent: agent\r\n{secret}\r\n")
}

#[test]
fn tls_goes_through_a_tunnel_and_knows_nothing_of_the_proxy() {
    for status in ["200 Connection established", "204", "299 odd"] {
        let mut exchange = exchange(true, false);
        assert!(matches!(exchange.step(), Step::Connect(_)));
        exchange.connected(Some(proxy(true))).unwrap();
        assert_eq!(sent(&mut exchange), connect(""), "nobody has asked for the secret");
        receive(&mut exchange, &format!("HTTP/1.1 {status}\r\nContent-Length: 5\r\n\r\n"));
        assert!(matches!(exchange.step(), Step::Secure(origin, b"") if origin.host == "example.com"));
        exchange.secured().unwrap();
        assert_eq!(sent(&mut exchange), "GET /path?a HTTP/1.1\r\nHost: example.com\r\nUser-Agent: agent\r\n\r\n");
        assert!(matches!(exchange.step(), Step::Rest));
    }
}

#[test]
fn b9_10_a_web_socket_without_tls_goes_through_a_tunnel_too() {
    let mut exchange = exchange(false, true);
    exchange.connected(Some(proxy(false))).unwrap();
    assert!(sent(&mut exchange).starts_with("CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n"));
    receive(&mut exchange, "HTTP/1.1 200 OK\r\n\r\n");
    assert!(sent(&mut exchange).starts_with("GET /path?a HTTP/1.1\r\nHost: example.com\r\n"));
}

#[test]
fn other_requests_are_made_to_the_proxy() {
    let mut exchange = exchange(false, false);
    exchange.connected(Some(proxy(true))).unwrap();
    let head = |secret: &str| {
        format!("GET http://example.com/path?a HTTP/1.1\r\nHost: example.com\r\nUser-Agent: agent\r\n{secret}\r\n")
    };
    assert_eq!(sent(&mut exchange), head(""));
    exchange.begin_response().unwrap();
    receive(&mut exchange, &format!("{REFUSED}Content-Length: 0\r\n\r\n"));
    assert!(matches!(exchange.step(), Step::Connect(_)));
    exchange.connected(Some(proxy(true))).unwrap();
    assert_eq!(sent(&mut exchange), head(SECRET));
    // Once, not for ever.
    receive(&mut exchange, &format!("{REFUSED}Content-Length: 0\r\n\r\n"));
    assert!(matches!(exchange.step(), Step::Rest));
    assert_eq!(exchange.response().unwrap().status(), 407);
}

#[test]
fn b9_10_a_challenge_is_answered_on_the_same_connection_whatever_its_body_is() {
    for body in [
        "Content-Length: 0\r\n\r\n",
        "Content-Length: 5\r\n\r\nsorry",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nsorry\r\n0\r\nX: y\r\n\r\n",
    ] {
        let mut exchange = exchange(true, true);
        exchange.connected(Some(proxy(true))).unwrap();
        assert_eq!(sent(&mut exchange), connect(""));
        receive(&mut exchange, &format!("{REFUSED}{body}"));
        assert_eq!(sent(&mut exchange), connect(SECRET), "{body}");
        receive(&mut exchange, "HTTP/1.1 200\r\n\r\n");
        assert!(matches!(exchange.step(), Step::Secure(..)));
    }
}

#[test]
fn b9_10_or_on_a_new_one_if_the_proxy_ends_it() {
    let long = format!("Content-Length: 100000\r\n\r\n{}", "x".repeat(70_000));
    for rest in [
        "Connection: close\r\nContent-Length: 5\r\n\r\n",
        "Proxy-Connection: close\r\nContent-Length: 5\r\n\r\n",
        "\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nno chunk",
        &long,
    ] {
        let mut exchange = exchange(true, true);
        exchange.connected(Some(proxy(true))).unwrap();
        sent(&mut exchange);
        assert!(matches!(exchange.step(), Step::Receive));
        exchange.received(format!("{REFUSED}{rest}").as_bytes()).unwrap();
        assert!(matches!(exchange.step(), Step::Connect(_)), "{rest:.60}");
        exchange.connected(Some(proxy(true))).unwrap();
        assert_eq!(sent(&mut exchange), connect(SECRET));
    }
    // It may also end the connection inside of the body.
    let mut exchange = exchange(true, true);
    exchange.connected(Some(proxy(true))).unwrap();
    sent(&mut exchange);
    receive(&mut exchange, &format!("{REFUSED}Content-Length: 5\r\n\r\nso"));
    exchange.ended().unwrap();
    assert!(matches!(exchange.step(), Step::Connect(_)));
}

/// RFC 9112 section 9.5: a connection that was kept may have ended at any time, and what was sent on it was not heard.
#[test]
fn b9_10_or_on_a_new_one_if_the_proxy_has_ended_it_without_a_word() {
    for is_sent in [false, true] {
        let mut exchange = exchange(true, true);
        exchange.connected(Some(proxy(true))).unwrap();
        sent(&mut exchange);
        assert!(!exchange.may_end());
        receive(&mut exchange, &format!("{REFUSED}Content-Length: 0\r\n\r\n"));
        if is_sent {
            sent(&mut exchange);
        }
        assert!(exchange.may_end());
        exchange.ended().unwrap();
        assert!(matches!(exchange.step(), Step::Connect(_)));
        exchange.connected(Some(proxy(true))).unwrap();
        assert_eq!(sent(&mut exchange), connect(SECRET));
        // Once, not for ever.
        assert!(!exchange.may_end());
        assert_eq!(exchange.ended(), Err(ExchangeError::Ended));
    }
    // An answer that breaks off was one.
    let mut exchange = exchange(true, true);
    exchange.connected(Some(proxy(true))).unwrap();
    sent(&mut exchange);
    receive(&mut exchange, &format!("{REFUSED}Content-Length: 0\r\n\r\n"));
    sent(&mut exchange);
    receive(&mut exchange, "H");
    assert!(!exchange.may_end());
    assert_eq!(exchange.ended(), Err(ExchangeError::Ended));
}

/// The program sees the 407, and may ask again with credentials.
#[test]
fn a_challenge_that_nobody_can_answer_is_the_response() {
    for (has_credentials, header) in [
        (false, "Proxy-Authenticate: Basic realm=\"p\""),
        (true, "Proxy-Authenticate: Negotiate"),
        (true, "WWW-Authenticate: Basic realm=\"p\""),
    ] {
        let mut exchange = exchange(true, false);
        exchange.connected(Some(proxy(has_credentials))).unwrap();
        sent(&mut exchange);
        receive(&mut exchange, &format!("HTTP/1.1 407 No\r\n{header}\r\nContent-Length: 5\r\n\r\nsorry"));
        assert!(matches!(exchange.step(), Step::Rest));
        assert!(!exchange.can_begin(), "the program has not asked for the response");
        exchange.begin_response().unwrap();
        assert_eq!(exchange.response().unwrap().status(), 407, "{header}");
        let mut body = [0; 8];
        assert_eq!(exchange.read(&mut body), Ok(5));
        assert_eq!(&body[..5], b"sorry");
        // With credentials for the proxy, the next request has them from its second tunnel on.
        exchange.set_proxy_credentials(Basic::new("user", "word").unwrap());
        exchange.begin(RULES, Vec::new(), Length::Known(0), false).unwrap();
        exchange.connected(Some(proxy(has_credentials))).unwrap();
        assert_eq!(sent(&mut exchange), connect(""));
        receive(&mut exchange, &format!("{REFUSED}Content-Length: 0\r\n\r\n"));
        assert_eq!(sent(&mut exchange), connect(SECRET));
    }
}

#[test]
fn wrong_credentials_are_not_sent_twice() {
    let mut exchange = exchange(true, false);
    exchange.connected(Some(proxy(true))).unwrap();
    sent(&mut exchange);
    receive(&mut exchange, &format!("{REFUSED}Content-Length: 0\r\n\r\n"));
    sent(&mut exchange);
    receive(&mut exchange, &format!("{REFUSED}Content-Length: 0\r\n\r\n"));
    assert!(matches!(exchange.step(), Step::Rest));
    exchange.begin_response().unwrap();
    assert_eq!(exchange.response().unwrap().status(), 407);
}

/// What a proxy says instead of opening the tunnel must not look as if the server had said it.
#[test]
fn no_other_answer_of_the_proxy_is_the_response() {
    for (answer, error) in [
        ("HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n", ExchangeError::Tunnel(302)),
        ("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", ExchangeError::Tunnel(403)),
        ("HTTP/1.1 502 Gone\r\n\r\n", ExchangeError::Tunnel(502)),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", ExchangeError::Tunnel(101)),
    ] {
        let mut exchange = exchange(true, true);
        exchange.connected(Some(proxy(true))).unwrap();
        sent(&mut exchange);
        assert_eq!(exchange.received(answer.as_bytes()), Err(error));
        assert!(exchange.response().is_none() && exchange.can_begin());
    }
    let mut exchange = exchange(true, true);
    exchange.connected(Some(proxy(true))).unwrap();
    sent(&mut exchange);
    exchange.received(b"HTTP/1.1 2").unwrap();
    assert_eq!(exchange.ended(), Err(ExchangeError::Ended));
}

#[test]
fn b9_11_bytes_behind_the_answer_belong_to_the_tunnel() {
    let mut exchange = exchange(true, false);
    exchange.connected(Some(proxy(false))).unwrap();
    sent(&mut exchange);
    exchange.received(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\x16\x03\x03").unwrap();
    assert!(matches!(exchange.step(), Step::Secure(_, b"\x16\x03\x03")));
    exchange.secured().unwrap();
    sent(&mut exchange);
    exchange.begin_response().unwrap();
    assert!(matches!(exchange.step(), Step::Receive), "they were for TLS only");
}

#[test]
fn b9_11_also_without_tls() {
    let mut exchange = exchange(false, true);
    exchange.connected(Some(proxy(false))).unwrap();
    sent(&mut exchange);
    exchange.received(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 503 Too many\r\nContent-Length: 2\r\n\r\nno").unwrap();
    sent(&mut exchange);
    assert!(matches!(exchange.step(), Step::Rest));
    exchange.begin_response().unwrap();
    assert!(matches!(exchange.step(), Step::ReceiveAhead));
    exchange.receive_ahead().unwrap();
    assert_eq!(exchange.response().unwrap().status(), 503);
    assert_eq!(exchange.read(&mut [0; 8]), Ok(2));
}

/// The secret for the proxy is for the proxy (RFC 9110 section 11.7.2).
#[test]
fn what_the_program_says_to_the_proxy_goes_no_further() {
    let mut exchange = exchange(true, false);
    exchange.head_mut().fields.set("Proxy-Authorization", "Custom x").unwrap();
    exchange.begin(RULES, Vec::new(), Length::Known(0), false).unwrap();
    exchange.connected(Some(proxy(false))).unwrap();
    assert_eq!(sent(&mut exchange), connect("Proxy-Authorization: Custom x\r\n"));
    receive(&mut exchange, "HTTP/1.1 200 OK\r\n\r\n");
    exchange.secured().unwrap();
    assert_eq!(sent(&mut exchange), "GET /path?a HTTP/1.1\r\nHost: example.com\r\nUser-Agent: agent\r\n\r\n");
}

/// Each proxy is asked without credentials first, and only the one that asked gets them.
#[test]
fn credentials_do_not_go_to_another_proxy() {
    let mut exchange = exchange(true, false);
    exchange.set_proxy_credentials(Basic::new("user", "word").unwrap());
    exchange.connected(Some(proxy(false))).unwrap();
    sent(&mut exchange);
    exchange.received(format!("{REFUSED}Connection: close\r\n\r\n").as_bytes()).unwrap();
    exchange.connected(Some(Proxy { host: "other".to_owned(), ..proxy(false) })).unwrap();
    assert_eq!(sent(&mut exchange), connect(""));
}

/// Of a list of proxies now one takes the connection and now another one, and each has a challenge for whoever comes.
#[test]
fn challenges_of_changing_proxies_come_to_an_end() {
    for is_secure in [true, false] {
        let mut exchange = exchange(is_secure, false);
        let mut count = 0;
        while matches!(exchange.step(), Step::Connect(_)) {
            count += 1;
            assert!(count < 100, "it goes on for ever");
            exchange.connected(Some(Proxy { host: format!("proxy{}", count % 2), ..proxy(true) })).unwrap();
            sent(&mut exchange);
            exchange.begin_response().ok();
            exchange.received(format!("{REFUSED}Connection: close\r\n\r\n").as_bytes()).unwrap();
        }
        exchange.begin_response().ok();
        assert_eq!(exchange.response().unwrap().status(), 407);
    }
}

/// A redirect over TLS goes through a tunnel of its own.
#[test]
fn a_redirect_begins_a_new_tunnel() {
    let mut exchange = exchange(false, false);
    exchange.connected(Some(proxy(true))).unwrap();
    sent(&mut exchange);
    exchange.begin_response().unwrap();
    receive(&mut exchange, "HTTP/1.1 307 There\r\nLocation: https://other.example/x\r\n\r\n");
    assert!(matches!(exchange.step(), Step::Connect(origin) if origin.host == "other.example" && origin.port == 443));
    exchange.connected(Some(proxy(true))).unwrap();
    assert!(sent(&mut exchange).starts_with("CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n"));
    receive(&mut exchange, "HTTP/1.1 200 OK\r\n\r\n");
    exchange.secured().unwrap();
    assert!(sent(&mut exchange).starts_with("GET /x HTTP/1.1\r\nHost: other.example\r\n"));
    assert!(matches!(exchange.step(), Step::Receive), "it goes on by itself");
}
