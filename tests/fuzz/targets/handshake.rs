//! Any bytes as heads and headers of a handshake.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| winws_tests_runtime::entry::handshake(bytes));
