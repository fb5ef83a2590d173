//! Any bytes as what a proxy, and a server behind it, answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| winws_tests_runtime::entry::tunnel(bytes));
