//! Responses of httpbin, with every framing, redirect and challenge that it has, over TLS and without.

use serde_json::Value;
use winws::tls::Roots;
use winws_api::Win32Error;
use winws_api::winhttp::sys;

use super::authority::Authority;
use super::request::{Answer, Ask};
use super::running::Running;
use super::{Stack, script};

/// httpbin on a port.
struct Site<'a> {
    _running: Running,
    port: u16,
    roots: Option<&'a Roots>,
}

impl<'a> Site<'a> {
    fn plain(version: &str) -> Self {
        let mut command = script(Stack::Python, "httpbin_server.py");
        command.arg(version);
        let (running, port) = Running::with_port(command);
        Self { _running: running, port, roots: None }
    }

    fn secure(version: &str, authority: &Authority, roots: &'a Roots) -> Self {
        let mut command = script(Stack::Python, "httpbin_server.py");
        command.arg(version).args([authority.certificate(), authority.key()]);
        let (running, port) = Running::with_port(command);
        Self { _running: running, port, roots: Some(roots) }
    }

    fn url(&self, path: &str) -> String {
        let scheme = if self.roots.is_some() { "https" } else { "http" };
        format!("{scheme}://localhost:{}{path}", self.port)
    }

    fn asks<'t>(&self, verb: &'t str, target: &'t str) -> Ask<'t>
    where
        'a: 't,
    {
        let is_secure = self.roots.is_some();
        Ask { verb, is_secure, port: self.port, target, roots: self.roots, ..Ask::default() }
    }

    fn get(&self, target: &str) -> Answer {
        self.asks("GET", target).ask().unwrap_or_else(|error| panic!("{}: {error:?}", self.url(target)))
    }
}

/// What httpbin says that it was asked.
fn echoed(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.head);
    serde_json::from_slice(&answer.body).unwrap()
}

/// The same bytes come whichever way their end is found (RFC 9112 section 6.3).
#[test]
#[ignore = "needs httpbin of Python: WINWS_INTEROP_PYTHON"]
fn every_framing() {
    let authority = Authority::new();
    let roots = authority.roots();
    let mut bodies = Vec::new();
    for (version, coding) in [("HTTP/1.1", Some("chunked")), ("HTTP/1.0", None)] {
        for site in [Site::plain(version), Site::secure(version, &authority, &roots)] {
            let at = site.url(&format!(", {version}"));
            let counted = site.get("/bytes/5000?seed=7");
            assert_eq!((counted.header("Content-Length"), counted.body.len()), (Some("5000"), 5000), "{at}");
            // In chunks, or up to the end of the connection.
            let streamed = site.get("/stream-bytes/5000?seed=7&chunk_size=999");
            assert_eq!(streamed.header("Content-Length"), None, "{at}");
            assert_eq!((streamed.header("Transfer-Encoding"), streamed.body.len()), (coding, 5000), "{at}");
            bodies.push((counted.body, streamed.body));

            for status in [204, 304] {
                let answer = site.get(&format!("/status/{status}"));
                assert_eq!((answer.status, answer.body.len()), (status, 0), "{at}");
            }
            let head = site.asks("HEAD", "/bytes/5000?seed=7").ask().unwrap();
            assert_eq!((head.header("Content-Length"), head.body.len()), (Some("5000"), 0), "{at}");
            // Only a program that asks for decompression gets it.
            let zipped = site.get("/gzip");
            let length = zipped.body.len().to_string();
            assert_eq!(zipped.header("Content-Encoding"), Some("gzip"), "{at}");
            assert_eq!((zipped.header("Content-Length"), &zipped.body[..2]), (Some(&length[..]), &[0x1f, 0x8b][..]));

            let body = "zwölf ".repeat(20_000);
            let posted = Ask { body: body.as_bytes(), ..site.asks("POST", "/anything") }.ask().unwrap();
            assert!(echoed(&posted)["data"] == body, "{at}");
        }
    }
    assert!(bodies.iter().all(|pair| *pair == bodies[0]));
}

/// A POST becomes a GET for 301, 302 and 303, and stays one for 307 and 308 (RFC 9110 section 15.4).
#[test]
#[ignore = "needs httpbin of Python: WINWS_INTEROP_PYTHON"]
fn every_redirect() {
    let authority = Authority::new();
    let roots = authority.roots();
    for site in [Site::plain("HTTP/1.1"), Site::secure("HTTP/1.1", &authority, &roots)] {
        let document = site.url("/anything");
        let without_scheme = document.split_once(':').expect("it has a scheme").1;
        for status in [301, 302, 303, 307, 308] {
            for location in [&document, without_scheme, "/anything", "anything", "./x/../anything%23part"] {
                let target = format!("/redirect-to?status_code={status}&url={location}");
                let answer = site.get(&target);
                let said = echoed(&answer);
                assert_eq!((&said["method"], &said["url"]), (&"GET".into(), &document[..].into()), "{target}");
                assert_eq!(answer.url.split('#').next(), Some(&document[..]), "{target}");

                let posted = Ask { body: b"a body", ..site.asks("POST", &target) }.ask().unwrap();
                let said = echoed(&posted);
                let expected = if status < 304 { ("GET", "") } else { ("POST", "a body") };
                assert_eq!((&said["method"], &said["data"]), (&expected.0.into(), &expected.1.into()), "{target}");
            }
        }
        // As many as WinHTTP follows, and one more.
        for kind in ["relative", "absolute"] {
            assert_eq!(site.get(&format!("/{kind}-redirect/10")).url, site.url("/get"));
            let too_many = site.asks("GET", &format!("/{kind}-redirect/11")).ask().unwrap_err();
            assert_eq!(too_many, Win32Error::ERROR_WINHTTP_REDIRECT_FAILED);
        }
    }
}

/// Nothing that is meant for one server goes to another, and nobody leaves TLS unless they want to.
#[test]
#[ignore = "needs httpbin of Python: WINWS_INTEROP_PYTHON"]
fn redirects_to_another_server() {
    let authority = Authority::new();
    let roots = authority.roots();
    let (plain, secure) = (Site::plain("HTTP/1.1"), Site::secure("HTTP/1.1", &authority, &roots));
    let headers = "Authorization: Bearer mine\r\nCookie: a=b\r\nX-Other: c\r\n";
    let seen = |ask: Ask<'_>| {
        let answer = Ask { headers: Some(headers), roots: Some(&roots), ..ask }.ask().unwrap();
        let said = echoed(&answer);
        let text = |name: &str| said["headers"][name].as_str().map(str::to_owned);
        (answer.url, [text("Authorization"), text("Cookie"), text("X-Other")])
    };
    let kept = [Some("Bearer mine".to_owned()), Some("a=b".to_owned()), Some("c".to_owned())];
    let stripped = [None, None, Some("c".to_owned())];

    let away = |to: &Site<'_>| format!("/redirect-to?url={}", to.url("/anything"));
    assert_eq!(seen(plain.asks("GET", &away(&plain))), (plain.url("/anything"), kept));
    assert_eq!(seen(plain.asks("GET", &away(&secure))), (secure.url("/anything"), stripped.clone()));
    let (target, always) = (away(&plain), Some(sys::WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS));
    let down = secure.asks("GET", &target);
    assert_eq!(seen(Ask { redirects: always, ..down }), (plain.url("/anything"), stripped));
    // WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP is the default: the program gets the redirect.
    let answer = down.ask().unwrap();
    assert_eq!((answer.status, answer.header("Location")), (302, Some(&plain.url("/anything")[..])));
}

#[test]
#[ignore = "needs httpbin of Python: WINWS_INTEROP_PYTHON"]
fn basic_credentials() {
    let authority = Authority::new();
    let roots = authority.roots();
    for site in [Site::plain("HTTP/1.1"), Site::secure("HTTP/1.1", &authority, &roots)] {
        let ask = site.asks("GET", "/basic-auth/user/a%20word");
        let with = |word| Ask { credentials: &[(sys::WINHTTP_AUTH_TARGET_SERVER, "user", word)], ..ask }.ask().unwrap();
        assert_eq!(ask.ask().unwrap().status, 401);
        assert_eq!(with("word").status, 401);
        assert_eq!(echoed(&with("a word"))["authenticated"], true);
        // Another scheme is the program's to answer.
        let digest = Ask { target: "/digest-auth/auth/user/word", ..ask };
        let digest = Ask { credentials: &[(sys::WINHTTP_AUTH_TARGET_SERVER, "user", "word")], ..digest }.ask().unwrap();
        assert_eq!(digest.status, 401);
        assert!(digest.header("WWW-Authenticate").is_some_and(|value| value.starts_with("Digest ")), "{}", digest.head);
    }
    let site = Site::plain("HTTP/1.1");
    let url = site.url("/basic-auth/user/word").replace("//", "//user:word@");
    assert_eq!(winws::get(&url).unwrap().status(), 200);
}
