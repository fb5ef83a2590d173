//! Any bytes as certificates of a server.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| winws_tests_runtime::entry::certificates(bytes));
