//! Random input: calls from both ends beside the state table, and headers of a handshake. The fuzz targets call the same.

use proptest::prelude::*;
use winws_tests_runtime::entry;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn calls_do_what_the_table_says(mut bytes in prop::collection::vec(any::<u8>(), 1..600), begun in 0..8_u8) {
        // An open connection is where most calls are.
        bytes[0] = bytes[0] & !3 | if begun < 3 { begun } else { 1 };
        entry::calls(&bytes);
    }

    #[test]
    fn handshakes_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        entry::handshake(&bytes);
    }

    #[test]
    fn handshakes_of_headers(
        lines in prop::collection::vec("(Host|Upgrade|Connection|Sec-WebSocket-(Key|Version|Protocol|Accept)): ?[ -~]{0,30}", 0..8),
        start in "(GET / HTTP/1.1\r|HTTP/1.1 101 \r|[ -~]{0,9})",
        cut in any::<u8>(),
    ) {
        entry::handshake(&[&[cut], start.as_bytes(), b"\n", lines.join("\r\n").as_bytes(), b"\r\n\r\n"].concat());
    }
}
