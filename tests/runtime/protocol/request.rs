//! The head of a request: what a program may add to it, and what is sent. The expectations are those of the page of
//! WinHttpAddRequestHeaders.

use winws::protocol::http::{FieldError, Fields, InvalidRequest, MAX_HEAD, Modifiers, RequestHead, Separator};

const ADD: Modifiers = Modifiers { add: true, add_if_new: false, replace: false, index: 0, coalesce: None };
const IF_NEW: Modifiers = Modifiers { add_if_new: true, add: false, ..ADD };
const REPLACE: Modifiers = Modifiers { replace: true, add: false, ..ADD };
const ADD_OR_REPLACE: Modifiers = Modifiers { replace: true, ..ADD };
const COMMA: Modifiers = Modifiers { coalesce: Some(Separator::Comma), add: false, ..ADD };
const SEMICOLON: Modifiers = Modifiers { coalesce: Some(Separator::Semicolon), add: false, ..ADD };

fn text(fields: &Fields) -> String {
    fields.iter().flat_map(|(name, value)| [name, ": ", value, "|"]).collect()
}

/// Makes changes one after the other, and compares the headers after each, or the error.
fn check(changes: &[(&str, Modifiers, Result<&str, FieldError>)]) {
    let mut fields = Fields::new();
    for (headers, modifiers, expected) in changes {
        let before = fields.clone();
        match (fields.change(headers, *modifiers), expected) {
            (Ok(()), Ok(expected)) => assert_eq!(text(&fields), *expected, "after {headers:?}"),
            (result, expected) => {
                assert_eq!(result.err(), expected.err(), "{headers:?}");
                assert_eq!(fields, before, "{headers:?} changed something");
            }
        }
    }
}

#[test]
fn headers_are_added() {
    check(&[
        ("Warning: one", ADD, Ok("Warning: one|")),
        ("WARNING:two", ADD, Ok("Warning: one|WARNING: two|")),
        ("A: b\r\nC: d\r\n", ADD, Ok("Warning: one|WARNING: two|A: b|C: d|")),
        ("E:f\nG:\th \r\n\r\n", ADD, Ok("Warning: one|WARNING: two|A: b|C: d|E: f|G: h|")),
    ]);
    check(&[("empty:", ADD, Ok("empty: |")), ("x: a: b", Modifiers::default(), Ok("empty: |x: a: b|"))]);
}

#[test]
fn only_new_headers_are_added() {
    check(&[
        ("A: b", IF_NEW, Ok("A: b|")),
        ("a: c", IF_NEW, Err(FieldError::AlreadyExists)),
        ("C: d\r\na: c", IF_NEW, Err(FieldError::AlreadyExists)),
    ]);
}

#[test]
fn headers_are_replaced_or_removed() {
    check(&[
        ("A: b", REPLACE, Err(FieldError::NotFound)),
        ("A: b", ADD_OR_REPLACE, Ok("A: b|")),
        ("C: d", ADD, Ok("A: b|C: d|")),
        ("a: e", REPLACE, Ok("a: e|C: d|")),
        ("A: f", ADD, Ok("a: e|C: d|A: f|")),
        ("A: g", Modifiers { index: 1, ..REPLACE }, Ok("a: e|C: d|A: g|")),
        ("A: g", Modifiers { index: 2, ..REPLACE }, Err(FieldError::NotFound)),
        ("A: h", ADD_OR_REPLACE, Ok("A: h|C: d|A: g|")),
        ("A:", REPLACE, Ok("C: d|A: g|")),
        ("A: \t", REPLACE, Ok("C: d|")),
        ("A:", REPLACE, Err(FieldError::NotFound)),
        ("A:", ADD_OR_REPLACE, Ok("C: d|")),
    ]);
}

#[test]
fn values_are_appended() {
    check(&[
        ("A: b", COMMA, Ok("A: b|")),
        ("A: x", ADD, Ok("A: b|A: x|")),
        ("a: c", COMMA, Ok("A: b, c|A: x|")),
        ("A: d", SEMICOLON, Ok("A: b, c; d|A: x|")),
        ("A:", SEMICOLON, Ok("A: b, c; d|A: x|")),
        ("B: ", ADD, Ok("A: b, c; d|A: x|B: |")),
        ("B: e", SEMICOLON, Ok("A: b, c; d|A: x|B: e|")),
    ]);
}

#[test]
fn malformed_headers_are_refused_together() {
    for bad in [
        "",
        "\r\n",
        ":",
        ":b",
        "cd",
        " e :f",
        "e : f",
        "e f: g",
        "A: b\r\n folded",
        "A: b\r\n\r\nC: d",
        "A: b\rC: d",
        "A: \0",
        "A: \u{e9}",
        "\u{e9}: a",
        "A: \u{7f}",
        "A: b\r\nC",
        "(A): b",
    ] {
        check(&[(bad, ADD, Err(FieldError::Malformed))]);
    }
    check(&[
        ("X: y\r\nbad", ADD, Err(FieldError::Malformed)),
        ("X: y\r\n: bad\r\nZ: a", ADD, Err(FieldError::Malformed)),
    ]);
}

#[test]
fn headers_are_bounded() {
    let mut fields = Fields::new();
    for number in 0..128 {
        fields.change(&format!("A{number}: b"), ADD).unwrap();
    }
    assert_eq!(fields.change("One: more", ADD), Err(FieldError::TooLarge));
    assert_eq!(fields.set("One", "more"), Err(FieldError::TooLarge));
    assert_eq!(Fields::new().change(&"A:b\n".repeat(129), ADD), Err(FieldError::TooLarge));
    let mut fields = Fields::new();
    assert_eq!(fields.change(&format!("A: {}", "b".repeat(MAX_HEAD)), ADD), Err(FieldError::TooLarge));
    let half = format!("A: {}", "b".repeat(MAX_HEAD / 2));
    fields.change(&half, COMMA).unwrap();
    assert_eq!(fields.change(&half, COMMA), Err(FieldError::TooLarge));
}

#[test]
fn headers_of_our_own() {
    let mut fields = Fields::new();
    fields.change("a: b\r\nC: d\r\nA: e", ADD).unwrap();
    fields.set("A", "f").unwrap();
    assert_eq!(text(&fields), "A: f|C: d|");
    fields.append("E", "g").unwrap();
    assert_eq!(text(&fields), "A: f|C: d|E: g|");
    fields.remove("c");
    assert_eq!(text(&fields), "A: f|E: g|");
    assert_eq!(fields.values("e").collect::<Vec<_>>(), ["g"]);
    assert_eq!(fields.set("A", "b\r\nC: d"), Err(FieldError::Malformed));
    assert_eq!(fields.append("N N", "d"), Err(FieldError::Malformed));
    assert_eq!(fields.append("N", "d\r\nC: d"), Err(FieldError::Malformed));
}

fn head(fields: &str) -> String {
    let mut head = RequestHead::new("GET", "/chat?a={b}", 1, "example.com:81").unwrap();
    if !fields.is_empty() {
        head.fields.change(fields, ADD).unwrap();
    }
    String::from_utf8(head.encode()).unwrap()
}

#[test]
fn the_head_of_a_request() {
    assert_eq!(head(""), "GET /chat?a={b} HTTP/1.1\r\nHost: example.com:81\r\n\r\n");
    let expected = "GET /chat?a={b} HTTP/1.1\r\nHost: example.com:81\r\nx-MiXed: a\r\nB: c\r\n\r\n";
    assert_eq!(head("x-MiXed: a\r\nB: c"), expected);
    let old = RequestHead::new("OPTIONS", "*", 0, "[::1]").unwrap();
    assert_eq!(old.encode(), b"OPTIONS * HTTP/1.0\r\nHost: [::1]\r\n\r\n");
}

/// Two of these make a request that servers refuse, or that two servers read in two ways (RFC 9112 sections 3.2 and 6.3).
#[test]
fn no_header_that_must_be_alone_stands_there_twice() {
    let expected = "GET /chat?a={b} HTTP/1.1\r\nhost: other\r\nA: b\r\nContent-Length: 2\r\n\r\n";
    assert_eq!(head("A: b\r\nContent-length: 1\r\nHost: first\r\nhost: other\r\nContent-Length: 2"), expected);
}

#[test]
fn requests_that_cannot_be_sent() {
    let check = |method: &str, target: &str, version, host: &str, error| {
        assert_eq!(RequestHead::new(method, target, version, host), Err(error), "{method:?} {target:?} {host:?}");
    };
    for method in ["", "GET ", "G\r\nT", "GET /", "G\u{e9}T"] {
        check(method, "/", 1, "host", InvalidRequest::Method);
    }
    for target in ["", "/ ", "/a b", "/\r\nX: y", "/\n", "/\0", "/\t", "/\u{7f}", "/\u{a0}"] {
        check("GET", target, 1, "host", InvalidRequest::Target);
    }
    check("GET", "/", 2, "host", InvalidRequest::Version);
    for host in ["", "a b", "a\r\nX: y", "h\u{f6}st"] {
        check("GET", "/", 1, host, InvalidRequest::Host);
    }
}
