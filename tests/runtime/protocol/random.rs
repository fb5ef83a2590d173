//! Random heads and bodies of responses. The fuzz targets call the same.

use proptest::prelude::*;
use winws_tests_runtime::entry;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

    #[test]
    fn heads_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        entry::response(&[&bytes[..bytes.len().min(1)], b"HTTP/1.1 200 ", bytes.get(1..).unwrap_or_default()].concat());
    }

    #[test]
    fn heads_of_lines(
        interim in "(HTTP/1.1 10[023] [a-z]{0,3}\r\n\r\n){0,2}",
        status in "HTTP/1.[01] [1-9][0-9]{2}( [ -~]{0,5})?",
        lines in prop::collection::vec(
            "(\r?\n[ \t]{1,2}|(\r\n|\n)(Content-Length|Transfer-Encoding|Connection|A): ?)[ -~\t]{0,3}(chunked|close|1|,)?",
            0..8,
        ),
        end in "\r?\n\r?\n",
        cut in any::<u8>(),
    ) {
        entry::response(&[&[cut], interim.as_bytes(), status.as_bytes(), lines.concat().as_bytes(), end.as_bytes()].concat());
    }

    #[test]
    fn bodies_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        entry::body(&bytes);
    }

    #[test]
    fn bodies_of_chunks(
        how in any::<[u8; 2]>(),
        chunks in prop::collection::vec("(1;[ -~]{0,3}\r\na\r\n|02 ?\r\nab\r\n|[0-9a-f]\r\n[ab]{0,9}\r\n)", 0..9),
        end in "(0\r\n(A: [ -~]{0,4}\r?\n){0,3}\r\n)?[ab]{0,3}",
    ) {
        entry::body(&[&[2], &how[..], chunks.concat().as_bytes(), end.as_bytes()].concat());
    }

    #[test]
    fn tunnels_of_heads(
        how in any::<[u8; 2]>(),
        heads in prop::collection::vec(
            "HTTP/1.1 (200|20[0-9]|30[1278]|401|407|503|100|101)\r\n(Proxy-Authenticate: (Basic|Digest)\r\n|WWW-Authenticate: Basic\r\n|Location: (https?://[ab](:1)?)?/\r\n|Content-Length: [0-3]\r\n|(Proxy-)?Connection: close\r\n|Transfer-Encoding: chunked\r\n){0,4}\r\n(0\r\n\r\n|[ab]{0,3})",
            0..9,
        ),
    ) {
        entry::tunnel(&[&how[..], heads.concat().as_bytes()].concat());
    }
}
