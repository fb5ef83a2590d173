//! Random input: calls from both ends beside the state table, and headers of a handshake. The fuzz targets call the same.

use proptest::prelude::*;
use winws_tests::entry;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn calls_do_what_the_table_says(mut bytes in prop::collection::vec(any::<u8>(), 1..600), open in prop::bool::weighted(0.9)) {
        bytes[0] = u8::from(open);
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
