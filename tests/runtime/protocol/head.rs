//! Heads of responses, as they are read by programs: lines, texts, folds, interim responses.

use winws::protocol::http::{HeadError, Response, ResponseReader};

fn parse(head: &[u8]) -> Result<Response, HeadError> {
    let mut reader = ResponseReader::new();
    assert_eq!(reader.receive_bytes(head)?, head.len());
    Ok(reader.poll_response().expect("a whole head"))
}

fn lines(response: &Response) -> Vec<String> {
    response.lines().into_iter().map(|line| String::from_utf8(line).unwrap()).collect()
}

#[test]
fn the_status_line_is_kept() {
    for (line, status, minor_version, text) in [
        ("HTTP/1.1 200 OK", 200, 1, "OK"),
        ("HTTP/1.0 404 Not Found", 404, 0, "Not Found"),
        ("HTTP/1.1 200 ", 200, 1, ""),
        ("HTTP/1.1 200", 200, 1, ""),
        ("HTTP/1.1 999 \u{e9}t\u{e9}", 999, 1, "\u{e9}t\u{e9}"),
    ] {
        for end in ["\r\n", "\n"] {
            let head = format!("{line}{end}A: b{end}{end}");
            let response = parse(head.as_bytes()).unwrap();
            assert_eq!((response.status(), response.minor_version()), (status, minor_version), "{head:?}");
            assert_eq!(str::from_utf8(response.status_text()), Ok(text), "{head:?}");
            assert_eq!(response.head(), head.as_bytes());
            assert_eq!(lines(&response), [line.trim_end(), "A: b"]);
        }
    }
}

/// RFC 9112 section 5.2.
#[test]
fn a_fold_is_a_blank() {
    let head =
        "HTTP/1.1 200 OK\r\nA: one \r\n\t two\r\n three  \r\nB:\r\n  four\r\nC: five\r\n \t\r\n six\r\nD: x\r\n\r\n";
    let response = parse(head.as_bytes()).unwrap();
    let all: Vec<_> = response.all().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let expected: [(&[u8], &[u8]); 4] = [(b"A", b"one two three"), (b"B", b"four"), (b"C", b"five six"), (b"D", b"x")];
    assert_eq!(all, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(lines(&response), ["HTTP/1.1 200 OK", "A: one two three", "B: four", "C: five six", "D: x"]);
    assert_eq!(response.head(), head.as_bytes());
    let many = parse(format!("HTTP/1.1 200 OK\r\nA: b{}\r\n\r\n", "\n c".repeat(20_000)).as_bytes()).unwrap();
    assert_eq!(lines(&many), ["HTTP/1.1 200 OK", &format!("A: b{}", " c".repeat(20_000))]);
    // Before the first header there is nothing to fold.
    assert_eq!(parse(b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n"), Err(HeadError::Malformed));
}

#[test]
fn interim_responses_are_counted() {
    let mut reader = ResponseReader::new();
    let text =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody";
    assert!(reader.interim().is_empty());
    for &byte in &text[..30] {
        reader.receive_bytes(&[byte]).unwrap();
    }
    assert_eq!(reader.interim(), [100]);
    assert_eq!(reader.receive_bytes(&text[30..]), Ok(text.len() - 34));
    assert_eq!(reader.interim(), [100, 103]);
    let response = reader.poll_response().unwrap();
    assert_eq!((response.status(), response.head()), (200, &b"HTTP/1.1 200 OK\r\n\r\n"[..]));
}
