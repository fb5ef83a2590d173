//! The responses that both read, made from tables, and those that each reads in its own way.

/// A response, and the method of the request before it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub method: &'static str,
    pub bytes: Vec<u8>,
}

/// A response that Python reads otherwise.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// What decides, and why Python differs.
    pub section: &'static str,
    pub given: Given,
    pub ours: &'static str,
    pub python: &'static str,
}

/// Lines behind the version, with and without a text, beyond ASCII, and with blanks in it.
const STATUSES: &[&str] = &[
    "200 OK",
    "200",
    "200 ",
    "201 Created",
    "202 Accepted well",
    "203 x",
    "205 x",
    "206 Partial",
    "301 Moved",
    "307 \u{e9}t\u{e9}",
    "400 Bad Request",
    "401 x",
    "404 Not Found",
    "426 Upgrade Required",
    "500 x",
    "503 x",
    "599 x",
    "999 x",
];

/// The headers that say where a body ends, and the bytes behind the head.
const FRAMINGS: &[(&str, &str)] = &[
    ("Content-Length: 0\r\n", ""),
    ("Content-Length: 5\r\n", "hello"),
    ("content-length:5\r\nConnection: close\r\n", "hello, next"),
    ("CONTENT-LENGTH:  005 \r\n", "hello"),
    ("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
    ("Content-Length: 6\r\n", "hello"),
    ("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
    ("transfer-encoding: Chunked\r\n", "00a;a=b\r\n0123456789\r\n1 ; x\r\n!\r\n0000;x=\"y\"\r\n\r\nnext"),
    ("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "B\r\nhello\r\n\r\n\r\n\r\n0\r\nA: b\r\nC: d\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\n", "5\r\nhel"),
    ("Transfer-Encoding: chunked\r\n", "x\r\nhello\r\n0\r\n\r\n"),
    ("", "hello"),
    ("Connection: close\r\n", ""),
    ("Connection: keep-alive\r\nTransfer-Encoding: gzip\r\n", "hello"),
];

/// Statuses without a body, whatever is said of it.
const WITHOUT: &[&str] = &["101 Switching Protocols", "204 No Content", "304 Not Modified"];

/// Headers and what looks like them.
const HEADERS: &[&str] = &[
    "A: b\r\n",
    "a-B_c.d~1: x\r\n",
    "A:b\r\n",
    "A:\r\n",
    "A: \t \r\n",
    "A: \t b\t \r\n",
    "A: b: c, \"d\"; e=f\r\n",
    "A: b\r\na: c\r\nA: d\r\n",
    "A: b\r\n c\r\n",
    "A: b \r\n\t  c\r\n\td \r\nE: f\r\n",
    "A:\r\n b\r\n",
    "A: b\r\n \r\n c\r\n",
    "A: \u{e4}\u{ff}\u{80}\r\n",
    "A: b\nC: d\n",
    "A: b\n c\nC: d\r\n",
    "!#$%&'*+-.^_`|~9: b\r\n",
    "Set-Cookie: a=b; Path=/\r\nSet-Cookie: c=d\r\n",
    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
];

/// What no line of a status may look like.
const BAD_STATUSES: &[&str] = &[
    "HTTP/1.1",
    "HTTP/1.1 ",
    "HTTP/1.1 2x0 OK",
    "HTTP/1.1 20 OK",
    "HTTP/1.1 099 x",
    "HTTP/1.1 2000 OK",
    "HTTP/2 200 OK",
    "HTTP/2.0 200 OK",
    "http/1.1 200 OK",
    "ICY 200 OK",
    "200 OK",
    "",
    "HTTP/1.1200 OK",
];

fn given(method: &'static str, text: &str) -> Given {
    // A character is a byte.
    let bytes = text.chars().map(|char| u8::try_from(u32::from(char)).expect("one of ISO 8859-1")).collect();
    Given { method, bytes }
}

/// The responses that Python reads as we do.
pub(super) fn shared() -> Vec<Given> {
    let mut list = Vec::new();
    for (number, status) in STATUSES.iter().enumerate() {
        for (headers, body) in FRAMINGS {
            // All of them, but not each status with each framing and version.
            let minor = (number + list.len()) % 2;
            list.push(given("GET", &format!("HTTP/1.{minor} {status}\r\n{headers}\r\n{body}")));
            if number == 0 {
                list.push(given("POST", &format!("HTTP/1.1 {status}\n{}\n{body}", headers.replace("\r\n", "\n"))));
                list.push(given("HEAD", &format!("HTTP/1.1 {status}\r\n{headers}\r\nnext")));
            }
        }
    }
    for status in WITHOUT {
        for headers in ["", "Content-Length: 0\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: gzip\r\n"] {
            list.push(given("GET", &format!("HTTP/1.1 {status}\r\n{headers}\r\nnext")));
        }
    }
    for headers in HEADERS {
        list.push(given("GET", &format!("HTTP/1.1 200 OK\r\n{headers}\r\nhello")));
        list.push(given(
            "GET",
            &format!(
                "HTTP/1.1 100 Continue\r\n{headers}\r\nHTTP/1.1 404 x\r\nB: c\r\n{headers}Content-Length: 2\r\n\r\nhi"
            ),
        ));
    }
    for line in BAD_STATUSES {
        list.push(given("GET", &format!("{line}\r\nContent-Length: 2\r\n\r\nhi")));
    }
    list
}

/// The responses that Python reads otherwise, by the section that decides.
pub(super) fn differences() -> Vec<Difference> {
    let ok = "HTTP/1.1 200 OK\r\n";
    let difference =
        |section, text: String, ours, python| Difference { section, given: given("GET", &text), ours, python };
    let length =
        |section, headers: &str, ours, python| difference(section, format!("{ok}{headers}\r\nhello"), ours, python);
    let chunked = |section, body: &str, ours, python| {
        difference(section, format!("{ok}Transfer-Encoding: chunked\r\n\r\n{body}"), ours, python)
    };
    let head = |section, headers: &str, ours, python| difference(section, format!("{ok}{headers}\r\n"), ours, python);
    vec![
        // Python is laxer.
        difference("4: one blank before the status", "HTTP/1.1  200 OK\r\n\r\nhello".into(), "refused", "200 hello"),
        difference("4: no blank before the version", " HTTP/1.1 200 OK\r\n\r\nhello".into(), "refused", "200 hello"),
        difference("4: the status has three digits", "HTTP/1.1 +200 OK\r\n\r\nhello".into(), "refused", "200 hello"),
        head("5: a line without a colon is no header", "X: a\r\nno header\r\nX: b\r\n", "refused", "200 X: a "),
        head("5.1: no blank before the colon", "X : a\r\n", "refused", "200 "),
        head("5: a name is not empty", ": a\r\nX: b\r\n", "refused", "200 X: b "),
        head("5.2: no fold before the first header", " X: a\r\n", "refused", "200 "),
        head("2.2: a carriage return alone ends no line", "X: a\rX: b\r\n", "refused", "200 X: a X: b "),
        head("RFC 9110, 5.5: no control characters in a value", "X: a\u{1}\r\n", "refused", "200 X: a\u{1} "),
        length("6.3, item 5: several lengths", "Content-Length: 2\r\nContent-Length: 3\r\n", "refused", "200 he"),
        length("6.3, item 5: no length", "Content-Length: x\r\n", "refused", "200 hello"),
        length("6.3, item 5: a negative length", "Content-Length: -2\r\n", "refused", "200 hello"),
        length("6.3, item 5: a sign", "Content-Length: +2\r\n", "refused", "200 he"),
        length("6.3, item 5: an underscore", "Content-Length: 0_2\r\n", "refused", "200 he"),
        length("6.3, item 5: no length at all", "Content-Length:\r\n", "refused", "200 hello"),
        difference(
            "6.1: chunked is there once",
            format!("{ok}Transfer-Encoding: chunked, chunked\r\n\r\nhello"),
            "refused",
            "200 hello",
        ),
        chunked("7.1: a size has no sign", "+2\r\nhi\r\n0\r\n\r\n", "refused", "200 hi"),
        chunked("7.1: a size has no 0x", "0x2\r\nhi\r\n0\r\n\r\n", "refused", "200 hi"),
        chunked("7.1: a size has no blank before it", " 2\r\nhi\r\n0\r\n\r\n", "refused", "200 hi"),
        chunked("7.1: a line feed alone ends no size", "2\nhi\r\n0\r\n\r\n", "refused", "200 hi"),
        chunked("7.1: a chunk ends with CR LF", "2\r\nhixx0\r\n\r\n", "refused", "200 hi"),
        chunked("7.1.2: trailers are headers", "2\r\nhi\r\n0\r\nno header\r\n\r\n", "refused", "200 hi"),
        chunked("8: the trailers have an end", "2\r\nhi\r\n0\r\n", "refused", "200 hi"),
        chunked("8: the last chunk has an end", "2\r\nhi\r\n0", "refused", "200 hi"),
        // Python is stricter, or does less.
        length("6.3, item 5: lengths that are the same", "Content-Length: 2, 2\r\n", "200 he", "200 hello"),
        difference(
            "6.3, item 4: chunked is the last coding",
            format!("{ok}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
            "200 hi",
            "200 2\r\nhi\r\n0\r\n\r\n",
        ),
        length(
            "6.3, item 4: another coding comes before a length",
            "Transfer-Encoding: gzip\r\nContent-Length: 2\r\n",
            "200 hello",
            "200 he",
        ),
        difference(
            "6.3, item 1: 204 has no body in chunks",
            "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n".into(),
            "204 ",
            "204 hi",
        ),
        difference(
            "RFC 9110, 15.2: a client skips each 1xx, and not 100 alone",
            "HTTP/1.1 103 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello".into(),
            "200 hello",
            "103 ",
        ),
        head("no section: more than 100 headers", &"A: b\r\n".repeat(120), "200 ", "refused"),
        // We are stricter: httparse knows two versions.
        difference(
            "RFC 9110, 2.5: a higher minor version is read as 1.1",
            "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nhi".into(),
            "refused",
            "200 hi",
        ),
    ]
}
